"""WebSub (W3C Recommendation of 23 January 2018): feeds that name a hub, which tells at once what is new.

What is written here is the protocol alone: what is sent to a hub, and what may be believed of what comes.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

from bot.fetch import Response
from bot.sources.posts import body_text
from bot.sources.text import absolute, as_text, clean, parse_html

LEASE = timedelta(days=10)  # that is asked for; a hub grants what it likes
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=90)  # that is believed
_LINK = re.compile(r"<([^<>]*)>([^<>]*)")  # RFC 8288, section 3
_REL = re.compile(r';\s*rel\s*=\s*"?([^",;]*)', re.IGNORECASE)
_HEAD = 32_768  # characters of a body in which what a feed says of itself is looked for
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:entry|item)\b", re.IGNORECASE)
_IS_LINK = re.compile(r"^(?:.*:)?link$")
_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})  # section 7.1.1 names these and no others
_MOST_FIELDS = 20
_LONGEST_CHALLENGE = 2_000  # characters
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """What a feed offers: the address of a hub, and the topic that it is asked for."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What a hub wants to know of a subscription, or has to say of it."""

    mode: str
    topic: str
    challenge: str = ""  # to be sent back, which confirms the subscription
    lease: timedelta = LEASE
    reason: str = ""


def offer_of(answer: Response) -> Offer | None:
    """Return what a feed offers, or None where it names no hub; Link headers count before the body.

    Raises SourceError for a body that begins like JSON and is none.
    """
    links = list(_header_links(answer.headers.get("link", "")))
    if not any(rel == "hub" for rel, _ in links):
        text = body_text(answer).lstrip()
        links = list(_json_links(answer.json()) if text.startswith("{") else _markup_links(text))
    found = {rel: absolute(address, answer.url) for rel, address in reversed(links)}  # the first one counts
    hub, topic = found.get("hub", ""), found.get("self", "")
    return Offer(hub, topic or answer.url) if hub else None


def _header_links(header: str) -> Iterator[tuple[str, str]]:
    for address, parameters in _LINK.findall(header):
        for relations in _REL.findall(parameters):
            yield from ((rel.lower(), address) for rel in relations.split())


def _markup_links(text: str) -> Iterator[tuple[str, str]]:
    """Yield what the markup before the first entry links to; `link` may be of any namespace."""
    head = _ENTRY.split(text[:_HEAD], maxsplit=1)[0]
    for link in parse_html(head).find_all(_IS_LINK):
        for rel in link.get_attribute_list("rel"):
            yield as_text(rel).lower(), as_text(link.get("href"))


def _json_links(feed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a JSON Feed links to (jsonfeed.org/version/1.1)."""
    yield "self", as_text(feed.get("feed_url"))
    hubs = feed.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and hub.get("type") == "WebSub":
            yield "hub", as_text(hub.get("url"))


def secret_of(key: str, token: str) -> str:
    """Return the secret of one subscription: whoever learns it knows neither the key nor another's."""
    return hmac.new(key.encode(), f"websub {token}".encode(), hashlib.sha256).hexdigest()


def subscription_form(offer: Offer, callback: str, secret: str) -> bytes:
    """Return what is posted to a hub to subscribe, and to renew that: it then calls `callback`.

    The secret goes to a hub over http as well. Who reads it there may forge hints about this one feed.
    """
    fields = {
        "hub.mode": "subscribe",
        "hub.topic": offer.topic,
        "hub.callback": callback,
        "hub.secret": secret,
        "hub.lease_seconds": f"{LEASE.total_seconds():.0f}",
        "hub.verify": "async",  # hubs that speak PubSubHubbub 0.3 as well refuse without it, others ignore it
    }
    return urlencode(fields).encode()


def intent_of(query: str) -> Intent | None:
    """Return what the query of a hub's request asks or says, or None where it makes no sense."""
    try:
        fields = {name: values[0] for name, values in parse_qs(query, max_num_fields=_MOST_FIELDS).items()}
    except ValueError:
        return None
    challenge = fields.get("hub.challenge", "")
    if len(challenge) > _LONGEST_CHALLENGE:
        return None
    return Intent(
        fields.get("hub.mode", ""),
        fields.get("hub.topic", ""),
        challenge,
        _lease(fields.get("hub.lease_seconds", "")),
        clean(fields.get("hub.reason"), _LONGEST_REASON),
    )


def _lease(seconds: str) -> timedelta:
    if not re.fullmatch(r"[0-9]{1,9}", seconds):
        return LEASE
    return min(max(timedelta(seconds=int(seconds)), _SHORTEST), _LONGEST)


def is_signed(secret: str, signature: str, body: bytes) -> bool:
    """Whether the X-Hub-Signature of a body was made by who knows the secret."""
    method, _, given = signature.strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    wanted = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode("utf-8", "replace"))
