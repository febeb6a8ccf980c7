"""Measures of joint work, each written out for one pair of a small world."""

from collections.abc import Callable
from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest

from matchmaker.recommend.features.joint_history import JointHistory
from matchmaker.recommend.features.joint_measures import JOINT_MEASURES, measure_joint
from matchmaker.recommend.features.joint_work import YEAR, JointWork, Memberships, Statements

MakeWork = Callable[..., JointWork]

# 0 and 1 worked together long ago; 1, 2 and 3 lately; 2 and 3 lately once more; 4 never. Day 830; 0 and 2 are measured.
WORKS = [(100, [0, 1]), (465, [1, 2, 3]), (465, [2, 3]), (900, [0, 2])]
KINDS = [0, 1, 1, 0, 0]
OLD, LATE = (830 - 100) / YEAR, (830 - 465) / YEAR
E = exp(-LATE)
GENTLE_OLD, GENTLE_LATE = exp(-OLD / 2), exp(-LATE / 2) / sqrt(2)

EXPECTED = {
    "common_neighbours": 1.0,  # 1
    "adamic_adar": 1 / log(3),
    "resource_allocation": 1 / 3,
    "l3": 1 / sqrt(3 * 2),  # over 1 and 3
    "three_step_paths": 1.0,
    "work_flow": 1 * 1 / 3,
    "recent_flow": exp(-OLD) * E / (exp(-OLD) + 2 * E),
    "gentle_flow": GENTLE_OLD * GENTLE_LATE / (GENTLE_OLD + 2 * GENTLE_LATE),
    "small_group_flow": 1 * 0.5 / (1 + 0.5 + 0.5),
    "flow_over_peers": 0.0,  # 1 is of another kind than 0
    "flow_over_peers_of_other": GENTLE_OLD * GENTLE_LATE / (GENTLE_OLD + 2 * GENTLE_LATE),
    "group_closure": 1**2 / 3,  # of the three of the second work, 0 knows 1
    "recent_group_closure": exp(-LATE / 1.5) / 3,
    "group_closure_of_other": 1**2 / 2,  # of the two of the first work, 2 knows 1
    "recent_group_closure_of_other": exp(-OLD / 1.5) / 2,
    "group_reach": 1 / 3,
    "group_reach_of_other": 1 / 2,
    "peer_ties": 1 / sqrt(1 * 2),  # 3 is of the kind of 0, knows 1 as 0 does, and works with 2
    "near_peer_ties": 1 / sqrt(1 * 2),
    "peer_ties_of_other": 1 / sqrt(3 * 2),  # 1 is of the kind of 2, knows 3 as 2 does, and has worked with 0
    "random_walk": (1 / 1) * (1 / 3) * (2 / 3),  # to 1, to 3, to 2
    "topics_alike": 1 / sqrt(2),
    "topic_activity": 0.5 * log(1 + 2),
    "recent_topic_activity": E / (E + E) * log(1 + E),
    "partners": 2.0,
    "works": 2.0,
    "new_partners": 2.0,
    "late_works": 2.0,
    "leads": 0.5,
    "is_associate": 0.0,
    "same_region": 1.0,
    "kind_share": 1.0,
    "region_share": 1.0,
    "ties_to_kind": 2 * E,  # with 3, twice
    "ties_to_region": 3 * E,
    "region_affinity": 0.0,  # there is one region only
    "kind_affinity": log((3 + 5) / (3 * 5 / 8 + 5)),  # 3 ties join the kinds, which have 3 and 5 of 8 ends
}


@pytest.fixture
def history(make_work: MakeWork) -> JointHistory:
    """Return the world on the eve of day 830."""
    work = make_work(WORKS, KINDS, topics=2)
    held = work.memberships
    roles = np.where((held.works == 2) & (held.nodes == 2), 1, 0).astype(np.int8)
    said = Statements(np.array([0, 0, 2, 2, 2]), np.array([0, 1, 0, 0, 1]), np.array([465, 465, 0, 465, 900]))
    return JointHistory(replace(work, memberships=Memberships(held.nodes, held.works, roles), statements=said), 830)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_measure_is_what_it_says(history: JointHistory, name: str) -> None:
    found = measure_joint(history, np.array([0]), np.array([2]), (name,))
    assert found[0, 0] == pytest.approx(EXPECTED[name], abs=1e-12)


def test_every_measure_is_written_out_but_those_that_are_fitted() -> None:
    assert set(JOINT_MEASURES) - set(EXPECTED) == {"ease", "spectral"}


def test_the_item_model_knows_those_with_two_works_only(history: JointHistory) -> None:
    found = measure_joint(history, np.array([0, 0, 0]), np.array([2, 3, 4]), ("ease",))[:, 0]
    items = np.array([1, 2, 3])
    held = history.work.incidence[items].toarray()
    inverse = np.linalg.inv(held @ held.T + 30.0 * np.eye(3))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    own = history.work.incidence[[0]].toarray() @ held.T
    np.testing.assert_allclose(found[:2], (own @ weights)[0, 1:], rtol=1e-9)
    assert np.isnan(found[2])


def test_where_nothing_is_known_of_a_place_nothing_is_said(make_work: MakeWork) -> None:
    history = JointHistory(make_work(WORKS, KINDS, [0, 0, -1, 0, 0]), 830)
    names = ("same_region", "region_share", "region_affinity")
    assert np.isnan(measure_joint(history, np.array([0]), np.array([2]), names)).all()
    assert np.isnan(measure_joint(history, np.array([2]), np.array([0]), ("ties_to_region",))).all()


def test_a_subject_without_joint_work_has_no_paths(history: JointHistory) -> None:
    names = ("l3", "peer_ties", "group_reach", "partners")
    assert measure_joint(history, np.array([4]), np.array([2]), names).tolist() == [[0.0, 0.0, 0.0, 2.0]]
