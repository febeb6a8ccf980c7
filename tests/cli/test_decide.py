"""Deciding on the command line: what is printed where, and how the commands end."""

import email
import email.policy
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from matchmaker.cli.exit_codes import CONFIG, CONFLICT, INVALID, NOT_FOUND, OK
from matchmaker.cli.main import run
from matchmaker.graph.sqlite import Durability, SqliteStore
from matchmaker.testing.hubs import put_world, town

NORTH = ("--ecosystem", "north")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "town.db"
    with closing(SqliteStore.open(path, durability=Durability.NORMAL)) as opened:
        put_world(opened, town())
    monkeypatch.setenv("MATCHMAKER_STORE", f"sqlite:///{path}")
    return f"sqlite:///{path}"


def typed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run([*words, *NORTH])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def read(capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # noqa: ANN401 - JSON
    code, out, err = typed(capsys, *words, "--json")
    assert code == OK, err
    return json.loads(out)


@pytest.fixture
def suggestion(store: str, capsys: pytest.CaptureFixture[str]) -> str:
    listed = read(capsys, "suggest", "School 0", "--limit", "20", "--store", store)["suggestions"]
    found = [one["id"] for one in listed if one["target"]["id"] == "library"]
    assert len(found) == 1
    return str(found[0])


def test_a_life_on_the_command_line(suggestion: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = typed(
        capsys, "decide", suggestion, "shortlisted", "--for", "School 0", "--owner", "Bea", "--as", "Ana"
    )
    assert (code, out) == (OK, "School 0 and Library: shortlisted\nTo take it back: matchmaker undo job-1\n")
    for side in ("source", "target"):
        assert typed(capsys, "decide", suggestion, "asked", "--side", side, "--by", "Ana")[0] == OK
        words = ("--answer", "interested", "--by", "principal", "--how", "phone")
        assert typed(capsys, "decide", suggestion, "asked", "--side", side, *words)[0] == OK
    for state in ("agreed_to_meet", "introduced", "met", "agreed"):
        assert typed(capsys, "decide", suggestion, state)[0] == OK
    done = read(capsys, "decide", suggestion, "active", "--level", "2")
    assert (done["state"], done["job"]) == ("active", "job-10")
    code, out, _ = typed(capsys, "suggestion", "show", suggestion)
    assert code == OK
    assert "Looked after by Bea." in out
    assert re.search(r"source: School 0, asked on [\d-]{10}: interested \([\d-]{10}, principal, phone\)", out)
    assert re.search(r"shortlisted  by Ana, .*, job-1", out)
    assert f"{suggestion}  active" in typed(capsys, "suggestion", "list", "--state", "active")[1]
    report = read(capsys, "suggestion", "report")
    assert report["all"]["spans"]["suggestion_to_agreement"] == {"n": 1, "median": 0.0, "least": 0, "most": 0}
    assert "suggestion to agreement: median 0 days (0 to 0, n 1)" in typed(capsys, "suggestion", "report")[1]
    assert run(["undo", "job-10"]) == OK
    assert read(capsys, "suggestion", "show", suggestion)["state"] == "agreed"


def test_an_illegal_step_ends_with_6_and_names_the_legal_ones(
    suggestion: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = typed(capsys, "decide", suggestion, "introduced", "--for", "school-0")
    assert (code, out) == (INVALID, "")
    assert "valid: shortlisted, asked, declined, snoozed, expired" in err
    assert typed(capsys, "suggestion", "list")[1] == "Nothing has been decided yet.\n"
    assert typed(capsys, "decide", "suggestion:" + "0" * 32, "asked", "--side", "source")[0] == NOT_FOUND
    assert typed(capsys, "decide", suggestion, "declined", "--on", "soon")[0] == INVALID
    assert typed(capsys, "decide", suggestion, "active", "--set", "seats")[0] == INVALID
    assert typed(capsys, "decide", suggestion, "declined", "--if-version", "7")[0] == CONFLICT


def test_a_message_is_printed_changed_and_saved(
    suggestion: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(capsys, "decide", suggestion, "shortlisted", "--side", "target")
    code, out, err = typed(capsys, "draft", suggestion, "--side", "target")
    assert code == OK
    assert out.startswith("To: Library\nSubject: Would Library like to meet School 0?\n\nHello,\n")
    assert "No work e-mail address of Library is known." in err
    assert "MATCHMAKER_PUBLIC_URL" in err
    file = tmp_path / "message.eml"
    assert typed(capsys, "draft", suggestion, "--side", "target", "--eml", str(file))[0] == CONFIG
    assert not file.exists()
    monkeypatch.setenv("MATCHMAKER_PUBLIC_URL", "https://hub.example.org")
    own = tmp_path / "own.txt"
    own.write_text("Dear library,\nwould you like to meet?", encoding="utf-8")
    words = ("--text", str(own), "--subject", "A question", "--eml", str(file), "--as", "Ana")
    changed = read(capsys, "draft", suggestion, "--side", "target", *words)
    assert (changed["edited_by"], changed["body"]) == ("Ana", "Dear library,\nwould you like to meet?")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["Subject"] == "A question"
    again = read(capsys, "draft", suggestion, "--side", "target", "--as-drafted")
    assert (again["version"], again["subject"]) == (0, "Would Library like to meet School 0?")
    assert typed(capsys, "draft", suggestion, "--side", "source")[0] == INVALID
    assert typed(capsys, "draft", suggestion, "--side", "target", "--text", str(tmp_path / "none"))[0] == INVALID


def test_the_do_not_contact_list(suggestion: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(capsys, "do-not-contact", "list")[1] == "Nobody has asked for that.\n"
    assert typed(capsys, "do-not-contact", "add", "Library", "--note", "said so", "--as", "Ana")[0] == OK
    out = typed(capsys, "do-not-contact", "list")[1]
    assert re.fullmatch(r"Library \(library\)  since [\d-]{10}, by Ana: said so\n", out)
    code, _, err = typed(capsys, "decide", suggestion, "asked", "--side", "target", "--for", "library")
    assert (code, "Library is on the do-not-contact list" in err) == (INVALID, True)
    assert typed(capsys, "do-not-contact", "remove", "library", "--note", "called")[0] == OK
    assert read(capsys, "do-not-contact", "list") == {"stops": []}
    assert typed(capsys, "do-not-contact", "remove", "library", "--note", "called")[0] == NOT_FOUND
