"""The estimator behind the additive scorer: one piecewise-linear table per feature, fitted to outcomes.

It is a penalised logistic regression over the increments of the tables between their points: monotone tables are bounds
on increments, and the penalty draws each table to its prior, not to nothing. It follows the generalised additive model
(T. Hastie and R. Tibshirani, *Generalized additive models*, 1990) with the penalties of P. Eilers and B. Marx,
*Flexible smoothing with B-splines and penalties*, Statistical Science 11, 1996, on a basis of first degree.
"""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from matchmaker.recommend.scoring.additive import PatternModel, PiecewiseTable
from matchmaker.recommend.scoring.basis import Basis, FeatureShape
from matchmaker.recommend.scoring.fitting import ROWS_AT_ONCE, Design, Penalty, Problem, Solution
from matchmaker.recommend.scoring.losses import Loss

Floats = NDArray[np.float64]


class AdditiveClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """An intercept and one piecewise-linear table per feature, in log-odds; a scikit-learn classifier of two classes.

    A value that isn't known (NaN) contributes exactly 0. Fitting the same rows gives the same tables.

    Parameters
    ----------
    shapes
        One `FeatureShape` per column: points, scale, monotonicity and prior; all free where not given.
    knots
        Between how many points, at most, a table has pieces where the points aren't given.
    ridge
        Strength of the penalty on what increments and levels add to the prior's, above 0. It is worth about so many
        rows of evidence.
    roughness
        Strength of the penalty on how the slope changes from piece to piece, beyond the prior's; 0 or more.
    listwise
        Share of the loss that judges each list as a whole, 0..1. Only `fit` with ``groups`` can use it; alone (1) it
        leaves the intercept as it starts, and `calibrate` has to follow.
    prior_intercept
        What the intercept is drawn to; free where not given.
    max_iter
        At most so many iterations.

    Attributes
    ----------
    classes_
        The two classes; the scores speak for the second.
    intercept_
        In log-odds.
    points_, shares_
        For each feature, where its table bends and what it contributes there.
    share_errors_
        For each feature, the standard errors of ``shares_``, by the curvature of the penalised loss.
    covariance_
        Shape (1 + points, 1 + points): the covariance of the intercept and all ``shares_``.
    n_iter_
        Iterations used.

    Examples
    --------
    >>> seen = np.repeat([0.0, 1.0, 2.0, 3.0, np.nan], 20).reshape(-1, 1)
    >>> formed = np.concatenate([np.arange(20) < 2 + 4 * group for group in range(4)] + [np.arange(20) < 8])
    >>> model = AdditiveClassifier(shapes=(FeatureShape(monotone=1),)).fit(seen, formed)
    >>> model.points_[0].tolist(), bool(np.all(np.diff(model.shares_[0]) > 0))
    ([0.0, 1.0, 2.0, 3.0], True)
    >>> model.contributions(np.array([[np.nan]])).tolist()
    [[0.0]]
    """

    classes_: NDArray[np.generic]
    intercept_: float
    points_: list[Floats]
    shares_: list[Floats]
    share_errors_: list[Floats]
    covariance_: Floats
    n_iter_: int

    def __init__(  # noqa: PLR0913 - scikit-learn's settings are parameters of the constructor
        self,
        *,
        shapes: Sequence[FeatureShape] | None = None,
        knots: int = 8,
        ridge: float = 1.0,
        roughness: float = 0.0,
        listwise: float = 0.0,
        prior_intercept: float | None = None,
        max_iter: int = 500,
    ) -> None:
        self.shapes = shapes
        self.knots = knots
        self.ridge = ridge
        self.roughness = roughness
        self.listwise = listwise
        self.prior_intercept = prior_intercept
        self.max_iter = max_iter

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn's name
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        offset: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Fit the tables.

        Parameters
        ----------
        X
            Shape (rows, features); NaN where not known.
        y
            Shape (rows,): two classes.
        sample_weight
            Shape (rows,): a row of weight 2 counts as two.
        offset
            Shape (rows,): log-odds that are known beforehand and are no part of the model.
        groups
            Shape (rows,): the list that each row belongs to, for the listwise loss.

        Raises
        ------
        ValueError
            There aren't two classes, or a setting or a shape can't be.
        """
        values, classes = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        order, starts = _grouped(groups, len(values))
        labels, shapes = self._labels(classes)[order], self._checked_shapes()
        weights = _weights(sample_weight, values)[order]
        known, values = _column(offset, len(values))[order], values[order]
        if self.listwise and groups is None:
            raise ValueError("A listwise loss needs groups.")
        if len(np.unique(labels[weights > 0.0])) < 2:
            raise ValueError("Only one class has rows of a weight above 0; two classes are needed.")
        basis = Basis.of(values, weights, shapes, self.knots)
        seen = basis.matrix(values)
        design = Design.of(basis, seen, weights, Penalty(self.ridge, self.roughness, self.prior_intercept))
        solution = Problem(design, seen, Loss(labels, weights, float(self.listwise), starts), known).solve(
            self.max_iter
        )
        self._keep(basis, design, solution)
        return self

    def decision_function(self, X: ArrayLike, offset: ArrayLike | None = None) -> Floats:  # noqa: N803
        """Return the log-odds of the second class; shape (rows,)."""
        given = self.contributions(X)
        total: Floats = self.intercept_ + given.sum(axis=1) + _column(offset, len(given))
        return total

    def contributions(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return what each feature adds to the log-odds; shape (rows, features), exactly 0 where not known."""
        check_is_fitted(self)
        values = self._values(X)
        return np.column_stack([table.shares_of(values[:, column]) for column, table in enumerate(self._tables())])

    def predict_proba(self, X: ArrayLike) -> Floats:  # noqa: N803
        """Return the chance of either class; shape (rows, 2)."""
        chance = expit(self.decision_function(X))
        return np.column_stack([1.0 - chance, chance])

    def predict(self, X: ArrayLike) -> NDArray[np.generic]:  # noqa: N803
        """Return the likelier class of each row; shape (rows,)."""
        check_is_fitted(self)
        return np.asarray(self.classes_[(self.decision_function(X) > 0.0).astype(int)])

    def calibrate(
        self,
        X: ArrayLike,  # noqa: N803
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        offset: ArrayLike | None = None,
    ) -> Self:
        """Stretch and shift the log-odds so that they fit rows the tables haven't seen, and fold that in.

        The stretch is drawn to 1 as if by one row of evidence (J. Platt, *Probabilistic outputs for support vector
        machines*, 1999, for the rest).

        Raises
        ------
        ValueError
            The rows aren't of both classes.
        """
        scores = self.decision_function(X)
        labels = (column_or_1d(y) == self.classes_[1]).astype(np.float64)
        weights = _weights(sample_weight, scores)
        if len(np.unique(labels[weights > 0.0])) < 2:
            raise ValueError("Calibration needs rows of both classes.")
        stretch, shift = _fit_line(scores, labels, weights, _column(offset, len(scores)))
        self.intercept_ = stretch * self.intercept_ + shift
        self.shares_ = [stretch * shares for shares in self.shares_]
        self.share_errors_ = [stretch * errors for errors in self.share_errors_]
        self.covariance_ = stretch**2 * self.covariance_
        return self

    def intervals(self, X: ArrayLike, level: float = 0.9) -> tuple[Floats, Floats]:  # noqa: N803
        """Return the lower and upper end of each row's log-odds at a level of confidence; each of shape (rows,)."""
        scores = self.decision_function(X)
        values = self._values(X)
        matrix = Basis(self._shapes, tuple(self.points_)).matrix(values)
        variance = np.zeros(len(scores))
        for first in range(0, len(scores), ROWS_AT_ONCE):
            part = slice(first, first + ROWS_AT_ONCE)
            rows = np.column_stack([np.ones(len(scores[part])), matrix[part].toarray()])
            variance[part] = np.einsum("ij,ij->i", rows @ self.covariance_, rows)
        reach = norm.ppf(0.5 + level / 2.0) * np.sqrt(np.maximum(variance, 0.0))
        return scores - reach, scores + reach

    def to_pattern_model(self, names: Sequence[str]) -> PatternModel:
        """Return the model with the names of its features, for the scorer."""
        check_is_fitted(self)
        return PatternModel(float(self.intercept_), dict(zip(names, self._tables(), strict=True)))

    def _values(self, X: ArrayLike) -> Floats:  # noqa: N803
        return np.asarray(validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False))

    def _tables(self) -> list[PiecewiseTable]:
        return [
            PiecewiseTable(tuple(points.tolist()), tuple(shares.tolist()), shape.log)
            for shape, points, shares in zip(self._shapes, self.points_, self.shares_, strict=True)
        ]

    def _labels(self, y: NDArray[np.generic]) -> Floats:
        check_classification_targets(y)
        self.classes_, labels = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. There are {len(self.classes_)} classes.")
        if len(self.classes_) < 2:
            raise ValueError("There is one class only; two classes are needed.")
        return np.asarray(labels, dtype=np.float64)

    def _checked_shapes(self) -> tuple[FeatureShape, ...]:
        shapes = tuple(self.shapes) if self.shapes is not None else (FeatureShape(),) * self.n_features_in_
        if len(shapes) != self.n_features_in_:
            raise ValueError(f"There are {len(shapes)} shapes for {self.n_features_in_} features.")
        if not (self.knots >= 1 and self.ridge > 0.0 and self.roughness >= 0.0 and 0.0 <= self.listwise <= 1.0):
            raise ValueError("knots is 1 or more, ridge above 0, roughness 0 or more, listwise 0 to 1.")
        for shape in shapes:
            if shape.prior is not None and shape.prior.log != shape.log:
                raise ValueError("A prior is on the same scale as its feature: both logarithmic, or neither.")
            if shape.points is not None and np.any(np.diff(shape.points) <= 0.0):
                raise ValueError("The points of a table ascend.")
        return shapes

    def _keep(self, basis: Basis, design: Design, solution: Solution) -> None:
        values = design.base + design.link @ solution.parameters
        wide = np.vstack([np.eye(1, len(solution.parameters)), design.link])
        bounds = basis.starts()[1:-1]
        self._shapes = basis.shapes
        self.intercept_ = float(solution.parameters[0])
        self.points_ = list(basis.points)
        self.shares_ = np.split(values, bounds)
        self.covariance_ = wide @ solution.covariance @ wide.T
        errors = np.sqrt(np.maximum(np.diag(self.covariance_), 0.0))
        self.share_errors_ = np.split(errors[1:], bounds)
        self.n_iter_ = solution.iterations


