"""Do what submitted windows say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.desk.asker import Asker
from bot.records import Content
from bot.slack.desk import Desk
from bot.slack.home import Home
from bot.slack.payload import Request, number, text_at
from bot.slack.speaking import Speaker
from bot.views import modals

log = structlog.get_logger(__name__)

_LEFT = Content("You are not in that channel any more, so nothing was changed there.")


@dataclass(frozen=True, slots=True)
class Forms:
    """Take forms; what comes of one is said where it will take effect."""

    desk: Desk
    speaker: Speaker
    home: Home

    def submit(self, request: Request, view: Mapping[str, Any]) -> None:
        """Do what one form says. An unknown or damaged one is logged."""
        callback, about = text_at(view, "callback_id"), text_at(view, "private_metadata")
        match callback, number(about):
            case modals.SUBSCRIBE, _ if not self.home.may_change(request.asker, about):
                self._tell(request, _LEFT)
            case modals.SUBSCRIBE, _:
                there = replace(request, asker=_asker_at(request.asker, about), view="")
                self._tell(there, self.desk.answer(there.asker, modals.read_subscribe(view)))
                self.home.show(there)
            case modals.REPORT, int(release_id):
                self._tell(request, self.desk.report(request.asker, release_id, modals.read_report(view)))
            case modals.CORRECT, int(report_id):
                self._tell(request, self.desk.correct(request.asker, report_id, modals.read_correct(view)))
            case _:
                log.warning("slack_form_unknown", callback=callback[:80], user=request.asker.user)

    def _tell(self, request: Request, answer: Content) -> None:
        self.speaker.answer(replace(request, view=""), answer)


def _asker_at(asker: Asker, destination: str) -> Asker:
    """Return the asker as if they stood in the destination that their form was about."""
    place = destination.rpartition("/")[2]
    if place.startswith(("U", "W")) or not place:
        return replace(asker, channel="", is_dm=True)
    return replace(asker, channel=place, is_dm=False)
