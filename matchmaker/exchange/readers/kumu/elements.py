"""What a Kumu element says: which kind of thing it is, its id here, and the rows that it becomes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from matchmaker.exchange.bundle import FILES
from matchmaker.exchange.mapping import fold_words
from matchmaker.exchange.places import PlaceBook
from matchmaker.exchange.readers.bundle import kept_name
from matchmaker.exchange.readers.documents import RowDraft, minted_id, part, tie
from matchmaker.exchange.readers.kumu.entries import Entry
from matchmaker.exchange.readers.tool_words import find_initiative_type, find_resource, find_stages
from matchmaker.exchange.readers.type_words import (
    find_organization_type,
    find_program_type,
    guess_organization_type,
    guess_program_type,
)
from matchmaker.exchange.reading import ReadOptions
from matchmaker.model.canonical import ValueRefused
from matchmaker.model.ids import is_id
from matchmaker.model.ontology import KEPT_PREFIX, node_properties
from matchmaker.model.properties import split_list
from matchmaker.model.vocabulary import (
    InitiativeType,
    Label,
    OrganizationType,
    PlaceKind,
    ProgramType,
    ResourceTerm,
    StageTerm,
    TieType,
)

OWN_ID: Final = "matchmaker id"
OWN_KIND: Final = "matchmaker kind"
"""The fields by which a map that was exported from here is recognised, whatever Kumu did to its own ids."""

LABEL_FILES: Final = MappingProxyType({spec.label: spec.name for spec in FILES.values() if spec.label is not None})
PROVENANCE_FIELDS: Final = MappingProxyType(
    {"source": "source", "source row": "source_row", "observed on": "observed_on", "confidence": "confidence"}
)
_FIELD_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "url": "website",
        "web site": "website",
        "web page": "website",
        "homepage": "website",
        "lat": "latitude",
        "lng": "longitude",
        "lon": "longitude",
        "long": "longitude",
        "alias": "aliases",
        "also known as": "aliases",
        "other names": "aliases",
        "street address": "address",
        "cost": "family_cost",
    }
)
_HANDLED: Final = frozenset({"label", "type", OWN_ID, OWN_KIND, *PROVENANCE_FIELDS})
_ZIP_FIELDS: Final = frozenset({"zip", "zip code", "postal code"})
_STAGE_FIELDS: Final = frozenset({"tags", "stages", "stages served", "grades", "grades served", "grade levels"})
_STATEMENT_FIELDS: Final = MappingProxyType({"needs": "needs.csv", "offers": "offers.csv"})
_CONTACT_FIELDS: Final = MappingProxyType({"email": "email", "e mail": "email", "phone": "phone"})
_STATING: Final = frozenset({Label.PARTNER, Label.PROGRAM})


class Standing(StrEnum):
    """What became of an element."""

    TAKEN = "taken"
    LEFT_OUT = "left_out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Known:
    """An element that connections may name.

    Attributes
    ----------
    id
        Its id here; of a need or an offer, the thing that is needed or offered.
    label
        What it is; `Label.NEED` and `Label.OFFER` for those.
    name
        Its label in the map.
    standing
        Whether it is there to be tied to.
    """

    id: str
    label: Label
    name: str
    standing: Standing


_KIND_WORDS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        word: label
        for label, words in {
            Label.PROGRAM: "program, programme, stem program, youth program, service",
            Label.INITIATIVE: "initiative, campaign",
            Label.ECOSYSTEM: "ecosystem, stem ecosystem, stem learning ecosystem, learning ecosystem",
            Label.PATHWAY: "pathway, career pathway",
            Label.TOPIC: "topic, subject, stem field, field of study",
            Label.OCCUPATION: "occupation, career, job",
            Label.PLACE: "place, zip, zip code, county, city, tract, metro, district area",
            Label.STAGE: "stage, grade band",
            Label.NEED: "need, needs",
            Label.OFFER: "offer, resource, asset",
        }.items()
        for word in words.split(", ")
    }
)
DRAWN_LABELS: Final = frozenset({Label.PARTNER, *_KIND_WORDS.values()})
"""What an element may be."""

_PERSON_WORDS: Final = frozenset(
    {
        *("person", "people", "individual", "student", "learner", "teacher", "educator", "staff", "contact"),
        *("leader", "volunteer", "parent", "child", "stakeholder", "champion"),
    }
)
_NEUTRAL_WORDS: Final = frozenset(
    {"", "organization", "organisation", "partner", "partner organization", "institution"}
)


class ElementReader:
    """Turns the elements of one reading into rows, and remembers them for the connections.

    Parameters
    ----------
    map_name
        The name that the map's statements go by; part of the ids of elements whose own ids are not unique.
    options
        Fields to keep, and a mapping with a hub's own words for types.
    """

    def __init__(self, map_name: str, options: ReadOptions) -> None:
        self.map_name, self.options = map_name, options
        self.places = PlaceBook()
        self._by_key: dict[str, Known] = {}
        self._by_label: dict[str, list[Known]] = {}
        self._ids: set[str] = set()

    def find(self, end: str) -> list[Known]:
        """Return the elements that an end of a connection names: by id, else by label."""
        if end in self._by_key:
            return [self._by_key[end]]
        return self._by_label.get(fold_label(end), [])

    def read(self, entry: Entry) -> RowDraft:
        """Return an element's row, and remember the element."""
        draft = RowDraft(entry.spot)
        if not entry.whole:
            draft.refuse(
                "the element is no object with fields", valid='such as {"label": "City Library", "type": "Library"}'
            )
            return draft
        if not entry.label:
            draft.refuse("is missing", "label", valid="the name of the element")
        kind = self._kind(entry, draft)
        known = Known("", kind or Label.PARTNER, entry.label, Standing.REFUSED)
        if kind is None:
            standing = Standing.REFUSED if draft.findings else Standing.LEFT_OUT
            known = Known("", Label.PARTNER, entry.label, standing)
        elif not draft.findings:
            known = self._take(entry, kind, draft)
        self._remember(entry, known)
        return draft

    def _remember(self, entry: Entry, known: Known) -> None:
        if entry.key:
            self._by_key.setdefault(entry.key, known)
        named = self._by_label.setdefault(fold_label(entry.label), [])
        if known not in named:
            named.append(known)

    def _kind(self, entry: Entry, draft: RowDraft) -> Label | None:
        """Return what an element is; None where it is left out or refused, which the draft then says."""
        own = entry.fields.get(OWN_KIND, "")
        word = fold_words(entry.fields.get("type", ""))
        if own:
            if own in DRAWN_LABELS:
                return Label(own)
            draft.refuse("is no kind of thing that a map shows", OWN_KIND, own, ", ".join(sorted(DRAWN_LABELS)))
            return None
        if word in _PERSON_WORDS or word.removesuffix("s") in _PERSON_WORDS:
            draft.leave_out("the element is a person, and people aren't recorded", "type", word)
            return None
        if word in _KIND_WORDS or word.removesuffix("s") in _KIND_WORDS:
            return _KIND_WORDS.get(word) or _KIND_WORDS[word.removesuffix("s")]
        if find_program_type(word):
            return Label.PROGRAM
        return Label.INITIATIVE if not self._organization_type(entry) and find_initiative_type(word) else Label.PARTNER

    def _take(self, entry: Entry, label: Label, draft: RowDraft) -> Known:
        if label in {Label.NEED, Label.OFFER}:
            return self._take_thing(entry, label, draft)
        if label is Label.STAGE:
            return self._take_stage(entry, draft)
        cells = self._type_cells(entry, label, draft)
        id = self._id(entry, label)
        if id in self._ids:
            draft.leave_out("an element before it is the same", "label", entry.label)
            return Known(id, label, entry.label, Standing.TAKEN)
        if draft.findings:
            return Known(id, label, entry.label, Standing.REFUSED)
        self._ids.add(id)
        said = self._provenance(entry)
        properties, kept = self._fields(entry, label, draft)
        draft.parts.append(
            part(LABEL_FILES[label], {"id": id, "name": entry.label, **cells, **properties, **kept, **said})
        )
        if label in _STATING:
            self._add_statements(entry, id, said, draft)
        return Known(id, label, entry.label, Standing.TAKEN)

    def _id(self, entry: Entry, label: Label) -> str:
        own = entry.fields.get(OWN_ID, "")
        if own:
            return own if is_id(own) else minted_id("kumu", own, OWN_ID)
        if entry.key.startswith("elem-"):
            return minted_id("kumu", entry.key, "element")
        # What only its map tells apart is its owner's, too: another ecosystem may have a map of the same name.
        whose = (self.options.namespace, self.map_name) if self.options.namespace else (self.map_name,)
        if entry.key:
            return minted_id("kumu", *whose, "id", entry.key)
        return minted_id("kumu", *whose, label.value, fold_label(entry.label))

    def _provenance(self, entry: Entry) -> dict[str, str]:
        cells = {column: entry.fields.get(name, "") for name, column in PROVENANCE_FIELDS.items()}
        cells["source_row"] = cells["source_row"] or f"element {entry.key or entry.label}"
        return {column: text for column, text in cells.items() if text}

    def _type_cells(self, entry: Entry, label: Label, draft: RowDraft) -> dict[str, str]:
        """Return the cells that an element's type decides; the draft says where it can't be told."""
        word, title = entry.fields.get("type", ""), entry.label
        mapping = self.options.mapping
        if label is Label.PARTNER:
            term = self._organization_type(entry)
            return _typed(draft, "organization_type", term, word, (type.value for type in OrganizationType))
        if label is Label.PROGRAM:
            said = guess_program_type(title, entry.fields.get("tags", ""), entry.fields.get("description", ""))
            term = find_program_type(word) or said
            if not term and mapping is not None and mapping.program_type is not None:
                term = mapping.program_type.value
            return _typed(draft, "program_type", term, word, (type.value for type in ProgramType))
        if label is Label.INITIATIVE:
            words = [word, title, *split_list(entry.fields.get("initiative type", ""))]
            term = next((found for text in words if (found := find_initiative_type(text))), "")
            return _typed(draft, "initiative_type", term, word, (type.value for type in InitiativeType))
        if label is Label.PLACE and "kind" not in entry.fields:
            kinds = {fold_words(kind.value): kind.value for kind in PlaceKind} | {"zip code": PlaceKind.ZIP.value}
            return _typed(draft, "kind", kinds.get(fold_words(word), ""), word, (kind.value for kind in PlaceKind))
        return {}

    def _organization_type(self, entry: Entry) -> str:
        """Return the type that the map's mapping, the element's own type, or where that says nothing its name tells."""
        word, mapping = entry.fields.get("type", ""), self.options.mapping
        if mapping is not None:
            meant = mapping.words.get(fold_words(word))
            if meant is not None:
                return meant.value
        term = find_organization_type(word, entry.label)
        if not term and fold_words(word) in _NEUTRAL_WORDS:
            term = guess_organization_type(entry.label)
        if not term and mapping is not None and mapping.organization_type is not None:
            term = mapping.organization_type.value
        return term

    def _take_thing(self, entry: Entry, label: Label, draft: RowDraft) -> Known:
        """Return a need or an offer: it becomes a row where a connection says whose it is."""
        resource = find_resource(entry.label)
        if not resource:
            valid = ", ".join(term.value for term in ResourceTerm)
            draft.refuse("is nothing that can be needed or offered here", "label", entry.label, valid)
        return Known(resource, label, entry.label, Standing.TAKEN if resource else Standing.REFUSED)

    def _take_stage(self, entry: Entry, draft: RowDraft) -> Known:
        stages = find_stages(entry.fields.get(OWN_ID, "")) or find_stages(entry.label)
        if len(stages) != 1:
            valid = ", ".join(stage.value for stage in StageTerm)
            draft.refuse("is no stage of a learner's way", "label", entry.label, valid)
            return Known("", Label.STAGE, entry.label, Standing.REFUSED)
        return Known(stages[0], Label.STAGE, entry.label, Standing.TAKEN)

    def _fields(self, entry: Entry, label: Label, draft: RowDraft) -> tuple[dict[str, str], dict[str, str]]:
        """Return the cells of fields that the model has a word for, and of those to be kept."""
        specs = node_properties(label)
        own = OWN_ID in entry.fields
        cells: dict[str, str] = {}
        kept: dict[str, str] = {}
        for name, text in entry.fields.items():
            column = property_of(name, label)
            if column:
                try:
                    specs[column].parse(text)
                except ValueRefused as refused:
                    if not own:
                        draft.note(f"{refused}, so it isn't taken", name, text, specs[column].valid())
                        continue
                cells.setdefault(column, text)
            elif is_kept(name, self.options.keep):
                kept[kept_column(name)] = text
        return cells, kept

    def _add_statements(self, entry: Entry, id: str, said: Mapping[str, str], draft: RowDraft) -> None:
        by = tie_provenance(said)
        fields = {fold_words(name): text for name, text in entry.fields.items()}
        stages = [
            stage
            for name in _STAGE_FIELDS & set(fields)
            for word in split_list(fields[name])
            for stage in find_stages(word)
        ]
        draft.parts += [tie(id, TieType.SERVES.value, stage, **by) for stage in sorted(set(stages))]
        for name in sorted(_ZIP_FIELDS & set(fields)):
            draft.parts += self.places.located(id, fields[name], provenance=said)
            break
        for name, file in _STATEMENT_FIELDS.items():
            for word in split_list(fields.get(name, "")):
                resource = find_resource(word)
                if resource:
                    draft.parts.append(part(file, {"subject": id, "resource": resource, **said}))
                else:
                    draft.note("is nothing that can be needed or offered here, so it isn't taken", name, word)
        contact = {column: fields[name] for name, column in _CONTACT_FIELDS.items() if name in fields}
        if contact:
            draft.parts.append(part("contacts.csv", {"subject": id, "role": "general", **contact, **said}))
        draft.parts[:] = list({(row.file, *sorted(row.cells.items())): row for row in draft.parts}.values())


