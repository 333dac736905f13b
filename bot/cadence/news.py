"""What is news about a rhythm: one sentence each, with a key by which it is told once. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.cadence.shipped import Shipped
from bot.releases.facts.visible import clean

_NAME_LIMIT = 80


class NewsKind(StrEnum):
    """Name the kinds of cadence alert."""

    QUIET = "quiet"
    BACK = "back"
    BURST = "burst"
    FIRST_OPEN = "first open"
    LICENSE = "license change"
    RECORD = "record size"


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news; `sentence` is plain text that still has to be escaped."""

    kind: NewsKind
    lab: str  # lab id
    day: date  # on which it became true
    sentence: str
    about: str  # the family key of the release that it hangs on: a quiet lab's last, else the new one

    @property
    def key(self) -> str:
        """Return what makes it the same news, however often the history is asked."""
        return f"{self.kind}|{self.lab}|{self.about}|{self.day}"


def long_date(day: date) -> str:
    """Return a day as sentences have it: "20 April 2026"."""
    return f"{day.day} {day:%B %Y}"


def days_text(days: float) -> str:
    """Return a number of days, rounded: "1 day", "24 days"."""
    whole = round(days)
    return f"{whole} day{'' if whole == 1 else 's'}"


def lab_text(it: Shipped) -> str:
    """Return the lab's name, fit for a sentence."""
    return clean(it.who, _NAME_LIMIT) or "an unnamed lab"


def name_text(it: Shipped) -> str:
    """Return the release's name, fit for a sentence."""
    return clean(it.name, _NAME_LIMIT) or "an unnamed model"
