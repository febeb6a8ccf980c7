"""The network of member partners: sectors without a partnership between them, and partners not yet connected."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from matchmaker.gaps import wording
from matchmaker.gaps.coverage import Question, Support, joint_support
from matchmaker.gaps.ground import Ground
from matchmaker.gaps.options import DEFAULT_OPTIONS, GapOptions
from matchmaker.gaps.territory import is_stated
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Tie
from matchmaker.model.gap import Gap
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import GapKind, Label, PatternName, Sector, TieType

CONNECTING = (
    TieType.PARTNERS_WITH,
    TieType.HAS_AGREEMENT_WITH,
    TieType.OFFERED_AT,
    TieType.HOSTS_WBL,
    TieType.RECOGNIZES,
    TieType.FUNDS,
    TieType.COACHES,
    TieType.RECRUITS_FROM,
    TieType.FEEDS_INTO,
)
"""Ties that connect two partners, directly or through the programs that they operate.

Belonging to the same initiative, or being part of an organization, is no tie between partners.
"""

_PAIR_PATTERNS: Mapping[frozenset[Sector], PatternName] = {
    frozenset({Sector.K12, Sector.OUT_OF_SCHOOL_TIME}): PatternName.SCHOOL_OUT_OF_SCHOOL,
    frozenset({Sector.K12, Sector.INFORMAL_LEARNING}): PatternName.SCHOOL_INFORMAL,
    frozenset({Sector.K12, Sector.EARLY_LEARNING}): PatternName.EARLY_LEARNING_K2,
    frozenset({Sector.K12, Sector.INDUSTRY}): PatternName.EMPLOYER_SCHOOL,
    frozenset({Sector.HIGHER_EDUCATION, Sector.INDUSTRY}): PatternName.COLLEGE_EMPLOYER,
    frozenset({Sector.OUT_OF_SCHOOL_TIME, Sector.INDUSTRY}): PatternName.PROGRAM_EMPLOYER,
    frozenset({Sector.OUT_OF_SCHOOL_TIME, Sector.COMMUNITY}): PatternName.PROGRAM_COMMUNITY,
    frozenset({Sector.OUT_OF_SCHOOL_TIME, Sector.TRIBAL_NATION}): PatternName.PROGRAM_COMMUNITY,
    frozenset({Sector.OUT_OF_SCHOOL_TIME, Sector.HIGHER_EDUCATION}): PatternName.PCSP_COLLEGE,
}


@dataclass(frozen=True, slots=True)
class SectorPair:
    """How many pairs of member partners of two sectors are tied, and how many would be by chance.

    Attributes
    ----------
    first, second
        The sectors, in the order of the vocabulary; equal for ties within a sector.
    observed
        Distinct tied pairs, inferred ones included.
    expected
        ``W · n_A · n_B / C(N, 2)`` with W stated tied pairs among N member partners: what random mixing at the
        network's own density gives (the expectation under which Krackhardt and Stern's E-I index is read:
        D. Krackhardt and R. N. Stern, *Informal networks and organizational crises*, Social Psychology Quarterly
        51, 1988). Within a sector ``n_A · n_B`` is ``C(n_A, 2)``.
    """

    first: Sector
    second: Sector
    first_count: int
    second_count: int
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class Connection:
    """Two tied partners (lower index first): by which ties, and whether a source states it (not only inferred)."""

    ends: tuple[int, int]
    ties: tuple[str, ...]
    stated: bool


def connections(snapshot: Snapshot) -> list[Connection]:
    """Return every pair of partners that is tied, directly or through the programs they operate, in id order."""
    ties: dict[tuple[int, int], set[str]] = defaultdict(set)
    stated: dict[tuple[int, int], bool] = defaultdict(bool)
    for first, second, chain in _links(snapshot):
        if first != second:
            pair = (min(first, second), max(first, second))
            ties[pair].update(tie.id for tie in chain)
            stated[pair] = stated[pair] or all(is_stated(tie) for tie in chain)
    return [Connection(pair, tuple(sorted(ties[pair])), stated[pair]) for pair in sorted(ties)]


def _links(snapshot: Snapshot) -> Iterator[tuple[int, int, tuple[Tie, ...]]]:
    operators = {index: _organizations(snapshot, index) for index in map(int, snapshot.indices(Label.PROGRAM))}
    for index in map(int, snapshot.indices(Label.PARTNER)):
        operators[index] = [(index, ())]
    for tie in snapshot.ties:
        if tie.type not in CONNECTING:
            continue
        sources = operators.get(snapshot.index_of(tie.source), [])
        targets = operators.get(snapshot.index_of(tie.target), [])
        for first, before in sources:
            for second, after in targets:
                yield first, second, (*before, tie, *after)
    for known in operators.values():
        for (first, before), (second, after) in combinations(known, 2):
            yield first, second, (*before, *after)


def _organizations(snapshot: Snapshot, program: int) -> list[tuple[int, tuple[Tie, ...]]]:
    return [(index, (tie,)) for index, tie in snapshot.sources(program, TieType.OPERATES)]


def sector_pairs(snapshot: Snapshot) -> list[SectorPair]:
    """Return the observed and expected ties of every two sectors that members have, and of each sector within."""
    ground = Ground(snapshot, DEFAULT_OPTIONS)
    return _sector_pairs(ground, connections(snapshot))


def _sector_pairs(ground: Ground, connected: Sequence[Connection]) -> list[SectorPair]:
    members = set(ground.members)
    counts = Counter(ground.sector(index) for index in ground.members)
    among = [pair for pair in connected if members.issuperset(pair.ends)]
    observed = Counter(_key(ground.sector(pair.ends[0]), ground.sector(pair.ends[1])) for pair in among)
    tied, pairs = sum(pair.stated for pair in among), comb(len(members), 2)
    found = []
    present = [sector for sector in Sector if counts[sector]]
    for first, second in [*combinations(present, 2), *((sector, sector) for sector in present)]:
        possible = comb(counts[first], 2) if first is second else counts[first] * counts[second]
        expected = tied * possible / pairs if pairs else 0.0
        seen = observed[_key(first, second)]
        found.append(SectorPair(first, second, counts[first], counts[second], seen, expected))
    return found


def _key(first: Sector, second: Sector) -> frozenset[Sector]:
    return frozenset({first, second})


def sector_pair(snapshot: Snapshot, options: GapOptions = DEFAULT_OPTIONS) -> list[Gap]:
    """Return each two sectors of members without a single tie where chance alone would give some.

    A pair is a gap where `SectorPair.expected` reaches `GapOptions.expected_ties`, none is observed, and every
    member of both sectors has its partnerships covered. Size: the expected ties that aren't there. What isn't known
    comes as one answer per sector.
    """
    ground = Ground(snapshot, options)
    supports = _partnership_support(ground)
    found: list[Gap] = []
    unknown: dict[Sector, list[Sector]] = defaultdict(list)
    for pair in _sector_pairs(ground, connections(snapshot)):
        if pair.first is pair.second or pair.observed:
            continue
        support = _joint_support(ground, supports, (pair.first, pair.second))
        if support is None:
            open_end = _uncovered(ground, supports, pair)
            unknown[open_end].append(pair.second if open_end is pair.first else pair.first)
        elif pair.expected >= options.expected_ties:
            found.append(_pair_gap(ground, pair, support))
    return found + [_pairs_not_known(ground, sector, others) for sector, others in unknown.items()]


def _partnership_support(ground: Ground) -> dict[int, Support | None]:
    """Return for each member whether all its partnerships are stated to be recorded."""
    return {
        index: ground.coverage.find_support(
            Question(
                (TieType.PARTNERS_WITH,),
                frozenset({ground.sector(index)}),
                places=frozenset(place for place, sure in ground.territory.of(index).items() if sure),
            )
        )
        for index in ground.members
    }


def _joint_support(ground: Ground, supports: Mapping[int, Support | None], sectors: Sequence[Sector]) -> Support | None:
    return joint_support(supports[index] for index in ground.members if ground.sector(index) in sectors)


def _uncovered(ground: Ground, supports: Mapping[int, Support | None], pair: SectorPair) -> Sector:
    return pair.first if _joint_support(ground, supports, (pair.first,)) is None else pair.second


def _pair_gap(ground: Ground, pair: SectorPair, support: Support) -> Gap:
    said = wording.sentence(
        "sector_pair",
        first=wording.SECTOR_WORDS[pair.first],
        first_count=str(pair.first_count),
        second=wording.SECTOR_WORDS[pair.second],
        second_count=str(pair.second_count),
        expected=f"{pair.expected:.1f}",
        complete=wording.complete_words(support.as_of),
    )
    there = [index for index in ground.members if ground.sector(index) in {pair.first, pair.second}]
    return replace(
        ground.known(GapKind.SECTOR_PAIR, (pair.first.value, pair.second.value), said),
        size=round(pair.expected - pair.observed, 9),
        unit="ties",
        expected=round(pair.expected, 9),
        observed=float(pair.observed),
        confidence=support.confidence,
        freshness=support.as_of.freshness,
        coverage=support.statements,
        evidence=tuple(ground.id(index) for index in there),
        present=ground.names(there),
        patterns=pair_patterns(pair.first, pair.second),
        closers=_pair_closers(ground, pair),
    )


def pair_patterns(first: Sector, second: Sector) -> tuple[PatternName, ...]:
    """Return the link patterns that would tie two sectors.

    >>> pair_patterns(Sector.INDUSTRY, Sector.K12), pair_patterns(Sector.PHILANTHROPY, Sector.K12)[0].value
    ((<PatternName.EMPLOYER_SCHOOL: 'employer_school'>,), 'partner_funder')
    """
    if Sector.PHILANTHROPY in {first, second}:
        return (PatternName.PARTNER_FUNDER,)
    named = _PAIR_PATTERNS.get(_key(first, second))
    return (named,) if named is not None else (PatternName.CROSS_SECTOR,)


def _pair_closers(ground: Ground, pair: SectorPair) -> tuple[NodeId, ...]:
    half = ground.options.closers // 2
    return tuple(
        ground.id(index)
        for sector in (pair.first, pair.second)
        for index in [index for index in ground.members if ground.sector(index) is sector][:half]
    )


def _pairs_not_known(ground: Ground, sector: Sector, others: Sequence[Sector]) -> Gap:
    said = wording.sentence(
        "sector_pair_not_known",
        first=wording.SECTOR_WORDS[sector],
        others=wording.joined([wording.SECTOR_WORDS[other] for other in others], "or"),
        why=wording.not_stated_words((TieType.PARTNERS_WITH,)),
    )
    gap = ground.not_known(GapKind.SECTOR_PAIR, (sector.value,), said, (ground.the_partners(sector),))
    patterns = {pattern for other in others for pattern in pair_patterns(sector, other)}
    there = [index for index in ground.members if ground.sector(index) is sector]
    return replace(gap, present=ground.names(there), patterns=tuple(sorted(patterns)))


def isolation(snapshot: Snapshot, options: GapOptions = DEFAULT_OPTIONS) -> list[Gap]:
    """Return each member partner that isn't connected with any other partner yet.

    Connected means tied, directly or through programs, to any partner, whether a member or not, or covered by its
    district's agreement. Size: 1 tie. What isn't known comes as one answer per sector.
    """
    ground = Ground(snapshot, options)
    connected = {end for pair in connections(snapshot) for end in pair.ends}
    connected |= _covered_by_agreements(snapshot)
    supports = _partnership_support(ground)
    found: list[Gap] = []
    unknown: dict[Sector, set[str]] = defaultdict(set)
    for index in ground.members:
        if index in connected:
            continue
        support = supports[index]
        if support is not None and ground.is_stated_partner(index):
            found.append(_isolation_gap(ground, index, support))
        else:
            why = wording.not_stated_words((TieType.PARTNERS_WITH,)) if support is None else wording.ONLY_INFERRED
            unknown[ground.sector(index)].add(why)
    return found + [_isolation_not_known(ground, sector, unknown[sector]) for sector in Sector if sector in unknown]


def _covered_by_agreements(snapshot: Snapshot) -> set[int]:
    """Return the schools that an agreement of their district covers."""
    return {
        school
        for tie in snapshot.ties
        if tie.type is TieType.HAS_AGREEMENT_WITH
        for end in (tie.source, tie.target)
        for school, _ in snapshot.sources(snapshot.index_of(end), TieType.PART_OF)
    }


def _isolation_gap(ground: Ground, index: int, support: Support) -> Gap:
    node, sector = ground.snapshot.nodes[index], ground.sector(index)
    said = wording.sentence("isolation", partner=node.name, complete=wording.complete_words(support.as_of))
    others = [other for other in ground.members if ground.sector(other) is not sector]
    nearest = _nearest(ground, index, others)[: ground.options.closers - 1]
    standing = [
        tie.id
        for type in (TieType.PARTICIPATES_IN, TieType.MEMBER_OF)
        for _, tie in ground.snapshot.targets(index, type)
        if tie.target == ground.ecosystem
    ]
    return replace(
        ground.known(GapKind.ISOLATION, (node.id,), said),
        size=1.0,
        unit="ties",
        observed=0.0,
        confidence=support.confidence,
        freshness=support.as_of.freshness,
        coverage=support.statements,
        evidence=(node.id, *standing),
        present=ground.names(nearest),
        patterns=isolation_patterns(sector),
        closers=(node.id, *(ground.id(other) for other in nearest)),
    )


def isolation_patterns(sector: Sector) -> tuple[PatternName, ...]:
    """Return the link patterns that a partner of this sector may be an end of."""
    patterns = {pattern for other in Sector if other is not sector for pattern in pair_patterns(sector, other)}
    return tuple(sorted(patterns))


def _nearest(ground: Ground, index: int, others: Iterable[int]) -> list[int]:
    def order(other: int) -> tuple[float, str]:
        away = ground.snapshot.distance_km(index, other)
        return (float("inf") if away is None else away, ground.id(other))

    return sorted(others, key=order)


def _isolation_not_known(ground: Ground, sector: Sector, reasons: Iterable[str]) -> Gap:
    said = wording.sentence("isolation_not_known", sector=wording.SECTOR_WORDS[sector], why="; ".join(sorted(reasons)))
    gap = ground.not_known(GapKind.ISOLATION, (sector.value,), said, (ground.the_partners(sector),))
    there = [index for index in ground.members if ground.sector(index) is sector]
    return replace(gap, present=ground.names(there), patterns=isolation_patterns(sector))
