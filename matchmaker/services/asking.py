"""Whether an organization may be asked: its standing in the ecosystem, its own wish, and who is to be written to.

Whoever takes part may be asked. Whoever is only listed gets one invitation, which is its first request, and nothing
more until it says that it takes part. Whoever paused, withdrew, or wants no messages is not written to.
"""

from collections.abc import Mapping
from types import MappingProxyType

from matchmaker.errors import Finding
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Label, Participation, PatternName, TieType
from matchmaker.recommend.explanation import PatternExplanation
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.ledger import find_current
from matchmaker.recommend.pipeline import explain
from matchmaker.services.contacting import find_stop
from matchmaker.services.requests import Recipient, limit_of
from matchmaker.services.stored_suggestions import Hub

CHECKED_AGAIN = frozenset({"open", "no_pair_rule"})
"""The rules that are checked again before a suggestion that is stored is asked about."""

_REFUSED: Mapping[Participation, str] = MappingProxyType(
    {
        Participation.PAUSED: "has paused: it gets no messages until it takes part again",
        Participation.WITHDRAWN: "has withdrawn: it gets no messages",
        Participation.INVITED: "was invited and hasn't said that it takes part: it gets no second message",
    }
)


def find_bodies(snapshot: Snapshot, end: NodeId) -> list[int]:
    """Return who is asked for an end, as indices: itself, or those who run a program; nobody for the hub's own end."""
    number = find_current(snapshot, end)
    if number is None or end == NodeId(snapshot.scope.ecosystem or ""):
        return []
    return sorted(set(index_snapshot(snapshot).organizations.bodies(number)))


def find_recipients(snapshot: Snapshot, end: NodeId) -> list[Recipient]:
    """Return the organizations that are asked for an end, in id order, with what each accepts."""
    found = []
    for body in find_bodies(snapshot, end):
        node = snapshot.nodes[body]
        former = {record.origin for record in snapshot.records(node.id) if record.origin} - {node.id}
        found.append(Recipient(node.id, node.name, limit_of(node.find_number("request_limit")), tuple(sorted(former))))
    return found


def standing_of(snapshot: Snapshot, body: int) -> Participation | None:
    """Return an organization's standing in the ecosystem; None for one that is only listed."""
    standing = index_snapshot(snapshot).organizations.standing[body]
    return None if standing is None else Participation(standing)


def is_to_be_invited(snapshot: Snapshot, body: int) -> bool:
    """Say whether the first message to an organization is its invitation: a partner that is only listed."""
    return snapshot.nodes[body].label is Label.PARTNER and standing_of(snapshot, body) is None


def find_invitation(snapshot: Snapshot, body: int) -> Tie | None:
    """Return the tie by which an organization was invited and nothing more; None where it takes part or isn't asked."""
    if standing_of(snapshot, body) is not Participation.INVITED:
        return None
    ecosystem = NodeId(snapshot.scope.ecosystem or "")
    ties = [tie for _, tie in snapshot.targets(body, TieType.PARTICIPATES_IN) if tie.target == ecosystem]
    invited = [tie for tie in ties if tie.properties.get("status") == Participation.INVITED]
    return max(invited, key=lambda tie: str(tie.properties.get("since", "")), default=None)


def check_contact(hub: Hub, end: NodeId, suggestion: str = "") -> list[Finding]:
    """Return why an end may not be written to, each in a plain sentence; nothing where it may.

    Parameters
    ----------
    suggestion
        The suggestion that the message is about: the one by which an organization was invited may be written out again.
    """
    snapshot = hub.snapshot()
    if find_current(snapshot, end) is None:
        return [Finding(f"{end} isn't in this ecosystem's view any more", where="asked")]
    operations, findings = hub.store.operations(), []
    for body, recipient in zip(find_bodies(snapshot, end), find_recipients(snapshot, end), strict=True):
        stop = find_stop(operations, hub.ecosystem, {recipient.id, *recipient.former})
        if stop is not None:
            valid = "another partner, or a call once it wants to hear from you (do-not-contact remove)"
            findings.append(Finding(stop.sentence(recipient.name), where="asked", valid=valid))
        standing, invitation = standing_of(snapshot, body), find_invitation(snapshot, body)
        own = bool(suggestion) and invitation is not None and invitation.provenance.source_row == suggestion
        if standing is not None and standing in _REFUSED and not own:
            message = f"{recipient.name} {_REFUSED[standing]}"
            findings.append(Finding(message, where="asked", valid="participating, or only listed"))
    return findings


def check_pair(snapshot: Snapshot, pattern: PatternName, ends: tuple[NodeId, NodeId]) -> list[Finding]:
    """Return what has come up against a stored suggestion since: an end closed or paused, or staff ruled it out."""
    numbers = [find_current(snapshot, end) for end in ends]
    current = [snapshot.nodes[number].id for number in numbers if number is not None]
    if len(current) < len(ends):
        missing = [end for end, number in zip(ends, numbers, strict=True) if number is None]
        return [Finding(f"{end} isn't in this ecosystem's view any more", where="asked") for end in missing]
    explained = [one for one in explain(snapshot, current[0], current[1]).patterns if one.pattern is pattern]
    return [finding for one in explained[:1] for finding in failed_rules(one) if finding.value in CHECKED_AGAIN]


def failed_rules(explained: PatternExplanation) -> list[Finding]:
    """Return the rules that a pair fails, each as a finding."""
    failed = [rule for rule in explained.rules if not rule.met]
    return [Finding(rule.sentence, where="suggestion", value=rule.name, valid="every rule met") for rule in failed]
