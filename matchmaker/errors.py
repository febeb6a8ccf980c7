"""The exception tree.

::

    MatchmakerError
    ├── InvalidInput          what was given can't be taken; carries every finding
    ├── NotFound              no such thing here (or not visible in this scope)
    │   └── AmbiguousName     several things go by this name; carries them
    ├── Conflict              the thing changed since it was read; carries both versions
    ├── Infeasible            the limits contradict each other
    ├── Unsupported           this build, format or place can't do that
    ├── ConfigError           a setting is missing, wrong or unsafe
    └── StoreError            the store can't answer
        ├── StoreUnavailable  it can't be reached, or went away
        ├── StoreAuthFailed   user or password refused
        ├── StoreReadOnly     it takes no writes
        ├── StoreTimeout      it gave up on a statement
        ├── StoreOutOfMemory  it ran out of memory for a transaction; never retried
        ├── StoreIncomplete   a restore into it is unfinished
        ├── StoreSchemaError  written by a newer version, or not a matchmaker store
        └── StoreCorrupt      what it returned can't be right

Every class has a stable ``code``. None knows of HTTP or exit codes: the API and the
command line each have one table for that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one value.

    Attributes
    ----------
    message
        What is wrong, in a sentence.
    where
        The element, column or parameter it is about.
    value
        The offending value as text, shortened to 200 characters; empty when there is none to show.
    valid
        What would be valid.
    file, line
        The place in a file, where there is one (lines count from 1, the header being line 1).
    """

    message: str
    where: str = ""
    value: str = ""
    valid: str = ""
    file: str = ""
    line: int = 0

    def sentence(self) -> str:
        """Return the finding as one readable sentence."""
        line = f":{self.line}" if self.line else ""
        place = f"{self.file}{line}: " if self.file else ""
        subject = f"{self.where}: " if self.where else ""
        shown = f" (got {self.value!r})" if self.value else ""
        hint = f"; valid: {self.valid}" if self.valid else ""
        return f"{place}{subject}{self.message}{shown}{hint}"


class MatchmakerError(Exception):
    """Anything that matchmaker raises on purpose."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(MatchmakerError):
    """What was given can't be taken; ``findings`` lists every problem, not the first."""

    code: ClassVar[str] = "invalid_input"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        shown = "; ".join(finding.sentence() for finding in self.findings[:3])
        more = f"; and {len(self.findings) - 3} more" if len(self.findings) > 3 else ""
        super().__init__(f"{shown}{more}")


class NotFound(MatchmakerError):
    """No such thing here, or none visible in this scope (the two are never told apart)."""

    code: ClassVar[str] = "not_found"

    def __init__(self, kind: str, name: str, near: Sequence[str] = ()) -> None:
        self.kind, self.name, self.near = kind, name, tuple(near)
        hint = f" Did you mean: {'; '.join(self.near)}?" if self.near else ""
        super().__init__(f"No {kind} called {name!r} is known here.{hint}")


class AmbiguousName(NotFound):
    """Several things go by this name."""

    code: ClassVar[str] = "ambiguous_name"

    def __init__(self, kind: str, name: str, matches: Sequence[str]) -> None:
        super().__init__(kind, name, matches)
        self.message = f"Several go by {name!r}: {'; '.join(self.near)}. Give the id, or the kind."
        self.args = (self.message,)


class Conflict(MatchmakerError):
    """The element changed since it was read.

    Attributes
    ----------
    element
        Which one.
    expected, found
        The version that the change was made against (0: expected to be absent), and the one in the store (0: absent).
    message
        What is said instead of naming the two versions, where it is about more than one element.
    """

    code: ClassVar[str] = "conflict"

    def __init__(self, element: str, expected: int, found: int, message: str = "") -> None:
        self.element, self.expected, self.found = element, expected, found
        was = f"version {expected}" if expected else "no such element"
        now = f"version {found}" if found else "no such element"
        changed = f"{element} has changed: expected {was}, found {now}. Read it again and repeat the change."
        super().__init__(message or changed)


class Infeasible(MatchmakerError):
    """The limits contradict each other."""

    code: ClassVar[str] = "infeasible"


class Unsupported(MatchmakerError):
    """What is asked can't be done by this build, in this format or at this place."""

    code: ClassVar[str] = "unsupported"


class ConfigError(MatchmakerError):
    """A setting is missing, wrong or unsafe."""

    code: ClassVar[str] = "config"


class StoreError(MatchmakerError):
    """The store can't answer."""

    code: ClassVar[str] = "store"


class StoreUnavailable(StoreError):
    """The store can't be reached, or went away in mid-use; nothing was half-written."""

    code: ClassVar[str] = "store_unavailable"


class StoreAuthFailed(StoreError):
    """The store refused the user or the password."""

    code: ClassVar[str] = "store_auth_failed"


class StoreReadOnly(StoreError):
    """The store takes no writes."""

    code: ClassVar[str] = "store_read_only"


class StoreTimeout(StoreError):
    """The store gave up on a statement or a lock after its time limit."""

    code: ClassVar[str] = "store_timeout"


class StoreOutOfMemory(StoreError):
    """The store ran out of memory for a transaction. Never retried: use smaller batches or raise its limit."""

    code: ClassVar[str] = "store_out_of_memory"


class StoreIncomplete(StoreError):
    """A restore into this store was interrupted; finish it or drop it."""

    code: ClassVar[str] = "store_incomplete"


class StoreSchemaError(StoreError):
    """The store was written by a newer version of matchmaker, or isn't a matchmaker store."""

    code: ClassVar[str] = "store_schema"


class StoreCorrupt(StoreError):
    """What the store returned can't be right (a failed integrity check, an element that doesn't decode)."""

    code: ClassVar[str] = "store_corrupt"


def iter_error_classes() -> Mapping[str, type[MatchmakerError]]:
    """Return every class of the tree by its code, in code order."""
    found: dict[str, type[MatchmakerError]] = {}
    waiting: list[type[MatchmakerError]] = [MatchmakerError]
    while waiting:
        error = waiting.pop()
        found[error.code] = error
        waiting.extend(error.__subclasses__())
    return dict(sorted(found.items()))
