"""Whatever happens, in whatever order, the promises hold after every step; a machine looks for more."""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.errors import Failure, SourceError
from bot.model import ALL, Destination, Follow, Sighting
from bot.records import OPEN, Mute
from tests.machine import invariants
from tests.machine.bot import DELIVERING, POLLING, Bot
from tests.machine.corrected import Corrected
from tests.machine.wall import FINDING, SENDING
from tests.support.house import licensed
from tests.support.made_up import named, names
from tests.support.shm import MEMORY
from tests.torture.long import LONG
from tests.torture.tally import Tally

OWNERS = {"moonshotai": "moonshot", "zai-org": "zai"}
DESTINATIONS = ("C1", "C2", "T2/C1")  # the last one in another workspace
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ERRORS = (
    SourceError(Failure.UNREACHABLE, "no route"),
    SourceError(Failure.RATE_LIMITED, "too much", retry_after=600),
    ValueError("a bug in a source"),
)
owners = st.sampled_from(sorted(OWNERS))
destinations = st.sampled_from(DESTINATIONS)
followed = st.sampled_from([ALL, *OWNERS.values()])
places = st.integers(0, 3)
moments = st.sampled_from(["before", "after"])
dying = st.one_of(st.just(("", "")), st.tuples(st.sampled_from(DELIVERING), moments))


def moods_of(moods: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(moods), max_size=4)


