"""Serve many workspaces: whoever installs the bot is kept in the state database, the token sealed.

Bolt's flow: https://docs.slack.dev/tools/bolt-python/concepts/authenticating-oauth
"""

import logging
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from logging import Logger
from typing import Any, Protocol

from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth import InstallationStore, OAuthStateStore
from slack_sdk.oauth.installation_store import Installation

from bot.ops.sealing import Seal
from bot.slack.workspaces import Workspace

SCOPES = (
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "groups:read",
    "im:history",
    "im:write",
)
_STATE_FOR = timedelta(minutes=10)
_logger = logging.getLogger(__name__)

Now = Callable[[], datetime]


class Installations(Protocol):
    """What is used here of `store.installations`."""

    def save(self, team: str, enterprise: str, sealed: bytes, bot_user: str, now: datetime) -> None:
        """Keep a workspace's sealed token, in place of an older one."""
        ...

    def find(self, team: str, enterprise: str = "") -> bytes | None:
        """Return the sealed token of a workspace where the bot is installed."""
        ...

    def uninstall(self, team: str, now: datetime, enterprise: str = "") -> bool:
        """Forget a workspace's token; return whether there was one."""
        ...

    def issue_state(self, state: str, expires_at: datetime) -> None:
        """Remember that an installation was begun."""
        ...

    def consume_state(self, state: str, now: datetime) -> bool:
        """Whether an installation was begun with this state, once and before it expires."""
        ...


class Store(Protocol):
    """What is used here of the store."""

    @property
    def installations(self) -> Installations:
        """Return what is kept of installations."""
        ...

    def transaction(self) -> AbstractContextManager[Any]:
        """Return a context in which changes are all made or none."""
        ...


@dataclass(frozen=True, slots=True)
class ManyWorkspaces:
    """Find the workspaces that installed the bot."""

    store: Store
    seal: Seal
    now: Now

    def find(self, team: str, enterprise: str) -> Workspace | None:
        """Return the workspace, or None when the bot is not installed there."""
        sealed = self.store.installations.find(team, enterprise)
        return Workspace(team, self.seal.open(sealed)) if sealed else None

    def forget(self, team: str, enterprise: str) -> str | None:
        """Let go of the token of a workspace that removed the bot."""
        with self.store.transaction():
            self.store.installations.uninstall(team, self.now(), enterprise)
        return team or None  # "" would be the only workspace of a bot that serves one


class SealedInstallations(InstallationStore):
    """Keep what Bolt's flow brings: of an installation the bot's token alone, no person's."""

    def __init__(self, store: Store, seal: Seal, now: Now, installed: Callable[[str], None]) -> None:
        self._store = store
        self._seal = seal
        self._now = now
        self._installed = installed

    @property
    def logger(self) -> Logger:
        """Return a logger, as the base class wants one."""
        return _logger

    def save(self, installation: Installation) -> None:
        """Keep a workspace's bot token, in place of an older one."""
        sealed = self._seal.close(installation.bot_token or "")
        team, enterprise = installation.team_id or "", installation.enterprise_id or ""
        with self._store.transaction():
            self._store.installations.save(
                team, enterprise, sealed, installation.bot_user_id or "", self._now()
            )
        self._installed(team)


class States(OAuthStateStore):
    """Remember which installations were begun here, so that nobody can be made to end another's."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store = store
        self._now = now

    @property
    def logger(self) -> Logger:
        """Return a logger, as the base class wants one."""
        return _logger

    def issue(self, *_: Any, **__: Any) -> str:
        """Return a new state, good for ten minutes."""
        state = secrets.token_urlsafe(32)
        with self._store.transaction():
            self._store.installations.issue_state(state, self._now() + _STATE_FOR)
        return state

    def consume(self, state: str) -> bool:
        """Whether a state was issued here; each counts once."""
        with self._store.transaction():
            return self._store.installations.consume_state(state, self._now())


def install_flow(
    store: Store,
    seal: Seal,
    client: WebClient,
    *,
    client_id: str,
    client_secret: str,
    now: Now,
    installed: Callable[[str], None],
) -> OAuthFlow:
    """Return the flow behind /slack/install and /slack/oauth_redirect; `installed` hears of each."""
    settings = OAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=SCOPES,
        user_scopes=[],
        installation_store=SealedInstallations(store, seal, now, installed),
        state_store=States(store, now),
        state_expiration_seconds=int(_STATE_FOR.total_seconds()),
    )
    return OAuthFlow(client=client, settings=settings)
