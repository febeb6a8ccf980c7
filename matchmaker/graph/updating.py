"""Reading what changed after a revision, the same way for every store."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from matchmaker.graph.applying import GraphReader
from matchmaker.graph.contents import Stored, Update
from matchmaker.model.changes import Change
from matchmaker.model.elements import Tie
from matchmaker.model.ids import NodeId, RecordId, Revision, TieId
from matchmaker.model.vocabulary import RECORD_LABELS

MOST_CHANGES = 500
"""Of how many changed elements an update is made; with more, reading everything anew is the better way."""


@dataclass(frozen=True, slots=True)
class UpdateReader:
    """What reading an update takes: the graph behind one transaction, and its ties by their ids."""

    graph: GraphReader
    ties: Callable[[Collection[TieId]], Sequence[Stored[Tie]]]


def read_update(changes: Sequence[Change], since: Revision, revision: Revision, reader: UpdateReader) -> Update:
    """Return an update of changed elements, each read as it is at ``revision``."""
    ids = {kind: sorted({change.id for change in changes if change.kind == kind}) for kind in ("node", "record", "tie")}
    node_ids, record_ids = [NodeId(id) for id in ids["node"]], [RecordId(id) for id in ids["record"]]
    tie_ids = [TieId(id) for id in ids["tie"]]
    nodes = {id: stored.element for id, stored in reader.graph.nodes(node_ids).items()}
    records = {id: stored.element for id, stored in reader.graph.records(record_ids).items()}
    described = {id for id, node in nodes.items() if node.label in RECORD_LABELS}
    described |= {record.about for record in records.values()}
    about = reader.graph.records_about(sorted(described))
    own = [id for id in node_ids if id not in described]
    ties: dict[TieId, Tie | None] = dict.fromkeys(tie_ids)
    ties |= {stored.element.id: stored.element for stored in reader.ties(tie_ids)}
    ties |= {stored.element.id: stored.element for stored in reader.graph.ties_at([id for id in own if id in nodes])}
    return Update(
        since,
        revision,
        {id: nodes.get(id) for id in own},
        {id: records.get(id) for id in record_ids},
        {id: tuple(stored.element for stored in about.get(id, ())) for id in sorted(described)},
        ties,
    )
