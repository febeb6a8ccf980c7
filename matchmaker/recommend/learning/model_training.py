"""From an ecosystem's history to a model file: windows, examples, fits, figures for the card."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import SECTOR_CODES, TIE_CODES
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import Label, PatternName, Side
from matchmaker.recommend.bands import bands_of
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.learning.calibration import DIGITS, score_values, weighted_auc
from matchmaker.recommend.learning.decisions import ShownPair, decision_examples, find_decisions, find_passed_over
from matchmaker.recommend.learning.evidence import Evidence
from matchmaker.recommend.learning.examples import (
    Examples,
    Sampling,
    gather_examples,
    join_examples,
    no_examples,
    present_ids,
)
from matchmaker.recommend.learning.fitting import NAMES
from matchmaker.recommend.learning.model_card import SMALLEST_SHOWN, BandQuality, ModelCard, PatternCard
from matchmaker.recommend.learning.model_json import FORMAT, ModelFile
from matchmaker.recommend.learning.sides import find_answers, fit_sides
from matchmaker.recommend.learning.training import Trained, train_patterns
from matchmaker.recommend.learning.windows import Part, Window, count_windows, make_windows
from matchmaker.recommend.patterns import PATTERNS
from matchmaker.recommend.scoring.additive import PatternModel, ScoringModel

LIBRARIES = ("matchmaker", "numpy", "scipy", "scikit-learn")
DAY = datetime.timedelta(days=1)

IndexAt = Callable[[datetime.date], SnapshotIndex]
"""Returns a scope's columns as they were on a day."""


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What to train.

    Attributes
    ----------
    until
        The day up to which what happened is learned from; that day itself isn't.
    patterns
        Which patterns to fit; those left out keep the prior.
    seed
        Which pairs that formed nothing are kept as examples, where there are too many.
    windows
        How many years to go back; None: as far as dated ties go.
    """

    until: datetime.date
    patterns: tuple[PatternName, ...] = tuple(PATTERNS)
    seed: int = 0
    windows: int | None = None


def train_model(
    index_at: IndexAt,
    request: TrainingRequest,
    prior: ScoringModel,
    shown: Sequence[ShownPair] = (),
    progress: Callable[[int, int], None] | None = None,
) -> ModelFile:
    """Return a model fitted to what happened in a scope, with its card; the prior's where nothing could be fitted.

    Parameters
    ----------
    index_at
        The scope on any day; asked for the eve of every window, in order, and last for the day ``until``.
    shown
        What staff were shown.
    progress
        Told how many windows are done.
    """
    today = index_at(request.until)
    windows = make_windows(request.until, request.windows or count_windows(request.until, _beginnings(today)))
    examples = _gather(index_at, windows, today, request, progress)
    decided, passed_over = _decisions(index_at, windows, today, shown)
    nothing = no_examples()
    evidence = {
        name: Evidence(one, decided.get(name, nothing), passed_over.get(name, nothing))
        for name, one in examples.items()
    }
    trained = train_patterns(evidence, prior, request.patterns)
    patterns = {name: trained[name].model if name in trained else prior.patterns[name] for name in PatternName}
    answers = _answers(index_at, windows, today)
    for name, both in answers.items():
        patterns[name] = replace(patterns[name], sides=fit_sides(patterns[name], both))
    snapshot = today.snapshot
    own = snapshot.find_index(snapshot.scope.ecosystem or "")
    title = snapshot.nodes[own].name if own is not None else "what is public"
    cards = tuple(_pattern_card(name, trained[name]) for name in PATTERNS if name in trained)
    card = ModelCard(title, windows, cards, judge_bands(today, trained, examples, prior))
    return ModelFile(
        format=FORMAT,
        ecosystem=snapshot.scope.ecosystem or "",
        prior=prior.id,
        patterns=MappingProxyType(patterns),
        graph_hash=snapshot.graph_hash,
        ledger_hash=today.ledger_hash,
        statistics=f"content-{today.content.version}",
        libraries=MappingProxyType({name: version(name) for name in LIBRARIES}),
        seed=request.seed,
        card=card,
    )


def judge_bands(
    today: SnapshotIndex,
    trained: Mapping[PatternName, Trained],
    examples: Mapping[PatternName, Examples],
    prior: ScoringModel,
) -> tuple[BandQuality, ...]:
    """Return how well later links are ranked where the other side is of one sector, size or locale.

    The areas under the curve of the patterns, each weighing as much as its links in the band.
    """
    counted: dict[tuple[str, str], list[tuple[int, float, float]]] = defaultdict(list)
    for name, one in trained.items():
        later = examples[name].of(Part.JUDGE)
        if one.judged is None or not later.formed.any():
            continue
        models = (prior.patterns[name], one.judged)
        for kind, band, rows in _banded(today, later):
            counted[kind, band].append(_compared(later.at(rows), models))
    return tuple(_band_quality(kind, band, counted[kind, band]) for kind, band in sorted(counted))


def _gather(
    index_at: IndexAt,
    windows: Sequence[Window],
    today: SnapshotIndex,
    request: TrainingRequest,
    progress: Callable[[int, int], None] | None,
) -> dict[PatternName, Examples]:
    present: frozenset[NodeId] = present_ids(today)
    found: dict[PatternName, list[Examples]] = defaultdict(list)
    sampling, before = Sampling(request.seed), index_at(windows[0].start - DAY)
    for number, window in enumerate(windows):
        if progress is not None:
            progress(number, len(windows))
        after = index_at(window.end - DAY)
        for name, one in gather_examples(before, after, window, present, sampling).items():
            found[name].append(one)
        before = after
    return {name: join_examples(found[name]) if found[name] else no_examples() for name in PATTERNS}


def _decisions(
    index_at: IndexAt, windows: Sequence[Window], today: SnapshotIndex, shown: Sequence[ShownPair]
) -> tuple[dict[PatternName, Examples], dict[PatternName, Examples]]:
    """Return what people said yes or no to, and what they passed over, by pattern."""
    snapshot, present = today.snapshot, present_ids(today)
    acted = {node.id for _, node in snapshot.iter_nodes(Label.SUGGESTION)}
    passed = find_passed_over(snapshot.scope.ecosystem or "", shown, acted, windows[-1].end)
    found = (decision_examples(each, index_at, windows, present) for each in (find_decisions(snapshot), passed))
    decided, passed_over = found
    return decided, passed_over


def _answers(
    index_at: IndexAt, windows: Sequence[Window], today: SnapshotIndex
) -> dict[PatternName, dict[Side, Examples]]:
    """Return what either side said to suggestions that both answered, by pattern."""
    present, found = present_ids(today), find_answers(today.snapshot)
    measured = {side: decision_examples(said, index_at, windows, present) for side, said in found.items()}
    names = sorted(measured[Side.SOURCE].keys() & measured[Side.TARGET].keys())
    return {name: {side: measured[side][name] for side in Side} for name in names}


def _beginnings(today: SnapshotIndex) -> list[datetime.date]:
    """Return when the ties began that link anybody, where that is known."""
    types = frozenset().union(*(pattern.linked_by for pattern in PATTERNS.values()))
    snapshot = today.snapshot
    wanted = np.isin(snapshot.tie_types, [TIE_CODES[type] for type in sorted(types)]) & (snapshot.tie_since > 0)
    return [datetime.date.fromordinal(day) for day in snapshot.tie_since[wanted].tolist()]


def _pattern_card(name: PatternName, one: Trained) -> PatternCard:
    links = MappingProxyType(dict(one.links))
    return PatternCard(name, one.refused, one.moved, links, one.decisions, one.pairs, one.prior, one.fitted)


def _banded(today: SnapshotIndex, later: Examples) -> Iterator[tuple[str, str, NDArray[np.intp]]]:
    """Yield the rows whose other side is of each band."""
    numbers = np.array([today.snapshot.index_of(other) for other in later.others.tolist()])
    names = [sector.value for sector in SECTOR_CODES]
    sectors = np.asarray(today.organizations.sector)[numbers]
    for code in np.unique(sectors).tolist():
        yield "sector", names[code] if code >= 0 else "none", np.flatnonzero(sectors == code)
    for banding in bands_of(today):
        codes = banding.codes[numbers]
        for code in np.unique(codes).tolist():
            yield banding.name, banding.bands[code], np.flatnonzero(codes == code)


def _compared(later: Examples, models: tuple[PatternModel, PatternModel]) -> tuple[int, float, float]:
    """Return how many links formed among pairs, and how well two models rank them."""
    if not later.formed.any() or later.formed.all():
        return 0, 0.0, 0.0
    links = round(float(later.weights @ later.formed))
    scores = (score_values(model, NAMES, later.values) for model in models)
    first, second = (weighted_auc(each, later.formed, later.weights) for each in scores)
    return max(links, 1), first, second


def _band_quality(kind: str, band: str, counted: Sequence[tuple[int, float, float]]) -> BandQuality:
    links = sum(number for number, _, _ in counted)
    if links < SMALLEST_SHOWN:
        return BandQuality(kind, band, None, None, None)
    first = sum(number * auc for number, auc, _ in counted) / links
    second = sum(number * auc for number, _, auc in counted) / links
    return BandQuality(kind, band, links, round(first, DIGITS), round(second, DIGITS))
