from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.errors import Conflict, InvalidInput, NotFound
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Provenance, Record, make_tie
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId
from matchmaker.model.ontology import TIES
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.services.importing import import_file, plan_import
from matchmaker.services.jobs import Runner, list_jobs
from matchmaker.services.loading import ImportOptions, ImportOutcome

Write = Callable[[Mapping[str, str]], Path]
PORTLAND = Path(__file__).resolve().parent.parent.parent / "fixtures" / "portland"

PARTNERS = (
    "id,name,organization_type,stem_roles\n"
    "college,College,four_year_college,\n"
    "mill,Mill,employer,17-2051\n"
    "museum,Museum,museum,\n"
    "school,School,k12_school,\n"
)
SMALL = {
    "ecosystems.csv": "id,name\nhub,The Hub\n",
    "places.csv": "id,name,kind,zip\nzip:97201,Downtown,zip,97201\n",
    "partners.csv": PARTNERS,
    "programs.csv": "id,name,program_type\nclub,Robot Club,club\n",
    "needs.csv": "subject,resource,id,stage\nschool,mentors,need-1,grades_9_12\n",
    "counts.csv": "subject,kind,year,value\nschool,enrolled,2023,410\n",
    "ties.csv": (
        "source,type,target,status,level_by_source\n"
        "school,PARTICIPATES_IN,hub,participating,\n"
        "museum,OPERATES,club,,\n"
        "school,PARTNERS_WITH,museum,,4\n"
        "school,SERVES,grades_9_12,,\n"
        "museum,LOCATED_IN,zip:97201,,\n"
        "mill,HIRES_FOR,soc:17,,\n"
    ),
    "occupations.csv": "id,name,code\nsoc:17,Civil engineers,17-2051\n",
}


def faults(outcome: ImportOutcome) -> list[tuple[str, int, str, str]]:
    return [(finding.file, finding.line, finding.where, finding.message) for finding in outcome.findings]


