"""From a snapshot that an audience may see to a graph that may leave: chosen, and standing for itself."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from matchmaker.exchange.bundle import Shape
from matchmaker.exchange.published import FILE_OF, PUBLISHED_LABELS, STATEMENT_TIES
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Properties, Value
from matchmaker.model.checking import check_node, check_record, check_tie
from matchmaker.model.dates import first_day, overlap
from matchmaker.model.elements import Node, Provenance, Record, Tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.ontology import TIES, fits_end, node_properties
from matchmaker.model.properties import Kind
from matchmaker.model.records import resolve
from matchmaker.model.vocabulary import (
    RECORD_LABELS,
    Audience,
    Confidence,
    Label,
    TieType,
    Visibility,
)
from matchmaker.recommend.visibility import strictest

_TAKES_TARGET = frozenset(
    {
        TieType.HAS,
        TieType.STATES,
        TieType.LOCATED_IN,
        TieType.OFFERED_AT,
        TieType.PART_OF,
        TieType.ABOUT,
        TieType.PREPARES_FOR,
        TieType.HIRES_FOR,
        TieType.LEADS_TO,
        TieType.MEMBER_OF,
    }
)
"""What these ties of something chosen lead to is chosen too."""

_TAKES_SOURCE = frozenset({TieType.OPERATES, TieType.INCLUDES})
"""What these ties to something chosen come from is chosen too."""


def choose(shown: Snapshot) -> set[NodeId]:
    """Return the ids of what belongs to an ecosystem's export, out of its scope.

    Its members and own elements, the partners and programs within its reach, whatever is tied to a member, and what all
    of these are described by: places, topics, facts, who runs a program, what somebody is part of. What stands in the
    scope only because some pattern might suggest it from afar is left out.
    """
    ecosystem = NodeId(shown.scope.ecosystem or "")
    members = {node.id for node, member in zip(shown.nodes, shown.member, strict=True) if member} | {ecosystem}
    chosen = members | {node.id for node, near in zip(shown.nodes, shown.reachable, strict=True) if near}
    chosen |= {node.id for node in shown.nodes if node.owner == shown.scope.owner}
    for tie in shown.ties:
        if tie.source in members or tie.target in members:
            chosen |= {tie.source, tie.target}
    waiting = sorted(chosen)
    while waiting:
        fresh = {id for id in _described_by(shown, waiting.pop(), ecosystem) if id not in chosen}
        chosen |= fresh
        waiting.extend(sorted(fresh))
    return {id for id in chosen if shown.get_node(id).label in PUBLISHED_LABELS}


def _described_by(shown: Snapshot, id: NodeId, ecosystem: NodeId) -> Iterator[NodeId]:
    index = shown.index_of(id)
    node = shown.nodes[index]
    if node.label is Label.ECOSYSTEM and id != ecosystem:
        return
    ends = [other for type in sorted(_TAKES_TARGET) for other, _ in shown.targets(index, type)]
    ends += [other for type in sorted(_TAKES_SOURCE) for other, _ in shown.sources(index, type)]
    yield from (shown.nodes[other].id for other in ends)
    yield from (named for _, named in _named(node) if shown.find_index(named) is not None)


def standing_nodes(shown: Snapshot, ids: Iterable[NodeId], audience: Audience) -> dict[NodeId, Node]:
    """Return the nodes as they would be if they alone were loaded; what can't stand by itself is left out."""
    found: dict[NodeId, Node] = {}
    for id in sorted(ids):
        node = shown.get_node(id)
        standing = _standing(replace(node, provenance=_provenance(shown, node, audience)))
        if standing is not None:
            found[id] = standing
    return found


def _standing(node: Node) -> Node | None:
    specs = node_properties(node.label)
    held = {name: value for name, value in node.properties.items() if name not in specs or not specs[name].derived}
    if node.label is Label.COUNT and "stage" not in held:
        held.setdefault("all_stages", True)
    if node.label not in RECORD_LABELS:
        checked, findings = check_node(replace(node, properties=held))
        return None if findings else checked
    record, findings = check_record(Record(node.id, node.label, held, node.owner, node.provenance))
    resolved = resolve([record])
    return None if findings or resolved is None else replace(resolved, owner=node.owner, provenance=record.provenance)


def _provenance(shown: Snapshot, node: Node, audience: Audience) -> Provenance:
    """Return who stands behind a node: of several Records the sources, the latest date and the weakest standing."""
    records = shown.records(node.id)
    if not records:
        return told_provenance(node.provenance, node.owner, audience)
    told = [told_provenance(record.provenance, record.owner, audience) for record in records]
    if len(told) == 1:
        return told[0]
    dated = [said.observed_on for said in told if said.observed_on is not None]
    order = list(Confidence)
    return Provenance(
        "; ".join(sorted({said.source for said in told if said.source})),
        "; ".join(sorted({said.source_row for said in told if said.source_row})),
        max(dated, key=lambda day: (first_day(day), day), default=None),
        max((said.confidence for said in told), key=order.index),
    )


def told_provenance(provenance: Provenance, owner: Owner, audience: Audience) -> Provenance:
    """Return who stands behind an element, as an audience may know it.

    To others than staff a source is named where it is public, and never the row: both are the staff's own notes.
    """
    if audience is Audience.STAFF:
        return replace(provenance, batch="")
    source = provenance.source if owner == PUBLIC else owner
    return Provenance(source, "", provenance.observed_on, provenance.confidence)


