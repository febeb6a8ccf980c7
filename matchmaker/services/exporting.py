"""An ecosystem's graph on its way out: what an audience may have of it, and the file that it becomes."""

import contextlib
import datetime
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.exchange.bundle import FILES
from matchmaker.exchange.published import Published
from matchmaker.exchange.writers.bundle import ABOUT_FILE, write_bundle
from matchmaker.exchange.writers.cypher import write_cypher
from matchmaker.exchange.writers.geojson import write_geojson
from matchmaker.exchange.writers.gexf import write_gexf
from matchmaker.exchange.writers.graphml import write_graphml
from matchmaker.exchange.writers.hsds import write_hsds
from matchmaker.exchange.writers.kumu import write_kumu
from matchmaker.exchange.writers.workbook import write_workbook
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.ids import EcosystemId
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Audience, Label
from matchmaker.services.disclosure_views import SMALLEST_COUNT
from matchmaker.services.publication import choose, close, fold_statements, standing_nodes, standing_ties
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.services.suppression import find_suppressed


class ExportFormat(StrEnum):
    """The formats that a graph can leave in."""

    BUNDLE = "bundle"
    XLSX = "xlsx"
    KUMU = "kumu"
    HSDS = "hsds"
    GRAPHML = "graphml"
    GEXF = "gexf"
    GEOJSON = "geojson"
    CYPHER = "cypher"


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """One format.

    Attributes
    ----------
    title
        What it is called.
    suffix
        The end of a file's name.
    media_type
        What it is called over HTTP.
    exact
        Whether loading the file into an empty store gives the published graph, node by node and tie by tie.
    write
        Writes a published graph to a path.
    """

    title: str
    suffix: str
    media_type: str
    exact: bool
    write: Callable[[Published, Path], None]


_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: Mapping[ExportFormat, FormatSpec] = MappingProxyType(
    {
        ExportFormat.BUNDLE: FormatSpec("CSV bundle", ".zip", "application/zip", True, write_bundle),
        ExportFormat.XLSX: FormatSpec("Excel workbook", ".xlsx", _EXCEL, True, write_workbook),
        ExportFormat.KUMU: FormatSpec("Kumu blueprint", ".kumu.json", "application/json", False, write_kumu),
        ExportFormat.HSDS: FormatSpec("HSDS 3", ".hsds.zip", "application/zip", False, write_hsds),
        ExportFormat.GRAPHML: FormatSpec("GraphML", ".graphml", "application/graphml+xml", True, write_graphml),
        ExportFormat.GEXF: FormatSpec("GEXF", ".gexf", "application/gexf+xml", True, write_gexf),
        ExportFormat.GEOJSON: FormatSpec("GeoJSON", ".geojson", "application/geo+json", False, write_geojson),
        ExportFormat.CYPHER: FormatSpec("Cypher script", ".cypher", "text/plain", True, write_cypher),
    }
)
"""Every format, with what writes it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file (or folder) that was written.

    Attributes
    ----------
    path, format
        Where it is and what it is.
    published
        What is in it.
    size
        In bytes.
    """

    path: Path
    format: ExportFormat
    published: Published
    size: int


def publish(
    snapshots: SnapshotCache,
    ecosystem: EcosystemId,
    audience: Audience,
    as_of: datetime.date,
    minimum: int = SMALLEST_COUNT,
) -> Published:
    """Return what may leave of an ecosystem, as `publish_snapshot` makes it."""
    return publish_snapshot(snapshots.get(Scope(ecosystem), as_of, audience), audience, minimum)


