"""What a refreshed snapshot has in place of what it was built of."""

from dataclasses import dataclass

from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.ids import TieId


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A node that came (``before`` is None) or changed, and the Records behind it now."""

    before: Node | None
    after: Node
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class TieChange:
    """A tie that came, changed or went, and its index before where it had one."""

    index: int | None
    before: Tie | None
    after: Tie | None

    @property
    def id(self) -> TieId:
        """The id of the tie."""
        tie = self.before if self.after is None else self.after
        if tie is None:
            message = "a change of nothing"
            raise ValueError(message)
        return tie.id


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two snapshots of one scope and day; see `Snapshot.differences_from`."""

    nodes: tuple[NodeChange, ...]
    ties: tuple[TieChange, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a refreshed snapshot has in place of what it was built of, by index; and where things went, by id."""

    ids: dict[int, str]
    nodes: dict[int, Node]
    records: dict[int, tuple[Record, ...]]
    ties: dict[int, Tie]
    added: dict[str, int]
    slots: dict[str, int | None]
    history: tuple[Difference, ...]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.nodes) + len(self.slots)

    def copied(self, difference: Difference) -> "Changes":
        """Return a copy to add to, with one more difference in its history."""
        held = (
            dict(self.ids),
            dict(self.nodes),
            dict(self.records),
            dict(self.ties),
            dict(self.added),
            dict(self.slots),
        )
        return Changes(*held, (*self.history, difference))


NO_CHANGES = Changes({}, {}, {}, {}, {}, {}, ())
