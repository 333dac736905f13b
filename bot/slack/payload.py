"""What Slack sends, read. Nothing in a payload is relied upon: what is missing is empty.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/apis/events-api
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.desk.questions import Asker
from bot.model import Destination
from bot.slack.wording import command_name
from bot.slack.workspaces import Workspace

Payload = Mapping[str, Any]

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_LONGEST_ID = 18  # digits; SQLite's numbers end there
_END_OF_TIME = 10**11  # seconds; what is later is no time
_LINK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
# Whom a channel's alerts are to call: there the id counts, and not the name.
_NOTIFIED = re.compile(r"\b(notify\s*[:=]?\s*)<([@!][^<>|]*)(?:\|[^<>]*)?>", re.IGNORECASE)
_AROUND_ADDRESSES = re.compile(r"^(?:https?://|mailto:|tel:)|/$")
# where payloads of different kinds name who acted, and where
_USER = (("user_id",), ("user", "id"), ("event", "user"), ("event", "user", "id"))
_NAME = (("user_name",), ("user", "username"), ("user", "name"))
_CHANNEL = (("channel_id",), ("channel", "id"), ("container", "channel_id"), ("event", "channel"))


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, and the ways that lead back to them: "" for those that there are not.

    `view` is "home" or "modal" when it was pressed there; `alone` tells that nobody but the asker sees the
    message that was pressed, so that it may be replaced. `command` is the name under which a command came.
    """

    asker: Asker
    token: str
    response_url: str = ""
    trigger_id: str = ""
    thread_ts: str = ""
    view: str = ""
    alone: bool = False
    command: str = ""


def read_request(
    body: Payload,
    workspace: Workspace = Workspace(),  # noqa: B008  # it is frozen
    shown_in: str = "",
) -> Request:
    """Return the request behind a command, an event, something pressed or a form.

    `shown_in` is the workspace where the view was that it comes from, "" where Slack's other words count.
    """
    channel = _first_text(body, _CHANNEL)
    asker = Asker(
        user=_first_text(body, _USER),
        name=_first_text(body, _NAME),
        channel=channel,
        team=workspace.team,
        is_dm=channel.startswith("D") or not channel,
        request=request_id(body),
        is_member=is_member(body, shown_in),
    )
    container = body.get("container")
    is_ephemeral = isinstance(container, Mapping) and container.get("is_ephemeral") is True
    return Request(
        asker=asker,
        token=workspace.token,
        response_url=text_at(body, "response_url"),
        trigger_id=text_at(body, "trigger_id"),
        thread_ts=_first_text(body, (("event", "thread_ts"), ("container", "thread_ts"))),
        view=text_at(body, "view", "type"),
        alone=is_ephemeral or channel.startswith("D"),
        command=command_name(text_at(body, "command")),
    )


def shown_in(body: Payload) -> str:
    """Return the workspace where the Home tab was, or the channel of the form, that a payload comes from.

    It is "" for all else. Where two workspaces of one organisation have the bot, the one that Slack says
    installed it may be either: https://github.com/slackapi/bolt-python/issues/1229
    """
    teams = [text_at(body, "view", "team_id"), text_at(body, "team", "id")]
    if text_at(body, "view", "type") == "home":
        return next((team for team in teams if team.startswith("T")), "")
    about = Destination(text_at(body, "view", "private_metadata").partition(" ")[0]).team
    return about if about in teams else ""


def is_member(body: Payload, shown_in: str = "") -> bool | None:
    """Whether whoever acts belongs to the workspace that the payload is for; None where it does not say.

    In channels of Slack Connect people of other companies press, and name the bot, as well; within an
    organisation, people of its other workspaces. Commands come from members alone.
    https://docs.slack.dev/apis/slack-connect/using-the-apis-with-slack-connect-channels
    """
    if text_at(body, "command"):
        return True if text_at(body, "team_id") else None
    if text_at(body, "type") == "event_callback":
        return _wrote_as_member(body)
    return _is_of(text_at(body, "user", "team_id"), *_installed_at(body, shown_in))


