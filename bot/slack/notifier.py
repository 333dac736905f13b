"""Post, reply, edit and look up messages through Slack's Web API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.outbox.message import Absent, Closed, Impossible, Later, Message, Outcome, Refused, Sent, Unclear
from bot.records import Block
from bot.slack.api_errors import Answer, Silence, failure_of, is_payload_refused, is_told_to_wait
from bot.slack.web import call, web_client

EVENT_TYPE = "model_release"
_SKEW = 300.0  # seconds by which our clock may be ahead of Slack's, which dates the messages
_PAGE = 15  # messages; the most that apps outside the Marketplace get at once
_PAGES = 10
NEEDED_SCOPES = {"chat:write": "posting at all"}
USEFUL_SCOPES = {
    "commands": "the command /releases",
    "app_mentions:read": "answering when it is mentioned",
    "im:history": "answering direct messages, and looking up whether one of its own was posted there",
    "channels:read": "showing on the Home tab what public channels follow, and saying where it cannot post",
    "groups:read": "the same for private channels",
    "channels:history": "looking up, in public channels, whether an unanswered message was posted",
    "groups:history": "the same in private channels",
    "im:write": "writing to people directly, and looking up there what became of a message",
}

NotFound = Absent | Unclear | Later | Refused | Closed

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TokenReport:
    """What a token is good for: `missing` and `wanting` map scopes to what they are needed for.

    Without the missing ones nothing is posted, without the wanting ones the rest works; both are empty where
    Slack does not list the scopes. `problem` is "" when the token works.
    """

    problem: str = ""
    team: str = ""
    bot: str = ""
    scopes: frozenset[str] = frozenset()
    missing: Mapping[str, str] = field(default_factory=dict)
    wanting: Mapping[str, str] = field(default_factory=dict)


class SlackNotifier:
    """Carry messages to Slack; `timeout` is in seconds, `interactive` says that Bolt listens to buttons."""

    name = "slack"

    def __init__(self, token: str, api_url: str, timeout: int = 15, *, interactive: bool = False) -> None:
        self.interactive = interactive
        self._client = web_client(token, api_url, timeout)
        self._identity: Mapping[str, Any] = {}

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once; a payload that Slack refuses goes out once more, as text alone."""
        answer = self._write(message, message.content.blocks)
        if is_payload_refused(answer) and message.content.blocks:
            _log.warning("slack_refused_blocks", delivery=message.delivery_id, reason=answer.reason)
            answer = self._write(message, ())
        return _outcome(answer, message)

    def _write(self, message: Message, blocks: Sequence[Block]) -> Answer | Silence:
        # an update with a text but no blocks takes the old blocks away; without metadata it keeps the old
        content = {"text": message.content.text, "blocks": list(blocks) or None}
        if message.edit_ts:
            return call(self._client.chat_update, channel=message.destination, ts=message.edit_ts, **content)
        payload: dict[str, Any] = {"delivery_key": message.delivery_id}
        if message.marks:
            payload["marks"] = list(message.marks)
        return call(
            self._client.chat_postMessage,
            channel=message.destination,
            thread_ts=message.thread_ts or None,
            metadata={"event_type": EVENT_TYPE, "event_payload": payload},
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )

    def find(self, message: Message, since: float) -> Sent | NotFound:
        """Look for a message that has a name in common, among those posted after `since` (Unix time).

        Absent is only said after everything since then was read. Later means: look again later. An edit is
        always absent, as repeating it does no harm.
        """
        if message.edit_ts:
            return Absent()
        channel = self._channel_of(message.destination)
        if not isinstance(channel, str):
            return channel
        cursor = None
        for _ in range(_PAGES):
            answer = self._read_page(message, channel, since, cursor)
            if isinstance(answer, Silence) or answer.error:
                return _doubt(answer)
            ts = self._own_ts(answer, message.names)
            if ts:
                return Sent(channel, ts)
            cursor = (answer.body.get("response_metadata") or {}).get("next_cursor")
            if not cursor and not answer.body.get("has_more"):
                return Absent()
        return Unclear(f"not among the {_PAGE * _PAGES} messages read; look for it in the channel")

    def _read_page(
        self, message: Message, channel: str, since: float, cursor: str | None
    ) -> Answer | Silence:
        window: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since - _SKEW:.6f}",
            "limit": _PAGE,
            "include_all_metadata": True,
            "cursor": cursor,
        }
        if message.thread_ts:
            return call(self._client.conversations_replies, ts=message.thread_ts, **window)
        return call(self._client.conversations_history, **window)

    def _channel_of(self, destination: str) -> str | NotFound:
        """Return the channel to read: that of the direct messages when the destination is a person."""
        if not destination.startswith(("U", "W")):
            return destination
        answer = call(self._client.conversations_open, users=destination)
        if isinstance(answer, Silence) or answer.error:
            return _doubt(answer)
        return str(answer.body.get("channel", {}).get("id", ""))

    def _own_ts(self, answer: Answer, names: frozenset[str]) -> str:
        """Return the ts of the message with one of these names, if it is there and ours."""
        for message in answer.body.get("messages", ()):
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if any(name in names for name in _names(payload)) and self._is_ours(message):
                return str(message["ts"])
        return ""

    def _is_ours(self, message: Mapping[str, Any]) -> bool:
        """Whether our bot posted it, as far as both sides say who they are."""
        theirs, ours = message.get("bot_id"), self._who_am_i().get("bot_id")
        return not theirs or not ours or theirs == ours

    def permalink(self, channel: str, ts: str) -> str:
        """Return a link to a posted message, or "" while Slack does not tell the workspace's address."""
        url = str(self._who_am_i().get("url", "")).rstrip("/")
        return f"{url}/archives/{channel}/p{ts.replace('.', '')}" if url else ""

    def check(self) -> TokenReport:
        """Return whether the token works and which of its scopes are missing for what."""
        answer = call(self._client.auth_test)
        if isinstance(answer, Silence) or answer.error:
            return TokenReport(problem=answer.reason)
        listed = answer.headers.get("x-oauth-scopes")
        scopes = frozenset((listed or "").replace(",", " ").split())
        return TokenReport(
            team=str(answer.body.get("team", "")),
            bot=str(answer.body.get("user", "")),
            scopes=scopes,
            missing={} if listed is None else _without(scopes, NEEDED_SCOPES),
            wanting={} if listed is None else _without(scopes, USEFUL_SCOPES),
        )

    def _who_am_i(self) -> Mapping[str, Any]:
        """Return what auth.test says, remembered once it said something."""
        if not self._identity:
            answer = call(self._client.auth_test)
            if isinstance(answer, Answer) and not answer.error:
                self._identity = answer.body
        return self._identity


