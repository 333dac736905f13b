"""What people ask of the bot's memory, on the command line and in Slack; nothing here writes."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import __version__
from bot.cadence.period import Cadence, Window, cadences, lab_rows, month_rows, window_back
from bot.cadence.shipped import Shipped, Unit
from bot.clock import Clock
from bot.errors import UsageError
from bot.model import CONSOLE, Destination, Lab, Wave
from bot.outbox.audience import receptions
from bot.records import NO_WEIGHTS, Delivery, Remembered, SourceState, TriagedAs
from bot.releases.facts.text import nearest, or_else
from bot.releases.naming.labs import Labs
from bot.releases.news.coverage import Record, Watched, records
from bot.settings.feeds import Config, OwnSpec
from bot.store.store import Store
from bot.views.answers import BotStatus, CadenceTable, Following
from bot.views.answers.why import Story
from bot.views.commands import HERE, RECENT, YEAR, Command, MisunderstoodError, Spot, Suggestion

_MOST_RECEPTIONS = 20  # that `why` tells of one release


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, where, and the request's own id, so that a request delivered twice is done once."""

    user: str
    channel: str
    team: str = ""  # "" where the bot serves one workspace
    is_dm: bool = False
    request: str = ""  # Slack's trigger or event id
    is_member: bool | None = True  # of the workspace that it is asked in; None where Slack does not say
    name: str = ""  # that Slack gives with some requests
    is_elsewhere: bool = False  # they act on a channel from outside of it, as with a form

    @property
    def destination(self) -> Destination:
        """Return where subscriptions made here deliver: the channel, or the asker's own DM."""
        return self.person if self.is_dm else Destination.at(self.team, self.channel)

    @property
    def person(self) -> Destination:
        """Return the asker as a destination: a DM."""
        return Destination.at(self.team, self.user)

    def spot(self, place: Destination) -> Spot:
        """Return what a place is called where they read of it; who is on a terminal is in no place."""
        if place == self.person:
            is_here = self.is_dm and not self.is_elsewhere
            return HERE if is_here else Spot("your messages", "to:dm")
        if place == self.destination:
            return HERE
        return Spot(place, "" if place == CONSOLE else f"--to {place}")

    def at(self, place: Destination) -> "Asker":
        """Return the asker as if they asked at another place, their own messages or a channel."""
        is_own = place == self.person
        away = self.is_elsewhere or place != self.destination
        return replace(self, channel="" if is_own else place.place, is_dm=is_own, is_elsewhere=away)


