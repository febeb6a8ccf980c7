"""The ontology as one document: what may be said, in which words, and what may be tied to what."""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from matchmaker.gaps.detect import DETECTORS
from matchmaker.model import vocabulary
from matchmaker.model.identifiers import IDENTIFIERS
from matchmaker.model.ontology import PROPERTIES, SHARED, TIES, End
from matchmaker.model.properties import PropertySpec
from matchmaker.model.records import PRECEDENCE
from matchmaker.model.reference import NEXT_STAGES, STAGE_NAMES, STAGE_POSITION
from matchmaker.model.suggestion import NEXT_STATES
from matchmaker.model.vocabulary import (
    EMPLOYER_LABEL,
    RECORD_LABELS,
    REFERENCE_LABELS,
    SECTOR_OF,
    UNDIRECTED,
    Label,
    Sector,
)
from matchmaker.recommend.patterns import PATTERNS, EndSpec, LinkPattern

Document = dict[str, object]

LABEL_WORDS: Mapping[Label, str] = MappingProxyType(
    {
        Label.PARTNER: "an organization",
        Label.PROGRAM: "something a partner runs for learners, families or educators",
        Label.PLACE: "a ZIP, tract, city, county, district area or metro",
        Label.STAGE: "a step of a student's pathway from preschool to career",
        Label.PATHWAY: "a named route through programs and stages",
        Label.ECOSYSTEM: "a regional hub and its membership",
        Label.INITIATIVE: "a network inside or across ecosystems",
        Label.TOPIC: "a field of study",
        Label.OCCUPATION: "an occupation",
        Label.RESOURCE: "a thing that may be needed or offered",
        Label.NEED: "a dated statement that something is needed",
        Label.OFFER: "a dated statement that something is offered",
        Label.COUNT: "a number of people: the only home of one",
        Label.STATISTIC: "a dated figure about an occupation in an area",
        Label.CONTACT: "a work contact",
        Label.DESIGNATION: "a designation of a college",
        Label.CONDITION: "what an organization requires before outside adults meet its learners",
        Label.CRITERION: "one criterion of a pre-college STEM program, with the fact behind it",
        Label.QUALITY_EVIDENCE: "that a program's quality was looked at, with which tool and by whom",
        Label.RATING: "one side's rating on a scale of 0 to 5",
        Label.COVERAGE: "what is known to be recorded completely",
        Label.SUGGESTION: "a suggested link, from the first action on",
        Label.ANSWER: "one side's answer to a suggestion",
        Label.PAIR_RULE: "what hub staff say of a pair",
        Label.IMPROVEMENT_CYCLE: "a plan–do–study–act record",
        Label.REDIRECT: "an id that was merged into another one",
    }
)
"""What a node of each label is."""


def describe_ontology() -> Document:
    """Return the whole ontology as plain lists and mappings, ready for JSON, in the order of the vocabulary."""
    return {
        "labels": [_label(label) for label in Label],
        "shared_properties": _properties(SHARED),
        "ties": [_tie(type) for type in TIES],
        "enumerations": [
            {"name": terms.__name__, "about": _about(terms), "terms": [term.value for term in terms]}
            for terms in enumerations()
        ],
        "sectors": [
            {
                "sector": sector.value,
                "organization_types": [type.value for type, of in SECTOR_OF.items() if of is sector],
            }
            for sector in Sector
        ],
        "stages": [
            {
                "stage": stage.value,
                "name": STAGE_NAMES[stage],
                "position": STAGE_POSITION[stage],
                "next": [next.value for next in NEXT_STAGES[stage]],
            }
            for stage in NEXT_STAGES
        ],
        "identifiers": [
            {"name": name, "rule": rule.rule, "identifies_one_organization": rule.unique}
            for name, rule in IDENTIFIERS.items()
        ],
        "records": PRECEDENCE,
        "link_patterns": [_pattern(pattern) for pattern in PATTERNS.values()],
        "suggestion_life": [
            {"state": state.value, "next": [next.value for next in after]} for state, after in NEXT_STATES.items()
        ],
        "gap_kinds": [kind.value for kind in DETECTORS],
    }


def enumerations() -> list[type[StrEnum]]:
    """Return every enumeration of the vocabulary, in its order."""
    return [
        value
        for value in vars(vocabulary).values()
        if inspect.isclass(value) and issubclass(value, StrEnum) and value is not StrEnum
    ]


def _about(described: object) -> str:
    return (inspect.getdoc(described) or "").splitlines()[0].rstrip(".")


def _label(label: Label) -> Document:
    return {
        "label": label.value,
        "about": LABEL_WORDS[label],
        "made_of_records": label in RECORD_LABELS,
        "reference_data": label in REFERENCE_LABELS,
        "second_label": EMPLOYER_LABEL if label is Label.PARTNER else "",
        "properties": _properties(PROPERTIES[label]),
    }


def _properties(specs: Iterable[PropertySpec]) -> list[Document]:
    return [
        {
            "name": spec.name,
            "kind": spec.kind.value,
            "list": spec.many,
            "required": spec.required,
            "derived": spec.derived,
            "visibility": spec.visibility.value,
            "enumeration": spec.terms.__name__ if spec.terms is not None else "",
            "valid": spec.valid(),
            "about": spec.about,
        }
        for spec in specs
    ]


def _tie(type: vocabulary.TieType) -> Document:
    spec = TIES[type]
    return {
        "type": type.value,
        "about": spec.about,
        "directed": type not in UNDIRECTED,
        "ends": [{"source": _end(source), "target": _end(target)} for source, target in spec.ends],
        "properties": _properties(spec.properties),
    }


