"""Rows of the bundle's files, made from a row of a sheet."""

from collections.abc import Mapping, Sequence

from matchmaker.exchange.reading import Part
from matchmaker.model.vocabulary import TieType


def filled(**cells: str) -> dict[str, str]:
    """Return the cells that have a value."""
    return {column: text for column, text in cells.items() if text}


def tie_part(type: TieType, source: str, target: str, said: Mapping[str, str], **properties: str) -> Part:
    """Return a row of ``ties.csv`` with the provenance of a row of the sheet; empty properties are left out."""
    asserted = {"asserted_by" if column == "source" else column: text for column, text in said.items()}
    cells = {**asserted, "source": source, "type": type.value, "target": target, **filled(**properties)}
    return Part("ties.csv", cells)


def part_key(part: Part) -> tuple[object, ...]:
    """Return what two parts that say the same share, whatever row they come from."""
    if "id" in part.cells:
        return part.file, part.cells["id"]
    apart = ("source_row", "observed_on", "confidence", "asserted_by" if part.file == "ties.csv" else "source")
    return part.file, tuple(sorted(cell for cell in part.cells.items() if cell[0] not in apart))


def once(parts: Sequence[Part]) -> list[Part]:
    """Return parts without those that say again what an earlier one says."""
    return list({part_key(part): part for part in reversed(parts)}.values())[::-1]
