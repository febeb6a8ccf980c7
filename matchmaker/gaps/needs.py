"""Needs that no other member's offer meets yet."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from matchmaker.gaps import wording
from matchmaker.gaps.coverage import Question, Support
from matchmaker.gaps.ground import Ground
from matchmaker.gaps.options import DEFAULT_OPTIONS, GapOptions
from matchmaker.gaps.territory import is_stated
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node
from matchmaker.model.freshness import dated_node, oldest
from matchmaker.model.gap import Gap
from matchmaker.model.reference import STAGE_NAMES
from matchmaker.model.vocabulary import (
    Confidence,
    GapKind,
    Label,
    PatternName,
    ResourceTerm,
    StageTerm,
    TieType,
)

R, P = ResourceTerm, PatternName

_RESOURCE_PATTERNS: Mapping[ResourceTerm, tuple[PatternName, ...]] = {
    **dict.fromkeys((R.FUNDING, R.SCHOLARSHIPS), (P.PARTNER_FUNDER,)),
    R.ADMISSIONS_PATHWAY: (P.PCSP_COLLEGE,),
    **dict.fromkeys(
        (R.MENTORS, R.VOLUNTEERS, R.GUEST_SPEAKERS, R.INTERNSHIPS, R.JOB_SHADOWS, R.EQUIPMENT),
        (P.PROGRAM_EMPLOYER, P.EMPLOYER_SCHOOL, P.COLLEGE_EMPLOYER, P.CROSS_SECTOR),
    ),
    **dict.fromkeys((R.SPACE, R.LEARNERS), (P.SCHOOL_OUT_OF_SCHOOL, P.SCHOOL_INFORMAL, P.CROSS_SECTOR)),
    R.FIELD_SITES: (P.SCHOOL_INFORMAL, P.EMPLOYER_SCHOOL, P.CROSS_SECTOR),
    **dict.fromkeys((R.PROFESSIONAL_DEVELOPMENT, R.CURRICULUM), (P.EDUCATOR_LEARNING, P.CROSS_SECTOR)),
    **dict.fromkeys((R.CO_DESIGN, R.TRANSLATION, R.OUTREACH), (P.PROGRAM_COMMUNITY, P.CROSS_SECTOR)),
}


def resource_patterns(resource: ResourceTerm) -> tuple[PatternName, ...]:
    """Return the link patterns that would most likely bring a resource.

    >>> [pattern.value for pattern in resource_patterns(ResourceTerm.FUNDING)]
    ['partner_funder']
    """
    return _RESOURCE_PATTERNS.get(resource, (PatternName.CROSS_SECTOR,))


def unmet_need(snapshot: Snapshot, options: GapOptions = DEFAULT_OPTIONS) -> list[Gap]:
    """Return each open need of a member that no other member within reach offers to meet.

    An offer fits when it is about the same resource and neither its stage nor its topic says otherwise (a two-digit
    field of study fits all of its family). It is within reach when the two are at most `GapOptions.offer_km` apart in
    a straight line, or a position isn't recorded. A need of a program can't be met by its own operator. Size: the
    quantity needed, else 1, in units of the resource. What isn't known comes as one answer per resource.
    """
    ground = Ground(snapshot, options)
    offers = _offers(ground)
    found: list[Gap] = []
    unclear: dict[ResourceTerm, list[tuple[int, str]]] = defaultdict(list)
    for need, node in snapshot.iter_nodes(Label.NEED):
        for subject, tie in snapshot.sources(need, TieType.STATES):
            for resource in _resources(snapshot, need):
                if not _is_member(ground, subject) or _is_met(ground, subject, node, offers[resource]):
                    continue
                support = _offer_support(ground, subject, node)
                sure = is_stated(tie) and node.provenance.confidence is not Confidence.INFERRED
                if support is not None and sure:
                    found.append(_need_gap(ground, (subject, resource), node, support))
                else:
                    why = wording.ONLY_INFERRED if support else wording.not_stated_words((Label.OFFER,))
                    unclear[resource].append((subject, why))
    return found + [_need_not_known(ground, resource, unclear[resource]) for resource in R if resource in unclear]


def _is_member(ground: Ground, subject: int) -> bool:
    return bool(ground.snapshot.member[subject]) or ground.id(subject) == ground.ecosystem


def _resources(snapshot: Snapshot, statement: int) -> list[ResourceTerm]:
    return [ResourceTerm(snapshot.nodes[at].id) for at, _ in snapshot.targets(statement, TieType.CONCERNS)]


def _offers(ground: Ground) -> Mapping[ResourceTerm, list[tuple[int, Node]]]:
    """Return every member's offers by resource, as (who offers, offer)."""
    snapshot = ground.snapshot
    offers: dict[ResourceTerm, list[tuple[int, Node]]] = defaultdict(list)
    for index, node in snapshot.iter_nodes(Label.OFFER):
        for resource in _resources(snapshot, index):
            stating = [subject for subject, _ in snapshot.sources(index, TieType.STATES)]
            offers[resource] += [(subject, node) for subject in stating if _is_member(ground, subject)]
    return offers


