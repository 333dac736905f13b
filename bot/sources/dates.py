"""The dates that sites print, with the precision that they have and none that they have not."""

import re
from datetime import UTC, datetime, time, timedelta

from bot.model import DateOrigin, Published

_FIRST_YEAR = 2015  # no lab of ours posted before; earlier dates are defaults and mistakes
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<year>20\d\d)(?!\d)"
_DAY = r"(?P<day>[0-3]?\d)(?!\d)"
_CLOCK = r"(?:[T ](?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?\s?(?:Z|[+-]\d\d:?\d\d)?))?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_YEAR}\s?[-/.年]\s?(?P<month>[01]?\d)(?!\d)(?:\s?[-/.月]\s?{_DAY}日?)?月?{_CLOCK}",
        rf"\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th)?\s+{_MONTH},?\s+{_YEAR}",
        rf"\b{_MONTH},?\s+{_YEAR}",
    )
)


def plausible(at: datetime, now: datetime, precision: str = "second") -> Published | None:
    """Return the date of a post, or None where it is before 2015 or more than a day ahead."""
    if at.year < _FIRST_YEAR or at > now + timedelta(days=1):
        return None
    if precision == "second" and at.time() == time(0):
        precision = "day"  # midnight sharp is how programs write a date without a time
    return Published(at.astimezone(UTC), DateOrigin.POSTED, precision)


def read_date(value: object, now: datetime) -> Published | None:
    """Return the date that a text names, or a Unix time in seconds or milliseconds means.

    A date without its year is none: the year would be a guess.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _unix_time(value, now)
    return split_date(value, now)[0] if isinstance(value, str) else None


def split_date(text: str, now: datetime) -> tuple[Published | None, str]:
    """Return the first date in `text` and the text without it, as a dated heading needs."""
    text = text[:500]
    for form in _FORMS:
        match = form.search(text)
        found = _published(match, now) if match else None
        if match and found:
            return found, f"{text[: match.start()]} {text[match.end() :]}".strip(" \t:,|-–—·/()[]")
    return None, text.strip()


def _published(match: re.Match[str], now: datetime) -> Published | None:
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else _MONTHS.index(parts["name"][:3].lower()) + 1
    clock = "".join((parts.get("clock") or "").split())
    precision = "second" if clock else "day" if parts.get("day") else "month"
    written = f"{parts['year']}-{month:02}-{int(parts.get('day') or 1):02}"
    try:
        at = datetime.fromisoformat(f"{written}T{clock}" if clock else written)
    except ValueError:
        return None
    return plausible(at if at.tzinfo else at.replace(tzinfo=UTC), now, precision)


def _unix_time(value: float, now: datetime) -> Published | None:
    if not 0 < value < 1e14:  # or it is so large that it cannot even be divided
        return None
    seconds = value / 1000 if value > 1e11 else value
    try:
        return plausible(datetime.fromtimestamp(seconds, UTC), now)
    except (OverflowError, ValueError, OSError):
        return None
