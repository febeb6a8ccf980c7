"""What a generated world is made of, before it becomes rows."""

from dataclasses import dataclass, field
from enum import StrEnum

from matchmaker.model.vocabulary import SECTOR_OF, OrganizationType, ProgramType, Sector, StageTerm

SCHOOL_STAGES = (
    StageTerm.PREK,
    StageTerm.K_2,
    StageTerm.GRADES_3_5,
    StageTerm.GRADES_6_8,
    StageTerm.GRADES_9_12,
)
"""The stages that a place without a single program is asked about."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


class CountyRole(StrEnum):
    """What a county of the world is there to show."""

    GAPS = "gaps"
    COMPLETE = "complete"
    UNSTATED = "unstated"
    NEIGHBOR = "neighbor"


class Standing(StrEnum):
    """A partner's standing in the ecosystem; the first four are values of ``PARTICIPATES_IN``."""

    PARTICIPATING = "participating"
    INVITED = "invited"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    LISTED = "listed"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Latent:
    """What decides whether links become good ones, and what no feature can read.

    Attributes
    ----------
    openness
        How readily its people start something with others; standard normal.
    culture
        How its people like to work; links are better between alike ones; standard normal.
    commitment
        How much it means it; only two that both do gain by it; standard normal.
    circle
        Which of a few circles of people its leader moves in.
    """

    openness: float
    culture: float
    commitment: float
    circle: int


@dataclass(frozen=True, slots=True)
class Zip:
    """A postal area: a center, and the city it lies in (empty: none)."""

    id: str
    name: str
    latitude: float
    longitude: float
    city: str = ""
    far: bool = False


@dataclass(frozen=True, slots=True)
class County:
    """A county, with what is planted in it.

    Attributes
    ----------
    missing_stage
        The stage that no program serves at any site in it.
    quiet_city, quiet_stage
        A city in it, and the stage that no program serves at any site in that city.
    seatless
        Whether its far ZIP has learners and no seat within reach.
    isolated
        How many of its partners have no tie at all.
    """

    id: str
    name: str
    role: CountyRole
    size: int
    zips: tuple[Zip, ...]
    cities: tuple[tuple[str, str], ...] = ()
    missing_stage: StageTerm | None = None
    quiet_city: str = ""
    quiet_stage: StageTerm | None = None
    seatless: bool = False
    isolated: int = 0

    @property
    def ecosystem(self) -> str:
        """The id of the ecosystem that a neighboring county is."""
        return self.id.removeprefix("county:")

    @property
    def is_covered(self) -> bool:
        """Whether coverage is stated for it."""
        return self.role in {CountyRole.GAPS, CountyRole.COMPLETE}


@dataclass(slots=True)
class Organization:
    """A partner-to-be. ``kind`` is its organization type, or what narrows it (a level of school, a hospital)."""

    id: str
    name: str
    kind: str
    type: OrganizationType
    county: County | None
    zip: Zip | None
    latitude: float
    longitude: float
    latent: Latent
    stages: tuple[StageTerm, ...] = ()
    topics: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    standing: Standing = Standing.PARTICIPATING
    isolated: bool = False
    needed: bool = False
    """Whether what it runs is needed for its county to be whole."""
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def sector(self) -> Sector:
        """The sector of its type."""
        return SECTOR_OF[self.type]

    @property
    def is_member(self) -> bool:
        """Whether it is seen as a member of the ecosystem."""
        return self.standing in {Standing.PARTICIPATING, Standing.INVITED, Standing.PAUSED}

    @property
    def is_employer(self) -> bool:
        """Whether it has the second label Employer."""
        return self.type is OrganizationType.EMPLOYER or "stem_roles" in self.cells or "wbl_offered" in self.cells


@dataclass(frozen=True, slots=True)
class Site:
    """Where a program is held, with its seats: a partner's or a place's id."""

    id: str
    latitude: float
    longitude: float
    seats: int
    zip: Zip | None


@dataclass(slots=True)
class Course:
    """A program-to-be."""

    id: str
    name: str
    type: ProgramType
    operator: Organization
    latent: Latent
    stages: tuple[StageTerm, ...] = ()
    topics: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    sites: list[Site] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def seats(self) -> int:
        """Seats at all its sites."""
        return sum(site.seats for site in self.sites)

    @property
    def county(self) -> County | None:
        """The county of its operator."""
        return self.operator.county


@dataclass(slots=True)
class World:
    """Everything before ties and rows."""

    counties: list[County]
    organizations: list[Organization] = field(default_factory=list)
    programs: list[Course] = field(default_factory=list)

    def members(self) -> list[Organization]:
        """Return the members of the ecosystem."""
        return [organization for organization in self.organizations if organization.is_member]
