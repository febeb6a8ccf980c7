"""What the columns of a spreadsheet mean: every target a column may have, and a mapping from headings to targets."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import digest_of
from matchmaker.model.vocabulary import Confidence, OrganizationType, ProgramType


class Target(StrEnum):
    """What a column of a spreadsheet may become."""

    NAME = "name"
    ALIASES = "aliases"
    TYPE = "organization_type"
    DESCRIPTION = "description"
    WEBSITE = "website"
    ADDRESS = "address"
    CITY = "city"
    STATE = "state"
    ZIP = "zip"
    COUNTY = "county"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    POSITION = "position"
    ID = "id"
    UNITID = "unitid"
    NCESSCH = "ncessch"
    LEAID = "leaid"
    MID = "mid"
    FSCS = "fscs"
    ROR = "ror"
    PSS_ID = "pss_id"
    OPEID = "opeid"
    EIN = "ein"
    STAGES = "stages"
    LANGUAGES = "languages"
    INTENDS_TO_SERVE = "intends_to_serve"
    PROGRAMS = "programs"
    PROGRAM_TYPE = "program_type"
    SEATS = "seats"
    PARTNERS = "partners"
    PART_OF = "part_of"
    MEMBER = "member"
    NEEDS = "needs"
    OFFERS = "offers"
    CAPACITY_AVAILABLE = "capacity_available"
    CAPACITY_MAXIMUM = "capacity_maximum"
    CONTACT_ROLE = "contact_role"
    CONTACT_EMAIL = "contact_email"
    CONTACT_PHONE = "contact_phone"
    CONTACT_NAME = "contact_name"
    CONTACT_AGREED_ON = "contact_agreed_on"
    OBSERVED_ON = "observed_on"
    SOURCE = "source"
    KEPT = "kept"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """One target in plain words.

    Attributes
    ----------
    target
        Its term.
    title
        Its name for people.
    about
        What the cells may hold, and what becomes of them.
    many
        Several columns may have it; their cells are taken together.
    personal
        The cells may name or reach a person, so no example of them is ever shown.
    """

    target: Target
    title: str
    about: str
    many: bool = False
    personal: bool = False


T = Target
_SPECS = (
    TargetSpec(T.NAME, "partner name", "the organization's name; a row without one is left out"),
    TargetSpec(T.ALIASES, "other names", "a list of names also in use, abbreviations, former names", many=True),
    TargetSpec(T.TYPE, "type of organization", "free words such as “Elementary school”, “non-profit”, “business”"),
    TargetSpec(T.DESCRIPTION, "description", "what it does, in a sentence or two"),
    TargetSpec(T.WEBSITE, "website", "the address of its page; the web domain is taken from it"),
    TargetSpec(T.ADDRESS, "address", "the street address; a ZIP code after the state's code in it is used too"),
    TargetSpec(T.CITY, "city", "joined to the address"),
    TargetSpec(T.STATE, "state", "its name or postal code; becomes the region, such as US-FL"),
    TargetSpec(T.ZIP, "ZIP code", "five digits, or five and four; lost leading zeros are restored"),
    TargetSpec(T.COUNTY, "county", "its name or five-digit FIPS code"),
    TargetSpec(T.LATITUDE, "latitude", "degrees north"),
    TargetSpec(T.LONGITUDE, "longitude", "degrees east; negative in the Americas"),
    TargetSpec(T.POSITION, "latitude and longitude", "both in one cell, separated by a comma"),
    TargetSpec(T.ID, "id", "the partner's id in matchmaker, where the sheet knows it"),
    TargetSpec(T.UNITID, "UNITID", "a college's number in IPEDS, 6 digits"),
    TargetSpec(T.NCESSCH, "NCES school id", "12 digits"),
    TargetSpec(T.LEAID, "NCES district id", "7 digits"),
    TargetSpec(T.MID, "museum id", "a museum's number in the Museum Universe Data File, 10 digits"),
    TargetSpec(T.FSCS, "library id", "a library's FSCS key, such as FL0123 or FL0123-002"),
    TargetSpec(T.ROR, "ROR id", "nine characters, or the address that ends in them"),
    TargetSpec(T.PSS_ID, "private school id", "a private school's number at NCES, 8 letters or digits"),
    TargetSpec(T.OPEID, "OPEID", "8 digits; many colleges may share one"),
    TargetSpec(T.EIN, "EIN", "9 digits, with or without the hyphen; several organizations may share one"),
    TargetSpec(
        T.STAGES,
        "grades or stages served",
        "“K-5”, “6th–8th”, “high school”; also of the row's only program",
        many=True,
    ),
    TargetSpec(T.LANGUAGES, "languages", "a list of names or codes", many=True),
    TargetSpec(T.INTENDS_TO_SERVE, "whom it intends to serve", "the partner's own statement, as a list", many=True),
    TargetSpec(T.PROGRAMS, "programs", "a list of names of what it runs", many=True),
    TargetSpec(T.PROGRAM_TYPE, "type of program", "free words such as “after-school”, “summer camp”, “club”"),
    TargetSpec(T.SEATS, "seats", "learners that the row's only program can take at the partner's own site"),
    TargetSpec(T.PARTNERS, "partners worked with", "a list of organizations by name", many=True),
    TargetSpec(T.PART_OF, "part of", "the larger organization it belongs to, such as its district, by name"),
    TargetSpec(T.MEMBER, "member", "yes or no: whether it belongs to the ecosystem that the mapping names"),
    TargetSpec(T.NEEDS, "needs", "a list of things it looks for", many=True),
    TargetSpec(T.OFFERS, "offers", "a list of things it can give", many=True),
    TargetSpec(T.CAPACITY_AVAILABLE, "capacity left", "what it can still take on, such as “2 visits”"),
    TargetSpec(T.CAPACITY_MAXIMUM, "capacity at most", "what it can take on at most, such as “30 learners”"),
    TargetSpec(T.CONTACT_ROLE, "work contact's role", "free words such as “Principal”; else general", personal=True),
    TargetSpec(T.CONTACT_EMAIL, "work contact's e-mail", "an e-mail address", personal=True),
    TargetSpec(T.CONTACT_PHONE, "work contact's phone", "a phone number", personal=True),
    TargetSpec(
        T.CONTACT_NAME,
        "work contact's name",
        "kept only with the day that person agreed; an e-mail address or phone number in it is taken",
        personal=True,
    ),
    TargetSpec(T.CONTACT_AGREED_ON, "contact agreed on", "the day the contact agreed to be named", personal=True),
    TargetSpec(T.OBSERVED_ON, "last updated", "the day the row was last checked"),
    TargetSpec(T.SOURCE, "source", "who says so, where rows come from several people"),
    TargetSpec(T.KEPT, "kept", "kept as it is with the partner, as x_ and the heading", many=True),
    TargetSpec(T.IGNORED, "ignored", "not read", many=True),
)

TARGETS: Mapping[Target, TargetSpec] = MappingProxyType({spec.target: spec for spec in _SPECS})
"""Every target in plain words, in the order in which they are shown."""


_NEITHER_LETTER_NOR_DIGIT = re.compile("[^a-z0-9]+")


def fold_words(text: str) -> str:
    """Return text for comparing: without case, accents and punctuation, words separated by one blank.

    >>> fold_words("  E-mail / Teléfono "), fold_words("Grades_Served")
    ('e mail telefono', 'grades served')
    """
    if text.isascii():
        return _NEITHER_LETTER_NOR_DIGIT.sub(" ", text.lower().replace("'", "")).strip()
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c if c.isalnum() else "" if unicodedata.combining(c) or c in "'’" else " " for c in plain.casefold())
    return " ".join(kept.split())


def parse_target(text: str) -> Target:
    """Return the target that a term or its name for people means.

    Raises
    ------
    InvalidInput
        There is no such target.

    >>> parse_target("Partner name"), parse_target("contact_email")
    (<Target.NAME: 'name'>, <Target.CONTACT_EMAIL: 'contact_email'>)
    """
    folded = fold_words(text)
    for spec in _SPECS:
        if folded in {fold_words(spec.target.value), fold_words(spec.title)}:
            return spec.target
    valid = ", ".join(spec.target.value for spec in _SPECS)
    raise InvalidInput([Finding("there is no such meaning of a column", "target", text[:200], valid)])


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What the columns of one kind of sheet mean, and what holds for every row of it.

    One without columns says what words mean in files of other tools.

    Attributes
    ----------
    columns
        The target of each heading as it is written, in the order of the sheet.
    organization_type
        The type of rows that state none and whose name doesn't say it.
    program_type
        The type of programs that state none and whose name doesn't say it.
    confidence
        Who stands behind the sheet.
    member_of
        The id of the ecosystem that every row is a member of, or those with a yes in a member column; empty: none.
    source
        Who says so, where a row names nobody; empty: the file's name. A newer version of the sheet takes the place
        of an older one only under the same source.
    words
        The types of organization that a hub's own words stand for.
    names
        The ids that organizations go by which the sheet names without having a row for them, by folded name.
    """

    columns: Mapping[str, Target]
    organization_type: OrganizationType | None = None
    program_type: ProgramType | None = None
    confidence: Confidence = Confidence.STAFF
    member_of: str = ""
    source: str = ""
    words: Mapping[str, OrganizationType] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        """What tells one kind of sheet from another: the digest of its headings, whatever their order."""
        return signature_of(self.columns)

    def target_of(self, heading: str) -> Target | None:
        """Return what a heading means, None where the mapping doesn't know it; case and punctuation don't matter."""
        if heading in self.columns:
            return self.columns[heading]
        folded = fold_words(heading)
        return next((target for known, target in self.columns.items() if fold_words(known) == folded), None)

    def with_columns(self, changed: Mapping[str, Target]) -> "ColumnMapping":
        """Return the mapping with the targets of some headings changed.

        Raises
        ------
        InvalidInput
            A heading isn't in the mapping.
        """
        headings = {fold_words(heading): heading for heading in self.columns}
        unknown = [heading for heading in changed if fold_words(heading) not in headings]
        if unknown:
            valid = ", ".join(self.columns)
            raise InvalidInput(
                [Finding("the sheet has no such column", "column", name[:200], valid) for name in unknown]
            )
        meant = {headings[fold_words(heading)]: target for heading, target in changed.items()}
        return replace(self, columns={**self.columns, **meant})

    def check(self) -> tuple[Finding, ...]:
        """Return what keeps the mapping from being used."""
        findings = []
        if Target.NAME not in self.columns.values():
            findings.append(Finding("no column is the partner's name", "name", valid='--set "Column=partner name"'))
        for target, spec in TARGETS.items():
            headings = [heading for heading, meant in self.columns.items() if meant is target]
            if len(headings) > 1 and not spec.many:
                shown = ", ".join(headings)
                findings.append(Finding(f"several columns are the {spec.title}", target.value, shown, "one of them"))
        return tuple(findings)


