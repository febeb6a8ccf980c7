import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matchmaker.testing.spreadsheets import write_workbook

MESSY = Path(__file__).parent / "data" / "miami_partners.csv"


@pytest.fixture
def messy_text() -> Path:
    """A sheet of Miami-Dade partners as people make them; whose contacts and needs are shown is invented."""
    return MESSY


@pytest.fixture
def messy_workbook(tmp_path: Path) -> Path:
    """The same as a workbook: merged headers, and ids, ZIP codes and days that became numbers."""
    with MESSY.open(encoding="utf-8", newline="") as file:
        rows = [[int(cell) if cell.isdigit() else cell for cell in row] for row in csv.reader(file)]
    single = [(3, column, 4, column, str(text)) for column, text in enumerate(rows[3]) if text not in {"", "Contact"}]
    sheets: dict[str, list[Any]] = {"Read me": [["see the next sheet"]], "Partners 2024": rows}
    return write_workbook(tmp_path / "miami_partners.xlsx", sheets, [*single, (3, 4, 3, 6, "Contact")])


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text file."""

    def write(text: str, encoding: str = "utf-8", name: str = "partners.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write
