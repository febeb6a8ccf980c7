"""What an operations entry may be: names, keys and fields, checked the same way for every store."""

import re
from collections.abc import Mapping

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.canonical import (
    Scalar,
    ValueRefused,
    canonical_float,
    canonical_integer,
    canonical_text,
    shown,
)
from matchmaker.model.ids import ID_RULE, is_id

SECRET_PREFIX = "secret"  # noqa: S105 - the beginning of a name, not a secret
"""Collections whose name starts so are left out of backups."""

LONGEST_KEY = 1_000
KEY_RULE = f"text of 1 to {LONGEST_KEY} characters without control characters, in NFC, no space at either end"
FIELD_RULE = "1 to 64 of a-z 0-9 _, starting with a letter"
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,63}")


def is_secret(collection: str) -> bool:
    """Say whether a collection stays out of backups.

    >>> is_secret("secret_keys"), is_secret("jobs")
    (True, False)
    """
    return collection.startswith(SECRET_PREFIX)


def check_collection(name: str) -> str:
    """Return the name of a collection, or raise `InvalidInput`."""
    if not is_id(name):
        raise InvalidInput([Finding("not a valid name", where="collection", value=name[:200], valid=ID_RULE)])
    return name


def check_key(key: str) -> str:
    """Return the key of an entry as it is, or raise `InvalidInput`: a key is never changed on its way in."""
    if not is_key(key):
        raise InvalidInput([Finding("not a valid key", where="key", value=key[:200], valid=KEY_RULE)])
    return key


def is_key(text: str) -> bool:
    """Say whether ``text`` may be the key of an entry.

    >>> is_key("100%_sure"), is_key(""), is_key(" padded")
    (True, False, False)
    """
    try:
        return 0 < len(text) <= LONGEST_KEY and canonical_text(text) == text
    except ValueRefused:
        return False


def is_prefix(text: str) -> bool:
    """Say whether the key of an entry may start with ``text``."""
    try:
        return len(canonical_text(text)) <= LONGEST_KEY
    except ValueRefused:
        return False


def check_time(seconds: int | None) -> int | None:
    """Return a time in seconds since 1970 as it is, or raise `InvalidInput` where no store can hold it."""
    if seconds is not None and clamp(seconds) != seconds:
        raise InvalidInput([Finding("not a valid time", where="expires_at", valid="seconds since 1970")])
    return seconds


def clamp(number: int) -> int:
    """Return the nearest number that fits 64 bits: what is asked after or up to it is the same.

    >>> clamp(7), clamp(2**70) == 2**63 - 1
    (7, True)
    """
    return max(-(2**63), min(number, 2**63 - 1))


def canonical_fields(fields: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Return fields in name order with canonical values; an empty text is the same as absent.

    Raises
    ------
    InvalidInput
        With every field that is named wrong or holds what no store keeps.
    """
    clean: dict[str, Scalar] = {}
    findings: list[Finding] = []
    for name in sorted(fields):
        if not _FIELD.fullmatch(name):
            findings.append(Finding("not a valid field", where=name[:200], valid=FIELD_RULE))
            continue
        try:
            value = _canonical(fields[name])
        except ValueRefused as refused:
            findings.append(Finding(f"{name} {refused}", where="fields", value=shown(fields[name]), valid=_VALID))
        else:
            if value != "":
                clean[name] = value
    if findings:
        raise InvalidInput(findings)
    return clean


_VALID = "text, a whole number of 64 bits, a finite number, true or false"


def _canonical(value: object) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return canonical_text(value)
    if isinstance(value, int):
        return canonical_integer(value)
    if isinstance(value, float):
        return canonical_float(value)
    raise ValueRefused("is not a single value")
