"""The releases as a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Sequence

from bot.report.item import Item

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(items: Sequence[Item], title: str) -> bytes:
    """Return these items, each with a day of its own and the newest first, as a feed."""
    feed = {
        "version": VERSION,
        "title": title,
        "language": "en",
        "authors": [{"name": "cadencebot"}],
        "items": [_item(item) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(item: Item) -> dict[str, object]:
    told: dict[str, object] = {
        "id": item.id,
        "title": item.title,
        "content_text": item.sentence,
        "date_published": item.lead.shipped.published.at.isoformat(timespec="seconds"),
        "authors": [{"name": item.lab}],
        "tags": ["open weights" if item.is_open else "closed weights", item.main.verdict],
    }
    addresses = [source.url for source in item.sources]
    return {**told, "url": addresses[0]} if addresses else told
