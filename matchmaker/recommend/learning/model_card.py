"""The card of a trained model: what it was trained on, how good it is and for whom, and what it isn't for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.learning.calibration import Judgement
from matchmaker.recommend.learning.windows import Part, Window
from matchmaker.recommend.patterns import TITLES

SMALLEST_SHOWN = 10
"""Bands with fewer links than this show no figures: they would say more of single partners than of the model."""


@dataclass(frozen=True, slots=True)
class BandQuality:
    """How good a model is where the other side is of one band.

    Attributes
    ----------
    kind, band
        Of what, such as ``sector`` and ``k12``.
    links
        How many links formed there in the windows that judge; None where fewer than `SMALLEST_SHOWN`.
    prior, fitted
        The area under the ROC curve of the prior and of the model; None where too few.
    """

    kind: str
    band: str
    links: int | None
    prior: float | None
    fitted: float | None


@dataclass(frozen=True, slots=True)
class PatternCard:
    """What became of one pattern in training; see `matchmaker.recommend.learning.training.Trained`."""

    name: PatternName
    refused: str
    moved: bool
    links: Mapping[Part, int]
    decisions: int
    pairs: float
    prior: Judgement | None
    fitted: Judgement | None

    @property
    def all_links(self) -> int:
        """How many links there are in all windows."""
        return sum(self.links.values())

    @property
    def evidence(self) -> str:
        """What it rests on, in words."""
        decided = f" and {self.decisions} decisions" if self.decisions else ""
        return f"{self.all_links} links{decided}"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """All of a card.

    Attributes
    ----------
    title
        The name of the ecosystem.
    windows
        The time it was trained on, the oldest first.
    patterns
        What became of each.
    bands
        How good it is by sector, size and locale of the other side, over all fitted patterns.
    """

    title: str
    windows: tuple[Window, ...]
    patterns: tuple[PatternCard, ...]
    bands: tuple[BandQuality, ...]


NOT_FOR = (
    "Judging an organization: a score is about a pair, and no partner's own ratings or declines are in it.",
    "Deciding anything about a learner, or anything without a person who looks at the reasons.",
    "Another ecosystem: it was fitted to this one's ties and decisions, which stay private to it.",
    "Predicting what would happen to pairs that no list would name: none were among the examples.",
)
LIMITS = (
    "A link that isn't recorded counts as not formed, so likelihoods are low where recording is thin.",
    "Only ties of a known beginning are learned from, and only what was recorded before a window began.",
    "What formed by itself isn't what forms when two are introduced: such scores are put on the prior's level.",
    "Links that formed earlier used up good pairs: the windows that judge are harder than the first ones.",
)


def card_markdown(card: ModelCard, model_id: str, facts: Sequence[tuple[str, str]] = ()) -> str:
    """Return a card as Markdown.

    Parameters
    ----------
    model_id
        The name of the model.
    facts
        Further lines of its table of data, each a name and a value.
    """
    return "\n".join(_lines(card, model_id, facts)) + "\n"


def _lines(card: ModelCard, model_id: str, facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"# Model card: {model_id}"
    yield ""
    yield f"Trained on what happened in {card.title}, drawn to the prior where little is known."
    yield ""
    yield "| | |"
    yield "|---|---|"
    for part in Part:
        windows = [window for window in card.windows if window.part is part]
        if windows:
            yield f"| {_PART_WORDS[part]} | {windows[0].start} to {windows[-1].end}, in years |"
    for name, value in facts:
        yield f"| {name} | {value} |"
    yield ""
    yield from _patterns(card)
    yield from _bands(card)
    for one in card.patterns:
        if one.fitted is not None and not one.refused:
            yield from _calibration(one)
    yield "## What it isn't for"
    yield ""
    yield from (f"* {line}" for line in NOT_FOR)
    yield ""
    yield "## Limits"
    yield ""
    yield from (f"* {line}" for line in LIMITS)


_PART_WORDS = {Part.FIT: "fitted on", Part.CALIBRATE: "levels set by", Part.JUDGE: "judged by"}


def _patterns(card: ModelCard) -> Iterator[str]:
    yield "## Kinds of link"
    yield ""
    yield "Figures are those of the windows that judge, as *prior → fitted*."
    yield ""
    yield "| kind | links (fit, calibrate, judge) | pairs | AUC | NDCG@10 | log loss | calibration error | outcome |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in card.patterns:
        counts = ", ".join(str(one.links.get(part, 0)) for part in Part)
        figures = " | ".join(_change(one, name, digits) for name, digits in _FIGURES)
        yield f"| {TITLES[one.name]} | {counts} | {one.pairs:,.0f} | {figures} | {_outcome(one)} |"
    yield ""


_FIGURES = (("auc", 3), ("ndcg_at_10", 3), ("log_loss", 4), ("ece", 4))


def _change(one: PatternCard, name: str, digits: int) -> str:
    if one.prior is None or one.fitted is None:
        return "–"
    return f"{getattr(one.prior, name):.{digits}f} → {getattr(one.fitted, name):.{digits}f}"


def _outcome(one: PatternCard) -> str:
    if not one.refused:
        return f"fitted on {one.evidence}"
    moved = "; moved by what all kinds have in common" if one.moved else ""
    return f"stays prior: {one.refused}{moved}"


def _bands(card: ModelCard) -> Iterator[str]:
    if not card.bands:
        return
    yield "## By sector, size and locale of the other side"
    yield ""
    yield f"Over all kinds of link; bands with fewer than {SMALLEST_SHOWN} links show no figures."
    yield ""
    yield "| | band | links | AUC (prior → model) |"
    yield "|---|---|---|---|"
    for band in card.bands:
        if band.links is None or band.prior is None or band.fitted is None:
            yield f"| {band.kind} | {band.band} | fewer than {SMALLEST_SHOWN} | – |"
        else:
            yield f"| {band.kind} | {band.band} | {band.links} | {band.prior:.3f} → {band.fitted:.3f} |"
    yield ""


def _calibration(one: PatternCard) -> Iterator[str]:
    if one.fitted is None:
        return
    yield f"## Calibration: {TITLES[one.name]}"
    yield ""
    yield f"Tenths of the judged pairs by likelihood; the calibration error is {one.fitted.ece:.4f}."
    yield ""
    yield "| likelihood | formed | |"
    yield "|---|---|---|"
    highest = max([share for bin in one.fitted.bins for share in (bin.expected, bin.formed)], default=1.0) or 1.0
    for bin in one.fitted.bins:
        expected, formed = (round(20 * share / highest) for share in (bin.expected, bin.formed))
        bar = "".join("◆" if place == expected else "█" if place <= formed else "·" for place in range(1, 21))
        yield f"| {bin.expected:.2%} | {bin.formed:.2%} | `{bar}` |"
    yield ""
    yield "█ is the share that formed, ◆ the likelihood given."
    yield ""
