"""Showing lists to staff: recorded on request only, by ecosystem and cycle, beside the graph.

One entry a list, keyed by the list's id, so that recording the same list twice counts once. Each entry keeps what
learning needs to tell taste from position and chance: who stood where, and with which propensity.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matchmaker.errors import Finding, InvalidInput
from matchmaker.graph.snapshot import Snapshot
from matchmaker.graph.store import Entry, OperationsStore
from matchmaker.model.canonical import Scalar
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import SuggestionList
from matchmaker.model.vocabulary import Label
from matchmaker.recommend.exposure import Exposure, cycle_of
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.request import MAXIMUM_LIMIT, SuggestionRequest
from matchmaker.recommend.rules.standing import has_room, is_open
from matchmaker.services.models import with_model

COLLECTION = "showings"
LIST_ID = re.compile(r"list:[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ShownSuggestion:
    """One suggestion that was shown.

    Attributes
    ----------
    suggestion
        Its id.
    other
        Who was shown.
    position
        Its place in the list, counted from 1.
    propensity
        The chance with which its slot got it.
    """

    suggestion: str
    other: NodeId
    position: int
    propensity: float = 1.0


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list that was shown to staff.

    Attributes
    ----------
    id
        See `SuggestionList.id`.
    subject
        Whose list it is.
    policy
        The policy's label.
    by, at
        Who said that it was shown, and when (seconds since 1970).
    """

    id: str
    ecosystem: str
    cycle: str
    subject: NodeId
    policy: str
    seed: int
    shown: tuple[ShownSuggestion, ...]
    by: str
    at: int


def with_exposure(operations: OperationsStore, snapshot: Snapshot, request: SuggestionRequest) -> SuggestionRequest:
    """Return a request that knows the ecosystem's model, and how often everybody was shown in the cycle of the day.

    Outside an ecosystem's scope nothing is recorded, and the model is the prior.
    """
    if snapshot.scope.ecosystem is None:
        return request
    request = with_model(operations, snapshot, request)
    cycle = cycle_of(snapshot.as_of)
    return replace(request, exposure=read_exposure(operations, snapshot.scope.ecosystem, cycle))


def read_exposure(operations: OperationsStore, ecosystem: str, cycle: str) -> Exposure:
    """Return how often each partner or program was shown in an ecosystem's cycle; reads one entry for each list."""
    counts: Counter[NodeId] = Counter()
    for shown in iter_shown(operations, ecosystem, cycle):
        counts.update({one.other for one in shown.shown})
    return Exposure(cycle, dict(sorted(counts.items())))


def iter_shown(operations: OperationsStore, ecosystem: str, cycle: str = "") -> Iterator[ShownList]:
    """Yield the lists that were shown in an ecosystem, in order of cycles and ids; of one cycle where it is named."""
    prefix = f"{ecosystem} {cycle} " if cycle else f"{ecosystem} "
    yield from map(_shown_list, operations.iter_entries(COLLECTION, prefix))


@dataclass(frozen=True, slots=True)
class ExposureReport:
    """How far a cycle's lists have come round to everybody.

    Attributes
    ----------
    lists
        How many lists were shown.
    waiting
        The ecosystem's members who are open, take part or haven't been asked yet, and haven't been shown; in id order.
    """

    exposure: Exposure
    lists: int
    waiting: tuple[Node, ...]


def report_exposure(operations: OperationsStore, snapshot: Snapshot) -> ExposureReport:
    """Return who has been shown in the cycle of a snapshot's day, and which active members haven't."""
    ecosystem, cycle = snapshot.scope.ecosystem or "", cycle_of(snapshot.as_of)
    exposure, index = read_exposure(operations, ecosystem, cycle), index_snapshot(snapshot)
    waiting = tuple(
        node
        for number, node in snapshot.iter_nodes(Label.PARTNER)
        if snapshot.member[number]
        and not exposure.times(node.id)
        and is_open(index, number)
        and has_room(index, number)
    )
    lists = sum(1 for _ in iter_shown(operations, ecosystem, cycle))
    return ExposureReport(exposure, lists, waiting)


