"""Replay the story through the real bot, and show the channels that come of it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.demo.clock import StoryClock
from bot.demo.course import Moment
from bot.demo.home import fresh_home
from bot.demo.page import Room, Scene, page
from bot.demo.slack import Posted
from bot.demo.story import New, Step, load_story
from bot.demo.world import CHANNELS, World
from bot.records import NO_WEIGHTS, NOTHING_YET, Content
from bot.run.engines import Engines, at_work
from bot.run.wiring import App, open_app
from bot.views.terminal import page as lines

TOPICS = {
    "C0RELEASES": "Every release of every lab",
    "C0OPEN": "Moonshot AI and Z.ai, permissive licences only",
}
# What a server asked us to wait for is over after this; the story's faults ask for a minute.
_REST = timedelta(seconds=70)
_TRIES = 3
_GLANCE = 0.3  # seconds that a watcher gets for each step


@dataclass(frozen=True, slots=True)
class Played:
    """What one step added to the channels, beside what the story expected of it."""

    step: Step
    new: Mapping[str, tuple[Posted, ...]]
    edits: int

    @property
    def as_expected(self) -> bool:
        """Whether each channel got just what the story says."""
        return all(self.step.expect.get(name, New()) == _counted(posts) for name, posts in self.new.items())


@dataclass(frozen=True, slots=True)
class Stage:
    """The world as the story left it, with the bot in it, both still at work."""

    app: App
    engines: Engines
    world: World
    clock: StoryClock
    played: Sequence[Played]
    course: Sequence[Moment]
    summary: str

    @property
    def as_expected(self) -> bool:
        """Whether every step added to the channels just what the story says."""
        return all(each.as_expected for each in self.played)

    def scene(self, rooms: Sequence[Room]) -> Scene:
        """Return what is to be seen of these channels."""
        world = self.world
        return Scene(rooms, self.course, self.summary, world.public_addresses(), world.slack.names)


@contextmanager
def telling(out: Path, console: Console, *, interactive: bool = False) -> Iterator[Stage]:
    """Play the whole story, print it step by step, write the channels to `out`, and yield what stays of it.

    The bot's state is kept in a directory beside `out`. `interactive`: somebody will press the buttons.
    Raises UsageError where that directory holds something else.
    """
    started, home, story = time.perf_counter(), fresh_home(out), load_story()
    clock = StoryClock(story[0].at)
    with World(clock.now) as world:
        variables = {**world.environment(home), "CADENCEBOT_STATE": str(home), "CADENCEBOT_HEALTH": "off"}
        with open_app(variables, clock) as app, at_work(app, console, interactive=interactive) as engines:
            played, course = [], []
            for step in story:
                played.append(_play(step, world, clock, engines, console))
                course.append(Moment(step.at, step.tell, _posts(world)))
            stage = Stage(app, engines, world, clock, played, course, _summary(app, world, played))
            shown = [
                Room(channel, CHANNELS[channel], TOPICS[channel], posts)
                for channel, posts in _posts(world).items()
            ]
            out.write_text(page(stage.scene(shown)), encoding="utf-8")
            console.print(Text(f"\n{stage.summary}", style="bold"))
            console.print(Text(f"The channels as a page: {out}   ({time.perf_counter() - started:.1f} s)"))
            yield stage


def _play(step: Step, world: World, clock: StoryClock, engines: Engines, console: Console) -> Played:
    """Change the world, let the bot read and deliver, and show what is new."""
    clock.reach(step.at)
    before = _posts(world)
    world.apply(step)
    _read_everything(engines, clock)
    engines.courier.deliver_all()
    after = _posts(world)
    new = {name: after[channel][len(before[channel]) :] for channel, name in CHANNELS.items()}
    played = Played(step, new, _edits(after) - _edits(before))
    _show(played, console)
    return played


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


def _show(played: Played, console: Console) -> None:
    head = Text(f"\n{played.step.at:%a %d %b %H:%M}  ", style="bold cyan")
    console.print(head.append(played.step.tell, style="bold"))
    for name, posts in played.new.items():
        for post in posts:
            console.print(Text(f"  #{name}", style="dim"))
            console.print(_message(post))
    if played.edits:
        console.print(Text(f"  {played.edits} edited in place", style="dim"))
    elif not any(played.new.values()):
        console.print(Text("  nothing to say", style="dim"))
    if console.is_terminal:
        time.sleep(_GLANCE)


def _message(post: Posted) -> Table:
    """Return a message for the terminal, a reply under an arrow; without buttons, which lead nowhere."""
    blocks = tuple(dict(block) for block in post.blocks if block["type"] != "actions")
    mark = Text("    ↳ " if post.thread_ts else "  ▌ ", style="cyan")
    table = Table.grid()
    table.add_row(mark, lines(Content(post.text, blocks)))
    return table


def _summary(app: App, world: World, played: list[Played]) -> str:
    counts = app.store.deliveries.counts()
    posts = _posts(world)
    said = [_counted(each) for each in posts.values()]
    right = sum(1 for each in played if each.as_expected)
    unsettled = sum(counts.get(state, 0) for state in ("owed", "claimed", "doubtful", "unclear"))
    return (
        f"{len(played)} steps: {sum(new.messages for new in said)} alerts, "
        f"{sum(new.replies for new in said)} thread replies and "
        f"{_edits(posts)} edits in {len(CHANNELS)} channels; "
        f"{right} of {len(played)} steps as the story expects; "
        f"{unsettled} messages owed or unclear."
    )


def _posts(world: World) -> dict[str, tuple[Posted, ...]]:
    """Return what stands in each of the story's channels."""
    return {channel: world.slack.posts(channel) for channel in CHANNELS}


def _edits(posts: Mapping[str, Sequence[Posted]]) -> int:
    return sum(post.edits for those in posts.values() for post in those)


def _counted(posts: Sequence[Posted]) -> New:
    replies = sum(1 for post in posts if post.thread_ts)
    return New(len(posts) - replies, replies)
