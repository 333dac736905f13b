"""Jobs: hints to the workers that something is due. The tables know what is: none matters by itself."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Job:
    """What one worker at a time does: a task, and with what."""

    task: str
    subject: str = ""

    @property
    def key(self) -> str:
        """What no two jobs have that are done at the same time."""
        return f"{self.task}:{self.subject}"


class Jobs(Protocol):
    """The jobs of all workers of one database. Every method raises StoreError in words."""

    def pending(self) -> set[Job]:
        """Return the jobs that wait, or are being done."""

    def defer(self, jobs: Iterable[Job]) -> None:
        """Have jobs done by whichever worker is free; inside a transaction once it is stored, or not at all.

        One that waits already is not deferred again.
        """

    def work(
        self, tasks: Mapping[str, Callable[[str], object]], slots: Mapping[tuple[str, ...], int]
    ) -> None:
        """Do the jobs of these tasks until `stop`; also those of workers that died.

        `slots` are how many are done side by side, of some tasks together: what hangs takes none of others.
        """

    def idle(self) -> str:
        """Return why no jobs are done here, "" while they are."""

    def stop(self) -> None:
        """Have `work` begin no other job, and end once those are done that it has begun."""
