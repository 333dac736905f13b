"""Read a file of releases that people bring, a line at a time: CSV, TSV or JSON."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from bot.errors import UsageError
from bot.model import DateOrigin, Lab, Published
from bot.releases.facts.plaintext import clean
from bot.releases.facts.visible import web_address
from bot.releases.naming.labs import Directory

_MOST_BYTES = 50_000_000
_NEEDED = ("date", "lab", "name")
_SPELLINGS = {"model": "name", "release": "name", "released": "date", "link": "url"}
_LIMITS = {"lab": 100, "name": 200, "date": 200, "url": 400, "source": 400, "kind": 20}  # characters
_SHOWN = 60
# A day, a month or a moment; people add remarks ("2026-08-14; weights a fortnight later").
_DATE = re.compile(r"(\d{4}-\d\d)(-\d\d(T\d\d:\d\d[\d:.]*(Z|[+-]\d\d:\d\d)?)?)?(?=[\s;,(]|$)", re.ASCII)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_REMARK = re.compile(r"\s+\([^()]*\)$")  # "GLM-5.3 (API)", "Z.ai (Zhipu)"


@dataclass(frozen=True, slots=True)
class Line:
    """One valid line; `place` is "line 7", or "entry 7" of a JSON list."""

    place: str
    lab: Lab
    name: str
    published: Published
    url: str = ""
    source: str = ""  # where the file has it from
    kind: str = ""  # the file's own word: "release", "alias" ...


@dataclass(frozen=True, slots=True)
class HistoryFile:
    """A file as it was understood: what can be imported, and what cannot and why."""

    lines: tuple[Line, ...] = ()
    complaints: tuple[str, ...] = ()  # one for each wrong line, naming the line and the field
    strangers: Mapping[str, int] = field(default_factory=dict)  # lines of each lab that nobody watches


def read_history(path: Path, labs: Directory, now: datetime) -> HistoryFile:
    """Return what a file says, with all that is wrong with it.

    Each line has lab, name (or model) and date, and may have url, source and kind; other fields are left
    alone. Raises UsageError for a file that cannot be read at all.
    """
    lines: list[Line] = []
    complaints: list[str] = []
    strangers: Counter[str] = Counter()
    for place, fields in _fields(path):
        lab = _lab(fields.get("lab", ""), labs)
        if problem := _problem(fields, now):
            complaints.append(f"{place}: {problem}")
        elif lab is None:
            strangers[clean(fields["lab"], _SHOWN)] += 1
        else:
            lines.append(_line(place, lab, fields))
    return HistoryFile(tuple(lines), tuple(complaints), strangers)


# --- the two kinds of file


def _fields(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the place of each line and its fields, by our names for them."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path}: is larger than {_MOST_BYTES:,} bytes; import it in parts")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8") from error
    return (_entries if path.suffix.lower() == ".json" else _records)(path, text)


def _records(path: Path, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    delimiter = max("\t;,", key=text.partition("\n")[0].count)
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        missing = set(_NEEDED) - set(map(_spelt, reader.fieldnames or ()))
        if missing:
            raise UsageError(
                f"{path}: its first line names no {' and no '.join(sorted(missing))}; "
                "it should name the columns: lab, name, date, url, source"
            )
        for record in reader:
            named = {_spelt(name): value or "" for name, value in record.items() if name is not None}
            yield f"line {reader.line_num}", named
    except csv.Error as error:
        raise UsageError(f"{path}: line {reader.line_num}: is no line of a table ({error})") from error


def _entries(path: Path, text: str) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: is not JSON ({error})") from error
    if not isinstance(found, list):
        raise UsageError(f'{path}: write a list of objects: [{{"lab": ..., "name": ..., "date": ...}}]')
    for number, entry in enumerate(found, 1):
        fields = entry if isinstance(entry, dict) else {}
        texts = {_spelt(name): value for name, value in fields.items() if isinstance(value, str)}
        yield f"entry {number}", texts


def _spelt(column: str) -> str:
    name = column.strip().lower()
    return _SPELLINGS.get(name, name)


# --- one line


def _problem(fields: Mapping[str, str], now: datetime) -> str:
    """Return which field is wrong and how, or ""."""
    for name in _NEEDED:
        if not clean(fields.get(name, ""), _SHOWN):
            return f"{name}: is missing"
    for name, limit in _LIMITS.items():
        if len(fields.get(name, "")) > limit:
            return f"{name}: has more than {limit} characters"
    url = fields.get("url", "").strip()
    if url and not web_address(url):
        return f"url: “{clean(url, _SHOWN)}” is no address; write a whole one, with https://"
    return _date_problem(fields["date"], now)


def _date_problem(written: str, now: datetime) -> str:
    published = _published(written)
    if published is None:
        return f"date: “{clean(written, _SHOWN)}” is no date; write 2026-04-20, or 2026-04 for a month"
    if published.at > now + timedelta(days=1):
        return f"date: {clean(written, _SHOWN)} is yet to come"
    if published.at < _EARLIEST:
        return f"date: {clean(written, _SHOWN)} is before {_EARLIEST.year}"
    return ""


def _published(written: str) -> Published | None:
    match = _DATE.match(written.strip())
    if not match:
        return None
    month, day, time = match[1], match[2], match[3]
    try:
        at = datetime.fromisoformat(match[0] if day else f"{month}-01")
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return Published(at, DateOrigin.IMPORTED, "second" if time else "day" if day else "month")


def _line(place: str, lab: Lab, fields: Mapping[str, str]) -> Line:
    published = _published(fields["date"])
    if published is None:
        raise ValueError(f"{place} was found to have a date")
    return Line(
        place,
        lab,
        _REMARK.sub("", clean(fields["name"], _LIMITS["name"])),
        published,
        web_address(fields.get("url", "").strip()),
        clean(fields.get("source", ""), _LIMITS["source"]),
        clean(fields.get("kind", ""), _LIMITS["kind"]).lower(),
    )


def _lab(called: str, labs: Directory) -> Lab | None:
    """Return the lab of this name; a name made of several of its names will do: "Z.ai (Zhipu)"."""
    text = clean(called, _LIMITS["lab"])
    whole = labs.find(text) or labs.find(_REMARK.sub("", text))
    parts = {labs.find(word.strip("()")) for word in text.split()}
    return whole or (parts.pop() if len(parts) == 1 else None)
