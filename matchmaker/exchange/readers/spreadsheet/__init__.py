"""Spreadsheets as people have them: any delimiter or XLSX, any headings, by a mapping that a person confirmed."""

from matchmaker.exchange.readers.spreadsheet.reader import (
    FORMATS,
    mentioned_names,
    open_table,
    propose_mapping,
)

__all__ = ["FORMATS", "mentioned_names", "open_table", "propose_mapping"]
