"""Properties over drawn elements, and the state machine."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.checking import check_node, check_record, check_tie
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.vocabulary import TieType
from matchmaker.testing.contract.examples import ALPHA, BETA, partner
from matchmaker.testing.contract.place import PlaceContract, StorePlace, raw_hashes, raw_picture
from matchmaker.testing.elements import nodes, records, ties
from matchmaker.testing.store_machine import StoreMachine

OWNERS = ("public", ALPHA, BETA)
TIED = tuple(
    type for type in TieType if type in {TieType.PARTNERS_WITH, TieType.FUNDS, TieType.PART_OF, TieType.COACHES}
)


class ExplorationContract(PlaceContract):
    """What holds of anything that Hypothesis can think of."""

    def test_any_valid_elements_are_kept_in_their_canonical_form(self, store: GraphStore, place: StorePlace) -> None:
        store.close()

        @few()
        @given(
            st.lists(nodes(owners=OWNERS), max_size=5, unique_by=lambda node: node.id), records("partner-a"), st.data()
        )
        def check(drawn: list[Node], record: Record, data: st.DataObject) -> None:
            tie = data.draw(ties(data.draw(st.sampled_from(TIED)), ("partner-a", "partner-b")))
            place.clear()
            kept = place.open()
            try:
                kept.apply(ChangeSet(nodes=tuple(drawn), records=(record, partner("partner-b")), ties=(tie,)))
                assert_kept(kept, place, drawn, record, tie)
            finally:
                kept.close()

        check()

    def test_batches_in_any_order_give_the_same_store(self, store: GraphStore, place: StorePlace) -> None:
        store.close()

        def load(batches: list[ChangeSet]) -> tuple[object, ...]:
            place.clear()
            loading = place.open()
            try:
                for batch in batches:
                    loading.apply(batch)
                return loading.hashes(), raw_picture(place)
            finally:
                loading.close()

        @few()
        @given(st.lists(nodes(owners=OWNERS), max_size=6, unique_by=lambda node: node.id), st.data())
        def check(drawn: list[Node], data: st.DataObject) -> None:
            described = [data.draw(records(f"partner-{letter}").map(without_dates)) for letter in "aabc"]
            different = list({record.id: record for record in map(canonical, described)}.values())
            batches = [ChangeSet(nodes=(node,)) for node in drawn] + [
                ChangeSet(records=(record,)) for record in different
            ]
            assert load(batches) == load(data.draw(st.permutations(batches)))

        check()

    def test_a_store_does_what_the_oracle_says(self, store: GraphStore, place: StorePlace) -> None:
        store.close()

        class Machine(StoreMachine):
            def __init__(self) -> None:
                super().__init__(place)

        run_state_machine_as_test(Machine, settings=few())


def few() -> settings:
    """Return the chosen profile with fewer examples where it asks for many: each one fills a store."""
    return settings(max_examples=min(settings().max_examples, 25 + settings().max_examples // 8))


def without_dates(record: Record) -> Record:
    """Return a Record whose dates can't contradict another one's."""
    return replace(
        record, properties={name: value for name, value in record.properties.items() if name not in {"since", "until"}}
    )


def canonical(record: Record) -> Record:
    """Return a Record in its canonical form."""
    return check_record(record)[0]


def assert_kept(store: GraphStore, place: StorePlace, drawn: list[Node], record: Record, tie: Tie) -> None:
    """See that the store and the raw reads hold the canonical forms, and that repeating them changes nothing."""
    raw_nodes = {node.id: node for node in place.raw_nodes()}
    for node in drawn:
        assert store.get_node(node.id).element == raw_nodes[node.id] == check_node(node)[0]
        assert repr(dict(raw_nodes[node.id].properties)) == repr(dict(check_node(node)[0].properties))
        assert raw_nodes[node.id].provenance.batch == node.provenance.batch
    assert canonical(record) in place.raw_records()
    clean = check_tie(tie)[0]
    assert list(place.raw_ties()) == [clean]
    found = store.find_tie(clean.key)
    assert found is not None
    assert found.element == clean
    hashes = store.hashes()
    assert (hashes.graph, hashes.content) == raw_hashes(place)
    nodes = tuple(replace(raw_nodes[node.id]) for node in drawn)
    assert store.apply(ChangeSet(nodes=nodes, records=(canonical(record),), ties=(clean,))) == 1
