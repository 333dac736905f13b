"""The files of the report, by name: the page, an Atom feed, a JSON Feed, a calendar and a table. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from bot.cadence.shipped import NAME_LIMIT, Shipment, Shipped, is_listed, lab_words, name_words, own_words
from bot.releases.facts.text import clean
from bot.report.cells import plain_cell
from bot.report.item import Item, day_text, items
from bot.report.overview import overview
from bot.report.page import render_page

PAGE = "index.html"
TITLE = "AI model releases"
_IN_FEEDS = 100  # items: what a feed reader asks for every hour
_IN_CALENDAR = 250
_FEED_ID = "urn:uuid:00f5d2f0-b6ec-59ef-a270-41f37e63d4dd"  # made up once, for this feed
_COLUMNS = (
    "released", "date_from", "lab_id", "lab", "country", "model", "license", "verdict", "weights",
    "parameters", "task", "wave", "sources",
)  # fmt: skip


def report_files(shipments: Sequence[Shipment], now: datetime) -> Mapping[str, bytes]:
    """Return the page and the exports as of now; what LLM Stats alone says is in none of the exports."""
    own = [it for it in items(own_words(shipments)) if it.lead.shipped.published.at <= now]
    dated = [it for it in own if it.has_own_day]
    return {
        "releases.atom": _atom(dated[:_IN_FEEDS], now),
        "releases.json": _json_feed(dated[:_IN_FEEDS]),
        "releases.ics": _calendar(dated[:_IN_CALENDAR], now),
        "releases.csv": _spreadsheet(own),
        PAGE: render_page(overview(shipments, now), TITLE).encode(),
    }


def _atom(items: Sequence[Item], now: datetime) -> bytes:
    """Return these items, each with a day of its own and the newest first, as an Atom feed (RFC 4287)."""
    feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    _add(feed, "id", _FEED_ID)
    _add(feed, "title", TITLE)
    _add(feed, "updated", _time(now))
    _add(_add(feed, "author"), "name", "cadencebot")
    _add(feed, "generator", "cadencebot")
    for item in items:
        entry, published = _add(feed, "entry"), _time(item.lead.shipped.published.at)
        _add(entry, "id", item.id)
        _add(entry, "title", item.title)
        _add(entry, "updated", published)
        _add(entry, "published", published)
        _add(_add(entry, "author"), "name", item.lab)
        for number, source in enumerate(item.sources):
            relation = "related" if number else "alternate"
            _add(entry, "link", rel=relation, href=source.url, title=source.title)
        _add(entry, "content", item.sentence, type="text")
    ET.indent(feed)
    data: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return data


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _calendar(items: Sequence[Item], now: datetime) -> bytes:
    """Return these items, each with a day of its own, as events of whole days (iCalendar, RFC 5545)."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - 2 MB, for those who publish the report

    calendar = Calendar()
    calendar.add("prodid", "-//cadencebot//releases//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", TITLE)
    for item in items:
        event = Event()
        event.add("uid", item.id)
        event.add("dtstamp", now)
        event.add("dtstart", item.day)
        event.add("dtend", item.day + timedelta(days=1))
        event.add("summary", item.title)
        event.add("description", item.sentence)
        event.add("transp", "TRANSPARENT")  # nobody is busy because of it
        for source in item.sources[:1]:
            event.add("url", source.url)
        calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data


def _json_feed(items: Sequence[Item]) -> bytes:
    """Return these items, each with a day of its own and the newest first, as a JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "language": "en",
        "authors": [{"name": "cadencebot"}],
        "items": [_json_item(item) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(item: Item) -> dict[str, object]:
    told: dict[str, object] = {
        "id": item.id,
        "title": item.title,
        "content_text": item.sentence,
        "date_published": _time(item.lead.shipped.published.at),
        "authors": [{"name": item.lab}],
        "tags": ["open weights" if item.is_open else "closed weights", item.main.verdict],
    }
    return {**told, "url": item.sources[0].url} if item.sources else told


def _spreadsheet(items: Iterable[Item]) -> bytes:
    """Return a row for each model as comma-separated values (RFC 4180).

    What is not known is empty, and so is a date that only LLM Stats knows.
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for item in items:
        urls = " ".join(source.url for source in item.sources)
        for model in item.models:
            cells = (*_row(model.shipped), item.name, urls)
            table.writerow(map(plain_cell, cells))
    return text.getvalue().encode()


def _row(it: Shipped) -> tuple[str, ...]:
    dated = ("", "") if is_listed(it) else (day_text(it), it.published.origin)
    return (
        *dated,
        it.lab,
        lab_words(it),
        it.country,
        name_words(it),
        clean(it.license, NAME_LIMIT),
        it.verdict,
        "open" if it.open else "closed",
        str(it.parameters or ""),
        clean(it.task, NAME_LIMIT),
    )
