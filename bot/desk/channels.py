"""What the desk asks of Slack: where the bot stands in a conversation, who is in which, and by what time."""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from bot.model import Destination
from bot.outbox.message import Later, Outcome, Sent, Unclear
from bot.records import Content
from bot.views.commands import Spot


class Presence(Enum):
    """Where the bot stands in a channel."""

    INSIDE = "inside"
    UNINVITED = "uninvited"  # it may post, and cannot look up there what became of a message
    OUTSIDE = "outside"  # it cannot post
    ARCHIVED = "archived"  # nobody can


class Channels(Protocol):
    """What Slack says of channels and people; None is "not known", as without the scopes to ask."""

    def presence(self, destination: Destination, *, anew: bool = False) -> Presence | None:
        """Return where the bot stands there; `anew`: whatever was remembered of it, it may have changed."""
        ...

    def channels_of(self, person: Destination) -> Sequence[Destination] | None:
        """Return the destinations that a person and the bot can both see and the person is in."""
        ...

    def zone_of(self, person: Destination) -> str | None:
        """Return the time zone that a person lives by, as Slack calls it: "Europe/Berlin"."""
        ...

    def post(self, destination: Destination, content: Content) -> Outcome:
        """Post a message at once, and never again, and return what became of it."""
        ...


def ending_words(outcome: Outcome, spot: Spot) -> str:
    """Return how a test message in a place ended."""
    here = spot.inside
    match outcome:
        case Sent():
            where = "there" if spot.name else "in this conversation"
            return f"I can post {here}: the test message stands {where}"
        case Unclear():
            return f"if you see the test message, I can post {here}; I do not know, as I got {outcome.reason}"
        case Later():
            return f"nothing was posted: {outcome.reason}; please try again later"
        case _:
            return f"I cannot post {here}: {outcome.reason}"
