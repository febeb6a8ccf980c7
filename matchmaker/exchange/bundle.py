"""The CSV bundle: which files it may hold, what each row becomes, and which columns it has."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from matchmaker.model.dates import DATE_RULE
from matchmaker.model.ids import ID_RULE
from matchmaker.model.ontology import SHARED, TIES, node_properties, tie_properties
from matchmaker.model.properties import PropertySpec
from matchmaker.model.vocabulary import Confidence, Label, ResourceTerm, TieType

TIES_FILE = "ties.csv"


class Shape(StrEnum):
    """What a row of a file becomes."""

    THING = "thing"
    """A node, or a Record about one."""
    STATEMENT = "statement"
    """A node and the tie that says whom or what it is about."""
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file of the bundle: its name, what a row becomes, and of which label."""

    name: str
    shape: Shape
    label: Label | None
    about: str

    @property
    def names_a_resource(self) -> bool:
        """Whether a row says which thing is needed or offered."""
        return self.label in {Label.NEED, Label.OFFER}

    @property
    def subject_tie(self) -> TieType:
        """The tie from a statement's subject to it."""
        return TieType.STATES if self.names_a_resource else TieType.HAS


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, whether a row is refused without it, what is valid, and what it means."""

    name: str
    required: bool
    valid: str
    about: str


def _thing(name: str, label: Label, about: str) -> FileSpec:
    return FileSpec(name, Shape.THING, label, about)


def _statement(name: str, label: Label, about: str) -> FileSpec:
    return FileSpec(name, Shape.STATEMENT, label, about)


_IN_ORDER = (
    _thing("ecosystems.csv", Label.ECOSYSTEM, "Regional hubs and their membership."),
    _thing("places.csv", Label.PLACE, "ZIP areas, tracts, counties, district areas, metros, cities."),
    _thing("partners.csv", Label.PARTNER, "Organizations."),
    _thing("programs.csv", Label.PROGRAM, "What partners run for learners, families or educators."),
    _thing("initiatives.csv", Label.INITIATIVE, "Networks inside or across ecosystems."),
    _thing("pathways.csv", Label.PATHWAY, "Named routes through programs and stages."),
    _thing("topics.csv", Label.TOPIC, "STEM fields."),
    _thing("occupations.csv", Label.OCCUPATION, "Occupations."),
    _statement("needs.csv", Label.NEED, "What somebody looks for."),
    _statement("offers.csv", Label.OFFER, "What somebody can give."),
    _statement("counts.csv", Label.COUNT, "Numbers of people, as published."),
    _statement("designations.csv", Label.DESIGNATION, "Minority-serving designations of colleges."),
    _statement("contacts.csv", Label.CONTACT, "Work contacts by role."),
    _statement("conditions.csv", Label.CONDITION, "What a receiving organization requires of outside adults."),
    _statement("criteria.csv", Label.CRITERION, "Criteria of a pre-college STEM program."),
    _statement("quality_evidence.csv", Label.QUALITY_EVIDENCE, "Which quality tool was used, by whom and when."),
    _statement("ratings.csv", Label.RATING, "Dated ratings."),
    _statement("statistics.csv", Label.STATISTIC, "Figures about occupations by area."),
    _statement("coverage.csv", Label.COVERAGE, "What an ecosystem's records are complete about."),
    FileSpec(TIES_FILE, Shape.TIE, None, "Ties between what the other files, the store and the reference data hold."),
)

FILES = MappingProxyType({spec.name: spec for spec in _IN_ORDER})
"""Every file of the bundle by name, in the order of loading: things, then statements about them, then ties."""

PROVENANCE_ABOUT = MappingProxyType(
    {
        "source": "who says so; the name of the bundle's folder where it is empty",
        "asserted_by": "who says so; the name of the bundle's folder where it is empty",
        "source_row": "where they say so: file and row, page, or citation; the file's name where both are empty",
        "observed_on": "the date of the source",
        "confidence": "who stands behind it; `stated` where it is empty",
    }
)


def provenance_columns(spec: FileSpec) -> tuple[str, str, str, str]:
    """Return the columns for source, row, date and confidence; in ``ties.csv``, ``source`` is an end of the tie."""
    return ("asserted_by" if spec.shape is Shape.TIE else "source", "source_row", "observed_on", "confidence")


def columns_of(spec: FileSpec) -> tuple[Column, ...]:
    """Return the columns of a file: those that name things first, then required ones, then the others."""
    named = _naming_columns(spec)
    if spec.label is None:
        properties = [_of_tie_property(name) for name in _tie_property_names()]
    else:
        known = [property for property in node_properties(spec.label).values() if not property.derived]
        properties = [_of_property(property) for property in known]
    properties.sort(key=lambda column: not column.required)
    provenance = [_of_provenance(name) for name in provenance_columns(spec)]
    return (*named, *properties, *provenance)


def required_columns(spec: FileSpec) -> tuple[str, ...]:
    """Return the names of the columns that a file must have."""
    return tuple(column.name for column in columns_of(spec) if column.required)


def _naming_columns(spec: FileSpec) -> list[Column]:
    if spec.shape is Shape.TIE:
        types = ", ".join(type.value for type in TieType)
        return [
            Column("source", required=True, valid=ID_RULE, about="the id of the end it starts from"),
            Column("type", required=True, valid=types, about="what the tie says"),
            Column("target", required=True, valid=ID_RULE, about="the id of the end it goes to"),
            Column(
                "episode",
                required=False,
                valid="text",
                about="tells apart ties of one type between the same two: a grant, a term, a kind",
            ),
        ]
    if spec.shape is Shape.THING:
        return [Column("id", required=True, valid=ID_RULE, about="what it is called everywhere; never changes")]
    named = [Column("subject", required=True, valid=ID_RULE, about=f"the id of what it is about: {_subjects(spec)}")]
    if spec.names_a_resource:
        terms = ", ".join(term.value for term in ResourceTerm)
        named.append(Column("resource", required=True, valid=terms, about="the thing needed or offered"))
    named.append(Column("id", required=False, valid=ID_RULE, about="empty: the digest of its owner and fields"))
    return named


def _subjects(spec: FileSpec) -> str:
    ends = TIES[spec.subject_tie].ends
    return ", ".join(sorted({first.words() for first, second in ends if second.label is spec.label}))


def _of_property(spec: PropertySpec) -> Column:
    return Column(spec.name, spec.required, spec.valid(), spec.about)


def _of_provenance(name: str) -> Column:
    terms = ", ".join(term.value for term in Confidence)
    valid = {"observed_on": DATE_RULE, "confidence": terms}.get(name, "text")
    return Column(name, required=False, valid=valid, about=PROVENANCE_ABOUT[name])


def _tie_property_names() -> list[str]:
    shared = [spec.name for spec in SHARED]
    own = [spec.name for type in TieType for spec in TIES[type].properties]
    return list(dict.fromkeys([*own, *shared]))


def _of_tie_property(name: str) -> Column:
    types = [type for type in TieType if name in tie_properties(type)]
    specs = {type: tie_properties(type)[name] for type in types}
    rules = dict.fromkeys(spec.valid() for spec in specs.values())
    if len(rules) == 1:
        valid = next(iter(rules))
    else:
        valid = "; ".join(f"{rule} ({_types_with(specs, rule)})" for rule in rules)
    about = next((spec.about for spec in specs.values() if spec.about), "")
    users = "every type" if len(types) == len(TieType) else ", ".join(types)
    needed = ", ".join(type for type in types if specs[type].required)
    of_types = f"of {users}" + (f"; required for {needed}" if needed else "")
    return Column(name, required=False, valid=valid, about=f"{about}; {of_types}" if about else of_types)


def _types_with(specs: dict[TieType, PropertySpec], rule: str) -> str:
    return ", ".join(type for type, spec in specs.items() if spec.valid() == rule)
