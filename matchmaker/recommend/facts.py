"""What columns need of the nodes, read in one pass: every node is looked at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.graph.snapshot import Snapshot
from matchmaker.model.canonical import Value
from matchmaker.model.vocabulary import Label

READ = (
    "capacity_available",
    "capacity_status",
    "capacity_updated_on",
    "cip_fields",
    "closed_on",
    "description",
    "intends_to_serve",
    "kind",
    "name",
    "organization_type",
    "organization_types",
    "program_type",
    "region",
    "request_limit",
    "stem_roles",
    "wbl_offered",
)
"""The properties that columns are made of, beside those of needs, offers, topics and occupations."""

LABELS = (Label.PARTNER, Label.PROGRAM, Label.INITIATIVE, Label.ECOSYSTEM, Label.PLACE)


@dataclass(frozen=True, slots=True, eq=False)
class NodeFacts:
    """The properties of `READ` of the nodes of `LABELS`, by name and index; only those that are recorded."""

    held: Mapping[str, Mapping[int, Value]]

    def texts(self, name: str) -> dict[int, str]:
        """Return a text property of those that have it, in order of index within a label."""
        return {index: value for index, value in self.held[name].items() if isinstance(value, str)}

    def lists(self, name: str) -> dict[int, tuple[str, ...]]:
        """Return a property that is a list of texts, of those that have it."""
        found = self.held[name].items()
        return {index: tuple(map(str, value)) for index, value in found if isinstance(value, tuple) and value}

    def numbers(self, name: str) -> dict[int, float]:
        """Return a numeric property of those that have it."""
        return {
            index: float(value)
            for index, value in self.held[name].items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        }


def read_facts(snapshot: Snapshot) -> NodeFacts:
    """Return the facts of a snapshot; costs one look at each of its nodes."""
    held: dict[str, dict[int, Value]] = {name: {} for name in READ}
    for label in LABELS:
        for index, node in snapshot.iter_nodes(label):
            properties = node.properties
            for name in properties.keys() & _READ:
                held[name][index] = properties[name]
    return NodeFacts(held)


_READ = frozenset(READ)