def shown_of(listed: SuggestionList) -> tuple[ShownSuggestion, ...]:
    """Return the suggestions of a list as they are shown."""
    return tuple(
        ShownSuggestion(
            one.id,
            one.target if one.source == listed.subject else one.source,
            one.showing.position,
            one.showing.propensity,
        )
        for one in listed.suggestions
    )


def record_list(operations: OperationsStore, listed: SuggestionList, snapshot: Snapshot, by: str, at: int) -> bool:
    """Record that staff were shown a whole list; return False, changing nothing, where it is recorded already."""
    shown = shown_of(listed)
    whole = ShownList(
        listed.id, listed.ecosystem, listed.cycle, listed.subject, listed.policy.label, listed.seed, shown, by, at
    )
    return record_shown(operations, whole, snapshot)


def record_shown(operations: OperationsStore, shown: ShownList, snapshot: Snapshot) -> bool:
    """Record that staff were shown a list; return False, changing nothing, where it is recorded already.

    Raises
    ------
    InvalidInput
        It isn't an ecosystem's list, names somebody who isn't in the scope, or has impossible positions or chances.
    """
    findings = [*_check_list(shown), *_check_shown(shown.shown, snapshot)]
    if findings:
        raise InvalidInput(findings)
    key = f"{shown.ecosystem} {shown.cycle} {shown.id}"
    return operations.put_new(COLLECTION, key, _fields(shown))


def _check_list(shown: ShownList) -> Iterator[Finding]:
    if not shown.ecosystem:
        yield Finding("showing is recorded in an ecosystem's view only", "ecosystem", "", "an ecosystem's id or name")
    if not LIST_ID.fullmatch(shown.id):
        yield Finding("is not the id of a list", "list", shown.id[:200], "the id that a list of suggestions has")
    if not shown.shown:
        yield Finding("nothing was shown", "shown", "", "at least one suggestion")


def _check_shown(shown: Sequence[ShownSuggestion], snapshot: Snapshot) -> Iterator[Finding]:
    for count, one in enumerate(shown, start=1):
        where = f"shown {count}"
        if snapshot.find_index(one.other) is None:
            yield Finding("is nobody in this view", where, one.other[:200], "the other end of a suggestion")
        if not 1 <= one.position <= MAXIMUM_LIMIT:
            yield Finding("is no position", where, str(one.position), f"1 to {MAXIMUM_LIMIT}")
        if not 0.0 < one.propensity <= 1.0:
            yield Finding("is no propensity", where, f"{one.propensity:g}", "over 0, at most 1")
    twice = [position for position, times in Counter(one.position for one in shown).items() if times > 1]
    if twice:
        yield Finding("two stand at one position", "shown", str(min(twice)), "each position once")


def _fields(shown: ShownList) -> dict[str, Scalar]:
    fields: dict[str, Scalar] = {
        "subject": shown.subject,
        "policy": shown.policy,
        "seed": shown.seed,
        "by": shown.by,
        "at": shown.at,
    }
    for one in shown.shown:
        fields |= {
            f"suggestion_{one.position}": one.suggestion,
            f"other_{one.position}": one.other,
            f"propensity_{one.position}": one.propensity,
        }
    return fields


def _shown_list(entry: Entry) -> ShownList:
    ecosystem, cycle, id = entry.key.split(" ")
    fields = entry.fields
    positions = sorted(int(name.removeprefix("other_")) for name in fields if name.startswith("other_"))
    return ShownList(
        id,
        ecosystem,
        cycle,
        NodeId(str(fields["subject"])),
        str(fields["policy"]),
        int(str(fields["seed"])),
        tuple(
            ShownSuggestion(
                str(fields[f"suggestion_{position}"]),
                NodeId(str(fields[f"other_{position}"])),
                position,
                float(str(fields[f"propensity_{position}"])),
            )
            for position in positions
        ),
        str(fields["by"]),
        int(str(fields["at"])),
    )
