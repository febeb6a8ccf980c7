"""How the additive tables are fitted: the parameters, their penalty and bounds, and the search for the least loss."""

import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import logit
from sklearn.exceptions import ConvergenceWarning

from matchmaker.recommend.scoring.basis import Basis, FeatureShape
from matchmaker.recommend.scoring.losses import Loss

Floats = NDArray[np.float64]

ROWS_AT_ONCE: Final = 4096
"""How many rows are written out in full at once."""

_SETTLED, _UNSETTLED = 1e-9, 1e-7
_NEWTON_STEPS = 12


@dataclass(frozen=True, slots=True)
class Penalty:
    """How strongly tables are drawn to their priors.

    Attributes
    ----------
    ridge
        On what increments and levels add to the prior's.
    roughness
        On how the slope changes from piece to piece, beyond the prior's.
    prior_intercept
        What the intercept is drawn to; free where not given.
    """

    ridge: float
    roughness: float
    prior_intercept: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The parameters and what they stand for.

    The parameters are the intercept, a level for every feature that isn't known everywhere, and the increments of every
    feature between its points, centred on the rows.

    Attributes
    ----------
    link, base
        Shapes (points, parameters) and (points,): the tables' values are ``base + link @ parameters``.
    prior
        Shape (parameters,): where nothing is seen.
    penalty
        Shape (parameters, parameters): half of it times the distance from the prior, squared, is added to the loss.
    lower, upper
        Shape (parameters,): the bounds.
    """

    link: Floats
    base: Floats
    prior: Floats
    penalty: Floats
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, basis: Basis, seen: csr_array, weights: Floats, penalty: Penalty) -> "Design":
        """Return the design for some rows, given as weights of the basis's points."""
        starts = basis.starts()
        mass = np.asarray(seen.T @ weights)
        parts = [cls._intercept(penalty)]
        for column, shape in enumerate(basis.shapes):
            hats = mass[starts[column] : starts[column + 1]]
            parts.append(cls._feature(shape, basis.points[column], hats, float(weights.sum()), penalty))
        return cls(
            block_diag(*(part.link for part in parts)),
            np.concatenate([part.base for part in parts]),
            np.concatenate([part.prior for part in parts]),
            block_diag(*(part.penalty for part in parts)),
            np.concatenate([part.lower for part in parts]),
            np.concatenate([part.upper for part in parts]),
        )

    @classmethod
    def _intercept(cls, penalty: Penalty) -> "Design":
        free = penalty.prior_intercept is None
        return cls(
            np.zeros((0, 1)),
            np.zeros(0),
            np.array([0.0 if penalty.prior_intercept is None else penalty.prior_intercept]),
            np.array([[0.0 if free else penalty.ridge]]),
            np.array([-np.inf]),
            np.array([np.inf]),
        )

    @classmethod
    def _feature(cls, shape: FeatureShape, points: Floats, hats: Floats, whole: float, penalty: Penalty) -> "Design":
        """Return one feature's part; ``hats`` is how much of the rows' weight ``whole`` falls to each point."""
        pieces, known = len(points) - 1, float(hats.sum())
        hats = hats / max(known, np.finfo(np.float64).tiny)
        ramps = np.tri(len(points), pieces, -1)
        link = ramps - hats @ ramps
        expected = np.zeros(len(points)) if shape.prior is None else shape.prior.shares_of(points)
        level = float(hats @ expected)
        lower = np.full(pieces, 0.0 if shape.monotone > 0 else -np.inf)
        upper = np.full(pieces, 0.0 if shape.monotone < 0 else np.inf)
        rises, drawn = np.clip(np.diff(expected), lower, upper), _increment_penalty(pieces, penalty)
        if known <= 0.0 or known >= whole * (1.0 - 1e-12):
            return cls(link, np.full(len(points), level), rises, drawn, lower, upper)
        return cls(
            np.column_stack([np.ones(len(points)), link]),
            np.zeros(len(points)),
            np.concatenate([[level], rises]),
            block_diag(penalty.ridge, drawn),
            np.concatenate([[-np.inf], lower]),
            np.concatenate([[np.inf], upper]),
        )


