"""Fits find what is true, stay near the prior while little is known, and ask nothing of the order of rows."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.model.vocabulary import LikelihoodBasis, PatternName
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.learning.calibration import score_values
from matchmaker.recommend.learning.evidence import LEAST_LINKS, Evidence, refusal_of
from matchmaker.recommend.learning.examples import Examples, join_examples, no_examples
from matchmaker.recommend.learning.fitting import MONOTONE, NAMES, fit_common, fit_pattern, level_of, move_prior
from matchmaker.recommend.learning.training import train_patterns
from matchmaker.recommend.learning.windows import Part
from matchmaker.recommend.scoring.additive import Outcome, PiecewiseTable, likelihood_of
from matchmaker.recommend.scoring.intervals import likelihood_interval
from matchmaker.recommend.scoring.prior import prior_model

N = PatternName
PRIOR = prior_model()
SCHOOLS = PRIOR.patterns[N.SCHOOL_INFORMAL]

Make = Callable[..., Examples]


def slope(table: PiecewiseTable, low: float, high: float) -> float:
    first, last = table.shares_of(np.array([low, high]))
    return float(last - first)


def test_a_fit_finds_what_is_true(make_examples: Make) -> None:
    fitted = fit_pattern([make_examples(20_000)], SCHOOLS, {}, Outcome.FORMS)
    assert slope(fitted.tables["distance_km"], 5.0, 15.0) == pytest.approx(-1.0, abs=0.3)
    assert slope(fitted.tables["source_needs_met"], 0.0, 1.2) == pytest.approx(1.0, abs=0.3)
    assert fitted.basis is LikelihoodBasis.LOCAL


def test_what_nothing_is_known_of_keeps_the_priors_table(make_examples: Make) -> None:
    fitted = fit_pattern([make_examples()], SCHOOLS, {}, Outcome.FORMS)
    for name in ("shared_fields", "agreement_in_place"):
        assert slope(fitted.tables[name], 0.0, 1.0) == pytest.approx(slope(SCHOOLS.tables[name], 0.0, 1.0), abs=1e-6)


def test_more_evidence_moves_further_from_the_prior(make_examples: Make) -> None:
    before = slope(SCHOOLS.tables["distance_km"], 5.0, 15.0)
    moved = [
        abs(
            slope(fit_pattern([make_examples(count)], SCHOOLS, {}, Outcome.FORMS).tables["distance_km"], 5.0, 15.0)
            - before
        )
        for count in (150, 1500, 15_000)
    ]
    assert moved[0] < moved[1] < moved[2]
    assert moved[0] < 0.25


@given(st.integers(0, 10_000))
def test_the_order_of_rows_changes_nothing(make_examples: Make, seed: int) -> None:
    examples = make_examples(400)
    mixed = examples.at(np.random.default_rng(seed).permutation(len(examples)))
    values = examples.values[:20]
    evidence = {N.SCHOOL_INFORMAL: Evidence(examples)}, {N.SCHOOL_INFORMAL: Evidence(mixed)}
    first, second = (train_patterns(one, PRIOR)[N.SCHOOL_INFORMAL].model for one in evidence)
    assert score_values(first, NAMES, values) == pytest.approx(score_values(second, NAMES, values), abs=2e-6)


def test_monotone_where_the_meaning_demands_it(make_examples: Make) -> None:
    against = make_examples(6000, per_km=0.05, needs=-1.0)
    fitted = fit_pattern([against], SCHOOLS, {}, Outcome.FORMS)
    for name, direction in MONOTONE.items():
        steps = np.diff(fitted.tables[name].shares) * direction
        assert np.all(steps >= -1e-9), name
    assert slope(fitted.tables["source_needs_met"], 0.0, 1.2) == pytest.approx(0.0, abs=1e-6)


def test_what_is_common_is_learned_from_all_and_a_left_out_feature_is_not_touched(make_examples: Make) -> None:
    evidence = {
        name: Evidence(make_examples(2500, seed))
        for seed, name in enumerate((N.SCHOOL_INFORMAL, N.CROSS_SECTOR, N.PCSP_COLLEGE))
    }
    common = fit_common(evidence, PRIOR, *Part)
    assert slope(common["distance_km"], 5.0, 15.0) < -0.3
    examples = evidence[N.PCSP_COLLEGE].links
    moved = move_prior(PRIOR.patterns[N.PCSP_COLLEGE], examples, common)
    assert "distance_km" not in moved.tables
    assert level_of(PRIOR.patterns[N.PCSP_COLLEGE], moved, examples) == pytest.approx(0.0, abs=1e-9)


def test_training_takes_what_is_better_and_puts_it_on_the_priors_level(make_examples: Make) -> None:
    examples = make_examples(8000)
    trained = train_patterns({N.SCHOOL_INFORMAL: Evidence(examples)}, PRIOR)[N.SCHOOL_INFORMAL]
    assert trained.refused == ""
    assert trained.fitted is not None
    assert trained.prior is not None
    assert trained.fitted.auc > trained.prior.auc
    assert trained.fitted.ece < 0.03
    assert trained.model.fit is not None
    assert trained.model.fit.evidence == examples.count(Part.FIT, Part.CALIBRATE, Part.JUDGE)
    assert level_of(SCHOOLS, trained.model, examples) == pytest.approx(trained.model.level, abs=1e-4)


def test_likelihoods_are_those_of_the_truth(make_examples: Make) -> None:
    model = train_patterns({N.SCHOOL_INFORMAL: Evidence(make_examples(20_000))}, PRIOR)[N.SCHOOL_INFORMAL].model
    values = {"distance_km": 10.0, "source_needs_met": 1.0}
    row = np.array([[values.get(name, np.nan) for name in NAMES]])
    given_chance = likelihood_of(float(score_values(model, NAMES, row)[0]))
    ends = likelihood_interval(model, values)
    assert ends is not None
    assert ends[0] < given_chance < ends[1]
    assert given_chance == pytest.approx(likelihood_of(-1.0 - 1.0 + 1.0), abs=0.03)


def test_more_evidence_makes_surer(make_examples: Make) -> None:
    values = {"distance_km": 10.0}
    widths = []
    for count in (1000, 10_000):
        ends = likelihood_interval(fit_pattern([make_examples(count)], SCHOOLS, {}, Outcome.FORMS), values)
        assert ends is not None
        widths.append(ends[1] - ends[0])
    assert widths[1] < widths[0] / 2
    assert likelihood_interval(SCHOOLS, values) is None


def test_too_few_links_are_refused_with_how_many_there_are(make_examples: Make) -> None:
    few = make_examples(60)
    found = few.count()
    assert 0 < found < LEAST_LINKS
    trained = train_patterns({N.SCHOOL_INFORMAL: Evidence(few)}, PRIOR)[N.SCHOOL_INFORMAL]
    assert trained.refused.startswith(f"{found} links of a known beginning")
    assert trained.refused.endswith("50 are needed")
    assert trained.model is SCHOOLS
    assert trained.model.basis is LikelihoodBasis.PRIOR


def test_links_of_one_year_only_are_refused(make_examples: Make) -> None:
    examples = make_examples(3000)
    dated = np.array([group.replace("2019", "2020").replace("2021", "2020") for group in examples.groups.tolist()])
    assert refusal_of(Evidence(replace(examples, groups=dated))) == (
        "its earlier links lie in 1 years; 2 are needed, one among those fitted on"
    )
    without = join_examples([examples.of(Part.FIT), examples.of(Part.CALIBRATE)])
    assert refusal_of(Evidence(replace(without, ties={**without.ties, Part.JUDGE: frozenset()}))) == (
        "0 links lie in the years that judge; 5 are needed"
    )


def test_what_ranks_no_better_than_the_prior_is_not_taken(make_examples: Make) -> None:
    # Earlier links say the opposite of later ones.
    early, late = make_examples(3000, per_km=0.05, needs=-1.0), make_examples(3000, seed=2)
    examples = join_examples([early.of(Part.FIT, Part.CALIBRATE), late.of(Part.JUDGE)])
    trained = train_patterns({N.SCHOOL_INFORMAL: Evidence(examples)}, PRIOR)[N.SCHOOL_INFORMAL]
    assert trained.refused.startswith("fitted, it ranks the later links no better than the prior (AUC 0.")
    assert trained.model is SCHOOLS


def test_few_links_of_a_kind_move_with_what_all_kinds_have_in_common(make_examples: Make) -> None:
    kinds = (N.SCHOOL_INFORMAL, N.CROSS_SECTOR, N.EMPLOYER_SCHOOL, N.COLLEGE_EMPLOYER, N.EARLY_LEARNING_K2)
    evidence = {name: Evidence(make_examples(220, seed)) for seed, name in enumerate(kinds)}
    assert all(one.count() < LEAST_LINKS for one in evidence.values())
    trained = train_patterns(evidence, PRIOR)
    for name, one in trained.items():
        assert one.moved, name
        assert one.model.basis is LikelihoodBasis.PRIOR
        before, after = PRIOR.patterns[name].tables["distance_km"], one.model.tables["distance_km"]
        assert slope(after, 2.0, 15.0) < slope(before, 2.0, 15.0) - 0.05
        assert level_of(PRIOR.patterns[name], one.model, evidence[name].links) == pytest.approx(0.0, abs=1e-4)


def test_answers_set_the_level_once_there_are_enough(make_examples: Make) -> None:
    asked = make_examples(600, seed=5)
    asked = replace(asked, ties={part: frozenset(asked.of(part).others.tolist()) for part in Part})
    evidence = Evidence(make_examples(4000, per_km=-0.2), asked)
    assert evidence.outcome is Outcome.AGREED
    trained = train_patterns({N.SCHOOL_INFORMAL: evidence}, PRIOR)[N.SCHOOL_INFORMAL]
    assert trained.refused == ""
    assert trained.model.fit is not None
    assert trained.model.fit.outcome is Outcome.AGREED
    assert trained.model.level == 0.0
    share = float(np.mean(asked.of(Part.JUDGE).formed))
    scores = score_values(trained.model, NAMES, asked.of(Part.JUDGE).values)
    assert float(np.mean(1 / (1 + np.exp(-scores)))) == pytest.approx(share, abs=0.03)


def test_declines_teach_while_links_set_the_level(make_examples: Make) -> None:
    links = make_examples(3000, per_km=0.0, needs=0.0)
    near = make_examples(1500, seed=9, per_km=-0.4)
    near = replace(near, ties={Part.FIT: frozenset(near.others[:40].tolist())})
    alone, taught = (fit_pattern(several, SCHOOLS, {}, Outcome.FORMS) for several in ([links], [links, near]))
    assert slope(taught.tables["distance_km"], 0.0, 15.0) < slope(alone.tables["distance_km"], 0.0, 15.0) - 0.05
    means = [float(np.mean(score_values(model, NAMES, links.values))) for model in (alone, taught)]
    assert means[1] == pytest.approx(means[0], abs=0.15)


def test_nothing_to_learn_from_changes_nothing() -> None:
    assert len(no_examples()) == 0
    assert no_examples().values.shape == (0, len(FEATURES))
    assert train_patterns({N.SCHOOL_INFORMAL: Evidence()}, PRIOR) == {}
    assert fit_common({N.SCHOOL_INFORMAL: Evidence()}, PRIOR, *Part) == {}
