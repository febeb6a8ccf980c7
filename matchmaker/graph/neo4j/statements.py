"""The Cypher statements, one a file; nothing here or elsewhere builds one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import neo4j

import matchmaker

_PACKAGE = Path(matchmaker.__file__).parent
_FOLDERS = (_PACKAGE / "_cypher", _PACKAGE.parent / "cypher")
_SUFFIX = ".cypher"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes
    ----------
    name
        Its subject and verb: ``nodes/put``.
    text
        The statement as the server gets it, header included.
    """

    name: str
    text: str


def load_statement(name: str) -> Statement:
    """Return the statement ``<subject>/<verb>``."""
    return _read(_folder() / f"{name}{_SUFFIX}")


def load_statements(subject: str) -> tuple[Statement, ...]:
    """Return every statement of a subject (``constraints/``), in order of their names."""
    return tuple(_read(file) for file in sorted((_folder() / subject).iterdir()) if file.suffix == _SUFFIX)


def run(
    transaction: neo4j.Transaction, statement: Statement, parameters: Mapping[str, object] | None = None
) -> list[neo4j.Record]:
    """Return the rows of a statement."""
    given: dict[str, Any] = dict(parameters or {})
    return list(transaction.run(statement.text, given))


def stream(
    transaction: neo4j.Transaction, statement: Statement, parameters: Mapping[str, object]
) -> Iterator[neo4j.Record]:
    """Yield the rows of a statement as they come, so that they are never all held at once."""
    yield from transaction.run(statement.text, dict(parameters))


def _folder() -> Path:
    # A wheel carries the statements inside the package; a checkout has them beside it.
    return next(folder for folder in _FOLDERS if folder.is_dir())


def _read(file: Path) -> Statement:
    return Statement(f"{file.parent.name}/{file.stem}", file.read_text(encoding="utf-8"))
