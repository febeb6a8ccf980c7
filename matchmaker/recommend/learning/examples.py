"""Examples to learn from: pairs that lists would have named when a window began, and which of them formed a link in it.

Features are those of the window's eve, so a pair is always measured without the tie that it forms. Ties whose beginning
isn't known are present at every day: pairs tied by one are linked before any window, and never enter.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import TIE_CODES
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import PatternName
from matchmaker.recommend.features import FEATURES
from matchmaker.recommend.index import SnapshotIndex
from matchmaker.recommend.learning.serving import Served, measure_served, serve_lists
from matchmaker.recommend.learning.windows import Part, Window
from matchmaker.recommend.patterns import PATTERNS, LinkPattern
from matchmaker.recommend.pools import SUBJECTS

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

MOST_OTHERS = 20_000
"""Of how many pairs of a pattern and window that formed nothing examples are kept; each then counts for several."""

YEAR = len("2020-01-01")
"""How long the day is that every group begins with: the first of its window."""

MOST_SUBJECTS = 4_000
"""For how many of those to whom nothing happened in a window lists are made."""

PART_CODES = {part: code for code, part in enumerate(Part)}


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which pairs that formed nothing are kept; those that are count for the others.

    Attributes
    ----------
    seed
        Decides which.
    most_others
        Of how many such pairs of a pattern and window at most.
    most_subjects
        For how many of those to whom nothing happened in a window lists are made at most; for all others they are.
    """

    seed: int = 0
    most_others: int = MOST_OTHERS
    most_subjects: int = MOST_SUBJECTS


USUAL = Sampling()