@dataclass(frozen=True, slots=True)
class Questions:
    """Answers from a store, which may be open for reading only."""

    store: Store
    labs: Labs
    clock: Clock
    sources: Sequence[str] = ()  # the ids of those in feeds.yaml, polled yet or not
    watched: Sequence[Watched] = ()  # what these can be expected to show
    remarks: Sequence[str] = ()  # what is to be told of the settings

    def recent(self, asked: Command, limit: int, there: Destination | None = None) -> tuple[int, list[Wave]]:
        """Return how many waves came out in the window that is asked for, and the page of them.

        `there` is where it is asked. Raises UsageError for a triage that is asked for nowhere.
        """
        if asked.triage and there is None:
            raise UsageError("`triage:` is about what a channel made of releases: ask it there, in Slack")
        return self.store.history.recent(
            [lab.id for lab in asked.labs],
            self.clock.now() - (asked.since or RECENT),
            asked.filters,
            limit,
            (asked.page - 1) * limit,
            TriagedAs(there, asked.triage) if there and asked.triage else None,
        )

    def one(self, name: str, again: str = "show {}") -> tuple[Wave, list[str]]:
        """Return the wave of this name, key, repository or address, and the names of others that match.

        Raises MisunderstoodError with the nearest names, each in the command that it is asked for `again`.
        """
        found = self.store.history.find(name)
        if not found:
            near = nearest(name[:80], self.store.history.names())
            raise MisunderstoodError(
                f"no release is called “{name[:80]}”: {or_else(near, '`recent` lists what is known')}",
                suggested(near, again),
            )
        exact = [wave for wave in found if wave.lead.name.display.lower() == name.lower()]
        chosen = (exact or found)[0]
        others = [wave.lead.name.display for wave in found if wave is not chosen]
        return self.store.history.wave(chosen.lead.id), others

    def by_id(self, release_id: int) -> Wave:
        """Return the wave of a release. Raises UsageError when there is no such release."""
        waves = self.store.history.waves_of([release_id])
        if not waves:
            raise UsageError("that release is not known any more; `recent` lists what is")
        return self.store.history.wave(waves[0].lead.id)

    def history(self, labs: Sequence[Lab]) -> list[Shipped]:
        """Return what these labs (all when empty) shipped, for the statistics."""
        return self.store.shipments.history([lab.id for lab in labs])

    def cadence(self, asked: Command, *, classed: bool = False) -> CadenceTable:
        """Return how often labs ship: a row for each, the busiest first, or for each month.

        A lab that is named has its row however little it ships. Rows are of Period where they are `classed`.
        """
        window, unit = self.window(asked), Unit(asked.unit or Unit.WAVE)
        if asked.by == "month":
            return CadenceTable(window, unit, months=month_rows(self.history(asked.labs), window, unit))
        rows: Sequence[Cadence]
        if unit is Unit.WAVE and not classed:
            rows = cadences(self.store.shipments.habits([lab.id for lab in asked.labs]), window)
        else:
            rows = lab_rows(self.history(asked.labs), window, unit)
        return CadenceTable(window, unit, [row for row in rows if asked.labs or row.releases])

    def window(self, asked: Command) -> Window:
        """Return the days that `cadence` is asked for; today is the last."""
        return window_back(self.clock.now().date(), max((asked.since or YEAR).days, 1))

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

    def status(self, team: str = "") -> BotStatus:
        """Return how the sources fare, and what is owed, paused or reported in a workspace, "" being all."""
        known, lacking = self.store.sources.states(), self.store.installations.lacking()
        return BotStatus(
            version=__version__,
            sources=[known.get(source, SourceState(source)) for source in self.sources],
            counts=self.store.deliveries.counts(team),
            pauses=[
                pause
                for where, pause in self.store.subscriptions.pauses().items()
                if team in ("", where.team)
            ],
            reports=[one for one in self.store.reports.open() if team in ("", one.reporter.team)],
            held=self.store.held.waiting(),
            hints=self.store.hints.waiting(),
            coverage=coverage(self.store, self.watched, self.clock.now()),
            lacking={where: scopes for where, scopes in lacking.items() if team in ("", where)},
            remarks=self.remarks,
            pushes=self.store.pushes.all(),
        )

    def unclear(self, team: str = "") -> list[Delivery]:
        """Return the messages of which nobody knows whether they arrived, the oldest first.

        They are those of a workspace, "" being all.
        """
        return [one for one in self.store.deliveries.unclear() if team in ("", one.destination.team)]

    def following(self, destination: Destination) -> Following:
        """Return what a destination follows, and how it wants to be told."""
        return Following(
            destination=destination,
            subscriptions=tuple(self.store.subscriptions.of_destination(destination)),
            mutes=tuple(self.store.preferences.mutes(destination)),
            pause=self.store.subscriptions.pauses().get(destination),
            preferences=self.store.preferences.of(destination),
            last_deliveries=self.store.subscriptions.last_deliveries_to(destination),
            watches=tuple(self.store.watches.of(destination)),
            names={lab.id: lab.name for lab in self.labs},
        )

    def stories(self, text: str, destination: Destination | None = None) -> list[Story]:
        """Return what each sighting came to whose title, address or id is, or contains, the text.

        With a destination, of all deliveries only its own are told: others are nobody else's business.
        """
        remembered = self.store.history.observations(text) if text.strip() else []
        # A row that changed often is one story, as it was seen last.
        last = {(item.source_id, item.external_id): item for item in reversed(remembered)}
        return [self._story(item, destination) for item in reversed(last.values())]

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

    def _story(self, item: Remembered, destination: Destination | None) -> Story:
        """Return a sighting with who else speaks of its release, and what was owed for it."""
        key, history = item.release_key, self.store.history
        if not key:
            return Story(item)
        wave = history.wave(history.id_of(key))
        members = (member for member in wave.members if member.name.release_key == key)
        mentions = [mention for member in members for mention in member.mentions]
        deliveries = [
            delivery
            for delivery in self.store.deliveries.of_release(wave.lead.id)
            if destination in (None, delivery.destination)
        ]
        alerted = {delivery.destination for delivery in deliveries if delivery.kind == "alert"}
        return Story(item, mentions, deliveries, self._receptions(wave, destination, alerted))

    def _receptions(
        self, wave: Wave, destination: Destination | None, alerted: Container[Destination]
    ) -> list[str]:
        """Return what a release was, in words, to those who follow the lab and were owed no alert."""
        if wave.lead.silent:
            return []  # known from a baseline: nobody was to be told
        known, declined = self.store.subscriptions, self.store.deliveries.declined(wave.lead.id)
        following = known.of_destination(destination) if destination else known.of_lab(wave.lab.id)
        others = [one for one in following if one.destination not in alerted]
        now = self.clock.now()
        found = receptions(wave, others, self.store.preferences.mutes(destination, now), now)
        lines = [f"{one.destination}: {declined.get(one.destination, one.why)}" for one in found]
        more = len(lines) - _MOST_RECEPTIONS
        return [*lines[:_MOST_RECEPTIONS], f"and {more} more"] if more > 0 else lines


def suggested(names: Iterable[str], again: str) -> tuple[Suggestion, ...]:
    """Return a command about each of these names: `again` has {} where the name belongs."""
    texts = [again.format(name) for name in names]
    return tuple(Suggestion(text[:1].upper() + text[1:], text) for text in texts)


# --- which releases each source of feeds.yaml showed of those that it should have


def watched(config: Config) -> list[Watched]:
    """Return what each source of feeds.yaml can be expected to show."""
    own: list[Watched] = []
    shared: dict[str, set[str]] = defaultdict(set)  # the labs of a listing, by its id
    for lab in config.labs:
        for spec in lab.sources:
            if isinstance(spec, OwnSpec):
                own.append(Watched(spec.id, frozenset((lab.id,)), spec.include, spec.owner.lower()))
            elif spec.id in config.source_ids:
                shared[spec.id].add(lab.id)
    return [*own, *(Watched(source_id, frozenset(labs)) for source_id, labs in shared.items())]


def coverage(store: Store, sources: Sequence[Watched], now: datetime) -> Mapping[str, Record]:
    """Return the records of the sources by id, of what was announced within a year."""
    states = store.sources.states()
    baselines = {source_id: state.baseline_at for source_id, state in states.items() if state.baseline_at}
    return records(sources, baselines, store.coverage.shown(now - YEAR), now)
