"""An export holds nothing of another ecosystem, and nothing that its audience may not see."""

import datetime
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from matchmaker.errors import NotFound
from matchmaker.exchange.published import PUBLISHED_LABELS
from matchmaker.graph.scoping import Scope
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.model.ids import EcosystemId
from matchmaker.model.vocabulary import Audience, Label
from matchmaker.services.exporting import FORMATS, ExportFormat, export, publish
from matchmaker.services.snapshots import SnapshotCache
from matchmaker.testing.marked_world import ECOSYSTEM, PARTIES, PUBLIC, STAFF, Mark, MarkedWorld

DAY: Final = datetime.date(2026, 11, 1)
MARKER: Final = re.compile(r"zq\d{3}x\d{7}|(?<![\w.])7\d{9}(?!\w)")
CLEARED: Final = {
    Audience.STAFF: {PUBLIC, ECOSYSTEM, PARTIES, STAFF},
    Audience.PARTNER: {PUBLIC, ECOSYSTEM},
    Audience.BOARD: {PUBLIC, ECOSYSTEM},
    Audience.PUBLIC: {PUBLIC},
}
SEEDS: Final = range(3)


@contextmanager
def snapshots_of(folder: Path, world: MarkedWorld) -> Iterator[SnapshotCache]:
    with closing(SqliteStore.open(folder / "world.db", durability=Durability.NORMAL)) as store:
        store.apply(world.changes())
        yield SnapshotCache(store)


def words_in(path: Path) -> set[str]:
    """Return the markers anywhere in a file, inside a zip file in its members."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    else:
        data = path.read_bytes()
    return set(MARKER.findall(data.decode("utf-8")))


def may_hold(mark: Mark, ecosystem: str, audience: Audience) -> bool:
    return mark.owner in {"public", ecosystem} and mark.level in CLEARED[audience]


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("seed", SEEDS)
def test_every_file_holds_only_what_its_audience_may_see(tmp_path: Path, seed: int, audience: Audience) -> None:
    world = MarkedWorld(seed)
    with snapshots_of(tmp_path, world) as snapshots:
        for ecosystem in ("eco-a", "eco-b"):
            try:
                published = publish(snapshots, EcosystemId(ecosystem), audience, DAY)
            except NotFound:
                hub = next(node for node in world.nodes if node.id == ecosystem)
                assert (hub.owner, audience) == (ecosystem, Audience.PUBLIC)
                continue
            for format in FORMATS:
                path = tmp_path / f"{ecosystem}-{format.value}{FORMATS[format].suffix}"
                export(published, format, path)
                found = words_in(path)
                wrong = {word for word in found if not may_hold(world.marks[word], ecosystem, audience)}
                assert wrong == set(), format
                if format is ExportFormat.GRAPHML and audience is Audience.STAFF:
                    assert len(found) > 50


@pytest.mark.parametrize("audience", list(Audience))
def test_what_another_ecosystem_says_changes_no_byte(tmp_path: Path, audience: Audience) -> None:
    seed = next(seed for seed in range(50) if MarkedWorld(seed).nodes[0].owner == "public")
    files = []
    for name, keep in (("with", lambda _owner, _level: True), ("without", lambda owner, _level: owner != "eco-b")):
        (tmp_path / name).mkdir()
        with snapshots_of(tmp_path / name, MarkedWorld(seed, keep)) as snapshots:
            published = publish(snapshots, EcosystemId("eco-a"), audience, DAY)
            export(published, ExportFormat.GRAPHML, tmp_path / name / "out.graphml")
            files.append((tmp_path / name / "out.graphml").read_bytes())
    assert files[0] == files[1]


def test_actions_are_no_facts() -> None:
    assert {Label.SUGGESTION, Label.ANSWER, Label.PAIR_RULE, Label.IMPROVEMENT_CYCLE, Label.REDIRECT} == set(Label) - (
        PUBLISHED_LABELS | {Label.STAGE, Label.RESOURCE}
    )


def test_an_export_is_of_the_region_and_not_of_the_country(
    examples: dict[str, SnapshotCache], day: datetime.date
) -> None:
    ecosystem = EcosystemId("portland-metro-stem")
    shown = examples["portland"].get(Scope(ecosystem), day)
    published = publish(examples["portland"], ecosystem, Audience.STAFF, day)
    left_out = {node.id for node in shown.nodes if node.label is Label.ECOSYSTEM} - set(published.by_id)
    members = {node.id for node, member in zip(shown.nodes, shown.member, strict=True) if member}
    near = {node.id for node, reachable in zip(shown.nodes, shown.reachable, strict=True) if reachable}
    assert members | near <= set(published.by_id)
    assert len(left_out) > 30


def test_an_ecosystem_that_is_not_there_is_not_found(examples: dict[str, SnapshotCache], day: datetime.date) -> None:
    with pytest.raises(NotFound, match="ecosystem"):
        publish(examples["tiny"], EcosystemId("nowhere"), Audience.STAFF, day)
    with pytest.raises(NotFound, match="ecosystem"):
        publish(examples["tiny"], EcosystemId("a1"), Audience.STAFF, day)
