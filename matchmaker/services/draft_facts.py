"""What a message to one side rests on: the reasons that it may read, what is required, and the work contacts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.decision import other_side
from matchmaker.model.elements import Node
from matchmaker.model.ids import NodeId
from matchmaker.model.suggestion import Reason
from matchmaker.model.vocabulary import (
    Audience,
    ConditionTerm,
    ContactRole,
    Label,
    OrganizationType,
    Participation,
    PatternName,
    Requirement,
    Side,
    Visibility,
)
from matchmaker.recommend.explanation import MAXIMUM_REASONS
from matchmaker.recommend.visibility import node_visibility
from matchmaker.services.asking import find_bodies, find_recipients, standing_of
from matchmaker.services.disclosure import may_see
from matchmaker.services.draft_words import Conditions, StatedCondition
from matchmaker.services.stored_suggestions import StoredSuggestion

_N, _R, _T = PatternName, ContactRole, OrganizationType
RECEIVES: Mapping[PatternName, tuple[Side, ...]] = MappingProxyType(
    {
        _N.SCHOOL_OUT_OF_SCHOOL: (Side.SOURCE,),
        _N.PROGRAM_EMPLOYER: tuple(Side),
        _N.EMPLOYER_SCHOOL: tuple(Side),
        _N.PROGRAM_NEXT_STEP: (Side.TARGET,),
        _N.SCHOOL_INFORMAL: tuple(Side),
        _N.EARLY_LEARNING_K2: tuple(Side),
        _N.COLLEGE_EMPLOYER: tuple(Side),
        _N.PROGRAM_COMMUNITY: (Side.SOURCE,),
        _N.CROSS_SECTOR: tuple(Side),
    }
)
"""Which sides of a pattern receive: outside adults meet their learners, or learners come to them.

Sides of other patterns count where they state a condition.
"""

_ROLES: Mapping[OrganizationType, ContactRole] = MappingProxyType(
    {
        _T.TWO_YEAR_COLLEGE: _R.ADMISSIONS,
        _T.FOUR_YEAR_COLLEGE: _R.ADMISSIONS,
        _T.K12_SCHOOL: _R.PRINCIPAL,
        _T.PRIVATE_SCHOOL: _R.PRINCIPAL,
        _T.AFTERSCHOOL_PROVIDER: _R.AFTERSCHOOL_LEAD,
        _T.EMPLOYER: _R.COMMUNITY_RELATIONS,
    }
)
"""Whom at an organization of a type a message goes to, where nobody is named for partnerships."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A work contact by role; ``name`` only where that person agreed, ``address`` empty where none is known."""

    organization: str
    role: str = ""
    name: str = ""
    address: str = ""
    phone: str = ""
    language: str = ""


def readable_sentences(
    snapshot: Snapshot, reasons: Sequence[Reason], stored: StoredSuggestion, side: Side
) -> tuple[str, ...]:
    """Return the reasons that a side may read: only from what is public where the other hasn't said it takes part."""
    own = {recipient.id for recipient in find_recipients(snapshot, stored.ends[side])}
    other = find_bodies(snapshot, stored.ends[other_side(side)])
    partners = [body for body in other if snapshot.nodes[body].label is Label.PARTNER]
    takes_part = all(standing_of(snapshot, body) is Participation.PARTICIPATING for body in partners)
    shown = [
        reason.sentence
        for reason in reasons
        if all(_may_tell(fact.visibility, fact.parties, own, takes_part=takes_part) for fact in reason.facts)
    ]
    return tuple(dict.fromkeys(shown))[:MAXIMUM_REASONS]


def _may_tell(
    visibility: Visibility, parties: Collection[NodeId], own: Collection[NodeId], *, takes_part: bool
) -> bool:
    party = not set(parties).isdisjoint(own)
    if not takes_part and not set(parties) <= set(own):
        return visibility is Visibility.PUBLIC
    return may_see(visibility, Audience.PARTNER, party=party)


def stated_conditions(snapshot: Snapshot, stored: StoredSuggestion, reader: Side) -> tuple[Conditions, ...]:
    """Return what the receiving organizations of a suggestion require, and any other side that states something."""
    receiving, found = RECEIVES.get(stored.pattern, ()), []
    for side in (other_side(reader), reader):
        conditions = _conditions(snapshot, stored.ends[side], always=side in receiving)
        found += [replace(one, of_reader=side is reader) for one in conditions]
    return tuple(found)


def _conditions(snapshot: Snapshot, end: NodeId, *, always: bool) -> list[Conditions]:
    found = []
    for body in find_bodies(snapshot, end):
        facts = [node for node in snapshot.facts(body, Label.CONDITION) if _is_told(node)]
        stated = tuple(
            StatedCondition(
                ConditionTerm(node.get_text("condition")),
                Requirement(node.get_text("requirement")),
                node.get_text("link"),
                node.get_text("stated_on"),
            )
            for node in sorted(facts, key=lambda node: (node.get_text("stated_on"), node.id))
        )
        if always or stated:
            found.append(Conditions(snapshot.nodes[body].name, stated))
    return found


def _is_told(node: Node) -> bool:
    return may_see(node_visibility(node), Audience.PARTNER)


def find_addressees(snapshot: Snapshot, end: NodeId) -> tuple[Addressee, ...]:
    """Return whom a message to an end goes to: the work contact of each organization behind it."""
    return tuple(_addressee(snapshot, body) for body in find_bodies(snapshot, end))


def _addressee(snapshot: Snapshot, body: int) -> Addressee:
    node = snapshot.nodes[body]
    contacts = snapshot.facts(body, Label.CONTACT)
    if not contacts:
        return Addressee(node.name)
    type = node.get_text("organization_type")
    own = _ROLES.get(OrganizationType(type)) if type else None
    order = [role for role in (_R.PARTNERSHIPS, own, _R.COMMUNITY_RELATIONS, _R.GENERAL) if role is not None]

    def rank(contact: Node) -> tuple[bool, int, str]:
        role = contact.get_text("role")
        return (not contact.get_text("email"), order.index(_R(role)) if role in order else len(order), contact.id)

    best = min(contacts, key=rank)
    agreed = best.get_text("name") if best.get_text("agreed_on") else ""
    told = (best.get_text(name) for name in ("email", "phone", "language"))
    return Addressee(node.name, best.get_text("role"), agreed, *told)