class Life(Corrected):
    """Lead a bot through all that may happen to it."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.tally = tally
        self.directory = tempfile.TemporaryDirectory(dir=MEMORY)
        self.bot = Bot(Path(self.directory.name))
        self.names = names()
        self.baseline = {next(self.names) for _ in range(2)}
        self.bot.hub.show(*(self.bot.repository(f"moonshotai/{name}") for name in sorted(self.baseline)))
        self.bot.poller.poll(self.bot.sources)
        self.published: dict[str, Sighting] = {}  # the repositories since, by name
        self.unlicensed: set[str] = set()
        self.spoken_of: set[str] = set()  # by blog or listing alone
        self.hidden: list[Sighting] = []
        self.followers: dict[str, set[str]] = defaultdict(set)  # whoever followed a lab, ever
        self.owed: dict[str, frozenset[str]] = {}  # to whom each release was owed as it was announced
        self.owed_in_backup: dict[str, frozenset[str]] | None = None
        self.corrected, self.withdrawn = [], set()
        self.apart = 0
        self._follow("C1", ALL)

    # --- what comes out

    @rule(owner=owners, count=st.sampled_from([1, 2, 4, 14]), license=st.sampled_from(["mit", ""]))
    def publish(self, owner: str, count: int, license: str) -> None:
        for name in (next(self.names) for _ in range(count)):
            stated = licensed(license) if license else None
            self.published[name] = self.bot.repository(f"{owner}/{name}", license=stated)
            self.unlicensed |= set() if license else {name}
            self.bot.hub.show(self.published[name])

    @precondition(lambda self: self.published)
    @rule(data=st.data(), change=st.sampled_from(["variant", "licence", "spelling", "gone", "back"]))
    def change_something(self, data: st.DataObject, change: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.published)))
        one = self.published[name]
        owner, _, spelt = one.title.partition("/")
        if change == "variant":
            self.bot.hub.show(self.bot.repository(f"{one.title}-FP8"))
        elif change == "licence":
            self.unlicensed.discard(name)
            self._amend(name, replace(one, facts=replace(one.facts, license=licensed("apache-2.0"))))
        elif change == "spelling":
            self._amend(name, replace(one, title=f"{owner}/{spelt.swapcase()}"))
        elif change == "gone" and self.bot.hub.shows(one.external_id):
            self.hidden.append(self.bot.hub.hide(one.external_id))
        elif change == "back":
            self._bring_back()

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def show_it_twice(self, data: st.DataObject) -> None:
        """Let another organisation list a repository, too: it was handed over, and one listing is stale."""
        one = self.published[data.draw(st.sampled_from(sorted(self.published)))]
        self.bot.other.show(replace(one, source_id=self.bot.other.id))

    def _amend(self, name: str, amended: Sighting) -> None:
        self.published[name] = amended
        if self.bot.hub.shows(amended.external_id):
            self.bot.hub.show(amended)

    def _bring_back(self) -> None:
        self.bot.hub.show(*self.hidden)
        self.hidden.clear()

    @rule(owner=owners, data=st.data(), words=st.sampled_from(["", " <!channel>", " & <@U1> *bold*"]))
    def write_a_post(self, owner: str, data: st.DataObject, words: str) -> None:
        name = self._known_or_new(data, owner)
        title = f"Introducing {name.replace('-', ' ')}{words}"
        self.bot.blog.show(self.bot.post(title, OWNERS[owner]))

    @rule(owner=owners, data=st.data())
    def list_a_model(self, owner: str, data: st.DataObject) -> None:
        name = self._known_or_new(data, owner)
        self.bot.listing.show(self.bot.row(name.replace("-", " "), OWNERS[owner]))

    def _known_or_new(self, data: st.DataObject, owner: str) -> str:
        theirs = [name for name, one in self.published.items() if one.lab == OWNERS[owner]]
        known = data.draw(st.booleans(), label="already published") if theirs else False
        if known:
            return data.draw(st.sampled_from(theirs))
        name = next(self.names)
        self.spoken_of.add(name)
        self.unlicensed.add(name)
        return name

    @rule(place=places, lying=st.booleans())
    def keep_the_validators(self, place: int, lying: bool) -> None:
        """From now on what a source shows changes behind an ETag that does not."""
        self.tally.count("faults", "machine: validators that lie", lying)
        self.bot.sources[place].lying = lying

    # --- polling

    @rule()
    def poll_what_is_due(self) -> None:
        self.bot.poller.poll(self.bot.poller.due())
        assert self.bot.poller.due() == [], "a storm: what was polled just now is due again"

    @rule(place=places)
    def poll(self, place: int) -> None:
        self.bot.poller.poll([self.bot.sources[place]])

    @rule(place=places, error=st.sampled_from(ERRORS))
    def poll_in_vain(self, place: int, error: Exception) -> None:
        source = self.bot.sources[place]
        self.tally.count("faults", "machine: a source that fails")
        source.error = error
        self.bot.poller.poll([source])
        source.error = None

    @rule(place=places, step=st.sampled_from(POLLING), when=moments)
    def die_while_polling(self, place: int, step: str, when: str) -> None:
        with self.bot.mortal(step, when) as life:
            self.bot.poller.poll([self.bot.sources[place]])
        self.tally.count("kills", "machine: while polling", life.ended)

    # --- delivering

    @rule(count=st.sampled_from([0, 1, 4]), sends=moods_of(SENDING), finds=moods_of(FINDING), step=dying)
    def deliver(self, count: int, sends: Sequence[str], finds: Sequence[str], step: tuple[str, str]) -> None:
        """Let a few releases come out and deliver them, to a channel of such moods."""
        if count:
            self.publish("zai-org", count, "mit")
            self.bot.poller.poll([self.bot.hub])
        self.bot.wall.sends.extend(sends)
        self.bot.wall.finds.extend(finds)
        with self.bot.mortal(*step) as life:
            self.bot.courier.deliver_all()
        self.tally.count("kills", "machine: while delivering", life.ended)
        for fault in self.bot.wall.forget_moods():
            self.tally.count("faults", f"machine: {fault}")

    @rule(place=places, sends=moods_of(SENDING))
    def deliver_while_polling(self, place: int, sends: Sequence[str]) -> None:
        """Let a source be polled with every message that is on its way, whatever becomes of that."""
        self.bot.wall.meanwhile = lambda: self.bot.poller.poll([self.bot.sources[place]])
        self.bot.wall.sends.extend(sends)
        with self.bot.mortal() as life:
            self.bot.courier.deliver_all()
        self.tally.count("kills", "machine: while sending and polling", life.ended)
        for fault in self.bot.wall.forget_moods():
            self.tally.count("faults", f"machine: {fault}")
        self.bot.wall.meanwhile = lambda: None

    @rule()
    def take_a_step(self) -> None:
        self.bot.courier.deliver_due()

    # --- what people want

    @rule(destination=destinations, lab=followed, wish=st.sampled_from(["follow", "leave", "mute"]))
    def wish(self, destination: str, lab: str, wish: str) -> None:
        if wish == "follow":
            self._follow(destination, lab)
        elif wish == "leave":
            with self.bot.store.transaction():
                self.bot.store.subscriptions.remove(Destination(destination), [Follow(lab)])
        else:
            with self.bot.store.transaction():
                self.bot.store.preferences.mute(
                    Mute(Destination(destination), lab, self.bot.clock.now() + HOUR)
                )

    def _follow(self, destination: str, lab: str) -> None:
        self.bot.subscribe(destination, lab)
        for each in OWNERS.values() if lab == ALL else (lab,):
            self.followers[each].add(destination)

    # --- time

    @rule(minutes=st.sampled_from([1, 15, 90, 11 * 60]))
    def let_time_pass(self, minutes: int) -> None:
        self.bot.later(minutes=minutes)

    @rule(error=st.sampled_from([-3 * DAY, -5 * HOUR, -HOUR, timedelta(), 4 * MINUTE, 2 * DAY]))
    def set_the_clock(self, error: timedelta) -> None:
        """Let the clock be wrong by this; Slack's slack is five minutes for one that is ahead."""
        self.tally.count("faults", "machine: the clock set")
        self.bot.later(seconds=10)  # as long as it takes: what was on its way has arrived
        self.bot.clock.error = error
        self.take_a_step()  # the next tick, a second later

    # --- backups

    @rule()
    def back_up(self) -> None:
        self.bot.back_up()
        self.owed_in_backup = deepcopy(self.owed)

    @precondition(lambda self: self.owed_in_backup is not None)
    @rule()
    def put_a_backup_back(self) -> None:
        self.tally.count("faults", "machine: a backup put back")
        self.bot.put_back()
        self.take_a_step()  # the first tick
        self.owed = deepcopy(self.owed_in_backup or {})

    # --- what holds

    @invariant()
    def the_promises_hold(self) -> None:
        invariants.validators_are_never_ahead(self.bot)
        invariants.ids_are_for_ever(self.bot)
        invariants.nothing_is_said_twice(self.bot)
        invariants.what_is_sent_stands_there(self.bot)
        invariants.a_baseline_is_silent(self.bot, self.baseline)
        invariants.a_flood_is_held(self.bot)
        invariants.only_ours_is_markup(self.bot)
        invariants.what_is_not_stated_is_not_guessed(self.bot, self.unlicensed)
        invariants.nothing_waits_for_long(self.bot)
        invariants.the_order_is_kept(self.bot, self.withdrawn)

    @invariant()
    def who_follows_is_owed(self) -> None:
        """2: A delivery is owed if and only if somebody followed the lab, unmuted, when it was announced."""
        owed: dict[tuple[int, str, str, str], set[str]] = defaultdict(set)
        for row in self.bot.query(
            """
            SELECT r.id, r.key, r.lab, coalesce(r.home_lab, r.lab) AS home, d.destination FROM release r
            LEFT JOIN delivery d ON d.release_id = r.id AND d.kind = 'alert'
            WHERE r.id = r.lead_id AND NOT r.silent
            """
        ):
            number, destination = row["id"], row["destination"]
            assert isinstance(number, int)
            known = {str(destination)} if destination is not None else set()
            owed[number, str(row["key"]), str(row["lab"]), str(row["home"])] |= known
        for (release_id, key, lab, home), destinations in owed.items():
            if key not in self.owed:
                now = self.bot.store.subscriptions.of_lab(home)
                self.owed[key] = frozenset(one.destination for one in now)
            muted = self._muted(release_id)
            followers = self.followers[lab] | self.followers[home]  # a person may have corrected the lab
            assert self.owed[key] - muted <= destinations <= followers - muted

    def _muted(self, release_id: int) -> frozenset[str]:
        declined = self.bot.store.deliveries.declined(release_id)
        return frozenset(destination for destination, why in declined.items() if why.startswith("muted "))

    def teardown(self) -> None:
        try:
            self._settle()
        finally:
            self.bot.end()
            self.directory.cleanup()

    def _settle(self) -> None:
        """Let everything come to rest; then nothing is lost."""
        self._bring_back()
        self.set_the_clock(timedelta())
        for hours in (
            0.1,
            1,
            2,
            2,
            25,
            25,
            2,
            2,
        ):  # a paused channel, what validators hid for a day, a listing that waits for one, and the rest
            self.bot.later(hours=hours)
            self.bot.poller.poll(self.bot.sources)
            self.bot.courier.deliver_all()
        self.the_promises_hold()
        self.who_follows_is_owed()
        invariants.the_file_is_whole(self.bot)
        assert self.bot.store.deliveries.recent(10, OPEN) == []
        self._nothing_is_lost()

    def _nothing_is_lost(self) -> None:
        """2: Every release was announced or held back; every alert was sent, or says why not."""
        rows = self.bot.query(
            """
            SELECT name.display, name.silent, EXISTS (
                SELECT 1 FROM held, json_each(held.leads) AS kept WHERE kept.value = lead.key) AS held
            FROM release name JOIN release lead ON lead.id = name.lead_id
            """
        )
        known = {name: row for row in rows for name in named(row["display"])}
        lost = [
            name
            for name in (*self.published, *self.spoken_of)
            if name not in known or (known[name]["silent"] and not known[name]["held"])
        ]
        self.tally.count("lost", "machine: releases", len(lost))
        self.tally.count("doubled", "machine: messages", 0)  # or the machine has stopped
        assert lost == []
        for one in self.bot.store.deliveries.recent(10_000):
            assert one.state == "sent" or one.reason


@pytest.mark.logs(
    "delivery_not_sent",
    "claims_doubted",
    "clock_set_back",
    "source_failed",
    "source_crashed",
    "validators_distrusted",
    "notifier_crashed",
)
def test_the_promises_hold_whatever_happens(tally: Tally) -> None:
    class Tallied(Life):
        def __init__(self) -> None:
            super().__init__(tally)

    run_state_machine_as_test(
        Tallied,
        settings=settings(
            max_examples=600 if LONG else 15,
            stateful_step_count=50 if LONG else 25,
            suppress_health_check=list(HealthCheck),
        ),
    )
