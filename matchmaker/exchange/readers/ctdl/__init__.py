"""Reads pathways in the Credential Transparency Description Language (CTDL), JSON-LD as the Credential Registry has it.

What becomes of which component and property stands in ``docs/other-tools.md``.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from matchmaker.errors import Finding
from matchmaker.exchange.findings import Spot
from matchmaker.exchange.readers.ctdl.components import CARRIED, Component, ctdl_id, occupations_of, read_component
from matchmaker.exchange.readers.ctdl.graph import CtdlGraph, cip_of, coded, language_text
from matchmaker.exchange.readers.ctdl.ordering import members_of, positions_of, steps_between
from matchmaker.exchange.readers.documents import RowDraft, file_digest, part, source_name, text_of, tie
from matchmaker.exchange.readers.type_words import guess_organization_type
from matchmaker.exchange.reading import Format, Part, Probe, Reading, ReadOptions, SourceRow
from matchmaker.exchange.safety import load_json
from matchmaker.model.vocabulary import Label, TieType

_ORGANIZATIONS: Final = ("CredentialOrganization", "QACredentialOrganization", "Organization")
_CLUSTER_WORDS: Final = ("career cluster", "cluster")


def is_ctdl(probe: Probe) -> bool:
    """Say whether a file is CTDL with pathways."""
    if probe.suffix not in {".json", ".jsonld"}:
        return False
    marks = (b"ceterms:", b"purl.org/ctdl/", b"credreg.net/ctdl")
    return any(mark in probe.head for mark in marks) and (b"Pathway" in probe.head or b"Component" in probe.head)


def read_ctdl(path: Path, options: ReadOptions) -> Reading:
    """Read the pathways of a CTDL document: a graph, a nested pathway, or envelopes of the Credential Registry."""
    digest, name = file_digest(path), source_name(path)
    graph = CtdlGraph(load_json(path))
    pathways = list(graph.of_type("Pathway"))
    if not pathways:
        missing = Finding("there is no pathway here", valid="an object of the type ceterms:Pathway", file=path.name)
        return Reading("ctdl", name, digest, lambda: iter(()), findings=(missing,))
    notices = []
    if options.region is not None:
        notices.append(Finding("pathways are read whole, whatever region is asked for", file=path.name))
    return Reading(
        "ctdl",
        name,
        digest,
        lambda: _Pathways(graph, path.name, options).rows(),
        len(graph.nodes),
        notices=tuple(notices),
    )


class _Pathways:
    """The pathways of one reading; what several of them share is said once."""

    def __init__(self, graph: CtdlGraph, file: str, options: ReadOptions) -> None:
        self.graph, self.file, self.options = graph, file, options
        self.said: set[str] = set()
        self.number = 0
        self.terms: list[SourceRow] = []

    def rows(self) -> Iterator[SourceRow]:
        for key, node in self.graph.of_type(*_ORGANIZATIONS):
            yield self._organization(key, node)
        for key, node in self.graph.of_type("Pathway"):
            yield from self._pathway(key, node)

    def _draft(self) -> RowDraft:
        self.number += 1
        return RowDraft(Spot(f"{self.file} objects", self.number))

    def _provenance(self, key: str, node: Mapping[str, object]) -> dict[str, str]:
        return {"source_row": text_of(node.get("ctid")) or key}

    def _organization(self, key: str, node: Mapping[str, object]) -> SourceRow:
        draft = self._draft()
        name = language_text(node.get("name"))
        mapping = self.options.mapping
        type = guess_organization_type(name)
        if not type and mapping is not None and mapping.organization_type is not None:
            type = mapping.organization_type.value
        if not type or not name:
            draft.leave_out("nothing says what kind of organization this is", "name", name)
            return draft.row()
        id = ctdl_id(key, node)
        self.said.add(id)
        cells = {
            "id": id,
            "name": name,
            "organization_type": type,
            "description": language_text(node.get("description")),
            "website": text_of(node.get("subjectWebpage")),
        }
        draft.parts.append(part("partners.csv", {**cells, **self._provenance(key, node)}))
        return draft.row()

    def _pathway(self, key: str, node: Mapping[str, object]) -> Iterator[SourceRow]:
        draft = self._draft()
        id, name = ctdl_id(key, node), language_text(node.get("name"))
        if not name:
            draft.refuse("is missing", "name", valid="the pathway's name")
            yield draft.row()
            return
        members = members_of(self.graph, key)
        pairs = steps_between(self.graph, members)
        positions, straight = positions_of(members, pairs)
        if not straight:
            draft.note("some components come before themselves, so their order can't be told", "hasChild", name)
        cells = {"id": id, "name": name, "description": language_text(node.get("description")), **_cluster(node)}
        draft.parts.append(part("pathways.csv", {**cells, **self._provenance(key, node)}))
        draft.parts += self._ends(id, node)
        yield from self._with_terms(draft.row())
        destinations = set(self.graph.references(node, "hasDestinationComponent"))
        destinations |= {
            other
            for other in members
            if key in self.graph.references(self.graph.nodes.get(other, {}), "isDestinationComponentOf")
        }
        taken: dict[str, Component] = {}
        for member in sorted(members, key=lambda other: (positions[other], members.index(other))):
            yield from self._with_terms(
                self._component(id, member, positions[member], taken, is_end=member in destinations)
            )
        yield from self._steps(pairs, taken)

    def _ends(self, id: str, node: Mapping[str, object]) -> list[Part]:
        """Return the occupations and fields of study that a pathway itself names."""
        parts = self._leads_to_occupations(id, occupations_of(node), node)
        for fields, text in coded(node, "instructionalProgramType", "cipCode"):
            code = cip_of(text)
            if code and f"{id} cip:{code}" not in self.said:
                self.said.add(f"{id} cip:{code}")
                name = language_text(fields.get("targetNodeName")) or code
                self._name_term("topics.csv", {"id": f"cip:{code}", "name": name, "code": code})
                parts.append(tie(id, TieType.LEADS_TO.value, f"cip:{code}", **self._provenance(id, node)))
        return parts

    def _leads_to_occupations(self, id: str, names: Mapping[str, str], node: Mapping[str, object]) -> list[Part]:
        parts: list[Part] = []
        for occupation, name in names.items():
            if f"{id} {occupation}" not in self.said:
                self.said.add(f"{id} {occupation}")
                code = occupation.removeprefix("soc:")
                self._name_term("occupations.csv", {"id": occupation, "name": name, "code": code})
                parts.append(tie(id, TieType.LEADS_TO.value, occupation, **self._provenance(id, node)))
        return parts

    def _name_term(self, file: str, cells: Mapping[str, str]) -> None:
        """Add a row for an occupation or topic: of its own, since it may go by another name here already."""
        parts = self._once(file, {**cells, "source_row": cells["id"]})
        if parts:
            draft = self._draft()
            draft.parts += parts
            self.terms.append(draft.row())

    def _with_terms(self, row: SourceRow) -> Iterator[SourceRow]:
        """Yield the terms that a row names, then the row."""
        yield from self.terms
        self.terms.clear()
        yield row

    def _once(self, file: str, cells: Mapping[str, str]) -> list[Part]:
        if cells["id"] in self.said:
            return []
        self.said.add(cells["id"])
        return [part(file, cells)]

    def _component(
        self, pathway: str, key: str, position: int, taken: dict[str, Component], *, is_end: bool
    ) -> SourceRow:
        draft = self._draft()
        node = self.graph.nodes.get(key)
        if node is None:
            draft.leave_out("the component isn't in this file", "hasPart", key)
            return draft.row()
        component = read_component(self.graph, key)
        if component is None:
            draft.leave_out("the component can't be carried", "type", language_text(node.get("name")) or key, CARRIED)
            return draft.row()
        taken[key] = component
        said = self._provenance(key, node)
        if component.label is Label.OCCUPATION:
            draft.parts += self._leads_to_occupations(pathway, component.names, node)
            return draft.row()
        (target,) = component.ids
        if component.label is Label.PROGRAM:
            draft.parts += self._program(key, target, component, node)
        ends = is_end and component.label is Label.STAGE
        type = TieType.LEADS_TO if ends else TieType.INCLUDES
        if f"{pathway} {type} {target}" in self.said:
            draft.note("a component before it is the same here", "type", language_text(node.get("name")))
            return draft.row()
        self.said.add(f"{pathway} {type} {target}")
        place = {} if ends else {"position": str(position)}
        draft.parts.append(tie(pathway, type.value, target, **place, **said))
        return draft.row()

    def _program(self, key: str, id: str, component: Component, node: Mapping[str, object]) -> list[Part]:
        said = self._provenance(key, node)
        parts = self._once("programs.csv", {"id": id, **component.cells, **said})
        if not parts:
            return []
        proxied = self.graph.nodes.get(next(iter(self.graph.references(node, "proxyFor")), ""), {})
        for owner in self.graph.references({**proxied, **node}, "offeredBy", "ownedBy"):
            operator = ctdl_id(owner, self.graph.nodes.get(owner, {}))
            if operator in self.said and f"{operator} {id}" not in self.said:
                self.said.add(f"{operator} {id}")
                parts.append(tie(operator, TieType.OPERATES.value, id, **said))
        return parts

    def _steps(self, pairs: list[tuple[str, str]], taken: Mapping[str, Component]) -> Iterator[SourceRow]:
        """Yield a row for each program that feeds into another."""
        for first, second in pairs:
            before, after = taken.get(first), taken.get(second)
            if before is None or after is None or not before.label is after.label is Label.PROGRAM:
                continue
            name = f"{before.ids[0]} {TieType.FEEDS_INTO} {after.ids[0]}"
            if name not in self.said and before.ids != after.ids:
                self.said.add(name)
                draft = self._draft()
                said = self._provenance(first, self.graph.nodes[first])
                draft.parts.append(tie(before.ids[0], TieType.FEEDS_INTO.value, after.ids[0], **said))
                yield draft.row()


def _cluster(node: Mapping[str, object]) -> dict[str, str]:
    """Return the career cluster that a pathway's industry or keywords name with a framework."""
    for fields, _ in coded(node, "industryType", "subject", "careerCluster"):
        framework = language_text(fields.get("frameworkName"))
        code = text_of(fields.get("codedNotation")) or language_text(fields.get("targetNodeName"))
        if code and any(word in framework.lower() for word in _CLUSTER_WORDS):
            return {"career_cluster_framework": framework, "career_cluster_code": code}
    return {}


FORMATS: Final[tuple[Format, ...]] = (Format("ctdl", "CTDL pathways (JSON-LD)", is_ctdl, read_ctdl),)
