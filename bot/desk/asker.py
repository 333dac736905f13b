"""Who asks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, where, and the request's own id, so that a request delivered twice is done once."""

    user: str
    channel: str
    team: str = ""  # "" where the bot serves one workspace
    is_dm: bool = False
    request: str = ""  # Slack's trigger or event id

    @property
    def destination(self) -> str:
        """Return where subscriptions made here deliver: the channel, or the asker's own DM."""
        return self.person if self.is_dm else self._in_team(self.channel)

    @property
    def person(self) -> str:
        """Return the asker as a destination: a DM."""
        return self._in_team(self.user)

    def _in_team(self, place: str) -> str:
        return f"{self.team}/{place}" if self.team else place
