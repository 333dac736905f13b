"""Every method of the store, against a file that is locked, full or read-only, or a disk that fills up."""

import hashlib
import inspect
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cadence.measuring import Counted, Measure, Subject, Task, week_of
from bot.errors import Failure, SourceError, StoreError
from bot.model import Note, NoteKind, SourceKind
from bot.records import (
    ALL,
    Content,
    Correction,
    Delivery,
    DigestPlan,
    Hint,
    Mute,
    Preferences,
    SourceState,
    Subscription,
)
from bot.releases.facts.filters import Filters
from bot.releases.naming.names import parse
from bot.releases.news.decision import Announce, Decision
from bot.releases.news.moved import Move
from bot.store import database
from bot.store.store import FILE_NAME, Store
from tests.support.clock import START
from tests.support.house import LABS, House, licensed

Call = Callable[[Store], object]

KIMI, KEY = "moonshotai/Kimi-K2.6", "moonshot/kimi-k2.6"
NOW = START + timedelta(days=3)
LATER = NOW + timedelta(hours=1)
EARLIER = START - timedelta(days=1)
WEEK = week_of(NOW)
PLAN = DigestPlan("weekly")
SAID = Content("hello")
NOTE = Note(NoteKind.VARIANT, f"{KIMI}-GGUF", "https://hub.example/gguf", SourceKind.HUB)
TASK = Task(WEEK, "moonshot", Subject.DOWNLOADS, "moonshotai", START)
BASE = Task(WEEK, "moonshot", Subject.DERIVATIVES, KIMI, START)
MORE = Task(WEEK, "zai", Subject.DOWNLOADS, "zai-org", START)
HINT = Hint(parse("Kimi K3", "moonshot"), "feed:x", SourceKind.FEED, "Kimi K3 is here", "", START, NOW)
OWED, CLAIMED = "C-owed", "C-claimed"  # destinations of one line each
RELEASE = 2  # Kimi, behind what the baseline knew


def sequence(store: Store, destination: str) -> int:
    """Return the number of the one delivery that was owed there."""
    return next(one.sequence for one in store.deliveries.recent(99) if one.destination == destination)


def alert(store: Store) -> Delivery:
    found = store.deliveries.alert_of(RELEASE, "C1")
    assert found
    return found


