"""Put the bot together from feeds.yaml and the environment."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from bot import __version__
from bot.app.courier import Courier
from bot.app.poller import Poller
from bot.clock import Clock, SystemClock
from bot.config import Config, Environment, load_config, read_environment
from bot.delivery.console import ConsoleNotifier
from bot.delivery.message import Notifier
from bot.delivery.slack import SlackNotifier
from bot.errors import ConfigError
from bot.fetch.client import HttpFetcher
from bot.ops.lock import sole_user
from bot.records import ALL, Subscription
from bot.releases.filters import Filters, make_filters
from bot.releases.labs import Directory
from bot.releases.steps import Settings
from bot.sources.base import Source
from bot.sources.build import build_sources
from bot.store.store import Store

# Threads live as long as the bot: each keeps its own connection to the database.
_POLLERS = 8
_SENDERS = 4

CONSOLE = "console"
FROM_FILE = "feeds.yaml"
EMBEDDED = "embedded default"
USER_AGENT = f"cadencebot/{__version__} (+https://github.com/cadencebot/cadencebot)"


@dataclass(frozen=True)
class App:
    """Hold what every command works with. Close it, or use it as `with open_app() as app`."""

    config: Config
    environment: Environment
    labs: Directory
    store: Store
    clock: Clock

    @property
    def state(self) -> Path:
        """Return the state directory."""
        return self.environment.cadencebot_state

    @contextmanager
    def working(self, console: Console) -> Iterator["Works"]:
        """Hold the state directory alone, and yield what polls and delivers. Raises StoreError."""
        with (
            sole_user(self.state),
            self.fetcher() as fetcher,
            ThreadPoolExecutor(_POLLERS, thread_name_prefix="poll") as pollers,
            ThreadPoolExecutor(_SENDERS, thread_name_prefix="send") as senders,
        ):
            poller = Poller(
                store=self.store,
                sources=self.sources(),
                fetch=fetcher,
                labs=self.labs,
                clock=self.clock,
                settings=Settings(self.config.defaults.group, self.config.defaults.confirm),
                threads=pollers,
                own_hosts=self.environment.allowed_hosts,
            )
            notifier = self.notifier(console)
            pace = timedelta() if notifier.name == CONSOLE else timedelta(seconds=1)
            courier = Courier(self.store, notifier, self.clock, senders, pace)
            courier.recover()
            yield Works(poller, courier)

    def notifier(self, console: Console) -> Notifier:
        """Return Slack when a token is set, else the console."""
        token = self.environment.slack_bot_token.get_secret_value()
        if token:
            return SlackNotifier(token, self.environment.slack_api_url)
        return ConsoleNotifier(self.state / "console.jsonl", console, self.clock)

    def sources(self) -> tuple[Source, ...]:
        """Return the sources of feeds.yaml."""
        return build_sources(self.config, self.environment)

    def fetcher(self) -> HttpFetcher:
        """Return a client for the sources; close it, or use it with `with`."""
        tokens = {
            urlsplit(self.environment.hf_endpoint).netloc: self.environment.hf_token.get_secret_value(),
            urlsplit(
                self.environment.llm_stats_url
            ).netloc: self.environment.llm_stats_api_key.get_secret_value(),
        }
        return HttpFetcher(
            clock=self.clock,
            user_agent=USER_AGENT,
            allowed_hosts=self.environment.allowed_hosts,
            tokens=tokens,
        )

    def sync_standing_subscriptions(self) -> None:
        """Bring the subscriptions of feeds.yaml, and the embedded default, into the store."""
        wanted = [*self._standing()]
        with self.store.transaction():
            self.store.subscriptions.sync(FROM_FILE, wanted)
            self.store.subscriptions.sync(EMBEDDED, [])
            if not self.environment.slack_bot_token.get_secret_value() and not self.store.subscriptions.all():
                self.store.subscriptions.add(self._subscription(CONSOLE, ALL, Filters(), EMBEDDED))

    def _standing(self) -> Iterator[Subscription]:
        for spec in self.config.subscriptions:
            filters = make_filters(spec.license, spec.min, spec.max)
            for lab in (ALL,) if spec.labs == ALL else spec.labs:
                yield self._subscription(spec.channel, lab, filters, FROM_FILE)

    def _subscription(self, destination: str, lab: str, filters: Filters, origin: str) -> Subscription:
        return Subscription(destination, lab, filters, origin, self.clock.now())


@dataclass(frozen=True, slots=True)
class Works:
    """Hold the two engines: what polls and what delivers."""

    poller: Poller
    courier: Courier


@contextmanager
def open_app(variables: Mapping[str, str] | None = None, clock: Clock | None = None) -> Iterator[App]:
    """Read the configuration, open the store and yield the App.

    Raises ConfigError and StoreError.
    """
    environment = read_environment(variables)
    if not environment.cadencebot_config.exists():
        raise ConfigError(
            f"{environment.cadencebot_config}: is not there; set CADENCEBOT_CONFIG to your feeds.yaml"
        )
    config = load_config(environment.cadencebot_config)
    labs = Directory(spec.lab for spec in config.labs)
    store = Store(environment.cadencebot_state, labs)
    try:
        app = App(config, environment, labs, store, clock or SystemClock())
        app.sync_standing_subscriptions()
        yield app
    finally:
        store.close()
