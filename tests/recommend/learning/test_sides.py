"""What each side would answer: only from suggestions that both answered, and only with enough of them."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.model.decision import answer_id
from matchmaker.model.vocabulary import Label, PatternName, Side
from matchmaker.recommend.learning.calibration import score_values
from matchmaker.recommend.learning.examples import Examples
from matchmaker.recommend.learning.fitting import NAMES
from matchmaker.recommend.learning.sides import LEAST_ANSWERED, find_answers, fit_sides
from matchmaker.recommend.pipeline import suggest
from matchmaker.recommend.request import SuggestionRequest
from matchmaker.recommend.scoring.additive import SideFit
from matchmaker.recommend.scoring.intervals import side_interval
from matchmaker.recommend.scoring.prior import prior_model
from matchmaker.testing.world import World

N = PatternName
DAY = datetime.date(2026, 1, 1)
PRIOR = prior_model()
SCHOOLS = PRIOR.patterns[N.SCHOOL_INFORMAL]


def town(source: str = "", target: str = "") -> World:
    world = World()
    world.ecosystem("eco")
    world.partner("school", "k12_school", north=0.0)
    world.partner("museum", "museum", north=3.0)
    world.participate("eco", "school", "museum")
    ends = {"pattern": "school_informal", "source": "school", "target": "museum", "suggested_on": "2025-05-04"}
    world.node(Label.SUGGESTION, "suggestion-0", **ends, state="asked", owner="eco")
    for side, said in ((Side.SOURCE, source), (Side.TARGET, target)):
        if said:
            id = answer_id("suggestion-0", side)
            world.fact("suggestion-0", Label.ANSWER, id, side=side.value, answer=said, owner="eco")
    return world


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("interested", "no", (True, False)),
        ("interested", "interested", (True, True)),
        ("interested", "", None),
        ("", "no", None),
        ("interested", "not_now", None),
        ("no_answer", "no", None),
    ],
)
def test_only_suggestions_that_both_answered_teach(source: str, target: str, found: tuple[bool, bool] | None) -> None:
    answers = find_answers(town(source, target).snapshot("eco", DAY))
    said = tuple(one.agreed for side in Side for one in answers[side])
    assert said == (found if found is not None else ())


def answered(make: Callable[..., Examples], count: int, shift: float, seed: int) -> Examples:
    examples = make(count, seed=1)
    scores = score_values(SCHOOLS, NAMES, examples.values) + shift
    drawn = np.random.default_rng(100 + seed).uniform(size=count)
    return replace(examples, formed=drawn < 1.0 / (1.0 + np.exp(-scores)))


def test_each_side_gets_its_own_line_and_grows_surer(make_examples: Callable[..., Examples]) -> None:
    widths = []
    for count in (400, 6400):
        both = {side: answered(make_examples, count, 1.5 * number, number) for number, side in enumerate(Side)}
        fitted = fit_sides(SCHOOLS, both)
        assert {one.evidence for one in fitted.values()} == {count}
        low, middle, high = side_interval(fitted[Side.TARGET], -1.0)
        assert low < middle < high
        widths.append(high - low)
    assert fitted[Side.SOURCE].shift == pytest.approx(0.0, abs=0.3)
    assert fitted[Side.TARGET].shift == pytest.approx(1.5, abs=0.3)
    assert widths[1] < widths[0] / 2


def test_too_few_answers_or_all_alike_show_nothing(make_examples: Callable[..., Examples]) -> None:
    few = {side: answered(make_examples, LEAST_ANSWERED - 1, 1.0, 3) for side in Side}
    assert fit_sides(SCHOOLS, few) == {}
    many = {side: answered(make_examples, 200, 1.0, 3) for side in Side}
    many[Side.TARGET] = replace(many[Side.TARGET], formed=np.ones(200, dtype=bool))
    assert fit_sides(SCHOOLS, many) == {}


def test_it_is_shown_beside_the_pairs_likelihood_and_only_then() -> None:
    snapshot = town().without_node("suggestion-0").snapshot("eco", DAY)
    fit = SideFit(1.0, 0.5, 64, (0.01, 0.0, 0.04))
    scorer = replace(SCHOOLS, sides={Side.SOURCE: fit, Side.TARGET: fit})
    model = replace(PRIOR, patterns={**PRIOR.patterns, N.SCHOOL_INFORMAL: scorer})
    [plain] = suggest(snapshot, "school", SuggestionRequest()).suggestions
    [known] = suggest(snapshot, "school", SuggestionRequest(model=model)).suggestions
    assert plain.sides == {}
    assert set(known.sides) == set(Side)
    one = known.sides[Side.SOURCE]
    assert one.likelihood == pytest.approx(1 / (1 + np.exp(-(known.score + 0.5))))
    assert one.low < one.likelihood < one.high
    assert one.evidence == 64
    assert known.score == plain.score
