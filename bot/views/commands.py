"""What people type, understood: one command with its labs, filters and figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.errors import UsageError
from bot.model import Lab
from bot.records import DigestPlan
from bot.releases.facts.filters import Filters


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
    rhythm: bool = False  # "cadence" was typed: the news of labs' rhythms, not their releases
    filters: Filters = field(default_factory=Filters)
    since: timedelta | None = None
    by: str = ""  # of cadence: "lab" or "month"; "" is by lab
    unit: str = ""  # of cadence: a value of Unit; "" is by wave
    number: int | None = None
    page: int = 1
    subject: str = ""  # the model of show and why, the word of labs, help and held (announce, ignore)
    span: timedelta | None = None  # of a mute; None is until unmuted
    digest: DigestPlan | None = None  # None with the verb DIGEST is off, or a question (see `asks`)
    preferences: Mapping[str, str] = field(default_factory=dict)  # variants, updates
    asks: bool = False  # digest or settings without words: show what is set
    privately: bool = False  # to:dm
    confirmed: bool = False  # the button behind "are you sure" adds the word yes

    @property
    def changes(self) -> bool:
        """Whether the command changes anything."""
        return self.verb in _CHANGING and not self.asks


_CHANGING = frozenset({Verb.SUBSCRIBE, Verb.UNSUBSCRIBE, Verb.MUTE, Verb.UNMUTE, Verb.DIGEST, Verb.SETTINGS})
