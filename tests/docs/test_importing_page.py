"""The page on importing: its commands run as they stand, and print what it shows."""

import contextlib
import io
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from matchmaker.cli.main import run
from matchmaker.exchange.recognition import FORMATS

PAGE = Path(__file__).parents[2] / "docs" / "importing.md"
COMMAND = re.compile(r"matchmaker (?P<words>.*?)(?: \|\| test \$\? = (?P<code>\d+))?$")
PLAN = re.compile(r"plan:[0-9a-f]{32}")
TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Step:
    """A block of commands, and what they print."""

    commands: str
    shown: str


def iter_steps(page: str) -> Iterator[Step]:
    """Yield every block of commands with the block of output after it."""
    for found in re.finditer(r"^```sh\n(.*?)^```\n\n```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        yield Step(found[1], found[2])


def printed_by(commands: str) -> str:
    """Run the lines of a block, matchmaker's in this process and others in a shell; return what is printed."""
    printed, script = io.StringIO(), ""
    for line in commands.splitlines(keepends=True):
        command = COMMAND.match(line)
        if command is None:
            script += line
            continue
        subprocess.run(["sh", "-eu", "-c", script], check=True)
        script = ""
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            code = run(shlex.split(command["words"]))
        assert code == int(command["code"] or 0), f"{line}\n{printed.getvalue()}"
    subprocess.run(["sh", "-eu", "-c", script], check=True)
    return printed.getvalue()


def with_plans(commands: str, plans: Mapping[str, str]) -> str:
    """Return commands with the ids that plans have now, in place of those that the page shows."""
    return PLAN.sub(lambda found: plans[found[0]], commands)


def comparable(text: str) -> str:
    """Return what is printed without what differs from run to run: times, and digests of what is in the store."""
    return TIME.sub("2026-11-22 09:30", PLAN.sub("plan:…", text)).strip()


def test_the_page_shows_what_its_commands_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MATCHMAKER_STORE", raising=False)
    monkeypatch.setenv("LOGNAME", "ana")
    page = PAGE.read_text(encoding="utf-8")
    steps = list(iter_steps(page))
    assert len(steps) == page.count("```sh\n") >= 10
    plans: dict[str, str] = {}
    for step in steps:
        printed = printed_by(with_plans(step.commands, plans))
        assert comparable(printed) == comparable(step.shown), step.commands
        plans |= dict(zip(PLAN.findall(step.shown), PLAN.findall(printed), strict=True))


def test_the_page_names_every_format() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [one.term for one in FORMATS if f"`{one.term}`" not in page] == []