def test_a_bundle_is_loaded_whole_and_again_changes_nothing(
    store: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    folder = write_bundle(SMALL)
    first = import_file(store, folder, ImportOptions(), runner)
    assert (first.read, first.loaded, first.added, first.refused, first.findings) == (16, 16, 16, 0, ())
    assert (first.name, first.written, first.all_loaded, first.job_id) == ("metro", True, True, "job-1")
    revision, hashes = store.revision(), store.hashes()
    assert revision == 1
    school = store.get_node(NodeId("school")).element
    assert (school.label, school.properties["sector"]) == (Label.PARTNER, "k12")
    museum_first = make_tie(TieType.PARTNERS_WITH, ("school", "museum"), {"level_by_source": 4})
    stored = store.find_tie(museum_first.key)
    assert stored is not None
    assert stored.element.properties == {"level_by_target": 4}
    assert stored.element.provenance.batch == "job-1/0"

    again = import_file(store, folder, ImportOptions(), runner)
    assert (again.loaded, again.added + again.changed, again.unchanged, again.job_id, again.written) == (
        16,
        0,
        16,
        None,
        False,
    )
    assert (store.revision(), store.hashes()) == (revision, hashes)


def test_a_thousand_rows_with_seventeen_faulty_ones(store: GraphStore, runner: Runner, write_bundle: Write) -> None:
    partners = [f"p{number:03},Partner {number},museum,45.5,-122.6,,,,," for number in range(500)]
    faulty_partners = {
        7: "P 007,Partner 7,museum,45.5,-122.6,,,,,",
        41: "p041,Partner 41,musem,45.5,-122.6,,,,,",
        77: "p077,,museum,45.5,-122.6,,,,,",
        120: "p120,Partner 120,museum,95.5,-122.6,,,,,",
        121: "p121,Partner 121,museum,45.5,inf,,,,,",
        200: "p200,Partner 200,museum,45.5,-122.6,99,,,,",
        201: "p201,Partner 201,museum,45.5,-122.6,,2020,2019,,",
        300: "p100,Partner 100 again,museum,45.5,-122.6,,,,,",
        400: "p400,Partner 400,museum,45.5,-122.6,,,,sure,",
        450: 'p450,"Partner" 450,museum,45.5,-122.6,,,,,',
        470: "p470,Partner 470,museum,45.5,-122.6",
    }
    for index, row in faulty_partners.items():
        partners[index] = row
    ties = [f"p{number:03},PARTNERS_WITH,p{number + 1:03},,3" for number in range(130, 199)]
    ties += [f"p{number:03},SERVES,grades_6_8,," for number in range(401, 450)]
    faulty_ties = [
        "p001,KNOWS,p002,,",
        "p001,OPERATES,p002,,",
        "p001,PARTNERS_WITH,p999,,",
        "p001,PARTNERS_WITH,p003,,9",
        "p130,PARTNERS_WITH,p131,a second time,3",
    ]
    counts = [f"p{number:03},enrolled,2023,{number}" for number in range(301, 400)]
    counts += [f"p{number:03},reached,2022,{number}" for number in range(210, 299)]
    counts += [f"p{number:03},resident,2021,{number}" for number in range(210, 298)]
    counts.append("p210,enrolled,2023,-4")
    total = 1000 - len(partners) - len(ties) - len(faulty_ties) - len(counts)
    programs = [f"g{number:03},Program {number},club" for number in range(total)]
    folder = write_bundle(
        {
            "partners.csv": "id,name,organization_type,latitude,longitude,leaid,since,until,confidence,description\n"
            + "\n".join(partners),
            "programs.csv": "id,name,program_type\n" + "\n".join(programs),
            "counts.csv": "subject,kind,year,value\n" + "\n".join(counts),
            "ties.csv": "source,type,target,episode,level_by_source\n" + "\n".join(ties + faulty_ties),
        }
    )
    outcome = import_file(store, folder, ImportOptions(), runner)
    assert (outcome.read, outcome.loaded, outcome.refused, len(outcome.findings)) == (1000, 983, 17, 17)
    assert not outcome.all_loaded
    assert faults(outcome) == [
        ("counts.csv", len(counts) + 1, "value", "is out of range"),
        ("partners.csv", 9, "id", "is not a valid id"),
        ("partners.csv", 43, "organization_type", "is not a known term"),
        ("partners.csv", 79, "name", "is missing"),
        ("partners.csv", 122, "latitude", "is out of range"),
        ("partners.csv", 123, "longitude", "is not a finite number"),
        ("partners.csv", 202, "leaid", "is malformed"),
        ("partners.csv", 203, "until", "it ends before it starts"),
        ("partners.csv", 302, "id", "line 102 has this already"),
        ("partners.csv", 402, "confidence", "is not a known term"),
        (
            "partners.csv",
            452,
            "",
            "there is text after a closing quote (a quote inside quoted text is written twice)",
        ),
        ("partners.csv", 472, "", "the row doesn't fit the header"),
        ("ties.csv", len(ties) + 2, "type", "is not a known tie type"),
        ("ties.csv", len(ties) + 3, "type", "these ends are not allowed"),
        ("ties.csv", len(ties) + 4, "target", "is not known here"),
        ("ties.csv", len(ties) + 5, "level_by_source", "is out of range"),
        ("ties.csv", len(ties) + 6, "episode", "two episodes overlap"),
    ]
    assert all(finding.valid for finding in outcome.findings)
    assert sum(1 for _ in store.iter_nodes(Label.PARTNER)) == 489
    assert sum(1 for _ in store.iter_nodes(Label.COUNT)) == len(counts) - 1
    assert store.find_node(NodeId("p041")) is None
    again = import_file(store, folder, ImportOptions(), runner)
    assert (again.loaded, again.added, again.changed, again.refused) == (983, 0, 0, 17)
    assert faults(again) == faults(outcome)


def test_what_hangs_on_a_refused_row_is_refused_with_the_reason(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    files = {**SMALL, "partners.csv": PARTNERS.replace("k12_school", "academy")}
    outcome = import_file(embedded, write_bundle(files), ImportOptions(), runner)
    why = "is not known here (its own row is refused: partners.csv:5)"
    assert faults(outcome) == [
        ("counts.csv", 2, "subject", why),
        ("needs.csv", 2, "subject", why),
        ("partners.csv", 5, "organization_type", "is not a known term"),
        ("ties.csv", 2, "source", why),
        ("ties.csv", 4, "source", why),
        ("ties.csv", 5, "source", why),
    ]
    assert (outcome.loaded, outcome.refused) == (10, 6)


def test_ends_that_are_not_allowed_are_answered_with_those_that_are(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    ties = "source,type,target\nmuseum,HIRES_FOR,soc:17\nclub,OPERATES,museum\nmuseum,RECOGNIZES,club\n"
    counts = "subject,kind,year,value\nsoc:17,enrolled,2023,4\n"
    outcome = import_file(
        embedded, write_bundle({**SMALL, "ties.csv": ties, "counts.csv": counts}), ImportOptions(), runner
    )
    assert [(finding.where, finding.value, finding.valid) for finding in outcome.findings] == [
        (
            "subject",
            "Occupation → Count",
            TIES[TieType.HAS].allowed(),
        ),
        ("type", "Partner → Occupation", "Employer → Occupation"),
        ("type", "Program → Partner", "Partner → Program"),
        ("type", "Partner → Program", "Partner (higher_education) → Program"),
    ]


def test_a_tie_may_end_at_what_the_store_holds(store: GraphStore, runner: Runner, write_bundle: Write) -> None:
    folder = write_bundle(SMALL)
    import_file(store, folder, ImportOptions(), runner)
    more = write_bundle({"ties.csv": "source,type,target\ncollege,RECOGNIZES,club\n"}) / "ties.csv"
    outcome = import_file(store, more, ImportOptions(), runner)
    assert (outcome.read, outcome.loaded, outcome.added, outcome.job_id) == (1, 1, 1, "job-2")


def test_an_id_is_taken_by_another_file_or_another_label(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    first = write_bundle({**SMALL, "programs.csv": "id,name,program_type\nclub,Club,club\nmuseum,Museum,club\n"})
    outcome = import_file(embedded, first, ImportOptions(), runner)
    assert faults(outcome) == [("programs.csv", 3, "id", "partners.csv:4 has this already")]
    second = write_bundle({"topics.csv": "id,name\nschool,Schooling\n"}) / "topics.csv"
    assert faults(import_file(embedded, second, ImportOptions(), runner)) == [
        ("topics.csv", 2, "id", "the id is taken")
    ]


def test_a_changed_row_replaces_what_the_same_source_said(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    folder = write_bundle({"partners.csv": PARTNERS.replace("Museum,museum", "Museum of Art,museum")})
    outcome = import_file(embedded, folder, ImportOptions(), runner)
    assert (outcome.loaded, outcome.changed) == (16, 1)
    assert embedded.get_node(NodeId("museum")).element.name == "Museum of Art"
    assert len(list(embedded.iter_records(NodeId("museum")))) == 1


def test_a_statement_that_names_another_resource_lets_go_of_the_old_one(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    text = "subject,resource,id,stage\nmuseum,space,need-1,grades_9_12\n"
    outcome = import_file(embedded, write_bundle({"needs.csv": text}), ImportOptions(), runner)
    assert outcome.changed == 1
    ties = [
        stored.element for stored in embedded.iter_ties() if "need-1" in {stored.element.source, stored.element.target}
    ]
    assert sorted((tie.source, tie.type.value, tie.target) for tie in ties) == [
        ("museum", "STATES", "need-1"),
        ("need-1", "CONCERNS", "space"),
    ]


def test_a_change_that_would_break_a_tie_is_refused(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    hashes = embedded.hashes()
    changed = PARTNERS.replace("mill,Mill,employer,17-2051", "mill,Mill,museum,")
    folder = write_bundle({"partners.csv": changed})
    outcome = import_file(embedded, folder / "partners.csv", ImportOptions(), runner)
    assert faults(outcome) == [("partners.csv", 3, "", "mill HIRES_FOR soc:17: these ends are not allowed any more")]
    assert embedded.hashes() == hashes


def test_strict_loads_all_or_nothing(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    before = embedded.hashes()
    folder = write_bundle({**SMALL, "topics.csv": "id,name\nt,\n"})
    outcome = import_file(embedded, folder, ImportOptions(strict=True), runner)
    assert (outcome.read, outcome.loaded, outcome.changed, outcome.refused) == (17, 0, 0, 1)
    assert not outcome.written
    assert (embedded.hashes(), embedded.revision(), list_jobs(embedded.operations())) == (before, 0, [])
    write_bundle({"topics.csv": "id,name\nt,T\n"})
    assert import_file(embedded, folder, ImportOptions(strict=True), runner).loaded == 17


def test_a_dry_run_writes_nothing_and_needs_no_store(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    folder = write_bundle(SMALL)
    dry = plan_import(embedded, folder, ImportOptions(), runner)
    assert (dry.loaded, dry.added, dry.written, dry.job_id) == (16, 16, False, None)
    assert (embedded.revision(), list(embedded.operations().collections())) == (0, [])
    assert plan_import(None, folder, ImportOptions(), runner) == dry


def test_into_an_ecosystem_everything_is_its_own_but_ecosystems(
    store: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    folder = write_bundle(SMALL)
    into = ImportOptions(into=EcosystemId("hub"))
    outcome = import_file(store, folder, into, runner)
    assert (outcome.loaded, outcome.findings) == (16, ())
    assert store.get_node(NodeId("hub")).element.owner == PUBLIC
    assert {store.get_node(NodeId(id)).element.owner for id in ("school", "club", "need-1", "soc:17")} == {"hub"}
    assert {stored.element.owner for stored in store.iter_ties()} == {"hub"}
    public = [node.id for node in store.contents(PUBLIC).nodes if node.label is Label.ECOSYSTEM]
    assert public == ["hub"]
    assert store.contents(PUBLIC).records == ()
    assert import_file(store, folder, into, runner).changed == 0


def test_into_an_ecosystem_overlays_public_partners_and_leaves_public_things_alone(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    own = {
        "ecosystems.csv": "id,name\nhub,The Hub of Metro\nfar,Far Away\n",
        "occupations.csv": "id,name,code\nsoc:17,Civil engineers,17-2051\n",
        "partners.csv": PARTNERS.replace("Museum,museum", "Our Museum,museum"),
        "needs.csv": "subject,resource\nschool,mentors\n",
    }
    outcome = import_file(embedded, write_bundle({**SMALL, **own}), ImportOptions(into=EcosystemId("hub")), runner)
    assert outcome.findings == ()
    assert embedded.get_node(NodeId("hub")).element.name == "The Hub of Metro"
    assert embedded.get_node(NodeId("soc:17")).element.owner == PUBLIC
    assert embedded.get_node(NodeId("museum")).element.name == "Museum"
    assert {stored.element.owner for stored in embedded.iter_records(NodeId("museum"))} == {PUBLIC, "hub"}

    other = {
        "ecosystems.csv": "id,name\nhub,Taken Over\nfar,Far Away\n",
        "occupations.csv": "id,name,code\nsoc:17,Plumbers,17-2051\n",
    }
    folder = write_bundle(other)
    refused = import_file(embedded, folder / "ecosystems.csv", ImportOptions(into=EcosystemId("far")), runner)
    assert faults(refused) == [
        ("ecosystems.csv", 2, "id", "is public already and says something else, so it isn't changed")
    ]
    refused = import_file(embedded, folder / "occupations.csv", ImportOptions(into=EcosystemId("far")), runner)
    assert [finding.where for finding in refused.findings] == ["id"]
    assert embedded.get_node(NodeId("hub")).element.name == "The Hub of Metro"


def test_another_ecosystems_own_is_out_of_reach(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    folder = write_bundle({**SMALL, "ecosystems.csv": "id,name\nhub,The Hub\nfar,Far Away\n"})
    import_file(embedded, folder, ImportOptions(into=EcosystemId("hub")), runner)
    ties = write_bundle({"ties.csv": "source,type,target,status\nschool,PARTICIPATES_IN,far,invited\n"}) / "ties.csv"
    needs = write_bundle({"needs.csv": "subject,resource,id\nfar,mentors,need-1\n"}) / "needs.csv"
    for path, column, message in ((ties, "source", "is not known here"), (needs, "id", "the id is taken")):
        outcome = import_file(embedded, path, ImportOptions(into=EcosystemId("far")), runner)
        assert [(finding.where, finding.message) for finding in outcome.findings] == [(column, message)]


def test_the_ecosystem_to_load_into_must_be_there(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    folder = write_bundle(SMALL)
    with pytest.raises(NotFound) as caught:
        import_file(embedded, folder, ImportOptions(into=EcosystemId("hubs")), runner)
    assert (caught.value.name, caught.value.near) == ("hubs", ("hub",))
    with pytest.raises(NotFound):
        import_file(embedded, folder, ImportOptions(into=EcosystemId("museum")), runner)
    write_bundle({"ecosystems.csv": "id,name\nhub,\n"})
    with pytest.raises(InvalidInput, match=r"ecosystems\.csv:2: name: is missing"):
        import_file(embedded, folder, ImportOptions(into=EcosystemId("hub")), runner)
    assert embedded.revision() == 0


def test_ends_come_before_ties_whatever_the_size_of_batches(
    store: GraphStore, embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    folder = write_bundle(SMALL)
    seen: list[tuple[int, int]] = []
    told = replace(runner, progress=lambda done, total: seen.append((done, total)))
    outcome = import_file(store, folder, ImportOptions(batch_size=1), told)
    assert outcome.loaded == 16
    assert store.revision() == len(seen) == 16
    assert seen[-1][0] == seen[-1][1]
    assert seen == sorted(seen)
    import_file(embedded, folder, ImportOptions(), runner)
    assert store.hashes() == embedded.hashes()
    with pytest.raises(InvalidInput, match="batch_size"):
        import_file(store, folder, ImportOptions(batch_size=50_001), runner)


def test_what_others_write_meanwhile_is_taken_into_account(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    """Between two batches somebody else writes two of the elements to come: one the same way, one another way."""
    folder = write_bundle(SMALL)
    source = Provenance("metro", "partners.csv")

    def interfere(done: int, total: int) -> None:  # noqa: ARG001 - the signature of a progress
        if embedded.find_node(NodeId("college")) is None:
            properties: dict[str, Value] = {
                "organization_type": "four_year_college",
                "organization_types": ("four_year_college",),
            }
            named = [dict(properties, name=name) for name in ("College", "Other")]
            same = Record(NodeId("college"), Label.PARTNER, named[0], PUBLIC, source)
            other = Record(NodeId("mill"), Label.PARTNER, named[1], PUBLIC, source)
            embedded.apply(ChangeSet(records=(same, other)))

    outcome = import_file(embedded, folder, ImportOptions(batch_size=1), replace(runner, progress=interfere))
    assert outcome.findings == ()
    assert embedded.get_node(NodeId("mill")).element.name == "Mill"
    (college,) = embedded.iter_records(NodeId("college"))
    assert college.element.provenance.batch == ""


def test_a_writer_who_never_stops_is_a_conflict(
    embedded: GraphStore, runner: Runner, write_bundle: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_bundle(SMALL)

    def refuse(changes: ChangeSet) -> int:
        raise Conflict("the store", 1, len(changes))

    monkeypatch.setattr(embedded, "apply", refuse)
    with pytest.raises(Conflict, match="the store has changed"):
        import_file(embedded, folder, ImportOptions(), runner)
    (job,) = list_jobs(embedded.operations())
    assert (job.state.value, job.problem[:23]) == ("failed", "the store has changed: ")


def test_portland_loads_clean(embedded: GraphStore, runner: Runner) -> None:
    outcome = import_file(embedded, PORTLAND, ImportOptions(), runner)
    assert (outcome.findings, outcome.notices, outcome.refused) == ((), (), 0)
    assert outcome.loaded == outcome.read > 2000
    assert import_file(embedded, PORTLAND, ImportOptions(), runner).changed == 0
