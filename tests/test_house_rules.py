"""The project's own lints, each with the bug that it prevents and a snippet that it catches.

What ruff, mypy and import-linter can check is left to them.
"""

import ast
import io
import os
import re
import subprocess
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = REPOSITORY / "matchmaker"
CYPHER: Final = REPOSITORY / "cypher"
NEO4J_STORE: Final = PACKAGE / "graph" / "neo4j"

ALLOWED_IMPORTS: Final = {
    "sqlite3": ("matchmaker/graph/sqlite/",),
    "neo4j": ("matchmaker/graph/neo4j/",),
    "networkx": ("matchmaker/graph/views.py",),
    "sklearn": ("matchmaker/recommend/",),
}

# Statements in capitals, as they are written here, and the openings that are SQL or Cypher in any case.
STATEMENT: Final = re.compile(
    r"\s*(?:(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|MATCH|OPTIONAL|MERGE|CREATE|UNWIND|PRAGMA|WITH|WHERE|FROM|SET|CALL|DROP|ALTER"
    r"|RETURN|VALUES|LIMIT|ORDER BY|DETACH|EXPLAIN|PROFILE|BEGIN|SAVEPOINT|ATTACH|VACUUM)(?:\s|\(|$)"
    r"|(?i:insert\s+into\s|delete\s+from\s|(?:create|drop|alter)\s+(?:table|index|constraint|trigger|view)\s"
    r"|(?:match|merge|unwind)\s*[($]|select\s.*\sfrom\s|pragma\s+\w+))",
    re.DOTALL,
)

ABSOLUTE_PATH: Final = re.compile(r"(?<![\w.:/~$}])/(?:work|root|home|Users|tmp|mnt)/\w|\b[A-Z]:\\\w")
REGISTRY_HOST: Final = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|repo1?\.maven|crates\.io|proxy\.golang\.org|deb\.debian\.org",
    re.IGNORECASE,
)
SHARED_FOLDER: Final = re.compile(r"(?<!\w)shared/")
ISSUE_NUMBER: Final = re.compile(r"(?<![\w&/#])#\d{1,4}\b|\bissues?\s+\d+\b", re.IGNORECASE)
UNFINISHED: Final = re.compile(r"\b(?:TODO|FIXME|XXX)\b|\bassert True\b")
FOREIGN_WORD: Final = re.compile(
    r"\bsessions?\b|(?<!user )(?<!user-)\bagents?\b|\bsubagents?\b|\bLLMs?\b", re.IGNORECASE
)

# A driver's sessions and a fixture's scope are called so; colours are written with a number sign; the names in the
# example data are what they are; and this file has to spell out what it forbids.
WORDS_ARE_OTHERS: Final = ("matchmaker/graph/neo4j/", "cypher/", "fixtures/", "LICENSE")
NUMBERS_ARE_OTHERS: Final = ("fixtures/",)
COLOURS: Final = (".css", ".svg", ".js")


