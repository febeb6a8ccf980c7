"""Checks one element against the ontology and makes it canonical; reports every finding, not the first."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import cast

from matchmaker.errors import Finding
from matchmaker.model.canonical import Value, ValueRefused, canonical_text
from matchmaker.model.dates import DATE_RULE, canonical_date, first_day
from matchmaker.model.elements import Node, Provenance, Record, Tie, is_checked, mark_checked, tie_key
from matchmaker.model.ids import ID_RULE, PUBLIC, is_id
from matchmaker.model.ontology import KEPT_PREFIX, node_properties, tie_properties
from matchmaker.model.properties import PropertySpec
from matchmaker.model.vocabulary import RECORD_LABELS, REFERENCE_LABELS, Label, TieType

CheckedProperties = tuple[dict[str, Value], list[Finding]]


def check_properties(
    specs: Mapping[str, PropertySpec],
    properties: Mapping[str, object],
    where: str,
    *,
    whole: bool,
    parsed: bool = False,
) -> CheckedProperties:
    """Return the canonical properties and everything that is wrong with them.

    Parameters
    ----------
    specs
        What is allowed, by name.
    properties
        What was given; None and empty values are absent.
    where
        The element, for the findings.
    whole
        Whether required properties must be there (a correction is a Record with one field).
    parsed
        They come from `PropertySpec.parse`, so each is canonical by itself.
    """
    clean: dict[str, Value] = {}
    findings: list[Finding] = []
    if parsed:
        clean = {name: cast(Value, properties[name]) for name in sorted(properties)}
        properties = {}
    for name in sorted(properties):
        value = properties[name]
        spec = specs.get(name) or _kept(name)
        if spec is None or spec.derived:
            valid = ", ".join(sorted(key for key, known in specs.items() if not known.derived))
            findings.append(Finding(f"{name} is not a property here", where=where, valid=valid))
        elif value is not None:
            try:
                canonical = spec.canonical(value)
            except ValueRefused as refused:
                findings.append(spec.finding(where, value, refused))
            else:
                if canonical is not None:
                    clean[name] = canonical
    if whole:
        refused_names = {finding.message.split(" ", 1)[0] for finding in findings}
        findings.extend(_missing(specs, {*clean, *refused_names}, where))
    findings.extend(_interval_findings(clean, where))
    findings.extend(_agreement_findings(clean, where))
    return clean, findings


def _kept(name: str) -> PropertySpec | None:
    return PropertySpec(name) if name.startswith(KEPT_PREFIX) and is_id(name) else None


def _missing(specs: Mapping[str, PropertySpec], there: Collection[str], where: str) -> list[Finding]:
    return [
        Finding(f"{spec.name} is missing", where=where, valid=spec.valid())
        for spec in specs.values()
        if spec.required and not spec.derived and spec.name not in there
    ]


def _interval_findings(clean: Mapping[str, Value], where: str) -> list[Finding]:
    since, until = clean.get("since"), clean.get("until")
    if isinstance(since, str) and isinstance(until, str) and first_day(until) <= first_day(since):
        return [
            Finding(
                "it ends before it starts",
                where=where,
                value=f"{since} to {until}",
                valid="until after since",
            )
        ]
    return []


def _agreement_findings(clean: Mapping[str, Value], where: str) -> list[Finding]:
    """Return where two properties of one element contradict each other."""
    findings: list[Finding] = []
    for longer, shorter, digits in (("ncessch", "leaid", 7), ("region", "country", 2)):
        whole, start = clean.get(longer), clean.get(shorter)
        if isinstance(whole, str) and isinstance(start, str) and whole[:digits] != start:
            valid = f"one that starts with its {shorter}, {start}"
            findings.append(Finding(f"{longer} contradicts {shorter}", where=where, value=whole, valid=valid))
    if clean.get("all_stages") is True and "stage" in clean:
        valid = "either one stage or all_stages"
        findings.append(Finding("stage contradicts all_stages", where=where, value=str(clean["stage"]), valid=valid))
    return findings


def _shared_findings(id_text: str, owner: str, where: str) -> list[Finding]:
    return _id_findings(id_text, where) + _owner_findings(owner, where)


def _id_findings(id_text: str, where: str) -> list[Finding]:
    if is_id(id_text):
        return []
    return [Finding("the id is not valid", where=where, value=id_text[:200], valid=ID_RULE)]


def _owner_findings(owner: str, where: str) -> list[Finding]:
    if is_id(owner):
        return []
    return [Finding("the owner is not valid", where=where, value=owner[:200], valid="public or an ecosystem's id")]


def _check_provenance(provenance: Provenance, where: str) -> tuple[Provenance, list[Finding]]:
    findings: list[Finding] = []
    texts: dict[str, str] = {}
    for name in ("source", "source_row", "batch"):
        try:
            texts[name] = canonical_text(getattr(provenance, name))
        except ValueRefused as refused:
            findings.append(Finding(f"{name} {refused}", where=where, valid="text"))
    observed_on = provenance.observed_on or None
    if observed_on is not None:
        try:
            observed_on = canonical_date(observed_on)
        except ValueRefused as refused:
            findings.append(Finding(f"observed_on {refused}", where=where, value=observed_on[:200], valid=DATE_RULE))
    if findings:
        return provenance, findings
    clean = Provenance(texts["source"], texts["source_row"], observed_on, provenance.confidence, texts["batch"])
    return clean, []


def check_node(node: Node, *, parsed: bool = False) -> tuple[Node, list[Finding]]:
    """Return the canonical node and its findings. Nodes that Records add up to can't be given directly.

    ``parsed``: its properties and provenance come from `PropertySpec.parse`.
    """
    if is_checked(node):
        return node, []
    where = f"{node.label.value} {node.id}"[:200]
    findings = _shared_findings(node.id, node.owner, where)
    if node.label in RECORD_LABELS:
        findings.append(Finding("is made of Records", where=where, valid="a Record about it"))
    if node.label in REFERENCE_LABELS:
        findings.append(Finding("is reference data", where=where, valid="the terms that ship with matchmaker"))
    clean, wrong = check_properties(node_properties(node.label), node.properties, where, whole=True, parsed=parsed)
    provenance, unclear = (node.provenance, []) if parsed else _check_provenance(node.provenance, where)
    findings += wrong + unclear
    if node.label is Label.ECOSYSTEM and str(node.id) == str(PUBLIC):
        findings.append(Finding("the id is reserved", where=where, value=node.id, valid="another id than public"))
    if node.label is Label.CONTACT and "name" in clean and "agreed_on" not in clean:
        findings.append(
            Finding("a person is named without their agreement", where=where, valid="agreed_on with a date")
        )
    canonical = Node(node.id, node.label, clean, node.owner, provenance)
    return canonical if findings else mark_checked(canonical), findings


def check_record(record: Record, *, parsed: bool = False) -> tuple[Record, list[Finding]]:
    """Return the canonical Record and its findings; a Record may hold any part of the fields.

    ``parsed``: its properties and provenance come from `PropertySpec.parse`.
    """
    if is_checked(record):
        return record, []
    where = f"{record.label.value} {record.about}"[:200]
    findings = _shared_findings(record.about, record.owner, where)
    if record.label not in RECORD_LABELS:
        valid = ", ".join(sorted(label.value for label in RECORD_LABELS))
        findings.append(Finding("has no Records", where=where, valid=valid))
    clean, wrong = check_properties(node_properties(record.label), record.properties, where, whole=False, parsed=parsed)
    provenance, unclear = (record.provenance, []) if parsed else _check_provenance(record.provenance, where)
    findings += wrong + unclear
    primary, types = clean.get("organization_type"), clean.get("organization_types")
    if isinstance(primary, str) and not (isinstance(types, tuple) and primary in types):
        clean["organization_types"] = tuple(sorted({primary, *map(str, types if isinstance(types, tuple) else ())}))
    canonical = Record(record.about, record.label, clean, record.owner, provenance, record.origin)
    return canonical if findings else mark_checked(canonical), findings


def check_resolved(node: Node) -> list[Finding]:
    """Return what a node that Records add up to still lacks."""
    where = f"{node.label.value} {node.id}"
    specs = node_properties(node.label)
    return _missing(specs, node.properties, where) + _interval_findings(node.properties, where)


def check_tie(tie: Tie, *, parsed: bool = False) -> tuple[Tie, list[Finding]]:
    """Return the canonical tie and its findings; whether its ends exist and fit is for the store's graph to say.

    ``parsed``: its properties and provenance come from `PropertySpec.parse`.
    """
    if is_checked(tie):
        return tie, []
    where = tie_words(tie)
    findings = _owner_findings(tie.owner, where)
    for end in (tie.source, tie.target):
        findings += _id_findings(end, where)
    if tie.source == tie.target:
        findings.append(Finding("ties a thing to itself", where=where, valid="two different ends"))
    if tie.key != tie_key(tie.type, tie.source, tie.target, tie.owner, tie.key.episode):
        findings.append(Finding("is stored the wrong way round", where=where, valid="the lower id first"))
    try:
        episode = canonical_text(tie.key.episode)
    except ValueRefused as refused:
        episode = ""
        findings.append(Finding(f"episode {refused}", where=where, valid="text"))
    clean, wrong = check_properties(tie_properties(tie.type), tie.properties, where, whole=True, parsed=parsed)
    provenance, unclear = (tie.provenance, []) if parsed else _check_provenance(tie.provenance, where)
    findings += wrong + unclear
    if tie.type is TieType.PARTNERS_WITH and clean.get("level_by_source") == 0 == clean.get("level_by_target"):
        findings.append(Finding("both sides rate it 0, so there is no tie", where=where, valid="a level of 1 to 5"))
    key = tie.key if episode == tie.key.episode else replace(tie.key, episode=episode)
    canonical = Tie(key, clean, provenance)
    return canonical if findings else mark_checked(canonical), findings


def tie_words(tie: Tie) -> str:
    """Name a tie for a finding."""
    episode = f" ({tie.key.episode})" if tie.key.episode else ""
    return f"{tie.source} {tie.type.value} {tie.target}{episode}"[:300]
