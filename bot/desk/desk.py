"""Answer what people ask and do what they want, whichever way it came; changes are one transaction each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.desk.asker import Asker
from bot.desk.changes import Changes
from bot.desk.grammar import parse_command
from bot.desk.questions import Questions
from bot.desk.reporting import Reporting
from bot.errors import StoreError, UsageError
from bot.model import Wave
from bot.outbox.holding import Holding
from bot.records import Content, View
from bot.releases.news.decision import Settings
from bot.views import answers, home, modals
from bot.views.commands import Command, Verb

log = structlog.get_logger()

_AT_HOME = 5
_STORIES = 5


class Places(Protocol):
    """Know what Slack says of channels; None is "not known", as without the scopes to ask."""

    def may_post(self, destination: str) -> bool | None:
        """Whether the bot can post there."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Take words and give answers. Questions are asked of a store that is open for reading only."""

    questions: Questions
    changes: Changes
    reporting: Reporting
    places: Places
    settings: Settings = field(default_factory=Settings)

    def answer(self, asker: Asker, text: str) -> Content:
        """Return what comes of a command; what it does not understand is an answer as well."""
        return self._said(lambda: self._obeyed(asker, text), text)

    def _obeyed(self, asker: Asker, text: str) -> Content:
        command = parse_command(text, self.questions.labs)
        return self._change(asker, command) if command.changes else self._answered(asker, command)

    def _said(self, do: Callable[[], Content], text: str = "") -> Content:
        try:
            return do()
        except UsageError as error:
            return answers.error_answer(error, text)
        except StoreError as error:
            log.exception("command_failed", command=text[:200])
            return answers.said(f"I cannot use my memory just now: {error}. Nothing was changed.")

    def _change(self, asker: Asker, command: Command) -> Content:
        destination = _meant(asker, command)
        if command.verb is Verb.SUBSCRIBE and self.places.may_post(destination) is False:
            return answers.cannot_post_answer(command.text)
        return self.changes.make(asker, destination, command)

    def _answered(self, asker: Asker, command: Command) -> Content:
        answer: Mapping[Verb, Callable[[Asker, Command], Content]] = {
            Verb.LIST: self._list,
            Verb.RECENT: self._recent,
            Verb.SHOW: self._show,
            Verb.CADENCE: self._cadence,
            Verb.LABS: self._labs,
            Verb.DIGEST: self._digest,
            Verb.STATUS: self._status,
            Verb.SETTINGS: self._settings,
            Verb.TEST: self._test,
            Verb.WHY: self._why,
            Verb.HELD: self._held,
        }
        return answer.get(command.verb, self._help)(asker, command)

    def _help(self, _: Asker, command: Command) -> Content:
        return answers.help_answer(command.subject)

    def _list(self, asker: Asker, command: Command) -> Content:
        return answers.list_answer(self.questions.following(_meant(asker, command)), self._now())

    def _recent(self, _: Asker, command: Command) -> Content:
        total, waves = self.questions.recent(command, answers.page_size(command))
        return answers.recent_answer(command, total, waves, self._now(), self.questions.checked_at())

    def _show(self, _: Asker, command: Command) -> Content:
        wave, others = self.questions.one(command.subject)
        return answers.show_answer(wave, others, self._now())

    def _cadence(self, _: Asker, command: Command) -> Content:
        return answers.cadence_answer(command, self.questions.cadence(command))

    def _labs(self, _: Asker, command: Command) -> Content:
        return answers.labs_answer(self.questions.named(command.subject), command.subject)

    def _digest(self, asker: Asker, command: Command) -> Content:
        return answers.digest_answer(self.questions.following(_meant(asker, command)).preferences)

    def _settings(self, asker: Asker, command: Command) -> Content:
        return answers.settings_answer(self.questions.following(_meant(asker, command)).preferences)

    def _status(self, asker: Asker, _: Command) -> Content:
        """Tell how the bot fares; of other channels and people only admins hear."""
        status, corrects = self.questions.status(), self.reporting.may_correct(asker)
        if not corrects:
            pauses = [one for one in status.pauses if one.destination == asker.destination]
            reports = [one for one in status.reports if one.reporter == asker.person]
            status = replace(status, pauses=pauses, reports=reports)
        return answers.status_answer(replace(status, corrects=corrects), self._now())

    def _test(self, asker: Asker, command: Command) -> Content:
        destination = _meant(asker, command)
        if self.places.may_post(destination) is False:
            return answers.cannot_post_answer(command.text)
        self.changes.test(asker, destination)
        return answers.said("A test message is on its way to this conversation.")

    def _why(self, asker: Asker, command: Command) -> Content:
        stories = self.questions.stories(command.subject, asker.destination)[:_STORIES]
        waiting = self.questions.waiting(command.subject)
        if not stories and not waiting:
            raise UsageError(f"no source ever showed “{command.subject[:80]}”: `status` tells how they fare")
        return answers.why_answer(stories, waiting)

    def _held(self, asker: Asker, command: Command) -> Content:
        """List floods and hints, or settle one; only admins may."""
        if not self.reporting.may_correct(asker):
            raise UsageError("only those whom feeds.yaml names under `admins` settle what was held back")
        holding = Holding(self.changes.store, self.questions.clock, self.settings)
        if command.number is None:
            return answers.held_answer(self.questions.store.held.waiting(), self._now())
        if command.subject == "ignore":
            flood = holding.ignore(command.number, asker.person)
            return answers.ignored_answer(flood)
        leads = holding.announce(command.number, asker.person)
        return answers.said(f"Announced: {len(leads)} releases go to whoever follows them.")

    # --- what is no command: the Home tab, modals and reports

    def home(self, asker: Asker, channels: Sequence[str] | None) -> View:
        """Return the asker's Home tab; `channels` are those that they are in, None where nobody knows."""
        followed = [self.questions.following(channel) for channel in channels or ()]
        _, recent = self.questions.store.history.recent(limit=_AT_HOME)
        return home.home_view(
            self.questions.following(asker.person),
            [one for one in followed if one.subscriptions],
            recent,
            self._now(),
            knows_channels=channels is not None,
        )

    def subscribe_form(self, asker: Asker, destination: str) -> View:
        """Return the modal that changes what a destination follows; "" is the asker's own messages."""
        destination = destination or asker.person
        return modals.subscribe_modal(
            list(self.questions.labs), self.questions.following(destination), destination
        )

    def details(self, release_id: int) -> View | None:
        """Return the modal with all that is known of a release, or None for one that is not there."""
        wave = self.questions.by_id(release_id)
        return modals.details_modal(wave, self._now()) if wave else None

    def report_form(self, release_id: int) -> View | None:
        """Return the modal in which a wrong detail is reported."""
        wave = self.questions.by_id(release_id)
        return modals.report_modal(wave) if wave else None

    def report(self, asker: Asker, release_id: int, text: str) -> Content:
        """Keep what somebody found wrong."""
        return self._said(lambda: self.reporting.report(asker, self._wave(release_id), text))

    def correct_form(self, report_id: int, asker: Asker) -> View | None:
        """Return the modal that corrects what was reported, None for those who may not."""
        report = self.questions.store.reports.by_id(report_id)
        wave = self.questions.by_id(report.release_id) if report else None
        if report is None or wave is None or not self.reporting.may_correct(asker):
            return None
        return modals.correct_modal(report, wave)

    def correct(self, asker: Asker, report_id: int, fields: Mapping[str, str]) -> Content:
        """Correct a release as an admin's form says."""

        def corrected() -> Content:
            report = self.questions.store.reports.by_id(report_id)
            if report is None or not self.reporting.may_correct(asker):
                raise UsageError("only those whom feeds.yaml names under `admins` can correct releases")
            return self.reporting.correct(asker, report, self._wave(report.release_id), fields)

        return self._said(corrected)

    # --- comings and goings

    def welcome(self, asker: Asker) -> Content | None:
        """Greet a channel that invited the bot, and let what was paused there go on."""
        self.changes.resume(lambda destination: destination == asker.destination)
        following = self.questions.following(asker.destination)
        return None if following.subscriptions else answers.help_answer("")

    def uninstalled(self, team: str) -> None:
        """Pause everything of a workspace that removed the bot; what it follows is kept."""
        self.changes.pause_team(team)

    def installed(self, team: str) -> None:
        """Let everything of a workspace go on that has installed the bot, again."""
        self.changes.resume(lambda destination: destination.rpartition("/")[0] == team)

    def _wave(self, release_id: int) -> Wave:
        wave = self.questions.by_id(release_id)
        if wave is None:
            raise UsageError("that release is not known any more; `recent` lists what is")
        return wave

    def _now(self) -> datetime:
        return self.questions.clock.now()


def _meant(asker: Asker, command: Command) -> str:
    """Return the destination that a command is about: the asker's own messages with to:dm."""
    return asker.person if command.privately else asker.destination
