"""A bot whose feeds.yaml is edited, between its runs or while it works; a Hub and a Slack on loopback."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self

import yaml
from rich.console import Console

from bot.demo.hub import Hub
from bot.demo.slack import Slack
from bot.desk import labs
from bot.desk.trial import Trier
from bot.errors import ConfigError, UsageError
from bot.run.engines import Engines, at_work, fetcher_of
from bot.run.renames import move_lab
from bot.run.rereading import Rereading
from bot.run.wiring import App, open_app
from tests.crash.world import Time, environment, repository
from tests.support.clock import FakeClock
from tests.support.made_up import named

CHANNEL = "C0ALL"
ORGANISATIONS = {"amber-ai": "amber", "amber-labs": "amber", "basil-ai": "basil", "cedar-ai": "cedar"}


class FeedsWorld:
    """The world; `written` is what feeds.yaml says: organisations as they are spelt, and their labs.

    With `lives_on` the bot works all the time, and reads the file again where it was changed.
    """

    def __init__(self, directory: Path, *, lives_on: bool = False) -> None:
        self._lives_on = lives_on
        self._life = ExitStack()
        self._bot: tuple[App, Engines, Rereading] | None = None
        self.directory = directory
        self.time = Time()
        self.hub = Hub(self.time, quota=1_000_000)
        self.slack = Slack(self.time, {CHANNEL: "all"})
        self.written: dict[str, str] = dict(ORGANISATIONS)

    def __enter__(self) -> Self:
        self.hub.__enter__()
        self.slack.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.slack.__exit__(None, None, None)
        self.hub.__exit__(None, None, None)

    def publish(self, name: str) -> None:
        self.hub.put(repository(name))

    def run(self) -> None:
        """Read feeds.yaml, poll everything and deliver, a day after the last time. Raises ConfigError."""
        self.time.now += timedelta(days=1)
        with self._working() as engines:
            polled = engines.poller.poll(engines.poller.rested())
            engines.courier.deliver_all()
        assert not polled.failed
        assert not any(report.held for report in polled.reports)

    @contextmanager
    def _working(self) -> Iterator[Engines]:
        """Lend the engines of a bot that has read the file. Raises ConfigError."""
        variables = self._variables()
        if self._bot is None:
            app = self._life.enter_context(open_app(variables, FakeClock(self.time.now)))
            engines = self._life.enter_context(at_work(app, Console(quiet=True)))
            self._bot = app, engines, Rereading(app, engines)
        app, engines, rereading = self._bot
        assert isinstance(app.clock, FakeClock)
        app.clock.advance(self.time.now - app.clock.now())
        for _ in range(2):
            rereading.tick()
        if app.wrong:
            raise ConfigError(app.wrong)
        yield engines
        if not self._lives_on:
            self.end()

    def end(self) -> None:
        """Let the bot end; the next run begins another life."""
        self._bot = None
        self._life.close()

    def add(self, organisation: str) -> str:
        """Have an organisation watched beside the file; return its lab's id, "" where that is refused."""
        with self._reading() as app, fetcher_of(app) as fetcher:
            trier = Trier(app.environment, app.config, app.labs, app.clock, fetcher)
            try:
                proposal = labs.propose(trier, app.store, app.config, organisation)
            except UsageError:
                return ""
            with app.store.transaction():
                labs.add(app.store, proposal, "a test", app.clock.now())
            return proposal.lab.id

    def remove(self, lab: str) -> bool:
        """Take a lab out that was added beside the file; return whether that was not refused."""
        with self._reading() as app, app.store.transaction():
            try:
                labs.remove(app.store, app.settled, labs.find(app.store, app.labs, lab))
            except UsageError:
                return False
        return True

    @contextmanager
    def _reading(self) -> Iterator[App]:
        """Lend the bot that works, or one that ends again."""
        if self._bot:
            yield self._bot[0]
            return
        with open_app(self._variables(), FakeClock(self.time.now)) as app:
            yield app

    def knows(self, lab: str) -> bool:
        """Whether anything is stored of a lab."""
        with self._reading() as app:
            return lab in app.store.addresses.known_labs()

    def move_lab(self, old: str, new: str) -> None:
        self.end()
        with open_app(self._variables(), FakeClock(self.time.now)) as app:
            move_lab(app, old, new, "a test")

    def _variables(self) -> Mapping[str, str]:
        variables = environment(self.directory, self.hub, self.slack)
        written, labs_there = self.written, sorted(set(self.written.values()))
        theirs = {lab: [spelt for spelt in written if written[spelt] == lab] for lab in labs_there}
        rows = [
            {"id": lab, "name": lab.title(), "sources": [{"hub": spelt} for spelt in own]}
            for lab, own in theirs.items()
        ]
        path = Path(variables["CADENCEBOT_CONFIG"])
        subscriptions = [{"channel": CHANNEL, "labs": "all"}]
        path.write_text(yaml.safe_dump({"labs": rows, "subscriptions": subscriptions}), encoding="utf-8")
        return variables

    def announced(self) -> Counter[str]:
        """Return how many alerts tell of each release."""
        alerts = (post for post in self.slack.posts(CHANNEL) if not post.thread_ts)
        return Counter(name for post in alerts for name in named(f"{post.text} {post.blocks}"))
