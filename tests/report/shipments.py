"""Build what the report is made of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cadence.shipped import Shipment
from bot.model import DateOrigin, Mention, SourceKind
from tests.cadence.releasing import shipped

NOW = datetime(2026, 4, 26, 12, tzinfo=UTC)
HOSTILE = "</title><script>alert(1)</script>\u202e\x00\ud83d=cmd|' /C calc'!A0<!channel>&#0;" + "x" * 10_000


def shipment(day: str, name: str, lab: str = "kimi", *, lead: str = "", **facts: Any) -> Shipment:
    """Return a release with open weights that its lab announced, and that is on the Hub."""
    facts = {"open": True, "license": "MIT", "verdict": "permissive", "parameters": 10**12} | facts
    it = shipped(day, name, lab, **facts)
    key = f"{lab}/{name.lower()}".encode("ascii", "ignore").decode()  # a store holds no half characters
    return Shipment(key, f"{lab}/{lead.lower()}" if lead else key, it, it, mentions(name))


def mentions(name: str, *, listed: bool = False) -> tuple[Mention, ...]:
    """Return a repository and a post, and what LLM Stats lists if it does."""
    sources = {
        SourceKind.HUB: f"https://hub.example/{name}",
        SourceKind.FEED: f"https://blog.example/{name}",
        SourceKind.LLM_STATS: f"https://llm-stats.com/models/{name}",
    }
    return tuple(
        Mention(source, f"All about {name}", url, NOW)
        for source, url in sources.items()
        if listed or source is not SourceKind.LLM_STATS
    )


def listed_alone(day: str, name: str, **facts: Any) -> Shipment:
    """Return a release that nobody but LLM Stats knows."""
    it = shipment(day, name, origin=DateOrigin.LISTED, **facts)
    return replace(it, own=None, mentions=mentions(name, listed=True)[-1:])


def listed_too(day: str, name: str, **own: Any) -> Shipment:
    """Return a release that LLM Stats lists as well; `own` is what is known of it otherwise."""
    it = shipment(day, name)
    return replace(it, own=replace(it.shipped, **own), mentions=mentions(name, listed=True))


def many(count: int) -> list[Shipment]:
    """Return releases of several labs, a few hours apart, the newest today."""
    verdicts = ("permissive", "conditions", "non-commercial", "unknown", "not stated")
    return [
        shipment(
            str((NOW - timedelta(hours=7 * number)).date()),
            f"Model {number}",
            f"lab{number % 9}",
            verdict=verdicts[number % 5],
            parameters=(None, 10**9, 8 * 10**9, 32 * 10**9, 10**12)[number % 5],
            country=("CN", "US", "")[number % 3],
        )
        for number in range(count)
    ]
