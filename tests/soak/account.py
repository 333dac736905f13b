"""What a soak came to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Gauge = tuple[str, float, float, float]  # its name, and the reading at first, at last, at most


@dataclass(frozen=True)
class Account:
    """The figures of a soak; alerts and replies are counted in each channel."""

    seed: int
    minutes: float
    history: bool
    kills: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    releases: int = 0
    channels: int = 0
    alerts: int = 0
    replies: int = 0
    lost: Sequence[str] = ()
    doubled: Sequence[str] = ()
    out_of_order: int = 0
    outdated: int = 0
    unclear: int = 0
    told: int = 0
    errors: int = 0
    gauges: Sequence[Gauge] = ()
    longer_lives: int = 0

    @property
    def is_broken(self) -> bool:
        """Whether a promise was."""
        return bool(self.lost or self.doubled or self.told < self.unclear)

    def as_object(self) -> dict[str, Any]:
        return {**asdict(self), "broken": self.is_broken}

    def lines(self) -> Iterator[str]:
        """Yield the lines of the table."""
        history = "with" if self.history else "without"
        yield f"a soak of {self.minutes:g} minutes {history} history, seed {self.seed}"
        yield f"{'kills':<40}{self.kills:>10,}"
        yield f"{'faults':<40}{sum(self.faults.values()):>10,}"
        yield from (f"  {kind:<38}{number:>10,}" for kind, number in sorted(self.faults.items()))
        for what, number in self._counts():
            yield f"{what:<40}{number:>10,}"
        yield from (f"  {one}" for one in (*self.lost, *self.doubled)[:20])
        yield f"{f'in {self.longer_lives} longer lives':<40}{'first':>10}{'last':>10}{'most':>10}"
        for name, *readings in self.gauges:
            yield f"  {name:<38}" + "".join(f"{reading:>10,.1f}" for reading in readings)

    def _counts(self) -> Iterator[tuple[str, int]]:
        yield "releases", self.releases
        yield f"alerts in {self.channels} channels", self.alerts
        yield "replies", self.replies
        yield "lost", len(self.lost)
        yield "doubled", len(self.doubled)
        yield "out of order", self.out_of_order
        yield "alerts that miss a change", self.outdated
        yield "unclear", self.unclear
        yield "  of these told", self.told
        yield "errors logged", self.errors
