"""The releases as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from bot.report.item import Item

NAMESPACE = "http://www.w3.org/2005/Atom"
_FEED_ID = "urn:uuid:00f5d2f0-b6ec-59ef-a270-41f37e63d4dd"  # made up once, for this feed


def atom(items: Sequence[Item], title: str, now: datetime) -> bytes:
    """Return these items, each with a day of its own and the newest first, as a feed."""
    feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "en"})
    _add(feed, "id", _FEED_ID)
    _add(feed, "title", title)
    _add(feed, "updated", _time(now))
    _add(_add(feed, "author"), "name", "cadencebot")
    _add(feed, "generator", "cadencebot")
    for item in items:
        _entry(_add(feed, "entry"), item)
    ET.indent(feed)
    data: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return data


def _entry(entry: ET.Element, item: Item) -> None:
    published = _time(item.lead.shipped.published.at)
    _add(entry, "id", item.id)
    _add(entry, "title", item.title)
    _add(entry, "updated", published)
    _add(entry, "published", published)
    _add(_add(entry, "author"), "name", item.lab)
    for number, source in enumerate(item.sources):
        relation = "related" if number else "alternate"
        _add(entry, "link", rel=relation, href=source.url, title=source.title)
    _add(entry, "content", item.sentence, type="text")


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
