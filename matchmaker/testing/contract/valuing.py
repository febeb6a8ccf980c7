"""Values: canonical on entry, kept exactly, equal where they mean the same."""

import unicodedata
from dataclasses import replace

import pytest

from matchmaker.errors import InvalidInput
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import MAXIMUM_TEXT, Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, make_tie
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Confidence, Label, TieType
from matchmaker.testing.contract.examples import agreement, partner, program, put_example, topic
from matchmaker.testing.contract.place import PlaceContract, StorePlace
from matchmaker.testing.contract.refusing import only_finding
from matchmaker.testing.elements import HOSTILE_FLOATS, HOSTILE_INTEGERS, HOSTILE_TEXTS, REFUSED_TEXTS


def statistic(value: float) -> Node:
    """Return a node with a float of any size."""
    return Node(NodeId("statistic:1"), Label.STATISTIC, {"kind": "employment", "year": 2024, "value": value})


def need(quantity: int) -> Node:
    """Return a node with an integer of any size."""
    return Node(NodeId("need:1"), Label.NEED, {"quantity": quantity})


def kept(store: GraphStore, place: StorePlace, node: Node, name: str) -> Value | None:
    """Put a node and return what the store and a raw read agree on keeping of a property."""
    store.apply(ChangeSet(nodes=(node,)))
    found = store.get_node(node.id).element.properties.get(name)
    (raw,) = [other.properties.get(name) for other in place.raw_nodes() if other.id == node.id]
    assert (raw, type(raw)) == (found, type(found))
    return found


