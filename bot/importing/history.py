"""A history that people bring, as CSV, TSV or JSON: releases of before the bot, told to nobody."""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from bot.errors import UsageError
from bot.model import DateOrigin, Kind, Lab, Published, Sighting, SourceKind, Verdict
from bot.releases.facts.text import one_line, web_address
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.news.corrections import NO_RELEASE, Errata, corrected
from bot.releases.news.decide import decide
from bot.releases.news.decision import Judged, Settings
from bot.releases.news.merge import merged
from bot.store.store import Store

_MOST_BYTES = 50_000_000
_NEEDED = ("date", "lab", "name")
_SPELLINGS = {"model": "name", "release": "name", "released": "date", "link": "url"}
_LIMITS = {"lab": 100, "name": 200, "date": 200, "url": 400, "source": 400, "kind": 20}  # characters
_SHOWN = 60
# A day, a month or a moment; people add remarks ("2026-08-14; weights a fortnight later").
_DATE = re.compile(r"(\d{4}-\d\d)(-\d\d(T\d\d:\d\d[\d:.]*(Z|[+-]\d\d:\d\d)?)?)?(?=[\s;,(]|$)", re.ASCII)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_REMARK = re.compile(r"\s+\([^()]*\)$")  # "GLM-5.3 (API)", "Z.ai (Zhipu)"
_SAYS_NO_RELEASE = frozenset({"alias", *NO_RELEASE})  # the file's own word
_FILE_NAME_LIMIT = 100


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

    lines: tuple[Line, ...]
    complaints: tuple[str, ...]  # one for each wrong line, naming the line and the field
    strangers: Mapping[str, int]  # lines of each lab that nobody watches


def read_history(path: Path, labs: Labs, now: datetime) -> HistoryFile:
    """Return what a file says, with all that is wrong with it.

    Each line has lab, name (or model) and date, and may have url, source and kind; other fields are left
    alone. Raises UsageError for a file that cannot be read at all.
    """
    lines: list[Line] = []
    complaints: list[str] = []
    strangers: Counter[str] = Counter()
    for place, fields in _fields(path):
        try:
            published = _date_of_valid(fields, now)
        except ValueError as error:
            complaints.append(f"{place}: {error}")
            continue
        lab = _lab(fields["lab"], labs)
        if lab is None:
            strangers[one_line(fields["lab"], _SHOWN)] += 1
            continue
        name = _REMARK.sub("", one_line(fields["name"], _LIMITS["name"]))
        url = web_address(fields.get("url", "").strip())
        source = one_line(fields.get("source", ""), _LIMITS["source"])
        kind = one_line(fields.get("kind", ""), _LIMITS["kind"]).lower()
        lines.append(Line(place, lab, name, published, url, source, kind))
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


def _date_of_valid(fields: Mapping[str, str], now: datetime) -> Published:
    """Return the date of a valid line; raises ValueError, with the field that is wrong and how, else."""
    for name in _NEEDED:
        if not one_line(fields.get(name, ""), _SHOWN):
            raise ValueError(f"{name}: is missing")
    for name, limit in _LIMITS.items():
        if len(fields.get(name, "")) > limit:
            raise ValueError(f"{name}: has more than {limit} characters")
    url, date = fields.get("url", "").strip(), one_line(fields["date"], _SHOWN)
    if url and not web_address(url):
        raise ValueError(f"url: “{one_line(url, _SHOWN)}” is no address; write a whole one, with https://")
    published = _published(fields["date"])
    if published is None:
        raise ValueError(f"date: “{date}” is no date; write 2026-04-20, or 2026-04 for a month")
    if published.at > now + timedelta(days=1):
        raise ValueError(f"date: {date} is yet to come")
    if published.at < _EARLIEST:
        raise ValueError(f"date: {date} is before {_EARLIEST.year}")
    return published


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