def app_token_problem(app_token: str, api_url: str) -> str:
    """Return why Socket Mode cannot connect with this app-level token, "" when it can. It opens nothing."""
    client = web_client("", api_url)
    answer = call(client.apps_connections_open, app_token=app_token)
    return answer.reason if isinstance(answer, Silence) or answer.error else ""


def _names(payload: Mapping[str, Any]) -> list[str]:
    """Return what a message says that it is found by; any app may write anything there."""
    marks = payload.get("marks")
    stated = [payload.get("delivery_key"), *(marks if isinstance(marks, list) else ())]
    return [name for name in stated if isinstance(name, str)]


def _without(scopes: frozenset[str], uses: Mapping[str, str]) -> dict[str, str]:
    return {scope: use for scope, use in uses.items() if scope not in scopes}


def _outcome(answer: Answer | Silence, message: Message) -> Outcome:
    if isinstance(answer, Answer) and not answer.error:
        channel, ts = answer.body.get("channel"), answer.body.get("ts")
        if isinstance(channel, str) and isinstance(ts, str):
            return Sent(channel, ts)
        answer = Silence("Slack's answer does not say where the message stands")
    return failure_of(answer, idempotent=bool(message.edit_ts))


def _doubt(answer: Answer | Silence) -> NotFound:
    """Return what a failed look-up leaves: reading needs rights that posting does without."""
    if isinstance(answer, Answer) and answer.error == "thread_not_found":
        return Absent()  # the alert was deleted, and its replies with it
    if isinstance(answer, Answer) and answer.error in {"missing_scope", "not_in_channel"}:
        return Unclear(f"{answer.reason}; it cannot be looked up")
    failure = failure_of(answer, idempotent=True)
    # To look again and again after an error that may never pass would hold up everything behind this message.
    hopeless = isinstance(answer, Answer) and isinstance(failure, Later) and not is_told_to_wait(answer)
    return Unclear(failure.reason) if hopeless or isinstance(failure, Impossible) else failure