# Methods that write, each with arguments that make it change something.
WRITES: dict[str, Call] = {
    "sources.failed": lambda s: s.sources.failed("feed:x", SourceError(Failure.TIMEOUT, "slow"), NOW, LATER),
    "sources.remember": lambda s: s.sources.remember("feed:x", {"b": "1"}, NOW),
    "sources.succeeded": lambda s: s.sources.succeeded(SourceState("feed:x", etag="2"), NOW),
    "corrections.apply_now": lambda s: s.corrections.apply_now(NOW),
    "corrections.forget_empty": lambda s: s.corrections.forget_empty(["moonshot/nothing-left"]),
    "corrections.remove": lambda s: s.corrections.remove(KEY, "license"),
    "corrections.set": lambda s: s.corrections.set(Correction(KEY, "active", "32", "ana", NOW)),
    "releases.apply": lambda s: s.releases.apply(Decision((Announce("zai/glm-4.7"),)), NOW, live=True),
    "releases.shorten_waits": lambda s: s.releases.shorten_waits(EARLIER),
    "releases.refresh": lambda s: s.releases.refresh([RELEASE]),
    "deliveries.begin_anew": lambda s: s.deliveries.begin_anew(s.deliveries.ahead_of(EARLIER), EARLIER),
    "deliveries.claim": lambda s: s.deliveries.claim(sequence(s, OWED), NOW),
    "deliveries.claim_together": lambda s: s.deliveries.claim_together([], sequence(s, OWED), NOW),
    "deliveries.doubt_claims": lambda s: s.deliveries.doubt_claims(LATER),
    "deliveries.hasten": lambda s: s.deliveries.hasten(NOW),
    "deliveries.hasten_to": lambda s: s.deliveries.hasten_to(OWED, EARLIER),
    "deliveries.note_declined": lambda s: s.deliveries.note_declined(
        RELEASE, [("C9", "too large", False)], NOW
    ),
    "deliveries.note_content": lambda s: s.deliveries.note_content(RELEASE, "C1", "another"),
    "deliveries.owe_alerts": lambda s: s.deliveries.owe_alerts(
        RELEASE, KEY, ["C7", "C8"], NOW, known_until=None
    ),
    "deliveries.owe_digest": lambda s: s.deliveries.owe_digest("C1", "2026-W16", SAID, NOW, known_until=None),
    "deliveries.owe_edits": lambda s: s.deliveries.owe_edits(RELEASE, KEY, NOW, known_until=None),
    "deliveries.owe_line": lambda s: s.deliveries.owe_line("r9", "C1", SAID, NOW, known_until=None),
    "deliveries.owe_note": lambda s: s.deliveries.owe_note(
        RELEASE, KEY, NOTE, "variant:x", NOW, known_until=None
    ),
    "deliveries.owe_note_to": lambda s: s.deliveries.owe_note_to(
        "C1", RELEASE, KEY, NOTE, "variant:y", NOW, known_until=None
    ),
    "deliveries.retry": lambda s: s.deliveries.retry(alert(s), NOW),
    "deliveries.settle": lambda s: s.deliveries.settle(sequence(s, CLAIMED), "unclear", "lost", NOW),
    "deliveries.settle_sent": lambda s: s.deliveries.settle_sent(sequence(s, CLAIMED), "C1", "9.9", "", NOW),
    "held.add": lambda s: s.held.add("feed:x", [KEY], NOW),
    "held.add_hint": lambda s: s.held.add_hint(HINT, NOW),
    "hints.add": lambda s: s.hints.add(replace(HINT, name=parse("Kimi K4", "moonshot"))),
    "hints.asked": lambda s: s.hints.asked(HINT.key),
    "hints.brought": lambda s: s.hints.brought(HINT.key, KEY, NOW),
    "held.count": lambda s: s.held.count(replace(s.held.waiting()[0], days=1)),
    "held.grow": lambda s: s.held.grow(1, [KEY]),
    "held.note_announced": lambda s: s.held.note_announced("hub:org", 3, NOW),
    "held.settle": lambda s: s.held.settle(1, "ignored", "ana", NOW),
    "subscriptions.add": lambda s: s.subscriptions.add(Subscription("C9", ALL, Filters(), "test", NOW)),
    "subscriptions.pause": lambda s: s.subscriptions.pause("C7", "archived", NOW, LATER),
    "subscriptions.remove": lambda s: s.subscriptions.remove("C1", [ALL]),
    "subscriptions.resume": lambda s: s.subscriptions.resume("C5"),
    "subscriptions.sync": lambda s: s.subscriptions.sync("test", []),
    "subscriptions.told": lambda s: s.subscriptions.told("C5", NOW),
    "subscriptions.try_again": lambda s: s.subscriptions.try_again(NOW),
    "preferences.advance": lambda s: s.preferences.advance("C1", LATER),
    "preferences.mute": lambda s: s.preferences.mute(Mute("C1", "zai", None)),
    "preferences.set": lambda s: s.preferences.set("C9", Preferences("off", digest=PLAN), NOW),
    "preferences.unmute": lambda s: s.preferences.unmute("C1", [ALL]),
    "reports.add": lambda s: s.reports.add(RELEASE, "C1", "UBEN", "it is not", NOW),
    "reports.close": lambda s: s.reports.close(1, NOW),
    "installations.consume_state": lambda s: s.installations.consume_state("state", NOW),
    "installations.issue_state": lambda s: s.installations.issue_state("another", LATER),
    "installations.save": lambda s: s.installations.save("T2", "", b"sealed", "UBOT", NOW),
    "installations.uninstall": lambda s: s.installations.uninstall("T1", NOW),
    "adoption.fail": lambda s: s.adoption.fail(TASK, "slow", LATER, 3),
    "adoption.give_up": lambda s: s.adoption.give_up(WEEK, Subject.DOWNLOADS, "too many"),
    "adoption.keep_derivatives": lambda s: s.adoption.keep_derivatives(
        BASE, {Measure.MERGES: 3}, NOW, 1, complete=True
    ),
    "adoption.keep_downloads": lambda s: s.adoption.keep_downloads(TASK, {"id": Counted(KIMI, 7)}, NOW, 1),
    "adoption.plan": lambda s: s.adoption.plan([MORE]),
    "adoption.put_off": lambda s: s.adoption.put_off(WEEK, LATER),
    "watch.beat": lambda s: s.watch.beat(NOW),
    "watch.set_blind": lambda s: s.watch.set_blind({"feed:x": NOW}),
    "watch.set_perhaps_blind": lambda s: s.watch.set_perhaps_blind({"feed:x": NOW}),
    "standing.note": lambda s: s.standing.note({"hub:x": "moonshot"}, NOW),
    "moves.move": lambda s: s.moves.move(Move("moonshot", "kimi-lab")),
    "moves.rename_line": lambda s: s.moves.rename_line("r1", "r2"),
    "chores.done": lambda s: s.chores.done("tidy", LATER),
}

