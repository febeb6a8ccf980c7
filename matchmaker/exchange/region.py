"""Which part of a national file is meant: ``--near "Miami, FL" --within 60km --state FL`` as a `Region`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from rapidfuzz import fuzz, process

from matchmaker.errors import Finding, InvalidInput
from matchmaker.exchange.counties import STATE_NAMES, County, all_counties, fold_county, fold_place
from matchmaker.exchange.places import ZipArea, find_zip, zip_areas
from matchmaker.exchange.reading import Region
from matchmaker.graph.geography import KM_PER_MILE

DEFAULT_WITHIN_KM = 60.0
"""How far is near where nothing else is said."""

MAXIMUM_WITHIN_KM = 20_100.0
"""Half around the globe."""

PLACE_RULE = "a ZIP code such as 33139, a place such as Miami, FL, or a county such as Miami-Dade County, FL"
DISTANCE_RULE = "a distance such as 60km or 40mi"
STATE_RULE = "a state's postal code or name, such as FL or Florida"

_SHOWN = 8
_LIKE_ENOUGH = 75
_DIGITS_FIRST = re.compile(r"\d{5}(?:-?\d{4})?")
_DISTANCE = re.compile(r"(\d+(?:\.\d+)?)\s*(km|kilometers?|kilometres?|mi|miles?)\.?", re.IGNORECASE)
_CALLED_COUNTY = re.compile(
    r"\b(county|parish|borough|census area|municipio|municipality|planning region)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A city or county that ``--near`` may name.

    Attributes
    ----------
    title
        Its name with its state, such as ``Miami, FL``.
    state
        The postal code of its state.
    centre
        The mean of the positions of its ZIP areas, in degrees.
    """

    title: str
    state: str
    centre: tuple[float, float]


def parse_region(near: str, within: str, states: Sequence[str]) -> Region | None:
    """Return the region that is asked for; None where nothing is.

    Parameters
    ----------
    near
        A ZIP code, a place or a county; empty: no distance is asked for. A name alone is enough where only one state
        (of those asked for) has a place of that name.
    within
        How far from there, in km or miles; empty: 60 km.
    states
        Postal codes or names of states; empty: all.

    Raises
    ------
    InvalidInput
        With every problem: a place that isn't known, with names like it; one that several states have, with their
        titles; a distance without a unit; a distance from nowhere.

    Examples
    --------
    >>> parse_region("33139", "60km", ["Florida"])
    Region(centre=(25.7873, -80.1564), within_km=60.0, states=frozenset({'FL'}))
    """
    findings: list[Finding] = []
    wanted = _parse_states(states, findings)
    centre = _parse_near(near, wanted, findings) if near.strip() else None
    within_km = _parse_within(within, findings) if within.strip() else DEFAULT_WITHIN_KM
    if within.strip() and not near.strip():
        findings.append(
            Finding("needs a place to measure from", where="within", value=within, valid=f"near: {PLACE_RULE}")
        )
    if findings:
        raise InvalidInput(findings)
    if centre is None:
        return Region(states=wanted) if wanted else None
    return Region(centre, within_km, wanted)


def _parse_states(states: Sequence[str], findings: list[Finding]) -> frozenset[str]:
    by_name = {fold_place(name): code for code, name in STATE_NAMES.items()}
    found: set[str] = set()
    for text in states:
        code = text.strip().upper()
        code = code if code in STATE_NAMES else by_name.get(fold_place(text), "")
        if code:
            found.add(code)
        else:
            near = _like(text, STATE_NAMES.values())
            findings.append(Finding("is no state", where="state", value=text[:200], valid=_valid(STATE_RULE, near)))
    return frozenset(found)


def _parse_within(text: str, findings: list[Finding]) -> float:
    match = _DISTANCE.fullmatch(text.strip())
    if match is None:
        findings.append(Finding("is no distance", where="within", value=text[:200], valid=DISTANCE_RULE))
        return 0.0
    number = float(match.group(1)) * (1.0 if match.group(2).lower().startswith("k") else KM_PER_MILE)
    if not 0.0 < number <= MAXIMUM_WITHIN_KM:
        valid = f"more than 0 and at most {MAXIMUM_WITHIN_KM:.0f} km"
        findings.append(Finding("is out of range", where="within", value=text[:200], valid=valid))
    return number


