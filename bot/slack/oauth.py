"""How workspaces install the bot: Bolt's flow, with what it brings kept in the state database, tokens sealed.

https://docs.slack.dev/tools/bolt-python/concepts/authenticating-oauth
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth import InstallationStore, OAuthStateStore
from slack_sdk.oauth.installation_store import Installation

from bot.errors import ConfigError
from bot.model import Destination
from bot.ops.sealing import Seal
from bot.slack.once import Once
from bot.slack.scopes import OPTIONAL_SCOPES
from bot.store.store import Store
from bot.views.home import render_greeting

SCOPES = (
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "groups:read",
    "im:write",
    *OPTIONAL_SCOPES,  # as the app's manifest says
)
INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
_STATE_FOR = timedelta(minutes=10)
_STATE = "install"  # what is sealed is an install that has begun, and no token

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Installs(InstallationStore, OAuthStateStore):
    """What is kept of installs: the bot's token alone, no person's; and those that were begun here.

    Without the latter anybody could be made to end another's. `installed` hears of each workspace, and `used`
    tells which installs have ended.
    """

    store: Store
    seal: Seal
    now: Callable[[], datetime]
    installed: Callable[[str], None]
    used: Once

    def save(self, installation: Installation) -> None:
        """Keep a workspace's bot token, in place of an older one. Raises CannotServe for what cannot last.

        Who installed it where it was not is greeted, once: the message is owed in the same transaction.
        """
        refused = refusal(installation)
        if refused:
            raise CannotServe(refused)
        sealed = self.seal.close(installation.bot_token or "")
        team, enterprise = installation.team_id or "", installation.enterprise_id or ""
        bot_user = installation.bot_user_id or ""
        with self.store.transaction():
            is_new = self.store.installations.find(team) is None
            self.store.installations.save(team, enterprise, sealed, bot_user, self.now())
            if is_new:
                self._greet(Destination.at(team, installation.user_id))
        self.installed(team)

    def _greet(self, person: Destination) -> None:
        now = self.now()
        if person.is_person:
            self.store.deliveries.owe_line(
                f"installed|{now.isoformat()}", person, render_greeting(), now, known_until=None
            )

    def issue(self, *_: Any, **__: Any) -> str:
        """Return a new state, good for ten minutes. Nothing is kept of it: anybody may ask for any number."""
        said = f"{_STATE} {self.now().isoformat()} {secrets.token_urlsafe(16)}"
        return self.seal.close(said).decode().rstrip("=")

    def consume(self, state: str) -> bool:
        """Whether a state was issued here lately; each counts once, while it is remembered."""
        try:
            said = self.seal.open(state.encode() + b"=" * (-len(state) % 4))
            kind, begun, _ = said.split(" ")
            since = self.now() - datetime.fromisoformat(begun)
        except (ConfigError, ValueError):
            return False
        return kind == _STATE and timedelta() <= since < _STATE_FOR and self.used.is_new(said)


class CannotServe(BoltError):  # noqa: N818  # an answer to whoever installs the app, and no failure of it
    """Raised for an install that the bot cannot serve; says what to do instead."""


def refusal(installation: Installation) -> str:
    """Return why an install cannot be served, "" where it can."""
    if installation.is_enterprise_install or not installation.team_id:
        return (
            "cadencebot was installed for a whole organisation, and it serves single workspaces. Nothing is "
            "kept of this. Please remove it from the organisation, and open the install page again from a "
            "workspace of it, choosing that workspace at the top right."
        )
    if installation.bot_refresh_token or installation.bot_token_expires_at:
        return (
            "The token of this app ends after some hours (token rotation is on), and cadencebot does not "
            "renew it. Nothing is kept of this. Whoever made the app has to make another one from "
            "deploy/slack-manifest.yaml: token rotation cannot be turned off again."
        )
    return ""


def _failed(args: FailureArgs) -> BoltResponse:
    """Return the page of an install that failed; of one that cannot be served, with the reason."""
    if not isinstance(args.error, CannotServe):
        return args.default.failure(args)
    log.warning("slack_install_refused", reason=str(args.error))
    page = f"<h2>Not installed</h2>\n<p>{args.error}</p>\n"
    return BoltResponse(status=400, body=page, headers={"Content-Type": "text/html; charset=utf-8"})


def install_flow(installs: Installs, client: WebClient, *, client_id: str, client_secret: str) -> OAuthFlow:
    """Return the flow behind /slack/install and /slack/oauth_redirect."""
    settings = OAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=SCOPES,
        user_scopes=[],
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        installation_store=installs,
        state_store=installs,
        state_expiration_seconds=int(_STATE_FOR.total_seconds()),
        callback_options=CallbackOptions(success=lambda args: args.default.success(args), failure=_failed),
    )
    return OAuthFlow(client=client, settings=settings)
