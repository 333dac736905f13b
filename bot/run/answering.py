"""Put Slack's side together and keep it open: through a socket, or over signed HTTP where asked for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from bot.desk.changes import Changes
from bot.desk.correcting import Corrector
from bot.desk.covering import watched
from bot.desk.desk import Desk
from bot.desk.questions import Questions
from bot.desk.reporting import Reporting
from bot.errors import ConfigError
from bot.run.wiring import App
from bot.slack.app import make_app
from bot.slack.http import HttpFront, parse_listen
from bot.slack.oauth import ManyWorkspaces, install_flow
from bot.slack.places import Places, SlackPlaces
from bot.slack.socket import SocketMode
from bot.slack.web import web_client
from bot.slack.workspaces import OneWorkspace, Workspaces

_THREADS = 4  # that do what was asked for; more would only take the processor from those who acknowledge


@contextmanager
def answering(app: App, listen: str = "") -> Iterator[None]:
    """Answer people in Slack while the block runs: over HTTP at `listen` (":3000"), else through a socket.

    Without the tokens for either nobody is answered, and alerts go out all the same. Raises ConfigError and
    UsageError for what can never work.
    """
    environment = app.environment
    app_token = environment.slack_app_token.get_secret_value()
    if not listen and not app_token:
        yield
        return
    if app.serves_many and (app.slack_token or not listen):
        raise ConfigError(
            "environment variable SLACK_CLIENT_ID is set: several workspaces are served with `run --http` "
            "alone, each installed through /slack/install; unset SLACK_BOT_TOKEN"
        )
    if not listen and not app.slack_token:
        raise ConfigError("environment variable SLACK_APP_TOKEN is set, and SLACK_BOT_TOKEN is not: set both")
    client = web_client("", environment.slack_api_url)
    with ExitStack() as stack:
        threads = stack.enter_context(ThreadPoolExecutor(_THREADS, thread_name_prefix="answer"))
        reading = stack.enter_context(app.reading())
        workspaces = _workspaces(app)
        places = SlackPlaces(client, lambda team: _token(workspaces, team), app.clock.now)
        sources = app.config.source_ids, watched(app.config)
        desk = _desk(app, Questions(reading, app.labs, app.clock, *sources), places)
        secret = environment.slack_signing_secret.get_secret_value()
        bolt = make_app(desk, client, workspaces, places, threads, signing_secret=secret)
        front: HttpFront | SocketMode
        if listen:
            flow = (
                install_flow(
                    app.store,
                    app.seal,
                    client,
                    client_id=environment.slack_client_id,
                    client_secret=_client_secret(app),
                    now=app.clock.now,
                    installed=desk.installed,
                )
                if app.serves_many
                else None
            )
            front = HttpFront(parse_listen(listen), bolt, secret, flow)
        else:
            front = SocketMode(bolt, app_token, environment.slack_api_url, app.clock.now)
        front.start()
        stack.callback(front.stop)
        yield


def _desk(app: App, questions: Questions, places: Places) -> Desk:
    corrector = Corrector(app.store, app.labs, app.clock)
    return Desk(
        questions,
        Changes(app.store, questions),
        Reporting(app.store, corrector, app.config.admins),
        places,
        app.settings,
    )


def _workspaces(app: App) -> Workspaces:
    if not app.serves_many:
        return OneWorkspace(app.slack_token)
    workspaces = ManyWorkspaces(app.store, app.seal, app.clock.now)
    for one in app.store.installations.teams():
        workspaces.find(one.team, one.enterprise)  # a key that does not fit is told now, not at a click
    return workspaces


def _token(workspaces: Workspaces, team: str) -> str:
    workspace = workspaces.find(team, "")
    return workspace.token if workspace else ""


def _client_secret(app: App) -> str:
    """Return what proves to Slack that an install is ours. Raises ConfigError without one."""
    secret = app.environment.slack_client_secret.get_secret_value()
    if not secret:
        raise ConfigError("environment variable SLACK_CLIENT_SECRET is not set: nobody could install the bot")
    return secret
