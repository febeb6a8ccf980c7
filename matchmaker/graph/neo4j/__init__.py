"""The store in a Neo4j database."""

from matchmaker.graph.neo4j.connecting import Limits
from matchmaker.graph.neo4j.store import Neo4jStore

__all__ = ["Limits", "Neo4jStore"]
