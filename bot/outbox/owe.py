"""What becomes owed to whom: alerts, notes and edits after a decision, cadence news, and word of a pause."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta

from bot.cadence.news import News, news
from bot.model import Destination, Follow, NoteKind, Wave
from bot.outbox.audience import longest_mute, receptions, wanting_variants
from bot.outbox.pace import quiet_until, wait_until
from bot.outbox.watches import owe_watches
from bot.records import UNDECIDED, Content, Reply, Subscription
from bot.releases.news.decision import Announce, Attach, Decision, Observe, Tell
from bot.store.store import Store
from bot.views import blocks
from bot.views.answers.common import typed
from bot.views.blocks import literal
from bot.views.notes import render_pause

CADENCE_CHORE = "cadence news"
FRESH = 3  # days that cadence news is told for; a size or a licence often follows its release
_EVERY = timedelta(hours=6)  # a day begins somewhere; the history of years is read in a second
_LONGEST = 500  # characters
_EVER = datetime.min.replace(tzinfo=UTC)


def owe(
    store: Store,
    decision: Decision,
    touched: Mapping[str, int],
    now: datetime,
    *,
    known_until: datetime | None,
) -> None:
    """Write the deliveries that a stored decision makes due; belongs inside its transaction.

    Alerts are owed by subscription, notes and edits to where the alert stands. `touched` are the ids of the
    releases that the decision changed, by key. `known_until` is the last time that this database knows the
    cause to have been looked at.
    """
    announced = decision.announced()
    for step in decision.steps:
        match step:
            case Announce():
                wave = store.history.wave(touched[step.lead_key])
                _owe_alerts(store, wave, now, known_until, _dated(decision, wave))
            case Tell():
                _owe_note(store, step, touched, now, known_until)
    for wave in store.history.waves_of(touched.values()):
        if wave.lead.silent or wave.lead.name.release_key in announced:
            continue
        if now - wave.lead.opened_at <= UNDECIDED or _gains_weights(decision, wave):
            _owe_alerts(store, wave, now, known_until, _dated(decision, wave))
        store.deliveries.owe_edits(wave.lead.id, wave.lead.name.release_key, now, known_until=known_until)
    owe_watches(store, touched.values(), now, known_until=known_until)


def _gains_weights(decision: Decision, wave: Wave) -> bool:
    """Whether weights arrived: for who waits for a licence or a size, that is when a release happens."""
    members = {member.name.release_key for member in wave.members}
    return any(
        isinstance(step, Attach) and step.head and not step.sighting.amends and step.key in members
        for step in decision.steps
    )


def _dated(decision: Decision, wave: Wave) -> datetime | None:
    """Return the earliest date that what is new of a release bears; None where a part of it bears none."""
    keys = {member.name.release_key for member in wave.members}
    news = [one.judged.sighting for one in decision.steps if isinstance(one, Observe) and one.key in keys]
    dates = [one.published.at for one in news if one.published]
    return min(dates) if dates and len(dates) == len(news) else None


def _owe_alerts(
    store: Store, wave: Wave, now: datetime, known_until: datetime | None, dated: datetime | None
) -> None:
    """Owe the alert to those who want it, and keep for `why` what the others have against it."""
    final = store.deliveries.declined_for_good(wave.lead.id)
    subscriptions = [one for one in store.subscriptions.of_lab(wave.lab.id) if one.destination not in final]
    found = receptions(wave, subscriptions, store.preferences.mutes(now=now), now)
    wanted = [one.destination for one in found if one.wanted]
    lead = wave.lead
    store.deliveries.owe_alerts(
        lead.id, lead.name.release_key, wanted, now, known_until=known_until, dated=dated
    )
    declined = [(one.destination, one.why, one.final) for one in found if not one.wanted]
    store.deliveries.note_declined(wave.lead.id, declined)


def _owe_note(
    store: Store, step: Tell, touched: Mapping[str, int], now: datetime, known_until: datetime | None
) -> None:
    """Owe a note to where the alert goes, and a variant also to those who want nothing but variants."""
    lead_id = touched.get(step.lead_key) or store.history.id_of(step.lead_key)
    places = store.deliveries.alerted(lead_id)
    if step.note.kind is NoteKind.VARIANT:
        wave = store.history.wave(lead_id)
        places += wanting_variants(wave, store.subscriptions.of_lab(wave.lab.id))
    reply = Reply(lead_id, step.lead_key, step.note, step.about)
    for where in dict.fromkeys(places):
        owe_reply(store, where, reply, now, known_until=known_until)


def owe_reply(
    store: Store, where: Destination, reply: Reply, now: datetime, *, known_until: datetime | None
) -> None:
    """Owe a destination a note, which may wait for what else comes; belongs inside a transaction."""
    last, every = store.deliveries.last_reply(reply.release_id, where), store.preferences.of(where).every
    waits = wait_until(reply.note.kind, last, every, now)
    if waits and reply.note.kind is NoteKind.UPDATE and store.history.wave(reply.release_id).lead.withdrawn:
        waits = None  # whoever works with it shall know
    store.deliveries.owe_note_to(where, reply, now, known_until=known_until, wait_until=waits)


# --- cadence news


def owe_cadence_news(store: Store, now: datetime) -> int:
    """Owe every follower of a cadence what is new in it; return how many lines. Raises StoreError."""
    if not store.chores.is_due(CADENCE_CHORE, now):
        return 0
    followers = [one for one in store.subscriptions.all() if one.follow.cadence]
    fresh = news(store.shipments.habits(), now.date(), FRESH) if followers else []
    with store.transaction():
        store.chores.done(CADENCE_CHORE, now + _EVERY)
        return sum(_owe_news(store, one, followers, now) for one in fresh)


def identity(what: News) -> str:
    """Return what names the line that tells a piece of news, for ever."""
    return f"cadence|{what.key}"


def _owe_news(store: Store, what: News, followers: Iterable[Subscription], now: datetime) -> int:
    """Owe one piece of news to those who followed the lab's cadence on its day; return to how many."""
    wanted, begins = Follow(what.lab, cadence=True), datetime.combine(what.day, time(), UTC)
    following = (one for one in followers if one.follow.covers(wanted) and one.created_at.date() <= what.day)
    text = literal(what.sentence, _LONGEST)
    hint = f"{typed(f'cadence {what.lab}')} shows its cadence"
    content = Content(text, (blocks.section(text), blocks.context([hint])))
    told = (
        destination
        for destination in dict.fromkeys(one.destination for one in following)
        if not longest_mute(store.preferences.mutes(destination, now), what.lab)
        and not quiet_until(store.preferences.of(destination).quiet, now)  # it is told in the next round
    )
    return store.deliveries.owe_lines(identity(what), told, content, now, known_until=begins)


# --- pauses


def tell_subscribers(store: Store, destination: Destination, now: datetime) -> None:
    """Owe those who subscribed a paused destination one line each, once a pause.

    Belongs inside the transaction that paused it.
    """
    pause = store.subscriptions.pauses().get(destination)
    if pause is None or pause.notified_at:
        return
    content = render_pause(destination, pause.reason)
    # Not by its time: where a backup was put back, the same pause begins anew, and was told already.
    identity = f"paused|{destination}|{pause.notices}"
    known_until = max(store.subscriptions.last_deliveries_to(destination).values(), default=_EVER)
    people = subscribers(destination, store.subscriptions.of_destination(destination))
    store.deliveries.owe_lines(identity, people, content, now, known_until=known_until)
    store.subscriptions.note_notice(destination, now)


def subscribers(destination: Destination, subscriptions: Iterable[Subscription]) -> list[Destination]:
    """Return the people to tell, as destinations in the same workspace.

    Nobody is told of his own messages: those go the way that is closed.
    """
    authors = (Destination(one.created_by) for one in subscriptions)
    people = (
        Destination.at(author.team or destination.team, author.place)
        for author in authors
        if author.is_person
    )
    return [person for person in dict.fromkeys(people) if person != destination]
