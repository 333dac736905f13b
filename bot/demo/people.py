"""The stand-in for Slack with people in it: what they write, and what the bot answers one of them alone.

It answers as https://docs.slack.dev/reference/methods describes, for the few methods that the bot calls, and
keeps what comes back by response URLs, which work as
https://docs.slack.dev/interactivity/handling-user-interaction says.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from threading import Condition
from typing import Any

from bot.demo.payloads import Act
from bot.demo.server import Answer, Request
from bot.demo.slack import BOT, Arguments, Posted, Refusal, Slack

SLACKBOT = "USLACKBOT"
_USES = 5  # of a response URL


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who belongs to the workspace."""

    id: str
    name: str
    role: str  # what they are to the bot, in a word

    @property
    def direct(self) -> str:
        """Return the id of their direct messages with the bot."""
        return f"D{self.id[1:]}"


@dataclass(slots=True)
class _Hook:
    """Where a response URL leads: to whom, and to which message it came from."""

    user: str
    channel: str
    original: Posted | None
    left: int = _USES


class Peopled(Slack):
    """A workspace with people in it; the bot is not in the channels `outside` until somebody invites it."""

    def __init__(
        self,
        now: Callable[[], datetime],
        channels: Mapping[str, str],
        people: Sequence[Person],
        outside: Iterable[str],
    ) -> None:
        super().__init__(now, {**channels, **{person.direct: person.name for person in people}})
        self.people = {person.id: person for person in people}
        self.outside = set(outside)
        self.signing_secret = secrets.token_hex(16)  # by which an app knows that Slack speaks
        self.version = 0
        self._changed = Condition(self._lock)
        self._is_over = False
        self._whispers: list[Posted] = []
        self._news: list[tuple[int, Posted]] = []  # what the bot said, and from which version on it is there
        self._triggers: dict[str, str] = {}  # those that were not used yet, with whose they are
        self._hooks: dict[str, _Hook] = {}
        self._ids = count(1)
        self._methods = {
            **self._methods,
            "chat.postEphemeral": self._whisper,
            "conversations.info": self._info,
            "conversations.open": self._open_direct,
            "users.conversations": self._conversations_of,
            "users.info": self._person,
        }

    # --- what people see

    @property
    def names(self) -> dict[str, str]:
        """Return what people and channels are called."""
        people = {person.id: person.name for person in self.people.values()}
        channels = {known: name for known, name in self.channels.items() if known.startswith("C")}
        return {**channels, **people, BOT["user"]: "cadencebot", SLACKBOT: "Slackbot"}

    def seen(self, user: str, channel: str) -> tuple[Posted, ...]:
        """Return everything in a channel, with what only this person sees there."""
        with self._lock:
            whispers = [one for one in self._whispers if (one.channel, one.seen_by) == (channel, user)]
            return (*self._posted[channel], *whispers)

    def news(self, user: str, after: int) -> Posted | None:
        """Return the latest that the bot said to somebody, or to everybody, since a version."""
        direct = self.people[user].direct
        with self._lock:
            since = [posted for version, posted in self._news if version > after]
        open_to_them = (one for one in since if one.channel == direct or not one.channel.startswith("D"))
        theirs = [one for one in open_to_them if one.seen_by in ("", user)]
        return theirs[-1] if theirs else None

    def wait(self, after: int, seconds: float) -> int:
        """Return the version as soon as it is another one than `after`, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != after or self._is_over, seconds)
            return self.version

    def let_go(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    # --- what people do

    def act(self, user: str, channel: str = "", original: Posted | None = None) -> Act:
        """Return what makes a payload of something that somebody does: a trigger, and a way to answer it."""
        with self._lock:
            trigger, stamp = f"{next(self._ids)}.{BOT['team']}.demo", self._stamp()
            self._triggers[trigger] = user
            hook = f"/hooks/{BOT['team']}/{next(self._ids)}"
            if channel:
                self._hooks[hook] = _Hook(user, channel, original)
        return Act(
            user, self.people[user].name.lower(), trigger, stamp, f"{self.url}{hook}" if channel else ""
        )

    def write(self, user: str, channel: str, text: str, *, seen_by: str = "") -> Posted:
        """Put a person's message into a channel."""
        with self._changed:
            posted = Posted(channel, self._stamp(), text, user=user, seen_by=seen_by)
            self._beside(posted).append(posted)
            self._tell()
        return posted

    def invite(self, channel: str) -> None:
        """Let the bot into a channel."""
        with self._changed:
            self.outside.discard(channel)
            self._tell()

    def find(self, user: str, channel: str, ts: str) -> Posted | None:
        """Return a message as somebody sees it."""
        return next((one for one in self.seen(user, channel) if one.ts == ts), None)

    def message(self, posted: Posted) -> dict[str, Any]:
        """Return a message as payloads tell it."""
        with self._lock:
            shown = self._show(posted, all_metadata=True)
        return {**shown, "is_ephemeral": True} if posted.seen_by else shown

    # --- the Web API

    def _handle(self, request: Request) -> Answer:
        if request.path.startswith("/hooks/"):
            with self._changed:
                return self._respond(request)
        return super()._handle(request)

    def _answer(self, method: str, arguments: Arguments, token: str) -> Answer:
        answer = super()._answer(method, arguments, token)
        if method in ("chat.postMessage", "chat.update"):
            self._tell()
        return answer

    def _tell(self) -> None:
        self.version += 1
        self._changed.notify_all()

    def _say(self, posted: Posted) -> None:
        self._news.append((self.version + 1, posted))

    def _beside(self, posted: Posted) -> list[Posted]:
        """Return the messages among which one stands, or is to stand."""
        return self._whispers if posted.seen_by else self._posted[posted.channel]

    def _respond(self, request: Request) -> Answer:
        """Take what comes by a response URL."""
        hook = self._hooks.get(request.path)
        if hook is None:
            return Answer(404, b"invalid_url")
        if not hook.left:
            return Answer(404, b"used_url")
        hook.left -= 1
        body = json.loads(request.body or b"{}")
        text, blocks = str(body.get("text") or ""), body.get("blocks") or ()
        original = hook.original
        if body.get("delete_original") and original:
            self._replace(original, None)
        elif not text and not blocks:
            return Answer(400, b"no_text")
        elif body.get("replace_original") and original:
            hook.original = replace(
                original, text=text, blocks=blocks, edits=original.edits + (not original.seen_by)
            )
            self._replace(original, hook.original)
        else:
            seen_by = "" if body.get("response_type") == "in_channel" else hook.user
            thread = str(body.get("thread_ts") or (original.thread_ts if original else ""))
            posted = Posted(hook.channel, self._stamp(), text, blocks, thread_ts=thread, seen_by=seen_by)
            self._beside(posted).append(posted)
            self._say(posted)
        self._tell()
        return Answer(200, b"ok", {"Content-Type": "text/plain"})

    def _replace(self, old: Posted, new: Posted | None) -> None:
        """Put a message into the place of another one, or take that away."""
        kept = self._beside(old)
        place = next((number for number, one in enumerate(kept) if one.ts == old.ts), None)
        if place is not None:
            kept[place : place + 1] = [new] if new else []
        if new:
            self._say(new)

    def _post(self, arguments: Arguments) -> dict[str, Any]:
        answer = super()._post(arguments)
        self._say(self._posted[answer["channel"]][-1])
        return answer

    def _channel(self, arguments: Arguments) -> str:
        """Return the channel that is meant; a person's id means the direct messages with them."""
        person = self.people.get(str(arguments.get("channel", "")))
        channel = person.direct if person else super()._channel(arguments)
        if channel in self.outside:
            raise Refusal("not_in_channel")
        return channel

    def _whisper(self, arguments: Arguments) -> dict[str, Any]:
        channel, user = self._channel(arguments), str(arguments.get("user", ""))
        if user not in self.people:
            raise Refusal("user_not_in_channel")
        text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or ()
        if not text and not blocks:
            raise Refusal("no_text")
        thread = arguments.get("thread_ts") or ""
        posted = Posted(channel, self._stamp(), text, blocks, thread_ts=thread, seen_by=user)
        self._whispers.append(posted)
        self._say(posted)
        self._tell()
        return {"message_ts": posted.ts}

    def _info(self, arguments: Arguments) -> dict[str, Any]:
        return {"channel": self._conversation(super()._channel(arguments))}

    def _conversation(self, channel: str) -> dict[str, Any]:
        if channel.startswith("D"):
            return {"id": channel, "is_im": True, "user": f"U{channel[1:]}", "is_archived": False}
        return {
            "id": channel,
            "name": self.channels[channel],
            "is_channel": True,
            "is_private": False,
            "is_archived": False,
            "is_member": channel not in self.outside,
        }

    def _member(self, arguments: Arguments, name: str) -> Person:
        """Return the person whom an argument names."""
        person = self.people.get(str(arguments.get(name, "")))
        if person is None:
            raise Refusal("user_not_found")
        return person

    def _open_direct(self, arguments: Arguments) -> dict[str, Any]:
        return {"channel": {"id": self._member(arguments, "users").direct}}

    def _conversations_of(self, arguments: Arguments) -> dict[str, Any]:
        self._member(arguments, "user")  # refuses a stranger
        channels = [self._conversation(one) for one in self.channels if one.startswith("C")]
        return {"channels": channels, "response_metadata": {"next_cursor": ""}}

    def _person(self, arguments: Arguments) -> dict[str, Any]:
        person = self._member(arguments, "user")
        name = {"real_name": person.name, "display_name": person.name}
        return {
            "user": {
                "id": person.id,
                "team_id": BOT["team"],
                "name": person.name.lower(),
                "deleted": False,
                "is_bot": False,
                "tz": "Europe/Berlin",
                "profile": name,
                **name,
            }
        }
