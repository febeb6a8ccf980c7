"""Opens the store that a command works on."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from matchmaker.bootstrap import open_store
from matchmaker.graph.store import GraphStore


@contextmanager
def opened(url: str | None, *, create: bool = False, allow_incomplete: bool = False) -> Iterator[GraphStore]:
    """Give the store at ``url`` (None: the one of the settings) and close it afterwards.

    ``create`` makes it where it isn't there: for commands that write.
    """
    with closing(open_store(url, create=create, allow_incomplete=allow_incomplete)) as store:
        yield store
