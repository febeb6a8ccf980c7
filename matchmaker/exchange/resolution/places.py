"""Whether two partners are in one place, in log-odds and in words."""

from matchmaker.exchange.resolution import weights
from matchmaker.exchange.resolution.addresses import Address
from matchmaker.exchange.resolution.profiles import Profile
from matchmaker.graph.geography import distance_km

Told = tuple[str, float, str]
"""A field, what it tells, and words."""


def compare_places(one: Profile, other: Profile) -> list[Told]:
    """Return what place and address tell; nothing where a place isn't known.

    Distance, ZIP, city, county and state say the same thing more and less exactly: the one that speaks most for one
    place counts, and only where none does, the one that speaks most against it.
    """
    told = [found for found in (_distance(one, other), _zip(one, other), *_areas(one, other)) if found]
    fields: list[Told] = []
    if told:
        least, best = min(told, key=lambda found: found[1]), max(told, key=lambda found: found[1])
        fields.append(best if best[1] > weights.SAME_STATE else least)
    address = _compare_addresses(one.address, other.address)
    if address and not (fields and fields[0][1] < 0):
        fields.append(address)
    return fields


def _distance(one: Profile, other: Profile) -> Told | None:
    if one.position is None or other.position is None:
        return None
    kilometres = distance_km(one.position, other.position)
    told = next(weight for limit, weight in weights.DISTANCES if kilometres <= limit)
    words = "at the same spot" if kilometres <= weights.DISTANCES[0][0] else f"{kilometres:.0f} km apart"
    return "place", told, words if kilometres >= 1 or told == weights.DISTANCES[0][1] else "less than 1 km apart"


def _zip(one: Profile, other: Profile) -> Told | None:
    if not one.zip or not other.zip:
        return None
    if one.zip == other.zip:
        return "place", weights.SAME_ZIP, f"the same ZIP, {one.zip}"
    if one.zip[:3] == other.zip[:3] and not (one.city and other.city and one.city != other.city):
        return "place", weights.SAME_ZIP_REGION, f"ZIPs of one region, {_both(one.zip, other.zip)}"
    return "place", weights.OTHER_ZIP, f"different ZIPs, {_both(one.zip, other.zip)}"


def _areas(one: Profile, other: Profile) -> list[Told]:
    told: list[Told] = []
    same_state = not one.state or not other.state or one.state == other.state
    if one.city and one.city == other.city and same_state:
        told.append(("place", weights.SAME_CITY, f"the same city, {one.city}"))
    elif one.city and other.city:
        told.append(("place", weights.OTHER_CITY, f"different cities, {_both(one.city, other.city)}"))
    if one.county and other.county and one.county.isdigit() == other.county.isdigit():
        if one.county == other.county and same_state:
            told.append(("place", *_within_county(one, other)))
        elif one.county != other.county:
            told.append(("place", weights.OTHER_COUNTY, "different counties"))
    if one.state and other.state:
        state = (weights.SAME_STATE, "the same state") if same_state else (weights.OTHER_STATE, "different states")
        told.append(("place", *state))
    return told


def _within_county(one: Profile, other: Profile) -> tuple[float, str]:
    if one.city and other.city and one.city != other.city:
        return weights.SAME_COUNTY_OTHER_CITY, "the same county, different cities"
    return weights.SAME_COUNTY, "the same county"


def _compare_addresses(one: Address | None, other: Address | None) -> Told | None:
    if one is None or other is None or not one.number or not other.number:
        return None
    if one.number == other.number and set(one.street) & set(other.street):
        return "address", weights.SAME_ADDRESS, "the same street address"
    return "address", weights.OTHER_ADDRESS, "different street addresses"


def _both(one: str, other: str) -> str:
    return " and ".join(sorted((one, other)))
