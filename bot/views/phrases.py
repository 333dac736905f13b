"""Times and numbers in the words of an answer. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import DateOrigin, Published, Wave
from bot.records import Push, SourceState

_STEPS = (
    (timedelta(days=1), "d"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
    (timedelta(seconds=1), "s"),
)


def length(span: timedelta) -> str:
    """Return a length of time in its largest unit: `4 min`, `3 h`, `12 d`."""
    span = abs(span)
    for step, unit in _STEPS:
        if span >= step:
            return f"{span // step} {unit}"
    return "0 s"


def counted(number: int, thing: str) -> str:
    """Return "1 source", "3 sources"."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def listed(names: Sequence[str], most: int) -> str:
    """Return "A, B" or, where there are more than `most`, "A, B and 3 more"."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago something happened, or "never"."""
    return f"{length(now - moment)} ago" if moment else "never"


def coming(moment: datetime | None, now: datetime) -> str:
    """Return when something is due: "in 3 h", or "now"."""
    return f"in {length(moment - now)}" if moment and moment > now else "now"


def remarks(state: SourceState, now: datetime) -> list[str]:
    """Return what is odd about a source although it answers."""
    odd = []
    if state.has_shown_nothing:
        odd.append("has shown nothing yet: what it shows first is remembered, not announced")
    if state.distrusted_at:
        found = ago(state.distrusted_at, now)
        odd.append(f"says “not modified” of what has changed (found {found}), so it is read whole every time")
    return odd


def pushed(push: Push, now: datetime) -> str:
    """Return whether a source is pushed, until when, and why not where its hub was asked."""
    if push.holds(now):
        lease = f" until {push.lease_until:%Y-%m-%d %H:%M} UTC" if push.lease_until else ""
        again = f"; when asked again, {push.refused}" if push.refused else ""
        return f"pushed{lease}{again}"
    if push.refused:
        return f"polled only: {push.refused}"
    return "polled only: its lease has ended" if push.lease_until else "polled only until its hub confirms"


def dated(published: Published) -> str:
    """Return a date, marked where it is not a publication's."""
    text = published.at.strftime("%Y-%m" if published.precision == "month" else "%Y-%m-%d")
    return (
        text if published.origin in (DateOrigin.POSTED, DateOrigin.SEEN) else f"{text} ({published.origin})"
    )


def came_out(wave: Wave) -> str:
    """Return when a wave was announced, and when it was news again: "2026-03-27, weights 2026-04-07"."""
    announced, news = dated(wave.lead.published), wave.lead.news_at
    if news is None or news.date() <= wave.lead.published.at.date():
        return announced
    opened = any(member.artifacts and member.came_at == news for member in wave.members)
    return f"{announced}, {'weights' if opened else 'more'} {news:%Y-%m-%d}"
