"""What comes back for a command."""

from dataclasses import dataclass

from bot.messages.content import Content


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold an answer that only the asker sees, and the one line that the channel sees of a change."""

    content: Content
    announcement: str = ""  # mrkdwn, "" when nothing changed
