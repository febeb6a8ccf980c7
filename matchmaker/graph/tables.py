"""Columns of one length, held as the fields of a dataclass."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Table = TypeVar("Table", bound=Any)

Selection = NDArray[np.integer[Any]] | NDArray[np.bool_] | slice


def select(table: Table, rows: Selection) -> Table:
    """Return some rows of every column of a dataclass of arrays."""
    chosen: Table = replace(table, **{column.name: getattr(table, column.name)[rows] for column in fields(table)})
    return chosen


def join(tables: Sequence[Table]) -> Table:
    """Return the rows of dataclasses of arrays, one after the other; there is at least one."""
    columns = {
        column.name: np.concatenate([getattr(table, column.name) for table in tables]) for column in fields(tables[0])
    }
    joined: Table = replace(tables[0], **columns)
    return joined


def freeze(table: Any) -> None:  # noqa: ANN401 - any dataclass of arrays
    """Mark every array of a dataclass as one that isn't written to."""
    for column in fields(table):
        getattr(table, column.name).setflags(write=False)


def row_starts(lengths: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    """Return where rows of some lengths begin, and where the last one ends.

    >>> row_starts(np.array([2, 0, 1])).tolist()
    [0, 2, 2, 3]
    """
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
