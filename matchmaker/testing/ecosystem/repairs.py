"""See that nothing looks like a gap that wasn't planted: everyone has a tie, and sectors that should meet do."""

from itertools import combinations

from matchmaker.model.vocabulary import Sector, TieType
from matchmaker.testing.ecosystem.cast import Organization, World
from matchmaker.testing.ecosystem.chances import rough_km
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.history import LAST_YEAR, Link
from matchmaker.testing.ecosystem.links import Historian

SectorPair = tuple[Sector, Sector]


def sector_pairs() -> list[SectorPair]:
    """Return every pair of different sectors, each in the order of its values."""
    return list(combinations(sorted(Sector), 2))


def repair(historian: Historian, world: World, draws: Draws) -> None:
    """Add partnerships until every member outside the planted gaps has one, and every pair of sectors too."""
    able = [one for one in world.members() if not one.isolated]
    _connect_everyone(historian, able, draws)
    _connect_sectors(historian, able, draws)


def _connect_everyone(historian: Historian, able: list[Organization], draws: Draws) -> None:
    connected = {
        end
        for (first, second), links in historian.history.partners.items()
        if any(link.is_current for link in links)
        for end in (first, second)
        if _is_able(historian, first) and _is_able(historian, second)
    }
    by_county: dict[str, list[Organization]] = {}
    for one in able:
        by_county.setdefault(one.county.id if one.county is not None else "", []).append(one)
    for one in able:
        if one.county is None or not one.county.is_covered or one.id in connected:
            continue
        others = [other for other in by_county[one.county.id] if _may_join(historian, one, other)]
        others.sort(key=lambda other: (round(_distance(historian, one, other), 3), other.id))
        _join(historian, draws, one, others[0])
        connected |= {one.id, others[0].id}


def _is_able(historian: Historian, id: str) -> bool:
    one = historian.by_id[id]
    return one.is_member and not one.isolated


def _may_join(historian: Historian, one: Organization, other: Organization) -> bool:
    key = (one.id, other.id) if one.id < other.id else (other.id, one.id)
    apart = frozenset({one.sector, other.sector}) in historian.apart
    return one.sector is not other.sector and not apart and key not in historian.history.partners


def _distance(historian: Historian, one: Organization, other: Organization) -> float:
    return rough_km(historian.units[one.id], historian.units[other.id])


def _join(historian: Historian, draws: Draws, one: Organization, other: Organization) -> None:
    year = draws.whole(2017, LAST_YEAR, "joined", one.id, other.id)
    historian.history.put_partners([Link(TieType.PARTNERS_WITH, one.id, other.id, f"{year}-09")])


def _connect_sectors(historian: Historian, able: list[Organization], draws: Draws) -> None:
    met = set()
    for (first, second), links in historian.history.partners.items():
        if any(link.is_current for link in links) and _is_able(historian, first) and _is_able(historian, second):
            met.add(frozenset({historian.by_id[first].sector, historian.by_id[second].sector}))
    by_sector: dict[Sector, list[Organization]] = {}
    for one in able:
        by_sector.setdefault(one.sector, []).append(one)
    for first, second in sector_pairs():
        if frozenset({first, second}) in met | historian.apart:
            continue
        for one in by_sector.get(first, ())[:1]:
            others = [other for other in by_sector.get(second, ()) if _may_join(historian, one, other)]
            near = min(others, key=lambda other: (round(_distance(historian, one, other), 3), other.id), default=None)
            if near is not None:
                _join(historian, draws, one, near)