class ValueContract(PlaceContract):
    """What values promise."""

    @pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text)[:30])
    def test_any_text_is_kept(self, store: GraphStore, place: StorePlace, text: str) -> None:
        canonical = unicodedata.normalize("NFC", text).strip()
        assert kept(store, place, topic("t", name=text), "name") == canonical
        assert store.apply(ChangeSet(nodes=(topic("t", name=canonical),))) == 1

    @pytest.mark.parametrize("text", REFUSED_TEXTS, ids=lambda text: ascii(text)[:30])
    def test_text_that_no_store_keeps_is_refused(self, store: GraphStore, text: str) -> None:
        finding = only_finding(store, ChangeSet(nodes=(topic("t", name=text),)))
        assert finding.message.startswith(("name holds the control character", "name longer than 100000"))
        assert len(finding.value) <= 200

    def test_the_longest_text_is_kept(self, store: GraphStore, place: StorePlace) -> None:
        text = "\U0001f9eaé\n'\"" * (MAXIMUM_TEXT // 5)
        assert len(text) == MAXIMUM_TEXT
        assert kept(store, place, topic("t", name=text), "name") == text

    def test_combining_characters_are_composed(self, store: GraphStore) -> None:
        store.apply(ChangeSet(nodes=(topic("t", name="Cafe\u0301"),)))
        hashes = store.hashes()
        assert store.get_node(NodeId("t")).element.name == "Caf\xe9"
        assert store.apply(ChangeSet(nodes=(topic("t", name="  Caf\xe9\n"),))) == 1
        assert store.hashes() == hashes

    @pytest.mark.parametrize("empty", ["", "  \n ", None])
    def test_an_empty_text_is_absent(self, store: GraphStore, empty: str | None) -> None:
        properties = dict(partner("a").properties)
        store.apply(ChangeSet(records=(partner("a"),)))
        with_empty: dict[str, Value] = {**properties, "website": empty}  # type: ignore[dict-item]  # None is what a form sends
        assert store.apply(ChangeSet(records=(replace(partner("a"), properties=with_empty),))) == 1
        assert "website" not in store.get_node(NodeId("a")).element.properties

    def test_an_empty_list_is_absent(self, store: GraphStore, place: StorePlace) -> None:
        store.apply(ChangeSet(records=(partner("a"),)))
        hashes = store.hashes()
        assert store.apply(ChangeSet(records=(partner("a", aliases=(), languages=("", " ")),))) == 1
        assert store.hashes() == hashes
        assert "aliases" not in place.raw_records()[0].properties

    def test_an_unordered_list_is_sorted_without_repeats(self, store: GraphStore, place: StorePlace) -> None:
        names = ("Zoo", "\U0001f9ea", "alpha", "Älpha", "Zoo", "\uffee", "10", "9")
        store.apply(ChangeSet(records=(partner("a", aliases=names),)))
        assert place.raw_records()[0].properties["aliases"] == tuple(sorted(set(names)))
        assert store.apply(ChangeSet(records=(partner("a", aliases=names[::-1]),))) == 1

    def test_an_ordered_list_keeps_order_and_repeats(self, store: GraphStore, place: StorePlace) -> None:
        store.apply(ChangeSet(records=(program("c"), partner("a"))))
        days = ("wed", "mon", "wed")
        store.apply(ChangeSet(ties=(make_tie(TieType.OFFERED_AT, ("c", "a"), {"days": days}),)))
        assert place.raw_ties()[0].properties["days"] == days

    def test_a_list_of_one_stays_a_list(self, store: GraphStore) -> None:
        store.apply(ChangeSet(records=(partner("a", aliases=("Only",)),)))
        assert store.get_node(NodeId("a")).element.properties["aliases"] == ("Only",)

    @pytest.mark.parametrize("number", HOSTILE_FLOATS)
    def test_any_float_is_kept_to_the_last_bit(self, store: GraphStore, place: StorePlace, number: float) -> None:
        for value in (number, -number):
            found = kept(store, place, statistic(value), "value")
            assert isinstance(found, float)
            assert found.hex() == (value + 0.0).hex()

    def test_minus_zero_is_zero(self, store: GraphStore, place: StorePlace) -> None:
        assert str(kept(store, place, statistic(-0.0), "value")) == "0.0"
        hashes = store.hashes()
        assert store.apply(ChangeSet(nodes=(statistic(0.0),))) == 1
        assert store.hashes() == hashes

    @pytest.mark.parametrize("number", HOSTILE_INTEGERS)
    def test_any_integer_of_64_bits_is_kept(self, store: GraphStore, place: StorePlace, number: int) -> None:
        found = kept(store, place, need(number), "quantity")
        assert (found, type(found)) == (number, int)

    @pytest.mark.parametrize("number", [2**63, 2**64, 10**30, 10**4000])
    def test_an_integer_beyond_64_bits_is_refused(self, store: GraphStore, number: int) -> None:
        assert only_finding(store, ChangeSet(nodes=(need(number),))).message == "quantity does not fit 64 bits"

    def test_integers_and_floats_stay_what_the_property_is(self, store: GraphStore, place: StorePlace) -> None:
        whole = replace(need(0), properties={"quantity": 3.0})
        found = kept(store, place, whole, "quantity")
        assert (found, type(found)) == (3, int)
        found = kept(store, place, statistic(3), "value")
        assert (found, type(found)) == (3.0, float)
        assert store.apply(ChangeSet(nodes=(need(3), statistic(3.0)))) == 2
        half = replace(need(0), properties={"quantity": 3.5})
        assert only_finding(store, ChangeSet(nodes=(half,))).message == "quantity is not a whole number"

    def test_a_large_float_is_no_integer_afterwards(self, store: GraphStore, place: StorePlace) -> None:
        for number in (2.0**53, 1e15, 1e22, 123456789.0):
            found = kept(store, place, statistic(number), "value")
            assert (found, type(found)) == (number, float)

    @pytest.mark.parametrize("value", [True, False])
    def test_a_boolean_is_no_number(self, store: GraphStore, place: StorePlace, *, value: bool) -> None:
        found = kept(store, place, Node(NodeId("n"), Label.COUNT, count(all_stages=value)), "all_stages")
        assert found is value
        assert only_finding(store, ChangeSet(nodes=(need(value),))).message == "quantity is not a number"
        wrong = Node(NodeId("m"), Label.COUNT, count(all_stages=1))
        assert only_finding(store, ChangeSet(nodes=(wrong,))).message == "all_stages is neither true nor false"

    @pytest.mark.parametrize("text", ["2012", "2012-09", "2012-09-30", "0001", "9999-12-31"])
    def test_a_partial_date_stays_partial(self, store: GraphStore, place: StorePlace, text: str) -> None:
        assert kept(store, place, topic("t", since=text), "since") == text
        assert store.apply(ChangeSet(nodes=(topic("t", since=f" {text} "),))) == 1

    def test_a_year_and_its_first_day_are_two_values(self, store: GraphStore) -> None:
        store.apply(ChangeSet(nodes=(topic("t", since="2012"),)))
        hashes = store.hashes()
        assert store.apply(ChangeSet(nodes=(topic("t", since="2012-01-01"),))) == 2
        assert store.hashes() != hashes

    @pytest.mark.parametrize("name", ["x_notes", "x_a.b", "x_a-b", "x_a:b", "x_1", "x_select", "x_"])
    def test_kept_columns_are_kept_by_any_name(self, store: GraphStore, place: StorePlace, name: str) -> None:
        record = replace(partner("a"), properties={**partner("a").properties, name: "kept"})
        store.apply(ChangeSet(records=(record,)))
        assert place.raw_records()[0].properties[name] == "kept"
        assert store.get_node(NodeId("a")).element.properties[name] == "kept"

    @pytest.mark.parametrize("name", ["X_notes", "x_a b", "x_a`b", "x_'", "id", "label", "owner", "version", "source"])
    def test_other_names_are_refused(self, store: GraphStore, name: str) -> None:
        finding = only_finding(store, ChangeSet(nodes=(replace(topic("t"), properties={"name": "T", name: "no"}),)))
        assert finding.message == f"{name} is not a property here"

    @pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text)[:30])
    def test_provenance_and_episode_are_kept(self, store: GraphStore, place: StorePlace, text: str) -> None:
        canonical = unicodedata.normalize("NFC", text).strip()
        put_example(store)
        provenance = Provenance(text, text, "2012-09", Confidence.REGISTER, text)
        record = replace(partner("shop-d"), provenance=provenance)
        tie = replace(agreement("library-a", "museum-b", episode=text), provenance=provenance)
        node = replace(topic("t"), provenance=provenance)
        store.apply(ChangeSet(nodes=(node,), records=(record,), ties=(tie,)))
        (raw_record,) = [other for other in place.raw_records() if other.about == "shop-d"]
        (raw_tie,) = [other for other in place.raw_ties() if other.type is TieType.HAS_AGREEMENT_WITH]
        (raw_node,) = [other for other in place.raw_nodes() if other.id == "t"]
        for found in (raw_record.provenance, raw_tie.provenance, raw_node.provenance):
            assert found.facts() == (canonical, canonical, "2012-09", "register")
            assert found.batch == canonical
        assert raw_tie.key.episode == canonical
        assert store.find_tie(raw_tie.key) is not None

    def test_an_unknown_date_of_observation_stays_unknown(self, store: GraphStore, place: StorePlace) -> None:
        record = replace(partner("a"), provenance=Provenance("source", "", ""))
        store.apply(ChangeSet(records=(record,)))
        assert place.raw_records()[0].provenance == Provenance("source", "", None)

    def test_a_value_that_is_no_single_value_is_refused(self, store: GraphStore) -> None:
        for wrong in ({"a": 1}, ["a"], b"bytes", 3, object()):
            with pytest.raises(InvalidInput, match="name is not text"):
                store.apply(ChangeSet(nodes=(topic("t", name=wrong),)))  # type: ignore[arg-type]  # what JSON may bring
        for wrong in ("a|b", 3, {"a": 1}.get("b", 4)):
            with pytest.raises(InvalidInput, match="aliases is not a list"):
                store.apply(ChangeSet(records=(partner("a", aliases=wrong),)))


def count(*, all_stages: bool | int) -> dict[str, Value]:
    """Return the properties of a count."""
    return {"kind": "enrolled", "year": 2023, "value": 10, "all_stages": all_stages}
