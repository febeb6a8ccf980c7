"""Snapshots kept in files between runs: mapped into memory, checked, and only of one scope and day each.

A file holds what its scope may see, in the clear: whoever can read the file can read that. It lies in a folder that
only its owner may enter, beside the store that it was read from unless another place is set.
"""

import datetime
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import matchmaker
from matchmaker.graph.adjacency import Adjacency, Directions
from matchmaker.graph.applying import StoreState
from matchmaker.graph.column_file import Column, Meta, is_kept, load_columns, save_columns
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.snapshot_columns import NodeColumns, RecordColumns, SnapshotColumns, TextColumns, TieColumns
from matchmaker.graph.texts import Texts
from matchmaker.model.canonical import show_hash
from matchmaker.model.ids import digest_of
from matchmaker.model.vocabulary import Label, Sector, TieType

SMALLEST = 20_000
"""Snapshots with fewer nodes are built about as fast as they are mapped, and aren't kept."""

DAYS_KEPT = 3
"""How many days' snapshots of one scope are kept."""

_SUFFIX = ".snapshot"
_DAY = "-0000-00-00"
_OF_STATE = ("version", "revision", "graph", "content")
_COMPANION = re.compile(r"[a-z][a-z0-9_]{0,31}")
_CODES = digest_of(*(str(term) for terms in (Label, Sector, TieType) for term in terms))
"""What codes mean: a file that was written with other terms, or in another order, says something else."""

Table = TypeVar("Table", NodeColumns, RecordColumns, TieColumns)


@dataclass(frozen=True, slots=True)
class SnapshotFiles:
    """A folder of snapshots.

    Attributes
    ----------
    folder
        Where they are; made when the first one is kept.
    smallest
        With how many nodes a snapshot is worth keeping.
    """

    folder: Path
    smallest: int = SMALLEST

    def find(self, scope: Scope, as_of: datetime.date, state: StoreState) -> Snapshot | None:
        """Return the snapshot of a scope and day, where it was kept of a store in exactly this state.

        None too where the file is of another version or was damaged.
        """
        path = self._path(scope, as_of)
        found = load_columns(path, _meta(scope, as_of, state))
        if found is None:
            return None
        columns = _columns(found.arrays, scope, int(str(found.meta["graph_sum"]), 16))
        snapshot = Snapshot(columns, scope, as_of, state.revision, _directions(found.arrays))
        snapshot.file = path
        return snapshot

    def keep(self, snapshot: Snapshot, state: StoreState) -> bool:
        """Keep a snapshot that was built of a store in a state; return whether it was large enough.

        Raises
        ------
        OSError
            The folder can't be written to.
        """
        if len(snapshot) < self.smallest:
            return False
        scope, as_of = snapshot.scope, snapshot.as_of
        path, meta = self._path(scope, as_of), _meta(scope, as_of, state)
        self._make_room(path, {name: meta[name] for name in _OF_STATE})
        save_columns(path, _arrays(snapshot), {**meta, "graph_sum": snapshot.graph_hash})
        snapshot.file = path
        return True

    def _path(self, scope: Scope, as_of: datetime.date) -> Path:
        return self.folder / f"{_name(scope)}-{as_of.isoformat()}{_SUFFIX}"

    def _make_room(self, path: Path, state: Meta) -> None:
        """Remove what was kept of other states of the store, whoever's, and the oldest of this scope's other days.

        What somebody took back, or who withdrew, doesn't stay in a file that nobody will use again.
        """
        files = sorted(path.parent.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime_ns)
        current = [file for file in files if file != path and is_kept(file, state)]
        days = [file for file in current if file.stem[: -len(_DAY)] == path.stem[: -len(_DAY)]]
        gone = {*files} - {*current} | {*days[: max(0, len(days) + 1 - DAYS_KEPT)]}
        for file in gone:
            for companion in path.parent.glob(f"{file.stem}.*"):
                companion.unlink(missing_ok=True)


