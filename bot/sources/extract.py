"""How feeds.yaml says where the posts of a page are: CSS selectors, or jmespath expressions over its data."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jmespath
import soupsieve
from bs4 import Tag
from jmespath.exceptions import JMESPathError

from bot.errors import ConfigError, Failure, SourceError
from bot.fetch import Response
from bot.fetch.address import shown
from bot.model import Published
from bot.settings.feeds import PageSpec
from bot.sources.dates import read_date
from bot.sources.entries import Entry
from bot.sources.flight import flight_objects
from bot.sources.limits import refuse_costly_page, refuse_many
from bot.sources.markdown import markdown_entries
from bot.sources.posts import body_text
from bot.sources.text import absolute, clean, parse_html, plain_text

Extract = Callable[[Response, datetime], list[Entry]]
_DEEPEST = 200  # tags in tags; real pages have less than 60
_ATTRIBUTE = re.compile(r"(?P<selector>.*?)@(?P<name>[A-Za-z][\w:-]*)")


def extractor(spec: PageSpec) -> Extract:
    """Return what reads the entries of a page as `spec` describes it.

    Raises ConfigError for a selector or expression that is none. The function returned raises SourceError
    for a page that cannot be read so; an item without a title is no entry.
    """
    match spec.format:
        case "html":
            return _HtmlExtract(spec)
        case "next":
            return _DataExtract(spec, lambda answer: flight_objects(body_text(answer), answer.url))
        case "json":
            return _DataExtract(spec, Response.json)
        case "markdown":
            return _read_markdown


def _read_markdown(answer: Response, now: datetime) -> list[Entry]:
    return markdown_entries(body_text(answer), answer.url, now)


class _HtmlExtract:
    def __init__(self, spec: PageSpec) -> None:
        self._item = _selector(spec, "item")
        self._title, self._link, self._date, self._summary = (
            _Pick.of(spec, name) for name in ("title", "link", "date", "summary")
        )
        self._prefix = spec.link_prefix

    def __call__(self, answer: Response, now: datetime) -> list[Entry]:
        tree = page_tree(answer)
        items = self._item.select(tree) if self._item else []
        refuse_many(len(items), answer.url)
        base = _base_of(tree, answer.url)
        entries = [self._entry(item, base, now) for item in _innermost(items)]
        return [entry for entry in entries if entry.title]

    def _entry(self, item: Tag, base: str, now: datetime) -> Entry:
        return Entry(
            link=_whole_link(self._link_of(item), self._prefix, base),
            title=clean(self._title.text(item)),
            published=self._date_of(item, now) if self._date.stated else None,
            body=self._summary.text(item) if self._summary.stated else "",
        )

    def _link_of(self, item: Tag) -> str:
        """Return the link selected, else the item's own, the first one in it, or the one around it."""
        if self._link.attribute:
            return self._link.text(item)
        chosen = self._link.element(item) or item
        anchors = (chosen, chosen.select_one("a[href]"), item.find_parent("a", href=True))
        return next((str(anchor["href"]) for anchor in anchors if anchor and anchor.get("href")), "")

    def _date_of(self, item: Tag, now: datetime) -> Published | None:
        """Return the first date among all that `date` selects: labels and names often look the same."""
        elements = self._date.elements(item)
        texts = (
            text
            for element in elements
            for text in (element.get("datetime"), self._date.text_of(element))
            if isinstance(text, str)
        )
        return next(filter(None, (read_date(text, now) for text in texts)), None)


def page_tree(answer: Response) -> Tag:
    """Return the page's tree, of a size and depth that selectors get through in a second."""
    refuse_costly_page(answer.body, answer.url)
    tree = parse_html(body_text(answer))
    if _deeper_than(_DEEPEST, tree):
        raise SourceError(Failure.TOO_LARGE, f"{shown(answer.url)} has too deeply nested tags")
    return tree


def _base_of(tree: Tag, url: str) -> str:
    """Return the address that the relative links of a page are completed with: its own, unless it says so."""
    stated = tree.select_one("base[href]")
    return (absolute(str(stated["href"]), url) if stated else "") or url


