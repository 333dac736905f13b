"""Propose the selectors of a page: repeated elements that have a title, a link and, best of all, a date."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import soupsieve
from bs4 import Tag

from bot.settings.feeds import PageSpec
from bot.sources.dates import read_date, split_date

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


@dataclass(frozen=True, slots=True)
class Layout:
    """The items of one list on a page, and what selects them and their parts."""

    items: tuple[Tag, ...]
    item: str
    title: str
    link: str
    date: str


def propose_html(tree: Tag, url: str, now: datetime) -> list[PageSpec]:
    """Return how the lists of a page are read as posts, the most likely first."""
    body = tree.select_one("main") or tree.select_one("body") or tree
    seeds = [*_dates(body, now), *body.select(", ".join(_HEADINGS[:4]), limit=_MOST_SEEDS)]
    groups: dict[object, dict[int, Tag]] = defaultdict(dict)
    for seed in seeds:
        item = _item_around(seed, now)
        if item is not None:
            groups[_look_of(item)][id(item)] = item
    largest = sorted(groups.values(), key=len, reverse=True)[:_MOST_GROUPS]
    layouts = [_layout(tree, tuple(group.values()), now) for group in largest if len(group) >= _FEWEST]
    found = sorted(filter(None, layouts), key=_worth, reverse=True)
    return [_spec(url, layout) for layout in found[:_MOST_PROPOSALS]]


def _worth(layout: Layout) -> tuple[bool, bool, int]:
    return bool(layout.date), bool(layout.title), len(layout.items)


def _spec(url: str, layout: Layout) -> PageSpec:
    parts = {"item": layout.item, "title": layout.title, "link": layout.link, "date": layout.date}
    return PageSpec.model_validate({"page": url, **parts})


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

    What is called a title counts before what only has words; what holds two of anything is no single item.
    """
    around = []
    for node in islice((seed, *seed.parents), _HIGHEST):
        if node.name in _WHOLE or _is_large(node) or _holds_several(node, now):
            break
        if _link_of(node) is not None:
            around.append(node)
    named = (node for node in around if _called_title(node) is not None)
    return next(named, None) or next((node for node in around if _title_in(node, now) is not None), None)


def _is_large(node: Tag) -> bool:
    return next(islice(node.descendants, _LARGEST_ITEM, None), None) is not None


def _holds_several(node: Tag, now: datetime) -> bool:
    """Return whether a node holds two titles or two dates: then it is a list, or a page."""
    titles = {_text(heading) for heading in node.find_all(_HEADINGS)} - {""}
    return len(titles) > 1 or len(set(map(_text, _dates(node, now)))) > 1


def _link_of(node: Tag) -> Tag | None:
    if node.name == "a" and node.get("href"):
        return node
    return node.select_one("a[href]") or node.find_parent("a", href=True)


def _title_in(node: Tag, now: datetime) -> Tag | None:
    """Return the element of a node that is most likely its title: what is called so, else its first words."""
    wordy = (one for one in (*_leaves(node), node) if _is_wordy(one, now))
    return _called_title(node) or next(wordy, None)


def _called_title(node: Tag) -> Tag | None:
    """Return the first heading in a node, or element whose class says that it is one."""
    choices = (", ".join(_HEADINGS), "[class*=title i], [class*=headline i]")
    found = (one for choice in choices for one in (node, *node.select(choice)) if _matches(one, choice))
    return next((one for one in found if _text(one)), None)


def _matches(tag: Tag, selector: str) -> bool:
    return soupsieve.match(selector, tag)


def _leaves(node: Tag) -> list[Tag]:
    return [tag for tag in (node, *node.find_all(True)) if not tag.find(True)]


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


def _layout(tree: Tag, items: tuple[Tag, ...], now: datetime) -> Layout | None:
    item = _item_selector(tree, items)
    if not item:
        return None
    chosen = tuple(soupsieve.select(item, tree, limit=_MOST_ITEMS))
    title = _inside(chosen, lambda one: _title_in(one, now), lambda tag: bool(_text(tag)))
    date = _inside(
        chosen,
        lambda one: next(iter(_dates(one, now)), None),
        lambda tag: _is_date(tag, now),
        among=10,
    )
    return Layout(chosen, item, title, _link_selector(chosen, title), date)


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
    addresses = [str(item.get("href", "")).strip() for item in items]
    folders = {re.sub(r"[^/]*/?$", "", address) for address in addresses}
    shared = next(iter(folders)) if len(folders) == 1 else ""
    return shared if re.fullmatch(r"[\w/.:~%-]{2,200}", shared) and shared.count("/") >= 2 else ""


def _inside(
    items: Sequence[Tag],
    find: Callable[[Tag], Tag | None],
    fits: Callable[[Tag], bool],
    among: int = 1,
) -> str:
    """Return the simplest selector that selects what `find` finds in enough of the items, or "".

    It may select others before it where one of the first `among` counts that fits.
    """
    found = {id(item): find(item) for item in items}
    options = Counter(option for tag in found.values() if tag is not None for option in _options(tag))
    enough = _ENOUGH * len(items)
    if sum(1 for tag in found.values() if tag is not None) < enough:
        return ""

    def serves(option: str, item: Tag) -> bool:
        selected, meant = soupsieve.select(option, item, limit=among), found[id(item)]
        return any(fits(one) and (among > 1 or one is meant) for one in selected)

    for option, count in sorted(options.items(), key=lambda pair: (_plainness(pair[0]), -pair[1])):
        if count >= _FEWEST and sum(serves(option, item) for item in items) >= enough:
            left = [found[id(item)] for item in items if not serves(option, item)]
            return _with_other_headings(option, left)
    return ""


def _with_other_headings(option: str, left: Iterable[Tag | None]) -> str:
    """Return a selector with the headings that it leaves out: a hero has an h1 where the rest have h2."""
    others = {tag.name for tag in left if tag is not None and tag.name in _HEADINGS}
    return ", ".join(sorted({option, *others})) if option in _HEADINGS else option


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
    """Return selectors of one element, the most telling first."""
    telling = [f".{name}" for name in _classes(tag)][:_MOST_OPTIONS]
    if tag.name in ("time", "article", *_HEADINGS):
        telling.insert(0, tag.name)
    looks = [name for name in tag.get("class") or () if _CLASS.fullmatch(name) and _LOOKS.fullmatch(name)]
    kind = [tag.name] if _TAG.fullmatch(tag.name) else []
    styled = [f"{tag.name}.{name}" for name in looks[:_MOST_OPTIONS] if kind]
    return [*telling, *_parts_of_hashed(tag), *styled, *kind]


def _plainness(option: str) -> int:
    """Return the order in which selectors are tried: by what a thing is, then by how it looks, then any."""
    if option in ("time", "article", *_HEADINGS):
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


def _parts_of_hashed(tag: Tag) -> list[str]:
    """Return what stays of a class name that a build has given a random part."""
    hashed = filter(None, map(_HASHED.fullmatch, (tag.get("class") or ())[:_MOST_OPTIONS]))
    return [
        f"[class*=__{match['after']}]" if match["after"] else f"[class*={match['before']}]"
        for match in hashed
    ]