def list_files() -> list[Path]:
    """Every file that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    ).stdout.decode()
    files = [REPOSITORY / name for name in sorted(listed.split("\0")) if name]
    return [file for file in files if file.is_file()]


def list_texts() -> Iterator[tuple[str, str]]:
    for file in list_files():
        content = file.read_bytes()
        if file != Path(__file__).resolve() and b"\0" not in content:
            yield file.relative_to(REPOSITORY).as_posix(), content.decode("utf-8")


def list_modules() -> Iterator[tuple[str, str]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        yield file.relative_to(REPOSITORY).as_posix(), file.read_text(encoding="utf-8")


# A statement whose header lies misleads whoever calls it, and one that nothing loads rots.


def find_header_faults(text: str) -> list[str]:
    """What is wrong with one `.cypher` file, by the rules of `cypher/README.md`."""
    lines = text.splitlines()
    header = [line[2:].strip() for line in lines if line.startswith("//")]
    body = strip_cypher("\n".join(line for line in lines if not line.startswith("//")))
    faults = []
    fields = {}
    for name in ("parameters", "columns"):
        found = [line.removeprefix(f"{name}:").strip() for line in header if line.startswith(f"{name}:")]
        if len(found) != 1 or not found[0]:
            faults.append(f"one '// {name}: …' line is needed, or '// {name}: none'")
        fields[name] = [] if not found or found[0] == "none" else [part.strip() for part in found[0].split(",")]
    if not header or header[0].startswith(("parameters:", "columns:")):
        faults.append("the first line says what the statement does")
    parameters = sorted(set(re.findall(r"\$(\w+)", body)))
    if parameters != sorted(fields["parameters"]):
        faults.append(f"the header names parameters {sorted(fields['parameters'])}, the body has {parameters}")
    columns = find_columns(body)
    if columns != fields["columns"]:
        faults.append(f"the header names columns {fields['columns']}, the body returns {columns}")
    if ";" in body.rstrip().removesuffix(";"):
        faults.append("one statement a file")
    return faults


def strip_cypher(text: str) -> str:
    """The statement without its comments, and with its strings emptied."""
    return re.sub(r"//[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", " ", text, flags=re.DOTALL)


def find_columns(body: str) -> list[str]:
    """The names that the last RETURN outside braces yields."""
    flat = flatten(body)
    clauses = re.split(r"\bRETURN\b", flat)
    if len(clauses) == 1:
        return []
    last = re.split(r"\b(?:ORDER\s+BY|SKIP|LIMIT|UNION)\b", clauses[-1])[0]
    terms = [term.strip().removeprefix("DISTINCT ") for term in last.replace(";", "").split(",")]
    return [re.split(r"\bAS\s+", term)[-1].strip() for term in terms]


def flatten(body: str) -> str:
    """The text outside of all brackets."""
    while (shorter := re.sub(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", " _ ", body)) != body:
        body = shorter
    return body


def count_loads(statements: Iterable[str], modules: Iterable[str]) -> dict[str, int]:
    """How often each statement is named, by itself or by its folder, in string constants of the modules."""
    constants = Counter(
        node.value
        for module in modules
        for node in ast.walk(ast.parse(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {name: constants[name] + constants[name.rpartition("/")[0] + "/"] for name in statements}


def test_every_cypher_file_keeps_its_headers_word() -> None:
    files = sorted(CYPHER.rglob("*.cypher"))
    assert len(files) > 0
    faults = {
        file.relative_to(CYPHER).as_posix(): find_header_faults(file.read_text(encoding="utf-8")) for file in files
    }
    assert {name: found for name, found in faults.items() if found} == {}


def test_every_cypher_file_is_loaded_exactly_once() -> None:
    statements = [file.relative_to(CYPHER).with_suffix("").as_posix() for file in sorted(CYPHER.rglob("*.cypher"))]
    loads = count_loads(statements, [file.read_text(encoding="utf-8") for file in sorted(NEO4J_STORE.rglob("*.py"))])
    assert len(loads) > 0
    assert {name: times for name, times in loads.items() if times != 1} == {}


# In two parts, so that this file names no registry either.
PUBLIC_INDEX: Final = "pypi" + ".org"
GOOD_STATEMENT: Final = """\
// Puts nodes; '$not_this' and (that) don't count.
// parameters: revision, rows
// columns: id, number
UNWIND $rows AS row // not $this either
CALL (row) { MERGE (n:Entity {id: row.id}) RETURN n AS inner }
SET inner.version = $revision, inner.note = "a; $b"
RETURN inner.id AS id, coalesce(inner.a, 1, inner.b) AS number ORDER BY id
"""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("// Puts nodes; '$not_this' and (that) don't count.\n", "", "the first line says"),
        ("parameters: revision, rows", "parameters: rows", "the body has ['revision', 'rows']"),
        ("parameters: revision, rows", "parameters: revision, rows, limit", "the header names parameters"),
        ("// parameters: revision, rows\n", "", "one '// parameters: …' line"),
        ("columns: id, number", "columns: id", "the body returns ['id', 'number']"),
        ("columns: id, number", "columns: number, id", "the body returns ['id', 'number']"),
        ("columns: id, number", "columns: none", "the body returns ['id', 'number']"),
        ("// columns: id, number\n", "// columns:\n", "one '// columns: …' line"),
        ("SET inner", "; SET inner", "one statement a file"),
    ],
)
def test_a_header_that_lies_is_caught(old: str, new: str, fault: str) -> None:
    assert find_header_faults(GOOD_STATEMENT) == []
    assert old in GOOD_STATEMENT
    assert any(
        found.startswith(fault) or fault in found for found in find_header_faults(GOOD_STATEMENT.replace(old, new))
    )


def test_a_statement_that_is_not_loaded_or_loaded_twice_is_caught() -> None:
    modules = [
        "put = load('nodes/put')\ngone = load('nodes/remove')",
        "again = load('nodes/remove')\nall = load('schema/')",
    ]
    statements = ["nodes/get", "nodes/put", "nodes/remove", "schema/a", "schema/b"]
    assert count_loads(statements, modules) == {
        "nodes/get": 0,
        "nodes/put": 1,
        "nodes/remove": 2,
        "schema/a": 1,
        "schema/b": 1,
    }


# A statement that is put together from pieces is one quotation mark away from running what someone typed.


def find_built_statements(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        built = False
        if isinstance(node, ast.JoinedStr):
            built = any(isinstance(part, ast.FormattedValue) for part in node.values) and starts_statement(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            built = starts_statement(node.left) or (isinstance(node.op, ast.Add) and starts_statement(node.right))
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            built = starts_statement(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            built = builds_by_method(node, node.func)
        if built and isinstance(node, ast.expr | ast.stmt):
            found.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
    return found


def builds_by_method(call: ast.Call, method: ast.Attribute) -> bool:
    if method.attr in ("format", "format_map", "replace"):
        return starts_statement(method.value)
    if method.attr == "join" and isinstance(method.value, ast.Constant) and isinstance(method.value.value, str):
        pieces = [
            piece for argument in call.args if isinstance(argument, ast.List | ast.Tuple) for piece in argument.elts
        ]
        return starts_statement(method.value) or any(starts_statement(piece) for piece in pieces)
    return False


def starts_statement(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return bool(node.values) and starts_statement(node.values[0])
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value) is not None


def test_nothing_builds_a_statement_from_pieces() -> None:
    found = {name: find_built_statements(source) for name, source in list_modules()}
    assert len(found) > 0
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "source",
    [
        'f"SELECT * FROM nodes WHERE id = {id}"',
        'f"""\n  MATCH (n:{label}) RETURN n"""',
        '"DELETE FROM nodes WHERE id = %s" % id',
        '"CREATE TABLE " + name',
        'statement + " WHERE id = 1"',
        'statement += " ORDER BY id"',
        '"PRAGMA {}".format(name)',
        '"MERGE (n:LABEL)".replace("LABEL", label)',
        '" ".join(["UNWIND $rows AS row", rest])',
        'f"select id from {table}"',
        'f"insert into {table} values (1)"',
    ],
)
def test_a_built_statement_is_caught(source: str) -> None:
    assert len(find_built_statements(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"SELECT id FROM nodes " "WHERE id = ?"',
        'f"Set {name} to a date"',
        'f"{count} partners match"',
        '"With " + name',
        'f"Create the place {name} first, or choose from these"',
    ],
)
def test_a_whole_statement_or_a_sentence_is_not_caught(source: str) -> None:
    assert find_built_statements(source) == []


# A library that leaks out of its place turns a choice of one module into a choice of all.


def find_stray_imports(name: str, source: str) -> list[str]:
    imported: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            imported.append(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            imported += [
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
    libraries = [module.partition(".")[0] for module in imported]
    return [library for library in libraries if not name.startswith(ALLOWED_IMPORTS.get(library, ("",)))]


def find_cycle_patches(source: str) -> list[str]:
    """Names that hide a wrong import from the reader."""
    return [
        node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"
    ]


def test_libraries_are_imported_where_the_design_says() -> None:
    strays = {name: find_stray_imports(name, source) + find_cycle_patches(source) for name, source in list_modules()}
    assert {name: found for name, found in strays.items() if found} == {}


def test_a_stray_import_is_caught() -> None:
    assert find_stray_imports("matchmaker/services/a.py", "import sqlite3, json") == ["sqlite3"]
    assert find_stray_imports("matchmaker/api/a.py", "from neo4j.exceptions import Neo4jError") == ["neo4j"]
    assert find_stray_imports("matchmaker/graph/a.py", "importlib.import_module('networkx')") == ["networkx"]
    assert find_stray_imports("matchmaker/gaps/a.py", "def f():\n    import sklearn.base") == ["sklearn"]
    assert find_stray_imports("matchmaker/graph/neo4j/a.py", "import neo4j") == []
    assert find_stray_imports("matchmaker/graph/neo4j/a.py", "import sqlite3") == ["sqlite3"]
    assert find_cycle_patches("if TYPE_CHECKING:\n    from a import b") == ["TYPE_CHECKING"]


# A name that says nothing collects what has no place.


def find_empty_names(name: str, source: str) -> list[str]:
    found = [name] if Path(name).name in ("utils.py", "util.py", "common.py", "helpers.py", "misc.py") else []
    classes = [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return found + [each for each in classes if re.match(r"Base[A-Z]|.*(?:Manager|Helper)$", each)]


def test_names_say_what_a_thing_is() -> None:
    found = {name: find_empty_names(name, source) for name, source in list_modules()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_an_empty_name_is_caught() -> None:
    assert find_empty_names("matchmaker/model/utils.py", "") == ["matchmaker/model/utils.py"]
    assert find_empty_names("matchmaker/a.py", "class BaseStore: ...\nclass Based: ...") == ["BaseStore"]
    assert find_empty_names("matchmaker/a.py", "class StoreManager: ...\nclass ImportHelper: ...") == [
        "StoreManager",
        "ImportHelper",
    ]


# The repository must serve someone who has only the repository.


def find_foreign_text(name: str, text: str) -> list[str]:
    """Machine paths, registry hosts, unfinished work, and words about how the project is made."""
    patterns = [ABSOLUTE_PATH, REGISTRY_HOST, SHARED_FOLDER, UNFINISHED]
    if not name.startswith(NUMBERS_ARE_OTHERS) and not name.endswith(COLOURS):
        patterns.append(ISSUE_NUMBER)
    found = [match[0] for pattern in patterns for match in pattern.finditer(text)]
    if not name.startswith(WORDS_ARE_OTHERS):
        found += [match[0] for match in FOREIGN_WORD.finditer(get_prose(text) if name.endswith(".py") else text)]
    return found


def get_prose(source: str) -> str:
    """The comments and docstrings of a module."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    fresh = (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENCODING)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    docstrings = [
        token.string
        for before, token in zip([None, *tokens], tokens, strict=False)
        if token.type == tokenize.STRING and (before is None or before.type in fresh)
    ]
    return "\n".join(comments + docstrings)