def _deeper_than(depth: int, tree: Tag) -> bool:
    level = [tree]
    for _ in range(depth):
        level = [child for tag in level for child in tag.children if isinstance(child, Tag)]
    return bool(level)


def _innermost(items: Sequence[Tag]) -> list[Tag]:
    """Leave out the items that hold other items: `li` in a list of lists."""
    outer = {id(parent) for item in items for parent in item.parents}
    return [item for item in items if id(item) not in outer]


@dataclass(frozen=True, slots=True)
class _Pick:
    """What a field selects inside an item: `selector`, `selector@attribute` or `@attribute`."""

    selector: soupsieve.SoupSieve | None = None
    attribute: str = ""

    @classmethod
    def of(cls, spec: PageSpec, name: str) -> "_Pick":
        match = _ATTRIBUTE.fullmatch(getattr(spec, name))
        if match:
            return cls(_selector(spec, name, match["selector"]), match["name"])
        return cls(_selector(spec, name))

    @property
    def stated(self) -> bool:
        return bool(self.selector or self.attribute)

    def elements(self, item: Tag) -> list[Tag]:
        return list(self.selector.select(item, limit=10)) if self.selector else [item]

    def element(self, item: Tag) -> Tag | None:
        return next(iter(self.elements(item)), None)

    def text(self, item: Tag) -> str:
        element = self.element(item)
        return self.text_of(element) if element else ""

    def text_of(self, element: Tag) -> str:
        if self.attribute:
            return str(element.get(self.attribute) or "")
        return element.get_text(" ")


def _selector(spec: PageSpec, name: str, text: str | None = None) -> soupsieve.SoupSieve | None:
    text = str(getattr(spec, name)) if text is None else text
    try:
        return soupsieve.compile(text) if text.strip() else None
    except soupsieve.SelectorSyntaxError as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"feeds.yaml: {spec.id}: {name}: {text!r} is no CSS selector: {reason}") from error


class _DataExtract:
    def __init__(self, spec: PageSpec, read: Callable[[Response], Any]) -> None:
        self._item = _expression(spec, "item")
        names = ("title", "link", "date", "summary")
        self._fields = {name: _expression(spec, name) for name in names if getattr(spec, name)}
        self._prefix = spec.link_prefix
        self._read = read

    def __call__(self, answer: Response, now: datetime) -> list[Entry]:
        entries = [self._entry(item, answer.url, now) for item in self._items(answer)]
        return [entry for entry in entries if entry.title]

    def _items(self, answer: Response) -> Iterable[Any]:
        found = _search(self._item, self._read(answer), answer.url)
        items = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
        refuse_many(len(items), answer.url)
        return items

    def _entry(self, item: Any, base: str, now: datetime) -> Entry:
        values = {name: _search(expression, item, base) for name, expression in self._fields.items()}
        return Entry(
            link=_whole_link(_as_text(values.get("link")), self._prefix, base),
            title=plain_text(_as_text(values.get("title"))),
            published=read_date(values.get("date"), now),
            body=_as_text(values.get("summary")),
        )


def _expression(spec: PageSpec, name: str) -> Any:
    text = getattr(spec, name)
    try:
        return jmespath.compile(text)
    except JMESPathError as error:
        reason = " ".join(str(error).split())[:120]
        raise ConfigError(
            f"feeds.yaml: {spec.id}: {name}: {text!r} is no jmespath expression: {reason}"
        ) from error


def _search(expression: Any, value: Any, url: str) -> Any:
    try:
        return expression.search(value)
    except JMESPathError as error:  # a function that is given the wrong type
        reason = " ".join(str(error).split())[:120]
        raise SourceError(
            Failure.BAD_ANSWER, f"{shown(url)} does not fit its expressions: {reason}"
        ) from error


def _as_text(value: object) -> str:
    return str(value) if isinstance(value, str | int) else ""


def _whole_link(link: str, prefix: str, base: str) -> str:
    """Return a whole address; `prefix` completes a bare slug, the page's own address any other."""
    link = clean(link, 2000)
    bare = link and not link.startswith(("/", "#", "?")) and "://" not in link
    return absolute(f"{prefix}{link}" if prefix and bare else link, base) if link else ""
