"""Read what Slack sends. Nothing in a payload is relied upon: what is missing is empty.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/apis/events-api
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.desk.asker import Asker

Payload = Mapping[str, Any]

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_LONGEST_ID = 18  # digits; SQLite's numbers end there
_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_AROUND_ADDRESSES = re.compile(r"^(?:https?://|mailto:|tel:)|/$")


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, and the ways that lead back to them: "" for those that there are not.

    `view` is "home" or "modal" when it was pressed there; `alone` tells that nobody but the asker sees the
    message that was pressed, so that it may be replaced.
    """

    asker: Asker
    token: str
    response_url: str = ""
    trigger_id: str = ""
    thread_ts: str = ""
    view: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """What was pressed: its id as far as the colon, and the value that it brought along."""

    kind: str
    value: str


def text_at(payload: object, *path: str | int) -> str:
    """Return the text at the end of a path of keys and positions, "" where there is none."""
    for step in path:
        if isinstance(payload, Mapping):
            payload = payload.get(step)
        elif isinstance(payload, list) and isinstance(step, int) and step < len(payload):
            payload = payload[step]
        else:
            return ""
    return payload if isinstance(payload, str) else ""


def number(value: str) -> int | None:
    """Return an id of ours, or None for what is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID else None


def read_request(body: Payload, team: str, token: str) -> Request:
    """Return the request behind a command, an event, something pressed or a form."""
    channel = _channel(body)
    view = text_at(body, "view", "type")
    asker = Asker(
        user=_user(body),
        channel=channel,
        team=team,
        is_dm=channel.startswith("D") or not channel,
        request=request_id(body),
    )
    container = body.get("container")
    is_ephemeral = isinstance(container, Mapping) and container.get("is_ephemeral") is True
    return Request(
        asker=asker,
        token=token,
        response_url=text_at(body, "response_url"),
        trigger_id=text_at(body, "trigger_id"),
        thread_ts=text_at(body, "event", "thread_ts") or text_at(body, "container", "thread_ts"),
        view=view,
        alone=is_ephemeral or channel.startswith("D"),
    )


def request_id(body: Payload) -> str:
    """Return what Slack calls this very command, press or event, however often it delivers it."""
    return text_at(body, "event_id") or text_at(body, "trigger_id")


def kind_of(body: Payload) -> str:
    """Return what a payload is: command, block_actions, view_submission, the type of its event, or ""."""
    kind = text_at(body, "type")
    if kind == "event_callback":
        return text_at(body, "event", "type")
    if kind == "block_actions":
        return kind if text_at(body, "actions", 0, "action_id") else ""
    if kind == "view_submission":
        # Bolt looks at the type as well
        return kind if text_at(body, "view", "callback_id") and text_at(body, "view", "type") else ""
    return kind or ("command" if text_at(body, "command") else "")


def is_from_person(body: Payload) -> bool:
    """Whether a person wrote the message of an event, and wrote it just now: edits have a subtype."""
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("bot_id") or event.get("subtype"):
        return False
    return bool(event.get("user")) and event.get("user") != own_user(body)


def own_user(body: Payload) -> str:
    """Return the bot's own user id, which every event names."""
    return text_at(body, "authorizations", 0, "user_id")


def read_action(body: Payload) -> Action:
    """Return what was pressed; an option of a menu names its kind in its value."""
    action_id = text_at(body, "actions", 0, "action_id")
    kind = action_id.partition(":")[0]
    value = text_at(body, "actions", 0, "value")
    if kind == "more":
        kind, _, value = text_at(body, "actions", 0, "selected_option", "value").partition(":")
    return Action(kind, value)


def words_of_mention(text: str) -> str:
    """Return what was said to the bot: what follows the mention, or else what comes before it."""
    before, _, after = _MENTION.sub("\0", text, count=1).partition("\0")
    return plain(after.strip() or before.strip())


def plain(text: str) -> str:
    """Return typed text without Slack's marks: links as addresses, entities as characters.

    https://docs.slack.dev/messaging/formatting-message-text. A name that only looks like an
    address ("z.ai", "ana@lab.example") comes as a link whose label is what was typed.
    """
    unlinked = _LINK.sub(_unmarked, text)
    return unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unmarked(found: re.Match[str]) -> str:
    target, label = str(found[1]), str(found[2] or "")
    named = target.startswith(("#", "@"))
    only_a_name = "/" not in label and _bare(target) == _bare(label)
    return label if label and (named or only_a_name) else target


def _bare(address: str) -> str:
    return _AROUND_ADDRESSES.sub("", address.lower())


def _user(body: Payload) -> str:
    return (
        text_at(body, "user_id")
        or text_at(body, "user", "id")
        or text_at(body, "event", "user")
        or text_at(body, "event", "user", "id")
    )


def _channel(body: Payload) -> str:
    return (
        text_at(body, "channel_id")
        or text_at(body, "channel", "id")
        or text_at(body, "container", "channel_id")
        or text_at(body, "event", "channel")
    )
