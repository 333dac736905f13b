"""What processes that read the same hosts let each other know of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LONGEST_REST = 86_400.0  # a server that asks for more, by mistake or by malice, is asked again after a day
_LONGEST_TURN = 600.0  # seconds, more than any; a time further ahead was written by a clock that was set back
_LOOK = 0.5  # seconds between two looks whether a turn is over before its time


@dataclass(frozen=True, slots=True)
class Standing:
    """How a host stands: `taken` while somebody has its turn, which `free_at` ends if nothing does before."""

    free_at: datetime
    taken: bool = False
    rests_until: datetime | None = None

    def rest(self, now: datetime) -> float:
        """Return the seconds for which it asked to be left alone, 0 for none."""
        left = (self.rests_until - now).total_seconds() if self.rests_until else 0.0
        return left if 0 < left <= LONGEST_REST else 0.0

    def wait(self, now: datetime) -> float:
        """Return the seconds until its turn may be had, or is worth another look; 0 where it may be now."""
        left = (self.free_at - now).total_seconds()
        if not 0 < left <= _LONGEST_TURN:
            return 0.0
        return min(left, _LOOK) if self.taken else left


class Hosts(Protocol):
    """The hosts that several processes read. Every method raises StoreError in words."""

    def standing(self, name: str) -> Standing | None:
        """Return how a host stands, None where nobody asked it lately."""

    def take(self, name: str, seen: Standing | None, until: datetime) -> bool:
        """Take the turn at a host, until then at most; whether it stood as `seen` and so is ours."""

    def leave(self, name: str, free_at: datetime) -> None:
        """Let go of the turn if it is still ours; the next one may ask then."""

    def rest(self, name: str, now: datetime, until: datetime) -> None:
        """Have everybody leave a host alone until then."""

    def forget_idle(self, now: datetime) -> None:
        """Forget the hosts that nobody asked for days."""
