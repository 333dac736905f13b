"""The steps of a decision as they are written, and the catalogue as it stands after each of them. Pure."""

from dataclasses import replace
from datetime import datetime

from bot.model import DateOrigin, Facts, Kind, Name, Note, NoteKind, SourceKind
from bot.releases.facts.evidence import better_name
from bot.releases.facts.licenses import identify
from bot.releases.news.decision import (
    Announce,
    Attach,
    Catalogue,
    Confirm,
    Judged,
    Known,
    Observe,
    Open,
    Rename,
    Settings,
    Step,
    Tell,
    Waiting,
)
from bot.releases.news.index import ReleaseIndex
from bot.releases.news.likeness import NEAR, moment_of

# The stages of training before a model is tuned to answer.
UNTUNED = frozenset({"base", "pt"})


class Draft:
    """The steps of one decision so far, and the index of releases as these leave it."""

    def __init__(self, catalogue: Catalogue, now: datetime, settings: Settings, silent: bool) -> None:
        self.now = now
        self.silent = silent
        self.steps: list[Step] = []
        self._facts = dict(catalogue.facts)  # of repositories, by the Hub's _id
        self.index = ReleaseIndex(catalogue, now, settings, silent=silent)

    def write(self, step: Step) -> None:
        self.steps.append(step)

    def open(self, item: Judged, name: Name, lead: Known | None, waiting: Waiting | None = None) -> Known:
        """Begin a release with a sighting of it, or with one that was waiting; return the release.

        `lead` is the release whose alert is to carry it, if there is one.
        """
        lead_key = lead.key if lead else name.release_key
        when = moment_of(item.sighting, self.now, live=not self.silent)
        silent = self.silent or self.is_old(item) or (lead is not None and lead.held)
        self.write(Open(name, lead_key, silent))
        self.write(Confirm(waiting, name.release_key) if waiting else Observe(item, name.release_key))
        by = frozenset({item.sighting.source.counts_as})
        return self.index.put(Known(name, lead_key, self.now, when, silent, told_by=by, named_by=by))

    def attach(self, known: Known, item: Judged, *, head: bool) -> Known:
        """Make a repository part of a release, its own weights if `head`; return the release."""
        sighting, stated = item.sighting, item.sighting.facts
        provisional = head and item.verdict.kind is Kind.VARIANT
        # A repository's own answer once said more than a listing does.
        facts = stated.filled_from(self._facts.get(sighting.external_id, Facts()))
        self._facts[sighting.external_id] = facts
        shown = replace(sighting, facts=facts)
        self.write(Attach(known.key, shown, head, provisional, _packaging(item)))
        repositories = {**known.repositories, sighting.title.lower(): sighting.external_id}
        known = replace(known, repositories=repositories)
        if head:
            known = replace(
                known,
                head=sighting.external_id,
                weights_at=known.weights_at or self.now,
                provisional=provisional,
                license=stated.license or known.license,
                empty=stated.weights == "none" or (known.empty and stated.weights != "there"),
            )
        return self.index.put(known)

    def announce(self, known: Known) -> None:
        """Owe the alert that carries a release, unless this is a baseline."""
        if not self.silent:
            lead = self.index.releases[known.lead_key]
            self.index.put(replace(lead, silent=False, opened_at=self.now))
            self.write(Announce(known.lead_key))

    def announce_silent(self, known: Known) -> bool:
        """Announce what a baseline found in silence; return whether it was so.

        What was held back stays silent, whatever comes to it: otherwise its weights were a way around the
        person who is to decide, or has decided.
        """
        lead = self.index.releases[known.lead_key]
        if self.silent or lead.held or not lead.silent:
            return False
        self.announce(lead)
        return True

    def is_old(self, item: Judged) -> bool:
        """Whether a post or listing dates itself long ago: a back catalogue that has come to light."""
        published = item.sighting.published
        says_when = published is not None and published.origin is not DateOrigin.CREATED
        return says_when and self.now - moment_of(item.sighting, self.now) > NEAR

    def confirm(self, known: Known, item: Judged) -> None:
        """Note that a source speaks of the release, too, which the alert then says by itself.

        It is told where that changes what people can do or believe: there are weights, or the lab itself
        says what only a listing said.
        """
        has_weights = item.sighting.source is SourceKind.HUB and item.sighting.facts.weights != "none"
        was_unconfirmed = known.told_by == {SourceKind.LLM_STATS}
        if self.hear(known, item) and (has_weights or was_unconfirmed):
            self.tell(known, item, NoteKind.CONFIRMATION)

    def hear(self, known: Known, item: Judged) -> bool:
        """Note that a kind of source speaks of the release; return whether it is the first time."""
        known, by, name = self.index.releases[known.key], item.sighting.source.counts_as, item.verdict.name
        spelt = better_name(known.name, known.told_by, name, by) if name else known.name
        if spelt != known.name:
            self.write(Rename(known.key, spelt))
        named_by = known.named_by | {by} if name and name.release_key == known.key else known.named_by
        self.index.put(replace(known, name=spelt, told_by=known.told_by | {by}, named_by=named_by))
        return by not in known.told_by

    def tell(self, known: Known, item: Judged, kind: NoteKind) -> None:
        """Owe a reply to the alert that carries a release, unless there is none."""
        if self.silent or self.index.releases[known.lead_key].held:
            return
        sighting = item.sighting
        about = f"{kind}:{sighting.source_id}:{sighting.external_id}"
        license = former = None
        if kind is NoteKind.LICENSE:
            license = identify(sighting.facts.license, repository=sighting.title)
            former = identify(known.license, repository=sighting.title)
            about += f":{license.id}"
        if sighting.amends and kind is NoteKind.CONFIRMATION:
            about += ":weights"  # the repository was told of before, when it was empty
        note = Note(
            kind,
            sighting.title,
            sighting.url,
            sighting.source,
            _packaging(item),
            sighting.facts,
            license,
            sighting.published,
            former,
        )
        self.write(Tell(known.lead_key, note, about))


def _packaging(item: Judged) -> str:
    """Return how a repository packages its release: "FP8", "Base", "Base GGUF"."""
    name = item.verdict.name
    if name is None:
        return ""
    stage = name.stage if name.stage.lower() in UNTUNED or not name.packaging else ""
    return " ".join(filter(None, (stage, name.packaging)))
