"""Puts a generated ecosystem together: world, history, planted gaps, rows, truths."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from matchmaker.model.vocabulary import Sector
from matchmaker.testing.ecosystem.cast import CountyRole, World
from matchmaker.testing.ecosystem.colleges import CollegeStanding, add_far_organizations, set_college_standings
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.geography import make_counties
from matchmaker.testing.ecosystem.giving_links import link_givers
from matchmaker.testing.ecosystem.history import History
from matchmaker.testing.ecosystem.links import Historian
from matchmaker.testing.ecosystem.names import Names
from matchmaker.testing.ecosystem.network_rows import NetworkRows
from matchmaker.testing.ecosystem.organizations import add_organizations, add_statements
from matchmaker.testing.ecosystem.partner_rows import PartnerRows, set_employers
from matchmaker.testing.ecosystem.planting import (
    connected_members,
    planted_gaps,
    sectors_apart,
    unmet_needs,
    unrecognized_programs,
)
from matchmaker.testing.ecosystem.program_links import link_programs
from matchmaker.testing.ecosystem.program_rows import ProgramRows
from matchmaker.testing.ecosystem.programs import add_programs
from matchmaker.testing.ecosystem.region_rows import RegionRows
from matchmaker.testing.ecosystem.repairs import repair
from matchmaker.testing.ecosystem.resources import OCCUPATION_WITHOUT_PROGRAM
from matchmaker.testing.ecosystem.settings import EcosystemSettings
from matchmaker.testing.ecosystem.tables import Row, Tables, csv_text, write_files
from matchmaker.testing.ecosystem.truths import PlantedGap, PlantedTruths


@dataclass(frozen=True, slots=True)
class GeneratedEcosystem:
    """A generated ecosystem: the rows of its bundle by file name, and what is true of it."""

    tables: Mapping[str, list[Row]]
    truths: PlantedTruths

    def files(self) -> dict[str, str]:
        """Return the text of every file of its bundle, and of the truths."""
        files = {name: csv_text(name, rows) for name, rows in self.tables.items()}
        return files | {"truths.json": self.truths.to_json()}


def generate_ecosystem(settings: EcosystemSettings) -> GeneratedEcosystem:
    """Make up an ecosystem: the same for the same settings, byte for byte, on any machine.

    Takes time in proportion to the number of partners.
    """
    draws = Draws(settings.seed)
    world, standings = _make_world(settings, draws)
    apart, needs = sectors_apart(draws), unmet_needs(world, draws)
    history = _make_history(world, draws, apart, standings)
    tables = Tables(f"generated with seed {settings.seed}")
    region = RegionRows(tables, draws, settings)
    region.write(world)
    PartnerRows(tables, draws, settings).write(world, standings, needs)
    ProgramRows(tables, draws).write(world)
    NetworkRows(tables, draws, settings).write(world, history, standings)
    gaps = planted_gaps(world, history, region.residents, apart, needs)
    return GeneratedEcosystem(tables.sorted_rows(), _truths(settings, world, history, gaps))


def _make_history(
    world: World, draws: Draws, apart: Iterable[frozenset[Sector]], standings: dict[str, CollegeStanding]
) -> History:
    historian = Historian(world, draws, apart, standings)
    historian.partnerships()
    link_programs(historian)
    link_givers(historian)
    repair(historian, world, draws)
    return historian.history


def _truths(settings: EcosystemSettings, world: World, history: History, gaps: tuple[PlantedGap, ...]) -> PlantedTruths:
    return PlantedTruths(
        settings.seed,
        settings.id,
        gaps,
        tuple(county.id for county in world.counties if county.role is CountyRole.COMPLETE),
        tuple(county.id for county in world.counties if county.role is CountyRole.UNSTATED),
        unrecognized_programs(world, history),
        (f"soc:{OCCUPATION_WITHOUT_PROGRAM}",),
        len(world.members()),
        len(connected_members(world, history)),
        tuple(history.pairs),
        _linked(world, history),
    )


def _make_world(settings: EcosystemSettings, draws: Draws) -> tuple[World, dict[str, CollegeStanding]]:
    names = Names(draws)
    world = World(make_counties(settings, draws, names))
    add_organizations(world, settings, draws, names)
    add_statements(world, draws)
    add_programs(world, draws)
    standings = set_college_standings(world) | add_far_organizations(world, settings, draws, names)
    set_employers(world, draws)
    return world, standings


def _linked(world: World, history: History) -> frozenset[tuple[str, str]]:
    pairs = {pair for pair in history.partners if history.has_current(*pair)}
    pairs |= {(link.source, link.target) for link in history.links if link.is_current}
    pairs |= {(course.id, site.id) for course in world.programs for site in course.sites}
    return frozenset(pairs | {(second, first) for first, second in pairs})


def write_bundle(generated: GeneratedEcosystem, folder: Path) -> None:
    """Write a generated ecosystem into a folder as a CSV bundle, with ``truths.json`` beside it."""
    write_files(folder, generated.files())
