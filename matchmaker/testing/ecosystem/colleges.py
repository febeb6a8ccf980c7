"""Colleges of every standing towards equity, and the organizations that are somewhere else altogether."""

from dataclasses import dataclass, field

from matchmaker.model.vocabulary import OrganizationType, ProgramType, StageTerm
from matchmaker.testing.ecosystem.cast import Course, Organization, Site, Standing, World
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.geography import Land
from matchmaker.testing.ecosystem.names import Names, slug
from matchmaker.testing.ecosystem.organizations import latent_of
from matchmaker.testing.ecosystem.settings import EcosystemSettings

Org, S = OrganizationType, StageTerm


@dataclass(frozen=True, slots=True)
class CollegeStanding:
    """What is recorded of a college that bears on whether it is equity-focused.

    Attributes
    ----------
    word
        What it is there to show.
    qualifies
        Whether it counts as equity-focused by its own facts: open, degree-granting, public or nonprofit, and dated
        practice or a mission by statute. Recognition of another operator's program, which counts as practice too, is
        left out.
    practice
        Which dated practices are recorded: ``commitment``, ``agreement``, ``aid``, ``grant``.
    designations
        (code, basis, year) each.
    cells
        What the row says besides.
    """

    word: str
    qualifies: bool
    practice: tuple[str, ...] = ()
    designations: tuple[tuple[str, str, int], ...] = ()
    cells: dict[str, str] = field(default_factory=dict)


def _standing(
    word: str, qualifies: str, practice: str, designations: tuple[tuple[str, str, int], ...] = (), **cells: str
) -> CollegeStanding:
    row = {"control": "public", "degree_granting": "true", "cip_fields": "11|14|26|27|40", "pell_share": "0.38"} | cells
    if "aid" in practice.split():
        # Practice counts only where it is dated.
        row |= {"need_based_aid": "true", "observed_on": "2015-01"}
    return CollegeStanding(word, qualifies == "yes", tuple(practice.split()), designations, row)


FOUR_YEAR = (
    _standing("practice of its own", "yes", "commitment aid agreement", pell_share="0.41"),
    _standing("a grant for serving its students", "yes", "grant", (("aanapisi", "grantee", 2025),)),
    _standing("enrolment only", "no", "", (("hsi", "enrollment_threshold", 2025),), pell_share="0.52"),
    _standing("for profit", "no", "aid", (), control="private_for_profit", pell_share="0.61"),
)
"""The standings of the four-year colleges of the ecosystem, in turn."""

TWO_YEAR = (
    _standing("a transfer agreement", "yes", "agreement", pell_share="0.47", cip_fields="11|15|47|51"),
    _standing("enrolment only", "no", "", (("hsi", "enrollment_threshold", 2025),), cip_fields="11.0701|15|51"),
    _standing("a commitment", "yes", "commitment", (), cip_fields="01|03|15"),
)
"""The standings of its two-year colleges, in turn."""

ELSEWHERE = (
    _standing("hbcu", "yes", "", (("hbcu", "statutory", 2025),), pell_share="0.63"),
    _standing("a second hbcu", "yes", "commitment", (("hbcu", "statutory", 2025),), control="private_nonprofit"),
    _standing("tribal", "yes", "", (("tribal", "statutory", 2025),), pell_share="0.70", cip_fields="03|26"),
    _standing("enrolment only", "no", "", (("pbi", "enrollment_threshold", 2025),), pell_share="0.58"),
    _standing("an old grant", "no", "", (("nasnti", "grantee", 2019),)),
    _standing("closed", "no", "commitment aid", (("hbcu", "statutory", 2022),), closed_on="2023-06-30"),
    _standing("for profit", "no", "", (("hsi", "enrollment_threshold", 2025),), control="private_for_profit"),
    _standing("no matching field", "no", "commitment aid", (), cip_fields="50|54"),
    _standing("grants no degrees", "no", "commitment", (), degree_granting="false", cip_fields="47"),
)
"""The standings of colleges far away."""

FAR_KINDS = ("accreditor", "funder", "technical_assistance_provider", "youth_organization", "museum")
"""What else is far away; the last two run pre-college programs."""


def set_college_standings(world: World) -> dict[str, CollegeStanding]:
    """Give every college of the ecosystem a standing, in turn; return them by id."""
    found: dict[str, CollegeStanding] = {}
    for kind, standings in (("four_year_college", FOUR_YEAR), ("two_year_college", TWO_YEAR)):
        for number, college in enumerate(one for one in world.organizations if one.kind == kind):
            standing = standings[number % len(standings)]
            college.cells |= standing.cells
            found[college.id] = standing
    return found


def add_far_organizations(
    world: World, settings: EcosystemSettings, draws: Draws, names: Names
) -> dict[str, CollegeStanding]:
    """Put colleges and others that lie far away into the world; return the colleges' standings by id."""
    found: dict[str, CollegeStanding] = {}
    land = Land(settings)
    kinds = ["four_year_college"] * len(ELSEWHERE) + list(FAR_KINDS)
    for number, kind in enumerate(kinds):
        name = names.organization(_name_kind(kind, number))
        id = f"{settings.prefix}-far-{slug(name)}"
        point = land.point(700.0 + 90.0 * number, 350.0 - 70.0 * number)
        stages = (S.POSTSECONDARY_FOUR_YEAR,) if kind == "four_year_college" else ()
        one = Organization(
            id, name, kind, Org(kind), None, None, *point, latent_of(draws, id), stages, ("14.0101", "26.0101")
        )
        one.standing = Standing.ELSEWHERE
        if kind == "four_year_college":
            found[id] = ELSEWHERE[number]
            one.cells |= ELSEWHERE[number].cells
        world.organizations.append(one)
        if kind in {"youth_organization", "museum"}:
            world.programs.append(_far_pcsp(one))
    return found


def _name_kind(kind: str, number: int) -> str:
    """Return the kind of name that a far organization goes by: a college's says who controls it."""
    cells = ELSEWHERE[number].cells if number < len(ELSEWHERE) else {}
    if cells.get("degree_granting") == "false":
        return "trade_academy"
    named = {"private_nonprofit": "private_college", "private_for_profit": "career_institute"}
    return named.get(cells.get("control", ""), kind)


def _far_pcsp(operator: Organization) -> Course:
    words = "Pre-College Summer of Science"
    name = f"{operator.name.split()[0]} {words}"
    course = Course(
        f"{operator.id}.{slug(words)}",
        name,
        ProgramType.PCSP,
        operator,
        operator.latent,
        (S.GRADES_9_12,),
        operator.topics,
        ("first_generation",),
    )
    course.cells |= {"setting": "summer", "season": "summer", "hours": "120", "family_cost": "free"}
    course.sites.append(Site(operator.id, operator.latitude, operator.longitude, 24, None))
    return course
