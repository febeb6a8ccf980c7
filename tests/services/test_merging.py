"""Merging two partners into one, and taking it back: exactly, or later with what came since."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from matchmaker.errors import Conflict, NotFound, Unsupported
from matchmaker.graph.store import GraphStore
from matchmaker.model.elements import make_tie
from matchmaker.model.ids import PUBLIC, EcosystemId, NodeId, Owner
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.services.duplicates import (
    accept,
    find_duplicates,
    keep_apart,
    list_review,
    profiles_of,
    put_part,
    settle,
)
from matchmaker.services.importing import import_file, plan_import
from matchmaker.services.job_records import JobState, Runner, list_jobs
from matchmaker.services.jobs import undo_job
from matchmaker.services.loading import ImportOptions
from matchmaker.services.merging import merge, unmerge

Write = Callable[[Mapping[str, str]], Path]

REGISTER = {
    "ecosystems.csv": "id,name\nhub,The Hub\n",
    "places.csv": "id,name,kind,zip\nzip:33132,Miami 33132,zip,33132\n",
    "partners.csv": (
        "id,name,organization_type,website,unitid,source\n"
        "unitid:135717,Miami Dade College,four_year_college,https://www.mdc.edu,135717,IPEDS\n"
        "school,North High School,k12_school,,,NCES\n"
        "unitid:133951,Florida International University,four_year_college,https://www.fiu.edu,133951,IPEDS\n"
    ),
    "ties.csv": (
        "source,type,target\n"
        "unitid:135717,LOCATED_IN,zip:33132\n"
        "unitid:133951,LOCATED_IN,zip:33132\n"
        "unitid:135717,SERVES,postsecondary_two_year\n"
    ),
}
SHEET = {
    "partners.csv": (
        "id,name,organization_type,website,description,source,source_row\n"
        "mdc,Miami Dade College,four_year_college,https://www.mdc.edu,A large college,Hub sheet,row 2\n"
        "club,Robot Club,afterschool_provider,,,Hub sheet,row 3\n"
    ),
    "ties.csv": (
        "source,type,target,intents,asserted_by,source_row\n"
        "mdc,LOCATED_IN,zip:33132,,Hub sheet,row 2\n"
        "mdc,PARTNERS_WITH,school,learn,Hub sheet,row 2\n"
        "mdc,SERVES,postsecondary_two_year,,Hub sheet,row 2\n"
    ),
}
HUB = EcosystemId("hub")
MDC, KEPT = NodeId("mdc"), NodeId("unitid:135717")


@pytest.fixture
def filled(store: GraphStore, runner: Runner, write_bundle: Write) -> GraphStore:
    """Public colleges, and a hub's own row about one of them under another id, not compared yet."""
    import_file(store, write_bundle(REGISTER), ImportOptions(), runner)
    return store


def load_sheet(store: GraphStore, runner: Runner, write_bundle: Write) -> str:
    outcome = import_file(store, sheet(write_bundle), ImportOptions(into=HUB), runner)
    assert outcome.job_id is not None
    return outcome.job_id


def sheet(write_bundle: Write, files: Mapping[str, str] = SHEET) -> Path:
    folder = write_bundle(files)
    for name in ("ecosystems.csv", "places.csv"):
        (folder / name).unlink(missing_ok=True)
    return folder


