"""The table of link patterns: whole, in step with the ontology, and every pattern able to make a suggestion."""

from itertools import product

import pytest

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.ontology import TIES
from matchmaker.model.vocabulary import Label, OrganizationType, PatternName, Sector, Side, TieType
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.patterns import PATTERNS, TITLES, Place
from matchmaker.recommend.pipeline import explain, suggest
from matchmaker.recommend.pools import find_pools
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.prior import PRIOR
from matchmaker.testing.world import World

N = PatternName


def test_every_pattern_of_the_vocabulary_is_declared_and_judged_once() -> None:
    assert set(PATTERNS) == set(PRIOR) == set(PatternName)


def test_every_form_writes_a_tie_that_the_ontology_allows() -> None:
    for pattern in PATTERNS.values():
        for form in pattern.forms:
            start, end = (form.source, form.target) if form.tie_from is Side.SOURCE else (form.target, form.source)
            allowed = {(first.label, second.label) for first, second in TIES[form.tie].ends}
            of_operator = form.tie is TieType.PARTNERS_WITH and Label.PROGRAM in {start.label, end.label}
            assert (start.label, end.label) in allowed or of_operator, pattern.name
            assert form.tie in pattern.linked_by, pattern.name


def test_patterns_without_distance_are_those_of_the_vocabulary() -> None:
    free = {name for name, pattern in PATTERNS.items() if pattern.place is not Place.WITHIN_REACH}
    assert free == {N.PCSP_COLLEGE, N.PCSP_PEER, N.ECOSYSTEM_PEER, N.ECOSYSTEM_COACH}


def big_world() -> World:
    """One end of every pattern, all in one county, with nothing said but what makes them fit."""
    world = World()
    world.place("county")
    world.ecosystem("eco", region="US-OR", country="US")
    world.ecosystem("other-eco", region="US-WA", country="US")
    for type in OrganizationType:
        world.partner(f"org-{type.value.replace('_', '-')}", type.value, region="US-OR")
        world.tie(TieType.LOCATED_IN, f"org-{type.value.replace('_', '-')}", "county")
        world.participate("eco", f"org-{type.value.replace('_', '-')}")
    world.fact("org-four-year-college", Label.DESIGNATION, "designation:1", code="hbcu", basis="statutory", year=2026)
    world.program("pcsp", "pcsp", "org-youth-organization", stages=("grades_9_12",))
    world.program("camp", "summer_program", "org-summer-provider", stages=("grades_6_8",))
    world.program("bridge", "bridge_program", "org-university-center", stages=("postsecondary_four_year",))
    world.program("workshop", "educator_workshop", "org-hub")
    world.program("far-pcsp", "pcsp", "far-house", stages=("grades_9_12",))
    world.place("far-county")
    world.partner("far-house", "museum", region="US-WA")
    world.tie(TieType.LOCATED_IN, "far-house", "far-county")
    world.initiative("circle", "org-library")
    return world


@pytest.fixture(scope="module")
def big() -> Snapshot:
    return big_world().snapshot("eco")


EXPECTED = {
    N.PCSP_COLLEGE: ("pcsp", "org-four-year-college", TieType.RECOGNIZES),
    N.SCHOOL_OUT_OF_SCHOOL: ("org-k12-school", "camp", TieType.OFFERED_AT),
    N.PROGRAM_EMPLOYER: ("camp", "org-employer", TieType.HOSTS_WBL),
    N.EMPLOYER_SCHOOL: ("org-employer", "org-school-district", TieType.HOSTS_WBL),
    N.PROGRAM_NEXT_STEP: ("camp", "pcsp", TieType.FEEDS_INTO),
    N.SCHOOL_INFORMAL: ("org-private-school", "org-makerspace", TieType.PARTNERS_WITH),
    N.EARLY_LEARNING_K2: ("org-early-learning-provider", "org-k12-school", TieType.PARTNERS_WITH),
    N.COLLEGE_EMPLOYER: ("org-two-year-college", "org-employer", TieType.PARTNERS_WITH),
    N.PARTNER_FUNDER: ("org-library", "org-funder", TieType.FUNDS),
    N.PARTNER_INITIATIVE: ("org-k12-school", "circle", TieType.MEMBER_OF),
    N.EDUCATOR_LEARNING: ("org-k12-school", "workshop", TieType.PARTNERS_WITH),
    N.PROGRAM_COMMUNITY: ("camp", "org-tribal-nation", TieType.PARTNERS_WITH),
    N.PCSP_PEER: ("pcsp", "far-pcsp", TieType.PEERS_WITH),
    N.PCSP_COMMITMENT: ("pcsp", "org-employer", TieType.COMMITTED_TO),
    N.ECOSYSTEM_PCSP: ("eco", "pcsp", TieType.MEMBER_OF),
    N.ECOSYSTEM_PEER: ("eco", "other-eco", TieType.PEERS_WITH),
    N.ECOSYSTEM_COACH: ("eco", "org-technical-assistance-provider", TieType.COACHES),
    N.CROSS_SECTOR: ("org-library", "org-labor-organization", TieType.PARTNERS_WITH),
}


