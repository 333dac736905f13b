"""A soak: an ordeal in a larger world, in lives of very different lengths, for as long as there is time."""

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.demo.hub import Hub
from bot.demo.sites import Post, Sites
from bot.records import OPEN
from tests.crash.clocks import Fast
from tests.crash.ordeal import PATIENCE, SPEED, Ordeal, keys
from tests.crash.unruly import UnrulySlack
from tests.crash.world import START, environment, repository, state_of, the_store, whole
from tests.soak.account import Account
from tests.soak.gauges import Gauges
from tests.soak.unwell import Illness
from tests.support.made_up import named

LABS = (
    *("amber", "basil", "cedar", "dahlia", "elder", "fennel", "ginger", "hazel"),
    *("indigo", "jasmine", "kelp", "lilac", "mallow", "nettle", "olive", "poppy"),
)
BLOGS = LABS[::2]  # the labs that have one
CHANNELS = tuple(f"C0N{number}" for number in range(6))
ADMIN = "U0ADMIN"
SHORTEST, LONGEST = 0.05, 20.0  # lives, in seconds by ours
SPREAD = timedelta(hours=3)  # between two lives: much that comes out within a day would be held as a flood
ENOUGH = 5  # releases of a lab within a day, so that two days of them are no flood either
MOST_OWED = 150  # messages
RECENT = timedelta(days=20)  # so long after they came out alerts are surely still edited


@dataclass(kw_only=True)
class Soak(Ordeal):
    """The larger world: blogs beside the Hub, all of them ill now and then, and gauges at the bot."""

    sites: Sites
    illness: Illness
    _since: dict[str, datetime] = field(default_factory=dict)  # when each release came out
    _lately: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _posted_only: list[str] = field(default_factory=list)  # names whose repositories are still to come
    _hidden: str = ""
    _is_behind: bool = False  # the bot, with what it owes: nothing new comes out

    def _settle_in(self) -> Mapping[str, str]:
        self.gauges = Gauges(state_of(self.directory))
        self.hub.put(*(repository(f"{lab}-ai/{next(self._names)}") for lab in LABS))
        for blog in BLOGS:
            self._post(blog, "Welcome")
        owners = {f"{lab}-ai": lab for lab in LABS}
        addresses = {blog: self.sites.address(blog) for blog in BLOGS}
        return environment(self.directory, self.hub, self.slack, owners, "30s", addresses)

    # --- what happens

    def kill_once(self) -> None:
        """Let a bot live for a moment or for a while, and change the world meanwhile."""
        on_call = self.dice.random() < 0.6
        seconds = math.exp(self.dice.uniform(math.log(SHORTEST), math.log(LONGEST)))
        with the_store(self.directory) as store:
            self._is_behind = sum(store.deliveries.counts().get(state, 0) for state in OPEN) > MOST_OWED
        self.change()
        self.gauges.begin()
        self.live(seconds, self.dice.randint(1, 12) if on_call else 0, self._meanwhile)
        for server in (self.hub, self.sites, self.slack):
            server.requests.clear()
        self.clock.skip(SPREAD)

    def _meanwhile(self, process: int) -> None:
        self.gauges.read(process)
        if self.dice.random() < 0.1:
            self.change()

    def change(self) -> None:
        """Let a few releases come out, and a few things happen to what has."""
        for name in [name for name in self._posted_only if self.dice.random() < 0.5]:
            self._posted_only.remove(name)
            self._put(self._repositories[name])
        for _ in range(0 if self._is_behind else self.dice.randint(0, 6)):
            self._release()
        for happen, often in ((self.amend, 0.6), (self._rename, 0.1), (self._hide, 0.1), (self._move, 0.03)):
            if self._changeable() and self.dice.random() < often:
                happen()

    def _release(self) -> None:
        """Publish a model of a lab that has not published many lately: a repository, a post, or both."""
        now = self.clock.now()
        lab = self.dice.choice([lab for lab in LABS if self._is_free(lab, now)] or [""])
        if not lab:
            return
        name = next(self._names)
        self._lately[lab].append(now)
        self.released.append(name)
        self._since[name] = now
        self._repositories[name] = repository(f"{lab}-ai/{name}")
        posted = lab in BLOGS and self.dice.random() < 0.4
        if posted:
            self._post(lab, f"Introducing {name.replace('-', ' ')}")
        if posted and self.dice.random() < 0.5:
            self._posted_only.append(name)
        else:
            self._put(self._repositories[name])

    def _is_free(self, lab: str, now: datetime) -> bool:
        lately = self._lately[lab]
        while lately and lately[0] < now - timedelta(days=1):
            lately.popleft()
        return len(lately) < ENOUGH

    def _post(self, lab: str, title: str) -> None:
        link = f"https://{lab}.example/blog/{title.lower().replace(' ', '-')}"
        self.sites.publish(lab, Post(title, link, self.clock.now().replace(microsecond=0)))

    def _changeable(self) -> list[str]:
        since = self.clock.now() - RECENT
        return [
            name
            for name in self.released
            if self._since[name] > since and name not in self._posted_only and name != self._hidden
        ]

    def _rename(self) -> None:
        """Spell the name of a repository otherwise, until it changes again; neither is news."""
        name = self.dice.choice(self._changeable())
        one = self._repositories[name]
        self.hub.put(replace(one, name=one.name.replace(name, name.upper())))

    def _hide(self) -> None:
        """Take a repository away, and bring back the one that was taken away before.

        None with a variant: seen alone, that would be told of as the model itself.
        """
        if self._hidden:
            self.hub.put(self._repositories[self._hidden])
        alone = [name for name in self._changeable() if f"{name}-FP8" not in self.variants]
        self._hidden = self.dice.choice(alone) if alone else ""
        if self._hidden:
            self.hub.put(replace(self._repositories[self._hidden], private=True))

    def _move(self) -> None:
        """Move a blog: every address in it changes."""
        self.sites.migrate(self.dice.choice(BLOGS))

    def settle(self) -> None:
        """Let the world be well and whole, and the bot do and say all that is left."""
        self.illness.calm = True
        for name in self._posted_only:
            self._put(self._repositories[name])
        self._posted_only.clear()
        if self._hidden:
            self.hub.put(self._repositories[self._hidden])
        self.clock.skip(timedelta(hours=7))  # whatever rests after failures has rested
        super().settle()
        for _ in range(2):  # what is unclear is told when there is no more of it
            self.clock.skip(timedelta(minutes=11))
            self.live_through()

    # --- what came of it

    def faults(self) -> Counter[str]:
        slack = Counter({f"Slack: {kind}": times for kind, times in self.slack.faults.items()})
        return slack + Counter({f"sources: {kind}": times for kind, times in self.illness.faults.items()})

    def account(self, account: Account) -> Account:
        """Return the account with what the channels show, once all has settled."""
        with the_store(self.directory) as store:
            assert whole(store)
            left = store.deliveries.recent(10, OPEN)
            order = {
                one.id: one.sequence
                for one in store.deliveries.recent(1_000_000)
                if not one.reason  # or it says why it is out of turn
            }
            doubted = store.deliveries.recent(1_000_000, ("unclear",))
        unclear = {
            (one.destination, name): one
            for one in doubted
            if one.destination in CHANNELS
            for name in named(one.release)
        }
        heard = {one.sequence for one in doubted if one.told_at}
        told = {channel: self.alerts(channel) for channel in CHANNELS}
        notes = {channel: self.notes(channel) for channel in CHANNELS}
        missing = [
            f"{channel}: {name}"
            for channel in CHANNELS
            for name in (*(it for it in self.released if it not in told[channel]), *self.untold(channel))
            if (channel, name.removesuffix("-FP8")) not in unclear
        ]
        return replace(
            account,
            kills=self.kills,
            faults=dict(self.faults()),
            releases=len(self.released),
            channels=len(CHANNELS),
            alerts=sum(found.total() for found in told.values()),
            replies=sum(found.total() for found in notes.values()),
            lost=[*missing, *(f"{one.destination}: {one.id} is {one.state}" for one in left)],
            doubled=[
                f"{channel}: {name}, {times} times"
                for found in (told, notes)
                for channel in CHANNELS
                for name, times in found[channel].items()
                if times > 1
            ],
            out_of_order=sum(
                _late([order[key] for key in self._keys(channel) if key in order]) for channel in CHANNELS
            ),
            outdated=sum(len(self.outdated(channel)) for channel in CHANNELS),
            unclear=len(unclear),
            told=sum(bool({one.sequence, one.carrier} & heard) for one in unclear.values()),
            errors=len(self.log.read_text(encoding="utf-8").splitlines()),
            gauges=list(self.gauges.figures()),
            longer_lives=len(self.gauges.longer),
        )

    def _keys(self, channel: str) -> list[str]:
        return keys(self.slack.posts(channel))


