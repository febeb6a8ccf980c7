"""The whole evaluation on made-up worlds: it finds structure that is there, and none where there is none."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.errors import InvalidInput
from matchmaker.recommend.evaluation.baselines import METHODS
from matchmaker.recommend.evaluation.evaluating import OPEN, OURS, Evaluation, charge, evaluate, find_price, score_lists
from matchmaker.recommend.evaluation.learning import FEATURES, OF_OTHERS, Models, fit_models
from matchmaker.recommend.evaluation.metrics import Lists, rank_lists, top_share
from matchmaker.recommend.evaluation.protocol import Protocol, Setting, find_outcomes, make_lists
from matchmaker.recommend.evaluation.reporting import as_json, as_rows
from matchmaker.recommend.features.joint_history import JointHistory
from matchmaker.recommend.features.joint_measures import OF_WORK, measure_joint
from matchmaker.recommend.features.joint_work import JointWork

Works = list[tuple[int, list[int]]]
MakeWork = Callable[..., JointWork]
DrawWorks = Callable[..., Works]
Rewire = Callable[[Works, int], Works]

PARTNERS = 240
KINDS = [(number // 12) % 4 for number in range(PARTNERS)]
REGIONS = [(number // 48) % 2 for number in range(PARTNERS)]


def _day(number: int) -> datetime.date:
    return datetime.date.fromordinal(number)


PROTOCOL = Protocol(_day(1000), _day(1000), _day(1461), Setting.ALL, 2, 20, 0)


@pytest.fixture(scope="module")
def grouped(make_work: MakeWork, draw_works: DrawWorks) -> JointWork:
    """Joint work within groups."""
    return make_work(draw_works(1), KINDS, REGIONS)


@pytest.fixture(scope="module")
def models(grouped: JointWork) -> Models:
    """What is learned of it."""
    found = fit_models(grouped, PROTOCOL.days(), Setting.ALL, 2, 0)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def result(grouped: JointWork) -> Evaluation:
    """How well it is foretold."""
    return evaluate(grouped, PROTOCOL)


def test_structure_that_is_there_is_found(result: Evaluation) -> None:
    methods = result.pooled.methods
    assert set(methods) == {*METHODS, OURS, OPEN}
    assert methods[OURS].metrics["ndcg_at_10"] > 1.5 * methods["popularity"].metrics["ndcg_at_10"]
    assert methods["random"].metrics["auc"] == pytest.approx(0.5, abs=0.05)
    assert result.learned_from > 100


def test_on_a_rewired_graph_with_the_same_degrees_nothing_is_gained_over_popularity(
    make_work: MakeWork, draw_works: DrawWorks, rewire: Rewire
) -> None:
    lifts = []
    for seed in (1, 2):
        works = draw_works(seed)
        mixed = rewire(works, seed)
        degrees = [
            np.bincount([node for _, held in one for node in held], minlength=PARTNERS) for one in (works, mixed)
        ]
        assert np.array_equal(degrees[0], degrees[1])
        methods = evaluate(make_work(mixed, KINDS, REGIONS), PROTOCOL).pooled.methods
        lifts.append(methods[OURS].metrics["ndcg_at_10"] / methods["popularity"].metrics["ndcg_at_10"] - 1.0)
    assert np.mean(lifts) < 0.03


def test_what_comes_after_the_day_changes_nothing_that_was_learned(
    grouped: JointWork, models: Models, make_work: MakeWork, draw_works: DrawWorks
) -> None:
    days = PROTOCOL.days()
    earlier = make_work([one for one in draw_works(1) if one[0] < days.known], KINDS, REGIONS)
    without = fit_models(earlier, days, Setting.ALL, 2, 0)
    assert without is not None
    assert models.known.model == without.known.model
    lists = make_lists(grouped, find_outcomes(grouped, days), Setting.ALL, 2)
    histories = (JointHistory(work, days.known) for work in (grouped, earlier))
    values = [measure_joint(history, lists.subjects, lists.others, FEATURES) for history in histories]
    assert np.array_equal(values[0], values[1], equal_nan=True)


def test_the_score_is_the_sum_of_its_tables(grouped: JointWork, models: Models) -> None:
    history = JointHistory(grouped, PROTOCOL.days().known)
    subjects, others = np.array([0, 0, 1], dtype=np.int64), np.array([12, 13, 14], dtype=np.int64)
    fitted = models.known
    values = measure_joint(history, subjects, others, fitted.names) / fitted.scales
    summed = fitted.model.intercept + sum(
        fitted.model.tables[name].shares_of(values[:, column]) for column, name in enumerate(fitted.names)
    )
    found = dict(zip(fitted.names, measure_joint(history, subjects, others, fitted.names).T, strict=True))
    assert np.abs(fitted.score(found) - summed).max() <= 1e-9


def test_a_batch_gives_the_same_measures_as_one_pair_at_a_time(grouped: JointWork) -> None:
    history = JointHistory(grouped, PROTOCOL.days().known)
    subjects, others = np.array([3, 3, 7, 9], dtype=np.int64), np.array([20, 40, 41, 15], dtype=np.int64)
    batch = measure_joint(history, subjects, others, FEATURES)
    single = [measure_joint(history, subjects[[row]], others[[row]], FEATURES)[0] for row in range(4)]
    np.testing.assert_allclose(batch, np.array(single), rtol=1e-9, atol=1e-12)


def test_renaming_nodes_changes_no_metric(draw_works: DrawWorks, make_work: MakeWork) -> None:
    order = np.random.default_rng(0).permutation(PARTNERS)
    renamed = [(day, sorted(order[members].tolist())) for day, members in draw_works(1)]
    kinds, regions = [0] * PARTNERS, [0] * PARTNERS
    for old, new in enumerate(order.tolist()):
        kinds[new], regions[new] = KINDS[old], REGIONS[old]
    history = JointHistory(make_work(draw_works(1), KINDS, REGIONS), 1000)
    other = JointHistory(make_work(renamed, kinds, regions), 1000)
    subjects, others = np.array([3, 3, 7], dtype=np.int64), np.array([20, 40, 41], dtype=np.int64)
    found = measure_joint(history, subjects, others, FEATURES)
    np.testing.assert_allclose(
        found, measure_joint(other, order[subjects], order[others], FEATURES), rtol=1e-9, atol=1e-12
    )


def test_those_without_joint_work_are_ranked_by_what_is_known_of_the_others(grouped: JointWork, models: Models) -> None:
    assert models.new is not None
    assert models.new.names == OF_OTHERS
    history = JointHistory(grouped, 20)
    new = np.flatnonzero(history.work.amounts == 0.0)[:3]
    lists = Lists(new, np.arange(4) * PARTNERS, np.tile(np.arange(PARTNERS), 3), np.ones(3 * PARTNERS, dtype=bool))
    values = measure_joint(history, lists.subjects, lists.others, FEATURES)
    found = dict(zip(FEATURES, values.T, strict=True))
    scores = score_lists(history, lists, models, 10, 0).scores
    assert np.array_equal(scores[OURS], models.new.score(found))
    assert np.array_equal(scores["popularity"], history.degrees[lists.others])
    path = OF_WORK - {"ease", "spectral"}
    assert not measure_joint(history, lists.subjects, lists.others, sorted(path)).any()


def test_regions_are_judged_apart_and_pooled(grouped: JointWork) -> None:
    by_region = Protocol(_day(1000), _day(1000), _day(1461), Setting.REGIONS, 2, 20, 0)
    result = evaluate(grouped, by_region)
    assert sorted(result.regions) == [0, 1]
    assert sum(block.sources for block in result.regions.values()) == result.pooled.sources
    for name in METHODS:
        parts = [(block.sources, block.methods[name].metrics["ndcg_at_10"]) for block in result.regions.values()]
        whole = sum(count * value for count, value in parts) / result.pooled.sources
        assert result.pooled.methods[name].metrics["ndcg_at_10"] == pytest.approx(whole, abs=1e-9)


def test_the_json_has_the_promised_shape(result: Evaluation) -> None:
    found = as_json(result, ("here", "there"))
    assert found["setting"] == "all"
    assert found["regions"] == {}
    assert set(found["cold"]) == {"none", "one_or_two"}
    ours = found["pooled"]["methods"]["matchmaker"]
    assert {"ndcg_at_10", "recall_at_10", "hits_at_10", "mrr", "auc", "top_one_percent_share", "coverage"} <= set(ours)
    assert {"lift", "interval", "best_fixed_baseline", "ece", "candidate_recall"} <= set(ours)
    assert ours["interval"][0] <= ours["lift"] <= ours["interval"][1]
    assert ours["ece"] < 0.05
    assert set(found["pooled"]["methods"]) == {*METHODS, OURS, OPEN}
    rows = as_rows(result.pooled)
    assert len(rows) == len(METHODS) + 3
    assert {len("  ".join(row)) for row in rows} == {len("  ".join(rows[0]))}


def test_the_open_setting_charges_the_most_popular_hundredth_alone(make_work: MakeWork) -> None:
    work = JointHistory(make_work([(10, [1, 2]), (20, [1, 3])], [0, 1, 1, 1]), 30)
    lists = Lists(np.array([0]), np.array([0, 3]), np.array([1, 2, 3]), np.array([True, False, False]))
    charged = charge(np.array([1.0, 2.0, 3.0]), work, lists, 0.5)
    assert charged.tolist() == [0.5, 2.0, 3.0]  # 1 has worked with 2 and 3, and they with it only


def test_the_open_setting_shows_fewer_of_the_popular(grouped: JointWork, models: Models) -> None:
    days = PROTOCOL.days()
    history, lists = (
        JointHistory(grouped, days.known),
        make_lists(grouped, find_outcomes(grouped, days), Setting.ALL, 2),
    )
    scores = np.log1p(history.degrees[lists.others])
    shares = [
        top_share(lists, rank_lists(lists, charge(scores, history, lists, price), 0), history.degrees)
        for price in (0.0, 0.5, 1.0, 100.0)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]
    rivals = score_lists(history, lists, models, 50, 0).scores
    price = find_price(history, lists, rivals)
    ours, rival = (
        top_share(lists, rank_lists(lists, values, 0), history.degrees)
        for values in (charge(rivals[OURS], history, lists, price), rivals["adamic_adar"])
    )
    assert ours <= 0.5 * rival
    before = charge(rivals[OURS], history, lists, max(price - 0.05, 0.0))
    left = top_share(lists, rank_lists(lists, before, 0), history.degrees)
    assert left > 0.5 * rival or price == 0.0


def test_days_in_which_nobody_found_a_partner_are_refused(make_work: MakeWork) -> None:
    with pytest.raises(InvalidInput) as raised:
        evaluate(make_work([(10, [0, 1])], [0, 1, 1]), PROTOCOL)
    assert raised.value.findings[0].value == "0003-09-27 to 0004-12-31"


def test_where_nothing_can_be_learned_the_baselines_are_judged_alone(make_work: MakeWork) -> None:
    work = make_work([(10, [0, 1]), (20, [2, 1]), (1100, [0, 2])], [0, 1, 1])
    result = evaluate(work, replace(PROTOCOL, min_projects=1))
    assert set(result.pooled.methods) == set(METHODS)
    assert result.pooled.sources == 2
    assert result.pooled.methods["popularity"].metrics["ndcg_at_10"] == 1.0
    assert [block.sources for block in result.cold.values()] == [0, 2]
    assert (result.learned_from, result.price) == (0, 0.0)
