"""Somebody in a workspace: what they type, press and fill in goes through Bolt to the desk, and back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import App, BoltRequest

from tests.slack.fakes import SlackApi
from tests.slack.payloads import BOT, command, direct, event, mention, pressed, pressed_in_view, submitted
from tests.support.slack import shown

Blocks = Any
Payload = dict[str, Any]


@dataclass
class Person:
    """Somebody of the workspace `home`, in a channel of the workspace `team`, whose bot they talk to.

    `heard` is the newest answer, `window` the newest window, whose `problems` are by field.
    """

    app: App
    slack: SlackApi
    user: str
    team: str
    channel: str
    home: str = ""
    heard: Payload = field(default_factory=dict)
    window: Payload = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def types(self, text: str) -> None:
        """Give the command."""
        self._send(command(text, hook=self.slack.hook, channel=self.channel))

    def says(self, text: str) -> None:
        """Write to the bot alone."""
        self._send(direct(text, channel=f"D{self.user}", user=self.user))

    def mentions(self, text: str) -> None:
        """Name the bot in the channel."""
        self._send(mention(f"<@{BOT}> {text}", user=self.user, channel=self.channel, user_team=self.home))

    def opens_home(self) -> None:
        """Open the Home tab."""
        self._send(event("app_home_opened", user=self.user, channel=f"D{self.user}", tab="home"))

    def presses(self, label: str, message: Blocks = None) -> None:
        """Press a button of the newest answer, or of a message of the channel."""
        found = self._element(label, message)
        self._press(found["action_id"], found["value"], is_ephemeral=message is None)

    def chooses(self, label: str, message: Blocks) -> None:
        """Choose from a menu of a message of the channel."""
        for menu in _menus(message):
            for option in menu["options"]:
                if option["text"]["text"].startswith(label):
                    action = {"action_id": menu["action_id"], "type": menu["type"], "selected_option": option}
                    payload = pressed(menu["action_id"], hook=self.slack.hook, channel=self.channel)
                    payload["container"]["is_ephemeral"] = False
                    self._send({**payload, "actions": [{**payload["actions"][0], **action}]})
                    return
        raise AssertionError(f"no menu offers {label!r}")

    def presses_at_home(self, label: str) -> None:
        """Press a button of the Home tab."""
        found = self._element(label, self.window["blocks"])
        self._send(pressed_in_view(found["action_id"], found.get("value", "")))

    def fills_in(self, **values: Any) -> None:
        """Send the newest window, a text or a list of choices in each field."""
        states = {block: _state(value) for block, value in values.items()}
        self._send(submitted(self.window["callback_id"], self.window["private_metadata"], states))

    def hears(self, *words: str) -> None:
        """Expect these words in the newest answer, which is a sentence."""
        text = "\n".join([self.heard.get("text", ""), shown({"blocks": self.heard.get("blocks", ())})])
        for one in words:
            assert one in text, text

    def sees(self, *words: str) -> None:
        """Expect these words in the newest window."""
        for one in words:
            assert one in str(self.window), shown(self.window)

    def _element(self, label: str, blocks: Blocks) -> Payload:
        rows = self.heard.get("blocks", ()) if blocks is None else blocks
        found = [it for it in _buttons(rows) if it["text"]["text"] == label]
        assert found, f"no button {label!r} among {[it['text']['text'] for it in _buttons(rows)]}"
        return found[0]

    def _press(self, action: str, value: str, *, is_ephemeral: bool) -> None:
        hook, channel = self.slack.hook, self.channel
        self._send(pressed(action, value, hook=hook, channel=channel, is_ephemeral=is_ephemeral))

    def _send(self, payload: Payload) -> None:
        """Give the app a payload as this person's, and keep what comes back."""
        before = len(self.slack.calls)
        answer = self.app.dispatch(BoltRequest(body=self._signed(payload), mode="socket_mode"))
        assert answer.status == 200
        self.problems = _problems(answer.body)
        for call in self.slack.calls[before:]:
            if "view" in call.arguments:
                self.window = dict(call.arguments["view"])
            else:
                self.heard = dict(call.arguments)

    def _signed(self, payload: Payload) -> Payload:
        """Return a payload as Slack sends it of this person and this workspace."""
        home = self.home or self.team
        team = {"id": self.team, "domain": "example"}
        match payload:
            case {"command": _}:
                return {**payload, "team_id": self.team, "user_id": self.user, "user_name": self.user.lower()}
            case {"event": happened}:
                told = [{**payload["authorizations"][0], "team_id": self.team}]
                inner = {**happened, "team": home, "user_team": home}
                shared = home != self.team
                return {
                    **payload,
                    "team_id": self.team,
                    "event": inner,
                    "authorizations": told,
                    "is_ext_shared_channel": shared,
                }
            case _:
                user = {"id": self.user, "username": self.user.lower(), "team_id": home}
                view = {**payload["view"], "team_id": self.team} if "view" in payload else None
                message = {"message": {"team": self.team}} if "channel" in payload else {}
                seen = {"view": view} if view else {}
                return {**payload, "team": team, "user": user, **message, **seen}


def _problems(body: str) -> Mapping[str, str]:
    said = json.loads(body) if body.startswith("{") else {}
    found: Mapping[str, str] = said.get("errors", {})
    return found


def _state(value: Any) -> Mapping[str, Any]:
    if isinstance(value, list):
        return {"type": "multi_static_select", "selected_options": [{"value": one} for one in value]}
    return {"type": "plain_text_input", "value": value}


def _elements(blocks: Blocks) -> Iterator[Payload]:
    for block in blocks:
        yield from block.get("elements", ()) if block["type"] == "actions" else ()
        if "accessory" in block:
            yield block["accessory"]


def _buttons(blocks: Blocks) -> list[Payload]:
    return [it for it in _elements(blocks) if it["type"] == "button"]


def _menus(blocks: Blocks) -> list[Payload]:
    return [it for it in _elements(blocks) if "options" in it]
