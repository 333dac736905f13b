"""What polls, what delivers and what else there is to do, put together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from rich.console import Console

from bot import __version__
from bot.clock import Clock
from bot.fetch.address import host_in
from bot.fetch.client import HttpFetcher
from bot.fetch.hosts import Hosts
from bot.model import CONSOLE
from bot.ops.private import tighten
from bot.ops.sealing import seal_of
from bot.outbox.console import ConsoleNotifier
from bot.outbox.courier import Courier
from bot.outbox.message import Notifier
from bot.outbox.webhooks import Outlets, WebhookNotifier
from bot.run.chores import Chores
from bot.run.gaps import note_alive
from bot.run.poller import Poller
from bot.run.renames import note_addresses, refuse_renamed_labs
from bot.run.webhooks import webhooks_of
from bot.run.wiring import App
from bot.settings.environment import Environment
from bot.slack.notifier import SlackNotifier
from bot.slack.workspaces import ManyWorkspaces, WorkspacesNotifier
from bot.sources.build import build_sources
from bot.views.phrases import counted

# Threads live as long as the bot: each keeps its own connection to the database.
POLLERS = 12  # a host that hangs holds one of them
_SLOW = 4  # for the hosts that hung last time
SENDERS = 32  # a channel that hangs holds one of them
_NAMED = 3  # sources in a line
_USER_AGENT = f"cadencebot/{__version__} (+https://github.com/cadencebot/cadencebot)"


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines: what polls, what delivers, and what else there is to do."""

    poller: Poller
    courier: Courier
    chores: Chores

    def stop(self) -> None:
        """Finish what is under way and begin nothing else. Nothing is lost: the next start takes it up."""
        self.poller.stop()
        self.courier.stop()

    def under_way(self) -> str:
        """Return what is being done this moment, in words; "" for nothing."""
        sources, messages = sorted(self.poller.reading.copy()), self.courier.under_way
        more = [counted(len(sources) - _NAMED, "more source")] if len(sources) > _NAMED else []
        reads = [f"reads {', '.join([*sources[:_NAMED], *more])}"] if sources else []
        sends = [f"sends {counted(messages, 'message')}"] if messages else []
        return " and ".join([*reads, *sends])


@contextmanager
def at_work(
    app: App, console: Console, *, interactive: bool = False, beside: bool = False
) -> Iterator[Engines]:
    """Yield the engines, alone with the bot's memory or `beside` others that share it.

    `interactive`: somebody hears what is pressed. Raises StoreError, and ConfigError for a lab whose id was
    changed in feeds.yaml alone.
    """
    with (
        app.store.beside() if beside else app.alone(),
        fetcher_of(app) as fetcher,
        ThreadPoolExecutor(POLLERS, thread_name_prefix="poll") as pollers,
        ThreadPoolExecutor(_SLOW, thread_name_prefix="slow") as slow,
        ThreadPoolExecutor(1, thread_name_prefix="writer") as writer,  # ends after those who wait for it
        ThreadPoolExecutor(SENDERS, thread_name_prefix="send") as senders,
    ):
        if changed := tighten(app.state):
            console.print(changed, markup=False)
        refuse_renamed_labs(app)
        webhooks_of(app)  # what one of them lacks is told now
        note_addresses(app)
        app.sync_subscriptions()
        note_alive(app.store, app.store.newest, app.clock.now())
        poller = Poller(
            store=app.store,
            sources=build_sources(app.config, app.environment),
            fetch=fetcher,
            labs=app.labs,
            clock=app.clock,
            settings=app.settings,
            threads=pollers,
            slow=slow,
            own_hosts=app.environment.allowed_hosts,
            admins=app.config.admins,
        )
        own = notifier_of(app, console, interactive=interactive)
        notifier = Outlets(own, WebhookNotifier(partial(webhooks_of, app), fetcher, app.clock))
        pace = timedelta() if notifier.name == CONSOLE else timedelta(seconds=1)
        courier = Courier(app.store, notifier, app.clock, senders, writer, pace)
        engines = Engines(poller, courier, Chores(app, fetcher))
        try:
            yield engines
        finally:
            engines.stop()  # or else the pools did all that is queued before they close


def notifier_of(app: App, console: Console, *, interactive: bool = False) -> Notifier:
    """Return Slack when a token is set, else the console; with workspaces of their own, each one's."""
    slack = partial(
        SlackNotifier,
        api_url=app.environment.slack_api_url,
        interactive=interactive,
        proxies=app.environment.proxies,
        ticks=app.clock.ticks,
        command_name=app.store.watch.command_name,
    )
    console_notifier = ConsoleNotifier(app.state / "console.jsonl", console, app.clock)
    own: Notifier = slack(app.slack_token) if app.slack_token else console_notifier
    if not app.serves_many:
        return own
    workspaces = ManyWorkspaces(app.store, seal_of(app.environment), app.clock.now)

    def open_workspace(team: str) -> Notifier | None:
        found = workspaces.find(team)
        return slack(found.token) if found else None

    return WorkspacesNotifier(own, open_workspace)


def fetcher_of(app: App) -> HttpFetcher:
    """Return a client for the sources, which closes at the end of its `with`."""
    return fetcher_for(app.environment, app.clock, app.store.hosts())


def fetcher_for(environment: Environment, clock: Clock, hosts: Hosts | None = None) -> HttpFetcher:
    """Return such a client where there is no more than an environment."""
    tokens = {
        host_in(environment.hf_endpoint): environment.hf_token.get_secret_value(),
        host_in(environment.llm_stats_url): environment.llm_stats_api_key.get_secret_value(),
    }
    return HttpFetcher(
        clock=clock,
        user_agent=_USER_AGENT,
        allowed_hosts=environment.allowed_hosts,
        tokens=tokens,
        proxies=environment.proxies,
        hosts=hosts,
    )
