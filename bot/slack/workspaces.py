"""Know which workspace a request belongs to, and with which token it is answered.

Bolt's own authorisation asks Slack (auth.test) before every acknowledgement; what it would learn is in the
payload already, and an acknowledgement has no time for that.
"""

from dataclasses import dataclass
from typing import Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_bolt.context import BoltContext


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace: its id, "" where the bot serves only this one, and the bot's token for it."""

    team: str
    token: str


class Workspaces(Protocol):
    """Find workspaces by what a payload says."""

    def find(self, team: str, enterprise: str) -> Workspace | None:
        """Return the workspace, or None when the bot is not installed there."""
        ...

    def forget(self, team: str, enterprise: str) -> str | None:
        """Let go of the token of a workspace that removed the bot; return its id, None for an unknown one."""
        ...


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """Serve the workspace of the one token that there is."""

    token: str

    def find(self, team: str, enterprise: str) -> Workspace | None:  # noqa: ARG002  # as Workspaces has it
        """Return the one workspace: nobody else's requests reach this app."""
        return Workspace("", self.token)

    def forget(self, team: str, enterprise: str) -> str:  # noqa: ARG002  # as Workspaces has it
        """Return the one workspace: its token is in the hands of whoever runs the bot."""
        return ""


class WorkspaceAuthorize(Authorize):
    """Let Bolt pass every request on; those of strangers are turned away once they are acknowledged."""

    def __init__(self) -> None:
        """Do nothing: there is nothing to know."""

    def __call__(
        self,
        *,
        context: BoltContext,  # noqa: ARG002  # this and the actors: as Bolt calls it
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult:
        """Return who asks, without a token: ours is found where it is needed."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
