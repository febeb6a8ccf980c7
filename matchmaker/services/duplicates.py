"""Partners that may be one: found after a load or when asked, merged where certain, else kept for a person to decide.

What a person decided is remembered: a pair that is to be kept apart is never asked about again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from matchmaker.errors import Conflict, InvalidInput, NotFound, Unsupported
from matchmaker.exchange.edits import Edit
from matchmaker.exchange.resolution.matching import Match, Verdict, find_matches
from matchmaker.exchange.resolution.profiles import UNIQUE, Profile, iter_profiles
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.store import Entry, GraphStore, OperationsStore
from matchmaker.model.elements import Node, Provenance, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.vocabulary import Confidence, Label, PartKind, TieType
from matchmaker.services.job_records import Job, Runner
from matchmaker.services.jobs import Batch, change_at_once
from matchmaker.services.merging import MergeReason, merge

COLLECTION = "duplicates"
_PROFILED = (TieType.LOCATED_IN, TieType.PART_OF)


class PairState(StrEnum):
    """What became of a pair that may be one partner."""

    OPEN = "open"
    MERGED = "merged"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """A pair for a person to decide.

    Attributes
    ----------
    first, second
        Ids, the lower first.
    owner
        Whose review it is in: the ecosystem that has one of them as its own, else ``public``.
    verdict
        Whether they may be one, or one a part of the other.
    probability
        The chance that they are one.
    reasons
        What each field tells, in words.
    state
        What became of it.
    whole
        Of a part: the id of the whole, where it can be told.
    job
        The load that brought it up; empty: it was found when asked.
    """

    first: NodeId
    second: NodeId
    owner: Owner
    verdict: Verdict
    probability: float
    reasons: tuple[str, ...]
    state: PairState = PairState.OPEN
    whole: str = ""
    job: str = ""

    @property
    def key(self) -> str:
        """What it is kept under."""
        return f"{self.first} {self.second}"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of pairs that were found.

    Attributes
    ----------
    merged
        Those that are certain; ``job`` is the one that merged them (a plan: empty).
    to_review
        Those that a person has to decide.
    """

    merged: tuple[ReviewPair, ...] = ()
    to_review: tuple[ReviewPair, ...] = ()


def known_profiles(store: GraphStore, owner: Owner) -> list[Profile]:
    """Return the profiles of all partners that an owner may see, in id order."""
    visible = {PUBLIC, owner}
    partners = [stored.element for stored in store.iter_nodes(Label.PARTNER) if stored.element.owner in visible]
    places: Mapping[str, Node] = {stored.element.id: stored.element for stored in store.iter_nodes(Label.PLACE)}
    return list(iter_profiles(partners, places, _ties(store, visible)))


def _ties(store: GraphStore, visible: Collection[str]) -> Iterator[Tie]:
    for type in _PROFILED:
        for stored in store.iter_ties(type):
            if stored.element.owner in visible:
                yield stored.element


def profiles_of(reader: GraphReader, ids: Collection[NodeId], owner: Owner) -> list[Profile]:
    """Return the profiles of some partners as an owner may see them, in id order."""
    partners = [stored.element for stored in reader.nodes(ids).values() if stored.element.label is Label.PARTNER]
    told = (stored.element for type in _PROFILED for stored in reader.ties_from(ids, type))
    ties = [tie for tie in told if tie.owner in {PUBLIC, owner}]
    places = {id: stored.element for id, stored in reader.nodes({tie.target for tie in ties}).items()}
    found = {str(id): node for id, node in places.items() if node.label is Label.PLACE}
    return list(iter_profiles(sorted(partners, key=lambda node: node.id), found, ties))


def find_duplicates(store: GraphStore | None, owner: Owner, new: Sequence[Profile] | None = None) -> list[Match]:
    """Return what is concluded about partners that an owner may see.

    ``new`` are those to compare with all; None: all of them. Pairs that were decided already are left out.
    """
    known = known_profiles(store, owner) if store is not None else []
    decided = decided_pairs(store.operations()) if store is not None else set()
    found = find_matches(known if new is None else new, known)
    return [match for match in found if f"{match.first} {match.second}" not in decided]


