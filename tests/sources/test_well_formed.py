"""Feeds through libxml2 and through feedparser: whatever the first one reads, the other one reads alike."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.feed import read_by_feedparser
from bot.sources.well_formed import Feed, read_well_formed
from tests.support.shared import DATA
from tests.torture.corpora import feeds
from tests.torture.long import LONG

URL = "https://lab.example/blog/rss.xml"
# Further polls of one feed, of 360 kB each, in which the order changes.
AGAIN = tuple(f"raw_openai_news_feed_{commit}" for commit in ("a371658", "a7058b5", "eff79d7"))
CAPTURED = sorted(path for path in (DATA / "feeds").glob("*.xml") if LONG or path.stem not in AGAIN)
FOR_FEEDPARSER = ("omarchy_google-ai", "raw_blog_google_technology_ai_rss__af1f68b", "raw_qwenlm_en_sitemap")
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
)


def rss(items: str, head: str = "", spaces: str = SPACES) -> bytes:
    return f'<rss version="2.0" {spaces}><channel>{head}{items}</channel></rss>'.encode()


def atom(entries: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">{entries}</feed>'.encode()


def item(inside: str) -> bytes:
    return rss(f"<item>{inside}</item>")


def meant(feed: Feed) -> tuple[object, Sequence[Mapping[str, object]]]:
    """Return all of a feed that becomes of use."""
    return feed.link or "", [what_is_read(entry) for entry in feed.entries]


def what_is_read(entry: Mapping[str, Any]) -> Mapping[str, object]:
    texts = ("id", "title", "link", "summary", "published", "updated", "created", "comments")
    links = [link for link in entry.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    return {
        **{key: entry[key] for key in texts if key in entry},
        "content": [part.get("value") for part in entry.get("content", ())],
        "links": [(link["href"], link.get("type")) for link in links if link.get("href")],
    }


def entries_read_alike(body: bytes) -> int | None:
    """Return how many entries libxml2 reads, None where it is not sure; fails where feedparser differs."""
    feed = read_well_formed(body, URL)
    if feed is None:
        return None
    other = read_by_feedparser(body, URL)
    assert meant(feed) == meant(other), body
    assert other.version
    return len(feed.entries)


def is_read_alike(body: bytes) -> bool:
    """Return whether libxml2 reads a feed; fails where feedparser does not read it alike."""
    return entries_read_alike(body) is not None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(""), id="a feed without entries"),
        pytest.param(item("<title> K2 &amp; <![CDATA[<b>K3</b>]]> </title>"), id="a title in pieces"),
        pytest.param(item("<title>K<!-- no -->2<?no?></title>"), id="a comment in a title"),
        pytest.param(item("<guid>k2</guid>"), id="a guid that is a link in part"),
        pytest.param(item('<guid isPermaLink="false">a:b</guid><link>/k2</link>'), id="a link in part"),
        pytest.param(item("<link>https://x.example/k2?a=1&amp;b=2#c</link>"), id="a link with a query"),
        pytest.param(item("<link/><guid>https://x.example/k2</guid>"), id="an empty link before a guid"),
        pytest.param(item("<description>1</description><description>2</description>"), id="two descriptions"),
        pytest.param(
            item("<content:encoded>1</content:encoded><description>2</description>"), id="the content first"
        ),
        pytest.param(
            item("<media:description>1</media:description><description>2</description>"),
            id="what a picture shows first",
        ),
        pytest.param(item("<dc:date>2026-04-20</dc:date><dc:creator>A B</dc:creator>"), id="Dublin Core"),
        pytest.param(
            rss("", "<title>T</title><image><url>u</url><link>/i</link></image><link>/</link>"), id="a logo"
        ),
        pytest.param(
            rss("", '<atom:link rel="self" href="/rss"/><atom:link href="/b"/><link>/</link>'),
            id="three links of a feed",
        ),
        pytest.param(
            atom(
                '<id>tag:x,1</id><link rel="self" href="/f"/><link type="text/html" href="/b"/>'
                '<entry><id>tag:x,2</id><title type="html">&lt;b&gt;K2&lt;/b&gt;</title>'
                '<link rel="enclosure" href="k.mp3"/><link type="application/json" href="/k.json"/>'
                '<link href="/k2"/><updated>2026-04-20</updated><author><name>A</name></author>'
                '<content type="html" xml:base="https://y.example/">&lt;p&gt;x</content></entry>'
            ),
            id="Atom with all that it has",
        ),
        pytest.param(
            atom("<entry><id>urn:uuid:1</id><content>1</content><summary/></entry>"), id="an empty summary"
        ),
        pytest.param(item("<title>Kimi K2 – “открыт” 开源 🚀</title>"), id="other scripts"),
    ],
)
def test_what_most_blogs_publish_is_read_by_libxml2_as_by_feedparser(body: bytes) -> None:
    assert is_read_alike(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(item("<title>K2</title>")[:-20], id="cut short"),
        pytest.param(item("<title>K2&nbsp;</title>"), id="an entity of HTML"),
        pytest.param(
            b'<!DOCTYPE rss [<!ENTITY x "y">]>' + item("<title>&x;</title>"), id="an entity of its own"
        ),
        pytest.param(
            b'<!DOCTYPE rss SYSTEM "http://x.example/a.dtd">' + item("<title>K2</title>"),
            id="a DTD elsewhere",
        ),
        pytest.param(item("<title>K2 <b>is</b> out</title>"), id="markup that is not escaped"),
        pytest.param(item("<title>1</title><title>2</title>"), id="two titles"),
        pytest.param(item("<title>1</title><dc:title>2</dc:title>"), id="a title of another kind"),
        pytest.param(item("<source><title>2</title></source>"), id="the feed that it comes from"),
        pytest.param(
            item("<media:group><media:title>2</media:title></media:group>"), id="a group of pictures"
        ),
        pytest.param(item("<links>x</links>"), id="an element that nobody knows"),
        pytest.param(item("<Title>K2</Title>"), id="an element in capitals"),
        pytest.param(item('<link xml:base="https://y.example/">k2</link>'), id="a link with a base"),
        pytest.param(
            rss("<item><link>k2</link></item>").replace(
                b"<channel", b'<channel xml:base="https://y.example/"'
            ),
            id="a feed with a base",
        ),
        pytest.param(item("<link>HTTPS://x.example/k2</link>"), id="an address in capitals"),
        pytest.param(item("<link>https://x.example/?a&amp;amp;b</link>"), id="an address escaped twice"),
        pytest.param(item("<title>Claude\x92s</title>"), id="letters of Windows-1252"),
        pytest.param(item("<title>Ã©</title>"), id="UTF-8 read as Latin-1"),
        pytest.param(
            rss("<item><dc:date>2026</dc:date></item>", spaces='xmlns:dc="https://own.example/"'),
            id="a usual prefix for another namespace",
        ),
        pytest.param(atom('<entry><content type="xhtml"><p>x</p></content></entry>'), id="Atom with XHTML"),
        pytest.param(
            atom('<entry><content type="image/png">aGk=</content></entry>'), id="Atom with a picture"
        ),
        pytest.param(b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', id="RDF"),
        pytest.param(b"<urlset/>", id="no feed"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_feedparser_may_read_otherwise_is_left_to_it(body: bytes) -> None:
    assert read_well_formed(body, URL) is None


@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.stem)
def test_captured_feeds_are_read_alike(path: Path) -> None:
    assert entries_read_alike(path.read_bytes()) or path.stem in FOR_FEEDPARSER


PIECES = (
    *("<title>x</title>", "<link>/y</link>", "</item>", "<item>", "<entry>", "</channel>", "<!-- - -->"),
    *("<![CDATA[", "]]>", "<description>", "</description>", "<dc:date>2026</dc:date>", "<guid>1</guid>"),
    *("&amp;", "&#228;", "&#128;", "&lt;b&gt;", "<a", ' rel="self"', ' xml:base="/z"', ' type="xhtml"'),
    *(
        ' xmlns="x"',
        ' xmlns:dc="http://www.w3.org/2005/Atom"',
        "\u00c3\u00a9",
        "\u0085",
        " ",
        "\n",
        "\0",
        "?",
        ";",
    ),
)


def mutated(body: bytes, chance: Random) -> bytes:
    """Return a body with some of it left out, said twice or replaced by pieces of a feed."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(body) + 1)
        end = min(len(body), at + chance.choice((0, 0, 1, 8, 60)))
        piece = chance.choice((b"", body[at:end] * 2, chance.choice(PIECES).encode()))
        body = body[:at] + piece + body[end:]
    return body


