"""Writes a published graph as a Cypher script that makes a store of it in an empty Neo4j."""

from dataclasses import replace
from pathlib import Path

from matchmaker.exchange.published import Published
from matchmaker.exchange.writers.tables import about
from matchmaker.graph.contents import Contents
from matchmaker.graph.neo4j.script import iter_script
from matchmaker.model.elements import Node, Record
from matchmaker.model.ids import PUBLIC, Owner, Revision
from matchmaker.model.ontology import node_properties
from matchmaker.model.vocabulary import RECORD_LABELS, Audience, Label


def write_cypher(published: Published, path: Path) -> None:
    """Write plain statements, one after the other; ``matchmaker --store neo4j://…`` then opens the database.

    What the public may have is public there. Anything else is the ecosystem's own, as loading it ``--into`` the
    ecosystem would make it.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"// {name}: {' '.join(value.split())}\n" for name, value in about(published))
        file.write("// For an empty database: cypher-shell -f with this file's name.\n")
        file.writelines(iter_script(contents_of(published)))


def contents_of(published: Published) -> Contents:
    """Return a published graph as what a store would hold of it."""
    public = published.audience is Audience.PUBLIC
    owner = PUBLIC if public else Owner(published.ecosystem)
    plain = [node for node in published.nodes if node.label not in RECORD_LABELS]
    nodes = (replace(node, owner=PUBLIC if node.label is Label.ECOSYSTEM else owner) for node in plain)
    records = (_record(node, owner) for node in published.nodes if node.label in RECORD_LABELS)
    ties = (replace(tie, key=replace(tie.key, owner=owner)) for tie in published.ties)
    return Contents(
        Revision(1),
        tuple(nodes),
        tuple(sorted(records, key=lambda record: record.id)),
        tuple(sorted(ties, key=lambda tie: tie.id)),
    )


def _record(node: Node, owner: Owner) -> Record:
    specs = node_properties(node.label)
    held = {name: value for name, value in node.properties.items() if name not in specs or not specs[name].derived}
    return Record(node.id, node.label, held, owner, node.provenance)