def find_kept(files: SnapshotFiles | None, scope: Scope, as_of: datetime.date, state: StoreState) -> Snapshot | None:
    """Return the snapshot of a scope and day that was kept of a store in this state, or None."""
    return None if files is None else files.find(scope, as_of, state)


def keep(files: SnapshotFiles | None, snapshot: Snapshot, state: StoreState) -> None:
    """Keep a snapshot where there is a folder for it; where that can't be written to, the next start takes longer."""
    if files is not None:
        with suppress(OSError):
            files.keep(snapshot, state)


def companion_of(snapshot: Snapshot, name: str) -> Path | None:
    """Return where columns that were computed of a snapshot may be kept beside it; None where it isn't kept in a file.

    They go when the snapshot's file is replaced. Save them with `save_columns`, and with the snapshot's ``graph_hash``
    and ``revision`` among their facts.

    Parameters
    ----------
    snapshot
        The snapshot; one that was refreshed is in no file.
    name
        What the columns are: lower-case letters, digits and ``_``.
    """
    if _COMPANION.fullmatch(name) is None or f".{name}" == _SUFFIX:
        message = f"not a name of columns: {name[:50]!r}"
        raise ValueError(message)
    return None if snapshot.file is None else snapshot.file.with_suffix(f".{name}")


def _name(scope: Scope) -> str:
    return digest_of("scope", *(() if scope.ecosystem is None else (scope.ecosystem,)))[:32]


def _meta(scope: Scope, as_of: datetime.date, state: StoreState) -> Meta:
    return {
        "what": "snapshot",
        "version": matchmaker.__version__,
        "codes": _CODES,
        "scope": "" if scope.ecosystem is None else scope.ecosystem,
        "as_of": as_of.isoformat(),
        "revision": state.revision,
        "graph": show_hash(state.graph_sum),
        "content": show_hash(state.content_sum),
    }


def _arrays(snapshot: Snapshot) -> dict[str, Column]:
    columns = snapshot.columns
    arrays: dict[str, Column] = {"points": columns.points}
    for name, table in (("nodes", columns.nodes), ("records", columns.records), ("ties", columns.ties)):
        arrays |= {f"{name}.{column.name}": getattr(table, column.name) for column in fields(table)}
    for column in fields(columns.texts):
        texts: Texts = getattr(columns.texts, column.name)
        arrays |= {f"texts.{column.name}.blob": texts.blob, f"texts.{column.name}.starts": texts.starts}
    for code, both in snapshot.directions.items():
        for name, adjacency in (("forward", both.forward), ("backward", both.backward)):
            rows = {"starts": adjacency.starts, "others": adjacency.others, "ties": adjacency.ties}
            arrays |= {f"{name}.{code}.{part}": array for part, array in rows.items()}
    return arrays


def _columns(arrays: Mapping[str, Column], scope: Scope, graph_sum: int) -> SnapshotColumns:
    def table(name: str, kind: type[Table]) -> Table:
        return kind(**{column.name: arrays[f"{name}.{column.name}"] for column in fields(kind)})

    texts: dict[str, Any] = {
        column.name: Texts(arrays[f"texts.{column.name}.blob"], arrays[f"texts.{column.name}.starts"])
        for column in fields(TextColumns)
    }
    tables = table("nodes", NodeColumns), table("records", RecordColumns), table("ties", TieColumns)
    return SnapshotColumns(scope.owner, *tables, TextColumns(**texts), arrays["points"], graph_sum)


def _directions(arrays: Mapping[str, Column]) -> dict[int, Directions]:
    def adjacency(name: str, code: int) -> Adjacency:
        return Adjacency(*(arrays[f"{name}.{code}.{part}"] for part in ("starts", "others", "ties")))

    codes = [int(name.split(".")[1]) for name in arrays if name.startswith("forward.") and name.endswith(".starts")]
    return {code: Directions(adjacency("forward", code), adjacency("backward", code)) for code in codes}
