"""Every detector on towns small enough to work out by hand."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.gaps.closing import GapValues
from matchmaker.gaps.detect import DETECTORS, detect
from matchmaker.gaps.network import connections, sector_pairs
from matchmaker.gaps.options import GapOptions
from matchmaker.graph.contents import Contents
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot, build_snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.freshness import Freshness
from matchmaker.model.gap import Gap, gap_id
from matchmaker.model.ids import EcosystemId, NodeId, Revision
from matchmaker.model.ontology import derived_properties
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import (
    Confidence,
    GapKind,
    Knowledge,
    Label,
    PatternName,
    Sector,
    TieType,
)

AS_OF = datetime.date(2026, 9, 1)
STATED = Provenance("a survey", observed_on="2026-08-01")
INFERRED = replace(STATED, confidence=Confidence.INFERRED)
K = GapKind
KM_NORTH = 1 / 111.195
"""Degrees of latitude in a kilometre, on a sphere of the mean radius."""


@dataclass
class Town:
    """A town put together piece by piece, all of it public, seen by the ecosystem ``town``."""

    nodes: list[Node] = field(default_factory=lambda: [Node(NodeId("town"), Label.ECOSYSTEM, {"name": "Town"})])
    records: list[Record] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)

    def record(self, id: str, label: Label, properties: dict[str, Value], provenance: Provenance = STATED) -> None:
        whole: dict[str, Value] = {"name": id.title(), **properties}
        assert not derived_properties(label, whole).keys() & whole.keys()
        self.records.append(Record(NodeId(id), label, whole, provenance=provenance))

    def place(self, id: str, kind: str = "county", north: float | None = None, inside: str = "") -> None:
        position: dict[str, Value] = {} if north is None else {"latitude": north * KM_NORTH, "longitude": 0.0}
        self.record(id, Label.PLACE, {"kind": kind, **position})
        if inside:
            self.tie(TieType.PART_OF, id, inside)

    def partner(self, id: str, type: str, place: str = "", north: float | None = None, *, member: bool = True) -> None:
        position: dict[str, Value] = {} if north is None else {"latitude": north * KM_NORTH, "longitude": 0.0}
        self.record(id, Label.PARTNER, {"organization_type": type, **position})
        if member:
            self.tie(TieType.PARTICIPATES_IN, id, "town", {"status": "participating"})
        if place:
            self.tie(TieType.LOCATED_IN, id, place)

    def program(
        self, id: str, operator: str, stages: Iterable[str], hosts: Iterable[str] = (), *, seats: int | None = None
    ) -> None:
        self.record(id, Label.PROGRAM, {"program_type": "afterschool_program"})
        self.tie(TieType.OPERATES, operator, id)
        for stage in stages:
            self.tie(TieType.SERVES, id, stage)
        for host in hosts:
            self.tie(TieType.OFFERED_AT, id, host, {} if seats is None else {"seats": seats})

    def tie(
        self,
        type: TieType,
        source: str,
        target: str,
        properties: dict[str, Value] | None = None,
        provenance: Provenance = STATED,
    ) -> None:
        self.ties.append(make_tie(type, (source, target), properties, provenance=provenance))

    def fact(self, subject: str, label: Label, id: str, properties: dict[str, Value]) -> None:
        self.nodes.append(Node(NodeId(id), label, properties, provenance=STATED))
        self.tie(TieType.STATES if label in {Label.NEED, Label.OFFER} else TieType.HAS, subject, id)

    def count(self, place: str, value: int, kind: str = "resident", year: int = 2025, stage: str = "") -> None:
        about: dict[str, Value] = {"stage": stage} if stage else {"all_stages": True}
        id = f"count:{place}.{kind}.{year}.{stage or 'all'}"
        self.fact(place, Label.COUNT, id, {"kind": kind, "year": year, "value": value, **about})

    def wish(self, subject: str, label: Label, resource: str, **properties: Value) -> str:
        id = f"{label.value.lower()}:{subject}.{resource}"
        self.fact(subject, label, id, dict(properties))
        self.tie(TieType.CONCERNS, id, resource)
        return id

    def cover(self, *covers: str, share: float = 0.9, **limits: Value) -> None:
        for one in covers:
            about: dict[str, Value] = {"covers": one, "share_answered": share, "as_of": "2026-08-01", **limits}
            self.fact("town", Label.COVERAGE, f"coverage:{one.lower()}.{len(self.nodes)}", about)

    def cover_all(self) -> None:
        self.cover("Program", "OFFERED_AT", "SERVES", "FEEDS_INTO", "PARTNERS_WITH", "Offer")

    def snapshot(self) -> Snapshot:
        nodes = tuple(sorted([*self.nodes, *REFERENCE_NODES], key=lambda node: node.id))
        records = tuple(sorted(self.records, key=lambda record: record.id))
        ties = tuple(sorted(self.ties, key=lambda tie: tie.id))
        return build_snapshot(Contents(Revision(1), nodes, records, ties), Scope(EcosystemId("town")), AS_OF)

    def gaps(self, kind: GapKind, options: GapOptions | None = None) -> list[Gap]:
        return list(detect(self.snapshot(), [kind], options or GapOptions()))

    def without_coverage(self) -> "Town":
        gone = {node.id for node in self.nodes if node.label is Label.COVERAGE}
        nodes = [node for node in self.nodes if node.id not in gone]
        return Town(nodes, list(self.records), [tie for tie in self.ties if tie.target not in gone])


def known(gaps: Iterable[Gap]) -> dict[tuple[str, ...], Gap]:
    return {gap.subject: gap for gap in gaps if gap.knowledge is Knowledge.KNOWN}


def unknown(gaps: Iterable[Gap]) -> dict[tuple[str, ...], Gap]:
    return {gap.subject: gap for gap in gaps if gap.knowledge is Knowledge.NOT_KNOWN}


def stage_town() -> Town:
    """One county: a district, its school, and a provider whose club serves grades 3 to 8 at the school."""
    town = Town()
    town.place("mill", north=0.0)
    town.partner("district", "school_district", "mill")
    town.partner("school", "k12_school", "mill", north=1.0)
    town.partner("makers", "afterschool_provider", "mill", north=2.0)
    town.partner("hub", "hub")
    town.program("club", "makers", ["grades_3_5", "grades_6_8"], ["school"], seats=20)
    return town


def test_a_stage_without_a_program_in_a_county_is_a_gap_of_one_provider() -> None:
    town = stage_town()
    town.cover("Program", "OFFERED_AT", share=0.9)
    town.cover("SERVES", share=0.85)
    town.count("mill", 400, stage="grades_9_12")
    gaps = town.gaps(K.STAGE_COVERAGE)
    assert set(known(gaps)) == {("mill", "prek"), ("mill", "k_2"), ("mill", "grades_9_12")}
    assert unknown(gaps) == {}
    gap = known(gaps)["mill", "grades_9_12"]
    assert (gap.size, gap.unit, gap.learners, gap.observed) == (1.0, "providers", 400, 0.0)
    assert gap.confidence == 0.85
    assert len(gap.coverage) == 3
    assert gap.id == gap_id("town", K.STAGE_COVERAGE, "mill", "grades_9_12")
    assert gap.evidence == ("mill", "count:mill.resident.2025.grades_9_12")
    assert gap.present == ("Club (grades 3 to 5 and grades 6 to 8)",)
    assert gap.patterns == (PatternName.SCHOOL_OUT_OF_SCHOOL,)
    assert gap.closers == ("district", "school", "makers")
    assert gap.sentence == (
        "Mill already has Club (grades 3 to 5 and grades 6 to 8). What would help: a program for grades 9 to 12 that "
        "meets in Mill; none is among the programs recorded there, and the records were stated to be complete as of "
        "2026-08-01."
    )


def test_enrolment_counts_where_residents_are_not_recorded_and_the_latest_year_wins() -> None:
    town = stage_town()
    town.cover("Program", "OFFERED_AT", "SERVES")
    town.count("mill", 90, "enrolled", 2023, "prek")
    town.count("mill", 95, "enrolled", 2024, "prek")
    assert known(town.gaps(K.STAGE_COVERAGE))["mill", "prek"].learners == 95
    assert known(town.gaps(K.STAGE_COVERAGE))["mill", "k_2"].learners is None


def test_without_stated_coverage_the_same_stages_are_not_known_in_one_answer() -> None:
    town = stage_town()
    town.cover("Program", "OFFERED_AT")
    gaps = town.gaps(K.STAGE_COVERAGE)
    assert known(gaps) == {}
    (answer,) = gaps
    assert answer.subject == ("mill",)
    assert (answer.size, answer.confidence, answer.coverage) == (None, 0.0, ())
    assert answer.ask == "District and Hub"
    assert answer.sentence == (
        "Not known: whether a program for preschool, kindergarten to grade 2 or grades 9 to 12 meets in Mill; no "
        "source states a complete record of which programs there are, where programs meet or which stages they serve."
    )


@pytest.mark.parametrize(
    "limits",
    [
        {"share": 0.79},
        {"as_of": "2026-09-02"},
        {"sectors": ("k12",)},
        {"place": "elsewhere"},
    ],
)
def test_coverage_that_is_too_thin_too_late_or_of_something_else_supports_nothing(limits: dict[str, Value]) -> None:
    town = stage_town()
    town.place("elsewhere")
    share = limits.pop("share", 0.9)
    assert isinstance(share, float)
    town.cover("Program", "OFFERED_AT", "SERVES", share=share, **limits)
    assert known(town.gaps(K.STAGE_COVERAGE)) == {}


def test_coverage_by_sector_by_place_and_by_stage_adds_up() -> None:
    town = stage_town()
    town.place("state", "metro")
    town.tie(TieType.PART_OF, "mill", "state")
    town.cover("Program", "OFFERED_AT", place="state")
    town.cover("SERVES", sectors=("k12", "backbone"), stages=("prek", "k_2"))
    town.cover("SERVES", sectors=("out_of_school_time",), stages=("prek",), share=0.8)
    gaps = town.gaps(K.STAGE_COVERAGE)
    assert set(known(gaps)) == {("mill", "prek")}
    assert known(gaps)["mill", "prek"].confidence == 0.8
    assert len(known(gaps)["mill", "prek"].coverage) == 4
    assert "kindergarten to grade 2 or grades 9 to 12" in unknown(gaps)["mill",].sentence


def test_an_inferred_stage_counts_as_presence() -> None:
    town = stage_town()
    town.cover("Program", "OFFERED_AT", "SERVES")
    town.tie(TieType.SERVES, "club", "prek", provenance=INFERRED)
    assert set(known(town.gaps(K.STAGE_COVERAGE))) == {("mill", "k_2"), ("mill", "grades_9_12")}


def test_a_site_may_narrow_the_stages_and_a_city_in_the_county_is_asked_about_too() -> None:
    town = stage_town()
    town.place("bend", "city", inside="mill")
    town.partner("library", "library", "bend")
    town.cover("Program", "OFFERED_AT", "SERVES")
    town.tie(TieType.OFFERED_AT, "club", "library", {"stages": ("grades_6_8",)})
    subjects = set(known(town.gaps(K.STAGE_COVERAGE)))
    assert ("bend", "grades_3_5") in subjects
    assert ("bend", "grades_6_8") not in subjects
    assert ("mill", "grades_3_5") not in subjects


def test_a_program_without_stages_or_a_place_known_by_inference_leaves_it_open() -> None:
    town = stage_town()
    town.cover("Program", "OFFERED_AT", "SERVES")
    town.program("mystery", "makers", [], ["school"])
    (answer,) = town.gaps(K.STAGE_COVERAGE)
    assert answer.knowledge is Knowledge.NOT_KNOWN
    assert answer.sentence.endswith("for Mystery the stages served are not recorded.")
    guessed = Town()
    guessed.place("mill")
    guessed.partner("school", "k12_school")
    guessed.tie(TieType.LOCATED_IN, "school", "mill", provenance=INFERRED)
    guessed.cover("Program", "OFFERED_AT", "SERVES")
    (answer,) = guessed.gaps(K.STAGE_COVERAGE)
    assert answer.sentence.endswith("the facts it would rest on are only inferred.")


def test_a_program_of_the_missing_stage_closes_the_gap() -> None:
    town = stage_town()
    town.cover("Program", "OFFERED_AT", "SERVES")
    town.program("robots", "makers", ["grades_9_12"], ["school"])
    assert set(known(town.gaps(K.STAGE_COVERAGE))) == {("mill", "prek"), ("mill", "k_2")}


def route_town(next_north: float = 30.0) -> Town:
    """A club for grades 6 to 8 at kilometres 0 and 3 with 12 seats each, and a high school program further north."""
    town = Town()
    town.place("mill")
    town.place("far")
    town.partner("near-school", "k12_school", "mill", north=0.0)
    town.partner("mid-school", "k12_school", "mill", north=3.0)
    town.partner("high-school", "k12_school", "far", north=next_north)
    town.partner("makers", "afterschool_provider", "mill", north=0.0)
    town.partner("college", "two_year_college", "far", north=next_north + 1)
    town.tie(TieType.SERVES, "college", "postsecondary_two_year")
    town.program("club", "makers", ["grades_6_8"], ["near-school", "mid-school"], seats=12)
    town.program("lab", "high-school", ["grades_9_12"], ["high-school"], seats=9)
    return town


def test_a_program_without_a_next_step_within_25_km_of_its_nearest_site_is_a_gap_of_its_seats() -> None:
    # The nearest sites are 30 - 3 = 27 km apart.
    town = route_town(30.0)
    town.cover("Program", "OFFERED_AT", "SERVES", "FEEDS_INTO")
    gaps = town.gaps(K.TRANSITION)
    assert set(known(gaps)) == {("club", "grades_6_8")}
    gap = known(gaps)["club", "grades_6_8"]
    assert (gap.size, gap.unit) == (24.0, "seats")
    assert gap.closers == ("club", "lab")
    assert gap.patterns == (PatternName.PROGRAM_NEXT_STEP, PatternName.SCHOOL_OUT_OF_SCHOOL)
    assert gap.present == ("Makers",)
    assert "within 25 km in a straight line" in gap.sentence


@pytest.mark.parametrize(
    ("change", "is_gap"),
    [
        (lambda town: town.place("elsewhere"), True),
        (lambda town: town.tie(TieType.FEEDS_INTO, "club", "college"), False),
        (lambda town: town.tie(TieType.SERVES, "club", "grades_9_12"), False),
        (lambda town: town.program("web", "makers", ["grades_9_12"], ["near-school"]), False),
        (lambda town: town.program("other", "makers", ["grades_3_5"], ["near-school"]), True),
    ],
)
def test_a_route_a_later_stage_or_a_nearer_program_closes_a_transition(
    change: Callable[[Town], None], is_gap: bool
) -> None:
    town = route_town(30.0)
    town.cover("Program", "OFFERED_AT", "SERVES", "FEEDS_INTO")
    change(town)
    assert (("club", "grades_6_8") in known(town.gaps(K.TRANSITION))) is is_gap


def test_within_reach_an_online_next_step_or_a_college_there_is_no_transition_gap() -> None:
    near = route_town(27.9)
    near.cover("Program", "OFFERED_AT", "SERVES", "FEEDS_INTO")
    assert near.gaps(K.TRANSITION) == []  # 24.9 km to the lab; and 1 km from the lab to the college
    online = route_town(30.0)
    online.cover("Program", "OFFERED_AT", "SERVES", "FEEDS_INTO")
    online.program("web", "college", ["grades_9_12"])
    online.tie(TieType.OFFERED_AT, "web", "college", {"mode": "online"})
    assert ("club", "grades_6_8") not in known(online.gaps(K.TRANSITION))


def test_transitions_are_not_known_per_county_without_routes_covered_or_from_an_inferred_stage() -> None:
    town = route_town(30.0)
    town.cover("Program", "OFFERED_AT", "SERVES")
    (answer,) = town.gaps(K.TRANSITION)
    assert (answer.knowledge, answer.subject, answer.size) == (Knowledge.NOT_KNOWN, ("mill",), None)
    assert answer.sentence.startswith("Not known: whether a next step is within 25 km in a straight line for the ")
    assert "1 program in Mill" in answer.sentence
    assert answer.ask == "Makers and the hub of Town"
    guessed = route_town(30.0)
    guessed.cover("Program", "OFFERED_AT", "SERVES", "FEEDS_INTO")
    guessed.ties = [tie for tie in guessed.ties if not (tie.type is TieType.SERVES and tie.source == "club")]
    guessed.tie(TieType.SERVES, "club", "grades_6_8", provenance=INFERRED)
    (answer,) = guessed.gaps(K.TRANSITION)
    assert answer.sentence.endswith("the facts it would rest on are only inferred.")


GOLDEN_PARTNERS = {
    "d1": "school_district",
    "s1": "k12_school",
    "s2": "k12_school",
    "a1": "afterschool_provider",
    "a2": "afterschool_provider",
    "p1": "youth_organization",
    "u1": "four_year_college",
    "e1": "employer",
    "m1": "museum",
}
GOLDEN_TIES = ("d1-s1", "d1-s2", "s1-a1", "a1-a2", "p1-u1", "u1-e1", "u1-m1", "a1-m1")


def golden(*left_out: str) -> Town:
    """The network of nine partners and eight ties."""
    town = Town()
    for id, type in GOLDEN_PARTNERS.items():
        town.partner(id, type)
    for pair in GOLDEN_TIES:
        if pair not in left_out:
            first, second = pair.split("-")
            town.tie(TieType.PARTNERS_WITH, first, second)
    return town


def test_expected_ties_of_the_golden_network() -> None:
    # W = 8 tied pairs among N = 9 partners: C(9, 2) = 36 pairs, so each pair is tied with chance 8/36.
    pairs = {(pair.first, pair.second): pair for pair in sector_pairs(golden().snapshot())}
    k12_ost = pairs[Sector.K12, Sector.OUT_OF_SCHOOL_TIME]
    assert (k12_ost.first_count, k12_ost.second_count, k12_ost.observed) == (3, 3, 1)
    assert k12_ost.expected == pytest.approx(8 * 9 / 36)
    within = pairs[Sector.K12, Sector.K12]
    assert within.observed == 2
    assert within.expected == pytest.approx(8 * 3 / 36)
    assert sum(pair.observed for pair in pairs.values()) == 8
    assert sum(pair.expected for pair in pairs.values()) == pytest.approx(8)


def test_two_sectors_without_a_tie_are_a_gap_from_one_expected_tie_on() -> None:
    # Without s1-a1: W = 7, so 7 * 9 / 36 = 1.75 ties of k12 and out-of-school are expected and none is there.
    # Of k12 with the single college, employer or museum 7 * 3 / 36 = 0.58 are expected: too few to be a gap.
    town = golden("s1-a1")
    town.cover("PARTNERS_WITH", share=0.8)
    gaps = town.gaps(K.SECTOR_PAIR)
    assert set(known(gaps)) == {("k12", "out_of_school_time")}
    assert unknown(gaps) == {}
    gap = known(gaps)["k12", "out_of_school_time"]
    assert (gap.expected, gap.observed, gap.size, gap.unit) == (1.75, 0.0, 1.75, "ties")
    assert gap.patterns == (PatternName.SCHOOL_OUT_OF_SCHOOL,)
    assert gap.closers == ("d1", "s1", "s2", "a1", "a2", "p1")
    assert "none is recorded where about 1.8 would be expected by chance" in gap.sentence
    assert golden().without_coverage().gaps(K.SECTOR_PAIR, GapOptions(expected_ties=0)) != []


def test_one_tie_through_a_program_closes_a_sector_pair_and_an_initiative_does_not() -> None:
    town = golden("s1-a1")
    town.cover("PARTNERS_WITH")
    town.nodes.append(Node(NodeId("circle"), Label.INITIATIVE, {"name": "Circle", "initiative_type": "funded_project"}))
    town.tie(TieType.MEMBER_OF, "s1", "circle")
    town.tie(TieType.MEMBER_OF, "a1", "circle")
    assert ("k12", "out_of_school_time") in known(town.gaps(K.SECTOR_PAIR))
    town.program("club", "a1", ["grades_6_8"], ["s1"])
    assert town.gaps(K.SECTOR_PAIR) == []
    tied = {pair.ends for pair in connections(town.snapshot())}
    index = town.snapshot().index_of
    assert (index("a1"), index("s1")) in tied
    assert len(tied) == 8


@pytest.mark.parametrize(
    ("type", "source", "target"),
    [
        (TieType.HOSTS_WBL, "e1", "club"),
        (TieType.HOSTS_WBL, "e1", "a2"),
        (TieType.FUNDS, "e1", "club"),
        (TieType.HAS_AGREEMENT_WITH, "e1", "a2"),
        (TieType.FEEDS_INTO, "club", "e1"),
    ],
)
def test_a_tie_with_a_program_is_a_tie_with_its_operator(type: TieType, source: str, target: str) -> None:
    town = golden()
    town.program("club", "a2", ["grades_6_8"])
    town.tie(type, source, target, {"kind": "facility_use"} if type is TieType.HAS_AGREEMENT_WITH else {})
    index = town.snapshot().index_of
    assert (index("a2"), index("e1")) in {pair.ends for pair in connections(town.snapshot())}


def test_inferred_ties_are_seen_but_expect_nothing() -> None:
    town = golden("s1-a1", "d1-s1")
    town.tie(TieType.PARTNERS_WITH, "d1", "s1", provenance=INFERRED)
    pairs = {(pair.first, pair.second): pair for pair in sector_pairs(town.snapshot())}
    assert pairs[Sector.K12, Sector.K12].observed == 2
    assert pairs[Sector.K12, Sector.OUT_OF_SCHOOL_TIME].expected == pytest.approx(6 * 9 / 36)


def test_sector_pairs_are_not_known_per_sector_where_one_side_is_not_covered() -> None:
    town = golden("s1-a1")
    covered = tuple(sector.value for sector in Sector if sector is not Sector.K12)
    town.cover("PARTNERS_WITH", sectors=covered)
    gaps = town.gaps(K.SECTOR_PAIR)
    assert known(gaps) == {}
    assert set(unknown(gaps)) == {("k12",)}
    answer = unknown(gaps)["k12",]
    assert answer.ask == "the schools and districts themselves and the hub of Town"
    assert answer.sentence == (
        "Not known: whether schools and districts work with out-of-school-time providers, colleges and universities, "
        "museums, libraries and science centers or employers and industry groups; no source states a complete record "
        "of who partners with whom."
    )


def test_a_member_without_any_tie_is_not_yet_connected() -> None:
    town = golden("u1-e1")
    town.cover("PARTNERS_WITH")
    gaps = town.gaps(K.ISOLATION)
    assert set(known(gaps)) == {("e1",)}
    gap = known(gaps)["e1",]
    assert (gap.size, gap.unit) == (1.0, "ties")
    assert gap.sentence == (
        "E1 is a member and not yet connected. What would help: a first introduction to another partner; the "
        "records were stated to be complete as of 2026-08-01."
    )
    assert gap.closers[0] == "e1"
    assert PatternName.EMPLOYER_SCHOOL in gap.patterns
    town.tie(TieType.PARTNERS_WITH, "e1", "s2")
    assert town.gaps(K.ISOLATION) == []


def test_isolation_is_asked_per_place_and_not_known_without_a_name() -> None:
    town = Town()
    town.place("mill")
    town.place("far")
    town.partner("museum", "museum", "mill")
    town.partner("garden", "zoo_aquarium_garden", "far")
    town.cover("PARTNERS_WITH", place="mill")
    gaps = town.gaps(K.ISOLATION)
    assert set(known(gaps)) == {("museum",)}
    assert set(unknown(gaps)) == {("informal_learning",)}
    assert "Garden" not in unknown(gaps)["informal_learning",].sentence


def test_a_district_agreement_connects_its_schools() -> None:
    town = Town()
    town.partner("district", "school_district")
    town.partner("school", "k12_school", member=False)
    town.tie(TieType.PART_OF, "school", "district", {"kind": "district"})
    town.partner("museum", "museum")
    town.cover("PARTNERS_WITH")
    assert set(known(town.gaps(K.ISOLATION))) == {("district",), ("school",), ("museum",)}
    town.tie(TieType.HAS_AGREEMENT_WITH, "district", "museum", {"kind": "facility_use"})
    assert town.gaps(K.ISOLATION) == []


def access_town(site_north: float, seats: int | None = 15) -> Town:
    """A ZIP with 250 learners, its centre at kilometre 0, and one site with seats to the north."""
    town = Town()
    town.place("mill")
    town.place("zip", "zip", north=0.0, inside="mill")
    town.place("other", "zip", north=site_north, inside="mill")
    town.partner("school", "k12_school", "other", north=site_north)
    town.partner("makers", "afterschool_provider", "mill", north=site_north)
    town.program("club", "makers", ["grades_6_8"], ["school"], seats=seats)
    town.count("zip", 250)
    return town


def test_learners_without_seats_within_ten_kilometres_are_a_gap_of_one_seat_each() -> None:
    town = access_town(10.1)
    town.cover("Program", "OFFERED_AT", share=0.95)
    gaps = town.gaps(K.PLACE_ACCESS)
    assert set(known(gaps)) == {("zip",)}
    gap = known(gaps)["zip",]
    assert (gap.size, gap.unit, gap.learners, gap.confidence) == (250.0, "seats", 250, 0.95)
    assert "250" not in gap.sentence
    assert gap.sentence.startswith("Few seats within reach of Zip: none is recorded in it or within 10 km")
    assert gap.closers == ("club",)


@pytest.mark.parametrize(("north", "seats"), [(9.9, 15), (0.0, 1)])
def test_seats_near_the_centre_are_within_reach(north: float, seats: int) -> None:
    town = access_town(north, seats)
    town.cover("Program", "OFFERED_AT")
    assert town.gaps(K.PLACE_ACCESS) == []


def test_a_site_in_the_place_is_within_reach_however_far_from_its_centre() -> None:
    town = access_town(40.0)
    town.cover("Program", "OFFERED_AT")
    town.partner("hall", "library", "zip", north=12.0)
    assert set(known(town.gaps(K.PLACE_ACCESS))) == {("zip",)}
    town.tie(TieType.OFFERED_AT, "club", "hall", {"seats": 3})
    assert town.gaps(K.PLACE_ACCESS) == []


def test_unknown_seats_are_not_zero_and_zero_seats_are() -> None:
    unclear = access_town(5.0, seats=None)
    unclear.cover("Program", "OFFERED_AT")
    (answer,) = unclear.gaps(K.PLACE_ACCESS)
    assert answer.knowledge is Knowledge.NOT_KNOWN
    assert answer.sentence == (
        "Not known: how many seats are within reach of Zip; for Club the seats are not recorded."
    )
    assert answer.ask == "Makers and the hub of Town"
    empty = access_town(5.0, seats=0)
    empty.cover("Program", "OFFERED_AT")
    assert set(known(empty.gaps(K.PLACE_ACCESS))) == {("zip",)}


def need_town() -> Town:
    """A school that needs 4 mentors for grades 9 to 12, and an employer 70 km away that offers some."""
    town = Town()
    town.place("mill")
    town.partner("school", "k12_school", "mill", north=0.0)
    town.partner("works", "employer", north=70.0)
    town.wish("school", Label.NEED, "mentors", quantity=4, stage="grades_9_12")
    town.wish("works", Label.OFFER, "mentors")
    return town


def test_a_need_that_nobody_within_reach_offers_to_meet_is_a_gap_of_its_quantity() -> None:
    town = need_town()
    town.cover("Offer")
    gaps = town.gaps(K.UNMET_NEED)
    assert set(known(gaps)) == {("need:school.mentors",)}
    gap = known(gaps)["need:school.mentors",]
    assert (gap.size, gap.unit) == (4.0, "mentors")
    assert gap.closers == ("school",)
    assert gap.sentence == (
        "School is looking for mentors for grades 9 to 12. What would help: an offer of mentors by another member "
        "within 60 km in a straight line; none is recorded yet, and the records were stated to be complete as of "
        "2026-08-01."
    )
    assert town.gaps(K.UNMET_NEED, GapOptions(offer_km=71)) == []


def test_what_a_gap_rests_on_says_so_where_it_is_stale() -> None:
    town = need_town()
    town.cover("Offer", as_of="2024-08-01")
    (gap,) = known(town.gaps(K.UNMET_NEED)).values()
    assert gap.sentence.endswith("stated to be complete as of 2024-08-01, stale.")
    assert (gap.freshness, gap.confidence) == (Freshness.STALE, 0.9)
    old = need_town()
    old.nodes = [
        replace(node, provenance=replace(STATED, observed_on="2023")) if node.label is Label.NEED else node
        for node in old.nodes
    ]
    old.cover("Offer")
    (gap,) = known(old.gaps(K.UNMET_NEED)).values()
    assert gap.sentence.startswith("School is looking for mentors for grades 9 to 12 (from 2023, stale). What would")
    assert (gap.freshness, gap.size) == (Freshness.STALE, 4.0)
    fresh = need_town()
    fresh.cover("Offer")
    (gap,) = known(fresh.gaps(K.UNMET_NEED)).values()
    assert gap.freshness is Freshness.FRESH


@pytest.mark.parametrize("kind", DETECTORS)
def test_outside_an_ecosystem_nothing_is_known(kind: GapKind) -> None:
    town = whole_town()
    town.partner("stray", "afterschool_provider")
    town.program("somewhere", "stray", ["grades_6_8"])
    contents = Contents(Revision(1), (*town.nodes, *REFERENCE_NODES), tuple(town.records), tuple(town.ties))
    found = detect(build_snapshot(contents, Scope(), AS_OF), [kind])
    assert [gap for gap in found if gap.knowledge is Knowledge.KNOWN] == []
    if kind is K.TRANSITION:
        assert "whose place is not recorded" in " ".join(gap.sentence for gap in found)


@pytest.mark.parametrize(
    ("offer", "is_gap"),
    [
        ({}, False),
        ({"stage": "grades_9_12"}, False),
        ({"stage": "prek"}, True),
        ({"topic": "11"}, False),
        ({"topic": "11.0701"}, False),
        ({"topic": "26.0101"}, True),
        ({"until": "2026-01-01"}, True),
        ({"since": "2027"}, True),
    ],
)
def test_an_offer_meets_a_need_unless_stage_topic_or_date_says_otherwise(offer: dict[str, Value], is_gap: bool) -> None:
    town = Town()
    town.partner("school", "k12_school")
    town.partner("works", "employer")
    town.wish("school", Label.NEED, "mentors", stage="grades_9_12", topic="11.0701")
    town.wish("works", Label.OFFER, "mentors", **offer)
    town.cover("Offer")
    assert bool(known(town.gaps(K.UNMET_NEED))) is is_gap


def test_an_operator_does_not_meet_its_own_programs_need_and_a_need_that_ended_is_none() -> None:
    town = Town()
    town.partner("makers", "afterschool_provider")
    town.program("club", "makers", ["grades_6_8"])
    town.wish("club", Label.NEED, "space")
    town.wish("makers", Label.OFFER, "space")
    town.wish("makers", Label.NEED, "funding", until="2026-06-30")
    town.cover("Offer")
    assert set(known(town.gaps(K.UNMET_NEED))) == {("need:club.space",)}


def test_needs_are_not_known_per_resource_without_covered_offers() -> None:
    (answer,) = need_town().gaps(K.UNMET_NEED)
    assert (answer.knowledge, answer.subject) == (Knowledge.NOT_KNOWN, ("mentors",))
    assert answer.sentence == (
        "Not known: whether a member offers mentors, which 1 member is looking for; no source states a complete "
        "record of what partners offer."
    )


def whole_town() -> Town:
    """A town with a gap of every kind and coverage of everything."""
    town = route_town(30.0)
    town.partner("aquarium", "zoo_aquarium_garden", "far", north=31.0)
    town.partner("hub", "hub", "mill")
    town.place("zip", "zip", north=-40.0, inside="mill")
    town.count("zip", 80)
    town.wish("makers", Label.NEED, "translation", quantity=2)
    for number in range(4):
        town.partner(f"firm-{number}", "employer", "mill")
        town.tie(TieType.PARTNERS_WITH, f"firm-{number}", "hub")
    town.tie(TieType.PARTNERS_WITH, "high-school", "college")
    town.cover_all()
    return town


def test_every_kind_is_found_and_told_largest_first() -> None:
    gaps = detect(whole_town().snapshot())
    assert {gap.kind for gap in gaps} == set(DETECTORS)
    assert all(gap.knowledge is Knowledge.KNOWN for gap in gaps)
    assert [gap.kind for gap in gaps] == sorted((gap.kind for gap in gaps), key=list(DETECTORS).index)
    for kind in DETECTORS:
        order = [(-(gap.size or 0.0), gap.id) for gap in gaps if gap.kind is kind]
        assert order == sorted(order)
    assert len({gap.id for gap in gaps}) == len(gaps)


def test_every_gap_rests_on_coverage_and_points_at_things_that_are_there() -> None:
    town = whole_town()
    snapshot = town.snapshot()
    statements = {node.id for node in town.nodes if node.label is Label.COVERAGE}
    elements = {str(node.id) for node in snapshot.nodes} | {str(tie.id) for tie in snapshot.ties}
    for gap in detect(snapshot):
        assert gap.coverage, gap.id
        assert set(gap.coverage) <= statements
        assert gap.evidence, gap.id
        assert set(gap.evidence) <= elements
        assert set(gap.closers) <= elements
        assert gap.patterns
        assert gap.confidence == 0.9
        assert gap.ask == ""
        assert gap.size is not None
        assert gap.size > 0


@given(seed=st.integers(0, 2**32))
def test_the_order_of_loading_changes_nothing(seed: int) -> None:
    town, random = whole_town(), Random(seed)
    before = detect(town.snapshot())
    contents = [list(town.nodes) + list(REFERENCE_NODES), list(town.records), list(town.ties)]
    for elements in contents:
        random.shuffle(elements)  # type: ignore[arg-type]  # three lists of different elements
    shuffled = Contents(Revision(1), *(tuple(elements) for elements in contents))  # type: ignore[arg-type]
    assert detect(build_snapshot(shuffled, Scope(EcosystemId("town")), AS_OF)) == before


@given(left=st.sets(st.sampled_from(["Program", "OFFERED_AT", "SERVES", "FEEDS_INTO", "PARTNERS_WITH", "Offer"])))
def test_without_coverage_no_gap_is_known_and_none_is_lost(left: set[str]) -> None:
    town = whole_town()
    before = detect(town.snapshot())
    bare = town.without_coverage()
    bare.cover(*sorted(left))
    after = detect(bare.snapshot())
    needed = {
        K.STAGE_COVERAGE: {"Program", "OFFERED_AT", "SERVES"},
        K.TRANSITION: {"Program", "OFFERED_AT", "SERVES", "FEEDS_INTO"},
        K.SECTOR_PAIR: {"PARTNERS_WITH"},
        K.PLACE_ACCESS: {"Program", "OFFERED_AT"},
        K.ISOLATION: {"PARTNERS_WITH"},
        K.UNMET_NEED: {"Offer"},
    }
    for kind, covers in needed.items():
        told = [gap for gap in after if gap.kind is kind]
        if covers <= left:
            assert set(known(told)) == {gap.subject for gap in before if gap.kind is kind}
            assert unknown(told) == {}
        else:
            assert told
            assert known(told) == {}
            assert all(gap.ask and gap.size is None and not gap.coverage for gap in told)
            assert len(told) <= len(Sector)


def test_a_public_view_has_no_coverage_and_so_no_gaps() -> None:
    town = whole_town()
    contents = Contents(Revision(1), tuple(town.nodes) + REFERENCE_NODES, tuple(town.records), tuple(town.ties))
    gaps = detect(build_snapshot(contents, Scope(), AS_OF))
    assert gaps
    assert known(gaps) == {}


def test_what_links_close() -> None:
    town = stage_town()
    town.cover("Program", "OFFERED_AT", "SERVES")
    town.partner("robotics", "youth_organization", north=40.0)
    town.program("robots", "robotics", ["grades_9_12"])
    snapshot = town.snapshot()
    gaps = detect(snapshot, [K.STAGE_COVERAGE])
    values = GapValues(snapshot, gaps)
    pattern = PatternName.SCHOOL_OUT_OF_SCHOOL
    # The program closes one gap whole (1 - 1/2 = 0.5 is left); its operator half of it (1 - 1/4 is left).
    assert values.value(pattern, NodeId("school"), NodeId("robots")) == 0.5
    assert values.value(pattern, NodeId("robots"), NodeId("school")) == 0.5
    assert values.value(pattern, NodeId("school"), NodeId("robotics")) == 0.25
    assert values.value(pattern, NodeId("school"), NodeId("club")) == 0.0
    assert values.value(PatternName.CROSS_SECTOR, NodeId("school"), NodeId("robots")) == 0.0
    assert values.value(pattern, NodeId("school"), NodeId("nobody")) == 0.0


def test_what_links_close_of_the_other_kinds() -> None:
    town = whole_town()
    town.partner("guild", "professional_association", north=1.0, member=False)
    town.wish("guild", Label.OFFER, "translation", stage="prek")
    snapshot = town.snapshot()
    gaps = detect(snapshot)
    values = GapValues(snapshot, gaps)

    def closure(kind: GapKind, pattern: PatternName, first: str, second: str) -> list[float]:
        return [
            round(values.closure(gap, pattern, NodeId(first), NodeId(second)), 6) for gap in gaps if gap.kind is kind
        ]

    assert closure(K.TRANSITION, PatternName.PROGRAM_NEXT_STEP, "club", "lab") == [1.0]
    assert closure(K.TRANSITION, PatternName.PROGRAM_NEXT_STEP, "lab", "lab") == [0.0]
    # A school 3 km from the club could host the lab; the high school, 27 km away, is too far to help.
    assert closure(K.TRANSITION, PatternName.SCHOOL_OUT_OF_SCHOOL, "mid-school", "lab") == [1.0]
    assert closure(K.TRANSITION, PatternName.SCHOOL_OUT_OF_SCHOOL, "high-school", "lab") == [0.0]
    assert closure(K.TRANSITION, PatternName.SCHOOL_OUT_OF_SCHOOL, "mid-school", "club") == [0.0]
    (pair,) = [gap for gap in gaps if gap.subject == ("k12", "industry")]
    assert pair.size is not None
    assert values.closure(pair, PatternName.EMPLOYER_SCHOOL, NodeId("firm-0"), NodeId("near-school")) == pytest.approx(
        min(1.0, 1 / pair.size)
    )
    assert values.closure(pair, PatternName.EMPLOYER_SCHOOL, NodeId("firm-0"), NodeId("hub")) == 0.0
    assert closure(K.ISOLATION, PatternName.SCHOOL_INFORMAL, "aquarium", "near-school") == [1.0]
    assert closure(K.ISOLATION, PatternName.SCHOOL_INFORMAL, "near-school", "mid-school") == [0.0]
    # The guild, no member yet, offers it; of the hub no offer is recorded; a program can't help its own operator.
    assert closure(K.UNMET_NEED, PatternName.PROGRAM_COMMUNITY, "club", "guild") == [1.0]
    assert closure(K.UNMET_NEED, PatternName.CROSS_SECTOR, "hub", "makers") == [0.5]
    assert closure(K.UNMET_NEED, PatternName.CROSS_SECTOR, "club", "makers") == [0.0]


def test_a_site_closes_as_many_seats_as_the_program_usually_has() -> None:
    town = access_town(40.0, seats=50)
    town.cover("Program", "OFFERED_AT")
    town.partner("hall", "library", "zip", north=1.0)
    snapshot = town.snapshot()
    (gap,) = detect(snapshot, [K.PLACE_ACCESS])
    values = GapValues(snapshot, [gap])
    pattern = PatternName.SCHOOL_INFORMAL
    assert values.closure(gap, pattern, NodeId("hall"), NodeId("club")) == 50 / 250
    assert values.closure(gap, pattern, NodeId("school"), NodeId("club")) == 0.0
