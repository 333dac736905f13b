"""Write the steps of a decision, and keep the catalogue as it stands after each of them: pure."""

from dataclasses import replace
from datetime import datetime

from bot.model import DateOrigin, Kind, License, LicenseStatement, Name, Note, NoteKind, Sighting
from bot.releases.facts.licenses import identify
from bot.releases.facts.merge import better_name
from bot.releases.news.decision import (
    Announce,
    Attach,
    Catalogue,
    Judged,
    Known,
    Observe,
    Open,
    Rename,
    Settings,
    Step,
    Tell,
)
from bot.releases.news.index import NEAR, ReleaseIndex, moment_of

# The stages of training before a model is tuned to answer.
UNTUNED = frozenset({"base", "pt"})


class Draft:
    """The steps of one decision so far, and the index of releases as these leave it."""

    def __init__(self, catalogue: Catalogue, now: datetime, settings: Settings, silent: bool) -> None:
        self.now = now
        self.silent = silent
        self.steps: list[Step] = []
        self.index = ReleaseIndex(catalogue, now, settings, silent=silent)

    def write(self, step: Step) -> None:
        self.steps.append(step)

    def open(self, item: Judged, name: Name, lead: Known | None) -> Known:
        """Begin a release with a sighting of it; return it."""
        known = self.begin(item, name, lead)
        self.write(Observe(item, known.key))
        return known

    def begin(self, item: Judged, name: Name, lead: Known | None) -> Known:
        """Begin a release, under the lead whose alert is to carry it if there is one; return it."""
        lead_key = lead.key if lead else name.release_key
        when = moment_of(item.sighting, self.now, live=not self.silent)
        silent = self.silent or self.is_old(item) or (lead is not None and lead.held)
        self.write(Open(name, lead_key, silent))
        voice = frozenset({item.sighting.source.voice})
        return self.index.put(Known(name, lead_key, self.now, when, silent, told_by=voice, named_by=voice))

    def attach(self, known: Known, item: Judged, *, head: bool) -> Known:
        """Make a repository part of a release, its own weights if `head`; return the release."""
        sighting = item.sighting
        provisional = head and item.verdict.kind is Kind.VARIANT
        self.write(Attach(known.key, sighting, head, provisional, _packaging(item)))
        repositories = {**known.repositories, sighting.title.lower(): sighting.external_id}
        known = replace(known, repositories=repositories)
        if head:
            stated = sighting.facts.license
            known = replace(
                known,
                head=sighting.external_id,
                weights_at=known.weights_at or self.now,
                provisional=provisional,
                license=stated or known.license,
                empty=_is_empty(sighting, known),
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
        """Tell, once for each kind of source, that it speaks of the release too."""
        if self.hear(known, item):
            self.tell(known, item, NoteKind.CONFIRMATION)

    def hear(self, known: Known, item: Judged) -> bool:
        """Note that a kind of source speaks of the release; return whether it is the first time."""
        known, voice = self.index.releases[known.key], item.sighting.source.voice
        name = item.verdict.name
        spelt = better_name(known.name, known.told_by, name, voice) if name else known.name
        if spelt != known.name:
            known = replace(known, name=spelt)
            self.write(Rename(known.key, spelt))
        by_name = {voice} if name and name.release_key == known.key else set()
        self.index.put(
            replace(known, told_by=known.told_by | {voice}, named_by=known.named_by.union(by_name))
        )
        return voice not in known.told_by

    def tell_of_licence(self, known: Known, item: Judged) -> None:
        """Tell that a repository states another licence than before."""
        stated = item.sighting.facts.license
        if known.license and stated and stated != known.license:
            self.tell(known, item, NoteKind.LICENSE)

    def tell(self, known: Known, item: Judged, kind: NoteKind) -> None:
        """Owe a reply to the alert that carries a release, unless there is none."""
        if self.silent or self.index.releases[known.lead_key].held:
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
        self.write(Tell(known.lead_key, note, about))


def _identified(stated: LicenseStatement | None, sighting: Sighting) -> License:
    return identify(stated, sighting.title.split("/")[0], sighting.title)


def _is_empty(sighting: Sighting, known: Known) -> bool:
    """Whether a release's own repository holds no weights; a listing does not say."""
    return sighting.facts.weights == "none" or (known.empty and sighting.facts.weights != "there")


def _packaging(item: Judged) -> str:
    """Return how a repository packages its release: "FP8", "Base", "Base GGUF"."""
    name = item.verdict.name
    if name is None:
        return ""
    stage = name.stage if name.stage.lower() in UNTUNED or not name.packaging else ""
    return " ".join(filter(None, (stage, name.packaging)))
