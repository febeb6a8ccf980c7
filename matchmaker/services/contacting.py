"""Whom not to write to: the list, and the links by which an organization puts itself on it.

The list is kept beside the graph, by the organization's id: loading a source again, taking a change back or restoring
a backup leaves it as it is. A stop link counts everywhere; what staff enter counts in their ecosystem.
"""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.graph.store import Entry, OperationsStore
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.services.job_records import Runner

COLLECTION = "do-not-contact"
LOG = "do-not-contact-log"
LINKS = "stop-links"
EVERYWHERE = "everywhere"
LONGEST_NOTE = 2000
BY_LINK = "stop link"


class StopKind(StrEnum):
    """How an organization came on the list, or off it."""

    STOP_LINK = "stop_link"
    STAFF = "staff"
    ALLOWED = "allowed"
    """It let an ecosystem write again."""


@dataclass(frozen=True, slots=True)
class Stop:
    """What the list says of an organization.

    Attributes
    ----------
    partner
        Which one.
    everywhere
        Whether it counts in every ecosystem.
    kind
        How it came here.
    since
        When, in whole seconds since 1970.
    who, note
        Who entered it, and why; empty for a stop link.
    """

    partner: NodeId
    everywhere: bool
    kind: StopKind
    since: int
    who: str = ""
    note: str = ""

    def sentence(self, name: str) -> str:
        """Say it in a plain sentence."""
        if self.kind is StopKind.STOP_LINK:
            return f"{name} asked by its stop link to get no more messages"
        return f"{name} is on the do-not-contact list"


def find_stop(operations: OperationsStore, ecosystem: EcosystemId, ids: Collection[str]) -> Stop | None:
    """Return what keeps an ecosystem from writing to an organization, or None.

    Parameters
    ----------
    ids
        The organization's id and those that were merged into it.
    """
    for id in sorted(ids):
        own, everywhere = _find(operations, ecosystem, id), _find(operations, EVERYWHERE, id)
        if own is not None and own.kind is StopKind.STAFF:
            return own
        allowed = own is not None and (everywhere is None or own.since > everywhere.since)
        if everywhere is not None and not allowed:
            return everywhere
    return None


def list_stops(operations: OperationsStore, ecosystem: EcosystemId) -> list[Stop]:
    """Return every organization that an ecosystem may not write to, in id order."""
    entries = [entry for scope in (ecosystem, EVERYWHERE) for entry in operations.iter_entries(COLLECTION, f"{scope}/")]
    ids = sorted({entry.key.partition("/")[2] for entry in entries})
    found = (find_stop(operations, ecosystem, {id}) for id in ids)
    return [stop for stop in found if stop is not None]


def add_stop(operations: OperationsStore, ecosystem: EcosystemId, partner: NodeId, note: str, runner: Runner) -> Stop:
    """Put an organization on an ecosystem's list; once there it stays as it was entered first."""
    known = find_stop(operations, ecosystem, {partner})
    if known is not None:
        return known
    _check_note(note)
    stop = Stop(partner, everywhere=False, kind=StopKind.STAFF, since=runner.clock(), who=runner.who, note=note)
    _put(operations, ecosystem, stop)
    return stop


def remove_stop(
    operations: OperationsStore, ecosystem: EcosystemId, partner: NodeId, note: str, runner: Runner
) -> None:
    """Take an organization off an ecosystem's list, because it said so; a stop link goes on counting elsewhere.

    Raises
    ------
    NotFound
        It isn't on the list.
    InvalidInput
        There is no note of how it said so.
    """
    known = find_stop(operations, ecosystem, {partner})
    if known is None:
        raise NotFound("organization on the do-not-contact list", partner)
    _check_note(note)
    since = max(runner.clock(), known.since + 1)
    _put(operations, ecosystem, Stop(partner, known.everywhere, StopKind.ALLOWED, since, runner.who, note))


def stop_token(
    operations: OperationsStore, partner: NodeId, mint: Callable[[], str] = lambda: secrets.token_urlsafe(24)
) -> str:
    """Return the token of an organization's stop link: the same in every message, and nothing to be told from it."""
    operations.put_new(LINKS, f"partner/{partner}", {"token": mint()})
    entry = operations.find(LINKS, f"partner/{partner}")
    token = str(entry.fields["token"]) if entry is not None else ""
    operations.put_new(LINKS, f"token/{token}", {"partner": partner})
    return token


def partner_of_token(operations: OperationsStore, token: str) -> NodeId:
    """Return whose stop link it is, or raise `NotFound`."""
    entry = operations.find(LINKS, f"token/{token}")
    if entry is None:
        raise NotFound("stop link", token[:80])
    return NodeId(str(entry.fields["partner"]))


def stop_by_link(operations: OperationsStore, token: str, now: int) -> Stop:
    """Put the organization of a stop link on the list of every ecosystem; doing so twice changes nothing.

    Raises
    ------
    NotFound
        It is no stop link of ours.
    """
    partner = partner_of_token(operations, token)
    stop = Stop(partner, everywhere=True, kind=StopKind.STOP_LINK, since=now)
    _put(operations, EVERYWHERE, stop)
    return stop


def _put(operations: OperationsStore, scope: str, stop: Stop) -> None:
    fields = {"kind": stop.kind.value, "since": stop.since, "who": stop.who, "note": stop.note}
    key = f"{scope}/{stop.partner}"
    while not operations.put_new(COLLECTION, key, fields):
        entry = operations.find(COLLECTION, key)
        if entry is not None and operations.compare_and_set(COLLECTION, key, entry.version, fields):
            break
    operations.append(LOG, [{"partner": stop.partner, "scope": scope, **fields}])


def _find(operations: OperationsStore, scope: str, id: str) -> Stop | None:
    entry = operations.find(COLLECTION, f"{scope}/{id}")
    return None if entry is None else _stop(entry, id, everywhere=scope == EVERYWHERE)


def _stop(entry: Entry, id: str, *, everywhere: bool) -> Stop:
    fields = entry.fields
    kind, since = StopKind(str(fields["kind"])), int(fields["since"])
    return Stop(NodeId(id), everywhere, kind, since, str(fields.get("who", "")), str(fields.get("note", "")))


def _check_note(note: str) -> None:
    if not note.strip() or len(note) > LONGEST_NOTE:
        valid = f"a note of how the organization said so, up to {LONGEST_NOTE} characters"
        raise InvalidInput(
            [Finding("the list says of everyone why they are on it or off it", "note", note[:200], valid)]
        )
