"""A bot at work, with a Hub and a Slack on loopback, whose feeds.yaml a test writes anew."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from bot.demo.hub import Hub
from bot.demo.slack import Slack
from bot.run.engines import Engines, at_work
from bot.run.rereading import Rereading
from bot.run.wiring import App, open_app
from tests.crash.world import START, Time, environment, repository
from tests.support.clock import FakeClock

OWNERS = {"moonshotai": "moonshot"}
CHANNELS = {"C0ONE": "one", "U0BOSS": "boss"}
ZAI = {"id": "zai", "name": "Z.ai", "sources": [{"hub": "zai-org"}]}


class Life:
    """A bot that has its baseline of Moonshot behind it; C0ONE follows all, and U0BOSS is an admin."""

    def __init__(self, app: App, engines: Engines, hub: Hub, slack: Slack) -> None:
        self.app, self.engines, self.hub, self.slack = app, engines, hub, slack
        self.file = app.environment.cadencebot_config
        self.rereading = Rereading(app, engines)
        self.tick()
        self.poll()

    def write(self, change: Callable[[dict[str, Any]], object]) -> None:
        content = yaml.safe_load(self.file.read_text(encoding="utf-8"))
        change(content)
        self.file.write_text(yaml.safe_dump(content), encoding="utf-8")

    def tick(self, times: int = 2) -> None:
        for _ in range(times):
            self.rereading.tick()

    def poll(self) -> None:
        self.engines.poller.poll(self.engines.poller.rested())
        self.engines.courier.deliver_all()

    @property
    def sources(self) -> list[str]:
        return [source.id for source in self.engines.poller.sources]

    def told(self, place: str) -> list[str]:
        return [post.text for post in self.slack.posts(place)]


@contextmanager
def living(directory: Path) -> Iterator[Life]:
    """Let a bot live in a directory, in a world with two organisations of which it watches one."""
    time = Time()
    with Hub(time, quota=1_000_000) as hub, Slack(time, CHANNELS) as slack, ExitStack() as stack:
        hub.put(repository("moonshotai/Kimi-K2.5"), repository("zai-org/GLM-5"))
        app = stack.enter_context(open_app(environment(directory, hub, slack, OWNERS), FakeClock(START)))
        yield Life(app, stack.enter_context(at_work(app, Console(quiet=True))), hub, slack)
