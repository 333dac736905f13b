"""Figures of a rhythm in words, the same on the page and on the terminal. Pure."""

from bot.cadence.period import Expected
from bot.cadence.stats import Hits

TOO_FEW = "too few to say"


def expected_text(expected: Expected) -> str:
    """Return when the next release is usual: "2026-07-16 to 08-14"."""
    first, last = expected.first.isoformat(), expected.last.isoformat()
    if first == last:
        return first
    return f"{first} to {last[5:] if first[:4] == last[:4] else last}"


def hits_text(hits: Hits) -> str:
    """Return how often such a window was right: "right 25 of 33 times"."""
    if not hits.tried:
        return "never tried yet"
    told = f"right {hits.hits} of {hits.tried} times"
    return told if hits.rate is not None else f"{told}: {TOO_FEW}"


def days_ago(days: int) -> str:
    """Return "today", "1 day ago", "24 days ago"."""
    return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'} ago"