def test_the_project_speaks_only_of_itself() -> None:
    found = {name: find_foreign_text(name, text) for name, text in list_texts()}
    assert len(found) > 0
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("docs/a.md", "see /home/ana/hub.db", "/home/a"),
        ("scripts/a", "cd '/root/project'", "/root/p"),
        ("tests/a.py", "path = '/mnt/store.db'", "/mnt/s"),
        ("docs/a.md", r"open C:\Users\ana", "C:\\U"),
        ("constraints.txt", f"--index-url https://{PUBLIC_INDEX}/simple", PUBLIC_INDEX),
        ("docs/a.md", "the folder shared/notes", "shared/"),
        ("docs/a.md", "fixed in #12", "#12"),
        ("matchmaker/a.py", "x = 1  # see issue 7", "issue 7"),
        ("matchmaker/a.py", "# TODO: later", "TODO"),
        ("tests/a.py", "assert True", "assert True"),
        ("docs/a.md", "written in an earlier session", "session"),
        ("matchmaker/a.py", '"""Made by an agent."""', "agent"),
        ("matchmaker/a.py", "x = 1  # what the last session left", "session"),
    ],
)
def test_foreign_text_is_caught(name: str, text: str, fault: str) -> None:
    assert find_foreign_text(name, text) == [fault]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scripts/a", "#!/usr/bin/env bash"),
        ("docs/a.md", "sqlite:////home/ana/hub.db names an absolute path; PYTHON=/path/to/python3"),
        ("docs/a.md", "GET /v1/partners sends a User-Agent; the user agent is logged"),
        ("matchmaker/a.css", "color: #333"),
        ("matchmaker/a.py", "with driver.session() as session: pass"),
        ("tests/a.py", '@pytest.fixture(scope="session")\ndef f(): ...'),
    ],
)
def test_ordinary_text_is_not_caught(name: str, text: str) -> None:
    assert find_foreign_text(name, text) == []


# A script without its executable bit fails on the machine of whoever clones next.


def test_scripts_can_be_run() -> None:
    scripts = [file for file in list_files() if file.parent.name in ("scripts", ".ci") and file.suffix == ""]
    assert {"setup", "test", "check", "demo", "run"} <= {file.name for file in scripts}
    assert [file.name for file in scripts if not os.access(file, os.X_OK)] == []
    assert [file.name for file in scripts if not file.read_text(encoding="utf-8").startswith("#!")] == []


# An exception without its reason is a rule that no one can restore.


def find_ignores_without_reason(pyproject: str) -> list[str]:
    lines = pyproject.splitlines()
    codes = [line for line in lines if re.match(r'\s+"[A-Z]+\d+",?', line)]
    return [line.strip() for line in codes if "#" not in line]


def test_every_ignored_rule_has_its_reason() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    assert len(re.findall(r'^\s+"[A-Z]+\d+",', text, flags=re.MULTILINE)) > 0
    assert find_ignores_without_reason(text) == []


def test_an_ignored_rule_without_reason_is_caught() -> None:
    assert find_ignores_without_reason('ignore = [\n  "D102", # said on the contract\n  "S101",\n]') == ['"S101",']
