"""Canonical values and digests, so that equal means equal on every store.

A value is text, integer, float, boolean, or a list of one of these; dates are text. Text is
NFC without control characters other than tab and line break; integers fit 64 bits; floats are finite
and ``-0.0`` is ``0.0``; an empty list or an empty text is the same as absent.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping

Scalar = str | int | float | bool
Value = Scalar | tuple[str, ...] | tuple[int, ...] | tuple[float, ...] | tuple[bool, ...]
Properties = Mapping[str, Value]

MAXIMUM_TEXT = 100_000
"""Longest text value, in characters."""

HASH_MODULUS = 2**256
_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_INTEGER_LIMIT = 2**63
_REFUSED_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc, but for tab and line break, and Cs."""


class ValueRefused(ValueError):
    """A value that can't be made canonical; the message says why."""


def canonical_text(value: str) -> str:
    r"""Return text in NFC, stripped; refuse control characters and lone surrogates.

    >>> canonical_text("  Cafe\u0301 ") == "Caf\xe9"
    True
    """
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > MAXIMUM_TEXT:
        raise ValueRefused(f"longer than {MAXIMUM_TEXT} characters")
    if text.isprintable():
        return text
    refused = _REFUSED_CHARACTER.search(text)
    if refused is not None:
        raise ValueRefused(f"holds the control character U+{ord(refused.group()):04X}")
    return text


def canonical_integer(value: int) -> int:
    """Return an integer that fits 64 bits."""
    if not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        raise ValueRefused("does not fit 64 bits")
    return int(value)


def canonical_float(value: float) -> float:
    """Return a finite float, with ``-0.0`` as ``0.0``.

    >>> str(canonical_float(-0.0))
    '0.0'
    """
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueRefused("is too large") from error
    if not math.isfinite(number):
        raise ValueRefused("is not a finite number")
    return number + 0.0


def shown(value: object) -> str:
    """Return a refused value as text for a finding, at most 200 characters.

    >>> shown("x" * 300) == "x" * 200, shown(10**5000)
    (True, 'a whole number of 16610 bits')
    """
    if isinstance(value, int) and value.bit_length() > 1000:
        return f"a whole number of {value.bit_length()} bits"
    return str(value)[:200]


def element_digest(*parts: object) -> int:
    """Return the SHA-256 of the parts' canonical JSON as an integer.

    Integers and floats stay apart (``1`` and ``1.0`` differ), mappings are sorted by key.
    """
    return json_digest(_AS_JSON(parts))


def canonical_json(properties: Properties) -> str:
    """Return properties as canonical JSON: keys sorted, integers and floats apart, as few escapes as JSON allows."""
    return _AS_JSON(dict(properties))


def joined_json(head: tuple[object, ...], properties: str, tail: tuple[object, ...] = ()) -> str:
    """Return the canonical JSON of a list: the head's parts, properties that are JSON already, the tail's parts.

    >>> joined_json(("node", "x"), '{"a":1}', ("public",)), joined_json(("node",), "{}")
    ('["node","x",{"a":1},"public"]', '["node",{}]')
    """
    start = _AS_JSON(head)[:-1]
    end = f",{_AS_JSON(tail)[1:]}" if tail else "]"
    return f"{start},{properties}{end}"


def json_digest(text: str) -> int:
    """Return the SHA-256 of canonical JSON as an integer: what `element_digest` is of its parts."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big")


def add_digests(digests: Iterable[int], start: int = 0) -> int:
    """Return the sum of digests modulo 2**256: order doesn't matter, one change costs one digest."""
    return sum(digests, start) % HASH_MODULUS


def show_hash(digest: int) -> str:
    """Return a summed digest as 64 hexadecimal digits."""
    return f"{digest % HASH_MODULUS:064x}"
