"""Conflicts about more than one element, in words of their own."""

from matchmaker.errors import Conflict


def conflict_in_words(element: str, expected: int, found: int, message: str) -> Conflict:
    """Return a conflict that says ``message`` instead of naming the two versions."""
    error = Conflict(element, expected, found)
    error.message = message
    error.args = (message,)
    return error
