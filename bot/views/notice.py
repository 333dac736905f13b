"""Render the lines that tell people what holds messages up: a closed channel, a flood. Pure."""

import re
from collections.abc import Iterator
from datetime import timedelta

from bot.records import Block, Content, Flood, Hint
from bot.views import blocks
from bot.views.escape import link, literal

_REASON_LIMIT = 200
_NAME_LIMIT = 80
_NAMED = 5  # of the releases of a flood
_WORDS_LIMIT = 300
_REMEDIES = {
    "is_archived": ("it is archived", "Unarchive it"),
    "not_in_channel": ("I am not in it", "Invite me there with `/invite`"),
    "channel_not_found": (
        "I cannot see it: it is private and I am not in it, or it is gone",
        "Invite me there with `/invite`",
    ),
    "restricted_action": ("its settings do not let me post", "Allow apps to post there"),
}


def render_pause(destination: str, reason: str) -> Content:
    """Return what to tell the people who made a destination follow labs; `reason` is Slack's own word."""
    why, remedy = _remedy(reason)
    text = (
        f"I paused the model releases in {_place(destination)}: {why}. "
        f"{remedy}, and I go on by myself within the hour; nothing was unsubscribed and nothing is lost."
    )
    return Content(text, (blocks.section(f"⏸️ {text}"),))


def render_flood(flood: Flood, lasts: timedelta) -> Content:
    """Return the line that asks the admins what shall become of a flood; `lasts` is how long it waits."""
    names = [literal(name, _NAME_LIMIT) for name in flood.names[:_NAMED]]
    more = len(flood.names) - len(names)
    named = ", ".join([*names, f"{more} more"] if more else names)
    plural = "" if len(flood.leads) == 1 else "s"
    text = (
        f"*{literal(flood.source_id, _NAME_LIMIT)}* suddenly showed {len(flood.leads)} release{plural}, more "
        f"than is usual in a day: {named}. Nobody was told. Announce them if they are real; otherwise ignore "
        f"them, as happens by itself in {lasts.days} days."
    )
    return Content(text, (blocks.section(f"🌊 {text}"), *_choices(flood.id)))


def render_hint(number: int, hint: Hint, lasts: timedelta) -> Content:
    """Return the line that asks the admins whether a name that no item carried is a release.

    `number` and `lasts` are the question's, as those of a flood.
    """
    name, words = link(hint.url, hint.name.display, _NAME_LIMIT), literal(hint.words, _WORDS_LIMIT)
    text = (
        f"*{literal(hint.source_id, _NAME_LIMIT)}* names {name}, which no source has shown as a release: "
        f"“{words}” Announce it if it is one; otherwise ignore it, as happens by itself in {lasts.days} "
        "days. You are asked about this name only once."
    )
    return Content(text, (blocks.section(f"🔎 {text}"), *_choices(number)))


def _choices(number: int) -> Iterator[Block]:
    return blocks.actions(
        [
            blocks.button("Announce", "run:0", f"held announce {number}"),
            blocks.button("Ignore", "run:1", f"held ignore {number}"),
        ]
    )


def _remedy(reason: str) -> tuple[str, str]:
    for code, words in _REMEDIES.items():
        if code in reason:
            return words
    return literal(reason, _REASON_LIMIT) or "Slack takes no messages there", "See what keeps me out"


def _place(destination: str) -> str:
    """Return a mention of the channel, or its plain name where it has no id of Slack's."""
    place = destination.rpartition("/")[2]
    return f"<#{place}>" if re.fullmatch(r"[CG][A-Z0-9]{2,30}", place) else literal(place, 80)
