"""Build releases for the tests of cadence."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.cadence.shipped import Shipped
from bot.model import DateOrigin, Published


def shipped(day: str, name: str = "", lab: str = "kimi", **facts: Any) -> Shipped:
    """Return a release of this day ("2026-04-20") or month ("2026-04"), by itself a family of its own."""
    monthly = len(day) == len("2026-04")
    at = datetime.fromisoformat(f"{day}-01" if monthly else day).replace(tzinfo=UTC)
    origin = facts.pop("origin", DateOrigin.POSTED)
    name = name or f"Model of {day}"
    facts = {"family_key": name.lower(), "lab_name": lab.title()} | facts
    return Shipped(lab, name, published=Published(at, origin, "month" if monthly else "day"), **facts)


def every(gaps: list[int], first: str = "2025-01-01", lab: str = "kimi") -> list[Shipped]:
    """Return releases with these gaps in days between them."""
    days = [date.fromisoformat(first)]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    return [shipped(str(day), lab=lab) for day in days]
