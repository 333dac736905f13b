"""When a digest is due, and which time it tells of: calendar days in the reader's zone, pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.records import DigestPlan

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AROUND = 33  # days: a month, and a day for zones on either side of the date line
_MINUTE = timedelta(minutes=1)


def next_digest(plan: DigestPlan, after: datetime) -> datetime:
    """Return when the next digest after this moment is due, in UTC."""
    return min(due for due in _dues(plan, after) if due > after)


def period_before(plan: DigestPlan, due: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and the end, in UTC, of what the digest due at `due` tells of.

    It begins when the digest before it was due, so that nothing falls between two.
    """
    return max(before for before in _dues(plan, due) if before < due), due


def days_of(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last of the days that a period is about: those of which it has the most."""
    noon = timedelta(hours=12)
    first, after = ((moment.astimezone(zone) + noon).date() for moment in (start, end))
    return first, after - timedelta(days=1)


def period_name(plan: DigestPlan, due: datetime) -> str:
    """Return what a period is called by the day it begins: "2026-04-19", "2026-W16" or "2026-04"."""
    begins = period_before(plan, due)[0].astimezone(ZoneInfo(plan.zone)).date()
    year, week, _ = begins.isocalendar()
    if plan.every == "monthly":
        return f"{begins:%Y-%m}"
    return f"{year}-W{week:02}" if plan.every == "weekly" else begins.isoformat()


def plan_words(plan: DigestPlan) -> str:
    """Return a plan as people type it: "weekly mon 09:00 Europe/Berlin"."""
    day = f" {DAYS[plan.weekday]}" if plan.every == "weekly" else ""
    always = " always" if plan.always else ""
    return f"{plan.every}{day} {plan.hour:02}:{plan.minute:02} {plan.zone}{always}"


def _dues(plan: DigestPlan, near: datetime) -> Iterator[datetime]:
    """Yield the moments around this one at which a digest is due, in UTC."""
    zone = ZoneInfo(plan.zone)
    today = near.astimezone(zone).date()
    for days in range(-_AROUND, _AROUND + 1):
        day = today + timedelta(days=days)
        if _is_due_on(plan, day):
            yield _moment(day, time(plan.hour, plan.minute), zone)


def _is_due_on(plan: DigestPlan, day: date) -> bool:
    if plan.every == "monthly":
        return day.day == 1
    return plan.every == "daily" or day.weekday() == plan.weekday


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return a local time in UTC: the first of one that comes twice, else the next time that exists."""
    local = datetime.combine(day, at)  # fold 0: the first of two
    while not _exists(local, zone):
        local += _MINUTE
    return local.replace(tzinfo=zone).astimezone(UTC)


def _exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks show this time: in spring an hour of one night is left out."""
    there_and_back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there_and_back.replace(tzinfo=None) == local
