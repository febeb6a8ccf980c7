"""The estimator of the additive scorer: scikit-learn's own checks, known answers, and what must always hold."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import check_estimator

from matchmaker.recommend.measuring import FeatureTable
from matchmaker.recommend.scoring.additive import PiecewiseTable, score_features
from matchmaker.recommend.scoring.basis import Basis, FeatureShape, choose_points
from matchmaker.recommend.scoring.estimator import AdditiveClassifier
from matchmaker.recommend.scoring.losses import Loss

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def sample(seed: int, rows: int = 300, features: int = 3, unknown: float = 0.15) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    values = np.round(rng.gamma(1.0, 2.0, (rows, features)), 2)
    values[rng.random((rows, features)) < unknown] = np.nan
    formed = (rng.random(rows) < expit(np.nan_to_num(values)[:, 0] - 1.5)).astype(float)
    formed[:2] = 0.0, 1.0
    return values, formed


@pytest.mark.parametrize("settings", [{}, {"roughness": 0.5, "knots": 3}, {"prior_intercept": -0.5}])
def test_it_is_a_scikit_learn_classifier(settings: dict[str, float]) -> None:
    outcomes = check_estimator(AdditiveClassifier(**settings), on_skip=None, on_fail=None)  # type: ignore[arg-type]
    assert [outcome["check_name"] for outcome in outcomes if outcome["status"] in ("failed", "xfail")] == []
    assert sum(outcome["status"] == "passed" for outcome in outcomes) > 50


@given(
    seed=st.integers(0, 10_000),
    knots=st.integers(1, 12),
    log=st.booleans(),
    monotone=st.sampled_from([-1, 0, 1]),
    listwise=st.sampled_from([0.0, 0.4, 1.0]),
)
def test_what_always_holds(seed: int, knots: int, log: bool, monotone: int, listwise: float) -> None:
    values, formed = sample(seed)
    shapes = (FeatureShape(monotone=monotone, log=log), FeatureShape(points=(0.0, 1.0, 5.0)), FeatureShape())
    groups = np.arange(len(values)) % 20
    model = AdditiveClassifier(shapes=shapes, knots=knots, listwise=listwise).fit(values, formed, groups=groups)
    given_shares = model.contributions(values)
    assert np.all(given_shares[np.isnan(values)] == 0.0)
    whole = [model.intercept_ + math.fsum(row) for row in given_shares]
    assert model.decision_function(values) == pytest.approx(whole, abs=1e-9)
    assert model.predict_proba(values)[:, 1] == pytest.approx(expit(np.array(whole)), abs=1e-12)
    steps = np.diff(model.shares_[0]) * monotone
    assert np.all(steps >= 0.0)
    assert len(model.points_[0]) <= knots + 1
    assert model.points_[1].tolist() == [0.0, 1.0, 5.0]
    served = score_features(model.to_pattern_model("abc"), FeatureTable(tuple("abc"), values))
    assert served.scores == pytest.approx(model.decision_function(values), abs=1e-9)
    order = np.random.default_rng(seed).permutation(len(values))
    again = AdditiveClassifier(shapes=shapes, knots=knots, listwise=listwise)
    again.fit(values[order], formed[order], groups=groups[order])
    assert again.decision_function(values) == pytest.approx(model.decision_function(values), abs=1e-5)


def test_the_same_rows_give_the_same_tables_to_the_last_bit() -> None:
    values, formed = sample(3)
    one, other = (AdditiveClassifier(ridge=0.3).fit(values, formed) for _ in range(2))
    assert [shares.tolist() for shares in one.shares_] == [shares.tolist() for shares in other.shares_]


def test_one_straight_piece_without_penalty_is_logistic_regression() -> None:
    values, formed = sample(5, unknown=0.0)
    low, high = values.min(axis=0), values.max(axis=0)
    shapes = [FeatureShape(points=(float(a), float(b))) for a, b in zip(low, high, strict=True)]
    model = AdditiveClassifier(shapes=shapes, ridge=1e-9).fit(values, formed)
    peer = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(values, formed)
    slopes = [float(np.diff(shares)[0]) / (b - a) for shares, a, b in zip(model.shares_, low, high, strict=True)]
    assert slopes == pytest.approx(peer.coef_[0].tolist(), abs=1e-4)
    assert model.decision_function(values) == pytest.approx(peer.decision_function(values), abs=1e-4)


def test_a_yes_or_no_feature_gives_the_log_odds_ratio_and_its_standard_error() -> None:
    # 10 of 40 formed without, 30 of 50 with it.
    values = np.repeat([0.0, 1.0], [40, 50]).reshape(-1, 1)
    formed = np.concatenate([np.arange(40) < 10, np.arange(50) < 30])
    model = AdditiveClassifier(ridge=1e-9).fit(values, formed)
    ratio = math.log(30 / 20) - math.log(10 / 30)
    assert float(np.diff(model.shares_[0])[0]) == pytest.approx(ratio, abs=1e-6)
    difference = np.array([0.0, -1.0, 1.0])
    error = math.sqrt(1 / 30 + 1 / 20 + 1 / 10 + 1 / 30)
    assert math.sqrt(difference @ model.covariance_ @ difference) == pytest.approx(error, abs=1e-5)
    low, high = model.intervals(np.array([[0.0], [1.0]]), level=0.95)
    one = math.sqrt(1 / 10 + 1 / 30), math.sqrt(1 / 30 + 1 / 20)
    assert high - low == pytest.approx([2 * 1.959964 * each for each in one], abs=1e-4)
    assert (low + high) / 2 == pytest.approx([math.log(10 / 30), math.log(30 / 20)], abs=1e-6)


def test_an_unknown_value_contributes_nothing_and_the_known_ones_speak_beside_it() -> None:
    # 50 of 100 formed where nothing is known; 80 of 100 where it is, whatever the value.
    values = np.repeat([np.nan, 1.0, 2.0], [100, 50, 50]).reshape(-1, 1)
    formed = np.concatenate([np.arange(100) < 50, np.arange(50) < 40, np.arange(50) < 40])
    model = AdditiveClassifier(ridge=1e-6).fit(values, formed)
    assert model.intercept_ == pytest.approx(0.0, abs=1e-3)
    assert model.shares_[0] == pytest.approx([math.log(4)] * 2, abs=1e-3)


def test_little_evidence_leaves_the_prior_and_much_overrules_it() -> None:
    prior = PiecewiseTable((0.0, 1.0, 3.0), (0.0, 1.0, 1.5))
    shapes = (FeatureShape(prior=prior),)
    values = np.tile([0.0, 1.0, 3.0, np.nan], 30).reshape(-1, 1)
    formed = np.tile([True, False, True, False, False, True, False, True, False, False], 12)
    strong = AdditiveClassifier(shapes=shapes, ridge=1e9, prior_intercept=-2.0).fit(values, formed)
    assert strong.points_[0].tolist() == [0.0, 1.0, 3.0]
    assert strong.shares_[0] == pytest.approx([0.0, 1.0, 1.5], abs=1e-6)
    assert strong.intercept_ == pytest.approx(-2.0, abs=1e-6)
    distances = []
    for times in (1, 20, 400):
        model = AdditiveClassifier(shapes=shapes, ridge=5.0, prior_intercept=-2.0)
        model.fit(values, formed, sample_weight=np.full(len(values), times))
        distances.append(abs(float(np.diff(model.shares_[0])[0])))
    assert distances[0] > distances[1] > distances[2]
    weak = AdditiveClassifier(shapes=shapes, ridge=1e-9).fit(values, formed)
    assert float(np.diff(weak.shares_[0])[0]) == pytest.approx(distances[2], abs=0.02)


def test_a_prior_known_everywhere_is_kept_as_it_is() -> None:
    prior = PiecewiseTable((0.0, 4.0), (0.5, -0.5), log=True)
    values, formed = sample(8, features=1, unknown=0.0)
    model = AdditiveClassifier(shapes=(FeatureShape(prior=prior, log=True),), ridge=1e9).fit(values, formed)
    assert model.contributions(values)[:, 0] == pytest.approx(prior.shares_of(values[:, 0]), abs=1e-6)


def test_an_offset_is_known_beforehand() -> None:
    values, formed = sample(11)
    offset = np.where(np.nan_to_num(values)[:, 1] > 2.0, 0.7, -0.4)
    free = AdditiveClassifier(ridge=0.5).fit(values, formed, offset=np.full(len(values), 2.5))
    plain = AdditiveClassifier(ridge=0.5).fit(values, formed)
    assert free.intercept_ == pytest.approx(plain.intercept_ - 2.5, abs=1e-6)
    model = AdditiveClassifier(ridge=0.5).fit(values, formed, offset=offset)
    chances = expit(model.decision_function(values, offset))
    assert float((chances - formed).sum()) == pytest.approx(0.0, abs=1e-5)


def test_bounds_hold_against_the_data_and_cost_nothing_where_the_data_agree() -> None:
    values = np.repeat([0.0, 1.0, 2.0, 3.0], 50).reshape(-1, 1)
    formed = np.concatenate([np.arange(50) < count for count in (10, 30, 20, 40)])
    free = AdditiveClassifier(ridge=1e-6).fit(values, formed)
    bound = AdditiveClassifier(ridge=1e-6, shapes=(FeatureShape(monotone=1),)).fit(values, formed)
    falling = AdditiveClassifier(ridge=1e-6, shapes=(FeatureShape(monotone=-1),)).fit(values, formed)
    assert free.decision_function([[1.0], [2.0]]) == pytest.approx([math.log(1.5), -math.log(1.5)], abs=1e-3)
    # Pooled where they would fall, as isotonic regression does: 50 of 100.
    assert bound.decision_function([[0.0], [1.0], [2.0], [3.0]]) == pytest.approx(
        [-math.log(4), 0.0, 0.0, math.log(4)], abs=1e-3
    )
    assert np.all(np.diff(falling.shares_[0]) == 0.0)
    assert falling.intercept_ == pytest.approx(0.0, abs=1e-6)


def test_lists_are_judged_as_lists() -> None:
    # In every list the nearer of two forms; lists of a large base rate would mislead a row-wise fit.
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(200), 4)
    level = np.repeat(rng.normal(0.0, 3.0, 200), 4)
    own = rng.normal(0.0, 1.0, 800)
    score = 1.5 * own
    formed = np.zeros(800)
    for group in range(200):
        rows = np.flatnonzero(groups == group)
        chances = np.exp(score[rows]) / np.exp(score[rows]).sum()
        formed[rng.choice(rows, p=chances)] = 1.0
    values = np.column_stack([own, level])
    shapes = [FeatureShape(points=(-3.0, 3.0)), FeatureShape(points=(-9.0, 9.0))]
    model = AdditiveClassifier(shapes=shapes, ridge=1e-3, listwise=1.0).fit(values, formed, groups=groups)
    assert float(np.diff(model.shares_[0])[0]) / 6.0 == pytest.approx(1.5, abs=0.35)
    assert float(np.diff(model.shares_[1])[0]) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("listwise", [0.0, 0.3, 1.0])
def test_the_losses_derivatives_are_those_of_its_value(listwise: float) -> None:
    rng = np.random.default_rng(4)
    scores, labels, weights = rng.normal(size=9), (rng.random(9) < 0.4).astype(float), rng.random(9) * 2
    loss = Loss(labels, weights, listwise, np.array([0, 4, 7]))
    slope = loss.judge(scores)[1]
    bend, lists = loss.bend(scores)
    curve = np.diag(bend) - (lists.T @ lists).toarray()
    for place in range(9):
        step = np.zeros(9)
        step[place] = 1e-5
        difference = loss.judge(scores + step)[0] - loss.judge(scores - step)[0]
        assert difference / 2e-5 == pytest.approx(slope[place], abs=1e-6)
        turned = loss.judge(scores + step)[1] - loss.judge(scores - step)[1]
        assert turned / 2e-5 == pytest.approx(curve[place], abs=1e-6)


@pytest.mark.parametrize("listwise", [0.0, 0.5])
def test_a_row_of_weight_two_is_two_rows(listwise: float) -> None:
    values, formed = sample(9, rows=120)
    weights = np.random.default_rng(1).integers(0, 4, len(values))
    groups = np.arange(len(values)) % 6
    weighted = AdditiveClassifier(listwise=listwise).fit(values, formed, sample_weight=weights, groups=groups)
    rows = np.repeat(np.arange(len(values)), weights)
    repeated = AdditiveClassifier(listwise=listwise).fit(values[rows], formed[rows], groups=groups[rows])
    assert weighted.decision_function(values) == pytest.approx(repeated.decision_function(values), abs=1e-6)


def test_calibration_is_folded_in() -> None:
    values, formed = sample(21, rows=2000)
    model = AdditiveClassifier(ridge=1e-3).fit(values, formed)
    before, shares = model.decision_function(values), model.contributions(values)
    rng = np.random.default_rng(0)
    later = (rng.random(len(values)) < expit(0.5 * before - 1.0)).astype(float)
    errors = model.share_errors_[0].copy()
    model.calibrate(values, later)
    after = model.decision_function(values)
    stretch = float((after[1] - after[0]) / (before[1] - before[0]))
    assert stretch == pytest.approx(0.5, abs=0.1)
    assert after == pytest.approx(stretch * before + (after[0] - stretch * before[0]), abs=1e-9)
    assert model.contributions(values) == pytest.approx(stretch * shares, abs=1e-9)
    assert model.share_errors_[0] == pytest.approx(stretch * errors, abs=1e-9)
    assert float((expit(after) - later).sum()) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    ("model", "arguments", "says"),
    [
        (AdditiveClassifier(shapes=(FeatureShape(),)), {}, "1 shapes for 3 features"),
        (AdditiveClassifier(ridge=0.0), {}, "ridge above 0"),
        (AdditiveClassifier(listwise=0.5), {}, "needs groups"),
        (AdditiveClassifier(shapes=(FeatureShape(points=(1.0, 1.0)),) * 3), {}, "ascend"),
        (AdditiveClassifier(shapes=(FeatureShape(log=True, prior=PiecewiseTable((0.0,), (0.0,))),) * 3), {}, "scale"),
        (AdditiveClassifier(), {"offset": np.zeros(2)}, "one finite number"),
        (AdditiveClassifier(), {"groups": np.zeros(2)}, "one group for each"),
        (AdditiveClassifier(), {"sample_weight": np.array([1.0] + [0.0] * 299)}, "Only one class"),
    ],
)
def test_what_cannot_be_fitted_is_refused(model: AdditiveClassifier, arguments: dict[str, Floats], says: str) -> None:
    values, formed = sample(1)
    with pytest.raises(ValueError, match=says):
        model.fit(values, formed, **arguments)


def test_calibration_needs_both_classes_and_too_few_iterations_are_said() -> None:
    values, formed = sample(1)
    model = AdditiveClassifier().fit(values, formed)
    with pytest.raises(ValueError, match="both classes"):
        model.calibrate(values, np.ones(len(values)))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        assert AdditiveClassifier(max_iter=500).fit(values, formed).n_iter_ > 1


def test_points_stand_where_values_are() -> None:
    ones = np.ones(1000)
    spread = np.arange(1000.0)
    assert choose_points(spread, ones, 4).tolist() == pytest.approx([62.0, 249.0, 499.0, 749.0, 937.0], abs=1.0)
    assert choose_points(np.array([2.0, 2.0, np.nan, 1.0]), np.ones(4), 4).tolist() == [1.0, 2.0]
    assert choose_points(np.array([2.0, 1.0]), np.array([1.0, 0.0]), 4).tolist() == [2.0]
    assert choose_points(np.array([np.nan]), np.ones(1), 4).tolist() == [0.0]
    rare = np.where(spread < 990, 0.0, spread - 989)
    assert choose_points(rare, ones, 4).tolist() == [0.0, 2.0, 5.0, 8.0, 10.0]


def test_a_value_is_spread_over_the_points_beside_it() -> None:
    basis = Basis((FeatureShape(), FeatureShape(log=True)), (np.array([0.0, 2.0, 4.0]), np.array([0.0, 99.0])))
    found = basis.matrix(np.array([[1.0, 9.0], [-3.0, np.nan], [9.0, 99.0]])).toarray()
    assert found == pytest.approx(np.array([[0.5, 0.5, 0, 0.5, 0.5], [1, 0, 0, 0, 0], [0, 0, 1, 0, 1]]), abs=1e-12)