def _is_met(ground: Ground, subject: int, need: Node, offers: Collection[tuple[int, Node]]) -> bool:
    own = _organizations(ground, subject)
    return any(
        fits(need, offer) and not own & _organizations(ground, other) and _is_near(ground, subject, other)
        for other, offer in offers
    )


def _organizations(ground: Ground, subject: int) -> set[int]:
    """Return the partner itself, or a program and its operators."""
    return {subject, *ground.operators(subject)}


def _is_near(ground: Ground, subject: int, other: int) -> bool:
    away = ground.snapshot.distance_km(subject, other)
    return away is None or away <= ground.options.offer_km


def fits(need: Node, offer: Node) -> bool:
    """Say whether an offer of the same resource may meet a need: neither stage nor topic says otherwise."""
    stages = {need.get_text("stage"), offer.get_text("stage")} - {""}
    first, second = need.get_text("topic"), offer.get_text("topic")
    return len(stages) < 2 and (first.startswith(second) or second.startswith(first))


def _offer_support(ground: Ground, subject: int, need: Node) -> Support | None:
    stage = StageTerm(need.get_text("stage")) if need.get_text("stage") else None
    places = frozenset(ground.territory.of(subject))
    return ground.coverage.find_support(Question((Label.OFFER,), ground.member_sectors, stage, places))


def _need_gap(ground: Ground, about: tuple[int, ResourceTerm], need: Node, support: Support) -> Gap:
    subject, resource = about
    quantity, said_on = need.find_number("quantity"), dated_node(need, ground.snapshot.as_of)
    stage = f" for {STAGE_NAMES[StageTerm(need.get_text('stage'))]}" if need.get_text("stage") else ""
    said = wording.sentence(
        "unmet_need",
        subject=ground.name(subject),
        resource=wording.resource_words(resource),
        details=f"{stage}{wording.age_words(said_on)}",
        distance=ground.distance(ground.options.offer_km),
        complete=wording.complete_words(support.as_of),
    )
    ties = [tie.id for _, tie in ground.snapshot.sources(ground.snapshot.index_of(need.id), TieType.STATES)]
    return replace(
        ground.known(GapKind.UNMET_NEED, (need.id,), said),
        size=quantity or 1.0,
        unit=resource.value,
        observed=0.0,
        confidence=support.confidence,
        freshness=oldest([support.as_of, said_on]).freshness,
        coverage=support.statements,
        evidence=(need.id, *ties),
        present=(ground.name(subject),),
        patterns=resource_patterns(resource),
        closers=(ground.id(subject), *(ground.id(at) for at in ground.operators(subject))),
    )


def _need_not_known(ground: Ground, resource: ResourceTerm, unclear: Collection[tuple[int, str]]) -> Gap:
    subjects = {subject for subject, _ in unclear}
    said = wording.sentence(
        "unmet_need_not_known",
        resource=wording.resource_words(resource),
        needs=wording.counted(len(subjects), "member", "members"),
        verb="is" if len(subjects) == 1 else "are",
        why="; ".join(sorted({why for _, why in unclear})),
    )
    gap = ground.not_known(GapKind.UNMET_NEED, (resource.value,), said, ())
    return replace(gap, present=ground.names(subjects), patterns=resource_patterns(resource))
