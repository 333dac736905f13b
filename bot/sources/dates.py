"""The dates that sites print, with the precision that they have and none that they have not."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import takewhile

from bot.model import DateOrigin, Published
from bot.sources import date_forms as forms

_FIRST_YEAR = 2015  # no lab of ours posted before; earlier dates are defaults and mistakes
_LONGEST = 500  # characters of a text that are looked at
_LONGEST_DATE = 80  # with its weekday, its time and the name of its zone
_AROUND = " \t:,|-–—·/()[]（）：，、"  # what stands between a date and a name
_BEFORE_IT = 60  # characters in which a weekday or the time may stand
_WORD = re.compile(r"[^\W\d_]+")
_UNIX_TIME = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?", re.ASCII)
_MONTH_OF = {name: month for month, names in enumerate(forms.FOREIGN_MONTHS, 1) for name in names.split()}
_FIRST_LETTERS = frozenset((*forms.MONTHS, *forms.WEEKDAYS, *(name[:3] for name in _MONTH_OF)))
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d\d?):?(\d\d)?")

Parts = Mapping[str, str]


def plausible(at: datetime, now: datetime, precision: str = "second") -> Published | None:
    """Return the date of a post, or None where it is before 2015 or more than a day ahead."""
    if at.year < _FIRST_YEAR or at > now + timedelta(days=1):
        return None
    if precision == "second" and at.time() == time(0):
        precision = "day"  # midnight sharp, wherever it is, is how programs write a date without a time
    if precision != "second":
        at = at.replace(tzinfo=UTC)  # in another zone it would be the day before
    return Published(at.astimezone(UTC), DateOrigin.POSTED, precision)


def read_date(value: object, now: datetime) -> Published | None:
    """Return the date that a text names, or a Unix time in seconds or milliseconds means.

    A date without its year is none: the year would be a guess.
    """
    if isinstance(value, str):
        text = value[:_LONGEST].strip()
        if not _UNIX_TIME.fullmatch(text):
            return split_date(text, now)[0]
        value = int(text)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    if not 0 < value < 1e14:  # or it is so large that it cannot even be divided
        return None
    try:
        return plausible(datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC), now)
    except (OverflowError, ValueError, OSError):
        return None


def split_date(text: str, now: datetime) -> tuple[Published | None, str]:
    """Return the first date in `text` and the text without it, as a dated heading needs.

    A time without a zone makes no date more exact than a day.
    """
    text = _spread(text[:_LONGEST])
    for at, precision, rest in _dates_in(text):
        found = plausible(at, now, precision)
        if found:
            return found, rest
    return None, text.strip()


def split_partial(text: str) -> tuple[Parts, str]:
    """Return what a text says of a date without all of it, and the text without that.

    The parts are some of "year", "month" and "day", as numbers; there are none where words or numbers stand
    beside them that they are not set apart from.
    """
    text = text[:_LONGEST]
    for match in (form.search(text) for form in forms.WITHOUT_YEAR):
        if not match:
            continue
        start, end = _extent(match, text)[:2]
        rest = f"{text[:start]} {text[end:]}".strip(_AROUND)
        apart = _is_apart(text[:start], text[end:]) and "day" in match.groupdict()
        parts = _parts(match)
        if parts and (is_introduction(rest) or apart):
            return parts, rest
    return {}, text.strip()


def is_only_date(text: str) -> bool:
    """Return whether a text says when and nothing else, or from when to when, plausible or not."""
    text = _spread(text)
    first = "".join(takewhile(str.isalpha, text.lstrip(_AROUND))).lower()
    begins_so = (
        not first or not first.isascii() or forms.MERE_WORD.fullmatch(first) or first[:3] in _FIRST_LETTERS
    )
    if len(text) > _LONGEST_DATE or not begins_so:  # most titles are not looked at any further
        return False
    return any(is_introduction(rest) or any(map(is_introduction, _beside(rest))) for rest in _beside(text))


def _beside(text: str) -> list[str]:
    """Return what a text says beside a date, by each way to find one in it."""
    parts, rest = split_partial(text)
    return [rest for _, _, rest in _dates_in(text)] + ([rest] if parts else [])


def is_introduction(words: str) -> bool:
    """Whether words beside a date only introduce it: "Release date", "Updates", or none at all."""
    return not re.search(r"\d", words) and all(map(forms.MERE_WORD.fullmatch, _WORD.findall(words.lower())))


def _dates_in(text: str) -> Iterator[tuple[datetime, str, str]]:
    """Yield the dates of a text with their precision and the text without them, the exact ones first."""
    if "20" not in text:
        return
    for match in (form.search(text) for form in forms.WITH_YEAR):
        parts = _parts(match) if match else {}
        if not match or not parts:
            continue
        start, end, clock = _extent(match, text)
        try:
            at = datetime(int(parts["year"]), int(parts["month"]), int(parts.get("day", 1)), tzinfo=UTC)
        except ValueError:
            continue
        precision = "day" if "day" in parts else "month"
        if clock and precision == "day":
            at, precision = _at(at, clock)
        yield at, precision, f"{text[:start]} {text[end:]}".strip(_AROUND)


def _extent(match: re.Match[str], text: str) -> tuple[int, int, Mapping[str, str]]:
    """Return where a date begins and ends with its weekday and time, and the parts of the time."""
    start, end = match.span()
    before, after = forms.BEFORE.search(text, max(0, start - _BEFORE_IT), start), forms.AFTER.match(text, end)
    clocks = (one.groupdict() for one in (match, after, before) if one)
    clock = next((clock for clock in clocks if clock.get("hour")), {})
    return before.start() if before else start, after.end() if after else end, clock


def _parts(match: re.Match[str]) -> Parts:
    """Return the numbers of a date; none where it cannot be, or its day could be the month."""
    told = {name: value for name, value in match.groupdict().items() if value}
    if "name" in told:
        name = told["name"].lower()
        told["month"] = str(_MONTH_OF.get(name) or forms.MONTHS.index(name[:3]) + 1)
    if "one" in told:
        one, other = int(told["one"]), int(told["other"])
        if told["mark"] != "." and max(one, other) <= 12 and one != other:
            return {}
        day, month = ("other", "one") if other > 12 else ("one", "other")
        told |= {"day": told[day], "month": told[month]}
    if int(told.get("month", 1)) not in range(1, 13) or int(told.get("day", 1)) not in range(1, 32):
        return {}
    return {name: told[name] for name in ("year", "month", "day") if name in told}


def _is_apart(before: str, after: str) -> bool:
    """Whether a date at an end of a text is set apart from the words beside it."""
    if not before.strip():
        return bool(re.match(r"\s*[:：|·–—]|\s+-\s|\s*[)\]）]", after))
    return not after.strip(" )]）") and bool(re.search(r"[:：|·–—([（]\s*$|\s-\s+$", before))


def _at(day: datetime, clock: Mapping[str, str]) -> tuple[datetime, str]:
    """Return a day with its time: exact to the second where its zone is known, else to the day."""
    hour, minute, second = (int(clock.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (clock.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif clock.get("noon") == "下午" and hour < 12:
        hour += 12
    zone = _zone((clock.get("zone") or "").lower())
    try:
        at = day.replace(hour=hour, minute=minute, second=second)
    except ValueError:
        return day, "day"
    return (at.replace(tzinfo=zone), "second") if zone else (at, "day")


def _zone(written: str) -> timezone | None:
    offset = _OFFSET.fullmatch(written)
    if not offset:
        return timezone(timedelta(hours=forms.ZONES[written])) if written in forms.ZONES else None
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    if ahead > timedelta(hours=14):
        return None
    return timezone(-ahead if offset[1] == "-" else ahead)


def _spread(text: str) -> str:
    """Return a text that is nothing but "20261120T1000Z" in the form with dashes, any other as it is."""
    match = _COMPACT.fullmatch(text.strip())
    if not match:
        return text
    year, month, day, hour, minute, zone = match.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}{zone}" if hour else "")
