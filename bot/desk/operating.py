"""What keeps the bot going, as people in Slack see it: how it fares, what was held back, what is unclear."""

from dataclasses import dataclass, replace

from bot.desk.questions import Asker, Questions
from bot.model import Destination
from bot.outbox.doubts import Doubts
from bot.outbox.floods import HeldFloods, left
from bot.records import Content
from bot.releases.news.decision import Settings
from bot.store.store import Store
from bot.views import answers
from bot.views.commands import Command
from bot.views.phrases import counted


@dataclass(frozen=True, slots=True)
class Operating:
    """Tells and settles what is for admins; `store` is where settling is written."""

    questions: Questions
    store: Store
    settings: Settings

    def status(self, asker: Asker, *, corrects: bool, everywhere: bool) -> Content:
        """Return how the bot fares; of other channels and people only those who correct hear.

        Of other workspaces they hear where they ask for all.
        """
        team = "" if corrects and everywhere else asker.team
        status = replace(self.questions.status(team), corrects=corrects, team=team)
        if not corrects:
            pauses = [one for one in status.pauses if one.destination == asker.destination]
            reports = [one for one in status.reports if one.reporter == asker.person]
            status = replace(status, pauses=pauses, reports=reports, remarks=())
        return answers.status_answer(status, self.questions.clock.now())

    def held(self, by: Destination, command: Command) -> Content:
        """List floods and hints, or settle one and list the rest."""
        if command.number is None:
            return self._held()
        floods = HeldFloods(self.store, self.questions.clock, self.settings)
        if command.subject == "ignore":
            settled = answers.ignored_answer(floods.ignore(command.number, by))
        else:
            leads = floods.announce(command.number, by)
            settled = answers.said(
                f"Announced: {counted(len(leads), 'release')} for whoever follows the lab."
            )
        return answers.after(settled, self._held()) if self.questions.store.held.waiting() else settled

    def _held(self) -> Content:
        return answers.held_answer(self.questions.store.held.waiting(), self.questions.clock.now(), left)

    def unclear(self, asker: Asker, command: Command) -> Content:
        """List messages that may have arrived or not, of this workspace or of all, or settle one."""
        deed, _, identity = command.subject.partition(" ")
        team = "" if command.everything else asker.team
        if not deed:
            return self._unclear(team)
        doubts = Doubts(self.store, self.questions.clock)
        settled = doubts.again(identity) if deed == "again" else doubts.there(identity, asker.person)
        answer = answers.settled_answer(settled, deed)
        return answers.after(answer, self._unclear(team)) if self.questions.unclear(team) else answer

    def _unclear(self, team: str) -> Content:
        return answers.unclear_answer(self.questions.unclear(team), self.questions.clock.now(), team=team)
