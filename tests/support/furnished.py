"""A bot's life in which every method of the store finds something."""

from pathlib import Path

from bot.cadence.measures import Change, ChangeKind, Counted, Measure
from bot.errors import Failure, SourceError
from bot.model import Destination
from bot.records import (
    AddedLab,
    Correction,
    Mute,
    Preferences,
    Reply,
    SourceState,
)
from bot.store.store import Store
from tests.support.clock import START
from tests.support.every_method import (
    BASE,
    CARRIER,
    CLAIMED,
    EARLIER,
    HINT,
    KEY,
    KIMI,
    LATER,
    NOTE,
    NOW,
    OWED,
    PLAN,
    PUSH,
    RELEASE,
    SAID,
    SENT,
    SUSPECTED,
    TASK,
    TRIAGE,
    WATCH,
    sequence,
)
from tests.support.house import House, licensed
from tests.support.places import C1, C5, C8, UANA


def furnish(directory: Path, url: str = "") -> None:
    """Lead a bot's life for some days, so that every method finds something."""
    house = House(directory, baselined=False, url=url)
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
    store.added.set(AddedLab("acme", {"name": "Acme", "sources": [{"hub": "acme"}]}, "ana", START))
    store.sources.remember("feed:x", {"a": "1"}, START)
    store.sources.remember("hub:org", {"name:acme/one": "1"}, START)
    store.sources.succeeded(SourceState("hub:org"))
    busy = SourceError(Failure.RATE_LIMITED, "busy", retry_after=(LATER - START).total_seconds())
    store.sources.failed("feed:rests", busy, START, LATER)
    store.addresses.note({"hub:x": "former-lab"}, START)
    store.places.move(Destination("C-former"), Destination("C-now"), START)
    store.pushes.ask(PUSH, NOW)
    store.corrections.set(Correction(KEY, "license", "apache-2.0", "ana", START))
    store.corrections.set(Correction("zai/glm-4.7", "kind", "other", "ana", START))
    for destination in (OWED, CLAIMED, SUSPECTED, SENT):
        store.deliveries.owe_line("r1", Destination(destination), SAID, START, known_until=None)
    for destination in (OWED, CLAIMED, SENT):
        store.deliveries.claim(sequence(store, destination), START)
    store.deliveries.settle_sent(sequence(store, SENT), SENT, "9.8", "", START)
    store.deliveries.settle(sequence(store, OWED), "owed", "later", START, LATER, strange_since=START)
    store._database.run(
        """
        UPDATE delivery SET state = 'doubtful', suspected = TRUE, hushed = TRUE
        WHERE destination = :suspected
        """,
        {"suspected": SUSPECTED},
    )
    for line in ("r1", "r2"):
        store.deliveries.owe_line(line, Destination(CARRIER), SAID, START, known_until=None)
    last, *others = [one for one in store.deliveries.recent(9) if one.destination == CARRIER]
    store.deliveries.claim(last.sequence, START, carried=others)
    store.deliveries.settle(last.sequence, "unclear", "lost", START)
    store.deliveries.owe_line("r1", C1, SAID, START, known_until=None, kind="change")
    note = Reply(RELEASE, KEY, NOTE, "variant:z")
    store.deliveries.owe_note_to(C1, note, START, known_until=None, wait_until=LATER)
    store.deliveries.note_declined(RELEASE, [(C8, "too large", True)])
    store.deeds.add("1.1", "list", UANA, "change", NOW, START)
    store.held.add("hub:org", ["zai/glm-4.7", "zai/kimi-k2.6"], START)
    store.hints.add(HINT)
    store.subscriptions.pause(C5, "archived", START, LATER)
    store.preferences.set(C1, Preferences(digest=PLAN), START)
    store.preferences.mute(Mute(C1, "moonshot", None))
    store.triage.set(TRIAGE)
    store.watches.add(WATCH)
    store.arrangement.withdraw("zai/glm-4.7", START)
    store.reports.add(RELEASE, C1, UANA, "it is MIT", START)
    store.installations.save("T1", "", b"sealed", "UBOT", START)
    store.installations.set_lacking("T1", ["mpim:history"])
    store.adoption.plan([TASK, BASE])
    store.adoption.fail(TASK, "slow", START, 1)
    vanished = Change(ChangeKind.VANISHED, "old", "moonshotai/Old", "", 7)
    store.adoption.keep_repositories(TASK, {"new": Counted("moonshotai/New", 7)}, [vanished])
    store.adoption.keep_figures(TASK, {Measure.DOWNLOADS: 7}, 1, complete=True)
    store.watch.beat(START)
    store.watch.set_blind({"feed:y": START})
    store.watch.set_command_name("/news")
    # Two more of the name of Kimi: one that nothing belongs to, and an earlier one of another lab, not told.
    for copy in (
        {"id": 99, "lab": "moonshot", "key": "moonshot/nothing-left", "opened_at": NOW, "silent": False},
        {"id": 98, "lab": "zai", "key": "zai/kimi-k2.6", "opened_at": EARLIER, "silent": True},
    ):
        store._database.run(
            """
            INSERT INTO release (id, key, lab, family, family_key, lead_id, name, display, opened_at,
                published_at, published_origin, published_precision, silent, facts, license, license_id,
                license_verdict, task, came_at, news_at)
            SELECT :id, :key, :lab, family, family_key, :id, name, display, :opened_at,
                published_at, published_origin, published_precision, :silent, facts, license, license_id,
                license_verdict, task, came_at, news_at
            FROM release WHERE id = 2
            """,
            copy,
        )
    store.deliveries.owe_alerts(98, "zai/kimi-k2.6", [C1], START, known_until=None)
    store._database.run("UPDATE release SET license_id = 'out of date' WHERE id = 2")
