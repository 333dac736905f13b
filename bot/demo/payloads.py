"""What Slack sends an app, made of what a person did. Pure.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/apis/events-api
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.demo.elements import Placed, holds, initially, placed
from bot.demo.slack import BOT, DOMAIN

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something: who, and the ids by which an answer finds them; times are Slack's."""

    user: str
    name: str
    trigger_id: str
    at: str  # "1777550400.000100"
    response_url: str


def command(act: Act, word: str, text: str, channel: str, channel_name: str) -> Payload:
    """Return a slash command."""
    return {
        "token": "demo",
        "team_id": BOT["team"],
        "team_domain": DOMAIN,
        "channel_id": channel,
        "channel_name": channel_name,
        "user_id": act.user,
        "user_name": act.name,
        "command": word,
        "text": text,
        "api_app_id": BOT["app_id"],
        "is_enterprise_install": "false",
        "response_url": act.response_url,
        "trigger_id": act.trigger_id,
    }


def event(act: Act, kind: str, **fields: Any) -> Payload:
    """Return something that happened."""
    whose = {"enterprise_id": None, "team_id": BOT["team"], "user_id": BOT["user"]}
    return {
        "token": "demo",
        "team_id": BOT["team"],
        "api_app_id": BOT["app_id"],
        "event": {"type": kind, "user": act.user, "event_ts": act.at, **fields},
        "type": "event_callback",
        "event_id": f"Ev{act.trigger_id}",
        "event_time": int(float(act.at)),
        "authorizations": [{**whose, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }


def pressed_in_message(
    act: Act, it: Placed, values: Sequence[str], channel: Mapping[str, str], message: Payload
) -> Payload:
    """Return something pressed in a message; one that only its reader sees is not told, but named."""
    alone = bool(message.get("is_ephemeral"))
    thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel["id"],
        "is_ephemeral": alone,
        **thread,
    }
    told = {} if alone else {"message": message}
    more = {"container": container, "channel": dict(channel), "response_url": act.response_url, **told}
    return {
        **_interaction(act, "block_actions"),
        **more,
        "state": {"values": {}},
        "actions": [_action(act, it, values)],
    }


def pressed_in_view(act: Act, it: Placed, values: Sequence[str], view: Payload) -> Payload:
    """Return something pressed in a window or on the Home tab."""
    container = {"type": "view", "view_id": view["id"]}
    actions = [_action(act, it, values)]
    return {**_interaction(act, "block_actions"), "container": container, "view": view, "actions": actions}


def submitted(act: Act, view: Payload) -> Payload:
    """Return a window's form, sent."""
    return {**_interaction(act, "view_submission"), "view": view, "response_urls": []}


def _interaction(act: Act, kind: str) -> Payload:
    return {
        "type": kind,
        "user": {"id": act.user, "username": act.name, "name": act.name, "team_id": BOT["team"]},
        "api_app_id": BOT["app_id"],
        "token": "demo",
        "trigger_id": act.trigger_id,
        "team": {"id": BOT["team"], "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _action(act: Act, it: Placed, values: Sequence[str]) -> Payload:
    kind = it.element.get("type", "")
    named = {"action_id": it.action_id, "block_id": it.block_id, "type": kind, "action_ts": act.at}
    return {**named, **holds(it.element, values)}


def state_of(blocks: Sequence[Mapping[str, Any]], values: Mapping[str, Sequence[str]]) -> Payload:
    """Return what the inputs of a view hold, by block and action; `values` are by the place of each."""
    found: dict[str, Payload] = {}
    for it in placed(blocks):
        kind = it.element.get("type", "")
        if kind not in {"button", "overflow"}:
            held = holds(it.element, values.get(it.at, initially(it.element)))
            found.setdefault(it.block_id, {})[it.action_id] = {"type": kind, **held}
    return {"values": found}


def over_http(payload: Payload) -> tuple[bytes, str]:
    """Return a payload as Slack posts it, with its content type: events as JSON, all else in a form."""
    if payload.get("type") == "event_callback":
        return json.dumps(payload).encode(), "application/json"
    form = payload if "command" in payload else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def signature(secret: str, body: bytes, at: float) -> dict[str, str]:
    """Return the headers with which Slack proves that a body is its own.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    stamp = str(int(at))
    signed = hmac.new(secret.encode(), b":".join([b"v0", stamp.encode(), body]), hashlib.sha256)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed.hexdigest()}"}
