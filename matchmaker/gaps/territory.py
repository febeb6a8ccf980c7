"""Which place holds what: places inside places, where partners are, and the sites where programs meet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.elements import Node, Tie
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import (
    Confidence,
    Label,
    OfferMode,
    PlaceKind,
    ProgramType,
    Setting,
    StageTerm,
    TieType,
)

Held = Mapping[NodeId, bool]
"""The places that hold something, each with whether a source states it (or it is only inferred)."""

STUDIED_PLACES = frozenset({PlaceKind.COUNTY, PlaceKind.CITY, PlaceKind.DISTRICT_AREA})
"""The kinds of place that are asked about stage by stage."""

EDUCATOR_PROGRAMS = frozenset({ProgramType.EDUCATOR_WORKSHOP, ProgramType.EDUCATOR_NETWORK})
"""Programs for educators: no provision for learners."""


@dataclass(frozen=True, slots=True)
class Site:
    """One site of a program for learners.

    Attributes
    ----------
    program
        The program's index in the snapshot.
    places
        The places that hold the site.
    position
        Latitude and longitude in degrees, or None.
    stages
        The stages served at this site, each with whether a source states it; empty where none is recorded.
    seats
        Learners it can take at this site, or None where that isn't recorded.
    online
        Whether it can be joined from anywhere.
    tie
        Id of the tie that says so; empty where the site is the program's own place.
    """

    program: int
    places: Held
    position: tuple[float, float] | None
    stages: Mapping[StageTerm, bool]
    seats: int | None
    online: bool
    tie: str = ""


def is_stated(tie: Tie) -> bool:
    """Say whether a source states the tie, rather than an inference."""
    return tie.provenance.confidence is not Confidence.INFERRED


class Territory:
    """Where everything in a snapshot is, by place."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._held: dict[int, Held] = {}

    def of(self, index: int) -> Held:
        """Return the places that hold a node: a place and what it is part of; a partner's own, else its parent's."""
        known = self._held.get(index)
        if known is None:
            known = self._held[index] = self._work_out(index)
        return known

    def sites(self) -> Iterator[Site]:
        """Yield every site of every program for learners, in order of programs, then of ties.

        A program without a recorded site has one at its own place, else at its operators'.
        """
        for index, node in self.snapshot.iter_nodes(Label.PROGRAM):
            if node.get_text("program_type") not in EDUCATOR_PROGRAMS:
                yield from self.sites_of(index)

    def sites_of(self, program: int) -> list[Site]:
        """Return a program's sites."""
        node, serves = self.snapshot.nodes[program], stages_of(self.snapshot, program)
        ties = self.snapshot.targets(program, TieType.OFFERED_AT)
        if ties:
            return [self._offered(program, host, tie, serves) for host, tie in ties]
        own = self.snapshot.targets(program, TieType.LOCATED_IN)
        operators = [] if own else [index for index, _ in self.snapshot.sources(program, TieType.OPERATES)]
        places = self.of(program) if own else _merged(self.of(operator) for operator in operators)
        positions = self.snapshot.sites(program)
        first = positions[0] if positions else None
        return [Site(program, places, first, serves, None, _is_online(node))]

    def _offered(self, program: int, host: int, tie: Tie, serves: Mapping[StageTerm, bool]) -> Site:
        listed = tie.properties.get("stages")
        stages = {StageTerm(str(term)): is_stated(tie) for term in listed} if isinstance(listed, tuple) else serves
        seats = tie.properties.get("seats")
        positions = self.snapshot.sites(host)
        stated = {place: sure and is_stated(tie) for place, sure in self.of(host).items()}
        return Site(
            program,
            stated,
            positions[0] if positions else None,
            stages,
            seats if isinstance(seats, int) else None,
            tie.properties.get("mode") == OfferMode.ONLINE or _is_online(self.snapshot.nodes[program]),
            tie.id,
        )

    def _work_out(self, index: int) -> Held:
        snapshot = self.snapshot
        found: dict[int, bool] = {}
        waiting = [(index, True)]
        while waiting:
            current, sure = waiting.pop()
            if found.get(current, False) or (current in found and not sure):
                continue
            found[current] = sure
            up = snapshot.targets(current, TieType.LOCATED_IN) or snapshot.targets(current, TieType.PART_OF)
            waiting += [(other, sure and is_stated(tie)) for other, tie in up]
        return {
            snapshot.nodes[at].id: sure for at, sure in sorted(found.items()) if snapshot.nodes[at].label is Label.PLACE
        }


def stages_of(snapshot: Snapshot, index: int) -> dict[StageTerm, bool]:
    """Return the stages that a partner or program serves, each with whether a source states it."""
    served: dict[StageTerm, bool] = {}
    for target, tie in snapshot.targets(index, TieType.SERVES):
        stage = StageTerm(snapshot.nodes[target].id)
        served[stage] = served.get(stage, False) or is_stated(tie)
    return served


def _is_online(node: Node) -> bool:
    return Setting.ONLINE in node.get_texts("setting")


def _merged(several: Iterator[Held]) -> Held:
    merged: dict[NodeId, bool] = {}
    for held in several:
        for place, sure in held.items():
            merged[place] = merged.get(place, False) or sure
    return merged
