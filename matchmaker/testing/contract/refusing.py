"""Refusals: every finding at once, each saying what would be valid, and nothing written."""

import math
from dataclasses import replace

import pytest

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.store import GraphStore
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey, make_tie
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.testing.contract.examples import (
    ALPHA,
    about,
    agreement,
    ecosystem,
    partner,
    partners_with,
    program,
    put_example,
    said_by,
    topic,
)
from matchmaker.testing.contract.place import PlaceContract, StorePlace, raw_picture


def refused(store: GraphStore, changes: ChangeSet) -> tuple[Finding, ...]:
    """Return the findings of a batch that is refused, and see that it changed nothing."""
    before = store.revision(), store.hashes()
    with pytest.raises(InvalidInput) as caught:
        store.apply(changes)
    assert (store.revision(), store.hashes()) == before
    return caught.value.findings


def only_finding(store: GraphStore, changes: ChangeSet) -> Finding:
    """Return the one finding of a batch that is refused."""
    findings = refused(store, changes)
    assert len(findings) == 1, findings
    return findings[0]


class RefusalContract(PlaceContract):
    """What a store never takes."""

    def test_ends_that_are_not_allowed(self, store: GraphStore) -> None:
        put_example(store)
        finding = only_finding(store, ChangeSet(ties=(make_tie(TieType.OPERATES, ("club-c", "library-a")),)))
        assert finding.message == "these ends are not allowed"
        assert finding.where == "club-c OPERATES library-a"
        assert (finding.value, finding.valid) == ("Program → Partner", "Partner → Program")

    def test_ends_narrowed_to_a_sector(self, store: GraphStore) -> None:
        put_example(store)
        finding = only_finding(store, ChangeSet(ties=(make_tie(TieType.RECOGNIZES, ("library-a", "club-c")),)))
        assert finding.valid == "Partner (higher_education) → Program"
        store.apply(ChangeSet(records=(partner("college-d", "four_year_college"),)))
        assert store.apply(ChangeSet(ties=(make_tie(TieType.RECOGNIZES, ("college-d", "club-c")),))) == 3

    def test_ends_narrowed_to_a_type_among_several(self, store: GraphStore) -> None:
        put_example(store)
        tie = make_tie(TieType.ACCREDITS, ("body-d", "club-c"), {"status": "candidate"})
        both = partner("body-d", organization_types=("library", "accreditor"))
        assert only_finding(store, ChangeSet(ties=(tie,), records=(partner("body-d"),))).valid.startswith(
            "Partner (accr"
        )
        assert store.apply(ChangeSet(ties=(tie,), records=(both,))) == 2

    def test_ends_narrowed_to_employers(self, store: GraphStore) -> None:
        put_example(store)
        hosts = make_tie(TieType.HOSTS_WBL, ("library-a", "club-c"))
        assert only_finding(store, ChangeSet(ties=(hosts,))).valid == "Employer → Program; Employer → Partner"
        states_it = partner("library-a", wbl_offered=("job_shadow",))
        assert store.apply(ChangeSet(records=(states_it,), ties=(hosts,))) == 2

    def test_an_end_that_is_not_there(self, store: GraphStore) -> None:
        put_example(store)
        findings = refused(
            store, ChangeSet(ties=(partners_with("library-a", "nobody"), about("none", "topic:robotics")))
        )
        assert [finding.message for finding in findings] == ["nobody is not known here", "none is not known here"]
        assert {finding.valid for finding in findings} == {"the id of something already there"}

    def test_a_tie_of_a_thing_to_itself(self, store: GraphStore) -> None:
        put_example(store)
        assert only_finding(store, ChangeSet(ties=(agreement("library-a", "library-a"),))).valid == "two different ends"

    def test_an_undirected_tie_the_wrong_way_round(self, store: GraphStore) -> None:
        put_example(store)
        key = TieKey(TieType.PARTNERS_WITH, NodeId("museum-b"), NodeId("library-a"))
        assert only_finding(store, ChangeSet(ties=(Tie(key),))).valid == "the lower id first"

    def test_an_unknown_term(self, store: GraphStore) -> None:
        finding = only_finding(store, ChangeSet(records=(partner("a", locale="downtown"),)))
        assert (finding.where, finding.message) == ("Partner a", "locale is not a known term")
        assert (finding.value, finding.valid) == ("downtown", "city, suburb, town, rural")

    def test_an_unknown_property(self, store: GraphStore) -> None:
        finding = only_finding(store, ChangeSet(nodes=(topic("t", colour="red"),)))
        assert finding.message == "colour is not a property here"
        assert finding.valid == "code, name, since, until, visibility"

    def test_a_derived_property(self, store: GraphStore) -> None:
        assert "sector" in only_finding(store, ChangeSet(records=(partner("a", sector="k12"),))).message

    @pytest.mark.parametrize(
        ("field", "value"),
        [("unitid", "20980"), ("leaid", "9901234"), ("ror", "00yn2fy03"), ("web_domain", "not a domain"), ("ein", "1")],
    )
    def test_a_malformed_identifier(self, store: GraphStore, field: str, value: str) -> None:
        record = partner("a")
        wrong = replace(record, properties={**record.properties, field: value})
        finding = only_finding(store, ChangeSet(records=(wrong,)))
        assert (finding.message, finding.value) == (f"{field} is malformed", value)
        assert finding.valid != ""

    def test_a_missing_required_property(self, store: GraphStore) -> None:
        findings = refused(store, ChangeSet(nodes=(Node(NodeId("i"), Label.INITIATIVE),)))
        assert [finding.message for finding in findings] == ["name is missing", "initiative_type is missing"]

    @pytest.mark.parametrize(
        ("since", "until"), [("2020", "2019"), ("2020", "2020"), ("2020-02", "2020"), ("2020", "2020-01-01")]
    )
    def test_an_end_that_is_not_after_the_start(self, store: GraphStore, since: str, until: str) -> None:
        finding = only_finding(store, ChangeSet(nodes=(topic("t", since=since, until=until),)))
        assert finding.message == "it ends before it starts"
        assert (finding.value, finding.valid) == (f"{since} to {until}", "until after since")

    @pytest.mark.parametrize(
        "text", ["2012-13", "2012-02-30", "0000", "12", "2012-9", "September 2012", "2012-09-30T00:00"]
    )
    def test_a_date_that_is_none(self, store: GraphStore, text: str) -> None:
        finding = only_finding(store, ChangeSet(nodes=(topic("t", since=text),)))
        assert finding.message.startswith("since is no")
        assert finding.valid == "a year 2012, a month 2012-09 or a day 2012-09-30"

    @pytest.mark.parametrize("value", [90.0001, -91.0, math.nan, math.inf, -math.inf, 1e308])
    def test_a_latitude_off_the_globe(self, store: GraphStore, value: float) -> None:
        finding = only_finding(store, ChangeSet(records=(partner("a", latitude=value, longitude=0.0),)))
        assert finding.message.startswith("latitude is ")
        assert finding.valid == "a number from -90 to 90"

    @pytest.mark.parametrize("value", [180.5, -180.0001, math.nan, math.inf, 10**400])
    def test_a_longitude_off_the_globe(self, store: GraphStore, value: float) -> None:
        finding = only_finding(store, ChangeSet(records=(partner("a", latitude=0.0, longitude=value),)))
        assert finding.message.startswith("longitude is ")
        assert finding.valid == "a number from -180 to 180"

    @pytest.mark.parametrize("level", [-1, 6, 2**70])
    def test_a_collaboration_level_outside_0_to_5(self, store: GraphStore, level: int) -> None:
        put_example(store)
        tie = partners_with("library-a", "museum-b", level_by_source=level)
        finding = only_finding(store, ChangeSet(ties=(tie,)))
        assert finding.message.startswith("level_by_source ")
        assert (finding.value, finding.valid) == (str(level), "a whole number from 0 to 5")

    def test_a_tie_that_both_sides_rate_0(self, store: GraphStore) -> None:
        put_example(store)
        tie = partners_with("library-a", "museum-b", level_by_source=0, level_by_target=0)
        assert only_finding(store, ChangeSet(ties=(tie,))).valid == "a level of 1 to 5"
        assert store.apply(ChangeSet(ties=(partners_with("library-a", "museum-b", level_by_source=0),))) == 2

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ({"since": "2012", "until": "2015"}, {"since": "2014", "until": "2016"}),
            ({"since": "2012"}, {"since": "2020"}),
            ({}, {"since": "2020"}),
            ({}, {}),
            ({"until": "2015"}, {"until": "2013"}),
        ],
    )
    def test_overlapping_episodes(self, store: GraphStore, first: dict[str, str], second: dict[str, str]) -> None:
        put_example(store)
        one = agreement("library-a", "museum-b", episode="one", **first)
        two = agreement("library-a", "museum-b", episode="two", **second)
        finding = only_finding(store, ChangeSet(ties=(one, two)))
        assert finding.message == "two episodes overlap"
        assert finding.valid == "since and until that don't overlap, or one episode"
        store.apply(ChangeSet(ties=(one,)))
        assert only_finding(store, ChangeSet(ties=(two,))) == finding

    def test_episodes_that_follow_each_other_are_fine(self, store: GraphStore) -> None:
        put_example(store)
        spans = [("", None, "2012"), ("a", "2012", "2012-06"), ("b", "2012-06", "2012-06-02"), ("c", "2013", None)]
        ties = [
            agreement(
                "library-a",
                "museum-b",
                episode=name,
                **{k: v for k, v in {"since": since, "until": until}.items() if v},
            )
            for name, since, until in spans
        ]
        assert store.apply(ChangeSet(ties=tuple(ties))) == 2
        assert len(list(store.iter_ties(TieType.HAS_AGREEMENT_WITH))) == 4
        over = replace(ties[0], properties={"kind": "facility_use", "until": "2012-01-02"})
        assert only_finding(store, ChangeSet(ties=(over,))).value == "no episode and a"
        assert store.apply(ChangeSet(ties=(over,), removed_ties=(ties[1].key,))) == 3

    def test_episodes_of_other_owners_types_and_directions_stand_apart(self, store: GraphStore) -> None:
        put_example(store)
        ties = (
            agreement("library-a", "museum-b"),
            agreement("museum-b", "library-a", episode="back"),
            agreement("library-a", "museum-b", owner=ALPHA, episode="ours"),
            make_tie(TieType.FUNDS, ("library-a", "museum-b"), {}, PUBLIC, "grant"),
        )
        assert store.apply(ChangeSet(ties=ties)) == 2

    @pytest.mark.parametrize("id", ["", "Upper", "-first", "two words", "a" * 129, "caf\xe9", "a/b", "\ud800", "a\n"])
    def test_a_malformed_id(self, store: GraphStore, id: str) -> None:
        put_example(store)
        for batch in (
            ChangeSet(nodes=(topic(id),)),
            ChangeSet(records=(partner(id),)),
            ChangeSet(ties=(agreement("library-a", id),)),
        ):
            assert "the id is not valid" in {finding.message for finding in refused(store, batch)}

    def test_a_malformed_owner(self, store: GraphStore) -> None:
        put_example(store)
        batch = ChangeSet(
            nodes=(topic("t", owner="No Owner"),), ties=(agreement("library-a", "museum-b", owner="\ud800"),)
        )
        findings = refused(store, batch)
        assert [finding.message for finding in findings][:2] == ["the owner is not valid"] * 2

    def test_a_person_named_without_agreement(self, store: GraphStore) -> None:
        contact = Node(NodeId("contact:1"), Label.CONTACT, {"role": "admissions", "name": "Somebody"})
        assert only_finding(store, ChangeSet(nodes=(contact,))).valid == "agreed_on with a date"
        agreed = replace(contact, properties={**contact.properties, "agreed_on": "2024-03"})
        assert store.apply(ChangeSet(nodes=(agreed,))) == 1

    def test_reference_data_is_neither_put_nor_removed(self, store: GraphStore) -> None:
        stage = Node(NodeId("prek"), Label.STAGE, {"name": "Ours", "position": 1})
        assert only_finding(store, ChangeSet(nodes=(stage,))).message == "is reference data"
        finding = only_finding(store, ChangeSet(removed_nodes=(NodeId("mentors"),)))
        assert (finding.message, finding.where) == ("is reference data and stays", "Resource mentors")
        assert only_finding(store, ChangeSet(nodes=(topic("mentors"),))).message == "the id is taken"

    def test_nodes_made_of_records_are_not_put(self, store: GraphStore) -> None:
        node = Node(NodeId("a"), Label.PARTNER, {"name": "A", "organization_type": "library"})
        assert only_finding(store, ChangeSet(nodes=(node,))).message == "is made of Records"
        record = Record(NodeId("t"), Label.TOPIC, {"name": "T"})
        assert "has no Records" in {finding.message for finding in refused(store, ChangeSet(records=(record,)))}

    def test_an_id_that_something_else_has(self, store: GraphStore) -> None:
        put_example(store)
        for batch in (
            ChangeSet(nodes=(topic("library-a"),)),
            ChangeSet(nodes=(ecosystem("topic:robotics"),)),
            ChangeSet(nodes=(topic("topic:robotics", owner=ALPHA),)),
            ChangeSet(records=(partner("topic:robotics"),)),
            ChangeSet(records=(program("library-a"),)),
            ChangeSet(nodes=(topic("new"),), records=(partner("new"),)),
        ):
            assert "the id is taken" in {finding.message for finding in refused(store, batch)}

    def test_an_element_twice_in_one_batch(self, store: GraphStore) -> None:
        put_example(store)
        for batch in (
            ChangeSet(nodes=(topic("t"), topic("t", name="Other"))),
            ChangeSet(records=(partner("a"), partner("a", name="Other"))),
            ChangeSet(records=(partner("a", provenance=said_by("X")), partner("a", provenance=said_by(" X ")))),
            ChangeSet(
                ties=(agreement("library-a", "museum-b", episode="e"), agreement("library-a", "museum-b", episode="e "))
            ),
        ):
            assert [finding.message for finding in refused(store, batch)][:1] == ["is put more than once in one batch"]

    def test_an_element_both_put_and_removed(self, store: GraphStore) -> None:
        batch = put_example(store)
        tie = agreement("library-a", "museum-b", episode=" e")
        for changes in (
            replace(batch, removed_nodes=(batch.nodes[0].id,)),
            ChangeSet(records=(partner("new-d"),), removed_nodes=(NodeId("new-d"),)),
            replace(batch, removed_records=(batch.records[0].id,)),
            replace(batch, removed_ties=(batch.ties[0].key,)),
            ChangeSet(ties=(tie,), removed_ties=(replace(tie.key, episode="e"),)),
        ):
            assert only_finding(store, changes).message == "is both put and removed in one batch"

    def test_provenance_is_checked_too(self, store: GraphStore) -> None:
        bad = Provenance("source\x00", "row\x07", "last year")
        findings = refused(store, ChangeSet(records=(partner("a", provenance=bad),)))
        assert [finding.message for finding in findings] == [
            "source holds the control character U+0000",
            "source_row holds the control character U+0007",
            "observed_on is not an ISO date",
        ]

    def test_every_finding_at_once_and_nothing_written(self, store: GraphStore, place: StorePlace) -> None:
        put_example(store)
        before = raw_picture(place)
        batch = ChangeSet(
            nodes=(
                topic("good-topic"),
                topic("t1", code="14.1"),
                topic("t2", since="2020", until="2019"),
                topic("BAD"),
            ),
            records=(
                partner("good-partner"),
                partner("p1", locale="downtown"),
                partner("p2", unitid="1"),
                partner("p3", latitude=math.nan, longitude=math.inf),
            ),
            ties=(
                partners_with("library-a", "good-partner"),
                partners_with("library-a", "museum-b", level_by_source=6, level_by_target=-1),
                make_tie(TieType.OPERATES, ("library-a", "topic:robotics")),
                about("library-a", "nowhere"),
                about("p1", "t1"),
                agreement("library-a", "museum-b", episode="one", since="2012"),
                agreement("library-a", "museum-b", episode="two", since="2013"),
            ),
            removed_nodes=(NodeId("prek"),),
        )
        messages = sorted(finding.message for finding in refused(store, batch))
        assert messages == [
            "code is malformed",
            "is reference data and stays",
            "it ends before it starts",
            "latitude is not a finite number",
            "level_by_source is out of range",
            "level_by_target is out of range",
            "locale is not a known term",
            "longitude is not a finite number",
            "nowhere is not known here",
            "the id is not valid",
            "these ends are not allowed",
            "two episodes overlap",
            "unitid is malformed",
        ]
        assert raw_picture(place) == before

    def test_nothing_is_a_part_of_itself_whoever_says_so(self, store: GraphStore) -> None:
        def part_of(part: str, whole: str, owner: str = PUBLIC) -> Tie:
            return make_tie(TieType.PART_OF, (part, whole), {"kind": "parent"}, owner)

        store.apply(ChangeSet(records=(partner("a"), partner("b"), partner("c"))))
        store.apply(ChangeSet(ties=(part_of("a", "b"), part_of("b", "c"))))
        finding = only_finding(store, ChangeSet(ties=(part_of("c", "a"),)))
        assert (finding.message, finding.value) == ("it would be a part of itself", "c → a → b → c")
        assert (
            only_finding(store, ChangeSet(ties=(part_of("c", "a", ALPHA),))).message == "it would be a part of itself"
        )
        store.apply(ChangeSet(ties=(part_of("c", "a"),), removed_ties=(part_of("a", "b").key,)))
        assert only_finding(store, ChangeSet(ties=(part_of("a", "b"),))).value == "a → b → c → a"