def _late(sequences: list[int]) -> int:
    """Return how many come after one that was owed later."""
    highest, late = 0, 0
    for sequence in sequences:
        late += sequence < highest
        highest = max(highest, sequence)
    return late


@contextmanager
def a_soak(directory: Path, seed: int, *, readable: bool = True) -> Iterator[Soak]:
    """Yield a soak whose dice are thrown by `seed`; `readable` says whether the bot may read history."""
    clock, illness = Fast(START, SPEED, time.monotonic()), Illness(Random(seed))
    channels = {channel: channel.lower() for channel in (*CHANNELS, ADMIN)}
    slack = UnrulySlack(clock.now, channels, Random(seed), PATIENCE, readable=readable)
    sites = Sites(clock.now, dict.fromkeys(BLOGS, "rss"))
    with Hub(clock.now, quota=1_000_000) as hub, sites, slack:
        soak = Soak(directory, hub, slack, clock, Random(seed), sites=sites, illness=illness)
        illness.befall(hub)
        illness.befall(sites)
        yield soak


def endure(soak: Soak, minutes: float, say: Callable[[str], object]) -> None:
    """Kill the bot over and over for so many minutes, saying each minute how it goes, and let it settle."""
    began, said = time.monotonic(), 0
    while (past := (time.monotonic() - began) / 60) < minutes:
        soak.kill_once()
        if past >= said + 1:
            said = int(past)
            faults, released = soak.faults().total(), len(soak.released)
            say(f"{said} min: {soak.kills:,} kills, {faults:,} faults, {released:,} releases")
    soak.settle()
