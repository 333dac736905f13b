"""Digests: owed when they are due, each rendered from what came out in its period.

A period is of calendar days in the reader's zone, which may have hours that come twice or never.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import structlog

from bot.cadence.news import News, Silence, quiet_and_news
from bot.cadence.period import Window
from bot.errors import StoreError
from bot.model import ALL, Destination, Follow, Wave
from bot.records import Content, DigestPlan
from bot.releases.facts.filters import Filters, matches
from bot.store.store import Store
from bot.views.digest import LISTED, Digest, render_digest

log = structlog.get_logger()

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_AROUND = 33  # days: a month, and a day for zones on either side of the date line
_MINUTE = timedelta(minutes=1)
_MOST_QUIET = 5  # labs
_USUAL = DigestPlan("weekly")
_Asked = tuple[Follow, Filters]
_SPANS = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=30)}


def owe_due_digests(store: Store, now: datetime) -> int:
    """Owe every digest that is due, the newest period only; return how many have something to tell.

    Raises StoreError.
    """
    owed, due = 0, Due(store, now)
    for destination, plan in store.preferences.digests_due(now):
        try:
            owed += due.owe(destination, plan)
        except StoreError:
            raise
        except Exception:  # as where this machine does not know its zone: others wait behind it
            log.exception("digest_failed", destination=destination, plan=plan)
    return owed


def preview(store: Store, destination: Destination, plan: DigestPlan | None, now: datetime) -> Content | None:
    """Return what a digest would tell now, a weekly one without a plan; None where nothing came out."""
    plan = plan or _USUAL
    span = _SPANS[plan.every]
    return Due(store, now).content(destination, plan, now - 2 * span, now - span, now)


class Due:
    """The digests that are due at a time; what several of them need is looked up once."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now
        self._waves = cache(store.history.between)
        self._habits = cache(store.shipments.habits)
        self._wanted = cache(self._look_up_wanted)
        self._cadence = cache(self._look_up_cadence)

    def owe(self, destination: Destination, plan: DigestPlan) -> bool:
        """Owe one destination the newest digest that is due; return whether there was something to tell."""
        # Those missed before it are not made up for.
        newest = max(due for due in _dues(plan, self._now) if due <= self._now)
        start, end = period_before(plan, newest)
        content = self.content(destination, plan, period_before(plan, start)[0], start, end)
        with self._store.transaction():
            if self._store.preferences.of(destination).digest != plan:
                return False  # changed meanwhile: the new plan has its own time
            self._store.preferences.advance(destination, next_digest(plan, self._now))
            if content is None:
                return False
            # with its plan: one that was changed may begin its period on the same day
            period = f"{period_name(plan, newest)} {plan_words(plan)}"
            return self._store.deliveries.owe_line(
                period, destination, content, self._now, known_until=newest, kind="digest"
            )

    def content(
        self, destination: Destination, plan: DigestPlan, before: datetime, start: datetime, end: datetime
    ) -> Content | None:
        """Return what a digest says of a period, None for nothing; `before` begins the one before it."""
        subscriptions = self._store.subscriptions.of_destination(destination)
        muted = frozenset(mute.lab for mute in self._store.preferences.mutes(destination, end))
        asked = frozenset((one.follow, one.filters) for one in subscriptions)
        waves = self._wanted(start, end, asked, muted)
        if not waves and not plan.always:
            return None
        waves = (*self._whole(waves[:LISTED]), *waves[LISTED:])
        first, last = days_of(start, end, ZoneInfo(plan.zone))
        followed = {one.follow.lab for one in subscriptions if not one.follow.cadence}

        def heard(lab: str) -> bool:
            return bool(followed & {lab, ALL}) and not muted & {lab, ALL}

        quiet, told = self._cadence(Window(first, last))
        quiet = [one for one in quiet if heard(one.last.lab)][:_MOST_QUIET]
        told = [one for one in told if heard(one.lab)]
        former = self._wanted(before, start, asked, muted)
        return render_digest(Digest(waves, former, quiet, told, first, last, plan_words(plan)))

    def _look_up_wanted(
        self, start: datetime, end: datetime, asked: frozenset[_Asked], muted: frozenset[str]
    ) -> tuple[Wave, ...]:
        """Return the waves of a period that are asked for: lab by lab, the newest first in each."""

        @cache
        def filters_of(lab: str) -> list[Filters]:
            followed = (filters for follow, filters in asked if follow.covers(Follow(lab)))
            return [it for it in followed if it.kinds != "variants"] if not muted & {lab, ALL} else []

        waves = [it for it in self._waves(start, end) if _is_wanted(it, filters_of(it.lab.id))]
        waves.sort(key=lambda wave: wave.lead.published.at, reverse=True)
        waves.sort(key=lambda wave: wave.lab.name.lower())
        return tuple(waves)

    def _whole(self, waves: Iterable[Wave]) -> list[Wave]:
        """Return these waves with all who speak of them."""
        leads = [wave.lead.id for wave in waves]
        found = {wave.lead.id: wave for wave in self._store.history.waves_of(leads)}
        return [found[lead] for lead in leads]

    def _look_up_cadence(self, window: Window) -> tuple[list[Silence], list[News]]:
        """Return what is quiet and what is news in these days, of all labs."""
        return quiet_and_news(self._habits(), window)


def _is_wanted(wave: Wave, asked: Iterable[Filters]) -> bool:
    return any(matches(filters, model) for filters in asked for model in wave.sizes)


# --- when a digest is due, and which days it tells of


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


def plan_words(plan: DigestPlan, *, with_zone: bool = True) -> str:
    """Return a plan as people type it: "weekly mon 09:00 Europe/Berlin"."""
    day = f" {DAYS[plan.weekday]}" if plan.every == "weekly" else ""
    always = " always" if plan.always else ""
    zone = f" {plan.zone}" if with_zone else ""
    return f"{plan.every}{day} {plan.hour:02}:{plan.minute:02}{zone}{always}"


def _dues(plan: DigestPlan, near: datetime) -> Iterator[datetime]:
    """Yield the moments around this one at which a digest is due, in UTC."""
    zone = ZoneInfo(plan.zone)
    today = near.astimezone(zone).date()
    for days in range(-_AROUND, _AROUND + 1):
        day = today + timedelta(days=days)
        is_due = {"daily": True, "weekly": day.weekday() == plan.weekday, "monthly": day.day == 1}
        if is_due[plan.every]:
            yield local_moment(day, time(plan.hour, plan.minute), zone)


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return a local time in UTC: the first of one that comes twice, else the next time that exists."""
    local = datetime.combine(day, at)  # fold 0: the first of two
    while True:
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += _MINUTE  # in spring an hour of one night is left out
