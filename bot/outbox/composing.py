"""Compose a delivery from what is known now, or say why it need not be sent."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.model import Note, NoteKind, SourceKind, Wave
from bot.outbox.audience import against_sending
from bot.outbox.message import Message, Notifier
from bot.outbox.settle import Settlement
from bot.records import ALERT_MISSING, Content, Delivery, DigestPlan, Preferences
from bot.store.store import Store
from bot.views.alert import LicenseChange, facts_of, render_alert
from bot.views.group import GROUPED, MOST, render_group
from bot.views.reply import render_note, render_update

# Alerts of one lab that were owed within this long of each other may share a message.
TOGETHER = timedelta(minutes=10)
_MOST_MARKS = 60  # some 1.5 KB of a message's metadata
_LASTS = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=28)}


@dataclass(frozen=True, slots=True)
class Composed:
    """A message that is ready to go.

    `digest` is of what the alert says from then on, "" where the message changes none; `carried` are the
    other alerts that the same message brings. `elsewhere` is the same message where it stands if people
    wanted it elsewhere when it was sent.
    """

    message: Message
    digest: str = ""
    carried: tuple[Delivery, ...] = ()
    elsewhere: Message | None = None


@dataclass(frozen=True, slots=True)
class Instead:
    """The note that tells what an edit would have shown, and the name that it has for ever."""

    lead_key: str
    note: Note
    about: str


@dataclass(frozen=True, slots=True)
class Composer:
    """Render one delivery as its destination wants to be told; the next one finds another state of things."""

    store: Store
    notifier: Notifier
    clock: Clock
    _waves: dict[int, Wave] = field(default_factory=dict)

    def compose(self, head: Delivery) -> Composed | Settlement | Instead:
        """Return a delivery's message as of now, or what becomes of it without one."""
        if head.kind == "alert":
            return self._alert(head)
        if head.kind == "edit":
            return self._edit(head)
        if head.kind == "note" and head.note:
            return self._note(head, head.note)
        return self._brought_along(head)

    # --- alerts

    def _alert(self, head: Delivery) -> Composed | Settlement:
        against = self._against(head)
        if against:
            return Settlement("skipped", against)
        carried = self._companions(head)
        content, digest = self._standing((head, *carried))
        message = Message(head.id, head.destination, content, marks=self._marks(head, carried))
        return Composed(message, digest, carried)

    def _marks(self, head: Delivery, carried: Sequence[Delivery]) -> tuple[str, ...]:
        """Return what else an alert is found by: the alerts that it carries, their families, their addresses.

        What was forgotten may have been announced under another name, as it was seen in another order.
        """
        waves = [self._wave(one) for one in (head, *carried)]
        families = dict.fromkeys(f"family:{wave.lead.name.family_key}" for wave in waves)
        if head.state == "doubtful":
            return tuple(families) if head.is_of_forgotten_time else ()
        mentions = (mention for wave in waves for member in wave.members for mention in member.mentions)
        addresses = dict.fromkeys(_address(mention.url) for mention in mentions)
        return (*(one.id for one in carried), *families, *addresses)[:_MOST_MARKS]

    def _companions(self, head: Delivery) -> tuple[Delivery, ...]:
        """Return the alerts that share this one's message; what was sent together is looked up together."""
        if head.state == "doubtful":
            return tuple(self.store.deliveries.carried_by(head.sequence))
        lab = self._wave(head).lab.id
        behind = self.store.deliveries.companions(head, lab, head.created_at - TOGETHER)
        near = [one for one in behind if one.created_at - head.created_at <= TOGETHER]
        if len(near) + 1 < GROUPED:
            return ()
        wanted = tuple(one for one in near if not self._against(one))[: MOST - 1]
        return wanted if len(wanted) + 1 >= GROUPED else ()

    def _standing(self, alerts: Sequence[Delivery], *, edited: bool = False) -> tuple[Content, str]:
        """Return what the message of these alerts says as of now, and the digest to tell changes by.

        Where people want no edits, only facts count as a change.
        """
        now, buttons = self.clock.now(), self.notifier.interactive
        waves = [self._wave(alert) for alert in alerts]
        if len(waves) > 1:
            content = render_group(waves, now, interactive=buttons)
        else:
            change = self._change(alerts[0]) if edited else None
            content = render_alert(waves[0], now, interactive=buttons, change=change)
        if self._preferences(alerts[0]).updates == "thread":
            return content, _digest([facts_of(wave, now) for wave in waves])
        return content, _digest([content.text, content.blocks])

    def _edit(self, head: Delivery) -> Composed | Settlement | Instead:
        alert = self._alert_of(head)
        if alert is None or alert.state != "sent":
            return Settlement("skipped", ALERT_MISSING)
        updates = self._preferences(head).updates
        if updates == "off":
            return Settlement("skipped", "updates are off there")
        alerts = self.store.deliveries.alerts_at(head.destination, alert.ts)
        content, digest = self._standing(alerts, edited=True)
        if digest == alert.digest:
            return Settlement("skipped", "the alert says so already")
        if updates == "thread":
            return self._told_instead(head, digest)
        return Composed(Message(head.id, alert.channel, content, edit_ts=alert.ts), digest)

    def _told_instead(self, head: Delivery, digest: str) -> Instead:
        """Return the reply for an edit: unlike an edit it may not be made twice, hence a note of its own."""
        lead = self._wave(head).lead
        note = Note(NoteKind.UPDATE, lead.name.display, lead.card_url or lead.post_url, SourceKind.HUB)
        return Instead(lead.name.release_key, note, f"{NoteKind.UPDATE}:{digest}")

    # --- notes

    def _note(self, head: Delivery, note: Note) -> Composed | Settlement:
        alert, preferences = self._alert_of(head), self._preferences(head)
        against = self._against(head)
        if against:
            return Settlement("skipped", against)
        is_variant = note.kind is NoteKind.VARIANT
        if is_variant and alert is None:
            return Composed(Message(head.id, head.destination, render_note(self._wave(head), note)))
        if alert is None or alert.state != "sent":
            return Settlement("skipped", ALERT_MISSING)
        if note.kind is NoteKind.UPDATE:
            return self._update(head, alert)
        content, marks = render_note(self._wave(head), note), _note_marks(head, note)
        reply = Message(head.id, alert.channel, content, thread_ts=alert.ts, marks=marks)
        post = replace(reply, destination=head.destination, thread_ts="")
        if is_variant and preferences.variants == "post":
            return Composed(post, elsewhere=reply)
        return Composed(reply, elsewhere=post if is_variant or head.is_of_forgotten_time else None)

    def _update(self, head: Delivery, alert: Delivery) -> Composed | Settlement:
        digest = ""  # where the alert is edited after all, the next edit compares with what stands there
        if self._preferences(head).updates == "thread":
            alerts = self.store.deliveries.alerts_at(head.destination, alert.ts)
            _, digest = self._standing(alerts)
        if digest == alert.digest and head.state != "doubtful":
            return Settlement("skipped", "the thread says so already")
        content = render_update(self._wave(head), self.clock.now(), self._change(alert))
        return Composed(Message(head.id, alert.channel, content, thread_ts=alert.ts), digest)

    # --- what brings its content along

    def _brought_along(self, head: Delivery) -> Composed | Settlement:
        if head.content is None:
            return Settlement("impossible", "it says nothing; please report this")
        if head.kind == "digest" and head.state != "doubtful":
            stale = _stale(head, self._preferences(head).digest, self.clock.now())
            if stale:
                return Settlement("skipped", stale)
        return Composed(Message(head.id, head.destination, head.content))

    # --- what is known

    def _against(self, head: Delivery) -> str:
        """Return why a message is not wanted any more, or "".

        What is doubtful may stand there already, wanted or not: it is looked up all the same.
        """
        if head.state == "doubtful":
            return ""
        wave, destination = self._wave(head), head.destination
        return against_sending(
            wave,
            head.note,
            self.store.subscriptions.of_destination(destination),
            self._preferences(head),
            self.store.preferences.is_muted(destination, wave.lab.id, self.clock.now()),
        )

    def _wave(self, head: Delivery) -> Wave:
        if head.release_id not in self._waves:
            first = self.store.deliveries.first_alert_of_family(head.release_id, head.destination)
            link = self.notifier.permalink(first.channel, first.ts) if first else ""
            self._waves[head.release_id] = self.store.history.wave(head.release_id, link)
        return self._waves[head.release_id]

    def _alert_of(self, head: Delivery) -> Delivery | None:
        return self.store.deliveries.alert_of(head.release_id, head.destination)

    def _preferences(self, head: Delivery) -> Preferences:
        return self.store.preferences.of(head.destination)

    def _change(self, alert: Delivery) -> LicenseChange | None:
        """Return what the licence was when the alert went out, and when it changed last."""
        notes = self.store.deliveries.notes_of(alert.release_id, alert.destination)
        changes = [(note.note.former_license, note.created_at) for note in notes if note.note]
        known = [(former, at) for former, at in changes if former]
        return LicenseChange(known[0][0], known[-1][1]) if known else None


def _note_marks(head: Delivery, note: Note) -> tuple[str, ...]:
    """Return what else a note is found by: the address that it tells of, unless that only changed."""
    looked_up = head.state == "doubtful" and not head.is_of_forgotten_time
    return () if looked_up or note.kind in (NoteKind.LICENSE, NoteKind.UPDATE) else (_address(note.url),)


def _address(url: str) -> str:
    return f"address:{_digest(url)}"


def _stale(head: Delivery, plan: DigestPlan | None, now: datetime) -> str:
    """Return why a digest that could not go out in time is left out: the next one is newer."""
    if plan is None:
        return "no digest is wanted there any more"
    return "its period is long over" if now - head.created_at > _LASTS[plan.every] else ""


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=_as_json)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _as_json(value: Any) -> Any:
    return dict(value)
