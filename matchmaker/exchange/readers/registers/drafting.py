"""A register's row on its way to rows of the bundle: what it says so far, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaker.errors import Finding
from matchmaker.exchange.counties import region_of
from matchmaker.exchange.places import PlaceBook, find_zip
from matchmaker.exchange.readers.registers.names import parse_web_address
from matchmaker.exchange.readers.registers.table import Entry
from matchmaker.exchange.readers.rows import ground_parts
from matchmaker.exchange.reading import Part, Region, SourceRow
from matchmaker.graph.geography import distance_km
from matchmaker.model.identifiers import IDENTIFIERS
from matchmaker.model.vocabulary import Confidence, Locale, TieType

KM_PER_DEGREE = 111.0
"""Of latitude, a little less than it is anywhere."""

LOCALES: Mapping[str, str] = {
    "1": Locale.CITY.value,
    "2": Locale.SUBURB.value,
    "3": Locale.TOWN.value,
    "4": Locale.RURAL.value,
}
"""The kind of surroundings by the first digit of NCES's locale code."""

Position = tuple[float, float]


@dataclass(slots=True)
class Draft:
    """What a row says so far.

    Attributes
    ----------
    entry
        The row.
    provenance
        Its cells ``source``, ``source_row``, ``observed_on`` and ``confidence``.
    missing
        What the register writes where it has no value.
    """

    entry: Entry
    provenance: Mapping[str, str]
    missing: frozenset[str] = frozenset({""})
    parts: list[Part] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)

    def text(self, *columns: str) -> str:
        """Return the first cell of several columns that has a value; empty where none has."""
        for column in columns:
            text = self.entry.text(column)
            if text not in self.missing:
                return text
        return ""

    def refuse(self, message: str, column: str, valid: str) -> None:
        """Refuse the row: a cell can't be right."""
        self.findings.append(self.entry.spot.finding(message, column.upper(), self.entry.text(column), valid))

    def notice(self, message: str, column: str = "", valid: str = "") -> None:
        """Say what was mended or left out without harm."""
        value = self.entry.text(column) if column else ""
        self.notices.append(self.entry.spot.finding(message, column.upper(), value, valid))

    def unrepeated(self, id: str, seen: dict[str, int], column: str) -> None:
        """Refuse the row where an earlier one of the file is about the same organization."""
        first = seen.setdefault(id, self.entry.spot.line) if id else self.entry.spot.line
        if first != self.entry.spot.line:
            self.refuse(f"line {first} has this already", column, "once")

    def identifier(self, scheme: str, column: str, *, digits: int = 0, required: bool = False) -> str:
        """Return an identifier as it is written; with ``digits``, leading zeros that were lost are put back."""
        text = self.text(column)
        rule = IDENTIFIERS[scheme]
        if not text:
            if required:
                self.refuse("is missing", column, rule.rule)
            return ""
        if len(text) < digits and text.isascii() and text.isdigit():
            restored = text.zfill(digits)
            if rule.matches(restored):
                self.notice(f"leading zeros were put back: {restored}", column)
                return restored
        if not rule.matches(text):
            self.refuse("is malformed", column, rule.rule)
            return ""
        return text

    def position(self, latitude: str, longitude: str) -> Position | None:
        """Return latitude and longitude; None where either is missing or both are 0."""
        pair = [self._degrees(latitude, 90.0), self._degrees(longitude, 180.0)]
        if pair[0] is None or pair[1] is None or pair == [0.0, 0.0]:
            return None
        return (pair[0], pair[1])

    def _degrees(self, column: str, limit: float) -> float | None:
        text = self.text(column)
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = limit + 1
        if not -limit <= number <= limit:
            self.refuse("is no degree", column, f"a number from -{limit:.0f} to {limit:.0f}")
            return None
        return number

    def count(self, column: str) -> int | None:
        """Return a number of people; None where it is missing."""
        text = self.text(column)
        if not text:
            return None
        whole = text.removesuffix(".0")
        if not (whole.isascii() and whole.isdigit()):
            self.refuse("is no number of people", column, "a whole number, at least 0")
            return None
        return int(whole)

    def web(self, column: str) -> dict[str, str]:
        """Return the cells of a web address; one that can't be read is left out with a notice."""
        text = self.text(column)
        if not text:
            return {}
        website, domain = parse_web_address(text)
        if not website:
            self.notice("is left out: it is no web address", column, "an address such as www.mdc.edu")
            return {}
        return {"website": website, "web_domain": domain}

    def add(self, file: str, cells: Mapping[str, str], provenance: Mapping[str, str] | None = None) -> None:
        """Add a row of a file of the bundle, without its empty cells."""
        said = self.provenance if provenance is None else provenance
        own = {name: text for name, text in cells.items() if text}
        if file == "ties.csv":
            own["asserted_by"] = said["source"]
            own.update({name: text for name, text in said.items() if text and name != "source"})
        else:
            own.update({name: text for name, text in said.items() if text})
        self.parts.append(Part(file, own))

    def tie(self, source: str, type: TieType, target: str, **properties: str) -> None:
        """Add a tie."""
        self.add("ties.csv", {"source": source, "type": type.value, "target": target, **properties})

    def place(self, book: PlaceBook, id: str, zip: str, county: Mapping[str, str] | None = None) -> None:
        """Add where a partner is; a ZIP code that isn't one is left out with a notice."""
        named = county or {}
        fips, name = named.get("fips", ""), named.get("name", "")
        found = book.located(id, zip, county_fips=fips, county=name, provenance=self.provenance)
        if zip and find_zip(zip) is None:
            self.notices.append(
                self.entry.spot.finding("no such ZIP code is known, so it is left out", "ZIP", zip, "a ZIP code in use")
            )
        self.parts.extend(found)

    def row(self) -> SourceRow:
        """Return the finished row; where anything is wrong with it, with no more than the places others stand in."""
        parts = ground_parts(self.parts) if self.findings else tuple(self.parts)
        if self.entry.mended:
            self.notice(self.entry.mended)
        return SourceRow(self.entry.spot, parts, tuple(self.findings), tuple(self.notices))


