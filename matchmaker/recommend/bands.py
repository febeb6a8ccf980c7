"""Bands of partners for reports on quality: by recorded ties, by stated size, by locale. Never features of anybody."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.vocabulary import CountKind, Label, Locale
from matchmaker.recommend.index import SnapshotIndex

Codes = NDArray[np.int8]

UNKNOWN = "not recorded"

TIE_BANDS = (("no ties", 0), ("1 to 2 ties", 2), ("3 to 9 ties", 9), ("10 or more ties", None))
"""Names and largest numbers (inclusive) of the bands by ties; the last has no end."""

SIZE_BANDS = (("under 100", 99), ("100 to 499", 499), ("500 to 1,999", 1999), ("2,000 or more", None))
"""The same by people enrolled or reached, where a partner's latest count says so."""


LOCALE_BANDS = tuple(term.value for term in Locale)
"""The kinds of surroundings."""


@dataclass(frozen=True, slots=True)
class Banding:
    """One way to band the nodes of a snapshot.

    Attributes
    ----------
    name
        By what: ``ties``, ``size`` or ``locale``.
    bands
        The names of the bands, in order; the last is `UNKNOWN`.
    codes
        Shape (nodes,): each node's band, as a position in ``bands``.
    """

    name: str
    bands: tuple[str, ...]
    codes: Codes

    def band(self, number: int) -> str:
        """Return the name of a node's band."""
        return self.bands[int(self.codes[number])]


def bands_of(index: SnapshotIndex) -> tuple[Banding, ...]:
    """Return the bandings by ties, by stated size and by locale; a program has its first operator's size and locale.

    One pass over the partners and their counts: for reports, not for requests.
    """
    return (by_ties(index.topology.degrees), *_stated(index))


def by_ties(degrees: NDArray[np.integer]) -> Banding:
    """Return the banding by the number of others that each node is tied with.

    >>> banding = by_ties(np.array([0, 2, 9, 400]))
    >>> [banding.band(number) for number in range(4)]
    ['no ties', '1 to 2 ties', '3 to 9 ties', '10 or more ties']
    """
    ends = [most for _, most in TIE_BANDS if most is not None]
    return Banding("ties", _names(TIE_BANDS), np.searchsorted(ends, degrees, side="left").astype(np.int8))


def _stated(index: SnapshotIndex) -> tuple[Banding, Banding]:
    snapshot, organizations = index.snapshot, index.organizations
    sizes = np.full(len(snapshot), len(SIZE_BANDS), dtype=np.int8)
    locales = np.full(len(snapshot), len(LOCALE_BANDS), dtype=np.int8)
    for number, node in snapshot.iter_nodes(Label.PARTNER):
        people, locale = _people(snapshot, number), node.get_text("locale")
        if people is not None:
            sizes[number] = np.searchsorted([most for _, most in SIZE_BANDS if most is not None], people, side="left")
        if locale:
            locales[number] = LOCALE_BANDS.index(locale)
    for program in map(int, snapshot.indices(Label.PROGRAM)):
        for operator in organizations.operators[program][:1]:
            sizes[program], locales[program] = sizes[operator], locales[operator]
    return Banding("size", _names(SIZE_BANDS), sizes), Banding("locale", (*LOCALE_BANDS, UNKNOWN), locales)


def _people(snapshot: Snapshot, number: int) -> float | None:
    """Return the largest count of people of the latest year that a partner's facts state, of whatever population."""
    counts = [
        (int(node.find_number("year") or 0), float(node.find_number("value") or 0.0))
        for node in snapshot.facts(number, Label.COUNT)
        if node.get_text("kind") in {CountKind.ENROLLED, CountKind.REACHED}
    ]
    return max(counts)[1] if counts else None


def _names(bands: tuple[tuple[str, int | None], ...]) -> tuple[str, ...]:
    return (*(name for name, _ in bands), UNKNOWN)
