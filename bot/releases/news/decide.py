"""Decide, from what is known and what was just seen, what is news: pure, no clock, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Kind, Name, NoteKind, SourceKind
from bot.releases.news.decision import (
    Announce,
    Catalogue,
    Confirm,
    Decision,
    Judged,
    Known,
    Observe,
    Open,
    Promise,
    Settings,
    Step,
    Tell,
    Waiting,
)
from bot.releases.news.draft import UNTUNED, Draft
from bot.releases.news.index import NEAR, moment_of

# More alerts than this from one source in a day is a redesign or a migration, not a busy day: of 51 labs in
# two years, the busiest released nine models in a day, all sizes counted. After an absence there may be so
# many for each day of it, up to three: what a month brings at once is for a person to look at.
FLOOD = 12
_LONGEST_ABSENCE = timedelta(days=3)


def decide(
    judged: Iterable[Judged],
    catalogue: Catalogue,
    *,
    now: datetime,
    settings: Settings,
    silent: bool = False,
    absence: timedelta = timedelta(),
    announced: int = 0,
) -> Decision:
    """Return what to store and to tell of these sightings.

    `silent` is the baseline: everything is remembered, nothing is told. So it is with a poll that would
    bring the source beyond FLOOD releases within a day, or within each day of `absence`, until a person says
    what is to become of these; `announced` is how many it brought within the last day.
    """
    rules = _Rules(catalogue, now, settings, silent)
    for item in sorted(judged, key=_heads_first):
        rules.take(item)
    days = max(1, min(absence, _LONGEST_ABSENCE).days)
    return _guarded(Decision(tuple(rules.draft.steps)), FLOOD * days - announced)


def decide_overdue(
    overdue: Sequence[Waiting], catalogue: Catalogue, *, now: datetime, settings: Settings, announced: int = 0
) -> Decision:
    """Return what to do with listings that nobody confirmed in time: join a release, or open one.

    What brings them beyond FLOOD within a day, together with those `announced`, is held back.
    """
    rules = _Rules(catalogue, now, settings, silent=False)
    for waiting in overdue:
        rules.settle(waiting)
    return _guarded(Decision(tuple(rules.draft.steps)), FLOOD - announced)


def _guarded(decision: Decision, most: int) -> Decision:
    """Return a decision that announces at most so many releases, else the same one, told to nobody."""
    announced = decision.announced()
    if not announced or len(announced) <= most:
        return decision
    untold = (step for step in decision.steps if not isinstance(step, Announce | Tell))
    return Decision(tuple(_silenced(step) for step in untold), held=announced)


def _silenced(step: Step) -> Step:
    return replace(step, silent=True) if isinstance(step, Open) else step


def _heads_first(item: Judged) -> tuple[bool, bool, bool, str]:
    """Order one poll so that a release's own weights come before their variants."""
    name = item.verdict.name
    return (
        item.verdict.kind is not Kind.RELEASE,
        bool(name and name.packaging),
        bool(name and name.stage.lower() in UNTUNED),
        item.sighting.title,
    )


