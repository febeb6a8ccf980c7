"""The exception tree, its documentation, and the two tables that translate it."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from matchmaker import errors
from matchmaker.api.problems import STATUS_OF
from matchmaker.cli.exit_codes import EXIT_CODE_OF, MEANING
from matchmaker.errors import AmbiguousName, Conflict, Finding, InvalidInput, NotFound, iter_error_classes

DOCS = Path(__file__).parent.parent / "docs" / "errors.md"
ABSTRACT = {"error", "store"}


def test_every_class_has_its_own_code_a_status_and_an_exit_code() -> None:
    tree = iter_error_classes()
    assert len(tree) == len(set(tree.values())) == 17
    assert set(STATUS_OF) == set(tree.values())
    assert set(EXIT_CODE_OF) == set(tree.values())


def test_the_tree_in_the_docstring_names_every_class_once() -> None:
    drawn = re.findall(r"(\w+) {2,}\S|MatchmakerError\n", errors.__doc__ or "")
    names = {cls.__name__ for cls in iter_error_classes().values()} - {"MatchmakerError"}
    assert sorted(name for name in drawn if name) == sorted(names)


@pytest.mark.parametrize("code", sorted(set(iter_error_classes()) - ABSTRACT))
def test_the_documentation_tells_status_and_exit_code(code: str) -> None:
    error = iter_error_classes()[code]
    row = next(line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{code}`"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert int(cells[2]) == STATUS_OF[error].value
    assert int(cells[3]) == EXIT_CODE_OF[error]


def test_the_documentation_tells_every_exit_code() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for code, meaning in MEANING.items():
        assert f"| {code} | {meaning} |" in text


def test_statuses_are_real() -> None:
    assert {HTTPStatus(status) for status in STATUS_OF.values()} == set(STATUS_OF.values())


def test_messages_say_what_happened() -> None:
    finding = Finding("is not a known term", "Program p", "clubb", "club, course", "programs.csv", 7)
    assert finding.sentence() == "programs.csv:7: Program p: is not a known term (got 'clubb'); valid: club, course"
    error = InvalidInput([finding] * 5)
    assert error.message.endswith("; and 2 more")
    assert len(error.findings) == 5
    assert NotFound("partner", "Intl", ["Intel"]).message == (
        "No partner called 'Intl' is known here. Did you mean: Intel?"
    )
    assert AmbiguousName("partner", "STEM", ["a", "b"]).message == (
        "Several go by 'STEM': a; b. Give the id, or the kind."
    )
    assert Conflict("node a", 2, 3).message == (
        "node a has changed: expected version 2, found version 3. Read it again and repeat the change."
    )
    assert (Conflict("node a", 0, 3).expected, Conflict("node a", 0, 3).found) == (0, 3)
    told = Conflict("job-1", 2, 2, "Later loads are in the way.")
    assert (told.message, str(told), told.element) == ("Later loads are in the way.",) * 2 + ("job-1",)
