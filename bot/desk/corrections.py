"""Corrections of what the bot knows of a release, which hold against later polls, and reports of faults."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.desk.limits import REPORT, admit
from bot.desk.questions import Asker
from bot.errors import UsageError
from bot.model import Destination, Kind, LicenseStatement, Release, SourceKind, Wave
from bot.outbox.watches import owe_watches
from bot.records import Content, Correction, ErrorReport
from bot.releases.facts.figures import human_count, parse_size
from bot.releases.facts.licenses import identify
from bot.releases.facts.text import nearest, or_else
from bot.releases.naming.labs import Labs
from bot.releases.news.corrections import NO_RELEASE, name_apart
from bot.releases.news.decision import Decision, Open
from bot.releases.news.merge import merged
from bot.store.store import Store
from bot.views import answers, blocks
from bot.views.blocks import literal
from bot.views.names import subject_of

_TEXT_LIMIT = 1_000  # characters of a report
NOTHING_SAID = "say what is wrong, and what would be right"
# What can be corrected: the fields of records.Correction; `named` goes with split.
FIELDS = ("license", "parameters", "active", "lab", "kind", "merge", "split", "named")


@dataclass(frozen=True, slots=True)
class Corrector:
    """Corrects releases; each call is one transaction, which owes edits to the alerts that stand."""

    store: Store
    labs: Labs
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
            corrections = [self._correction(release, field, wanted, by, now) for field in _typed(wanted)]
            if not corrections:
                raise UsageError(
                    "say what is wrong: license:mit, size:35b, active:3b, lab:, kind:, merge:, split:"
                )
            _refuse_more_active_than_all(release, {one.field: one.value for one in corrections})
            for correction in corrections:
                self.store.corrections.set(correction)
            self.bring_in_order(_keys(release, corrections), now)
            key = self.store.corrections.errata().final(release.name.release_key)
            return self.store.history.named(key)[0]

    def problems(self, release: Release, wanted: Mapping[str, str]) -> dict[str, str]:
        """Return what makes no sense of corrections as people type them, by field; it stores nothing."""
        found: dict[str, str] = {}
        figures: dict[str, str] = {}
        for field, text in _typed(wanted).items():
            try:
                figures[field] = self._meaning(release, field, text)
            except UsageError as error:
                found[field] = str(error)
        try:
            _refuse_more_active_than_all(release, figures)
        except UsageError as error:
            found["active"] = str(error)
        return found

    def undo(self, release: Release, fields: Collection[str] = ()) -> list[Correction]:
        """Take back what was corrected in these fields of a release (all when empty), and return it.

        Raises UsageError where there is nothing to take back.
        """
        now, key = self.clock.now(), release.name.release_key
        with self.store.transaction():
            gone = [one for one in self.store.corrections.of(key) if not fields or one.field in fields]
            if not gone:
                raise UsageError(f"nothing of {release.name.display} was corrected that could be taken back")
            # what was split off goes home
            apart = (one.subject for one in gone if one.field == "split")
            homes = {home.name.release_key for one in apart for home in self.store.history.named(one)}
            keys = _keys(release, gone) | homes
            for correction in gone:
                self.store.corrections.remove(correction.subject, correction.field)
            self.bring_in_order(keys, now)
            self.store.corrections.forget_empty(one.value for one in gone if one.field == "split")
        return gone

    def _correction(
        self, release: Release, field: str, wanted: Mapping[str, str], by: str, now: datetime
    ) -> Correction:
        """Return what somebody typed as a correction. Raises UsageError for a value that makes no sense."""
        subject, value = release.name.release_key, self._meaning(release, field, wanted[field].strip())
        if field == "split":
            subject, value = value, self._apart(release, value, wanted.get("named", "").strip(), now)
        return Correction(subject, field, value, by, now)

    def _meaning(self, release: Release, field: str, text: str) -> str:
        """Return the value that a text means for a field; of split, the repository.

        Raises UsageError for a value that makes no sense.
        """
        match field:
            case "license":
                value = text
                if identify(LicenseStatement(text)).verdict == "unknown":
                    raise UsageError(
                        f"“{text[:60]}” is no licence that the bot knows: write its id, such as apache-2.0"
                    )
            case "parameters" | "active":
                value = str(parse_size(text))
            case "lab":
                lab = self.labs.find(text)
                if lab is None:
                    near = or_else(nearest(text, (lab.id for lab in self.labs)), "`labs` shows them all")
                    raise UsageError(f"I don't know a lab called “{text[:60]}”: {near}")
                value = lab.id
            case "kind":
                value = text.lower()
                if value not in set(Kind):
                    raise UsageError(f"“{text[:60]}” is no kind: write {', '.join(Kind)}")
            case "merge":
                value = self.find(text).name.release_key
                if self.store.corrections.errata().final(value) == release.name.release_key:
                    raise UsageError(f"{release.name.display} and “{text[:80]}” are one release already")
            case _:
                value = self._repository(release, text)
        return value

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
            self.store.releases.apply(opened, now, merged, live=False)
        return name.release_key

    # --- what follows from it

    def bring_in_order(self, keys: set[str], now: datetime) -> None:
        """Apply all corrections, and owe an edit wherever an alert of one of these releases stands.

        It belongs inside a transaction.
        """
        alerted = self.store.corrections.leads(keys)
        self._rearrange(now)
        ids = self.store.corrections.ids(keys).values()
        self.store.releases.refresh(ids, merged)
        owe_watches(self.store, ids, now, known_until=None)
        alerted |= self.store.corrections.leads(keys)
        for key, release_id in alerted.items():
            self.store.deliveries.owe_edits(release_id, key, now, known_until=None)

    def _rearrange(self, now: datetime) -> None:
        """Bring what is stored in the order that the corrections ask for, and no other.

        Everything that was ever moved goes home first, so that taking a correction back needs no more than
        to forget it. What came to a release after a merge stays with it.
        """
        arrangement, errata = self.store.arrangement, self.store.corrections.errata()
        arrangement.send_home(now)
        for one in self.store.corrections.all():
            if one.field == "split":
                arrangement.split(one.subject, one.value)
            elif one.field == "merge":
                arrangement.merge(one.subject, errata.final(one.subject), now)
            elif one.field == "lab":
                arrangement.give(one.subject, one.value)
            elif one.field == "kind" and one.value in NO_RELEASE:
                arrangement.withdraw(one.subject, now)
            elif one.field == "kind":
                provisional = one.value == Kind.VARIANT
                arrangement.mark_provisional(one.subject, one.created_at, provisional=provisional)


def _typed(wanted: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, by field, where anything was; `named` is a part of split."""
    texts = {field: wanted.get(field, "").strip() for field in FIELDS if field != "named"}
    return {field: text for field, text in texts.items() if text}


