"""Stages: where a stage has no program in a place, and where a program's learners find no next step."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matchmaker.gaps import wording
from matchmaker.gaps.counts import SCHOOL_STAGES, Learners, find_learners
from matchmaker.gaps.coverage import Question, Support, joint_support
from matchmaker.gaps.ground import Ground
from matchmaker.gaps.options import DEFAULT_OPTIONS, GapOptions
from matchmaker.gaps.territory import EDUCATOR_PROGRAMS, STUDIED_PLACES, Held, Site, stages_of
from matchmaker.graph.geography import distances_km
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.gap import Gap
from matchmaker.model.ids import NodeId
from matchmaker.model.reference import NEXT_STAGES, STAGE_NAMES
from matchmaker.model.vocabulary import (
    GapKind,
    Label,
    PatternName,
    PlaceKind,
    ProgramType,
    Sector,
    StageTerm,
    TieType,
)

PROVISION = (Label.PROGRAM, TieType.OFFERED_AT, TieType.SERVES)
ROUTES = (*PROVISION, TieType.FEEDS_INTO)


def stage_coverage(snapshot: Snapshot, options: GapOptions = DEFAULT_OPTIONS) -> list[Gap]:
    """Return each stage of school age that has no program meeting in a county, city or district area.

    A place counts when a member is in it or a member's program meets in it. Any program counts as there, inferred or
    not, a member's or not, for the stages of its site, else for those it serves. Size: 1 provider. Learners: the
    place's residents of that stage, else those enrolled. What isn't known comes as one answer per place.
    """
    ground = Ground(snapshot, options)
    found: list[Gap] = []
    for view in _place_views(ground):
        missing = [stage for stage in SCHOOL_STAGES if stage not in view.served]
        unclear: dict[str, list[StageTerm]] = defaultdict(list)
        for stage in missing:
            support = _provision_support(ground, view.place, stage)
            why = _why_unclear(ground, view, support)
            if support is not None and not why:
                found.append(_stage_gap(ground, view, stage, support))
            else:
                unclear[why].append(stage)
        if unclear:
            found.append(_stages_not_known(ground, view, unclear))
    return found


@dataclass(slots=True)
class _PlaceView:
    """One place: the partners and sites in it, and the stages that they serve there.

    ``own`` says whether a member is in it or a member's program meets in it, ``sure`` whether a source states that.
    """

    index: int
    place: NodeId
    own: bool = False
    sure: bool = False
    partners: list[int] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)

    @property
    def served(self) -> set[StageTerm]:
        return {stage for site in self.sites for stage in site.stages}

    @property
    def unclear(self) -> list[int]:
        return sorted({site.program for site in self.sites if not site.stages})


def _place_views(ground: Ground) -> list[_PlaceView]:
    """Return the studied places that have members, or sites of members' programs, in id order."""
    views: dict[NodeId, _PlaceView] = {}
    snapshot = ground.snapshot

    def held_in(places: Held, *, member: bool) -> Iterable[_PlaceView]:
        for place, sure in places.items():
            index = snapshot.index_of(place)
            if snapshot.nodes[index].get_text("kind") in STUDIED_PLACES:
                view = views.setdefault(place, _PlaceView(index, place))
                view.own, view.sure = view.own or member, view.sure or (member and sure)
                yield view

    for partner in ground.members:
        for view in held_in(ground.territory.of(partner), member=True):
            view.partners.append(partner)
    for site in ground.territory.sites():
        for view in held_in(site.places, member=bool(snapshot.member[site.program])):
            view.sites.append(site)
    return [views[place] for place in sorted(views) if views[place].own]


def _provision_support(ground: Ground, place: NodeId, stage: StageTerm) -> Support | None:
    places = frozenset(ground.territory.of(ground.snapshot.index_of(place)))
    return ground.coverage.find_support(Question(PROVISION, ground.member_sectors, stage, places))


def _why_unclear(ground: Ground, view: _PlaceView, support: Support | None) -> str:
    if support is None:
        return wording.not_stated_words(PROVISION)
    if view.unclear:
        return wording.STAGES_UNCLEAR.format(names=wording.joined(ground.names(view.unclear)))
    return "" if view.sure else wording.ONLY_INFERRED


