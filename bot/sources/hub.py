"""Organisations on the Hugging Face Hub: new is a repository `_id` never seen before.

Never its date: labs create repositories in private and show them weeks later under the old date. A rename
and a move to another organisation keep the `_id`, a repository that is deleted and made again keeps its name;
neither is news. Files, card and configuration are asked for new repositories only.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from bot.errors import Failure, SourceError
from bot.fetch import Fetcher
from bot.model import Sighting, SourceKind
from bot.releases.facts.evidence import facts_from_hub
from bot.releases.facts.text import mentions
from bot.settings.environment import Environment
from bot.settings.feeds import Config
from bot.sources.base import Memory, Poll
from bot.sources.hub_api import HubApi, Listing, Repository, digest_of
from bot.sources.hub_waiting import Inspection, queue_of
from bot.sources.specs import HubSpec
from bot.sources.text import clean

_EVERY = timedelta(minutes=2)  # 40 organisations make 100 requests in five minutes, of 500 granted


class HubSource:
    """Watches one organisation."""

    kind = SourceKind.HUB

    def __init__(self, spec: HubSpec, lab: str, *, endpoint: str, every: timedelta, hold: timedelta) -> None:
        self.id = spec.id
        self.url = f"{endpoint.rstrip('/')}/{spec.hub}"
        self.every = every
        self._spec = spec
        self._lab = lab
        self._endpoint = endpoint.rstrip("/")
        self._hold = hold

    @classmethod
    def of(cls, spec: HubSpec, lab: str, config: Config, environment: Environment) -> Self:
        """Return what polls it for the lab of this id."""
        every, hold = spec.every or _EVERY, spec.hold or config.defaults.hold
        return cls(spec, lab, endpoint=environment.hf_endpoint, every=every, hold=hold)

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        """Return the repositories never seen before, and those whose name or facts changed.

        Who was announced without weights is amended by all of its facts when they arrive.

        Raises SourceError when the listing cannot be read or is empty; a failure over a single repository
        leaves that one waiting.
        """
        api = HubApi(self._endpoint, fetch)
        listing = self._listing(api, memory)
        new, amended_rows, silent = self._sorted(listing.repositories.values(), memory)
        inspection = Inspection(api, listing, now, self._hold)
        if memory.baselined:
            inspection.run(queue_of(new, dict(memory.cursor.get("waiting", {})), listing, now))
        else:
            inspection.ready = [(repository, "") for repository in new]
        # A row tells less than the answer about the same repository, and must not undo it.
        amended = {repository.hub_id: (repository, "") for repository in amended_rows}
        amended |= {repository.hub_id: (repository, card) for repository, card in inspection.completed}
        told = (*inspection.ready, *amended.values())
        sightings = [
            self._sighting(repository, now, card, amends=place >= len(inspection.ready))
            for place, (repository, card) in enumerate(told)
        ]
        listed = [repository.name for repository in listing.repositories.values()]
        if listing.not_modified and told:
            listed = list(memory.repositories())
        return Poll(
            sightings=tuple(sightings),
            identities=_identities([*(repository for repository, _ in told), *silent]),
            etag=listing.etag,
            cursor={"waiting": inspection.waiting} if inspection.waiting else {},
            count=memory.usual_count if listing.not_modified else len(listing.repositories),
            siblings=listed if told else (),
            fingerprint=memory.fingerprint if listing.not_modified else listing.fingerprint,
            not_before=inspection.not_before,
        )

    def _listing(self, api: HubApi, memory: Memory) -> Listing:
        try:
            # of one that waits, the row may have to do
            fingerprint = "" if memory.cursor.get("waiting") else memory.fingerprint
            listing = api.listing(self._spec.hub, memory.etag, fingerprint)
        except SourceError as error:
            if error.failure is not Failure.DENIED or "HF_TOKEN" in str(error):
                raise
            # The listing of an organisation is public: only a bad token makes the Hub refuse it. A refusal by
            # a mirror reads like that of any site, with the advice to look for another source.
            message = f"{self.url}: the listing was refused; check HF_TOKEN"
            raise SourceError(error.failure, message) from error
        if not listing.not_modified and not listing.repositories:
            usual, name = memory.usual_count, self._spec.hub
            complaint = (  # an organisation that does not exist has an empty list as well
                f"lists nothing where there were {usual} models: was it renamed?"
                if usual
                else f"lists no public models: the organisation {name!r} does not exist or has none yet; "
                "correct its name in feeds.yaml, or remove the source until it has some"
            )
            raise SourceError(Failure.EMPTY, f"{self.url} {complaint}")
        return listing

    def _sorted(
        self, repositories: Iterable[Repository], memory: Memory
    ) -> tuple[list[Repository], list[Repository], list[Repository]]:
        """Return the new ones of a listing, the amended ones, and those that `include` leaves out."""
        new, amended, silent = list[Repository](), list[Repository](), list[Repository]()
        listed = {_id_key(repository): repository for repository in repositories}
        known = memory.known(listed)
        unknown = listed.keys() - known.keys()
        taken = memory.known(_name_key(listed[key]) for key in unknown)
        moved = memory.shown_elsewhere(unknown)
        for key, repository in listed.items():
            if key in known and known[key] == _digest(repository):
                continue
            if not mentions(self._spec.include, repository.name.rpartition("/")[2]):
                silent.append(repository)
            elif key in known or key in moved or _name_key(repository) in taken:
                amended.append(repository)
            else:
                new.append(repository)
        return new, amended, silent

    def _sighting(self, repository: Repository, now: datetime, card: str, *, amends: bool) -> Sighting:
        tags = repository.item.get("tags")
        return Sighting(
            source_id=self.id,
            source=self.kind,
            lab=self._lab,
            external_id=repository.hub_id,
            title=repository.name,
            url=f"{self._endpoint}/{repository.name}",
            published=repository.published(now),
            tags=tuple(filter(None, map(clean, tags))) if isinstance(tags, list) else (),
            facts=facts_from_hub(repository.item, readme=card),
            amends=amends,
        )


def _identities(repositories: Iterable[Repository]) -> dict[str, str]:
    """Return the `_id`s with a digest of what was seen, and the names with whose they are."""
    identities: dict[str, str] = {}
    for repository in repositories:
        identities[_id_key(repository)] = _digest(repository)
        identities[_name_key(repository)] = repository.hub_id
    return identities


def _id_key(repository: Repository) -> str:
    return f"id:{repository.hub_id}"


def _name_key(repository: Repository) -> str:
    return f"name:{repository.name.lower()}"


def _digest(repository: Repository) -> str:
    """Return what changes with the name or a stated fact, and not with downloads or edits of the card.

    Only what a listing tells counts, so that a repository's own answer gives the same digest. It is taken of
    the statements themselves: thousands of rows are compared at every poll, and to understand each would
    take thirty times as long.
    """
    item = repository.item
    card, tags, gguf = (item.get(name) for name in ("cardData", "tags", "gguf"))
    if isinstance(card, dict):
        card = [card.get(name) for name in ("license", "license_name", "license_link")]
    if isinstance(tags, list):
        tags = sorted(tag for tag in tags if isinstance(tag, str) and tag.startswith("license:"))
    if isinstance(gguf, dict):  # without its template: that has kilobytes and is mended now and then
        gguf = {name: value for name, value in gguf.items() if isinstance(value, int)}
    stated = [item.get(name) for name in ("gated", "pipeline_tag", "safetensors")]
    return digest_of([repository.name, stated, card, tags, gguf])
