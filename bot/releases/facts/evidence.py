"""What one repository states of its model, and what all the sources together state of a release. Pure.

Each fact comes from the strongest evidence that there is; nothing is guessed.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.model import DateOrigin, Evidence, Facts, Name, Published, SourceKind
from bot.releases.facts.cards import card_facts
from bot.releases.facts.figures import Stated, contradicts, stated_in
from bot.releases.facts.licenses import statement_of
from bot.releases.facts.memory import is_packed, precision_of
from bot.releases.facts.stated_counts import said_of_itself
from bot.releases.facts.text import mapping_in, number_in, one_line, texts_in
from bot.releases.facts.weights import gguf_label, has_weights, weight_set

_LARGEST = 10**16  # parameters or tokens; more is nonsense that somebody typed
_CONTEXTS = ("max_position_embeddings", "max_sequence_length", "seq_length", "n_positions", "max_seq_len")
_NESTED = ("text_config", "llm_config", "language_config", "thinker_config")
_GATES = ("auto", "manual")
# A lab writes its models' names in its posts, in its repositories as an address allows it.
_SPELLING = {SourceKind.FEED: 0, SourceKind.HUB: 1}
_OTHERS = 2


def facts_from_hub(item: Mapping[str, Any], *, readme: str = "") -> Facts:
    """Return what a listing item, a detail body with `?blobs=true` and the card's text state.

    Any field may be missing or of the wrong type; what is not stated stays empty. The order of evidence is
    that of docs/reference/identity.md#facts. Total parameters: the Hub's own count unless it contradicts the
    name or the bytes, approximate where the weights are packed; then the name and the card. Active
    parameters: the name and the card. Where these two agree the card has more digits, else the name counts; a
    card whose total contradicts the one that counts is another model's, and so are its actives. Bytes: one
    complete set of files, never usedStorage. Context: the configuration, never multiplied by a rope factor,
    then the card. Whether there are weights at all: the list of files, which listings leave out.
    """
    name, counted, by_dtype = _text(item.get("id"), 300), hub_count(item), _dtypes(item)
    card, named, weights = card_facts(readme, name, counted), stated_in(name), weight_set(item)
    size = weights.size if weights else None
    total, is_approximate = _total(item, counted, named, card, size)
    is_of_another = bool(card.parameters and total and contradicts(total, card.parameters))
    active = named.active if is_of_another else _to_more_digits(named.active, card.active_parameters)
    gate = item.get("gated")
    return Facts(
        license=statement_of(mapping_in(item.get("cardData")), texts_in(item.get("tags"))),
        parameters=total,
        parameters_approximate=is_approximate,
        parameters_counted=counted,
        active_parameters=active if active and (not total or active <= total) else None,
        precision=gguf_label(weights) or precision_of(item, name, by_dtype, size),
        download_bytes=size or None,
        weight_files=len(weights.files) if weights else None,
        weights={True: "there", False: "none", None: ""}[has_weights(item)],
        context_tokens=_context(item) or card.context_tokens,
        task=_text(item.get("pipeline_tag"), 60),
        gated="no" if gate is False else next((word for word in _GATES if gate == word), ""),
        summary=card.summary,
    )


def hub_count(item: Mapping[str, Any]) -> int | None:
    """Return the Hub's own count of parameters, right or wrong (docs/reference/hub.md#counts), or None.

    `total` may be less than its parts say; the larger one is taken.
    """
    counted = [_number(mapping_in(item.get(field)).get("total")) or 0 for field in ("safetensors", "gguf")]
    return max(sum(_dtypes(item).values()), *counted) or None


def _total(
    item: Mapping[str, Any], counted: int | None, named: Stated, card: Facts, size: int | None
) -> tuple[int | None, bool]:
    """Return the total, and whether it is only near the truth."""
    if counted is None or not _is_plausible(counted, named, size):
        return _to_more_digits(named.total, card.parameters), False
    # Of the parts of a pipeline, the Hub counts the transformer alone.
    is_pipeline = item.get("library_name") == "diffusers" or "diffusers" in texts_in(item.get("tags"))
    if named.total is None and (is_pipeline or _text(item.get("pipeline_tag"), 60).endswith("-to-video")):
        return card.parameters, False
    packed = is_packed(_dtypes(item))
    if packed and card.parameters and contradicts(counted, card.parameters):
        # Packed FP4 was counted once for two values: DeepSeek-V4-Pro stood at 862B of its 1.6T for months.
        return card.parameters, False
    return counted, packed


def _to_more_digits(named: int | None, card: int | None) -> int | None:
    """Return the name's figure, or the card's where that says the same with less rounding: A3B is 3.3B."""
    if named is None or card is None:
        return named or card
    return named if contradicts(card, named) else card


def _is_plausible(counted: int, named: Stated, size: int | None) -> bool:
    """Whether a count fits the name and the bytes: 0.2 each for ternary weights, 8 for FP64."""
    if named.total and contradicts(counted, named.total):
        return False
    if named.active and counted < named.active and contradicts(counted, named.active):
        return False
    return size is None or 0.15 < size / counted < 8.5


def _context(item: Mapping[str, Any]) -> int | None:
    config = mapping_in(item.get("config"))
    nested = [mapping_in(config.get(field)) for field in _NESTED]
    nested += [mapping_in(inner.get("text_config")) for inner in nested]
    found = [_number(part.get(field)) for part in (config, *nested) for field in _CONTEXTS]
    found.append(_number(mapping_in(item.get("gguf")).get("context_length")))
    return next((tokens for tokens in found if tokens), None)


def _dtypes(item: Mapping[str, Any]) -> dict[str, int]:
    parameters = mapping_in(mapping_in(item.get("safetensors")).get("parameters"))
    counts = {dtype: _number(count) for dtype, count in parameters.items() if isinstance(dtype, str)}
    return {dtype: count for dtype, count in counts.items() if count}


def _number(value: object) -> int | None:
    return number_in(value, 1, _LARGEST)


def _text(value: object, limit: int) -> str:
    return one_line(value, limit) if isinstance(value, str) else ""


# --- several sources


def merge_facts(name: Name, evidence: Sequence[Evidence]) -> Facts:
    """Return one set of facts: Hub over post over listing, the newest word first within each.

    The figures that the name itself states fill what nobody else says, and then those of the summary: a post
    may be all there is.
    """
    newest_first = sorted((it for it in evidence if it.head), key=lambda it: it.seen_at, reverse=True)
    facts = Facts()
    for item in sorted(newest_first, key=lambda it: it.source.traits.rank):
        facts = facts.filled_from(item.facts)
    stated = stated_in(name.display)
    facts = facts.filled_from(Facts(parameters=stated.total, active_parameters=stated.active))
    if facts.parameters:  # a summary that speaks of actives may speak of another model's
        return facts
    said = said_of_itself(facts.summary)
    return facts.filled_from(Facts(parameters=said.total, active_parameters=said.active))


def first_published(evidence: Sequence[Evidence]) -> Published:
    """Return when the release came out: the earliest first-party date, with its origin.

    First-party are the lab's posts and our own live sight of its repository; no import moves those. Without
    them a day that a person imported stands in, then the repository's creation, which is often weeks early,
    then what a listing says, and at last a month that was imported.
    """
    first_party = [it.published for it in evidence if it.published and it.is_post]
    first_party += [
        Published(it.seen_at, DateOrigin.SEEN)
        for it in evidence
        if it.is_first_sight and it.source is not SourceKind.LLM_STATS and not (it.is_post and it.published)
    ]
    stated = [it.published for it in evidence if it.published and not it.is_post]
    imported = [date for date in stated if date.origin is DateOrigin.IMPORTED]
    days = [date for date in imported if date.precision != "month"]
    created = [date for date in stated if date.origin is DateOrigin.CREATED]
    listed = [date for date in stated if date.origin not in {DateOrigin.IMPORTED, DateOrigin.CREATED}]
    fallback = [Published(it.seen_at, DateOrigin.SEEN) for it in evidence]
    candidates = next(dates for dates in (first_party, days, created, listed, imported, fallback) if dates)
    return min(candidates, key=lambda date: date.at)


def last_news(published: Published, evidence: Sequence[Evidence]) -> datetime:
    """Return when the release was last news: when it came out, or when its weights opened after that."""
    opened = [it.seen_at for it in evidence if it.source is SourceKind.HUB and it.is_first_sight and it.head]
    return max(published.at, min(opened, default=published.at))


def better_name(known: Name, told_by: Collection[SourceKind], heard: Name, source: SourceKind) -> Name:
    """Return the better of two spellings of one release key: the known one, unless the one heard beats it.

    `told_by` are the kinds of source that have spoken of the release so far. The lab's post spells best, then
    its repository, then a listing; but a title in capitals ("GEMMA 4") or small letters where another source
    has capitals ("granite-4.2") is nobody's spelling. What a person imports renames nothing.
    """
    if heard.release_key != known.release_key or source is SourceKind.IMPORT:
        return known
    told = min((_SPELLING.get(kind.counts_as, _OTHERS) for kind in told_by), default=_OTHERS)
    better = (*_misspelt(heard), _SPELLING.get(source.counts_as, _OTHERS)) < (*_misspelt(known), told)
    return heard if better else known


def _misspelt(name: Name) -> tuple[bool, bool, int]:
    """Return how far a name is from a proper one, as the order of best first has it.

    Its family is in another case than in the table of families; it is all capitals; it has fewer of them.
    """
    words = re.findall(r"[^\W\d_]+", name.display)
    family = "".join(re.findall(r"[^\W_]+", name.family))
    spelled = family in "".join(re.findall(r"[^\W_]+", name.display))
    shouts = name.display.isupper() and any(len(word) > 4 for word in words)
    return not spelled, shouts, -sum(word[0].isupper() for word in words)
