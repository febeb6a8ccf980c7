"""Fits tables to examples, drawn to a prior: what all patterns have in common, and each pattern's own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.learning.calibration import score_values
from matchmaker.recommend.learning.evidence import Evidence
from matchmaker.recommend.learning.examples import Examples, join_examples
from matchmaker.recommend.learning.windows import Part
from matchmaker.recommend.scoring.additive import Outcome, PatternFit, PatternModel, PiecewiseTable, ScoringModel
from matchmaker.recommend.scoring.basis import FeatureShape
from matchmaker.recommend.scoring.estimator import AdditiveClassifier
from matchmaker.recommend.scoring.intervals import pack_triangle

Floats = NDArray[np.float64]
NAMES = tuple(FEATURES)

COMMON_RIDGE, OWN_RIDGE = 30.0, 100.0
"""How strongly tables are drawn to the prior: worth about so many links of evidence."""

MONOTONE: Mapping[str, int] = MappingProxyType(
    {
        "common_neighbours": 1,
        "adamic_adar": 1,
        "resource_allocation": 1,
        "three_step_paths": 1,
        "source_needs_met": 1,
        "target_needs_met": 1,
        "shared_fields": 1,
        "shared_occupations": 1,
        "distance_km": -1,
        "same_county": 1,
        "intends_to_serve": 1,
        "shared_initiatives": 1,
        "agreement_in_place": 1,
        "capacity_source": 1,
        "capacity_target": 1,
    }
)
"""Features of which more may never speak against a pair (1) or for it (-1); the others may do either."""

LISTWISE = 0.5
"""How much of what is common is judged list by list, since lists are what people read; the rest pair by pair."""

Tables = Mapping[str, PiecewiseTable]


def fit_common(
    evidence: Mapping[PatternName, Evidence], prior: ScoringModel, *parts: Part
) -> dict[str, PiecewiseTable]:
    """Return what is to be added to every pattern's tables, fitted to the examples of all of them in some windows.

    Each pattern keeps a level of its own, one for links and one for decisions. A table is nothing where nothing speaks
    for a change.
    """
    used = [
        (name, prior.patterns[name], one)
        for name in sorted(evidence)
        for one in evidence[name].of(*parts)
        if one.formed.any() and not one.formed.all()
    ]
    if not used:
        return {}
    tables = _union(model.tables for _, model, _ in used)
    offsets = [_levelled(model, one) for _, model, one in used]
    values = np.vstack([_own_columns(model, one, tables) for _, model, one in used])
    shapes = [FeatureShape(points=table.points, log=table.log) for table in tables.values()]
    fitted = AdditiveClassifier(shapes=shapes, ridge=COMMON_RIDGE, prior_intercept=0.0, listwise=LISTWISE).fit(
        values,
        np.concatenate([one.formed for _, _, one in used]),
        sample_weight=np.concatenate([one.weights for _, _, one in used]),
        offset=np.concatenate(offsets),
        groups=np.concatenate([np.char.add(f"{name.value} ", one.groups) for name, _, one in used]),
    )
    return dict(fitted.to_pattern_model(tuple(tables)).tables)


def fit_pattern(several: Sequence[Examples], prior: PatternModel, common: Tables, outcome: Outcome) -> PatternModel:
    """Return a pattern's scorer fitted to examples, drawn to its prior with what is common added.

    Monotone where the meaning of a feature demands it (`MONOTONE`). The intercept is free.

    Parameters
    ----------
    several
        The examples of the outcome, which set the level; further ones that only move the tables.
    """
    examples = join_examples(several)
    names = sorted(prior.tables)
    drawn = {name: _sum(prior.tables[name], common.get(name)) for name in names}
    shapes = [FeatureShape(drawn[name].points, drawn[name].log, MONOTONE.get(name, 0), drawn[name]) for name in names]
    values = examples.values[:, [NAMES.index(name) for name in names]]
    fitted = AdditiveClassifier(shapes=shapes, ridge=OWN_RIDGE).fit(
        values, examples.formed, sample_weight=examples.weights, offset=_offsets(several)
    )
    tables = fitted.to_pattern_model(names).tables
    fit = PatternFit(several[0].count(), outcome, pack_triangle(fitted.covariance_))
    return PatternModel(float(fitted.intercept_), dict(tables), fit=fit)


def level_of(prior: PatternModel, fitted: PatternModel, examples: Examples) -> float:
    """Return by how much the prior scores pairs higher than a fitted scorer does, on average."""
    gap = score_values(prior, NAMES, examples.values) - score_values(fitted, NAMES, examples.values)
    return float(np.average(gap, weights=examples.weights))


def move_prior(prior: PatternModel, examples: Examples, common: Tables) -> PatternModel:
    """Return a prior with what is common added to its tables, and as likely as before on average over examples."""
    tables = {name: _sum(table, common.get(name)) for name, table in prior.tables.items()}
    moved = replace(prior, tables=tables)
    return replace(moved, intercept=prior.intercept + level_of(prior, moved, examples))


def _offsets(several: Sequence[Examples]) -> Floats:
    """Return what puts further examples on the level of the first: the log-odds of their shares that formed."""
    first = several[0]
    return np.concatenate([np.full(len(one), _log_odds(one) - _log_odds(first)) for one in several])


def _log_odds(examples: Examples) -> float:
    """Return the log-odds of the share that formed, half a pair added to either side."""
    formed, mass = float(examples.weights @ examples.formed), float(examples.weights.sum())
    return float(np.log(formed + 0.5) - np.log(mass - formed + 0.5))


def _levelled(prior: PatternModel, examples: Examples) -> Floats:
    """Return the prior's scores of examples, moved so that as many links are expected as formed."""
    scores = score_values(prior, NAMES, examples.values)
    return scores + _shift(scores, examples)


def _shift(scores: Floats, examples: Examples) -> float:
    wanted, shift = float(examples.weights @ examples.formed), 0.0
    for _ in range(50):
        chances = 1.0 / (1.0 + np.exp(-(scores + shift)))
        bend = float(examples.weights @ (chances * (1.0 - chances)))
        step = (wanted - float(examples.weights @ chances)) / max(bend, 1e-12)
        shift += min(max(step, -2.0), 2.0)
        if abs(step) < 1e-10:
            break
    return shift


def _own_columns(prior: PatternModel, examples: Examples, tables: Tables) -> Floats:
    """Return the columns of some features; unknown where a pattern's prior leaves a feature out."""
    columns = [
        examples.values[:, NAMES.index(name)] if name in prior.tables else np.full(len(examples), np.nan)
        for name in tables
    ]
    return np.column_stack(columns)


def _union(several: Iterable[Tables]) -> dict[str, PiecewiseTable]:
    """Return the tables of all features that some pattern counts, by name, on the points of all of them."""
    found: dict[str, PiecewiseTable] = {}
    for tables in several:
        for name, table in tables.items():
            found[name] = _sum(table, found.get(name))
    return {name: found[name] for name in sorted(found)}


def _sum(first: PiecewiseTable, second: PiecewiseTable | None) -> PiecewiseTable:
    """Return the sum of two tables on the points of both."""
    if second is None:
        return first
    points = tuple(sorted({*first.points, *second.points}))
    at = np.array(points)
    shares = first.shares_of(at) + second.shares_of(at)
    return PiecewiseTable(points, tuple(shares.tolist()), first.log)
