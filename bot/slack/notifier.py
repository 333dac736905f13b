"""Messages through Slack's Web API: posted, edited, looked up; and what a token is good for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web import SlackResponse

from bot.clock import seconds_since_boot
from bot.model import Destination
from bot.outbox.message import Absent, Found, Impossible, Later, Message, Outcome, Search, Sent, Unclear
from bot.records import Block
from bot.settings.proxies import DIRECT, Proxies
from bot.slack.api import (
    Answer,
    call,
    failure_of,
    is_metadata_refused,
    is_payload_refused,
    is_told_to_wait,
)
from bot.slack.client import web_client
from bot.slack.scopes import TokenCheck, token_check
from bot.slack.server_clock import ServerClock
from bot.slack.wording import named, speaks_of_command

EVENT_TYPE = "model_release"
_PAGE = 15  # messages; the most that apps outside the Marketplace get at once
_PAGES = 10
# who posted, in a message and in auth.test
_IDS = (("bot_id", "bot_id"), ("app_id", "app_id"), ("user", "user_id"))
_GOING_ON = 1.0  # seconds until more than that is read

log = structlog.get_logger(__name__)


class SlackNotifier:
    """The way to one workspace; `timeout` is in seconds, `interactive` says that Bolt listens to buttons.

    `ticks` are the seconds by which what Slack's clock said is carried on, `command_name` is what messages
    call the command, "" being as they are written.
    """

    name = "slack"

    def __init__(
        self,
        token: str,
        api_url: str,
        timeout: int = 15,
        *,
        interactive: bool = False,
        proxies: Proxies = DIRECT,
        ticks: Callable[[], float] = seconds_since_boot,
        command_name: Callable[[], str] = lambda: "",
    ) -> None:
        self.interactive = interactive
        self._client = web_client(token, api_url, timeout, proxies)
        self._clock = ServerClock(ticks)
        self._command_name = command_name
        self._identity: Answer | None = None

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once; a payload that Slack refuses goes out again in a plainer form."""
        if speaks_of_command(message.content):
            message = replace(message, content=named(message.content, self._command_name()))
        form = _Form(message.content.blocks, (message.delivery_id, *message.marks))
        answer = self._write(message, form)
        while plainer := _plainer(form, answer):
            log.warning("slack_refused_payload", delivery=message.delivery_id, reason=answer.reason)
            form, answer = plainer, self._write(message, plainer)
        return self._outcome(answer, message)

    def _write(self, message: Message, form: "_Form") -> Answer:
        # an update with a text but no blocks takes the old blocks away; without metadata it keeps the old
        content = {"text": message.content.text, "blocks": list(form.blocks) or None}
        if message.edit_ts:
            where = {"channel": message.destination, "ts": message.edit_ts}
            return self._call(self._client.chat_update, **where, **content)
        return self._call(
            self._client.chat_postMessage,
            channel=message.destination,
            thread_ts=message.thread_ts or None,
            metadata=form.metadata,
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )

    def _outcome(self, answer: Answer, message: Message) -> Outcome:
        if not answer.failed:
            if message.edit_ts:  # where it stands is known
                return Sent(message.destination, message.edit_ts)
            channel, ts = answer.body.get("channel"), answer.body.get("ts")
            if isinstance(channel, str) and isinstance(ts, str):
                posted = answer.body.get("message")
                self._clock.compare(ts)
                # as far as it is shown: Slack may drop the id without a word
                keeps = not isinstance(posted, Mapping) or message.delivery_id in _names(posted)
                return Sent(Destination(channel), ts, named=keeps)
            answer = Answer(silence="Slack's answer does not say where the message stands")
        return failure_of(answer, idempotent=bool(message.edit_ts))

    def find(self, message: Message, search: Search) -> Found:
        """Look for a message that has a name in common, among those that stand where it may stand.

        Absent is only said after all of these were read. Later means: go on later, from where it came to. An
        edit is always absent, as repeating it does no harm.
        """
        if message.edit_ts:
            return Absent()
        channel = self._channel_of(message.destination)
        if not isinstance(channel, str):
            return channel
        return self._search(channel, message, search)

    def _search(self, channel: Destination, message: Message, search: Search) -> Found:
        ts = search.begun(message)
        for _ in range(_PAGES):
            answer = self._read(channel, message.thread_ts, search, ts)
            if answer.failed:
                return _going_on(_doubt(answer), message, ts)
            if found := self._own(answer, message, channel):
                return _going_on(found, message, ts)
            if not answer.body.get("has_more"):
                return Absent()
            before, ts = ts, _reached(answer, message.thread_ts)
            if ts in ("", before):
                return Unclear("Slack says that there are more messages, and does not show them")
        return _going_on(Later(_GOING_ON, "it is still being looked up"), message, ts)

    def _read(self, channel: Destination, thread_ts: str, search: Search, ts: str) -> Answer:
        """Read the messages next to the one at `ts`: before it in a channel, after it in a thread."""
        oldest = f"{search.since.timestamp():.6f}"
        latest = f"{search.until.timestamp():.6f}" if search.until else None
        asked = {"channel": channel, "limit": _PAGE, "include_all_metadata": True}
        if thread_ts:
            between = {"oldest": ts or oldest, "latest": latest}
            return self._call(self._client.conversations_replies, ts=thread_ts, **between, **asked)
        between = {"oldest": oldest, "latest": ts or latest}
        return self._call(self._client.conversations_history, **between, **asked)

    def _channel_of(self, destination: Destination) -> Destination | Found:
        """Return the channel to read: that of the direct messages when the destination is a person."""
        if not destination.is_person:
            return destination
        answer = self._call(self._client.conversations_open, users=destination)
        if answer.failed:
            return _doubt(answer)
        return Destination(answer.body.get("channel", {}).get("id", ""))

    def _own(self, answer: Answer, message: Message, channel: Destination) -> Found | None:
        """Return where the message stands, None where it does not, or why nobody can tell whether it is ours.

        Any app may write any names into a message's metadata; who posted it is Slack's own word.
        """
        like = [one for one in answer.body.get("messages", ()) if _is_like(one, message)]
        if not like:
            return None
        who = self._who_am_i()
        if who.failed:
            return _doubt(who)
        whose = [(_is_ours(one, who.body), one) for one in like]
        if ours := next((one for own, one in whose if own), None):
            return Sent(channel, str(ours["ts"]), named=bool(_names(ours)))
        if any(own is None for own, _ in whose):
            return Unclear("a message like it is there, and Slack does not say whose")
        return None

    def time_at(self, destination: Destination) -> datetime | None:  # noqa: ARG002  # there is one clock
        """Return Slack's time, None if it does not tell; who was not heard lately is asked who we are.

        So it is as long as Slack has not told that, which the links to messages need.
        """
        if self._identity is None or self._clock.now() is None:
            self._ask_who_i_am()
        return self._clock.now()

    def _call(self, method: Callable[..., SlackResponse], **arguments: Any) -> Answer:
        """Call a method, and hear what time it is."""
        answer = call(method, **arguments)
        self._clock.hear(answer.headers)
        return answer

    def permalink(self, channel: Destination, ts: str) -> str:
        """Return a link to a posted message, or "" while Slack has not told the workspace's address."""
        url = str(self._identity.body.get("url", "")).rstrip("/") if self._identity else ""
        return f"{url}/archives/{channel}/p{ts.replace('.', '')}" if url else ""

    def check(self) -> TokenCheck:
        """Return whether the token works, and what its scopes are missing for, as far as Slack says."""
        return token_check(self._call(self._client.auth_test))

    def _who_am_i(self) -> Answer:
        """Return what auth.test says, remembered once it said something."""
        return self._identity or self._ask_who_i_am()

    def _ask_who_i_am(self) -> Answer:
        answer = self._call(self._client.auth_test)
        if not answer.failed:
            self._identity = answer
        return answer