def test_a_merge_moves_every_fact_and_is_taken_back_exactly(
    filled: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    job = load_sheet(filled, runner, write_bundle)
    for child in [found for found in list_jobs(filled.operations()) if found.kind == "merge"]:
        undo_job(filled, child.id, runner)
    before = filled.hashes()
    done = merge(filled, MDC, KEPT, Owner("hub"), runner)
    redirect = filled.get_node(MDC).element
    assert (redirect.label, redirect.properties["to"], redirect.owner) == (Label.REDIRECT, KEPT, "hub")
    told = {stored.element.provenance.source: stored.element for stored in filled.iter_records(KEPT)}
    assert (told["Hub sheet"].origin, told["IPEDS"].origin) == (MDC, None)
    partnership = make_tie(TieType.PARTNERS_WITH, (KEPT, "school"), owner="hub")
    stored = filled.find_tie(partnership.key)
    assert stored is not None
    assert stored.element.properties == {"intents": ("learn",)}
    assert not any(MDC in {tie.element.source, tie.element.target} for tie in filled.iter_ties())
    taken = undo_job(filled, done.id, runner)
    assert (taken.state, filled.hashes()) == (JobState.CANCELLED, before)
    assert job != done.id


def test_a_certain_pair_is_merged_in_loading_and_goes_with_the_load(
    filled: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    before = filled.hashes()
    folder = sheet(write_bundle)
    plan = plan_import(filled, folder, ImportOptions(into=HUB), runner)
    assert [(pair.first, pair.second) for pair in plan.merged] == [(MDC, KEPT)]
    assert filled.hashes() == before
    outcome = import_file(filled, folder, ImportOptions(into=HUB, plan=plan.plan_id), runner)
    assert [(pair.first, pair.second) for pair in outcome.merged] == [(MDC, KEPT)]
    assert filled.get_node(MDC).element.label is Label.REDIRECT
    after = filled.hashes()

    again = import_file(filled, folder, ImportOptions(into=HUB), runner)
    assert (again.unchanged, again.job_id, filled.hashes()) == (5, None, after)

    assert outcome.job_id is not None
    undo_job(filled, outcome.job_id, runner)
    assert filled.hashes() == before
    assert {job.state for job in list_jobs(filled.operations()) if job.kind == "merge"} == {JobState.CANCELLED}


def test_a_merge_can_be_split_after_its_sources_were_loaded_again(
    filled: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    load_sheet(filled, runner, write_bundle)
    newer = {**SHEET, "partners.csv": SHEET["partners.csv"].replace("A large college", "A very large college")}
    import_file(filled, sheet(write_bundle, newer), ImportOptions(into=HUB), runner)
    (merged,) = [job for job in list_jobs(filled.operations()) if job.kind == "merge"]
    with pytest.raises(Conflict, match="later changes are in the way"):
        undo_job(filled, merged.id, runner)
    unmerge(filled, MDC, runner)
    back = filled.get_node(MDC).element
    assert (back.label, back.owner) == (Label.PARTNER, "hub")
    assert back.properties["description"] == "A very large college"
    ties = {(tie.element.type, tie.element.target) for tie in filled.iter_ties() if tie.element.source == MDC}
    ends = {(TieType.LOCATED_IN, "zip:33132"), (TieType.SERVES, "postsecondary_two_year")}
    assert ties == {*ends, (TieType.PARTNERS_WITH, "school")}
    assert {stored.element.provenance.source for stored in filled.iter_records(KEPT)} == {"IPEDS"}
    with pytest.raises(NotFound):
        unmerge(filled, MDC, runner)


def test_an_ecosystem_merges_only_what_is_its_own(filled: GraphStore, runner: Runner, write_bundle: Write) -> None:
    load_sheet(filled, runner, write_bundle)
    before = filled.hashes()
    with pytest.raises(Unsupported, match="isn't hub's own"):
        merge(filled, NodeId("unitid:133951"), NodeId("club"), Owner("hub"), runner)
    with pytest.raises(Unsupported):
        merge(filled, NodeId("club"), NodeId("club"), Owner("hub"), runner)
    with pytest.raises(Unsupported):
        merge(filled, NodeId("club"), NodeId("zip:33132"), Owner("hub"), runner)
    with pytest.raises(NotFound):
        merge(filled, NodeId("club"), NodeId("nobody"), Owner("hub"), runner)
    assert filled.hashes() == before


def test_a_person_decides_once(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    import_file(embedded, write_bundle(REGISTER), ImportOptions(), runner)
    folder = sheet(
        write_bundle,
        {
            "partners.csv": (
                "id,name,organization_type,source\n"
                "fiu,Florida International University,four_year_college,Hub sheet\n"
                "north,North High School,k12_school,Hub sheet\n"
            ),
            "ties.csv": "source,type,target\nfiu,LOCATED_IN,zip:33132\n",
        },
    )
    outcome = import_file(embedded, folder, ImportOptions(into=HUB), runner)
    assert outcome.merged == ()
    waiting = list_review(embedded, Owner("hub"))
    assert ("fiu", "unitid:133951") in [(pair.first, pair.second) for pair in waiting]
    assert list_review(embedded, Owner("elsewhere")) == []

    job = accept(embedded, "unitid:133951", "fiu", Owner("hub"), runner)
    assert (job.details["gone"], job.details["kept"]) == ("fiu", "unitid:133951")
    assert ("fiu", "unitid:133951") not in [(pair.first, pair.second) for pair in list_review(embedded)]

    keep_apart(embedded, "north", "school", Owner("hub"))
    assert list_review(embedded) == []
    assert "north school" not in {f"{match.first} {match.second}" for match in find_duplicates(embedded, Owner("hub"))}
    assert settle(embedded, find_duplicates(embedded, Owner("hub")), Owner("hub"), runner).to_review == ()


def test_a_part_of_another_is_no_duplicate_of_it(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    import_file(embedded, write_bundle(REGISTER), ImportOptions(), runner)
    before = embedded.hashes()
    job = put_part(embedded, NodeId("school"), KEPT, PUBLIC, runner)
    tie = make_tie(TieType.PART_OF, ("school", KEPT))
    stored = embedded.find_tie(tie.key)
    assert stored is not None
    assert stored.element.provenance.source == "Ana"
    undo_job(embedded, job.id, runner)
    assert embedded.hashes() == before


def test_a_comparison_sees_no_place_that_only_another_ecosystem_knows(
    filled: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    more = {
        "ecosystems.csv": "id,name\nfar,Far Away\n",
        "ties.csv": "source,type,target\nschool,LOCATED_IN,zip:33132\n",
    }
    folder = write_bundle(more)
    for name in ("places.csv", "partners.csv"):
        (folder / name).unlink(missing_ok=True)
    import_file(filled, folder, ImportOptions(into=EcosystemId("far")), runner)
    school = NodeId("school")
    for owner, known in ((Owner("far"), "33132"), (Owner("hub"), ""), (PUBLIC, "")):
        (profile,) = filled.look_up(lambda reader, owner=owner: profiles_of(reader, {school}, owner))  # type: ignore[misc]  # bound now
        assert profile.zip == known
