"""The plan of a digest as people type it: `weekly mon 09:00 Europe/Berlin`, in any order."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from bot.desk.arguments import MisreadError
from bot.desk.tokens import Token
from bot.errors import UsageError
from bot.records import DigestPlan
from bot.releases.facts.text import nearest, or_else

_FLAGS = {"off": "off", "none": "off", "never": "off", "stop": "off", "always": "always"}
_FILLERS = frozenset({"a", "at", "each", "every", "in", "on", "the", "time", "tz", "zone"})
_EVERY = {"day": "daily", "week": "weekly", "month": "monthly"}
_OFTEN = tuple(_EVERY.values())
_EVERY |= {often: often for often in _OFTEN}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2})|h)?(am|pm)?", re.ASCII)
_POSSIBLE = (
    "it is daily, weekly or monthly, with a day, a time as 09:00 and a zone such as Europe/Berlin, or off"
)
_ALIKE = 75  # of 100: some zone of the hundreds is a little like any word, as Asia/Oral is like "hourly"
_NAMED_TIMES = {"midnight": time(0), "noon": time(12)}
# Letters that name no zone of the database: some mean several, and most are wrong for half of the year.
_LETTERS = {
    "bst": ("Europe/London", "Asia/Dhaka"),
    "cdt": ("America/Chicago",),
    "cest": ("Europe/Berlin", "Europe/Paris"),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "edt": ("America/New_York",),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "jst": ("Asia/Tokyo",),
    "kst": ("Asia/Seoul",),
    "mdt": ("America/Denver",),
    "pdt": ("America/Los_Angeles",),
    "pst": ("America/Los_Angeles",),
}


def parse_plan(words: Sequence[Token]) -> tuple[DigestPlan | None, bool]:
    """Return the plan that words make, None for `off`, and whether they say by which zone it is.

    Monday, 09:00 and UTC stand where nothing is said. Raises MisreadError for a word that means nothing or
    does not go with the others.
    """
    parts: dict[str, Any] = {}
    for word in words:
        part, value = _meaning(word)
        if part and parts.setdefault(part, value) != value:
            raise MisreadError(f"“{word.value[:60]}” says otherwise than a word before it", str(word), ("",))
    if "off" in parts:
        if len(parts) > 1:
            raise UsageError("a digest is off or has a plan: write `digest off` or `digest daily 09:00`")
        return None, False
    first = str(words[0])
    if "every" not in parts and "weekday" not in parts:
        offers = (f"daily {first}", f"weekly {first}")
        raise MisreadError("say how often: daily, weekly or monthly", first, offers)
    every, at = parts.pop("every", "weekly"), parts.pop("at", time(9))
    if every != "weekly" and "weekday" in parts:
        wrong = next(str(word) for word in words if _EVERY.get(word.value.lower()) == every)
        raise MisreadError(f"a {every} digest has no weekday; a weekly one has", wrong, ("weekly",))
    # parts are now weekday, zone and always
    return DigestPlan(every, hour=at.hour, minute=at.minute, **parts), "zone" in parts


def known_zone(name: str) -> str:
    """Return a zone of the IANA database by its name, "" where this machine does not know it."""
    return _zones().get(name.lower(), "")


def _meaning(word: Token) -> tuple[str, Any]:
    """Return which part of a plan a word is, and its value; ("", None) for a word that only joins."""
    said = word.value.lower()
    if said in _FILLERS:
        return "", None
    if said in _FLAGS:
        return _FLAGS[said], True
    if said in _EVERY:
        return "every", _EVERY[said]
    weekday = _weekday(said)
    if weekday is not None:
        return "weekday", weekday
    at = clock_time(said)
    if at:
        return "at", at
    if said in _zones():
        return "zone", _zones()[said]
    raise _unknown(word)


def _weekday(said: str) -> int | None:
    day = said.removesuffix("s") if len(said) > 3 else said
    found = [number for number, name in enumerate(_WEEKDAYS) if len(day) >= 3 and name.startswith(day)]
    return found[0] if found else None


def clock_time(said: str) -> time | None:
    """Return the time that a lower-case word is, as "9", "09:00" or "9pm"; None for any other word."""
    match = _CLOCK.fullmatch(said)
    if not match:
        return _NAMED_TIMES.get(said)
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if minute > 59 or hour > (12 if half else 23) or (half and not hour):
        return None
    return time(hour % 12 + (12 if half == "pm" else 0) if half else hour, minute)


def parse_zone(said: str) -> str:
    """Return the IANA name of a zone or of a city that has one. Raises MisreadError for any other word."""
    zone = _zones().get(said.lower().strip())
    if zone is None:
        near = _LETTERS.get(said.lower()) or nearest(said.lower(), _zones(), alike=_ALIKE)
        meant = [_zones().get(name, name) for name in near]
        hint = or_else(meant, "write it as Europe/Berlin")
        raise MisreadError(f"“{said[:60]}” is no time zone: {hint}", said, meant)
    return zone


@cache
def _zones() -> Mapping[str, str]:
    """Return the zones of the IANA database by their names, and by their cities where one has it."""
    names = available_timezones()
    cities = Counter(name.rpartition("/")[2].lower() for name in names)
    by_city = {name.rpartition("/")[2].lower(): name for name in sorted(names)}
    alone = {city: name for city, name in by_city.items() if cities[city] == 1}
    return alone | {name.lower(): name for name in names}


def _unknown(word: Token) -> MisreadError:
    said = word.value.lower()
    known = (*_OFTEN, *_WEEKDAYS, "off", *(_zones() if len(said) > 3 else ()))
    near = _LETTERS.get(said) or nearest(said, known, alike=_ALIKE)
    meant = [_zones().get(name, name) for name in near]
    return MisreadError(
        f"“{word.value[:60]}” is nothing that a digest can be: {or_else(meant, _POSSIBLE)}",
        str(word),
        meant or _OFTEN,
    )
