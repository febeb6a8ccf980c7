"""The counties of the United States and what stands for one elsewhere: names and FIPS codes, and the states.

The codes are those of the U.S. Census Bureau's list of counties (ANSI INCITS 31; public domain), of 2010 with the
changes since: Kusilvak, Oglala Lakota, Chugach and Copper River; Connecticut's counties and its planning regions.
"""

import csv
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

_STATES = (
    "AL 01 Alabama;AK 02 Alaska;AZ 04 Arizona;AR 05 Arkansas;CA 06 California;CO 08 Colorado;CT 09 Connecticut;"
    "DE 10 Delaware;DC 11 District of Columbia;FL 12 Florida;GA 13 Georgia;HI 15 Hawaii;ID 16 Idaho;IL 17 Illinois;"
    "IN 18 Indiana;IA 19 Iowa;KS 20 Kansas;KY 21 Kentucky;LA 22 Louisiana;ME 23 Maine;MD 24 Maryland;"
    "MA 25 Massachusetts;MI 26 Michigan;MN 27 Minnesota;MS 28 Mississippi;MO 29 Missouri;MT 30 Montana;NE 31 Nebraska;"
    "NV 32 Nevada;NH 33 New Hampshire;NJ 34 New Jersey;NM 35 New Mexico;NY 36 New York;NC 37 North Carolina;"
    "ND 38 North Dakota;OH 39 Ohio;OK 40 Oklahoma;OR 41 Oregon;PA 42 Pennsylvania;RI 44 Rhode Island;"
    "SC 45 South Carolina;SD 46 South Dakota;TN 47 Tennessee;TX 48 Texas;UT 49 Utah;VT 50 Vermont;VA 51 Virginia;"
    "WA 53 Washington;WV 54 West Virginia;WI 55 Wisconsin;WY 56 Wyoming;AS 60 American Samoa;GU 66 Guam;"
    "MP 69 Northern Mariana Islands;PR 72 Puerto Rico;VI 78 U.S. Virgin Islands"
)

STATE_NAMES: Mapping[str, str] = MappingProxyType(
    {entry.split(" ", 2)[0]: entry.split(" ", 2)[2] for entry in _STATES.split(";")}
)
"""The states, the District of Columbia and the territories, by postal code."""

STATE_OF_FIPS: Mapping[str, str] = MappingProxyType(
    {entry.split(" ", 2)[1]: entry.split(" ", 2)[0] for entry in _STATES.split(";")}
)
"""Postal codes by the two digits of FIPS."""

FREELY_ASSOCIATED = frozenset({"FM", "MH", "PW"})
"""Countries of their own that use American ZIP codes: Micronesia, the Marshall Islands, Palau."""

_KINDS = (
    " planning region",
    " city and borough",
    " census area",
    " municipality",
    " municipio",
    " borough",
    " parish",
    " county",
    " island",
    " district",
)
_LEADS = ("city and borough of ", "municipality of ")


@dataclass(frozen=True, slots=True)
class County:
    """A county: five digits of FIPS, the state's postal code, and its name in full, such as Miami-Dade County."""

    fips: str
    state: str
    name: str

    @property
    def title(self) -> str:
        """Its name with its state, such as ``Miami-Dade County, FL``."""
        return f"{self.name}, {self.state}"


def region_of(state: str) -> tuple[str, str]:
    """Return the country and the ISO 3166-2 code of a postal code of a state; empty where there is none.

    >>> region_of("FL"), region_of("PW"), region_of("AE")
    (('US', 'US-FL'), ('PW', ''), ('US', ''))
    """
    if state in STATE_NAMES:
        return "US", f"US-{state}"
    if state in FREELY_ASSOCIATED:
        return state, ""
    return "US", ""


def fold_place(name: str) -> str:
    """Return a place's name for comparing: without accents, case, points and blanks; ``saint`` is ``st``.

    >>> fold_place("St. Lucie") == fold_place("SAINT LUCIE"), fold_place("Miami-Dade"), fold_place("Doña Ana")
    (True, 'miamidade', 'donaana')
    """
    text = name if name.isascii() else unicodedata.normalize("NFKD", name)
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower() if not unicodedata.combining(letter))
    expanded = ["st" if word == "saint" else "ste" if word == "sainte" else word for word in words.split()]
    return "".join(expanded)


def fold_county(name: str) -> str:
    """Return a county's name for comparing, without the word for its kind.

    An independent city keeps the word, so that it isn't the county around it.

    >>> fold_county("Miami-Dade County") == fold_county("MIAMI-DADE"), fold_county("Richmond city")
    (True, 'richmondcity')
    """
    text = name.strip().lower()
    for lead in _LEADS:
        text = text.removeprefix(lead)
    for kind in _KINDS:
        if text.endswith(kind):
            text = text.removesuffix(kind)
            break
    return fold_place(text)


@cache
def _by_fips() -> Mapping[str, County]:
    text = resources.files("matchmaker.exchange").joinpath("counties.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return MappingProxyType({row["fips"]: County(row["fips"], row["state"], row["name"]) for row in rows})


@cache
def _by_name() -> Mapping[tuple[str, str], County]:
    return MappingProxyType({(county.state, fold_county(county.name)): county for county in _by_fips().values()})


@cache
def find_county(fips: str) -> County | None:
    """Return the county with five digits of FIPS.

    >>> find_county("12086").title
    'Miami-Dade County, FL'
    """
    return _by_fips().get(fips)


@cache
def find_county_named(name: str, state: str) -> County | None:
    """Return the county that goes by a name in a state, however it is written.

    >>> find_county_named("MIAMI-DADE", "FL").fips, find_county_named("Saint Lucie County", "FL").fips
    ('12086', '12111')
    """
    return _by_name().get((state, fold_county(name)))


def all_counties() -> tuple[County, ...]:
    """Return every county, in the order of FIPS."""
    return tuple(_by_fips()[fips] for fips in sorted(_by_fips()))
