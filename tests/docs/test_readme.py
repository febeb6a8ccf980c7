"""The README's output is what the product says."""

import re
import shlex
from pathlib import Path

import pytest

from matchmaker.cli.main import run

REPOSITORY = Path(__file__).parents[2]


def test_the_output_in_the_readme_is_real(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path / 'demo.db'}"
    assert run(["import", str(REPOSITORY / "fixtures" / "portland"), "--store", store]) == 0
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"^\$ matchmaker (suggest .*)\n((?:.|\n)*?)^```$", readme, re.MULTILINE)
    assert shown is not None
    command, output = shlex.split(shown.group(1)), shown.group(2)
    day = re.search(r"as of (\d{4}-\d{2}-\d{2})", output)
    assert day is not None
    capsys.readouterr()
    assert run([*command, "--as-of", day.group(1), "--store", store]) == 0
    assert capsys.readouterr().out.strip() == output.strip()
