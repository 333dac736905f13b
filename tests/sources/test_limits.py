"""What would take a parser too long is refused by counting; what real feeds and pages hold is not."""

import json

import pytest

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.sources.feed import parse_feed
from bot.sources.text import refuse_costly_markup, refuse_costly_page
from tests.support.effort import is_done_within
from tests.support.memory import START

URL = "https://lab.example/rss.xml"
HEAD, TAIL = b'<?xml version="1.0"?><rss version="2.0"><channel>', b"</channel></rss>"
POST = (
    b"<item><title><![CDATA[Kimi K2]]></title>"
    b"<description><![CDATA[<p><a href='/k2'>Kimi</a></p>]]></description>"
    b"<link>https://lab.example/k2</link><guid isPermaLink='false'>a-b-c</guid><category>News</category>"
    b"<pubDate>Mon, 20 Apr 2026 10:00:00 GMT</pubDate></item>"
)


def parse(body: bytes, **headers: str) -> int:
    return len(parse_feed(Response(URL, 200, headers, body), START)[0])


def test_twice_the_longest_feed_that_is_known_is_read() -> None:
    assert parse(HEAD + POST * 2_200 + TAIL) == 2_200


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(HEAD + b"<item/>" * 16_000 + TAIL, "elements", id="too many elements"),
        pytest.param(HEAD + b"<" * 100_000 + TAIL, "tags", id="too many brackets"),
        pytest.param(HEAD + b"&amp;" * 250_001 + TAIL, "entities", id="too many entities"),
        pytest.param(b"\n" * 9_000 + HEAD + TAIL, "bytes before its first tag", id="a long beginning"),
        pytest.param(HEAD + b"<a b='" + b"c" * 20_000 + b"'/>" + TAIL, "bytes in a tag", id="a long tag"),
        pytest.param(HEAD + b"<a" + b" b=''" * 100 + b"/>" + TAIL, "attributes in a tag", id="a wordy tag"),
        pytest.param(HEAD + (b"<a" + b" b=''" * 90 + b"/>") * 1_200 + TAIL, "attributes,", id="wordy tags"),
        pytest.param(
            HEAD + b"<a b='>'" + b" c=''" * 100 + b"/>" + TAIL, "attributes in a tag", id="a quoted bracket"
        ),
    ],
)
def test_what_takes_too_long_is_refused_in_no_time(body: bytes, says: str) -> None:
    def refuse() -> None:
        with pytest.raises(SourceError, match=says) as caught:
            parse(body)
        assert caught.value.failure is Failure.TOO_LARGE

    assert is_done_within(0.5, refuse)


def test_markup_does_not_hide_in_another_encoding() -> None:
    head = HEAD.replace(b"?>", b" encoding='utf-16'?>").decode()
    with pytest.raises(SourceError, match="elements"):
        parse((head + "<item/>" * 16_000 + TAIL.decode()).encode("utf-16"))


def test_what_stands_in_cdata_is_one_piece_of_text() -> None:
    refuse_costly_markup(HEAD + b"<item><![CDATA[" + b"<a><&" * 300_000 + b"]]></item>" + TAIL, URL)
    with pytest.raises(SourceError):
        refuse_costly_markup(HEAD + b"<![CDATA[" + b"<a><&" * 300_000, URL)


@pytest.mark.parametrize("name", ["punycode", "UTF-7", "unicode_escape", "raw-unicode-escape", "idna"])
def test_an_encoding_that_only_python_knows_is_refused(name: str) -> None:
    body = f"<?xml version='1.0' encoding='{name}'?><rss/>"
    for written in (body.encode(), body.encode("utf-16")):
        with pytest.raises(SourceError, match="which no feed is written in"):
            parse(written)
    with pytest.raises(SourceError, match="which no feed is written in"):
        parse(b"<rss/>", **{"content-type": f"application/xml; charset={name}"})


@pytest.mark.parametrize("name", ["utf-8", "ISO-8859-1", "windows-1252", "GB2312", "Shift_JIS", "x-nonsense"])
def test_any_other_encoding_is_left_to_the_parser(name: str) -> None:
    body = f"<?xml version='1.0' encoding='{name}'?>".encode() + (HEAD + POST + TAIL).partition(b"?>")[2]
    assert parse(body) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"<p>" * 30_001, "tags", id="tags"),
        pytest.param(b"<p" + b" a" * 300_000 + b">", "attributes", id="attributes"),
    ],
)
def test_a_page_is_refused_as_well(body: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        refuse_costly_page(body, URL)
    assert caught.value.failure is Failure.TOO_LARGE


def test_json_of_too_many_values_is_not_read() -> None:
    assert Response(URL, 200, {}, json.dumps([[]] * 249_000).encode()).json()
    with pytest.raises(SourceError, match="values; choose a shorter listing") as caught:
        Response(URL, 200, {}, json.dumps([[]] * 251_000).encode()).json()
    assert caught.value.failure is Failure.TOO_LARGE
