"""Who is owed what after a decision: alerts by subscription, notes and edits by the alerts that stand."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.model import Wave
from bot.records import Subscription
from bot.releases.filters import matches
from bot.releases.steps import Announce, Attach, Decision, Tell
from bot.store.store import Store

# A filter on a fact that is not known yet is tried again as facts arrive, for this long.
_UNDECIDED = timedelta(hours=6)


def owe(store: Store, decision: Decision, touched: Mapping[str, int], now: datetime) -> None:
    """Write the deliveries that a stored decision makes due; belongs inside its transaction."""
    for step in decision.steps:
        match step:
            case Announce():
                _owe_alerts(store, store.history.wave(touched[step.lead_key]), now)
            case Tell():
                lead_id = _lead_of(store, step.lead_key, touched)
                store.deliveries.owe_note(lead_id, step.lead_key, step.note, step.about, now)
    for wave in store.history.waves_of(touched.values()):
        if wave.lead.silent:
            continue
        if now - wave.lead.opened_at <= _UNDECIDED or _gains_weights(decision, wave):
            _owe_alerts(store, wave, now)
        store.deliveries.owe_edits(wave.lead.id, wave.lead.name.release_key, now)


def _gains_weights(decision: Decision, wave: Wave) -> bool:
    """Tell whether weights arrived: for who waits for a licence or a size, that is when a release happens."""
    members = {member.name.release_key for member in wave.members}
    return any(
        isinstance(step, Attach) and step.head and not step.sighting.amends and step.key in members
        for step in decision.steps
    )


def _lead_of(store: Store, key: str, touched: Mapping[str, int]) -> int:
    return touched[key] if key in touched else store.history.id_of(key)


def _owe_alerts(store: Store, wave: Wave, now: datetime) -> None:
    subscriptions = store.subscriptions.of_lab(wave.lab.id)
    for destination in wanting(wave, subscriptions, now):
        store.deliveries.owe_alert(wave.lead.id, wave.lead.name.release_key, destination, now)


def wanting(wave: Wave, subscriptions: Iterable[Subscription], now: datetime) -> list[str]:
    """Return the destinations that want a wave, each once: those that asked before it was announced.

    What was asked for in the future was asked for by a clock that was wrong.
    """
    wanted = (
        subscription.destination
        for subscription in subscriptions
        if min(subscription.created_at, now) <= wave.lead.opened_at
        and any(matches(subscription.filters, member) for member in wave.sizes)
    )
    return list(dict.fromkeys(wanted))
