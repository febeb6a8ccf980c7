"""Arrays in one file that is mapped into memory, checked by digest and replaced in one step.

A file is a line of magic, the digest and the length of its header, the header (JSON: what the writer said of the
arrays, and for each its type, shape, place and SHA-256), and the arrays, each at a multiple of 64 bytes. Nothing in it
is executed when it is read.
"""

import hashlib
import json
import mmap
import os
import struct
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Meta = Mapping[str, str | int]

_MAGIC = b"matchmaker columns 1\n"
_HEAD = struct.Struct("<32sQ")
_ALIGNED = 64
_KINDS = frozenset("biufSV")
"""The kinds of array that a file holds: booleans, numbers and bytes of one length."""

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file held: read-only arrays over the mapped file, by name, and what the writer said of them."""

    arrays: Mapping[str, Column]
    meta: Meta


def save_columns(path: Path, arrays: Mapping[str, Column], meta: Meta) -> None:
    """Write arrays to a file that only its owner may read, in one step: a reader finds the old file or the new one.

    The folder is made where it isn't there, for its owner only.

    Parameters
    ----------
    path
        The file, replaced where it is there.
    arrays
        Arrays of booleans, numbers or bytes of one length, of any shape.
    meta
        Flat facts by which `load_columns` tells whether the file is the one that is wanted.

    Raises
    ------
    OSError
        The file can't be written.
    TypeError
        An array is of another kind.
    """
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    held = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    header, places = _header(held, meta)
    # A temporary file of this module is made for its owner only.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, header, [(places[name], array) for name, array in held.items()])
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def load_columns(path: Path, meta: Meta) -> Columns | None:
    """Return what a file holds, mapped rather than read, where it is whole and was saved with these facts.

    Parameters
    ----------
    path
        The file.
    meta
        What the file's own facts must hold and agree with; it may hold more.

    Returns
    -------
    Columns or None
        None where there is no such file, where it can't be read, says something else, or was damaged: every array is
        compared with its digest.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_columns(Path(folder) / "a", {"x": np.arange(3)}, {"revision": 7})
    ...     found = load_columns(Path(folder) / "a", {"revision": 7})
    ...     other = load_columns(Path(folder) / "a", {"revision": 8})
    >>> found.arrays["x"].tolist(), other
    ([0, 1, 2], None)
    """
    opened = _opened(path)
    if opened is None or not _agrees(opened[1], meta):
        return None
    data, header = opened
    start = _start(header["length"])
    arrays = {name: _array(data, start, place) for name, place in header["arrays"].items()}
    found = {name: array for name, array in arrays.items() if array is not None}
    return Columns(found, header["meta"]) if len(found) == len(arrays) else None


def is_kept(path: Path, meta: Meta) -> bool:
    """Say whether a file was saved with these facts; its arrays aren't looked at."""
    opened = _opened(path)
    return opened is not None and _agrees(opened[1], meta)


def _agrees(header: Mapping[str, Any], meta: Meta) -> bool:
    return all(header["meta"].get(name) == value for name, value in meta.items())


def _opened(path: Path) -> tuple[mmap.mmap, dict[str, Any]] | None:
    """Return a file, mapped, and its header; None where it can't be read or has no sound header."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size <= len(_MAGIC) + _HEAD.size:
                return None
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        return None
    header = _read_header(data)
    return None if header is None else (data, header)


def _header(arrays: Mapping[str, Column], meta: Meta) -> tuple[bytes, dict[str, int]]:
    """Return the header, and where each array is, counted from the end of the header."""
    places: dict[str, int] = {}
    said: dict[str, tuple[str, tuple[int, ...], int, str]] = {}
    at = 0
    for name, array in arrays.items():
        if array.dtype.kind not in _KINDS:
            message = f"the column {name} is of type {array.dtype}"
            raise TypeError(message)
        places[name] = at
        said[name] = (array.dtype.str, array.shape, at, _digest(array))
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    text = json.dumps({"meta": dict(meta), "arrays": said}, sort_keys=True)
    return text.encode(), places


def _write(file: BinaryIO, header: bytes, arrays: list[tuple[int, Column]]) -> None:
    file.write(_MAGIC + _HEAD.pack(hashlib.sha256(header).digest(), len(header)) + header)
    start = _start(len(header))
    for place, array in arrays:
        file.seek(start + place)
        file.write(array.reshape(-1).view(np.uint8).data)
    file.truncate(max(file.tell(), start))
    file.flush()
    os.fsync(file.fileno())


def _start(length: int) -> int:
    """Return where the arrays begin behind a header of some bytes."""
    head = len(_MAGIC) + _HEAD.size + length
    return -(-head // _ALIGNED) * _ALIGNED


def _read_header(data: mmap.mmap) -> dict[str, Any] | None:
    first = len(_MAGIC) + _HEAD.size
    if data[: len(_MAGIC)] != _MAGIC:
        return None
    digest, length = _HEAD.unpack(data[len(_MAGIC) : first])
    text = data[first : first + length]
    if hashlib.sha256(text).digest() != digest:
        return None
    header: dict[str, Any] = json.loads(text)
    return header | {"length": length}


def _array(data: mmap.mmap, start: int, place: Sequence[Any]) -> Column | None:
    """Return an array of a file whose arrays begin at ``start``; None where it isn't what the header says."""
    kind, shape, at, digest = place
    dtype, first = np.dtype(kind), start + at
    count = int(np.prod(shape, dtype=np.int64))
    if first + count * dtype.itemsize > len(data):
        return None
    array = np.frombuffer(data, dtype, count, first) if count else np.empty(0, dtype)
    array = array.reshape(shape)
    array.setflags(write=False)
    return array if _digest(array) == digest else None


def _digest(array: Column) -> str:
    return hashlib.sha256(array.reshape(-1).view(np.uint8).data).hexdigest()
