"""The quickstart, followed word for word."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
QUICKSTART = REPOSITORY / "docs" / "quickstart.md"


def _shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", QUICKSTART.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_the_quickstart_works_word_for_word(tmp_path: Path) -> None:
    (tmp_path / "fixtures").symlink_to(REPOSITORY / "fixtures")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    blocks = _shell_blocks()
    assert len(blocks) >= 9
    printed = []
    for block in blocks:
        done = subprocess.run(
            ["sh", "-eu", "-c", block], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout + done.stderr)
    everything = "\n".join(printed)
    assert "rows loaded, 0 of them" not in everything
    assert "partners.csv:4" in everything
    assert "job-2 is taken back" in everything
    hashes = re.findall(r"Content hash ([0-9a-f]{64})", everything)
    assert len(hashes) == 2
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("page", [*sorted((REPOSITORY / "docs").rglob("*.md")), REPOSITORY / "README.md"])
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
