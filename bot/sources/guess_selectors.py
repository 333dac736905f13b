"""Proposed selectors of a page: of repeated elements that have a title, a link and, best of all, a date."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

import soupsieve
from bs4 import Tag

from bot.sources.dates import read_date, split_date
from bot.sources.specs import PageSpec

_FEWEST = 2  # elements that are a list
_ENOUGH = 0.8  # of the items that a selector inside them must serve
_HIGHEST = 10  # ancestors between a date or a heading and the whole item
_LONGEST_DATE = 60  # characters of an element that is little more than a date
_LEFT_OVER = 25  # characters beside the date, such as "5 min read"
_SHORTEST_TITLE = 8
_MOST_SEEDS = 200  # dates, and headings
_LARGEST_ITEM = 600  # tags and texts
_MOST_GROUPS = 12
_MOST_OTHERS = 3  # elements that an item's selector may select for each one that is meant
_MOST_ITEMS = 100  # that a selector is tried upon
_MOST_OPTIONS = 8  # classes of one element
_MOST_PROPOSALS = 3
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TELLING = ("time", "article", *_HEADINGS)
_WHOLE = frozenset({"main", "body", "html", "[document]"})
_TAG = re.compile(r"[a-z][a-z0-9-]*")
_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,60}")
# What a build adds to a name: CSS modules and the like. The name before or behind it stays.
_HASHED = re.compile(
    r"(?P<before>[A-Za-z][\w-]*?)_{1,2}(?=[\w-]*[A-Z0-9])[A-Za-z0-9-]{5,}(?:__(?P<after>[A-Za-z][\w]*))?"
)
_NUMBERED = re.compile(r"\d{3,}|[a-f0-9]{6,}$")
# Classes that say how a thing looks and not what it is, as Tailwind's; they change with every redesign.
_LOOKS = re.compile(
    r"(flex|grid|block|inline|hidden|relative|absolute|fixed|sticky|group|container|truncate|italic|underline"
    r"|uppercase|transition|border|rounded|shadow|cursor|body-\d)$"
    r"|-?(w|h|p|px|py|pt|pb|pl|pr|m|mx|my|mt|mb|ml|mr|z|gap|text|bg|font|leading|tracking|min|max|size|flex|grid"
    r"|col|row|items|justify|self|space|divide|border|rounded|overflow|object|aspect|shrink|grow|order|duration"
    r"|opacity|top|left|right|bottom|inset|transition|shadow|line|whitespace|break|align|ease|delay)-.*"
)


def propose_html(tree: Tag, url: str, now: datetime) -> list[PageSpec]:
    """Return how the lists of a page are read as posts, the most likely first."""
    body = tree.select_one("main") or tree.select_one("body") or tree
    seeds = [*_dates(body, now), *body.select(", ".join(_HEADINGS[:4]), limit=_MOST_SEEDS)]
    groups: dict[object, dict[int, Tag]] = defaultdict(dict)
    for seed in seeds:
        item = _item_around(seed, now)
        if item is not None:
            groups[_look_of(item)][id(item)] = item
    found = []
    for group in sorted(groups.values(), key=len, reverse=True)[:_MOST_GROUPS]:
        selector = _item_selector(tree, tuple(group.values())) if len(group) >= _FEWEST else ""
        if selector:
            items = soupsieve.select(selector, tree, limit=_MOST_ITEMS)
            parts = _parts_of(items, now)
            worth = (bool(parts["date"]), bool(parts["title"]), len(items))
            found.append((worth, PageSpec.model_validate({"page": url, "item": selector, **parts})))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [spec for _, spec in found[:_MOST_PROPOSALS]]


# --- the items


def _dates(body: Tag, now: datetime) -> Iterator[Tag]:
    """Yield the elements that are little more than a date."""
    yield from islice((tag for tag in body.find_all(True) if _is_date(tag, now)), _MOST_SEEDS)


def _is_date(tag: Tag, now: datetime) -> bool:
    stated = tag.get("datetime")
    if isinstance(stated, str) and read_date(stated, now):
        return True
    text = _own_text(tag)
    if not 6 <= len(text) <= _LONGEST_DATE:
        return False
    published, rest = split_date(text, now)
    return published is not None and len(rest) <= _LEFT_OVER


def _item_around(seed: Tag, now: datetime) -> Tag | None:
    """Return the smallest element around a date or heading that has a title and a link of its own.

    What is called a title counts before what only has words; what holds two titles or two dates is a list, or
    a page, and no single item.
    """
    around = []
    for node in islice((seed, *seed.parents), _HIGHEST):
        is_large = next(islice(node.descendants, _LARGEST_ITEM, None), None) is not None
        if node.name in _WHOLE or is_large:
            break
        titles = {_text(heading) for heading in node.find_all(_HEADINGS)} - {""}
        if len(titles) > 1 or len({_text(date) for date in _dates(node, now)}) > 1:
            break
        if (
            (node.name == "a" and node.get("href"))
            or node.select_one("a[href]")
            or node.find_parent("a", href=True)
        ):
            around.append(node)
    named = (node for node in around if _called_title(node) is not None)
    return next(named, None) or next((node for node in around if _title_in(node, now) is not None), None)


def _title_in(node: Tag, now: datetime) -> Tag | None:
    """Return the element of a node that is most likely its title: what is called so, else its first words."""
    leaves = [tag for tag in (node, *node.find_all(True)) if not tag.find(True)]
    return _called_title(node) or next((one for one in (*leaves, node) if _is_wordy(one, now)), None)


def _called_title(node: Tag) -> Tag | None:
    """Return the first heading in a node, or element whose class says that it is one."""
    for choice in (", ".join(_HEADINGS), "[class*=title i], [class*=headline i]"):
        for one in (node, *node.select(choice)):
            if soupsieve.match(choice, one) and _text(one):
                return one
    return None


def _is_wordy(tag: Tag, now: datetime) -> bool:
    text = _own_text(tag)
    return len(text) >= _SHORTEST_TITLE and " " in text and split_date(text, now)[0] is None


def _own_text(tag: Tag) -> str:
    """Return the text of an element without that of the elements in it."""
    return " ".join("".join(tag.find_all(string=True, recursive=False)).split())


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _look_of(item: Tag) -> tuple[str, tuple[str, ...]]:
    """Return what the items of one list have in common: their tag and their classes, or where they stand."""
    classes = tuple(sorted(_classes(item)))
    parent = item.parent.name if item.parent else ""
    return (item.name, classes) if classes else (f"{parent}>{item.name}", ())


# --- what selects them


def _item_selector(tree: Tag, items: Sequence[Tag]) -> str:
    """Return the simplest selector that selects all these items, and the fewest others."""
    wanted = {id(item) for item in items}
    options = dict.fromkeys(option for item in items[:_FEWEST] for option in _options(item))
    prefix = _common_path(items)
    if prefix and items[0].name == "a":
        options = dict.fromkeys((f'a[href^="{prefix}"]', *options))
    chosen, fewest = "", 0
    for option in options:
        selected = soupsieve.select(option, tree)
        if wanted - {id(one) for one in selected}:
            continue
        if not chosen or len(selected) < fewest:
            chosen, fewest = option, len(selected)
    return chosen if fewest <= len(items) * _MOST_OTHERS or len(items) >= _MOST_SEEDS else ""


def _common_path(items: Sequence[Tag]) -> str:
    """Return the beginning that the addresses of all these links share, up to a slash: "/news/"."""
    folders = {re.sub(r"[^/]*/?$", "", str(item.get("href", "")).strip()) for item in items}
    shared = folders.pop() if len(folders) == 1 else ""
    return shared if re.fullmatch(r"[\w/.:~%-]{2,200}", shared) and shared.count("/") >= 2 else ""


def _parts_of(items: Sequence[Tag], now: datetime) -> dict[str, str]:
    """Return what selects the title, link and date of items, "" for what nothing does."""
    title = _inside(items, lambda one: _title_in(one, now), lambda tag: bool(_text(tag)))
    date = _inside(items, lambda one: next(_dates(one, now), None), lambda tag: _is_date(tag, now), among=10)
    return {"title": title, "link": _link_selector(items, title), "date": date}


def _inside(
    items: Sequence[Tag], find: Callable[[Tag], Tag | None], fits: Callable[[Tag], bool], among: int = 1
) -> str:
    """Return the simplest selector that selects what `find` finds in enough of the items, or "".

    It may select others before it where one of the first `among` counts that fits. Headings that it leaves
    out are added: a hero has an h1 where the rest have h2.
    """
    found = {id(item): tag for item in items if (tag := find(item)) is not None}
    enough = _ENOUGH * len(items)
    if len(found) < enough:
        return ""
    options = Counter(option for tag in found.values() for option in _options(tag))
    for option, count in sorted(options.items(), key=lambda pair: (_plainness(pair[0]), -pair[1])):
        if count < _FEWEST:
            continue
        left = []
        for item in items:
            meant, selected = found.get(id(item)), soupsieve.select(option, item, limit=among)
            if not any(fits(one) and (among > 1 or one is meant) for one in selected):
                left.append(meant)
        if len(items) - len(left) >= enough:
            others = {tag.name for tag in left if tag is not None and tag.name in _HEADINGS}
            return ", ".join(sorted({option, *others})) if option in _HEADINGS else option
    return ""


def _link_selector(items: Sequence[Tag], title: str) -> str:
    """Return what selects the links of items, which must differ; "" where they stand around the items."""
    if all(item.name == "a" and item.get("href") for item in items):
        return "@href"
    anchors = (anchor for item in items[:3] for anchor in item.select("a[href]", limit=_MOST_OPTIONS))
    heading = (f":is({title}) a", f"a:has({title})") if title and title != "a" else ()
    options = ("a", *heading, *dict.fromkeys(option for anchor in anchors for option in _options(anchor)))
    for option in map(str, options):
        targets = [anchor.get("href") for item in items for anchor in soupsieve.select(option, item, limit=1)]
        if len(targets) >= _ENOUGH * len(items) and len(set(targets)) >= _ENOUGH * len(items):
            return option
    return ""


def _options(tag: Tag) -> list[str]:
    """Return selectors of one element, the most telling first.

    Of a class name that a build has given a random part, what stays selects.
    """
    telling = [f".{name}" for name in _classes(tag)][:_MOST_OPTIONS]
    if tag.name in _TELLING:
        telling.insert(0, tag.name)
    names = tag.get("class") or ()
    for match in filter(None, map(_HASHED.fullmatch, names[:_MOST_OPTIONS])):
        telling.append(f"[class*=__{match['after']}]" if match["after"] else f"[class*={match['before']}]")
    if not _TAG.fullmatch(tag.name):
        return telling
    looks = [name for name in names if _CLASS.fullmatch(name) and _LOOKS.fullmatch(name)]
    return [*telling, *(f"{tag.name}.{name}" for name in looks[:_MOST_OPTIONS]), tag.name]


def _plainness(option: str) -> int:
    """Return the order in which selectors are tried: by what a thing is, then by how it looks, then any."""
    if option in _TELLING:
        return 0
    if option.startswith("."):
        return 1
    return 2 if option.startswith("[") else 3 if "." in option else 4


def _classes(tag: Tag) -> list[str]:
    """Return the classes of an element that say what it is, and that a rebuilt site still has."""
    return [
        name
        for name in tag.get("class") or ()
        if _CLASS.fullmatch(name)
        and not (_HASHED.fullmatch(name) or _NUMBERED.search(name) or _LOOKS.fullmatch(name))
    ]