def _parse_near(text: str, states: frozenset[str], findings: list[Finding]) -> tuple[float, float] | None:
    if _DIGITS_FIRST.fullmatch(text.strip()):
        return _centre_of_zip(text, findings)
    matches = _places_called(text, states)
    if len(matches) == 1:
        return matches[0].centre
    if matches:
        shown = "; ".join(place.title for place in matches[:_SHOWN])
        more = f" and {len(matches) - _SHOWN} more" if len(matches) > _SHOWN else ""
        message = "is the name of several places: give the state"
        findings.append(Finding(message, where="near", value=text[:200], valid=f"one of {shown}{more}"))
        return None
    known = [place.title for places in _places().values() for place in places if not states or place.state in states]
    findings.append(
        Finding(
            "is no place that is known", where="near", value=text[:200], valid=_valid(PLACE_RULE, _like(text, known))
        )
    )
    return None


def _centre_of_zip(text: str, findings: list[Finding]) -> tuple[float, float] | None:
    area = find_zip(text)
    if area is None:
        findings.append(Finding("is no ZIP code in use", where="near", value=text[:200], valid=PLACE_RULE))
        return None
    if area.position is None:
        findings.append(Finding("is a ZIP code without a place", where="near", value=text[:200], valid=PLACE_RULE))
    return area.position


def _places_called(text: str, states: frozenset[str]) -> list[NamedPlace]:
    """Return the places of a name, cities before counties, in the order of their titles."""
    name, comma, last = text.rpartition(",")
    codes = {fold_place(state): code for code, state in STATE_NAMES.items()}
    state = last.strip().upper() if last.strip().upper() in STATE_NAMES else codes.get(fold_place(last), "")
    if comma and not state:
        return []
    name = (name if comma else text).strip()
    keys = [f"county {fold_county(name)}"]
    if not _CALLED_COUNTY.search(name):
        keys.insert(0, f"city {fold_place(name)}")
    for key in keys:
        found = [
            place
            for place in _places().get(key, ())
            if (not state or place.state == state) and (not states or place.state in states)
        ]
        if found:
            return found
    return []


@cache
def _places() -> Mapping[str, tuple[NamedPlace, ...]]:
    """Return cities and counties by kind and folded name, each list in the order of titles."""
    cities: dict[tuple[str, str], list[ZipArea]] = {}
    counties: dict[County, list[ZipArea]] = {}
    for area in zip_areas().values():
        if area.position is not None and area.state in STATE_NAMES:
            cities.setdefault((area.city, area.state), []).append(area)
            if area.county is not None:
                counties.setdefault(area.county, []).append(area)
    found: dict[str, list[NamedPlace]] = {}
    for (city, state), areas in cities.items():
        place = NamedPlace(f"{city}, {state}", state, _centre(areas))
        found.setdefault(f"city {fold_place(city)}", []).append(place)
    for county in all_counties():
        if county in counties:
            place = NamedPlace(county.title, county.state, _centre(counties[county]))
            found.setdefault(f"county {fold_county(county.name)}", []).append(place)
    return MappingProxyType(
        {key: tuple(sorted(places, key=lambda place: place.title)) for key, places in found.items()}
    )


def _centre(areas: Sequence[ZipArea]) -> tuple[float, float]:
    chosen = [area for area in areas if area.standard] or areas
    positions = [area.position for area in chosen if area.position is not None]
    count = len(positions)
    return (round(sum(at[0] for at in positions) / count, 4), round(sum(at[1] for at in positions) / count, 4))


def _like(text: str, choices: Iterable[str]) -> list[str]:
    found = process.extract(text.strip(), sorted(set(choices)), scorer=fuzz.ratio, limit=3, score_cutoff=_LIKE_ENOUGH)
    return [choice for choice, _, _ in found]


def _valid(rule: str, near: Sequence[str]) -> str:
    return f"{rule}; or is {' or '.join(near)} meant?" if near else rule
