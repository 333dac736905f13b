"""Bolt put together: what Slack sends is acknowledged, let in once, and then done in Bolt's threads."""

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.middleware import Middleware
from slack_bolt.oauth import OAuthFlow

from bot.desk.desk import Desk
from bot.records import Content
from bot.slack import events
from bot.slack.client import SlackClient
from bot.slack.listeners import Listeners
from bot.slack.once import Once
from bot.slack.payload import Payload, Request, kind_of, read_request, request_id, shown_in, text_at
from bot.slack.replies import Replies
from bot.slack.wording import CommandName
from bot.slack.workspaces import Workspaces

log = structlog.get_logger(__name__)
bolt_log = logging.getLogger("slack_bolt")  # `logs.configure` says how much of it is heard

_ANY = re.compile("")
# Events in which somebody acts.
_ACTS: Mapping[str, Callable[[Listeners, Request, Payload], None]] = {
    "app_mention": Listeners.message,
    "message": Listeners.message,
    "app_home_opened": Listeners.home_opened,
    "member_joined_channel": Listeners.joined,
}
SHORTCUT = "follow"  # its callback id in the manifest
EVENTS = frozenset({*_ACTS, *events.EVENTS})
_KINDS = EVENTS | {
    "command",
    "shortcut",
    "block_actions",
    "view_submission",
    "url_verification",
}  # Bolt answers the last
_FAILED = Content("Something went wrong on my side; it is in my log. Please try again.")
_STRANGER = Content("I am not installed in this workspace any more, so I cannot answer here.")


def make_app(
    open_desk: Callable[[], Desk],
    client: SlackClient,
    workspaces: Workspaces,
    threads: Executor,
    command: CommandName,
    flow: OAuthFlow | None = None,
    once: Once | None = None,
) -> App:
    """Return the app with all its listeners; `threads` do the work that follows an acknowledgement.

    `open_desk` gives the desk as the settings of the moment have it.
    `client` speaks for every workspace, with the token that each request brings along; `flow` installs it in
    more of them. `once` tells what came already, here or elsewhere. Signatures are checked before.
    """
    replies = Replies(client, command)
    listeners = Listeners(open_desk, replies)
    app = App(
        logger=bolt_log,
        client=client,
        before_authorize=Admission(listeners.problems, once or Once()),
        authorize=_Unasked(),
        request_verification_enabled=False,
        listener_executor=threads,
        oauth_flow=flow,
    )
    _listen(app, listeners, replies, workspaces)
    events.hear(app, events.Happenings(open_desk, workspaces))
    return app


class Admission(Middleware):
    """The first of Bolt's steps: acknowledges, and goes on with what is known and comes for the first time.

    A form is acknowledged with what is wrong with it, which `problems` tells by field, and then stays open.
    It runs in the thread that took the request, so that no work of another can delay it. Slack delivers some
    requests twice; and Bolt looks at keys that a damaged payload lacks, hence such a one goes no further.
    """

    def __init__(self, problems: Callable[[Payload], Mapping[str, str]], once: Once) -> None:
        self._once = once
        self._problems = problems

    def process(
        self,
        *,
        req: BoltRequest,
        next: Callable[[], BoltResponse],  # noqa: A002  # as Bolt calls it
        **_: Any,
    ) -> BoltResponse:
        """Return the acknowledgement, or what Bolt makes of the request."""
        problems = self._problems_of(req.body)
        if problems:
            refused: BoltResponse = req.context.ack(response_action="errors", errors=dict(problems))
            return refused
        acknowledged: BoltResponse = req.context.ack()
        kind, request = kind_of(req.body), request_id(req.body)
        if kind not in _KINDS:
            keys = sorted(map(str, req.body))[:30]
            log.warning("slack_payload_unknown", type=text_at(req.body, "type")[:80], keys=keys)
        elif request and not self._once.is_new(request):  # without an id it always is
            log.info("slack_request_repeated", request=request)
        else:
            return next()
        return acknowledged

    def _problems_of(self, body: Payload) -> Mapping[str, str]:
        """Return what is wrong with a form; one that cannot be judged is let pass, to fail in words."""
        if kind_of(body) != "view_submission":
            return {}
        try:
            return self._problems(body)
        except Exception:  # without an acknowledgement Slack says no more than that it had trouble
            log.exception("slack_form_not_judged", request=request_id(body))
            return {}


class _Unasked(Authorize):
    """Lets every request pass; those of strangers are turned away once they are acknowledged.

    Bolt's own asks Slack (auth.test) before every acknowledgement. What it would learn is in the payload
    already, and an acknowledgement has no time for that.
    """

    def __init__(self) -> None:
        """Bolt's own has no types."""

    def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: Any
    ) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


def _listen(app: App, listeners: Listeners, replies: Replies, workspaces: Workspaces) -> None:
    def after(handle: Callable[[Request, Payload], None]) -> Callable[[Payload, BoltContext], None]:
        def listen(body: Payload, context: BoltContext) -> None:
            try:
                request = _request(body, context, workspaces)
                if request and request.asker.user:
                    handle(request, body)
                elif request:
                    log.warning("slack_nobody_asked", request=request_id(body))
                else:
                    log.warning("slack_stranger", team=context.team_id, enterprise=context.enterprise_id)
                    _respond(replies, body, _STRANGER)
            except Exception:  # Bolt would take the acknowledgement back, and tell the asker nothing
                log.exception("slack_request_failed", request=request_id(body))
                _respond(replies, body, _FAILED)

        return listen

    app.command(_ANY)(after(listeners.command))
    app.action(_ANY)(after(listeners.action))
    app.view(_ANY)(after(listeners.form))
    app.shortcut(SHORTCUT)(after(listeners.shortcut))
    for name, handle in _ACTS.items():
        app.event(name)(after(partial(handle, listeners)))


def _request(body: Payload, context: BoltContext, workspaces: Workspaces) -> Request | None:
    """Return the request, to the workspace where its view was if that has the bot; None from a stranger."""
    team, organisation, shown = context.team_id or "", context.enterprise_id or "", shown_in(body)
    workspace = workspaces.find(shown, organisation) if shown else None
    if workspace and workspace.team == shown:
        return read_request(body, workspace, shown)
    workspace = workspaces.find(team, organisation)
    return read_request(body, workspace) if workspace else None


def _respond(replies: Replies, body: Payload, content: Content) -> None:
    request = read_request(body)
    if request.response_url:
        replies.answer(request, content)
