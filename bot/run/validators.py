"""What the validators of a source (ETag, Last-Modified) are worth: pure.

Some servers keep them over another body, or answer "not modified" whatever they are sent. So once a day a
source is read without them, and one that is caught is never asked with them again.
"""

from dataclasses import replace
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


def weighed(state: SourceState, poll: Poll, began: datetime, share: float) -> SourceState:
    """Return a source with the validators of a good poll, and with what it shows them to be worth.

    They tell nothing if they stayed the same over another body. Where a reading without them finds others
    over another body, the former are sent once more: who answers "not modified" to these answers so to all.
    `began` is when the poll did, and `share` that of a day after which they are left out again.
    """
    whole = are_left_out(state, began)
    same, changed = _are_the_same(state, poll), "" != state.fingerprint != poll.fingerprint
    lied = same and (changed or state.outdated)
    outdated = whole and changed and not same and state.distrusted_at is None
    return replace(
        state,
        etag=state.etag if outdated else poll.etag,
        last_modified=state.last_modified if outdated else poll.last_modified,
        fingerprint=poll.fingerprint,
        outdated=outdated,
        whole_at=began + share * _DAY if whole or state.whole_at is None else state.whole_at,
        distrusted_at=state.distrusted_at or (began if lied else None),
    )


def _are_the_same(state: SourceState, poll: Poll) -> bool:
    """Return whether the validators stayed; where there is an ETag, it alone counts."""
    if state.etag or poll.etag:
        return state.etag == poll.etag
    return "" != state.last_modified == poll.last_modified