@pytest.mark.parametrize(
    "path", [path for path in CAPTURED if path.stat().st_size < 4_000], ids=lambda it: it.stem
)
def test_captured_feeds_with_damage_are_read_alike(path: Path) -> None:
    body, chance = path.read_bytes(), Random(path.stem)
    for _ in range(100 if LONG else 5):
        is_read_alike(mutated(body, chance))


@pytest.mark.skipif(not feeds(), reason="feedparser's tests are not here (CADENCEBOT_CORPORA)")
def test_the_feeds_that_feedparser_is_tested_with_are_read_alike() -> None:
    assert sum(is_read_alike(path.read_bytes()) for path in feeds()) > 500


TEXTS = st.sampled_from(
    [
        *(
            "",
            " ",
            "K2",
            "<b>K2</b>",
            "https://x.example/k2",
            "/k2",
            "k2?a=1",
            "tag:x.example,2026:2",
            "urn:x:1",
        ),
        *(
            "a & b",
            "&eacute;",
            "&#39;",
            "x;y",
            "https://x.example/a b",
            "//y.example",
            "mailto:a@b.c",
            "é",
            "Ã©",
        ),
        *(
            "“K2”",
            "\u0091",
            "\u00a0K2\u00a0",
            "2026-04-20",
            "Mon, 20 Apr 2026 10:00:00 GMT",
            "中文",
            "#",
            "?",
            "..",
        ),
    ]
) | st.text(max_size=8)
NAMES = st.sampled_from(
    [
        *(
            "title",
            "link",
            "guid",
            "description",
            "pubDate",
            "category",
            "author",
            "comments",
            "enclosure",
            "id",
        ),
        *("source", "summary", "updated", "content", "image", "published", "name", "url", "base", "links"),
        *("content:encoded", "dc:date", "dc:creator", "dc:title", "atom:link", "atom:title", "atom:updated"),
        *("atom:content", "atom:summary", "atom:id", "media:content", "media:description", "media:thumbnail"),
    ]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["href", "rel", "type", "isPermaLink", "xml:lang", "xml:base", "url", "title", "term"]),
    st.sampled_from(
        ["", "alternate", "self", "html", "text/html", "xhtml", "true", "false", "/k2", "https://x.example/"]
    ),
    max_size=2,
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 1) -> str:
    name, text = draw(NAMES), draw(TEXTS)
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in draw(ATTRIBUTES).items())
    inside = f"<![CDATA[{text}]]>" if draw(st.booleans()) and "]]>" not in text else escape(text)
    if depth and draw(st.integers(0, 9)) == 0:
        inside += draw(elements(depth - 1))
    return f"<{name}{attributes}>{inside}</{name}>"


