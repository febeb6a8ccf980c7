"""What one row of a sheet says, as rows of the bundle's files: the partner, then all that hangs on it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from matchmaker.exchange.counties import find_county_named
from matchmaker.exchange.mapping import ColumnMapping, Target, fold_words
from matchmaker.exchange.places import PlaceBook
from matchmaker.exchange.readers.bundle import kept_name
from matchmaker.exchange.readers.spreadsheet.contacts import contact_parts
from matchmaker.exchange.readers.spreadsheet.days import read_date
from matchmaker.exchange.readers.spreadsheet.grades import read_stages
from matchmaker.exchange.readers.spreadsheet.naming import NameIndex, shortened_id, slug_of
from matchmaker.exchange.readers.spreadsheet.parts import filled, once, tie_part
from matchmaker.exchange.readers.spreadsheet.sheet_row import RowSorter, SheetRow, program_type, resource_term
from matchmaker.exchange.readers.spreadsheet.terms import (
    LANGUAGES,
    POPULATIONS,
    RESOURCES,
    find_term,
    is_plain_word,
)
from matchmaker.exchange.readers.spreadsheet.values import (
    domain_of,
    is_shared_host,
    is_yes,
    read_degrees,
    read_position,
    read_quantity,
    read_state,
    read_website,
    split_items,
    split_words,
)
from matchmaker.exchange.readers.type_words import guess_organization_type
from matchmaker.exchange.reading import Part
from matchmaker.model.ids import ID_RULE, is_id
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import OrganizationType, ProgramType, ResourceTerm, TieType

T = Target
IDENTIFIERS = (T.UNITID, T.NCESSCH, T.LEAID, T.MID, T.FSCS, T.ROR, T.PSS_ID, T.OPEID, T.EIN)
LONGEST_PROGRAM_SLUG = 50
_ZIP_IN_ADDRESS = re.compile(r"\b[A-Z]{2}\.?,?\s+(\d{5}(?:-\d{4})?)\s*(?:,?\s*USA?)?\.?$")
_OPTIONAL_STAGES = "grades such as K-5 or 9-12, or elementary, middle school, high school, undergraduate"


@dataclass(frozen=True, slots=True)
class Origin:
    """What the rows of a sheet are cited by.

    Attributes
    ----------
    source
        Who says so, where a row doesn't name anybody.
    title
        The sheet, as it is called before a row's own key.
    """

    source: str
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says.

    Attributes
    ----------
    id
        The partner's id; empty where the row has no name.
    partner
        The cells of ``partners.csv``.
    parts
        What hangs on the partner, ends before ties.
    """

    id: str
    partner: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()


