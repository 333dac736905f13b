"""Ask the Hub how much a lab's models are used: downloads, and what others built upon them.

Weekly, by listings of their own: the fields asked for change by the minute, and would spoil the ETag of those
that are polled for news.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.cadence.measures import Counted, Measure
from bot.errors import Failure, SourceError
from bot.releases.facts.text import mentions, number_in, texts_in
from bot.sources.hub_api import HubApi, Repository

_MOST = 10**15  # beyond that it is no count, and beyond 2**63 SQLite cannot hold it
MOST_PAGES = 3  # of one repository's derivatives, a thousand each
_TAG = "base_model:"
# The Hub's own relations, which it infers or a card states (docs/reference/hub.md#relations).
_RELATIONS = {
    "finetune": Measure.FINETUNES,
    "adapter": Measure.ADAPTERS,
    "merge": Measure.MERGES,
    "quantized": Measure.QUANTISATIONS,
}


@dataclass(frozen=True, slots=True)
class Derivatives:
    """How many repositories others built upon one, by relation.

    Those beyond the pages that were read are `UNREAD`, counted by the Hub; if it did not count them either,
    the whole is not `complete`.
    """

    counts: Mapping[Measure, int]
    complete: bool


def read_downloads(api: HubApi, organisation: str, include: Sequence[str]) -> dict[str, Counted]:
    """Return an organisation's models by the Hub's _id, with their downloads in the last 30 days.

    `include` are words of the names to keep, as in feeds.yaml. Raises SourceError when the listing cannot be
    read, is empty, or no longer tells downloads.
    """
    pages = api.pages(("author", organisation), expand=("downloads",))
    listed = [repository for page in pages for repository in page.repositories.values()]
    if not listed:
        raise SourceError(Failure.EMPTY, f"{organisation} lists no model on the Hub: was it renamed?")
    counts = ((it, number_in(it.item.get("downloads"), 0, _MOST)) for it in listed)
    told = [(it, downloads) for it, downloads in counts if downloads is not None]
    if not told:
        raise SourceError(Failure.BAD_ANSWER, f"the listing of {organisation} tells no downloads any more")
    return {
        it.hub_id: Counted(it.name, downloads)
        for it, downloads in told
        if mentions(include, it.name.rpartition("/")[2])
    }


def read_derivatives(api: HubApi, base: str, owners: Collection[str], bases: Collection[str]) -> Derivatives:
    """Return how many repositories say that they derive from `base`, not counting those of its own `owners`.

    One that derives from several of the lab's `bases` counts for the first that it names, so that their sum
    counts it once. Raises SourceError.
    """
    pages = list(islice(api.pages(("filter", _TAG + base), expand=("tags",)), MOST_PAGES))
    found = [repository for page in pages for repository in page.repositories.values()]
    ours = frozenset(owner.casefold() for owner in owners)
    known = frozenset(name.casefold() for name in bases)
    counts: Counter[Measure] = Counter()
    for it in found:
        relation = _relation(it, base.casefold(), known)
        if relation and it.name.partition("/")[0].casefold() not in ours:
            counts[relation] += 1
    last = pages[-1]
    if last.is_last:
        return Derivatives({**counts, Measure.UNREAD: 0}, complete=True)
    unread = max((last.total or 0) - len(found), 0)
    return Derivatives({**counts, Measure.UNREAD: unread}, complete=last.total is not None)


def _relation(derivative: Repository, base: str, bases: Collection[str]) -> Measure | None:
    """Return how a repository derives from `base`, or None when it counts for another of the `bases`."""
    tags = [tag for tag in texts_in(derivative.item.get("tags")) if tag.startswith(_TAG)]
    parts = [tag.removeprefix(_TAG).rpartition(":") for tag in tags]
    named = [(relation, name.casefold()) for relation, _, name in parts]
    if next((name for _, name in named if name in bases), base) != base:
        return None
    stated = (_RELATIONS[relation] for relation, name in named if name == base and relation in _RELATIONS)
    return next(stated, Measure.UNSTATED)