def _stage_gap(ground: Ground, view: _PlaceView, stage: StageTerm, support: Support) -> Gap:
    place = ground.name(view.index)
    present = _present(ground, view)
    said = wording.sentence(
        "stage_coverage",
        present=wording.present_words(place, present),
        stage=STAGE_NAMES[stage],
        place=place,
        complete=wording.complete_words(support.as_of),
    )
    learners = find_learners(ground.snapshot, view.index, stage)
    return replace(
        ground.known(GapKind.STAGE_COVERAGE, (view.place, stage.value), said),
        size=1.0,
        unit="providers",
        observed=0.0,
        learners=learners.number if learners else None,
        confidence=support.confidence,
        freshness=support.as_of.freshness,
        coverage=support.statements,
        evidence=_evidence(view.place, learners),
        present=present,
        patterns=(PatternName.SCHOOL_OUT_OF_SCHOOL,),
        closers=_stage_closers(ground, view, stage),
    )


def _evidence(place: NodeId, learners: Learners | None) -> tuple[str, ...]:
    return (place, *(learners.counts if learners else ()))


def _present(ground: Ground, view: _PlaceView) -> tuple[str, ...]:
    """Return the programs that meet in the place, each with its stages; without any, the partners there."""
    stages: dict[int, set[StageTerm]] = defaultdict(set)
    for site in view.sites:
        stages[site.program].update(site.stages)
    told = sorted(
        f"{ground.name(program)} ({wording.stage_words(known)})" if known else ground.name(program)
        for program, known in stages.items()
    )
    if told:
        return wording.shortened(told, ground.options.names)
    return ground.names(view.partners)


def _stage_closers(ground: Ground, view: _PlaceView, stage: StageTerm) -> tuple[NodeId, ...]:
    """Return possible hosts in the place, schools of that stage first, then programs elsewhere, nearest first."""
    half = ground.options.closers // 2
    snapshot = ground.snapshot

    def host_order(index: int) -> tuple[bool, bool, str]:
        school = ground.sector(index) is Sector.K12
        return (not school, stage not in stages_of(snapshot, index), ground.id(index))

    elsewhere = [
        index
        for index in map(int, snapshot.indices(Label.PROGRAM))
        if snapshot.reachable[index] and stage in stages_of(snapshot, index) and is_for_learners(snapshot, index)
    ]

    def nearness(index: int) -> tuple[float, str]:
        away = snapshot.distance_km(view.index, index)
        return (float("inf") if away is None else away, ground.id(index))

    chosen = sorted(view.partners, key=host_order)[:half] + sorted(elsewhere, key=nearness)[:half]
    return tuple(ground.id(index) for index in chosen)


def is_for_learners(snapshot: Snapshot, program: int) -> bool:
    """Say whether a program is for learners, rather than for educators."""
    return snapshot.nodes[program].get_text("program_type") not in EDUCATOR_PROGRAMS


def _stages_not_known(ground: Ground, view: _PlaceView, unclear: Mapping[str, Sequence[StageTerm]]) -> Gap:
    said = wording.sentence(
        "stage_coverage_not_known",
        stages=wording.stage_words((stage for stages in unclear.values() for stage in stages), "or"),
        place=ground.name(view.index),
        why="; ".join(sorted(unclear)),
    )
    gap = ground.not_known(GapKind.STAGE_COVERAGE, (view.place,), said, ground.districts(view.place))
    return replace(gap, present=_present(ground, view), patterns=(PatternName.SCHOOL_OUT_OF_SCHOOL,))


def transition(snapshot: Snapshot, options: GapOptions = DEFAULT_OPTIONS) -> list[Gap]:
    """Return each stage that a member program serves without a next step within reach.

    A next step is a program for learners, or a college, that serves one of the next stages
    (`matchmaker.model.reference.NEXT_STAGES`), whose nearest site is within `GapOptions.transition_km` of the
    program's nearest site in a straight line, or that can be joined online. A program that itself serves a next
    stage, or feeds into anything, has one. Size: the program's seats over all its sites, where recorded. What isn't
    known comes as one answer per county.
    """
    ground = Ground(snapshot, options)
    steps = _NextSteps(ground)
    found: list[Gap] = []
    unclear: dict[tuple[NodeId, str], list[int]] = defaultdict(list)
    for program, node in snapshot.iter_nodes(Label.PROGRAM):
        served = stages_of(snapshot, program)
        if not (snapshot.member[program] and is_for_learners(snapshot, program)):
            continue
        if snapshot.targets(program, TieType.FEEDS_INTO):
            continue
        for stage in sorted(served, key=list(StageTerm).index):
            if steps.has_next(program, stage):
                continue
            support, places = _route_support(ground, program, stage)
            why = _why_no_answer(steps, program, stage, support=support, sure=served[stage])
            if support is not None and not why:
                found.append(_transition_gap(ground, program, stage, support))
            else:
                unclear[_home(ground, places) or node.id, why].append(program)
    return found + _transitions_not_known(ground, unclear)


