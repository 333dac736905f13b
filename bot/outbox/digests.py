"""Owe the digests that are due, each rendered from what came out in its period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.cadence.period import Window
from bot.cadence.sections import Sections, sections
from bot.cadence.shipped import Shipped
from bot.errors import StoreError
from bot.model import Wave
from bot.outbox.schedule import days_of, next_digest, period_before, period_name, plan_words
from bot.records import ALL, Content, DigestPlan, Subscription
from bot.releases.facts.filters import matches
from bot.store.store import Store
from bot.views.digest import Digest, render_digest

log = structlog.get_logger()


def owe_due_digests(store: Store, now: datetime) -> int:
    """Owe every digest that is due, the newest period only; return how many have something to tell.

    Raises StoreError.
    """
    almanac = _Almanac(store)
    due = store.preferences.digests_due(now)
    return sum(_guarded(store, almanac, destination, plan, now) for destination, plan, _ in due)


def _guarded(store: Store, almanac: "_Almanac", destination: str, plan: DigestPlan, now: datetime) -> bool:
    """Owe one digest; one that fails, as where this machine does not know its zone, stops no other."""
    try:
        return _owe(store, almanac, destination, plan, now)
    except StoreError:
        raise
    except Exception:  # whatever is wrong with one plan, others wait behind it
        log.exception("digest_failed", destination=destination, plan=plan)
        return False


def _owe(store: Store, almanac: "_Almanac", destination: str, plan: DigestPlan, now: datetime) -> bool:
    newest = _newest(plan, now)
    content = _content(store, almanac, destination, plan, newest)
    with store.transaction():
        if store.preferences.of(destination).digest != plan:
            return False  # changed meanwhile: the new plan has its own time
        store.preferences.advance(destination, next_digest(plan, now))
        if content is None:
            return False
        # with its plan: one that was changed may begin its period on the same day
        period = f"{period_name(plan, newest)} {plan_words(plan)}"
        return store.deliveries.owe_digest(destination, period, content, now, known_until=newest)


def _newest(plan: DigestPlan, now: datetime) -> datetime:
    """Return when the newest digest became due; those missed before it are not made up for."""
    newest = next_digest(plan, now - timedelta(days=32))
    while (following := next_digest(plan, newest)) <= now:
        newest = following
    return newest


def _content(
    store: Store, almanac: "_Almanac", destination: str, plan: DigestPlan, due: datetime
) -> Content | None:
    """Return what a digest says, or None where nothing came out."""
    start, end = period_before(plan, due)
    subscriptions = store.subscriptions.of_destination(destination)
    muted = {mute.lab for mute in store.preferences.mutes(destination, end)}

    def wanted(waves: Iterable[Wave]) -> list[Wave]:
        return [it for it in waves if not muted & {it.lab.id, ALL} and _is_wanted(it, subscriptions)]

    waves = wanted(almanac.waves(start, end))
    if not waves and not plan.always:
        return None
    first, last = days_of(start, end, ZoneInfo(plan.zone))
    followed = {one.lab for one in subscriptions} - muted
    found = almanac.sections(frozenset(followed), Window(first, last))
    before = wanted(almanac.waves(period_before(plan, start)[0], start))
    return render_digest(Digest(_told(waves), before, found.quiet, found.news, first, last, plan_words(plan)))


def _is_wanted(wave: Wave, subscriptions: Iterable[Subscription]) -> bool:
    return any(
        one.lab in (wave.lab.id, ALL)
        and one.filters.kinds != "variants"
        and any(matches(one.filters, model) for model in wave.sizes)
        for one in subscriptions
    )


def _told(waves: Iterable[Wave]) -> Sequence[Wave]:
    """Return the waves lab by lab, the newest first in each."""
    newest_first = sorted(waves, key=lambda wave: wave.lead.published.at, reverse=True)
    return sorted(newest_first, key=lambda wave: wave.lab.name.lower())


@dataclass(frozen=True, slots=True)
class _Almanac:
    """What many digests of one round have in common, looked up once each."""

    store: Store
    _waves: dict[tuple[datetime, datetime], list[Wave]] = field(default_factory=dict)
    _sections: dict[tuple[frozenset[str], Window], Sections] = field(default_factory=dict)
    _history: list[Shipped] = field(default_factory=list)

    def waves(self, start: datetime, end: datetime) -> list[Wave]:
        """Return what came out from start to end, for all labs."""
        if (start, end) not in self._waves:
            self._waves[start, end] = self.store.history.between(start, end)
        return self._waves[start, end]

    def sections(self, followed: frozenset[str], window: Window) -> Sections:
        """Return what is quiet and what is news of the followed labs in these days."""
        if not self._history:
            self._history.extend(self.store.shipments.history())
        if (followed, window) not in self._sections:
            mine = [one for one in self._history if followed & {one.lab, ALL}]
            self._sections[followed, window] = sections(mine, window)
        return self._sections[followed, window]
