"""What answers to an alert: notes on its release, each alone or with what else comes to its thread."""

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Note, NoteKind
from bot.outbox.case import MOST_MARKS, Case, Composed, address_mark, joined, parts
from bot.outbox.message import Message
from bot.outbox.settlement import Settlement
from bot.records import ALERT_MISSING, Delivery
from bot.store.owed import EDITABLE
from bot.views.alert import BASE
from bot.views.notes import BRINGS, COLLECTED, render_note, render_notes, render_update


def compose_note(case: Case, note: Note) -> Composed | Settlement:
    """Return the message of a note as of now, or what becomes of it without one."""
    head, alert, is_variant = case.head, case.own_alert, note.kind is NoteKind.VARIANT
    if alert is not None or not is_variant:
        if alert is None or not alert.stands:
            return Settlement("skipped", ALERT_MISSING)
        if note.kind is NoteKind.UPDATE:
            return _update(case, alert)
        if not case.in_doubt and _is_told_by(case, alert, head):
            return Settlement("skipped", "the alert says so")
    carried = _collected(case, note)
    notes, wave = [note, *(one.note for one in carried if one.note)], case.wave(head)
    content = render_notes(wave, notes) if len(notes) > 1 else render_note(wave, note)
    if alert is None:
        return Composed(Message(head.id, head.destination, content), carried=carried)
    reply = Message(head.id, alert.channel, content, alert.ts, marks=_marks(case, carried, notes))
    post = replace(reply, destination=head.destination, thread_ts="")
    if is_variant and case.preferences.variants == "post":
        return Composed(post, carried=carried, elsewhere=reply)
    elsewhere = post if is_variant or head.is_of_forgotten_time else None
    return Composed(reply, carried=carried, elsewhere=elsewhere)


def _is_told_by(case: Case, alert: Delivery, one: Delivery) -> bool:
    """Whether the alert tells what a note does: it was composed later, or it is edited to say as much.

    One of several in a message has a line there, without its packagings.
    """
    if one.note is None or one.note.kind not in COLLECTED:
        return False
    if not (_was_known_to(case, alert, one) or _is_edited_in(case, alert, one)):
        return False
    return len(case.store.deliveries.alerts_at(case.head.destination, alert.ts)) == 1


def _was_known_to(case: Case, alert: Delivery, one: Delivery) -> bool:
    """Whether the alert was composed after a note was owed, and so from all that it tells.

    What waits was owed after a reply to it; a claim in the future was made by a clock that was wrong.
    """
    claimed_at = alert.claimed_at
    return not one.wait_until and claimed_at is not None and one.created_at <= claimed_at <= case.now


def _is_edited_in(case: Case, alert: Delivery, one: Delivery) -> bool:
    """Whether a word in the alert is enough: few wait for the base model of one that is out."""
    is_base = one.note is not None and one.note.packaging == BASE
    is_edited = case.preferences.updates == "edit" and case.preferences.variants == "thread"
    return is_base and is_edited and one.created_at - alert.created_at < EDITABLE


def _collected(case: Case, note: Note) -> tuple[Delivery, ...]:
    """Return the notes that one reply tells together with this one: other packagings, other sizes."""
    deliveries, head = case.store.deliveries, case.head
    if case.in_doubt:
        return tuple(deliveries.carried_by(head.sequence))
    if note.kind not in BRINGS:
        return ()
    company = (one for one in deliveries.company(head) if one.note and one.note.kind in COLLECTED)
    alert = case.own_alert
    untold = (one for one in company if alert is None or not _is_told_by(case, alert, one))
    return tuple(one for one in untold if not case.against(one))


def _marks(case: Case, carried: Sequence[Delivery], notes: Sequence[Note]) -> tuple[str, ...]:
    """Return what else a reply is found by: the notes that it carries, and the addresses it tells of.

    Where only the licence changed, the address was told before and marks nothing.
    """
    if notes[0].kind is NoteKind.LICENSE or (case.in_doubt and not case.head.is_of_forgotten_time):
        return ()
    addresses = dict.fromkeys(address_mark(note.url) for note in notes)
    return (*(one.id for one in carried), *addresses)[:MOST_MARKS]


def _update(case: Case, alert: Delivery) -> Composed | Settlement:
    head, digest = case.head, ""  # "" where the alert is edited after all: the next edit compares
    if case.preferences.updates == "thread":
        _, digest = case.standing(case.store.deliveries.alerts_at(head.destination, alert.ts))
        digest = joined(parts(digest)[0], parts(alert.digest)[1])
    if digest == alert.digest and not case.in_doubt:
        return Settlement("skipped", "the thread says so already")
    content = render_update(case.wave(head), case.now, case.change(alert))
    return Composed(Message(head.id, alert.channel, content, thread_ts=alert.ts), digest)
