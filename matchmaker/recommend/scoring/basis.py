"""The shape of additive tables: where their points stand, and features as weights of these points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.recommend.scoring.additive import PiecewiseTable

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FeatureShape:
    """What is decided about one feature's table before anything is fitted.

    Attributes
    ----------
    points
        Where the table bends, ascending, in the feature's unit; chosen by quantiles where not given.
    log
        Interpolate in ln(1 + value); the values are above -1.
    monotone
        1 where more may never speak against, -1 where more may never speak for, 0 where either is possible.
    prior
        What the table is drawn to where the data say little; the constant 0 where not given. A prior keeps its own
        points and its own ``log``.
    """

    points: tuple[float, ...] | None = None
    log: bool = False
    monotone: int = 0
    prior: PiecewiseTable | None = None

    def scaled(self, values: Floats) -> Floats:
        """Return values on the scale in which the table is linear between its points."""
        return np.log1p(values) if self.log else values


def choose_points(values: Floats, weights: Floats, count: int) -> Floats:
    """Return at most ``count + 1`` points for a table, ascending, at quantiles of the known values.

    Where a feature has few distinct values each is a point. A value that many rows share (no path at all, say) is one
    point, and the others are chosen among the rest.

    Parameters
    ----------
    values
        Shape (rows,); NaN where not known.
    weights
        Shape (rows,): the rows' weights. A row of weight 2 counts as two rows, one of weight 0 as none.

    Examples
    --------
    >>> choose_points(np.array([0.0] * 90 + list(range(1, 11))), np.ones(100), 4).tolist()
    [0.0, 2.0, 5.0, 8.0, 10.0]
    """
    counted = ~np.isnan(values) & (weights > 0.0)
    distinct, inverse = np.unique(values[counted], return_inverse=True)
    if len(distinct) <= count + 1:
        return distinct if len(distinct) else np.zeros(1)
    mass = np.bincount(inverse, weights=weights[counted], minlength=len(distinct))
    for _ in range(8):
        mass = np.minimum(mass, 0.5 * mass.sum() / count)
    shares = np.cumsum(mass) / mass.sum()
    levels = np.linspace(0.0, 1.0, count + 1)
    levels[0], levels[-1] = 0.25 / count, 1.0 - 0.25 / count
    places = np.searchsorted(shares, levels - 1e-9)
    return distinct[np.unique(places)]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The points of every feature's table.

    Attributes
    ----------
    shapes
        What was decided about each feature.
    points
        For each feature the points of its table, on the feature's own scale.
    """

    shapes: tuple[FeatureShape, ...]
    points: tuple[Floats, ...]

    @classmethod
    def of(cls, values: Floats, weights: Floats, shapes: Sequence[FeatureShape], count: int) -> "Basis":
        """Return the basis for the features of some rows; those of a prior are kept among the points."""
        points = []
        for column, shape in enumerate(shapes):
            if shape.points is not None:
                found = np.asarray(shape.points, dtype=np.float64)
            else:
                found = choose_points(values[:, column], weights, count)
                if shape.prior is not None:
                    found = np.unique(np.concatenate([found, shape.prior.points]))
            points.append(found)
        return cls(tuple(shapes), tuple(points))

    def starts(self) -> NDArray[np.int64]:
        """Return where each feature's points begin among all points, and where the last ones end."""
        return np.concatenate([[0], np.cumsum([len(points) for points in self.points])]).astype(np.int64)

    def matrix(self, values: Floats) -> csr_array:
        """Return each value as weights of the points beside it; shape (rows, points), nothing where not known."""
        rows, features = values.shape
        starts = self.starts()
        columns = np.zeros((rows, 2 * features), dtype=np.int32)
        weights = np.zeros((rows, 2 * features))
        for feature, shape in enumerate(self.shapes):
            known = ~np.isnan(values[:, feature])
            points = shape.scaled(self.points[feature])
            here = shape.scaled(np.where(known, values[:, feature], self.points[feature][0]))
            left = np.clip(np.searchsorted(points, here, side="right") - 1, 0, max(len(points) - 2, 0))
            right = np.minimum(left + 1, len(points) - 1)
            width = np.where(right > left, points[right] - points[left], 1.0)
            part = np.clip((here - points[left]) / width, 0.0, 1.0)
            columns[:, 2 * feature], columns[:, 2 * feature + 1] = left + starts[feature], right + starts[feature]
            weights[:, 2 * feature] = np.where(known, 1.0 - part, 0.0)
            weights[:, 2 * feature + 1] = np.where(known & (right > left), part, 0.0)
            weights[known & (right == left), 2 * feature] = 1.0
        bounds = np.arange(rows + 1) * (2 * features)
        found = csr_array((weights.ravel(), columns.ravel(), bounds), shape=(rows, int(starts[-1])))
        found.eliminate_zeros()
        return found