def decided_pairs(operations: OperationsStore) -> set[str]:
    """Return the keys of the pairs that a person has decided."""
    pairs = map(_pair, operations.iter_entries(COLLECTION))
    return {pair.key for pair in pairs if pair.state is not PairState.OPEN}


def settle(store: GraphStore, matches: Sequence[Match], owner: Owner, runner: Runner, parent: str = "") -> Settled:
    """Merge the pairs that are certain, and keep the others for a person.

    A pair that is certain but can't be merged, such as two public partners on an ecosystem's account, is for a person
    too.
    """
    merged: list[ReviewPair] = []
    to_review: list[ReviewPair] = []
    gone: dict[str, str] = {}
    for match in matches:
        first, second = _now(match.first, gone), _now(match.second, gone)
        if first == second:
            continue
        pair = _of_match(match, owner, parent)
        if match.verdict is Verdict.SAME and {first, second} == {match.first, match.second}:
            job = _try_merge(store, pair, owner, runner)
            if job is not None:
                merged.append(replace(pair, state=PairState.MERGED, job=job.id))
                gone[str(job.details["gone"])] = str(job.details["kept"])
                continue
        _put_pair(store.operations(), pair)
        to_review.append(pair)
    return Settled(tuple(merged), tuple(to_review))


def foresee(matches: Sequence[Match], owner: Owner) -> Settled:
    """Return what would become of pairs that were found, as far as it can be told beforehand."""
    pairs = [_of_match(match, owner, "") for match in matches]
    return Settled(
        tuple(pair for pair in pairs if pair.verdict is Verdict.SAME),
        tuple(pair for pair in pairs if pair.verdict is not Verdict.SAME),
    )


def _try_merge(store: GraphStore, pair: ReviewPair, owner: Owner, runner: Runner) -> Job | None:
    gone, kept = order_of_merge(store, pair.first, pair.second)
    try:
        return merge(store, gone, kept, owner, runner, MergeReason(pair.job, "; ".join(pair.reasons)))
    except (Conflict, InvalidInput, NotFound, Unsupported):
        return None


def order_of_merge(store: GraphStore, first: NodeId, second: NodeId) -> tuple[NodeId, NodeId]:
    """Return which of two goes and which stays: a public one stays, then one of a register, then the lower id."""

    def standing(id: NodeId) -> tuple[bool, bool, str]:
        node = store.get_node(id).element
        return (node.owner != PUBLIC, id.split(":")[0] not in UNIQUE, id)

    kept, gone = sorted((first, second), key=standing)
    return gone, kept


def list_review(store: GraphStore, owner: Owner | None = None) -> list[ReviewPair]:
    """Return the pairs that wait for a person, the likeliest first: those an owner may decide about, or all.

    A pair of which one was merged or has gone meanwhile waits no longer; one whose merge was taken back waits again.
    """
    pairs = [_pair(entry) for entry in store.operations().iter_entries(COLLECTION)]
    ids = {id for pair in pairs for id in (pair.first, pair.second)}
    found = store.look_up(lambda reader: reader.nodes(ids))
    there = {id for id, stored in found.items() if stored.element.label is Label.PARTNER}
    waiting = [
        pair
        for pair in pairs
        if pair.state is not PairState.APART
        and {pair.first, pair.second} <= there
        and (owner is None or pair.owner == owner)
    ]
    return sorted(waiting, key=lambda pair: (-pair.probability, pair.first, pair.second))


def accept(store: GraphStore, first: str, second: str, owner: Owner, runner: Runner) -> Job:
    """Merge two partners because a person says that they are one.

    Raises
    ------
    NotFound
        One of the two isn't there.
    Unsupported
        The owner may not merge them.
    """
    one, other = sorted((first, second))
    gone, kept = order_of_merge(store, NodeId(one), NodeId(other))
    held = store.operations().find(COLLECTION, f"{one} {other}")
    why = "; ".join(_pair(held).reasons) if held is not None else f"decided by {runner.who}"
    job = merge(store, gone, kept, owner, runner, MergeReason(why=why))
    if held is not None:
        _put_pair(store.operations(), replace(_pair(held), state=PairState.MERGED))
    return job


