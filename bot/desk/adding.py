"""`add` and `remove` in a conversation: admins have labs watched beside feeds.yaml, others ask them to."""

import threading
from dataclasses import dataclass, field

import structlog

from bot.desk import labs
from bot.desk.limits import CHANGE, REPORT, admit
from bot.desk.questions import Asker
from bot.desk.trial import Trier
from bot.errors import UsageError
from bot.records import Content
from bot.settings.added import Combined
from bot.store.store import Store
from bot.views import answers
from bot.views.commands import Command

log = structlog.get_logger()

_NO_ADMIN = "which labs are watched is for those to say whom feeds.yaml names under `admins`"


@dataclass(frozen=True, slots=True)
class Adding:
    """Has labs watched and watched no more. `busy` is one for all who ask: one address is read at a time."""

    store: Store
    trier: Trier
    settings: Combined
    hindrance: str = ""  # why nothing that is added could be watched now
    busy: threading.Lock = field(default_factory=threading.Lock)

    def at_once(self, asker: Asker, command: Command, *, is_admin: bool) -> Content | None:
        """Return what is answered to `add` without reading anything, None where that is to be done.

        Raises UsageError where it makes no sense.
        """
        if known := self.trier.labs.find(command.subject):
            raise labs.watched(known)
        if command.of_admins:
            return self._ask(asker, command)
        if not is_admin:
            return answers.only_admins_answer(
                command.subject, command.text, are_there=bool(self.settings.config.admins)
            )
        if self.hindrance:
            raise UsageError(f"mend feeds.yaml first, as nothing else is taken up before: {self.hindrance}")
        return None

    def read(self, asker: Asker, command: Command) -> Content:
        """Return what an address shows, and the question; or add it, if that was said. Raises UsageError."""
        if not self.busy.acquire(blocking=False):
            raise UsageError("I am reading another address just now: please try again in a minute")
        try:
            proposal = labs.propose(
                self.trier, self.store, self.settings.config, command.subject, command.named
            )
        finally:
            self.busy.release()
        lab, source = proposal.lab.lab, proposal.trial.spec.id
        if not command.confirmed:
            return answers.proposal_answer(proposal.trial.tried, lab, command.text, is_new=proposal.is_new)
        now = self.trier.clock.now()
        with self.store.transaction():
            admit(self.store, asker, CHANGE, command.text, now)
            labs.add(self.store, proposal, asker.person, now)
        log.info("lab_added", lab=lab.id, source=source, by=asker.person)
        return answers.added_answer(lab, source)

    def remove(self, asker: Asker, command: Command, *, is_admin: bool) -> Content:
        """Stop watching a lab that was added, list those where none is named. Raises UsageError."""
        lab = labs.find(self.store, self.trier.labs, command.subject) if command.subject else None
        if not is_admin:
            raise UsageError(_NO_ADMIN)
        if lab is None:
            return answers.added_labs_answer(self.store.added.all(), self.trier.clock.now())
        if not command.confirmed:
            question = f"Watch {lab.name} no more? What is known of it stays, and so does who follows it."
            return answers.confirm_answer(question, command.text)
        now = self.trier.clock.now()
        with self.store.transaction():
            admit(self.store, asker, CHANGE, command.text, now)
            labs.remove(self.store, self.settings, lab)
        log.info("lab_removed", lab=lab.id, by=asker.person)
        return answers.said(f"{lab.name} is watched no more, within some seconds. What is known of it stays.")

    def _ask(self, asker: Asker, command: Command) -> Content:
        """Tell the admins what somebody would like to have watched."""
        wish = command.text.removesuffix(" ask")
        line = answers.wish_line(f"<@{asker.user}>", command.subject, wish)
        now, admins = self.trier.clock.now(), self.settings.config.admins
        with self.store.transaction():
            admit(self.store, asker, REPORT, command.text, now)
            self.store.deliveries.owe_lines(f"wish|{asker.request}", admins, line, now, known_until=None)
        if not admins:
            return answers.only_admins_answer(command.subject, wish, are_there=False)
        return answers.said(f"The admins were asked to have {command.subject} watched.")
