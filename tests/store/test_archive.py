"""What is forgotten of messages of long ago, and what stays."""

from datetime import datetime, timedelta

import pytest

from bot.model import Destination, Note, NoteKind, SourceKind
from bot.records import Content, Delivery, Reply
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1, C2
from tests.support.releases import open_release

HELLO = Content("hello")
OLD = START + timedelta(days=1)  # everything here was settled before
LATER = timedelta(seconds=1)


def owe_line(store: Store, kind: str = "line", to: Destination = C1, identity: str = "r1") -> None:
    with store.transaction():
        store.deliveries.owe_line(identity, to, HELLO, START, known_until=None, kind=kind)


def owe_alert(store: Store) -> tuple[int, str]:
    release_id, key = open_release(store, "google/gemma-4-31B-it", "google", START)
    with store.transaction():
        store.deliveries.owe_alerts(release_id, key, [C1], START, known_until=None)
    return release_id, key


def owe_note(store: Store, kind: NoteKind) -> None:
    release_id, key = owe_alert(store)
    note = Note(kind, 'google/"kind":"license"', "https://hub.example/x", SourceKind.HUB)
    with store.transaction():
        reply = Reply(release_id, key, note, f"{kind}:x")
        store.deliveries.owe_note_to(C1, reply, START, known_until=None)


def settled(store: Store, state: str = "sent", at: datetime = START) -> None:
    """Settle all that is open, each in its turn."""
    while heads := store.deliveries.heads():
        with store.transaction():
            for one in heads:
                store.deliveries.claim(one.sequence, START)
                if state == "sent":
                    store.deliveries.settle_sent(one.sequence, "C1", f"{one.sequence}.1", "", at)
                else:
                    store.deliveries.settle(one.sequence, state, "why", at)


def forget(store: Store, before: datetime = OLD, limit: int = 99) -> int:
    with store.transaction():
        return store.archive.forget([C1, C2], before, limit)


def kinds(store: Store) -> list[str]:
    return [one.kind for one in reversed(store.deliveries.recent(99))]


@pytest.mark.parametrize("kind", ["line", "digest", "change", "watch"])
@pytest.mark.parametrize("state", ["sent", "skipped"])
def test_what_was_said_and_is_over_is_forgotten(store: Store, kind: str, state: str) -> None:
    owe_line(store, kind)
    settled(store, state)
    assert forget(store) == 1
    assert kinds(store) == []


@pytest.mark.parametrize("state", ["unclear", "impossible"])
def test_what_a_person_may_still_settle_stays(store: Store, state: str) -> None:
    owe_line(store)
    settled(store, state)
    assert forget(store) == 0


def test_what_is_still_open_stays(store: Store) -> None:
    owe_line(store)
    assert forget(store) == 0


def test_what_was_settled_later_stays_however_old_it_is(store: Store) -> None:
    owe_line(store)
    settled(store, at=OLD + LATER)
    assert forget(store) == 0
    assert forget(store, OLD + 2 * LATER) == 1


def test_an_alert_stays_for_ever_and_its_edits_do_not(store: Store) -> None:
    release_id, key = owe_alert(store)
    settled(store)
    with store.transaction():
        store.deliveries.owe_edits(release_id, key, START, known_until=None)
    settled(store)
    assert kinds(store) == ["alert", "edit"]
    forget(store)
    assert kinds(store) == ["alert"]
    with store.transaction():
        store.deliveries.owe_alerts(release_id, key, [C1], OLD, known_until=None)
        store.deliveries.owe_edits(release_id, key, START, known_until=None)
    assert [one.state for one in store.deliveries.recent(9)] == [
        "owed",
        "sent",
    ]  # the next edit, and no alert


@pytest.mark.parametrize("kind", NoteKind)
def test_notes_stay_that_could_be_owed_again(store: Store, kind: NoteKind) -> None:
    """A licence may change back, and weights may be taken away and come again; a repository is new once."""
    owe_note(store, kind)
    settled(store)
    forget(store)
    recurs = kind in (NoteKind.LICENSE, NoteKind.CONFIRMATION)
    assert kinds(store) == ["alert", *(["note"] if recurs else [])]


def test_what_a_correction_moved_stays_for_the_way_back(store: Store) -> None:
    owe_note(store, NoteKind.VARIANT)
    settled(store)
    other, _ = open_release(store, "google/gemma-4-E4B-it", "google", START)
    with store.transaction():
        store.arrangement.merge("google/gemma-4-31b", "google/gemma-4-e4b", START)
    assert {one.release_id for one in store.deliveries.recent(9)} == {other}
    assert forget(store) == 0


def test_it_is_done_in_portions(store: Store) -> None:
    for number in range(5):
        owe_line(store, to=C1 if number % 2 else C2, identity=f"r{number}")
    settled(store)
    assert [forget(store, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_destinations_come_one_after_the_other(store: Store) -> None:
    places = [Destination(name) for name in ("C1", "T1/C1", "T1/C2", "UANA")]
    for to in (*places, *places):
        owe_line(store, to=to, identity="again")
        owe_line(store, to=to)
    assert store.archive.destinations_after("", 9) == places
    assert store.archive.destinations_after("", 3) == places[:3]
    assert store.archive.destinations_after("T1/C1", 9) == places[2:]
    assert store.archive.destinations_after("UANA", 9) == []


def of(store: Store, kind: str) -> list[Delivery]:
    return [one for one in store.deliveries.recent(99) if one.kind == kind]


def test_the_thread_of_an_alert_goes_on_without_its_former_notes(store: Store) -> None:
    owe_note(store, NoteKind.VARIANT)
    settled(store)
    forget(store)
    [alert] = of(store, "alert")
    assert store.deliveries.last_reply(alert.release_id, C1) is None
    assert store.deliveries.notes_of(alert.release_id, C1) == []
    assert store.deliveries.alerts_at(C1, alert.ts or "") == [alert]
    assert store.deliveries.first_alert_of([alert.release_id], C1) == alert
