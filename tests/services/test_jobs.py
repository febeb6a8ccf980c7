import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from matchmaker.errors import Conflict, NotFound, StoreCorrupt, StoreUnavailable, Unsupported
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Scalar
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, make_tie
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.vocabulary import Label, TieType
from matchmaker.services.importing import import_file, resume_import
from matchmaker.services.jobs import JobState, Runner, as_it_stands, get_job, list_jobs, undo_job
from matchmaker.services.leases import DURATION_S, Lease
from matchmaker.services.loading import ImportOptions

Write = Callable[[Mapping[str, str]], Path]


class Place(Protocol):
    url: str
    environment: Mapping[str, str]

    def open(self) -> GraphStore: ...


SMALL = {
    "partners.csv": "id,name,organization_type\n" + "".join(f"p{n},Partner {n},museum\n" for n in range(12)),
    "topics.csv": "id,name\nart,Art\nmaths,Mathematics\n",
    "needs.csv": "subject,resource,id\np0,mentors,need-0\np1,space,need-1\n",
    "ties.csv": "source,type,target,level_by_source\n"
    + "".join(f"p{n},PARTNERS_WITH,p{n + 1},{n % 6}\n" for n in range(11)),
}
CHANGED = {
    "partners.csv": SMALL["partners.csv"].replace("p3,Partner 3,", "p3,Third Partner,") + "q1,New,library\n",
    "topics.csv": "id,name\nart,Fine Art\nmaths,Mathematics\n",
    "needs.csv": "subject,resource,id\np0,funding,need-0\np1,space,need-1\n",
    "ties.csv": SMALL["ties.csv"].replace("p4,PARTNERS_WITH,p5,4", "p4,PARTNERS_WITH,p5,5") + "q1,ABOUT,art,\n",
}

# Another process, that kills itself at a moment of the fourth batch: the test must not be the one who dies.
KILLED = """
import os, signal, sys, time
from pathlib import Path
from typing import Protocol
from matchmaker.bootstrap import open_store
from matchmaker.services import jobs
from matchmaker.services.importing import import_file
from matchmaker.services.loading import ImportOptions

url, folder, moment = sys.argv[1:]
store = open_store(url)
calls = {"count": 0}

def die_in_the_fourth(function, before):
    def called(*arguments):
        calls["count"] += 1
        if calls["count"] == 4 and before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*arguments)
        if calls["count"] == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return called

if moment == "before the journal":
    jobs.write_journal = die_in_the_fourth(jobs.write_journal, True)
elif moment == "after the journal":
    jobs.write_journal = die_in_the_fourth(jobs.write_journal, False)
elif moment == "after the batch":
    jobs.write_made = die_in_the_fourth(jobs.write_made, True)
else:
    jobs.write_made = die_in_the_fourth(jobs.write_made, False)
import_file(store, Path(folder), ImportOptions(batch_size=5), jobs.Runner("Ana", lambda: int(time.time())))
"""
MOMENTS = ("before the journal", "after the journal", "after the batch", "between batches")


def die_while_importing(url: str, environment: Mapping[str, str], folder: Path, moment: str) -> None:
    command = [sys.executable, "-c", KILLED, url, str(folder), moment]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_an_import_is_taken_back_exactly(store: GraphStore, runner: Runner, write_bundle: Write) -> None:
    before = store.hashes()
    import_file(store, write_bundle(SMALL), ImportOptions(batch_size=5), runner)
    first = store.hashes()
    outcome = import_file(store, write_bundle(CHANGED), ImportOptions(batch_size=3), runner)
    assert (outcome.job_id, outcome.added, outcome.changed) == ("job-2", 2, 4)
    assert store.hashes() != first

    undone = undo_job(store, "job-2", runner)
    assert (undone.state, undone.taking_back) == (JobState.CANCELLED, True)
    assert store.hashes() == first
    assert store.get_node(NodeId("p3")).element.name == "Partner 3"
    assert store.find_node(NodeId("q1")) is None
    (record,) = store.iter_records(NodeId("p3"))
    assert record.element.provenance.batch == "job-1/0"
    assert undo_job(store, "2", runner) == undone

    assert undo_job(store, "JOB-1", runner).state is JobState.CANCELLED
    assert store.hashes() == before
    assert [(job.id, job.state) for job in list_jobs(store.operations())] == [
        ("job-1", JobState.CANCELLED),
        ("job-2", JobState.CANCELLED),
    ]


