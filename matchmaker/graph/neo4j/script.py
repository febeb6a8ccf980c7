"""A whole store as a script of plain statements, which ``cypher-shell`` runs on an empty database.

The statements are those that the store itself uses, with their rows written out in place of their parameters. What it
leaves is what `Neo4jStore` would have written in one batch.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from matchmaker.graph.applying import StoreState, founding_state
from matchmaker.graph.contents import Contents
from matchmaker.graph.neo4j.encoding import row_of_node, row_of_record, row_of_tie
from matchmaker.graph.neo4j.founding import CLAIM, CONSTRAINTS, FOUND, JOIN_STAGES, STAGE_STEPS, state_row
from matchmaker.graph.neo4j.statements import Statement
from matchmaker.graph.neo4j.writing import APPEND_CHANGES, CREATE_TIES, PUT_NODES, PUT_RECORDS, change_rows
from matchmaker.model.canonical import add_digests
from matchmaker.model.changes import Change
from matchmaker.model.elements import Node
from matchmaker.model.ids import Revision
from matchmaker.model.records import resolve_stored
from matchmaker.model.reference import REFERENCE_NODES

ROWS = 200
"""How many rows one statement has."""

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


def _with_rows(statement: Statement, rows: Sequence[object]) -> Iterator[str]:
    for start in range(0, len(rows), ROWS):
        listed = ",\n".join(map(literal, rows[start : start + ROWS]))
        yield _bare(statement).replace("$rows", f"[\n{listed}\n]") + END


def _changes(contents: Contents, nodes: Sequence[Node], revision: Revision) -> tuple[Change, ...]:
    put = [
        *(("node", node.id) for node in nodes),
        *(("record", record.id) for record in contents.records),
        *(("tie", tie.id) for tie in contents.ties),
    ]
    return tuple(Change(revision, kind, id, removed=False) for kind, id in sorted(put))


def _state(contents: Contents, nodes: Sequence[Node], revision: Revision) -> StoreState:
    start = founding_state()
    graph = [element.graph_digest() for element in (*nodes, *contents.ties)]
    content = [element.content_digest() for element in (*nodes, *contents.records, *contents.ties)]
    return StoreState(revision, add_digests(graph, start.graph_sum), add_digests(content, start.content_sum))
