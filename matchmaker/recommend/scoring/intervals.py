"""How sure a fitted likelihood is: the interval that its evidence leaves."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.scoring.additive import PatternModel, PiecewiseTable, SideFit, likelihood_of

LEVEL_95 = 1.959964
"""How many standard errors a 95% interval reaches to either side."""


def weigh_points(table: PiecewiseTable, value: float) -> Iterator[tuple[int, float]]:
    """Yield the points of a table that a value lies between, as (place, weight); none where it isn't known (NaN).

    Weights add up to 1; the shares so weighed are the value's contribution.

    >>> table = PiecewiseTable((0.0, 1.0, 3.0), (0.0, 0.5, 0.9))
    >>> list(weigh_points(table, 0.25)), list(weigh_points(table, 9.0)), list(weigh_points(table, math.nan))
    ([(0, 0.75), (1, 0.25)], [(2, 1.0)], [])
    """
    if math.isnan(value):
        return
    points = table.points
    right = bisect_right(points, value)
    if right in {0, len(points)}:
        yield max(right - 1, 0), 1.0
        return
    low, high = points[right - 1], points[right]
    scale = math.log1p if table.log else float
    share = (scale(value) - scale(low)) / (scale(high) - scale(low))
    yield right - 1, 1.0 - share
    yield right, share


def likelihood_interval(
    model: PatternModel, values: Mapping[str, float], deviations: float = LEVEL_95
) -> tuple[float, float] | None:
    """Return between which chances the likelihood of one pair lies; None where the pattern isn't fitted.

    It says how sure the tables are of pairs like this one, not how much two such pairs differ.

    Parameters
    ----------
    values
        The pair's features by name; NaN where not recorded.
    deviations
        How many standard errors to either side; 95% by default.
    """
    if model.fit is None:
        return None
    seen, score, start = [(0, 1.0)], model.intercept, 1
    for name in sorted(model.tables):
        table = model.tables[name]
        for place, weight in weigh_points(table, values.get(name, math.nan)):
            seen.append((start + place, weight))
            score += weight * table.shares[place]
        start += len(table.points)
    error = math.sqrt(max(_variance(seen, model.fit.covariance), 0.0))
    return likelihood_of(score - deviations * error), likelihood_of(score + deviations * error)


def side_interval(side: SideFit, standing: float, deviations: float = LEVEL_95) -> tuple[float, float, float]:
    """Return the chance that one side says it is interested, and between which chances it lies.

    Parameters
    ----------
    standing
        The pair's score with its pattern's level.

    Examples
    --------
    >>> low, middle, high = side_interval(SideFit(1.0, 0.5, 40, (0.0, 0.0, 0.25)), -0.5, 2.0)
    >>> round(low, 4), middle, round(high, 4)
    (0.2689, 0.5, 0.7311)
    """
    stretch, both, shift = side.covariance
    error = math.sqrt(max(stretch * standing**2 + 2.0 * both * standing + shift, 0.0))
    score = side.stretch * standing + side.shift
    low, middle, high = (likelihood_of(score + step * error) for step in (-deviations, 0.0, deviations))
    return low, middle, high


def _variance(seen: Sequence[tuple[int, float]], packed: Sequence[float]) -> float:
    """Return the variance of a weighted sum; ``seen`` ascends."""
    total = 0.0
    for number, (row, weight) in enumerate(seen):
        first = row * (row + 1) // 2
        total += weight * weight * packed[first + row]
        total += 2.0 * weight * sum(other * packed[first + column] for column, other in seen[:number])
    return total


def pack_triangle(matrix: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the lower triangle of a symmetric matrix, row by row.

    >>> pack_triangle(np.array([[1.0, 0.5], [0.5, 2.0]]))
    (1.0, 0.5, 2.0)
    """
    return tuple(matrix[np.tril_indices(len(matrix))].tolist())


def count_points(model: PatternModel) -> int:
    """Return how many numbers a pattern's model has: the intercept and every point of every table."""
    return 1 + sum(len(table.points) for table in model.tables.values())


def errors_of(model: PatternModel) -> Mapping[str, tuple[float, ...]]:
    """Return the standard errors of every table's shares, by feature; nothing where the pattern isn't fitted."""
    if model.fit is None:
        return {}
    found, start = {}, 1
    for name in sorted(model.tables):
        rows = range(start, start + len(model.tables[name].points))
        found[name] = tuple(math.sqrt(max(model.fit.covariance[row * (row + 3) // 2], 0.0)) for row in rows)
        start = rows.stop
    return found
