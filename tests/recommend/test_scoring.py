"""The additive scorer and the shipped prior."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from matchmaker.model.vocabulary import LikelihoodBand, LikelihoodBasis, PatternName
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.measuring import FeatureTable
from matchmaker.recommend.patterns import PATTERNS, Place, StageDemand
from matchmaker.recommend.scoring.additive import PiecewiseTable, band_of, likelihood_of, score_features
from matchmaker.recommend.scoring.prior import PRIOR, TABLES, prior_model

MODEL = prior_model()
MAY_SPEAK_AGAINST = {"stage_fit", "distance_km"}

measures = arrays.arrays(
    np.float64,
    st.tuples(st.integers(1, 5), st.just(len(FEATURES))),
    elements=st.one_of(st.just(math.nan), st.floats(0.0, 500.0)),
)


@given(measures, st.sampled_from(PatternName))
def test_contributions_sum_to_the_score_and_the_unknown_contributes_exactly_nothing(
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]], pattern: PatternName
) -> None:
    scored = score_features(MODEL.patterns[pattern], FeatureTable(tuple(FEATURES), values))
    for row in range(len(values)):
        whole = MODEL.patterns[pattern].intercept + math.fsum(scored.shares[row])
        assert scored.scores[row] == pytest.approx(whole, abs=1e-9)
        assert scored.scores[row] == round(scored.scores[row], 9)
    assert np.all(scored.shares[np.isnan(values)] == 0.0)


@given(st.sampled_from(PatternName), st.sampled_from(sorted(TABLES)), st.floats(0, 200), st.floats(0, 200))
def test_more_never_speaks_less_for_a_pair_and_farther_never_more(
    pattern: PatternName, feature: str, one: float, other: float
) -> None:
    table = MODEL.patterns[pattern].tables.get(feature)
    if table is None:
        return
    low, high = table.shares_of(np.array(sorted((one, other))))
    assert (low >= high) if feature == "distance_km" else (low <= high)


def test_every_feature_has_a_table_whose_points_ascend_and_whose_zero_says_nothing() -> None:
    assert set(TABLES) == set(FEATURES)
    for name, table in TABLES.items():
        assert len(table.points) == len(table.shares) >= 2
        assert list(table.points) == sorted(set(table.points))
        if name not in MAY_SPEAK_AGAINST:
            assert (table.points[0], table.shares[0]) == (0.0, 0.0)
            assert min(table.shares) == 0.0


def test_distance_is_interpolated_in_its_logarithm() -> None:
    table = PiecewiseTable((0.0, 99.0), (1.0, -1.0), log=True)
    assert table.shares_of(np.array([0.0, 9.0, 99.0, 1000.0])) == pytest.approx([1.0, 0.0, -1.0, -1.0])


def test_each_judgement_gives_its_reasoning_and_weighs_known_features() -> None:
    for name, prior in PRIOR.items():
        assert prior.why.endswith(".")
        assert set(prior.weights) <= set(FEATURES)
        tables = MODEL.patterns[name].tables
        assert ("distance_km" in tables) <= (PATTERNS[name].place is Place.WITHIN_REACH)
        assert ("stage_fit" in tables) <= (PATTERNS[name].stage_demand is not StageDemand.NONE)
    assert MODEL.basis is LikelihoodBasis.PRIOR
    assert MODEL.id == "prior-1"


@pytest.mark.parametrize(
    ("likelihood", "band"),
    [(0.0, "low"), (0.2999, "low"), (0.3, "medium"), (0.5499, "medium"), (0.55, "high"), (1.0, "high")],
)
def test_bands_have_the_documented_ends(likelihood: float, band: str) -> None:
    assert band_of(likelihood) is LikelihoodBand(band)


def test_a_score_is_log_odds() -> None:
    assert likelihood_of(math.log(3.0)) == pytest.approx(0.75)
    assert likelihood_of(-math.log(3.0)) == pytest.approx(0.25)
