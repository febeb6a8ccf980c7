"""The organizations of a world: which kinds each county has, where they are, what they say of themselves."""

from matchmaker.model.vocabulary import OrganizationType, Sector, StageTerm
from matchmaker.testing.ecosystem.cast import County, CountyRole, Latent, Organization, Standing, World, Zip, words_of
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.geography import KM_PER_DEGREE, SPREAD_KM
from matchmaker.testing.ecosystem.names import Names, slug
from matchmaker.testing.ecosystem.resources import AT_WORK, NEEDED_BY, OFFERED_BY, TOPICS
from matchmaker.testing.ecosystem.settings import EcosystemSettings

S = StageTerm

CIRCLES = 6
"""Circles of leaders in one county."""

FIRST = words_of("school_district elementary middle high afterschool_provider early_learning_provider employer")
"""What every county with stated coverage has: enough to run a program for every stage."""

CENTER = words_of(
    "hub four_year_college museum tribal_nation family_organization two_year_college hospital funder "
    "tribal_education_department employer youth_organization science_center"
)
"""What the first county has besides."""

OTHERS = words_of(
    "two_year_college museum employer elementary community_organization library family_organization four_year_college "
    "early_learning_provider"
)
"""What the other counties with stated coverage have besides."""

FILLING = words_of(
    "elementary employer youth_organization middle library community_organization early_learning_provider elementary "
    "employer high makerspace afterschool_provider elementary government_agency employer faith_organization "
    "summer_provider middle labor_organization elementary funder science_center employer workforce_board "
    "early_learning_provider elementary chamber_or_industry_association community_organization high employer "
    "student_or_youth_led elementary intermediary zoo_aquarium_garden afterschool_provider middle employer "
    "research_laboratory elementary private_school family_organization two_year_college employer university_center "
    "professional_association elementary education_service_district library employer"
)
"""What more there is, in this order, over and over."""

UNSTATED = words_of("school_district elementary community_organization middle high faith_organization elementary")
"""The county without stated coverage has schools and community organizations only."""

UNSTATED_FILLING = words_of("elementary family_organization high community_organization middle elementary")

TYPE_OF_KIND = {
    "elementary": OrganizationType.K12_SCHOOL,
    "middle": OrganizationType.K12_SCHOOL,
    "high": OrganizationType.K12_SCHOOL,
    "hospital": OrganizationType.GOVERNMENT_AGENCY,
}
"""The organization type of a kind, where it isn't the kind itself."""

STAGES_OF_KIND: dict[str, tuple[StageTerm, ...]] = {
    "elementary": (S.K_2, S.GRADES_3_5),
    "middle": (S.GRADES_6_8,),
    "high": (S.GRADES_9_12,),
    "private_school": (S.GRADES_3_5, S.GRADES_6_8),
    "school_district": (S.K_2, S.GRADES_3_5, S.GRADES_6_8, S.GRADES_9_12),
    "education_service_district": (S.K_2, S.GRADES_3_5, S.GRADES_6_8, S.GRADES_9_12),
    "early_learning_provider": (S.PREK,),
    "two_year_college": (S.POSTSECONDARY_TWO_YEAR,),
    "four_year_college": (S.POSTSECONDARY_FOUR_YEAR, S.GRADUATE),
    "museum": (S.K_2, S.GRADES_3_5, S.GRADES_6_8),
    "science_center": (S.GRADES_3_5, S.GRADES_6_8),
    "zoo_aquarium_garden": (S.PREK, S.K_2, S.GRADES_3_5),
    "library": (S.PREK, S.K_2, S.GRADES_3_5),
    "makerspace": (S.GRADES_6_8, S.GRADES_9_12),
    "afterschool_provider": (S.GRADES_3_5, S.GRADES_6_8),
    "summer_provider": (S.GRADES_6_8,),
    "youth_organization": (S.GRADES_6_8, S.GRADES_9_12),
    "employer": (S.GRADES_9_12, S.EARLY_CAREER),
    "hospital": (S.GRADES_9_12, S.EARLY_CAREER),
    "labor_organization": (S.APPRENTICESHIP_OR_CREDENTIAL, S.EARLY_CAREER),
    "tribal_education_department": (S.GRADES_6_8, S.GRADES_9_12),
}
"""The stages an organization of a kind says that it serves."""

POPULATIONS = words_of(
    "girls_and_women multilingual_learners first_generation low_income learners_with_disabilities rural "
    "hispanic_or_latino black_or_african_american"
)

MAY_STAND_APART = {
    "employer",
    "community_organization",
    "makerspace",
    "library",
    "faith_organization",
    "summer_provider",
    "professional_association",
    "student_or_youth_led",
}
"""Kinds that may be invited, paused, withdrawn or only listed, or have no tie at all."""


def add_organizations(world: World, settings: EcosystemSettings, draws: Draws, names: Names) -> None:
    """Put the organizations of every county into the world."""
    for index, county in enumerate(world.counties):
        kinds = kinds_of(county, first=index == 0)
        made = [_organization(settings, draws, names, county, kind, place) for place, kind in enumerate(kinds)]
        _choose_isolated(draws, county, made)
        world.organizations += made
    _choose_standings(world, draws)


