"""How often a thread speaks: what can wait comes together with what else comes to it. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.model import NoteKind
from bot.views.notes import COLLECTED

# At most one reply in so long, by the word of `settings every:`; "0m" is at once.
EVERY: Mapping[str, timedelta] = {
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "0m": timedelta(),
}
# What is as good a quarter of an hour later; weights that open and a changed licence are urgent.
_PATIENT = COLLECTED | {NoteKind.UPDATE}


def wait_until(kind: NoteKind, last_reply: datetime | None, every: str, now: datetime) -> datetime | None:
    """Return until when a reply waits for what else comes to its thread, None for one that goes at once."""
    if kind not in _PATIENT or last_reply is None:
        return None
    until = min(last_reply, now) + EVERY[every]  # one in the future was sent by a clock that was wrong
    return until if until > now else None