def publish_snapshot(shown: Snapshot, audience: Audience, minimum: int = SMALLEST_COUNT) -> Published:
    """Return what may leave of what an audience may see.

    Small counts of people are left out for every audience, the staff's too: a file travels. What was suggested,
    answered, planned or merged is no fact and stays. Costs about as much as a snapshot.

    Parameters
    ----------
    shown
        An ecosystem's snapshot as the audience may see it (`matchmaker.services.disclosure_views.show_snapshot`).
    minimum
        The smallest number of people that is shown (`matchmaker.services.suppression`), at least 5.

    Raises
    ------
    NotFound
        The audience may not know of the ecosystem.
    """
    id = EcosystemId(shown.scope.ecosystem or "")
    index = shown.find_index(id)
    if index is None or shown.nodes[index].label is not Label.ECOSYSTEM:
        raise NotFound("ecosystem", id)
    nodes = standing_nodes(shown, choose(shown), audience)
    fixed = {node.id: node for node in REFERENCE_NODES}
    ties = standing_ties(shown.ties, {**fixed, **nodes}, audience)
    hidden = find_suppressed({**fixed, **nodes}, ties, minimum)
    left = {id: node for id, node in {**fixed, **nodes}.items() if id not in hidden}
    held = [tie for tie in ties if tie.source in left and tie.target in left]
    kept, ties = close(*fold_statements(left, held))
    return Published(
        shown.nodes[index].name,
        id,
        shown.as_of,
        audience,
        tuple(kept[id] for id in sorted(kept.keys() - fixed.keys())),
        tuple(sorted(ties, key=lambda tie: (tie.type.value, tie.source, tie.target, tie.key.episode))),
        len(hidden),
    )


def export(published: Published, format: ExportFormat, path: Path, *, overwrite: bool = False) -> Written:
    """Write a published graph to a file, whole or not at all: beside the path first, and moved there when it is done.

    A bundle becomes a folder, or a zip file where the path ends in ``.zip``.

    Raises
    ------
    InvalidInput
        Something is at the path already and isn't to be replaced, or is a folder that holds more than a bundle; the
        path can't be written; or the format can't hold the graph.
    """
    _check_free(path, overwrite=overwrite)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as beside:
            made = Path(beside) / path.name
            FORMATS[format].write(published, made)
            size = _size(made)
            _check_free(path, overwrite=overwrite)
            _move(made, path, Path(beside))
    except OSError as error:
        why = f"can't be written ({error.strerror or error})"
        raise _refused(path, why, "a path in a folder that is there") from error
    return Written(path, format, published, size)


def render(published: Published, format: ExportFormat) -> bytes:
    """Return what `export` would write; a bundle as a zip file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file_name(published, format)
        FORMATS[format].write(published, path)
        return path.read_bytes()


def file_name(published: Published, format: ExportFormat) -> str:
    """Return what an export is called by default: ASCII, whatever the ecosystem's name is."""
    safe = published.ecosystem.replace(":", "-")
    return f"{safe}-{published.as_of.isoformat()}-{published.audience.value}{FORMATS[format].suffix}"


def _check_free(path: Path, *, overwrite: bool) -> None:
    if not path.name:
        raise _refused(path, "names no file", "the name of a file")
    if not (path.exists() or path.is_symlink()):
        return
    if not overwrite:
        raise _refused(path, "is there already", "another path, or --overwrite")
    if path.is_dir() and not {entry.name for entry in path.iterdir()} <= {*FILES, ABOUT_FILE}:
        raise _refused(path, "is a folder that holds more than a bundle", "another path, or a file's name")


def _move(made: Path, path: Path, beside: Path) -> None:
    """Put what was made in its place; a folder can't be replaced in one step, so the old one steps aside."""
    if not (made.is_dir() or path.is_dir()):
        made.replace(path)
        return
    aside = beside / "replaced"
    with contextlib.suppress(FileNotFoundError):
        path.rename(aside)
    try:
        made.rename(path)
    except OSError:
        if aside.exists():
            aside.rename(path)
        raise


def _size(path: Path) -> int:
    return sum(entry.stat().st_size for entry in _iter_files(path))


def _iter_files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(path.iterdir())
    else:
        yield path


def _refused(path: Path, message: str, valid: str) -> InvalidInput:
    return InvalidInput([Finding(message, "the path", str(path)[:200], valid)])
