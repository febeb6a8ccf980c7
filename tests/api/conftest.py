"""An API over a store with both example ecosystems, as the demo loads them."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchmaker.api.app import create_app
from matchmaker.graph.sqlite.connecting import Durability
from matchmaker.graph.sqlite.store import SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.services.importing import import_file
from matchmaker.services.job_records import Runner
from matchmaker.services.loading import ImportOptions

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path_factory.mktemp("api") / "demo.db", durability=Durability.NORMAL)) as store:
        runner = Runner("test", lambda: 0)
        import_file(store, FIXTURES / "portland", ImportOptions(), runner)
        import_file(store, FIXTURES / "riverbend", ImportOptions(into=EcosystemId("riverbend")), runner)
        yield store


@pytest.fixture(scope="session")
def client(demo_store: SqliteStore) -> Iterator[TestClient]:
    app = create_app(demo_store)
    with TestClient(app, base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as client:
        yield client
