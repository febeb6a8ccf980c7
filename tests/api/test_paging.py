"""Keyset paging."""

import pytest

from matchmaker.api.paging import make_cursor, page, parse_cursor
from matchmaker.errors import InvalidInput


def test_pages_neither_skip_nor_repeat() -> None:
    ids = [f"p{number:03d}" for number in range(25)]
    seen: list[str] = []
    after = ""
    while True:
        shown, cursor = page(ids, after, 10)
        seen += shown
        if cursor is None:
            break
        after = parse_cursor(cursor)
    assert seen == ids


def test_a_page_stays_right_when_something_is_added_before_it() -> None:
    first, cursor = page(["b", "d", "f"], "", 2)
    assert first == ["b", "d"]
    assert cursor is not None
    assert page(["a", "b", "c", "d", "e", "f"], parse_cursor(cursor), 2) == (["e", "f"], None)


@pytest.mark.parametrize("cursor", ["%%%", "A", make_cursor("ok") + "!", make_cursor("Not an id"), "é"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_cursor(cursor)
    assert caught.value.findings[0].where == "query.cursor"
