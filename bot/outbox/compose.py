"""From a delivery to its message, composed from what is known now, or to why it need not be sent."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import structlog

from bot.errors import StoreError
from bot.model import Note, NoteKind, SourceKind, Wave
from bot.outbox.audience import against_sending, called_by, longest_mute
from bot.outbox.message import Message, Notifier, Settlement
from bot.outbox.quiet import quiet_until
from bot.records import ALERT_MISSING, MERGED, Content, Delivery, Mute, Preferences, Reply, Subscription
from bot.store.owed import EDITABLE
from bot.store.store import Store
from bot.views.alert import BASE, LicenseChange, facts_of, render_alert
from bot.views.group import GROUPED, MOST, render_group
from bot.views.mentions import with_mention
from bot.views.notes import BRINGS, COLLECTED, render_note, render_notes, render_update
from bot.views.objects import objects_content
from bot.views.triage import with_triage

log = structlog.get_logger()

# Alerts of one lab that were owed within this long of each other may share a message.
TOGETHER = timedelta(minutes=10)
_MOST_MARKS = 60  # some 1.5 KB of a message's metadata
_LASTS = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=28)}


@dataclass(frozen=True, slots=True)
class Composed:
    """A message that is ready to go.

    `digest` is of what the alert says from then on, "" where the message changes none; `carried` are the
    other alerts or notes that the same message brings. `elsewhere` is the same message where it stands if
    people wanted it elsewhere when it was sent. `update` is what the thread is still to tell where an edit
    that shows what people made of a release goes to a channel that wants no edits; `called` is whom it
    mentions.
    """

    message: Message
    digest: str = ""
    carried: tuple[Delivery, ...] = ()
    elsewhere: Message | None = None
    update: Reply | None = None
    called: str = ""


class Composer:
    """One delivery and what is known of it at a moment, to be told as its destination wants."""

    def __init__(self, store: Store, notifier: Notifier, now: datetime, head: Delivery) -> None:
        self._store = store
        self._notifier = notifier
        self._now = now
        self._head = head
        self._in_doubt = head.state == "doubtful"  # it may stand there already, and is looked up
        self._waves: dict[int, Wave] = {}

    def compose(self) -> Composed | Settlement:
        """Return the message as of now, or what becomes of the delivery without one."""
        try:
            return self._composed()
        except StoreError:
            raise
        except Exception as error:  # a bug in rendering concerns this message alone: others wait behind it
            log.exception("rendering_crashed", delivery=self._head.id)
            return Settlement("impossible", f"could not be rendered ({error!r}); please report this")

    def _composed(self) -> Composed | Settlement:
        head = self._head
        if head.kind in ("alert", "note") and not self._in_doubt:
            against = self._against(head)
            if against:
                return Settlement("skipped", against)
        until = quiet_until(self._preferences.quiet, self._now) if self._is_heard else None
        if until:
            why = f"quiet hours until {until:%Y-%m-%d %H:%M} UTC"
            return Settlement("owed", why, until, hushed=True, strange_since=head.strange_since)
        if head.kind == "alert":
            carried = self._companions()
            waves = [self._wave(one) for one in (head, *carried)]
            called = called_by(self._preferences.notify, waves)
            content, digest = self._standing((head, *carried), called)
            message = Message(head.id, head.destination, content, marks=self._marks(carried))
            return Composed(message, digest, carried, called=called)
        if head.kind == "edit":
            return self._edit()
        if head.kind == "note" and head.note:
            return self._note(head.note)
        return self._brought_along()

    @property
    def _is_heard(self) -> bool:
        """Whether it makes a sound that can wait; what people do or ask for just now cannot."""
        return self._head.kind in ("alert", "note", "watch") and not self._in_doubt

    def _brought_along(self) -> Composed | Settlement:
        """Return a digest or a line, which have their content with them."""
        head = self._head
        if head.content is None:
            return Settlement("impossible", "it says nothing; please report this")
        if head.kind == "digest" and not self._in_doubt:
            plan = self._preferences.digest
            if plan is None:
                return Settlement("skipped", "no digest is wanted there any more")
            if self._now - head.created_at > _LASTS[plan.every]:  # the next one is newer
                return Settlement("skipped", "its period is long over")
        return Composed(Message(head.id, head.destination, head.content))

    # --- alerts

    def _companions(self) -> tuple[Delivery, ...]:
        """Return the alerts that share this one's message; what was sent together is looked up together."""
        head, deliveries = self._head, self._store.deliveries
        if self._in_doubt:
            return tuple(deliveries.carried_by(head.sequence))
        if head.destination.is_webhook:
            return ()
        behind = deliveries.companions(head, self._wave(head).lab.id, head.created_at - TOGETHER)
        quiet = self._preferences.quiet
        night = quiet_until(quiet, head.created_at)  # what came in it comes together
        near = [
            one
            for one in behind
            if one.created_at - head.created_at <= TOGETHER
            or (night and night == quiet_until(quiet, one.created_at))
        ]
        if len(near) + 1 < GROUPED:
            return ()
        wanted = tuple(one for one in near if not self._against(one))[: MOST - 1]
        return wanted if len(wanted) + 1 >= GROUPED else ()

    def _marks(self, carried: Sequence[Delivery]) -> tuple[str, ...]:
        """Return what else an alert is found by: the alerts that it carries, their families, their addresses.

        What was forgotten may have been announced under another name, as it was seen in another order.
        """
        waves = [self._wave(one) for one in (self._head, *carried)]
        families = dict.fromkeys(f"family:{wave.lead.name.family_key}" for wave in waves)
        if self._in_doubt:
            return tuple(families) if self._head.is_of_forgotten_time else ()
        mentions = (mention for wave in waves for member in wave.members for mention in member.mentions)
        addresses = dict.fromkeys(_address(mention.url) for mention in mentions)
        return (*(one.id for one in carried), *families, *addresses)[:_MOST_MARKS]

    def _standing(
        self, alerts: Sequence[Delivery], called: str = "", *, edited: bool = False
    ) -> tuple[Content, str]:
        """Return what the message of these alerts says as of now, and the digest to tell changes by.

        Whom it called when it was sent, it goes on naming; Slack tells nobody of an edit.

        Where people want no edits, only facts count as a change, and what people made of the releases.
        """
        buttons, updates = self._notifier.interactive, self._preferences.updates
        waves = [self._wave(alert) for alert in alerts]
        if self._head.destination.is_webhook:  # data alone: nobody there presses anything, or is called
            content = objects_content(waves[0])
            return content, _digest(content.text)
        if len(waves) > 1:
            content = render_group(waves, self._now, interactive=buttons, edited=updates == "edit")
        else:
            change = self._change(alerts[0]) if edited else None
            content = render_alert(
                waves[0], self._now, interactive=buttons, edited=updates == "edit", change=change
            )
        told: list[Any] = [content.text, content.blocks]
        if updates == "thread":
            told = [facts_of(wave, self._now) for wave in waves]
        made = self._store.triage.of(self._head.destination, (wave.lead.id for wave in waves))
        said = [(one.release_id, one.state, one.at.isoformat()) for one in made.values()]
        content = with_triage(content, waves, made, interactive=buttons)
        if not all(wave.lead.withdrawn for wave in waves):
            content = with_mention(content, called or next((it.called for it in alerts if it.called), ""))
        return content, _joined(_digest(told), _digest(said) if said else "")

    # --- what answers to an alert

    def _edit(self) -> Composed | Settlement:
        head, alert, updates = self._head, self._own_alert, self._preferences.updates
        if alert is None or not alert.stands:
            return Settlement("skipped", ALERT_MISSING)
        alerts = self._store.deliveries.alerts_at(head.destination, alert.ts)
        content, digest = self._standing(alerts, edited=True)
        (facts, made), (told, marked) = _parts(digest), _parts(alert.digest)
        if updates == "off" and made == marked:
            return Settlement("skipped", "updates are off there")
        if digest == alert.digest:
            return Settlement("skipped", "the alert says so already")
        update = self._update_owed(facts) if updates == "thread" and facts != told else None
        if update and made == marked:
            return Settlement("skipped", "the thread tells it instead", update=update)
        message = Message(head.id, alert.channel, content, edit_ts=alert.ts)
        return Composed(message, _joined(told if update else facts, made), update=update)

    def _update_owed(self, digest: str) -> Reply:
        """Return what tells the thread of facts: unlike an edit a reply may not be made twice."""
        lead = self._wave(self._head).lead
        note = Note(NoteKind.UPDATE, lead.name.display, lead.card_url or lead.post_url, SourceKind.HUB)
        return Reply(self._head.release_id, lead.name.release_key, note, f"{NoteKind.UPDATE}:{digest}")

    def _note(self, note: Note) -> Composed | Settlement:
        head, alert, is_variant = self._head, self._own_alert, note.kind is NoteKind.VARIANT
        if alert is not None or not is_variant:
            if alert is None or not alert.stands:
                return Settlement("skipped", ALERT_MISSING)
            if note.kind is NoteKind.UPDATE:
                return self._update(alert)
            if not self._in_doubt and self._is_told_by(alert, head):
                return Settlement("skipped", "the alert says so")
        carried = self._collected(note)
        notes = [note, *(one.note for one in carried if one.note)]
        content = self._told(notes)
        if alert is None:
            return Composed(Message(head.id, head.destination, content), carried=carried)
        reply = Message(head.id, alert.channel, content, alert.ts, marks=self._note_marks(carried, notes))
        post = replace(reply, destination=head.destination, thread_ts="")
        if is_variant and self._preferences.variants == "post":
            return Composed(post, carried=carried, elsewhere=reply)
        elsewhere = post if is_variant or head.is_of_forgotten_time else None
        return Composed(reply, carried=carried, elsewhere=elsewhere)

    def _is_told_by(self, alert: Delivery, one: Delivery) -> bool:
        """Whether the alert tells what a note does: it was composed later, or it is edited to say as much.

        One of several in a message has a line there, without its packagings.
        """
        if one.note is None or one.note.kind not in COLLECTED:
            return False
        if not (self._was_known_to(alert, one) or self._is_edited_in(alert, one)):
            return False
        return len(self._store.deliveries.alerts_at(self._head.destination, alert.ts)) == 1

    def _was_known_to(self, alert: Delivery, one: Delivery) -> bool:
        """Whether the alert was composed after a note was owed, and so from all that it tells.

        What waits was owed after a reply to it; a claim in the future was made by a clock that was wrong.
        """
        claimed_at = alert.claimed_at
        return not one.wait_until and claimed_at is not None and one.created_at <= claimed_at <= self._now

    def _is_edited_in(self, alert: Delivery, one: Delivery) -> bool:
        """Whether a word in the alert is enough: few wait for the base model of one that is out."""
        is_base = one.note is not None and one.note.packaging == BASE
        is_edited = self._preferences.updates == "edit" and self._preferences.variants == "thread"
        return is_base and is_edited and one.created_at - alert.created_at < EDITABLE

    def _collected(self, note: Note) -> tuple[Delivery, ...]:
        """Return the notes that one reply tells together with this one: other packagings, other sizes."""
        deliveries, head = self._store.deliveries, self._head
        if self._in_doubt:
            return tuple(deliveries.carried_by(head.sequence))
        if note.kind not in BRINGS:
            return ()
        company = (one for one in deliveries.company(head) if one.note and one.note.kind in COLLECTED)
        alert = self._own_alert
        untold = (one for one in company if alert is None or not self._is_told_by(alert, one))
        return tuple(one for one in untold if not self._against(one))

    def _told(self, notes: Sequence[Note]) -> Content:
        wave = self._wave(self._head)
        return render_note(wave, notes[0]) if len(notes) == 1 else render_notes(wave, notes)

    def _note_marks(self, carried: Sequence[Delivery], notes: Sequence[Note]) -> tuple[str, ...]:
        """Return what else a reply is found by: the notes that it carries, and the addresses it tells of.

        Where only the licence changed, the address was told before and marks nothing.
        """
        if notes[0].kind is NoteKind.LICENSE or (self._in_doubt and not self._head.is_of_forgotten_time):
            return ()
        addresses = dict.fromkeys(_address(note.url) for note in notes)
        return (*(one.id for one in carried), *addresses)[:_MOST_MARKS]

    def _update(self, alert: Delivery) -> Composed | Settlement:
        head, digest = self._head, ""  # "" where the alert is edited after all: the next edit compares
        if self._preferences.updates == "thread":
            _, digest = self._standing(self._store.deliveries.alerts_at(head.destination, alert.ts))
            digest = _joined(_parts(digest)[0], _parts(alert.digest)[1])
        if digest == alert.digest and not self._in_doubt:
            return Settlement("skipped", "the thread says so already")
        content = render_update(self._wave(head), self._now, self._change(alert))
        return Composed(Message(head.id, alert.channel, content, thread_ts=alert.ts), digest)

    def _change(self, alert: Delivery) -> LicenseChange | None:
        """Return what the licence was when the alert went out, and when it changed last."""
        notes = self._store.deliveries.notes_of(alert.release_id, alert.destination)
        changes = [(note.note.former_license, note.created_at) for note in notes if note.note]
        known = [(former, at) for former, at in changes if former]
        return LicenseChange(known[0][0], known[-1][1]) if known else None

    # --- what is known

    def _against(self, one: Delivery) -> str:
        """Return why this delivery, or another of the same lab to the same destination, is not wanted."""
        if one.kind == "alert" and self._store.deliveries.is_told_otherwise(one):
            return MERGED
        if one.note and one.destination.is_webhook:
            return "an update tells it as data"
        return against_sending(self._wave(one), one.note, self._subscriptions, self._preferences, self._mute)

    def _wave(self, one: Delivery) -> Wave:
        if one.release_id not in self._waves:
            first = self._store.deliveries.first_alert_of_family(one.release_id, one.destination)
            link = self._notifier.permalink(first.channel, first.ts) if first and first.stands else ""
            self._waves[one.release_id] = self._store.history.wave(one.release_id, link)
        return self._waves[one.release_id]

    @cached_property
    def _own_alert(self) -> Delivery | None:
        return self._store.deliveries.alert_of(self._head.release_id, self._head.destination)

    @cached_property
    def _preferences(self) -> Preferences:
        return self._store.preferences.of(self._head.destination)

    @cached_property
    def _subscriptions(self) -> Sequence[Subscription]:
        return self._store.subscriptions.of_destination(self._head.destination)

    @cached_property
    def _mute(self) -> Mute | None:
        lab = self._wave(self._head).lab.id
        return longest_mute(self._store.preferences.mutes(self._head.destination, self._now), lab)


def _address(url: str) -> str:
    return f"address:{_digest(url)}"


def _joined(facts: str, made: str) -> str:
    """Return the digest of an alert: of what it tells, and of what people made of that."""
    return f"{facts}/{made}" if made else facts


def _parts(digest: str) -> tuple[str, str]:
    facts, _, made = digest.partition("/")
    return facts, made


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
