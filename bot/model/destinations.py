"""Where messages go, and what is followed there."""

import re
from dataclasses import dataclass
from typing import Self

ALL = "all"  # in place of a lab's id: every lab
_SLACK_ID = re.compile(r"[CDGUW][A-Z0-9]{1,30}")
_WRITTEN = re.compile(rf"([A-Z0-9]{{1,30}}/)?{_SLACK_ID.pattern}|console")
_WEBHOOK = "webhook:"
_CADENCE = "cadence:"
_FROM_OUTSIDE = 60  # characters of a text from outside that a complaint shows


class Destination(str):
    """Where messages go: "C0123", a channel of Slack, or "U0123", a person. "T9/C0123" names its workspace.

    "webhook:teams" is an address that feeds.yaml names so. A name that is none of Slack's, such as that or
    "console", is neither a channel nor a person.
    """

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place that a person wrote. Raises ValueError, with where to find its id, for no place.

        A name would do for posting, and nothing that was posted could be found again.
        """
        if _WRITTEN.fullmatch(text):
            return cls(text)
        raise ValueError(
            f"“{text[:_FROM_OUTSIDE]}” is no id of Slack: write the channel's id, as C0123456789 (open the "
            "channel and click its name: it stands at the bottom), or the person's, as U0123456789 (in the "
            "profile, behind ⋮)"
        )

    @classmethod
    def at(cls, team: str, place: str) -> Self:
        """Return a place in a workspace; the team is "" where the bot serves one workspace."""
        return cls(f"{team}/{place}" if team else place)

    @classmethod
    def webhook(cls, name: str) -> Self:
        """Return the webhook of feeds.yaml with this id."""
        return cls(f"{_WEBHOOK}{name}")

    @property
    def is_webhook(self) -> bool:
        """Whether it is a webhook, which gets data in place of messages."""
        return self.startswith(_WEBHOOK)

    @property
    def team(self) -> str:
        """The workspace, or ""."""
        return self.rpartition("/")[0]

    @property
    def place(self) -> str:
        """The channel or person, without the workspace."""
        return self.rpartition("/")[2]

    @property
    def is_slack_id(self) -> bool:
        """Whether it is a channel, a person or direct messages, as Slack writes their ids."""
        return bool(_SLACK_ID.fullmatch(self.place))

    @property
    def is_channel(self) -> bool:
        """Whether it is a public or private channel."""
        return self.is_slack_id and self.place[0] in "CG"

    @property
    def is_person(self) -> bool:
        """Whether it is a person, who gets direct messages."""
        return self.is_slack_id and self.place[0] in "UW"


CONSOLE = Destination("console")  # the terminal, where there is no Slack


@dataclass(frozen=True, slots=True)
class Follow:
    """What is followed: the releases of a lab (or ALL), or its cadence. As text: "qwen", "cadence:qwen"."""

    lab: str
    cadence: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what its text says."""
        lab = text.removeprefix(_CADENCE)
        return cls(lab, cadence=lab != text)

    def __str__(self) -> str:
        """Return it as text."""
        return f"{_CADENCE}{self.lab}" if self.cadence else self.lab

    def covers(self, other: Self) -> bool:
        """Whether whoever follows this follows the other with it."""
        return self.cadence == other.cadence and self.lab in (ALL, other.lab)
