"""How much of a gap a link between two partners or programs would close, were it made."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from statistics import median

from matchmaker.gaps.ground import Ground
from matchmaker.gaps.needs import fits
from matchmaker.gaps.options import DEFAULT_OPTIONS, GapOptions
from matchmaker.gaps.territory import stages_of
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.gap import Gap
from matchmaker.model.ids import NodeId
from matchmaker.model.reference import NEXT_STAGES
from matchmaker.model.vocabulary import GapKind, Knowledge, Label, PatternName, Sector, StageTerm, TieType

ONE_GAP = 0.5
"""The value of closing one gap whole; each further one closes half of what is left."""

OPERATOR = 0.5
"""What tying a program's operator closes, where it is the program itself that would have to come."""

MIGHT_OFFER = 0.5
"""What a link to a likely partner closes of a need, where an offer isn't recorded."""


class GapValues:
    """The value of links against a list of gaps.

    Parameters
    ----------
    snapshot
        The graph that the gaps were found in.
    gaps
        Those that are known count; the others are left aside.
    """

    def __init__(self, snapshot: Snapshot, gaps: Iterable[Gap], options: GapOptions = DEFAULT_OPTIONS) -> None:
        self._ground = Ground(snapshot, options)
        self._seats_per_site = self._usual_seats()
        self._closures: Mapping[GapKind, Callable[[Gap, PatternName, int, int], float]] = {
            GapKind.STAGE_COVERAGE: self._stage_coverage,
            GapKind.TRANSITION: self._transition,
            GapKind.SECTOR_PAIR: self._sector_pair,
            GapKind.PLACE_ACCESS: self._place_access,
            GapKind.ISOLATION: self._isolation,
            GapKind.UNMET_NEED: self._unmet_need,
        }
        self._gaps = [gap for gap in gaps if gap.knowledge is Knowledge.KNOWN and gap.kind in self._closures]
        self._at: dict[tuple[PatternName, int], set[int]] = defaultdict(set)
        for number, gap in enumerate(self._gaps):
            for end in self._anchors(gap):
                for pattern in gap.patterns:
                    self._at[pattern, end].add(number)

    def value(self, pattern: PatternName, first: NodeId, second: NodeId) -> float:
        """Return how much of the gaps a link closes, 0..1: ``1 − Π(1 − closure / 2)`` over the gaps.

        0 where it closes nothing, one half for one whole gap, three quarters for two.
        """
        snapshot, left = self._ground.snapshot, 1.0
        ends = [index for index in (snapshot.find_index(first), snapshot.find_index(second)) if index is not None]
        for number in sorted(set().union(*(self._at.get((pattern, end), ()) for end in ends))):
            left *= 1.0 - ONE_GAP * self.closure(self._gaps[number], pattern, first, second)
        return 1.0 - left

    def closure(self, gap: Gap, pattern: PatternName, first: NodeId, second: NodeId) -> float:
        """Return how much of one gap a link closes, 0..1; the same whichever end comes first."""
        one = self._ground.snapshot.find_index(first)
        other = self._ground.snapshot.find_index(second)
        closes = self._closures.get(gap.kind)
        if pattern not in gap.patterns or closes is None or one is None or other is None:
            return 0.0
        return max(closes(gap, pattern, one, other), closes(gap, pattern, other, one))

    def _anchors(self, gap: Gap) -> set[int]:
        """Return the partners and programs one of which is an end of every link that closes any of the gap."""
        ground, snapshot = self._ground, self._ground.snapshot
        if gap.kind in {GapKind.STAGE_COVERAGE, GapKind.PLACE_ACCESS}:
            return {index for index in map(int, snapshot.indices(Label.PARTNER)) if self._is_in(index, gap.subject[0])}
        if gap.kind is GapKind.TRANSITION:
            program = snapshot.index_of(gap.subject[0])
            return {program, *(index for index in ground.members if self._is_near(index, program))}
        if gap.kind is GapKind.SECTOR_PAIR:
            partners = {index for index in ground.members if ground.sector(index) == gap.subject[0]}
        elif gap.kind is GapKind.UNMET_NEED:
            stating = snapshot.sources(snapshot.index_of(gap.subject[0]), TieType.STATES)
            partners = {at for subject, _ in stating for at in (subject, *self._organizations(subject))}
        else:
            partners = {snapshot.index_of(gap.subject[0])}
        return partners | {program for partner in partners for program in self._programs(partner)}

    def _stage_coverage(self, gap: Gap, _: PatternName, host: int, guest: int) -> float:
        stage = StageTerm(gap.subject[1])
        return self._brings(guest, stage) if self._is_in(host, gap.subject[0]) else 0.0

    def _transition(self, gap: Gap, pattern: PatternName, first: int, second: int) -> float:
        snapshot, program = self._ground.snapshot, self._ground.snapshot.index_of(gap.subject[0])
        after = NEXT_STAGES[StageTerm(gap.subject[1])]
        if pattern is PatternName.SCHOOL_OUT_OF_SCHOOL:
            return max(self._brings(second, stage) for stage in after) if self._is_near(first, program) else 0.0
        if first != program:
            return 0.0
        leads_on = snapshot.nodes[second].label is Label.PARTNER or not set(after).isdisjoint(
            stages_of(snapshot, second)
        )
        return 1.0 if leads_on else 0.0

    def _is_near(self, host: int, program: int) -> bool:
        away = self._ground.snapshot.distance_km(host, program)
        is_partner = self._ground.snapshot.nodes[host].label is Label.PARTNER
        return is_partner and away is not None and away <= self._ground.options.transition_km

    def _sector_pair(self, gap: Gap, _: PatternName, first: int, second: int) -> float:
        wanted = (Sector(gap.subject[0]), Sector(gap.subject[1]))
        sectors = [
            {self._ground.sector(at) for at in self._organizations(end) if self._ground.snapshot.member[at]}
            for end in (first, second)
        ]
        fitting = wanted[0] in sectors[0] and wanted[1] in sectors[1]
        return min(1.0, 1.0 / gap.size) if fitting and gap.size else 0.0

    def _place_access(self, gap: Gap, _: PatternName, host: int, guest: int) -> float:
        if not self._is_in(host, gap.subject[0]) or not gap.size:
            return 0.0
        programs = self._programs(guest)
        seats = [self._seats(program) for program in programs]
        return min(1.0, max(seats, default=0.0) / gap.size)

    def _isolation(self, gap: Gap, _: PatternName, partner: int, other: int) -> float:
        subject = self._ground.snapshot.index_of(gap.subject[0])
        own, others = self._organizations(partner), self._organizations(other)
        return 1.0 if subject in own and others - own else 0.0

    def _unmet_need(self, gap: Gap, _: PatternName, subject: int, other: int) -> float:
        ground, snapshot = self._ground, self._ground.snapshot
        need = snapshot.index_of(gap.subject[0])
        stating = {at for source, _ in snapshot.sources(need, TieType.STATES) for at in self._organizations(source)}
        if not stating & self._organizations(subject) or stating & self._organizations(other):
            return 0.0
        offers = [
            snapshot.nodes[at]
            for organization in sorted(self._organizations(other) | {other})
            for at, _ in snapshot.targets(organization, TieType.STATES)
            if snapshot.nodes[at].label is Label.OFFER
            and gap.unit in {ground.id(resource) for resource, _ in snapshot.targets(at, TieType.CONCERNS)}
        ]
        return 1.0 if any(fits(snapshot.nodes[need], offer) for offer in offers) else MIGHT_OFFER

    def _brings(self, guest: int, stage: StageTerm) -> float:
        serving = any(stage in stages_of(self._ground.snapshot, program) for program in self._programs(guest))
        return (1.0 if self._ground.snapshot.nodes[guest].label is Label.PROGRAM else OPERATOR) if serving else 0.0

    def _is_in(self, host: int, place: str) -> bool:
        is_partner = self._ground.snapshot.nodes[host].label is Label.PARTNER
        return is_partner and place in self._ground.territory.of(host)

    def _organizations(self, end: int) -> set[int]:
        label = self._ground.snapshot.nodes[end].label
        if label is Label.PROGRAM:
            return set(self._ground.operators(end))
        return {end} if label is Label.PARTNER else set()

    def _programs(self, end: int) -> list[int]:
        if self._ground.snapshot.nodes[end].label is Label.PROGRAM:
            return [end]
        return [program for program, _ in self._ground.snapshot.targets(end, TieType.OPERATES)]

    def _seats(self, program: int) -> float:
        """Return what a program usually offers at one site; what programs do at large, where it isn't recorded."""
        own = [site.seats for site in self._ground.territory.sites_of(program) if site.seats]
        return float(median(own)) if own else self._seats_per_site

    def _usual_seats(self) -> float:
        known = [site.seats for site in self._ground.territory.sites() if site.seats]
        return float(median(known)) if known else 0.0
