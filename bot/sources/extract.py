"""How feeds.yaml says where the posts of a page are: CSS selectors, or jmespath expressions over its data."""

import re
from collections.abc import Callable
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
from bot.sources.dates import read_date
from bot.sources.entries import Entry
from bot.sources.flight import flight_objects
from bot.sources.markdown import markdown_entries
from bot.sources.posts import body_text
from bot.sources.specs import Selectors
from bot.sources.text import absolute, as_text, clean, parse_html, plain_text, refuse_costly_page, refuse_many

Extract = Callable[[Response, datetime], list[Entry]]
_DEEPEST = 200  # tags in tags; real pages have less than 60
_ATTRIBUTE = re.compile(r"(?P<selector>.*?)@(?P<name>[A-Za-z][\w:-]*)")


def extractor(spec: Selectors) -> Extract:
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
            return lambda answer, now: markdown_entries(body_text(answer), answer.url, now)


class _HtmlExtract:
    def __init__(self, spec: Selectors) -> None:
        self._item = _selector(spec, "item", spec.item)
        self._title, self._link, self._date, self._summary = (
            _pick(spec, name) for name in ("title", "link", "date", "summary")
        )
        self._prefix = spec.link_prefix

    def __call__(self, answer: Response, now: datetime) -> list[Entry]:
        tree = page_tree(answer)
        items = self._item.select(tree) if self._item else []
        refuse_many(len(items), answer.url)
        stated = tree.select_one("base[href]")
        base = (absolute(str(stated["href"]), answer.url) if stated else "") or answer.url
        outer = {id(parent) for item in items for parent in item.parents}  # `li` in a list of lists
        entries = [self._entry(item, base, now) for item in items if id(item) not in outer]
        return [entry for entry in entries if entry.title]

    def _entry(self, item: Tag, base: str, now: datetime) -> Entry:
        return Entry(
            link=_whole_link(self._link_of(item), self._prefix, base),
            title=clean(self._title.text(item)),
            published=self._date_of(item, now) if self._date.is_stated else None,
            body=self._summary.text(item) if self._summary.is_stated else "",
        )

    def _link_of(self, item: Tag) -> str:
        """Return the link selected, else the item's own, the first one in it, or the one around it."""
        if self._link.attribute:
            return self._link.text(item)
        chosen = next(iter(self._link.elements(item)), item)
        anchors = (chosen, chosen.select_one("a[href]"), item.find_parent("a", href=True))
        return next((str(anchor["href"]) for anchor in anchors if anchor and anchor.get("href")), "")

    def _date_of(self, item: Tag, now: datetime) -> Published | None:
        """Return the first date among all that `date` selects: labels and names often look the same."""
        for element in self._date.elements(item):
            for text in (element.get("datetime"), self._date.text_of(element)):
                if found := read_date(text, now):
                    return found
        return None


def page_tree(answer: Response) -> Tag:
    """Return the page's tree, of a size and depth that selectors get through in a second."""
    refuse_costly_page(answer.body, answer.url)
    tree = parse_html(body_text(answer))
    level: list[Tag] = [tree]
    for _ in range(_DEEPEST):
        level = [child for tag in level for child in tag.children if isinstance(child, Tag)]
    if level:
        raise SourceError(Failure.TOO_LARGE, f"{shown(answer.url)} has too deeply nested tags")
    return tree


@dataclass(frozen=True, slots=True)
class _Pick:
    """What a field selects inside an item: `selector`, `selector@attribute` or `@attribute`."""

    selector: soupsieve.SoupSieve | None
    attribute: str

    @property
    def is_stated(self) -> bool:
        return bool(self.selector or self.attribute)

    def elements(self, item: Tag) -> list[Tag]:
        return list(self.selector.select(item, limit=10)) if self.selector else [item]

    def text(self, item: Tag) -> str:
        return next(map(self.text_of, self.elements(item)), "")

    def text_of(self, element: Tag) -> str:
        return str(element.get(self.attribute) or "") if self.attribute else element.get_text(" ")


def _pick(spec: Selectors, name: str) -> _Pick:
    text = str(getattr(spec, name))
    match = _ATTRIBUTE.fullmatch(text)
    selector = _selector(spec, name, match["selector"] if match else text)
    return _Pick(selector, match["name"] if match else "")


def _selector(spec: Selectors, name: str, text: str) -> soupsieve.SoupSieve | None:
    try:
        return soupsieve.compile(text) if text.strip() else None
    except soupsieve.SelectorSyntaxError as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"{spec.id}: {name}: {text!r} is no CSS selector: {reason}") from error


class _DataExtract:
    def __init__(self, spec: Selectors, read: Callable[[Response], Any]) -> None:
        self._item = _expression(spec, "item")
        names = ("title", "link", "date", "summary")
        self._fields = {name: _expression(spec, name) for name in names if getattr(spec, name)}
        self._prefix = spec.link_prefix
        self._read = read

    def __call__(self, answer: Response, now: datetime) -> list[Entry]:
        found = _search(self._item, self._read(answer), answer.url)
        items = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
        refuse_many(len(items), answer.url)
        entries = [self._entry(item, answer.url, now) for item in items]
        return [entry for entry in entries if entry.title]

    def _entry(self, item: Any, base: str, now: datetime) -> Entry:
        values = {name: _search(expression, item, base) for name, expression in self._fields.items()}
        return Entry(
            link=_whole_link(as_text(values.get("link")), self._prefix, base),
            title=plain_text(as_text(values.get("title"))),
            published=read_date(values.get("date"), now),
            body=as_text(values.get("summary")),
        )


def _expression(spec: Selectors, name: str) -> Any:
    text = getattr(spec, name)
    try:
        return jmespath.compile(text)
    except JMESPathError as error:
        reason = clean(str(error), 120)
        complaint = f"{spec.id}: {name}: {text!r} is no jmespath expression: {reason}"
        raise ConfigError(complaint) from error


def _search(expression: Any, value: Any, url: str) -> Any:
    try:
        return expression.search(value)
    except JMESPathError as error:  # a function that is given the wrong type
        complaint = f"{shown(url)} does not fit its expressions: {clean(str(error), 120)}"
        raise SourceError(Failure.BAD_ANSWER, complaint) from error


def _whole_link(link: str, prefix: str, base: str) -> str:
    """Return a whole address; `prefix` completes a bare slug, the page's own address any other."""
    link = clean(link, 2000)
    bare = link and not link.startswith(("/", "#", "?")) and "://" not in link
    return absolute(f"{prefix}{link}" if prefix and bare else link, base) if link else ""
