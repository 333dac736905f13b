"""Who is owed what after a decision: alerts by subscription, notes and edits by the alerts that stand."""

from collections.abc import Mapping
from datetime import datetime

from bot.model import NoteKind, Wave
from bot.outbox.audience import receptions, wanting_variants
from bot.records import UNDECIDED
from bot.releases.news.decision import Announce, Attach, Decision, Tell
from bot.store.store import Store


def owe(
    store: Store,
    decision: Decision,
    touched: Mapping[str, int],
    now: datetime,
    *,
    known_until: datetime | None,
) -> None:
    """Write the deliveries that a stored decision makes due; belongs inside its transaction.

    `known_until` is the last time that this database knows the cause to have been looked at.
    """
    announced = decision.announced()
    for step in decision.steps:
        match step:
            case Announce():
                _owe_alerts(store, store.history.wave(touched[step.lead_key]), now, known_until)
            case Tell():
                lead_id = _lead_of(store, step.lead_key, touched)
                store.deliveries.owe_note(
                    lead_id, step.lead_key, step.note, step.about, now, known_until=known_until
                )
                if step.note.kind is NoteKind.VARIANT:
                    _owe_variant(store, lead_id, step, now, known_until)
    for wave in store.history.waves_of(touched.values()):
        if wave.lead.silent or wave.lead.name.release_key in announced:
            continue
        if now - wave.lead.opened_at <= UNDECIDED or _gains_weights(decision, wave):
            _owe_alerts(store, wave, now, known_until)
        store.deliveries.owe_edits(wave.lead.id, wave.lead.name.release_key, now, known_until=known_until)


def _gains_weights(decision: Decision, wave: Wave) -> bool:
    """Whether weights arrived: for who waits for a licence or a size, that is when a release happens."""
    members = {member.name.release_key for member in wave.members}
    return any(
        isinstance(step, Attach) and step.head and not step.sighting.amends and step.key in members
        for step in decision.steps
    )


def _lead_of(store: Store, key: str, touched: Mapping[str, int]) -> int:
    return touched[key] if key in touched else store.history.id_of(key)


def _owe_alerts(store: Store, wave: Wave, now: datetime, known_until: datetime | None) -> None:
    """Owe the alert to those who want it, and keep for `why` what the others have against it."""
    final = store.deliveries.declined_for_good(wave.lead.id)
    subscriptions = [one for one in store.subscriptions.of_lab(wave.lab.id) if one.destination not in final]
    found = receptions(wave, subscriptions, store.preferences.mutes(now=now), now)
    wanted = [one.destination for one in found if one.wanted]
    store.deliveries.owe_alerts(
        wave.lead.id, wave.lead.name.release_key, wanted, now, known_until=known_until
    )
    declined = [(one.destination, one.why, one.final) for one in found if not one.wanted]
    store.deliveries.note_declined(wave.lead.id, declined, now)


def _owe_variant(store: Store, lead_id: int, step: Tell, now: datetime, known_until: datetime | None) -> None:
    """Owe a variant to those who want nothing but variants, and so have no alert to answer to."""
    wave = store.history.wave(lead_id)
    for destination in wanting_variants(wave, store.subscriptions.of_lab(wave.lab.id)):
        store.deliveries.owe_note_to(
            destination, lead_id, step.lead_key, step.note, step.about, now, known_until=known_until
        )
