"""What people type, understood: one command with its labs, filters and figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.errors import UsageError
from bot.model import Lab
from bot.records import DigestPlan
from bot.releases.facts.filters import Filters

# How far back questions look, unless `since:` says otherwise.
RECENT = timedelta(days=30)
YEAR = timedelta(days=365)  # of `cadence`; as `since:1y` counts it


class Verb(StrEnum):
    """Name the commands, as they are typed behind `/releases` and behind `cadencebot`."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    LIST = "list"
    MUTE = "mute"
    UNMUTE = "unmute"
    RECENT = "recent"
    SHOW = "show"
    CADENCE = "cadence"
    LABS = "labs"
    DIGEST = "digest"
    STATUS = "status"
    SETTINGS = "settings"
    TEST = "test"
    HELP = "help"
    WHY = "why"
    HELD = "held"
    UNCLEAR = "unclear"
    HELLO = "hello"
    TRIAGE = "triage"
    WATCH = "watch"
    UNWATCH = "unwatch"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Spot:
    """What an answer is about, as it is called where that is read: without a name it is right there.

    `aside` is what a command takes there to be about it.
    """

    name: str = ""
    aside: str = ""

    @property
    def inside(self) -> str:
        """Return where something is: "here", "in your messages"."""
        return f"in {self.name}" if self.name else "here"

    @property
    def to(self) -> str:
        """Return where something goes: "here", "to your messages"."""
        return f"to {self.name}" if self.name else "here"

    def about(self, command: str) -> str:
        """Return a command that is about it."""
        return f"{command} {self.aside}".strip()


HERE = Spot()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may have been meant: a button's label, and the whole command that it runs."""

    label: str
    text: str


class MisunderstoodError(UsageError):
    """Raised for words that mean nothing; says what is wrong, with the nearest one to three commands."""

    def __init__(self, message: str, suggestions: tuple[Suggestion, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions


@dataclass(frozen=True, slots=True)
class Command:
    """One command; what its verb does not take stays empty."""

    verb: Verb
    text: str  # as typed, tidied: asking it again asks the same
    labs: tuple[Lab, ...] = ()
    everything: bool = False  # "all" was typed
    cadence: bool = False  # about how labs ship, not what: `subscribe cadence qwen`
    filters: Filters = field(default_factory=Filters)
    since: timedelta | None = None
    by: str = ""  # of cadence: "lab" or "month"; "" is by lab
    unit: str = ""  # of cadence: a value of Unit; "" is by wave
    number: int | None = None
    page: int = 1
    subject: str = ""  # the model of show and why, the word of most others; "now" of digest
    named: str = ""  # add: what the lab is to be called
    of_admins: bool = False  # add: the admins are asked to do it
    span: timedelta | None = None  # of a mute; None is until unmuted
    digest: DigestPlan | None = None  # None with the verb DIGEST is off, or a question (see `asks`)
    names_zone: bool = False  # of a digest or quiet hours: they go by the zone that was typed
    preferences: Mapping[str, Any] = field(default_factory=dict)  # fields of records.Preferences
    triage: str = ""  # what TRIAGE makes of the subject, or recent lists; "open" is nothing
    packaging: str = ""  # of watch and unwatch: "gguf"
    asks: bool = False  # digest or settings without words: show what is set
    privately: bool = False  # to:dm
    is_question: bool = False  # it was asked in plain words
    confirmed: bool = False  # the button behind "are you sure" adds the word yes

    @property
    def changes(self) -> bool:
        """Whether the command changes anything."""
        return self.verb in _CHANGING and not self.asks

    @property
    def needs_presence(self) -> bool:
        """Whether the command makes the bot post, or changes what it posts; who wants less may have it."""
        return self.verb in (Verb.TEST, Verb.WATCH) or (self.changes and self.verb is not Verb.UNSUBSCRIBE)


_CHANGING = frozenset({Verb.SUBSCRIBE, Verb.UNSUBSCRIBE, Verb.MUTE, Verb.UNMUTE, Verb.DIGEST, Verb.SETTINGS})
