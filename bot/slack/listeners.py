"""What happens after the acknowledgement of a command, a message, something pressed, or a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import structlog

from bot.desk.desk import Desk
from bot.desk.undo import BESIDE
from bot.model import Destination
from bot.records import Content, View
from bot.slack.payload import (
    Payload,
    Request,
    is_from_person,
    number,
    own_user,
    plain,
    read_action,
    text_at,
    words_of_mention,
)
from bot.slack.replies import Replies
from bot.views import forms, home
from bot.views.answers.common import typed
from bot.views.follow_form import read_subscribe, read_where

log = structlog.get_logger(__name__)

_GONE = Content("That is not known here any more.")
_CANCELLED = Content("Cancelled: nothing was changed.")
_UNKNOWN = Content(f"This button belongs to another version of me. {typed('help')} shows what I do now.")

# What to do where Slack opens no window, beside trying again.
_INSTEAD = {
    "details": f"type {typed('show')} with the name of the release",
    "report": "",
    "correct": "have it corrected with `cadencebot correct`",
}


@dataclass(frozen=True, slots=True)
class Listeners:
    """What answers each kind of payload: the desk knows what, and `replies` the way back.

    `open_desk` gives the desk as the settings of the moment have it: they may change while the bot works.
    """

    open_desk: Callable[[], Desk]
    replies: Replies

    @property
    def desk(self) -> Desk:
        """Return the desk of this moment."""
        return self.open_desk()

    def command(self, request: Request, body: Payload) -> None:
        """Answer a command; the manifest gives it its name. Without its labs, `subscribe` opens its form."""
        words = plain(text_at(body, "text"))
        form = self.desk.windows.form_of(request.asker, words)
        if form is None:
            self.replies.answer(request, self.desk.answer(request.asker, words))
        else:
            self._open(request, form, _typed_instead(request.asker.destination))

    def shortcut(self, request: Request, body: Payload) -> None:  # noqa: ARG002  # there is one shortcut
        """Ask for a channel, and then for the labs that it shall follow."""
        self._open(request, self.desk.windows.where_form(request.asker), _typed_instead(request.asker.person))

    def message(self, request: Request, body: Payload) -> None:
        """Answer who names the bot in a channel or writes to it directly; no other message is for it."""
        is_mention = text_at(body, "event", "type") == "app_mention"
        if (is_mention or text_at(body, "event", "channel_type") == "im") and is_from_person(body):
            words = words_of_mention(text_at(body, "event", "text"), own_user(body))
            self.replies.answer(request, self.desk.answer(request.asker, words))

    def home_opened(self, request: Request, body: Payload) -> None:
        """Show the Home tab to whoever opened it."""
        if text_at(body, "event", "tab") != "messages":
            self._show_home(request)

    def joined(self, request: Request, body: Payload) -> None:
        """Say what there is to say where the bot itself was invited."""
        if request.asker.user == own_user(body):
            welcome = self.desk.welcome(request.asker)
            if welcome is not None:
                self.replies.say(request, welcome)

    def action(self, request: Request, body: Payload) -> None:
        """Do what was pressed: a button that can be a command is one, its value the whole text."""
        (kind, value), asker = read_action(body), request.asker
        match kind:
            case "run" | "replace" | "undo":
                self._run(request, kind, value)
            case "cancel":
                self.replies.answer(request, _CANCELLED, replace=request.alone)
            case "there":
                where, _, command = value.partition(" ")
                self._do_there(request, Destination(where) or asker.person, command)
            case "share":
                self._share(request, value)
            case "choose" | home.SUBSCRIBE | home.EDIT:
                place = Destination(value) or asker.person
                self._open(request, self.desk.windows.follow_form(asker, place), _typed_instead(place))
            case home.WHERE:
                self.shortcut(request, body)
            case "details" | "report" | "correct":
                self._open_about(request, kind, value)
            case "triage":
                self.replies.answer(request, self._triage(request, value))
            case _ if kind.startswith("open_"):
                log.debug("link_opened", action=kind)
            case _:
                log.warning("slack_action_unknown", action=kind[:80], user=asker.user)
                self.replies.answer(request, _UNKNOWN)

    def _run(self, request: Request, kind: str, value: str) -> None:
        do = self.desk.undo if kind == "undo" else self.desk.answer
        # what others see as well must not change under their eyes
        in_place = kind != "run" and request.alone
        self.replies.answer(request, do(request.asker, value), replace=in_place)
        if request.view == "home":
            self._show_home(request)

    def _share(self, request: Request, command: str) -> None:
        answer, is_for_all = self.desk.to_share(request.asker, command)
        tell = self.replies.share if is_for_all else self.replies.answer
        tell(request, answer)

    def _triage(self, request: Request, value: str) -> Content:
        release, _, state = value.partition(" ")
        about = number(release)
        return _GONE if about is None else self.desk.triage(request.asker, about, state)

    def _open_about(self, request: Request, kind: str, value: str) -> None:
        windows = self.desk.windows
        make: Mapping[str, Callable[[int], View | Content]] = {
            "details": windows.details,
            "report": partial(windows.report_form, request.asker),
            "correct": partial(windows.correct_form, request.asker),
        }
        about = number(value)
        self._open(request, _GONE if about is None else make[kind](about), _INSTEAD[kind])

    def _open(self, request: Request, shown: View | Content, otherwise: str) -> None:
        """Open a window, or say why there is none; `otherwise` is what does the same without one."""
        if isinstance(shown, Content):
            self.replies.answer(request, shown)
        else:
            self.replies.open(request, shown, otherwise)

    def problems(self, body: Payload) -> Mapping[str, str]:
        """Return what is wrong with a submitted form, by field; Slack waits for it, and nothing is asked."""
        view, windows = _view_of(body), self.desk.windows
        match text_at(view, "callback_id"), number(text_at(view, "private_metadata")):
            case forms.SUBSCRIBE, _:
                return windows.follow_problems(view)
            case forms.REPORT, int():
                return windows.report_problems(forms.read_report(view))
            case forms.CORRECT, int(report):
                return windows.correct_problems(report, forms.read_correct(view))
        return {}

    def form(self, request: Request, body: Payload) -> None:
        """Do what a submitted form says. What comes of it is said where it takes effect, not in a window."""
        view = _view_of(body)
        request, asker = replace(request, view=""), request.asker
        callback, about = text_at(view, "callback_id"), text_at(view, "private_metadata")
        match callback, number(about):
            case forms.SUBSCRIBE, _:
                place, commands = read_subscribe(view)
                self._do_there(request, place or asker.person, BESIDE.join(commands))
            case forms.WHERE, _:
                place = Destination.at(asker.team, read_where(view) or asker.user)
                self._open(request, self.desk.windows.follow_form(asker, place), _typed_instead(place))
            case forms.REPORT, int(release):
                self.replies.answer(
                    request, self.desk.windows.report(asker, release, forms.read_report(view))
                )
            case forms.CORRECT, int(report):
                self.replies.answer(
                    request, self.desk.windows.correct(asker, report, forms.read_correct(view))
                )
            case _:
                log.warning("slack_form_unknown", callback=callback[:80], user=asker.user)

    def _do_there(self, request: Request, place: Destination, commands: str) -> None:
        """Do commands as if the asker stood where they are about: forms, and *Try again*, say where."""
        answer, is_allowed = self.desk.answer_there(request.asker, place, commands)
        if not is_allowed:
            self.replies.answer(request, answer)
            return
        request = replace(request, asker=request.asker.at(place))
        self.replies.answer(request, answer, replace=request.alone)
        self._show_home(request)

    def _show_home(self, request: Request) -> None:
        self.replies.publish(request, self.desk.windows.home(request.asker))


def _view_of(body: Payload) -> View:
    shown = body.get("view")
    return shown if isinstance(shown, Mapping) else {}


def _typed_instead(place: Destination) -> str:
    """Return what does the same as the form that makes a place follow labs."""
    if place.is_channel:
        return f"type {typed('subscribe qwen')} in the channel"
    return f"type {typed('subscribe qwen to:dm')}"
