"""Slack's clock, which dates the messages: ours may be wrong, and may be set at any time."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_WRONG = timedelta(minutes=1)
_TRUSTED = timedelta(minutes=10)  # what was heard longer ago is asked for again


class ServerClock:
    """What the Date of Slack's answers tells, carried on by `ticks`: seconds that nobody sets.

    Where something in between dates answers otherwise than Slack its messages, only these count.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._heard: tuple[datetime, float] | None = None
        self._is_dated_wrongly = False

    def hear(self, headers: Mapping[str, str]) -> None:
        """Take the time from the headers of an answer, whose names are in lower case."""
        try:
            told = parsedate_to_datetime(headers["date"])
        except (KeyError, ValueError):
            return
        if told.tzinfo and not self._is_dated_wrongly:
            self._heard = told, self._ticks()

    def compare(self, ts: str) -> None:
        """Take the time from the ts of a message posted just now, if the answers are dated wrongly."""
        try:
            posted = datetime.fromtimestamp(float(ts), UTC)
        except (ValueError, OverflowError, OSError):  # no time at all
            return
        told = self.now()
        if self._is_dated_wrongly or (told and abs(posted - told) > _WRONG):
            self._is_dated_wrongly = True
            self._heard = posted, self._ticks()

    def now(self) -> datetime | None:
        """Return the time, at most a few seconds late, or None where it was not heard lately."""
        if self._heard is None:
            return None
        told, at = self._heard
        since = timedelta(seconds=self._ticks() - at)
        return told + since if since <= _TRUSTED else None
