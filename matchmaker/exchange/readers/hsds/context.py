"""What the rows of an HSDS reading share: ids, types, places, times, work contacts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.places import PlaceBook
from matchmaker.exchange.readers.documents import RowDraft, minted_id, number_of, part
from matchmaker.exchange.readers.hsds.tables import ID_CODE, TERMS_TAXONOMY, Line, Tables
from matchmaker.exchange.readers.tool_words import find_role
from matchmaker.exchange.reading import Part, ReadOptions
from matchmaker.model.identifiers import is_identifier
from matchmaker.model.ids import is_id
from matchmaker.model.ontology import KEPT_PREFIX, node_properties
from matchmaker.model.properties import join_list
from matchmaker.model.vocabulary import Label, OfferMode, StageTerm

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}:\d{2})(:\d{2}(\.\d+)?)?Z?(?:[+-]\d{2}:?\d{2})?", re.ASCII)
_DAYS: Final = {"MO": "mon", "TU": "tue", "WE": "wed", "TH": "thu", "FR": "fri", "SA": "sat", "SU": "sun"}
_ONLINE: Final = re.compile(r"virtual|online|remote|video")
_IN_PERSON: Final = re.compile(r"in person|on site|onsite|face to face")
STAGE_CODE: Final = "stage"
PHONE_LENGTH: Final = 60


class Context:
    """One reading of HSDS: its tables and options, and the places named so far."""

    def __init__(self, tables: Tables, name: str, options: ReadOptions) -> None:
        self.tables, self.name, self.options = tables, name, options
        self.places = PlaceBook()
        self.outside: set[str] = set()
        """The organizations that aren't in the region asked for."""

        self.refused: set[str] = set()
        """The organizations with a finding."""

    def id_of(self, table: str, key: str) -> str:
        """Return the id of what has a key in a table: the one it had here before, else one minted from the key."""
        own = self.own_term(key, ID_CODE)
        if is_id(own):
            return own
        if _UUID.fullmatch(key.lower()):
            return minted_id("hsds", key.lower())
        return minted_id("hsds", self.name, table, key)

    def own_term(self, key: str, code: str) -> str:
        """Return what an attribute from here says of something; empty where there is none."""
        return next(iter(self.own_terms(key, code)), "")

    def description(self, line: Line) -> str:
        """Return a description; none where it only repeats the name, since HSDS asks for one."""
        text = line.get("description")
        return "" if text == line.get("name") else text

    def stages(self, key: str) -> list[str]:
        """Return the stages that attributes from here name."""
        return sorted(set(self.own_terms(key, STAGE_CODE)) & set(StageTerm))

    def own_terms(self, key: str, code: str) -> list[str]:
        """Return all that attributes from here say of something under one code."""
        return [
            attribute.get("value")
            for attribute, term in self.attributes(key)
            if term is not None and term.get("taxonomy") == TERMS_TAXONOMY and term.get("code") == code
        ]

    def own_cells(self, key: str, label: Label) -> dict[str, str]:
        """Return the cells that attributes from here say of something, by property; lists joined."""
        found: dict[str, list[str]] = {}
        for attribute, term in self.attributes(key):
            if term is not None and term.get("taxonomy") == TERMS_TAXONOMY and attribute.get("value"):
                found.setdefault(term.get("code"), []).append(attribute.get("value"))
        specs = node_properties(label)
        return {
            code: join_list(values)
            for code, values in found.items()
            if code.startswith(KEPT_PREFIX) or (code in specs and not specs[code].derived)
        }

    def attributes(self, key: str) -> Iterator[tuple[Line, Line | None]]:
        """Yield the attributes of something, each with its taxonomy term where that is there."""
        for attribute in self.tables.where("attributes", "link_id", key):
            yield attribute, self.tables.find("taxonomy_terms", attribute.get("taxonomy_term_id"))

    def words(self, key: str) -> list[str]:
        """Return the words that attributes say of something: values, and the names and codes of terms."""
        found = []
        for attribute, term in self.attributes(key):
            named = (
                [term.get("name"), term.get("code")]
                if term is not None and term.get("taxonomy") != TERMS_TAXONOMY
                else []
            )
            found += [word for word in (*named, attribute.get("value")) if word]
        return found

    def provenance(self, table: str, line: Line) -> dict[str, str]:
        """Return the provenance cells of a row: its own key, and the day it was last changed or assured."""
        day = line.get("last_modified")[:10] or line.get("assured_date")[:10]
        said = {"source_row": f"{table.removesuffix('s')} {line.get('id')}"}
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day, re.ASCII):
            said["observed_on"] = day
        return said

    def position(self, location: Line, draft: RowDraft) -> tuple[float, float] | None:
        """Return where a location is; one that is on no globe is noted."""
        if not (location.get("latitude") and location.get("longitude")):
            return None
        latitude, longitude = number_of(location.get("latitude")), number_of(location.get("longitude"))
        if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            given = f"{location.get('latitude')}, {location.get('longitude')}"
            draft.note("is no place on earth, so it isn't taken", "latitude", given, "-90 to 90, and -180 to 180")
            return None
        return latitude, longitude

    def address(self, location: Line) -> Line | None:
        """Return the address of a location, a physical one before others; None where it has none."""
        found = self.tables.where("addresses", "location_id", location.get("id"))
        return min(found, key=lambda line: line.get("address_type") != "physical", default=None)

    def languages(self, column: str, keys: Sequence[str]) -> list[str]:
        """Return the language codes of rows that name one of the keys in a column."""
        codes = [line.get("code") for key in keys for line in self.tables.where("languages", column, key)]
        return sorted({code for code in codes if is_identifier("language", code)})

    def contacts(self, subject: str, owners: Mapping[str, str], email: str, said: Mapping[str, str]) -> list[Part]:
        """Return the work contacts of a subject, whose rows name one of the owners (column and key); never a name."""
        rows: list[dict[str, str]] = [{"role": "general", "email": email}]
        for column, key in owners.items():
            for contact in self.tables.where("contacts", column, key):
                role = find_role(f"{contact.get('title')} {contact.get('department')}")
                phones = self.tables.where("phones", "contact_id", contact.get("id"))
                rows.append({"role": role, "email": contact.get("email"), **self._phone(phones[0] if phones else None)})
        for column, key in owners.items():
            own = (phone for phone in self.tables.where("phones", column, key) if not phone.get("contact_id"))
            rows.extend({"role": "general", **self._phone(phone)} for phone in own)
        unique = list(
            {tuple(sorted(row.items())): row for row in rows if row.get("email") or row.get("phone")}.values()
        )
        told = [row for row in unique if not any(_says_more(other, row) for other in unique)]
        return [part("contacts.csv", {"subject": subject, **row, **said}) for row in told]

    def _phone(self, line: Line | None) -> dict[str, str]:
        if line is None:
            return {}
        number = line.get("number").strip(' "')
        extension = line.get("extension").removesuffix(".0")
        codes = self.languages("phone_id", [line.get("id")])
        text = f"{number} ext. {extension}" if number and extension else number
        return {"phone": text[:PHONE_LENGTH], "language": codes[0] if len(codes) == 1 else ""}


