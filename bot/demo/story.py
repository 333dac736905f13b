"""The replay of 25 March to 30 April 2026 as data: what happens when, and what a reader should see of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.demo.facts import read_table


@dataclass(frozen=True, slots=True)
class New:
    """Count what a step adds to a channel: messages at the top level, and replies in threads."""

    messages: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of the world: one of World's verbs and what it is about."""

    verb: str
    about: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of the story; `expect` is by the channel's name, where anything is expected.

    It holds once every source was read after the step and everything that is owed was delivered.
    """

    at: datetime
    tell: str
    do: tuple[Effect, ...] = ()
    expect: Mapping[str, New] = field(default_factory=dict)


def load_story() -> tuple[Step, ...]:
    """Return the steps of story.yaml, in order of time."""
    return tuple(_step(row) for row in read_table("story.yaml")["steps"])


def _step(row: Mapping[str, Any]) -> Step:
    effects = (Effect(verb, about) for effect in row.get("do", ()) for verb, about in effect.items())
    expected = {channel: New(*counts) for channel, counts in row.get("expect", {}).items()}
    return Step(row["at"], row["tell"].strip(), tuple(effects), expected)