def _typed(draft: RowDraft, column: str, term: str, word: str, valid: Iterable[str]) -> dict[str, str]:
    if not term:
        message = "it can't be told what kind it is" if word else "is missing, and the label doesn't say it"
        draft.refuse(message, "type", word, ", ".join(valid))
    return {column: term}


def fold_label(label: str) -> str:
    """Return a label for comparing: without case and with single blanks."""
    return " ".join(label.casefold().split())


def property_of(name: str, label: Label) -> str:
    """Return the property of a label that a field is, by its name or a usual word for it; empty where it is none."""
    folded = fold_words(name)
    if folded in _HANDLED or name in _HANDLED:
        return ""
    column = _FIELD_WORDS.get(folded, folded.replace(" ", "_"))
    spec = node_properties(label).get(column)
    return column if spec is not None and not spec.derived else ""


def is_read(name: str, labels: Iterable[Label]) -> bool:
    """Say whether a field of an element is read for any of the labels."""
    folded = fold_words(name)
    special = _HANDLED | _ZIP_FIELDS | _STAGE_FIELDS | set(_STATEMENT_FIELDS) | set(_CONTACT_FIELDS)
    derived = any(folded.replace(" ", "_") in node_properties(label) for label in labels)
    return folded in special or name in _HANDLED or derived or any(property_of(name, label) for label in labels)


def is_kept(name: str, keep: frozenset[str]) -> bool:
    """Say whether a field that the model has no word for is kept: asked for, or kept once already."""
    return name in {column.strip().lower() for column in keep} or name.startswith(KEPT_PREFIX)


def kept_column(name: str) -> str:
    """Return the property that an unknown field is kept as."""
    return name if name.startswith(KEPT_PREFIX) and is_id(name) else kept_name(name)


def tie_provenance(said: Mapping[str, str]) -> dict[str, str]:
    """Return the provenance cells of a row as those of a tie."""
    return {"asserted_by" if column == "source" else column: text for column, text in said.items()}