def left_out(entry: Entry, why: str, column: str = "") -> SourceRow:
    """Return a row that is left out without harm, with a notice that says why."""
    value = entry.text(column) if column else ""
    return SourceRow(entry.spot, (), (), (entry.spot.finding(f"is left out: {why}", column.upper(), value),))


def faulty(entry: Entry) -> SourceRow:
    """Return a row that can't be read."""
    return SourceRow(entry.spot, (), (entry.spot.finding(entry.fault, valid="a row of cells as the header has"),))


def is_inside(region: Region | None, position: Position | None, state: str, zip: str) -> bool:
    """Say whether a row is inside the region asked for; without a position, its ZIP area's stands for it."""
    if region is None:
        return True
    if region.states and state not in region.states:
        return False
    if region.centre is None:
        return True
    if position is None:
        area = find_zip(zip)
        position = area.position if area is not None else None
    if position is None or abs(position[0] - region.centre[0]) * KM_PER_DEGREE > region.within_km * 1.01 + 1:
        return False
    return distance_km(region.centre, position) <= region.within_km


def parse_position(entry: Entry, latitude: str, longitude: str) -> Position | None:
    """Return a row's position for the region only; None where it can't be told, which is not the place to complain."""
    try:
        return (float(entry.text(latitude)), float(entry.text(longitude)))
    except ValueError:
        return None


def place_cells(position: Position | None, locale: str, state: str) -> dict[str, str]:
    """Return a partner's cells about where it is."""
    country, region = region_of(state)
    return {
        "latitude": str(position[0]) if position else "",
        "longitude": str(position[1]) if position else "",
        "locale": LOCALES.get(locale[:1], ""),
        "country": country,
        "region": region,
    }


def one_line_address(street: str, city: str, state: str, zip: str) -> str:
    """Return a street address in one line, as letters have it.

    >>> one_line_address("300 N.E. Second Avenue", "Miami", "FL", "33132-2204")
    '300 N.E. Second Avenue, Miami, FL 33132-2204'
    """
    if not street:
        return ""
    last = " ".join(part for part in (state, zip) if part)
    return ", ".join(" ".join(part.split()) for part in (street, city, last) if part)


def provenance(source: str, source_row: str, observed_on: str) -> dict[str, str]:
    """Return the provenance of a register's row."""
    return {
        "source": source,
        "source_row": source_row,
        "observed_on": observed_on,
        "confidence": Confidence.REGISTER.value,
    }
