"""The columns of an index as plain arrays by name, to be kept in a file and mapped into memory again."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.recommend.index import COLUMNS, SnapshotIndex
from matchmaker.recommend.topology.relation import Tail

FORMAT = 1
"""Goes up whenever columns change; whoever keeps a file compares it."""

Column = NDArray[Any]
Columns = TypeVar("Columns")


def index_arrays(index: SnapshotIndex) -> dict[str, Column]:
    """Return all columns of an index that are worth keeping, by name: arrays of numbers, truth values and bytes.

    The ledger isn't among them: it is read from the snapshot.
    """
    found: dict[str, Column] = {}
    for name in COLUMNS:
        _take(found, name, getattr(index, name))
    for end, members in enumerate(index.end_members):
        found[f"end_members.{end}"] = members
    return found


def load_index(snapshot: Snapshot, arrays: Mapping[str, Column]) -> SnapshotIndex:
    """Return the index of a snapshot from arrays that `index_arrays` gave for an equal one.

    Raises
    ------
    KeyError
        An array is missing: they are of another format.
    """
    columns = {name: _make(arrays, name, kind) for name, kind in COLUMNS.items()}
    names = sorted((name for name in arrays if name.startswith("end_members.")), key=lambda name: int(name[12:]))
    return SnapshotIndex.of_columns(snapshot, columns, tuple(arrays[name] for name in names))


def _take(found: dict[str, Column], name: str, value: object) -> None:
    """Put a column, or every column of a group of columns, under its name."""
    if isinstance(value, np.ndarray):
        found[name] = value
    elif isinstance(value, str):
        found[name] = _bytes_of(value)
    elif isinstance(value, int | float):
        found[name] = np.array([value])
    elif isinstance(value, tuple):
        found[f"{name}.blob"], found[f"{name}.starts"] = _texts(value)
    elif is_dataclass(value):
        for field in fields(value):
            if field.type is not Tail and getattr(value, field.name) is not None:
                _take(found, f"{name}.{field.name}", getattr(value, field.name))


def _make(arrays: Mapping[str, Column], name: str, kind: Any) -> Any:  # noqa: ANN401 - of the kind that is asked for
    """Return a column, or a group of columns, of a kind."""
    if kind is str:
        return bytes(arrays[name]).decode()
    if kind in {int, float}:
        return kind(arrays[name][0])
    if get_origin(kind) is tuple:
        blob, starts = bytes(arrays[f"{name}.blob"]), arrays[f"{name}.starts"].tolist()
        return tuple(blob[first:last].decode() for first, last in pairwise(starts))
    if isinstance(kind, type) and is_dataclass(kind):
        return _group(arrays, name, kind)
    optional = type(None) in get_args(kind)
    return arrays.get(name) if optional else arrays[name]


def _group(arrays: Mapping[str, Column], name: str, kind: type[Columns]) -> Columns:
    hints = get_type_hints(kind)
    told = {
        field.name: _make(arrays, f"{name}.{field.name}", hints[field.name])
        for field in fields(kind)  # type: ignore[arg-type]  # whoever asks has seen that it is a dataclass
        if hints[field.name] is not Tail
    }
    return kind(**told)


def _bytes_of(text: str) -> Column:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _texts(texts: tuple[str, ...]) -> tuple[Column, Column]:
    encoded = [text.encode() for text in texts]
    starts = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(text) for text in encoded], out=starts[1:])
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), starts
