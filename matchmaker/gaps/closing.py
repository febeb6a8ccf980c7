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
        self._by_pattern: dict[PatternName, list[Gap]] = defaultdict(list)
        for gap in gaps:
            if gap.knowledge is Knowledge.KNOWN:
                for pattern in gap.patterns:
                    self._by_pattern[pattern].append(gap)
        self._seats_per_site = self._usual_seats()
        self._closures: Mapping[GapKind, Callable[[Gap, int, int], float]] = {
            GapKind.STAGE_COVERAGE: self._stage_coverage,
            GapKind.TRANSITION: self._transition,
            GapKind.SECTOR_PAIR: self._sector_pair,
            GapKind.PLACE_ACCESS: self._place_access,
            GapKind.ISOLATION: self._isolation,
            GapKind.UNMET_NEED: self._unmet_need,
        }

    def value(self, pattern: PatternName, first: NodeId, second: NodeId) -> float:
        """Return how much of the gaps a link closes, 0..1: ``1 − Π(1 − closure / 2)`` over the gaps.

        0 where it closes nothing, one half for one whole gap, three quarters for two.
        """
        left = 1.0
        for gap in self._by_pattern.get(pattern, ()):
            left *= 1.0 - ONE_GAP * self.closure(gap, pattern, first, second)
        return 1.0 - left

    def closure(self, gap: Gap, pattern: PatternName, first: NodeId, second: NodeId) -> float:
        """Return how much of one gap a link closes, 0..1; the same whichever end comes first."""
        one = self._ground.snapshot.find_index(first)
        other = self._ground.snapshot.find_index(second)
        closes = self._closures.get(gap.kind)
        if pattern not in gap.patterns or closes is None or one is None or other is None:
            return 0.0
        return max(closes(gap, one, other), closes(gap, other, one))

    def _stage_coverage(self, gap: Gap, host: int, guest: int) -> float:
        place, stage = NodeId(gap.subject[0]), StageTerm(gap.subject[1])
        return self._brings(guest, stage) if self._is_in(host, place) else 0.0

    def _transition(self, gap: Gap, program: int, next: int) -> float:
        snapshot, stage = self._ground.snapshot, StageTerm(gap.subject[1])
        if snapshot.nodes[program].id != gap.subject[0]:
            return 0.0
        follows = set(NEXT_STAGES[stage]) & set(stages_of(snapshot, next))
        return 1.0 if follows or snapshot.nodes[next].label is Label.PARTNER else 0.0

    def _sector_pair(self, gap: Gap, first: int, second: int) -> float:
        wanted = (Sector(gap.subject[0]), Sector(gap.subject[1]))
        sectors = [
            {self._ground.sector(at) for at in self._organizations(end) if self._ground.snapshot.member[at]}
            for end in (first, second)
        ]
        fitting = wanted[0] in sectors[0] and wanted[1] in sectors[1]
        return min(1.0, 1.0 / gap.size) if fitting and gap.size else 0.0

    def _place_access(self, gap: Gap, host: int, guest: int) -> float:
        if not self._is_in(host, NodeId(gap.subject[0])) or not gap.size:
            return 0.0
        programs = self._programs(guest)
        seats = [self._seats(program) for program in programs]
        return min(1.0, max(seats, default=0.0) / gap.size)

    def _isolation(self, gap: Gap, partner: int, other: int) -> float:
        subject = self._ground.snapshot.index_of(gap.subject[0])
        own, others = self._organizations(partner), self._organizations(other)
        return 1.0 if subject in own and others - own else 0.0

    def _unmet_need(self, gap: Gap, subject: int, other: int) -> float:
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

    def _is_in(self, host: int, place: NodeId) -> bool:
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
