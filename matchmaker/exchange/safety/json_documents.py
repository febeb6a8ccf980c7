"""JSON of unknown origin: read whole, within limits, and only what other readers would understand the same way."""

import json
import math
import re
from collections import Counter
from pathlib import Path

from matchmaker.errors import InvalidInput
from matchmaker.exchange.findings import shown
from matchmaker.exchange.safety.files import read_whole, refusal, too_large
from matchmaker.exchange.safety.limits import DOCUMENT_BYTES, JSON_DEPTH, JSON_VALUES, NUMBER_CHARACTERS

_UTF_16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00")
_STRING = re.compile(rb'"[^"]*(?:"|\Z)')
_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b"[]{},")
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


def load_json(path: Path) -> object:
    """Return what a JSON file says: dictionaries, lists, text, numbers, booleans, None.

    Raises
    ------
    InvalidInput
        It can't be read, is larger than `DOCUMENT_BYTES`, or is refused by `parse_json`.
    """
    return parse_json(read_whole(path, DOCUMENT_BYTES), path.name)


def parse_json(data: bytes, file: str) -> object:
    """Return what a JSON document says.

    Parameters
    ----------
    data
        UTF-8, with or without a byte order mark.
    file
        The name of the file that it is from, for messages.

    Raises
    ------
    InvalidInput
        It is no JSON; is larger, deeper or of more values than allowed; a name stands twice in one object; a number
        is not finite or too long; or half a character is escaped (a lone surrogate). The finding has the line where
        the parser knows it.
    """
    if len(data) > DOCUMENT_BYTES:
        raise too_large(file, DOCUMENT_BYTES)
    text = _decoded(data, file)
    _check_structure(data, file)
    if "\\u" in text and _LONE_SURROGATE.search(text.replace("\\\\", "__")):
        raise refusal(file, "half of a character is escaped (a lone surrogate, \\ud800 to \\udfff)", "whole characters")
    strict = _Strict(file)
    try:
        return json.loads(
            text,
            object_pairs_hook=strict.make_object,
            parse_constant=strict.parse_constant,
            parse_float=strict.parse_float,
            parse_int=strict.parse_int,
        )
    except json.JSONDecodeError as error:
        why = f"isn't valid JSON at line {error.lineno}, column {error.colno} ({error.msg})"
        raise refusal(file, why, "a JSON document that is complete") from error


def _decoded(data: bytes, file: str) -> str:
    if not data.strip():
        raise refusal(file, "the file is empty", "a JSON document")
    if data.startswith(_UTF_16_OR_32) or data[1:2] == b"\x00":
        raise refusal(file, "the file is UTF-16 or UTF-32", "JSON saved as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(file, f"is not UTF-8 text (byte {error.start + 1:,})", "JSON saved as UTF-8") from error


def _check_structure(data: bytes, file: str) -> None:
    """Count values and levels without parsing: brackets and commas outside of strings."""
    plain = data.replace(b"\\\\", b"__").replace(b'\\"', b"__") if b"\\" in data else data
    # A value has at most a name and a text, so more quotes than this mean more values than allowed.
    if plain.count(b'"') > 4 * JSON_VALUES:
        raise _too_many(file)
    structure = _STRING.sub(b"", plain).translate(None, _NOT_STRUCTURE)
    if structure.count(b",") + structure.count(b"[") + structure.count(b"{") > JSON_VALUES:
        raise _too_many(file)
    depth = 0
    for byte in structure.translate(None, b","):
        depth += 1 if byte in b"[{" else -1
        if depth > JSON_DEPTH:
            message = f"has lists or objects more than {JSON_DEPTH} deep inside each other"
            raise refusal(file, message, f"at most {JSON_DEPTH} levels")


def _too_many(file: str) -> InvalidInput:
    return refusal(file, f"has more than {JSON_VALUES:,} values", f"at most {JSON_VALUES:,}; split it")


class _Strict:
    """Makes Python's values of JSON's, refusing what JSON readers disagree about."""

    def __init__(self, file: str) -> None:
        self.file = file

    def make_object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
            raise refusal(self.file, "the name stands twice in one object", "once", twice)
        return made

    def parse_constant(self, text: str) -> object:
        raise refusal(self.file, f"{text} is no number in JSON", "a finite number or null")

    def parse_float(self, text: str) -> float:
        number = float(self._short(text))
        if not math.isfinite(number):
            raise refusal(self.file, f"the number {shown(text)} is too large", "a number below 1e308")
        return number

    def parse_int(self, text: str) -> int:
        return int(self._short(text))

    def _short(self, text: str) -> str:
        if len(text) > NUMBER_CHARACTERS:
            message = f"a number has {len(text):,} characters"
            raise refusal(self.file, message, f"at most {NUMBER_CHARACTERS} characters")
        return text
