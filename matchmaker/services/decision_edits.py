"""A decision as edits of the graph: the suggestion, a side's answer, its standing, and the tie that it ends in."""

from dataclasses import dataclass, field, replace

from matchmaker.errors import Conflict, Finding, InvalidInput
from matchmaker.exchange.edits import Edit
from matchmaker.graph.applying import GraphReader
from matchmaker.model.canonical import Properties, Value
from matchmaker.model.changes import ElementKey
from matchmaker.model.checking import check_node, check_tie
from matchmaker.model.dates import first_day
from matchmaker.model.decision import Decision, Life, answer_id, said_answer
from matchmaker.model.elements import Node, Provenance, Tie, make_tie, tie_key
from matchmaker.model.ids import EcosystemId, NodeId, Owner
from matchmaker.model.vocabulary import (
    AnswerTerm,
    Confidence,
    Label,
    Participation,
    Side,
    SuggestionState,
    TieType,
    Visibility,
)
from matchmaker.services.stored_suggestions import StoredSuggestion

SOURCE = "hub staff"


@dataclass
class Edits:
    """Edits being collected, with the versions of what is there before.

    Attributes
    ----------
    owner
        The ecosystem whose everything is.
    suggestion, day
        What it is about, and when it happened: they go into what is written.
    """

    owner: EcosystemId
    suggestion: str
    day: str
    made: list[Edit] = field(default_factory=list)
    versions: dict[ElementKey, int] = field(default_factory=dict)

    @property
    def provenance(self) -> Provenance:
        """Who says so: the hub's staff, of this suggestion."""
        return Provenance(SOURCE, self.suggestion, self.day, Confidence.STAFF)

    def node(self, before: Node | None, version: int, id: NodeId, label: Label, properties: Properties) -> None:
        """Put a node in place of the one before."""
        clean, findings = check_node(Node(id, label, properties, Owner(self.owner), self.provenance))
        _refuse(findings)
        self._add(Edit(before, clean), version)

    def gone(self, before: Node | Tie, version: int) -> None:
        """Remove an element."""
        self._add(Edit(before, None), version)

    def tie(self, before: Tie | None, version: int, after: Tie) -> None:
        """Put a tie in place of the one before."""
        clean, findings = check_tie(after)
        _refuse(findings)
        self._add(Edit(before, clean), version)

    def has(self, reader: GraphReader, subject: str, fact: str) -> None:
        """Tie a fact to what it is about, where it isn't yet."""
        tie = make_tie(TieType.HAS, (subject, fact), owner=self.owner, provenance=self.provenance)
        if not reader.ties({tie.key}):
            self.tie(None, 0, tie)

    def has_not(self, reader: GraphReader, subject: str, fact: str) -> None:
        """Untie a fact from what it is about."""
        key = tie_key(TieType.HAS, NodeId(subject), NodeId(fact), Owner(self.owner))
        for stored in reader.ties({key}).values():
            self.gone(stored.element, stored.version)

    def _add(self, edit: Edit, version: int) -> None:
        if edit.before == edit.after:
            return
        self.made.append(edit)
        if edit.before is not None:
            self.versions[edit.key] = version


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise InvalidInput(findings)


def step_properties(held: Properties, before: Life, after: Life, decision: Decision, who: str) -> dict[str, Value]:
    """Return a suggestion's properties after a step."""
    day = decision.on.isoformat()
    stated: dict[str, Value | None] = {
        "state": after.state.value,
        "changed_on": day,
        "changed_by": who,
        "note": decision.note,
        "waiting_for": tuple(sorted(side.value for side in after.waiting)),
        "first_side": after.first.value if after.first is not None else None,
        "frozen_until": after.frozen_until.isoformat() if after.frozen_until is not None else None,
        "decline_reason": decision.reason.value if decision.reason is not None else None,
    }
    if decision.owner:
        stated["staff_owner"] = decision.owner
    if before.changed_on is None or after.state is not before.state:
        stated[f"{after.state.value}_on"] = day
    if before.is_new_ask(decision) and decision.side is not None:
        name, asked = f"{decision.side.value}_asked_on", SuggestionState.ASKED
        known = held.get(name)
        stated[name] = tuple(sorted({day, *(map(str, known) if isinstance(known, tuple) else ())}))
        stated[f"{asked.value}_on"] = held.get(f"{asked.value}_on", day) if before.state is asked else day
    merged = {**held, **stated}
    return {name: value for name, value in merged.items() if value is not None and value not in ("", ())}


def edit_suggestion(edits: Edits, reader: GraphReader, stored: StoredSuggestion | None, held: Properties) -> None:
    """Put the suggestion's node, and tie a new one to its ecosystem."""
    before, version = (stored.node, stored.version) if stored is not None else (None, 0)
    private = {**held, "visibility": Visibility.STAFF.value}
    edits.node(before, version, NodeId(edits.suggestion), Label.SUGGESTION, private)
    if stored is None:
        edits.has(reader, edits.owner, edits.suggestion)


def edit_answers(
    edits: Edits, reader: GraphReader, stored: StoredSuggestion | None, after: Life, decision: Decision
) -> None:
    """Put what a side has answered, and remove the answers that don't count any more."""
    known = stored.answers if stored is not None else {}
    for side, answer in known.items():
        if side not in after.answers:
            edits.gone(answer.element, answer.version)
            edits.has_not(reader, edits.suggestion, answer.element.id)
    said, answering = said_answer(decision), decision.side
    if said is None or answering is None:
        return
    properties = {
        "side": answering.value,
        "answer": said.value,
        "answered_on": decision.on.isoformat(),
        "answered_by": decision.answered_by,
        "answered_how": decision.answered_how,
        "decline_reason": decision.reason.value if decision.reason is not None else "",
        "visibility": Visibility.STAFF.value,
    }
    id, held = answer_id(edits.suggestion, answering), known.get(answering)
    whole = {name: value for name, value in properties.items() if value}
    edits.node(held.element if held else None, held.version if held else 0, id, Label.ANSWER, whole)
    edits.has(reader, edits.suggestion, id)


def edit_standing(edits: Edits, reader: GraphReader, partner: NodeId, status: Participation) -> None:
    """Record that an organization is invited, or that by its yes it takes part from now on."""
    key = tie_key(TieType.PARTICIPATES_IN, partner, NodeId(edits.owner), Owner(edits.owner))
    known = sorted(reader.ties_between({key}), key=lambda stored: stored.element.key.episode)
    invited = [one for one in known if one.element.properties.get("status") == Participation.INVITED]
    properties: dict[str, Value] = {"status": status.value, "since": edits.day}
    if status is not Participation.INVITED and invited:
        stored = invited[-1]
        kept = replace(stored.element, properties=properties)
        edits.tie(stored.element, stored.version, kept)
        return
    if status is Participation.INVITED and any(runs_on(one.element, edits.day) for one in known):
        raise Conflict(partner, 0, 0, f"{partner} has been invited or answered meanwhile. Look again.")
    episode = edits.day if any(one.element.key == key for one in known) else ""
    ends = (partner, edits.owner)
    edits.tie(None, 0, make_tie(key.type, ends, properties, edits.owner, episode, edits.provenance))


def runs_on(tie: Tie, day: str) -> bool:
    """Say whether a tie hasn't ended by a day."""
    until = tie.properties.get("until")
    return not isinstance(until, str) or first_day(until) > first_day(day)


def answers_yes(decision: Decision) -> Side | None:
    """Return the side that says with this step that it is interested, or None."""
    return decision.side if said_answer(decision) is AnswerTerm.INTERESTED else None
