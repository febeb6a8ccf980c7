"""What commands print: data on stdout, messages, findings and progress on stderr."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

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


LATE_S = 1.0
"""Seconds that a work takes before anything is shown of it."""


class Step(Protocol):
    """Told how far a work has come: done and total, in the work's own unit."""

    def __call__(self, done: int, total: int) -> None: ...


class _Timer(Protocol):
    """What `threading.Timer` is to `waiting`."""

    def start(self) -> None: ...
    def cancel(self) -> None: ...


def _shown_on_stderr(*columns: BarColumn | SpinnerColumn | TextColumn) -> Progress:
    """Return a display on stderr that leaves nothing behind and takes over neither stream."""
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=stderr,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not stderr.is_terminal,
    )


class _LateBar:
    """A progress bar that shows only where the work takes more than a second."""

    def __init__(self, title: str, clock: Callable[[], float]) -> None:
        self._title, self._clock, self._began = title, clock, clock()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._progress is None and self._clock() - self._began > LATE_S:
            percent = TextColumn("{task.percentage:>3.0f}%")
            self._progress = _shown_on_stderr(TextColumn("{task.description}"), BarColumn(), percent)
            self._progress.start()
            self._task = self._progress.add_task(self._title, total=total)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)

    def stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()


class _LateSpinner:
    """A sign of life that shows only where the work takes more than a second."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._lock, self._over = threading.Lock(), False
        self._progress: Progress | None = None

    def show(self) -> None:
        with self._lock:
            if not self._over:
                self._progress = _shown_on_stderr(SpinnerColumn(), TextColumn("{task.description}"))
                self._progress.start()
                self._progress.add_task(self._title, total=None)

    def stop(self) -> None:
        with self._lock:
            self._over = True
            if self._progress is not None:
                self._progress.stop()


@contextmanager
def progress(title: str, clock: Callable[[], float] = time.monotonic) -> Iterator[Step]:
    """Give a callable that is told how far a work has come; a bar shows after a second, on a terminal."""
    bar = _LateBar(title, clock)
    try:
        yield bar
    finally:
        bar.stop()


def _timer(delay_s: float, act: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(delay_s, act)
    timer.daemon = True
    return timer


@contextmanager
def waiting(title: str, timer: Callable[[float, Callable[[], None]], _Timer] = _timer) -> Iterator[None]:
    """Show that a work that can't be counted goes on; a spinner shows after a second, on a terminal.

    Nothing is to be printed meanwhile.
    """
    spinner = _LateSpinner(title)
    late = timer(LATE_S, spinner.show)
    if stderr.is_terminal:
        late.start()
    try:
        yield
    finally:
        late.cancel()
        spinner.stop()