def standing_ties(ties: Iterable[Tie], nodes: Mapping[NodeId, Node], audience: Audience) -> list[Tie]:
    """Return the ties among the nodes as they would be if they alone were loaded, all by one owner.

    Where the public and the ecosystem say the same tie, it is one, and the ecosystem's word counts; public episodes
    that overlap one of the ecosystem's go.
    """
    groups: defaultdict[tuple[TieType, NodeId, NodeId], list[Tie]] = defaultdict(list)
    for tie in ties:
        if tie.source in nodes and tie.target in nodes:
            told = replace(tie, provenance=told_provenance(tie.provenance, tie.owner, audience))
            groups[tie.type, tie.source, tie.target].append(told)
    return [tie for group in groups.values() for tie in _merged(group) if _fits(tie, nodes)]


def _merged(group: Sequence[Tie]) -> list[Tie]:
    own = {tie.key.episode: tie for tie in group if tie.owner != PUBLIC}
    public = {tie.key.episode: tie for tie in group if tie.owner == PUBLIC}
    merged = {episode: _overlaid(public[episode], tie) if episode in public else tie for episode, tie in own.items()}
    intervals = [_interval(tie.properties) for tie in merged.values()]
    kept = [
        tie
        for episode, tie in public.items()
        if episode not in own and not any(overlap(_interval(tie.properties), other) for other in intervals)
    ]
    return [*merged.values(), *kept]


def _overlaid(public: Tie, own: Tie) -> Tie:
    """Return an ecosystem's tie with what the public one adds to it; the own one alone where both can't be true."""
    dated = {"since", "until"} & own.properties.keys()
    added = {name: value for name, value in public.properties.items() if not (dated and name in {"since", "until"})}
    tie, findings = check_tie(replace(own, properties={**added, **own.properties}))
    return own if findings else tie


def _interval(properties: Properties) -> tuple[str | None, str | None]:
    since, until = properties.get("since"), properties.get("until")
    return (since if isinstance(since, str) else None, until if isinstance(until, str) else None)


def _fits(tie: Tie, nodes: Mapping[NodeId, Node]) -> bool:
    first, second = nodes[tie.source], nodes[tie.target]
    return any(
        fits_end(source, first.label, first.properties) and fits_end(target, second.label, second.properties)
        for source, target in TIES[tie.type].ends
    )


def close(nodes: Mapping[NodeId, Node], ties: Sequence[Tie]) -> tuple[dict[NodeId, Node], list[Tie]]:
    """Return what is left when nothing points outside: no tie without its ends, no statement without its subject.

    An id that a property names and that isn't there goes with its property, or with its node where it is required.
    """
    kept, held = dict(nodes), list(ties)
    while True:
        linked = {(tie.type, tie.target) for tie in held} | {(tie.type, tie.source) for tie in held}
        fresh = {id: shut for id, node in kept.items() if (shut := _shut(node, kept, linked)) is not None}
        left = [tie for tie in held if tie.source in fresh and tie.target in fresh]
        if fresh == kept and len(left) == len(held):
            return kept, held
        kept, held = fresh, left


def _shut(node: Node, nodes: Mapping[NodeId, Node], linked: set[tuple[TieType, NodeId]]) -> Node | None:
    spec = FILE_OF.get(node.label)
    if spec is not None and spec.shape is Shape.STATEMENT:
        needed = [spec.subject_tie, *([TieType.CONCERNS] if spec.names_a_resource else [])]
        if any((type, node.id) not in linked for type in needed):
            return None
    lost = [name for name, named in _named(node) if named not in nodes]
    if any(node_properties(node.label)[name].required for name in lost):
        return None
    kept = {name: value for name, value in node.properties.items() if name not in lost}
    return replace(node, properties=kept) if lost else node


def fold_statements(nodes: Mapping[NodeId, Node], ties: Sequence[Tie]) -> tuple[dict[NodeId, Node], list[Tie]]:
    """Return statements with what their own ties held (dates, who may see it), and those ties bare and once each."""
    found, plain = dict(nodes), [tie for tie in ties if tie.type not in STATEMENT_TIES]
    bare: dict[tuple[TieType, NodeId, NodeId], Tie] = {}
    for tie in ties:
        if tie.type in STATEMENT_TIES:
            id = tie.source if tie.type is TieType.CONCERNS else tie.target
            found[id] = _with_tie(found[id], tie.properties)
            key = replace(tie.key, episode="")
            bare.setdefault((tie.type, tie.source, tie.target), Tie(key, {}, tie.provenance))
    return found, [*plain, *bare.values()]


def _with_tie(node: Node, said: Properties) -> Node:
    if not said:
        return node
    held: dict[str, Value] = dict(node.properties)
    seen = [Visibility(str(one["visibility"])) for one in (held, said) if "visibility" in one]
    if seen:
        held["visibility"] = strictest(seen).value
    if not {"since", "until"} & held.keys():
        held |= {name: said[name] for name in ("since", "until") if name in said}
    return replace(node, properties=dict(sorted(held.items())))


def _named(node: Node) -> list[tuple[str, NodeId]]:
    specs = node_properties(node.label)
    return [
        (name, NodeId(str(value)))
        for name, value in node.properties.items()
        if name in specs and specs[name].kind is Kind.ID
    ]