class _Rules:
    """What becomes of each sighting of one decision."""

    def __init__(self, catalogue: Catalogue, now: datetime, settings: Settings, silent: bool) -> None:
        self.now = now
        self.settings = settings
        self.silent = silent
        self.draft = Draft(catalogue, now, settings, silent)
        self.index = self.draft.index
        self.waiting = list(catalogue.waiting)

    def take(self, item: Judged) -> None:
        """Decide one sighting by what kind of source shows it."""
        name = item.verdict.name
        known = self._amended(item)
        if known is not None:
            self._amend(known, item)
        elif name is None or item.verdict.kind in (Kind.PRODUCT, Kind.OTHER) or self._was_no_news(item):
            self.draft.write(Observe(item))
        elif item.sighting.source is SourceKind.HUB:
            self._take_repository(replace(item, sighting=replace(item.sighting, amends=False)), name)
        elif item.sighting.source is SourceKind.LLM_STATS:
            self._take_listing(item, name)
        elif item.sighting.source is SourceKind.IMPORT:
            self._take_import(item, name)
        else:
            self._take_post(item, name)

    # --- one kind of source each

    def _amended(self, item: Judged) -> Known | None:
        """Return the release of a repository that is known, or that stands where one did, else None."""
        sighting = item.sighting
        key = self.index.keys.get(sighting.external_id)
        if key is None and sighting.amends:
            key = self.index.keys.get(sighting.title.lower())
        return self.index.releases[key] if key else None

    def _was_no_news(self, item: Judged) -> bool:
        """Whether a repository that was no model when it was first seen has been there for long.

        What was made of late and gets the name of a model is launched so.
        """
        sighting = item.sighting
        return sighting.amends and self.now - moment_of(sighting, self.now) > NEAR

    def _amend(self, known: Known, item: Judged) -> None:
        """Bring a known repository up to date: a rename, a new licence, sizes counted late. No alert."""
        sighting = item.sighting
        self.draft.write(Observe(item, known.key))
        head = known.head in (sighting.external_id, known.repositories.get(sighting.title.lower()))
        was_empty = known.empty
        if head:
            self.draft.tell_of_licence(known, item)
        known = self.draft.attach(known, item, head=head)
        if head and was_empty and not known.empty:
            self.draft.tell(known, item, NoteKind.CONFIRMATION)

    def _take_repository(self, item: Judged, name: Name) -> None:
        known = self.index.of_key(name)
        if known is None:
            self._open_with_weights(item, name)
            return
        self.draft.write(Observe(item, known.key))
        if not known.head:
            self._give_weights(known, item)
        elif known.provisional and item.verdict.kind is Kind.RELEASE:
            known = self.draft.attach(known, item, head=True)
            if not self.draft.announce_silent(known):
                self.draft.tell(known, item, NoteKind.HEAD)
        else:
            self.draft.attach(known, item, head=False)
            self.draft.tell(known, item, NoteKind.VARIANT)

    def _open_with_weights(self, item: Judged, name: Name) -> None:
        lead = self.index.awaiting_weights(name, item) or self.index.wave_of(name, item)
        first = lead is None or not self.index.has_weights(lead)
        known = self.draft.attach(self.draft.open(item, name, lead), item, head=True)
        if lead is None:
            self.draft.announce(known)
        elif not self.draft.announce_silent(lead):
            self.draft.tell(known, item, NoteKind.CONFIRMATION if first else NoteKind.SIZE)
        if lead is not None:
            self.draft.hear(lead, item)
        self._settle_waiting(known)

    def _give_weights(self, known: Known, item: Judged) -> None:
        """Give weights to a release that was only talked about; if nobody was told yet, it is news now."""
        known = self.draft.attach(known, item, head=True)
        if not self._is_imported_history(known) and self.draft.announce_silent(known):
            self.draft.hear(known, item)
        else:
            self.draft.confirm(known, item)

    def _is_imported_history(self, known: Known) -> bool:
        """Whether a person brought a release as one of long ago: its weights are no news today."""
        return SourceKind.IMPORT in known.told_by and self.now - known.published_at > NEAR

    def _take_post(self, item: Judged, name: Name) -> None:
        known = self._named_or_linked(name, item)
        if known is not None:
            self._take_word_on(known, item)
        elif item.verdict.waits and not (self.silent or self.draft.is_old(item)):
            self.draft.write(Observe(item, wait_until=self.now + self.settings.confirm))
            return
        elif item.verdict.kind is Kind.RELEASE:
            known = self._open_by_post(item, name)
        else:
            self.draft.write(Observe(item))
            return
        for other in item.verdict.also:
            known = self._take_beside(known, _speaking_of(item, other), other)

    def _take_word_on(self, known: Known, item: Judged) -> None:
        """Store a post on a release that is known; the lab's first word on what a baseline found is news."""
        self.draft.write(Observe(item, known.key))
        if self._is_untold(known, item) and self.draft.announce_silent(known):
            self.draft.hear(known, item)
        else:
            self.draft.confirm(known, item)
        self._promise(known, item)

    def _open_by_post(self, item: Judged, name: Name) -> Known:
        lead = self.index.family_named_by(name, item) or self.index.wave_of(name, item)
        known = self.draft.open(item, name, lead)
        self._promise(known, item)
        if lead is None:
            if not self.draft.is_old(item):
                self.draft.announce(known)
        elif not self.draft.announce_silent(lead):
            self.draft.tell(known, item, NoteKind.SIZE)
        self._settle_waiting(known)
        return known

    def _take_beside(self, first: Known, item: Judged, name: Name) -> Known:
        """Store what a title says of one more model, under the alert of the first; return that release.

        An alert of long ago gathers nothing any more: then this model is news by itself.
        """
        known = self.index.named(name, item)
        if known is not None:
            self._take_word_on(known, item)
            return first
        lead = self.index.releases[first.lead_key]
        if not self.index.takes(lead, item):
            return self._open_by_post(item, name)
        known = self.draft.open(item, name, lead)
        if lead.opened_at != self.now:
            self.draft.tell(known, item, NoteKind.SIZE)
        self._settle_waiting(known)
        return first

    def _promise(self, known: Known, item: Judged) -> None:
        """Remember the repositories that a post links and that open later, under whatever name."""
        promised = self.index.not_open(item)
        if promised:
            self.draft.write(Promise(known.key, promised))
            known = self.index.releases[known.key]
            self.index.put(replace(known, promised=known.promised.union(promised)))

    def _named_or_linked(self, name: Name, item: Judged) -> Known | None:
        """Return what a post is about: the model that it names, or the repository that it links, or None.

        A name without version and size may be a play on words: there the link is the better witness.
        """
        named, linked = self.index.named(name, item), self.index.linked_as(name, item)
        if item.verdict.kind is not Kind.RELEASE:
            named = named or self.index.family_named_by(name, item)
        return named or linked if name.version or name.size else linked or named

    def _take_listing(self, item: Judged, name: Name) -> None:
        """Join a release; alone, a listing waits for the Hub or the lab (history needs no waiting)."""
        known = self.index.linked(item) or self.index.spoken_of(name, item)
        if known is not None:
            self.draft.write(Observe(item, known.key))
            self.draft.confirm(known, item)
        elif self.silent or self.draft.is_old(item):
            self.draft.open(item, name, None)
        else:
            self.draft.write(Observe(item, wait_until=self.now + self.settings.confirm))

    def _take_import(self, item: Judged, name: Name) -> None:
        """Join the release of this key or repository, or open one; what a person brings is not told."""
        known = self.index.linked(item) or self.index.of_key(name)
        if known is None:
            self.draft.open(item, name, self.index.wave_of(name, item))
        else:
            self.draft.write(Observe(item, known.key))
            self.draft.hear(known, item)

    def settle(self, waiting: Waiting) -> None:
        """Join a listing whose time is over to a release, or open one on its word alone."""
        item, name = waiting.judged, waiting.judged.verdict.name
        if name is None:
            return
        known = self.index.linked(item) or self.index.spoken_of(name, item)
        if known is not None:
            self.draft.write(Confirm(waiting, known.key))
            self.draft.confirm(known, item)
        else:
            lead = self.index.wave_of(name, item)
            known = self.draft.begin(item, name, lead)
            self.draft.write(Confirm(waiting, known.key))
            if lead is None:
                self.draft.announce(known)
            else:
                self.draft.tell(known, item, NoteKind.SIZE)

    def _settle_waiting(self, opened: Known) -> None:
        """Give a new release the listings that were waiting for somebody to confirm them."""
        for waiting in list(self.waiting):
            item, name = waiting.judged, waiting.judged.verdict.name
            meant = name and (self.index.linked(item) or self.index.spoken_of(name, item))
            if meant and meant.lead_key == opened.lead_key:
                self.waiting.remove(waiting)
                self.draft.write(Confirm(waiting, meant.key))
                self.draft.confirm(meant, item)

    def _is_untold(self, known: Known, item: Judged) -> bool:
        """Whether a post is a lab's first word on a release of late: its weights may have come first."""
        lead = self.index.releases[known.lead_key]
        recent = self.now - lead.published_at <= NEAR and not self.draft.is_old(item)
        return recent and SourceKind.FEED not in lead.told_by and item.verdict.kind is Kind.RELEASE


def _speaking_of(item: Judged, name: Name) -> Judged:
    """Return a post as its word on another model that its title names."""
    return replace(item, verdict=replace(item.verdict, name=name, also=()))
