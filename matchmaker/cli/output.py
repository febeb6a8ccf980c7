"""What commands print: data on stdout, messages, findings and progress on stderr."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from matchmaker.errors import Finding

SHOWN_FINDINGS = 50
"""Findings printed in full; more are counted (``--json`` has all)."""

stdout = Console(highlight=False, soft_wrap=True)
stderr = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(data: BaseModel | dict[str, object] | list[object]) -> None:
    """Print data as JSON, in a fixed order of keys."""
    plain = data.model_dump(mode="json") if isinstance(data, BaseModel) else data
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def say(text: str) -> None:
    """Print a line of data for people; square brackets in it are text, not styling."""
    stdout.print(escape(text))


def head(text: str) -> None:
    """Print a headline."""
    stdout.print(f"[bold]{escape(text)}[/bold]")


def tell(text: str) -> None:
    """Print a message to stderr."""
    stderr.print(escape(text))


def tell_findings(findings: Sequence[Finding]) -> None:
    """Print findings to stderr, one a line."""
    for finding in findings[:SHOWN_FINDINGS]:
        tell(f"  {finding.sentence()}")
    if len(findings) > SHOWN_FINDINGS:
        tell(f"  … and {len(findings) - SHOWN_FINDINGS} more (all of them with --json)")


class Step(Protocol):
    """Told how far a work has come: done and total, in the work's own unit."""

    def __call__(self, done: int, total: int) -> None: ...


class _LateBar:
    """A progress bar that shows only where the work takes more than a second."""

    def __init__(self, title: str) -> None:
        self._title, self._began = title, time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._progress is None and time.monotonic() - self._began > 1:
            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
            self._progress = Progress(*columns, TimeElapsedColumn(), console=stderr, transient=True)
            self._progress.start()
            self._task = self._progress.add_task(self._title, total=total)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)

    def stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def progress(title: str) -> Iterator[Step]:
    """Give a callable that is told how far a work has come; a bar shows after a second."""
    bar = _LateBar(title)
    try:
        yield bar
    finally:
        bar.stop()
