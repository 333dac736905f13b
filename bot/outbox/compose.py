"""From a delivery to its message, composed from what is known now, or to why it need not be sent."""

from collections.abc import Sequence
from datetime import timedelta

from bot.model import Note, NoteKind, SourceKind
from bot.outbox.audience import called_by
from bot.outbox.case import MOST_MARKS, Case, Composed, address_mark, joined, parts
from bot.outbox.message import Message
from bot.outbox.pace import quiet_until
from bot.outbox.replies import compose_note
from bot.outbox.settlement import Settlement
from bot.records import ALERT_MISSING, Delivery, Reply
from bot.views.group import GROUPED, MOST

# Alerts of one lab that were owed within this long of each other may share a message.
TOGETHER = timedelta(minutes=10)
_LASTS = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=28)}


def compose(case: Case) -> Composed | Settlement:
    """Return the message as of now, or what becomes of the delivery without one."""
    head = case.head
    if withheld := _withheld(case):
        return withheld
    if head.kind == "edit":
        return _edit(case)
    if head.kind == "note" and head.note:
        return compose_note(case, head.note)
    if head.kind != "alert":
        return _brought_along(case)
    carried = _companions(case)
    called = called_by(case.preferences.notify, [case.wave(one) for one in (head, *carried)])
    content, digest = case.standing((head, *carried), called)
    message = Message(head.id, head.destination, content, marks=_marks(case, carried))
    return Composed(message, digest, carried, called=called)


def _withheld(case: Case) -> Settlement | None:
    """Return why what makes a sound is not sent now, None for all else: it is not wanted, or not yet.

    What people do or ask for just now cannot wait.
    """
    head = case.head
    if case.in_doubt or head.kind not in ("alert", "note", "watch"):
        return None
    against = "" if head.kind == "watch" else case.against(head)
    if against:
        return Settlement("skipped", against)
    until = quiet_until(case.preferences.quiet, case.now)
    if until is None:
        return None
    why = f"quiet hours until {until:%Y-%m-%d %H:%M} UTC"
    return Settlement("owed", why, until, hushed=True, strange_since=head.strange_since)


def _brought_along(case: Case) -> Composed | Settlement:
    """Return a digest or a line, which have their content with them."""
    head = case.head
    if head.content is None:
        return Settlement("impossible", "it says nothing; please report this")
    if head.kind == "digest" and not case.in_doubt:
        plan = case.preferences.digest
        if plan is None:
            return Settlement("skipped", "no digest is wanted there any more")
        if case.now - head.created_at > _LASTS[plan.every]:  # the next one is newer
            return Settlement("skipped", "its period is long over")
    return Composed(Message(head.id, head.destination, head.content))


# --- alerts


def _companions(case: Case) -> tuple[Delivery, ...]:
    """Return the alerts that share this one's message; what was sent together is looked up together."""
    head, deliveries = case.head, case.store.deliveries
    if case.in_doubt:
        return tuple(deliveries.carried_by(head.sequence))
    if head.destination.is_webhook:
        return ()
    behind = deliveries.companions(head, case.wave(head).lab.id, head.created_at - TOGETHER)
    quiet = case.preferences.quiet
    night = quiet_until(quiet, head.created_at)  # what came in it comes together
    near = [
        one
        for one in behind
        if one.created_at - head.created_at <= TOGETHER
        or (night and night == quiet_until(quiet, one.created_at))
    ]
    if len(near) + 1 < GROUPED:
        return ()
    wanted = tuple(one for one in near if not case.against(one))[: MOST - 1]
    return wanted if len(wanted) + 1 >= GROUPED else ()


def _marks(case: Case, carried: Sequence[Delivery]) -> tuple[str, ...]:
    """Return what else an alert is found by: the alerts that it carries, their families, their addresses.

    What was forgotten may have been announced under another name, as it was seen in another order.
    """
    waves = [case.wave(one) for one in (case.head, *carried)]
    families = dict.fromkeys(f"family:{wave.lead.name.family_key}" for wave in waves)
    if case.in_doubt:
        return tuple(families) if case.head.is_of_forgotten_time else ()
    mentions = (mention for wave in waves for member in wave.members for mention in member.mentions)
    addresses = dict.fromkeys(address_mark(mention.url) for mention in mentions)
    return (*(one.id for one in carried), *families, *addresses)[:MOST_MARKS]


# --- edits


def _edit(case: Case) -> Composed | Settlement:
    head, alert, updates = case.head, case.own_alert, case.preferences.updates
    if alert is None or not alert.stands:
        return Settlement("skipped", ALERT_MISSING)
    alerts = case.store.deliveries.alerts_at(head.destination, alert.ts)
    content, digest = case.standing(alerts, edited=True)
    (facts, made), (told, marked) = parts(digest), parts(alert.digest)
    if updates == "off" and made == marked:
        return Settlement("skipped", "updates are off there")
    if digest == alert.digest:
        return Settlement("skipped", "the alert says so already")
    update = _update_owed(case, facts) if updates == "thread" and facts != told else None
    if update and made == marked:
        return Settlement("skipped", "the thread tells it instead", update=update)
    message = Message(head.id, alert.channel, content, edit_ts=alert.ts)
    return Composed(message, joined(told if update else facts, made), update=update)


def _update_owed(case: Case, digest: str) -> Reply:
    """Return what tells the thread of facts: unlike an edit a reply may not be made twice."""
    lead = case.wave(case.head).lead
    note = Note(NoteKind.UPDATE, lead.name.display, lead.card_url or lead.post_url, SourceKind.HUB)
    return Reply(case.head.release_id, lead.name.release_key, note, f"{NoteKind.UPDATE}:{digest}")
