"""Progress: late, on stderr only, on a terminal only."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from matchmaker.cli import output
from matchmaker.cli.main import run
from matchmaker.cli.output import progress, waiting

TINY = Path(__file__).parents[2] / "fixtures" / "tiny"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a terminal would get on stderr."""
    text = io.StringIO()
    monkeypatch.setattr(output, "stderr", Console(file=text, force_terminal=True, width=100))
    return text


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What stderr gets where it is no terminal."""
    text = io.StringIO()
    monkeypatch.setattr(output, "stderr", Console(file=text, force_terminal=False, width=100))
    return text


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeTimer:
    """A timer that goes off when it is told to."""

    def __init__(self, delay_s: float, act: Callable[[], None]) -> None:
        self.delay_s, self.act = delay_s, act
        self.started = self.cancelled = False

    def start(self) -> None:
        self.started = True

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def timers() -> list[FakeTimer]:
    return []


@pytest.fixture
def timer(timers: list[FakeTimer]) -> Callable[[float, Callable[[], None]], FakeTimer]:
    def make(delay_s: float, act: Callable[[], None]) -> FakeTimer:
        timers.append(FakeTimer(delay_s, act))
        return timers[-1]

    return make


@pytest.fixture(autouse=True)
def nothing_on_stdout(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capsys.readouterr().out == ""


def test_a_bar_shows_after_a_second_and_not_before(terminal: io.StringIO) -> None:
    clock = Clock()
    with progress("Backing up", clock) as step:
        for now in (0.2, 0.9, 1.0):
            clock.now = now
            step(10, 40)
        assert terminal.getvalue() == ""
        clock.now = 1.1
        step(30, 40)
    shown = terminal.getvalue()
    assert "Backing up" in shown
    assert "75%" in shown


def test_a_bar_never_shows_on_a_pipe(pipe: io.StringIO) -> None:
    clock = Clock()
    with progress("Backing up", clock) as step:
        clock.now = 5.0
        step(30, 40)
    assert pipe.getvalue() == ""


def test_a_spinner_shows_when_its_time_has_come(
    terminal: io.StringIO, timers: list[FakeTimer], timer: Callable[[float, Callable[[], None]], FakeTimer]
) -> None:
    with waiting("Suggesting", timer):
        assert [(one.delay_s, one.started) for one in timers] == [(1.0, True)]
        assert terminal.getvalue() == ""
        timers[0].act()
    assert "Suggesting" in terminal.getvalue()
    assert timers[0].cancelled


def test_a_spinner_that_comes_too_late_does_not_show(
    terminal: io.StringIO, timers: list[FakeTimer], timer: Callable[[float, Callable[[], None]], FakeTimer]
) -> None:
    with pytest.raises(ValueError, match="broken"), waiting("Suggesting", timer):
        raise ValueError("broken")
    timers[0].act()
    assert (terminal.getvalue(), timers[0].cancelled) == ("", True)


def test_a_spinner_is_not_even_timed_on_a_pipe(
    pipe: io.StringIO, timers: list[FakeTimer], timer: Callable[[float, Callable[[], None]], FakeTimer]
) -> None:
    with waiting("Suggesting", timer):
        assert not timers[0].started
    assert pipe.getvalue() == ""


def test_the_real_timer_goes_off(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "LATE_S", 0.01)
    with waiting("Explaining"):
        until = time.monotonic() + 20
        while "Explaining" not in terminal.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    assert "Explaining" in terminal.getvalue()


def test_commands_show_what_they_are_at(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'store.db'}"
    assert run(["import", str(TINY), "--store", store]) == 0
    terminal.truncate(0)
    monkeypatch.setattr(output, "LATE_S", 0.0)
    for words, title in (
        (["backup", str(tmp_path / "store.backup")], "Backing up"),
        (["suggest", "s1"], "Suggesting"),
        (["explain", "s1", "p1"], "Explaining"),
    ):
        assert run([*words, "--store", store]) == 0
        assert title in terminal.getvalue()
        assert title not in capsys.readouterr().out
