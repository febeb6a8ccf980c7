"""The tie that a suggestion ends in: written when the link becomes active, closed when it ends."""

from dataclasses import dataclass, replace
from typing import Any

from matchmaker.errors import Finding, InvalidInput, NotFound
from matchmaker.graph.applying import GraphReader
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Properties, Value, ValueRefused
from matchmaker.model.decision import Decision
from matchmaker.model.elements import Tie, make_tie, tie_key
from matchmaker.model.ids import NodeId, Owner
from matchmaker.model.ontology import tie_properties
from matchmaker.model.vocabulary import Intent, Label, PatternName, Side, TieType
from matchmaker.recommend.index import index_snapshot
from matchmaker.recommend.ledger import find_current
from matchmaker.services.decision_edits import Edits, runs_on

ASKED_FOR = {TieType.HOSTS_WBL: ("wbl_type", "stage", "seats"), TieType.OFFERED_AT: ("season", "seats")}
"""What is asked for when such a tie is written, since gaps count by it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A tie to be written: its type, where it starts and ends, and its properties but for its dates."""

    type: TieType
    source: NodeId
    target: NodeId
    properties: Properties

    @property
    def missing(self) -> tuple[str, ...]:
        """What would be worth knowing of it and isn't said."""
        return tuple(name for name in ASKED_FOR.get(self.type, ()) if name not in self.properties)


def plan_link(snapshot: Snapshot, held: Properties, decision: Decision) -> Link:
    """Return the tie that a suggestion becomes.

    Where partners work together and an end is a program, the tie is that of who runs it.

    Parameters
    ----------
    held
        The properties of the stored suggestion.

    Raises
    ------
    InvalidInput
        A property isn't one of such a tie; or a program is run by several and it isn't said which one it is.
    """
    type, start = TieType(str(held["tie"])), Side(str(held["tie_from"]))
    ends = [str(snapshot.nodes[_current(snapshot, str(held[side.value]))].id) for side in Side]
    findings: list[Finding] = []
    if type is TieType.PARTNERS_WITH:
        ends = [_organization(snapshot, end, decision, findings) for end in ends]
    if start is Side.TARGET:
        ends.reverse()
    properties = _properties(type, start, decision, findings)
    if held["pattern"] == PatternName.PROGRAM_COMMUNITY:
        properties.setdefault("intents", (Intent.CO_DELIVER.value,))
    if findings:
        raise InvalidInput(findings)
    return Link(type, NodeId(ends[0]), NodeId(ends[1]), properties)


def write_link(edits: Edits, reader: GraphReader, link: Link) -> dict[str, Value]:
    """Write a tie that becomes active, or say more of the one that is there; return how to find it again."""
    key = tie_key(link.type, link.source, link.target, Owner(edits.owner))
    known = list(reader.ties_between({key}))
    running = [one for one in known if runs_on(one.element, edits.day)]
    fresh = make_tie(link.type, (link.source, link.target), link.properties, edits.owner, "", edits.provenance)
    if running:
        stored = running[0]
        edits.tie(stored.element, stored.version, _joined(stored.element, fresh))
        return _found_by(stored.element)
    episode = edits.day if known else ""
    begun = {**link.properties, "since": edits.day}
    tie = make_tie(link.type, (link.source, link.target), begun, edits.owner, episode, edits.provenance)
    edits.tie(None, 0, tie)
    return _found_by(tie)


def close_link(edits: Edits, reader: GraphReader, held: Properties) -> bool:
    """Say of a suggestion's tie that it ended; return False where it is gone or has ended already."""
    if "tie_source" not in held:
        return False
    ends = (NodeId(str(held["tie_source"])), NodeId(str(held["tie_target"])))
    key = tie_key(TieType(str(held["tie"])), *ends, Owner(edits.owner), str(held.get("tie_episode", "")))
    stored = reader.ties({key}).get(key)
    if stored is None or not runs_on(stored.element, edits.day):
        return False
    ended = {**stored.element.properties, "until": edits.day}
    edits.tie(stored.element, stored.version, replace(stored.element, properties=ended))
    return True


def _current(snapshot: Snapshot, end: str) -> int:
    number = find_current(snapshot, end)
    if number is None:
        raise NotFound("node", end)
    return number


def _organization(snapshot: Snapshot, end: str, decision: Decision, findings: list[Finding]) -> str:
    number = snapshot.index_of(end)
    if snapshot.nodes[number].label is not Label.PROGRAM:
        return end
    bodies = [str(snapshot.nodes[body].id) for body in index_snapshot(snapshot).organizations.operators[number]]
    if decision.operator is not None and str(decision.operator) in bodies:
        return str(decision.operator)
    if len(bodies) == 1:
        return bodies[0]
    message = "it isn't said which of those who run it becomes the partner" if bodies else "nobody is known to run it"
    findings.append(Finding(message, where=end, valid=", ".join(sorted(bodies)) or "a program with who runs it"))
    return end


def _properties(type: TieType, start: Side, decision: Decision, findings: list[Finding]) -> dict[str, Value]:
    specs, found = tie_properties(type), {}
    for name, text in sorted(decision.details.items()):
        spec = specs.get(name)
        if spec is None or name in {"since", "until"}:
            valid = ", ".join(sorted(specs.keys() - {"since", "until"}))
            findings.append(Finding(f"{name[:80]} is not a property of {type.value}", where="details", valid=valid))
            continue
        try:
            value: Any = spec.parse(text)
        except ValueRefused as refused:
            findings.append(spec.finding(f"details {name}", text, refused))
        else:
            if value is not None:
                found[name] = value
    if decision.level is None:
        return found
    if "level_by_source" not in specs:
        findings.append(
            Finding(f"{type.value} has no level", where="level", valid="a level of partners who work together")
        )
        return found
    sides = (decision.side,) if decision.side is not None else tuple(Side)
    return found | {f"level_by_{'source' if side is start else 'target'}": decision.level for side in sides}


def _joined(known: Tie, fresh: Tie) -> Tie:
    return replace(known, properties={**known.properties, **fresh.properties})


def _found_by(tie: Tie) -> dict[str, Value]:
    episode: dict[str, Value] = {"tie_episode": tie.key.episode} if tie.key.episode else {}
    return {"tie_source": str(tie.source), "tie_target": str(tie.target), **episode}
