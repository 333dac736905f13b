"""What came of polling."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """What came of polling one source."""

    source_id: str
    host: str = ""  # where it is
    new: int = 0  # sightings that were not known
    baseline: bool = False
    announced: tuple[str, ...] = ()  # the keys of the releases that were announced
    held: int = 0  # releases that a flood guard kept back
    failure: str = ""
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of polling several sources."""

    reports: tuple[Report, ...] = ()

    @property
    def failed(self) -> tuple[Report, ...]:
        """Return the reports of the sources that could not be read."""
        return tuple(report for report in self.reports if report.failure)

    @property
    def announced(self) -> tuple[str, ...]:
        """Return the keys of all announced releases, each once."""
        return tuple(dict.fromkeys(key for report in self.reports for key in report.announced))


Progress = Callable[[Report], object]  # hears of each source as it is done, in the thread that polled it


def unheard(_report: Report) -> None:
    """Hear of a report, and do nothing about it."""
