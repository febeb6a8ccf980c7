"""Who is asked for, among whom, on joint work that one can check by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from matchmaker.recommend.evaluation.learning import windows_before
from matchmaker.recommend.evaluation.protocol import Cold, Days, Setting, find_outcomes, make_lists
from matchmaker.recommend.features.joint_work import JointWork

# Kinds: 0 and 1 are colleges, 2, 3 and 4 employers, 5 a library; all but 4 in the same region.
KINDS, REGIONS = [0, 0, 1, 1, 1, 2], [0, 0, 0, 0, 1, 0]
HISTORY = [(10, [0, 1]), (20, [0, 2]), (30, [2, 3]), (40, [3, 4]), (50, [4, 1])]
LATER = [(110, [0, 3]), (120, [0, 1, 4]), (130, [1, 3]), (140, [5, 2]), (250, [0, 5])]
DAYS = Days(100, 100, 200)

MakeWork = Callable[..., JointWork]
PairsOf = Callable[..., dict[int, dict[int, bool]]]


@pytest.fixture
def pairs_of(make_work: MakeWork) -> PairsOf:
    """Return for each source its candidates and whether they became partners."""

    def pairs(setting: Setting, least: int, cold: Cold | None = None) -> dict[int, dict[int, bool]]:
        work = make_work(HISTORY + LATER, KINDS, REGIONS)
        lists = make_lists(work, find_outcomes(work, DAYS), setting, least, cold)
        found: dict[int, dict[int, bool]] = {}
        for subject, other, formed in zip(lists.subjects, lists.others, lists.formed, strict=True):
            found.setdefault(int(subject), {})[int(other)] = bool(formed)
        return found

    return pairs


def test_candidates_are_all_of_another_kind_who_are_no_partner_yet(pairs_of: PairsOf) -> None:
    assert pairs_of(Setting.ALL, 1) == {
        0: {3: True, 4: True},  # 2 is a partner already, 1 of the same kind, 5 without any joint work
        1: {2: False, 3: True},  # 4 is a partner already
        3: {0: True, 1: True},
        4: {0: True},
    }


def test_in_regions_both_are_of_the_same_region(pairs_of: PairsOf) -> None:
    assert pairs_of(Setting.REGIONS, 1) == {
        0: {3: True},
        1: {2: False, 3: True},
        3: {0: True, 1: True},
    }


def test_sources_and_candidates_have_as_much_joint_work_as_asked(pairs_of: PairsOf) -> None:
    assert pairs_of(Setting.ALL, 2)[1] == {2: False, 3: True}
    assert pairs_of(Setting.ALL, 3) == {}


def test_cold_sources_have_none_or_one_or_two_joint_works(pairs_of: PairsOf) -> None:
    assert pairs_of(Setting.ALL, 2, Cold.NONE) == {5: {0: False, 1: False, 2: True, 3: False, 4: False}}
    assert sorted(pairs_of(Setting.ALL, 2, Cold.ONE_OR_TWO)) == [0, 1, 3, 4]


def test_nothing_after_the_day_is_known(make_work: MakeWork) -> None:
    work = make_work(HISTORY + LATER, KINDS, REGIONS)
    known, only = work.before(100), make_work(HISTORY, KINDS, REGIONS)
    assert known.began.tolist() == only.began.tolist()
    assert np.array_equal(known.incidence.toarray(), only.incidence.toarray())
    assert work.between(100, 200).began.tolist() == [110, 120, 130, 140]


def test_windows_to_learn_from_end_where_what_is_foretold_begins() -> None:
    for window in windows_before(Days(1000, 1010, 1375)):
        assert window.end <= 1000
        assert window.known == window.start < window.end


def test_a_partner_twice_is_one_partner(make_work: MakeWork) -> None:
    work = make_work([*HISTORY, (110, [0, 3]), (115, [0, 3])], KINDS, REGIONS)
    lists = make_lists(work, find_outcomes(work, DAYS), Setting.ALL, 1)
    assert int(lists.formed.sum()) == 2  # 0 for 3 and 3 for 0
    assert lists.rows(np.array([1])).tolist() == list(range(int(lists.starts[1]), int(lists.starts[2])))


@pytest.mark.parametrize("places", [[0], [1, 0], []])
def test_lists_of_some_sources_keep_their_pairs(places: list[int], make_work: MakeWork) -> None:
    work = make_work(HISTORY + LATER, KINDS, REGIONS)
    lists = make_lists(work, find_outcomes(work, DAYS), Setting.ALL, 1)
    some = lists.of(np.array(places, dtype=np.int64))
    assert some.sources.tolist() == lists.sources[places].tolist()
    for place, original in enumerate(places):
        mine = some.others[some.starts[place] : some.starts[place + 1]]
        assert mine.tolist() == lists.others[lists.starts[original] : lists.starts[original + 1]].tolist()
