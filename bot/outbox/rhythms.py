"""Tell those who follow the rhythm of labs what became news in it, once each."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from bot.cadence.news import News
from bot.cadence.watch import news
from bot.records import ALL, CADENCE, Content, Subscription
from bot.store.store import Store
from bot.views import blocks
from bot.views.escape import literal

CHORE = "cadence news"
_EVERY = timedelta(hours=6)  # a day begins somewhere; the history of years is read in a second
FRESH = 3  # days; a size or a licence often follows its release
_LONGEST = 500  # characters


def owe_cadence_news(store: Store, now: datetime) -> int:
    """Owe every follower of a rhythm what is new in it; return how many lines. Raises StoreError."""
    if not store.chores.is_due(CHORE, now):
        return 0
    followers = [one for one in store.subscriptions.all() if one.lab.startswith(CADENCE)]
    fresh = news(store.shipments.history(), now.date(), FRESH) if followers else []
    with store.transaction():
        store.chores.done(CHORE, now + _EVERY)
        return sum(_owe(store, one, followers, now) for one in fresh)


def identity(what: News) -> str:
    """Return what names the line that tells a piece of news, for ever."""
    return f"cadence|{what.key}"


def _owe(store: Store, what: News, followers: Iterable[Subscription], now: datetime) -> int:
    content = _content(what)
    owed = [
        store.deliveries.owe_line(identity(what), destination, content, now, known_until=_beginning(what.day))
        for destination in _hearing(what.lab, what.day, followers)
        if not store.preferences.is_muted(destination, what.lab, now)
    ]
    return sum(owed)


def _hearing(lab: str, day: date, followers: Iterable[Subscription]) -> list[str]:
    """Return the destinations that follow the lab's rhythm, and did on that day."""
    wanted = (CADENCE + lab, CADENCE + ALL)
    found = (one.destination for one in followers if one.lab in wanted and one.created_at.date() <= day)
    return list(dict.fromkeys(found))


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _content(what: News) -> Content:
    text = literal(what.sentence, _LONGEST)
    hint = f"`/releases cadence {literal(what.lab, 64)}` shows its rhythm"
    return Content(text, (blocks.section(text), blocks.context([hint])))
