"""WebSub as it is spoken: which hub a feed names, what is sent to it, and what of its words is believed."""

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetch import Response
from bot.sources.websub import (
    LEASE,
    Intent,
    Offer,
    intent_of,
    is_signed,
    offer_of,
    secret_of,
    subscription_form,
)
from tests.support.effort import is_done_within

FEED, HUB, SELF = "https://lab.example/feed", "https://hub.example/", "https://lab.example/feed.xml"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Lab</title>{links}
<entry><id>1</id><title>GLM-6</title></entry></feed>"""
RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Lab</title>{links}
<item><guid>1</guid><title>GLM-6</title></item></channel></rss>"""
JSON = '{{"version": "https://jsonfeed.org/version/1.1", "items": [], {links}}}'
BOTH = f'<link rel="hub" href="{HUB}"/><link rel="self" href="{SELF}"/>'
OURS = Offer(HUB, SELF)


def atom(links: str, header: str = "") -> Response:
    return Response(FEED, 200, {"link": header}, ATOM.format(links=links).encode())


@pytest.mark.parametrize(
    ("answer", "offer"),
    [
        pytest.param(atom(BOTH), OURS, id="an Atom feed"),
        pytest.param(
            Response(FEED, 200, {}, RSS.format(links=BOTH.replace("<link", "<atom:link")).encode()),
            OURS,
            id="an RSS feed",
        ),
        pytest.param(
            Response(
                FEED,
                200,
                {},
                JSON.format(
                    links=f'"feed_url": "{SELF}", "hubs": [{{"type": "rssCloud", "url": "x"}}, '
                    f'{{"type": "WebSub", "url": "{HUB}"}}]'
                ).encode(),
            ),
            OURS,
            id="a JSON Feed",
        ),
        pytest.param(
            Response(FEED, 200, {}, JSON.format(links='"hubs": 7').encode()), None, id="JSON with nonsense"
        ),
        pytest.param(
            atom("", f'<{HUB}>; rel="hub", <{SELF}>; rel=self'), OURS, id="headers, quoted and not quoted"
        ),
        pytest.param(
            atom(BOTH, '<https://other.example/>; rel="hub"; title="x", </own>; rel="canonical self"'),
            Offer("https://other.example/", "https://lab.example/own"),
            id="headers count before the body, addresses may be relative",
        ),
        pytest.param(
            atom(BOTH, '<https://lab.example/next>; rel="next"'), OURS, id="a header about something else"
        ),
        pytest.param(
            atom(f'<link rel="hub" href="{HUB}"/>'),
            Offer(HUB, FEED),
            id="without a self it is what was asked",
        ),
        pytest.param(
            atom(f'<link rel="hub" href="{HUB}"/><link rel="hub" href="https://b.example/"/>'),
            Offer(HUB, FEED),
            id="of several hubs the first",
        ),
        pytest.param(atom('<link rel="self" href="https://lab.example/"/>'), None, id="no hub"),
        pytest.param(
            Response(FEED, 200, {}, RSS.format(links=BOTH.replace("<link", "<a10:link")).encode()),
            OURS,
            id="an RSS feed with a prefix of its own",
        ),
        pytest.param(
            Response(FEED, 200, {}, ATOM.format(links="").replace("<id>", f"{BOTH}<id>").encode()),
            None,
            id="what an entry links to is the entry's",
        ),
        pytest.param(
            atom(f"<!-- {BOTH} --><summary><![CDATA[{BOTH}]]></summary>"), None, id="in a comment, or as text"
        ),
        pytest.param(
            atom("<title>" + "x" * 40_000 + "</title>" + BOTH), None, id="behind more than is looked at"
        ),
        pytest.param(atom('<link rel="hub" href="javascript:alert(1)"/>'), None, id="a hub that is a script"),
        pytest.param(atom('<link rel="hub" href="mailto:a@b"/>'), None, id="a hub that is no address"),
    ],
)
def test_what_a_feed_offers(answer: Response, offer: Offer | None) -> None:
    assert offer_of(answer) == offer


def test_a_page_in_the_place_of_a_feed_offers_nothing() -> None:
    assert offer_of(Response(FEED, 200, {}, b"<!doctype html><title>Sign in</title>")) is None


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<![x", id="a marked section that never ends"),
        pytest.param("<![CDATA[", id="text that never ends"),
        pytest.param("<!DOCTYPE rss [<!ELEMENT", id="a declaration that never ends"),
        pytest.param("<?xml", id="an instruction that never ends"),
        pytest.param("<a\0b", id="bytes that no feed has"),
    ],
)
def test_what_is_no_markup_offers_nothing_and_spoils_nothing(markup: str) -> None:
    def offered(body: str) -> Offer | None:
        return offer_of(Response(FEED, 200, {}, body.encode()))

    assert offered(markup) is None
    assert offered(f"<feed>{BOTH}{markup}") == OURS


