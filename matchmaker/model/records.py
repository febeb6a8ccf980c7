"""What Records add up to, and why one source's value won."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchmaker.model.canonical import Value
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node, Record
from matchmaker.model.identifiers import IDENTIFIERS
from matchmaker.model.ids import PUBLIC, Owner
from matchmaker.model.ontology import derived_properties
from matchmaker.model.vocabulary import Confidence

_STANDING = (
    Confidence.PARTNER,
    Confidence.STAFF,
    Confidence.STATED,
    Confidence.REGISTER,
    Confidence.INFERRED,
)
_STANDING_OF_IDENTIFIERS = (
    Confidence.REGISTER,
    Confidence.PARTNER,
    Confidence.STAFF,
    Confidence.STATED,
    Confidence.INFERRED,
)
IDENTIFIER_FIELDS = frozenset(IDENTIFIERS) - {"country", "region", "zip", "language"}
"""Fields that registers know best."""

PRECEDENCE = (
    "Identifiers: the newest register, then the partner, hub staff, other sources, inference. Every other field: the "
    "partner's own word, then hub staff, then other sources, then registers, then inference. Within a rank the newer "
    "date wins, then the ecosystem's own Record before the public one, then the lower Record id."
)


@dataclass(frozen=True, slots=True)
class FactSource:
    """One source's value of one field.

    Attributes
    ----------
    value
        What it says.
    record
        The Record it stands in.
    won
        Whether it is the value in use.
    reason
        Why it won or lost, in words.
    """

    value: Value
    record: Record
    won: bool
    reason: str


def is_visible_record(record: Record, owner: Owner | None, as_of: datetime.date | None) -> bool:
    """Say whether a Record counts for ``owner`` (None: every owner) at ``as_of`` (None: at any time)."""
    if owner is not None and record.owner not in {PUBLIC, owner}:
        return False
    observed_on = record.provenance.observed_on
    return as_of is None or observed_on is None or first_day(observed_on) <= as_of


def resolve(records: Iterable[Record]) -> Node | None:
    """Return the node that Records about one thing add up to; None without Records.

    For every field the winner is the first by `PRECEDENCE`, whatever the order of ``records``.

    >>> from matchmaker.model.elements import Provenance
    >>> from matchmaker.model.ids import NodeId
    >>> from matchmaker.model.vocabulary import Label
    >>> from matchmaker.model.ids import NodeId
    >>> old = Record(NodeId("a"), Label.PARTNER, {"name": "Old"}, provenance=Provenance(observed_on="2019"))
    >>> new = Record(NodeId("a"), Label.PARTNER, {"name": "New"}, provenance=Provenance(observed_on="2020"))
    >>> resolve([old, new]) == resolve([new, old])
    True
    >>> resolve([old, new]).name
    'New'
    """
    known = list(records)
    if not known:
        return None
    if len(known) == 1:
        winners = dict(known[0].properties)
    else:
        known.sort(key=lambda record: record.id)
        fields = sorted({name for record in known for name in record.properties})
        winners = {name: ranked_for(name, known)[0].properties[name] for name in fields}
    label = known[0].label
    primary, types = winners.get("organization_type"), winners.get("organization_types")
    if isinstance(primary, str) and isinstance(types, tuple) and primary not in types:
        winners["organization_types"] = tuple(sorted({primary, *map(str, types)}))
    winners |= {name: term.value for name, term in derived_properties(label, winners).items()}
    owner = PUBLIC if any(record.owner == PUBLIC for record in known) else min(record.owner for record in known)
    return Node(known[0].about, label, dict(sorted(winners.items())), owner)


def resolve_stored(records: Sequence[Record]) -> Node | None:
    """Return the node as a store keeps it: what the public Records add up to, or all of them where none is public."""
    public = [record for record in records if record.owner == PUBLIC]
    return resolve(public or records)


def ranked_for(name: str, records: Sequence[Record]) -> list[Record]:
    """Return the Records that hold ``name``, the winner first."""
    holding = [record for record in records if name in record.properties]
    return sorted(holding, key=lambda record: _rank(name, record))


def why_fact(name: str, records: Sequence[Record]) -> list[FactSource]:
    """Return every source's value of a field, the one in use first, each with why it won or lost."""
    ranked = ranked_for(name, records)
    if not ranked:
        return []
    winner = ranked[0]
    told = [FactSource(winner.properties[name], winner, True, _won_words(winner, alone=len(ranked) == 1))]
    told += [
        FactSource(record.properties[name], record, False, _lost_words(name, winner, record)) for record in ranked[1:]
    ]
    return told


def _rank(name: str, record: Record) -> tuple[int, int, int, str]:
    order = _STANDING_OF_IDENTIFIERS if name in IDENTIFIER_FIELDS else _STANDING
    observed_on = record.provenance.observed_on
    age = -first_day(observed_on).toordinal() if observed_on else 0
    return (order.index(record.provenance.confidence), age, 1 if record.owner == PUBLIC else 0, record.id)


_STANDING_WORDS = {
    Confidence.PARTNER: "the partner's own word",
    Confidence.STAFF: "hub staff's word",
    Confidence.STATED: "a named source",
    Confidence.REGISTER: "a register",
    Confidence.INFERRED: "an inference",
}


def _won_words(winner: Record, *, alone: bool) -> str:
    kind = _STANDING_WORDS[winner.provenance.confidence]
    return f"the only source: {kind}" if alone else f"in use: {kind}"


def _lost_words(name: str, winner: Record, record: Record) -> str:
    first, second = _rank(name, winner), _rank(name, record)
    if first[0] != second[0]:
        better, worse = winner.provenance.confidence, record.provenance.confidence
        return f"{_STANDING_WORDS[better]} comes before {_STANDING_WORDS[worse]} for {name}"
    if first[1] != second[1]:
        dated = record.provenance.observed_on or "an unknown date"
        return f"{winner.provenance.observed_on or 'the other'} is newer than {dated}"
    if first[2] != second[2]:
        return "the ecosystem's own Record comes before the public one"
    return "equal in standing and date; the lower Record id wins"
