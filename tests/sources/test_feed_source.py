"""Feeds: what is new is told once, and what is no feed is a failure that says what it is."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.model import DateOrigin, SourceKind
from bot.sources.base import Poll
from bot.sources.feed import FeedSource, parse_feed
from bot.sources.specs import FeedSpec
from tests.support.effort import is_done_within
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
        pytest.param(rss(K2, date="Mon, 20 Apr 2026 10:00:00"), "day", id="a time without a zone"),
        pytest.param(rss(K2, date="Mon,20 Apr 2026 10:00:00 GMT"), "second", id="no space after the weekday"),
        pytest.param(
            rss(K2, date="2026/04/20"), "day", id="what feedparser takes for the first of the month"
        ),
        pytest.param(rss(K2, date="20 Apr 26 10:00:00 GMT"), "second", id="what only feedparser reads"),
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


@pytest.mark.parametrize(
    ("links", "address"),
    [
        pytest.param(
            '<link rel="enclosure" href="https://i.example/x.jpg"/><link href="https://lab.example/k2"/>',
            "https://lab.example/k2",
            id="an enclosure before it",
        ),
        pytest.param(
            '<link href="https://lab.example/k2"/><link rel="enclosure">https://i.example/x.jpg</link>',
            "https://lab.example/k2",
            id="an enclosure with its address as text",
        ),
        pytest.param(
            '<link rel="alternate" type="application/json" href="https://lab.example/k2.json"/>'
            '<link rel="alternate" type="text/html" href="https://lab.example/k2"/>',
            "https://lab.example/k2",
            id="a page beside the same as data",
        ),
        pytest.param(
            '<link rel="self" href="https://lab.example/k2.atom"/><link rel="related" href="https://b.example"/>'
            "<id>https://lab.example/k2</id>",
            "https://lab.example/k2",
            id="an id that is an address",
        ),
        pytest.param(
            '<link rel="enclosure" href="https://i.example/x.mp3"/><id>tag:1</id>',
            URL,
            id="an enclosure alone",
        ),
    ],
)
def test_the_link_is_the_posts_own_and_no_file_that_it_encloses(links: str, address: str) -> None:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Kimi K2</title>{links}</entry></feed>'
    assert poll(watch(), body.encode()).sightings[0].url == address


@pytest.mark.parametrize(
    ("item", "address"),
    [
        pytest.param("<guid>https://lab.example/k2</guid>", "https://lab.example/k2", id="a permanent link"),
        pytest.param(
            '<guid isPermaLink="false">https://lab.example/k2</guid>',
            "https://lab.example/k2",
            id="a guid that is an address all the same",
        ),
        pytest.param('<guid isPermaLink="false">42</guid>', URL, id="a guid that is none"),
        pytest.param(
            '<guid isPermaLink="false">42</guid><comments>https://lab.example/k2/talk</comments>',
            "https://lab.example/k2/talk",
            id="nothing but what people say of it",
        ),
    ],
)
def test_a_post_without_a_link_has_the_next_best(item: str, address: str) -> None:
    body = f'<rss version="2.0"><channel><item><title>Kimi K2</title>{item}</item></channel></rss>'
    assert poll(watch(), body.encode()).sightings[0].url == address


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"external_url": "https://b.example/k2", "url": "https://lab.example/k2"}, "https://lab.example/k2"),
        ({"external_url": "https://b.example/k2", "url": 5}, "https://b.example/k2"),
        ({"id": "https://lab.example/k2", "url": ""}, "https://lab.example/k2"),
        ({"id": "42", "attachments": [{"url": "https://i.example/x.mp3"}]}, URL),
    ],
)
def test_the_link_in_a_json_feed(fields: dict[str, object], address: str) -> None:
    items = [{"title": "Kimi K2", **fields}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    assert poll(watch(), body).sightings[0].url == address


def test_a_guid_that_is_used_again_is_a_new_post() -> None:
    feed = watch()
    poll(feed, rss(K2, K3))
    again = (K2[0], GLM[1], GLM[2])
    assert titles(poll(feed, rss(again, K3))) == ["GLM-5.1"]
    assert titles(poll(feed, rss(K3, again))) == []


def test_an_empty_feed_is_read_and_counts_nothing() -> None:
    feed = watch()
    assert (poll(feed, rss()).count, poll(feed, rss(K2)).count) == (0, 1)


def test_a_post_without_a_title_shows_the_beginning_of_its_text() -> None:
    assert titles(poll(watch(), rss(("1", "https://lab.example/1", ""), body="<p>Kimi K2 is here</p>"))) == [
        "Kimi K2 is here"
    ]


DATED = (
    '<p>👀 <a href="https://docs.example/guides/vlm/glm-9.3-flash"><strong>GLM-9.3-Flash</strong></a></p>'
    "<ul><li>It sees.</li></ul>"
)
SENTENCES = (
    "<ul><li><p>We've retired Claude Opus 4.</p></li>"
    "<li>We've launched <a href='/opus'>Claude Opus 9</a> (<code>claude-opus-9</code>), a\n step."
    "<ul><li>More of it</li></ul></li></ul>"
)


@pytest.mark.parametrize(
    ("title", "body", "posts"),
    [
        pytest.param("2026-04-19", DATED, ["👀 GLM-9.3-Flash"], id="a bold link (Z.ai)"),
        pytest.param("2026-4-9", "<p><strong>GLM-9</strong></p>", ["GLM-9"], id="a bold word"),
        pytest.param("April 2026", "<h2>Kimi K3</h2><p>It acts.</p><h2>Kimi VL</h2>", ["Kimi K3", "Kimi VL"]),
        pytest.param(
            "April 19, 2026",
            SENTENCES,
            [
                "We've retired Claude Opus 4.",
                "We've launched Claude Opus 9 (claude-opus-9), a step.",
            ],
            id="sentences in a list (Anthropic)",
        ),
        pytest.param(
            "2026-04-19",
            "<table><tr><th>Model</th></tr><tr><td><p>GLM-9</p></td><td>our best</td></tr>"
            "<tr><td>GLM-9V</td></tr></table>",
            ["GLM-9: our best", "GLM-9V"],
            id="rows of a table",
        ),
        pytest.param(
            "Product update, 20. April 2026",
            "<dl><dt>GLM-9</dt><dd>Our best</dd><dt>GLM-9V</dt><dd>It sees</dd></dl>",
            ["GLM-9", "GLM-9V"],
            id="terms with their descriptions",
        ),
        pytest.param(
            "20 avril 2026",
            "<details><summary>GLM-9</summary>Our best</details>",
            ["GLM-9"],
            id="a summary with its details",
        ),
        pytest.param(
            "Apr 19",
            "<p>We've launched Claude Opus 9 (<code>claude-opus-9</code>).</p><p>It is good.</p>",
            ["We've launched Claude Opus 9 (claude-opus-9)."],
            id="a paragraph",
        ),
        pytest.param(
            "2026年4月19日",
            "<p>A new model: <a href='/guides/vlm/glm-9.3-flash/'>see the guide</a></p>",
            ["glm-9.3-flash"],
            id="nothing but the address of a link",
        ),
        pytest.param("2031-04-19", "# GLM-9\nText", ["GLM-9"], id="Markdown, under a date to come"),
        pytest.param(
            "April 2026",
            "<p><b>April 19</b></p><ul><li>Released GLM-9.</li></ul><p><b>2026-04-03</b></p><p>GLM-8 is out.",
            ["Released GLM-9.", "GLM-8 is out."],
            id="days in bold",
        ),
        pytest.param("2026-04-19", "<p>April 19, 2026</p>", ["2026-04-19"], id="the date again"),
        pytest.param("2026-04-19", "", ["2026-04-19"], id="nothing"),
        pytest.param("2026-04-19", "<p> <img src='x'></p>", ["2026-04-19"], id="an image"),
        pytest.param("GLM-9 (2026-04-19)", DATED, ["GLM-9 (2026-04-19)"], id="a title with a name"),
    ],
)
def test_a_title_that_is_only_a_date_gives_way_to_what_the_text_names(
    title: str, body: str, posts: list[str]
) -> None:
    feed = watch()
    poll(feed, rss(K2))
    found = poll(feed, rss(("9", "https://lab.example/log#9", title), K2, body=body))
    assert titles(found) == posts
    assert {sighting.url for sighting in found.sightings} == {"https://lab.example/log#9"}
    assert {sighting.published.at for sighting in found.sightings if sighting.published} == {
        datetime(2026, 4, 20, 10, tzinfo=UTC)
    }
    assert titles(poll(feed, rss(("9", "https://lab.example/log#9", title), K2, body=body + " "))) == []


def test_a_short_description_may_be_all_that_names_the_post() -> None:
    body = rss(("9", "https://lab.example/log#9", "2026-04-19"), body="GLM-9 & more").replace(
        b"</item>",
        b"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        b"&lt;p&gt;It sees, and it reads what it sees.&lt;/p&gt;</content:encoded></item>",
    )
    assert titles(poll(watch(), body)) == ["GLM-9 & more"]


def test_a_post_in_such_a_text_carries_its_links() -> None:
    sighting = poll(watch(), rss(("9", "https://lab.example/log#9", "2026-04-19"), body=DATED)).sightings[0]
    assert sighting.links == ("https://docs.example/guides/vlm/glm-9.3-flash",)


def test_a_second_sentence_under_a_known_date_is_new() -> None:
    feed = watch()
    entry = ("9", "https://lab.example/log#9", "April 19, 2026")
    poll(feed, rss(entry, body="<ul><li>We've launched Claude Haiku 9.</li></ul>"))
    more = "<ul><li>We've launched Claude Haiku 9.</li><li>We've launched Claude Opus 9.</li></ul>"
    assert titles(poll(feed, rss(entry, body=more))) == ["We've launched Claude Opus 9."]


def test_a_database_that_knew_such_entries_by_their_dates_announces_none_of_them() -> None:
    feed = watch()
    items: list[Item] = [
        ("", "https://lab.example/log", f"2026-04-{day}") for day in range(10, 20)
    ]  # one link for all, as z.ai had, and no guid
    poll(feed, rss(*items))
    known = {key: post for key, post in feed.identities.items() if not key.startswith("parts:")}
    feed.identities.clear()
    feed.identities.update(known)
    assert titles(poll(feed, rss(("", "https://lab.example/log", "2026-04-20"), *items, body=DATED))) == [
        "👀 GLM-9.3-Flash"
    ]


def test_more_dated_texts_than_can_be_read_keep_their_titles() -> None:
    items: list[Item] = [
        (f"{n}", f"https://lab.example/{n}", f"{2016 + n // 12}-{n % 12 + 1}") for n in range(40)
    ]
    names = titles(poll(watch(), rss(*items, body="<h2>GLM-9</h2>" + "<br>" * 2_400)))
    assert (names[:29], names[-1]) == (["GLM-9"] * 29, "2019-4")


PIECES = (
    "<p>|</p>|<ul><li>|<h2>|<b>|</b>|<a href='/k2'>|<a href='('>|</a>|<br>|<pre>|<!-- |<code>|K2.6|words |\n"
    "|<table>|<tr>|<td>|<dt>|<summary>"
    "|\n\n|# |- |**|`|[|](|2026-04-20"
)


@given(
    st.lists(
        st.sampled_from(PIECES.split("|")),
        max_size=25,
    ).map("".join)
)
def test_whatever_stands_under_a_date_every_post_has_a_title_and_is_new_once(body: str) -> None:
    feed = watch()
    first = poll(feed, rss(("9", "https://lab.example/9", "2026-04-20"), body=body))
    assert all(any(map(str.isalnum, title)) for title in titles(first))
    assert len({sighting.external_id for sighting in first.sightings}) == len(first.sightings) > 0
    assert titles(poll(feed, rss(("9", "https://lab.example/9", "2026-04-20"), body=body, built="x"))) == []


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<ul><li>", "<b>x", "<a href=x>y", "<p><b>K2</b></p>", "- x\n", "# x\n", "x\n\n", "**", "["],
)
def test_hostile_texts_under_dates_are_read_in_no_time(piece: str) -> None:
    items: list[Item] = [(f"{n}", f"https://lab.example/{n}", f"2026-04-{n % 30 + 1}") for n in range(6)]
    body = rss(*items, body=piece * (30_000 // len(piece)))
    assert is_done_within(2.5, lambda: _parsed(body))


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


@settings(suppress_health_check=[HealthCheck.too_slow])
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
