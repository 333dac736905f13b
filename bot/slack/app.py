"""Put the Bolt app together: everything is acknowledged first, then done in Bolt's threads."""

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any

import structlog
from slack_bolt import App, BoltContext
from slack_sdk import WebClient

from bot.records import Content
from bot.slack.admission import Admission
from bot.slack.desk import Desk
from bot.slack.forms import Forms
from bot.slack.home import Home
from bot.slack.listeners import Listeners
from bot.slack.payload import Payload, Request, read_request, request_id
from bot.slack.places import Places
from bot.slack.pressing import Pressing
from bot.slack.speaking import Speaker
from bot.slack.workspaces import WorkspaceAuthorize, Workspaces

log = structlog.get_logger(__name__)
bolt_log = logging.getLogger("slack_bolt")

_ANY = re.compile("")
_FAILED = Content("Something went wrong on my side; it is in my log. Please try again.")
_STRANGER = Content("I am not installed in this workspace any more, so I cannot answer here.")

Handle = Callable[[Request, Payload], None]


def make_app(
    desk: Desk,
    client: WebClient,
    workspaces: Workspaces,
    places: Places,
    threads: Executor,
    *,
    signing_secret: str = "",
) -> App:
    """Return the app with all its listeners; `threads` do the work that follows an acknowledgement.

    `client` speaks for every workspace, with the token that each request brings along. Without a signing
    secret the app takes no request over HTTP.
    """
    # It warns that it leaves alone the tokens of the environment, which is meant.
    bolt_log.setLevel(logging.ERROR)
    app = App(
        logger=bolt_log,
        client=client,
        before_authorize=Admission(),
        authorize=WorkspaceAuthorize(),
        signing_secret=signing_secret or secrets.token_hex(),
        listener_executor=threads,
    )
    speaker = Speaker(client)
    _listen(app, _listeners(desk, speaker, places), speaker, workspaces)
    _let_go(app, desk, workspaces)
    return app


def _listeners(desk: Desk, speaker: Speaker, places: Places) -> Listeners:
    home = Home(desk, speaker, places)
    return Listeners(desk, speaker, home, Pressing(desk, speaker, home), Forms(desk, speaker, home))


def _listen(app: App, listeners: Listeners, speaker: Speaker, workspaces: Workspaces) -> None:
    def after(handle: Handle) -> Callable[[Payload, BoltContext], None]:
        def listen(body: Payload, context: BoltContext) -> None:
            try:
                workspace = workspaces.find(context.team_id or "", context.enterprise_id or "")
                request = read_request(body, workspace.team, workspace.token) if workspace else None
                if request and request.asker.user:
                    handle(request, body)
                elif request:
                    log.warning("slack_nobody_asked", request=request_id(body))
                else:
                    log.warning("slack_stranger", team=context.team_id, enterprise=context.enterprise_id)
                    _respond(speaker, body, _STRANGER)
            except Exception:  # Bolt would take the acknowledgement back, and tell the asker nothing
                log.exception("slack_request_failed", request=request_id(body))
                _respond(speaker, body, _FAILED)

        return listen

    app.command(_ANY)(after(listeners.command))
    app.action(_ANY)(after(listeners.action))
    app.view(_ANY)(after(listeners.form))
    app.event("app_mention")(after(listeners.mention))
    app.event("message")(after(listeners.message))
    app.event("app_home_opened")(after(listeners.home_opened))
    app.event("member_joined_channel")(after(listeners.joined))


def _let_go(app: App, desk: Desk, workspaces: Workspaces) -> None:
    def let_go(context: BoltContext) -> None:
        team = workspaces.forget(context.team_id or "", context.enterprise_id or "")
        if team is not None:
            desk.uninstalled(team)
        log.warning("slack_uninstalled", team=context.team_id)

    @app.event("app_uninstalled")
    def uninstalled(context: BoltContext) -> None:
        let_go(context)

    @app.event("tokens_revoked")
    def revoked(event: Mapping[str, Any], context: BoltContext) -> None:
        tokens = event.get("tokens")
        if isinstance(tokens, Mapping) and tokens.get("bot"):  # those of people are none that we keep
            let_go(context)


def _respond(speaker: Speaker, body: Payload, content: Content) -> None:
    request = read_request(body, "", "")
    if request.response_url:
        speaker.answer(request, content)
