"""The land: counties on a grid, each with a center of towns and one far ZIP, and what is planted in each."""

import math

from matchmaker.model.vocabulary import StageTerm
from matchmaker.testing.ecosystem.cast import SCHOOL_STAGES, County, CountyRole, Zip
from matchmaker.testing.ecosystem.draws import Draws
from matchmaker.testing.ecosystem.names import Names, slug
from matchmaker.testing.ecosystem.settings import EcosystemSettings

KM_PER_DEGREE = 111.195
"""Of latitude, on a sphere of the mean radius."""

COUNTY_SPACING_KM = 60.0
NEIGHBOR_KM = 130.0
CENTER_RADIUS_KM = 4.5
FAR_ZIP_KM = 17.0
"""North of its county's center: more than 10 km from every site there, and less than 25."""

SPREAD_KM = 1.1
"""How far from its ZIP's center, each way, an organization may be."""

PARTNERS_PER_COUNTY = 40


class Land:
    """Turns kilometres east and north of the middle into degrees, rounded to 5 digits (about a metre)."""

    def __init__(self, settings: EcosystemSettings) -> None:
        self._latitude, self._longitude = settings.latitude, settings.longitude
        self._km_per_degree_east = KM_PER_DEGREE * math.cos(math.radians(settings.latitude))

    def point(self, east_km: float, north_km: float) -> tuple[float, float]:
        """Return (latitude, longitude)."""
        latitude = self._latitude + north_km / KM_PER_DEGREE
        longitude = self._longitude + east_km / self._km_per_degree_east
        return round(latitude, 5), round(longitude, 5)


def make_counties(settings: EcosystemSettings, draws: Draws, names: Names) -> list[County]:
    """Return the counties: the first with gaps, the second complete, the last without any stated coverage."""
    number = max(4, round(settings.partners / PARTNERS_PER_COUNTY))
    sizes = _sizes(settings.partners, number)
    land = Land(settings)
    across = math.ceil(math.sqrt(number))
    counties = []
    for index in range(number):
        middle = ((index % across) * COUNTY_SPACING_KM, -(index // across) * COUNTY_SPACING_KM)
        counties.append(_county(settings, draws, names, (index, number, sizes[index]), land, middle))
    if settings.neighbor:
        counties.append(_neighbor(settings, names, land))
    return counties


def _sizes(partners: int, number: int) -> list[int]:
    if number > 4:
        each, rest = divmod(partners, number)
        return [each + (index < rest) for index in range(number)]
    second, third, last = round(partners * 0.26), max(7, round(partners * 0.15)), round(partners * 0.12)
    return [partners - second - third - last, second, third, last]


def _role(index: int, number: int) -> CountyRole:
    if index == number - 1:
        return CountyRole.UNSTATED
    return CountyRole.COMPLETE if index % 3 == 1 else CountyRole.GAPS


def _county(
    settings: EcosystemSettings,
    draws: Draws,
    names: Names,
    standing: tuple[int, int, int],
    land: Land,
    middle: tuple[float, float],
) -> County:
    index, number, size = standing
    word = settings.name if index == 0 else names.place_word()
    role = _role(index, number)
    key = f"{settings.prefix}-{slug(word)}"
    id = f"county:{key}"
    cities: tuple[tuple[str, str], ...] = ()
    missing: StageTerm | None = None
    quiet: StageTerm | None = None
    quiet_city = ""
    if index == 0:
        second = names.place_word()
        quiet_city = f"city:{settings.prefix}-{slug(second)}"
        cities = ((f"city:{key}", f"{word} City"), (quiet_city, f"{second} City"))
        quiet = draws.pick(SCHOOL_STAGES, "quiet stage")
    elif role is CountyRole.GAPS:
        missing = draws.pick(SCHOOL_STAGES[1:], "missing stage", index)
    zips = _zips(key, word, land, middle, [city for city, _ in cities])
    gaps = role is CountyRole.GAPS
    isolated = (2 if index == 0 else 1) if gaps else int(role is CountyRole.UNSTATED)
    seatless = gaps and (index == 0 or draws.chance(0.6, "seatless", index))
    return County(id, f"{word} County", role, size, zips, cities, missing, quiet_city, quiet, seatless, isolated)


def _zips(key: str, word: str, land: Land, middle: tuple[float, float], cities: list[str]) -> tuple[Zip, ...]:
    zips = []
    for number in range(4):
        angle = math.pi / 4 + number * math.pi / 2
        east = middle[0] + CENTER_RADIUS_KM * math.cos(angle)
        north = middle[1] + CENTER_RADIUS_KM * math.sin(angle)
        city = (cities[1] if number == 2 else cities[0]) if cities else ""
        zips.append(Zip(f"zip:{key}-{number + 1}", f"{word} ZIP {number + 1}", *land.point(east, north), city))
    far = land.point(middle[0], middle[1] + FAR_ZIP_KM)
    zips.append(Zip(f"zip:{key}-5", f"{word} ZIP 5", *far, "", far=True))
    return tuple(zips)


def _neighbor(settings: EcosystemSettings, names: Names, land: Land) -> County:
    word = names.place_word()
    key = f"{settings.prefix}-{slug(word)}"
    zips = _zips(key, word, land, (-NEIGHBOR_KM, 0.0), [])
    return County(f"county:{key}", f"{word} County", CountyRole.NEIGHBOR, 11, zips)
