from dataclasses import replace

import pytest

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.exchange.mapping import ColumnMapping, Target
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Provenance, Record
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.vocabulary import Confidence, Label, OrganizationType, ProgramType
from matchmaker.services.mappings import (
    find_mapping_for,
    get_mapping,
    list_mappings,
    put_mapping,
    remove_mapping,
    with_known_names,
)

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


def test_names_in_the_store_become_ids_where_only_one_partner_has_them(store: GraphStore) -> None:
    def partner(id: str, name: str, *aliases: str) -> Record:
        properties: dict[str, Value] = {"name": name, "organization_type": "library"}
        if aliases:
            properties["aliases"] = aliases
        return Record(NodeId(id), Label.PARTNER, properties, PUBLIC, Provenance("a register"))

    records = [
        partner("a", "Zoo Miami"),
        partner("b", "Lincoln"),
        partner("c", "Lincoln"),
        partner("d", "F. I. U.", "FIU"),
    ]
    store.apply(ChangeSet(records=tuple(records)))
    known = with_known_names(store, SMALL, ["ZOO MIAMI", "Lincoln", "fiu", "Nobody"])
    assert known.names == {"fiu": "d", "zoo miami": "a"}
    assert with_known_names(store, replace(SMALL, names={"FIU": "x"}), ["FIU"]).names == {"FIU": "x"}
