"""The public record of European research projects, as an independent computation with dense matrices found it."""

import datetime
from pathlib import Path

import numpy as np
import pytest

from matchmaker.recommend.evaluation.metrics import judge_lists, rank_lists
from matchmaker.recommend.evaluation.participations import make_snapshot, read_participations, read_parts
from matchmaker.recommend.evaluation.protocol import (
    Protocol,
    Setting,
    find_outcomes,
    find_regions,
    in_regions,
    make_lists,
)
from matchmaker.recommend.features.joint_history import JointHistory
from matchmaker.recommend.features.joint_measures import measure_joint
from matchmaker.recommend.features.joint_work import build_joint_work


def test_baselines_in_five_countries_in_2017(real_data: Path) -> None:
    folder, day, until = real_data / "collaboration", datetime.date(2017, 1, 1), datetime.date(2018, 1, 1)
    rows, parts = read_participations(folder / "participations.csv.gz"), read_parts(folder / "programme_parts.csv.gz")
    work = build_joint_work(make_snapshot(rows, parts, until))
    days = Protocol(day, day, until).days()
    outcomes, history = find_outcomes(work, days), JointHistory(work, days.known)
    assert [int((outcomes.amounts >= least).sum()) for least in (1, 2, 5)] == [15350, 4780, 1361]
    lists = make_lists(work, outcomes, Setting.REGIONS, 2)
    assert (len(lists), len(lists.others), int(lists.formed.sum())) == (1459, 368819, 3818)
    lists = in_regions(work, lists, find_regions(work, lists, 100))
    counts = np.unique(work.regions[lists.sources], return_counts=True)
    named = {work.region_names[code]: int(count) for code, count in zip(*counts, strict=True)}
    assert named == {"DE": 227, "FR": 160, "UK": 167, "IT": 172, "ES": 212}
    names = ("partners", "common_neighbours", "adamic_adar", "l3")
    values = measure_joint(history, lists.subjects, lists.others, names)
    means = [float(judge_lists(lists, rank_lists(lists, column, 0))["ndcg_at_10"].mean()) for column in values.T]
    assert means == pytest.approx([0.1936, 0.2208, 0.2243, 0.2307], abs=0.002)
