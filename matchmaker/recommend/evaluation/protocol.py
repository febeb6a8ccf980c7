"""Who is asked for, among whom, and what counts as foretold: new joint work across kinds of partners, by days."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.recommend.evaluation.metrics import Lists
from matchmaker.recommend.features.joint_work import JointWork

Mask = NDArray[np.bool_]
Nodes = NDArray[np.int64]


class Setting(StrEnum):
    """Among whom a source looks for partners."""

    REGIONS = "regions"
    ALL = "all"


class Cold(StrEnum):
    """Sources about whom little is known."""

    NONE = "none"
    ONE_OR_TWO = "one_or_two"


@dataclass(frozen=True, slots=True)
class Protocol:
    """What is judged.

    Attributes
    ----------
    history_before
        What began before this day is known.
    targets_from, targets_until
        What is to be foretold began from the one day to before the other.
    setting
        Among whom a source looks: everybody, or those in its own region.
    min_projects
        In how much joint work a source, and a candidate, has to have taken part.
    min_sources
        How many sources a region needs to be judged.
    seed
        Decides between equal scores, and how sources are resampled.
    """

    history_before: datetime.date
    targets_from: datetime.date
    targets_until: datetime.date
    setting: Setting = Setting.ALL
    min_projects: int = 2
    min_sources: int = 100
    seed: int = 0

    def days(self) -> "Days":
        """Return the three days as ordinals."""
        days = self.history_before, self.targets_from, self.targets_until
        return Days(*(day.toordinal() for day in days))


@dataclass(frozen=True, slots=True)
class Days:
    """When the known ends, and from when to before when it is foretold; each as `datetime.date.toordinal`."""

    known: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Who shared work before a window, and who came to share work in it.

    Attributes
    ----------
    amounts
        Shape (nodes,): in how much work each took part before.
    before, after
        Shape (nodes, nodes): above 0 where two shared work before; where they shared some in the window.
    """

    amounts: NDArray[np.float64]
    before: csr_array
    after: csr_array


def find_outcomes(work: JointWork, days: Days) -> Outcomes:
    """Return what was known before a window and what happened in it."""
    known, new = work.before(days.known), work.between(days.start, days.end)
    together = (part.weighted(np.ones(len(part.began))) for part in (known, new))
    return Outcomes(known.amounts, *together)


def make_lists(work: JointWork, outcomes: Outcomes, setting: Setting, least: int, cold: Cold | None = None) -> Lists:
    """Return every source with at least one new partner, and all its candidates.

    Candidates are all partners of another kind with at least ``least`` joint works that are no partner yet; in the
    setting `Setting.REGIONS` those of the source's region. Sources have as much joint work, or, where ``cold`` is
    given, none, or one or two.
    """
    known = work.kinds >= 0
    candidates = known & (outcomes.amounts >= least)
    sources = known & _sources(outcomes.amounts, least, cold)
    formed = outcomes.after.tocoo()
    held = sources[formed.row] & candidates[formed.col] & (work.kinds[formed.row] != work.kinds[formed.col])
    regional = setting is Setting.REGIONS
    if regional:
        held &= (work.regions[formed.row] == work.regions[formed.col]) & (work.regions[formed.row] >= 0)
    pool = np.flatnonzero(candidates)
    found, others, partners, lengths = [], [], [], []
    for source in np.unique(formed.row[held]).tolist():
        fitting = pool[work.kinds[pool] != work.kinds[source]]
        if regional:
            fitting = fitting[work.regions[fitting] == work.regions[source]]
        near = fitting[~np.isin(fitting, _row(outcomes.before, source))]
        new = np.isin(near, _row(outcomes.after, source))
        if new.any():
            found.append(source)
            others.append(near)
            partners.append(new)
            lengths.append(len(near))
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Lists(
        np.array(found, dtype=np.int64),
        starts,
        np.concatenate(others) if others else np.zeros(0, dtype=np.int64),
        np.concatenate(partners) if partners else np.zeros(0, dtype=bool),
    )


def find_regions(work: JointWork, lists: Lists, least: int) -> Nodes:
    """Return the regions with at least so many sources, by code."""
    regions, counts = np.unique(work.regions[lists.sources], return_counts=True)
    return np.asarray(regions[counts >= least])


def in_regions(work: JointWork, lists: Lists, regions: Nodes) -> Lists:
    """Return the lists of the sources in some regions."""
    return lists.of(np.flatnonzero(np.isin(work.regions[lists.sources], regions)))


def _sources(amounts: NDArray[np.float64], least: int, cold: Cold | None) -> Mask:
    if cold is None:
        return np.asarray(amounts >= least)
    return np.asarray(amounts == 0.0 if cold is Cold.NONE else (amounts >= 1.0) & (amounts <= 2.0))


def _row(matrix: csr_array, node: int) -> Nodes:
    return np.asarray(matrix.indices[matrix.indptr[node] : matrix.indptr[node + 1]])