def _increment_penalty(pieces: int, penalty: Penalty) -> Floats:
    """Return the penalty on a table's increments; a table is penalised alike, however finely it is cut."""
    drawn = penalty.ridge * max(pieces, 1) * np.eye(pieces)
    if penalty.roughness and pieces > 1:
        steps = np.diff(np.eye(pieces), axis=0)
        drawn += penalty.roughness * pieces**3 * (steps.T @ steps)
    return drawn


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The parameters of the least loss, the inverse of its curvature there, and how many iterations that took."""

    parameters: Floats
    covariance: Floats
    iterations: int


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """The penalised loss as a function of the parameters.

    Attributes
    ----------
    design
        The parameters.
    matrix
        Shape (rows, points): the rows as weights of points.
    loss
        Of the rows' scores.
    offset
        Shape (rows,): what is added to each score.
    """

    design: Design
    matrix: csr_array
    loss: Loss
    offset: Floats

    def solve(self, most: int) -> Solution:
        """Return the parameters of the least loss: L-BFGS-B first, then Newton's steps on those off their bounds."""
        design, scale = self.design, self._scale()
        found = minimize(
            lambda scaled: self._scaled(scaled, scale),
            self._beginning() * scale,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(design.lower * scale, design.upper * scale, strict=True)),
            options={"maxiter": most, "maxcor": 20, "ftol": 1e-11, "gtol": 1e-6},
        )
        parameters = np.clip(found.x / scale, design.lower, design.upper)
        value, slope = self._value(parameters)
        for _ in range(_NEWTON_STEPS):
            covariance = self._covariance(parameters, slope)
            parameters, value, slope, moved = self._step(parameters, value, covariance @ slope)
            rest = self._rest(parameters, slope, scale)
            if rest <= _SETTLED or not moved:
                break
        if rest > _UNSETTLED * max(1.0, float(self.loss.weights.sum()) ** 0.5):
            warnings.warn("The tables aren't fitted to the end; raise max_iter.", ConvergenceWarning, stacklevel=3)
        return Solution(parameters, covariance, int(found.nit))

    def _beginning(self) -> Floats:
        """Return the prior, with the base rate for the intercept where that is free."""
        first = self.design.prior.copy()
        if not self.design.penalty[0, 0]:
            first[0] = logit(np.average(self.loss.labels, weights=self.loss.weights))
        return first

    def _covariance(self, parameters: Floats, slope: Floats) -> Floats:
        """Return the inverse curvature among the parameters off their bounds; 0 for those on them."""
        free = self._free(parameters, slope)
        covariance = np.zeros_like(self.design.penalty)
        covariance[np.ix_(free, free)] = np.linalg.pinv(self._curve(parameters)[np.ix_(free, free)], hermitian=True)
        return covariance

    def _rest(self, parameters: Floats, slope: Floats, scale: Floats) -> float:
        return float(np.abs(slope / scale)[self._free(parameters, slope)].max(initial=0.0))

    def _step(self, parameters: Floats, value: float, step: Floats) -> tuple[Floats, float, Floats, bool]:
        """Return the parameters after as much of a step as lowers the loss, with loss and slope there."""
        for share in (1.0, 0.5, 0.25, 0.1, 0.01):
            tried = np.clip(parameters - share * step, self.design.lower, self.design.upper)
            there, slope = self._value(tried)
            if there <= value + 1e-12 * abs(value):
                return tried, there, slope, bool(np.any(tried != parameters))
        return parameters, value, self._value(parameters)[1], False

    def _free(self, parameters: Floats, slope: Floats) -> NDArray[np.bool_]:
        low = (parameters <= self.design.lower) & (slope > 0.0)
        high = (parameters >= self.design.upper) & (slope < 0.0)
        free = ~(low | high)
        # Lists alone say nothing of the intercept.
        free[0] &= self.loss.listwise < 1.0 or bool(self.design.penalty[0, 0])
        return np.asarray(free)

    def _scale(self) -> Floats:
        """Return about the root of each parameter's curvature, so that all are of one size to the search."""
        spread = np.asarray(self.matrix.T @ self.loss.weights) / self.loss.weights.sum()
        seen = np.abs(self.design.link).T @ spread
        share = np.average(self.loss.labels, weights=self.loss.weights)
        mass = self.loss.weights.sum() * max(share * (1.0 - share), 1e-6)
        curve = np.diag(self.design.penalty) + mass * np.minimum(seen, 1.0)
        curve[0] += mass
        return np.asarray(np.sqrt(np.maximum(curve, 1e-6)))

    def _scaled(self, scaled: Floats, scale: Floats) -> tuple[float, Floats]:
        value, slope = self._value(scaled / scale)
        return value, slope / scale

    def _value(self, parameters: Floats) -> tuple[float, Floats]:
        design = self.design
        value, slope = self.loss.judge(self._scores(parameters))
        away = parameters - design.prior
        drawn = design.penalty @ away
        whole = np.asarray(self.matrix.T @ slope) @ design.link
        whole[0] += slope.sum()
        return value + 0.5 * float(away @ drawn), whole + drawn

    def _scores(self, parameters: Floats) -> Floats:
        design = self.design
        table = design.base + design.link @ parameters
        scores: Floats = parameters[0] + self.matrix @ table + self.offset
        return scores

    def _curve(self, parameters: Floats) -> Floats:
        """Return the second derivative by the parameters."""
        bend, lists = self.loss.bend(self._scores(parameters))
        curve = self.design.penalty.copy()
        for first in range(0, len(bend), ROWS_AT_ONCE):
            part = slice(first, first + ROWS_AT_ONCE)
            rows = self._rows(self.matrix[part])
            rows[:, 0] += 1.0
            curve += rows.T @ (rows * bend[part, None])
        if lists.shape[0]:
            whole = self._rows(lists @ self.matrix)
            whole[:, 0] += np.asarray(lists.sum(axis=1)).ravel()
            curve -= whole.T @ whole
        return curve

    def _rows(self, matrix: csr_array) -> Floats:
        rows: Floats = np.asarray(matrix @ self.design.link)
        return rows