def _installed_at(body: Payload, shown_in: str) -> tuple[str, str, Collection[str]]:
    """Return the workspace whose bot was pressed, its organisation, and what of this the presser belongs to.

    `team` may be the presser's own, so that the view's and the message's word on the bot's counts for more.
    """
    team, posted = text_at(body, "team", "id"), text_at(body, "message", "team")
    installed = shown_in or text_at(body, "view", "app_installed_team_id")
    here = installed or (posted if posted.startswith("T") else "") or team
    organisation = text_at(body, "team", "enterprise_id") if here == team else ""
    if not here and body.get("is_enterprise_install") is True:
        here = organisation = text_at(body, "enterprise", "id")
    user = body.get("user")
    known = user.get("enterprise_user") if isinstance(user, Mapping) else None
    if not organisation or text_at(known, "enterprise_id") != organisation:
        return here, organisation, ()
    teams = known.get("teams") if isinstance(known, Mapping) else None
    return here, organisation, [organisation, *(teams if isinstance(teams, list) else ())]


def _wrote_as_member(body: Payload) -> bool | None:
    if body.get("is_ext_shared_channel") is False:
        return True  # nobody else can be there
    home = _first_text(body, (("event", "user_team"), ("event", "source_team"), ("event", "team")))
    here = text_at(body, "authorizations", 0, "team_id") or text_at(body, "team_id")
    return _is_of(home, here, text_at(body, "authorizations", 0, "enterprise_id"), ())


def _is_of(home: str, here: str, organisation: str, others: Collection[str]) -> bool | None:
    """Whether somebody from `home`, a workspace or a whole organisation, belongs `here`."""
    if not home or not here:
        return None
    return home in (here, organisation) or here in others


def request_id(body: Payload) -> str:
    """Return what Slack calls this very command, press or event, however often it delivers it."""
    return text_at(body, "event_id") or text_at(body, "trigger_id")


def event_time(body: Payload) -> datetime | None:
    """Return the end of the second of which Slack tells, perhaps late; None where it does not say."""
    seconds = body.get("event_time")
    if not isinstance(seconds, int) or not 0 < seconds < _END_OF_TIME:
        return None
    return datetime.fromtimestamp(seconds + 1, UTC)


def kind_of(body: Payload) -> str:
    """Return a payload's kind: command, shortcut, block_actions, view_submission, an event's type, or ""."""
    kind = text_at(body, "type")
    if kind == "event_callback":
        return text_at(body, "event", "type")
    if kind == "shortcut":
        return kind if text_at(body, "callback_id") else ""
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


def read_action(body: Payload) -> tuple[str, str]:
    """Return the kind of what was pressed or chosen, and its value; an option behind "…" has both in one."""
    kind = text_at(body, "actions", 0, "action_id").partition(":")[0]
    chosen = text_at(body, "actions", 0, "selected_option", "value")
    if kind == "more":
        kind, _, value = chosen.partition(":")
        return kind, value
    return kind, text_at(body, "actions", 0, "value") or chosen


def number(value: str) -> int | None:
    """Return an id of ours, or None for what is none."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID else None


def words_of_mention(text: str, me: str = "") -> str:
    """Return what was said to the bot: what follows its mention, or else what comes before it.

    Where it is not known who it is, any first mention is taken for its own.
    """
    own = re.compile(rf"<@{re.escape(me)}(?:\|[^<>]*)?>") if me else _MENTION
    before, _, after = own.sub("\0", text, count=1).partition("\0")
    return plain(after.strip() or before.strip())


def plain(text: str) -> str:
    """Return typed text without Slack's marks: links as addresses, entities as characters.

    https://docs.slack.dev/messaging/formatting-message-text. A name that only looks like an
    address ("z.ai", "ana@lab.example") comes as a link whose label is what was typed.
    """
    unlinked = _LINK.sub(_unlinked, _NOTIFIED.sub(r"\1\2", text))
    return unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unlinked(found: re.Match[str]) -> str:
    target, label = str(found[1]), str(found[2] or "")
    named = target.startswith(("#", "@"))
    only_a_name = "/" not in label and _bare(target) == _bare(label)
    return label if label and (named or only_a_name) else target


def _bare(address: str) -> str:
    return _AROUND_ADDRESSES.sub("", address.lower())


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


def _first_text(body: Payload, paths: tuple[tuple[str, ...], ...]) -> str:
    return next(filter(None, (text_at(body, *path) for path in paths)), "")