def _keys(release: Release, corrections: Iterable[Correction]) -> set[str]:
    """Return the keys of the releases that corrections of one are about."""
    others = {one.value for one in corrections if one.field in ("merge", "split")}
    return {release.name.release_key, *others}


def _refuse_more_active_than_all(release: Release, values: Mapping[str, str]) -> None:
    said = {field: int(values[field]) for field in ("parameters", "active") if field in values}
    total = said.get("parameters", release.facts.parameters)
    active = said.get("active", release.facts.active_parameters)
    if said and total and active and active > total:
        raise UsageError(
            f"{human_count(active)} active of {human_count(total)} in all cannot be: correct both, "
            "size: and active:"
        )


@dataclass(frozen=True, slots=True)
class FaultReports:
    """Takes reports to those who can correct, the `admins` of feeds.yaml, and does what these say."""

    store: Store
    corrector: Corrector
    admins: Sequence[Destination] = ()

    def report(self, asker: Asker, wave: Wave, text: str) -> Content:
        """Keep a report and tell the admins. Raises UsageError for an empty one."""
        if not text.strip():
            raise UsageError(NOTHING_SAID)
        now = self.corrector.clock.now()
        with self.store.transaction():
            admit(self.store, asker, REPORT, REPORT, now)
            number = self.store.reports.add(
                wave.lead.id, asker.destination, asker.person, text[:_TEXT_LIMIT], now
            )
            said = f"<@{asker.user}> reports on *{subject_of(wave)}*: “{literal(text, _TEXT_LIMIT)}”"
            row = blocks.actions([blocks.button("Correct", f"correct:{number}", str(number))])
            notice = Content(said, (blocks.section(said), *row))
            identity = f"report|{asker.request}"  # not the number: a backup put back gives it to another
            self.store.deliveries.owe_lines(identity, self.admins, notice, now, known_until=None)
        whom = "those who can correct it were told" if self.admins else "it stands in `status`"
        return answers.said(f"Thank you: your report is kept, and {whom}.")

    def problems(self, wave: Wave, fields: Mapping[str, str]) -> dict[str, str]:
        """Return what makes no sense of a form that corrects, by field."""
        return self.corrector.problems(_meant(wave, fields), fields)

    def correct(self, asker: Asker, report: ErrorReport, wave: Wave, fields: Mapping[str, str]) -> Content:
        """Correct what a form says, nothing when the report needs none, and close the report.

        Raises UsageError for a value that makes no sense.
        """
        wanted = {field: fields[field] for field in FIELDS if fields.get(field)}
        if wanted:
            self.corrector.correct(_meant(wave, fields), wanted, asker.person)
        deed = "corrected" if wanted else "looked at; it stays as it is"
        now = self.corrector.clock.now()
        with self.store.transaction():
            if self.store.reports.close(report.id, now):
                thanks = Content(f"What you reported on {subject_of(wave)} was {deed}. Thank you.")
                identity = f"report closed|{report.id}|{report.created_at.isoformat()}"
                self.store.deliveries.owe_line(
                    identity, report.reporter, thanks, now, known_until=report.created_at
                )
        return answers.said(f"The report on {wave.lead.name.display} is closed: {deed}.")


def _meant(wave: Wave, fields: Mapping[str, str]) -> Release:
    """Return the release that a form is about: the one that it names, else the first of the wave."""
    chosen = [one for one in wave.members if str(one.id) == fields.get("model")]
    return (chosen or [wave.lead])[0]
