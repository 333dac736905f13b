"""Do what buttons and menus say; a button that can be a command is one, its value the whole text."""

from dataclasses import dataclass

import structlog

from bot.records import Content, View
from bot.slack.desk import Desk
from bot.slack.home import Home
from bot.slack.payload import Action, Request, number
from bot.slack.speaking import Speaker
from bot.views import home

log = structlog.get_logger(__name__)

_GONE = Content("That is not known here any more.")
_UNKNOWN = Content("This button belongs to another version of me. `/releases help` shows what I do now.")


@dataclass(frozen=True, slots=True)
class Pressing:
    """Answer what was pressed in messages, windows and on the Home tab."""

    desk: Desk
    speaker: Speaker
    home: Home

    def press(self, request: Request, action: Action) -> None:
        """Do one action. An unknown one is said to the asker and logged."""
        match action.kind:
            case "run":
                self._run(request, action.value)
            case "replace":
                answer = self.desk.answer(request.asker, action.value)
                # what others see as well must not change under their eyes
                self.speaker.answer(request, answer, replace=request.alone)
            case "share":
                answer = self.desk.answer(request.asker, action.value)
                self.speaker.share(request, answer)
            case home.SUBSCRIBE | home.EDIT:
                form = self.desk.subscribe_form(request.asker, action.value)
                self.speaker.open(request, form)
            case "details" | "report" | "correct":
                self._open(request, self._window(request, action))
            case kind if kind.startswith("open_"):
                log.debug("link_opened", action=kind)
            case kind:
                log.warning("slack_action_unknown", action=kind[:80], user=request.asker.user)
                self.speaker.answer(request, _UNKNOWN)

    def _run(self, request: Request, text: str) -> None:
        answer = self.desk.answer(request.asker, text)
        self.speaker.answer(request, answer)
        if request.view == "home":
            self.home.show(request)

    def _window(self, request: Request, action: Action) -> View | None:
        match action.kind, number(action.value):
            case _, None:
                return None
            case "details", int(release_id):
                return self.desk.details(release_id)
            case "report", int(release_id):
                return self.desk.report_form(release_id)
            case _, int(report_id):
                return self.desk.correct_form(report_id, request.asker)

    def _open(self, request: Request, view: View | None) -> None:
        if view is None:
            self.speaker.answer(request, _GONE)
        else:
            self.speaker.open(request, view)
