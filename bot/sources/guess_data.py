"""Proposed readings of JSON, or of a Next.js page's data, as posts: by the names and shapes of values."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sources.dates import read_date
from bot.sources.specs import PageSpec
from bot.sources.text import absolute

Item = Mapping[str, Any]
_ENOUGH = 0.8  # of the items have a field; a few posts lack something everywhere
_FEWEST = 2  # items that make a list
_DEEPEST = 8  # objects in objects, on the way to the list of posts
_DEEPEST_FIELD = 3
_MOST_LISTS = 500
_MOST_LOOKED_AT = 200  # items of one list
_TITLES = ("title", "headline", "name", "subject", "label")
_LINKS = ("url", "link", "href", "permalink", "slug", "current", "path", "uri")
_DATES = ("publish", "date", "release", "created", "time", "updated", "modified")
_TYPES = ("_type", "__typename")
_PICTURES = re.compile(r"image|photo|icon|cover|avatar|thumb|illustration|logo|asset", re.IGNORECASE)
_PICTURE = re.compile(r"\.(png|jpe?g|gif|svg|webp|avif|mp4)(\?|$)", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_HREF = re.compile(r"""href=\\?["']([^"'\\<>\s]{1,500})""")


Path = tuple[str, ...]
Test = Callable[[Path, object], bool]


@dataclass(frozen=True, slots=True)
class _Fields:
    """Expressions over one item; "" for what no field gives. `count` is how many items there are."""

    item: str
    title: str
    link: str
    date: str
    count: int


def propose_json(value: Any, url: str, now: datetime) -> list[PageSpec]:
    """Return how the lists of a JSON document are read as posts, the most likely first."""
    found = [_fields(path, items, now) for path, items in _lists(value)]
    return [_spec(url, "json", one, "") for one in _best(found)]


def propose_next(objects: Sequence[Item], page: str, url: str, now: datetime) -> list[PageSpec]:
    """Return how the objects of a page's flight data are read as posts, the most likely first.

    Objects of several types that have title, link and date are all posts: what is featured is often another
    type than what is listed. `page` is the markup, whose links tell what stands before a slug.
    """
    typed = _best(_fields(item, those, now) for item, those in _by_type(objects).items())
    whole = [one for one in typed if one.date and one.link]
    untyped = _best(_fields(item, those, now) for item, those in _by_keys(objects, now).items())
    every = [*([_together(whole)] if whole else typed[:1]), *untyped]
    addresses = _HREF.findall(page)
    return [_spec(url, "next", one, _prefix(one, objects, addresses, url)) for one in _best(every)]


def _best(found: Iterable[_Fields | None]) -> list[_Fields]:
    """Return the usable ones: whole posts first, then many of them."""
    usable = [one for one in found if one and (one.date or one.link)]
    return sorted(usable, key=lambda one: (bool(one.date) + bool(one.link), one.count), reverse=True)


def _together(parts: Sequence[_Fields]) -> _Fields:
    """Return one reading of the objects of several types."""

    def either(expressions: Iterable[str]) -> str:
        return " || ".join(dict.fromkeys(expressions))

    types = either(one.item.removeprefix("[?").removesuffix("]") for one in parts)
    title, link, date = (either(getattr(one, name) for one in parts) for name in ("title", "link", "date"))
    return _Fields(f"[?{types}]", title, link, date, sum(one.count for one in parts))


def _spec(url: str, kind: str, fields: _Fields, prefix: str) -> PageSpec:
    parts = {"item": fields.item, "title": fields.title, "link": fields.link, "date": fields.date}
    return PageSpec.model_validate({"page": url, "format": kind, "link_prefix": prefix, **parts})


# --- which objects are one list


def _lists(value: Any) -> Iterator[tuple[str, list[Item]]]:
    """Yield the lists of objects in a document, each with the expression that leads to it."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    for _ in range(_MOST_LISTS):
        if not waiting:
            return
        path, current = waiting.pop(0)
        if isinstance(current, list):
            items: list[Item] = [one for one in current if isinstance(one, dict)]
            if len(items) >= _FEWEST:
                yield _expression(path) or "@", items
        elif isinstance(current, dict) and len(path) < _DEEPEST:
            inner = ((key, one) for key, one in current.items() if isinstance(one, dict | list))
            waiting += [((*path, key), one) for key, one in inner]


def _by_type(objects: Iterable[Item]) -> Mapping[str, list[Item]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for one in objects:
        field = next((name for name in _TYPES if isinstance(one.get(name), str)), "")
        if field and re.fullmatch(r"[\w. -]{1,80}", one[field]):
            groups[f"[?{field}=='{one[field]}']"].append(one)
    return groups


def _by_keys(objects: Iterable[Item], now: datetime) -> Mapping[str, list[Item]]:
    """Return the objects without a type that have a title and a date, by which keys these are."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for one in objects:
        if any(name in one for name in _TYPES):
            continue
        flat: dict[Path, object] = {path: value for path, value in _scalars(one).items() if len(path) == 1}
        title, date = _common([flat], _TITLES, _is_title), _common([flat], _DATES, _is_date(now))
        if title and date:
            groups[f"[?{_expression(title)} && {_expression(date)}]"].append(one)
    return groups


# --- which of their fields say what


def _fields(item: str, items: Sequence[Item], now: datetime) -> _Fields | None:
    """Return which fields of these items are title, link and date, or None where they have no title."""
    flat = [_scalars(one) for one in items[:_MOST_LOOKED_AT]]
    title = _common(flat, _TITLES, _is_title)
    if not title or len({one.get(title) for one in flat}) < min(_FEWEST, len(items)):
        return None
    link, date = _common(flat, _LINKS, _is_link), _common(flat, _DATES, _is_date(now))
    return _Fields(item, _expression(title), _expression(link), _expression(date), len(items))


def _scalars(item: Item) -> dict[Path, object]:
    """Return the texts and numbers of an item by where they stand in it, the outermost first."""
    found: dict[Path, object] = {}
    waiting: list[tuple[Path, Item]] = [((), item)]
    while waiting:
        path, current = waiting.pop(0)
        for key, value in current.items():
            if isinstance(value, dict) and len(path) + 1 < _DEEPEST_FIELD:
                waiting.append(((*path, key), value))
            elif isinstance(value, str | int | float) and not isinstance(value, bool):
                found[*path, key] = value
    return found


def _common(flat: Sequence[Mapping[Path, object]], names: Sequence[str], test: Test) -> Path:
    """Return the path with one of these names that has in enough of the items what passes the test.

    Of several it is the outermost, the one with the best name, the shortest; () for none.
    """
    counts = Counter(
        path
        for one in flat
        for path, value in one.items()
        if _rank(path, names) is not None and test(path, value)
    )
    paths = (path for path, count in counts.items() if count >= _ENOUGH * len(flat))
    return min(paths, key=lambda path: (len(path), _rank(path, names) or 0, len(path[-1])), default=())


def _rank(path: Path, names: Sequence[str]) -> int | None:
    low = path[-1].lower()
    return next((number for number, name in enumerate(names) if name in low), None)


def _is_title(_path: Path, value: object) -> bool:
    return isinstance(value, str) and 2 < len(value.strip()) < 300 and not value.startswith(("/", "http"))


def _is_link(path: Path, value: object) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\S{2,500}", value):
        return False
    return not any(map(_PICTURES.search, path)) and not _PICTURE.search(value)


def _is_date(now: datetime) -> Test:
    return lambda _path, value: read_date(value, now) is not None


def _expression(path: Path) -> str:
    return ".".join(key if _PLAIN.fullmatch(key) else json.dumps(key) for key in path)


def _prefix(fields: _Fields, objects: Sequence[Item], addresses: Sequence[str], url: str) -> str:
    """Return what stands before most slugs where the page links them, or ""."""
    first = tuple(fields.link.split(" || ")[0].split(".")) if fields.link else ()
    slugs = {_scalars(one).get(first) for one in objects}
    bare = {slug for slug in slugs if isinstance(slug, str) and re.fullmatch(r"[\w-][\w.-]*", slug)}
    befores = Counter(
        address[: -len(last)] for address in addresses if (last := address.rpartition("/")[2]) in bare
    )
    common = next((before for before, _ in befores.most_common(1)), "")
    return absolute(common, url) if common else ""
