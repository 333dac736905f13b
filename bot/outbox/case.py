"""One delivery, what is known of it and of its destination, and the message that this makes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from bot.model import Wave
from bot.outbox.audience import against_sending, longest_mute
from bot.outbox.known import Known, digest_of
from bot.outbox.message import Message, Notifier
from bot.records import MERGED, Content, Delivery, Mute, Preferences, Reply, Subscription
from bot.store.store import Store
from bot.views.alert import LicenseChange, with_mention
from bot.views.objects import objects_content
from bot.views.triage import with_triage

MOST_MARKS = 60  # some 1.5 KB of a message's metadata


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


class Case:
    """One delivery and what is known of it at a moment, to be told as its destination wants."""

    def __init__(self, store: Store, notifier: Notifier, known: Known, now: datetime, head: Delivery) -> None:
        self.store = store
        self.notifier = notifier
        self.known = known
        self.now = now
        self.head = head
        self.in_doubt = head.state == "doubtful"  # it may stand there already, and is looked up
        self._waves: dict[int, Wave] = {}

    def against(self, one: Delivery) -> str:
        """Return why this delivery, or another of the same lab to the same destination, is not wanted."""
        if one.kind == "alert" and self.store.deliveries.is_told_otherwise(one):
            return MERGED
        if one.note and one.destination.is_webhook:
            return "an update tells it as data"
        return against_sending(self.wave(one), one.note, self._subscriptions, self.preferences, self._mute)

    def wave(self, one: Delivery) -> Wave:
        """Return the wave that a delivery is about, with a link to what its destination has of the family."""
        if one.release_id not in self._waves:
            wave, earlier = self.known.wave(one.release_id), self.known.earlier(one.release_id)
            first = self.store.deliveries.first_alert_of(earlier, one.destination) if earlier else None
            link = self.notifier.permalink(first.channel, first.ts) if first and first.stands else ""
            self._waves[one.release_id] = replace(wave, first_alert_url=link) if link else wave
        return self._waves[one.release_id]

    @cached_property
    def own_alert(self) -> Delivery | None:
        """The alert of its release in its destination."""
        return self.store.deliveries.alert_of(self.head.release_id, self.head.destination)

    @cached_property
    def preferences(self) -> Preferences:
        """How its destination wants to be told."""
        return self.store.preferences.of(self.head.destination)

    @cached_property
    def _subscriptions(self) -> Sequence[Subscription]:
        return self.store.subscriptions.of_destination(self.head.destination)

    @cached_property
    def _mute(self) -> Mute | None:
        lab = self.wave(self.head).lab.id
        return longest_mute(self.store.preferences.mutes(self.head.destination, self.now), lab)

    def standing(
        self, alerts: Sequence[Delivery], called: str = "", *, edited: bool = False
    ) -> tuple[Content, str]:
        """Return what the message of these alerts says as of now, and the digest to tell changes by.

        Whom it called when it was sent, it goes on naming; Slack tells nobody of an edit.
        """
        waves = tuple(self.wave(alert) for alert in alerts)
        if self.head.destination.is_webhook:  # data alone: nobody there presses anything, or is called
            content = objects_content(waves[0])
            return content, digest_of(content.text)
        content, facts = self.known.told(
            waves,
            self.known.now,
            interactive=self.notifier.interactive,
            updates=self.preferences.updates,
            change=self.change(alerts[0]) if edited and len(waves) == 1 else None,
        )
        made = self.store.triage.of(self.head.destination, (wave.lead.id for wave in waves))
        said = [(one.release_id, one.state, one.at.isoformat()) for one in made.values()]
        content = with_triage(content, waves, made, interactive=self.notifier.interactive)
        if not all(wave.lead.withdrawn for wave in waves):
            content = with_mention(content, called or next((it.called for it in alerts if it.called), ""))
        return content, joined(facts, digest_of(said) if said else "")

    def change(self, alert: Delivery) -> LicenseChange | None:
        """Return what the licence was when the alert went out, and when it changed last."""
        notes = self.store.deliveries.notes_of(alert.release_id, alert.destination)
        changes = [(note.note.former_license, note.created_at) for note in notes if note.note]
        known = [(former, at) for former, at in changes if former]
        return LicenseChange(known[0][0], known[-1][1]) if known else None


def address_mark(url: str) -> str:
    """Return what a message is found by that tells of an address."""
    return f"address:{digest_of(url)}"


def joined(facts: str, made: str) -> str:
    """Return the digest of an alert: of what it tells, and of what people made of that."""
    return f"{facts}/{made}" if made else facts


def parts(digest: str) -> tuple[str, str]:
    """Return the two digests that `joined` made one of."""
    facts, _, made = digest.partition("/")
    return facts, made
