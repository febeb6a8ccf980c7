"""The one boundary where the driver's errors become ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from neo4j import exceptions as driver
from neo4j.exceptions import DriverError, Neo4jError

from matchmaker.errors import (
    ConfigError,
    MatchmakerError,
    StoreAuthFailed,
    StoreCorrupt,
    StoreError,
    StoreOutOfMemory,
    StoreReadOnly,
    StoreTimeout,
    StoreUnavailable,
    Unsupported,
)

Meaning = tuple[type[MatchmakerError], str]

_ASKED_WRONGLY = (StoreError, "did not take what it was asked; this is a fault of matchmaker, please report it")
_GONE = (StoreUnavailable, "can't be reached, or went away; start it, check its address, and try again")
_STOPPED = (StoreUnavailable, "broke the transaction off (is it stopping, or did someone end it?); try again")
_READ_ONLY = (StoreReadOnly, "takes no writes: the database or this server is read-only")
_REFUSED = (StoreAuthFailed, "refused the user or the password, or doesn't allow this user to do that")
_TOO_SLOW = (
    StoreTimeout,
    "gave up on a statement or a lock after its time limit; is someone else writing, or is the batch too large?",
)
_NO_MEMORY = (
    StoreOutOfMemory,
    "ran out of memory for a transaction; use smaller batches, or raise dbms.memory.transaction.total.max or the heap",
)

OF_CLASS: Mapping[type[DriverError | Neo4jError], Meaning] = MappingProxyType(
    {
        driver.ClientError: _ASKED_WRONGLY,
        driver.CypherSyntaxError: _ASKED_WRONGLY,
        driver.CypherTypeError: _ASKED_WRONGLY,
        driver.ConstraintError: (StoreCorrupt, "holds what doesn't fit the rest; was it changed by other means?"),
        driver.AuthError: _REFUSED,
        driver.TokenExpired: _REFUSED,
        driver.Forbidden: _REFUSED,
        driver.DatabaseError: (StoreUnavailable, "failed inside; its own log says why (is the disk full?)"),
        driver.TransientError: (StoreUnavailable, "could not do it at this moment, nor a little later; try again"),
        driver.DatabaseUnavailable: (
            StoreUnavailable,
            "is there, but its database isn't available: it is starting, stopped, or can't start; its own log says why",
        ),
        driver.NotALeader: (StoreUnavailable, "has moved its leader and named no other in time; try again"),
        driver.ForbiddenOnReadOnlyDatabase: _READ_ONLY,
        driver.SessionError: _ASKED_WRONGLY,
        driver.TransactionError: _ASKED_WRONGLY,
        driver.TransactionNestingError: _ASKED_WRONGLY,
        driver.ResultError: _ASKED_WRONGLY,
        driver.ResultFailedError: _ASKED_WRONGLY,
        driver.ResultConsumedError: _ASKED_WRONGLY,
        driver.ResultNotSingleError: _ASKED_WRONGLY,
        driver.BrokenRecordError: (StoreCorrupt, "returned a value that can't be read"),
        driver.SessionExpired: _GONE,
        driver.ServiceUnavailable: _GONE,
        driver.RoutingServiceUnavailable: _GONE,
        driver.WriteServiceUnavailable: (StoreUnavailable, "has no server that takes writes at this moment; try again"),
        driver.ReadServiceUnavailable: _GONE,
        driver.IncompleteCommit: (
            StoreUnavailable,
            "went away while a batch was being committed: all of it is there or nothing; apply the same batch again",
        ),
        driver.ConfigurationError: (ConfigError, "can't be used with this address or these settings"),
        driver.AuthConfigurationError: (ConfigError, "can't be used with this user and password"),
        driver.CertificateConfigurationError: (ConfigError, "can't be used with this certificate"),
        driver.UnsupportedServerProduct: (Unsupported, "is not a Neo4j that this driver knows"),
        driver.ConnectionPoolError: _GONE,
        driver.ConnectionAcquisitionTimeoutError: (StoreTimeout, "had no connection free in time; too many are in use"),
    }
)
"""What each of the driver's classes of error means here."""

OF_CODE: tuple[tuple[str, Meaning], ...] = (
    ("OutOfMemoryError", _NO_MEMORY),
    ("Transaction.TransactionTimedOut", _TOO_SLOW),
    ("LockAcquisitionTimeout", _TOO_SLOW),
    ("ExecutionTimeout", _TOO_SLOW),
    ("General.ForbiddenOnReadOnlyDatabase", _READ_ONLY),
    ("General.WriteOnReadOnlyAccessDatabase", _READ_ONLY),
    ("General.ReadOnly", _READ_ONLY),
    ("Database.DatabaseNotFound", (ConfigError, "has no database of that name")),
    ("Neo.ClientError.Security.", _REFUSED),
    ("Transaction.Terminated", _STOPPED),
    ("Transaction.LockClientStopped", _STOPPED),
    ("Transaction.TransactionMarkedAsFailed", _STOPPED),
    ("Transaction.TransactionNotFound", _STOPPED),
)
"""What the server's own codes mean where the class says too little: the first part that the code holds."""


def fault_of(error: DriverError | Neo4jError, place: str, *, overdue: bool = False) -> MatchmakerError:
    """Return our error for one of the driver's.

    Parameters
    ----------
    error
        The driver's.
    place
        The server's address, which holds no password.
    overdue
        Whether the transaction had its whole time: a server that ends one while it waits for a lock doesn't say why.
    """
    meaning = _meaning(error)
    kind, words = _TOO_SLOW if overdue and meaning is _STOPPED else meaning
    said = f"{error.code}: {error.message}" if isinstance(error, Neo4jError) else str(error).strip().partition("\n")[0]
    return kind(f"The Neo4j server {place} {words}. It says: {said or type(error).__name__}")


def is_worth_repeating(error: DriverError | Neo4jError) -> bool:
    """Say whether the same transaction may go through if it is tried again.

    The driver calls an exhausted memory pool transient, and so would run into it until its time is up; and a
    database that is read-only stays so.
    """
    kind, _ = _meaning(error)
    return error.is_retryable() and kind not in {StoreOutOfMemory, StoreReadOnly}


@contextmanager
def mapped(place: str) -> Iterator[None]:
    """Turn every error of the driver inside the block into one of ours."""
    try:
        yield
    except (DriverError, Neo4jError) as error:
        raise fault_of(error, place) from error


def _meaning(error: DriverError | Neo4jError) -> Meaning:
    code = error.code if isinstance(error, Neo4jError) else None
    for part, meaning in OF_CODE:
        if code is not None and part in code:
            return meaning
    known = (OF_CLASS[kind] for kind in type(error).__mro__ if kind in OF_CLASS)
    return next(known, (StoreError, "answered with an error that is not known here"))
