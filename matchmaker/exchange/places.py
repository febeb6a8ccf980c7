"""Where a partner is, from its ZIP code: rows of ``places.csv``, and the ties that put the partner there.

ZIP codes, their cities, counties and coordinates are those of the package ``zipcodes`` (from GeoNames and the U.S.
Postal Service); counties go by the codes in `matchmaker.exchange.counties`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import zipcodes

from matchmaker.exchange.counties import County, find_county, find_county_named, region_of
from matchmaker.exchange.reading import Part
from matchmaker.model.vocabulary import Confidence, PlaceKind, TieType

ZIP_SOURCE = "zipcodes (GeoNames)"
COUNTY_SOURCE = "U.S. Census Bureau, county codes"

_PROVENANCE = (
    ("source", "asserted_by"),
    ("source_row", "source_row"),
    ("observed_on", "observed_on"),
    ("confidence", "confidence"),
)


@dataclass(frozen=True, slots=True)
class ZipArea:
    """A ZIP code: where it delivers.

    Attributes
    ----------
    zip
        Five digits.
    city, state
        Its city, and the postal code of its state.
    county
        The county that most of it lies in; None where none is known.
    position
        Latitude and longitude in degrees; None where unknown, as of military post offices.
    standard
        Whether it delivers to an area, not only to post office boxes or to one organization.
    """

    zip: str
    city: str
    state: str
    county: County | None
    position: tuple[float, float] | None
    standard: bool


@cache
def zip_areas() -> Mapping[str, ZipArea]:
    """Return every ZIP code of the United States; made once, in about a second."""
    found: dict[str, ZipArea] = {}
    for entry in zipcodes.list_all():  # type: ignore[no-untyped-call]  # its own stub leaves this one out
        latitude, longitude = float(entry["lat"] or 0), float(entry["long"] or 0)
        found[entry["zip_code"]] = ZipArea(
            entry["zip_code"],
            entry["city"],
            entry["state"],
            find_county_named(entry["county"], entry["state"]) if entry["county"] else None,
            (latitude, longitude) if latitude or longitude else None,
            entry["zip_code_type"] == "STANDARD",
        )
    return MappingProxyType(found)


def find_zip(text: str) -> ZipArea | None:
    """Return the area of a ZIP code that is written with five digits, nine, or five and four.

    >>> find_zip("33139-1234").city, find_zip("331391234").county.fips, find_zip("3139")
    ('Miami Beach', '12086', None)
    """
    text = text.strip()
    if len(text) > 5:
        rest = text[5:].lstrip("- ")
        if not (len(rest) == 4 and rest.isdigit()):
            return None
        text = text[:5]
    return zip_areas().get(text)


class PlaceBook:
    """The places that a reading has named so far; one for each reading, made where its rows begin.

    A place goes out with the first row that needs it, so ask only for a row that is sound.

    >>> said = {"source": "a sheet", "source_row": "sheet.csv:2", "confidence": "stated"}
    >>> book = PlaceBook()
    >>> [part.cells.get("id") or part.cells["type"] for part in book.located("x", "33139", provenance=said)]
    ['county:12086', 'zip:33139', 'PART_OF', 'LOCATED_IN']
    >>> [part.cells["target"] for part in book.located("y", "33139", provenance=said)]
    ['zip:33139']
    """

    def __init__(self) -> None:
        self._named: set[str] = set()

    def located(
        self, partner_id: str, zip: str, *, county_fips: str = "", county: str = "", provenance: Mapping[str, str]
    ) -> tuple[Part, ...]:
        """Return the parts that say where a partner is: places that are new in this reading, then the ties.

        The partner is in its ZIP area (primary), which is in its county. Where the source states another county than
        the one that most of the ZIP area lies in, the partner is in that county beside. Where the ZIP code is empty or
        unknown, only a stated county is left; without one there are no parts.

        Parameters
        ----------
        partner_id
            The id of the partner, which must stand in the same row or before.
        zip
            Its ZIP code: five digits, nine, or five and four.
        county_fips, county
            The county that the source states: its five digits of FIPS, or its name (looked up in the ZIP's state).
        provenance
            The cells ``source``, ``source_row``, ``observed_on`` and ``confidence`` of the partner's own row.
        """
        area = find_zip(zip)
        stated = self._stated_county(area, county_fips, county)
        parts: list[Part] = []
        if area is None:
            if stated is None:
                return ()
            parts += self._county(stated)
            return (*parts, _located_in(partner_id, f"county:{stated.fips}", provenance, primary=True))
        parts += self._zip(area)
        parts.append(_located_in(partner_id, f"zip:{area.zip}", provenance, primary=True))
        if stated is not None and stated != area.county:
            parts += self._county(stated)
            parts.append(_located_in(partner_id, f"county:{stated.fips}", provenance, primary=False))
        return tuple(parts)

    def _stated_county(self, area: ZipArea | None, fips: str, name: str) -> County | None:
        found = find_county(fips) if fips else None
        if found is None and name and area is not None:
            found = find_county_named(name, area.state)
        return found

    def _zip(self, area: ZipArea) -> list[Part]:
        if not self._is_new(f"zip:{area.zip}"):
            return []
        parts = self._county(area.county) if area.county is not None else []
        parts.append(Part("places.csv", zip_cells(area)))
        if area.county is not None:
            cells = {
                "source": f"zip:{area.zip}",
                "type": TieType.PART_OF.value,
                "target": f"county:{area.county.fips}",
                "asserted_by": ZIP_SOURCE,
                "source_row": f"zip {area.zip}",
                "confidence": Confidence.REGISTER.value,
            }
            parts.append(Part("ties.csv", cells))
        return parts

    def _county(self, county: County) -> list[Part]:
        if not self._is_new(f"county:{county.fips}"):
            return []
        return [Part("places.csv", county_cells(county))]

    def _is_new(self, id: str) -> bool:
        if id in self._named:
            return False
        self._named.add(id)
        return True


def zip_cells(area: ZipArea) -> dict[str, str]:
    """Return the row of ``places.csv`` of a ZIP area."""
    country, region = region_of(area.state)
    cells = {
        "id": f"zip:{area.zip}",
        "name": f"{area.city}, {area.state} {area.zip}",
        "kind": PlaceKind.ZIP.value,
        "zip": area.zip,
        "country": country,
        "region": region,
        "latitude": str(area.position[0]) if area.position else "",
        "longitude": str(area.position[1]) if area.position else "",
        "source": ZIP_SOURCE,
        "source_row": f"zip {area.zip}",
        "confidence": Confidence.REGISTER.value,
    }
    return {name: text for name, text in cells.items() if text}


def county_cells(county: County) -> dict[str, str]:
    """Return the row of ``places.csv`` of a county."""
    country, region = region_of(county.state)
    return {
        "id": f"county:{county.fips}",
        "name": county.title,
        "kind": PlaceKind.COUNTY.value,
        "county_fips": county.fips,
        "country": country,
        "region": region,
        "source": COUNTY_SOURCE,
        "source_row": f"county {county.fips}",
        "confidence": Confidence.REGISTER.value,
    }


def _located_in(partner_id: str, place: str, provenance: Mapping[str, str], *, primary: bool) -> Part:
    cells = {"source": partner_id, "type": TieType.LOCATED_IN.value, "target": place}
    if primary:
        cells["primary"] = "true"
    for given, column in _PROVENANCE:
        text = provenance.get(given, "")
        if text:
            cells[column] = text
    return Part("ties.csv", cells)
