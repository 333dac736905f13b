"""Quiet hours: when they end, where it is in the midst of them. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.outbox.digests import local_moment
from bot.records import QuietHours

_DAY = timedelta(days=1)


def quiet_until(hours: QuietHours | None, now: datetime) -> datetime | None:
    """Return when the quiet hours are over that it is now, in UTC; None where it is none.

    They end by the clock on the wall, however long the night is in which that is set to summer or back.
    """
    if hours is None:
        return None
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today):
        begin = local_moment(day, hours.begin, zone)
        end = local_moment(day if hours.end > hours.begin else day + _DAY, hours.end, zone)
        if begin <= now < end:
            return end
    return None
