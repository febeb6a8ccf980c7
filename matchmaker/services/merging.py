"""One organization per organization: merging two partners, and taking a merge back.

A merge moves the Records and ties of one partner to another and leaves a redirect under the old id, all in one batch of
a job of its own. Nothing that any source said is lost: each Record keeps the id its source knew it by.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matchmaker.errors import NotFound, Unsupported
from matchmaker.exchange.edits import Edit
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.store import GraphStore, OperationsStore
from matchmaker.model.changes import ElementKey
from matchmaker.model.dates import overlap
from matchmaker.model.elements import Node, Provenance, Record, Tie, TieKey, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.vocabulary import Label
from matchmaker.services.job_records import Job, JobState, Runner, list_jobs
from matchmaker.services.jobs import Batch, change_at_once
from matchmaker.services.journal import iter_journal_backward

MERGE = "merge"
UNMERGE = "unmerge"
_MERGEABLE = frozenset({Label.PARTNER, Label.PROGRAM})


@dataclass(frozen=True, slots=True)
class MergeReason:
    """On whose account a merge is made: the job that brought the partner (empty: none), and why they are one."""

    parent: str = ""
    why: str = ""


NO_REASON = MergeReason()


def merge(
    store: GraphStore, gone: NodeId, kept: NodeId, owner: Owner, runner: Runner, reason: MergeReason = NO_REASON
) -> Job:
    """Merge a partner or program into another one, and return the job that can take it back.

    Parameters
    ----------
    gone, kept
        The id that becomes a redirect, and the one that stays.
    owner
        Who merges: an ecosystem only what is its own, into its own or public ones.

    Raises
    ------
    NotFound
        One of the two isn't there.
    Unsupported
        They aren't of one label, are the same, or ``gone`` isn't the owner's alone.
    Conflict, InvalidInput
        They were changed meanwhile, or the ties of the two can't stand beside each other.
    """
    details = {"gone": gone, "kept": kept, "owner": owner, "parent": reason.parent, "why": reason.why[:2000]}
    return change_at_once(store, MERGE, details, runner, lambda reader: _merging(reader, gone, kept, owner))


def unmerge(store: GraphStore, id: NodeId, runner: Runner) -> Job:
    """Bring a merged partner back, also where its sources were loaded again since, and return the job that did it.

    What its sources say moves back under its id, and so do the ties that the merge moved and those that stand in the
    same rows of its sources.

    Raises
    ------
    NotFound
        Nothing was merged under that id.
    """
    moved = _moved_by_merge(store.operations(), id)
    node = store.find_node(id)
    kept = str(node.element.properties.get("to", "")) if node is not None else ""
    details = {"gone": id, "kept": kept}
    return change_at_once(store, UNMERGE, details, runner, lambda reader: _unmerging(reader, id, moved))


@dataclass(frozen=True, slots=True)
class _Moved:
    """The ties that a merge took away, and the keys of those that it put in their place."""

    taken: tuple[Tie, ...] = ()
    put: frozenset[TieKey] = frozenset()


def _moved_by_merge(operations: OperationsStore, id: NodeId) -> _Moved:
    merges = [job for job in list_jobs(operations) if job.kind == MERGE and job.details.get("gone") == id]
    done = [job for job in merges if job.state is not JobState.CANCELLED]
    if not done:
        return _Moved()
    edits = [
        edit for made in iter_journal_backward(operations, done[-1].id, done[-1].next_batch) for edit in made.edits
    ]
    taken = [edit.before for edit in edits if isinstance(edit.before, Tie) and edit.after is None]
    put = [edit.after.key for edit in edits if isinstance(edit.after, Tie) and edit.before is None]
    return _Moved(tuple(taken), frozenset(put))


def _merging(reader: GraphReader, gone: NodeId, kept: NodeId, owner: Owner) -> Batch:
    nodes = reader.nodes({gone, kept})
    for id in (gone, kept):
        if id not in nodes:
            raise NotFound("partner", id)
    one, other = nodes[gone].element, nodes[kept].element
    if Label.REDIRECT in {one.label, other.label}:
        merged = one if one.label is Label.REDIRECT else other
        raise Unsupported(f"{merged.id} is merged into {merged.properties['to']} already.")
    if gone == kept or one.label is not other.label or one.label not in _MERGEABLE:
        raise Unsupported(f"{one.label.value} {gone} can't be merged into {other.label.value} {kept}.")
    records = reader.records_about({gone}).get(gone, ())
    if owner != PUBLIC and any(stored.element.owner != owner for stored in records):
        raise Unsupported(f"{gone} isn't {owner}'s own, so {owner} can't merge it away; leave out --into to do so.")
    edits = [Edit(stored.element, _moved_record(stored.element, gone, kept)) for stored in records]
    versions: dict[ElementKey, int] = {stored.element.id: stored.version for stored in records}
    for stored_tie in reader.ties_at({gone}):
        tie = stored_tie.element
        edits.append(Edit(tie, None))
        versions[tie.key] = stored_tie.version
        moved = _moved_tie(tie, gone, kept)
        if moved is not None:
            edits += _joined(reader, moved, edits, versions)
    versions[gone] = nodes[gone].version
    redirect_owner = PUBLIC if one.owner == PUBLIC else owner
    redirect = Node(gone, Label.REDIRECT, {"to": kept}, redirect_owner, Provenance("matchmaker", f"merge {gone}"))
    return Batch([*edits, Edit(None, redirect)], versions)


def _moved_record(record: Record, gone: NodeId, kept: NodeId) -> Record:
    return replace(record, about=kept, origin=record.origin or gone)


def _moved_tie(tie: Tie, gone: NodeId, kept: NodeId) -> Tie | None:
    """Return a tie with its end moved; None where it would tie a thing to itself."""
    source, target = (kept if end == gone else end for end in (tie.source, tie.target))
    if source == target:
        return None
    return make_tie(tie.type, (source, target), tie.properties, tie.owner, tie.key.episode, tie.provenance)


def _joined(reader: GraphReader, moved: Tie, edits: Sequence[Edit], versions: dict[ElementKey, int]) -> list[Edit]:
    """Return the edits that bring a moved tie in: into one that says the same, where there is one."""
    put = [edit.after for edit in edits if isinstance(edit.after, Tie)]
    for stored in reader.ties_between({moved.key}):
        held = stored.element
        if held.key == moved.key or overlap(_interval(held), _interval(moved)):
            whole = {**moved.properties, **held.properties}
            if whole == dict(held.properties) or held.key in versions:
                return []
            versions[held.key] = stored.version
            return [Edit(held, replace(held, properties=whole))]
    same = (tie for tie in put if replace(tie.key, episode="") == replace(moved.key, episode=""))
    if any(tie.key == moved.key or overlap(_interval(tie), _interval(moved)) for tie in same):
        return []
    return [Edit(None, moved)]


def _interval(tie: Tie) -> tuple[str | None, str | None]:
    since, until = tie.properties.get("since"), tie.properties.get("until")
    return (str(since) if since is not None else None, str(until) if until is not None else None)


def _unmerging(reader: GraphReader, id: NodeId, moved: _Moved) -> Batch:
    found = reader.nodes({id}).get(id)
    if found is None or found.element.label is not Label.REDIRECT:
        raise NotFound("merged partner", id)
    kept = NodeId(str(found.element.properties["to"]))
    records = [stored for stored in reader.records_about({kept}).get(kept, ()) if stored.element.origin == id]
    if not records:
        raise Unsupported(f"No source says anything of {id} any more, so there is nothing to bring back.")
    edits: list[Edit] = [Edit(found.element, None)]
    versions: dict[ElementKey, int] = {id: found.version}
    for stored in records:
        edits.append(Edit(stored.element, replace(stored.element, about=id, origin=None)))
        versions[stored.element.id] = stored.version
    rows = {_row(stored.element.owner, stored.element.provenance) for stored in records}
    back = {tie.key: tie for tie in moved.taken}
    for stored_tie in reader.ties_at({kept}):
        tie = stored_tie.element
        if tie.key in moved.put or _row(tie.owner, tie.provenance) in rows:
            edits.append(Edit(tie, None))
            versions[tie.key] = stored_tie.version
            own = _moved_tie(tie, kept, id)
            if own is not None:
                back[own.key] = own
    return Batch([*edits, *(Edit(None, tie) for tie in back.values())], versions)


def _row(owner: Owner, provenance: Provenance) -> tuple[str, str, str]:
    return (owner, provenance.source, provenance.source_row)
