from dataclasses import replace

import pytest

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.exchange.mapping import ColumnMapping, Target
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, OrganizationType, ProgramType
from matchmaker.services.job_records import Runner
from matchmaker.services.mappings import (
    find_mapping_for,
    get_mapping,
    list_mappings,
    put_mapping,
    remove_mapping,
    with_known_names,
)
from matchmaker.services.merging import merge

SMALL = ColumnMapping({"Org": Target.NAME, "Zip": Target.ZIP, "Notes": Target.IGNORED})
WHOLE = ColumnMapping(
    {"Org": Target.NAME, "Zip": Target.ZIP, "Needs": Target.NEEDS},
    organization_type=OrganizationType.LIBRARY,
    program_type=ProgramType.CLUB,
    confidence=Confidence.PARTNER,
    member_of="riverbend",
    source="spring survey",
    words={"STEM shop": OrganizationType.MAKERSPACE},
    names={"FIU": "unitid:133951"},
)


def test_a_mapping_comes_back_as_it_was_put(store: GraphStore) -> None:
    put_mapping(store.operations(), "whole", WHOLE)
    put_mapping(store.operations(), "a-small", SMALL)
    assert get_mapping(store.operations(), "whole").mapping == WHOLE
    assert [named.name for named in list_mappings(store.operations())] == ["a-small", "whole"]
    put_mapping(store.operations(), "whole", SMALL)
    assert get_mapping(store.operations(), "whole").mapping == SMALL
    remove_mapping(store.operations(), "whole")
    with pytest.raises(NotFound, match="a-small"):
        get_mapping(store.operations(), "whole")
    with pytest.raises(NotFound):
        remove_mapping(store.operations(), "whole")


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (["zip", "ORG", "notes"], "small"),
        (["Org", "Zip", "Needs"], "whole"),
        (["Org", "Zip", "Needs", "Fax"], "whole"),
        (["Org", "Zip", "Fax"], "small"),
        (["Org", "Fax"], None),
    ],
)
def test_a_sheet_finds_the_mapping_that_reads_most_of_it(
    store: GraphStore, headings: list[str], found: str | None
) -> None:
    put_mapping(store.operations(), "small", SMALL)
    put_mapping(store.operations(), "whole", WHOLE)
    named = find_mapping_for(store.operations(), headings)
    assert (named.name if named else None) == found


@pytest.mark.parametrize("name", ["", "My sheet", "-x"])
def test_a_name_must_be_an_id(store: GraphStore, name: str) -> None:
    with pytest.raises(InvalidInput, match="is not a name for a mapping"):
        put_mapping(store.operations(), name, SMALL)


def test_a_mapping_without_names_or_with_two_name_columns_is_refused(store: GraphStore) -> None:
    with pytest.raises(InvalidInput, match="no column is the partner's name"):
        put_mapping(store.operations(), "none", replace(SMALL, columns={"Zip": Target.ZIP}))
    with pytest.raises(InvalidInput, match="several columns are the partner name"):
        put_mapping(store.operations(), "two", replace(SMALL, columns={"A": Target.NAME, "B": Target.NAME}))


def partner(id: str, name: str, *aliases: str, owner: Owner = PUBLIC, region: str = "") -> Record:
    properties: dict[str, Value] = {"name": name, "organization_type": "library"}
    if aliases:
        properties["aliases"] = aliases
    if region:
        properties |= {"region": region, "country": "US"}
    return Record(NodeId(id), Label.PARTNER, properties, owner, Provenance("a source"))


def hold(store: GraphStore, *records: Record, nodes: tuple[Node, ...] = ()) -> None:
    store.apply(ChangeSet(nodes=nodes, records=records))


MIAMI = Node(NodeId("miami"), Label.ECOSYSTEM, {"name": "Miami", "region": "US-FL", "country": "US"})


def test_names_in_the_store_become_ids_where_only_one_partner_has_them(store: GraphStore) -> None:
    hold(store, partner("a", "Zoo Miami"), partner("b", "Lincoln"), partner("c", "Lincoln"))
    hold(store, partner("d", "F. I. U.", "FIU"))
    known = with_known_names(store, SMALL, ["ZOO MIAMI", "Lincoln", "fiu", "Nobody"])
    assert known.names == {"fiu": "d", "zoo miami": "a"}
    assert with_known_names(store, replace(SMALL, names={"FIU": "x"}), ["FIU"]).names == {"FIU": "x"}


def test_a_name_that_is_written_otherwise_counts_after_the_very_name(store: GraphStore) -> None:
    hold(
        store,
        partner("a", "Coral Gables Senior High School"),
        partner("b", "Miami Dade College"),
        partner("c", "Miami-Dade Coll., Inc."),
        partner("d", "Miami University"),
        partner("e", "Lincoln High School"),
        partner("f", "Lincoln Sr. High"),
    )
    told = ["Coral Gables Senior High", "Miami Dade College", "University of Miami", "Lincoln High", "lincoln sr high"]
    assert with_known_names(store, SMALL, told).names == {
        "coral gables senior high": "a",
        "lincoln sr high": "f",
        "miami dade college": "b",
    }


def test_an_ecosystems_own_come_first_then_public_ones_of_its_state(store: GraphStore) -> None:
    hold(
        store,
        partner("own", "Discovery Lab", owner=Owner("miami")),
        partner("public", "Discovery Lab"),
        partner("theirs", "Secret Lab", owner=Owner("tampa")),
        partner("here", "Lincoln High School", region="US-FL"),
        partner("there", "Lincoln High School", region="US-OR"),
        partner("far", "Oregon Zoo", region="US-OR"),
        partner("alike", "Grant Sr. High", region="US-OR"),
        nodes=(MIAMI,),
    )
    told = ["Discovery Lab", "Secret Lab", "Lincoln High", "Oregon Zoo", "Grant High School"]
    into_miami = with_known_names(store, SMALL, told, EcosystemId("miami"))
    assert into_miami.names == {"discovery lab": "own", "lincoln high": "here", "oregon zoo": "far"}
    assert with_known_names(store, SMALL, told).names == {
        "discovery lab": "public",
        "grant high school": "alike",
        "oregon zoo": "far",
    }


def test_a_partner_that_was_merged_away_is_found_as_what_it_became(store: GraphStore, runner: Runner) -> None:
    hold(store, partner("kept", "Miami Dade College"), partner("gone", "Dade Junior College"))
    merge(store, NodeId("gone"), NodeId("kept"), PUBLIC, runner)
    assert with_known_names(store, SMALL, ["Dade Junior College"]).names == {"dade junior college": "kept"}


def test_a_mapping_of_words_needs_no_columns_and_fits_no_sheet(store: GraphStore) -> None:
    words = ColumnMapping({}, words={"STEM shop": OrganizationType.MAKERSPACE})
    put_mapping(store.operations(), "words", words)
    assert get_mapping(store.operations(), "words").mapping == words
    assert find_mapping_for(store.operations(), ["Org"]) is None
    with pytest.raises(InvalidInput, match="no column is the partner's name"):
        put_mapping(store.operations(), "nothing", ColumnMapping({}))
