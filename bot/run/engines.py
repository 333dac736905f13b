"""Put together what polls and what delivers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from rich.console import Console

from bot import __version__
from bot.clock import Clock
from bot.fetch.client import HttpFetcher
from bot.ops.lock import sole_user
from bot.outbox.console import ConsoleNotifier
from bot.outbox.courier import Courier
from bot.outbox.message import Notifier
from bot.run.chores import Chores
from bot.run.moving import note_standing, refuse_renamed_labs
from bot.run.poller import Poller
from bot.run.wiring import CONSOLE, App
from bot.settings.environment import Environment
from bot.slack.notifier import SlackNotifier
from bot.slack.teams import Workspaces
from bot.sources.build import build_sources

# Threads live as long as the bot: each keeps its own connection to the database.
_POLLERS = 8
_SENDERS = 4
_USER_AGENT = f"cadencebot/{__version__} (+https://github.com/cadencebot/cadencebot)"


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines: what polls, what delivers, and what else there is to do."""

    poller: Poller
    courier: Courier
    chores: Chores


@contextmanager
def at_work(app: App, console: Console, *, interactive: bool = False) -> Iterator[Engines]:
    """Hold the state directory alone, and yield the engines; `interactive`: somebody hears what is pressed.

    Raises StoreError, and ConfigError for a lab whose id was changed in feeds.yaml alone.
    """
    with (
        sole_user(app.state),
        fetcher_of(app) as fetcher,
        ThreadPoolExecutor(_POLLERS, thread_name_prefix="poll") as pollers,
        ThreadPoolExecutor(_SENDERS, thread_name_prefix="send") as senders,
    ):
        refuse_renamed_labs(app)
        note_standing(app)
        app.sync_standing_subscriptions()
        app.sync_embedded_default()
        poller = Poller(
            store=app.store,
            sources=build_sources(app.config, app.environment),
            fetch=fetcher,
            labs=app.labs,
            clock=app.clock,
            settings=app.settings,
            threads=pollers,
            own_hosts=app.environment.allowed_hosts,
            admins=app.config.admins,
        )
        notifier = notifier_of(app, console, interactive=interactive)
        pace = timedelta() if notifier.name == CONSOLE else timedelta(seconds=1)
        yield Engines(poller, Courier(app.store, notifier, app.clock, senders, pace), Chores(app, fetcher))


def notifier_of(app: App, console: Console, *, interactive: bool = False) -> Notifier:
    """Return Slack when a token is set, else the console; with workspaces of their own, each one's."""
    api_url = app.environment.slack_api_url
    own: Notifier = ConsoleNotifier(app.state / "console.jsonl", console, app.clock)
    if app.slack_token:
        own = SlackNotifier(app.slack_token, api_url, interactive=interactive)
    if not app.serves_many:
        return own
    seal = app.seal

    def open_team(team: str) -> Notifier | None:
        sealed = app.store.installations.find(team)
        return SlackNotifier(seal.open(sealed), api_url, interactive=interactive) if sealed else None

    return Workspaces(own, open_team)


def fetcher_of(app: App) -> HttpFetcher:
    """Return a client for the sources, which closes at the end of its `with`."""
    return fetcher_for(app.environment, app.clock)


def fetcher_for(environment: Environment, clock: Clock) -> HttpFetcher:
    """Return such a client where there is no more than an environment."""
    tokens = {
        urlsplit(environment.hf_endpoint).netloc: environment.hf_token.get_secret_value(),
        urlsplit(environment.llm_stats_url).netloc: environment.llm_stats_api_key.get_secret_value(),
    }
    return HttpFetcher(
        clock=clock, user_agent=_USER_AGENT, allowed_hosts=environment.allowed_hosts, tokens=tokens
    )
