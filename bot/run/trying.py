"""Try an address before it stands in feeds.yaml: what it is and what it would bring. Nothing is kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.errors import Failure, SourceError
from bot.fetch import Fetcher, Response
from bot.fetch.address import shown
from bot.model import Kind, Sighting, Verdict
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Directory
from bot.settings.environment import Environment
from bot.settings.feeds import Config, FeedSpec, HubSpec, PageSpec
from bot.sources.base import Memory, Source
from bot.sources.discovery import Found, Spec, discover, organisation_of
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.page import PageSource

_MAX_BYTES = 5_000_000  # as feeds and pages are read
_NO_WAIT = timedelta()
_ENOUGH_TO_KNOW = 50  # items that tell whose a site is
_UNKNOWN = "lab"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person says of how an address is read; "" is found out."""

    format: str = ""
    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""

    @property
    def stated(self) -> dict[str, str]:
        """Return what was said, as keys of a page in feeds.yaml."""
        said = {"item": self.item, "title": self.title, "link": self.link, "date": self.date}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that the source shows, and what the bot would make of it."""

    sighting: Sighting
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Trial:
    """How an address is read, under which lab it was judged, and what it shows.

    `remarks` say what else there is to know, one sentence each; `stands` is the lab that has it already.
    """

    spec: Spec
    lab: str
    items: tuple[Tried, ...]
    remarks: tuple[str, ...] = ()
    stands: str = ""


@dataclass(frozen=True, slots=True)
class Trier:
    """Tries addresses with what polling has: its fetcher, its sources and its judge."""

    environment: Environment
    config: Config | None  # None where there is no feeds.yaml yet
    labs: Directory
    clock: Clock
    fetch: Fetcher

    def attempt(self, url: str, wishes: Wishes) -> Trial:
        """Return what an address shows.

        Raises SourceError that says why it shows nothing, and what to try.
        """
        organisation = organisation_of(url, self.environment.hf_endpoint)
        if organisation:
            return self._read(HubSpec(hub=organisation), self.fetch)
        fetch = _Remembering(self.fetch)
        answer = fetch.get(url, max_bytes=_MAX_BYTES)
        found = discover(answer, self.clock.now(), wishes.format)
        if wishes.item:
            kind = found.kind if found.kind != "feed" else "html"
            page = {"page": answer.url, "format": wishes.format or kind, **wishes.stated}
            return self._read(PageSpec.model_validate(page), fetch)
        complaints = []
        for feed in found.feeds:
            try:
                trial = self._read(FeedSpec(feed=feed), fetch)
            except SourceError as error:
                complaints.append(f"The page names a feed that cannot be read: {error}")
            else:
                return _remarked(trial, "This is the feed that the page names; it needs no selectors.")
        return _remarked(self._from_page(found, answer, wishes, fetch), *complaints)

    def _from_page(self, found: Found, answer: Response, wishes: Wishes, fetch: Fetcher) -> Trial:
        if not found.specs:
            why = (
                found.why or f"the feeds that it names cannot be read ({', '.join(map(shown, found.feeds))})"
            )
            raise SourceError(Failure.EMPTY, f"{shown(answer.url)}: {why}")
        best, *others = found.specs
        if isinstance(best, PageSpec):
            best = PageSpec.model_validate({**best.model_dump(exclude_defaults=True), **wishes.stated})
        formats = {one.format for one in others if isinstance(one, PageSpec)}
        formats -= {best.format} if isinstance(best, PageSpec) else set()
        also = [f"It can also be read with --format {one}." for one in sorted(formats)]
        return _remarked(self._read(best, fetch), *also)

    def _read(self, spec: Spec, fetch: Fetcher) -> Trial:
        """Read a source as polling does for the first time, and judge what it shows."""
        stands = self._stands(spec)
        lab = stands or self._lab_of(spec)
        poll = self._source(spec, lab).poll(Memory(), fetch, self.clock.now())
        if not poll.sightings:
            raise SourceError(Failure.EMPTY, f"{spec.id} shows nothing: is it spelled right?")
        lab = lab or self._lab_that_fits(poll.sightings)
        return Trial(spec, lab, self._judged(poll.sightings, lab), stands=stands)

    def _judged(self, sightings: Sequence[Sighting], lab: str) -> tuple[Tried, ...]:
        ours = (replace(one, lab=lab) for one in sightings)
        return tuple(Tried(one, judge(one, self.labs)) for one in ours)

    def _source(self, spec: Spec, lab: str) -> Source:
        match spec:
            case HubSpec():
                endpoint = self.environment.hf_endpoint
                return HubSource(spec, lab, endpoint=endpoint, every=_NO_WAIT, hold=_NO_WAIT)
            case FeedSpec():
                return FeedSource(spec, lab, _NO_WAIT)
            case PageSpec():
                return PageSource(spec, lab, _NO_WAIT)

    def _stands(self, spec: Spec) -> str:
        """Return the lab under which this source stands in feeds.yaml already, or ""."""
        labs = self.config.labs if self.config else ()
        sources = {one.id.casefold(): lab.id for lab in labs for one in lab.sources}
        return sources.get(spec.id.casefold(), "")

    def _lab_of(self, spec: Spec) -> str:
        """Return the lab whose an address seems to be, by its organisation or its host, or ""."""
        if isinstance(spec, HubSpec):
            return self._lab_called([spec.hub])
        return self._lab_at(spec.feed if isinstance(spec, FeedSpec) else spec.page)

    def _lab_at(self, address: str) -> str:
        """Return the lab that a part of an address's host names, or ""."""
        parts = (urlsplit(address).hostname or "").split(".")
        return self._lab_called([".".join(parts[-2:]), *parts[::-1]])

    def _lab_called(self, words: Sequence[str]) -> str:
        return next((lab.id for lab in map(self.labs.find, words) if lab), "")

    def _lab_that_fits(self, sightings: Sequence[Sighting]) -> str:
        """Return the lab that most of these lead to, else the one whose releases they are; "lab" for none."""
        some = sightings[:_ENOUGH_TO_KNOW]
        led_to = Counter(filter(None, (self._lab_at(one.url) for one in some)))
        if led_to:
            return led_to.most_common(1)[0][0]
        releases = {
            lab.id: sum(one.verdict.kind is Kind.RELEASE for one in self._judged(some, lab.id))
            for lab in self.labs
        }
        best = max(releases, key=lambda lab: releases[lab], default="")
        return best if releases.get(best) else _UNKNOWN


@dataclass(frozen=True, slots=True)
class _Remembering:
    """A fetcher that asks for each address once: what a proposal reads was fetched to make it."""

    fetch: Fetcher
    answers: dict[str, Response] = field(default_factory=dict)

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        deadline: float = 30.0,
        max_bytes: int | None = None,
    ) -> Response:
        if url not in self.answers:
            answer = self.fetch.get(
                url,
                etag=etag,
                last_modified=last_modified,
                headers=headers,
                deadline=deadline,
                max_bytes=max_bytes,
            )
            self.answers[url] = self.answers[answer.url] = answer
        return self.answers[url]


def _remarked(trial: Trial, *remarks: str) -> Trial:
    return replace(trial, remarks=(*trial.remarks, *remarks))
