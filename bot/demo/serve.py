"""The world after the story, served: the bot goes on working, and hears what is pressed on the page."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.demo.deeds import Deeds, Ear
from bot.demo.page import Room, Scene
from bot.demo.run import TOPICS, Stage
from bot.demo.web import Site
from bot.demo.world import OTHERS
from bot.ops.web import LOOPBACK, Address, serving
from bot.run.answering import answering
from bot.run.monitor import monitoring, tell_admins
from bot.run.rereading import Rereading
from bot.run.service import Service

_ANY_PORT = (LOOPBACK, 0)
_OUTSIDE = "cadencebot is not here: /invite @cadencebot"
_INVITED = "cadencebot was invited here"
_DIRECT = "Between you and the bot"


@dataclass(frozen=True, slots=True)
class Served:
    """The page's address; `run` polls and delivers until `stop`, which says what is finished first."""

    url: str
    run: Callable[[], None]
    stop: Callable[[], str]


@contextmanager
def served(stage: Stage, address: Address = _ANY_PORT) -> Iterator[Served]:
    """Serve the page of a stage at an address of loopback while the block runs.

    What is pressed goes from the page to the stand-in for Slack, and from there, signed, to the bot's own
    HTTP address. Raises ConfigError where the address cannot be had.
    """
    workspace, app, engines = stage.world.slack, stage.app, stage.engines
    stage.clock.run_on()
    with ExitStack() as stack:
        routes = stack.enter_context(answering(app, engines.poller.fetch, http=True))
        heard_at = stack.enter_context(serving(_ANY_PORT, routes))
        monitor = stack.enter_context(monitoring(app, engines))
        service = Service(engines, monitor, lambda: tell_admins(app, monitor), Rereading(app, engines).tick)
        deeds = Deeds(workspace, Ear(heard_at, workspace.signing_secret))
        site = Site(workspace, deeds, lambda person: scene_of(stage, person))
        url = stack.enter_context(serving(address, site.routes))
        site.serve_at(urlsplit(url).port or 0)
        stack.callback(workspace.let_go)  # a page that waits for news would hold up the end

        def stop() -> str:
            service.stop()
            return engines.under_way()

        yield Served(url, service.run, stop)


def scene_of(stage: Stage, person: str) -> Scene:
    """Return what one person sees."""
    workspace = stage.world.slack
    direct = workspace.people[person].direct
    lounges = {channel: _OUTSIDE if channel in workspace.outside else _INVITED for channel in OTHERS}
    topics = {**TOPICS, **lounges, direct: _DIRECT}
    names = {**workspace.names, direct: "cadencebot"}
    return stage.scene(
        [Room(room, names[room], topic, workspace.seen(person, room)) for room, topic in topics.items()]
    )
