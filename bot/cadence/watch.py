"""All cadence news of a history, as of a day. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from bot.cadence.bursts import burst_news
from bot.cadence.firsts import first_open_news, license_news, record_news
from bot.cadence.news import News
from bot.cadence.shipped import Shipped, Unit, counted
from bot.cadence.silence import silence_news

_DETECTORS = (silence_news, burst_news, first_open_news, license_news, record_news)


def all_news(history: Iterable[Shipped], today: date, unit: Unit = Unit.WAVE) -> list[News]:
    """Return everything that was news by today, oldest first, each as it was known on its own day."""
    units = counted((it for it in history if it.day <= today), unit)
    found = [news for detect in _DETECTORS for news in detect(units, today)]
    return sorted(found, key=lambda news: (news.day, news.lab, news.kind, news.about))


def news(history: Iterable[Shipped], today: date, fresh: int = 3, unit: Unit = Unit.WAVE) -> list[News]:
    """Return what became news in the last `fresh` days, today's included; `News.key` tells what was told.

    More than one day, because a size or a licence often follows its release; a bot that was off asks more.
    """
    since = today - timedelta(days=fresh)
    return [it for it in all_news(history, today, unit) if it.day > since]
