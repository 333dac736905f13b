"""What Slack sends, in the shapes of its documentation, of a made-up workspace."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from itertools import count
from typing import Any
from urllib.parse import urlencode

TEAM, USER, CHANNEL, DM, BOT = "T0TEAM", "U0ANA", "C0MODELS", "D0ANA", "U0CADENCE"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
_ids = count(1)

Payload = dict[str, Any]


def command(text: str = "", *, hook: str = "", channel: str = CHANNEL, **more: Any) -> Payload:
    """Return a slash command."""
    return {
        "token": "verification",
        "team_id": TEAM,
        "team_domain": "example",
        "channel_id": channel,
        "channel_name": "models",
        "user_id": USER,
        "user_name": "ana",
        "command": "/releases",
        "text": text,
        "api_app_id": "A0APP",
        "is_enterprise_install": "false",
        "response_url": hook,
        "trigger_id": f"{next(_ids)}.13.abc",
        **more,
    }


def pressed(
    action_id: str,
    value: str = "",
    *,
    hook: str = "",
    channel: str = CHANNEL,
    is_ephemeral: bool = True,
    **more: Any,
) -> Payload:
    """Return a button pressed in a message; a value of "more:" or "triage:" is a chosen option."""
    action: Payload = {"action_id": action_id, "block_id": "b1", "action_ts": "1776700012.000300"}
    if action_id.startswith("more"):
        action |= {"type": "overflow", "selected_option": {"text": {"type": "plain_text"}, "value": value}}
    elif action_id.startswith("triage"):
        option = {"text": {"type": "plain_text"}, "value": value}
        action |= {"type": "static_select", "selected_option": option}
    else:
        action |= {"type": "button", "value": value}
    return {
        "type": "block_actions",
        "user": {"id": USER, "username": "ana", "team_id": TEAM},
        "api_app_id": "A0APP",
        "team": {"id": TEAM, "domain": "example"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel, "name": "models"},
        "container": {
            "type": "message",
            "message_ts": "1776700012.000300",
            "channel_id": channel,
            "is_ephemeral": is_ephemeral,
        },
        "trigger_id": f"{next(_ids)}.14.abc",
        "response_url": hook,
        "actions": [action],
        **more,
    }


def pressed_in_view(action_id: str, value: str = "", *, view: str = "home") -> Payload:
    """Return a button pressed on the Home tab, or in a modal."""
    payload = pressed(action_id, value)
    for absent in ("channel", "response_url"):
        del payload[absent]
    shown = {"id": "V0VIEW", "team_id": TEAM, "type": view, "private_metadata": "", "callback_id": ""}
    return {**payload, "container": {"type": "view", "view_id": "V0VIEW"}, "view": shown}


def submitted(callback_id: str, about: str, values: Mapping[str, Mapping[str, Any]]) -> Payload:
    """Return a modal's form, sent; `values` is the state of each input by its block id."""
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "example"},
        "user": {"id": USER, "username": "ana", "team_id": TEAM},
        "api_app_id": "A0APP",
        "trigger_id": f"{next(_ids)}.15.abc",
        "view": {
            "id": "V0FORM",
            "team_id": TEAM,
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": about,
            "state": {"values": {block: {"value": state} for block, state in values.items()}},
            "hash": "156772938.1827394",
        },
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def shortcut(callback_id: str = "follow") -> Payload:
    """Return a global shortcut, which is chosen nowhere in particular."""
    return {
        "type": "shortcut",
        "token": "verification",
        "action_ts": "1776700012.000300",
        "team": {"id": TEAM, "domain": "example"},
        "user": {"id": USER, "username": "ana", "team_id": TEAM},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": callback_id,
        "trigger_id": f"{next(_ids)}.16.abc",
    }


def event(kind: str, **fields: Any) -> Payload:
    """Return an event as the Events API delivers it."""
    number = next(_ids)
    return {
        "token": "verification",
        "team_id": TEAM,
        "api_app_id": "A0APP",
        "event": {"type": kind, "event_ts": "1776700012.000300", **fields},
        "type": "event_callback",
        "event_id": f"Ev{number}",
        "event_time": 1776700012,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def mention(text: str, **fields: Any) -> Payload:
    """Return a message in a channel that names the bot."""
    about = {"user": USER, "channel": CHANNEL, "ts": "1776700012.000300", **fields}
    return event("app_mention", text=text, **about)


def direct(text: str, **fields: Any) -> Payload:
    """Return a message to the bot alone."""
    more = {"channel": DM, "channel_type": "im", "user": USER, "ts": "1776700012.000300", **fields}
    return event("message", text=text, **more)


def signed(body: bytes, at: float, secret: str = SECRET) -> dict[str, str]:
    """Return the headers with which Slack proves that a body is its own."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def as_form(payload: Payload) -> bytes:
    """Return a command, or an interaction, as it comes over HTTP."""
    return urlencode(payload if "command" in payload else {"payload": json.dumps(payload)}).encode()