def _says_more(other: Mapping[str, str], row: Mapping[str, str]) -> bool:
    """Say whether another contact reaches the same in more ways, so that this one adds nothing."""
    filled = {(name, text) for name, text in row.items() if text and name != "role"}
    more = {(name, text) for name, text in other.items() if text and name != "role"}
    return other is not row and filled < more and row["role"] in {"general", other["role"]}


def schedule_cells(lines: Sequence[Line], draft: RowDraft) -> dict[str, str]:
    """Return the cells of an ``OFFERED_AT`` tie that the first schedule says; further ones are noted."""
    if not lines:
        return {}
    if len(lines) > 1:
        draft.note("only the first schedule of a site is taken", "schedules", str(len(lines)))
    first = lines[0]
    days = [_DAYS[day] for word in first.get("byday").split(",") if (day := word.strip().upper()[-2:]) in _DAYS]
    cells = {
        "days": "|".join(dict.fromkeys(days)),
        "start": _clock(first.get("opens_at")),
        "end": _clock(first.get("closes_at")),
    }
    cells["mode"] = mode_of(first.get("attending_type"))
    return {name: text for name, text in cells.items() if text}


def _clock(text: str) -> str:
    match = _CLOCK.fullmatch(text)
    return match.group(1).zfill(5) if match else ""


def mode_of(text: str) -> str:
    """Return how something is attended, by its words; empty where they don't say it.

    >>> mode_of("In-person or remotely via video"), mode_of("virtual"), mode_of("")
    ('hybrid', 'online', '')
    """
    folded = fold_words(text)
    online, there = bool(_ONLINE.search(folded)), bool(_IN_PERSON.search(folded))
    if "hybrid" in folded or (online and there):
        return OfferMode.HYBRID.value
    return OfferMode.ONLINE.value if online else OfferMode.IN_PERSON.value if there else ""
