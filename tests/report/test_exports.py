"""The exports, read back by other programs; nothing of LLM Stats is in them."""

import csv
import io
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from icalendar import Calendar

from bot.model import DateOrigin
from bot.report.exports import report_files
from tests.report.shipments import HOSTILE, NOW, listed_alone, listed_too, many, shipment

ATOM = "{http://www.w3.org/2005/Atom}"
SHIPMENTS = [
    shipment("2026-04-20", "Kimi K2.6", license="Modified MIT", verdict="conditions", country="CN"),
    shipment("2026-04-18", 'Qwen, "4"; a\\b', "qwen", parameters=35 * 10**9),
    shipment("2026-04-07", "GLM-5.1-Air", "zai"),
    shipment("2026-04-07", "GLM-5.1", "zai", lead="GLM-5.1-Air", parameters=754 * 10**9),
    shipment("2026-03", "Only a month"),
    shipment("2026-04-01", "Listed date", origin=DateOrigin.LISTED),
    listed_too("2026-04-02", "Own name", license="", verdict="not stated", parameters=None),
    listed_alone("2026-04-03", "Secret"),
    shipment("2027-01-01", "From the future"),
]


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return report_files(SHIPMENTS, NOW)


@pytest.fixture(scope="module")
def hostile() -> Mapping[str, bytes]:
    worst = shipment(
        "2026-04-20", HOSTILE, license=HOSTILE, lab_name=HOSTILE, task=HOSTILE, verdict="unknown"
    )
    formula = shipment("2026-04-21", '=HYPERLINK("https://x.example")', "@lab", lab_name="+1")
    return report_files([worst, formula, *many(30)], NOW)


def test_feedparser_reads_the_atom_feed_back(files: Mapping[str, bytes]) -> None:
    feed = feedparser.parse(io.BytesIO(files["releases.atom"]))
    assert not feed.bozo
    assert feed.version == "atom10"
    assert [entry.title for entry in feed.entries] == [
        "Kimi: Kimi K2.6",
        'Qwen: Qwen, "4"; a\\b',
        "Zai: GLM-5.1-Air +1",
        "Kimi: Own name",
    ]
    newest = feed.entries[0]
    assert newest.link == "https://blog.example/Kimi%20K2.6"
    assert newest.published == "2026-04-20T00:00:00+00:00"
    assert newest.content[0].value.startswith("Kimi released Kimi K2.6: Modified MIT, with conditions; 1.0T")


def test_the_atom_feed_has_what_rfc_4287_wants(hostile: Mapping[str, bytes]) -> None:
    feed = ET.fromstring(hostile["releases.atom"])
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)) == 33
    for entry in (feed, *feed.findall(f"{ATOM}entry")):
        assert all(entry.findtext(f"{ATOM}{tag}") for tag in ("id", "title", "updated"))
        assert entry.find(f"{ATOM}author/{ATOM}name") is not None
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").tzinfo
    for link in feed.iter(f"{ATOM}link"):
        assert link.attrib["rel"] in ("alternate", "related")


@pytest.mark.parametrize("made", ["files", "hostile"])
def test_the_json_feed_keeps_the_rules_of_version_1_1(made: str, request: pytest.FixtureRequest) -> None:
    feed = json.loads(request.getfixturevalue(made)["releases.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert {*feed} <= {"version", "title", "language", "authors", "items"}
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"]) > 0
    for item in feed["items"]:
        json_feed_item(item)


def json_feed_item(item: dict[str, Any]) -> None:
    assert isinstance(item["id"], str)
    assert isinstance(item["content_text"], str)  # this or content_html must be there
    assert {*item} <= {"id", "title", "content_text", "date_published", "authors", "tags", "url"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", item["date_published"])
    assert all(isinstance(tag, str) for tag in item["tags"])
    assert all({*author} <= {"name", "url", "avatar"} and author for author in item["authors"])
    assert item.get("url", "https://").startswith(("https://", "http://"))


def test_icalendar_reads_the_calendar_back(files: Mapping[str, bytes]) -> None:
    calendar = Calendar.from_ical(files["releases.ics"])
    events = calendar.walk("VEVENT")
    assert (calendar["version"], len(events)) == ("2.0", 4)
    assert events[1]["summary"] == 'Qwen: Qwen, "4"; a\\b'
    assert (events[0].decoded("dtstart"), events[0].decoded("dtend")) == (
        date(2026, 4, 20),
        date(2026, 4, 21),
    )
    assert str(events[0]["url"]) == "https://blog.example/Kimi%20K2.6"
    assert len({str(event["uid"]) for event in events}) == 4


def test_the_calendar_keeps_the_rules_of_rfc_5545(hostile: Mapping[str, bytes]) -> None:
    data = hostile["releases.ics"]
    assert data.count(b"\r\n") == data.count(b"\n")
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    for event in Calendar.from_ical(data).walk("VEVENT"):
        assert all(key in event for key in ("uid", "dtstamp", "dtstart", "summary"))
        assert not event.errors


def test_the_csv_has_a_row_for_each_model_and_leaves_out_what_is_not_known(
    files: Mapping[str, bytes],
) -> None:
    rows = {row["model"]: row for row in csv.DictReader(io.StringIO(files["releases.csv"].decode()))}
    assert list(rows) == [
        "Kimi K2.6",
        'Qwen, "4"; a\\b',
        "GLM-5.1-Air",
        "GLM-5.1",
        "Own name",
        "Listed date",
        "Only a month",
    ]
    assert [rows[name]["released"] for name in ("Kimi K2.6", "Only a month", "Listed date")] == [
        "2026-04-20",
        "2026-03",
        "",
    ]
    assert (rows["Own name"]["license"], rows["Own name"]["parameters"]) == ("", "")
    assert rows["GLM-5.1"]["wave"] == "GLM-5.1-Air +1"


def test_no_cell_of_the_csv_is_a_formula(hostile: Mapping[str, bytes]) -> None:
    rows = list(csv.reader(io.StringIO(hostile["releases.csv"].decode())))
    assert len({len(row) for row in rows}) == 1
    assert [cell for row in rows for cell in row if cell[:1] in "=+-@＝＋－＠\t\r" and cell] == []


@pytest.mark.parametrize("name", ["releases.atom", "releases.json", "releases.ics", "releases.csv"])
def test_nothing_of_llm_stats_is_exported(files: Mapping[str, bytes], name: str) -> None:
    text = files[name].decode()
    assert "Secret" not in text
    assert "llm-stats" not in text
    assert "future" not in text
    assert "Own name" in text


def test_the_same_history_makes_the_same_ids(files: Mapping[str, bytes]) -> None:
    later = json.loads(report_files(SHIPMENTS[:1], NOW + timedelta(days=400))["releases.json"])
    assert later["items"][0]["id"] == json.loads(files["releases.json"])["items"][0]["id"]
