"""Partners with planted duplicates and near-misses: what is one organization is known, so finding it can be measured.

All organizations, places and numbers are made up. Their words are partly real ones, so that common words are common and
rare ones rare, partly made of syllables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from matchmaker.exchange.resolution.addresses import Address
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.model.vocabulary import OrganizationType
from matchmaker.testing.duplicate_wording import reword
from matchmaker.testing.ecosystem.draws import Draws

SHARE_OF_DUPLICATES = 0.2
"""Of the new partners: those that are known already under another wording."""

SHARE_OF_NEAR_MISSES = 0.2
"""Of the new partners: those that look like a known one and are another organization."""

Pair = tuple[str, str]
"""Two ids, the lower first."""

_STATES = ["OR", "WA", "CA", "ID", "FL", "GA", "TX", "OH", "PA", "NY", "MI", "VA"]
_CITIES = 40
_ZIPS = 6
_SYLLABLES = [
    "ba",
    "den",
    "cor",
    "mel",
    "tra",
    "vin",
    "sho",
    "lar",
    "kin",
    "wes",
    "hal",
    "mor",
    "ste",
    "fin",
    "rad",
    "gol",
    "ner",
    "tam",
    "pel",
    "ros",
    "dun",
    "ber",
    "cal",
    "wick",
    "ton",
    "ley",
]
_SURNAMES = [
    "Adams",
    "Alvarez",
    "Baker",
    "Bell",
    "Brooks",
    "Carter",
    "Chavez",
    "Clark",
    "Cooper",
    "Cruz",
    "Davis",
    "Diaz",
    "Edwards",
    "Evans",
    "Flores",
    "Foster",
    "Garcia",
    "Gray",
    "Green",
    "Hall",
    "Harris",
    "Hill",
    "Howard",
    "Jackson",
    "James",
    "Jefferson",
    "Johnson",
    "Kelly",
    "Kennedy",
    "King",
    "Lee",
    "Lewis",
    "Lincoln",
    "Lopez",
    "Madison",
    "Martin",
    "Miller",
    "Monroe",
    "Moore",
    "Morgan",
    "Nguyen",
    "Parker",
    "Perez",
    "Price",
    "Ramirez",
    "Reed",
    "Rivera",
    "Roosevelt",
    "Ross",
    "Scott",
    "Taylor",
    "Thomas",
    "Torres",
    "Turner",
    "Walker",
    "Ward",
    "Washington",
    "White",
    "Wilson",
    "Wood",
    "Wright",
    "Young",
]
_THINGS = [
    "Cedar",
    "Clear",
    "Copper",
    "Eagle",
    "Elk",
    "Evergreen",
    "Fir",
    "Fox",
    "Granite",
    "Heron",
    "Maple",
    "Oak",
    "Pine",
    "River",
    "Rock",
    "Silver",
    "Spring",
    "Willow",
]
_GROUNDS = ["Creek", "Grove", "Heights", "Hill", "Lake", "Meadow", "Park", "Point", "Ridge", "Valley", "View"]
_FIELDS = [
    "Art",
    "Natural History",
    "Science",
    "Aviation",
    "Railroad",
    "Maritime",
    "Children's",
    "Automobile",
    "Textile",
    "Mining",
]


@dataclass(frozen=True, slots=True)
class PlantedDuplicates:
    """Known and new partners, and what is true of them.

    Attributes
    ----------
    known, new
        The partners.
    same
        The pairs that are one organization, and by which rewording.
    near_misses
        Pairs that look alike and are two organizations, and of which kind.
    """

    known: tuple[Profile, ...]
    new: tuple[Profile, ...]
    same: Mapping[Pair, str]
    near_misses: Mapping[Pair, str]


@dataclass(frozen=True, slots=True)
class _Spot:
    state: str
    county: str
    city: str
    zip: str
    position: tuple[float, float]


def plant_duplicates(seed: int, size: int) -> PlantedDuplicates:
    """Return ``size`` known and about as many new partners.

    >>> planted = plant_duplicates(seed=1, size=100)
    >>> len(planted.known), len(planted.same), len(planted.near_misses)
    (100, 20, 20)
    """
    draws = Draws(seed)
    fresh = int(size * (1 - SHARE_OF_DUPLICATES - SHARE_OF_NEAR_MISSES))
    used: set[tuple[str, str]] = set()
    known = [_unlike(_organization(draws, f"known:{number:06d}"), used) for number in range(size)]
    new = [_unlike(_organization(draws, f"fresh:{number:06d}"), used) for number in range(fresh)]
    order = draws.sample(range(size), int(size * (SHARE_OF_DUPLICATES + SHARE_OF_NEAR_MISSES)), "planted")
    chosen = draws.shuffle(order, "order")
    duplicates = chosen[: int(size * SHARE_OF_DUPLICATES)]
    same: dict[Pair, str] = {}
    for place in duplicates:
        twin, wording = reword(draws, known[place], f"again:{place:06d}")
        new.append(twin)
        same[_pair(twin.id, known[place].id)] = wording
    near: dict[Pair, str] = {}
    for place in chosen[len(duplicates) :]:
        renamed, other, kind = _near_miss(draws, known[place], f"other:{place:06d}")
        known[place], other = _unlike(renamed, used), _unlike(other, used)
        new.append(other)
        near[_pair(other.id, known[place].id)] = kind
    return PlantedDuplicates(tuple(known), tuple(new), MappingProxyType(same), MappingProxyType(near))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _unlike(profile: Profile, used: set[tuple[str, str]]) -> Profile:
    """Return a profile under a name that no other organization of its city has: people tell them apart as well."""
    name, attempt = profile.name, 0
    while (name, profile.city) in used and (profile.id, name) not in used:
        word = _invented(Draws(attempt), "unlike", profile.id)
        before, _, after = profile.name.partition(" of ")
        of_place = after and "Museum" not in before
        name = f"{before} of {word}" if of_place else f"{word} {profile.name.partition(' ')[2]}"
        attempt += 1
    used.update({(name, profile.city), (profile.id, name)})
    return replace(profile, name=name)


def _spot(draws: Draws, id: str) -> _Spot:
    state = draws.whole(0, len(_STATES) - 1, "state", id)
    # Squaring makes the first cities of a state large and the last ones small.
    city = int(draws.share("city", id) ** 2 * _CITIES)
    zip = draws.whole(0, _ZIPS - 1, "zip", id)
    return _make_spot(draws, (state, city, zip), id)


def _make_spot(draws: Draws, where: tuple[int, int, int], id: str) -> _Spot:
    state, city, zip = where
    middle = (30 + draws.share("north", state, city) * 15, -120 + state * 3.5 + draws.share("east", state, city) * 3)
    position = tuple(round(middle[axis] + 0.15 * (draws.share("at", id, axis) - 0.5), 5) for axis in (0, 1))
    return _Spot(
        state=_STATES[state],
        county=f"{state + 10}{city // 3 + 1:03d}",
        city=_invented(draws, "city", state, city).casefold(),
        zip=f"{(state * _CITIES + city) * 10 + 10000 + zip}",
        position=(position[0], position[1]),
    )


def _invented(draws: Draws, *name: object) -> str:
    """Return a word of two or three syllables."""
    number = draws.whole(2, 3, "syllables", *name)
    return "".join(draws.pick(_SYLLABLES, "syllable", part, *name) for part in range(number)).capitalize()


def _stem(draws: Draws, id: str) -> str:
    """Return what an organization is called after: often a common name, sometimes a rare one."""
    kind = draws.share("stem", id)
    if kind < 0.35:
        return draws.pick(_SURNAMES, "surname", id)
    if kind < 0.6:
        return f"{draws.pick(_THINGS, 'thing', id)} {draws.pick(_GROUNDS, 'ground', id)}"
    if kind < 0.7:
        return f"{draws.pick(_SURNAMES, 'first', id)} {_invented(draws, 'second', id)}"
    return _invented(draws, "stem", id)


def _wordings(draws: Draws, stem: str, city: str, id: str) -> Iterator[tuple[str, OrganizationType]]:
    field = draws.pick(_FIELDS, "field", id)
    level = draws.pick(("Elementary", "Elementary", "Middle", "High"), "level", id)
    yield f"{stem} {level} School", OrganizationType.K12_SCHOOL
    yield f"{stem} {level} School", OrganizationType.K12_SCHOOL
    yield f"{stem} School District", OrganizationType.SCHOOL_DISTRICT
    yield f"{stem} {field} Museum", OrganizationType.MUSEUM
    yield f"{city} Museum of {field}" if field != "Children's" else f"{stem} Museum", OrganizationType.MUSEUM
    yield f"{stem} Historical Society", OrganizationType.MUSEUM
    yield f"University of {stem}", OrganizationType.FOUR_YEAR_COLLEGE
    yield f"{stem} Community College", OrganizationType.TWO_YEAR_COLLEGE
    yield f"{stem} Public Library", OrganizationType.LIBRARY
    yield f"Boys & Girls Club of {stem}", OrganizationType.YOUTH_ORGANIZATION
    yield f"{stem} Community Center", OrganizationType.COMMUNITY_ORGANIZATION
    yield f"{stem} Saint Mary Academy", OrganizationType.PRIVATE_SCHOOL
    yield f"{stem} Engineering", OrganizationType.EMPLOYER


def _organization(draws: Draws, id: str) -> Profile:
    spot = _spot(draws, id)
    stem = _stem(draws, id)
    name, type = draws.pick(list(_wordings(draws, stem, spot.city.capitalize(), id)), "wording", id)
    return Profile(
        id=id,
        name=name,
        types=(type,),
        zip=spot.zip,
        city=spot.city,
        county=spot.county,
        state=spot.state,
        position=spot.position,
        address=Address(str(draws.whole(1, 9999, "house", id)), (_invented(draws, "street", id).casefold(), "street")),
        identifiers=_identifiers(draws, type, spot, id),
        evidence=_evidence(draws, id),
        parents=frozenset({f"leaid:{spot.county}"}) if type is OrganizationType.K12_SCHOOL else frozenset(),
    )


def _identifiers(draws: Draws, type: OrganizationType, spot: _Spot, id: str) -> Mapping[str, str]:
    serial = f"{draws.whole(0, 99_999_999, 'serial', id):08d}"
    made = {
        OrganizationType.K12_SCHOOL: ("ncessch", f"{spot.county}{serial[:7]}"),
        OrganizationType.SCHOOL_DISTRICT: ("leaid", serial[:7]),
        OrganizationType.MUSEUM: ("mid", f"84{serial}"),
        OrganizationType.FOUR_YEAR_COLLEGE: ("unitid", serial[:6]),
        OrganizationType.TWO_YEAR_COLLEGE: ("unitid", serial[:6]),
        OrganizationType.LIBRARY: ("fscs", f"{spot.state}{serial[:4]}-{serial[4:7]}"),
    }
    return dict([made[type]]) if type in made else {}


def _evidence(draws: Draws, id: str) -> Mapping[str, str]:
    evidence = {}
    if draws.chance(0.5, "has domain", id):
        evidence["web_domain"] = f"{_invented(draws, 'domain', id).lower()}{draws.whole(10, 9999, 'domain', id)}.org"
    if draws.chance(0.4, "has ein", id):
        evidence["ein"] = f"{draws.whole(100_000_000, 999_999_999, 'ein', id)}"
    return evidence


def _near_miss(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    """Return a known partner (perhaps renamed), another organization that looks like it, and in what way."""
    makers = (
        _branch,
        _other_district,
        _one_domain,
        _one_sponsor,
        _center,
        _other_level,
        _other_number,
        _other_side,
        _friends,
    )
    return draws.pick(makers, "near miss", id)(draws, known, id)


def _near(draws: Draws, known: Profile, id: str, name: str) -> Profile:
    """Return another organization in the same ZIP, without identifiers."""
    moved = known.position and (round(known.position[0] + 0.01, 5), known.position[1])
    house = Address(str(draws.whole(1, 9999, "house", id)), (_invented(draws, "street", id).casefold(), "street"))
    return replace(known, id=id, name=name, position=moved, address=house, identifiers={}, evidence={})


def _branch(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    word = draws.pick(("Branch", "Campus"), "branch", id)
    other = _near(draws, known, id, f"{known.name} - {_invented(draws, 'branch of', id)} {word}")
    return known, replace(other, evidence=known.evidence), "branch"


def _other_district(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    """Give a school of the same name in the next county, with half of its facts missing."""
    known = _school(draws, known, "Elementary")
    county = f"{known.county[:2]}{int(known.county[2:]) + 20:03d}"
    north = known.position and (round(known.position[0] + 0.6, 5), known.position[1])
    other = replace(
        known, id=id, county=county, city=_invented(draws, "town", id).casefold(), position=north, address=None
    )
    known_ids = {"ncessch": f"{county}{draws.whole(0, 9_999_999, 'serial', id):07d}"}
    other = replace(other, zip=f"{int(known.zip) + 100}", evidence={}, parents=frozenset({f"leaid:{county}"}))
    return known, replace(other, identifiers=known_ids if draws.chance(0.5, "has id", id) else {}), "other_district"


def _one_domain(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    known = _school(draws, known, "Elementary")
    domain = {"web_domain": f"{known.city}-{known.county}.k12.us"}
    other = _near(draws, known, id, f"{_invented(draws, 'school', id)} Elementary School")
    return replace(known, evidence=domain), replace(other, evidence=domain), "one_domain"


def _one_sponsor(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    stems = (_invented(draws, "project", part, id) for part in range(2))
    names = [f"{stem} {draws.pick(('Project', 'Collective', 'Initiative'), 'word', stem)}" for stem in stems]
    types = (OrganizationType.COMMUNITY_ORGANIZATION,)
    ein = {"ein": f"{draws.whole(100_000_000, 999_999_999, 'sponsor', id)}"}
    known = replace(known, name=names[0], types=types, evidence=ein, identifiers={}, parents=frozenset())
    other = replace(known, id=id, name=names[1])
    return known, other, "one_sponsor"


def _center(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    types = (OrganizationType.FOUR_YEAR_COLLEGE,)
    unitid = {"unitid": f"{draws.whole(100_000, 999_999, 'unitid', id)}"}
    known = replace(
        known, name=f"University of {_stem(draws, id)}", types=types, identifiers=unitid, parents=frozenset()
    )
    topic = draws.pick(("STEM Education", "Marine Science", "Teacher Leadership", "Data"), "topic", id)
    other = _near(draws, known, id, f"{known.name} Center for {topic}")
    return known, replace(other, types=(OrganizationType.UNIVERSITY_CENTER,), identifiers=unitid), "center"


def _other_level(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    known = _school(draws, known, "Elementary")
    return known, _near(draws, known, id, known.name.replace("Elementary", "Middle")), "other_level"


def _other_number(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    known = _school(draws, known, "Elementary")
    number = draws.whole(2, 9, "number", id)
    stem = _invented(draws, "number", id)
    known = replace(known, name=f"{stem} PS 1{number}")
    return known, _near(draws, known, id, f"{stem} PS {number}1"), "other_number"


def _other_side(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    stem = _invented(draws, "sides", id)
    known = replace(_school(draws, known, "High"), name=f"North {stem} High School")
    return known, _near(draws, known, id, f"South {stem} High School"), "other_side"


def _friends(draws: Draws, known: Profile, id: str) -> tuple[Profile, Profile, str]:
    name = draws.pick((f"Friends of {known.name}", f"{known.name} Foundation"), "friends", id)
    types = (OrganizationType.COMMUNITY_ORGANIZATION,)
    return known, replace(_near(draws, known, id, name), types=types, parents=frozenset()), "friends"


def _school(draws: Draws, known: Profile, level: str) -> Profile:
    return replace(
        known,
        name=f"{_stem(draws, known.id)} {level} School",
        types=(OrganizationType.K12_SCHOOL,),
        identifiers={"ncessch": f"{known.county}{draws.whole(0, 9_999_999, 'school', known.id):07d}"},
        parents=frozenset({f"leaid:{known.county}"}),
    )
