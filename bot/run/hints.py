"""What a body names beyond its items: remembered, judged where an item has grown, and asked about in time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import structlog

from bot.model import Destination, Name
from bot.records import LASTS, Hint
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.news.decision import Judged
from bot.releases.news.hints import (
    MOST_AT_ONCE,
    Unseen,
    grown_sighting,
    hints_among,
    identities,
    known_as,
    on_its_name,
    unseen_names,
    worth_judging,
)
from bot.releases.news.likeness import NEAR
from bot.releases.news.names_in_text import Names, Passage, names_in
from bot.sources.base import Source
from bot.store.store import Store
from bot.views.notes import render_hint

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class NamesInBody:
    """The names of a lab's own models in one body of a source; None for a body without words."""

    store: Store
    labs: Labs
    source: Source
    names: Names | None

    @classmethod
    def of(cls, store: Store, labs: Labs, source: Source, passages: Sequence[Passage]) -> Self:
        """Return the names that these passages hold."""
        if not any(passage.text.strip() for passage in passages):
            return cls(store, labs, source, None)
        lab = passages[0].lab
        return cls(store, labs, source, names_in(passages, labs.owners_of(lab), store.releases.counting(lab)))

    def news(self, new_posts: Collection[str], *, silent: bool) -> Unseen:
        """Return which names are new, as the source remembers; of a `silent` reading none is.

        `new_posts` are the identities that the poll brings.
        """
        if self.names is None:
            return Unseen()
        found, families = self.names.found, self.names.families
        before = self.store.sources.known(self.source.id, identities(found, families))
        heard = unseen_names(found, families, before, new_posts)
        return Unseen(remember=heard.remember) if silent else heard

    def grown(self, heard: Unseen, now: datetime) -> list[Judged]:
        """Return what known items show by names that they did not have, judged by the words around these."""
        if not heard.grown:
            return []
        catalogue = self.store.releases.catalogue({one.name.lab for one in heard.grown})
        judged = []
        for found in worth_judging(heard.grown, catalogue, now):
            sighting = grown_sighting(found, self.source.id, self.source.kind)
            judged.append(Judged(sighting, on_its_name(judge(sighting, self.labs), found)))
        return judged

    def keep_hints(self, heard: Unseen, now: datetime, confirm: timedelta) -> None:
        """Store the names that no item carried, once the items are; belongs inside their transaction."""
        for lab in {one.name.lab for one in heard.new}:
            new = [one for one in heard.new if one.name.lab == lab]
            carried = self.store.releases.named_by_the_way(lab, now - NEAR)
            hints = hints_among(new, self.store.releases.names(lab), carried, self.store.hints.names(lab))
            waiting = sum(hint.source_id == self.source.id for hint in self.store.hints.waiting())
            if len(hints) + waiting > MOST_AT_ONCE:
                log.warning(
                    "too_many_hints", source=self.source.id, names=[one.name.display for one in hints]
                )
                continue
            for one in hints:
                self.store.hints.add(
                    Hint(one.name, self.source.id, self.source.kind, one.words, one.url, now, now + confirm)
                )
                log.info("hint", source=self.source.id, name=one.name.display, words=one.words)


def note_brought(store: Store, opened: Sequence[Name], now: datetime) -> None:
    """Settle the hints whose releases were opened just now; belongs inside their transaction."""
    for hint in store.hints.open() if opened else ():
        release = known_as(hint.name, opened)
        if release:
            store.hints.brought(hint.key, release.release_key, now)


def ask_about_hints(store: Store, admins: Iterable[Destination], now: datetime) -> None:
    """Owe the admins a line for each hint that waited in vain. Raises StoreError."""
    if not store.hints.due(now):
        return
    with store.transaction():
        for hint in store.hints.due(now):
            release = known_as(hint.name, store.releases.names(hint.name.lab))
            if release:
                store.hints.brought(hint.key, release.release_key, now)
                continue
            question = store.held.add_hint(hint, now)
            content = render_hint(question.id, hint, LASTS)
            store.deliveries.owe_lines(f"hint|{hint.key}", admins, content, now, known_until=hint.seen_at)
            log.info("hint_asked", source=hint.source_id, name=hint.name.display, number=question.id)
