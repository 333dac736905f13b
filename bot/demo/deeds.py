"""What somebody does on the page, told to the bot as Slack tells it; and what Slack does with its answer."""

import http.client
import json
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

from bot.clock import SystemClock
from bot.demo.elements import Placed, initially, placed
from bot.demo.payloads import (
    Payload,
    command,
    event,
    over_http,
    pressed_in_message,
    pressed_in_view,
    signature,
    submitted,
)
from bot.demo.people import SLACKBOT
from bot.demo.slack import BOT
from bot.demo.workspace import Workspace
from bot.errors import UsageError

COMMAND = "/releases"
_PATIENCE = 3.0  # seconds that Slack waits for an acknowledgement
_REQUIRED = "Please complete this required field."
_NOT_THERE = "That is not there any more."
_NO_ANSWER = "cadencebot did not take it within three seconds, as Slack would say now."
# What Slack makes of a typed text: https://docs.slack.dev/messaging/formatting-message-text
_TYPED = re.compile(
    r"(?P<url>https?://[^\s<>]+)|(?P<name>@cadencebot\b)|(?P<domain>(?<![\w@.])[\w-]+\.(?:ai|com|org|io)\b)"
)

Values = Mapping[str, Sequence[str]]
Hear = Callable[[Payload], Mapping[str, Any]]


class Ear:
    """Where the bot hears Slack: its own signed HTTP address."""

    def __init__(self, url: str, secret: str) -> None:
        self._at = urlsplit(url)
        self._secret = secret

    def __call__(self, payload: Payload) -> Mapping[str, Any]:
        """Return what the bot acknowledges a payload with. Raises UsageError where it does not."""
        body, kind = over_http(payload)
        # signatures go by the machine's clock, whatever time it is in the story
        headers = signature(self._secret, body, SystemClock().now().timestamp())
        connection = http.client.HTTPConnection(self._at.netloc, timeout=_PATIENCE)
        try:
            connection.request("POST", "/slack/events", body, {"Content-Type": kind, **headers})
            answer = connection.getresponse()
            said, status = answer.read(), answer.status
        except (OSError, http.client.HTTPException) as error:
            raise UsageError(_NO_ANSWER) from error
        finally:
            connection.close()
        if status != http.client.OK:
            raise UsageError(f"cadencebot turned it away ({status}).")
        return json.loads(said) if said.startswith(b"{") else {}


