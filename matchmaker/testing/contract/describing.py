"""Records: what they add up to, overlays, corrections, merges."""

from dataclasses import replace

import pytest

from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.vocabulary import Confidence, Label, TieType
from matchmaker.testing.contract.examples import (
    ALPHA,
    BETA,
    correction,
    own_ids,
    partner,
    partners_with,
    put_example,
    said_by,
)
from matchmaker.testing.contract.place import PlaceContract, StorePlace, raw_hashes
from matchmaker.testing.contract.refusing import only_finding, refused


def name_of(store: GraphStore, id: str) -> str:
    """Return the name in use of a node."""
    return store.get_node(NodeId(id)).element.name


class RecordContract(PlaceContract):
    """What Records promise."""

    def test_a_partner_is_what_its_records_add_up_to(self, store: GraphStore, place: StorePlace) -> None:
        old = partner("a", "museum", provenance=said_by("A", "2019"), website="https://old.example.org", name="Old")
        new = correction("a", said_by("B", "2020-05"), name="New", country="US")
        store.apply(ChangeSet(records=(old, new)))
        node = store.get_node(NodeId("a")).element
        assert node.label is Label.PARTNER
        assert dict(node.properties) == {
            "country": "US",
            "name": "New",
            "organization_type": "museum",
            "organization_types": ("museum",),
            "sector": "informal_learning",
            "website": "https://old.example.org",
        }
        assert [kept for kept in place.raw_nodes() if kept.id == "a"] == [node]
        assert [stored.element for stored in store.iter_records(NodeId("a"))] == sorted([old, new], key=lambda r: r.id)

    @pytest.mark.parametrize(
        ("better", "worse"),
        [
            (Confidence.PARTNER, Confidence.STAFF),
            (Confidence.STAFF, Confidence.STATED),
            (Confidence.STATED, Confidence.REGISTER),
            (Confidence.REGISTER, Confidence.INFERRED),
        ],
    )
    def test_standing_comes_before_date(self, store: GraphStore, better: Confidence, worse: Confidence) -> None:
        first = partner("a", name="Better", provenance=said_by("one", "2001", better))
        second = partner("a", name="Worse", provenance=said_by("two", "2024", worse))
        store.apply(ChangeSet(records=(second, first)))
        assert name_of(store, "a") == "Better"

    def test_registers_know_identifiers_best(self, store: GraphStore) -> None:
        said = partner("a", "four_year_college", unitid="111111", provenance=said_by("a", "2024", Confidence.PARTNER))
        listed = partner(
            "a", "four_year_college", unitid="222222", provenance=said_by("b", "2022", Confidence.REGISTER)
        )
        store.apply(ChangeSet(records=(said, listed)))
        assert store.get_node(NodeId("a")).element.get_text("unitid") == "222222"
        old = partner("b", "four_year_college", unitid="333333", provenance=said_by("b", "2001", Confidence.REGISTER))
        newer = partner("b", "four_year_college", unitid="444444", provenance=said_by("a", "2024", Confidence.PARTNER))
        store.apply(ChangeSet(records=(old, newer)))
        assert store.get_node(NodeId("b")).element.get_text("unitid") == "444444"

    def test_of_two_dates_the_newer_wins_and_unknown_is_oldest(self, store: GraphStore) -> None:
        undated = partner("a", name="Undated", provenance=said_by("u"))
        month = partner("a", name="Month", provenance=said_by("m", "2020-02"))
        year = partner("a", name="Year", provenance=said_by("y", "2020"))
        store.apply(ChangeSet(records=(undated, year)))
        assert name_of(store, "a") == "Year"
        store.apply(ChangeSet(records=(month,)))
        assert name_of(store, "a") == "Month"
        store.apply(ChangeSet(removed_records=(month.id, year.id)))
        assert name_of(store, "a") == "Undated"

    def test_a_correction_needs_something_to_correct(self, store: GraphStore) -> None:
        alone = correction("a", said_by("desk"), name="Only a name")
        finding = only_finding(store, ChangeSet(records=(alone,)))
        assert (finding.message, finding.where) == ("organization_type is missing", "Partner a")

    def test_a_record_with_the_same_source_replaces_the_earlier_one(self, store: GraphStore) -> None:
        store.apply(ChangeSet(records=(partner("a", name="First", website="https://a.example.org"),)))
        store.apply(ChangeSet(records=(partner("a", name="Second"),)))
        assert len(list(store.iter_records(NodeId("a")))) == 1
        assert "website" not in store.get_node(NodeId("a")).element.properties
        assert name_of(store, "a") == "Second"

    def test_an_overlay_does_not_change_what_is_public(self, store: GraphStore, place: StorePlace) -> None:
        store.apply(ChangeSet(records=(partner("a", name="Public"),)))
        hashes = store.hashes()
        ours = correction("a", said_by("staff", "2024", Confidence.STAFF), ALPHA, name="Ours")
        assert store.apply(ChangeSet(records=(ours,))) == 2
        assert (name_of(store, "a"), store.get_node(NodeId("a")).version) == ("Public", 1)
        assert store.hashes().graph == hashes.graph
        assert store.hashes().content != hashes.content
        assert (store.hashes().graph, store.hashes().content) == raw_hashes(place)

    def test_what_one_ecosystem_alone_describes_is_its_own_until_it_is_public(self, store: GraphStore) -> None:
        store.apply(ChangeSet(records=(partner("a", owner=ALPHA, name="Ours"),)))
        assert store.get_node(NodeId("a")).element.owner == ALPHA
        store.apply(ChangeSet(records=(partner("a", name="Public"),)))
        node = store.get_node(NodeId("a")).element
        assert (node.owner, node.name) == (PUBLIC, "Public")
        store.apply(ChangeSet(removed_records=(partner("a").id,)))
        node = store.get_node(NodeId("a")).element
        assert (node.owner, node.name) == (ALPHA, "Ours")

    def test_every_owners_view_has_to_be_complete(self, store: GraphStore) -> None:
        public, ours = partner("a"), correction("a", said_by("staff"), ALPHA, name="Ours")
        store.apply(ChangeSet(records=(public, ours)))
        finding = only_finding(store, ChangeSet(removed_records=(public.id,)))
        assert finding.message == "organization_type is missing"
        assert store.apply(ChangeSet(removed_records=(public.id, ours.id))) == 2
        assert own_ids(store) == []

    def test_a_merge_moves_records_and_an_unmerge_brings_them_back(self, store: GraphStore) -> None:
        first, second = partner("a", name="Kept"), partner("b", name="Twin", website="https://b.example.org")
        store.apply(ChangeSet(records=(first, second)))
        hashes = store.hashes()
        moved = replace(second, about=NodeId("a"), origin=NodeId("b"))
        assert moved.id == second.id
        store.apply(ChangeSet(records=(moved,)))
        assert own_ids(store) == ["a"]
        assert store.get_node(NodeId("a")).element.get_text("website") == "https://b.example.org"
        assert [stored.element.origin for stored in store.iter_records(NodeId("a"))].count(NodeId("b")) == 1
        assert list(store.iter_records(NodeId("b"))) == []
        store.apply(ChangeSet(records=(second,)))
        assert own_ids(store) == ["a", "b"]
        assert store.hashes() == hashes

    def test_the_order_of_records_does_not_matter(self, store: GraphStore, place: StorePlace) -> None:
        records = [
            partner("a", name=f"Name {number}", provenance=said_by(f"s{number}", f"20{number:02d}", confidence))
            for number, confidence in enumerate(Confidence)
        ]
        store.apply(ChangeSet(records=tuple(records)))
        hashes = store.hashes()
        store.close()
        place.clear()
        again = place.open()
        try:
            for record in records[::-1]:
                again.apply(ChangeSet(records=(record,)))
            assert again.hashes() == hashes
        finally:
            again.close()

    def test_the_primary_type_is_among_the_types(self, store: GraphStore) -> None:
        record = correction("a", said_by(), name="A", organization_type="museum", organization_types=("library",))
        store.apply(ChangeSet(records=(record,)))
        assert store.get_node(NodeId("a")).element.get_texts("organization_types") == ("library", "museum")


