"""A scoring model in arrays: all tables of all patterns are read in one step, for many pairs at once."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.roles import PATTERN_NAMES
from matchmaker.recommend.scoring.additive import SCORE_DIGITS, PiecewiseTable, ScoringModel

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledModel:
    """A scoring model in arrays.

    Tables of one shape share a segment: a stretch of one long piecewise-linear function, in which a value's place is
    the number of the segment, times two, and where between the table's first and last point the value lies.

    Attributes
    ----------
    names
        The features that count in some pattern, in the order of `FEATURES`.
    intercepts
        Shape (patterns,).
    segments
        Shape (patterns, features): the segment of each table, -1 where a feature doesn't count.
    weights
        Shape (patterns, features): what a segment's share is multiplied with.
    first, scale, log
        Shape (segments,): the first point, one over the distance to the last, whether in ln(1 + value).
    places, shares
        Shape (points,): the long function.
    """

    names: tuple[str, ...]
    intercepts: Floats
    segments: NDArray[np.int32]
    weights: Floats
    first: Floats
    scale: Floats
    log: NDArray[np.bool_]
    places: Floats
    shares: Floats

    def shares_of(self, values: Floats, patterns: NDArray[np.integer]) -> Floats:
        """Return what each feature contributes; shape (rows, features), exactly 0 where it isn't known.

        Parameters
        ----------
        values
            Shape (rows, features), in the order of ``names``.
        patterns
            Shape (rows,): codes of `PATTERN_NAMES`.
        """
        found = np.zeros(values.size)
        segments = self.segments[patterns].ravel()
        flat = values.ravel()
        counted = np.flatnonzero((segments >= 0) & ~np.isnan(flat))
        segment, value = segments[counted], flat[counted]
        logarithmic = self.log[segment]
        value[logarithmic] = np.log1p(value[logarithmic])
        within = np.clip((value - self.first[segment]) * self.scale[segment], 0.0, 1.0)
        share = np.interp(within + 2.0 * segment, self.places, self.shares)
        found[counted] = share * self.weights[patterns].ravel()[counted]
        return found.reshape(values.shape)

    def scores_of(self, shares: Floats, patterns: NDArray[np.integer]) -> Floats:
        """Return intercept and contributions of each row, rounded to 1e-9; shape (rows,)."""
        summed: Floats = np.round(self.intercepts[patterns] + shares.sum(axis=1), SCORE_DIGITS) + 0.0
        return summed


@lru_cache(maxsize=16)
def _compiled(parts: "_Parts") -> CompiledModel:
    return _compile(parts.model)


class _Parts:
    """A model by identity: its tables are mappings, which can't be hashed."""

    __slots__ = ("model",)

    def __init__(self, model: ScoringModel) -> None:
        self.model = model

    def __hash__(self) -> int:
        return id(self.model)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Parts) and other.model is self.model


def compile_model(model: ScoringModel) -> CompiledModel:
    """Return a model in arrays; made once for each model."""
    return _compiled(_Parts(model))


def _compile(model: ScoringModel) -> CompiledModel:
    counting = {name for pattern in model.patterns.values() for name in pattern.tables}
    names = tuple(name for name in FEATURES if name in counting)
    shape = (len(PATTERN_NAMES), len(names))
    segments, weights = np.full(shape, -1, dtype=np.int32), np.zeros(shape)
    known: dict[tuple[tuple[float, ...], tuple[float, ...], bool], int] = {}
    shares: list[Floats] = []
    for row, pattern in enumerate(PATTERN_NAMES):
        for column, name in enumerate(names):
            table = _table(model, pattern, name)
            if table is not None:
                size = max(abs(share) for share in table.shares) or 1.0
                relative = np.array(table.shares) / size
                key = (table.points, tuple(relative.round(12).tolist()), table.log)
                if key not in known:
                    known[key] = len(known)
                    shares.append(relative)
                segments[row, column], weights[row, column] = known[key], size
    points = [np.log1p(key[0]) if key[2] else np.array(key[0]) for key in known]
    first = np.array([point[0] for point in points])
    scale = np.array([1.0 / (point[-1] - point[0]) if point[-1] > point[0] else 0.0 for point in points])
    places = [2.0 * number + (point - point[0]) * scale[number] for number, point in enumerate(points)]
    return CompiledModel(
        names,
        np.array([model.patterns[name].intercept if name in model.patterns else 0.0 for name in PATTERN_NAMES]),
        segments,
        weights,
        first,
        scale,
        np.array([key[2] for key in known], dtype=bool),
        np.concatenate([np.zeros(0), *places]),
        np.concatenate([np.zeros(0), *shares]),
    )


def _table(model: ScoringModel, pattern: PatternName, name: str) -> PiecewiseTable | None:
    found = model.patterns.get(pattern)
    return found.tables.get(name) if found is not None else None