def put_part(store: GraphStore, part: NodeId, whole: NodeId, owner: Owner, runner: Runner) -> Job:
    """Record that one partner is part of another one, because a person says so; return the job that can be taken back.

    Raises
    ------
    InvalidInput
        One of the two isn't a partner here, or the whole is a part of the part.
    Conflict
        It is recorded already.
    """
    provenance = Provenance(runner.who, "duplicates part-of", confidence=Confidence.STAFF)
    tie = make_tie(TieType.PART_OF, (part, whole), {"kind": PartKind.PARENT.value}, owner, "", provenance)
    details = {"part": part, "whole": whole, "owner": owner}
    job = change_at_once(store, "part_of", details, runner, lambda _: Batch([Edit(None, tie)], {}))
    keep_apart(store, part, whole, owner)
    return job


def keep_apart(store: GraphStore, first: str, second: str, owner: Owner) -> ReviewPair:
    """Remember that two partners are not one, so that they are never proposed again."""
    one, other = sorted((first, second))
    labels = {store.get_node(NodeId(id)).element.label for id in (one, other)}
    entry = store.operations().find(COLLECTION, f"{one} {other}")
    known = _pair(entry) if entry is not None else None
    pair = known or ReviewPair(NodeId(one), NodeId(other), owner, Verdict.POSSIBLE, 0.0, ())
    if Label.REDIRECT in labels:
        raise Unsupported(f"{one} and {other} were merged; take the merge back first.")
    pair = replace(pair, state=PairState.APART)
    _put_pair(store.operations(), pair)
    return pair


def _now(id: str, gone: Mapping[str, str]) -> str:
    while id in gone:
        id = gone[id]
    return id


def _of_match(match: Match, owner: Owner, job: str) -> ReviewPair:
    told = sorted(match.fields, key=lambda field: -abs(field.weight))
    reasons = tuple(field.words for field in told if field.words)
    return ReviewPair(
        NodeId(match.first),
        NodeId(match.second),
        owner,
        match.verdict,
        match.probability,
        reasons,
        whole=match.whole,
        job=job,
    )


_BETWEEN = "\n"


def _put_pair(operations: OperationsStore, pair: ReviewPair) -> None:
    fields = {
        "first": pair.first,
        "second": pair.second,
        "owner": pair.owner,
        "verdict": pair.verdict.value,
        "probability": pair.probability,
        "reasons": _BETWEEN.join(pair.reasons),
        "state": pair.state.value,
        "whole": pair.whole,
        "job": pair.job,
    }
    entry = operations.find(COLLECTION, pair.key)
    if entry is None:
        operations.put_new(COLLECTION, pair.key, fields)
    else:
        operations.compare_and_set(COLLECTION, pair.key, entry.version, fields)


def _pair(entry: Entry) -> ReviewPair:
    fields = entry.fields
    reasons = str(fields.get("reasons", ""))
    return ReviewPair(
        NodeId(str(fields["first"])),
        NodeId(str(fields["second"])),
        Owner(str(fields["owner"])),
        Verdict(str(fields["verdict"])),
        float(fields["probability"]),
        tuple(reasons.split(_BETWEEN)) if reasons else (),
        PairState(str(fields["state"])),
        str(fields.get("whole", "")),
        str(fields.get("job", "")),
    )


def names_of(store: GraphStore, pairs: Iterable[ReviewPair]) -> dict[NodeId, str]:
    """Return the names of the partners in pairs."""
    ids = {id for pair in pairs for id in (pair.first, pair.second)}
    found = store.look_up(lambda reader: reader.nodes(ids))
    return {id: stored.element.name for id, stored in found.items()}
