"""Put together what answers people in Slack: through a socket, or over signed HTTP where asked for."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice

from bot.desk.adding import Adding
from bot.desk.changes import Changes
from bot.desk.channels import Channels
from bot.desk.corrections import Corrector, FaultReports
from bot.desk.desk import Desk
from bot.desk.questions import Questions, watched
from bot.desk.trial import Trier
from bot.errors import ConfigError
from bot.fetch import Fetcher
from bot.ops.sealing import seal_of
from bot.ops.web import Routes
from bot.run.checks import refuse_what_cannot_work
from bot.run.wiring import App
from bot.slack.app import make_app
from bot.slack.channels import SlackChannels
from bot.slack.client import web_client
from bot.slack.http import slack_routes
from bot.slack.oauth import Installs, install_flow
from bot.slack.once import Once
from bot.slack.socket import SocketMode
from bot.slack.wording import CommandName
from bot.slack.workspaces import ManyWorkspaces, OneWorkspace, Workspaces
from bot.store.store import Store

_OPENED_AT_FIRST = 100  # tokens: where the key is missing, none of them opens
_THREADS = 4  # that do what was asked for; more would only take the processor from those who acknowledge


@contextmanager
def answering(app: App, fetch: Fetcher, *, http: bool = False) -> Iterator[Routes]:
    """Answer people in Slack while the block runs: through a socket, or over `http` by the routes it yields.

    `fetch` reads what somebody wants to have watched; it is that of polling, which is polite to every host.
    Without the tokens for either nobody is answered, and alerts go out all the same. Raises ConfigError for
    what can never work.
    """
    environment = app.environment
    app_token = environment.slack_app_token.get_secret_value()
    if not http and not app_token:
        yield {}
        return
    refuse_what_cannot_work(app, http=http)
    client = web_client("", environment.slack_api_url, proxies=environment.proxies)
    # the answers under way are finished before the store that they read is closed
    with app.reading() as reading, ThreadPoolExecutor(_THREADS, thread_name_prefix="answer") as threads:
        workspaces = _workspaces(app)
        channels = SlackChannels(client, lambda team: _token(workspaces, team), app.clock.now)
        open_desk = partial(_desk, app, reading, channels, fetch, threading.Lock())
        flow, once = None, Once(app.store.is_new_request)
        if app.serves_many:
            installed = open_desk().comings.installed
            flow = install_flow(
                Installs(app.store, seal_of(environment), app.clock.now, installed, once),
                client,
                client_id=environment.slack_client_id,
                client_secret=environment.slack_client_secret.get_secret_value(),
            )
        command = CommandName(app.store.watch.command_name(), partial(_keep_name, app.store))
        bolt = make_app(open_desk, client, workspaces, threads, command, flow, once)
        if http:
            secret = environment.slack_signing_secret.get_secret_value()
            yield slack_routes(bolt, secret, installable=app.serves_many)
        else:
            socket = SocketMode(bolt, app_token, client, app.clock.now, bots=app.store.bots)
            socket.start()
            try:
                yield {}
            finally:
                socket.stop()


def _keep_name(store: Store, name: str) -> None:
    with store.transaction():
        store.watch.set_command_name(name)


def _desk(app: App, reading: Store, channels: Channels, fetch: Fetcher, busy: threading.Lock) -> Desk:
    """Return the desk as the settings have it now."""
    sources, watches = app.config.source_ids, watched(app.config)
    questions = Questions(reading, app.labs, app.clock, sources, watches, app.remarks)
    corrector = Corrector(app.store, app.labs, app.clock)
    trier = Trier(app.environment, app.config, app.labs, app.clock, fetch)
    return Desk(
        questions,
        Changes(app.store, app.clock),
        FaultReports(app.store, corrector, app.config.admins),
        channels,
        app.settings,
        app.config.changes,
        Adding(app.store, trier, app.settled, app.wrong, busy),
    )


def _workspaces(app: App) -> Workspaces:
    if not app.serves_many:
        return OneWorkspace(app.slack_token)
    workspaces = ManyWorkspaces(app.store, seal_of(app.environment), app.clock.now)
    for one in islice(workspaces.all(), _OPENED_AT_FIRST):
        if isinstance(one, ConfigError):  # is told now, not at a click
            raise one
    return workspaces


def _token(workspaces: Workspaces, team: str) -> str:
    workspace = workspaces.find(team, "")
    return workspace.token if workspace else ""