@dataclass(frozen=True, slots=True)
class _Form:
    """What goes with the text of a message: its blocks, and the names that it is found by, its id first."""

    blocks: Sequence[Block]
    names: tuple[str, ...]

    @property
    def metadata(self) -> Mapping[str, Any] | None:
        """The names as Slack takes them; None is no metadata at all."""
        if not self.names:
            return None
        key, *marks = self.names
        payload = {"delivery_key": key, **({"marks": marks} if marks else {})}
        return {"event_type": EVENT_TYPE, "event_payload": payload}


def _plainer(form: _Form, answer: Answer) -> _Form | None:
    """Return what to send instead of a form that Slack refuses, None where that would change nothing."""
    if is_metadata_refused(answer):
        fewer = form.names[:1] if len(form.names) > 1 else ()
        return replace(form, names=fewer) if form.names else None
    return replace(form, blocks=()) if is_payload_refused(answer) and form.blocks else None


def _names(message: Mapping[str, Any]) -> list[str]:
    """Return what a message says that it is found by; any app may write anything there."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    if not isinstance(payload, Mapping):
        return []
    marks = payload.get("marks")
    stated = [payload.get("delivery_key"), *(marks if isinstance(marks, list) else ())]
    return [name for name in stated if isinstance(name, str)]


def _is_like(found: Mapping[str, Any], message: Message) -> bool:
    """Whether a message has a name in common, or has no names at all and says the same."""
    names = _names(found)
    return not message.names.isdisjoint(names) if names else found.get("text") == message.content.text


def _is_ours(message: Mapping[str, Any], who: Mapping[str, Any]) -> bool | None:
    """Whether a message was posted by `who` (auth.test says so); None where no id tells."""
    pairs = [(message.get(theirs), who.get(ours)) for theirs, ours in _IDS]
    told = [theirs == ours for theirs, ours in pairs if theirs and ours]
    return any(told) if told else None


def _going_on(found: Found, message: Message, ts: str) -> Found:
    """Return what a look-up leaves that came to `ts` in the place of a message."""
    return replace(found, reached=f"{message.thread_ts}/{ts}") if isinstance(found, Later) else found


def _reached(answer: Answer, thread_ts: str) -> str:
    """Return the ts up to which a page goes: its first message in a channel, its last one in a thread."""
    stamps = [str(one.get("ts", "")) for one in answer.body.get("messages", ())]
    found = [ts for ts in stamps if ts and ts != thread_ts]  # that begins each page of a thread
    return (max if thread_ts else min)(found, default="")


def _doubt(answer: Answer) -> Found:
    """Return what a failed look-up leaves: reading needs rights that posting does without."""
    if answer.error == "thread_not_found":
        return Absent()  # the alert was deleted, and its replies with it
    if answer.error in {"missing_scope", "not_in_channel"}:
        return Unclear(f"{answer.reason}; it cannot be looked up", unreadable=True)
    failure = failure_of(answer, idempotent=True)
    # To look again and again after an error that may never pass would hold up everything behind this message.
    hopeless = isinstance(failure, Later) and answer.error and not is_told_to_wait(answer)
    return Unclear(failure.reason) if hopeless or isinstance(failure, Impossible) else failure
