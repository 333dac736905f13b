"""Figures of a cadence in words: the same in Slack, on the page and on the terminal. Pure."""

from bot.cadence.gaps import ENOUGH, Expected, Hits
from bot.cadence.period import Cadence

TOO_FEW = "too few to say"
EXPECTING = (
    "Next expected: the time in which the middle half of all its gaps so far ended. A habit, no forecast."
)


def expected_text(expected: Expected) -> str:
    """Return when the next release is usual: "2026-07-16 to 08-14"."""
    first, last = expected.first.isoformat(), expected.last.isoformat()
    if first == last:
        return first
    return f"{first} to {last[5:] if first[:4] == last[:4] else last}"


def next_text(figures: Cadence) -> str:
    """Return when the next release is usual, whether that has passed, and what the habit was worth so far."""
    expected = figures.expected
    if not expected:
        return TOO_FEW
    late = (figures.window.last - expected.last).days
    passed = f", {days_ago(late)}: later than usual" if late > 0 else ""
    return f"{expected_text(expected)}{passed}; {hits_text(expected.hits)}"


def hits_text(hits: Hits) -> str:
    """Return how often such a window was right: "right 25 of 33 times"."""
    if not hits.tried:
        return "never tried yet"
    told = f"right {hits.hits} of {hits.tried} times"
    return told if hits.tried >= ENOUGH else f"{told}: {TOO_FEW}"


def gap_text(figures: Cadence) -> str:
    """Return the median gap in the window: "10 days"."""
    return TOO_FEW if figures.median_gap is None else f"{figures.median_gap:g} days"


def days_ago(days: int) -> str:
    """Return "today", "1 day ago", "24 days ago"."""
    return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'} ago"
