"""What Slack tells without anybody asking: where the bot stands in channels, their ids, the end of installs.

Shapes: https://docs.slack.dev/reference/events
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import structlog
from slack_bolt import App, BoltContext

from bot.desk.channels import Presence
from bot.desk.desk import Desk
from bot.model import Destination
from bot.slack.payload import Payload, event_time, request_id, text_at
from bot.slack.workspaces import Workspaces

log = structlog.get_logger(__name__)

# What an event says of where the bot stands from then on. That of a private channel begins with "group".
_TOLD = {
    "channel_left": Presence.OUTSIDE,
    "group_left": Presence.OUTSIDE,
    "channel_archive": Presence.ARCHIVED,
    "group_archive": Presence.ARCHIVED,
    "channel_unarchive": Presence.INSIDE,
    "group_unarchive": Presence.INSIDE,
}


@dataclass(frozen=True, slots=True)
class Happenings:
    """What follows such an event. `team` and `organisation` are whom it is for: nobody else's rows change.

    `open_desk` gives the desk as the settings of the moment have it.
    """

    open_desk: Callable[[], Desk]
    workspaces: Workspaces

    def stands(self, body: Payload, team: str, organisation: str) -> None:
        """Pause a channel that the bot cannot post to any more, or let it go on."""
        channel = self._channel(body, team, organisation, "channel")
        if channel:
            self.open_desk().comings.stands(channel, _TOLD[text_at(body, "event", "type")])

    def moved(self, body: Payload, team: str, organisation: str) -> None:
        """Follow a channel to its new id."""
        former = self._channel(body, team, organisation, "old_channel_id")
        now = self._channel(body, team, organisation, "new_channel_id")
        if former and now and former != now:
            self.open_desk().comings.moved(former, now)
            log.info("slack_channel_moved", former=former, now=now)

    def uninstalled(
        self, body: Payload, team: str, organisation: str, bot_users: Collection[str] = ()
    ) -> None:
        """Pause all of a workspace that removed the bot."""
        gone = self.workspaces.forget(team, organisation, event_time(body), bot_users)
        if gone is not None:
            self.open_desk().comings.uninstalled(gone)
        log.warning("slack_uninstalled", team=team, over=gone is not None)

    def revoked(self, body: Payload, team: str, organisation: str) -> None:
        """Pause all of a workspace whose token for the bot is good no more; people's tokens are not kept."""
        event = body.get("event")
        tokens = event.get("tokens") if isinstance(event, Mapping) else None
        bots = tokens.get("bot") if isinstance(tokens, Mapping) else None
        if isinstance(bots, list) and bots:
            self.uninstalled(body, team, organisation, [bot for bot in bots if isinstance(bot, str)])

    def _channel(self, body: Payload, team: str, organisation: str, key: str) -> Destination | None:
        """Return the channel that an event names, None for no channel, or of a workspace without the bot."""
        workspace = self.workspaces.find(team, organisation)
        if workspace is None:
            log.warning("slack_stranger", team=team, enterprise=organisation)
            return None
        channel = Destination.at(workspace.team, text_at(body, "event", key))
        return channel if channel.is_channel else None


EVENTS: Mapping[str, Callable[[Happenings, Payload, str, str], None]] = {
    **dict.fromkeys(_TOLD, Happenings.stands),
    "channel_id_changed": Happenings.moved,
    "app_uninstalled": Happenings.uninstalled,
    "tokens_revoked": Happenings.revoked,
}


def hear(app: App, happenings: Happenings) -> None:
    """Register what follows each event."""

    def after(follow: Callable[[Happenings, Payload, str, str], None]) -> Callable[..., None]:
        def listen(body: Payload, context: BoltContext) -> None:
            try:
                follow(happenings, body, context.team_id or "", context.enterprise_id or "")
            except Exception:  # Bolt would take the acknowledgement back, and Slack tell it once more in vain
                log.exception("slack_event_failed", request=request_id(body))

        return listen

    for name, follow in EVENTS.items():
        app.event(name)(after(follow))