def signature_of(headings: Iterable[str]) -> str:
    """Return the digest of a sheet's headings, whatever their order, case and punctuation.

    >>> signature_of(["Org name", "ZIP"]) == signature_of(["zip", "Org-Name"])
    True
    """
    return digest_of(*sorted(fold_words(heading) for heading in headings))[:32]


def mapping_to_json(mapping: ColumnMapping) -> str:
    """Return a mapping as text, always the same for equal ones; read by `mapping_from_json`."""
    told = {
        "columns": [[heading, target.value] for heading, target in mapping.columns.items()],
        "organization_type": mapping.organization_type.value if mapping.organization_type else "",
        "program_type": mapping.program_type.value if mapping.program_type else "",
        "confidence": mapping.confidence.value,
        "member_of": mapping.member_of,
        "source": mapping.source,
        "words": {word: mapping.words[word].value for word in sorted(mapping.words)},
        "names": {name: mapping.names[name] for name in sorted(mapping.names)},
    }
    return json.dumps(told, ensure_ascii=False)


def mapping_from_json(text: str) -> ColumnMapping:
    """Return the mapping that `mapping_to_json` wrote.

    Raises
    ------
    InvalidInput
        It isn't one.
    """
    try:
        told = json.loads(text)
        return ColumnMapping(
            columns={str(heading): Target(target) for heading, target in told["columns"]},
            organization_type=OrganizationType(told["organization_type"]) if told["organization_type"] else None,
            program_type=ProgramType(told["program_type"]) if told["program_type"] else None,
            confidence=Confidence(told["confidence"]),
            member_of=str(told["member_of"]),
            source=str(told["source"]),
            words={str(word): OrganizationType(term) for word, term in told["words"].items()},
            names={str(name): str(id) for name, id in told["names"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput([Finding("is not a mapping of columns", "mapping", text[:200])]) from error


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """What a column seems to mean.

    Attributes
    ----------
    heading
        As it is written; the two levels of a merged header are joined by " / ".
    target, why, confidence
        What it is taken for, the reason in words, and how sure that is, from 0 to 1.
    examples
        Up to three values; none where the column looks personal.
    """

    heading: str
    target: Target
    why: str
    confidence: float
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MappingProposal:
    """What a sheet's columns seem to mean, to be confirmed by a person.

    Attributes
    ----------
    file, sheet
        Which sheet; ``sheet`` is empty for delimited text.
    header_line
        The line of the header's last row.
    columns
        One for each column with a heading, in the order of the sheet.
    unknown_types
        Words for types of organization that aren't understood, of the rows looked at.
    findings
        What keeps the sheet from being read.
    notices
        What was mended or passed over.
    """

    file: str
    sheet: str
    header_line: int
    columns: tuple[ColumnProposal, ...]
    unknown_types: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    notices: tuple[Finding, ...] = ()

    def mapping(self) -> ColumnMapping:
        """Return the proposal as a mapping."""
        return ColumnMapping({column.heading: column.target for column in self.columns})

    def headings(self) -> Sequence[str]:
        """Return the sheet's headings."""
        return [column.heading for column in self.columns]
