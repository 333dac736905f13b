"""Keep the Home tab up to date."""

from dataclasses import dataclass

from bot.desk.asker import Asker
from bot.slack.desk import Desk
from bot.slack.payload import Request
from bot.slack.places import Places
from bot.slack.speaking import Speaker


@dataclass(frozen=True, slots=True)
class Home:
    """Show the asker what they and their channels follow."""

    desk: Desk
    speaker: Speaker
    places: Places

    def may_change(self, asker: Asker, destination: str) -> bool:
        """Whether somebody may still change a destination that their Home tab showed once."""
        if destination in ("", asker.person):
            return True
        channels = self.places.channels_of(asker.person)
        return channels is None or destination in channels

    def show(self, request: Request) -> None:
        """Publish the asker's Home tab as things stand now."""
        channels = self.places.channels_of(request.asker.person)
        self.speaker.publish(request, self.desk.home(request.asker, channels))