class Deeds:
    """What people do in a workspace whose bot hears of it. Each raises UsageError for what cannot be done."""

    def __init__(self, workspace: Workspace, hear: Hear) -> None:
        self._workspace = workspace
        self._hear = hear

    def press(self, user: str, key: str, at: str, values: Sequence[str], form: Values) -> None:
        """Press or choose something in a message, a window or on the Home tab.

        `key` says in which, `at` is its place there, `form` what stands in all of its inputs.
        """
        where, _, ts = key.partition("/")
        workspace = self._workspace
        if key == "home" and workspace.home(user):
            view = workspace.home_object(user)
        elif where == "view":
            self._require_open(user, ts)
            workspace.fill(user, form, {})
            view = workspace.open_windows(user)[-1]
        else:
            self._press_in_message(user, where, ts, at, values)
            return
        self._hear(pressed_in_view(workspace.act(user), _found(view, at), values, view))

    def _press_in_message(self, user: str, channel: str, ts: str, at: str, values: Sequence[str]) -> None:
        self._require_there(user, channel)
        posted = self._workspace.find(user, channel, ts)
        if posted is None:
            raise UsageError(_NOT_THERE)
        message = self._workspace.message(posted)
        act = self._workspace.act(user, channel, posted)
        named = {"id": channel, "name": self._channel_name(channel)}
        self._hear(pressed_in_message(act, _found(message, at), values, named, message))

    def submit(self, user: str, key: str, form: Values) -> None:
        """Send the form of the window that is open; what it lacks Slack says itself."""
        workspace = self._workspace
        self._require_open(user, key.partition("/")[2])
        view = workspace.open_windows(user)[-1]
        lacking = {
            it.block_id: _REQUIRED
            for it in placed(view["blocks"])
            if it.is_required and not form.get(it.at, initially(it.element))
        }
        workspace.fill(user, form, lacking)
        if lacking:
            return
        view = workspace.open_windows(user)[-1]
        self._obey(user, form, self._hear(submitted(workspace.act(user), view)), view["id"])

    def _obey(self, user: str, form: Values, answer: Mapping[str, Any], view_id: str) -> None:
        """Do what an acknowledgement says; without a word the window that was sent closes."""
        match answer.get("response_action"):
            case "errors":
                self._workspace.fill(user, form, answer.get("errors", {}))
            case "update":
                self._workspace.show_view(user, answer["view"], instead=True)
            case "push":
                self._workspace.show_view(user, answer["view"])
            case "clear":
                self._workspace.close_window(user)
            case _:
                self._workspace.close_window(user, view_id)

    def close(self, user: str, key: str) -> None:
        """Close a window."""
        view_id = key.partition("/")[2]
        self._require_open(user, view_id)
        self._workspace.close_window(user, view_id)

    def say(self, user: str, channel: str, text: str) -> None:
        """Type something into a channel or to the bot directly: a command, or a message."""
        self._require_there(user, channel)
        word, _, rest = text.strip().partition(" ")
        if word == "/invite":
            self._invite(user, channel)
        elif word == COMMAND:
            act = self._workspace.act(user, channel)
            sent = escape(rest.strip(), quote=False)
            self._hear(command(act, word, sent, channel, self._channel_name(channel)))
        elif word.startswith("/"):
            said = f"{word} is not a command of this workspace. Try {COMMAND} help."
            self._workspace.write(SLACKBOT, channel, as_sent(said), seen_by=user)
        else:
            self._write(user, channel, as_sent(text.strip()))

    def _write(self, user: str, channel: str, text: str) -> None:
        posted = self._workspace.write(user, channel, text)
        about = {"channel": channel, "ts": posted.ts, "text": text, "team": BOT["team"]}
        if channel.startswith("D"):
            self._hear(event(self._workspace.act(user), "message", channel_type="im", **about))
        elif f"<@{BOT['user']}>" in text and channel not in self._workspace.outside:
            self._hear(event(self._workspace.act(user), "app_mention", **about))

    def _invite(self, user: str, channel: str) -> None:
        if channel not in self._workspace.outside:
            raise UsageError("cadencebot is in this conversation already.")
        self._workspace.invite(channel)
        joined = event(self._workspace.act(user), "member_joined_channel", channel=channel, channel_type="C")
        joined["event"] |= {"user": BOT["user"], "team": BOT["team"], "inviter": user}
        self._hear(joined)

    def open_home(self, user: str) -> None:
        """Open the Home tab."""
        act, direct = self._workspace.act(user), self._workspace.people[user].direct
        self._hear(event(act, "app_home_opened", channel=direct, tab="home"))

    # --- what is there

    def _channel_name(self, channel: str) -> str:
        return "directmessage" if channel.startswith("D") else self._workspace.channels[channel]

    def _require_there(self, user: str, channel: str) -> None:
        known = channel in self._workspace.channels
        if not known or (channel.startswith("D") and channel != self._workspace.people[user].direct):
            raise UsageError(_NOT_THERE)

    def _require_open(self, user: str, view_id: str) -> None:
        window = self._workspace.window(user)
        if window is None or window.id != view_id:
            raise UsageError(_NOT_THERE)


def as_sent(text: str) -> str:
    """Return what Slack makes of a typed message: escaped, with links and mentions."""

    def mark(found: re.Match[str]) -> str:
        if found["name"]:
            return f"<@{BOT['user']}>"
        return f"<{found['url']}>" if found["url"] else f"<http://{found['domain']}|{found['domain']}>"

    return _TYPED.sub(mark, escape(text, quote=False))


def _found(holder: Mapping[str, Any], at: str) -> Placed:
    """Return the element that stands at a place of a message or a view. Raises UsageError without one."""
    for it in placed(holder.get("blocks", ())):
        if it.at == at:
            return it
    raise UsageError(_NOT_THERE)