@pytest.mark.parametrize("pattern", list(PatternName))
def test_every_pattern_suggests_its_pair_from_either_side(big: Snapshot, pattern: PatternName) -> None:
    source, target, tie = EXPECTED[pattern]
    request = SuggestionRequest(pattern, limit=100)
    found = {}
    for subject in (source, target):
        for one in suggest(big, subject, request).suggestions:
            if {one.source, one.target} == {source, target}:
                found[subject] = one
    assert set(found) == {source, target}
    assert {one.tie for one in found.values()} == {tie}
    assert found[source].id == found[target].id
    assert found[source].score == found[target].score
    if not PATTERNS[pattern].symmetric:
        assert {(one.source, one.target) for one in found.values()} == {(source, target)}


def test_an_active_tie_of_each_pattern_ends_the_suggestion() -> None:
    for pattern, (source, target, tie) in EXPECTED.items():
        world = big_world()
        form = next(form for form in PATTERNS[pattern].forms if form.tie is tie)
        ends = (source, target) if form.tie_from is Side.SOURCE else (target, source)
        if pattern is N.EDUCATOR_LEARNING:
            ends = ("org-k12-school", "org-hub")
        if pattern is N.PROGRAM_COMMUNITY:
            ends = ("org-summer-provider", "org-tribal-nation")
        world.tie(tie, *ends)
        explained = explain(world.snapshot("eco"), source, target)
        found = next(one for one in explained.patterns if one.pattern is pattern and one.suggestion.source == source)
        assert not found.eligible, pattern
        assert [rule.name for rule in found.rules if not rule.met] == ["not_linked"], pattern


def test_any_two_sectors_have_a_pattern_of_their_own_or_the_general_one(big: Snapshot) -> None:
    """Every two partners of two sectors fit exactly the general pattern, or at least one more particular one."""
    partners = [node.id for _, node in big.iter_nodes(Label.PARTNER) if node.id.startswith("org-")]
    for first, second in product(partners, partners):
        one, other = big.get_node(first), big.get_node(second)
        if one.get_text("sector") == other.get_text("sector"):
            continue
        explained = explain(big, first, second)
        particular = {found.pattern for found in explained.patterns} - {N.CROSS_SECTOR}
        general = next(found for found in explained.patterns if found.pattern is N.CROSS_SECTOR)
        covered = not next(rule for rule in general.rules if rule.name == "not_covered").met
        outside_school = {Sector.K12, Sector.OUT_OF_SCHOOL_TIME} == {one.get_text("sector"), other.get_text("sector")}
        assert covered == (bool(particular) or outside_school), (first, second)


def test_an_operator_stands_in_only_where_it_has_no_such_program(big: Snapshot) -> None:
    listed = suggest(big, "org-k12-school", SuggestionRequest(N.SCHOOL_OUT_OF_SCHOOL, limit=100)).suggestions
    targets = {str(one.target): one.tie for one in listed}
    assert targets["camp"] is TieType.OFFERED_AT
    assert "org-summer-provider" not in targets
    assert targets["org-youth-organization"] is TieType.PARTNERS_WITH


def test_an_employer_is_whoever_hires_or_offers_work_based_learning() -> None:
    world = World()
    world.partner("hospital", "government_agency", stem_roles=("29-1141",))
    world.partner("agency", "government_agency")
    world.partner("district", "school_district", wbl_offered=("job_shadow",))
    world.partner("college", "two_year_college")
    index = index_snapshot(world.snapshot())
    employers = {pool.pattern.name for pool in find_pools(index, index.snapshot.index_of("hospital"))}
    assert N.COLLEGE_EMPLOYER in employers
    listed = suggest(world.snapshot(), "college", SuggestionRequest(N.COLLEGE_EMPLOYER)).suggestions
    assert {one.target for one in listed} == {"hospital", "district"}


def test_every_pattern_has_a_name_for_people() -> None:
    assert set(TITLES) == set(PatternName)
    assert len(set(TITLES.values())) == len(TITLES)
