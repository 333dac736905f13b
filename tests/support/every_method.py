"""A call of every method of the store, on what `furnished` leaves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cadence.measures import Counted, Measure, Subject, Task, week_of
from bot.errors import Failure, SourceError
from bot.model import ALL, Destination, Follow, Note, NoteKind, SourceKind
from bot.records import (
    AddedLab,
    Content,
    Correction,
    Delivery,
    DigestPlan,
    Hint,
    Mute,
    Preferences,
    Push,
    Reply,
    SourceState,
    Subscription,
    Triage,
    Watch,
)
from bot.releases.facts.filters import Filters
from bot.releases.naming.names import parse
from bot.releases.news.corrections import Move
from bot.releases.news.decision import Announce, Decision, Meant
from bot.releases.news.merge import merged
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1, C5, C7, C8, C9, UANA

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
OWED, CLAIMED, SUSPECTED, SENT = "C-owed", "C-claimed", "C-suspected", "C-sent"  # of one line each
CARRIER = "C-carrier"  # of two lines in one message
RELEASE = 2  # Kimi, behind what the baseline knew
WATCH = Watch(C1, "moonshot", "kimi k3", Filters(weights="open"), "", "r7", "UANA", START)
PUSH = Push("feed:x", "https://hub.example/", "https://lab.example/feed", "5ecret", START, LATER)
TRIAGE = Triage(C1, RELEASE, "adopted", "UANA", "ana", START)


def sequence(store: Store, destination: str) -> int:
    """Return the number of the one delivery that was owed there."""
    return next(one.sequence for one in store.deliveries.recent(99) if one.destination == destination)


def alert(store: Store) -> Delivery:
    found = store.deliveries.alert_of(RELEASE, C1)
    assert found
    return found


# Methods that write, each with arguments that make it change something.
WRITES: dict[str, Call] = {
    "added.remove": lambda s: s.added.remove("acme"),
    "added.set": lambda s: s.added.set(AddedLab("more", {"name": "More"}, "ana", NOW)),
    "sources.begin_anew": lambda s: s.sources.begin_anew(["hub:org"]),
    "sources.failed": lambda s: s.sources.failed("feed:x", SourceError(Failure.TIMEOUT, "slow"), NOW, LATER),
    "sources.remember": lambda s: s.sources.remember("feed:x", {"b": "1"}, NOW),
    "sources.respell": lambda s: s.sources.respell(["hub:Org"]),
    "sources.succeeded": lambda s: s.sources.succeeded(SourceState("feed:x", etag="2")),
    "sources.showed_nothing": lambda s: s.sources.showed_nothing(
        [replace(s.sources.state("hub:org"), etag="2")]
    ),
    "archive.forget": lambda s: s.archive.forget([Destination(SENT)], LATER, 9),
    "arrangement.give": lambda s: s.arrangement.give(KEY, "zai"),
    "arrangement.mark_provisional": lambda s: s.arrangement.mark_provisional(KEY, NOW, provisional=True),
    "arrangement.merge": lambda s: s.arrangement.merge("zai/glm-4.7", KEY, NOW),
    "arrangement.send_home": lambda s: s.arrangement.send_home(NOW),
    "arrangement.split": lambda s: s.arrangement.split(KIMI, "zai/glm-4.7"),
    "arrangement.withdraw": lambda s: s.arrangement.withdraw(KEY, NOW),
    "corrections.forget_empty": lambda s: s.corrections.forget_empty(["moonshot/nothing-left"]),
    "corrections.remove": lambda s: s.corrections.remove(KEY, "license"),
    "corrections.set": lambda s: s.corrections.set(Correction(KEY, "active", "32", "ana", NOW)),
    "releases.apply": lambda s: s.releases.apply(
        Decision((Announce("zai/glm-4.7"),)), NOW, merged, live=True
    ),
    "shipments.keep_habit": lambda s: s.shipments.keep_habit("moonshot"),
    "releases.shorten_waits": lambda s: s.releases.shorten_waits(EARLIER),
    "releases.refresh": lambda s: s.releases.refresh([RELEASE], merged),
    "deliveries.begin_anew": lambda s: s.deliveries.begin_anew(EARLIER),
    "deliveries.claim": lambda s: s.deliveries.claim(sequence(s, OWED), NOW),
    "deliveries.doubt_claims": lambda s: s.deliveries.doubt_claims(LATER),
    "deliveries.hasten": lambda s: s.deliveries.hasten(NOW),
    "deliveries.suspect_nothing": lambda s: s.deliveries.suspect_nothing(
        Destination(SUSPECTED), "blind", NOW
    ),
    "deliveries.hasten_strange": lambda s: s.deliveries.hasten_strange(Destination(OWED), NOW, EARLIER),
    "deliveries.hasten_to": lambda s: s.deliveries.hasten_to(Destination(OWED), EARLIER, EARLIER),
    "deliveries.note_declined": lambda s: s.deliveries.note_declined(RELEASE, [(C9, "too large", False)]),
    "deliveries.note_told": lambda s: s.deliveries.note_told([sequence(s, OWED)], NOW),
    "deliveries.note_content": lambda s: s.deliveries.note_content(RELEASE, C1, "another"),
    "deliveries.owe_alerts": lambda s: s.deliveries.owe_alerts(RELEASE, KEY, [C7, C8], NOW, known_until=None),
    "deliveries.owe_edits": lambda s: s.deliveries.owe_edits(RELEASE, KEY, NOW, known_until=None),
    "deliveries.owe_lines": lambda s: s.deliveries.owe_lines("r8", [C1], SAID, NOW, known_until=None),
    "deliveries.owe_line": lambda s: s.deliveries.owe_line("r9", C1, SAID, NOW, known_until=None),
    "deliveries.owe_note_to": lambda s: s.deliveries.owe_note_to(
        C1, Reply(RELEASE, KEY, NOTE, "variant:y"), NOW, known_until=None, wait_until=LATER
    ),
    "deliveries.retry": lambda s: s.deliveries.retry(alert(s), NOW),
    "deliveries.lose_sight": lambda s: s.deliveries.lose_sight(sequence(s, CLAIMED), LATER),
    "deliveries.note_search": lambda s: s.deliveries.note_search(sequence(s, CLAIMED), "/1.1", yields=True),
    "deliveries.hush": lambda s: s.deliveries.hush(sequence(s, OWED)),
    "deliveries.wake": lambda s: s.deliveries.wake(Destination(SUSPECTED), EARLIER),
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
    "subscriptions.add": lambda s: s.subscriptions.add(Subscription(C9, Follow(ALL), Filters(), "test", NOW)),
    "subscriptions.pause": lambda s: s.subscriptions.pause(C7, "archived", NOW, LATER),
    "subscriptions.remove": lambda s: s.subscriptions.remove(C1, [Follow(ALL)]),
    "subscriptions.resume": lambda s: s.subscriptions.resume(C5),
    "subscriptions.sync": lambda s: s.subscriptions.sync("test", []),
    "subscriptions.note_notice": lambda s: s.subscriptions.note_notice(C5, NOW),
    "subscriptions.try_again": lambda s: s.subscriptions.try_again(NOW),
    "preferences.advance": lambda s: s.preferences.advance(C1, LATER),
    "preferences.mute": lambda s: s.preferences.mute(Mute(C1, "zai", None)),
    "preferences.set": lambda s: s.preferences.set(C9, Preferences("off", digest=PLAN), NOW),
    "watches.add": lambda s: s.watches.add(replace(WATCH, packaging="fp8")),
    "watches.remove": lambda s: s.watches.remove([WATCH]),
    "triage.clear": lambda s: s.triage.clear(C1, RELEASE),
    "triage.set": lambda s: s.triage.set(replace(TRIAGE, state="no")),
    "preferences.unmute": lambda s: s.preferences.unmute(C1, [ALL]),
    "places.move": lambda s: s.places.move(C1, C9, NOW),
    "reports.add": lambda s: s.reports.add(RELEASE, C1, Destination("UBEN"), "it is not", NOW),
    "reports.close": lambda s: s.reports.close(1, NOW),
    "deeds.add": lambda s: s.deeds.add("1.2", "list", UANA, "change", NOW, START),
    "installations.note_names": lambda s: s.installations.note_names("T1", kept=False),
    "installations.save": lambda s: s.installations.save("T2", "", b"sealed", "UBOT", NOW),
    "installations.reseal": lambda s: s.installations.reseal(
        *s.installations.sealed_after("", "", 1)[0], b"anew"
    ),
    "installations.set_lacking": lambda s: s.installations.set_lacking("T1", ["im:history"]),
    "installations.uninstall": lambda s: s.installations.uninstall("T1", NOW),
    "adoption.fail": lambda s: s.adoption.fail(TASK, "slow", LATER, 3),
    "adoption.give_up": lambda s: s.adoption.give_up(WEEK, Subject.DOWNLOADS, "too many"),
    "adoption.done": lambda s: s.adoption.done(TASK, NOW, 1),
    "adoption.keep_figures": lambda s: s.adoption.keep_figures(BASE, {Measure.MERGES: 3}, 1, complete=True),
    "adoption.keep_repositories": lambda s: s.adoption.keep_repositories(TASK, {"id": Counted(KIMI, 7)}, []),
    "adoption.plan": lambda s: s.adoption.plan([MORE]),
    "adoption.put_off": lambda s: s.adoption.put_off(WEEK, LATER),
    "pushes.ask": lambda s: s.pushes.ask(replace(PUSH, asked_at=NOW), LATER),
    "pushes.confirm": lambda s: s.pushes.confirm("feed:x", LATER, NOW),
    "pushes.forget": lambda s: s.pushes.forget(["feed:x"]),
    "pushes.deny": lambda s: s.pushes.deny("feed:x", "no feed of theirs"),
    "pushes.refuse": lambda s: s.pushes.refuse("feed:x", "its hub answered 500"),
    "watch.beat": lambda s: s.watch.beat(NOW),
    "watch.set_command_name": lambda s: s.watch.set_command_name("/models"),
    "watch.set_blind": lambda s: s.watch.set_blind({"feed:x": NOW}),
    "addresses.note": lambda s: s.addresses.note({"hub:x": "moonshot"}, NOW),
    "moves.move": lambda s: s.moves.move(Move("moonshot", "kimi-lab")),
    "moves.rename_line": lambda s: s.moves.rename_line("r1", "r2"),
    "chores.done": lambda s: s.chores.done("tidy", LATER),
}

# Methods that only ask.
READS: dict[str, Call] = {
    "added.all": lambda s: s.added.all(),
    "archive.destinations_after": lambda s: s.archive.destinations_after("", 9),
    "sources.known": lambda s: s.sources.known("feed:x", ["a"]),
    "sources.shown_elsewhere": lambda s: s.sources.shown_elsewhere("feed:y", ["a"]),
    "sources.repositories": lambda s: s.sources.repositories("hub:org"),
    "sources.state": lambda s: s.sources.state("feed:x"),
    "sources.states": lambda s: s.sources.states(),
    "sources.polled_since": lambda s: s.sources.polled_since(START),
    "sources.resting": lambda s: s.sources.resting(NOW),
    "sources.waiting": lambda s: s.sources.waiting(NOW),
    "corrections.all": lambda s: s.corrections.all(),
    "corrections.errata": lambda s: s.corrections.errata(),
    "corrections.ids": lambda s: s.corrections.ids([KEY]),
    "corrections.leads": lambda s: s.corrections.leads([KEY]),
    "corrections.of": lambda s: s.corrections.of(KEY),
    "releases.catalogue": lambda s: s.releases.catalogue(["moonshot", "zai"]),
    "releases.filled": lambda s: s.releases.filled(s.releases.outline(["moonshot"]), Meant((KEY,))),
    "releases.named_by_the_way": lambda s: s.releases.named_by_the_way("qwen", START),
    "releases.counting": lambda s: s.releases.counting("moonshot"),
    "releases.names": lambda s: s.releases.names("moonshot"),
    "releases.outline": lambda s: s.releases.outline(["moonshot"], ["a"]),
    "releases.overdue": lambda s: s.releases.overdue(NOW),
    "releases.waits_beyond": lambda s: s.releases.waits_beyond(START),
    "deliveries.ahead_of": lambda s: s.deliveries.ahead_of(EARLIER),
    "deliveries.alert_of": lambda s: s.deliveries.alert_of(RELEASE, C1),
    "deliveries.alerts_at": lambda s: s.deliveries.alerts_at(C1, "1.000100"),
    "deliveries.by_id": lambda s: s.deliveries.by_id(alert(s).id[:8]),
    "deliveries.carried_by": lambda s: s.deliveries.carried_by(sequence(s, CARRIER)),
    "deliveries.alerted": lambda s: s.deliveries.alerted(RELEASE),
    "deliveries.company": lambda s: s.deliveries.company(alert(s)),
    "deliveries.last_reply": lambda s: s.deliveries.last_reply(RELEASE, C1),
    "deliveries.companions": lambda s: s.deliveries.companions(alert(s), "zai", START),
    "deliveries.declined": lambda s: s.deliveries.declined(RELEASE),
    "deliveries.declined_for_good": lambda s: s.deliveries.declined_for_good(RELEASE),
    "deliveries.counts": lambda s: s.deliveries.counts(),
    "deliveries.earlier_of_family": lambda s: s.deliveries.earlier_of_family(RELEASE),
    "deliveries.first_alert_of": lambda s: s.deliveries.first_alert_of([RELEASE], C1),
    "deliveries.puzzling": lambda s: s.deliveries.puzzling(),
    "deliveries.unclear": lambda s: s.deliveries.unclear(),
    "deliveries.heads": lambda s: s.deliveries.heads(),
    "deliveries.is_told_otherwise": lambda s: s.deliveries.is_told_otherwise(replace(alert(s), sequence=0)),
    "deliveries.notes_of": lambda s: s.deliveries.notes_of(RELEASE, C1),
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
    "held.not_announced": lambda s: s.held.not_announced(1),
    "held.waiting": lambda s: s.held.waiting(),
    "subscriptions.all": lambda s: s.subscriptions.all(),
    "subscriptions.last_deliveries_to": lambda s: s.subscriptions.last_deliveries_to(C1),
    "subscriptions.of_destination": lambda s: s.subscriptions.of_destination(C1),
    "subscriptions.of_lab": lambda s: s.subscriptions.of_lab("zai"),
    "subscriptions.pauses": lambda s: s.subscriptions.pauses(),
    "preferences.digests_due": lambda s: s.preferences.digests_due(NOW),
    "places.now": lambda s: s.places.now(),
    "preferences.mutes": lambda s: s.preferences.mutes(),
    "preferences.of": lambda s: s.preferences.of(C1),
    "watches.all": lambda s: s.watches.all(),
    "watches.of": lambda s: s.watches.of(C1),
    "triage.of": lambda s: s.triage.of(C1, [RELEASE]),
    "deeds.times": lambda s: s.deeds.times(UANA, "change"),
    "deliveries.untold_change": lambda s: s.deliveries.untold_change(C1),
    "reports.by_id": lambda s: s.reports.by_id(1),
    "reports.open": lambda s: s.reports.open(),
    "installations.find": lambda s: s.installations.find("T1"),
    "installations.sealed_after": lambda s: s.installations.sealed_after("", "", 9),
    "installations.lacking": lambda s: s.installations.lacking(),
    "installations.workspaces": lambda s: s.installations.workspaces(),
    "adoption.bases": lambda s: s.adoption.bases(["moonshot"], 3),
    "adoption.changes": lambda s: s.adoption.changes(WEEK),
    "adoption.is_planned": lambda s: s.adoption.is_planned(WEEK),
    "adoption.next_due": lambda s: s.adoption.next_due(WEEK, NOW),
    "adoption.of_lab": lambda s: s.adoption.of_lab(WEEK, "moonshot", Subject.DOWNLOADS),
    "adoption.open_tasks": lambda s: s.adoption.open_tasks(WEEK),
    "adoption.repositories": lambda s: s.adoption.repositories("moonshotai"),
    "adoption.progress": lambda s: s.adoption.progress(WEEK),
    "adoption.spent": lambda s: s.adoption.spent(WEEK, Subject.DOWNLOADS),
    "adoption.sums": lambda s: s.adoption.sums(WEEK),
    "pushes.all": lambda s: s.pushes.all(),
    "pushes.by_token": lambda s: s.pushes.by_token("5ecret"),
    "pushes.due": lambda s: s.pushes.due(LATER),
    "watch.blind": lambda s: s.watch.blind(),
    "watch.command_name": lambda s: s.watch.command_name(),
    "watch.last_beat": lambda s: s.watch.last_beat(),
    "addresses.all": lambda s: s.addresses.all(),
    "addresses.former": lambda s: s.addresses.former("hub:x", "moonshot"),
    "addresses.known_labs": lambda s: s.addresses.known_labs(),
    "moves.collisions": lambda s: s.moves.collisions(Move("moonshot", "zai")),
    "chores.is_due": lambda s: s.chores.is_due("tidy", NOW),
    "history.between": lambda s: s.history.between(START, NOW),
    "history.find": lambda s: s.history.find("Kimi-K2.6"),
    "history.id_of": lambda s: s.history.id_of(KEY),
    "history.named": lambda s: s.history.named("Kimi-K2.6"),
    "history.names": lambda s: s.history.names(),
    "history.observations": lambda s: s.history.observations(KIMI),
    "history.recent": lambda s: s.history.recent(filters=Filters(max=7, match=("kimi",))),
    "history.wave": lambda s: s.history.wave(RELEASE),
    "history.waves_of": lambda s: s.history.waves_of([RELEASE]),
    "shipments.all": lambda s: s.shipments.all(merged),
    "shipments.habits": lambda s: s.shipments.habits(),
    "shipments.unmade": lambda s: s.shipments.unmade(),
    "shipments.history": lambda s: s.shipments.history(),
}

EVERY_WRITE = [pytest.param(call, id=name) for name, call in WRITES.items()]
EVERY_READ = [pytest.param(call, id=name) for name, call in READS.items()]
