"""A whole store as a script of plain statements, which ``cypher-shell`` runs on an empty database.

The statements are those that the store itself uses, with their rows written out in place of their parameters. What it
leaves is what `Neo4jStore` would have written in one batch.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from matchmaker.graph.applying import StoreState, founding_state
from matchmaker.graph.contents import Contents
from matchmaker.graph.neo4j.encoding import Row, row_of_node, row_of_record, row_of_tie
from matchmaker.graph.neo4j.founding import CLAIM, CONSTRAINTS, FOUND, JOIN_STAGES, STAGE_STEPS, state_row
from matchmaker.graph.neo4j.statements import Statement
from matchmaker.graph.neo4j.writing import APPEND_CHANGES, CREATE_TIES, PUT_NODES, PUT_RECORDS, change_rows
from matchmaker.model.canonical import add_digests
from matchmaker.model.changes import Change
from matchmaker.model.elements import Node
from matchmaker.model.ids import Revision
from matchmaker.model.records import resolve_stored
from matchmaker.model.reference import REFERENCE_NODES

ROWS = 1000
"""How many rows one statement has at most."""

END = ";\n"
"""The end of a statement. No text has it inside: line breaks in texts are escaped."""

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t"})


def iter_script(contents: Contents) -> Iterator[str]:
    """Yield the statements that make a store of a graph, each with its end.

    The constraints come first and what says that this is a store comes last, so that nothing opens one that was
    interrupted. ``contents`` has at most one Record about each thing, and is valid.
    """
    revision = Revision(1)
    described = [node for record in contents.records if (node := resolve_stored([record])) is not None]
    nodes = sorted([*contents.nodes, *described], key=lambda node: node.id)
    for constraint in CONSTRAINTS:
        yield _bare(constraint) + END
    yield from _with_rows(PUT_NODES, [row_of_node(node, founding_state().revision) for node in REFERENCE_NODES])
    yield from _with_rows(JOIN_STAGES, STAGE_STEPS)
    yield from _with_rows(PUT_NODES, [row_of_node(node, revision) for node in nodes])
    yield from _with_rows(PUT_RECORDS, [row_of_record(record, revision) for record in contents.records])
    yield from _with_rows(CREATE_TIES, [row_of_tie(tie, revision) for tie in contents.ties])
    yield from _with_rows(APPEND_CHANGES, list(change_rows(_changes(contents, nodes, revision))))
    yield _bare(CLAIM) + END
    yield _bare(FOUND).replace("$state", literal(state_row(_state(contents, nodes, revision)))) + END


def literal(value: object) -> str:
    r"""Return a value as a literal of Cypher: text, numbers, booleans, lists and maps of these.

    >>> literal({"name": "it's", "x_a.b": [1, 1e16, True]})
    "{name: 'it\\'s', `x_a.b`: [1, 1e16, true]}"
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return repr(value).replace("e+", "e")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_name(str(name))}: {literal(item)}" for name, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(literal, value)) + "]"
    message = f"no literal of type {type(value).__name__}"
    raise TypeError(message)


def _text(value: str) -> str:
    # The server reads \u anywhere as the start of a character's code, also behind a backslash that stands for itself.
    escaped = value.translate(_ESCAPES)
    return "'" + escaped.replace("\\\\u", "\\\\' + 'u") + "'"


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else "`" + name.replace("`", "``") + "`"


def _bare(statement: Statement) -> str:
    return "\n".join(line for line in statement.text.strip().splitlines() if not line.startswith("//"))


def _with_rows(statement: Statement, rows: Sequence[Row]) -> Iterator[str]:
    alike: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        alike[_kind(row)].append(row)
    for same in alike.values():
        for start in range(0, len(same), ROWS):
            yield _bare(statement).replace("$rows", _listed(same[start : start + ROWS])) + END


def _kind(row: Row) -> str:
    """Return what a row is of: the labels of a node, the type of a tie, the label that a Record is about."""
    return str(row.get("labels") or row.get("type") or row.get("properties", {}).get("label", ""))


def _listed(rows: Sequence[Row]) -> str:
    """Return rows of one kind as an expression: the lists of their values, and how a row is made of these.

    The server takes minutes to plan a few thousand maps, and next to nothing for lists of texts and numbers. A property
    that a row doesn't have is null, and setting it does nothing.
    """
    columns: dict[str, str] = {}

    def made_of(values: Sequence[object]) -> str:
        if any(isinstance(value, dict) for value in values):
            names = dict.fromkeys(name for value in values if isinstance(value, dict) for name in value)
            parts = (f"{_name(name)}: {made_of([_get(value, name) for value in values])}" for name in names)
            return "{" + ", ".join(parts) + "}"
        if all(value == values[0] and type(value) is type(values[0]) for value in values):
            return literal(values[0])
        name = f"c{len(columns)}"
        columns[name] = literal(values)
        return f"columns.{name}[i]"

    row = made_of(rows)
    listed = ",\n".join(f"{name}: {values}" for name, values in columns.items())
    return f"head([columns IN [{{\n{listed}\n}}] |\n[i IN range(0, {len(rows) - 1}) | {row}]])"


def _get(row: object, name: str) -> object:
    return row.get(name) if isinstance(row, dict) else None


def _changes(contents: Contents, nodes: Sequence[Node], revision: Revision) -> tuple[Change, ...]:
    put = [
        *(("node", node.id) for node in nodes),
        *(("record", record.id) for record in contents.records),
        *(("tie", tie.id) for tie in contents.ties),
    ]
    return tuple(Change(revision, kind, id, removed=False) for kind, id in sorted(put))


def _state(contents: Contents, nodes: Sequence[Node], revision: Revision) -> StoreState:
    start = founding_state()
    graph = [node.graph_digest() for node in nodes] + [tie.graph_digest() for tie in contents.ties]
    content = [node.content_digest() for node in nodes] + [tie.content_digest() for tie in contents.ties]
    content += [record.content_digest() for record in contents.records]
    return StoreState(revision, add_digests(graph, start.graph_sum), add_digests(content, start.content_sum))
