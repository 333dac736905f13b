"""The releases as a calendar of whole days (iCalendar, RFC 5545)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from bot.report.item import Item


def calendar(items: Sequence[Item], title: str, now: datetime) -> bytes:
    """Return an event for each of these items, each with a day of its own."""
    made = Calendar()
    made.add("prodid", "-//cadencebot//releases//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", title)
    for item in items:
        made.add_component(_event(item, now))
    data: bytes = made.to_ical()
    return data


def _event(item: Item, now: datetime) -> Event:
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
    return event
