"""A large made-up ecosystem, straight as batches for a store: for measuring, where the rich generator takes too long.

For every partner there are two programs and ten ties, in towns of a hundred partners that mostly work with each other.
Nine partners in ten belong to the ecosystem; the others are public and near.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import EcosystemId, NodeId
from matchmaker.model.vocabulary import (
    Label,
    OrganizationType,
    PlaceKind,
    ProgramType,
    ResourceTerm,
    StageTerm,
    TieType,
)
from matchmaker.testing.ecosystem.resources import TOPICS

LARGE = EcosystemId("large")
"""The ecosystem's id."""

TOWN = 100
"""Partners of one town."""

BATCH = 20_000
"""Elements of one batch."""

TIES_A_PARTNER = 10
PROGRAMS_A_PARTNER = 2

_WORDS = (
    *("science", "robotics", "garden", "river", "coding", "energy", "design", "water", "night", "family", "bridge"),
    *("maker", "health", "climate", "math", "sky", "lab", "data", "forest", "engine", "summer", "library", "mentor"),
    *("career", "solar", "ocean", "music", "art", "build", "explore"),
)
_TYPES = tuple(OrganizationType)
_PROGRAM_TYPES, _STAGES, _RESOURCES = tuple(ProgramType), tuple(StageTerm), tuple(ResourceTerm)
_TOPICS = tuple(sorted(TOPICS))

Ints = NDArray[np.int64]
Element = TypeVar("Element", Node, Record, Tie)


