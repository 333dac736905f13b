"""Ask Slack about channels: whether the bot may post there, and which ones a person is in.

Needs the scopes channels:read and groups:read; without them the answer is None, "not known".
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import structlog
from slack_sdk import WebClient

from bot.slack.api_errors import Answer
from bot.slack.web import call

log = structlog.get_logger(__name__)

_MAY_POST_FOR = timedelta(minutes=1)
_CHANNELS_FOR = timedelta(minutes=5)
_PAGE = 200
_PAGES = 5
_KINDS = ("public_channel,private_channel", "public_channel")  # the second needs channels:read alone

Value = TypeVar("Value")
TokenOf = Callable[[str], str]  # from the id of a workspace, "" being the only one; "" where there is none


class Places(Protocol):
    """Know what Slack says of channels; None is "not known"."""

    def may_post(self, destination: str) -> bool | None:
        """Whether the bot can post there."""
        ...

    def channels_of(self, person: str) -> list[str] | None:
        """Return the destinations that a person and the bot can both see and the person is in."""
        ...


class SlackPlaces:
    """Ask Slack, and remember the answer for a little while."""

    def __init__(self, client: WebClient, token_of: TokenOf, now: Callable[[], datetime]) -> None:
        self._client = client
        self._token_of = token_of
        self._may_post = _Memory[bool](now, _MAY_POST_FOR)
        self._channels = _Memory[list[str]](now, _CHANNELS_FOR)

    def may_post(self, destination: str) -> bool | None:
        """Whether the bot can post there. A person can always be written to."""
        team, _, channel = destination.rpartition("/")
        if channel.startswith(("U", "W", "D")):
            return True
        return self._may_post.get(destination, lambda: self._ask_about(team, channel))

    def channels_of(self, person: str) -> list[str] | None:
        """Return the destinations that a person and the bot can both see and the person is in."""
        team, _, user = person.rpartition("/")
        return self._channels.get(person, lambda: self._ask_for_channels(team, user))

    def _ask_about(self, team: str, channel: str) -> bool | None:
        answer = call(self._client.conversations_info, token=self._token_of(team), channel=channel)
        if isinstance(answer, Answer) and answer.error == "channel_not_found":
            return False  # how Slack speaks of private channels that the bot is not in
        known = _body_of(answer).get("channel")
        if not isinstance(known, Mapping):
            return None
        if known.get("is_archived") is True:
            return False
        if known.get("is_member") is True:
            return True
        # whether it may post in public channels uninvited depends on a scope, hence only trying tells
        return False if known.get("is_private") is True else None

    def _ask_for_channels(self, team: str, user: str) -> list[str] | None:
        for kinds in _KINDS:
            found = self._channels_of_kinds(team, user, kinds)
            if found is not None:
                return [f"{team}/{channel}" if team else channel for channel in found]
        return None

    def _channels_of_kinds(self, team: str, user: str, kinds: str) -> list[str] | None:
        found: list[str] = []
        cursor = ""
        for _ in range(_PAGES):
            answer = call(
                self._client.users_conversations,
                token=self._token_of(team),
                user=user,
                types=kinds,
                exclude_archived=True,
                limit=_PAGE,
                cursor=cursor or None,
            )
            body = _body_of(answer)
            if not isinstance(body.get("channels"), list):
                log.debug("slack_channels_unknown", reason=getattr(answer, "reason", ""))
                return None
            found += [str(channel["id"]) for channel in body["channels"] if _has_id(channel)]
            cursor = str((body.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return found


class _Memory(Generic[Value]):
    """Remember for a while what was found; a "no" is asked again, as somebody may be mending it."""

    def __init__(self, now: Callable[[], datetime], span: timedelta) -> None:
        self._now = now
        self._span = span
        self._known: dict[str, tuple[datetime, Value]] = {}
        self._lock = threading.Lock()

    def get(self, key: str, ask: Callable[[], Value | None]) -> Value | None:
        """Return what is remembered of the key, or what `ask` returns now."""
        with self._lock:
            now = self._now()
            self._known = {
                key: one for key, one in self._known.items() if one[0] <= now < one[0] + self._span
            }
            if key in self._known:
                return self._known[key][1]
        value = ask()
        if value:
            with self._lock:
                self._known[key] = (self._now(), value)
        return value


def _body_of(answer: object) -> Mapping[str, Any]:
    return answer.body if isinstance(answer, Answer) and not answer.error else {}


def _has_id(channel: object) -> bool:
    return isinstance(channel, Mapping) and isinstance(channel.get("id"), str)
