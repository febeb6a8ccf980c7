"""A small town drawn from a seed, with something of everything that lists look at, for property tests."""

from itertools import combinations
from random import Random

from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import OrganizationType, ProgramType, TieType
from matchmaker.testing.world import World

RESOURCES = ("mentors", "guest_speakers", "space", "learners", "funding", "curriculum")
STAGES = ("k_2", "grades_6_8", "grades_9_12", "postsecondary_four_year")
TYPES = (
    OrganizationType.K12_SCHOOL,
    OrganizationType.MUSEUM,
    OrganizationType.EMPLOYER,
    OrganizationType.LIBRARY,
    OrganizationType.FOUR_YEAR_COLLEGE,
    OrganizationType.YOUTH_ORGANIZATION,
    OrganizationType.COMMUNITY_ORGANIZATION,
)


def random_town(seed: int, partners: int = 14, programs: int = 6) -> World:
    """Return a town of partners ``p0``, ``p1``… and programs ``g0``, ``g1``… of the ecosystem ``eco``."""
    draw, world = Random(seed), World()
    world.ecosystem("eco", country="US")
    for county in ("east-county", "west-county"):
        world.place(county)
    names = [_partner(world, draw, number) for number in range(partners)]
    for number in range(programs):
        type, stages = draw.choice(list(ProgramType)).value, tuple(draw.sample(STAGES, 2))
        world.program(f"g{number}", type, draw.choice(names), stages=stages)
        world.about(f"g{number}", draw.choice(["11.0701", "26.0101"]), "a field")
    for first, second in draw.sample(sorted(combinations(names, 2)), partners):
        levels: dict[str, Value | None] = {"level_by_source": draw.choice([None, 1, 3, 5])}
        world.tie(TieType.PARTNERS_WITH, first, second, since=f"{draw.randint(2015, 2025)}-03", **levels)
    world.initiative("circle", *draw.sample(names, 4))
    return world


def _partner(world: World, draw: Random, number: int) -> str:
    fields: dict[str, Value | None] = {"region": "US-OR", "country": "US"}
    if draw.random() < 0.5:
        fields |= {"capacity_status": draw.choice(["open", "limited"]), "capacity_updated_on": "2026-08"}
    name = f"p{number}"
    world.partner(name, draw.choice(TYPES).value, north=draw.choice([None, 0.0, 1.5, 4.0, 12.0]), **fields)
    if draw.random() < 0.7:
        world.tie(TieType.LOCATED_IN, name, draw.choice(["east-county", "west-county"]))
    if draw.random() < 0.6:
        world.serve(name, *draw.sample(STAGES, 2))
    if draw.random() < 0.5:
        world.need(name, draw.choice(RESOURCES))
        world.offer(name, draw.choice(RESOURCES))
    since = draw.choice([None, "2020-01", "2026-03", "2026-08-15"])
    world.tie(TieType.PARTICIPATES_IN, name, "eco", status="participating", since=since)
    return name
