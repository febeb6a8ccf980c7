"""Values as the text of cells, safe to open in a spreadsheet and to put into XML, and back again."""

import re
from collections.abc import Mapping

from matchmaker.model.canonical import Scalar, Value
from matchmaker.model.properties import Kind, PropertySpec, join_list

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NOT_XML = re.compile("_x(?=[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b\x0c\x0d-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED_XML = re.compile("_x([0-9A-Fa-f]{4})_")
_NUMBERS = frozenset({Kind.INTEGER, Kind.FLOAT})


def cell_text(value: Value) -> str:
    """Return a value as the text of one cell, as `PropertySpec.parse` reads it.

    >>> cell_text((1.0, 2.5)), cell_text(True), cell_text(-0.5)
    ('1.0|2.5', 'true', '-0.5')
    """
    return join_list(map(_scalar_text, value)) if isinstance(value, tuple) else _scalar_text(value)


def _scalar_text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def guard_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: behind an apostrophe where it begins like one.

    What begins with apostrophes and then like a formula gets one more, so that `unguard_cell` always gives back what
    was guarded.

    >>> guard_cell("=1+1"), guard_cell("'=1+1"), guard_cell("'tis"), guard_cell("a=b")
    ("'=1+1", "''=1+1", "'tis", 'a=b')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_cell(text: str) -> str:
    """Return the text that `guard_cell` guarded; any other text as it is.

    >>> unguard_cell("'=1+1"), unguard_cell("'tis"), unguard_cell("-5")
    ('=1+1', "'tis", '-5')
    """
    return text[1:] if _GUARDED.match(text) else text


def guarded(text: str, spec: PropertySpec | None) -> str:
    """Return the text of a cell guarded, where it isn't a number of its column."""
    return text if spec is not None and spec.kind in _NUMBERS and not spec.many else guard_cell(text)


def escape_xml(text: str) -> str:
    r"""Return text without what XML can't hold: such a character becomes ``_xHHHH_``, as in a workbook's own files.

    >>> escape_xml("a\uffffb _x0041_")
    'a_xFFFF_b _x005F_x0041_'
    """
    return _NOT_XML.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return "_x005F_x" if found[0] == "_x" else f"_x{ord(found[0]):04X}_"


def unescape_xml(text: str) -> str:
    """Return what `escape_xml` escaped."""
    return _ESCAPED_XML.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def filled(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells that aren't empty."""
    return {name: text for name, text in cells.items() if text}
