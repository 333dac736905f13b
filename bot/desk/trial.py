"""Try an address before it stands in feeds.yaml: what it is and what it would bring. Nothing is kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.errors import Failure, SourceError
from bot.fetch import Fetcher, Response
from bot.fetch.address import host_in, parsed, shown
from bot.model import Kind, Lab, Sighting
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.news.decision import Judged
from bot.settings.environment import Environment
from bot.settings.feeds import Config
from bot.sources.base import Memory, Source
from bot.sources.discovery import Spec, discover, organisation_of
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.page import PageSource
from bot.sources.specs import FeedSpec, HubSpec, PageSpec
from bot.views.answers import Tried

_MAX_BYTES = 5_000_000  # as feeds and pages are read
_NO_WAIT = timedelta()
_ENOUGH_TO_KNOW = 50  # items that tell whose a site is
UNKNOWN = "lab"  # whose nobody knows


@dataclass(frozen=True, slots=True)
class Selectors:
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
class Trial:
    """How an address is read, under which lab it was judged, and what it shows.

    `remarks` say what else there is to know, one sentence each; `stands` is the lab that has it already.
    """

    spec: Spec
    lab: str
    items: tuple[Judged, ...]
    remarks: tuple[str, ...] = ()
    stands: str = ""

    @property
    def tried(self) -> Tried:
        """Return what people are shown of it."""
        match self.spec:
            case HubSpec():
                reads_as = "an organisation on the Hub"
            case FeedSpec():
                reads_as = "a feed"
            case page:
                reads_as = f"a page, read as {page.format}"
        return Tried(self.spec.id, reads_as, self.lab, self.items, self.remarks)


@dataclass(frozen=True, slots=True)
class Trier:
    """Tries addresses with what polling has: its fetcher, its sources and its judge."""

    environment: Environment
    config: Config | None  # None where there is no feeds.yaml yet
    labs: Labs
    clock: Clock
    fetch: Fetcher

    def attempt(self, url: str, selectors: Selectors) -> Trial:
        """Return what an address shows.

        Raises SourceError that says why it shows nothing, and what to try.
        """
        parsed(url)  # or it says what is wrong with it
        organisation = organisation_of(url, self.environment.hf_endpoint)
        if organisation:
            return self._read(HubSpec(hub=organisation), self.fetch)
        fetch = _Remembering(self.fetch)
        answer = fetch.get(url, max_bytes=_MAX_BYTES)
        found = discover(answer, self.clock.now(), selectors.format)
        if selectors.item:
            kind = found.kind if found.kind != "feed" else "html"
            page = {"page": answer.url, "format": selectors.format or kind, **selectors.stated}
            return self._read(PageSpec.model_validate(page), fetch)
        feed, complaints = self._named_feed(found.feeds, fetch)
        if feed:
            return feed
        if not found.specs:
            unread = f"the feeds that it names cannot be read ({', '.join(map(shown, found.feeds))})"
            raise SourceError(Failure.EMPTY, f"{shown(answer.url)}: {found.why or unread}")
        best, *others = found.specs
        formats = {one.format for one in others if isinstance(one, PageSpec)}
        if isinstance(best, PageSpec):
            formats -= {best.format}
            best = PageSpec.model_validate({**best.model_dump(exclude_defaults=True), **selectors.stated})
        also = [f"It can also be read with --format {one}." for one in sorted(formats)]
        return replace(self._read(best, fetch), remarks=(*also, *complaints))

    def _named_feed(self, feeds: Sequence[str], fetch: Fetcher) -> tuple[Trial | None, list[str]]:
        """Return the first feed that can be read of those a page names, and what is wrong with others."""
        complaints: list[str] = []
        for feed in feeds:
            try:
                trial = self._read(FeedSpec(feed=feed), fetch)
            except SourceError as error:
                complaints.append(f"The page names a feed that cannot be read: {error}")
            else:
                remark = "This is the feed that the page names; it needs no selectors."
                return replace(trial, remarks=(remark,)), complaints
        return None, complaints

    def judged_for(self, trial: Trial, lab: Lab) -> Trial:
        """Return a trial with what it shows judged as a lab's, which may be one that is not known yet."""
        labs = Labs([lab, *(other for other in self.labs if other.id != lab.id)])
        return replace(trial, lab=lab.id, items=_judged([one.sighting for one in trial.items], lab.id, labs))

    def _read(self, spec: Spec, fetch: Fetcher) -> Trial:
        """Read a source as polling does for the first time, and judge what it shows."""
        labs = self.config.labs if self.config else ()
        stands = next(
            (lab.id for lab in labs for one in lab.sources if one.id.casefold() == spec.id.casefold()), ""
        )
        lab = stands or self.owner(spec)
        poll = self._source(spec, lab).poll(Memory(), fetch, self.clock.now())
        if not poll.sightings:
            raise SourceError(Failure.EMPTY, f"{spec.id} shows nothing: is it spelled right?")
        lab = lab or (UNKNOWN if isinstance(spec, HubSpec) else self._lab_that_fits(poll.sightings))
        return Trial(spec, lab, _judged(poll.sightings, lab, self.labs), stands=stands)

    def _source(self, spec: Spec, lab: str) -> Source:
        match spec:
            case HubSpec():
                endpoint = self.environment.hf_endpoint
                return HubSource(spec, lab, endpoint=endpoint, every=_NO_WAIT, hold=_NO_WAIT)
            case FeedSpec():
                return FeedSource(spec, lab, _NO_WAIT)
            case PageSpec():
                return PageSource(spec, lab, _NO_WAIT)

    def owner(self, spec: Spec) -> str:
        """Return the lab whose an address seems to be, by its organisation or its host, or ""."""
        if isinstance(spec, HubSpec):
            return self._lab_called([spec.hub])
        return self._lab_at(spec.feed if isinstance(spec, FeedSpec) else spec.page)

    def _lab_at(self, address: str) -> str:
        """Return the lab that a part of an address's host names, or ""."""
        parts = host_in(address).partition(":")[0].split(".")
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
            lab.id: sum(one.verdict.kind is Kind.RELEASE for one in _judged(some, lab.id, self.labs))
            for lab in self.labs
        }
        best = max(releases, key=lambda lab: releases[lab], default="")
        return best if releases.get(best) else UNKNOWN


def _judged(sightings: Sequence[Sighting], lab: str, labs: Labs) -> tuple[Judged, ...]:
    ours = (replace(one, lab=lab) for one in sightings)
    return tuple(Judged(one, judge(one, labs)) for one in ours)


@dataclass(frozen=True, slots=True)
class _Remembering:
    """A fetcher that asks for each address once: what a proposal reads was fetched to make it."""

    fetch: Fetcher
    answers: dict[str, Response] = field(default_factory=dict)

    def get(self, url: str, **options: Any) -> Response:
        if url not in self.answers:
            answer = self.fetch.get(url, **options)
            self.answers[url] = self.answers[answer.url] = answer
        return self.answers[url]
