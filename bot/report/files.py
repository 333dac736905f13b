"""The files of the report, by name. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cadence.shipment import Shipment, own_words
from bot.report.atom import atom
from bot.report.ical import calendar
from bot.report.item import items
from bot.report.json_feed import json_feed
from bot.report.overview import overview
from bot.report.page import render_page
from bot.report.spreadsheet import spreadsheet

PAGE = "index.html"
TITLE = "AI model releases"
_IN_FEEDS = 100  # items: what a feed reader asks for every hour
_IN_CALENDAR = 250


def report_files(shipments: Sequence[Shipment], now: datetime) -> Mapping[str, bytes]:
    """Return the page and the exports as of now; what LLM Stats alone says is in none of the exports."""
    own = [it for it in items(own_words(shipments)) if it.lead.shipped.published.at <= now]
    dated = [it for it in own if it.has_own_day]
    return {
        "releases.atom": atom(dated[:_IN_FEEDS], TITLE, now),
        "releases.json": json_feed(dated[:_IN_FEEDS], TITLE),
        "releases.ics": calendar(dated[:_IN_CALENDAR], TITLE, now),
        "releases.csv": spreadsheet(own),
        PAGE: render_page(overview(shipments, now), TITLE).encode(),
    }
