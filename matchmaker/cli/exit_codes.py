"""The one table from error to exit code."""

from collections.abc import Mapping
from types import MappingProxyType

from matchmaker.errors import (
    AmbiguousName,
    ConfigError,
    Conflict,
    Infeasible,
    InvalidInput,
    MatchmakerError,
    NotFound,
    StoreAuthFailed,
    StoreCorrupt,
    StoreError,
    StoreIncomplete,
    StoreOutOfMemory,
    StoreReadOnly,
    StoreSchemaError,
    StoreTimeout,
    StoreUnavailable,
    Unsupported,
)

OK = 0
UNEXPECTED = 1
USAGE = 2
SOME_REFUSED = 3
NOT_FOUND = 4
CONFLICT = 5
INVALID = 6
STORE = 7
CONFIG = 8
UNSUPPORTED = 9
INTERRUPTED = 130

MEANING: Mapping[int, str] = MappingProxyType(
    {
        OK: "done",
        UNEXPECTED: "something went wrong that matchmaker didn't foresee",
        USAGE: "the command was typed wrongly",
        SOME_REFUSED: "done, but some rows were refused; each is reported",
        NOT_FOUND: "nothing, or more than one thing, goes by that name",
        CONFLICT: "the data changed meanwhile, or later changes are in the way",
        INVALID: "the input was refused whole; every problem is reported",
        STORE: "the store can't answer: not there, no access, read-only, out of time or memory, damaged",
        CONFIG: "a setting is missing, wrong or unsafe",
        UNSUPPORTED: "this isn't possible here",
        INTERRUPTED: "stopped by you; what was loaded so far stays, and the job can be resumed or taken back",
    }
)
"""What each exit code means."""

EXIT_CODE_OF: Mapping[type[MatchmakerError], int] = MappingProxyType(
    {
        MatchmakerError: UNEXPECTED,
        InvalidInput: INVALID,
        NotFound: NOT_FOUND,
        AmbiguousName: NOT_FOUND,
        Conflict: CONFLICT,
        Infeasible: UNSUPPORTED,
        Unsupported: UNSUPPORTED,
        ConfigError: CONFIG,
        StoreError: STORE,
        StoreUnavailable: STORE,
        StoreAuthFailed: STORE,
        StoreReadOnly: STORE,
        StoreTimeout: STORE,
        StoreOutOfMemory: STORE,
        StoreIncomplete: STORE,
        StoreSchemaError: STORE,
        StoreCorrupt: STORE,
    }
)
"""The exit code of every class of the exception tree."""