@dataclass(frozen=True, slots=True)
class LargeEcosystem:
    """What is to be made: how many partners, and the seed that everything follows from.

    >>> sum(len(batch.records) for batch in LargeEcosystem(partners=200).batches())
    604
    >>> sum(len(batch.ties) for batch in LargeEcosystem(partners=200).batches())
    2000
    """

    partners: int
    seed: int = 0

    @property
    def programs(self) -> int:
        """How many programs there are."""
        return PROGRAMS_A_PARTNER * self.partners

    @property
    def ties(self) -> int:
        """How many ties there are."""
        return TIES_A_PARTNER * self.partners

    def batches(self, size: int = BATCH) -> Iterator[ChangeSet]:
        """Yield batches of at most ``size`` elements, such that whatever a tie points at came before it."""
        nodes = ChangeSet(
            nodes=(*_topics(), Node(NodeId(LARGE), Label.ECOSYSTEM, {"name": "Large"}), *self._statements())
        )
        yield from _cut(nodes.nodes, size, lambda part: ChangeSet(nodes=part))
        records = chain(self._places(), self._partners(), self._programs())
        yield from _cut(records, size, lambda part: ChangeSet(records=part))
        yield from _cut(self._ties(), size, lambda part: ChangeSet(ties=part))

    def _draws(self, number: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self.seed, number]))

    def _towns(self) -> int:
        return -(-self.partners // TOWN)

    def _statements(self) -> Iterator[Node]:
        for number in range(self.partners // 10):
            label = Label.NEED if number % 2 else Label.OFFER
            yield Node(
                NodeId(f"{label.value.lower()}:{number}"), label, {"quantity": 1 + number % 9}, provenance=_said(number)
            )

    def _places(self) -> Iterator[Record]:
        for town in range(self._towns()):
            county: dict[str, Value] = {"name": f"County {town}", "kind": PlaceKind.COUNTY.value}
            yield Record(NodeId(f"county:{town}"), Label.PLACE, county, provenance=_said(town))
            latitude, longitude = self._middle(town)
            zip: dict[str, Value] = {"name": f"Zip {town}", "kind": PlaceKind.ZIP.value}
            yield Record(
                NodeId(f"zip:{town}"),
                Label.PLACE,
                {**zip, "latitude": latitude, "longitude": longitude},
                provenance=_said(town),
            )

    def _middle(self, town: int) -> tuple[float, float]:
        across = 1 + int(np.sqrt(self._towns()))
        return 30.0 + 15.0 * (town // across) / across, -120.0 + 40.0 * (town % across) / across

    def _partners(self) -> Iterator[Record]:
        draws = self._draws(1)
        types, words = draws.integers(len(_TYPES), size=self.partners), _word_numbers(draws, self.partners)
        away = draws.integers(-150, 150, size=(self.partners, 2)) / 1000.0
        for number in range(self.partners):
            latitude, longitude = self._middle(number // TOWN)
            kind = _TYPES[types[number]].value
            fields: dict[str, Value] = {
                "name": f"{kind.replace('_', ' ').title()} {number}",
                "organization_type": kind,
                "organization_types": (kind,),
                "description": _text(words[number]),
                "capacity_available": int(words[number, 0]),
                "capacity_status": "open",
                "latitude": round(latitude + float(away[number, 0]), 5),
                "longitude": round(longitude + float(away[number, 1]), 5),
                "country": "US",
            }
            yield Record(NodeId(f"partner:{number}"), Label.PARTNER, fields, provenance=_said(number))

    def _programs(self) -> Iterator[Record]:
        draws = self._draws(2)
        types, words = draws.integers(len(_PROGRAM_TYPES), size=self.programs), _word_numbers(draws, self.programs)
        for number in range(self.programs):
            kind = _PROGRAM_TYPES[types[number]].value
            fields: dict[str, Value] = {
                "name": f"{kind.replace('_', ' ').title()} {number}",
                "program_type": kind,
                "description": _text(words[number]),
                "family_cost": "free",
                "hours": float(10 * words[number, 1]),
            }
            yield Record(NodeId(f"program:{number}"), Label.PROGRAM, fields, provenance=_said(number))

    def _ties(self) -> Iterator[Tie]:
        fixed = [*self._tie_plans()]
        links = self.ties - sum(len(sources) for _, _, sources, _, _ in fixed) - self._towns()
        for town in range(self._towns()):
            yield make_tie(TieType.PART_OF, (f"zip:{town}", f"county:{town}"), provenance=_said(town))
        for type, (first, second), sources, targets, fields in fixed:
            for number, (source, target) in enumerate(zip(sources.tolist(), targets.tolist(), strict=True)):
                held = fields(number)
                yield make_tie(type, (f"{first}:{source}", second(target)), held, provenance=_said(number))
        yield from self._partnerships(links)

    def _tie_plans(self) -> "Iterator[_Plan]":
        """Yield the ties whose number is fixed: type, names of the ends, their numbers, and what each says."""
        draws, count = self._draws(3), self.partners
        partners, programs = np.arange(count), np.arange(self.programs)
        operators = programs // PROGRAMS_A_PARTNER
        members, tenth = partners[partners % 10 != 0], partners[::10]
        statements = np.arange(count // 10)
        served = programs[programs % 4 != 0]
        plain: Callable[[int], dict[str, Value]] = lambda _: {}  # noqa: E731 - one of several such values
        yield TieType.LOCATED_IN, ("partner", _named("zip")), partners, partners // TOWN, plain
        yield TieType.MEMBER_OF, ("partner", lambda _: LARGE), members, members, plain
        yield TieType.OPERATES, ("partner", _named("program")), operators, programs, plain
        stages = draws.integers(len(_STAGES), size=len(served))
        yield TieType.SERVES, ("program", lambda at: _STAGES[at].value), served, stages, plain
        hosts = self._near(draws, operators[::2])
        seats: Callable[[int], dict[str, Value]] = lambda number: {"seats": 5 + number % 40}  # noqa: E731 - as above
        yield TieType.OFFERED_AT, ("program", _named("partner")), programs[::2], hosts, seats
        topics = draws.integers(len(_TOPICS), size=len(tenth))
        yield TieType.ABOUT, ("partner", lambda at: f"cip:{_TOPICS[at]}"), tenth, topics, plain
        for kind, chosen in (("offer", statements[::2]), ("need", statements[1::2])):
            stating = draws.integers(count, size=len(chosen))
            yield TieType.STATES, ("partner", _named(kind)), stating, chosen, plain
            things = draws.integers(len(_RESOURCES), size=len(chosen))
            yield TieType.CONCERNS, (kind, lambda at: _RESOURCES[at].value), chosen, things, plain

    def _near(self, draws: np.random.Generator, numbers: Ints) -> Ints:
        """Return for each partner one of its town, or in one case of five any, early ones more often."""
        size = len(numbers)
        local = np.minimum(numbers // TOWN * TOWN + draws.integers(TOWN, size=size), self.partners - 1)
        anywhere = (self.partners * draws.random(size) ** 2).astype(np.int64)
        near: Ints = np.where(draws.random(size) < 0.8, local, anywhere)
        return near

    def _partnerships(self, count: int) -> Iterator[Tie]:
        draws, found = self._draws(4), np.empty(0, dtype=np.int64)
        while len(found) < count:
            first = draws.integers(self.partners, size=2 * count)
            second = self._near(draws, first)
            pairs = np.minimum(first, second) * self.partners + np.maximum(first, second)
            found = np.unique(np.concatenate([found, pairs[first != second]]))
        found = draws.permutation(found)[:count]
        months = draws.integers(12 * 15, size=(count, 2))
        for number, pair in enumerate(found.tolist()):
            ends = f"partner:{pair // self.partners}", f"partner:{pair % self.partners}"
            fields: dict[str, Value] = {}
            if number % 10 < 7:
                fields["since"] = _month(int(months[number, 0]))
            if number % 10 > 3:
                fields |= {"level_by_source": 1 + number % 5, "level_by_target": 1 + number % 4}
            yield make_tie(TieType.PARTNERS_WITH, ends, fields, provenance=_said(number))


_Plan = tuple[TieType, tuple[str, Callable[[int], str]], Ints, Ints, Callable[[int], dict[str, Value]]]


def _cut(
    elements: "Iterator[Element] | tuple[Element, ...]", size: int, made: Callable[[tuple[Element, ...]], ChangeSet]
) -> Iterator[ChangeSet]:
    waiting = iter(elements)
    while part := tuple(islice(waiting, size)):
        yield made(part)


def _topics() -> Iterator[Node]:
    for code in _TOPICS:
        yield Node(NodeId(f"cip:{code}"), Label.TOPIC, {"name": TOPICS[code], "code": code}, provenance=_said(0))


def _said(number: int) -> Provenance:
    return Provenance("made up for measuring", f"row {number}", observed_on="2026-01")


def _named(kind: str) -> Callable[[int], str]:
    return lambda number: f"{kind}:{number}"


def _word_numbers(draws: np.random.Generator, size: int) -> Ints:
    return (len(_WORDS) * draws.random((size, 8)) ** 2).astype(np.int64)


def _text(words: Ints) -> str:
    return " ".join(_WORDS[word] for word in words.tolist())


def _month(number: int) -> str:
    return f"{2011 + number // 12}-{1 + number % 12:02d}"