def kinds_of(county: County, *, first: bool) -> list[str]:
    """Return the kinds of the organizations of a county, as many as its size says."""
    if county.role is CountyRole.UNSTATED:
        kinds, filling = list(UNSTATED), UNSTATED_FILLING
    else:
        kinds, filling = [*FIRST, *(CENTER if first else OTHERS)], FILLING
    while len(kinds) < county.size:
        kinds += filling
    return kinds[: county.size]


def _organization(
    settings: EcosystemSettings, draws: Draws, names: Names, county: County, kind: str, place: int
) -> Organization:
    name = names.organization(kind)
    id = f"{settings.prefix}-{slug(name)}"
    zip = _home(draws, county, kind, place, id)
    type = TYPE_OF_KIND.get(kind) or OrganizationType(kind)
    return Organization(
        id,
        name,
        kind,
        type,
        county,
        zip,
        *_near(draws, zip, id),
        latent_of(draws, id),
        STAGES_OF_KIND.get(kind, ()),
        tuple(sorted(draws.sample(list(TOPICS), draws.whole(1, 3, id, "topics"), id, "topic"))),
        tuple(sorted(draws.sample(POPULATIONS, draws.whole(0, 2, id, "populations"), id, "population"))),
        standing=Standing.ELSEWHERE if county.role is CountyRole.NEIGHBOR else Standing.PARTICIPATING,
        needed=place < len(FIRST),
    )


def latent_of(draws: Draws, id: str) -> Latent:
    """Return the hidden side of an organization."""
    return Latent(
        draws.normal(id, "openness"),
        draws.normal(id, "culture"),
        draws.normal(id, "commitment"),
        draws.whole(0, CIRCLES - 1, id, "circle"),
    )


def _home(draws: Draws, county: County, kind: str, place: int, id: str) -> Zip:
    """Return where it is: the center's ZIPs in turn; some schools of a larger county in the far one."""
    if place >= len(FIRST) and kind in {"elementary", "middle", "high"} and draws.chance(0.15, id, "far"):
        return county.zips[4]
    return county.zips[(place + place // 4) % 4]


def _near(draws: Draws, zip: Zip, id: str) -> tuple[float, float]:
    degrees = SPREAD_KM / KM_PER_DEGREE
    latitude = zip.latitude + draws.between(-degrees, degrees, id, "latitude")
    longitude = zip.longitude + draws.between(-degrees, degrees, id, "longitude")
    return round(latitude, 5), round(longitude, 5)


def _choose_isolated(draws: Draws, county: County, made: list[Organization]) -> None:
    """Choose who has no tie at all: brand-new organizations, from the end of the county's list."""
    able = [one for one in made if one.kind in MAY_STAND_APART and not one.needed]
    if county.role is CountyRole.UNSTATED:
        able = [one for one in made if not one.needed]
    for one in draws.sample(able, county.isolated, county.id, "isolated"):
        one.isolated = True


def _choose_standings(world: World, draws: Draws) -> None:
    able = [
        one
        for one in world.organizations
        if one.is_member and one.kind in MAY_STAND_APART and not (one.isolated or one.needed)
    ]
    each = max(1, len(world.organizations) // 50)
    order = draws.shuffle(able, "standings")
    for number, standing in enumerate((Standing.WITHDRAWN, Standing.PAUSED, Standing.INVITED, Standing.LISTED)):
        for one in order[number * each : (number + 1) * each]:
            one.standing = standing


def add_statements(world: World, draws: Draws) -> None:
    """Say what each organization needs and offers; what is needed in a county, two there offer."""
    for one in world.organizations:
        older = StageTerm.GRADES_9_12 in one.stages or one.sector is not Sector.K12
        needs = [term for term in NEEDED_BY[one.sector] if older or term not in AT_WORK]
        offers = OFFERED_BY[one.sector]
        least = 1 if one.isolated else 0
        one.needs = tuple(sorted(draws.sample(needs, draws.whole(least, 2, one.id, "needs"), one.id, "need")))
        one.offers = tuple(sorted(draws.sample(offers, draws.whole(least, 2, one.id, "offers"), one.id, "offer")))
    for county in world.counties:
        _offer_what_is_needed([one for one in world.organizations if one.county is county])


def _offer_what_is_needed(here: list[Organization]) -> None:
    """Make sure that what anybody in a county needs is offered there by two others, or isn't needed after all."""
    steady = [one for one in here if one.standing in {Standing.PARTICIPATING, Standing.ELSEWHERE}]
    for term in sorted({term for one in here for term in one.needs}):
        offering = [one for one in steady if term in one.offers]
        able = [
            one for one in steady if term in OFFERED_BY[one.sector] and one not in offering and term not in one.needs
        ]
        for one in able[: max(0, 2 - len(offering))]:
            one.offers = tuple(sorted({*one.offers, term}))
            offering.append(one)
        if len(offering) < 2:
            for one in here:
                one.needs = tuple(need for need in one.needs if need != term)