def _fit_line(scores: Floats, labels: Floats, weights: Floats, offset: Floats) -> tuple[float, float]:
    """Return the stretch and the shift of scores that fit the labels best."""

    def judge(line: Floats) -> tuple[float, Floats]:
        value, slope = loss.judge(line[0] * scores + line[1] + offset)
        away = line[0] - 1.0
        return value + 0.5 * away**2, np.array([slope @ scores + away, slope.sum()])

    loss = Loss(labels, weights, 0.0, np.zeros(1, dtype=np.int64))
    found = minimize(judge, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.0, None), (None, None)])
    return float(found.x[0]), float(found.x[1])


def _weights(weights: ArrayLike | None, rows: Floats) -> Floats:
    return np.asarray(_check_sample_weight(weights, rows, dtype=np.float64, ensure_non_negative=True))


def _column(values: ArrayLike | None, rows: int) -> Floats:
    if values is None:
        return np.zeros(rows)
    column = np.asarray(values, dtype=np.float64)
    if column.shape != (rows,) or not np.all(np.isfinite(column)):
        raise ValueError(f"An offset has one finite number for each of the {rows} rows.")
    return column


def _grouped(groups: ArrayLike | None, rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return an order that puts the rows of a group together, and where each group begins."""
    if groups is None:
        return np.arange(rows), np.zeros(1, dtype=np.int64)
    column = np.asarray(groups)
    if column.shape != (rows,):
        raise ValueError(f"There is one group for each of the {rows} rows.")
    order = np.argsort(column, kind="stable")
    ordered = column[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return order.astype(np.int64), starts.astype(np.int64)
