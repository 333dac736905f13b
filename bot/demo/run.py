"""Replay the story through the real bot, and show the channels that come of it."""

import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.demo.channel import channel_page
from bot.demo.slack import Posted
from bot.demo.story import New, Step, load_story
from bot.demo.terminal import channel_lines
from bot.demo.world import CHANNELS, World
from bot.records import NO_WEIGHTS, NOTHING_YET
from bot.run.engines import Engines, at_work
from bot.run.wiring import App, open_app

_TOPICS = {
    "model-releases": "Every release of every lab",
    "open-models": "Moonshot AI and Z.ai, permissive licences only",
}
# What a server asked us to wait for is over after this; the story's faults ask for a minute.
_REST = timedelta(seconds=70)
_TRIES = 3
_GLANCE = 0.3  # seconds that a watcher gets for each step


class StoryClock:
    """Tell the story's time: sleeping moves it on at once."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the story's present."""
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Move on without waiting."""
        with self._lock:
            self._now += timedelta(seconds=seconds)

    def reach(self, moment: datetime) -> None:
        """Move on to a moment; time never goes back."""
        with self._lock:
            self._now = max(self._now, moment)


@dataclass(frozen=True, slots=True)
class Told:
    """What one step added to the channels, beside what the story expected of it."""

    step: Step
    new: Mapping[str, tuple[Posted, ...]]
    edits: int

    @property
    def as_expected(self) -> bool:
        """Whether each channel got just what the story says."""
        return all(self.step.expect.get(name, New()) == _count(posts) for name, posts in self.new.items())


def replay(out: Path, console: Console) -> list[Told]:
    """Play the whole story, print it step by step, and write the channels to `out` as one HTML page."""
    started = time.perf_counter()
    story = load_story()
    clock = StoryClock(story[0].at)
    with tempfile.TemporaryDirectory(prefix="cadencebot-demo-") as directory, World(clock.now) as world:
        with open_app(_environment(world, Path(directory)), clock) as app, at_work(app, console) as engines:
            told = [_play(step, world, clock, engines, console) for step in story]
            summary = _summary(app, world, told)
        page = channel_page(
            {name: world.slack.posts(channel) for channel, name in CHANNELS.items()},
            summary=summary,
            topics=_TOPICS,
            addresses=world.public_addresses(),
        )
    out.write_text(page, encoding="utf-8")
    console.print(Text(f"\n{summary}", style="bold"))
    console.print(Text(f"The channels as a page: {out}   ({time.perf_counter() - started:.1f} s)"))
    return told


def _environment(world: World, directory: Path) -> dict[str, str]:
    config = directory / "feeds.yaml"
    config.write_text(world.config_text(), encoding="utf-8")
    return {
        **world.environment(),
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(directory / "state"),
    }


def _play(step: Step, world: World, clock: StoryClock, engines: Engines, console: Console) -> Told:
    """Change the world, let the bot read and deliver, and show what is new."""
    clock.reach(step.at)
    before = {channel: world.slack.posts(channel) for channel in CHANNELS}
    world.apply(step)
    _read_everything(engines, clock)
    engines.courier.deliver_all()
    after = {channel: world.slack.posts(channel) for channel in CHANNELS}
    told = Told(
        step,
        {name: after[channel][len(before[channel]) :] for channel, name in CHANNELS.items()},
        sum(post.edits for posts in after.values() for post in posts)
        - sum(post.edits for posts in before.values() for post in posts),
    )
    _show(told, console)
    return told


def _read_everything(engines: Engines, clock: StoryClock) -> None:
    """Poll until every source was read, waiting out what a server asks for."""
    sources = engines.poller.rested()
    for _ in range(_TRIES):
        unread = {report.source_id for report in engines.poller.poll(sources).failed} | _turned_away(engines)
        if not unread:
            return
        clock.sleep(_REST.total_seconds())
        sources = [source for source in engines.poller.rested() if source.id in unread]


def _turned_away(engines: Engines) -> set[str]:
    """Return the sources that were read but for one of their new repositories."""
    states = engines.poller.store.sources.states().values()
    return {
        state.id
        for state in states
        if any(note.get("why") not in (NO_WEIGHTS, NOTHING_YET) for note in state.waiting)
    }


def _show(told: Told, console: Console) -> None:
    console.print(
        Text(f"\n{told.step.at:%a %d %b %H:%M}  ", style="bold cyan").append(told.step.tell, style="bold")
    )
    for name, posts in told.new.items():
        for post in posts:
            console.print(Text(f"  #{name}", style="dim"))
            for line in channel_lines(post):
                console.print(Text("  ").append_text(line))
    if told.edits:
        console.print(Text(f"  {told.edits} edited in place", style="dim"))
    elif not any(told.new.values()):
        console.print(Text("  nothing to say", style="dim"))
    if console.is_terminal:
        time.sleep(_GLANCE)


def _summary(app: App, world: World, told: list[Told]) -> str:
    counts = app.store.deliveries.counts()
    posts = [post for channel in CHANNELS for post in world.slack.posts(channel)]
    alerts = sum(1 for post in posts if not post.thread_ts)
    right = sum(1 for each in told if each.as_expected)
    unsettled = sum(counts.get(state, 0) for state in ("owed", "claimed", "doubtful", "unclear"))
    return (
        f"{len(told)} steps: {alerts} alerts, {len(posts) - alerts} thread replies and "
        f"{sum(post.edits for post in posts)} edits in {len(CHANNELS)} channels; "
        f"{right} of {len(told)} steps as the story expects; "
        f"{unsettled} messages owed or unclear."
    )


def _count(posts: tuple[Posted, ...]) -> New:
    replies = sum(1 for post in posts if post.thread_ts)
    return New(len(posts) - replies, replies)
