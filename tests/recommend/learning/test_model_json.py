"""Models as text: read back equal to the bit, and every fault told."""

import datetime
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.errors import InvalidInput
from matchmaker.model.vocabulary import LikelihoodBasis, PatternName, Side
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.learning.calibration import score_values
from matchmaker.recommend.learning.evidence import Evidence
from matchmaker.recommend.learning.examples import Examples
from matchmaker.recommend.learning.model_card import (
    LIMITS,
    NOT_FOR,
    BandQuality,
    ModelCard,
    PatternCard,
    card_markdown,
)
from matchmaker.recommend.learning.model_json import FORMAT, ModelFile, model_to_json, parse_model
from matchmaker.recommend.learning.training import train_patterns
from matchmaker.recommend.learning.windows import Part, make_windows
from matchmaker.recommend.scoring.additive import Outcome, SideFit
from matchmaker.recommend.scoring.prior import prior_model

N = PatternName
NAMES = tuple(FEATURES)
PRIOR = prior_model()


@pytest.fixture(scope="module")
def model(make_examples: Callable[..., Examples]) -> ModelFile:
    trained = train_patterns({N.SCHOOL_INFORMAL: Evidence(make_examples(4000))}, PRIOR)[N.SCHOOL_INFORMAL]
    card = PatternCard(
        N.SCHOOL_INFORMAL,
        trained.refused,
        trained.moved,
        trained.links,
        trained.decisions,
        trained.pairs,
        trained.prior,
        trained.fitted,
    )
    refused = PatternCard(N.PCSP_PEER, "3 links; 50 are needed", True, {Part.FIT: 3}, 0, 12.0, None, None)
    side = SideFit(1 / 3, -0.1, 40, (0.01, -0.002, 0.03))
    answered = replace(PRIOR.patterns[N.PCSP_PEER], sides={Side.SOURCE: side, Side.TARGET: side})
    return ModelFile(
        format=FORMAT,
        ecosystem="eco",
        prior=PRIOR.id,
        patterns={**PRIOR.patterns, N.SCHOOL_INFORMAL: trained.model, N.PCSP_PEER: answered},
        graph_hash="0" * 64,
        ledger_hash="1" * 64,
        statistics="content-1",
        libraries={"numpy": "2"},
        seed=0,
        card=ModelCard(
            "Eco",
            make_windows(datetime.date(2025, 1, 1), 4),
            (card, refused),
            (BandQuality("sector", "k12", 12, 0.6, 0.7), BandQuality("sector", "industry", None, None, None)),
        ),
    )


def spoiled(model: ModelFile, change: Callable[[dict[str, object]], object]) -> str:
    form = json.loads(model_to_json(model))
    change(form)
    return json.dumps(form)


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        parse_model(text)
    return [(finding.where, finding.message) for finding in refused.value.findings]


def test_read_back_it_scores_equal_to_the_bit(model: ModelFile) -> None:
    text = model_to_json(model)
    again = parse_model(text)
    assert model_to_json(again) == text
    assert (again.id, again.digest) == (model.id, model.digest)
    assert again.card == model.card
    assert again.patterns[N.PCSP_PEER].sides == model.patterns[N.PCSP_PEER].sides
    draw = np.random.default_rng(0)
    values = np.where(draw.uniform(size=(500, len(NAMES))) < 0.3, np.nan, draw.uniform(0, 50, (500, len(NAMES))))
    for name in PatternName:
        first, second = (score_values(one.scoring_model().patterns[name], NAMES, values) for one in (model, again))
        assert first.tobytes() == second.tobytes()


def test_the_version_is_the_digest_of_everything(model: ModelFile) -> None:
    assert model.id == f"local-{model.digest[:12]}"
    assert replace(model, seed=1).id != model.id
    assert replace(model, graph_hash="2" * 64).id != model.id
    moved = replace(model.patterns[N.CROSS_SECTOR], intercept=0.5)
    assert replace(model, patterns={**model.patterns, N.CROSS_SECTOR: moved}).id != model.id