class TenancyContract(PlaceContract):
    """What keeps ecosystems apart."""

    def test_contents_hold_the_public_and_the_own(self, store: GraphStore) -> None:
        put_example(store)
        for owner in (ALPHA, BETA):
            store.apply(
                ChangeSet(
                    records=(partner(f"own-of-{owner}", owner=owner), partner("library-a", owner=owner, name="Ours")),
                    ties=(partners_with("library-a", f"own-of-{owner}", owner=owner),),
                )
            )
        public, alpha, everything = store.contents(PUBLIC), store.contents(ALPHA), store.contents(None)
        assert {record.owner for record in public.records} | {tie.owner for tie in public.ties} == {PUBLIC}
        assert {record.owner for record in alpha.records} == {PUBLIC, ALPHA}
        assert {tie.owner for tie in alpha.ties} == {PUBLIC, ALPHA}
        assert {record.owner for record in everything.records} == {PUBLIC, ALPHA, BETA}
        assert (len(public.records), len(alpha.records), len(everything.records)) == (3, 5, 7)
        assert (len(public.ties), len(alpha.ties), len(everything.ties)) == (3, 4, 5)
        assert str(BETA) not in repr(alpha)

    @pytest.mark.parametrize("owner", [PUBLIC, BETA])
    def test_a_tie_can_not_reach_anothers_own_nor_find_out_that_it_is_there(
        self, store: GraphStore, owner: str
    ) -> None:
        store.apply(ChangeSet(records=(partner("library-a"), partner("hidden-b", owner=ALPHA))))
        hidden = only_finding(store, ChangeSet(ties=(partners_with("library-a", "hidden-b", owner=owner),)))
        absent = only_finding(store, ChangeSet(ties=(partners_with("library-a", "absent-b", owner=owner),)))
        assert hidden.sentence() == absent.sentence().replace("absent-b", "hidden-b")
        assert store.apply(ChangeSet(ties=(partners_with("library-a", "hidden-b", owner=ALPHA),))) == 2

    @pytest.mark.parametrize("owner", [PUBLIC, BETA])
    def test_the_same_holds_for_nodes_without_records(self, store: GraphStore, owner: str) -> None:
        need = replace(make_need("need:1"), owner=ALPHA)
        store.apply(ChangeSet(records=(partner("library-a"),), nodes=(need,)))
        hidden = only_finding(store, ChangeSet(ties=(states("library-a", "need:1", owner),)))
        absent = only_finding(store, ChangeSet(ties=(states("library-a", "need:2", owner),)))
        assert hidden.sentence() == absent.sentence().replace("need:2", "need:1")
        assert store.apply(ChangeSet(ties=(states("library-a", "need:1", ALPHA),))) == 2

    def test_an_overlay_lets_only_its_owner_tie_what_it_allows(self, store: GraphStore) -> None:
        put_example(store)
        overlay = correction("library-a", said_by("staff"), ALPHA, wbl_offered=("job_shadow",))
        store.apply(ChangeSet(records=(overlay,)))
        for owner in (PUBLIC, BETA):
            tie = make_tie(TieType.HOSTS_WBL, ("library-a", "club-c"), {}, owner)
            assert only_finding(store, ChangeSet(ties=(tie,))).message == "these ends are not allowed"
        assert store.apply(ChangeSet(ties=(make_tie(TieType.HOSTS_WBL, ("library-a", "club-c"), {}, ALPHA),))) == 3

    def test_an_overlay_can_not_go_while_its_owners_tie_rests_on_it(self, store: GraphStore) -> None:
        put_example(store)
        overlay = correction("library-a", said_by("staff"), ALPHA, wbl_offered=("job_shadow",))
        tie = make_tie(TieType.HOSTS_WBL, ("library-a", "club-c"), {}, ALPHA)
        store.apply(ChangeSet(records=(overlay,), ties=(tie,)))
        finding = only_finding(store, ChangeSet(removed_records=(overlay.id,)))
        assert (finding.message, finding.where) == ("these ends are not allowed", "library-a HOSTS_WBL club-c")
        assert store.apply(ChangeSet(removed_records=(overlay.id,), removed_ties=(tie.key,))) == 3

    def test_what_is_public_can_not_become_one_ecosystems_while_others_are_tied_to_it(self, store: GraphStore) -> None:
        put_example(store)
        public, ours = partner("shop-d"), partner("shop-d", owner=ALPHA)
        ties = [partners_with("library-a", "shop-d", owner=owner) for owner in (PUBLIC, BETA, ALPHA)]
        store.apply(ChangeSet(records=(public, ours), ties=tuple(ties)))
        findings = refused(store, ChangeSet(removed_records=(public.id,)))
        assert [finding.message for finding in findings] == ["shop-d is not known here"] * 2
        assert store.apply(ChangeSet(removed_records=(public.id,), removed_ties=(ties[0].key, ties[1].key))) == 3

    def test_two_owners_may_say_the_same_tie(self, store: GraphStore) -> None:
        put_example(store)
        levels = {PUBLIC: 1, ALPHA: 2, BETA: 3}
        ties = [
            partners_with("museum-b", "library-a", owner=owner, level_by_source=level)
            for owner, level in levels.items()
        ]
        store.apply(ChangeSet(ties=tuple(ties)))
        kept = {stored.element.owner: stored.element for stored in store.iter_ties(TieType.PARTNERS_WITH)}
        assert {owner: dict(tie.properties) for owner, tie in kept.items()} == {
            owner: {"level_by_target": level} for owner, level in levels.items()
        }


def make_need(id: str) -> Node:
    """Return a need."""
    return Node(NodeId(id), Label.NEED, {"quantity": 3})


def states(source: str, target: str, owner: str) -> Tie:
    """Return a tie from a partner to its need."""
    return make_tie(TieType.STATES, (source, target), {}, owner)
