"""The embedded store in one SQLite file."""

from matchmaker.graph.sqlite.connecting import Durability
from matchmaker.graph.sqlite.store import SqliteStore

__all__ = ["Durability", "SqliteStore"]
