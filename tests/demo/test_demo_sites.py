"""The stand-ins for blogs and the listing speak the shapes of docs/reference/blogs.md and llmstats.md."""

import json
import re
import urllib.error
import urllib.request
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.message import Message
from html import unescape
from typing import Any

import feedparser
import pytest

from bot.demo.sites import Listing, Post, Sites, articles, atom, cards, flight_page, markdown, rss
from tests.demo.now import Now

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
HOSTILE = Post('A <b> & "q" </title> 模型', "https://example.com/blog/?a=1&b=2", NOON, "5 < 6")
SHAPES = {"feed": "rss", "atom": "atom"}


@pytest.fixture
def now() -> Now:
    return Now(NOON)


@pytest.fixture
def sites(now: Now) -> Iterator[Sites]:
    with Sites(now, SHAPES) as sites:
        sites.publish(
            "feed", HOSTILE, Post("Older", "https://example.com/blog/old", NOON - timedelta(days=9))
        )
        yield sites


def fetch(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Message, str]:
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=dict(headers or {})), timeout=5
        ) as it:
            return it.status, it.headers, it.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, ""


@pytest.mark.parametrize("shape", [rss, atom], ids=["RSS", "Atom"])
def test_a_feed_is_well_formed_whatever_its_posts_say(shape: Any) -> None:
    parsed = feedparser.parse(shape([HOSTILE]).encode(), sanitize_html=False)
    (entry,) = parsed.entries
    assert not parsed.bozo
    assert unescape(entry.title) == HOSTILE.title
    assert (entry.link, entry.id) == (HOSTILE.link, HOSTILE.link)
    parts = entry.updated_parsed if shape is atom else entry.published_parsed
    assert datetime.fromtimestamp(timegm(parts), UTC) == NOON


def test_a_page_of_cards_escapes_its_titles() -> None:
    page = cards([HOSTILE])
    assert "<b>" not in page
    assert '<div class="card-date">2026-04-07</div>' in page


def test_articles_are_in_no_order_of_date() -> None:
    posts = [
        HOSTILE,
        Post("Z", "https://qwen.ai/blog?id=z", NOON),
        Post("B", "https://qwen.ai/blog?id=b", NOON),
    ]
    listed = json.loads(articles(posts))["data"]["articles"]
    assert [(article["title"], article["path"]) for article in listed][1:] == [("B", "b"), ("Z", "z")]


def test_release_notes_are_cards_under_dates() -> None:
    assert '## Apr 07, 2026\n\n<Card title="M2" href="https://e.com/m2">' in markdown(
        [Post("M2", "https://e.com/m2", NOON)]
    )


def test_a_feed_lists_the_newest_first(sites: Sites) -> None:
    parsed = feedparser.parse(fetch(sites.address("feed"))[2].encode())
    assert [entry.title for entry in parsed.entries][1] == "Older"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("ETag", "If-None-Match"), id="by its ETag"),
        pytest.param(("Last-Modified", "If-Modified-Since"), id="by its date"),
    ],
)
def test_an_unchanged_feed_is_304(sites: Sites, now: Now, header: tuple[str, str]) -> None:
    validator = fetch(sites.address("feed"))[1][header[0]]
    assert fetch(sites.address("feed"), {header[1]: validator})[0] == 304
    now.at += timedelta(hours=1)
    sites.publish("feed", Post("New", "https://example.com/blog/new", now.at))
    assert fetch(sites.address("feed"), {header[1]: validator})[0] == 200


def test_a_migration_changes_link_guid_and_date_of_every_post_and_no_title(sites: Sites, now: Now) -> None:
    before = feedparser.parse(fetch(sites.address("feed"))[2].encode()).entries
    now.at += timedelta(days=2)
    sites.migrate("feed")
    after = feedparser.parse(fetch(sites.address("feed"))[2].encode()).entries
    assert [entry.title for entry in before] == [entry.title for entry in after]
    for field in ("link", "id", "published"):
        assert not {entry[field] for entry in before} & {entry[field] for entry in after}


def test_an_unknown_site_is_404(sites: Sites) -> None:
    assert fetch(f"{sites.url}/none")[0] == 404


def rows_of(page: str) -> list[dict[str, Any]]:
    """Read a page's flight data the way docs/reference/llmstats.md#page says."""
    chunks = re.findall(r'self\.__next_f\.push\(\[1,(".*?")\]\)</script>', page)
    stream = "".join(json.loads(chunk) for chunk in chunks)
    rows: list[dict[str, Any]] = json.loads(stream.split("\n")[1].removeprefix("5:"))[3]["models"]
    return rows


def test_the_listing_carries_its_rows_in_the_flight_data_cut_anywhere() -> None:
    page = flight_page({"models": [{"model_id": "a", "name": '</script> "é" 模型'}, {"model_id": "b"}]})
    assert [row["model_id"] for row in rows_of(page)] == ["a", "b"]
    assert rows_of(page)[0]["name"] == '</script> "é" 模型'
    assert page.count("</script>") == page.count("<script>") == 4


def test_the_listing_shows_new_rows_first_with_every_key(now: Now) -> None:
    with Listing() as listing:
        listing.add({"model_id": "old", "name": "Old"})
        listing.add({"model_id": "new", "name": "New", "release_date": NOON.date()})
        rows = rows_of(fetch(listing.page_url)[2])
    assert [row["model_id"] for row in rows] == ["new", "old"]
    assert rows[0]["release_date"] == "2026-04-07"
    assert rows[0]["params"] is None


def test_robots_txt_allows_the_page_and_not_the_api() -> None:
    with Listing() as listing:
        status, _, text = fetch(f"{listing.url}/robots.txt")
        assert (status, "Disallow: /api/" in text) == (200, True)
        assert fetch(f"{listing.url}/api/models")[0] == 404
