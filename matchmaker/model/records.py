"""What Records add up to, and why one source's value won."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matchmaker.model.canonical import Value
from matchmaker.model.dates import first_day
from matchmaker.model.elements import Node, Record
from matchmaker.model.identifiers import IDENTIFIERS
from matchmaker.model.ids import PUBLIC, Owner
from matchmaker.model.ontology import derived_properties
from matchmaker.model.vocabulary import Confidence, Label

_SOURCES = (Confidence.PARTNER, Confidence.STAFF, Confidence.STATED)
"""Who speaks of a thing from knowing it; newer before older within each."""

_STANDING = {term: place for place, term in enumerate((*_SOURCES, Confidence.REGISTER, Confidence.INFERRED))}
_STANDING_OF_REGISTERED = {
    term: place for place, term in enumerate((Confidence.REGISTER, *_SOURCES, Confidence.INFERRED))
}
_TOO_OLD = 3.5
"""Behind every source, before an inference."""

OLD_AFTER_YEARS = 3
"""A register that is more years older than another source of the same field doesn't override it."""

IDENTIFIER_FIELDS = frozenset(IDENTIFIERS) - {"country", "region", "zip", "language"}
PUBLISHED_FIELDS = frozenset({"pell_share", "cip_fields"})
"""Figures and lists of awards that an agency counts and publishes; numbers of people are `Count` nodes."""

REGISTERED_FIELDS = IDENTIFIER_FIELDS | PUBLISHED_FIELDS
"""Fields that registers know best."""

CLOSED = "closed_on"
"""The field of a closing."""

PRECEDENCE = (
    "Identifiers and published figures: the newest register, then the partner, hub staff, other named sources, "
    "inference; a register that is more than three years older than a dated word of one of these (or undated beside "
    "it) comes after them. Every other field: the partner's own word, then hub staff, then other named sources, then "
    "registers, then inference. Within a rank the newer date wins, then the ecosystem's own Record before the public "
    "one, then the lower Record id. A closing that only a register or an inference tells isn't applied where the "
    "partner, hub staff or a named source speaks of the partner later, or undated: it is a question to ask."
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
        Whether it is the value in use; none is where a closing is only a question.
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

    For every field the winner is the first by `PRECEDENCE`, whatever the order of ``records``. A contested closing is
    left out.

    >>> from matchmaker.model.elements import Provenance
    >>> from matchmaker.model.ids import NodeId
    >>> from matchmaker.model.vocabulary import Label
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
    winners = dict(known[0].properties) if len(known) == 1 else _winners(known)
    owner = PUBLIC if any(record.owner == PUBLIC for record in known) else min(record.owner for record in known)
    return Node(known[0].about, known[0].label, complete_properties(known[0].label, winners), owner)


def complete_properties(label: Label, winners: Mapping[str, Value]) -> dict[str, Value]:
    """Return a node's properties in order of their names: the values in use, and those that follow from them.

    What one Record adds up to is what it says, completed so.
    """
    held = dict(winners)
    primary, types = held.get("organization_type"), held.get("organization_types")
    if isinstance(primary, str) and isinstance(types, tuple) and primary not in types:
        held["organization_types"] = tuple(sorted({primary, *map(str, types)}))
    held |= {name: term.value for name, term in derived_properties(label, held).items()}
    return dict(sorted(held.items()))


def _winners(records: Sequence[Record]) -> dict[str, Value]:
    """Return the value in use of every field: the best Record's of all, field by field for those of registers."""
    winners: dict[str, Value] = {}
    for record in sorted(records, key=_order, reverse=True):
        winners.update(record.properties)
    if any(record.provenance.confidence is Confidence.REGISTER for record in records):
        for name in REGISTERED_FIELDS & winners.keys():
            winners[name] = ranked_for(name, records)[0].properties[name]
    if CLOSED in winners and find_contested_closing(records) is not None:
        del winners[CLOSED]
    return winners


def resolve_stored(records: Sequence[Record]) -> Node | None:
    """Return the node as a store keeps it: what the public Records add up to, or all of them where none is public."""
    public = [record for record in records if record.owner == PUBLIC]
    return resolve(public or records)


def ranked_for(name: str, records: Sequence[Record]) -> list[Record]:
    """Return the Records that hold ``name``, the winner first."""
    holding = [record for record in records if name in record.properties]
    if len(holding) < 2:
        return holding
    if name not in REGISTERED_FIELDS:
        return sorted(holding, key=_order)
    cutoff = _cutoff(holding)
    return sorted(holding, key=lambda record: _registered_order(record, cutoff))


@dataclass(frozen=True, slots=True)
class ContestedClosing:
    """A closing that isn't applied: a register (or an inference) tells it, and somebody who knows speaks later.

    Attributes
    ----------
    flag
        The Record that says when it closed.
    contested_by
        The Record of the partner, hub staff or a named source that speaks for its being open: the first by standing,
        date, owner and id.
    """

    flag: Record
    contested_by: Record

    @property
    def question(self) -> str:
        """What is to be asked, in words."""
        kind = _STANDING_WORDS[self.flag.provenance.confidence]
        told = f"{kind[0].upper()}{kind[1:]}{_named(self.flag)} says that it closed on {self.flag.properties[CLOSED]}"
        return f"Is it still open? {told}, but {self.against}. Until that is settled it counts as open."

    @property
    def against(self) -> str:
        """Who speaks for its being open, and when, in words."""
        by = self.contested_by.provenance
        when = f"later, on {by.observed_on}" if by.observed_on else "without a date"
        return f"{_STANDING_WORDS[by.confidence]}{_named(self.contested_by)} describes it {when}"


def find_contested_closing(records: Sequence[Record]) -> ContestedClosing | None:
    """Return the closing that needs a question rather than being applied; None where there is none.

    Only what a register or an inference tells is contested, and only by the partner's own word, hub staff's or a named
    source's that tells no closing and is dated later than the day it closed, or not at all.
    """
    told = ranked_for(CLOSED, records)
    if not told or told[0].provenance.confidence in _SOURCES:
        return None
    closed = _day(str(told[0].properties[CLOSED]))
    against = [
        record
        for record in records
        if record.provenance.confidence in _SOURCES
        and (record.provenance.observed_on is None or _day(record.provenance.observed_on) > closed)
    ]
    return ContestedClosing(told[0], min(against, key=_order)) if against else None


def why_fact(name: str, records: Sequence[Record]) -> list[FactSource]:
    """Return every source's value of a field, the one in use first, each with why it won or lost.

    None is in use where a closing is contested (`find_contested_closing`).
    """
    ranked = ranked_for(name, records)
    if not ranked:
        return []
    winner = ranked[0]
    contested = find_contested_closing(records) if name == CLOSED else None
    first = _won_words(winner, alone=len(ranked) == 1) if contested is None else f"not applied: {contested.against}"
    told = [FactSource(winner.properties[name], winner, contested is None, first)]
    told += [
        FactSource(record.properties[name], record, False, _lost_words(name, ranked, record)) for record in ranked[1:]
    ]
    return told


@lru_cache(maxsize=4096)
def _day(text: str) -> int:
    return first_day(text).toordinal()


def _order(record: Record) -> tuple[float, int, int, str]:
    """Return the sort key of most fields; total, since no two Records share an id."""
    provenance = record.provenance
    return (
        _STANDING[provenance.confidence],
        -_day(provenance.observed_on) if provenance.observed_on else 0,
        1 if record.owner == PUBLIC else 0,
        record.id,
    )


def _registered_order(record: Record, cutoff: int | None) -> tuple[float, int, int, str]:
    place: float = _STANDING_OF_REGISTERED[record.provenance.confidence]
    return (_TOO_OLD if _is_too_old(record, cutoff) else place, *_order(record)[1:])


def _is_too_old(record: Record, cutoff: int | None) -> bool:
    if cutoff is None or record.provenance.confidence is not Confidence.REGISTER:
        return False
    return record.provenance.observed_on is None or _day(record.provenance.observed_on) < cutoff


def _cutoff(records: Iterable[Record]) -> int | None:
    """Return the day before which a register is too old beside some sources; None where none of them is dated."""
    dated = [
        record.provenance.observed_on
        for record in records
        if record.provenance.confidence in _SOURCES and record.provenance.observed_on
    ]
    return _years_before(max(dated, key=_day)) if dated else None


@lru_cache(maxsize=4096)
def _years_before(text: str) -> int:
    day = first_day(text)
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=max(day.year - OLD_AFTER_YEARS, 1), day=last).toordinal()


