"""Owe the digests that are due, each rendered from what came out in its period."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.cadence.digest import next_digest, period_before, period_name, plan_words
from bot.cadence.period import Window
from bot.cadence.sections import rhythm_sentences, sections
from bot.cadence.shipped import Shipped
from bot.cadence.stats import ENOUGH, cadence
from bot.delivery.digest import Digest, Quiet, render_digest
from bot.errors import StoreError
from bot.messages.content import Content
from bot.model import Lab, Wave
from bot.records import ALL, DigestPlan, Subscription
from bot.releases.filters import matches
from bot.store.store import Store

log = structlog.get_logger()


def owe_due_digests(store: Store, labs: Iterable[Lab], now: datetime) -> int:
    """Owe every digest that is due, the newest period only; return how many have something to tell.

    Raises StoreError.
    """
    almanac = _Almanac(store, {lab.id: lab for lab in labs})
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
    waves = [
        wave
        for wave in almanac.waves(start, end)
        if not muted & {wave.lab.id, ALL} and _is_wanted(wave, subscriptions)
    ]
    if not waves and not plan.always:
        return None
    zone = ZoneInfo(plan.zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date() - timedelta(days=1)
    quiet = almanac.quiet(_followed(subscriptions) - muted, {wave.lab.id for wave in waves}, last)
    rhythm = almanac.rhythm(_followed(subscriptions) - muted, Window(first, last))
    return render_digest(Digest(_told(waves), quiet, first, last, rhythm, plan_words(plan)))


def _is_wanted(wave: Wave, subscriptions: Iterable[Subscription]) -> bool:
    return any(
        one.lab in (wave.lab.id, ALL)
        and one.filters.kinds != "variants"
        and any(matches(one.filters, model) for model in wave.sizes)
        for one in subscriptions
    )


def _followed(subscriptions: Iterable[Subscription]) -> set[str]:
    return {one.lab for one in subscriptions}


def _told(waves: Iterable[Wave]) -> Sequence[Wave]:
    """Return the waves lab by lab, the newest first in each."""
    newest_first = sorted(waves, key=lambda wave: wave.lead.published.at, reverse=True)
    return sorted(newest_first, key=lambda wave: wave.lab.name.lower())


@dataclass(frozen=True, slots=True)
class _Almanac:
    """Look up what many digests of one round have in common, once each."""

    store: Store
    labs: Mapping[str, Lab]
    _waves: dict[tuple[datetime, datetime], list[Wave]] = field(default_factory=dict)
    _days: dict[str, list[date]] = field(default_factory=dict)
    _history: list[Shipped] = field(default_factory=list)

    def waves(self, start: datetime, end: datetime) -> list[Wave]:
        """Return what came out from start to end, for all labs."""
        if (start, end) not in self._waves:
            self._waves[start, end] = self.store.history.between(start, end)
        return self._waves[start, end]

    def rhythm(self, followed: set[str], window: Window) -> list[str]:
        """Return how a period of the followed labs compares with the one before it."""
        if not self._history:
            self._history.extend(self.store.shipments.history())
        mine = [one for one in self._history if followed & {one.lab, ALL}]
        return rhythm_sentences(sections(mine, window))

    def quiet(self, followed: set[str], busy: set[str], today: date) -> list[Quiet]:
        """Return the followed labs that released nothing, the longest silent first.

        Who follows all labs hears only of those that are silent for longer than is usual for them.
        """
        if not self._days:
            self._days.update(self.store.history.days())
        found = []
        for lab, days in self._days.items():
            if lab in busy or not followed & {lab, ALL}:
                continue
            quiet = _quiet(self.labs[lab].name if lab in self.labs else lab, days, today)
            if quiet and (lab in followed or _is_overdue(quiet)):
                found.append(quiet)
        return sorted(found, key=lambda one: -one.days)


def _quiet(lab: str, days: Sequence[date], today: date) -> Quiet | None:
    rhythm = cadence(days, today)
    median = rhythm.median_gap if len(rhythm.gaps) + 1 >= ENOUGH else None
    return None if rhythm.since_last is None else Quiet(lab, rhythm.since_last, median)


def _is_overdue(quiet: Quiet) -> bool:
    return quiet.median_gap is not None and quiet.days > quiet.median_gap
