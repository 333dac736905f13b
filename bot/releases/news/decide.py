"""From what is known and what was just seen to what is news. Pure: no clock, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Kind, Name, NoteKind, SourceKind
from bot.releases.news.corrections import NO_RELEASE
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
from bot.releases.news.likeness import NEAR, moment_of
from bot.releases.news.merge import corrected_catalogue, corrected_waiting

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
    return _guarded(rules.draft.steps, FLOOD * days - announced)


def decide_overdue(
    overdue: Sequence[Waiting], catalogue: Catalogue, *, now: datetime, settings: Settings, announced: int = 0
) -> Decision:
    """Return what to do with listings that nobody confirmed in time: join a release, or open one.

    What brings them beyond FLOOD within a day, together with those `announced`, is held back.
    """
    rules = _Rules(catalogue, now, settings, silent=False)
    for waiting in overdue:
        rules.take_overdue(corrected_waiting(waiting, catalogue.errata))
    return _guarded(rules.draft.steps, FLOOD - announced)


def _guarded(steps: Sequence[Step], most: int) -> Decision:
    """Return a decision that announces at most so many releases, else the same one, told to nobody."""
    decision = Decision(tuple(steps))
    announced = decision.announced()
    if not announced or len(announced) <= most:
        return decision
    untold = (step for step in steps if not isinstance(step, Announce | Tell))
    silenced = (replace(step, silent=True) if isinstance(step, Open) else step for step in untold)
    return Decision(tuple(silenced), held=announced)


def _heads_first(item: Judged) -> tuple[bool, bool, bool, str]:
    """Return the place of a sighting in its poll: a release's own weights come before their variants."""
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
        catalogue = corrected_catalogue(catalogue)
        self.now = now
        self.silent = silent
        self.confirm_until = now + settings.confirm
        self.draft = Draft(catalogue, now, settings, silent)
        self.index = self.draft.index
        self.waiting = list(catalogue.waiting)

    def take(self, item: Judged) -> None:
        """Decide one sighting by what kind of source shows it."""
        sighting, name = item.sighting, item.verdict.name
        key = self.index.keys.get(sighting.external_id)
        if key is None and sighting.amends:  # a repository that stands where a known one did
            key = self.index.keys.get(sighting.title.lower())
        # What was no model when it was first seen, and has been there for long, is no news by its new name.
        was_no_news = sighting.amends and self.now - moment_of(sighting, self.now) > NEAR
        if key:
            self._amend(self.index.releases[key], item)
        elif name is None or item.verdict.kind in NO_RELEASE or was_no_news:
            self.draft.write(Observe(item))
        elif sighting.source is SourceKind.HUB:
            self._take_repository(replace(item, sighting=replace(sighting, amends=False)), name)
        elif sighting.source is SourceKind.LLM_STATS:
            self._take_listing(item, name)
        elif sighting.source is SourceKind.IMPORT:
            self._take_import(item, name)
        else:
            self._take_post(item, name)

    # --- repositories

    def _amend(self, known: Known, item: Judged) -> None:
        """Bring a known repository up to date: a rename, a new licence, sizes counted late. No alert."""
        sighting, stated = item.sighting, item.sighting.facts.license
        self.draft.write(Observe(item, known.key))
        head = known.head in (sighting.external_id, known.repositories.get(sighting.title.lower()))
        if head and known.license and stated and stated != known.license:
            self.draft.tell(known, item, NoteKind.LICENSE)
        now_known = self.draft.attach(known, item, head=head)
        if head and known.empty and not now_known.empty:
            self.draft.tell(now_known, item, NoteKind.CONFIRMATION)

    def _take_repository(self, item: Judged, name: Name) -> None:
        """Give a release these weights, as its own or as a variant, or open one with them."""
        known = self.index.of_key(name)
        if known is None:
            self._open_with_weights(item, name)
            return
        self.draft.write(Observe(item, known.key))
        is_head = not known.head or (known.provisional and item.verdict.kind is Kind.RELEASE)
        now_known = self.draft.attach(known, item, head=is_head)
        if not is_head:
            self.draft.tell(known, item, NoteKind.VARIANT)
        elif not known.head:  # it was only talked about; what a person brought as one of long ago is no news
            is_history = SourceKind.IMPORT in known.told_by and self.now - known.published_at > NEAR
            self._announce_or_confirm(now_known, item, is_news=not is_history)
        elif not self.draft.announce_silent(now_known):
            self.draft.tell(now_known, item, NoteKind.HEAD)

    def _open_with_weights(self, item: Judged, name: Name) -> None:
        lead = self.index.awaiting_weights(name, item) or self.index.wave_of(name, item)
        is_first = lead is not None and not self.index.weights_of(lead)
        known = self.draft.attach(self.draft.open(item, name, lead), item, head=True)
        if lead is None:
            self.draft.announce(known)
        else:
            if not self.draft.announce_silent(lead):
                self.draft.tell(known, item, NoteKind.CONFIRMATION if is_first else NoteKind.SIZE)
            self.draft.hear(lead, item)
        self._settle_waiting(known)

    def _announce_or_confirm(self, known: Known, item: Judged, *, is_news: bool) -> None:
        """Announce what nobody was told of yet, if it is news now; else tell that this confirms it."""
        if is_news and self.draft.announce_silent(known):
            self.draft.hear(known, item)
        else:
            self.draft.confirm(known, item)

    # --- posts

    def _take_post(self, item: Judged, name: Name) -> None:
        known = self._named_or_linked(name, item)
        if known is not None:
            self._take_word_on(known, item)
        elif item.verdict.waits and not (self.silent or self.draft.is_old(item)):
            self.draft.write(Observe(item, wait_until=self.confirm_until))
            return
        elif item.verdict.kind is Kind.RELEASE:
            known = self._open_by_post(item, name)
        else:
            self.draft.write(Observe(item))
            return
        for other in item.verdict.also:
            word = replace(item, verdict=replace(item.verdict, name=other, also=()))
            known = self._take_beside(known, word, other)

    def _named_or_linked(self, name: Name, item: Judged) -> Known | None:
        """Return what a post is about: the model that it names, or the repository that it links, or None.

        A name without version and size may be a play on words: there the link is the better witness.
        """
        named, linked = self.index.named(name, item), self.index.linked_as(name, item)
        if item.verdict.kind is not Kind.RELEASE:
            named = named or self.index.family_named_by(name, item)
        return named or linked if name.version or name.size else linked or named

    def _take_word_on(self, known: Known, item: Judged) -> None:
        """Store a post on a release that is known; the lab's first word on what a baseline found is news."""
        self.draft.write(Observe(item, known.key))
        lead = self.index.releases[known.lead_key]
        is_of_late = self.now - lead.published_at <= NEAR and not self.draft.is_old(item)
        is_first = SourceKind.FEED not in lead.told_by and item.verdict.kind is Kind.RELEASE
        self._announce_or_confirm(known, item, is_news=is_of_late and is_first)
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

    # --- listings, and what a person brings

    def _take_listing(self, item: Judged, name: Name) -> None:
        """Join a release; alone, a listing waits for the Hub or the lab (history needs no waiting)."""
        known = self.index.listed(name, item)
        if known is not None:
            self.draft.write(Observe(item, known.key))
            self.draft.confirm(known, item)
        elif self.silent or self.draft.is_old(item):
            self.draft.open(item, name, None)
        else:
            self.draft.write(Observe(item, wait_until=self.confirm_until))

    def take_overdue(self, waiting: Waiting) -> None:
        """Join a listing whose time is over to a release, or open one on its word alone."""
        item, name = waiting.judged, waiting.judged.verdict.name
        if name is None:
            return
        known = self.index.listed(name, item)
        if known is not None:
            self.draft.write(Confirm(waiting, known.key))
            self.draft.confirm(known, item)
            return
        lead = self.index.wave_of(name, item)
        known = self.draft.open(item, name, lead, waiting)
        if lead is None:
            self.draft.announce(known)
        else:
            self.draft.tell(known, item, NoteKind.SIZE)

    def _settle_waiting(self, opened: Known) -> None:
        """Give a new release the listings that were waiting for somebody to confirm them."""
        for waiting in list(self.waiting):
            item, name = waiting.judged, waiting.judged.verdict.name
            meant = name and self.index.listed(name, item)
            if meant and meant.lead_key == opened.lead_key:
                self.waiting.remove(waiting)
                self.draft.write(Confirm(waiting, meant.key))
                self.draft.confirm(meant, item)

    def _take_import(self, item: Judged, name: Name) -> None:
        """Join the release of this key or repository, or open one; what a person brings is not told."""
        known = self.index.linked(item) or self.index.of_key(name)
        if known is None:
            self.draft.open(item, name, self.index.wave_of(name, item))
        else:
            self.draft.write(Observe(item, known.key))
            self.draft.hear(known, item)
