"""Rows of a CSV bundle: columns in a fixed order, rows sorted, empty columns left out, the same bytes everywhere."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

SOURCE = "invented for demonstration"
"""Who says everything in a generated bundle."""

_PROVENANCE = "source source_row observed_on confidence"
_PERIOD = "since until visibility"

COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(columns.split())
    for name, columns in {
        "partners.csv": "id name organization_type organization_types aliases description website web_domain control "
        "degree_granting closed_on cip_fields pell_share need_based_aid latitude longitude locale country languages "
        "intents intends_to_serve capacity_available capacity_maximum capacity_unit capacity_updated_on "
        f"capacity_status request_limit stem_roles wbl_offered withdrawn_everywhere {_PERIOD} {_PROVENANCE}",
        "programs.csv": "id name program_type setting season hours family_cost languages accessibility transport meals "
        f"intends_to_serve funding_streams career_step description {_PERIOD} {_PROVENANCE}",
        "ecosystems.csv": f"id name country description website reach_km {_PERIOD} {_PROVENANCE}",
        "initiatives.csv": f"id name initiative_type description website {_PERIOD} {_PROVENANCE}",
        "places.csv": f"id name kind country latitude longitude locale {_PERIOD} {_PROVENANCE}",
        "pathways.csv": f"id name career_cluster_framework career_cluster_code description {_PERIOD} {_PROVENANCE}",
        "topics.csv": f"id name code {_PROVENANCE}",
        "occupations.csv": f"id name code {_PROVENANCE}",
        "needs.csv": f"subject resource id stage topic quantity description {_PERIOD} {_PROVENANCE}",
        "offers.csv": f"subject resource id stage topic quantity description {_PERIOD} {_PROVENANCE}",
        "counts.csv": f"subject kind stage population year value {_PERIOD} {_PROVENANCE}",
        "designations.csv": f"subject code basis year {_PROVENANCE}",
        "contacts.csv": f"subject role email phone language name agreed_on {_PERIOD} {_PROVENANCE}",
        "conditions.csv": f"subject condition requirement link stated_on {_PERIOD} {_PROVENANCE}",
        "criteria.csv": f"subject criterion status fact link {_PERIOD} {_PROVENANCE}",
        "quality_evidence.csv": f"subject tool assessed_by assessed_on {_PERIOD} {_PROVENANCE}",
        "ratings.csv": f"subject rater measure level rated_on {_PERIOD} {_PROVENANCE}",
        "statistics.csv": f"subject kind area year value {_PROVENANCE}",
        "coverage.csv": "subject covers sectors stages place share_answered as_of description source source_row",
        "ties.csv": "source type target episode since until level_by_source level_by_target trust_by_source "
        "trust_by_target value_by_source value_by_target days start end season stages mode seats flags_applications "
        "fee_waiver scholarship credit status wbl_type stage hours paid minimum_age amount kind role position link "
        "intents primary visibility asserted_by source_row observed_on confidence",
    }.items()
}
"""The columns of each file, in order."""

Row = dict[str, str]


class Tables:
    """Rows by file name.

    Parameters
    ----------
    source_row
        What the column of that name says in every row.
    """

    def __init__(self, source_row: str) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        self._source_row = source_row

    def add(self, file: str, cells: Mapping[str, str]) -> None:
        """Add a row; empty cells are left out, and who says so is filled in."""
        who = "asserted_by" if file == "ties.csv" else "source"
        row = {who: SOURCE, "source_row": self._source_row} | {name: text for name, text in cells.items() if text}
        strange = set(row) - set(COLUMNS[file])
        if strange:
            raise KeyError(f"{file} has no column {', '.join(sorted(strange))}")
        self.rows[file].append(row)

    def tie(self, type: str, ends: tuple[str, str], cells: Mapping[str, str] | None = None) -> None:
        """Add a tie."""
        self.add("ties.csv", {"source": ends[0], "type": type, "target": ends[1], **(cells or {})})

    def sorted_rows(self) -> dict[str, list[Row]]:
        """Return the rows of every file that has any, in the order of their columns."""
        found = {}
        for file, rows in self.rows.items():
            if rows:
                columns = columns_of(file, rows)
                found[file] = sorted(rows, key=lambda row: tuple(row.get(name, "") for name in columns))
        return found


def columns_of(file: str, rows: list[Row]) -> list[str]:
    """Return the columns of a file that any row uses."""
    used = {name for row in rows for name in row}
    return [name for name in COLUMNS[file] if name in used]


def csv_text(file: str, rows: list[Row]) -> str:
    """Return rows as CSV: UTF-8 text, line feeds, quotes only where needed."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns_of(file, rows), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write text files into a folder, made where it isn't there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("utf-8"))
