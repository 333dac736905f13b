"""Render the line that tells a subscriber why a channel gets nothing for now. Pure."""

import re

from bot.messages import blocks
from bot.messages.content import Content
from bot.messages.escape import literal

_REASON_LIMIT = 200
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


def _remedy(reason: str) -> tuple[str, str]:
    for code, words in _REMEDIES.items():
        if code in reason:
            return words
    return literal(reason, _REASON_LIMIT) or "Slack takes no messages there", "See what keeps me out"


def _place(destination: str) -> str:
    """Return a mention of the channel, or its plain name where it has no id of Slack's."""
    place = destination.rpartition("/")[2]
    return f"<#{place}>" if re.fullmatch(r"[CG][A-Z0-9]{2,30}", place) else literal(place, 80)
