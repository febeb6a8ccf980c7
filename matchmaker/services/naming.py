"""From what a person types to the one thing they mean: an id, a name, or a near match; and from there to a scope."""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz, process

from matchmaker.errors import AmbiguousName, NotFound
from matchmaker.graph.scoping import Scope
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.vocabulary import Audience, Label, TieType
from matchmaker.services.snapshots import SnapshotCache

NEAR = 88.0
"""Likeness (0..100, rapidfuzz's token-sort ratio of folded names) from which a single near match is taken as meant."""

LISTED = 60.0
"""Likeness from which a name is listed as a near match."""

MAXIMUM_LISTED = 5
_ANY_KIND = "partner, program, ecosystem or initiative"
_SEPARATORS = re.compile(r"[^0-9a-z]+")


class ThingKind(StrEnum):
    """What a name may be of."""

    PARTNER = "partner"
    PROGRAM = "program"
    ECOSYSTEM = "ecosystem"
    INITIATIVE = "initiative"


_LABELS = {
    ThingKind.PARTNER: Label.PARTNER,
    ThingKind.PROGRAM: Label.PROGRAM,
    ThingKind.ECOSYSTEM: Label.ECOSYSTEM,
    ThingKind.INITIATIVE: Label.INITIATIVE,
}


def fold(text: str) -> str:
    """Return text without case, accents and punctuation, words separated by single spaces.

    >>> fold("  Museo de la Niñez & Co. ")
    'museo de la ninez co'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    ascii_words = _SEPARATORS.sub(" ", letters).strip()
    return ascii_words or " ".join(letters.split())


def find_thing(snapshot: Snapshot, text: str, kind: ThingKind | None = None) -> Node:
    """Return the partner, program, ecosystem or initiative that ``text`` names.

    Tried in turn: an id; an exact name or alias, case, accents and punctuation aside; a single near match. An id that
    was merged into another one is followed.

    Raises
    ------
    AmbiguousName
        Several things have that name; it lists them with their kinds.
    NotFound
        Nothing has it; it lists the near matches.
    """
    by_id = _by_id(snapshot, text, kind)
    if by_id is not None:
        return by_id
    names = _names(snapshot, kind)
    wanted = fold(text)
    exact = _distinct(node for name, node in names if name == wanted)
    if len(exact) == 1:
        return exact[0]
    word = kind.value if kind else _ANY_KIND
    if exact:
        raise AmbiguousName(word, text, [_shown(node) for node in exact])
    scored = process.extract(wanted, [name for name, _ in names], scorer=fuzz.token_sort_ratio, limit=25)
    near = _distinct(names[place][1] for _, score, place in scored if score >= NEAR)
    if len(near) == 1:
        return near[0]
    if near:
        raise AmbiguousName(word, text, [_shown(node) for node in near[:MAXIMUM_LISTED]])
    listed = _distinct(names[place][1] for _, score, place in scored if score >= LISTED)
    raise NotFound(word, text, [_shown(node) for node in listed[:MAXIMUM_LISTED]])


@dataclass(frozen=True, slots=True)
class Found:
    """What a person meant, and the scope in which it was found.

    Attributes
    ----------
    node
        What was meant, as the audience may see it.
    snapshot
        The scope's whole snapshot, to compute from.
    shown
        What the audience may see of it; the same to staff.
    """

    node: Node
    snapshot: Snapshot
    shown: Snapshot


def find_ecosystem(
    snapshots: SnapshotCache, text: str, as_of: datetime.date, audience: Audience = Audience.STAFF
) -> Found:
    """Return the ecosystem that ``text`` names, public or an owner's own, in its own scope; or raise `NotFound`.

    Others than staff have to give the id or exact name of one that isn't public, and are told no near match of those.
    """
    if audience is Audience.STAFF:
        scopes = [Scope(), *(Scope(owner) for owner in snapshots.owners())]
        id = _first_found(snapshots, scopes, text, as_of, ThingKind.ECOSYSTEM).id
    else:
        id = (
            _find_own(snapshots, text, as_of, audience)
            or find_thing(snapshots.get(Scope(), as_of, audience), text, ThingKind.ECOSYSTEM).id
        )
    return _found(snapshots, EcosystemId(id), as_of, audience, id)


def find_in_scope(
    snapshots: SnapshotCache,
    text: str,
    as_of: datetime.date,
    ecosystem: str | None = None,
    kind: ThingKind | None = None,
    audience: Audience = Audience.STAFF,
) -> Found:
    """Return what ``text`` names, in the scope that it belongs to.

    The given ecosystem's scope wins. Else it is that of the one ecosystem that the thing belongs to, itself or through
    what it is part of or run by; else the public one. Without an ecosystem, staff find what is in any; others what is
    public, in the ecosystem that its public membership names. What the audience may not see has no name, exact or near.

    Raises
    ------
    AmbiguousName
        Several things have that name, or it belongs to several ecosystems; it lists them.
    NotFound
        Nothing has it.
    """
    if ecosystem:
        within = find_ecosystem(snapshots, ecosystem, as_of, audience)
        return replace(within, node=find_thing(within.shown, text, kind))
    owners = snapshots.owners() if audience is Audience.STAFF else ()
    scopes = [Scope(), *(Scope(owner) for owner in owners)]
    node = _first_found(snapshots, scopes, text, as_of, kind, audience)
    homes = sorted({home for scope in scopes for home in _homes(snapshots.get(scope, as_of, audience), node)})
    if len(homes) > 1:
        raise AmbiguousName("ecosystem", f"the ecosystem of {node.name}", homes)
    home = homes[0] if homes else None
    if snapshots.get(Scope(home), as_of, audience).find_index(node.id) is None:
        raise NotFound(kind.value if kind else _ANY_KIND, text)
    return _found(snapshots, home, as_of, audience, node.id)


def _found(
    snapshots: SnapshotCache, ecosystem: EcosystemId | None, as_of: datetime.date, audience: Audience, id: str
) -> Found:
    shown = snapshots.get(Scope(ecosystem), as_of, audience)
    return Found(shown.get_node(id), snapshots.get(Scope(ecosystem), as_of), shown)


def _find_own(snapshots: SnapshotCache, text: str, as_of: datetime.date, audience: Audience) -> NodeId | None:
    """Return the ecosystem whose id, exact name or alias a reader of its own scope gives."""
    for owner in snapshots.owners():
        shown = snapshots.get(Scope(owner), as_of, audience)
        index = shown.find_index(owner)
        if index is not None and shown.nodes[index].label is Label.ECOSYSTEM:
            node = shown.nodes[index]
            if text == node.id or fold(text) in {fold(name) for name in (node.name, *node.get_texts("aliases"))}:
                return node.id
    return None


def _first_found(
    snapshots: SnapshotCache,
    scopes: Sequence[Scope],
    text: str,
    as_of: datetime.date,
    kind: ThingKind | None,
    audience: Audience = Audience.STAFF,
) -> Node:
    """Return what the first scope finds; where none does, raise what the public scope said, all near matches in it."""
    for scope in scopes:
        by_id = _by_id(snapshots.get(scope, as_of, audience), text, kind)
        if by_id is not None:
            return by_id
    near: list[str] = []
    for scope in scopes:
        try:
            return find_thing(snapshots.get(scope, as_of, audience), text, kind)
        except AmbiguousName:
            raise
        except NotFound as error:
            near += [name for name in error.near if name not in near]
    raise NotFound(kind.value if kind else _ANY_KIND, text, near[:MAXIMUM_LISTED])


def _homes(snapshot: Snapshot, node: Node) -> set[EcosystemId]:
    index = snapshot.find_index(node.id)
    if index is None:
        return set()
    if node.label is Label.ECOSYSTEM:
        return {EcosystemId(node.id)}
    if snapshot.scope.ecosystem is not None:
        own = snapshot.nodes[index].owner == snapshot.scope.owner
        return {snapshot.scope.ecosystem} if own or snapshot.member[index] else set()
    found: set[EcosystemId] = set()
    seen, waiting = {index}, [index]
    while waiting:
        at = waiting.pop()
        for type in (TieType.PARTICIPATES_IN, TieType.MEMBER_OF):
            targets = [snapshot.nodes[other] for other, _ in snapshot.targets(at, type)]
            found |= {EcosystemId(target.id) for target in targets if target.label is Label.ECOSYSTEM}
        above = snapshot.targets(at, TieType.PART_OF) + snapshot.sources(at, TieType.OPERATES)
        fresh = {other for other, _ in above} - seen
        seen |= fresh
        waiting.extend(sorted(fresh))
    return found


def _by_id(snapshot: Snapshot, text: str, kind: ThingKind | None) -> Node | None:
    index = snapshot.find_index(text)
    followed: set[int] = set()
    while index is not None and snapshot.nodes[index].label is Label.REDIRECT and index not in followed:
        followed.add(index)
        index = snapshot.find_index(snapshot.nodes[index].get_text("to"))
    if index is None:
        return None
    node = snapshot.nodes[index]
    allowed = {_LABELS[kind]} if kind else set(_LABELS.values())
    return node if node.label in allowed else None


@lru_cache(maxsize=32)
def _names(snapshot: Snapshot, kind: ThingKind | None) -> tuple[tuple[str, Node], ...]:
    """Return every folded name and alias with what it is of; kept, since folding a whole register takes long."""
    return tuple(
        (fold(name), node)
        for label in ([_LABELS[kind]] if kind else _LABELS.values())
        for _, node in snapshot.iter_nodes(label)
        for name in (node.name, *node.get_texts("aliases"))
    )


def _distinct(nodes: Iterable[Node]) -> list[Node]:
    return list({node.id: node for node in nodes}.values())


def _shown(node: Node) -> str:
    return f"{node.name} ({node.label.value.lower()}, {node.id})"
