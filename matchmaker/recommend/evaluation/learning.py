"""Fitting the additive scorer to joint work of earlier years: one model for those known, and one for the new.

Everything is fitted to windows that end before the day from which partnerships are foretold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.evaluation.metrics import Lists
from matchmaker.recommend.evaluation.protocol import Cold, Days, Outcomes, Setting, find_outcomes, make_lists
from matchmaker.recommend.features.joint_history import JointHistory
from matchmaker.recommend.features.joint_measures import LOGARITHMIC, measure_joint
from matchmaker.recommend.features.joint_work import JointWork
from matchmaker.recommend.measuring import FeatureTable
from matchmaker.recommend.scoring.additive import PatternModel, score_features
from matchmaker.recommend.scoring.basis import FeatureShape
from matchmaker.recommend.scoring.estimator import AdditiveClassifier

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]

OF_OTHERS = (
    *("partners", "works", "new_partners", "late_works", "leads", "is_associate"),
    *("ties_to_kind", "ties_to_region", "kind_affinity", "region_affinity", "same_region"),
)
"""What can be measured where nothing is known of the subject but its kind and region."""

FEATURES = (
    *("common_neighbours", "adamic_adar", "resource_allocation", "l3", "three_step_paths"),
    *("work_flow", "recent_flow", "gentle_flow", "small_group_flow", "flow_over_peers", "flow_over_peers_of_other"),
    *("group_closure", "recent_group_closure", "group_reach"),
    *("group_closure_of_other", "recent_group_closure_of_other", "group_reach_of_other"),
    *("peer_ties", "near_peer_ties", "peer_ties_of_other"),
    *("topics_alike", "topic_activity", "recent_topic_activity", "kind_share", "region_share"),
    *OF_OTHERS,
)
"""What the model of those about whom something is known is fitted to."""

SHARES_OF_YEAR = (1.0, 0.75, 0.5)
"""How long before the day the windows to learn from begin, as shares of the time that is to be foretold. The later ones
are shorter, and closer to what is to be foretold."""

USUAL_WORKS = 5
"""Lists to learn from are of sources and candidates with so much joint work, or less where too few have it."""

FEWEST_LISTS = 200
KEPT_OTHERS = 0.2
"""Which share of the candidates that formed nothing is kept; each counts for the others."""

RIDGE_PER_LIST = 0.004
"""Strength of the penalty on tables, per list that is learned from."""

LOW_QUANTILE, HIGH_QUANTILE = 0.2, 0.995


@dataclass(frozen=True, slots=True)
class Fitted:
    """A scorer of pairs.

    Attributes
    ----------
    names
        The features.
    scales
        Shape (features,): by what each is divided first: what is usual where there is any, 1 for those that are no
        amounts.
    model
        Its tables.
    lists
        How many lists it was learned from.
    """

    names: tuple[str, ...]
    scales: Floats
    model: PatternModel
    lists: int

    def score(self, found: Mapping[str, Floats]) -> Floats:
        """Return the scores of measured pairs, in log-odds; shape (pairs,)."""
        values = np.column_stack([found[name] for name in self.names]) / self.scales
        return score_features(self.model, FeatureTable(self.names, values)).scores


@dataclass(frozen=True, slots=True)
class Models:
    """The scorer of sources about whom something is known, and of those who are new."""

    known: Fitted
    new: Fitted | None

    def score(self, found: Mapping[str, Floats], fresh: NDArray[np.bool_]) -> Floats:
        """Return the scores of measured pairs.

        Parameters
        ----------
        found
            The measures of `FEATURES`, each of shape (pairs,).
        fresh
            Shape (pairs,): whether the subject has no joint work yet.
        """
        scores = self.known.score(found)
        return scores if self.new is None else np.where(fresh, self.new.score(found), scores)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Measured pairs of lists.

    Attributes
    ----------
    values
        Shape (pairs, features).
    formed
        Shape (pairs,).
    weights
        Shape (pairs,): such that each list counts once, and each kept candidate for those that weren't.
    lists
        Shape (pairs,): the list of each pair.
    """

    values: Floats
    formed: NDArray[np.bool_]
    weights: Floats
    lists: Nodes


def windows_before(days: Days) -> tuple[Days, ...]:
    """Return the windows to learn from, the longest first; all end where what is foretold begins, or before.

    >>> windows_before(Days(1000, 1000, 1400))
    (Days(known=600, start=600, end=1000), Days(known=700, start=700, end=1000), Days(known=800, start=800, end=1000))
    """
    length = days.end - days.start
    begins = [days.known - round(length * share) for share in SHARES_OF_YEAR]
    return tuple(Days(begin, begin, days.known) for begin in begins)


