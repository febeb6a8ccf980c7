"""Fits the scorers of patterns to what happened, drawn to the prior, and keeps the prior where that isn't better.

In three steps. What all patterns have in common is fitted first, to all their examples together and each pattern's own
prior: with few links, how much nearness counts in this ecosystem is learned from all of them. Then each pattern that
has enough links is fitted, drawn to its prior and what is common. Last, a line calibrates it on the time that follows.
The latest windows judge: where the fitted scorer isn't better there than the prior, the prior stays.

A pattern with too few links of its own is moved by what is common, where that has ranked the later links of such
patterns better; its level and its basis stay the prior's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.learning.calibration import (
    Judgement,
    fit_line,
    fold_line,
    judge_scores,
    round_model,
    score_values,
    weighted_auc,
)
from matchmaker.recommend.learning.evidence import LEAST_JUDGED, LEAST_LINKS, Evidence, refusal_of
from matchmaker.recommend.learning.examples import YEAR, Examples
from matchmaker.recommend.learning.fitting import NAMES, Tables, fit_common, fit_pattern, level_of, move_prior
from matchmaker.recommend.learning.windows import Part
from matchmaker.recommend.scoring.additive import Outcome, PatternModel, ScoringModel

TOLERATED = 0.01
"""By which share a fitted scorer's log loss may exceed the prior's: both are calibrated on few links."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of one pattern.

    Attributes
    ----------
    model
        The scorer to use: the fitted one, or the prior's, moved or not.
    refused
        Why it wasn't fitted, or wasn't taken; empty where it was.
    moved
        Whether the prior's tables are moved by what all patterns have in common.
    links
        How many links that formed there are in the windows of each part.
    decisions
        How many suggestions people said yes or no to.
    pairs
        How many pairs were looked at, weighted.
    prior, fitted
        How good the prior and the fitted scorer are in the windows that judge, each calibrated on those before; None
        where it wasn't tried.
    judged
        What ranks the pairs in the windows that judge, fitted to those before them.
    """

    model: PatternModel
    refused: str
    links: Mapping[Part, int]
    decisions: int
    pairs: float
    moved: bool = False
    prior: Judgement | None = None
    fitted: Judgement | None = None
    judged: PatternModel | None = None


def train_patterns(
    examples: Mapping[PatternName, Evidence], prior: ScoringModel, wanted: Sequence[PatternName] = tuple(PatternName)
) -> dict[PatternName, Trained]:
    """Fit the patterns that have enough links, and return what became of each.

    Parameters
    ----------
    examples
        Of every pattern; those that aren't wanted help to find what is common.
    prior
        What the tables are drawn to.
    wanted
        Which patterns to fit.
    """
    known = {name: one for name, one in examples.items() if len(one)}
    refusals = {name: refusal_of(one) for name, one in known.items()}
    common = fit_common(known, prior, Part.FIT)
    late = fit_common(known, prior, Part.FIT, Part.CALIBRATE)
    few = [name for name in known if refusals[name]]
    whole, early = (fit_common(known, prior, *Part), common) if moves_well(known, prior, few) else ({}, {})
    return {
        name: _moved(known[name], prior.patterns[name], (early, whole), refusals[name])
        if refusals[name]
        else _train(known[name], prior.patterns[name], common, late)
        for name in wanted
        if name in known
    }


def moves_well(evidence: Mapping[PatternName, Evidence], prior: ScoringModel, few: Collection[PatternName]) -> bool:
    """Say whether what is common ranks the later links of patterns with few links better than the prior alone.

    Each year of the later half is judged by what is common to the years before it. Compared are the areas under the
    curve, each pattern's weighing as much as its links in the year; there are to be `LEAST_LINKS` before the years that
    judge, in all patterns, and `LEAST_JUDGED` in them.
    """
    years = sorted({group[:YEAR] for one in evidence.values() for group in np.unique(one.links.groups).tolist()})
    judged = years[(len(years) + 1) // 2 :]
    if not judged or sum(one.before(judged[0]).count_formed() for one in evidence.values()) < LEAST_LINKS:
        return False
    links, gain = 0, 0.0
    for year in judged:
        common = fit_common({name: one.before(year) for name, one in evidence.items()}, prior, *Part)
        for name in few:
            later = evidence[name].links.in_year(year)
            if later.formed.any() and not later.formed.all():
                model, formed = prior.patterns[name], later.count_formed()
                links += formed
                gain += formed * (_auc(move_prior(model, later, common), later) - _auc(model, later))
    return links >= LEAST_JUDGED and gain > 0.0


def _train(evidence: Evidence, prior: PatternModel, common: Tables, late: Tables) -> Trained:
    main, outcome = evidence.main, evidence.outcome
    middle, later = main.of(Part.CALIBRATE), main.of(Part.JUDGE)
    fitted = fit_pattern(evidence.of(Part.FIT), prior, common, outcome)
    before, tried = (_judge(_calibrated(model, middle), later) for model in (prior, fitted))
    known = replace(_kept(evidence, prior, _worse(before, tried)), prior=before, fitted=tried)
    if known.refused:
        return known
    known = replace(known, judged=fitted)
    final = _calibrated(fit_pattern(evidence.of(Part.FIT, Part.CALIBRATE), prior, late, outcome), later)
    level = level_of(prior, final, main) if outcome is Outcome.FORMS else 0.0
    return replace(known, model=round_model(replace(final, level=level)))


def _moved(evidence: Evidence, prior: PatternModel, common: tuple[Tables, Tables], reason: str) -> Trained:
    """Return a pattern with few links; ``common`` is fitted to the early windows, and to all of them."""
    kept = _kept(evidence, prior, reason)
    if common[1].keys().isdisjoint(prior.tables) or not len(evidence.links):
        return kept
    judged, final = (move_prior(prior, evidence.links, tables) for tables in common)
    return replace(kept, model=round_model(final), moved=True, judged=judged)


def _kept(evidence: Evidence, prior: PatternModel, reason: str) -> Trained:
    links = {part: evidence.links.count(part) for part in Part}
    pairs = float(evidence.links.weights.sum())
    return Trained(prior, reason, links, evidence.decided.count(), pairs, judged=prior)


def _worse(before: Judgement, tried: Judgement) -> str:
    """Return in which way a fitted scorer isn't better than the prior; empty where it is."""
    if tried.auc <= before.auc:
        return (
            f"fitted, it ranks the later links no better than the prior (AUC {tried.auc:.3f}, prior {before.auc:.3f})"
        )
    if tried.log_loss > before.log_loss * (1.0 + TOLERATED):
        return (
            "fitted, its chances are worse than the prior's in the later windows "
            f"(log loss {tried.log_loss:.5f}, prior {before.log_loss:.5f})"
        )
    return ""


def _calibrated(model: PatternModel, examples: Examples) -> PatternModel:
    scores = score_values(model, NAMES, examples.values)
    return fold_line(model, fit_line(scores, examples.formed, examples.weights))


def _judge(model: PatternModel, examples: Examples) -> Judgement:
    scores = score_values(model, NAMES, examples.values)
    return judge_scores(scores, examples.formed, examples.weights, examples.groups)


def _auc(model: PatternModel, examples: Examples) -> float:
    return weighted_auc(score_values(model, NAMES, examples.values), examples.formed, examples.weights)
