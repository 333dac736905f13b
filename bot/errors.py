"""The exceptions that we expect: each says what failed, where, and what to do."""

from enum import StrEnum


class CadenceError(Exception):
    """The root of every expected failure; its text is one line for people."""


class ConfigError(CadenceError):
    """Report a wrong configuration by file, path inside it, value and remedy."""


class StoreError(CadenceError):
    """Report a database that is locked, full, read-only, damaged or newer than this program."""


class UnusableError(StoreError, ConfigError):
    """Report a database that cannot be one as things are set up: not to be written, or no database."""


class LostTurnError(StoreError):
    """Report that another worker has taken over: what this one was about to store, that one decides."""


class UsageError(CadenceError):
    """Report a request that makes no sense as it stands, with the nearest one that does."""


class Failure(StrEnum):
    """Classify why a source could not be read; `status` and the metrics count by these."""

    UNREACHABLE = "unreachable"  # DNS, refused, reset, TLS
    TIMEOUT = "timeout"
    TOO_LARGE = "too large"
    FORBIDDEN_ADDRESS = "forbidden address"
    TOO_MANY_REDIRECTS = "too many redirects"
    RATE_LIMITED = "rate limited"
    DENIED = "denied"  # 401 and 403: a token, or a wall against robots
    GONE = "gone"  # 404 and 410
    SERVER_ERROR = "server error"
    BAD_ANSWER = "bad answer"  # 200, and yet not what this source gives
    EMPTY = "empty"  # nothing, or far less, where there used to be something


# What is a host's, and may be otherwise in an hour; the rest lies in what was asked for.
OF_HOSTS = frozenset({Failure.UNREACHABLE, Failure.TIMEOUT, Failure.RATE_LIMITED, Failure.SERVER_ERROR})


class SourceError(CadenceError):
    """Report that a source could not be read.

    `retry_after` is in seconds and is set where the server named a time.
    """

    def __init__(self, failure: Failure, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.failure = failure
        self.retry_after = retry_after
