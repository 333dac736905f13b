"""What a channel makes of a release: any of its members says so, and the alert shows who and when."""

from datetime import datetime

from bot.desk.limits import CHANGE, admit
from bot.desk.questions import Asker, Questions, suggested
from bot.errors import UsageError
from bot.model import Destination, Wave
from bot.records import OPEN_TRIAGE, Content, Triage
from bot.store.store import Store
from bot.views import answers
from bot.views.answers.common import typed
from bot.views.commands import Command, MisunderstoodError
from bot.views.triage import STATES

_HINT = f"{typed('recent triage:open')} lists what nobody here looked at."


def mark(
    store: Store, asker: Asker, destination: Destination, wave: Wave, state: str, now: datetime
) -> Content:
    """Store what a destination makes of a wave, in one transaction with the edit that it owes there.

    Raises UsageError for a state that is none.
    """
    if state not in (OPEN_TRIAGE, *STATES):
        raise UsageError(f"“{state[:40]}” is no state: write {', '.join(STATES)} or {OPEN_TRIAGE}")
    lead = wave.lead
    with store.transaction():
        admit(store, asker, CHANGE, f"triage {lead.id}", now)
        if state == OPEN_TRIAGE:
            store.triage.clear(destination, lead.id)
        else:
            store.triage.set(Triage(destination, lead.id, state, asker.user, asker.name, now))
        store.deliveries.owe_edits(lead.id, lead.name.release_key, now, known_until=None, only=destination)
    marked = "no longer marked" if state == OPEN_TRIAGE else f"marked as “{STATES[state]}”"
    return answers.said(f"{lead.name.display} is {marked} here.", [_HINT])


def meant(questions: Questions, command: Command) -> Wave:
    """Return the wave that `triage NAME adopted` is about. Raises MisunderstoodError unless that is one."""
    again = f"triage {{}} {command.triage}"
    wave, others = questions.one(command.subject, again)
    if others and wave.lead.name.display.lower() != command.subject.lower():
        names = [wave.lead.name.display, *others]
        raise MisunderstoodError(
            f"several releases are called so: {', '.join(names[:5])}", suggested(names[:3], again)
        )
    return wave