def _lab(called: str, labs: Labs) -> Lab | None:
    """Return the lab of this name; a name made of several of its names will do: "Z.ai (Zhipu)"."""
    text = one_line(called, _LIMITS["lab"])
    whole = labs.find(text) or labs.find(_REMARK.sub("", text))
    parts = {labs.find(word.strip("()")) for word in text.split()}
    return whole or (parts.pop() if len(parts) == 1 else None)


# --- into the store


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import, in lines; two that say the same are one."""

    known: int = 0  # imported before, and not changed since
    opened: int = 0  # on releases that the bot did not know
    joined: int = 0  # on releases that it knows
    passed_over: tuple[str, ...] = ()  # on no release: an alias, a draft head; each by its name, with why

    @property
    def lines(self) -> int:
        """Return how many there were."""
        return self.known + self.opened + self.joined + len(self.passed_over)


def import_lines(store: Store, labs: Labs, now: datetime, path: Path, lines: Iterable[Line]) -> Imported:
    """Remember these lines of a file as "import:<its name>", and count what came of it; announce nothing.

    A line that was imported before is left alone; one with another date or address than before counts as it
    is now. All is one transaction.
    """
    source_id = f"import:{one_line(path.name, _FILE_NAME_LIMIT)}"
    wanted = _identified(lines)
    with store.transaction():
        seen, errata = store.sources.known(source_id, wanted), store.corrections.errata()
        new = {key: line for key, line in wanted.items() if seen.get(key) != _digest(line)}
        judged = [_judged(line, key, source_id, labs, errata) for key, line in new.items()]
        catalogue = store.releases.catalogue({one.sighting.lab for one in judged})
        decision = decide(judged, catalogue, now=now, settings=Settings(), silent=True)
        store.releases.apply(decision, now, merged, live=False)
        store.sources.remember(source_id, {key: _digest(line) for key, line in new.items()}, now)
    no_releases = (one for one in judged if one.verdict.name is None or one.verdict.kind in NO_RELEASE)
    passed_over = tuple(f"{one.sighting.title}, {one.verdict.reason}" for one in no_releases)
    opened = len(decision.opened())
    joined = len(new) - opened - len(passed_over)
    return Imported(len(wanted) - len(new), opened, joined, passed_over)


def _judged(line: Line, identity: str, source_id: str, labs: Labs, errata: Errata) -> Judged:
    seen = Sighting(
        source_id=source_id,
        source=SourceKind.IMPORT,
        lab=line.lab.id,
        external_id=identity,
        title=line.name,
        url=line.url,
        published=line.published,
        links=(line.url,) if line.url else (),
    )
    return Judged(seen, corrected(_verdict(line, judge(seen, labs)), seen, errata))


def _verdict(line: Line, judged: Verdict) -> Verdict:
    """Return the verdict on a line; its reason tells where the line is from, for `why`."""
    says_no = line.kind in _SAYS_NO_RELEASE
    doubt = f"the file says that it is {line.kind}" if says_no else judged.reason
    origin = f"imported from {line.place}" + (f", which cites {line.source}" if line.source else "")
    reason = origin if judged.kind is Kind.RELEASE and not says_no else f"{origin}: {doubt}"
    return Verdict(Kind.OTHER if says_no else judged.kind, reason, judged.name)


def _identified(lines: Iterable[Line]) -> dict[str, Line]:
    """Return the lines by lab and name, which stay when a line is mended; a name told twice is numbered."""
    by_name: dict[str, dict[str, Line]] = {}
    for line in lines:
        by_name.setdefault(f"{line.lab.id}/{line.name.casefold()}", {}).setdefault(_digest(line), line)
    return {
        name if number == 1 else f"{name}#{number}": line
        for name, said in by_name.items()
        for number, line in enumerate(said.values(), 1)
    }


def _digest(line: Line) -> str:
    """Return what changes with what a line says, and not with its place in the file."""
    said = (line.published.at.isoformat(), line.published.precision, line.url, line.source, line.kind)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
