"""Findings with their place in a file."""

from dataclasses import dataclass

from matchmaker.errors import Finding

SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file: its name, and the physical line on which a row starts (the header is line 1)."""

    file: str
    line: int

    def finding(self, message: str, column: str = "", value: str = "", valid: str = "") -> Finding:
        """Return a finding here; ``column`` is what it is about."""
        return Finding(message, where=column, value=shown(value), valid=valid, file=self.file, line=self.line)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is refused whole.

    Attributes
    ----------
    spot
        Where it stands.
    id
        What it would have been called; empty where it has no readable id.
    findings
        Everything that is wrong with it. Empty only where one finding about its file says it all.
    """

    spot: Spot
    id: str
    findings: tuple[Finding, ...]


def shown(text: str) -> str:
    r"""Return text that can be printed anywhere, shortened; bytes that were not UTF-8 are shown as ``\xNN``.

    >>> shown("caf\udce9")
    'caf\\xe9'
    """
    data = text[: 2 * SHOWN_CHARACTERS].encode("utf-8", "surrogateescape" if _is_escaped(text) else "backslashreplace")
    return data.decode("utf-8", "backslashreplace")[:SHOWN_CHARACTERS]


def _is_escaped(text: str) -> bool:
    return all("\udc80" <= character <= "\udcff" for character in text if "\ud800" <= character <= "\udfff")
