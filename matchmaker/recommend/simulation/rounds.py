"""Rounds of a simulation: lists, one question a list, answers by the planted chances, and a graph that grows."""

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matchmaker.recommend.exposure import exposure_penalty, keep_slots, kept_slots
from matchmaker.recommend.policies import PriorityPolicy, get_policy
from matchmaker.recommend.ranking import Group, choose
from matchmaker.recommend.simulation.world import TOPOLOGY, Floats, Mask, Nodes, SimulatedWorld, pair_keys
from matchmaker.recommend.topology.paths import measure_paths
from matchmaker.recommend.topology.relation import RelationGraph

Places = NDArray[np.int64]


Formed = tuple[int, int, int, int]
"""A link as it formed: subject, other, round, questions asked until then."""


class Method(StrEnum):
    """How lists are sorted."""

    MATCHMAKER = "matchmaker"
    POPULARITY = "popularity"
    ADAMIC_ADAR = "adamic_adar"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class SimulationSettings:
    """How a simulation runs.

    Attributes
    ----------
    rounds
        How many; each is a cycle in which every active partner gets one list.
    limit
        How long lists are.
    requests
        How many questions anybody answers in a round.
    room
        How many new links anybody takes on over all rounds.
    seed
        Decides every draw; which pairs would say yes is the same for every method.
    policy
        By which our lists are sorted.
    """

    rounds: int = 20
    limit: int = 10
    requests: int = 2
    room: int = 12
    seed: int = 0
    policy: PriorityPolicy = field(default_factory=lambda: get_policy("balanced"))


@dataclass(frozen=True, slots=True)
class SimulatedRun:
    """What one method led to.

    Attributes
    ----------
    links
        Shape (links, 2): the links in the order in which they formed.
    rounds, questions
        Shape (links,): in which round each did, and after how many questions, counted from 1.
    """

    method: Method
    links: Nodes
    rounds: Nodes
    questions: Nodes


def run_method(world: SimulatedWorld, settings: SimulationSettings, method: Method) -> SimulatedRun:
    """Return the links that form when everybody's lists are sorted by one method; the same for the same seed.

    In a round every active partner gets a list and puts one question to somebody in it, the likelier the higher they
    stand (in proportion to 1 / log2(1 + position), as people look at lists). Who has answered as many questions as it
    takes in a round, or formed as many links as it has room for, is passed over. A pair is asked once.
    """
    keys = pair_keys(len(world), world.subjects, world.others)
    would = _would_form(world, settings.seed, keys)
    open_pairs, room = np.ones(len(keys), dtype=bool), np.full(len(world), settings.room)
    links: list[Formed] = []
    asked = 0
    for number in range(settings.rounds):
        stream = np.random.Generator(np.random.PCG64([settings.seed, number, 1]))
        graph = _graph(world, links)
        open_pairs &= (room[world.subjects] > 0) & (room[world.others] > 0)
        rows = np.flatnonzero(open_pairs)
        priorities = _priorities(world, graph, rows, settings, (method, number))
        lists = _lists(world, rows, priorities, settings, (method, number))
        answered = np.zeros(len(world), dtype=np.int64)
        for row in _questions(lists, stream):
            subject, other = int(world.subjects[row]), int(world.others[row])
            full = answered[other] >= settings.requests or not room[subject] or not room[other]
            if full or not open_pairs[row]:
                continue
            asked += 1
            answered[other] += 1
            open_pairs[keys == keys[row]] = False
            if would[row]:
                links.append((subject, other, number + 1, asked))
                room[subject] -= 1
                room[other] -= 1
    formed = np.array(links, dtype=np.int32).reshape(-1, 4)
    return SimulatedRun(method, formed[:, :2], formed[:, 2], formed[:, 3])


def _would_form(world: SimulatedWorld, seed: int, keys: Places) -> Mask:
    """Return which pairs say yes when asked: a draw by their chance, the same both ways round."""
    pairs, inverse = np.unique(keys, return_inverse=True)
    drawn = np.random.Generator(np.random.PCG64([seed, 2])).random(len(pairs))
    would: Mask = drawn[inverse] < world.chances
    return would


def _graph(world: SimulatedWorld, links: list[Formed]) -> RelationGraph:
    first = np.concatenate([world.first, np.array([link[0] for link in links], dtype=np.int32)])
    second = np.concatenate([world.second, np.array([link[1] for link in links], dtype=np.int32)])
    return RelationGraph.from_pairs(len(world), first, second, between=world.between)