# Methods that only ask.
READS: dict[str, Call] = {
    "sources.known": lambda s: s.sources.known("feed:x", ["a"]),
    "sources.shown_elsewhere": lambda s: s.sources.shown_elsewhere("feed:x", ["a"]),
    "sources.repositories": lambda s: s.sources.repositories("hub:x"),
    "sources.state": lambda s: s.sources.state("feed:x"),
    "sources.states": lambda s: s.sources.states(),
    "corrections.all": lambda s: s.corrections.all(),
    "corrections.errata": lambda s: s.corrections.errata(),
    "corrections.ids": lambda s: s.corrections.ids([KEY]),
    "corrections.leads": lambda s: s.corrections.leads([KEY]),
    "corrections.of": lambda s: s.corrections.of(KEY),
    "releases.catalogue": lambda s: s.releases.catalogue(["moonshot", "zai"]),
    "releases.named_by_the_way": lambda s: s.releases.named_by_the_way("qwen", START),
    "releases.names": lambda s: s.releases.names("moonshot"),
    "releases.overdue": lambda s: s.releases.overdue(NOW),
    "releases.waits_beyond": lambda s: s.releases.waits_beyond(START),
    "releases.overdue_since": lambda s: s.releases.overdue_since(NOW),
    "deliveries.ahead_of": lambda s: s.deliveries.ahead_of(START),
    "deliveries.alert_of": lambda s: s.deliveries.alert_of(RELEASE, "C1"),
    "deliveries.alerts_at": lambda s: s.deliveries.alerts_at("C1", "1.000100"),
    "deliveries.by_id": lambda s: s.deliveries.by_id("a"),
    "deliveries.carried_by": lambda s: s.deliveries.carried_by(1),
    "deliveries.companions": lambda s: s.deliveries.companions(alert(s), "moonshot", START),
    "deliveries.declined": lambda s: s.deliveries.declined(RELEASE),
    "deliveries.declined_for_good": lambda s: s.deliveries.declined_for_good(RELEASE),
    "deliveries.counts": lambda s: s.deliveries.counts(),
    "deliveries.first_alert_of_family": lambda s: s.deliveries.first_alert_of_family(RELEASE, "C1"),
    "deliveries.heads": lambda s: s.deliveries.heads(),
    "deliveries.notes_of": lambda s: s.deliveries.notes_of(RELEASE, "C1"),
    "deliveries.of_release": lambda s: s.deliveries.of_release(RELEASE),
    "deliveries.recent": lambda s: s.deliveries.recent(9, ("sent", "owed")),
    "coverage.shown": lambda s: s.coverage.shown(START),
    "hints.by_key": lambda s: s.hints.by_key(HINT.key),
    "hints.due": lambda s: s.hints.due(NOW),
    "hints.names": lambda s: s.hints.names("moonshot"),
    "hints.open": lambda s: s.hints.open(),
    "hints.waiting": lambda s: s.hints.waiting(),
    "held.announced": lambda s: s.held.announced("hub:org", START, NOW),
    "held.by_id": lambda s: s.held.by_id(1),
    "held.untold": lambda s: s.held.untold(1),
    "held.waiting": lambda s: s.held.waiting(),
    "subscriptions.all": lambda s: s.subscriptions.all(),
    "subscriptions.last_deliveries": lambda s: s.subscriptions.last_deliveries(),
    "subscriptions.last_deliveries_to": lambda s: s.subscriptions.last_deliveries_to("C1"),
    "subscriptions.of_destination": lambda s: s.subscriptions.of_destination("C1"),
    "subscriptions.of_lab": lambda s: s.subscriptions.of_lab("zai"),
    "subscriptions.pauses": lambda s: s.subscriptions.pauses(),
    "preferences.digests_due": lambda s: s.preferences.digests_due(NOW),
    "preferences.is_muted": lambda s: s.preferences.is_muted("C1", "moonshot", NOW),
    "preferences.mutes": lambda s: s.preferences.mutes(),
    "preferences.of": lambda s: s.preferences.of("C1"),
    "reports.by_id": lambda s: s.reports.by_id(1),
    "reports.open": lambda s: s.reports.open(),
    "installations.find": lambda s: s.installations.find("T1"),
    "installations.teams": lambda s: s.installations.teams(),
    "adoption.bases": lambda s: s.adoption.bases(["moonshot"], 3),
    "adoption.changes": lambda s: s.adoption.changes(WEEK),
    "adoption.is_planned": lambda s: s.adoption.is_planned(WEEK),
    "adoption.next_due": lambda s: s.adoption.next_due(WEEK, NOW),
    "adoption.of_lab": lambda s: s.adoption.of_lab(WEEK, "moonshot", Subject.DOWNLOADS),
    "adoption.open_tasks": lambda s: s.adoption.open_tasks(WEEK),
    "adoption.progress": lambda s: s.adoption.progress(WEEK),
    "adoption.spent": lambda s: s.adoption.spent(WEEK, Subject.DOWNLOADS),
    "adoption.sums": lambda s: s.adoption.sums(WEEK),
    "watch.blind": lambda s: s.watch.blind(),
    "watch.perhaps_blind": lambda s: s.watch.perhaps_blind(),
    "watch.last_beat": lambda s: s.watch.last_beat(),
    "standing.all": lambda s: s.standing.all(),
    "standing.former": lambda s: s.standing.former("hub:x", "moonshot"),
    "standing.known_labs": lambda s: s.standing.known_labs(),
    "moves.collisions": lambda s: s.moves.collisions(Move("moonshot", "zai")),
    "chores.is_due": lambda s: s.chores.is_due("tidy", NOW),
    "history.between": lambda s: s.history.between(START, NOW),
    "history.find": lambda s: s.history.find("Kimi-K2.6"),
    "history.id_of": lambda s: s.history.id_of(KEY),
    "history.lead_of": lambda s: s.history.lead_of(KEY),
    "history.named": lambda s: s.history.named("Kimi-K2.6"),
    "history.names": lambda s: s.history.names(),
    "history.newest": lambda s: s.history.newest(),
    "history.observations": lambda s: s.history.observations(KIMI),
    "history.recent": lambda s: s.history.recent(filters=Filters(max=7, match=("kimi",))),
    "history.wave": lambda s: s.history.wave(RELEASE),
    "history.waves_of": lambda s: s.history.waves_of([RELEASE]),
    "shipments.all": lambda s: s.shipments.all(),
    "shipments.history": lambda s: s.shipments.history(),
}

