"""Bodies made to break or exhaust who reads them, one for each shape that a kind of source can come in.

A shape is a head, a piece that is repeated, and a tail. It is repeated as often as fits in the largest body
that is fetched ("all"), as often as is read before it is refused ("just enough"), which is where a parser
works hardest, and a 250th as often as fits ("some").
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

LARGEST = 4_990_000  # bytes; feeds and pages are fetched up to 5 MB

# What is read at most, in pieces that hold these marks: bot/sources/text.py and the constants of each kind.
MOST: Mapping[str, Mapping[bytes, int]] = {
    "feed": {
        b"</": 15_900,
        b"/>": 15_900,
        b"<a": 15_900,
        b"<i": 15_900,
        b"<b": 15_900,
        b"<": 99_000,
        b"&": 249_000,
    },
    "html": {b"<": 29_900},
    "next": {b"[": 290_000, b"{": 290_000, b",": 290_000, b":T": 290_000},
    "json": {b"[": 490_000, b"{": 490_000, b",": 490_000},
    "markdown": {b"#": 19_900, b"- ": 19_900, b"<Card": 19_900, b"<Update": 19_900},
    "hub": {b"[": 490_000, b"{": 490_000, b",": 490_000},
    "stats page": {b"[": 290_000, b"{": 290_000, b",": 290_000, b":T": 290_000},
    "stats api": {b"[": 490_000, b"{": 490_000, b",": 490_000},
}


@dataclass(frozen=True)
class Shape:
    """What a body is made of; "%d" in the piece becomes its number."""

    name: str
    head: bytes
    piece: bytes
    tail: bytes = b""

    def times(self, count: int) -> bytes:
        numbered = (_numbered(self.piece, n) for n in range(count))
        pieces = b"".join(numbered) if b"%d" in self.piece else self.piece * count
        return _numbered(self.head, count) + pieces + self.tail


@dataclass(frozen=True)
class Body:
    name: str
    content: bytes


def bodies(kind: str, amounts: Collection[str]) -> Iterator[Body]:
    """Yield the bodies for one kind of source, one after the other so that only one is in memory."""
    for shape in SHAPES[kind]:
        fits = _fits(shape)
        counts = {"some": fits // 250, "all": fits, "just enough": _is_read(shape, MOST[kind])}
        for amount in amounts:
            yield Body(f"{shape.name}, {amount}", _wrapped(kind, shape.times(counts[amount])))


def _numbered(text: bytes, number: int) -> bytes:
    return text.replace(b"%d", b"%06d" % number)


def _fits(shape: Shape) -> int:
    numbers = 4 * shape.piece.count(b"%d")
    return (LARGEST - len(shape.head) - len(shape.tail)) // (len(shape.piece) + numbers)


def _is_read(shape: Shape, most: Mapping[bytes, int]) -> int:
    within = [limit // shape.piece.count(mark) for mark, limit in most.items() if mark in shape.piece]
    return min(_fits(shape), *within, 10**9)


def _wrapped(kind: str, data: bytes) -> bytes:
    if kind not in ("next", "stats page"):
        return data
    literal = json.dumps(data.decode("latin-1"))[: LARGEST - 100].encode()
    return b"<script>self.__next_f.push([1," + literal + b"])</script>"


_RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title>'
_END = b"</channel></rss>"
_ITEM, _ITEM_END = _RSS + b"<item><title>Kimi K3</title>", b"</item>" + _END
_ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Kimi K3</title>'
_ATOM_END = b"</entry></feed>"
_IN_TITLE, _TITLE_END = _RSS + b"<item><title>", b"</title></item>" + _END


def _in_item(name: str, piece: bytes) -> Shape:
    return Shape(name, _ITEM, piece, _ITEM_END)


_LAUGHS = b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
_FEEDS = (
    Shape("items with a title", _RSS, b"<item><title>Kimi K%d</title></item>", _END),
    Shape("items with nothing", _RSS, b"<item/>", _END),
    _in_item("empty tags", b"<a/>"),
    _in_item("tags in an unknown namespace", b'<x:a xmlns:x="y">b</x:a>'),
    _in_item("links", b"<link>https://a.example/b</link>"),
    _in_item("dates", b"<pubDate>Mon, 20 Apr 2026 10:00:00 GMT</pubDate>"),
    _in_item("dates that are none", b"<pubDate>Monday the 1st, or so</pubDate>"),
    _in_item("categories", b"<category>a</category>"),
    _in_item("enclosures", b'<enclosure url="a" length="-1"/>'),
    _in_item("authors", b"<author>a@b.example (c)</author>"),
    _in_item("sources", b'<source url="a">b</source>'),
    _in_item("media", b'<media:content xmlns:media="http://search.yahoo.com/mrss/" url="x"/>'),
    _in_item("geography", b'<g:polygon xmlns:g="http://www.georss.org/georss">1 2 3 4</g:polygon>'),
    Shape("Atom's links", _ATOM, b'<link rel="alternate" href="a"/>', _ATOM_END),
    Shape("Atom's contents", _ATOM, b"<content>a</content>", _ATOM_END),
    Shape("Atom's XHTML", _ATOM + b'<content type="xhtml">', b"<b>x</b>", b"</content>" + _ATOM_END),
    Shape("Atom's base64", _ATOM + b'<content type="x/y" mode="base64">', b"QUJD", b"</content>" + _ATOM_END),
    Shape("tags nested", _RSS, b"<a>"),
    Shape("items nested", _RSS, b"<item>"),
    Shape("namespaces nested", b"<rss>", b"<b xmlns='x'>", b"</rss>"),
    Shape(
        "bodies of links",
        _RSS,
        b"<item><title>K%d</title><description><![CDATA["
        + b"<a href=b>" * 9_000
        + b"]]></description></item>",
        _END,
    ),
    Shape(
        "one body of links",
        _ITEM + b"<description><![CDATA[",
        b"<a href='b'>c</a>",
        b"]]></description>" + _ITEM_END,
    ),
    Shape("escaped tags", _ITEM + b"<description>", b"&lt;a&gt;", b"</description>" + _ITEM_END),
    Shape("titles of tags", _RSS, b"<item><title><![CDATA[" + b"<a>" * 300 + b"%d]]></title></item>", _END),
    Shape("a long title", _IN_TITLE, b"Kimi K3 ", _TITLE_END),
    Shape("a title of brackets", _IN_TITLE, b"<", _TITLE_END),
    Shape("a title of ampersands", _IN_TITLE, b"&", _TITLE_END),
    Shape("a title of half references", _IN_TITLE, b"&#", _TITLE_END),
    Shape("a title of references", _IN_TITLE, b"&#49;", _TITLE_END),
    Shape("a title of unknown entities", _IN_TITLE, b"&nope;", _TITLE_END),
    Shape("a title of NULs", _IN_TITLE + b"K3", b"\0", _TITLE_END),
    Shape("a title in no encoding", _IN_TITLE + b"K3", b"\xff\xfe\x80", _TITLE_END),
    Shape("a title of CDATA's ends", _IN_TITLE, b"]]>", b"</title></item>&x;" + _END),
    Shape("a reference of digits", _ITEM + b"<description>&amp;#", b"9", b";</description>" + _ITEM_END),
    Shape(
        "a date of words", _RSS + b"<item><title>a</title><pubDate>", b"Mon, ", b"</pubDate></item>" + _END
    ),
    Shape("a date of digits", _RSS + b"<item><title>a</title><pubDate>", b"1", b"</pubDate></item>" + _END),
    Shape(
        "a date of spaces", _RSS + b"<item><title>a</title><pubDate>Mon", b" ", b"x</pubDate></item>" + _END
    ),
    Shape("attributes", _RSS + b"<item", b" a%d='x'", b"/>" + _END),
    Shape(
        "tags with as many attributes as are read",
        _RSS,
        b"<a" + b"".join(b" a%03d=''" % n for n in range(99)) + b"/>",
        _END,
    ),
    Shape("attributes behind a quoted bracket", _RSS + b"<item x='>'", b" a%d='x'", b"/>" + _END),
    Shape("namespaces of one tag", b"<rss", b" xmlns:a%d='x'", b"><channel/></rss>"),
    Shape("a tag of spaces", b"<rss", b" ", b">"),
    Shape("a tag of spaces without an end", b"<rss", b" "),
    Shape("attributes that do not end", b"", b'<a b="'),
    Shape("lines before everything", b"", b"\n", _RSS + _END),
    Shape("lines after everything", _RSS + _END, b"\n"),
    Shape("entities", b"<!DOCTYPE a [", b"\n<!ENTITY a 'b'>", b"]>" + _RSS + _END),
    Shape("entities without an end", b"<!DOCTYPE a [", b"\n<!ENTITY ", b"]>" + _RSS + _END),
    Shape("document types", b"", b"\n<!DOCTYPE ", _RSS + _END),
    Shape("comments without an end", _RSS, b"<!--", _END),
    Shape("sections without an end", _RSS, b"<![CDATA[", _END),
    Shape("declarations", _RSS, b"<!", _END),
    Shape("instructions", _RSS, b"<?", _END),
    Shape(
        "a billion laughs",
        b"<!DOCTYPE l [<!ENTITY a0 'ha'>" + _LAUGHS + b"]>" + _IN_TITLE,
        b"&a9;",
        _TITLE_END,
    ),
    Shape(
        "a long entity", b"<!DOCTYPE l [<!ENTITY a '" + b"x" * 7_000 + b"'>]>" + _IN_TITLE, b"&a;", _TITLE_END
    ),
    Shape(
        "a file of ours",
        b"<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + _IN_TITLE,
        b"&a;",
        _TITLE_END,
    ),
    Shape("the name of an encoding", b"<?xml version='1.0' encoding='", b"a", b"'?>" + _RSS + _END),
    Shape(
        "an encoding in quadratic time",
        b"<?xml version='1.0' encoding='punycode'?>" + _RSS,
        b"ab",
        b"-" + _END,
    ),
    Shape("markup hidden in UTF-7", b"<?xml version='1.0' encoding='utf-7'?>" + _RSS, b"+ADw-a/+AD4-", _END),
    Shape("halves of characters", _IN_TITLE, b"&#xD83D;", _TITLE_END),
)
_JSON_FEED = b'{"version": "https://jsonfeed.org/version/1.1", "items": ['
_NESTED = b"[" * 900 + b"]" * 900


def _rows(before: bytes, row: bytes, after: bytes) -> tuple[Shape, ...]:
    """Return the shapes of JSON with a list in it; `row` lacks its last value and "}"."""
    return (
        Shape("rows", before, row + b'"%d"},', row + b'"x"}' + after),
        Shape("empty rows", before, b"{},", b"{}" + after),
        Shape("lists for rows", before, b"[],", b"[]" + after),
        Shape("numbers for rows", before, b"9,", b"9" + after),
        Shape("lists without an end", before, b"["),
        Shape("rows in rows", before, row),
        Shape("a long name", before + row + b'"', b"Kimi K3 ", b'"}' + after),
        Shape("a name of NULs", before + row + b'"', b"\\u0000", b'"}' + after),
        Shape("a name of halves", before + row + b'"', b"\\ud800", b'"}' + after),
        Shape("a name of tags", before + row + b'"', b"<a>", b'"}' + after),
        Shape("a name of lists", before, row + _NESTED + b"},", row + b'"x"}' + after),
        Shape("a name of digits", before + row, b"9", b"}" + after),
        Shape("a name in no encoding", before + row + b'"', b"\xff", b'"}' + after),
        Shape("keys", before + row + b'"x"', b',"k%d":0', b"}" + after),
    )


_HTML = (
    Shape("articles", b"", b"<article><h2>Kimi K%d</h2><time>2026-04-20</time></article>"),
    Shape("articles that do not end", b"", b"<article><h2>x</h2>"),
    Shape("brackets", b"<article><h2>", b"<", b"</h2></article>"),
    Shape("nested tags", b"<article><h2>x</h2>", b"<div>"),
    Shape("tags in rows", b"<article><h2>x</h2>", b"<b>x</b>", b"</article>"),
    Shape("a long title", b"<article><h2>", b"Kimi K3 ", b"</h2></article>"),
    Shape("references", b"<article><h2>", b"&amp;", b"</h2></article>"),
    Shape("attributes", b"<article", b" a%d", b"><h2>x</h2></article>"),
    Shape("classes", b"<article class='", b"a ", b"'><h2>x</h2></article>"),
    Shape("comments", b"", b"<!-->"),
    Shape("instructions", b"", b"<?x"),
    Shape("dates", b"<article><h2>x</h2><time>", b"2026-01-01T", b"</time></article>"),
    Shape("dates of digits", b"<article><h2>x</h2><time>", b"1", b"</time></article>"),
    Shape("NULs", b"<article><h2>K3", b"\0", b"</h2></article>"),
    Shape("no encoding", b"<article><h2>K3", b"\xff\x80", b"</h2></article>"),
)
_MARKDOWN = (
    Shape("dated headings", b"", b"## 2026-01-01 Kimi K%d\n"),
    Shape("dated headings with links", b"", b"## [Kimi K%d](b) 2026-01-01\n"),
    Shape("headings", b"", b"# a\n"),
    Shape("cards", b"", b"<Card title='K%d' href='b'>\n"),
    Shape("updates", b"", b"<Update label='2026-01-01'>\n"),
    Shape("list items", b"## 2026-01-01\n", b"- Kimi K%d\n"),
    Shape("fences", b"", b"```\n~~~\n"),
    Shape("attributes of a card", b"<Card ", b"a='b' ", b">"),
    Shape("a long heading", b"## 2026-01-01 ", b"Kimi "),
    Shape("a heading of brackets", b"## 2026-01-01 ", b"["),
    Shape("links", b"## 2026-01-01 x\n", b"[a](b)"),
    Shape("bodies of tags", b"", b"## 2026-01-01 x%d\n" + b"<a>" * 16_000),
    Shape("NULs", b"## 2026-01-01 K3", b"\0"),
    Shape("no encoding", b"## 2026-01-01 K3", b"\xff"),
)
_HUB_ROW = b'{"_id": "000000000000000000%d", "id": "moonshotai/Kimi-K3-%d", "tags": ["a"], "pipeline_tag": '
_STATS_ROW = b'{"id": "m%d", "organization": {"id": "moonshotai"}, "license": "mit", "name": '
SHAPES: Mapping[str, tuple[Shape, ...]] = {
    "feed": (*_FEEDS, *(_rows(_JSON_FEED, b'{"id": "a", "title": ', b"]}"))),
    "html": _HTML,
    "next": (
        *_rows(b"5:[", b'{"_type": "post", "title": ', b"]"),
        Shape("text rows", b"", b"a:T0,"),
        Shape("lists one by one", b"", b"[]"),
        Shape("objects one by one", b"", b"{}"),
        Shape("false starts", b"[" * 190, b"9,"),
        Shape("false starts of objects", b"[" * 190, b"{},"),
    ),
    "json": _rows(b'{"items": [', b'{"title": ', b"]}"),
    "markdown": _MARKDOWN,
    "hub": _rows(b"[", _HUB_ROW, b"]"),
    "stats page": _rows(b"5:[", _STATS_ROW, b"]"),
    "stats api": _rows(b'{"models": [', _STATS_ROW, b"]}"),
}
