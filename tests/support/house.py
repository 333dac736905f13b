"""A whole bot: real store, decider and courier; sources and notifier that a test scripts."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import Failure, SourceError
from bot.fetch import Fetcher, Posted, Response
from bot.model import (
    ALL,
    DateOrigin,
    Destination,
    Facts,
    Follow,
    Lab,
    LicenseStatement,
    Published,
    Sighting,
    SourceKind,
)
from bot.outbox.courier import Courier
from bot.outbox.message import Absent, Closed, Later, Message, Outcome, Refused, Search, Sent, Unclear
from bot.records import Subscription
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from bot.releases.news.decision import Settings
from bot.run.poller import Poller
from bot.run.reports import Polled
from bot.sources.base import Memory, Poll
from bot.store.store import Store
from tests.support.clock import FakeClock

LONG = 60.0  # seconds: a round ends with its last step, however slow the machine is
Found = Sent | Absent | Unclear | Later | Refused | Closed  # what may come of looking for a message

LABS = (
    Lab("moonshot", "Moonshot AI", ("kimi",), "CN", ("moonshotai",)),
    Lab("zai", "Z.ai", ("glm",), "CN", ("zai-org",)),
    Lab("google", "Google", ("gemma", "deepmind"), "US", ("google",)),
    Lab("qwen", "Qwen", ("alibaba",), "CN", ("Qwen",)),
    Lab("deepseek", "DeepSeek", (), "CN", ("deepseek-ai",)),
    Lab("mistral", "Mistral AI", (), "FR", ("mistralai",)),
)


class NoFetcher:
    """Fetch nothing: scripted sources bring their sightings along."""

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        deadline: float = 30.0,
        max_bytes: int | None = None,
    ) -> Response:
        raise SourceError(Failure.UNREACHABLE, f"{url}: there is no network in this test")

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, deadline: float) -> Posted:
        raise SourceError(Failure.UNREACHABLE, "is not there: there is no network in this test")


@dataclass(eq=False)
class ScriptedSource:
    """A source that shows what a test tells it to, and `others` that no test asks about."""

    id: str
    kind: SourceKind
    url: str
    every: timedelta = timedelta(minutes=10)
    shown: list[Sighting] = field(default_factory=list)
    others: int = 0
    error: Exception | None = None
    polls: int = 0

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        self.polls += 1
        if self.error:
            raise self.error
        known = memory.known(sighting.external_id for sighting in self.shown)
        new = tuple(s for s in self.shown if s.external_id not in known or s.amends)
        return Poll(
            new, {s.external_id: "seen" for s in self.shown}, etag="e", count=self.others + len(self.shown)
        )


@dataclass
class Channel:
    """A notifier that keeps what it was given; `outcomes` are answered before the good ones."""

    name: str = "memory"
    interactive: bool = False
    messages: list[Message] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    lookups: list[Found] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        if self.outcomes:
            return self.outcomes.pop(0)
        self.messages.append(message)
        return Sent(message.destination, f"{len(self.messages)}.000100")

    def find(self, message: Message, search: Search) -> Found:
        return self.lookups.pop(0) if self.lookups else Absent()

    def time_at(self, destination: Destination) -> datetime | None:
        return None

    def permalink(self, channel: str, ts: str) -> str:
        return f"https://chat.example/{channel}/{ts}"

    @property
    def alerts(self) -> list[str]:
        return [m.content.text for m in self.messages if not m.thread_ts and not m.edit_ts]

    @property
    def replies(self) -> list[str]:
        return [m.content.text for m in self.messages if m.thread_ts]

    @property
    def edits(self) -> list[str]:
        return [m.content.text for m in self.messages if m.edit_ts]


class House:
    """One bot with a Hub, a blog and a listing, all past their baseline, and one channel."""

    def __init__(
        self,
        directory: Path,
        labs: Sequence[Lab] = LABS,
        *,
        baselined: bool = True,
        subscribed: bool = True,
        url: str = "",
    ) -> None:
        self.directory = directory
        self.clock = FakeClock()
        self.store = Store(directory, labs, url=url)
        self.labs = Labs(labs)
        self.channel = Channel()
        self.hub = ScriptedSource("hub:org", SourceKind.HUB, "https://hub.example/api")
        self.blog = ScriptedSource("feed:blog", SourceKind.FEED, "https://blog.example/rss")
        self.listing = ScriptedSource("llm_stats", SourceKind.LLM_STATS, "https://stats.example/models")
        self.sources: Sequence[ScriptedSource] = [self.hub, self.blog, self.listing]
        threads = ThreadPoolExecutor(1)  # so that outcomes are answered in a known order
        self.poller = Poller(
            self.store, self.sources, NoFetcher(), self.labs, self.clock, Settings(), threads
        )
        self.courier = self._courier(threads)
        if subscribed:
            self.subscribe("C1")
        if baselined:
            for source in self.sources:
                source.others = 1  # nothing at all would be no baseline
            self.poller.poll(self.sources)

    def restart(self) -> None:
        """Go on as a new process with the same store."""
        self.courier = self._courier(self.courier.threads)

    def _courier(self, threads: Executor) -> Courier:
        writer = ThreadPoolExecutor(1)
        return Courier(self.store, self.channel, self.clock, threads, writer, timedelta(), moment=LONG)

    def subscribe(self, destination: str, lab: str = ALL, filters: Filters | None = None) -> None:
        with self.store.transaction():
            self.store.subscriptions.add(
                Subscription(
                    Destination(destination), Follow(lab), filters or Filters(), "test", self.clock.now()
                )
            )

    def show(self, source: ScriptedSource, *sightings: Sighting) -> Polled:
        """Let a source show these things too, poll it a second later, and deliver."""
        self.later(seconds=1)
        source.shown += sightings
        polled = self.poller.poll([source])
        self.courier.deliver_all()
        return polled

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    def repository(
        self,
        name: str,
        hub_id: str = "",
        lab: str = "",
        *,
        license: LicenseStatement | None = None,
        parameters: int | None = None,
        download_bytes: int | None = None,
        weights: str = "",
        task: str = "text-generation",
        gated: str = "",
    ) -> Sighting:
        """Return a sighting of a Hub repository, created a week before it was public."""
        created = Published(self.clock.now() - timedelta(days=7), DateOrigin.CREATED)
        return Sighting(
            source_id=self.hub.id,
            source=SourceKind.HUB,
            lab=lab or self._lab_of(name),
            external_id=hub_id or f"id:{name}",
            title=name,
            url=f"https://hub.example/{name}",
            published=created,
            tags=("safetensors",),
            facts=Facts(
                license=license,
                parameters=parameters,
                download_bytes=download_bytes,
                weights=weights,
                task=task,
                gated=gated,
            ),
        )

    def post(self, title: str, lab: str, days_ago: float = 0) -> Sighting:
        published = Published(self.clock.now() - timedelta(days=days_ago), DateOrigin.POSTED)
        url = f"https://blog.example/{title.replace(' ', '-')}"
        return Sighting(self.blog.id, SourceKind.FEED, lab, f"guid:{title}", title, url, published)

    def _lab_of(self, repository: str) -> str:
        lab = self.labs.find(repository.partition("/")[0])
        assert lab, f"no lab publishes {repository}"
        return lab.id

    def row(self, name: str, lab: str, days_ago: float = 0) -> Sighting:
        published = Published(self.clock.now() - timedelta(days=days_ago), DateOrigin.LISTED, "day")
        url = f"https://stats.example/models/{name.lower()}"
        return Sighting(self.listing.id, SourceKind.LLM_STATS, lab, name.lower(), name, url, published)


def amended(sighting: Sighting, *, title: str = "", facts: Facts | None = None) -> Sighting:
    """Return the sighting as its source shows it again, with another title or with other facts."""
    return replace(sighting, amends=True, title=title or sighting.title, facts=facts or sighting.facts)


def licensed(key: str, name: str = "") -> LicenseStatement:
    return LicenseStatement(key, name)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