EVERY_WRITE = [pytest.param(call, id=name) for name, call in WRITES.items()]
EVERY_READ = [pytest.param(call, id=name) for name, call in READS.items()]


def furnish(directory: Path) -> None:
    """Lead a bot's life for some days, so that every method finds something."""
    house = House(directory, baselined=False)
    house.listing.others = 1
    house.hub.shown.append(house.repository("zai-org/GLM-4.7"))
    house.poller.poll(house.sources)
    house.show(house.hub, house.repository(KIMI, license=licensed("mit")))
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    house.show(house.listing, house.row("Qwen9-Max", "qwen"))
    with house.store.transaction():
        furnish_tables(house.store)
    house.store.close()


def furnish_tables(store: Store) -> None:
    store.sources.remember("feed:x", {"a": "1"}, START)
    store.corrections.set(Correction(KEY, "license", "apache-2.0", "ana", START))
    store.corrections.set(Correction("zai/glm-4.7", "kind", "other", "ana", START))
    for destination in (OWED, CLAIMED):
        store.deliveries.owe_line("r1", destination, SAID, START, known_until=None)
    store.deliveries.settle(sequence(store, OWED), "owed", "later", START, LATER)
    store.deliveries.claim(sequence(store, CLAIMED), START)
    store.held.add("hub:org", ["zai/glm-4.7"], START)
    store.hints.add(HINT)
    store.subscriptions.pause("C5", "archived", START, LATER)
    store.preferences.set("C1", Preferences(digest=PLAN), START)
    store.preferences.mute(Mute("C1", "moonshot", None))
    store.reports.add(RELEASE, "C1", "UANA", "it is MIT", START)
    store.installations.save("T1", "", b"sealed", "UBOT", START)
    store.installations.issue_state("state", LATER)
    store.adoption.plan([TASK, BASE])
    store.watch.set_blind({"feed:y": START})
    store._database.connection.execute(
        """
        INSERT INTO release (id, key, lab, family, family_key, lead_id, name, display, opened_at,
            published_at, published_origin, published_precision, silent, facts, license, license_id,
            license_verdict, task)
        SELECT 99, 'moonshot/nothing-left', lab, family, family_key, 99, name, display, opened_at,
            published_at, published_origin, published_precision, silent, facts, license, license_id,
            license_verdict, task
        FROM release WHERE id = 2
        """
    )
    store._database.connection.execute("UPDATE release SET license_id = 'out of date' WHERE id = 2")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("furnished")
    furnish(directory)
    return directory / FILE_NAME