@given(
    head=st.lists(elements(), max_size=3),
    items=st.lists(st.lists(elements(), max_size=6), max_size=3),
    is_atom=st.booleans(),
)
def test_feeds_of_anything_are_read_alike(head: list[str], items: list[list[str]], *, is_atom: bool) -> None:
    """Most are for feedparser: those that libxml2 is sure of are made below."""
    is_read_alike(made_up("".join(head), items, is_atom=is_atom))


def made_up(head: str, items: list[list[str]], *, is_atom: bool) -> bytes:
    name = "entry" if is_atom else "item"
    inside = head + "".join(f"<{name}>{''.join(parts)}</{name}>" for parts in items)
    spaces = f'xmlns="http://www.w3.org/2005/Atom" {SPACES}'
    return f"<feed {spaces}>{inside}</feed>".encode() if is_atom else rss(inside)


# Letters of all scripts but those that look like UTF-8 read as Latin-1.
PLAIN_TEXTS = st.sampled_from(
    ["", " ", "K2", "<b>K2</b>", "a & b", "&eacute;", "“K2”", "中文", "x;y"]
) | st.text(
    st.characters(
        categories=("L", "N", "P", "S", "Zs"), exclude_characters="".join(map(chr, range(0xC2, 0xF5)))
    ),
    max_size=8,
)
ADDRESSES = st.sampled_from(
    [
        "",
        "https://x.example/k2",
        "https://x.example/?a=1&b=2#c",
        "/k2",
        "k2?a=1",
        "..",
        "tag:x.example,2026:2",
    ]
)
DATES = st.sampled_from(["2026-04-20", "Mon, 20 Apr 2026 10:00:00 GMT", "2026-04-20T10:00:00Z", "soon"])
# What an entry has, and what stands in it: each of them once at most, in any order.
OF_RSS = {
    "title": PLAIN_TEXTS,
    "link": ADDRESSES,
    "guid": ADDRESSES,
    "description": PLAIN_TEXTS,
    "content:encoded": PLAIN_TEXTS,
    "pubDate": DATES,
    "dc:date": DATES,
    "comments": ADDRESSES,
    "category": PLAIN_TEXTS,
    "dc:creator": PLAIN_TEXTS,
}
OF_ATOM = {
    "title": PLAIN_TEXTS,
    "id": ADDRESSES,
    "link": ADDRESSES,
    "summary": PLAIN_TEXTS,
    "content": PLAIN_TEXTS,
    "published": DATES,
    "updated": DATES,
}


@st.composite
def entries(draw: st.DrawFn, usual: Mapping[str, st.SearchStrategy[str]]) -> list[str]:
    """Return the elements of an entry that has a title and, in any order, some of what others have."""
    names = draw(st.lists(st.sampled_from(sorted(usual)), unique=True))
    return [f"<{name}>{escape(draw(usual[name]))}</{name}>" for name in dict.fromkeys(("title", *names))]


@given(rss_items=st.lists(entries(OF_RSS), min_size=1, max_size=3))
def test_made_up_entries_of_rss_are_read_alike(rss_items: list[list[str]]) -> None:
    assert entries_read_alike(made_up("", rss_items, is_atom=False)) == len(rss_items)


@given(atom_entries=st.lists(entries(OF_ATOM), min_size=1, max_size=3))
def test_made_up_entries_of_atom_are_read_alike(atom_entries: list[list[str]]) -> None:
    assert entries_read_alike(made_up("", atom_entries, is_atom=True)) == len(atom_entries)
