"""An edit: one element before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaker.graph.applying import GraphReader
from matchmaker.graph.contents import Stored
from matchmaker.model.changes import ChangeSet, ElementKey
from matchmaker.model.elements import Node, Record, Tie
from matchmaker.model.vocabulary import Label

Element = Node | Record | Tie
AnyStored = Stored[Node] | Stored[Record] | Stored[Tie]


def key_of(element: Element) -> ElementKey:
    """Return what names an element."""
    return element.key if isinstance(element, Tie) else element.id


@dataclass(frozen=True, slots=True)
class Edit:
    """One element before and after; None is absent. At least one of the two is there."""

    before: Element | None
    after: Element | None

    @property
    def element(self) -> Element:
        """The element as it is after, else as it was before."""
        element = self.after if self.after is not None else self.before
        if element is None:
            message = "an edit of nothing"
            raise ValueError(message)
        return element

    @property
    def key(self) -> ElementKey:
        """What names the element."""
        return key_of(self.element)

    def reversed(self) -> "Edit":
        """Return the edit that takes this one back."""
        return Edit(self.after, self.before)


def changes_of(edits: Iterable[Edit], expect: Mapping[ElementKey, int] | None = None, who: str = "") -> ChangeSet:
    """Return the batch that makes the edits.

    With ``expect`` (the versions of the elements that are there before), the batch is refused where any element isn't
    as the edits found it; what is there after all is expected where ``expect`` names it.
    """
    known = list(edits)
    put = [edit.after for edit in known if edit.after is not None]
    gone = [edit.before for edit in known if edit.after is None]
    described = {element.about for element in put if isinstance(element, Record)}
    # A merged id's redirect goes by itself where what its sources say comes back.
    gone = [one for one in gone if not (isinstance(one, Node) and one.label is Label.REDIRECT and one.id in described)]
    unknown = (edit.key for edit in known if edit.before is None)
    absent = frozenset(key for key in unknown if key not in expect) if expect is not None else frozenset()
    return ChangeSet(
        nodes=tuple(element for element in put if isinstance(element, Node)),
        records=tuple(element for element in put if isinstance(element, Record)),
        ties=tuple(element for element in put if isinstance(element, Tie)),
        removed_nodes=tuple(element.id for element in gone if isinstance(element, Node)),
        removed_records=tuple(element.id for element in gone if isinstance(element, Record)),
        removed_ties=tuple(element.key for element in gone if isinstance(element, Tie)),
        expect=expect or {},
        expect_absent=absent,
        who=who,
    )


def find_elements(reader: GraphReader, elements: Iterable[Element]) -> dict[ElementKey, AnyStored]:
    """Return what a graph holds under the ids and keys of elements; absent ones are left out."""
    known = list(elements)
    nodes = reader.nodes({element.id for element in known if isinstance(element, Node)})
    records = reader.records({element.id for element in known if isinstance(element, Record)})
    ties = reader.ties({element.key for element in known if isinstance(element, Tie)})
    found: dict[ElementKey, AnyStored] = {}
    found.update(nodes.items())
    found.update(records.items())
    found.update(ties.items())
    return found
