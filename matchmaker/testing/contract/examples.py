"""Small named elements that the contract's tests are made of."""

from matchmaker.graph.store import GraphStore
from matchmaker.model.canonical import Value
from matchmaker.model.changes import ChangeSet
from matchmaker.model.elements import Node, Provenance, Record, Tie, make_tie
from matchmaker.model.ids import PUBLIC, NodeId, Owner
from matchmaker.model.reference import REFERENCE_NODES
from matchmaker.model.vocabulary import Confidence, Label, TieType

ALPHA, BETA = Owner("alpha-hub"), Owner("beta-hub")
"""Two ecosystems that may not see each other's own."""

REFERENCE_IDS = [node.id for node in REFERENCE_NODES]


def said_by(
    source: str = "list of partners",
    observed_on: str | None = None,
    confidence: Confidence = Confidence.STATED,
    batch: str = "",
) -> Provenance:
    """Return a provenance."""
    return Provenance(source, "row 1", observed_on, confidence, batch)


def partner(
    id: str,
    type: str = "library",
    owner: str = PUBLIC,
    provenance: Provenance | None = None,
    **properties: Value,
) -> Record:
    """Return a complete Record about a partner, named by its id where no name is given."""
    held: dict[str, Value] = {"name": f"Partner {id}", "organization_type": type, **properties}
    held.setdefault("organization_types", (type,))
    return Record(NodeId(id), Label.PARTNER, held, Owner(owner), provenance or said_by())


def program(id: str, type: str = "club", owner: str = PUBLIC, **properties: Value) -> Record:
    """Return a complete Record about a program."""
    held: dict[str, Value] = {"name": f"Program {id}", "program_type": type, **properties}
    return Record(NodeId(id), Label.PROGRAM, held, Owner(owner), said_by())


def correction(
    about: str, provenance: Provenance, owner: str = PUBLIC, label: Label = Label.PARTNER, **properties: Value
) -> Record:
    """Return a Record with only the given fields."""
    return Record(NodeId(about), label, properties, Owner(owner), provenance)


def topic(id: str, name: str = "Robotics", owner: str = PUBLIC, **properties: Value) -> Node:
    """Return a topic."""
    return Node(NodeId(id), Label.TOPIC, {"name": name, **properties}, Owner(owner))


def ecosystem(id: str, owner: str = PUBLIC, **properties: Value) -> Node:
    """Return an ecosystem."""
    return Node(NodeId(id), Label.ECOSYSTEM, {"name": f"Ecosystem {id}", **properties}, Owner(owner))


def partners_with(first: str, second: str, owner: str = PUBLIC, episode: str = "", **properties: Value) -> Tie:
    """Return an undirected tie between two partners."""
    return make_tie(TieType.PARTNERS_WITH, (first, second), properties, owner, episode)


def agreement(source: str, target: str, owner: str = PUBLIC, episode: str = "", **properties: Value) -> Tie:
    """Return a directed tie between two partners."""
    held: dict[str, Value] = {"kind": "facility_use", **properties}
    return make_tie(TieType.HAS_AGREEMENT_WITH, (source, target), held, owner, episode)


def about(source: str, target: str, owner: str = PUBLIC) -> Tie:
    """Return a tie from a partner or program to a topic."""
    return make_tie(TieType.ABOUT, (source, target), {}, owner)


def own_ids(store: GraphStore) -> list[str]:
    """Return the ids of all nodes but the reference data, in the store's order."""
    return [stored.element.id for stored in store.iter_nodes() if stored.element.id not in REFERENCE_IDS]


def put_example(store: GraphStore) -> ChangeSet:
    """Put two partners, a program, a topic and three ties between them; return the batch."""
    batch = ChangeSet(
        nodes=(topic("topic:robotics"),),
        records=(
            partner("library-a"),
            partner("museum-b", "museum", latitude=45.5, longitude=-122.6),
            program("club-c"),
        ),
        ties=(
            partners_with("museum-b", "library-a", level_by_source=4, level_by_target=2),
            make_tie(TieType.OPERATES, ("library-a", "club-c")),
            about("club-c", "topic:robotics"),
        ),
    )
    store.apply(batch)
    return batch
