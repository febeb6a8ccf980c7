"""Figures written out by hand, and the line that calibrates."""

import numpy as np
import pytest

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.learning.calibration import (
    CalibrationLine,
    calibration_bins,
    fit_line,
    fold_line,
    judge_scores,
    mean_ndcg,
    round_model,
    score_values,
    weighted_auc,
)
from matchmaker.recommend.scoring.additive import Outcome, PatternFit, PatternModel, PiecewiseTable
from matchmaker.recommend.scoring.prior import prior_model

YES_NO = np.array([True, False, True, False])


def test_the_area_counts_ties_half_and_weights_as_so_many_pairs() -> None:
    scores = np.array([2.0, 1.0, 1.0, 0.0])
    # 2.0 beats both; 1.0 beats 0.0 and ties with 1.0: (1 + 1 + 0.5 + 1) / 4.
    assert weighted_auc(scores, YES_NO, np.ones(4)) == 0.875
    # The second counts for three pairs: (3 + 1 + 1.5 + 1) / (2 · 4).
    assert weighted_auc(scores, YES_NO, np.array([1.0, 3.0, 1.0, 1.0])) == 0.8125
    assert weighted_auc(scores, np.ones(4, dtype=bool), np.ones(4)) == 0.5


def test_ndcg_is_of_each_list_and_equal_scores_share_their_discount() -> None:
    groups = np.array(["a", "a", "a", "b", "b"])
    scores, formed = np.array([3.0, 2.0, 1.0, 1.0, 1.0]), np.array([False, True, False, True, False])
    second, shared = 1 / np.log2(3), (1.0 + 1 / np.log2(3)) / 2
    assert mean_ndcg(scores, formed, groups) == pytest.approx((second + shared) / 2)
    assert mean_ndcg(scores, np.zeros(5, dtype=bool), groups) == 0.0


def test_bins_have_equal_weight_and_say_what_was_expected_and_what_formed() -> None:
    chances = np.linspace(0.05, 0.95, 10)
    formed = np.arange(10) >= 5
    bins = calibration_bins(chances, formed, np.ones(10))
    assert [one.pairs for one in bins] == [1.0] * 10
    assert [one.formed for one in bins] == [0.0] * 5 + [1.0] * 5
    assert [one.expected for one in bins] == pytest.approx(chances.tolist())
    together = calibration_bins(np.full(10, 0.3), formed, np.ones(10))
    assert [(one.pairs, one.expected, one.formed) for one in together] == [(10.0, 0.3, 0.5)]


def test_a_judgement_is_its_parts() -> None:
    scores = np.zeros(4)
    judged = judge_scores(scores, YES_NO, np.ones(4), np.array(["a", "a", "b", "b"]))
    assert (judged.pairs, judged.formed, judged.auc, judged.ece) == (4.0, 2.0, 0.5, 0.0)
    assert judged.log_loss == pytest.approx(np.log(2), abs=1e-6)


def test_the_line_finds_level_and_stretch() -> None:
    draw = np.random.default_rng(3)
    scores = draw.normal(size=40_000)
    formed = draw.uniform(size=40_000) < 1.0 / (1.0 + np.exp(-(0.5 * scores - 1.0)))
    line = fit_line(scores, formed, np.ones(40_000))
    assert line.stretch == pytest.approx(0.5, abs=0.05)
    assert line.shift == pytest.approx(-1.0, abs=0.05)


def test_few_links_hardly_stretch_and_none_change_nothing() -> None:
    scores, formed = np.array([1.0, 0.0, -1.0]), np.array([True, False, False])
    assert fit_line(scores, formed, np.ones(3)).stretch == pytest.approx(1.0, abs=0.1)
    assert fit_line(scores, np.zeros(3, dtype=bool), np.ones(3)) == CalibrationLine(1.0, 0.0)


def test_a_folded_line_moves_scores_and_their_spread() -> None:
    fit = PatternFit(7, Outcome.FORMS, (0.1, 0.0, 0.2, 0.0, 0.0, 0.3))
    table = PiecewiseTable((0.0, 1.0), (0.0, 0.5))
    folded = fold_line(PatternModel(-1.0, {"stage_fit": table}, fit=fit), CalibrationLine(2.0, 0.25))
    assert folded.intercept == -1.75
    assert folded.tables["stage_fit"].shares == (0.0, 1.0)
    assert folded.fit is not None
    assert folded.fit.covariance == (0.4, 0.0, 0.8, 0.0, 0.0, 1.2)
    assert score_values(folded, ["stage_fit"], np.array([[0.5], [np.nan]])).tolist() == [-1.25, -1.75]


def test_rounding_leaves_the_prior_as_it_is() -> None:
    for name, model in prior_model().patterns.items():
        rounded = round_model(model)
        assert rounded.intercept == model.intercept, name
        for feature, table in model.tables.items():
            assert rounded.tables[feature].shares == pytest.approx(table.shares, abs=1e-6)
    third = PatternModel(1 / 3, {"stage_fit": PiecewiseTable((0.0,), (2 / 3,))})
    assert round_model(third).intercept == 0.333333
    assert round_model(third).tables["stage_fit"].shares == (0.666667,)
    assert set(prior_model().patterns) == set(PatternName)