_STANDING_WORDS = {
    Confidence.PARTNER: "the partner's own word",
    Confidence.STAFF: "hub staff's word",
    Confidence.STATED: "a named source",
    Confidence.REGISTER: "a register",
    Confidence.INFERRED: "an inference",
}


def _named(record: Record) -> str:
    return f" ({record.provenance.source})" if record.provenance.source else ""


def _won_words(winner: Record, *, alone: bool) -> str:
    kind = _STANDING_WORDS[winner.provenance.confidence]
    return f"the only source: {kind}" if alone else f"in use: {kind}"


def _lost_words(name: str, ranked: Sequence[Record], record: Record) -> str:
    winner = ranked[0]
    cutoff = _cutoff(ranked) if name in REGISTERED_FIELDS else None
    better, worse = winner.provenance.confidence, record.provenance.confidence
    if _is_too_old(record, cutoff) and not _is_too_old(winner, cutoff):
        age = "more than three years older than a later source" if record.provenance.observed_on else "undated"
        return f"a register that is {age} doesn't override {_STANDING_WORDS[better]}"
    if better is not worse:
        return f"{_STANDING_WORDS[better]} comes before {_STANDING_WORDS[worse]} for {name}"
    first, second = _order(winner), _order(record)
    if first[1] != second[1]:
        dated = record.provenance.observed_on or "an unknown date"
        return f"{winner.provenance.observed_on or 'the other'} is newer than {dated}"
    if first[2] != second[2]:
        return "the ecosystem's own Record comes before the public one"
    return "equal in standing and date; the lower Record id wins"
