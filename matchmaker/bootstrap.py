"""From settings to a store: the one place that picks concrete parts."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationError

from matchmaker.errors import ConfigError
from matchmaker.graph.neo4j import Neo4jStore
from matchmaker.graph.snapshot_file import SnapshotFiles
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.graph.store import GraphStore
from matchmaker.settings import NO_SNAPSHOTS, PREFIX, Settings

LONGEST_PASSWORD = 4096
SQLITE = "sqlite"
SQLITE_RULE = "sqlite:///FILE for a file beside you, sqlite:////ABSOLUTE/FILE for any other"
NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
STORE_RULE = f"{SQLITE_RULE}; or {', '.join(f'{scheme}://HOST' for scheme in NEO4J_SCHEMES)}"


def read_settings() -> Settings:
    """Return the settings of the environment.

    Raises
    ------
    ConfigError
        With every setting that is wrong; secrets are never repeated.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{PREFIX}{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in error.errors()]
        raise ConfigError("; ".join(wrong)) from None


def open_store(
    url: str | None = None, *, create: bool = True, allow_incomplete: bool = False, settings: Settings | None = None
) -> GraphStore:
    """Open the store that a URL names.

    Parameters
    ----------
    url
        Such as ``sqlite:///matchmaker.db`` or ``neo4j://localhost``; None takes the one of the settings.
    create
        Whether to make a store where there is none: the first write implies it, a reading command doesn't.
    allow_incomplete
        Whether to open a store whose restore is unfinished, in order to finish or drop it.
    settings
        None reads them from the environment.

    Raises
    ------
    ConfigError
        The URL isn't one of a store, holds a password, or a setting that it needs is missing.
    StoreError
        There is no store and none is to be made, or it can't be opened.
    """
    known = settings if settings is not None else read_settings()
    address = (url or known.store).strip()
    scheme = address.partition(":")[0].lower()
    opener = _OPENERS.get(scheme)
    if opener is None:
        raise ConfigError(f"{_shown(address)!r} names no store. Valid: {STORE_RULE}.")
    return opener(address, known, create, allow_incomplete)


def store_exists(url: str | None = None, *, settings: Settings | None = None) -> bool:
    """Say whether there is something to read at a URL; of a server, only asking it can tell, so it counts as there."""
    known = settings if settings is not None else read_settings()
    address = (url or known.store).strip()
    return sqlite_path(address).exists() if address.lower().startswith(f"{SQLITE}:") else True


def sqlite_path(url: str) -> Path:
    """Return the file that a ``sqlite:`` URL names.

    >>> sqlite_path("sqlite:///matchmaker.db").name, sqlite_path("sqlite:////var/lib/hub.db").as_posix()
    ('matchmaker.db', '/var/lib/hub.db')

    Raises
    ------
    ConfigError
        It names none.
    """
    start = f"{SQLITE}:///"
    name = url[len(start) :]
    if not url.lower().startswith(start) or not name.strip("/") or name == ":memory:":
        raise ConfigError(f"{_shown(url)!r} names no file. Valid: {SQLITE_RULE}.")
    if "?" in name or "#" in name:
        raise ConfigError(f"{_shown(url)!r}: a store's URL takes no options after ? or #. Valid: {SQLITE_RULE}.")
    return Path(name).expanduser() if name.startswith("~") else Path(name)


def _open_sqlite(url: str, settings: Settings, create: bool, allow_incomplete: bool) -> GraphStore:  # noqa: FBT001
    path, durability = sqlite_path(url), Durability(settings.durability.value)
    store = SqliteStore.open(path, durability=durability, create=create, allow_incomplete=allow_incomplete)
    files = _snapshot_files(settings, path.absolute().with_name(f"{path.name}.snapshots"))
    if files is not None:
        store.keep_snapshots(files)
    return store


def _open_neo4j(url: str, settings: Settings, create: bool, allow_incomplete: bool) -> GraphStore:  # noqa: FBT001
    _check_server(url)
    store = Neo4jStore.open(
        url,
        auth=(settings.neo4j_user, _password(settings)),
        database=settings.neo4j_database,
        create=create,
        allow_incomplete=allow_incomplete,
    )
    files = _snapshot_files(settings, None)
    if files is not None:
        store.keep_snapshots(files)
    return store


def _snapshot_files(settings: Settings, beside: Path | None) -> SnapshotFiles | None:
    """Return where large snapshots are kept between runs: where the settings say, else beside the store."""
    if settings.snapshots == NO_SNAPSHOTS:
        return None
    folder = Path(settings.snapshots).expanduser() if settings.snapshots else beside
    return None if folder is None else SnapshotFiles(folder)


_OPENERS: Mapping[str, Callable[[str, Settings, bool, bool], GraphStore]] = MappingProxyType(
    {SQLITE: _open_sqlite, **dict.fromkeys(NEO4J_SCHEMES, _open_neo4j)}
)


def _check_server(url: str) -> None:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ConfigError(f"{_shown(url)!r} isn't a server's address ({error}).") from error
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "The store's URL holds a user or a password, where others can read it in process lists and logs. "
            f"Give them as {PREFIX}NEO4J_USER and {PREFIX}NEO4J_PASSWORD (or {PREFIX}NEO4J_PASSWORD_FILE)."
        )
    if not parts.hostname or not port_is_fine:
        raise ConfigError(f"{_shown(url)!r} names no server. Valid: {STORE_RULE}.")
    if parts.path.strip("/"):
        raise ConfigError(f"{_shown(url)!r}: name the database as {PREFIX}NEO4J_DATABASE, not in the URL.")


def _password(settings: Settings) -> str:
    given, file = settings.neo4j_password, settings.neo4j_password_file
    if given is not None and file is not None:
        raise ConfigError(f"Both {PREFIX}NEO4J_PASSWORD and {PREFIX}NEO4J_PASSWORD_FILE are set; leave one out.")
    if given is not None:
        return given.get_secret_value()
    if file is None:
        raise ConfigError(f"A Neo4j store needs {PREFIX}NEO4J_PASSWORD, or {PREFIX}NEO4J_PASSWORD_FILE.")
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(LONGEST_PASSWORD + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The password file {os.fspath(file)} can't be read ({type(error).__name__}).") from error
    password = text.removesuffix("\n").removesuffix("\r")
    if not password or len(password) > LONGEST_PASSWORD or "\n" in password:
        raise ConfigError(f"The password file {os.fspath(file)} must hold one line, the password.")
    return password


def _shown(url: str) -> str:
    """Return a URL without what might be a password in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition(":")[0] + ":…"
    if "@" not in parts.netloc:
        return url[:200]
    return SplitResult(parts.scheme, f"…@{parts.netloc.rpartition('@')[2]}", parts.path, "", "").geturl()[:200]
