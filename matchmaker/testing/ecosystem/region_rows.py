"""Rows about the region: places, counts of learners, what is known to be complete, fields, occupations, initiatives."""

from matchmaker.model.vocabulary import Label, TieType
from matchmaker.testing.ecosystem.cast import SCHOOL_STAGES, County, CountyRole, Organization, World, Zip
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.resources import OCCUPATIONS, TOPICS
from matchmaker.testing.ecosystem.settings import EcosystemSettings
from matchmaker.testing.ecosystem.tables import Tables

COVERED = (
    Label.PARTNER,
    Label.PROGRAM,
    Label.NEED,
    Label.OFFER,
    Label.COUNT,
    TieType.PARTNERS_WITH,
    TieType.OPERATES,
    TieType.OFFERED_AT,
    TieType.SERVES,
    TieType.FEEDS_INTO,
    TieType.RECRUITS_FROM,
    TieType.HOSTS_WBL,
    TieType.HAS_AGREEMENT_WITH,
    TieType.RECOGNIZES,
    TieType.FUNDS,
    TieType.LOCATED_IN,
)
"""What is stated to be recorded completely in every county with stated coverage."""

COVERED_ON = "2026-06-01"
YEAR, EARLIER_YEAR = 2025, 2022

INITIATIVES = (
    ("educator-collaboratory", "Educator Collaboratory", "educator_collaboratory"),
    ("out-of-school-circle", "Out-of-School Practice Circle", "community_of_practice"),
    ("math-improvement", "Middle Grades Mathematics Improvement", "improvement_community"),
    ("river-data", "River Data Project", "funded_project"),
    ("equity-workshops", "Equity in Teaching Series", "workshop_series"),
    ("careers-together", "Careers Together", "career_connected_learning"),
    ("access-pledge", "Broad Access Pledge", "accreditation_program"),
)
PLEDGE = "access-pledge"
"""The initiative that colleges publicly commit to."""


class RegionRows:
    """Writes the rows about the region.

    Attributes
    ----------
    residents
        Learners by (place, stage), as written for `YEAR`.
    """

    def __init__(self, tables: Tables, draws: Draws, settings: EcosystemSettings) -> None:
        self.tables, self.draws, self.settings = tables, draws, settings
        self.residents: dict[tuple[str, str], int] = {}

    @property
    def metro(self) -> str:
        """The id of the metro area."""
        return f"metro:{self.settings.id}"

    def write(self, world: World) -> None:
        """Write every row about the region."""
        self._ecosystems(world)
        self._places(world)
        for number, county in enumerate(world.counties):
            self._residents(county, small=number == 0)
            if county.is_covered:
                self._coverage(county)
        for one in world.organizations:
            self._enrolled(one)
        self._terms()

    def _ecosystems(self, world: World) -> None:
        settings = self.settings
        cells = {"id": settings.id, "name": f"{settings.name} STEM Ecosystem", "country": "US", "reach_km": "40.0"}
        words = "An invented metro area, with an invented hub: for demonstration and tests"
        self.tables.add("ecosystems.csv", cells | {"description": words, "website": f"https://{settings.id}.example"})
        for county in world.counties:
            if county.role is CountyRole.NEIGHBOR:
                name = county.name.replace(" County", " STEM Ecosystem")
                cells = {"id": county.ecosystem, "name": name, "country": "US", "reach_km": "30.0"}
                self.tables.add("ecosystems.csv", cells | {"description": "A small invented neighbor"})

    def _places(self, world: World) -> None:
        self._place(self.metro, f"{self.settings.name} Metro (invented)", "metro")
        for county in world.counties:
            self._place(county.id, county.name, "county")
            if county.role is not CountyRole.NEIGHBOR:
                self.tables.tie(TieType.PART_OF, (county.id, self.metro))
            for city, name in county.cities:
                self._place(city, name, "city", next(zip for zip in county.zips if zip.city == city))
                self.tables.tie(TieType.PART_OF, (city, county.id))
            for zip in county.zips:
                self._place(zip.id, zip.name, "zip", zip)
                self.tables.tie(TieType.PART_OF, (zip.id, county.id))
                if zip.city:
                    self.tables.tie(TieType.PART_OF, (zip.id, zip.city))

    def _place(self, id: str, name: str, kind: str, at: Zip | None = None) -> None:
        cells = {"id": id, "name": name, "kind": kind, "country": "US"}
        if at is not None:
            cells |= {"latitude": f"{at.latitude:.5f}", "longitude": f"{at.longitude:.5f}"}
        self.tables.add("places.csv", cells)

    def _residents(self, county: County, *, small: bool) -> None:
        for zip in county.zips:
            low, high = (12, 60) if zip.far else (80, 420)
            for stage in SCHOOL_STAGES:
                value = self.draws.whole(low, high, zip.id, stage, "residents")
                if small and zip.far and stage is SCHOOL_STAGES[0]:
                    value = self.draws.whole(3, 8, zip.id, stage, "few residents")
                for place in filter(None, (zip.id, zip.city, county.id)):
                    self.residents[place, stage] = self.residents.get((place, stage), 0) + value
        places = [zip.id for zip in county.zips] + [city for city, _ in county.cities] + [county.id]
        for place in places:
            for stage in SCHOOL_STAGES:
                self._count(place, "resident", stage, YEAR, self.residents[place, stage])
        for stage in SCHOOL_STAGES:
            earlier = self.residents[county.id, stage] * 97 // 100
            self._count(county.id, "resident", stage, EARLIER_YEAR, earlier)

    def _count(self, subject: str, kind: str, stage: str, year: int, value: int, population: str = "") -> None:
        cells = {"subject": subject, "kind": kind, "stage": stage, "year": str(year), "value": str(value)}
        self.tables.add("counts.csv", cells | {"population": population})

    def _enrolled(self, one: Organization) -> None:
        if one.kind not in {"elementary", "middle", "high", "private_school"}:
            return
        for stage in one.stages:
            value = self.draws.whole(60, 240, one.id, stage, "enrolled")
            self._count(one.id, "enrolled", stage, YEAR, value)
            if self.draws.chance(0.2, one.id, stage, "by population"):
                few = self.draws.whole(4, 40, one.id, stage, "multilingual")
                self._count(one.id, "enrolled", stage, YEAR, few, "multilingual_learners")

    def _coverage(self, county: County) -> None:
        for covers in COVERED:
            self.tables.add(
                "coverage.csv",
                {
                    "subject": self.settings.id,
                    "covers": covers.value,
                    "place": county.id,
                    "share_answered": "1.0",
                    "as_of": COVERED_ON,
                    "description": "Every member of the county answered, and nobody was left out (invented)",
                },
            )

    def _terms(self) -> None:
        tables = self.tables
        for code, name in TOPICS.items():
            tables.add("topics.csv", {"id": f"cip:{code}", "name": name, "code": code})
        for code, name in OCCUPATIONS.items():
            id = f"soc:{code}"
            tables.add("occupations.csv", {"id": id, "name": name, "code": code})
            openings = self.draws.whole(20, 400, id, "openings")
            for kind, value in (("annual_openings", openings), ("employment", openings * 9)):
                cells = {"subject": id, "kind": kind, "area": self.metro, "year": str(YEAR), "value": f"{value}.0"}
                tables.add("statistics.csv", cells)
