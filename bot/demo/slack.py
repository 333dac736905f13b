"""A stand-in for Slack's Web API: channels on loopback, with threads, edits, metadata and faults on demand.

It answers as docs/reference/slack.md and https://docs.slack.dev/reference/methods describe, for the few
methods that the bot calls. It does not check Block Kit's limits.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from bot.demo.server import Answer, Loopback, Request, as_json

SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:history",
    "im:write",
    "users:read",
)
BOT = {"user": "U0CADENCE", "bot_id": "B0CADENCE", "app_id": "A0CADENCE", "team": "T0DEMO"}
DOMAIN = "cadence-demo"
_WORKSPACE_URL = f"https://{DOMAIN}.slack.com/"


@dataclass(frozen=True, slots=True)
class Posted:
    """One message as it stands in its channel now.

    `thread_ts` is the parent of a reply and "" at the top level; `edits` counts the updates so far. `user` is
    the person who wrote it, "" the bot; `seen_by` is who alone sees it, "" everybody there.
    """

    channel: str
    ts: str
    text: str
    blocks: Sequence[Mapping[str, Any]] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    thread_ts: str = ""
    edits: int = 0
    user: str = ""
    seen_by: str = ""


class Refusal(Exception):  # noqa: N818  # an answer of this API, and no failure of the program
    """Answer `{"ok": false, "error": code}`."""


Arguments = Mapping[str, Any]


class Slack(Loopback):
    """A workspace: `channels` maps ids to names."""

    token = "xoxb-demo"  # noqa: S105  # a made-up one, of a made-up workspace

    def __init__(self, now: Callable[[], datetime], channels: Mapping[str, str]) -> None:
        super().__init__(self._handle, now)
        self.channels = dict(channels)
        self._now = now
        self._posted: dict[str, list[Posted]] = {channel: [] for channel in self.channels}
        self._faults: deque[tuple[str, Answer, bool]] = deque()  # method, answer, and whether it takes effect
        self._count = count(1)
        self._lock = threading.RLock()
        self._methods: Mapping[str, Callable[[Arguments], dict[str, Any]]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.getPermalink": self._permalink,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
        }

    @property
    def api_url(self) -> str:
        """Return the value for SLACK_API_URL."""
        return f"{self.url}/api/"

    def fail(self, method: str, answer: Answer, *, posted: bool = False) -> None:
        """Answer the next call of `method` with `answer` instead of the truth.

        With `posted` the call takes effect first, so that its caller cannot know.
        """
        with self._lock:
            self._faults.append((method, answer, posted))

    def posts(self, channel: str) -> tuple[Posted, ...]:
        """Return everything in a channel, replies included, the oldest first."""
        with self._lock:
            return tuple(self._posted.get(channel, ()))

    def _handle(self, request: Request) -> Answer:
        method = request.path.removeprefix("/api/")
        arguments, token = _arguments(request)
        with self._lock:
            fault = next((fault for fault in self._faults if fault[0] == method), None)
            if fault:
                self._faults.remove(fault)
                if not fault[2]:
                    return fault[1]
            answer = self._answer(method, arguments, token)
        return fault[1] if fault else answer

    def _answer(self, method: str, arguments: Arguments, token: str) -> Answer:
        body: dict[str, Any]
        if method not in self._methods:
            body = {"ok": False, "error": "unknown_method"}
        elif token != self.token:
            body = {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        else:
            try:
                body = {"ok": True, **self._methods[method](arguments)}
            except Refusal as refusal:
                body = {"ok": False, "error": str(refusal)}
        return as_json(body, headers={"x-oauth-scopes": ",".join(SCOPES)})

    def _auth_test(self, _: Arguments) -> dict[str, Any]:
        return {
            "url": _WORKSPACE_URL,
            "team": "Cadence demo",
            "user": "cadencebot",
            "team_id": BOT["team"],
            "user_id": BOT["user"],
            "bot_id": BOT["bot_id"],
            "is_enterprise_install": False,
        }

    def _post(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments)
        thread_ts = arguments.get("thread_ts", "")
        if not isinstance(thread_ts, str):  # a number loses digits on its way
            raise Refusal("invalid_arguments")
        if thread_ts and self._find(channel, thread_ts, "cannot_reply_to_message").thread_ts:
            raise Refusal("cannot_reply_to_message")
        if not arguments.get("text") and not arguments.get("blocks"):
            raise Refusal("no_text")
        posted = Posted(
            channel=channel,
            ts=self._stamp(),
            text=arguments.get("text", ""),
            blocks=arguments.get("blocks") or (),
            metadata=arguments.get("metadata") or {},
            thread_ts=thread_ts,
        )
        self._posted[channel].append(posted)
        return {"channel": channel, "ts": posted.ts, "message": self._show(posted, all_metadata=True)}

    def _update(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments)
        old = self._find(channel, arguments.get("ts", ""), "message_not_found")
        new = replace(
            old,
            text=arguments.get("text", old.text),
            # Documented: a text without blocks takes the old blocks away.
            blocks=arguments.get("blocks", () if arguments.get("text") else old.blocks),
            metadata=arguments.get("metadata", old.metadata),
            edits=old.edits + 1,
        )
        if not new.text and not new.blocks:
            raise Refusal("no_text")
        self._posted[channel] = [new if posted.ts == old.ts else posted for posted in self._posted[channel]]
        message = self._show(new, all_metadata=True)
        return {"channel": channel, "ts": new.ts, "text": new.text, "message": message}

    def _permalink(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments)
        posted = self._find(channel, arguments.get("message_ts", ""), "message_not_found")
        link = f"{_WORKSPACE_URL}archives/{channel}/p{posted.ts.replace('.', '')}"
        thread = f"?thread_ts={posted.thread_ts}&cid={channel}" if posted.thread_ts else ""
        return {"channel": channel, "permalink": link + thread}

    def _history(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments)
        top = [posted for posted in self._posted[channel] if not posted.thread_ts]
        return self._page(sorted(top, key=lambda posted: -float(posted.ts)), arguments)

    def _replies(self, arguments: Arguments) -> dict[str, Any]:
        channel = self._channel(arguments)
        parent = self._find(channel, arguments.get("ts", ""), "thread_not_found")
        replies = [posted for posted in self._posted[channel] if posted.thread_ts == parent.ts]
        page = self._page(sorted(replies, key=lambda posted: float(posted.ts)), arguments)
        shown = self._show(parent, all_metadata=_is_true(arguments, "include_all_metadata"))
        return {**page, "messages": [shown, *page["messages"]]}

    def _page(self, messages: Sequence[Posted], arguments: Arguments) -> dict[str, Any]:
        """Return one page of the messages between `oldest` and `latest`."""
        limit = min(int(arguments.get("limit") or 100), 999)
        start = int(str(arguments.get("cursor") or "at:0").removeprefix("at:"))
        found = [posted for posted in messages if _is_within(posted.ts, arguments)]
        more = start + limit < len(found)
        complete = _is_true(arguments, "include_all_metadata")
        return {
            "messages": [
                self._show(posted, all_metadata=complete) for posted in found[start : start + limit]
            ],
            "has_more": more,
            "response_metadata": {"next_cursor": f"at:{start + limit}" if more else ""},
        }

    def _show(self, posted: Posted, *, all_metadata: bool) -> dict[str, Any]:
        """Return a message as the API shows it: without `include_all_metadata` only the event's type."""
        message: dict[str, Any] = {"type": "message", **BOT, "ts": posted.ts, "text": posted.text}
        if posted.blocks:
            message["blocks"] = posted.blocks
        if posted.metadata:
            kind = {"event_type": posted.metadata.get("event_type", "")}
            message["metadata"] = posted.metadata if all_metadata else kind
        replies = [reply for reply in self._posted[posted.channel] if reply.thread_ts == posted.ts]
        if posted.thread_ts or replies:
            message["thread_ts"] = posted.thread_ts or posted.ts
        if replies:
            message |= {"reply_count": len(replies), "latest_reply": replies[-1].ts}
        if posted.edits and not posted.blocks:  # documented: an edit with blocks leaves no mark
            message["edited"] = {"user": BOT["user"], "ts": posted.ts}
        return message

    def _stamp(self) -> str:
        """Return the `ts` of a message that is written now."""
        return f"{int(self._now().timestamp())}.{next(self._count):06d}"

    def _channel(self, arguments: Arguments) -> str:
        channel = str(arguments.get("channel", ""))
        if channel not in self._posted:
            raise Refusal("channel_not_found")
        return channel

    def _find(self, channel: str, ts: str, otherwise: str) -> Posted:
        for posted in self._posted[channel]:
            if posted.ts == ts:
                return posted
        raise Refusal(otherwise)


def _is_within(ts: str, arguments: Arguments) -> bool:
    """Whether a message lies between `oldest` and `latest`, which count only with `inclusive`."""
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    moment = float(ts)
    if _is_true(arguments, "inclusive"):
        return oldest <= moment <= latest
    return oldest < moment < latest


def _is_true(arguments: Arguments, name: str) -> bool:
    return str(arguments.get(name, "")).lower() in {"1", "true"}


def _arguments(request: Request) -> tuple[Arguments, str]:
    """Return the arguments, whether they came as JSON, as a form or in the query, and the token."""
    arguments: dict[str, Any] = {name: values[-1] for name, values in request.query.items()}
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        arguments |= json.loads(request.body or b"{}")
    elif "urlencoded" in kind:
        arguments |= dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    for name in ("blocks", "metadata", "view"):
        if isinstance(arguments.get(name), str):
            arguments[name] = json.loads(arguments[name])
    token = arguments.pop("token", "")
    return arguments, request.headers.get("authorization", "").removeprefix("Bearer ") or token
