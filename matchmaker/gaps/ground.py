"""What every detector stands on: a snapshot's members, sectors, coverage, places, and whom to ask."""

from collections.abc import Iterable, Sequence

from matchmaker.gaps.coverage import StatedCoverage
from matchmaker.gaps.options import GapOptions
from matchmaker.gaps.territory import Territory
from matchmaker.gaps.wording import SECTOR_WORDS, distance_words, joined, shortened
from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.gap import Gap, gap_id
from matchmaker.model.ids import NodeId
from matchmaker.model.vocabulary import (
    Confidence,
    GapKind,
    Knowledge,
    Label,
    OrganizationType,
    Sector,
    TieType,
)


class Ground:
    """A snapshot with what detectors ask of it again and again."""

    def __init__(self, snapshot: Snapshot, options: GapOptions) -> None:
        self.snapshot, self.options = snapshot, options
        self.coverage = StatedCoverage(snapshot, options)
        self.territory = Territory(snapshot)
        self.members = [int(index) for index in snapshot.indices(Label.PARTNER) if snapshot.member[index]]
        self.member_sectors = frozenset(self.sector(index) for index in self.members)

    def sector(self, index: int) -> Sector:
        """Return a partner's sector."""
        return Sector(self.snapshot.nodes[index].get_text("sector"))

    def name(self, index: int) -> str:
        """Return a node's name."""
        return self.snapshot.nodes[index].name

    def names(self, indices: Iterable[int]) -> tuple[str, ...]:
        """Return at most `GapOptions.names` names, in order of names, and how many more there are."""
        return shortened(sorted(self.name(index) for index in indices), self.options.names)

    def id(self, index: int) -> NodeId:
        """Return a node's id."""
        return self.snapshot.nodes[index].id

    def operators(self, program: int) -> list[int]:
        """Return who runs a program."""
        return [index for index, _ in self.snapshot.sources(program, TieType.OPERATES)]

    def is_stated_partner(self, index: int) -> bool:
        """Say whether some source states the partner or program, rather than an inference."""
        records = self.snapshot.records(self.id(index))
        return any(record.provenance.confidence is not Confidence.INFERRED for record in records)

    def distance(self, km: float) -> str:
        """Return a distance in the ecosystem's own unit."""
        ecosystem = self.snapshot.find_index(self.ecosystem)
        country = self.snapshot.nodes[ecosystem].get_text("country") if ecosystem is not None else ""
        return distance_words(km, miles=country == "US")

    @property
    def ecosystem(self) -> str:
        """The ecosystem's id."""
        return self.snapshot.scope.ecosystem or ""

    def known(self, kind: GapKind, subject: Sequence[str], said: str) -> Gap:
        """Return a gap without its figures."""
        return Gap(gap_id(self.ecosystem, kind, *subject), kind, tuple(subject), Knowledge.KNOWN, said)

    def not_known(self, kind: GapKind, subject: Sequence[str], said: str, ask: Sequence[str]) -> Gap:
        """Return the answer that a question can't be answered from stated coverage, and whom to ask."""
        id = gap_id(self.ecosystem, kind, *subject)
        return Gap(id, kind, tuple(subject), Knowledge.NOT_KNOWN, said, ask=joined([*ask, *self.hubs()]))

    def hubs(self) -> tuple[str, ...]:
        """Return the names of the ecosystem's hubs; where none is a member, the ecosystem's own staff."""
        hubs = [index for index in self.members if OrganizationType.HUB in self._types(index)]
        if hubs:
            return self.names(hubs)
        found = self.snapshot.find_index(self.ecosystem)
        return (f"the hub of {self.name(found)}",) if found is not None else ("the hub",)

    def districts(self, place: NodeId) -> tuple[str, ...]:
        """Return the names of the member districts in a place."""
        return self.names(
            index
            for index in self.members
            if OrganizationType.SCHOOL_DISTRICT in self._types(index) and place in self.territory.of(index)
        )

    def the_partners(self, sector: Sector) -> str:
        """Name the partners of a sector as those to ask."""
        return f"the {SECTOR_WORDS[sector]} themselves"

    def _types(self, index: int) -> set[str]:
        node = self.snapshot.nodes[index]
        return {node.get_text("organization_type"), *node.get_texts("organization_types")}