@pytest.mark.parametrize(
    ("later", "named"),
    [
        (
            ChangeSet(
                records=(
                    Record(
                        NodeId("p5"),
                        Label.PARTNER,
                        {"name": "X", "organization_type": "hub"},
                        PUBLIC,
                        Provenance("metro", "partners.csv"),
                    ),
                )
            ),
            "what metro says about p5",
        ),
        (ChangeSet(nodes=(Node(NodeId("art"), Label.TOPIC, {"name": "Arts"}),)), "Topic art"),
        (ChangeSet(ties=(make_tie(TieType.ABOUT, ("p2", "art")),)), "p2 ABOUT art"),
    ],
    ids=["a record", "a node", "a tie to it"],
)
def test_later_changes_are_in_the_way_and_named(
    embedded: GraphStore, runner: Runner, write_bundle: Write, later: ChangeSet, named: str
) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(batch_size=5), runner)
    embedded.apply(later)
    hashes, revision = embedded.hashes(), embedded.revision()
    with pytest.raises(Conflict, match="later changes are in the way") as caught:
        undo_job(embedded, "job-1", runner)
    assert named in caught.value.message
    assert (embedded.hashes(), embedded.revision()) == (hashes, revision)
    assert get_job(embedded.operations(), "job-1").state is JobState.DONE


