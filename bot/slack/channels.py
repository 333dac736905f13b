"""What Slack knows of channels and people: where the bot stands, who is where, and by what time they live.

Needs the scopes channels:read and groups:read; without them the answer is None, "not known".
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog
from slack_sdk import WebClient

from bot.desk.channels import Presence
from bot.model import Destination
from bot.outbox.message import Outcome, Sent
from bot.records import Content
from bot.slack.api import Answer, call, failure_of
from bot.slack.scopes import UNINVITED_SCOPE

log = structlog.get_logger(__name__)

_FOR = timedelta(minutes=1)  # whoever has left a channel must not change it for long, nor see what it follows
_PAGE = 999  # the most that Slack gives at once
_PAGES = 5
_KINDS = ("public_channel,private_channel", "public_channel")  # the second needs channels:read alone

Value = TypeVar("Value")
TokenOf = Callable[[str], str]  # from the id of a workspace, "" being the only one; "" where there is none


class SlackChannels:
    """What Slack says of channels and people; of channels it is remembered for a little while."""

    def __init__(self, client: WebClient, token_of: TokenOf, now: Callable[[], datetime]) -> None:
        self._client = client
        self._token_of = token_of
        # only that it is there is remembered: who is told that it is not mends it, and asks again
        self._presence = _Memory[Presence](now, _FOR, lambda presence: presence is Presence.INSIDE)
        self._channels = _Memory[list[Destination]](now, _FOR, bool)

    def presence(self, destination: Destination, *, anew: bool = False) -> Presence | None:
        """Return where the bot stands there. A person can always be written to."""
        if not destination.is_channel:
            return Presence.INSIDE
        if anew:
            self._presence.forget(destination)
        return self._presence.get(destination, self._ask_about)

    def channels_of(self, person: Destination) -> list[Destination] | None:
        """Return the destinations that a person and the bot can both see and the person is in."""
        return self._channels.get(person, self._ask_for_channels)

    def zone_of(self, person: Destination) -> str | None:
        """Return the time zone that a person lives by; needs the scope users:read, which is optional."""
        token = self._token_of(person.team)
        known = call(self._client.users_info, token=token, user=person.place).body.get("user")
        zone = known.get("tz") if isinstance(known, Mapping) else None
        return zone if isinstance(zone, str) else None

    def post(self, destination: Destination, content: Content) -> Outcome:
        """Post a message at once, and never again, and return what became of it."""
        answer = call(
            self._client.chat_postMessage,
            token=self._token_of(destination.team),
            channel=destination.place,
            text=content.text,
            blocks=list(content.blocks) or None,
        )
        if answer.failed:
            return failure_of(answer, idempotent=False)
        return Sent(destination, str(answer.body.get("ts", "")), named=False)

    def _ask_about(self, channel: Destination) -> Presence | None:
        token = self._token_of(channel.team)
        return presence_of(call(self._client.conversations_info, token=token, channel=channel.place))

    def _ask_for_channels(self, person: Destination) -> list[Destination] | None:
        for kinds in _KINDS:
            found = self._channels_of_kinds(person, kinds)
            if found is not None:
                return [Destination.at(person.team, channel) for channel in found]
        return None

    def _channels_of_kinds(self, person: Destination, kinds: str) -> list[str] | None:
        token, cursor, found = self._token_of(person.team), "", list[str]()
        for _ in range(_PAGES):
            answer = call(
                self._client.users_conversations,
                token=token,
                user=person.place,
                types=kinds,
                exclude_archived=True,
                limit=_PAGE,
                cursor=cursor or None,
            )
            channels = answer.body.get("channels")
            if answer.failed or not isinstance(channels, list):
                log.debug("slack_channels_unknown", reason=answer.reason)
                return None
            ids = [channel.get("id") for channel in channels if isinstance(channel, Mapping)]
            found += [one for one in ids if isinstance(one, str)]
            cursor = str((answer.body.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return found


def presence_of(answer: Answer) -> Presence | None:
    """Return what conversations.info says of where the bot stands in a channel."""
    if answer.error == "channel_not_found":
        return Presence.OUTSIDE  # how Slack speaks of private channels that the bot is not in
    known = answer.body.get("channel")
    if answer.failed or not isinstance(known, Mapping):
        return None
    if known.get("is_archived") is True:
        return Presence.ARCHIVED
    if known.get("is_member") is True:
        return Presence.INSIDE
    scopes, is_private = answer.scopes, known.get("is_private") is True
    if scopes is None and not is_private:
        return None
    return Presence.OUTSIDE if is_private or UNINVITED_SCOPE not in (scopes or ()) else Presence.UNINVITED


class _Memory(Generic[Value]):
    """What was found lately; what does not last is asked again, as somebody may be mending it."""

    def __init__(self, now: Callable[[], datetime], span: timedelta, lasts: Callable[[Value], bool]) -> None:
        self._now = now
        self._span = span
        self._lasts = lasts
        self._known: dict[Destination, tuple[datetime, Value]] = {}
        self._lock = threading.Lock()

    def forget(self, key: Destination) -> None:
        """Forget what is remembered of the key."""
        with self._lock:
            self._known.pop(key, None)

    def get(self, key: Destination, ask: Callable[[Destination], Value | None]) -> Value | None:
        """Return what is remembered of the key, or what `ask` returns now."""
        now = self._now()
        with self._lock:
            fresh = {key: one for key, one in self._known.items() if one[0] <= now < one[0] + self._span}
            self._known = fresh
        if key in fresh:
            return fresh[key][1]
        value = ask(key)
        if value is not None and self._lasts(value):
            with self._lock:
                self._known[key] = (self._now(), value)
        return value