class _NextSteps:
    """Every program and college that serves a stage, with its sites, ready for distances."""

    def __init__(self, ground: Ground) -> None:
        self.ground, snapshot = ground, ground.snapshot
        self.online: dict[StageTerm, set[int]] = defaultdict(set)
        self.unplaced: dict[StageTerm, set[int]] = defaultdict(set)
        self.placed: dict[StageTerm, list[tuple[int, tuple[float, float]]]] = defaultdict(list)
        online = {site.program for site in ground.territory.sites() if site.online}
        for index in range(len(snapshot)):
            if self._may_be_next(index):
                for stage in stages_of(snapshot, index):
                    self._add(index, stage, online=index in online)
        self._columns = {
            stage: (np.array([at for _, at in pairs], dtype=np.float64), np.array([index for index, _ in pairs]))
            for stage, pairs in self.placed.items()
        }

    def has_next(self, program: int, stage: StageTerm) -> bool:
        """Say whether a next step is within reach, or the program itself serves a next stage."""
        own = stages_of(self.ground.snapshot, program)
        return any(
            next in own or self.online[next] - {program} or self._is_near(program, next) for next in NEXT_STAGES[stage]
        )

    def is_unclear(self, program: int, stage: StageTerm) -> bool:
        """Say whether a position that matters isn't recorded: the program's own, or a possible next step's."""
        return not self.ground.snapshot.sites(program) or any(self.unplaced[next] for next in NEXT_STAGES[stage])

    def _may_be_next(self, index: int) -> bool:
        node = self.ground.snapshot.nodes[index]
        if node.label is Label.PROGRAM:
            return is_for_learners(self.ground.snapshot, index)
        return node.label is Label.PARTNER and node.get_text("sector") == Sector.HIGHER_EDUCATION

    def _add(self, index: int, stage: StageTerm, *, online: bool) -> None:
        sites = self.ground.snapshot.sites(index)
        if online:
            self.online[stage].add(index)
        elif sites:
            self.placed[stage] += [(index, site) for site in sites]
        elif self.ground.snapshot.reachable[index]:
            self.unplaced[stage].add(index)

    def _is_near(self, program: int, stage: StageTerm) -> bool:
        if stage not in self._columns:
            return False
        positions, owners = self._columns[stage]
        limit = self.ground.options.transition_km
        return any(
            bool(np.any((distances_km(site, positions[:, 0], positions[:, 1]) <= limit) & (owners != program)))
            for site in self.ground.snapshot.sites(program)
        )


def _route_support(ground: Ground, program: int, stage: StageTerm) -> tuple[Support | None, frozenset[NodeId]]:
    """Return the coverage of next steps around a program (of all stages that may follow), and its places."""
    places = frozenset(place for site in ground.territory.sites_of(program) for place in site.places)
    questions = [Question(ROUTES, ground.member_sectors, next, places) for next in NEXT_STAGES[stage]]
    return joint_support(map(ground.coverage.find_support, questions)), places


def _why_no_answer(steps: _NextSteps, program: int, stage: StageTerm, *, support: Support | None, sure: bool) -> str:
    if support is None:
        return wording.not_stated_words(ROUTES)
    if steps.is_unclear(program, stage):
        return wording.POSITION_UNCLEAR
    return "" if sure else wording.ONLY_INFERRED


