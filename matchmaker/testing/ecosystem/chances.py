"""How likely a pair is to form a good link: a hidden fit, drivers that can be seen in part, and noise.

With hidden openness *o*, culture *c*, commitment *m* and circle, the log-odds of a pair are

    base(pattern) + 0.6 (o_a + o_b) - 0.35 |c_a - c_b| + 0.45 m_a m_b + 0.9 [same circle, same county]
    + visible(a, b) + 0.7 noise

and ``visible`` is what the recorded facts add up to: nearness, what one needs and the other offers, stages, fields and
populations in common. The hidden part is written to no file.
"""

import math
from dataclasses import dataclass

from matchmaker.model.reference import NEXT_STAGES
from matchmaker.model.vocabulary import PatternName, StageTerm
from matchmaker.testing.ecosystem.cast import Course, Latent, Organization
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.geography import KM_PER_DEGREE

P = PatternName

BASE = {
    P.EARLY_LEARNING_K2: -0.9,
    P.SCHOOL_INFORMAL: -1.5,
    P.COLLEGE_EMPLOYER: -1.0,
    P.SCHOOL_OUT_OF_SCHOOL: -1.7,
    P.EMPLOYER_SCHOOL: -2.0,
    P.PROGRAM_EMPLOYER: -2.6,
    P.PCSP_COLLEGE: -1.4,
    P.PROGRAM_NEXT_STEP: -3.3,
    P.PARTNER_FUNDER: -0.8,
    P.PROGRAM_COMMUNITY: -3.2,
    P.EDUCATOR_LEARNING: -1.2,
    P.CROSS_SECTOR: -2.3,
}
"""Log-odds of an average pair of a pattern at no distance."""

WITHOUT_DISTANCE = frozenset({P.PCSP_COLLEGE})
NOISE = 0.7
KM_PER_LOG_ODD = 6.0


@dataclass(frozen=True, slots=True)
class Unit:
    """One side of a pair: an organization, or a program with what its operator needs and offers."""

    id: str
    latent: Latent
    county: str
    points: tuple[tuple[float, float], ...]
    stages: frozenset[StageTerm]
    topics: frozenset[str]
    populations: frozenset[str]
    needs: frozenset[str]
    offers: frozenset[str]


def unit_of(one: Organization | Course) -> Unit:
    """Return an organization or a program as one side of a pair."""
    operator = one.operator if isinstance(one, Course) else one
    sites = tuple((site.latitude, site.longitude) for site in one.sites) if isinstance(one, Course) else ()
    return Unit(
        one.id,
        one.latent,
        operator.county.id if operator.county is not None else "",
        sites or ((operator.latitude, operator.longitude),),
        frozenset(one.stages),
        frozenset(one.topics),
        frozenset(one.populations),
        frozenset(operator.needs),
        frozenset(operator.offers),
    )


def rough_km(first: Unit, second: Unit) -> float:
    """Return the distance of two units' nearest sites in km, on a plane: they are close together."""
    return min(_plane_km(one, other) for one in first.points for other in second.points)


def _plane_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    north = (one[0] - other[0]) * KM_PER_DEGREE
    east = (one[1] - other[1]) * KM_PER_DEGREE * 0.788
    return math.sqrt(north * north + east * east)


def hidden_fit(first: Unit, second: Unit) -> float:
    """Return the share of the log-odds that no feature can read, without noise."""
    a, b = first.latent, second.latent
    shared = max(-2.0, min(2.0, a.commitment * b.commitment))
    circle = 0.9 if a.circle == b.circle and first.county == second.county else 0.0
    return 0.6 * (a.openness + b.openness) - 0.35 * abs(a.culture - b.culture) + 0.45 * shared + circle


def visible_fit(pattern: PatternName, first: Unit, second: Unit) -> float:
    """Return the share of the log-odds that recorded facts add up to."""
    met = len(first.needs & second.offers) + len(second.needs & first.offers)
    fit = 0.8 * min(met, 2) + 0.35 * min(len(first.topics & second.topics), 2)
    fit += 0.3 * min(len(first.populations & second.populations), 1)
    if first.stages and second.stages:
        fit += 0.6 if first.stages & second.stages else (0.2 if _follow(first, second) else -0.8)
    if pattern not in WITHOUT_DISTANCE:
        fit -= min(rough_km(first, second) / KM_PER_LOG_ODD, 6.0)
    return fit


def _follow(first: Unit, second: Unit) -> bool:
    return any(after in second.stages for stage in first.stages for after in NEXT_STAGES[stage]) or any(
        after in first.stages for stage in second.stages for after in NEXT_STAGES[stage]
    )


@dataclass(frozen=True, slots=True)
class PairChance:
    """What is true of a pair, and what of it could be known.

    Attributes
    ----------
    probability
        The chance that it forms a good link, from everything there is.
    visible
        The same from the facts on record alone, for an average hidden fit.
    good
        Whether it does form one: a draw with ``probability``.
    """

    pattern: PatternName
    source: str
    target: str
    probability: float
    visible: float
    good: bool


def chance_of(draws: Draws, pattern: PatternName, first: Unit, second: Unit) -> PairChance:
    """Return what is true of a pair of a pattern."""
    base, seen = BASE[pattern], visible_fit(pattern, first, second)
    noise = NOISE * draws.normal("noise", pattern, first.id, second.id)
    probability = round(_logistic(base + hidden_fit(first, second) + seen + noise), 4)
    visible = round(_logistic(base + seen), 4)
    good = draws.chance(probability, "good", pattern, first.id, second.id)
    return PairChance(pattern, first.id, second.id, probability, visible, good)


def _logistic(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))