class Translator:
    """Turns the rows of one sheet into rows of the bundle's files; one for each reading.

    Parameters
    ----------
    mapping
        What the columns mean.
    sorter
        Sorts cells by it.
    names
        The names of the whole sheet.
    origin
        What its rows are cited by.
    """

    def __init__(self, mapping: ColumnMapping, sorter: RowSorter, names: NameIndex, origin: Origin) -> None:
        self._mapping, self._sorter, self._names, self._origin = mapping, sorter, names, origin
        self._places = PlaceBook()

    def tell(self, row: SheetRow) -> Told:
        """Return what a row says; what is wrong with it is added to the row's findings."""
        name = " ".join(row.text(T.NAME).split())
        if not name:
            row.note("the row is left out: it names no organization", "")
            return Told("")
        id = self.id_of(row)
        said = self.provenance(row)
        partner = {"id": id, "name": name, **dict(self._partner(row, name)), **said}
        parts = [*self._stages(row, id, said), *self._membership(row, id, said), *self._programs(row, id, said)]
        for target in (T.NEEDS, T.OFFERS):
            parts += self._things(row, target, id, said)
        parts += contact_parts(row, id, said)
        zip, county = self._place(row, partner.get("address", ""))
        if not row.findings:
            parts = [*self._located(row, id, (zip, county), said), *parts]
        return Told(id, partner, tuple(once(parts)))

    def id_of(self, row: SheetRow) -> str:
        """Return the id of a row's partner."""
        given = row.text(T.ID).strip().lower()
        if given and is_id(given):
            return given
        if given:
            row.findings.append(row.spot.finding("is not an id", row.heading(T.ID), given, ID_RULE))
        return self._names.id_of(row.text(T.NAME), self._sorter.key(row))

    def provenance(self, row: SheetRow) -> dict[str, str]:
        """Return the cells that say who says so, where and when.

        A row is cited by what it is about, not by its number: in a sheet that grew or was sorted it is the same row.
        """
        about = row.text(T.ID).strip().lower() or " ".join(row.text(T.NAME).split())
        return {
            "source": row.text(T.SOURCE) or self._origin.source,
            "source_row": f"{self._origin.title}, {about}",
            "confidence": self._mapping.confidence.value,
            **filled(observed_on=row.read(T.OBSERVED_ON, read_date)),
        }

    def _partner(self, row: SheetRow, name: str) -> Iterator[tuple[str, str]]:
        type = self._type(row, name)
        website = row.read(T.WEBSITE, read_website)
        domain = domain_of(website)
        state = row.read(T.STATE, read_state)
        cells = {
            "organization_type": type.value if type is not None else "",
            "aliases": join_list(dict.fromkeys(item for _, item in row.items(T.ALIASES) if item != name)),
            "description": row.text(T.DESCRIPTION),
            "website": website,
            "web_domain": "" if is_shared_host(domain) else domain,
            "address": _address(row),
            "region": f"US-{state}" if state else "",
            "country": "US" if state else "",
            "languages": join_list(self._languages(row)),
            "intends_to_serve": join_list(_populations(row)),
            **{target.value: row.identifier(target) for target in IDENTIFIERS},
            **_position(row),
            **self._capacity(row),
        }
        yield from ((column, text) for column, text in cells.items() if text)
        for heading, text in row.cells.get(T.KEPT, ()):
            yield kept_name(heading), text

    def _type(self, row: SheetRow, name: str) -> OrganizationType | None:
        text = row.text(T.TYPE)
        stated = self._sorter.stated_type(text, name) if text else None
        if stated is not None:
            return stated
        valid = ", ".join(term.value for term in OrganizationType)
        guessed = guess_organization_type(name)
        in_name = OrganizationType(guessed) if guessed else None
        if in_name is not None or self._mapping.organization_type is not None:
            found = in_name or self._mapping.organization_type
            why = "from the name" if in_name is not None else "as for every such row of the sheet"
            subject = "isn't understood" if text else "isn't stated"
            row.note(f"the type of organization {subject}; it is taken {why}: {found}", row.heading(T.TYPE), text)
            return found
        message = "is not a type of organization that is known here" if text else "the type of organization is missing"
        row.findings.append(row.spot.finding(message, row.heading(T.TYPE), text, valid))
        return None

    def _languages(self, row: SheetRow) -> list[str]:
        codes = []
        for heading, item in row.items(T.LANGUAGES, split_words):
            code = LANGUAGES.get(fold_words(item))
            if code is None:
                row.note("is not a language that is known here, and is left out", heading, item, "a name or code")
            else:
                codes.append(code)
        return sorted(set(codes))

    def _capacity(self, row: SheetRow) -> dict[str, str]:
        cells: dict[str, str] = {}
        for target in (T.CAPACITY_AVAILABLE, T.CAPACITY_MAXIMUM):
            if target in row.cells:
                cell, unit = read_quantity(row.text(target))
                cells[target.value] = row.settled(row.heading(target), row.text(target), cell)
                cells["capacity_unit"] = cells.get("capacity_unit") or unit
        if any(cells.values()) and T.OBSERVED_ON in row.cells:
            cells["capacity_updated_on"] = read_date(row.text(T.OBSERVED_ON)).text
        return cells

    def _place(self, row: SheetRow, address: str) -> tuple[str, str]:
        zip = row.identifier(T.ZIP)
        if not zip and T.ZIP not in row.cells:
            found = _ZIP_IN_ADDRESS.search(address)
            zip = found.group(1) if found else ""
        return zip, row.text(T.COUNTY).split(",")[0].strip()

    def _located(self, row: SheetRow, id: str, place: tuple[str, str], said: Mapping[str, str]) -> tuple[Part, ...]:
        zip, county = place
        named = find_county_named(county, read_state(row.text(T.STATE)).text) if T.STATE in row.cells else None
        code = county.zfill(5) if county.isdigit() else named.fips if named is not None else ""
        parts = self._places.located(id, zip, county_fips=code, county=county if not code else "", provenance=said)
        if zip and not any(part.cells.get("target") == f"zip:{zip[:5]}" for part in parts):
            row.note("is not a ZIP code in use, so the place is not recorded", row.heading(T.ZIP), zip)
        return parts

    def _stages(self, row: SheetRow, id: str, said: Mapping[str, str]) -> list[Part]:
        return [tie_part(TieType.SERVES, id, stage, said) for stage in _stages(row, notes=True)]

    def _membership(self, row: SheetRow, id: str, said: Mapping[str, str]) -> list[Part]:
        belongs = T.MEMBER not in self._mapping.columns.values() or is_yes(row.text(T.MEMBER))
        if not self._mapping.member_of or not belongs:
            return []
        return [tie_part(TieType.MEMBER_OF, id, self._mapping.member_of, said)]

    def _programs(self, row: SheetRow, id: str, said: Mapping[str, str]) -> list[Part]:
        parts: list[Part] = []
        made = []
        for heading, name in row.items(T.PROGRAMS):
            type = self._program_type(row, name)
            if type is None:
                valid = ", ".join(term.value for term in ProgramType)
                row.note("the program is left out: what kind it is isn't said", heading, name, valid)
                continue
            program = shortened_id(f"{id}:{slug_of(name, LONGEST_PROGRAM_SLUG)}")
            made.append(program)
            parts.append(Part("programs.csv", {"id": program, "name": name, "program_type": type.value, **said}))
            parts.append(tie_part(TieType.OPERATES, id, program, said))
        return parts + self._of_only_program(row, id, made, said)

    def _program_type(self, row: SheetRow, name: str) -> ProgramType | None:
        stated = row.text(T.PROGRAM_TYPE)
        return (program_type(stated) if stated else None) or program_type(name) or self._mapping.program_type

    def _of_only_program(self, row: SheetRow, id: str, made: Sequence[str], said: Mapping[str, str]) -> list[Part]:
        """Return what the row says of its program, where it has one only; else it can't be told which is meant."""
        if len(made) != 1:
            if T.SEATS in row.cells:
                row.note("seats are left out: the row doesn't name one program", row.heading(T.SEATS))
            return []
        parts = [tie_part(TieType.SERVES, made[0], stage, said) for stage in _stages(row)]
        seats = row.read(T.SEATS, lambda text: read_quantity(text)[0])
        if seats:
            parts.append(tie_part(TieType.OFFERED_AT, made[0], id, said, seats=seats))
        return parts

    def _things(self, row: SheetRow, target: Target, id: str, said: Mapping[str, str]) -> Iterator[Part]:
        for heading, item in row.items(target):
            found = _resources(item)
            if not found:
                valid = ", ".join(term.value for term in ResourceTerm)
                row.note("is not a thing that is known here, and is left out", heading, item, valid)
            for term, words in found:
                described = "" if is_plain_word(words, RESOURCES) else words
                cells = {"subject": id, "resource": term.value, **filled(description=described), **said}
                yield Part(f"{target.value}.csv", cells)