def test_a_later_removal_is_in_the_way_of_what_was_replaced_not_of_what_was_added(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    before = embedded.hashes()
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    first = embedded.hashes()
    import_file(embedded, write_bundle(CHANGED), ImportOptions(), runner)
    replaced = make_tie(TieType.PARTNERS_WITH, ("p4", "p5"), {"level_by_source": 5})
    there = embedded.find_tie(replaced.key)
    assert there is not None
    embedded.apply(ChangeSet(removed_ties=(replaced.key,)))
    with pytest.raises(Conflict, match="These: p4 PARTNERS_WITH p5"):
        undo_job(embedded, "job-2", runner)
    embedded.apply(ChangeSet(ties=(there.element,)))
    undo_job(embedded, "job-2", runner)
    assert embedded.hashes() == first
    embedded.apply(ChangeSet(removed_ties=(replaced.key,)))
    undo_job(embedded, "job-1", runner)
    assert embedded.hashes() == before


def test_what_others_say_about_the_same_thing_is_not_in_the_way(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    other = Record(
        NodeId("p5"), Label.PARTNER, {"name": "Five", "organization_type": "museum"}, PUBLIC, Provenance("a register")
    )
    embedded.apply(ChangeSet(records=(other,)))
    undo_job(embedded, "job-1", runner)
    assert [stored.element.about for stored in embedded.iter_records()] == ["p5"]
    assert embedded.get_node(NodeId("p5")).element.name == "Five"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_import_is_resumed_as_if_it_never_had_been(
    place: Place, runner: Runner, write_bundle: Write, embedded: GraphStore, moment: str
) -> None:
    folder = write_bundle(SMALL)
    die_while_importing(place.url, place.environment, folder, moment)
    store = place.open()
    try:
        empty = embedded.hashes()
        job = get_job(store.operations(), "job-1")
        assert job.state is JobState.RUNNING
        assert as_it_stands(store.operations(), job, runner.clock()).state is JobState.INTERRUPTED
        made = 4 if moment in {"after the batch", "between batches"} else 3
        assert store.revision() == made
        outcome = resume_import(store, "job-1", runner)
        assert (outcome.loaded, outcome.job_id, outcome.findings) == (27, "job-1", ())
        import_file(embedded, folder, ImportOptions(), runner)
        assert store.hashes() == embedded.hashes()
        assert get_job(store.operations(), "job-1").state is JobState.DONE
        undo_job(store, "job-1", runner)
        assert store.hashes() == empty
    finally:
        store.close()


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_import_is_taken_back_without_a_trace(
    place: Place, runner: Runner, write_bundle: Write, moment: str
) -> None:
    store = place.open()
    try:
        import_file(store, write_bundle(SMALL), ImportOptions(), runner)
        before = store.hashes()
        new = "".join(f"n{number},New {number},library\n" for number in range(30))
        folder = write_bundle({"partners.csv": CHANGED["partners.csv"] + new, "topics.csv": CHANGED["topics.csv"]})
        die_while_importing(place.url, place.environment, folder, moment)
        assert store.hashes() != before
        undo_job(store, "job-2", runner)
        assert store.hashes() == before
        with pytest.raises(Unsupported, match="taken back"):
            resume_import(store, "job-2", runner)
    finally:
        store.close()


def test_a_taking_back_that_was_interrupted_is_finished(
    embedded: GraphStore, runner: Runner, write_bundle: Write
) -> None:
    before = embedded.hashes()
    import_file(embedded, write_bundle(SMALL), ImportOptions(batch_size=5), runner)

    def stop(done: int, total: int) -> None:
        if done * 2 > total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undo_job(embedded, "job-1", replace(runner, progress=stop))
    job = get_job(embedded.operations(), "job-1")
    assert (job.state, job.taking_back, job.problem) == (JobState.FAILED, True, "stopped by hand")
    assert embedded.hashes() != before
    with pytest.raises(Unsupported, match="taken back"):
        resume_import(embedded, "job-1", runner)
    assert undo_job(embedded, "job-1", runner).state is JobState.CANCELLED
    assert embedded.hashes() == before


def test_a_job_says_why_it_stopped_and_goes_on(
    embedded: GraphStore, runner: Runner, write_bundle: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_bundle(SMALL)
    apply, calls = embedded.apply, iter(range(100))

    def gone(changes: ChangeSet) -> int:
        if next(calls) == 2:
            raise StoreUnavailable("The server went away.")
        return apply(changes)

    monkeypatch.setattr(embedded, "apply", gone)
    with pytest.raises(StoreUnavailable):
        import_file(embedded, folder, ImportOptions(batch_size=5), runner)
    job = get_job(embedded.operations(), "job-1")
    assert (job.state, job.problem, job.next_batch) == (JobState.FAILED, "The server went away.", 3)
    assert resume_import(embedded, "job-1", runner).loaded == 27
    job = get_job(embedded.operations(), "job-1")
    assert (job.state, job.problem) == (JobState.DONE, "")
    with pytest.raises(Unsupported, match="done"):
        resume_import(embedded, "job-1", runner)


def test_a_job_whose_files_have_changed_does_not_go_on(
    embedded: GraphStore, runner: Runner, write_bundle: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_bundle(SMALL)

    def gone(changes: ChangeSet) -> int:
        raise StoreUnavailable(f"The server went away before {len(changes)} elements.")

    with monkeypatch.context() as patched:
        patched.setattr(embedded, "apply", gone)
        with pytest.raises(StoreUnavailable):
            import_file(embedded, folder, ImportOptions(), runner)
    write_bundle({"topics.csv": "id,name\nart,Other\n"})
    with pytest.raises(Conflict, match="has changed since job-1 began"):
        resume_import(embedded, "job-1", runner)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(NotFound, match="file or folder"):
        resume_import(embedded, "job-1", runner)
    with pytest.raises(NotFound, match=r"No job called 'job-7' is known here\. Did you mean: job-1"):
        resume_import(embedded, "job-7", runner)


def test_two_cannot_run_one_job_at_once(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    other = Lease(embedded.operations(), "job-1", runner.clock)
    other.take()
    with pytest.raises(Conflict, match=f"job-1 is being worked on by process {os.getpid()}"):
        undo_job(embedded, "job-1", runner)
    other.release()
    assert undo_job(embedded, "job-1", runner).state is JobState.CANCELLED
    assert list(embedded.operations().iter_entries("leases")) == []


def test_a_lease_that_ran_out_goes_to_the_next_and_is_lost_to_the_first(store: GraphStore) -> None:
    now = [1_000]
    first = Lease(store.operations(), "job-1", lambda: now[0])
    second = Lease(store.operations(), "job-1", lambda: now[0])
    first.take()
    now[0] += DURATION_S - 1
    with pytest.raises(Conflict):
        second.take()
    first.renew()
    now[0] += DURATION_S
    second.take()
    with pytest.raises(Conflict, match="is being worked on"):
        first.renew()
    first.release()
    entry = store.operations().find("leases", "job-1")
    assert entry is not None
    assert entry.expires_at == now[0] + DURATION_S


def test_a_lease_of_a_process_that_is_gone_is_free_at_once(embedded: GraphStore) -> None:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    held: dict[str, Scalar] = {"host": os.uname().nodename, "process": int(done.stdout), "run": "gone"}
    now = int(time.time())
    embedded.operations().put_new("leases", "job-1", held, now + 1_000)
    Lease(embedded.operations(), "job-1", lambda: now).take()
    embedded.operations().remove("leases", "job-1")
    embedded.operations().put_new("leases", "job-1", {**held, "host": "elsewhere"}, now + 1_000)
    with pytest.raises(Conflict, match="on elsewhere"):
        Lease(embedded.operations(), "job-1", lambda: now).take()


def test_a_long_text_survives_the_journal(store: GraphStore, runner: Runner, write_bundle: Write) -> None:
    long = "An — “unusual” 🛰 description. " * 3_000
    text = f'id,name,organization_type,description\np,P,museum,"{long}"\n'
    import_file(store, write_bundle({"partners.csv": text}), ImportOptions(), runner)
    before = store.hashes()
    import_file(store, write_bundle({"partners.csv": text.replace("unusual", "odd")}), ImportOptions(), runner)
    undo_job(store, "job-2", runner)
    assert store.hashes() == before
    assert store.get_node(NodeId("p")).element.get_text("description") == long.strip()


def test_a_journal_that_cannot_be_read_is_said_so(embedded: GraphStore, runner: Runner, write_bundle: Write) -> None:
    import_file(embedded, write_bundle(SMALL), ImportOptions(), runner)
    hashes = embedded.hashes()
    embedded.operations().append("journal-job-1.0", [{"pages": 1}, {"page": "[{}]"}])
    with pytest.raises(StoreCorrupt, match="journal of job-1"):
        undo_job(embedded, "job-1", runner)
    assert embedded.hashes() == hashes