@pytest.mark.parametrize("piece", ["<a ", "<![", "<!--", "<b>", "<link "])
def test_hostile_markup_is_looked_through_in_little_time(piece: str) -> None:
    answer = Response(FEED, 200, {}, (piece * 100_000).encode())
    assert is_done_within(1, lambda: offer_of(answer))


LETTERS = st.text(st.sampled_from("<>;,=\"' relhubf/:x!-[]"), max_size=60)


@given(header=LETTERS, body=LETTERS)
def test_nothing_offers_more_than_an_address(header: str, body: str) -> None:
    answer = Response(FEED, 200, {"link": header}, f"<feed><link rel='hub' {body}".encode())
    offer = offer_of(answer)
    assert offer is None or offer.hub.startswith(("http://", "https://"))


def test_what_is_sent_to_a_hub() -> None:
    form = parse_qs(subscription_form(OURS, "https://bot.example/push/websub/t", "s").decode())
    assert form == {
        "hub.mode": ["subscribe"],
        "hub.topic": [SELF],
        "hub.callback": ["https://bot.example/push/websub/t"],
        "hub.secret": ["s"],
        "hub.lease_seconds": ["864000"],
        "hub.verify": ["async"],
    }


def test_each_subscription_has_a_secret_of_its_own_that_a_hub_takes() -> None:
    one, other = secret_of("key", "a"), secret_of("key", "b")
    assert one != other
    assert secret_of("key", "a") == one != secret_of("another key", "a")
    assert len(one) < 200  # section 5.1


@pytest.mark.parametrize(
    ("query", "intent"),
    [
        pytest.param(
            "hub.mode=subscribe&hub.topic=https%3A%2F%2Flab.example%2F&hub.challenge=a%2Bb&hub.lease_seconds=3600",
            Intent("subscribe", "https://lab.example/", "a+b", timedelta(hours=1)),
            id="a hub that asks",
        ),
        pytest.param(
            "hub.mode=denied&hub.topic=t&hub.reason=no%0Athanks%1b%5B31m",
            Intent("denied", "t", reason="no thanks[31m"),
            id="a hub that would not; its words are one visible line",
        ),
        pytest.param("hub.mode=subscribe", Intent("subscribe", ""), id="half of it"),
        pytest.param("", Intent("", ""), id="nothing"),
        pytest.param("&".join(f"a{n}=1" for n in range(21)), None, id="too many fields"),
        pytest.param("hub.challenge=" + "x" * 2_001, None, id="a challenge without end"),
    ],
)
def test_what_a_hub_asks_or_says(query: str, intent: Intent | None) -> None:
    assert intent_of(query) == intent


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        pytest.param("600", timedelta(minutes=10), id="as granted"),
        pytest.param("1", timedelta(minutes=1), id="not below a minute"),
        pytest.param("999999999", timedelta(days=90), id="not above 90 days"),
        pytest.param("9" * 5_000, LEASE, id="a number without end"),
        pytest.param("-5", LEASE, id="a negative one"),
        pytest.param("soon", LEASE, id="a word"),
        pytest.param("", LEASE, id="nothing"),
    ],
)
def test_for_how_long_a_hub_is_believed_to_push(seconds: str, lease: timedelta) -> None:
    intent = intent_of(f"hub.lease_seconds={seconds}")
    assert intent
    assert intent.lease == lease


BODY = b"<feed/>"


def made(method: str, secret: str = "s", body: bytes = BODY) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize(
    ("signature", "good"),
    [
        *(pytest.param(made(one), True, id=one) for one in ("sha1", "sha256", "sha384", "sha512")),
        pytest.param(made("sha256").upper(), True, id="in capitals"),
        pytest.param(made("sha256", "another"), False, id="of another secret"),
        pytest.param(made("sha256", body=b"<feed>"), False, id="of another body"),
        pytest.param(made("sha256")[:-1], False, id="cut short"),
        pytest.param(made("sha1").replace("sha1", "sha256"), False, id="by another method than it says"),
        pytest.param(made("md5"), False, id="by a method that the standard does not name"),
        pytest.param("sha3_256=00", False, id="by one that Python knows"),
        pytest.param(hashlib.sha256(BODY).hexdigest(), False, id="a digest without a secret"),
        pytest.param("sha256=é\udcff", False, id="no ASCII"),
        pytest.param("=", False, id="nothing of both"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_whether_content_is_signed(signature: str, good: bool) -> None:
    assert is_signed("s", signature, BODY) == good


@given(st.text(max_size=80))
def test_no_text_passes_for_a_signature(signature: str) -> None:
    assert not is_signed("s", signature, BODY)