@pytest.fixture
def place(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be a directory with a furnished database, in which nobody is patient."""
    monkeypatch.setattr(database, "PATIENCE", 0.02)
    shutil.copy(furnished, tmp_path / FILE_NAME)
    return tmp_path


@pytest.fixture
def full_of_things(place: Path) -> Iterator[Store]:
    store = Store(place, LABS)
    yield store
    store.close()


def digest(place: Path) -> str:
    """Return what all tables hold, in short."""
    raw = sqlite3.connect(place / FILE_NAME)
    text = "\n".join(raw.iterdump())
    raw.close()
    return hashlib.sha256(text.encode()).hexdigest()


def written(store: Store, *calls: Call) -> None:
    with store.transaction():
        for call in calls:
            call(store)


def refused(store: Store, call: Call) -> str:
    """Return what a write was refused with, "" when it was not."""
    try:
        written(store, call)
    except StoreError as error:
        return str(error)
    return ""


def test_every_method_is_in_one_of_the_tables(full_of_things: Store) -> None:
    parts = {name: part for name, part in vars(full_of_things).items() if not name.startswith("_")}
    methods = {
        f"{name}.{method}"
        for name, part in parts.items()
        for method, _ in inspect.getmembers(type(part), inspect.isfunction)
        if not method.startswith("_")
    }
    assert methods == {*WRITES, *READS}
    assert not {*WRITES} & {*READS}


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_write_changes_something(full_of_things: Store, place: Path, call: Call) -> None:
    """Otherwise the tests below prove nothing of it."""
    before = digest(place)
    written(full_of_things, call)
    assert digest(place) != before


@pytest.mark.parametrize("call", EVERY_READ)
def test_a_read_changes_nothing(full_of_things: Store, place: Path, call: Call) -> None:
    before = digest(place)
    call(full_of_things)
    assert digest(place) == before


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_locked_by_somebody_else(full_of_things: Store, place: Path, call: Call) -> None:
    other = sqlite3.connect(place / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = digest(place)
    with pytest.raises(StoreError, match="is locked by another program; stop it, or try again"):
        written(full_of_things, call)
    assert digest(place) == before
    other.close()
    written(full_of_things, call)
    assert digest(place) != before


@pytest.mark.parametrize("call", EVERY_READ)
def test_questions_are_answered_while_somebody_writes(full_of_things: Store, place: Path, call: Call) -> None:
    other = sqlite3.connect(place / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    call(full_of_things)
    other.close()


def test_a_file_that_somebody_keeps_for_himself(place: Path) -> None:
    owner = sqlite3.connect(place / FILE_NAME, isolation_level=None)
    owner.execute("PRAGMA locking_mode = EXCLUSIVE")
    owner.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="is locked by another program"):
        Store(place, LABS, readonly=True)
    owner.close()
    Store(place, LABS, readonly=True).close()


def pages(store: Store, limit: int | None = None) -> None:
    """Let the file grow no further than it is, or as far as it likes."""
    connection = store._database.connection.conn
    size = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {limit or size}")


def fill(store: Store) -> None:
    store.sources.remember("feed:filler", {f"{n}": "x" * 500 for n in range(2_000)}, NOW)


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_disk_that_fills_up_behind_it(full_of_things: Store, place: Path, call: Call) -> None:
    """What was written in the same transaction is not half there."""
    pages(full_of_things)
    before = digest(place)
    with pytest.raises(StoreError, match="the disk is full; make room"):
        written(full_of_things, call, fill)
    assert digest(place) == before
    pages(full_of_things, 1_000_000)
    written(full_of_things, call)
    assert digest(place) != before


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_disk_that_is_full(full_of_things: Store, place: Path, call: Call) -> None:
    """There may be room for it in what the file has; otherwise it says so and leaves nothing."""
    pages(full_of_things)
    before = digest(place)
    complaint = refused(full_of_things, call)
    assert "the disk is full" in complaint or not complaint
    assert (digest(place) == before) == bool(complaint)


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_file_that_cannot_be_written(place: Path, call: Call) -> None:
    before = digest(place)
    reader = Store(place, LABS, readonly=True)
    with pytest.raises(StoreError, match="cannot be written; let the bot's user write"):
        written(reader, call)
    assert digest(place) == before
    reader.close()
    writer = Store(place, LABS)
    written(writer, call)
    assert digest(place) != before
    writer.close()


@pytest.mark.parametrize("call", EVERY_READ)
def test_questions_to_a_file_that_cannot_be_written(place: Path, call: Call) -> None:
    reader = Store(place, LABS, readonly=True)
    call(reader)
    reader.close()
