"""Joint work made up for tests: by hand, or drawn with a known structure."""

from collections.abc import Callable

import numpy as np
import pytest

from matchmaker.recommend.features.joint_work import JointWork, Memberships, Statements

Works = list[tuple[int, list[int]]]
MakeWork = Callable[..., JointWork]
DrawWorks = Callable[..., Works]
Rewire = Callable[[Works, int], Works]

NOTHING = np.zeros(0, dtype=np.int64)


def joint_work(works: Works, kinds: list[int], regions: list[int] | None = None, topics: int = 0) -> JointWork:
    """Return joint work given as (day, members)."""
    nodes = np.array([node for _, members in works for node in members], dtype=np.int64)
    numbers = np.array([number for number, (_, members) in enumerate(works) for _ in members], dtype=np.int64)
    return JointWork(
        size=len(kinds),
        memberships=Memberships(nodes, numbers, np.zeros(len(nodes), dtype=np.int8)),
        began=np.array([day for day, _ in works], dtype=np.int64),
        counts=np.array([len(members) for _, members in works], dtype=np.int64),
        statements=Statements(NOTHING, NOTHING, NOTHING),
        topics=topics,
        kinds=np.array(kinds, dtype=np.int64),
        regions=np.array([0] * len(kinds) if regions is None else regions, dtype=np.int64),
        region_names=("here", "there"),
    )


def drawn_works(seed: int, *, partners: int = 240, groups: int = 12, days: int = 1460) -> Works:
    """Return two pieces of work every three days, each within one group of partners, some partners far busier."""
    random = np.random.default_rng(seed)
    busy = random.pareto(2.0, partners) + 0.3
    works = []
    for number in range(days * 2 // 3):
        group = int(random.integers(groups))
        members = np.flatnonzero(np.arange(partners) % groups == group)
        chances = busy[members] / busy[members].sum()
        taken = random.choice(members, size=int(random.integers(2, 6)), replace=False, p=chances)
        works.append((1 + number * 3 // 2, sorted(taken.tolist())))
    return works


def rewired(works: Works, seed: int) -> Works:
    """Return the same work with members exchanged at random: everybody takes part as often, with anybody."""
    random = np.random.default_rng(seed)
    members = [list(held) for _, held in works]
    for _ in range(20 * sum(map(len, members))):
        one, other = random.integers(len(members), size=2).tolist()
        here, there = int(random.integers(len(members[one]))), int(random.integers(len(members[other])))
        mine, theirs = members[one][here], members[other][there]
        if mine not in members[other] and theirs not in members[one]:
            members[one][here], members[other][there] = theirs, mine
    return [(day, sorted(held)) for (day, _), held in zip(works, members, strict=True)]


@pytest.fixture(scope="session")
def make_work() -> MakeWork:
    """Make joint work of (day, members), kinds and regions."""
    return joint_work


@pytest.fixture(scope="session")
def draw_works() -> DrawWorks:
    """Draw joint work that happens within groups."""
    return drawn_works


@pytest.fixture(scope="session")
def rewire() -> Rewire:
    """Exchange members at random."""
    return rewired
