"""The metrics of lists, each written out by hand."""

from math import log2

import numpy as np
import pytest

from matchmaker.recommend.evaluation.metrics import (
    Lists,
    calibration_error,
    coverage,
    found_share,
    interval_of,
    judge_lists,
    mean_of,
    paired_lift,
    rank_lists,
    resample,
    top_share,
)


def lists_of(*formed: list[int], others: list[int] | None = None) -> Lists:
    starts = np.concatenate([[0], np.cumsum([len(one) for one in formed])]).astype(np.int64)
    flat = np.array([value for one in formed for value in one], dtype=bool)
    held = np.arange(len(flat)) if others is None else np.array(others)
    return Lists(np.arange(len(formed)) + 100, starts, held, flat)


def test_ndcg_counts_each_partner_by_its_place_over_the_most_possible() -> None:
    lists = lists_of([0, 1, 0, 1])
    found = judge_lists(lists, np.arange(4))
    expected = (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))
    assert found["ndcg_at_10"].tolist() == [pytest.approx(expected, abs=1e-12)]
    assert found["mrr"].tolist() == [0.5]
    assert found["auc"].tolist() == [0.25]


def test_what_comes_after_ten_places_counts_in_auc_and_mrr_only() -> None:
    lists = lists_of([0] * 10 + [1] + [0])
    found = judge_lists(lists, np.arange(12))
    assert found["ndcg_at_10"].tolist() == [0.0]
    assert found["recall_at_10"].tolist() == [0.0]
    assert found["hits_at_10"].tolist() == [0.0]
    assert found["mrr"].tolist() == [pytest.approx(1 / 11)]
    assert found["auc"].tolist() == [pytest.approx(1 / 11)]


def test_recall_is_capped_at_ten() -> None:
    lists = lists_of([1] * 20)
    found = judge_lists(lists, np.arange(20))
    assert found["recall_at_10"].tolist() == [1.0]
    assert found["ndcg_at_10"].tolist() == [pytest.approx(1.0)]
    assert np.isnan(found["auc"]).tolist() == [True]


def test_every_source_is_judged_by_its_own_list() -> None:
    lists = lists_of([1, 0], [0, 0, 1])
    ranks = rank_lists(lists, np.array([2.0, 1.0, 3.0, 2.0, 1.0]), seed=0)
    assert ranks.tolist() == [0, 1, 0, 1, 2]
    assert judge_lists(lists, ranks)["mrr"].tolist() == [1.0, pytest.approx(1 / 3)]


def test_equal_scores_come_in_random_order_that_the_seed_decides() -> None:
    lists = lists_of([1] + [0] * 199)
    orders = [rank_lists(lists, np.zeros(200), seed).tolist() for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[2]) == list(range(200))
    firsts = [rank_lists(lists, np.zeros(200), seed)[0] for seed in range(300)]
    assert np.mean(firsts) == pytest.approx(99.5, abs=12.0)


def test_the_share_of_the_popular_and_the_coverage() -> None:
    others = [*range(200), *range(200)]
    lists = lists_of([1] + [0] * 199, [1] + [0] * 199, others=others)
    ranks = np.concatenate([np.arange(200), np.arange(200)[::-1]])
    popularity = np.arange(200.0)
    assert top_share(lists, ranks, popularity) == 2 / 20  # 198 and 199 are the most popular hundredth of 200
    assert coverage(lists, ranks) == 20 / 200


def test_calibration_error_is_the_mean_gap_of_bins_of_equal_size() -> None:
    chances = np.array([0.1, 0.1, 0.2, 0.2, 0.8, 0.8, 0.9, 0.9])
    formed = np.array([0, 0, 0, 1, 1, 1, 1, 1], dtype=bool)
    expected = (abs(0.1 - 0) + abs(0.2 - 0.5) + abs(0.8 - 1) + abs(0.9 - 1)) / 4
    assert calibration_error(chances, formed, bins=4) == pytest.approx(expected, abs=1e-12)


def test_candidate_recall_is_averaged_over_sources() -> None:
    lists = lists_of([1, 1, 0], [1, 0, 0])
    retrieved = np.array([True, False, True, True, True, True])
    assert found_share(lists, retrieved) == (0.5 + 1.0) / 2


def test_the_interval_of_a_mean_narrows_with_the_number_of_sources() -> None:
    few, many = np.array([0.0, 1.0] * 10), np.array([0.0, 1.0] * 1000)
    low, high = interval_of(few, resample(20, 0))
    assert low == pytest.approx(0.5 - 1.96 * 0.5 / 20**0.5, abs=0.06)
    assert high == pytest.approx(0.5 + 1.96 * 0.5 / 20**0.5, abs=0.06)
    near = interval_of(many, resample(2000, 0))
    assert near[1] - near[0] == pytest.approx((high - low) / 10, rel=0.15)
    assert interval_of(few, resample(20, 0)) == (low, high)


def test_methods_are_compared_on_the_same_resampled_sources() -> None:
    random = np.random.default_rng(0)
    base = random.random(400)
    lift, low, high = paired_lift(base * 1.1, base, resample(400, 0))
    assert (round(lift, 9), round(low, 9), round(high, 9)) == (0.1, 0.1, 0.1)
    lift, low, high = paired_lift(random.random(400), base, resample(400, 0))
    assert low < 0.0 < high or abs(lift) > 0.1
    assert paired_lift(np.zeros(3), np.zeros(3), resample(3, 0)) == (0.0, 0.0, 0.0)


def test_sources_without_a_value_are_left_out_of_a_mean() -> None:
    assert mean_of(np.array([0.2, np.nan, 0.4])) == pytest.approx(0.3)
    assert mean_of(np.array([np.nan])) == 0.0
