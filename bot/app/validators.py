"""What the validators of a source (ETag, Last-Modified) are worth: pure.

Some servers keep them over another body, and answer "not modified" of what they have changed. So once a day a
source is read without them, and one that is caught is never asked with them again.
"""

from datetime import datetime, timedelta

from bot.records import SourceState
from bot.sources.base import Poll

_DAY = timedelta(days=1)
# Of a day, from one such reading to the next: not all of it, for a poll comes a little later than its time;
# and not always the same, so that sources that began together do not stay together.
SHARES = (0.5, 0.9)


def are_left_out(state: SourceState, now: datetime) -> bool:
    """Return whether a source is to be read without its validators.

    A time that is more than a day away was set by a wrong clock, and has come.
    """
    due = state.whole_at
    return state.distrusted_at is not None or (due is not None and not now < due <= now + _DAY)


def next_left_out(state: SourceState, now: datetime, share: float) -> datetime:
    """Return when a source that is being read now is next read without validators; `share` is of a day."""
    if state.whole_at is None or are_left_out(state, now):
        return now + share * _DAY
    return state.whole_at


def have_lied(state: SourceState, poll: Poll) -> bool:
    """Return whether they stayed the same over another body; where there is an ETag, it alone counts."""
    tagged = state.etag or poll.etag
    same = state.etag == poll.etag if tagged else "" != state.last_modified == poll.last_modified
    return same and "" != state.fingerprint != poll.fingerprint