def _priorities(
    world: SimulatedWorld, graph: RelationGraph, rows: Places, settings: SimulationSettings, of: tuple[Method, int]
) -> Floats:
    """Return what each open pair's place in its list goes by; baselines break ties by a draw."""
    method, number = of
    subjects, others = world.subjects[rows], world.others[rows]
    if method is Method.MATCHMAKER:
        return _policy_priorities(world, graph, rows, settings.policy)
    draws = np.random.Generator(np.random.PCG64([settings.seed, number, 3])).random(len(rows))
    if method is Method.RANDOM:
        return draws
    if method is Method.POPULARITY:
        return graph.degrees[others].astype(np.float64) + 0.5 * draws
    measured = measure_paths(graph, subjects, others, ["adamic_adar"])[:, 0]
    return np.round(measured, 9) + 1e-9 * draws


def _policy_priorities(world: SimulatedWorld, graph: RelationGraph, rows: Places, policy: PriorityPolicy) -> Floats:
    others = world.others[rows]
    values = measure_paths(graph, world.subjects[rows], others, list(TOPOLOGY.values()))
    scores = world.fixed[rows].copy()
    for code, tables in enumerate(world.tables):
        of_kind = world.patterns[rows] == code
        for column, name in enumerate(TOPOLOGY):
            if name in tables:
                scores[of_kind] += tables[name].shares_of(values[of_kind, column])
    ties = graph.degrees[others].astype(np.float64)
    priorities = policy.score * scores + policy.new * world.newness[others] + policy.small / (1.0 + ties)
    return np.round(priorities - exposure_penalty(ties, policy.popularity), 9)


def _lists(
    world: SimulatedWorld, rows: Places, priorities: Floats, settings: SimulationSettings, of: tuple[Method, int]
) -> list[list[int]]:
    """Return every subject's list as rows of the world's pairs, best first; they are made one after the other."""
    order = np.argsort(world.subjects[rows], kind="stable")
    breaks = np.flatnonzero(np.diff(world.subjects[rows[order]])) + 1
    parts = np.split(order, breaks) if len(order) else []
    turn = np.random.Generator(np.random.PCG64([settings.seed, of[1], 4])).permutation(len(parts))
    shown = np.zeros(len(world))
    found = []
    for part in (parts[number] for number in turn.tolist()):
        others = world.others[rows[part]]
        if of[0] is not Method.MATCHMAKER:
            best = part[np.lexsort((others, -priorities[part]))]
            found.append(rows[best[: settings.limit]].tolist())
            continue
        seen = np.round(priorities[part] - exposure_penalty(shown[others], settings.policy.exposure), 9)
        best = part[np.lexsort((others, -seen))]
        held = rows[best[_ruled(world, rows[best], shown == 0.0, settings.limit)]]
        shown[world.others[held]] += 1.0
        found.append(held.tolist())
    return found


def _ruled(world: SimulatedWorld, own: Places, unseen: Mask, limit: int) -> list[int]:
    """Return which places of a subject's ordered pairs the list rules choose: diversity, then the kept slots."""
    half, most = math.ceil(limit / 2), math.ceil(limit * 0.75)

    def groups(place: int) -> dict[Group, int]:
        sector, county = world.groups[world.others[own[place]]].tolist()
        towards: dict[Group, int] = {("sector", sector): half, ("pattern", int(world.patterns[own[place]])): half}
        if county >= 0:
            towards["county", county] = most
        return towards

    chosen = choose(len(own), limit, groups)
    waiting = np.setdiff1d(np.arange(len(own)), chosen, assume_unique=True)
    give_way, let_in = keep_slots(chosen, waiting, unseen[world.others[own]], kept_slots(limit))
    return sorted((set(chosen) - set(give_way)) | set(let_in))


def _questions(lists: list[list[int]], stream: np.random.Generator) -> list[int]:
    """Return the row that each list's reader asks about, the lists in a drawn order."""
    found = []
    for number in stream.permutation(len(lists)).tolist():
        held = lists[number]
        weights = 1.0 / np.log2(np.arange(len(held)) + 2.0)
        drawn = np.searchsorted(np.cumsum(weights / weights.sum()), stream.random(), side="right")
        found.append(held[min(int(drawn), len(held) - 1)])
    return found
