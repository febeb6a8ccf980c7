"""What all tests share: a real Neo4j, the folder of public data sets, and how hard the property tests try."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

import neo4j
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from matchmaker.testing.neo4j_server import (
    NEO4J_VERSION,
    Neo4jAccess,
    Neo4jServer,
    Neo4jUnavailable,
)

REPOSITORY: Final = Path(__file__).resolve().parent.parent
HOW_TO_GET_REAL_DATA: Final = "Set MATCHMAKER_REAL_DATA to the folder of public data sets."
NEO4J_FIXTURES: Final = frozenset({"neo4j_server", "empty_neo4j", "own_neo4j_server"})
TEST_DATABASE_LABEL: Final = "MatchmakerTestDatabase"

_missing = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_missing] = {}
    choose_hypothesis_profile(config)


def choose_hypothesis_profile(config: pytest.Config) -> None:
    """Few examples by default, many with MATCHMAKER_PROVE=1, the same ones every time in CI."""
    reproducible = bool(os.environ.get("CI"))
    database = None
    if not reproducible and config.pluginmanager.hasplugin("cacheprovider") and config.cache is not None:
        database = DirectoryBasedExampleDatabase(config.cache.mkdir("hypothesis"))
    shared = settings(
        deadline=None,
        derandomize=reproducible,
        database=database,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    settings.register_profile("default-counts", shared, max_examples=25, stateful_step_count=20)
    settings.register_profile("prove", shared, max_examples=200, stateful_step_count=50)
    settings.load_profile("prove" if proving() else "default-counts")


def proving() -> bool:
    return os.environ.get("MATCHMAKER_PROVE", "") not in ("", "0")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if names & NEO4J_FIXTURES:
            item.add_marker("neo4j")
        if "real_data" in names:
            item.add_marker("real_data")


def pytest_report_header() -> list[str]:
    if os.environ.get("MATCHMAKER_TEST_NEO4J_URI"):
        server = "the database that MATCHMAKER_TEST_NEO4J_URI names"
    elif shutil.which("java") and shutil.which("mvn"):
        server = f"{NEO4J_VERSION}, started from Maven's packages when a test asks for it"
    else:
        server = "not here, its tests are skipped"
    data = find_real_data() or "not here, its tests are skipped"
    return [f"neo4j: {server}", f"real data: {data}", f"property tests: {'prove' if proving() else 'default'}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for part, why in sorted(config.stash[_missing].items()):
        terminalreporter.section(f"Skipped: every test that needs {part}", yellow=True)
        terminalreporter.write_line(why)


def skip_or_fail(config: pytest.Config, part: str, why: str) -> NoReturn:
    """Skip a test whose part is missing, or fail it where MATCHMAKER_REQUIRE names that part."""
    required = {name.strip() for name in os.environ.get("MATCHMAKER_REQUIRE", "").split(",")}
    if part in required:
        pytest.fail(f"{part} is required here and missing: {why}", pytrace=False)
    config.stash[_missing][part] = why
    pytest.skip(f"{part} is missing (how to get it stands above)")


def find_real_data() -> Path | None:
    chosen = os.environ.get("MATCHMAKER_REAL_DATA")
    folder = Path(chosen) if chosen else REPOSITORY.parent / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def real_data(pytestconfig: pytest.Config) -> Path:
    """The folder of public data sets."""
    folder = find_real_data()
    if folder is None:
        skip_or_fail(pytestconfig, "real_data", HOW_TO_GET_REAL_DATA)
    return folder


@pytest.fixture(scope="session")
def neo4j_server(pytestconfig: pytest.Config) -> Iterator[Neo4jAccess]:
    """A Neo4j that all tests share; none may stop it. `empty_neo4j` is this one, emptied."""
    uri = os.environ.get("MATCHMAKER_TEST_NEO4J_URI")
    if uri:
        yield claim_test_database(
            Neo4jAccess(
                uri,
                os.environ.get("MATCHMAKER_TEST_NEO4J_USER", "neo4j"),
                os.environ.get("MATCHMAKER_TEST_NEO4J_PASSWORD", ""),
            )
        )
        return
    with make_server(pytestconfig) as server:
        yield server.access


@pytest.fixture(scope="module")
def own_neo4j_server(pytestconfig: pytest.Config) -> Iterator[Neo4jServer]:
    """A Neo4j of the test module's own, to stop, kill and restart with other settings."""
    with make_server(pytestconfig) as server:
        yield server


@pytest.fixture
def empty_neo4j(neo4j_server: Neo4jAccess) -> Neo4jAccess:
    """The shared Neo4j without a single node of an earlier test; its constraints stay."""
    with connect(neo4j_server) as driver, driver.session(database=neo4j_server.database) as session:
        session.run(
            f"MATCH (n) WHERE NOT n:{TEST_DATABASE_LABEL} CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS"
        ).consume()
    return neo4j_server


def make_server(config: pytest.Config) -> Neo4jServer:
    try:
        return Neo4jServer()
    except Neo4jUnavailable as error:
        skip_or_fail(config, "neo4j", str(error))


def connect(access: Neo4jAccess) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(access.uri, auth=(access.user, access.password))


def claim_test_database(access: Neo4jAccess) -> Neo4jAccess:
    """Mark an empty database as the tests' own; refuse one that holds anything else, since tests empty it."""
    with connect(access) as driver:
        nodes, marked = driver.execute_query(
            f"MATCH (n) RETURN count(n) AS nodes, count(CASE WHEN n:{TEST_DATABASE_LABEL} THEN 1 END) AS marked",
            database_=access.database,
        ).records[0]
        if nodes and not marked:
            pytest.fail(
                f"The database at {access.uri} holds {nodes} nodes and is not a test database: tests would empty "
                f"it. Give an empty one, or mark it yourself: CREATE (:{TEST_DATABASE_LABEL})",
                pytrace=False,
            )
        if not marked:
            driver.execute_query(f"CREATE (:{TEST_DATABASE_LABEL})", database_=access.database)
    return access