@dataclass(frozen=True, slots=True)
class Examples:
    """Measured pairs of one pattern with what became of them. Their order means nothing.

    Attributes
    ----------
    values
        Shape (pairs, features), in the order of `FEATURES`; NaN where not recorded.
    formed
        Shape (pairs,): whether a link formed, or two who were asked agreed.
    weights
        Shape (pairs,): for how many pairs each counts; a tie that links several pairs counts once in all.
    parts
        Shape (pairs,): what the window is for (`PART_CODES`).
    groups
        Shape (pairs,): whose list it stood in, and in which window, as text.
    subjects, others
        Shape (pairs,): the ends' ids.
    ties
        The ties that formed, or the decisions, by part.
    """

    values: Floats
    formed: NDArray[np.bool_]
    weights: Floats
    parts: NDArray[np.int8]
    groups: NDArray[np.str_]
    subjects: NDArray[np.str_]
    others: NDArray[np.str_]
    ties: Mapping[Part, frozenset[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.formed)

    def of(self, *parts: Part) -> "Examples":
        """Return those of some windows."""
        return self.at(np.flatnonzero(np.isin(self.parts, [PART_CODES[part] for part in parts])))

    def at(self, rows: NDArray[np.intp]) -> "Examples":
        """Return some rows, in the order given."""
        return replace(
            self,
            values=self.values[rows],
            formed=self.formed[rows],
            weights=self.weights[rows],
            parts=self.parts[rows],
            groups=self.groups[rows],
            subjects=self.subjects[rows],
            others=self.others[rows],
        )

    def before(self, year: str) -> "Examples":
        """Return those of the years that begin before a day."""
        return self.at(np.flatnonzero(_years(self.groups) < year))

    def in_year(self, year: str) -> "Examples":
        """Return those of the year that begins on a day."""
        return self.at(np.flatnonzero(_years(self.groups) == year))

    def count_formed(self) -> int:
        """Return how many links formed, as far as weights say: a tie that links several pairs is one."""
        return round(float(self.weights[self.formed].sum()))

    def count(self, *parts: Part) -> int:
        """Return how many ties formed, or decisions were made, in the windows of some parts; of all where none is."""
        return len(frozenset[str]().union(*(self.ties.get(part, frozenset()) for part in parts or tuple(Part))))


def _years(groups: NDArray[np.str_]) -> NDArray[np.str_]:
    return groups.astype(f"<U{YEAR}")


def no_examples() -> Examples:
    """Return examples without a pair."""
    texts, floats = np.zeros(0, dtype=np.str_), np.zeros(0)
    return Examples(np.zeros((0, len(FEATURES))), floats > 0, floats, floats.astype(np.int8), texts, texts, texts)


def join_examples(several: Sequence[Examples]) -> Examples:
    """Return several windows' examples of one pattern as one."""
    if not several:
        return no_examples()
    return Examples(
        values=np.concatenate([one.values for one in several]),
        formed=np.concatenate([one.formed for one in several]),
        weights=np.concatenate([one.weights for one in several]),
        parts=np.concatenate([one.parts for one in several]),
        groups=np.concatenate([one.groups for one in several]),
        subjects=np.concatenate([one.subjects for one in several]),
        others=np.concatenate([one.others for one in several]),
        ties={part: frozenset[str]().union(*(one.ties.get(part, frozenset()) for one in several)) for part in Part},
    )


@dataclass(frozen=True, slots=True)
class Linked:
    """Which pairs of a pattern are linked, each by its code ``first × nodes + second``, both ways round.

    Attributes
    ----------
    codes, ties
        Shape (links,): a pair, and the index of the tie that links it; a pair may be there several times.
    """

    codes: Codes
    ties: Codes


def gather_examples(
    before: SnapshotIndex,
    after: SnapshotIndex,
    window: Window,
    present: Collection[NodeId],
    sampling: Sampling = USUAL,
) -> dict[PatternName, Examples]:
    """Return the examples of one window, by pattern.

    Parameters
    ----------
    before, after
        The scope on the window's eve and on its last day.
    present
        Who is in the scope today; a partner that has withdrawn since stands at neither end of any example.
    sampling
        Which pairs that formed nothing are kept.
    """
    here = np.zeros(len(before), dtype=bool)
    subjects = np.sort(np.concatenate([before.snapshot.indices(label) for label in sorted(SUBJECTS)]))
    here[subjects] = [before.snapshot.ids[number] in present for number in subjects.tolist()]
    gathering = _Gathering(before, EarlierNodes(before, after), window, sampling)
    chosen, weights = gathering.choose(subjects[here[subjects]])
    return {
        name: gathering.examples(PATTERNS[name], served.only(here[served.others]), weights)
        for name, served in serve_lists(before, chosen).items()
    }


@dataclass(frozen=True, slots=True)
class _Gathering:
    """One window's work."""

    before: SnapshotIndex
    known: "EarlierNodes"
    window: Window
    sampling: Sampling

    def choose(self, subjects: NDArray[np.int32]) -> tuple[NDArray[np.int32], Floats]:
        """Return for whom lists are made, and for how many each node counts."""
        size = len(self.before)
        linked = [find_linked(self.known, pattern, self.window).codes // size for pattern in PATTERNS.values()]
        happened = np.isin(subjects, np.concatenate(linked))
        rate = min(1.0, self.sampling.most_subjects / max(int((~happened).sum()), 1))
        chosen = happened | (_draw(subjects.astype(np.int64), self.sampling.seed) < rate)
        weights = np.full(size, 1.0 / rate)
        weights[subjects[happened]] = 1.0
        return subjects[chosen], weights

    def examples(self, pattern: LinkPattern, served: Served, counted: Floats) -> Examples:
        """Return what became of the pairs that lists would have named of one pattern.

        ``counted`` says for how many subjects each node counts.
        """
        began = find_linked(self.known, pattern, self.window)
        ever = find_linked(self.known, pattern)
        codes = served.subjects * np.int64(len(self.before)) + served.others
        formed = np.isin(codes, began.codes)
        clear = formed | ~np.isin(codes, ever.codes)
        kept, weights = self._sample(codes, formed, clear)
        if not kept.any():
            return no_examples()
        ties = self._names(began.ties[np.isin(began.codes, codes)])
        weights = weights[kept] * counted[served.subjects[kept]] * _weights_of_ties(codes[kept], began)
        return replace(self._packed(served.only(kept), formed[kept], weights), ties={self.window.part: ties})

    def _sample(
        self, codes: Codes, formed: NDArray[np.bool_], clear: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], Floats]:
        """Return which pairs are kept, and for how many each counts: all that formed, and of the others some."""
        others = clear & ~formed
        rate = min(1.0, self.sampling.most_others / max(int(others.sum()), 1))
        drawn = others & (_draw(codes, self.sampling.seed) < rate)
        return formed | drawn, np.where(formed, 1.0, 1.0 / rate)

    def _names(self, ties: Codes) -> frozenset[str]:
        return frozenset(self.known.after.snapshot.ties[tie].id for tie in np.unique(ties).tolist())

    def _packed(self, served: Served, formed: NDArray[np.bool_], weights: Floats) -> Examples:
        ids, part = self.before.snapshot.ids, PART_CODES[self.window.part]
        subjects, others = (_texts(ids, numbers) for numbers in (served.subjects, served.others))
        groups = np.char.add(f"{self.window.start.isoformat()} ", subjects)
        values = measure_served(self.before, served)
        return Examples(values, formed, weights, np.full(len(formed), part, np.int8), groups, subjects, others)


def _texts(ids: Sequence[str], numbers: NDArray[np.int32]) -> NDArray[np.str_]:
    distinct, places = np.unique(numbers, return_inverse=True)
    return np.array([ids[number] for number in distinct.tolist()], dtype=np.str_)[places]


def find_linked(known: "EarlierNodes", pattern: LinkPattern, window: Window | None = None) -> Linked:
    """Return the pairs of earlier nodes that a pattern's later ties link, counted as lists count them.

    A tie of an operator, of a program or of a district's school counts as one's own, unless the pattern says otherwise.

    Parameters
    ----------
    window
        Only ties whose known beginning lies in it; None for all, also those without one.
    """
    before, snapshot = known.before, known.after.snapshot
    size = len(before)
    wanted = np.isin(snapshot.tie_types, [TIE_CODES[type] for type in sorted(pattern.linked_by)])
    if window is not None:
        wanted &= (snapshot.tie_since >= window.start.toordinal()) & (snapshot.tie_since < window.end.toordinal())
    codes: list[int] = []
    places: list[int] = []
    for tie in np.flatnonzero(wanted).tolist():
        ends = known.number(int(snapshot.tie_sources[tie])), known.number(int(snapshot.tie_targets[tie]))
        if min(ends) < 0:
            continue
        first, second = (frozenset({end}) if pattern.direct else before.organizations.counted_for(end) for end in ends)
        pairs = {code for one in first for other in second for code in (one * size + other, other * size + one)}
        codes += sorted(pairs)
        places += [tie] * len(pairs)
    return Linked(np.array(codes, dtype=np.int64), np.array(places, dtype=np.int64))


class EarlierNodes:
    """The nodes of a later scope in an earlier one, each looked up once."""

    def __init__(self, before: SnapshotIndex, after: SnapshotIndex) -> None:
        self.before, self.after = before, after
        self._numbers: dict[int, int] = {}

    def number(self, later: int) -> int:
        """Return a node's index in the earlier snapshot; -1 where it wasn't there."""
        if later not in self._numbers:
            found = self.before.snapshot.find_index(self.after.snapshot.ids[later])
            self._numbers[later] = -1 if found is None else found
        return self._numbers[later]


def _weights_of_ties(codes: Codes, began: Linked) -> Floats:
    """Return the share of a tie that each pair stands for: 1 over the pairs that its least common tie links."""
    weights = np.ones(len(codes))
    among = np.isin(began.codes, codes)
    linked, ties = began.codes[among], began.ties[among]
    if not len(linked):
        return weights
    _, ties = np.unique(ties, return_inverse=True)
    counts = np.bincount(ties)[ties]
    order = np.argsort(linked, kind="stable")
    found, starts = np.unique(linked[order], return_index=True)
    least = np.minimum.reduceat(counts[order], starts)
    places = np.clip(np.searchsorted(found, codes), 0, len(found) - 1)
    here = found[places] == codes
    weights[here] = 1.0 / least[places[here]]
    return weights


def _draw(codes: Codes, seed: int) -> Floats:
    """Return a number of 0..1 for each code, the same for equal codes and seeds (SplitMix64, G. Steele et al. 2014)."""
    mixed = codes.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return mixed.astype(np.float64) / 2.0**64


def present_ids(index: SnapshotIndex) -> frozenset[NodeId]:
    """Return the partners, programs, initiatives and ecosystems of a scope."""
    snapshot = index.snapshot
    numbers = np.concatenate([snapshot.indices(label) for label in sorted(SUBJECTS)])
    return frozenset(NodeId(snapshot.ids[number]) for number in numbers.tolist())
