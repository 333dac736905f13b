"""What is no command: the Home tab, the windows that open, and the forms that are sent from them.

What is wrong with a form stands beside its fields. Slack takes that only with its acknowledgement, and then
keeps what was typed:
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.desk.corrections import NOTHING_SAID, FaultReports
from bot.desk.failed import failed_answer, told_where_it_fails
from bot.desk.grammar import parse_command, subscribing_alone
from bot.desk.questions import Asker, Questions
from bot.desk.rights import Need, Rights
from bot.errors import StoreError, UsageError
from bot.model import Destination
from bot.records import Content, ErrorReport, View
from bot.releases.facts.filters import make_filters
from bot.releases.facts.text import shorten
from bot.releases.naming.labs import Labs
from bot.views import forms, home
from bot.views.answers.common import sentence
from bot.views.commands import Verb
from bot.views.follow_form import LABS, filter_words, read_subscribe, subscribe_modal, where_modal

_LIMIT = 200  # characters beside a field
_NOT_ALL = "all labs stay followed until `unsubscribe all` ends that: leave them in, or do that first"


@dataclass(frozen=True, slots=True)
class Windows:
    """The Home tab and the windows, each as its asker may see it."""

    questions: Questions
    reports: FaultReports
    rights: Rights

    def home(self, asker: Asker) -> View:
        """Return the asker's Home tab, with the channels that they are in, as far as Slack tells them."""
        try:
            self.rights.require(Need.MEMBER, asker, asker.person)
        except UsageError as error:
            return forms.home(failed_answer(error).blocks)
        channels = self.rights.channels.channels_of(asker.person)
        followed = [self.questions.following(channel) for channel in channels or ()]
        _, recent = self.questions.store.history.recent(limit=home.MOST_RECENT)
        return home.home_view(
            self.questions.following(asker.person),
            [one for one in followed if one.subscriptions],
            recent,
            self.questions.clock.now(),
            knows_channels=channels is not None,
        )

    # --- which labs a place follows

    @told_where_it_fails
    def where_form(self, asker: Asker) -> View:
        """Return the window that asks in which channel labs shall be followed."""
        self.rights.require(Need.CHANGE, asker, asker.person)
        return where_modal()

    @told_where_it_fails
    def follow_form(self, asker: Asker, place: Destination) -> View:
        """Return the window that changes what a place follows."""
        self.rights.require(Need.CHANGE, asker, place)
        return subscribe_modal(list(self.questions.labs), self.questions.following(place), place)

    def form_of(self, asker: Asker, text: str) -> View | Content | None:
        """Return the form that a command asks for by leaving out its labs, None where it is answered."""
        command = subscribing_alone(text)
        if command is None:
            return None
        return self.follow_form(asker, asker.person if command.privately else asker.destination)

    def follow_problems(self, view: View) -> Mapping[str, str]:
        """Return what is wrong with the form that chooses labs, by field."""
        words = filter_words(view)
        found = {key: _problem_of(**{key: word}) for key, word in words.items()}
        if not any(found.values()) and {"min", "max"} <= words.keys():
            found["max"] = _problem_of(min=words["min"], max=words["max"])
        found[LABS] = _problem_of_labs(view, self.questions.labs) if not any(found.values()) else ""
        return {field: _beside_field(problem) for field, problem in found.items() if problem}

    # --- one release: its details, a report of a fault, a correction

    @told_where_it_fails
    def details(self, release_id: int) -> View:
        """Return the window with all that is known of a release."""
        return forms.details_modal(self.questions.by_id(release_id))

    @told_where_it_fails
    def report_form(self, asker: Asker, release_id: int) -> View:
        """Return the window in which a wrong detail is reported."""
        self.rights.require(Need.MEMBER, asker, asker.destination)
        return forms.report_modal(self.questions.by_id(release_id))

    def report_problems(self, text: str) -> Mapping[str, str]:
        """Return what is wrong with a report, by field."""
        return {} if text.strip() else {"text": _beside_field(NOTHING_SAID)}

    @told_where_it_fails
    def report(self, asker: Asker, release_id: int, text: str) -> Content:
        """Keep what somebody found wrong."""
        self.rights.require(Need.MEMBER, asker, asker.destination)
        return self.reports.report(asker, self.questions.by_id(release_id), text)

    @told_where_it_fails
    def correct_form(self, asker: Asker, report_id: int) -> View:
        """Return the window that corrects what was reported."""
        report = self._report(asker, report_id)
        return forms.correct_modal(report, self.questions.by_id(report.release_id))

    def correct_problems(self, report_id: int, fields: Mapping[str, str]) -> Mapping[str, str]:
        """Return what is wrong with a correction, by field; that nobody may make it is said later."""
        try:
            report = self.questions.store.reports.by_id(report_id)
            found = self.reports.problems(self.questions.by_id(report.release_id), fields) if report else {}
        except (UsageError, StoreError):
            return {}  # so it will be told to whoever sent it
        return {field: _beside_field(problem) for field, problem in found.items()}

    @told_where_it_fails
    def correct(self, asker: Asker, report_id: int, fields: Mapping[str, str]) -> Content:
        """Correct a release as an admin's form says."""
        report = self._report(asker, report_id)
        return self.reports.correct(asker, report, self.questions.by_id(report.release_id), fields)

    def _report(self, asker: Asker, report_id: int) -> ErrorReport:
        self.rights.require(Need.ADMIN, asker, asker.destination)
        report = self.questions.store.reports.by_id(report_id)
        if report is None:
            raise UsageError("that report is not known any more; `status` lists what is open")
        return report


def _problem_of(**filters: str) -> str:
    try:
        make_filters(**filters)
    except UsageError as error:
        return str(error)
    return ""


def _problem_of_labs(view: View, labs: Labs) -> str:
    _, commands = read_subscribe(view)
    try:
        meant = [parse_command(command, labs) for command in commands]
    except UsageError as error:
        return str(error)
    leaves_all = any(command.verb is Verb.UNSUBSCRIBE and command.everything for command in meant)
    return _NOT_ALL if leaves_all else ""


def _beside_field(problem: str) -> str:
    return shorten(sentence(problem), _LIMIT)
