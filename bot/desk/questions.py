"""What people ask of the bot's memory, on the command line and in Slack; nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import __version__
from bot.cadence.period import Window, window_back
from bot.cadence.shipped import Shipped, Unit
from bot.cadence.table import lab_rows, month_rows
from bot.clock import Clock
from bot.desk.covering import coverage
from bot.model import Lab, Mention, Release, Wave
from bot.outbox.audience import receptions
from bot.records import NO_WEIGHTS, Remembered, SourceState
from bot.releases.facts.nearest import nearest, or_else
from bot.releases.naming.labs import Directory
from bot.releases.news.coverage import Watched
from bot.store.store import Store
from bot.views.answers import BotStatus, CadenceTable, Following
from bot.views.commands import Command, MisunderstoodError, Suggestion
from bot.views.story import Story

RECENT = timedelta(days=30)
CADENCE = timedelta(days=365)
_WISHES = 20  # subscriptions whose wishes are told


@dataclass(frozen=True, slots=True)
class Questions:
    """Ask a store, which may be open for reading only."""

    store: Store
    labs: Directory
    clock: Clock
    sources: Sequence[str] = ()  # the ids of those in feeds.yaml, polled yet or not
    watched: Sequence[Watched] = ()  # what these can be expected to show

    def recent(self, asked: Command, limit: int) -> tuple[int, list[Wave]]:
        """Return how many waves came out in the window that is asked for, and the page of them."""
        return self.store.history.recent(
            [lab.id for lab in asked.labs],
            self.clock.now() - (asked.since or RECENT),
            asked.filters,
            limit,
            (asked.page - 1) * limit,
        )

    def newest(self, labs: Sequence[str]) -> Wave | None:
        """Return the newest wave of these labs (all when empty), to show what a subscription is like."""
        return self.store.history.newest(labs)

    def one(self, name: str) -> tuple[Wave, list[str]]:
        """Return the wave of this name, key, repository or address, and the names of others that match.

        Raises MisunderstoodError with the nearest names.
        """
        found = self.store.history.find(name)
        if not found:
            raise _unknown_release(name, self.store.history.names())
        exact = [wave for wave in found if wave.lead.name.display.lower() == name.lower()]
        chosen = (exact or found)[0]
        others = [wave.lead.name.display for wave in found if wave is not chosen]
        return self.store.history.wave(chosen.lead.id), others

    def by_id(self, release_id: int) -> Wave | None:
        """Return the wave of a release, or None when there is no such release."""
        waves = self.store.history.waves_of([release_id])
        return self.store.history.wave(waves[0].lead.id) if waves else None

    def history(self, labs: Sequence[Lab]) -> list[Shipped]:
        """Return what these labs (all when empty) shipped, for the statistics."""
        ids = {lab.id for lab in labs}
        return [it for it in self.store.shipments.history() if not ids or it.lab in ids]

    def cadence(self, asked: Command) -> CadenceTable:
        """Return how often labs ship: a row for each, the busiest first, or for each month.

        A lab that is named has its row however little it ships.
        """
        history, window = self.history(asked.labs), self.window(asked)
        unit = Unit(asked.unit or Unit.WAVE)
        if asked.by == "month":
            return CadenceTable(window, unit, months=month_rows(history, window, unit))
        rows = lab_rows(history, window, unit)
        return CadenceTable(window, unit, [row for row in rows if asked.labs or row.figures.releases])

    def window(self, asked: Command) -> Window:
        """Return the days that `cadence` is asked for; today is the last."""
        return window_back(self.clock.now().date(), max((asked.since or CADENCE).days, 1))

    def named(self, word: str) -> list[Lab]:
        """Return the labs whose id, name or an alias contains the word."""
        word = word.lower()
        return [
            lab for lab in self.labs if any(word in name.lower() for name in (lab.id, lab.name, *lab.aliases))
        ]

    def checked_at(self) -> datetime | None:
        """Return when a source was last read well."""
        times = (state.succeeded_at for state in self.store.sources.states().values())
        return max((moment for moment in times if moment), default=None)

    def status(self) -> BotStatus:
        """Return how the sources fare, and what is owed, paused or reported."""
        known = self.store.sources.states()
        return BotStatus(
            version=__version__,
            sources=[known.get(source, SourceState(source)) for source in self.sources],
            counts=self.store.deliveries.counts(),
            pauses=tuple(self.store.subscriptions.pauses().values()),
            reports=self.store.reports.open(),
            held=self.store.held.waiting(),
            hints=len(self.store.hints.waiting()),
            coverage=coverage(self.store, self.watched, self.clock.now()),
        )

    def following(self, destination: str) -> Following:
        """Return what a destination follows, and how it wants to be told."""
        return Following(
            destination=destination,
            subscriptions=tuple(self.store.subscriptions.of_destination(destination)),
            mutes=tuple(self.store.preferences.mutes(destination)),
            pause=self.store.subscriptions.pauses().get(destination),
            preferences=self.store.preferences.of(destination),
            last_deliveries=self.store.subscriptions.last_deliveries_to(destination),
            names={lab.id: lab.name for lab in self.labs},
        )

    def stories(self, text: str, destination: str = "") -> list[Story]:
        """Return what each sighting came to whose title, address or id is, or contains, the text.

        With a destination, of all deliveries only its own are told: others are nobody else's business.
        """
        remembered = self.store.history.observations(text) if text.strip() else []
        return [self._story(item, destination) for item in _newest_word(remembered)]

    def waiting(self, text: str) -> list[str]:
        """Return what is told of repositories that are not announced yet, and of mere names."""
        word = text.strip().lower()
        hints = [
            f"{hint.name.display}  is named by {hint.source_id} since {hint.seen_at:%Y-%m-%d %H:%M} UTC, "
            f"and no item carries it: “{hint.words}” {hint.url}"
            for hint in self.store.hints.open()
            if word and word in hint.name.display.lower()
        ]
        return hints + [
            f"{note['id']}  was first seen {note['since'][:16]} UTC by {state.id} and is waited for: "
            f"{note.get('why') or NO_WEIGHTS}"
            for state in self.store.sources.states().values()
            for note in state.waiting
            if word and word in note["id"].lower()
        ]

    def _story(self, item: Remembered, destination: str) -> Story:
        """Return a sighting with who else speaks of its release, and what was owed for it."""
        if not item.release_key:
            return Story(item)
        wave = self.store.history.wave(self.store.history.lead_of(item.release_key))
        mentions = [mention for member in wave.members for mention in _of(member, item.release_key)]
        deliveries = [
            delivery
            for delivery in self.store.deliveries.of_release(wave.lead.id)
            if destination in ("", delivery.destination)
        ]
        told = {delivery.destination for delivery in deliveries if delivery.kind == "alert"}
        return Story(item, mentions, deliveries, self._wishes(wave, destination, told))

    def _wishes(self, wave: Wave, destination: str, told: set[str]) -> list[str]:
        """Return what the subscriptions of those who were owed no alert made of a release."""
        if wave.lead.silent:
            return []  # known from a baseline: nobody was to be told
        known, told_why = self.store.subscriptions, self.store.deliveries.declined(wave.lead.id)
        asked = known.of_destination(destination) if destination else known.of_lab(wave.lab.id)
        subscriptions = [one for one in asked if one.destination not in told]
        mutes = self.store.preferences.mutes(destination or None)
        found = receptions(wave, subscriptions, mutes, self.clock.now())
        wishes = [f"{one.destination}: {told_why.get(one.destination, one.why)}" for one in found[:_WISHES]]
        more = len(found) - _WISHES
        return [*wishes, f"and {more} more"] if more > 0 else wishes


def _of(member: Release, key: str) -> Sequence[Mention]:
    return member.mentions if member.name.release_key == key else ()


def _newest_word(remembered: Sequence[Remembered]) -> list[Remembered]:
    """Return each thing shown once, as it was seen last: a row that changed often is one story."""
    return list({(item.source_id, item.external_id): item for item in reversed(remembered)}.values())[::-1]


def _unknown_release(name: str, names: Sequence[str]) -> MisunderstoodError:
    near = nearest(name[:80], names)
    return MisunderstoodError(
        f"no release is called “{name[:80]}”: {or_else(near, '`recent` lists what is known')}",
        tuple(Suggestion(f"Show {other}", f"show {other}") for other in near),
    )
