"""How fresh a fact is: how long each kind of fact says something about today.

A fact goes by its own date where it has one (`capacity_updated_on`, the year of a designation or count), else by the
day that its source observed it. A partial date counts to its end: what is dated 2020 is as old as the last day of 2020.
What has no date is *unknown*: neither fresh nor stale.
"""

import datetime
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from matchmaker.model.elements import Node, Provenance, Record, Tie
from matchmaker.model.records import REGISTERED_FIELDS
from matchmaker.model.vocabulary import Confidence, Label, TieType


class Freshness(StrEnum):
    """How fresh a fact is, the freshest first."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """After how many months a fact is ageing, and stale."""

    ageing: int
    stale: int


LASTING = Span(36, 60)
COUNTED = Span(24, 48)
YEARLY = Span(12, 24)
SEASONAL = Span(6, 12)

REGISTER = Span(24, 48)
"""What a register says of anything lasts at least this long: it is collected and checked every year or two."""

INFERRED = Span(24, 48)
"""An inference lasts at most this long, whatever it is about."""

_CAPACITY = ("capacity_available", "capacity_maximum", "capacity_unit", "capacity_updated_on", "capacity_status")

FIELDS: Mapping[str, Span] = MappingProxyType(
    {
        **dict.fromkeys((*_CAPACITY, "request_limit"), SEASONAL),
        **dict.fromkeys(("website", "address"), YEARLY),
        **dict.fromkeys(("season", "hours", "family_cost", "transport", "meals", "funding_streams"), YEARLY),
        **dict.fromkeys(("intents", "wbl_offered", "need_based_aid"), YEARLY),
        **dict.fromkeys(("name", "aliases", "organization_type", "organization_types", "program_type"), LASTING),
        **dict.fromkeys(("latitude", "longitude", "locale", "country", "region", "kind"), LASTING),
        **dict.fromkeys(("control", "degree_granting", "closed_on"), LASTING),
        **dict.fromkeys(sorted(REGISTERED_FIELDS), LASTING),
        "pell_share": COUNTED,
        "cip_fields": COUNTED,
    }
)
"""How long the fields of partners, programs and places last; the others as long as what is `COUNTED`."""

LABELS: Mapping[Label, Span] = MappingProxyType(
    {
        Label.CONTACT: YEARLY,
        Label.DESIGNATION: YEARLY,
        Label.COVERAGE: YEARLY,
        Label.NEED: YEARLY,
        Label.OFFER: YEARLY,
        Label.CONDITION: YEARLY,
        Label.COUNT: COUNTED,
        Label.STATISTIC: COUNTED,
    }
)
"""How long statements and repeating facts last, a designation whoever tells it; the others are as `COUNTED`."""

TIES: Mapping[TieType, Span] = MappingProxyType(
    {
        **dict.fromkeys((TieType.LOCATED_IN, TieType.PART_OF, TieType.SERVES, TieType.OPERATES), LASTING),
        **dict.fromkeys((TieType.OFFERED_AT, TieType.STATES, TieType.CONCERNS, TieType.HOSTS_WBL), YEARLY),
    }
)
"""How long ties last; the others as long as what is `COUNTED`."""

_DATED_BY: Mapping[Label, str] = MappingProxyType(
    {
        **dict.fromkeys((Label.DESIGNATION, Label.COUNT, Label.STATISTIC), "year"),
        Label.COVERAGE: "as_of",
        Label.CONDITION: "stated_on",
        Label.QUALITY_EVIDENCE: "assessed_on",
        Label.RATING: "rated_on",
    }
)


@dataclass(frozen=True, slots=True)
class Dated:
    """The date that a fact goes by (empty where it is unknown), and how fresh that makes it."""

    date: str = ""
    freshness: Freshness = Freshness.UNKNOWN


UNDATED = Dated()


def dated(field: str, record: Record, as_of: datetime.date) -> Dated:
    """Return the date that a field of a Record goes by, and how fresh it is at a day.

    >>> from matchmaker.model.ids import NodeId
    >>> said = Record(NodeId("a"), Label.PARTNER, {"name": "A"}, provenance=Provenance(observed_on="2021"))
    >>> day = datetime.date(2026, 1, 1)
    >>> [dated(field, said, day).freshness.value for field in ("name", "website")]
    ['ageing', 'stale']
    """
    own = "capacity_updated_on" if field in _CAPACITY else ""
    return _dated(FIELDS.get(field, COUNTED), _own_date(record.properties.get(own)), record.provenance, as_of)


def dated_node(node: Node, as_of: datetime.date) -> Dated:
    """Return the date that a statement or repeating fact goes by, and how fresh it is at a day."""
    own = _own_date(node.properties.get(_DATED_BY.get(node.label, "")))
    said = node.provenance
    if node.label is Label.DESIGNATION:
        said = Provenance(observed_on=said.observed_on)
    return _dated(LABELS.get(node.label, COUNTED), own, said, as_of)


def dated_tie(tie: Tie, as_of: datetime.date) -> Dated:
    """Return the day on which a tie was observed, and how fresh it is at a day."""
    return _dated(TIES.get(tie.type, COUNTED), "", tie.provenance, as_of)


def oldest(facts: Iterable[Dated]) -> Dated:
    """Return the least fresh of several, the oldest of these; what is unknown counts only where all is.

    >>> oldest([Dated("2025", Freshness.FRESH), Dated(), Dated("2012", Freshness.STALE)]).date
    '2012'
    """
    order = (Freshness.FRESH, Freshness.AGEING, Freshness.STALE)
    known = [fact for fact in facts if fact.freshness is not Freshness.UNKNOWN]
    return min(known, key=lambda fact: (-order.index(fact.freshness), fact.date), default=UNDATED)


def _dated(span: Span, own: str, provenance: Provenance, as_of: datetime.date) -> Dated:
    date = own or provenance.observed_on
    if not date:
        return UNDATED
    ageing, stale = span.ageing, span.stale
    if provenance.confidence is Confidence.REGISTER:
        ageing, stale = max(ageing, REGISTER.ageing), max(stale, REGISTER.stale)
    if provenance.confidence is Confidence.INFERRED:
        ageing, stale = min(ageing, INFERRED.ageing), min(stale, INFERRED.stale)
    if as_of > _last_day(date, stale):
        return Dated(date, Freshness.STALE)
    return Dated(date, Freshness.AGEING if as_of > _last_day(date, ageing) else Freshness.FRESH)


def _own_date(value: object) -> str:
    return str(value) if isinstance(value, str | int) and value else ""


@lru_cache(maxsize=4096)
def _last_day(text: str, months: int) -> datetime.date:
    """Return the last day of a partial date, that many months later."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    later = year * 12 + (month or 12) - 1 + months
    year, month = min(later // 12, datetime.MAXYEAR), later % 12 + 1
    length = monthrange(year, month)[1]
    return datetime.date(year, month, min(day or length, length))
