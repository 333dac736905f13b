"""Correct what the bot knows of a release, so that it holds against every later poll, and take that back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.errors import UsageError
from bot.model import Kind, LicenseStatement, Release, SourceKind
from bot.records import Correction
from bot.releases.facts.amounts import parse_size
from bot.releases.facts.figures import human_count
from bot.releases.facts.licenses import identify
from bot.releases.facts.nearest import nearest, or_else
from bot.releases.naming.labs import Directory
from bot.releases.news.corrections import name_apart
from bot.releases.news.decision import Decision, Open
from bot.store.store import Store

# What can be corrected: the fields of records.Correction; `named` goes with split.
FIELDS = ("license", "parameters", "active", "lab", "kind", "merge", "split", "named")


@dataclass(frozen=True, slots=True)
class Corrector:
    """Correct releases; each call is one transaction, which owes edits to the alerts that stand."""

    store: Store
    labs: Directory
    clock: Clock

    def find(self, text: str) -> Release:
        """Return the release whose name, key or repository is the text, withdrawn or not.

        Raises UsageError with the nearest names, or with the keys where it is the name of several.
        """
        named = self.store.history.named(text)
        found = [release for release in named if not release.withdrawn] or named
        if not found:
            near = nearest(text, self.store.history.names())
            raise UsageError(
                f"no release is called “{text[:80]}”: {or_else(near, '`recent` lists what is known')}"
            )
        if len(found) > 1:
            keys = ", ".join(release.name.release_key for release in found[:5])
            raise UsageError(
                f"“{text[:80]}” is the name of several releases; write one of their keys: {keys}"
            )
        return found[0]

    def correct(self, release: Release, wanted: Mapping[str, str], by: str) -> Release:
        """Store corrections, by field as people type them, and return the release as it is now.

        Raises UsageError for a value that makes no sense; then nothing is changed.
        """
        now = self.clock.now()
        with self.store.transaction():
            corrections = [
                self._correction(release, field, wanted, by, now)
                for field in FIELDS
                if wanted.get(field, "").strip() and field != "named"
            ]
            if not corrections:
                raise UsageError(
                    "say what is wrong: license:mit, size:35b, active:3b, lab:, kind:, merge:, split:"
                )
            _refuse_more_active_than_all(release, corrections)
            for correction in corrections:
                self.store.corrections.set(correction)
            self.bring_in_order(_keys(release, corrections), now)
            return self._as_it_is(release)

    def undo(self, release: Release, fields: Collection[str] = ()) -> list[Correction]:
        """Take back what was corrected in these fields of a release (all when empty), and return it.

        Raises UsageError where there is nothing to take back.
        """
        now, key = self.clock.now(), release.name.release_key
        with self.store.transaction():
            gone = [one for one in self.store.corrections.of(key) if not fields or one.field in fields]
            if not gone:
                raise UsageError(f"nothing of {release.name.display} was corrected that could be taken back")
            keys = _keys(release, gone) | self._homes(gone)
            for correction in gone:
                self.store.corrections.remove(correction.subject, correction.field)
            self.bring_in_order(keys, now)
            self.store.corrections.forget_empty(one.value for one in gone if one.field == "split")
        return gone

    # --- what people type

    def _correction(
        self, release: Release, field: str, wanted: Mapping[str, str], by: str, now: datetime
    ) -> Correction:
        subject, text = release.name.release_key, wanted[field].strip()
        match field:
            case "license":
                value = _license(text)
            case "parameters" | "active":
                value = str(parse_size(text))
            case "lab":
                value = self._lab(text)
            case "kind":
                value = _kind(text)
            case "merge":
                value = self._other(release, text)
            case _:
                subject = self._repository(release, text)
                value = self._apart(release, subject, wanted.get("named", "").strip(), now)
        return Correction(subject, field, value, by, now)

    def _lab(self, text: str) -> str:
        lab = self.labs.find(text)
        if lab is None:
            near = nearest(text, (lab.id for lab in self.labs))
            raise UsageError(
                f"I don't know a lab called “{text[:60]}”: {or_else(near, '`labs` shows them all')}"
            )
        return lab.id

    def _other(self, release: Release, text: str) -> str:
        other = self.find(text).name.release_key
        if self.store.corrections.errata().final(other) == release.name.release_key:
            raise UsageError(f"{release.name.display} and “{text[:80]}” are one release already")
        return other

    def _repository(self, release: Release, text: str) -> str:
        """Return a repository of the release, which must have more to it than that."""
        repositories = {artifact.repository.lower() for artifact in release.artifacts}
        if text.lower() not in repositories:
            raise UsageError(f"“{text[:80]}” is no repository of {release.name.display}: `show` lists those")
        members = self.store.history.wave(release.id).members
        mentions = [mention for one in members if one.id == release.id for mention in one.mentions]
        if len(repositories) == 1 and all(mention.source is SourceKind.HUB for mention in mentions):
            raise UsageError(f"{text} is all there is of {release.name.display}: correct its kind or its lab")
        return text.lower()

    def _apart(self, release: Release, repository: str, named: str, now: datetime) -> str:
        """Return the key of the release that a repository is by itself, opened where there is none."""
        spelled = next(one.repository for one in release.artifacts if one.repository.lower() == repository)
        name = name_apart(named or spelled, release.name.lab, release.name.release_key)
        if not self.store.corrections.ids([name.release_key]):
            opened = Decision((Open(name, name.release_key, True),))
            self.store.releases.apply(opened, now, live=False)
        return name.release_key

    # --- what follows from it

    def bring_in_order(self, keys: set[str], now: datetime) -> None:
        """Apply all corrections, and owe an edit wherever an alert of one of these releases stands.

        It belongs inside a transaction.
        """
        alerted = self.store.corrections.leads(keys)
        self.store.corrections.apply_now(now)
        self.store.releases.refresh(self.store.corrections.ids(keys).values())
        alerted |= self.store.corrections.leads(keys)
        for key, release_id in alerted.items():
            self.store.deliveries.owe_edits(release_id, key, now, known_until=None)

    def _homes(self, corrections: Iterable[Correction]) -> set[str]:
        """Return the keys of the releases to which repositories that were split off go back."""
        repositories = [one.subject for one in corrections if one.field == "split"]
        return {release.name.release_key for one in repositories for release in self.store.history.named(one)}

    def _as_it_is(self, release: Release) -> Release:
        key = self.store.corrections.errata().final(release.name.release_key)
        return self.store.history.named(key)[0]


def _keys(release: Release, corrections: Iterable[Correction]) -> set[str]:
    """Return the keys of the releases that corrections of one are about."""
    others = {one.value for one in corrections if one.field in ("merge", "split")}
    return {release.name.release_key, *others}


def _refuse_more_active_than_all(release: Release, corrections: Iterable[Correction]) -> None:
    said = {one.field: int(one.value) for one in corrections if one.field in ("parameters", "active")}
    total = said.get("parameters", release.facts.parameters)
    active = said.get("active", release.facts.active_parameters)
    if said and total and active and active > total:
        raise UsageError(
            f"{human_count(active)} active of {human_count(total)} in all cannot be: correct both, "
            "size: and active:"
        )


def _license(text: str) -> str:
    if identify(LicenseStatement(text)).verdict == "unknown":
        raise UsageError(f"“{text[:60]}” is no licence that the bot knows: write its id, such as apache-2.0")
    return text


def _kind(text: str) -> str:
    if text.lower() not in set(Kind):
        raise UsageError(f"“{text[:60]}” is no kind: write {', '.join(Kind)}")
    return text.lower()
