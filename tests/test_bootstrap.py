"""Settings and store URLs: what opens what, and what is said of one that opens nothing."""

from pathlib import Path
from typing import Any

import pytest

from matchmaker import bootstrap
from matchmaker.bootstrap import open_store, read_settings, sqlite_path, store_exists
from matchmaker.errors import ConfigError, StoreIncomplete, StoreUnavailable
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.sqlite.connecting import Access, Connections
from matchmaker.settings import Settings, settings_table

DOCS = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MATCHMAKER_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What a Neo4j store would have been opened with."""
    calls: list[tuple[str, dict[str, Any]]] = []

    class Recorder:
        @classmethod
        def open(cls, uri: str, **options: object) -> "Recorder":
            calls.append((uri, dict(options)))
            return cls()

    monkeypatch.setattr(bootstrap, "Neo4jStore", Recorder)
    return calls


def test_the_default_is_a_file_beside_you(tmp_path: Path) -> None:
    assert not store_exists()
    store = open_store()
    assert isinstance(store, SqliteStore)
    assert store.revision() == 0
    store.close()
    assert (tmp_path / "matchmaker.db").is_file()
    assert store_exists()


def test_a_url_comes_before_the_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MATCHMAKER_STORE", "sqlite:///setting.db")
    open_store().close()
    open_store(f"sqlite:///{tmp_path}/url.db").close()
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["setting.db", "url.db"]


def test_reading_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"There is no store at none\.db"):
        open_store("sqlite:///none.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_half_restored_store_opens_only_where_asked() -> None:
    store = open_store()
    store.mark_restoring("from one.zip")
    store.close()
    with pytest.raises(StoreIncomplete):
        open_store()
    half = open_store(allow_incomplete=True)
    assert half.restoring() == "from one.zip"
    half.close()


def test_durability_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Durability] = []

    def open(path: Path, *, durability: Durability, create: bool, allow_incomplete: bool) -> SqliteStore:
        assert (path.name, create, allow_incomplete) == ("matchmaker.db", True, False)
        given.append(durability)
        return SqliteStore(Connections(Access(path, durability)))

    monkeypatch.setattr(SqliteStore, "open", open)
    open_store()
    monkeypatch.setenv("MATCHMAKER_DURABILITY", "normal")
    open_store()
    assert given == [Durability.FULL, Durability.NORMAL]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///hub.db", "hub.db"),
        ("sqlite:////srv/hub.db", "/srv/hub.db"),
        ("SQLITE:///data/a b%20c.db", "data/a b%20c.db"),
    ],
)
def test_a_sqlite_url_names_a_file(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("matchmaker.db", r"'matchmaker\.db' names no store\. Valid: sqlite:///FILE"),
        ("postgres://host/hub", "names no store"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:////", "names no file"),
        ("sqlite://hub.db", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///hub.db?mode=ro", "takes no options"),
        ("neo4j://", "names no server"),
        ("neo4j://host:none", "isn't a server's address"),
        ("neo4j://host/hub", "MATCHMAKER_NEO4J_DATABASE"),
        ("bolt://neo4j@host", "MATCHMAKER_NEO4J_USER"),
    ],
)
def test_a_url_that_names_no_store_is_answered_with_what_would(
    asked: list[tuple[str, dict[str, Any]]], tmp_path: Path, url: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        open_store(url)
    assert asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["neo4j://ana:hush@host", "bolt+s://:hush@host:7687", "postgres://ana:hush@host/hub"])
def test_a_password_in_a_url_is_refused_and_not_repeated(asked: list[tuple[str, dict[str, Any]]], url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_store(url)
    assert "hush" not in caught.value.message
    assert asked == []


@pytest.mark.parametrize("scheme", ["neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"])
def test_a_server_gets_user_password_and_database(
    asked: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("MATCHMAKER_NEO4J_USER", "ana")
    monkeypatch.setenv("MATCHMAKER_NEO4J_PASSWORD", PASSWORD)
    monkeypatch.setenv("MATCHMAKER_NEO4J_DATABASE", "hub")
    open_store(f"{scheme}://host:7687", create=False, allow_incomplete=True)
    expected = {"auth": ("ana", PASSWORD), "database": "hub", "create": False, "allow_incomplete": True}
    assert asked == [(f"{scheme}://host:7687", expected)]


def test_the_password_may_stand_in_a_file(
    asked: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\r\n", encoding="utf-8", newline="")
    monkeypatch.setenv("MATCHMAKER_NEO4J_PASSWORD_FILE", str(file))
    open_store("neo4j://host")
    assert asked[0][1]["auth"] == ("neo4j", PASSWORD)
    for text in ("", "two\nlines\n", "x" * 5_000):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match="must hold one line"):
            open_store("neo4j://host")
    file.unlink()
    with pytest.raises(ConfigError, match="can't be read"):
        open_store("neo4j://host")
    monkeypatch.setenv("MATCHMAKER_NEO4J_PASSWORD", PASSWORD)
    with pytest.raises(ConfigError, match="leave one out"):
        open_store("neo4j://host")


def test_there_is_no_default_password(asked: list[tuple[str, dict[str, Any]]]) -> None:
    with pytest.raises(ConfigError, match="needs MATCHMAKER_NEO4J_PASSWORD"):
        open_store("neo4j://host")
    assert asked == []


def test_every_wrong_setting_is_reported_and_no_secret_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_DURABILITY", "some")
    monkeypatch.setenv("MATCHMAKER_NEO4J_USER", "")
    monkeypatch.setenv("MATCHMAKER_NEO4J_PASSWORD", PASSWORD)
    with pytest.raises(ConfigError) as caught:
        read_settings()
    assert "MATCHMAKER_DURABILITY: Input should be 'full' or 'normal'" in caught.value.message
    assert "MATCHMAKER_NEO4J_USER: " in caught.value.message
    assert PASSWORD not in caught.value.message
    monkeypatch.delenv("MATCHMAKER_DURABILITY")
    monkeypatch.delenv("MATCHMAKER_NEO4J_USER")
    assert PASSWORD not in repr(read_settings())


def test_the_documentation_has_every_setting() -> None:
    assert settings_table() in DOCS.read_text(encoding="utf-8")
    assert settings_table().count("\n| `MATCHMAKER_") == len(Settings.model_fields)
