"""Ask the Hub how much a lab's models are used: downloads, and what others built upon them.

Weekly, by listings of their own: the fields asked for change by the minute, and would spoil the ETag of those
that are polled for news.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.cadence.adoption import Counted, Measure
from bot.errors import Failure, SourceError
from bot.releases.plaintext import mentions
from bot.sources.hub_api import HubApi, Page, Repository

MOST_PAGES = 3  # of one repository's derivatives, a thousand each
_TAG = "base_model:"
# The Hub's own relations, which it infers or a card states (reference/hub.md, section 2).
_RELATIONS = {
    "finetune": Measure.FINETUNES,
    "adapter": Measure.ADAPTERS,
    "merge": Measure.MERGES,
    "quantized": Measure.QUANTISATIONS,
}


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Hold how many repositories others built upon one, by relation.

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
    counted = {
        it.hub_id: Counted(it.name, downloads)
        for it in listed
        if (downloads := _downloads(it)) is not None and mentions(include, it.name.rpartition("/")[2])
    }
    if not any(_downloads(it) is not None for it in listed):
        raise SourceError(Failure.BAD_ANSWER, f"the listing of {organisation} tells no downloads any more")
    return counted


def read_derivatives(
    api: HubApi, base: str, owners: Collection[str], bases: Collection[str]
) -> Derivatives:
    """Return how many repositories say that they derive from `base`, not counting those of its own `owners`.

    One that derives from several of the lab's `bases` counts for the first that it names, so that their sum
    counts it once. Raises SourceError.
    """
    pages = list(islice(api.pages(("filter", _TAG + base), expand=("tags",)), MOST_PAGES))
    found = [repository for page in pages for repository in page.repositories.values()]
    ours = frozenset(owner.casefold() for owner in owners)
    known = frozenset(name.casefold() for name in bases)
    counts = Counter(
        relation
        for it in found
        if it.name.partition("/")[0].casefold() not in ours
        and (relation := _relation(it, base.casefold(), known)) is not None
    )
    unread = _unread(pages, len(found))
    return Derivatives(
        {**dict.fromkeys(_RELATIONS.values(), 0), **counts, Measure.UNREAD: unread or 0}, unread is not None
    )
