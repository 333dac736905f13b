"""Decide, from what is known and what was just seen, what is news: pure, no clock, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import DateOrigin, Kind, License, LicenseStatement, Name, Note, NoteKind, Sighting, SourceKind
from bot.releases.facts.licenses import identify
from bot.releases.facts.merge import better_name
from bot.releases.news.shelf import NEAR, Shelf, moment_of
from bot.releases.news.steps import (
    Announce,
    Attach,
    Book,
    Confirm,
    Decision,
    Judged,
    Known,
    Observe,
    Open,
    Promise,
    Rename,
    Settings,
    Step,
    Tell,
    Waiting,
)

# More alerts than this from one source in a day is a redesign or a migration, not a busy day: of 51 labs in
# two years, the busiest released nine models in a day, all sizes counted. After an absence there may be so
# many for each day of it, up to three: what a month brings at once is for a person to look at.
FLOOD = 12
_LONGEST_ABSENCE = timedelta(days=3)


def decide(
    judged: Iterable[Judged],
    book: Book,
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
    ledger = _Ledger(book, now, settings, silent)
    for item in sorted(judged, key=_heads_first):
        ledger.take(item)
    days = max(1, min(absence, _LONGEST_ABSENCE).days)
    return _guarded(Decision(tuple(ledger.steps)), FLOOD * days - announced)


def decide_overdue(
    overdue: Sequence[Waiting], book: Book, *, now: datetime, settings: Settings, announced: int = 0
) -> Decision:
    """Return what to do with listings that nobody confirmed in time: join a release, or open one.

    What brings them beyond FLOOD within a day, together with those `announced`, is held back.
    """
    ledger = _Ledger(book, now, settings, silent=False)
    for waiting in overdue:
        ledger.settle(waiting)
    return _guarded(Decision(tuple(ledger.steps)), FLOOD - announced)


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
        bool(name and name.stage.lower() in _UNTUNED),
        item.sighting.title,
    )


_UNTUNED = frozenset({"base", "pt"})


class _Ledger:
    """Work through one decision: the book as it stands after each step, and the steps so far."""

    def __init__(self, book: Book, now: datetime, settings: Settings, silent: bool) -> None:
        self.now = now
        self.settings = settings
        self.silent = silent
        self.steps: list[Step] = []
        self.shelf = Shelf(book, now, settings, silent=silent)
        self.waiting = list(book.waiting)

    def take(self, item: Judged) -> None:
        """Decide one sighting by what kind of source shows it."""
        name = item.verdict.name
        known = self._amended(item)
        if known is not None:
            self._amend(known, item)
        elif name is None or item.verdict.kind in (Kind.PRODUCT, Kind.OTHER) or self._was_no_news(item):
            self.steps.append(Observe(item))
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
        key = self.shelf.keys.get(sighting.external_id)
        if key is None and sighting.amends:
            key = self.shelf.keys.get(sighting.title.lower())
        return self.shelf.releases[key] if key else None

    def _was_no_news(self, item: Judged) -> bool:
        """Tell whether a repository that was no model when it was first seen has been there for long.

        What was made of late and gets the name of a model is launched so.
        """
        sighting = item.sighting
        return sighting.amends and self.now - moment_of(sighting, self.now) > NEAR

    def _amend(self, known: Known, item: Judged) -> None:
        """Bring a known repository up to date: a rename, a new licence, sizes counted late. No alert."""
        sighting = item.sighting
        self.steps.append(Observe(item, known.key))
        head = known.head in (sighting.external_id, known.repositories.get(sighting.title.lower()))
        was_empty = known.empty
        if head:
            self._tell_of_licence(known, item)
        known = self._attach(known, item, head=head)
        if head and was_empty and not known.empty:
            self._tell(known, item, NoteKind.CONFIRMATION)

    def _take_repository(self, item: Judged, name: Name) -> None:
        known = self.shelf.of_key(name)
        if known is None:
            self._open_with_weights(item, name)
            return
        self.steps.append(Observe(item, known.key))
        if not known.head:
            self._give_weights(known, item)
        elif known.provisional and item.verdict.kind is Kind.RELEASE:
            known = self._attach(known, item, head=True)
            if not self._announce_silent(known):
                self._tell(known, item, NoteKind.HEAD)
        else:
            self._attach(known, item, head=False)
            self._tell(known, item, NoteKind.VARIANT)

    def _open_with_weights(self, item: Judged, name: Name) -> None:
        lead = self.shelf.awaiting_weights(name, item) or self.shelf.wave_of(name, item)
        first = lead is None or not self.shelf.has_weights(lead)
        known = self._attach(self._open(item, name, lead), item, head=True)
        if lead is None:
            self._announce(known)
        elif not self._announce_silent(lead):
            self._tell(known, item, NoteKind.CONFIRMATION if first else NoteKind.SIZE)
        if lead is not None:
            self._hear(lead, item)
        self._settle_waiting(known)

    def _give_weights(self, known: Known, item: Judged) -> None:
        """Give weights to a release that was only talked about; if nobody was told yet, it is news now."""
        known = self._attach(known, item, head=True)
        if not self._is_imported_history(known) and self._announce_silent(known):
            self._hear(known, item)
        else:
            self._confirm(known, item)

    def _is_imported_history(self, known: Known) -> bool:
        """Tell whether a person brought a release as one of long ago: its weights are no news today."""
        return SourceKind.IMPORT in known.told_by and self.now - known.published_at > NEAR

    def _take_post(self, item: Judged, name: Name) -> None:
        known = self._named_or_linked(name, item)
        if known is not None:
            self._take_word_on(known, item)
        elif item.verdict.waits and not (self.silent or self._is_old(item)):
            self.steps.append(Observe(item, wait_until=self.now + self.settings.confirm))
            return
        elif item.verdict.kind is Kind.RELEASE:
            known = self._open_by_post(item, name)
        else:
            self.steps.append(Observe(item))
            return
        for other in item.verdict.also:
            known = self._take_beside(known, _speaking_of(item, other), other)

    def _take_word_on(self, known: Known, item: Judged) -> None:
        """Store a post on a release that is known; the lab's first word on what a baseline found is news."""
        self.steps.append(Observe(item, known.key))
        if self._is_untold(known, item) and self._announce_silent(known):
            self._hear(known, item)
        else:
            self._confirm(known, item)
        self._promise(known, item)

    def _open_by_post(self, item: Judged, name: Name) -> Known:
        lead = self.shelf.family_named_by(name, item) or self.shelf.wave_of(name, item)
        known = self._open(item, name, lead)
        self._promise(known, item)
        if lead is None:
            if not self._is_old(item):
                self._announce(known)
        elif not self._announce_silent(lead):
            self._tell(known, item, NoteKind.SIZE)
        self._settle_waiting(known)
        return known

    def _take_beside(self, first: Known, item: Judged, name: Name) -> Known:
        """Store what a title says of one more model, under the alert of the first; return that release.

        An alert of long ago gathers nothing any more: then this model is news by itself.
        """
        known = self.shelf.named(name, item)
        if known is not None:
            self._take_word_on(known, item)
            return first
        lead = self.shelf.releases[first.lead_key]
        if not self.shelf.takes(lead, item):
            return self._open_by_post(item, name)
        known = self._open(item, name, lead)
        if lead.opened_at != self.now:
            self._tell(known, item, NoteKind.SIZE)
        self._settle_waiting(known)
        return first

    def _promise(self, known: Known, item: Judged) -> None:
        """Remember the repositories that a post links and that open later, under whatever name."""
        promised = self.shelf.not_open(item)
        if promised:
            self.steps.append(Promise(known.key, promised))
            known = self.shelf.releases[known.key]
            self.shelf.put(replace(known, promised=known.promised.union(promised)))

    def _named_or_linked(self, name: Name, item: Judged) -> Known | None:
        """Return what a post is about: the model that it names, or the repository that it links, or None.

        A name without version and size may be a play on words: there the link is the better witness.
        """
        named, linked = self.shelf.named(name, item), self.shelf.linked_as(name, item)
        if item.verdict.kind is not Kind.RELEASE:
            named = named or self.shelf.family_named_by(name, item)
        return named or linked if name.version or name.size else linked or named

    def _take_listing(self, item: Judged, name: Name) -> None:
        """Join a release; alone, a listing waits for the Hub or the lab (history needs no waiting)."""
        known = self.shelf.linked(item) or self.shelf.spoken_of(name, item)
        if known is not None:
            self.steps.append(Observe(item, known.key))
            self._confirm(known, item)
        elif self.silent or self._is_old(item):
            self._open(item, name, None)
        else:
            self.steps.append(Observe(item, wait_until=self.now + self.settings.confirm))

    def _take_import(self, item: Judged, name: Name) -> None:
        """Join the release of this key or repository, or open one; what a person brings is not told."""
        known = self.shelf.linked(item) or self.shelf.of_key(name)
        if known is None:
            self._open(item, name, self.shelf.wave_of(name, item))
        else:
            self.steps.append(Observe(item, known.key))
            self._hear(known, item)

    def settle(self, waiting: Waiting) -> None:
        """Join a listing whose time is over to a release, or open one on its word alone."""
        item, name = waiting.judged, waiting.judged.verdict.name
        if name is None:
            return
        known = self.shelf.linked(item) or self.shelf.spoken_of(name, item)
        if known is not None:
            self.steps.append(Confirm(waiting, known.key))
            self._confirm(known, item)
        else:
            lead = self.shelf.wave_of(name, item)
            known = self._begin(item, name, lead)
            self.steps.append(Confirm(waiting, known.key))
            if lead is None:
                self._announce(known)
            else:
                self._tell(known, item, NoteKind.SIZE)

    def _settle_waiting(self, opened: Known) -> None:
        """Give a new release the listings that were waiting for somebody to confirm them."""
        for waiting in list(self.waiting):
            item, name = waiting.judged, waiting.judged.verdict.name
            meant = name and (self.shelf.linked(item) or self.shelf.spoken_of(name, item))
            if meant and meant.lead_key == opened.lead_key:
                self.waiting.remove(waiting)
                self.steps.append(Confirm(waiting, meant.key))
                self._confirm(meant, item)

    # --- the steps, and the book after them

    def _open(self, item: Judged, name: Name, lead: Known | None) -> Known:
        known = self._begin(item, name, lead)
        self.steps.append(Observe(item, known.key))
        return known

    def _begin(self, item: Judged, name: Name, lead: Known | None) -> Known:
        lead_key = lead.key if lead else name.release_key
        when = moment_of(item.sighting, self.now, live=not self.silent)
        silent = self.silent or self._is_old(item) or (lead is not None and lead.held)
        self.steps.append(Open(name, lead_key, silent))
        voice = frozenset({item.sighting.source.voice})
        return self.shelf.put(Known(name, lead_key, self.now, when, silent, told_by=voice, named_by=voice))

    def _attach(self, known: Known, item: Judged, *, head: bool) -> Known:
        sighting = item.sighting
        provisional = head and item.verdict.kind is Kind.VARIANT
        self.steps.append(Attach(known.key, sighting, head, provisional, _packaging(item)))
        repositories = {**known.repositories, sighting.title.lower(): sighting.external_id}
        known = replace(known, repositories=repositories)
        if head:
            stated = sighting.facts.license
            known = replace(
                known,
                head=sighting.external_id,
                provisional=provisional,
                license=stated or known.license,
                empty=_is_empty(sighting, known),
            )
        return self.shelf.put(known)

    def _announce(self, known: Known) -> None:
        if not self.silent:
            lead = self.shelf.releases[known.lead_key]
            self.shelf.put(replace(lead, silent=False, opened_at=self.now))
            self.steps.append(Announce(known.lead_key))

    def _announce_silent(self, known: Known) -> bool:
        """Announce what a baseline found in silence; tell whether it was so.

        What was held back stays silent, whatever comes to it: otherwise its weights were a way around the
        person who is to decide, or has decided.
        """
        lead = self.shelf.releases[known.lead_key]
        if self.silent or lead.held or not lead.silent:
            return False
        self._announce(lead)
        return True

    def _is_untold(self, known: Known, item: Judged) -> bool:
        """Tell whether a post is a lab's first word on a release of late: its weights may have come first."""
        lead = self.shelf.releases[known.lead_key]
        recent = self.now - lead.published_at <= NEAR and not self._is_old(item)
        return recent and SourceKind.FEED not in lead.told_by and item.verdict.kind is Kind.RELEASE

    def _is_old(self, item: Judged) -> bool:
        """Tell whether a post or listing dates itself long ago: a back catalogue that has come to light."""
        published = item.sighting.published
        says_when = published is not None and published.origin is not DateOrigin.CREATED
        return says_when and self.now - moment_of(item.sighting, self.now) > NEAR

    def _confirm(self, known: Known, item: Judged) -> None:
        """Tell, once for each kind of source, that it speaks of the release too."""
        if self._hear(known, item):
            self._tell(known, item, NoteKind.CONFIRMATION)

    def _hear(self, known: Known, item: Judged) -> bool:
        """Note that a kind of source speaks of the release; tell whether it is the first time."""
        known, voice = self.shelf.releases[known.key], item.sighting.source.voice
        name = item.verdict.name
        spelt = better_name(known.name, known.told_by, name, voice) if name else known.name
        if spelt != known.name:
            known = replace(known, name=spelt)
            self.steps.append(Rename(known.key, spelt))
        by_name = {voice} if name and name.release_key == known.key else set()
        self.shelf.put(
            replace(known, told_by=known.told_by | {voice}, named_by=known.named_by.union(by_name))
        )
        return voice not in known.told_by

    def _tell_of_licence(self, known: Known, item: Judged) -> None:
        stated = item.sighting.facts.license
        if known.license and stated and stated != known.license:
            self._tell(known, item, NoteKind.LICENSE)

    def _tell(self, known: Known, item: Judged, kind: NoteKind) -> None:
        if self.silent or self.shelf.releases[known.lead_key].held:
            return
        sighting = item.sighting
        changed = kind is NoteKind.LICENSE
        note = Note(
            kind,
            title=sighting.title,
            url=sighting.url,
            source=sighting.source,
            packaging=_packaging(item),
            facts=sighting.facts,
            license=_identified(sighting.facts.license, sighting) if changed else None,
            published=sighting.published,
            former_license=_identified(known.license, sighting) if changed else None,
        )
        about = f"{kind}:{sighting.source_id}:{sighting.external_id}"
        if note.license:
            about += f":{note.license.id}"
        if sighting.amends and kind is NoteKind.CONFIRMATION:
            about += ":weights"  # the repository was told of before, when it was empty
        self.steps.append(Tell(known.lead_key, note, about))


def _identified(stated: LicenseStatement | None, sighting: Sighting) -> License:
    return identify(stated, sighting.title.split("/")[0], sighting.title)


def _is_empty(sighting: Sighting, known: Known) -> bool:
    """Tell whether a release's own repository holds no weights; a listing does not say."""
    return sighting.facts.weights == "none" or (known.empty and sighting.facts.weights != "there")


def _speaking_of(item: Judged, name: Name) -> Judged:
    """Return a post as its word on another model that its title names."""
    return replace(item, verdict=replace(item.verdict, name=name, also=()))


def _packaging(item: Judged) -> str:
    """Return how a repository packages its release: "FP8", "Base", "Base GGUF"."""
    name = item.verdict.name
    if name is None:
        return ""
    stage = name.stage if name.stage.lower() in _UNTUNED or not name.packaging else ""
    return " ".join(filter(None, (stage, name.packaging)))
