"""Webhooks: what is not Slack gets each release as data, signed, in a POST to an address of feeds.yaml.

A receiver knows a message by its id, so that one of which nobody knows whether it arrived is sent again under
the same id: docs/webhooks.md promises that, and how a receiver tells that a message is ours.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from bot.errors import Failure, SourceError, StoreError
from bot.fetch import Poster
from bot.model import Destination
from bot.outbox.message import (
    Absent,
    Found,
    Impossible,
    Later,
    Message,
    Notifier,
    Outcome,
    Refused,
    Search,
    Sent,
)

DELIVERY, TIMESTAMP, SIGNATURE = "Cadencebot-Delivery", "Cadencebot-Timestamp", "Cadencebot-Signature"
_DEADLINE = 15.0  # seconds
_SOON = 5.0  # seconds; the outbox backs off further
_REST = 30.0  # seconds, where a receiver asks for one and does not say how long
_PAUSING = frozenset({401, 403, 404, 410})
_RESTING = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address, and the secret by which its receiver knows us."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what proves that a body was sent at this time (seconds since 1970) by who knows the secret."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


@dataclass
class WebhookNotifier:
    """Carries releases to the webhooks; `webhooks` gives those of feeds.yaml, which may change meanwhile."""

    webhooks: Callable[[], Mapping[Destination, Webhook]]
    poster: Poster
    clock: Clock
    name: str = "webhook"
    interactive: bool = False

    def send(self, message: Message) -> Outcome:
        """Post once."""
        webhook = self.webhooks().get(message.destination)
        if webhook is None:
            return Impossible(f"feeds.yaml names no {message.destination} any more")
        body, timestamp = _body(message), str(int(self.clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            DELIVERY: message.delivery_id,
            TIMESTAMP: timestamp,
            SIGNATURE: signature(webhook.secret, timestamp, body),
        }
        try:
            answer = self.poster.post(webhook.url, body, headers, deadline=_DEADLINE)
        except SourceError as error:
            return _unanswered(message.destination, error)
        except StoreError as error:  # whose turn it is there cannot be read, so that nothing was posted
            return Later(_SOON, f"{message.destination} was not asked: {error}")
        if 200 <= answer.status < 300:
            return Sent(message.destination, message.edit_ts or message.delivery_id)
        return _refused(message.destination, answer.status, answer.retry_after)

    def find(self, message: Message, search: Search) -> Found:  # noqa: ARG002  # there is nothing to look at
        """Return that it is absent: the receiver takes it for the same if it is not."""
        return Absent()

    def time_at(self, destination: Destination) -> datetime | None:  # noqa: ARG002  # it has no clock to go by
        """Return None: nothing is looked up there."""
        return None

    def permalink(self, channel: Destination, ts: str) -> str:  # noqa: ARG002  # it shows nothing
        """Return "": there is nothing to link to."""
        return ""


def _body(message: Message) -> bytes:
    """Return the message as JSON: its id, what it is, and the releases, which it was composed as."""
    said = {"delivery": message.delivery_id, "kind": "update" if message.edit_ts else "release"}
    changed = {"updates": message.edit_ts} if message.edit_ts else {}
    return json.dumps({**said, **changed, **json.loads(message.content.text)}, ensure_ascii=False).encode()


def _unanswered(destination: Destination, error: SourceError) -> Outcome:
    if error.failure is Failure.FORBIDDEN_ADDRESS:
        return Refused(f"{destination}: {error}")
    # it may be there, and is the same message for its receiver when it comes again
    return Later(_SOON, f"{destination} {error}", strange=error.failure is not Failure.UNREACHABLE)


def _refused(destination: Destination, status: int, retry_after: float | None) -> Outcome:
    reason = f"{destination} answered with HTTP status {status}"
    if status in _RESTING:
        return Later(_REST if retry_after is None else retry_after, reason, asked=True)
    if status in _PAUSING or 300 <= status < 400:
        return Refused(f"{reason}: correct its address in feeds.yaml, or its secret")
    return Later(_SOON, reason, strange=True)


@dataclass
class Outlets:
    """Carries what is for webhooks to them, and all else by `default`, whose name it has."""

    default: Notifier
    webhooks: WebhookNotifier

    def __post_init__(self) -> None:
        self.name = self.default.name
        self.interactive = self.default.interactive

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once."""
        return self._of(message.destination).send(message)

    def find(self, message: Message, search: Search) -> Found:
        """Look for the message."""
        return self._of(message.destination).find(message, search)

    def time_at(self, destination: Destination) -> datetime | None:
        """Return the time by the clock of the server of a destination."""
        return self._of(destination).time_at(destination)

    def permalink(self, channel: Destination, ts: str) -> str:
        """Return a link to a posted message, or "" where there is none."""
        return self._of(channel).permalink(channel, ts)

    def _of(self, destination: Destination) -> Notifier:
        return self.webhooks if destination.is_webhook else self.default
