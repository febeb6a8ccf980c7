"""A partner's page: where each field comes from, how fresh it is, and what is to be asked."""

import datetime

import pytest

from matchmaker.api.views import partner_out
from matchmaker.graph.contents import Contents
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, make_tie
from matchmaker.model.freshness import Dated, Freshness
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner, Revision
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Audience, Confidence, Label, TieType
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.services.disclosure import disclose
from matchmaker.services.disclosure_views import show_snapshot
from matchmaker.services.partners import view_partner

AS_OF = datetime.date(2026, 9, 1)
F = Freshness
QUESTION = (
    "Is it still open? A register (Register) says that it closed on 2021-06, but hub staff's word (Visits) describes "
    "it later, on 2025-10. Until that is settled it counts as open."
)


def said(id: str, source: str, observed_on: str | None, confidence: Confidence, **fields: Value) -> Record:
    provenance = Provenance(source, f"{source}.csv row 3", observed_on, confidence)
    owner = Owner("mill") if confidence is Confidence.STAFF else PUBLIC
    return Record(NodeId(id), Label.PARTNER, fields, owner, provenance)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    register = said(
        "museum",
        "Register",
        "2022",
        Confidence.REGISTER,
        name="Mill Museum",
        organization_type="museum",
        mid="8400100001",
        closed_on="2021-06",
    )
    staff = said("museum", "Visits", "2025-10", Confidence.STAFF, name="The Mill Museum", website="https://m.example")
    school = said("school", "Register", "2022", Confidence.REGISTER, name="Mill High", organization_type="k12_school")
    wish = Node(NodeId("need:1"), Label.NEED, {}, PUBLIC, Provenance("A survey", "", "2012"))
    ties = [
        make_tie(TieType.STATES, ("museum", "need:1")),
        make_tie(TieType.CONCERNS, ("need:1", "volunteers")),
        make_tie(TieType.PARTICIPATES_IN, ("museum", "mill"), {"status": "participating"}),
        make_tie(TieType.PARTICIPATES_IN, ("school", "mill"), {"status": "participating"}),
        make_tie(TieType.FUNDS, ("museum", "school"), provenance=Provenance("A report", "", "2023")),
    ]
    nodes = sorted(
        [*REFERENCE_NODES, wish, Node(NodeId("mill"), Label.ECOSYSTEM, {"name": "Mill"})], key=lambda n: n.id
    )
    records = sorted([register, staff, school], key=lambda record: record.id)
    contents = Contents(Revision(1), tuple(nodes), tuple(records), tuple(sorted(ties, key=lambda tie: tie.id)))
    return build_snapshot(contents, Scope(EcosystemId("mill")), AS_OF)


def test_every_field_has_its_source_and_age(snapshot: Snapshot) -> None:
    viewed = view_partner(snapshot, "museum")
    assert {known.field: (known.record.provenance.source, known.dated, known.others) for known in viewed.fields} == {
        "mid": ("Register", Dated("2022", F.AGEING), 0),
        "name": ("Visits", Dated("2025-10", F.FRESH), 1),
        "organization_type": ("Register", Dated("2022", F.AGEING), 0),
        "website": ("Visits", Dated("2025-10", F.FRESH), 0),
    }
    assert [known.field for known in viewed.fields] == sorted(known.field for known in viewed.fields)


def test_a_contested_closing_hides_nobody_and_is_a_question(snapshot: Snapshot) -> None:
    assert "closed_on" not in snapshot.get_node("museum").properties
    assert view_partner(snapshot, "museum").questions == (QUESTION,)
    assert view_partner(snapshot, "school").questions == ()
    found = suggest(snapshot, "school", SuggestionRequest())
    assert [one.target_name for one in found.suggestions] == ["The Mill Museum"]
    assert f"The Mill Museum: {QUESTION}" in found.suggestions[0].notes
    told = disclose(found, snapshot, Audience.PARTNER)
    assert [QUESTION in " ".join(one.notes) for one in told.suggestions] == [False]


def test_staff_see_where_it_comes_from_and_others_do_not(snapshot: Snapshot) -> None:
    staff = partner_out(view_partner(snapshot, "museum"), for_staff=True)
    assert (staff.questions, [field.field for field in staff.fields][:2]) == ([QUESTION], ["mid", "name"])
    name = staff.fields[1]
    assert (name.source, name.source_row, name.confidence, name.owner) == (
        "Visits",
        "Visits.csv row 3",
        Confidence.STAFF,
        "mill",
    )
    assert [need.freshness for need in staff.needs] == [F.STALE]
    assert {tie.type: tie.freshness for tie in staff.ties}[TieType.FUNDS] is F.AGEING
    for audience in (Audience.PARTNER, Audience.BOARD):
        shown = partner_out(view_partner(show_snapshot(snapshot, audience), "museum"), for_staff=False)
        assert (shown.fields, shown.questions) == ([], [])
        assert {need.freshness for need in shown.needs} | {tie.freshness for tie in shown.ties} == {None}
