"""Feeds: what is new is told once, and what is no feed is a failure that says what it is."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import FeedSpec
from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.model import DateOrigin, SourceKind
from bot.sources.base import Poll
from bot.sources.feed import FeedSource, parse_feed
from tests.support.fetching import FakeFetcher
from tests.support.memory import START, Watch

URL = "https://lab.example/blog/rss.xml"
Item = tuple[str, str, str]  # guid, link, title
K2: Item = ("tag:1", "https://lab.example/blog/k2", "Kimi K2")
K3: Item = ("tag:2", "https://lab.example/blog/k3", "Kimi K3")
GLM: Item = ("tag:3", "https://lab.example/blog/glm", "GLM-5.1")


def rss(*items: Item, date: str = "Mon, 20 Apr 2026 10:00:00 GMT", body: str = "", built: str = "") -> bytes:
    entries = "".join(
        f"<item><guid>{guid}</guid><link>{link}</link><title>{escape(title)}</title><pubDate>{date}</pubDate>"
        f"<description>{escape(body)}</description></item>"
        for guid, link, title in items
    )
    head = f"<title>Blog</title><link>https://lab.example/blog</link><lastBuildDate>{built}</lastBuildDate>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{entries}</channel></rss>'.encode()


def atom(*items: Item, updated: str = "2026-04-20") -> bytes:
    entries = "".join(
        f'<entry><id>{guid}</id><link href="{link}"/><title>{escape(title)}</title>'
        f"<updated>{updated}</updated></entry>"
        for guid, link, title in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title>{entries}</feed>'.encode()


def rdf(*items: Item) -> bytes:
    entries = "".join(
        f'<item rdf:about="{guid}"><title>{escape(title)}</title><link>{link}</link></item>'
        for guid, link, title in items
    )
    spaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    return f"<rdf:RDF {spaces}><channel><title>Blog</title></channel>{entries}</rdf:RDF>".encode()


def json_feed(*items: Item, version: str = "https://jsonfeed.org/version/1.1") -> bytes:
    entries = [
        {
            "id": guid,
            "url": link,
            "title": title,
            "date_published": "2026-04-20T10:00:00Z",
            "content_html": "<p>x</p>",
        }
        for guid, link, title in items
    ]
    return json.dumps(
        {"version": version, "home_page_url": "https://lab.example/", "items": entries}
    ).encode()


def watch(include: tuple[str, ...] = ()) -> Watch:
    return Watch(FeedSource(FeedSpec(feed=URL, include=include), "moonshot", timedelta(minutes=10)))


def serving(body: bytes, **headers: str) -> FakeFetcher:
    return FakeFetcher({URL: Response(URL, 200, headers, body)})


def poll(watch: Watch, body: bytes, **headers: str) -> Poll:
    return watch.poll(serving(body, **headers))


def titles(poll: Poll) -> list[str]:
    return [sighting.title for sighting in poll.sightings]


@pytest.mark.parametrize("form", [rss, atom, rdf, json_feed])
def test_every_form_of_feed_is_a_baseline_first_and_then_shows_what_is_new(form: object) -> None:
    assert callable(form)
    feed = watch()
    first = poll(feed, form(K2, K3))
    assert (titles(first), first.count) == (["Kimi K2", "Kimi K3"], 2)
    assert titles(poll(feed, form(GLM, K2, K3))) == ["GLM-5.1"]
    assert titles(poll(feed, form(K3, GLM, K2))) == []


def test_a_sighting_carries_what_the_post_says() -> None:
    body = (
        "<p>Kimi K2 is an open model for agents that plan and act, with 32B active parameters.</p>"
        '<p>Weights: <a href="https://huggingface.co/moonshotai/Kimi-K2">here</a>. <img alt="x"></p>'
        + "<p>word</p>"
        * 500
    )
    sighting = poll(watch(), rss(K2, body=body)).sightings[0]
    assert (sighting.source, sighting.lab, sighting.source_id) == (
        SourceKind.FEED,
        "moonshot",
        "feed:lab.example/blog/rss.xml",
    )
    assert (sighting.external_id, sighting.url) == ("guid:tag:1", "https://lab.example/blog/k2")
    assert sighting.links == ("https://huggingface.co/moonshotai/Kimi-K2",)
    assert sighting.facts.summary == (
        "Kimi K2 is an open model for agents that plan and act, with 32B active parameters."
    )
    assert sighting.published
    assert sighting.published.at == datetime(2026, 4, 20, 10, tzinfo=UTC)
    assert sighting.published.origin is DateOrigin.POSTED


@pytest.mark.parametrize(
    ("body", "precision"),
    [
        pytest.param(atom(K2, updated="2026-04-20"), "day", id="a day"),
        pytest.param(atom(K2, updated="2026-04"), "month", id="a month"),
        pytest.param(atom(K2, updated="2026-04-20T10:00:00Z"), "second", id="a moment"),
        pytest.param(rss(K2, date="Mon, 20 Apr 2026 00:00:00 GMT"), "day", id="midnight is a day"),
        pytest.param(rss(K2, date="last Tuesday"), None, id="no date that one could read"),
        pytest.param(rss(K2, date="Mon, 20 Apr 1970 10:00:00 GMT"), None, id="a date before all labs"),
        pytest.param(rss(K2, date="Mon, 20 Apr 2099 10:00:00 GMT"), None, id="a date far ahead"),
    ],
)
def test_dates_keep_their_precision_and_nonsense_is_none(body: bytes, precision: str | None) -> None:
    published = poll(watch(), body).sightings[0].published
    assert (published and published.precision) == precision


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(rss(K3, K2), id="another order"),
        pytest.param(rss(K2, K3, date="Fri, 01 May 2026 10:00:00 GMT"), id="a crawl date on every post"),
        pytest.param(
            rss(*((f"{guid}b", link.replace("/blog/", "/news/"), title) for guid, link, title in (K2, K3))),
            id="a migration to other guids and links",
        ),
        pytest.param(
            rss(
                *((guid, "https://lab.example/blog", f"{title}, for 2026") for guid, link, title in (K2, K3))
            ),
            id="new titles and one link for all",
        ),
        pytest.param(rss(K2), id="a feed that lost posts"),
        pytest.param(rss(K2, K3)[:-60], id="a feed cut short"),
        pytest.param(atom(K2, K3), id="another form of feed"),
        pytest.param(b"\n" + rss(K2, K3), id="a line before the declaration"),
    ],
)
def test_what_is_no_news(again: bytes) -> None:
    feed = watch()
    poll(feed, rss(K2, K3))
    assert titles(poll(feed, again)) == []
    assert titles(poll(feed, rss(K2, K3))) == []


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        pytest.param(b"", Failure.EMPTY, "answered with an empty body", id="an empty body"),
        pytest.param(b" \n ", Failure.EMPTY, "answered with an empty body", id="nothing but space"),
        pytest.param(
            b"<!DOCTYPE html><html><p>404</p></html>", Failure.BAD_ANSWER, "a web page instead", id="a page"
        ),
        pytest.param(
            b"<?xml version='1.0'?><urlset><url/></urlset>", Failure.BAD_ANSWER, "<urlset>", id="a sitemap"
        ),
        pytest.param(b"Not Found", Failure.BAD_ANSWER, "no feed: it starts with 'Not Found'", id="a word"),
        pytest.param(rss(), Failure.EMPTY, "has no entries where there were 2", id="a feed without entries"),
        pytest.param(
            json_feed(), Failure.EMPTY, "has no entries where there were 2", id="a JSON feed without any"
        ),
        pytest.param(b'{"items": []}', Failure.BAD_ANSWER, "no JSON Feed", id="other JSON"),
        pytest.param(b'{"items": ', Failure.BAD_ANSWER, "no JSON", id="broken JSON"),
    ],
)
def test_what_is_no_feed_is_a_failure_that_says_so(body: bytes, kind: Failure, says: str) -> None:
    feed = watch()
    poll(feed, rss(K2, K3))
    with pytest.raises(SourceError, match=says) as caught:
        poll(feed, body)
    assert caught.value.failure is kind
    assert titles(poll(feed, rss(K2, K3))) == []


def test_only_wanted_titles_are_seen_and_the_others_are_remembered() -> None:
    feed = watch(include=("Kimi",))
    assert titles(poll(feed, rss(K2, GLM))) == ["Kimi K2"]
    everything = watch()
    everything.memory, everything.identities = feed.memory, feed.identities
    assert titles(poll(everything, rss(K2, GLM, K3))) == ["Kimi K3"]


def test_validators_are_kept_and_a_304_changes_nothing() -> None:
    feed = watch()
    fetch = serving(rss(K2, K3), etag='"1"', **{"last-modified": "Mon, 20 Apr 2026 10:00:00 GMT"})
    feed.poll(fetch)
    again = feed.poll(fetch)
    assert (fetch.requests[1].etag, fetch.requests[1].last_modified) == (
        '"1"',
        "Mon, 20 Apr 2026 10:00:00 GMT",
    )
    assert (again.sightings, again.identities, again.count) == ((), {}, 2)
    assert (again.etag, again.last_modified) == ('"1"', "Mon, 20 Apr 2026 10:00:00 GMT")
    assert titles(poll(feed, rss(K2, K3, GLM))) == ["GLM-5.1"]


def test_a_feed_that_was_only_built_anew_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = watch()
    poll(feed, rss(K2, K3, built="Mon, 20 Apr 2026 10:00:00 GMT"))
    monkeypatch.setattr("feedparser.parse", None)
    again = poll(feed, rss(K2, K3, built="Mon, 20 Apr 2026 10:02:00 GMT"), etag='"2"')
    assert (again.sightings, again.count, again.etag) == ((), 2, '"2"')


def test_relative_links_are_completed() -> None:
    assert poll(watch(), rss(("1", "/blog/k2", "Kimi K2"))).sightings[0].url == "https://lab.example/blog/k2"


def test_a_post_without_a_title_shows_the_beginning_of_its_text() -> None:
    assert titles(poll(watch(), rss(("1", "https://lab.example/1", ""), body="<p>Kimi K2 is here</p>"))) == [
        "Kimi K2 is here"
    ]


@pytest.mark.parametrize("kind", ["text/html", "application/rss+xml; charset=us-ascii", "nonsense"])
def test_a_wrong_content_type_is_forgiven(kind: str) -> None:
    found = poll(watch(), rss(("1", "https://lab.example/1", "Ernie 文心")), **{"content-type": kind})
    assert titles(found) == ["Ernie 文心"]


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"id": 5, "url": 6, "title": 7, "content_html": 8, "date_published": 9},
        {"id": "\ud800", "url": "http://[", "title": "\x00"},
    ],
)
def test_odd_items_of_a_json_feed_break_nothing(item: object) -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item, 5, None]}).encode()
    (sighting,) = poll(watch(), body).sightings
    repr(sighting).encode()


@pytest.mark.parametrize("reference", ["&#xD83D;&#xDE00;", "&#55357;&#56832;", "&#xdfff", "&#x0d800;"])
def test_half_characters_are_left_out(reference: str) -> None:
    feed = rss(K2).replace(b"Kimi K2", f"Kimi {reference}K2 &#55203;&#57344;".encode())
    assert titles(poll(watch(), feed)) == ["Kimi K2 \ud7a3\ue000"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            b'<?xml version="1.0" encoding="u\xf3f-8"?>' + rss(K2), id="a damaged name of an encoding"
        ),
        pytest.param(b'<?xml version="1.0" encoding="x-nonsense"?>' + rss(K2), id="an unknown encoding"),
        pytest.param(b'<?xml version="1.0" encoding="utf\x00-8"?>' + rss(K2), id="a null in its name"),
        pytest.param(rss(K2).replace(b"<item>", b"<item><content/><summary/><title/>"), id="empty elements"),
    ],
)
def test_damage_is_a_failure_or_is_read_over(body: bytes) -> None:
    _parsed(body)


def test_more_entries_than_a_blog_can_have_are_refused() -> None:
    with pytest.raises(SourceError, match="has 20001 entries") as caught:
        poll(watch(), json_feed(*((str(number), "", "x") for number in range(20_001))))
    assert caught.value.failure is Failure.TOO_LARGE


def _parsed(body: bytes) -> Sequence[object]:
    try:
        return parse_feed(Response(URL, 200, {"content-type": "text/xml"}, body), START)[0]
    except SourceError:
        return ()


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    )
)
def test_no_body_breaks_it(body: bytes) -> None:
    _parsed(body)
    _parsed(rss(K2) + body)
    _parsed(body + rss(K2))
    _parsed(rss(("1", "https://lab.example/", "x"), body=body.decode("latin-1")))


@settings(deadline=None)
@given(
    st.text(alphabet='<>&;/="abc:[]-20 TZ', max_size=60),
    st.sampled_from(["guid", "link", "title", "pubDate", "dc:date", "a:link", "base"]),
)
def test_no_value_of_an_element_breaks_it(value: str, element: str) -> None:
    _parsed(rss(K2).replace(b"</item>", f"<{element}>{escape(value)}</{element}></item>".encode()))
    _parsed(atom(K2).replace(b"<entry>", f'<entry xml:base="{escape(value)}">'.encode()))
    _parsed(atom(K2, updated=escape(value)))


@pytest.mark.parametrize("date", [10**400, -(10**400), 1e308, True, [[]]])
def test_a_date_in_json_that_cannot_be_is_none(date: object) -> None:
    items = [{"id": [[["x"]]], "title": "Kimi K2", "date_published": date}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}).encode()
    (sighting,) = poll(watch(), body).sightings
    assert (sighting.title, sighting.published) == ("Kimi K2", None)


def test_a_number_that_is_too_long_in_a_description_breaks_nothing() -> None:
    assert titles(poll(watch(), rss(K2, body="&#" + "9" * 5_000 + ";"))) == ["Kimi K2"]


def test_an_archive_of_full_texts_is_baselined_by_its_titles() -> None:
    body = "<p>Weights: <a href='https://huggingface.co/moonshotai/Kimi-K2'>here</a></p>" + "<br>" * 990
    items = [(f"tag:{number}", f"https://lab.example/{number}", f"Kimi K{number}") for number in range(40)]
    sightings = poll(watch(), rss(*items, body=body)).sightings
    assert len(sightings) == 40
    assert [bool(sighting.links) for sighting in sightings] == [True] * 30 + [False] * 10


def test_a_post_without_title_in_such_an_archive_is_named_by_its_text() -> None:
    body = "<p>Kimi K2 is here</p>" + "<br>" * 30_000
    assert titles(poll(watch(), rss(("1", "https://lab.example/1", ""), body=body))) == ["Kimi K2 is here"]
