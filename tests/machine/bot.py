"""A bot to be hurt: real store, decider and courier; sources, channel and clock as the machine wants them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.fetch import Fetcher
from bot.model import Sighting, SourceKind
from bot.slack.workspaces import WorkspacesNotifier
from bot.sources.base import Memory, Poll
from bot.store.backup import back_up
from bot.store.restore import restore
from bot.store.store import FILE_NAME, Store
from tests.machine.wall import Elsewhere, Killed, Wall
from tests.support.clock import FakeClock
from tests.support.house import LABS, House, ScriptedSource
from tests.support.threads import AtOnce

POLLING = (
    "releases.apply",
    "deliveries.owe_alerts",
    "deliveries.owe_note_to",
    "deliveries.owe_edits",
    "sources.remember",
    "sources.succeeded",
)
DELIVERING = (
    "deliveries.claim",
    "deliveries.settle",
    "deliveries.lose_sight",
    "deliveries.note_search",
    "deliveries.settle_sent",
    "deliveries.note_content",
)


class WrongClock(FakeClock):
    """A clock that shows the time of the true one and `error`; sleeping takes true time."""

    def __init__(self, true: FakeClock) -> None:
        super().__init__()
        self.true = true
        self.error = timedelta()

    def now(self) -> datetime:
        return self.true.now() + self.error

    def sleep(self, seconds: float) -> None:
        self.true.sleep(seconds)

    def ticks(self) -> float:
        return self.true.ticks()

    def advance(self, by: timedelta) -> None:
        self.true.advance(by)


@dataclass(eq=False)
class VersionedSource(ScriptedSource):
    """A source with an ETag, which changes with what it shows: it answers 304 to who has seen that.

    A `lying` one keeps its ETag. `bodies` remembers what was shown, by the fingerprint of it.
    """

    bodies: dict[str, frozenset[str]] = field(default_factory=dict)
    version: int = 0
    lying: bool = False

    def show(self, *sightings: Sighting) -> None:
        self.shown = list({it.external_id: it for it in (*self.shown, *sightings)}.values())
        self.version += not self.lying

    def shows(self, external_id: str) -> bool:
        return any(it.external_id == external_id for it in self.shown)

    def hide(self, external_id: str) -> Sighting:
        self.version += not self.lying
        [hidden] = [it for it in self.shown if it.external_id == external_id]
        self.shown.remove(hidden)
        return hidden

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        if self.error:
            raise self.error
        etag = f'"{self.version}"'
        if memory.etag == etag:
            return Poll(etag=etag, count=memory.usual_count, fingerprint=memory.fingerprint)
        digests = {it.external_id: _digest(it) for it in self.shown}
        fingerprint = f"{self.version} {sorted(digests.items())}"
        self.bodies[fingerprint] = frozenset(digests)
        known = memory.known(digests)
        moved = memory.shown_elsewhere(digests.keys() - known.keys())
        new = (
            replace(it, amends=it.external_id in known or it.external_id in moved)
            for it in self.shown
            if digests[it.external_id] != known.get(it.external_id)
        )
        # One thing stands there all the time: nothing at all would be no baseline.
        return Poll(tuple(new), digests, etag=etag, count=1 + len(digests), fingerprint=fingerprint)


def _digest(sighting: Sighting) -> str:
    return f"{sighting.title} {sighting.facts.license}"


@dataclass
class Mortal:
    """A process, and whether it has died."""

    ended: bool = False


class Bot(House):
    """A house whose channel has moods and whose sources answer 304; `epoch` counts its databases."""

    clock: WrongClock
    hub: VersionedSource
    blog: VersionedSource
    listing: VersionedSource
    other: VersionedSource  # another organisation
    sources: Sequence[VersionedSource]

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, baselined=False, subscribed=False)
        self.directory = directory
        self.clock = WrongClock(FakeClock())
        self.wall = Wall(self.clock.true)
        self.sources = [VersionedSource(it.id, it.kind, it.url) for it in self.sources]
        self.other = VersionedSource("hub:other", SourceKind.HUB, "https://hub.example/other")
        self.hub, self.blog, self.listing = self.sources
        self.sources = [*self.sources, self.other]
        self.poller.sources, self.poller.clock = self.sources, self.clock
        self.poller.threads = self.courier.threads = AtOnce()
        self.restart()

    def restart(self) -> None:
        """Go on as a new process with the same store."""
        super().restart()
        elsewhere = Elsewhere(self.wall)
        self.courier.notifier = WorkspacesNotifier(
            self.wall, lambda team: elsewhere if team == elsewhere.team else None
        )
        self.courier.clock = self.clock

    def end(self) -> None:
        self.store.close()

    def back_up(self) -> None:
        back_up(self.directory / FILE_NAME, self.directory / "backup.db", replacing=True)

    def put_back(self) -> None:
        """Stop, put the backup back, and start again."""
        self.store.close()
        backup, database = self.directory / "backup.db", self.directory / FILE_NAME
        restore(backup, database, self.directory / "replaced.db", self.clock.now())
        self.wall.epoch += 1
        self.store = self.poller.store = Store(self.directory, LABS)
        self.restart()

    @contextmanager
    def mortal(self, step: str = "", when: str = "after") -> Iterator["Mortal"]:
        """Let the process die inside, before or after a step if one is named, and start it again."""
        life = Mortal()
        try:
            with _deadly(self.store, step, when) if step else nullcontext():
                yield life
        except Killed:
            life.ended = True
            self.restart()

    def query(self, sql: str, **parameters: object) -> list[Mapping[str, object]]:
        return list(self.store._database.query(sql, parameters))


@contextmanager
def _deadly(store: Store, step: str, when: str) -> Iterator[None]:
    part, method = step.split(".")
    owner = getattr(store, part)
    real = getattr(owner, method)

    def dying(*arguments: object, **named: object) -> None:
        if when == "after":
            real(*arguments, **named)
        raise Killed

    setattr(owner, method, dying)
    try:
        yield
    finally:
        delattr(owner, method)