def _end(end: End) -> str:
    return end.words()


def _pattern(pattern: LinkPattern) -> Document:
    return {
        "pattern": pattern.name.value,
        "ends": [
            {"source": _end_of_pattern(form.source), "target": _end_of_pattern(form.target), "tie": form.tie.value}
            for form in pattern.forms
        ],
        "linked_by": sorted(type.value for type in pattern.linked_by),
        "place": pattern.place.value,
        "stages": pattern.stage_demand.value,
        "sectors_differ": pattern.sectors_differ,
        "for_source": pattern.each_side[0],
        "for_target": pattern.each_side[1],
    }


def _end_of_pattern(end: EndSpec) -> str:
    return end.words


def ontology_page() -> str:
    """Return the ontology as a page of Markdown: ``docs/ontology.md``."""
    lines = [*_HEAD, *_label_lines(), *_tie_lines(), *_term_lines(), *_pattern_lines()]
    return "\n".join(lines) + "\n"


_HEAD = (
    "# The ontology",
    "",
    "What may be said, in which words, and what may be tied to what. This page is written by `scripts/generate-docs`",
    "from the code; `matchmaker ontology --json` and `GET /v1/ontology` give the same as data.",
    "",
    "The graph is open-world: what isn't recorded isn't known. It is neither zero nor absent.",
    "",
)


def _label_lines() -> Iterator[str]:
    yield from ("## Nodes", "")
    yield "Every node may also have: " + "; ".join(f"`{spec.name}` ({spec.about})" for spec in SHARED) + "."
    for label in Label:
        yield from ("", f"### {label.value}", "", f"{LABEL_WORDS[label][0].upper()}{LABEL_WORDS[label][1:]}.")
        if label in RECORD_LABELS:
            yield "It is what its Records add up to: one for each source that says something about it."
        if label in REFERENCE_LABELS:
            yield "Reference data: in every store from the start, never imported."
        if label is Label.PARTNER:
            yield f"An employer, or a partner with `stem_roles` or `wbl_offered`, is also labeled `{EMPLOYER_LABEL}`."
        yield from ("", *_property_table(PROPERTIES[label]))
    yield from ("", "### Which Record wins", "", PRECEDENCE, "")


def _property_table(specs: Sequence[PropertySpec]) -> list[str]:
    rows = [(f"`{spec.name}`", _kind_words(spec), _flags(spec), spec.visibility.value, spec.about) for spec in specs]
    return _table(("property", "what is valid", "", "seen by", "meaning"), rows)


def _kind_words(spec: PropertySpec) -> str:
    if spec.terms is None:
        return spec.valid()
    return f"a list of {spec.terms.__name__}" if spec.many else spec.terms.__name__


def _flags(spec: PropertySpec) -> str:
    return ", ".join(word for word, holds in (("required", spec.required), ("derived", spec.derived)) if holds)


def _tie_lines() -> Iterator[str]:
    yield from ("## Ties", "")
    yield "A tie is named by its type, ends, owner and `episode`. Any other pair of ends is refused."
    for type, spec in TIES.items():
        way = "" if type not in UNDIRECTED else " Undirected: stored once, the lower id first."
        about = f"{spec.about[0].upper()}{spec.about[1:]}." if spec.about else ""
        yield from ("", f"### {type.value}", "", f"{about}{way}", "")
        yield from _table(("from", "to"), [(_end(source), _end(target)) for source, target in spec.ends])
        if spec.properties:
            yield from ("", *_property_table(spec.properties))
    yield ""


def _term_lines() -> Iterator[str]:
    yield from ("## Terms", "")
    yield from _table(
        ("enumeration", "meaning", "terms"),
        [(terms.__name__, _about(terms), ", ".join(f"`{term}`" for term in terms)) for terms in enumerations()],
    )
    yield from ("", "### Sectors of organization types", "")
    types = {sector: [type for type, of in SECTOR_OF.items() if of is sector] for sector in Sector}
    yield from _table(
        ("sector", "organization types"),
        [(f"`{sector}`", ", ".join(f"`{type}`" for type in known)) for sector, known in types.items()],
    )
    yield from ("", "### Stages", "")
    yield from _table(
        ("stage", "in words", "next"),
        [
            (f"`{stage}`", STAGE_NAMES[stage], ", ".join(f"`{next}`" for next in NEXT_STAGES[stage]))
            for stage in NEXT_STAGES
        ],
    )
    yield from ("", "## Identifiers", "", "Kept as text, checked, never guessed.", "")
    yield from _table(
        ("identifier", "how it is written", "identifies one organization"),
        [(f"`{name}`", rule.rule, "yes" if rule.unique else "") for name, rule in IDENTIFIERS.items()],
    )


def _pattern_lines() -> Iterator[str]:
    yield from ("", "## Link patterns", "", "The kinds of link that may be suggested.", "")
    yield from _table(
        ("pattern", "ends", "tie"),
        [
            (f"`{pattern.name}`", f"{_end_of_pattern(form.source)} – {_end_of_pattern(form.target)}", f"`{form.tie}`")
            for pattern in PATTERNS.values()
            for form in pattern.forms
        ],
    )
    yield from ("", "## The life of a suggestion", "")
    yield "`introduced` also needs the answer `interested` from both sides."
    yield ""
    yield from _table(
        ("state", "may become"),
        [(f"`{state}`", ", ".join(f"`{next}`" for next in after)) for state, after in NEXT_STATES.items()],
    )
    yield from ("", "## Kinds of gap", "", "Found so far; their rules are in [gaps.md](gaps.md).", "")
    yield ", ".join(f"`{kind}`" for kind in DETECTORS) + "."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
