"""Identities: what an id may look like, and how ids are derived from content."""

import hashlib
import re
from typing import NewType

from matchmaker.errors import Finding, InvalidInput

NodeId = NewType("NodeId", str)
RecordId = NewType("RecordId", str)
TieId = NewType("TieId", str)
EcosystemId = NewType("EcosystemId", str)
Owner = NewType("Owner", str)
Revision = NewType("Revision", int)

PUBLIC = Owner("public")
"""The owner of what belongs to nobody and is visible to everybody."""

ID_RULE = "1 to 128 of a-z 0-9 . _ : -, starting with a letter or digit"
_ID = re.compile(r"[a-z0-9][a-z0-9._:-]{0,127}")


def is_id(text: str) -> bool:
    """Say whether ``text`` may be an id.

    >>> is_id("unitid:209807"), is_id("Reed College"), is_id("")
    (True, False, False)
    """
    return _ID.fullmatch(text) is not None


def parse_id(text: str) -> NodeId:
    """Return ``text`` as an id, or raise `InvalidInput`."""
    if not is_id(text):
        raise InvalidInput([Finding("not a valid id", where="id", value=text[:200], valid=ID_RULE)])
    return NodeId(text)


def digest_of(*parts: str) -> str:
    """Return the hexadecimal SHA-256 of length-prefixed parts, so that no two lists of parts collide.

    Any text has a digest, also one that no store would take.

    >>> digest_of("ab", "c") == digest_of("a", "bc")
    False
    """
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return hashlib.sha256(b"".join([b"%d:%b" % (len(data), data) for data in encoded])).hexdigest()


def short_number(text: str) -> int:
    """Return 64 bits of a text's digest, with a sign: for telling very many texts apart in little memory.

    Two of a million texts agree by chance about once in forty million.

    >>> short_number("a") == short_number("a"), short_number("a") == short_number("b")
    (True, False)
    """
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def short_digest(prefix: str, *parts: str) -> str:
    """Return ``prefix:`` and the first 32 hexadecimal digits of the parts' digest."""
    return f"{prefix}:{digest_of(*parts)[:32]}"
