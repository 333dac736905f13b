"""What happens after the acknowledgement, for each kind of payload."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.slack.desk import Desk
from bot.slack.forms import Forms
from bot.slack.home import Home
from bot.slack.payload import (
    Payload,
    Request,
    is_from_person,
    own_user,
    plain,
    read_action,
    text_at,
    words_of_mention,
)
from bot.slack.pressing import Pressing
from bot.slack.speaking import Speaker


@dataclass(frozen=True, slots=True)
class Listeners:
    """Answer requests; each takes the payload as well, for what is particular to its kind."""

    desk: Desk
    speaker: Speaker
    home: Home
    pressing: Pressing
    forms: Forms

    def command(self, request: Request, body: Payload) -> None:
        """Answer a command; the manifest gives it its name."""
        self._answer(request, plain(text_at(body, "text")))

    def mention(self, request: Request, body: Payload) -> None:
        """Answer somebody who named the bot in a channel."""
        if is_from_person(body):
            self._answer(request, words_of_mention(text_at(body, "event", "text")))

    def message(self, request: Request, body: Payload) -> None:
        """Answer what people write to the bot directly; whatever else is written is not for it."""
        if is_from_person(body) and text_at(body, "event", "channel_type") == "im":
            self._answer(request, words_of_mention(text_at(body, "event", "text")))

    def action(self, request: Request, body: Payload) -> None:
        """Do what was pressed."""
        self.pressing.press(request, read_action(body))

    def form(self, request: Request, body: Payload) -> None:
        """Do what a submitted form says."""
        view = body.get("view")
        self.forms.submit(request, view if isinstance(view, Mapping) else {})

    def home_opened(self, request: Request, body: Payload) -> None:
        """Show the Home tab to whoever opened it."""
        if text_at(body, "event", "tab") != "messages":
            self.home.show(request)

    def joined(self, request: Request, body: Payload) -> None:
        """Say what there is to say where the bot itself was invited."""
        if request.asker.user and request.asker.user == own_user(body):
            welcome = self.desk.welcome(request.asker)
            if welcome is not None:
                self.speaker.say(request, welcome)

    def _answer(self, request: Request, text: str) -> None:
        self.speaker.answer(request, self.desk.answer(request.asker, text))