def _transition_gap(ground: Ground, program: int, stage: StageTerm, support: Support) -> Gap:
    snapshot, node = ground.snapshot, ground.snapshot.nodes[program]
    said = wording.sentence(
        "transition",
        program=node.name,
        stage=STAGE_NAMES[stage],
        next=wording.stage_words(NEXT_STAGES[stage], "or"),
        distance=ground.distance(ground.options.transition_km),
        complete=wording.complete_words(support.as_of),
    )
    seats = [site.seats for site in ground.territory.sites_of(program) if site.seats is not None]
    ties = [
        tie.id for target, tie in snapshot.targets(program, TieType.SERVES) if snapshot.nodes[target].id == stage.value
    ]
    offered = [tie.id for _, tie in snapshot.targets(program, TieType.OFFERED_AT)]
    return replace(
        ground.known(GapKind.TRANSITION, (node.id, stage.value), said),
        size=float(sum(seats)) if seats else None,
        unit="seats",
        confidence=support.confidence,
        freshness=support.as_of.freshness,
        coverage=support.statements,
        evidence=(node.id, *ties, *offered),
        present=ground.names(ground.operators(program)),
        patterns=_route_patterns(node.get_text("program_type"), stage),
        closers=_route_closers(ground, program, stage),
    )


def _route_patterns(program_type: str, stage: StageTerm) -> tuple[PatternName, ...]:
    patterns = [PatternName.PROGRAM_NEXT_STEP]
    if set(SCHOOL_STAGES) & set(NEXT_STAGES[stage]):
        patterns.append(PatternName.SCHOOL_OUT_OF_SCHOOL)
    if program_type == ProgramType.PCSP:
        patterns.append(PatternName.PCSP_COLLEGE)
    if StageTerm.EARLY_CAREER in NEXT_STAGES[stage]:
        patterns.append(PatternName.PROGRAM_EMPLOYER)
    return tuple(patterns)


def _route_closers(ground: Ground, program: int, stage: StageTerm) -> tuple[NodeId, ...]:
    """Return the program, schools of a next stage within reach, then programs of one, the nearest of each first."""
    snapshot = ground.snapshot

    def nearness(index: int) -> tuple[float, str]:
        away = snapshot.distance_km(program, index)
        return (float("inf") if away is None else away, ground.id(index))

    schools = [
        index
        for index in ground.members
        if ground.sector(index) is Sector.K12 and set(NEXT_STAGES[stage]) & set(stages_of(snapshot, index))
        if nearness(index)[0] <= ground.options.transition_km
    ]
    further = [
        index
        for index in map(int, snapshot.indices(Label.PROGRAM))
        if index != program and is_for_learners(snapshot, index) and snapshot.reachable[index]
        if set(NEXT_STAGES[stage]) & set(stages_of(snapshot, index))
    ]
    nearest = sorted(schools, key=nearness)[: ground.options.closers // 2]
    nearest += sorted(further, key=nearness)[: ground.options.closers - 1 - len(nearest)]
    return (ground.id(program), *(ground.id(index) for index in nearest))


def _home(ground: Ground, places: Iterable[NodeId]) -> NodeId | None:
    """Return the county that a program is in, the first by id; None where none is recorded."""
    counties = [place for place in sorted(places) if _kind(ground, place) == PlaceKind.COUNTY]
    return counties[0] if counties else None


def _kind(ground: Ground, place: NodeId) -> str:
    return ground.snapshot.get_node(place).get_text("kind")


def _transitions_not_known(ground: Ground, unclear: Mapping[tuple[NodeId, str], Sequence[int]]) -> list[Gap]:
    by_subject: dict[tuple[str, ...], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for (home, why), programs in unclear.items():
        place = ground.snapshot.get_node(home)
        subject = (place.id,) if place.label is Label.PLACE else (ground.ecosystem,)
        by_subject[subject][why].update(programs)
    return [_transition_not_known(ground, subject, reasons) for subject, reasons in sorted(by_subject.items())]


def _transition_not_known(ground: Ground, subject: tuple[str, ...], reasons: Mapping[str, set[int]]) -> Gap:
    programs = sorted(set().union(*reasons.values()))
    index = ground.snapshot.find_index(subject[0])
    node = ground.snapshot.nodes[index] if index is not None else None
    said = wording.sentence(
        "transition_not_known",
        distance=ground.distance(ground.options.transition_km),
        programs=wording.counted(len(programs), "program", "programs"),
        place=f"in {node.name}" if node is not None and node.label is Label.PLACE else "whose place is not recorded",
        why="; ".join(sorted(reasons)),
    )
    operators = {operator for program in programs for operator in ground.operators(program)}
    gap = ground.not_known(GapKind.TRANSITION, subject, said, ground.names(operators))
    return replace(
        gap,
        present=ground.names(programs),
        patterns=(PatternName.PROGRAM_NEXT_STEP,),
    )