def test_its_basis_is_local_where_it_was_fitted_and_prior_elsewhere(model: ModelFile) -> None:
    scoring = model.scoring_model()
    assert scoring.basis is LikelihoodBasis.LOCAL
    assert scoring.patterns[N.SCHOOL_INFORMAL].basis is LikelihoodBasis.LOCAL
    assert scoring.patterns[N.CROSS_SECTOR].basis is LikelihoodBasis.PRIOR
    assert scoring.patterns[N.SCHOOL_INFORMAL].fit is not None
    assert model.patterns[N.SCHOOL_INFORMAL].fit is not None
    assert replace(model, patterns=PRIOR.patterns).basis is LikelihoodBasis.PRIOR


def test_text_is_canonical(model: ModelFile) -> None:
    text = model_to_json(model)
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert "pickle" not in text


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "not json", '{"format": "matchmaker scoring model 1"}'])
def test_what_is_no_model_is_refused(text: str) -> None:
    assert faults(text)


def test_every_fault_is_told_at_once(model: ModelFile) -> None:
    def spoil(form: dict[str, object]) -> None:
        patterns = form["patterns"]
        assert isinstance(patterns, dict)
        form["format"] = "another"
        del patterns["cross_sector"]
        tables = patterns["school_informal"]["tables"]
        tables["distance_km"]["points"][1] = -5.0
        tables["horoscope"] = tables["stage_fit"]
        tables["shared_fields"]["shares"].append(1.0)
        patterns["school_informal"]["fit"]["covariance"].pop()
        patterns["school_informal"]["fit"]["evidence"] = 0

    found = faults(spoiled(model, spoil))
    inside = "patterns/school_informal"
    assert ("format", "is of another format") in found
    assert ("patterns", "has no scorer for some patterns") in found
    assert (f"{inside}/tables/distance_km", "its points don't ascend") in found
    assert (f"{inside}/tables", "is no feature of this version") in found
    assert (f"{inside}/tables/shared_fields", "needs as many shares as points, and one at least") in found
    assert (f"{inside}/fit/covariance", "doesn't fit the tables") in found
    assert (f"{inside}/fit/evidence", "a fit rests on something") in found


def test_wrong_types_and_unusable_numbers_are_refused(model: ModelFile) -> None:
    def text_for_number(form: dict[str, object]) -> None:
        form["seed"] = "0"

    def endless(form: dict[str, object]) -> None:
        patterns = form["patterns"]
        assert isinstance(patterns, dict)
        patterns["cross_sector"]["intercept"] = float("inf")

    def more(form: dict[str, object]) -> None:
        form["command"] = "rm"

    assert [where for where, _ in faults(spoiled(model, text_for_number))] == ["seed"]
    assert ("patterns/cross_sector/intercept", "is no usable number") in faults(spoiled(model, endless))
    assert faults(spoiled(model, more)) == [("model", "holds more than a model does")]


def test_the_card_says_what_it_rests_on_and_what_it_is_not_for(model: ModelFile) -> None:
    text = card_markdown(model.card, model.id, [("seed", "0")])
    assert text.startswith(f"# Model card: {model.id}\n")
    assert "| fitted on | 2021-01-01 to 2023-01-01, in years |" in text
    assert "| seed | 0 |" in text
    fitted = model.card.patterns[0].fitted
    assert fitted is not None
    assert f"→ {fitted.auc:.3f} |" in text
    assert "stays prior: 3 links; 50 are needed; moved by what all kinds have in common" in text
    assert "| sector | k12 | 12 | 0.600 → 0.700 |" in text
    assert "| sector | industry | fewer than 10 | – |" in text
    assert text.count("◆") == len(fitted.bins) + 1
    for line in (*NOT_FOR, *LIMITS):
        assert f"* {line}" in text


def test_outcomes_are_said_in_words() -> None:
    assert {outcome.value for outcome in Outcome} == {"forms_within_a_year", "agreed_if_asked"}
