"""Keyset paging: a page starts after the last id of the one before, so that nothing is skipped or repeated."""

import base64
import binascii
from collections.abc import Sequence

from matchmaker.errors import Finding, InvalidInput
from matchmaker.model.ids import ID_RULE, is_id

MAXIMUM_LIMIT = 200
"""Largest page."""


def make_cursor(last_id: str) -> str:
    """Return the cursor of the page after ``last_id``.

    >>> parse_cursor(make_cursor("unitid:209807"))
    'unitid:209807'
    """
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def parse_cursor(cursor: str) -> str:
    """Return the id that a cursor stands for, or raise `InvalidInput`."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = ""
    if not is_id(text):
        valid = f"next_cursor of an earlier page ({ID_RULE}, encoded)"
        raise InvalidInput([Finding("the cursor is not one of ours", "query.cursor", cursor[:200], valid)])
    return text


def page(ids: Sequence[str], after: str, limit: int) -> tuple[list[str], str | None]:
    """Return the next ``limit`` of ascending ids after ``after``, and the cursor of the page after them.

    >>> page(["a", "b", "c"], "a", 1)[0]
    ['b']
    """
    left = [id for id in ids if id > after]
    shown = left[:limit]
    return shown, make_cursor(shown[-1]) if len(left) > limit else None
