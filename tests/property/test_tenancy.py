"""Nothing of another ecosystem, and nothing that an audience may not see, in anything that is computed."""

import json
from dataclasses import asdict, is_dataclass
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.errors import NotFound
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Record
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.ontology import PROPERTIES, TIES, fits_end
from matchmaker.model.properties import Kind
from matchmaker.model.vocabulary import (
    Audience,
    Label,
    OrganizationType,
    ProgramType,
    ResourceTerm,
    TieType,
    Visibility,
)
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.disclosure import disclose_node, disclose_tie
from matchmaker.services.disclosure_views import disclose_report, show_snapshot
from matchmaker.services.gaps import report_gaps
from matchmaker.services.naming import find_thing
from matchmaker.services.partners import PartnerFilter, search, view_partner
from matchmaker.services.suggesting import Reader, explain_pair, suggest_for
from matchmaker.testing.world import World

FEWER = settings(max_examples=max(1, settings().max_examples // 3))
WHOLE = SuggestionRequest(limit=200)
CLEARED = {
    Audience.STAFF: {"public", "ecosystem", "parties", "staff"},
    Audience.PARTNER: {"public", "ecosystem"},
    Audience.BOARD: {"public", "ecosystem"},
    Audience.PUBLIC: {"public"},
}
SUBJECTS = (Label.PARTNER, Label.PROGRAM, Label.INITIATIVE, Label.ECOSYSTEM)


def shared_world(draw: Random) -> World:
    """Public partners and programs that both ecosystems know, some of them members of the first or the second."""
    world = World()
    world.place("county")
    for ecosystem in ("eco-a", "eco-b"):
        world.ecosystem(ecosystem, country="US")
    for number in range(8):
        type = draw.choice(list(OrganizationType)).value
        north = draw.choice([None, 0.0, 2.0, 9.0])
        id = world.partner(f"p{number}", type, north=north, description="coding and gardens", region="US-OR")
        world.tie(TieType.LOCATED_IN, id, "county")
        world.participate("eco-a" if number < 5 else "eco-b", id)
        world.serve(id, draw.choice(["k_2", "grades_6_8", "grades_9_12"]))
    for number in range(4):
        type = draw.choice(list(ProgramType)).value
        world.program(f"g{number}", type, f"p{draw.randrange(8)}", stages=("grades_9_12",))
    world.initiative("circle", "p0", "p1", "p5")
    for _ in range(5):
        first, second = draw.sample(range(8), 2)
        world.tie(TieType.PARTNERS_WITH, f"p{first}", f"p{second}", episode=str(len(world.ties)))
    return world


def add_private(world: World, draw: Random, ecosystem: str, mark: str) -> None:
    """Add what only one ecosystem may know; every id, name and text of it carries the mark."""
    own: dict[str, Value] = {"owner": ecosystem}
    for number in range(3):
        type = draw.choice(list(OrganizationType)).value
        id = f"{mark}-p{number}"
        words = f"{mark} coding and gardens"
        world.partner(id, type, **own, north=draw.choice([0.0, 2.0]), description=words, aliases=(f"{mark} alias",))
        world.tie(TieType.LOCATED_IN, id, "county", **own)
        world.tie(TieType.PARTNERS_WITH, id, f"p{draw.randrange(8)}", **own, episode=f"{mark}")
        world.tie(TieType.PARTNERS_WITH, id, f"p{draw.randrange(8)}", **own, episode=f"{mark} again")
        world.need(id, draw.choice(list(ResourceTerm)).value, **own, description=f"{mark} need")
        world.fact(id, Label.CONTACT, f"contact:{mark}-{number}", **own, role="general", email=f"{mark}@x.example")
    world.program(f"{mark}-g0", "pcsp", f"{mark}-p0", **own, stages=("grades_9_12",), description=f"{mark} program")
    world.program(f"{mark}-g1", "afterschool_program", f"p{draw.randrange(8)}", **own, stages=("k_2",))
    world.initiative(f"{mark}-circle", "p0", "p1", f"{mark}-p1", **own)
    for number in range(8):
        if draw.random() < 0.5:
            world.need(f"p{number}", draw.choice(list(ResourceTerm)).value, **own, description=f"{mark} need")
            world.offer(f"p{number}", draw.choice(list(ResourceTerm)).value, **own, description=f"{mark} offer")
        if draw.random() < 0.5:
            fields: dict[str, Value] = {
                "description": f"{mark} robots",
                "aliases": (f"{mark} other name",),
                "capacity_unit": f"{mark} units",
                "capacity_status": "open",
                "capacity_updated_on": "2026-08",
                f"x_{mark}": f"{mark} kept",
            }
            world.records.append(Record(NodeId(f"p{number}"), Label.PARTNER, fields, Owner(ecosystem)))
    first, second = draw.sample(range(8), 2)
    world.tie(TieType.HAS_AGREEMENT_WITH, f"p{first}", f"p{second}", **own, kind=f"{mark} agreement")
    world.fact(ecosystem, Label.PAIR_RULE, f"rule:{mark}", **own, first="p0", second="p3", rule="must_not_match")
    coverage: dict[str, Value] = {"covers": "Partner", "share_answered": 1.0, "as_of": "2026", "description": mark}
    world.fact(ecosystem, Label.COVERAGE, f"coverage:{mark}", **own, **coverage)


def text_of(value: object) -> str:
    """Return everything in a result as text."""
    plain = {"whole": asdict(value) if is_dataclass(value) and not isinstance(value, type) else value}
    return json.dumps(plain, default=lambda other: dict(other) if hasattr(other, "keys") else repr(other)).casefold()


def subjects_of(snapshot: Snapshot) -> list[NodeId]:
    """Return what suggestions are asked for: marked ones among the first, so that each kind is tried."""
    ids = sorted(node.id for node in snapshot.nodes if node.label in SUBJECTS)
    pairs = [id for id in ids if id.startswith(("school-", "museum-"))]
    return [*pairs, *ids[-4:], *ids[:6]]


def everything(snapshot: Snapshot, audience: Audience, ids: list[NodeId]) -> dict[str, str]:
    """Return all that an audience can get of a scope, by what was asked for."""
    found = {}
    for id in ids:
        try:
            found[f"suggest {id}"] = text_of(suggest_for(snapshot, id, WHOLE, Reader(audience)))
        except NotFound:
            found[f"suggest {id}"] = "not found"
    schools = [(id, NodeId(id.replace("school", "museum", 1))) for id in ids if id.startswith("school-")]
    for first, second in [*schools, *pairwise(ids)]:
        try:
            found[f"explain {first} {second}"] = text_of(explain_pair(snapshot, first, second, Reader(audience)))
        except NotFound:
            found[f"explain {first} {second}"] = "not found"
    for node in snapshot.nodes:
        shown = disclose_node(node, audience, records=snapshot.records(node.id))
        found[f"node {node.id}"] = text_of(shown.properties if shown else None)
    for tie in snapshot.ties:
        disclosed = disclose_tie(tie, audience)
        found[f"tie {tie.id}"] = text_of(disclosed.properties if disclosed else None)
    if snapshot.scope.ecosystem:
        visible = show_snapshot(snapshot, audience)
        found["gaps"] = text_of(disclose_report(report_gaps(snapshot), snapshot, visible, audience))
    return found


@FEWER
@given(st.integers(0, 100_000))
def test_an_ecosystem_s_own_is_nowhere_in_another_s_results_and_changes_none(seed: int) -> None:
    draw = Random(seed)
    bare = shared_world(draw)
    add_private(bare, draw, "eco-a", "zza")
    whole = World(list(bare.nodes), list(bare.records), list(bare.ties))
    add_private(whole, draw, "eco-b", "zzb")
    alone, beside = bare.snapshot("eco-a"), whole.snapshot("eco-a")
    assert beside.graph_hash == alone.graph_hash
    ids = subjects_of(beside)
    for audience in Audience:
        seen = everything(beside, audience, ids)
        assert [name for name, text in seen.items() if "zzb" in name or "zzb" in text] == []
        if audience is Audience.PUBLIC:
            assert [name for name, text in seen.items() if "zza" in text] == []
        if audience is Audience.STAFF:
            assert seen == everything(alone, audience, ids)
            assert any("zza" in text for text in seen.values())
    theirs = whole.snapshot("eco-b")
    assert "zza" not in text_of([node.id for node in theirs.nodes])
    public = everything(whole.snapshot(), Audience.STAFF, subjects_of(whole.snapshot()))
    assert [name for name, text in public.items() if "zza" in name + text or "zzb" in name + text] == []


@given(st.integers(0, 100_000))
def test_another_s_own_is_found_neither_by_name_nor_by_search(seed: int) -> None:
    draw = Random(seed)
    world = shared_world(draw)
    add_private(world, draw, "eco-b", "zzb")
    snapshot = world.snapshot("eco-a")
    for text in ("zzb-p0", "Zzb P0", "zzb alias", "zzb other name", "zzb-circle"):
        with pytest.raises(NotFound) as missing:
            find_thing(snapshot, text)
        assert "zzb" not in " ".join(missing.value.near).casefold()
    assert search(snapshot, PartnerFilter("zzb")) == []
    assert all("zzb" not in repr(view_partner(snapshot, f"p{number}")) for number in range(5))


MARKED = ("ecosystem", "parties", "staff")


def marked_world(draw: Random) -> World:
    """The shared world, with public elements whose texts say who may see them."""
    world = shared_world(draw)
    world.participate("eco-a", "p5", "p6", "p7")
    for visibility in MARKED:
        mark = f"zz{visibility}"
        hidden: dict[str, Value] = {"visibility": visibility}
        type = draw.choice(list(OrganizationType)).value
        world.partner(f"{mark}-p", type, **hidden, north=1.0, description=f"{mark} coding", region="US-OR")
        world.participate("eco-a", f"{mark}-p")
        world.tie(TieType.LOCATED_IN, f"{mark}-p", "county")
        world.program(f"{mark}-g", draw.choice(list(ProgramType)).value, f"{mark}-p", **hidden, stages=("grades_9_12",))
        world.node(Label.INITIATIVE, f"{mark}-circle", **hidden, name=mark, initiative_type="funded_project")
        for member in ("p0", "p1", "p2"):
            world.tie(TieType.MEMBER_OF, member, f"{mark}-circle")
            world.tie(TieType.PARTNERS_WITH, member, f"{mark}-p", episode=mark)
        world.place(f"{mark}-county", "county", "", **hidden)
        for member in ("p3", "p4"):
            world.tie(TieType.LOCATED_IN, member, f"{mark}-county")
            world.tie(TieType.HAS_AGREEMENT_WITH, member, "p0", kind=f"{mark} agreement", **hidden, episode=mark)
        world.node(Label.TOPIC, f"cip:{mark}", **hidden, name=f"{mark} field", code="11.0701")
        world.tie(TieType.ABOUT, "p0", f"cip:{mark}")
        world.tie(TieType.ABOUT, "p1", f"cip:{mark}")
        resource = draw.choice(list(ResourceTerm)).value
        world.need("p0", resource, **hidden, description=mark)
        world.offer("p1", resource, description="zzecosystem", stage="grades_6_8")
        world.fact(
            "p0", Label.CRITERION, f"criterion:{mark}", **hidden, criterion="established", status="met", fact=mark
        )
        add_pair(world, visibility)
    world.fact("p0", Label.CONTACT, "contact:1", role="general", email="zzstaff@x.example", name="Zzstaff Person")
    world.fact("p0", Label.RATING, "rating:1", rater="p1", measure="zzstaff trust", level=1)
    world.fact("g0", Label.QUALITY_EVIDENCE, "quality:1", tool="zzstaff tool", assessed_by="self")
    for number in range(8):
        fields: dict[str, Value] = {"capacity_unit": "zzecosystem", "capacity_available": 3, "x_note": "zzstaff"}
        fields |= {"capacity_status": "open", "capacity_updated_on": "2026-08"}
        world.records.append(Record(NodeId(f"p{number}"), Label.PARTNER, fields))
    world.fact("eco-a", Label.PAIR_RULE, "rule:1", first="p0", second="p3", rule="must_not_match")
    return world


FIELDS = {"ecosystem": "11.0701", "parties": "26.0101", "staff": "40.0801"}


def add_pair(world: World, visibility: str) -> None:
    """Add a school and a museum that all kinds of reason speak for, every one resting on something marked."""
    mark, hidden = f"zz{visibility}", {"visibility": visibility}
    ends = world.partner(f"school-{visibility}", "k12_school"), world.partner(f"museum-{visibility}", "museum")
    world.participate("eco-a", *ends, f"{mark}-friend")
    topic = world.node(Label.TOPIC, f"cip:{mark}-2", **hidden, name=f"{mark} subject", code=FIELDS[visibility])
    occupation = world.node(Label.OCCUPATION, f"soc:{mark}", **hidden, name=f"{mark} trade", code="17-2061")
    place = world.place(f"{mark}-town", "county", "", **hidden)
    network = world.initiative(f"{mark}-network", *ends, **hidden)
    between = world.partner(f"{mark}-friend", "community_organization", **hidden)
    for end in ends:
        world.tie(TieType.ABOUT, end, topic)
        world.tie(TieType.LOCATED_IN, end, place)
        world.tie(TieType.PARTNERS_WITH, end, between)
        program = world.program(f"{mark}-program-{end}", "club", end, **hidden)
        world.tie(TieType.PREPARES_FOR, program, occupation)
        world.tie(TieType.COMMITTED_TO, end, network, **hidden, since="2025")
    world.tie(TieType.HAS_AGREEMENT_WITH, *ends, kind=f"{mark} contract", **hidden)
    world.need(ends[0], "space", **hidden, description=mark)
    world.offer(ends[1], "space", **hidden, description=mark)


@FEWER
@given(st.integers(0, 100_000))
def test_what_an_audience_may_not_see_is_in_nothing_that_it_gets(seed: int) -> None:
    snapshot = marked_world(Random(seed)).snapshot("eco-a")
    ids = subjects_of(snapshot)
    for audience in Audience:
        shown = everything(snapshot, audience, ids)
        for visibility in MARKED:
            found = [name for name, text in shown.items() if f"zz{visibility}" in text]
            allowed = visibility in CLEARED[audience]
            own = audience is Audience.PARTNER and visibility == "parties"
            assert allowed or own or not found, (audience, visibility, found[:3])
            assert not allowed or found


@given(st.integers(0, 100_000))
def test_what_is_for_the_parties_is_read_by_nobody_else(seed: int) -> None:
    """A third partner reads its own lists: nothing in them is of the tie, the need or the agreement of others."""
    snapshot = marked_world(Random(seed)).snapshot("eco-a")
    shown = suggest_for(snapshot, "p6", WHOLE, Reader(Audience.PARTNER, NodeId("p6")))
    assert "zzparties" not in text_of(shown)
    assert "zzstaff" not in text_of(shown)


@given(st.integers(0, 100_000))
def test_the_ranking_is_the_same_for_every_audience(seed: int) -> None:
    snapshot = marked_world(Random(seed)).snapshot("eco-a")
    staff = [one.id for one in suggest_for(snapshot, "p0", WHOLE).suggestions]
    partner = [one.id for one in suggest_for(snapshot, "p0", WHOLE, Reader(Audience.PARTNER)).suggestions]
    assert partner == [id for id in staff if id in set(partner)]


def hidden_texts() -> list[tuple[Label, str, Visibility]]:
    """Return every property of a label that can hold a text of its own and isn't public."""
    return [
        (label, spec.name, spec.visibility)
        for label, specs in PROPERTIES.items()
        for spec in specs
        if spec.visibility is not Visibility.PUBLIC and spec.kind is Kind.TEXT
    ]


@pytest.mark.parametrize(("label", "name", "visibility"), hidden_texts())
def test_no_hidden_text_of_any_label_reaches_an_audience_that_it_is_not_for(
    label: Label, name: str, visibility: Visibility
) -> None:
    world = shared_world(Random(5))
    world.participate("eco-a", "p5")
    required: dict[Label, dict[str, Value]] = {
        Label.CONTACT: {"role": "general"},
        Label.RATING: {"rater": "p1", "measure": "trust", "level": 1},
        Label.QUALITY_EVIDENCE: {"tool": "tool", "assessed_by": "self"},
        Label.SUGGESTION: {"pattern": "cross_sector", "source": "p0", "target": "p1", "state": "asked"},
        Label.ANSWER: {"side": "source", "answer": "no"},
    }
    fields = {**required.get(label, {}), name: "zzmark"}
    if label in {Label.PARTNER, Label.PROGRAM}:
        world.records.append(Record(NodeId("p0" if label is Label.PARTNER else "g0"), label, fields))
    elif label in {Label.NEED, Label.OFFER}:
        (world.need if label is Label.NEED else world.offer)("p0", "space", **{name: "zzmark"})
    elif label is Label.ANSWER:
        world.fact("eco-a", Label.SUGGESTION, "suggestion:1", **required[Label.SUGGESTION])
        world.fact("suggestion:1", label, "fact:1", **fields)
    else:
        source = next(first for first, second in TIES[TieType.HAS].ends if fits_end(second, label, {}))
        subject = {Label.PARTNER: "p0", Label.PROGRAM: "g0", Label.ECOSYSTEM: "eco-a"}[source.label]
        world.fact(subject, label, "fact:1", **fields)
    snapshot = world.snapshot("eco-a")
    for audience in Audience:
        seen = [
            what for what, text in everything(snapshot, audience, subjects_of(snapshot)).items() if "zzmark" in text
        ]
        assert bool(seen) == (visibility in CLEARED[audience]), (audience, seen[:3])