def _stages(row: SheetRow, *, notes: bool = False) -> list[str]:
    terms: dict[str, None] = {}
    for heading, text in row.cells.get(T.STAGES, ()):
        read = read_stages(text)
        terms |= dict.fromkeys(term.value for term in read.terms)
        if notes and read.mended:
            row.note(read.mended, heading, text)
        for word in read.unknown if notes else ():
            row.note("is not a grade or stage that is known here, and is left out", heading, word, _OPTIONAL_STAGES)
    return list(terms)


def _populations(row: SheetRow) -> list[str]:
    found = []
    for _, item in row.items(T.INTENDS_TO_SERVE):
        term = find_term(item, POPULATIONS, inside=False)
        found.append(term.value if term is not None else item)
    return sorted(set(found))


def _position(row: SheetRow) -> dict[str, str]:
    cells = {
        "latitude": row.read(T.LATITUDE, lambda text: read_degrees(text, 90)),
        "longitude": row.read(T.LONGITUDE, lambda text: read_degrees(text, 180)),
    }
    if T.POSITION in row.cells and not any(cells.values()):
        heading, text = row.cells[T.POSITION][0]
        latitude, longitude = read_position(text)
        cells = {
            "latitude": row.settled(heading, text, latitude),
            "longitude": row.settled(heading, text, longitude),
        }
    return cells


def _address(row: SheetRow) -> str:
    """Return the address with the city, state and ZIP code of their own columns, where it hasn't them yet."""
    street = " ".join(row.text(T.ADDRESS).split())
    city, state, zip = row.text(T.CITY), row.text(T.STATE), row.text(T.ZIP)
    if not street:
        return ""
    if city and fold_words(city) not in fold_words(street):
        street = f"{street}, {city}"
        tail = " ".join(part for part in (read_state(state).text if state else "", zip) if part)
        street = f"{street}, {tail}" if tail else street
    return street


@lru_cache(maxsize=4096)
def _resources(item: str) -> tuple[tuple[ResourceTerm, str], ...]:
    """Return the things that an item of a list names: as a whole, else by its parts."""
    parts = split_words(item)
    if len(parts) > 1:
        found = [(resource_term(part), part) for part in parts]
        if all(term is not None for term, _ in found):
            return tuple((term, part) for term, part in found if term is not None)
    whole = resource_term(item)
    return ((whole, item),) if whole is not None else ()


def tie_names(row: SheetRow, target: Target, names: NameIndex) -> Iterator[tuple[str, str]]:
    """Yield the organizations that a list names, with its heading; a cell that is one name of the sheet isn't cut."""
    for heading, text in row.cells.get(target, ()):
        items = [text] if names.find(text) else split_items(text)
        yield from ((heading, item) for item in items)
