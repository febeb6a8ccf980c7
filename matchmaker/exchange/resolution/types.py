"""Whether two partners can be one kind of organization, in log-odds and in words."""

from matchmaker.exchange.resolution import weights
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.model.vocabulary import OrganizationType, Sector

_VAGUE = frozenset({Sector.COMMUNITY, Sector.INDUSTRY, Sector.BACKBONE, Sector.PHILANTHROPY, Sector.GOVERNMENT})
"""Sectors that people choose for all sorts of organizations; an employer may be anything."""

_EXCLUSIVE = (
    frozenset({OrganizationType.SCHOOL_DISTRICT, OrganizationType.EDUCATION_SERVICE_DISTRICT}),
    frozenset({OrganizationType.K12_SCHOOL, OrganizationType.PRIVATE_SCHOOL}),
    frozenset({OrganizationType.TWO_YEAR_COLLEGE, OrganizationType.FOUR_YEAR_COLLEGE}),
    frozenset({OrganizationType.UNIVERSITY_CENTER}),
    frozenset({OrganizationType.LIBRARY}),
    frozenset({OrganizationType.MUSEUM, OrganizationType.SCIENCE_CENTER, OrganizationType.ZOO_AQUARIUM_GARDEN}),
)
"""Kinds that one organization is never two of, unless it says so."""

WHOLES = {
    frozenset({OrganizationType.UNIVERSITY_CENTER}): _EXCLUSIVE[2],
    _EXCLUSIVE[1]: _EXCLUSIVE[0],
}
"""Kinds that are parts of other kinds."""


def compare_types(one: Profile, other: Profile) -> list[tuple[float, str]]:
    """Return what types tell; nothing where one isn't known or is vague."""
    if not one.types or not other.types:
        return []
    if one.types[0] == other.types[0]:
        return [(weights.SAME_TYPE, "the same type of organization")]
    kinds = {_kind(one), _kind(other)}
    overlap = bool(set(one.types) & set(other.types))
    if None not in kinds and len(kinds) > 1 and not overlap:
        return [(weights.EXCLUSIVE_TYPES, f"different types of organization, {_both(one, other)}")]
    if overlap or one.sector == other.sector:
        return [(weights.SAME_SECTOR, "related types of organization")]
    if one.sector in _VAGUE or other.sector in _VAGUE:
        return []
    return [(weights.OTHER_SECTOR, f"different types of organization, {_both(one, other)}")]


def find_whole(one: Profile, other: Profile) -> Profile | None:
    """Return which of two is the larger organization by its type, or None."""
    for parts, wholes in WHOLES.items():
        for part, whole in ((one, other), (other, one)):
            if part.types and whole.types and part.types[0] in parts and whole.types[0] in wholes:
                return whole
    return None


def _kind(profile: Profile) -> int | None:
    return next((place for place, kinds in enumerate(_EXCLUSIVE) if profile.types[0] in kinds), None)


def _both(one: Profile, other: Profile) -> str:
    return " and ".join(sorted(type.value.replace("_", " ") for type in (one.types[0], other.types[0])))
