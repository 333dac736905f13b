"""The bot's comings and goings: channels that it is invited to, leaves or loses, and whole workspaces."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.desk.channels import Channels, Presence
from bot.model import Destination
from bot.outbox.message import LANDING
from bot.outbox.owe import tell_subscribers
from bot.outbox.settlement import PAUSE
from bot.store.store import Store

_REMOVED = "the workspace removed the bot; installing it again resumes"
# What Slack would answer to a message there, so that a pause is told in the same words whatever found it out.
_REASONS = {Presence.ARCHIVED: "Slack says is_archived", Presence.OUTSIDE: "Slack says not_in_channel"}


@dataclass(frozen=True, slots=True)
class Comings:
    """Pauses and resumes what a channel or a workspace gets, when Slack tells; what it follows stays."""

    store: Store
    clock: Clock
    channels: Channels

    def stands(self, channel: Destination, told: Presence | None = None) -> None:
        """Pause a channel that follows something, or let it go on, by where the bot stands there now.

        Slack is asked: what was told may have come late, and counts where it does not say.
        """
        presence = self.channels.presence(channel, anew=True) or told
        if presence in _REASONS:
            now = self.clock.now()
            with self.store.transaction():
                if self.store.subscriptions.of_destination(channel):
                    self.store.subscriptions.pause(channel, _REASONS[presence], now, now + PAUSE)
                    tell_subscribers(self.store, channel, now)
        elif presence is not None:
            self.resume(lambda one: one == channel)

    def moved(self, former: Destination, now: Destination) -> None:
        """Follow a channel to the id that Slack gave it in place of the former one."""
        with self.store.transaction():
            self.store.places.move(former, now, self.clock.now())
        self.stands(now)

    def uninstalled(self, team: str) -> None:
        """Pause everything of a workspace that removed the bot, "" being the only one."""
        now = self.clock.now()
        with self.store.transaction():
            for destination in {one.destination for one in self.store.subscriptions.all()}:
                if destination.team == team:
                    self.store.subscriptions.pause(destination, _REMOVED, now, now + PAUSE)

    def installed(self, team: str) -> None:
        """Let everything of a workspace go on that has installed the bot, again."""
        self.resume(lambda destination: destination.team == team)

    def resume(self, destinations: Callable[[Destination], bool]) -> None:
        """Let what is paused in these destinations go on at once."""
        now = self.clock.now()
        with self.store.transaction():
            for destination in filter(destinations, self.store.subscriptions.pauses()):
                self.store.subscriptions.resume(destination)
                self.store.deliveries.hasten_to(destination, now, now + LANDING)
