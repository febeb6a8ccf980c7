"""Reads a CSV bundle that comes as a zip file."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from matchmaker.exchange.bundle import FILES, TIES_FILE
from matchmaker.exchange.readers.bundle import read_bundle
from matchmaker.exchange.reading import Format, Probe, Reading, ReadOptions, SourceRow, digest_of_file
from matchmaker.exchange.safety import open_zip

_TELLING = frozenset({TIES_FILE, "ecosystems.csv", "partners.csv", "places.csv"})
"""Names that other formats don't use: a directory of services has ``programs.csv`` and ``contacts.csv`` too."""


def is_zipped_bundle(probe: Probe) -> bool:
    """Say whether a zip file holds files of a bundle."""
    return not probe.path.is_dir() and not _TELLING.isdisjoint(map(_base, probe.members))


def read_zipped_bundle(path: Path, options: ReadOptions) -> Reading:
    """Open a zip file; its files are unpacked for as long as they are read.

    Raises
    ------
    InvalidInput
        It is no harmless zip file, or there is nothing in it that could be read.
    """
    with _unpacked(path) as folder:
        reading = read_bundle(folder, options)

    def rows() -> Iterator[SourceRow]:
        with _unpacked(path) as folder:
            yield from read_bundle(folder, options).rows()

    return replace(reading, format="zipped_bundle", name=path.stem, digest=digest_of_file(path), rows=rows)


FORMATS = (Format("zipped_bundle", "CSV bundle in a zip file", is_zipped_bundle, read_zipped_bundle),)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give a folder with the bundle's files, wherever in the zip file they stand; of two with one name the first."""
    with tempfile.TemporaryDirectory() as place, open_zip(path) as archive:
        for name in sorted(archive.names, key=lambda name: (name.count("/"), name)):
            target = Path(place) / _base(name)
            if target.name in FILES and not target.exists():
                with archive.open(name) as member, target.open("wb") as file:
                    shutil.copyfileobj(member, file)
        yield Path(place)


def _base(name: str) -> str:
    return PurePosixPath(name).name