def fit_models(work: JointWork, days: Days, setting: Setting, least: int, seed: int) -> Models | None:
    """Return the scorers for a day, learned from what became of lists in the time before it; None where nothing did.

    Parameters
    ----------
    setting, least
        What they are to be used for: their chances are calibrated on such lists of the last full window.
    """
    known, new, later = [], [], None
    for number, window in enumerate(windows_before(days)):
        outcomes, history = find_outcomes(work, window), JointHistory(work, window.known)
        known.append(sample_lists(history, _usual_lists(work, outcomes), FEATURES, seed + number))
        fresh = make_lists(work, outcomes, setting, least, Cold.NONE)
        new.append(sample_lists(history, fresh, OF_OTHERS, seed + number))
        if later is None:
            later = sample_lists(history, make_lists(work, outcomes, setting, least), FEATURES, seed)
    fitted = None if later is None else _fit(FEATURES, known, later)
    return None if fitted is None else Models(fitted, _fit(OF_OTHERS, new, new[0]))


def sample_lists(history: JointHistory, lists: Lists, names: Sequence[str], seed: int) -> Sample:
    """Return the pairs that are learned from: all that formed, and of the others a random share."""
    draws = np.random.Generator(np.random.PCG64(seed)).random(len(lists.others))
    kept = np.flatnonzero(lists.formed | (draws < KEPT_OTHERS))
    formed, runs = lists.formed[kept], lists.runs
    positives = np.bincount(runs, lists.formed, len(lists))
    weights = np.where(formed, 1.0, 1.0 / KEPT_OTHERS) / positives[runs[kept]]
    values = measure_joint(history, lists.subjects[kept], lists.others[kept], names)
    return Sample(values, formed, weights, runs[kept])


def _usual_lists(work: JointWork, outcomes: Outcomes) -> Lists:
    """Return lists among everybody, of those with as much joint work as `USUAL_WORKS` where enough have it."""
    for least in range(USUAL_WORKS, 0, -1):
        lists = make_lists(work, outcomes, Setting.ALL, least)
        if len(lists) >= FEWEST_LISTS:
            break
    return lists


def _fit(names: tuple[str, ...], samples: Sequence[Sample], later: Sample) -> Fitted | None:
    """Return the scorer of some samples, its chances calibrated on a sample of what it is used for."""
    values = np.concatenate([sample.values for sample in samples])
    formed = np.concatenate([sample.formed for sample in samples])
    if not formed.any() or formed.all() or not later.formed.any():
        return None
    scales = _scales(names, values)
    scaled = values / scales
    lists, offset = [], 0
    for sample in samples:
        lists.append(sample.lists + offset)
        offset += int(sample.lists.max(initial=-1)) + 1
    shapes = [_shape(name, column, formed) for name, column in zip(names, scaled.T, strict=True)]
    weights = np.concatenate([sample.weights for sample in samples])
    model = AdditiveClassifier(shapes=shapes, ridge=RIDGE_PER_LIST * offset, listwise=1.0)
    model.fit(scaled, formed, sample_weight=weights, groups=np.concatenate(lists))
    each = np.where(later.formed, 1.0, 1.0 / KEPT_OTHERS)
    model.calibrate(later.values / scales, later.formed, sample_weight=each)
    return Fitted(names, scales, model.to_pattern_model(names), offset)


def _scales(names: Sequence[str], values: Floats) -> Floats:
    """Return what is usual of each amount, where there is any; 1 for what is no amount."""
    scales = np.ones(len(names))
    for column, name in enumerate(names):
        held = values[:, column][values[:, column] > 0.0]
        if name in LOGARITHMIC and len(held):
            scales[column] = np.quantile(held, LOW_QUANTILE)
    return scales


def _shape(name: str, values: Floats, formed: NDArray[np.bool_]) -> FeatureShape:
    """Return a table of one straight piece, in the logarithm for amounts: more pieces learn what one year only held."""
    known = values[~np.isnan(values)]
    partners = values[formed & ~np.isnan(values)]
    if not len(known) or known.min() == known.max():
        return FeatureShape(points=(0.0, 1.0))
    if name in LOGARITHMIC:
        return FeatureShape(points=(0.0, 2.0 * float(np.quantile(partners, HIGH_QUANTILE)) + 1.0), log=True)
    return FeatureShape(points=(float(known.min()), float(known.max())))
