"""Adding an ecosystem, so that a hub can begin without writing a bundle."""

from dataclasses import dataclass

from matchmaker.errors import Conflict, Finding, InvalidInput
from matchmaker.exchange.edits import Edit
from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.checking import check_node
from matchmaker.model.elements import Node, Provenance
from matchmaker.model.ids import PUBLIC, NodeId
from matchmaker.model.vocabulary import Confidence, Label
from matchmaker.services.job_records import Job, Runner
from matchmaker.services.jobs import Batch, change_at_once

KIND = "ecosystem"


@dataclass(frozen=True, slots=True)
class EcosystemDraft:
    """An ecosystem to add.

    Attributes
    ----------
    id, name
        What it is called; the id never changes.
    region
        ISO 3166-2 such as ``US-FL``; empty: none.
    reach_km
        How far from a member public partners count, in kilometres; None: the default.
    """

    id: NodeId
    name: str
    region: str = ""
    reach_km: float | None = None

    def node(self, source: str) -> Node:
        """Return it as a node; that a hub exists is no secret, so it is public."""
        held: dict[str, Value | None] = {
            "name": self.name,
            "region": self.region or None,
            "country": self.region[:2] or None,
            "reach_km": self.reach_km,
        }
        properties = {name: value for name, value in held.items() if value is not None}
        return Node(self.id, Label.ECOSYSTEM, properties, PUBLIC, Provenance(source, confidence=Confidence.STAFF))


def add_ecosystem(store: GraphStore, draft: EcosystemDraft, runner: Runner) -> Job:
    """Add an ecosystem, and return the job that can take it back.

    Raises
    ------
    InvalidInput
        Its name, id, region or reach isn't valid.
    Conflict
        The id is taken.
    """
    if str(draft.id) == str(PUBLIC):
        raise InvalidInput([Finding("the id is reserved", "id", draft.id, "another id than public")])
    held = store.find_node(draft.id)
    if held is not None:
        words = f"The id {draft.id} is that of {held.element.name} ({held.element.label.value}); nothing was changed."
        raise Conflict(draft.id, 0, held.version, words)
    node, findings = check_node(draft.node(runner.who))
    if findings:
        raise InvalidInput(findings)
    return change_at_once(store, KIND, {"id": draft.id}, runner, lambda _: Batch([Edit(None, node)], {}))
