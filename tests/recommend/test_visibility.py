"""Who may see what a fact rests on: the strictest word of all that it rests on."""

from matchmaker.model.elements import Node, Record, make_tie
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.records import resolve
from matchmaker.model.vocabulary import Label, TieType, Visibility
from matchmaker.recommend.visibility import (
    node_visibility,
    parties_of,
    property_visibility,
    state_fact,
    strictest,
    tie_property_visibility,
    tie_visibility,
)
from matchmaker.testing.world import World

V = Visibility


def test_the_strictest_word_wins() -> None:
    assert strictest([]) is V.PUBLIC
    assert [strictest([one, V.ECOSYSTEM]) for one in (V.PUBLIC, V.ECOSYSTEM, V.PARTIES, V.STAFF)] == [
        V.ECOSYSTEM,
        V.ECOSYSTEM,
        V.PARTIES,
        V.STAFF,
    ]


def test_a_value_that_an_ecosystem_says_of_a_public_partner_is_the_ecosystem_s() -> None:
    public = Record(NodeId("a"), Label.PARTNER, {"name": "A", "organization_type": "museum"})
    own = Record(NodeId("a"), Label.PARTNER, {"description": "ours"}, Owner("eco"))
    node = resolve([public, own])
    assert node is not None
    assert node_visibility(node, [public, own]) is V.PUBLIC
    assert property_visibility(node, "name", [public, own]) is V.PUBLIC
    assert property_visibility(node, "description", [public, own]) is V.ECOSYSTEM
    assert node_visibility(node, [own]) is V.PUBLIC
    alone = resolve([own])
    assert alone is not None
    assert node_visibility(alone, [own]) is V.ECOSYSTEM


def test_a_property_is_as_the_ontology_says_or_stricter() -> None:
    node = Node(NodeId("a"), Label.PARTNER, {"name": "A", "capacity_unit": "visits", "request_limit": 1, "x_kept": "x"})
    found = {name: property_visibility(node, name) for name in node.properties}
    assert found == {
        "name": V.PUBLIC,
        "capacity_unit": V.ECOSYSTEM,
        "request_limit": V.STAFF,
        "x_kept": V.STAFF,
    }
    hidden = Node(NodeId("a"), Label.PARTNER, {"name": "A", "visibility": "parties"})
    assert property_visibility(hidden, "name") is V.PARTIES


def test_a_tie_is_its_owner_s_and_its_levels_are_for_staff() -> None:
    tie = make_tie(TieType.PARTNERS_WITH, ("a", "b"), {"level_by_source": 3})
    assert (tie_visibility(tie), tie_property_visibility(tie, "level_by_source")) == (V.PUBLIC, V.STAFF)
    own = make_tie(TieType.PARTNERS_WITH, ("a", "b"), {}, "eco")
    assert tie_visibility(own) is V.ECOSYSTEM


def test_a_fact_is_as_hidden_as_the_most_hidden_thing_that_it_rests_on_and_names_whom_it_is_about() -> None:
    world = World()
    world.partner("house", "youth_organization")
    world.program("club", "club", "house")
    need = world.need("club", "space")
    world.partner("library", "library")
    world.tie(TieType.PARTNERS_WITH, "house", "library", visibility="parties")
    snapshot = world.snapshot()
    house, club, stated = (snapshot.index_of(id) for id in ("house", "club", need))
    assert parties_of(snapshot, stated) == {"house"}
    assert state_fact(snapshot, "It is.", [club]).visibility is V.PUBLIC
    said = state_fact(snapshot, "It needs.", [stated])
    assert (said.visibility, said.parties, said.elements) == (V.ECOSYSTEM, ("house",), (need,))
    ties = [tie for _, tie in snapshot.both(house, TieType.PARTNERS_WITH)]
    tied = state_fact(snapshot, "They are.", [stated], ties)
    assert (tied.visibility, tied.parties) == (V.PARTIES, ("house", "library"))
