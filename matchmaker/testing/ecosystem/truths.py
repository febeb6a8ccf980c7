"""What was planted in a generated ecosystem, and what is true of its pairs: for evaluation, never for the product."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from matchmaker.model.vocabulary import GapKind, PatternName
from matchmaker.testing.ecosystem.chances import PairChance

AS_OF = "2026-06-30"
"""The day the truths hold on, and every later one: nothing in a generated ecosystem ends after it."""

GOOD = 0.5
"""A pair is listed as a good one from this probability on."""


@dataclass(frozen=True, slots=True)
class PlantedGap:
    """One gap that was planted.

    ``subject`` is: a place and a stage (`stage_coverage`), a program and a stage (`transition`), two sectors in the
    vocabulary's order (`sector_pair`), a place (`place_access`), a partner (`isolation`), a need (`unmet_need`).
    """

    kind: GapKind
    subject: tuple[str, ...]
    size: float
    unit: str
    learners: int | None = None
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How well the pairs of a pattern can be ranked at all.

    Attributes
    ----------
    pairs, good
        How many were tried, and how many of them form a good link.
    knowing_all
        The area under the ROC curve of a ranking by the true probability: the attainable ceiling.
    knowing_facts
        The same of a ranking by what recorded facts alone say.
    """

    pairs: int
    good: int
    knowing_all: float
    knowing_facts: float


@dataclass(frozen=True, slots=True)
class PlantedTruths:
    """All truths of a generated ecosystem.

    Attributes
    ----------
    gaps
        Every planted gap; there is no other of these kinds where coverage is stated.
    complete_places, unstated_places
        Counties with full coverage and no planted gap; counties where coverage isn't stated, so that nothing is known.
    unrecognized_programs
        Pre-college STEM programs of members that no other operator's college recognizes.
    occupations_without_program
        In demand, and no program prepares for them.
    members, connected
        Members of the ecosystem, and pairs of them that are tied, directly or through programs, on `AS_OF`.
    pairs
        Every pair that was tried, with its probability.
    linked
        Pairs (source, target) of `pairs` that already are linked by the pattern's tie.
    """

    seed: int
    ecosystem: str
    gaps: tuple[PlantedGap, ...]
    complete_places: tuple[str, ...]
    unstated_places: tuple[str, ...]
    unrecognized_programs: tuple[str, ...]
    occupations_without_program: tuple[str, ...]
    members: int
    connected: int
    pairs: tuple[PairChance, ...]
    linked: frozenset[tuple[str, str]]

    def good_pairs(self, least: float = GOOD) -> list[PairChance]:
        """Return the pairs that aren't linked and form a good link with a probability of ``least`` or more."""
        found = [
            pair for pair in self.pairs if pair.probability >= least and (pair.source, pair.target) not in self.linked
        ]
        return sorted(found, key=lambda pair: (pair.pattern, -pair.probability, pair.source, pair.target))

    def ceilings(self) -> dict[PatternName, Ceiling]:
        """Return how well each pattern's pairs can be ranked."""
        by_pattern: dict[PatternName, list[PairChance]] = {}
        for pair in self.pairs:
            by_pattern.setdefault(pair.pattern, []).append(pair)
        return {pattern: _ceiling(by_pattern[pattern]) for pattern in sorted(by_pattern)}

    def to_json(self) -> str:
        """Return the truths as text; of the pairs, only the good ones that aren't linked yet."""
        content = {
            "note": "Invented for demonstration. For evaluation only: no part of the product reads this file.",
            "seed": self.seed,
            "ecosystem": self.ecosystem,
            "as_of": AS_OF,
            "members": self.members,
            "connected": self.connected,
            "complete_places": self.complete_places,
            "unstated_places": self.unstated_places,
            "unrecognized_programs": self.unrecognized_programs,
            "occupations_without_program": self.occupations_without_program,
            "gaps": [_without_nothing(asdict(gap)) for gap in self.gaps],
            "ceilings": {pattern: asdict(ceiling) for pattern, ceiling in self.ceilings().items()},
            "good_pairs": [
                [pair.pattern, pair.source, pair.target, pair.probability, pair.good] for pair in self.good_pairs()
            ],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _without_nothing(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _ceiling(pairs: Sequence[PairChance]) -> Ceiling:
    good = sum(pair.good for pair in pairs)
    return Ceiling(
        len(pairs),
        good,
        area_under_curve([(pair.probability, pair.good) for pair in pairs]),
        area_under_curve([(pair.visible, pair.good) for pair in pairs]),
    )


def area_under_curve(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the chance that a good one scores above another one (ties count half), rounded to 4 digits.

    The Mann–Whitney statistic. 0.5 where there is nothing to compare.

    >>> area_under_curve([(0.9, True), (0.4, False), (0.4, True)])
    0.75
    """
    good = sum(is_good for _, is_good in scored)
    other = len(scored) - good
    if not good or not other:
        return 0.5
    totals = Counter(score for score, _ in scored)
    goods = Counter(score for score, is_good in scored if is_good)
    below, wins = 0, 0.0
    for score in sorted(totals):
        others = totals[score] - goods[score]
        wins += goods[score] * (below + others / 2)
        below += others
    return round(wins / (good * other), 4)
