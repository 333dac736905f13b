"""The facts of a Hub repository, each from the strongest evidence there is; nothing is guessed."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.model import Facts
from bot.releases.facts.cards import card_facts
from bot.releases.facts.figures import (
    Stated,
    contradicts,
    human_bytes,
    human_context,
    human_count,
    human_parameters,
    stated_in,
)
from bot.releases.facts.licenses import statement_of
from bot.releases.facts.plaintext import clean
from bot.releases.facts.precision import is_packed, precision_of
from bot.releases.facts.weights import gguf_label, has_weights, weight_set

__all__ = [
    "Stated",
    "facts_from_hub",
    "has_weights",
    "hub_count",
    "human_bytes",
    "human_context",
    "human_count",
    "human_parameters",
    "stated_in",
]

_LARGEST = 10**16  # parameters or tokens; more is nonsense that somebody typed
_CONTEXT_FIELDS = (
    "max_position_embeddings",
    "max_sequence_length",
    "seq_length",
    "n_positions",
    "max_seq_len",
)
_NESTED = ("text_config", "llm_config", "language_config", "thinker_config")


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
    name = _text(item.get("id"), 300)
    card = card_facts(readme, name, hub_count(item))
    named, weights = stated_in(name), weight_set(item)
    size = weights.size if weights else None
    parameters, approximate = _parameters(item, named, card, size)
    is_of_another = bool(card.parameters and parameters and contradicts(parameters, card.parameters))
    active = named.active if is_of_another else _to_more_digits(named.active, card.active_parameters)
    return Facts(
        license=statement_of(_mapping(item.get("cardData")), _texts(item.get("tags"))),
        parameters=parameters,
        parameters_approximate=approximate,
        parameters_counted=hub_count(item),
        active_parameters=active if active and (not parameters or active <= parameters) else None,
        precision=gguf_label(weights) or precision_of(item, name, _dtypes(item), size),
        download_bytes=size or None,
        weight_files=len(weights.files) if weights else None,
        weights={True: "there", False: "none", None: ""}[has_weights(item)],
        context_tokens=_context(item) or card.context_tokens,
        task=_text(item.get("pipeline_tag"), 60),
        gated={False: "no", "auto": "auto", "manual": "manual"}.get(_hashable(item.get("gated")), ""),
        summary=card.summary,
    )


def hub_count(item: Mapping[str, Any]) -> int | None:
    """Return the Hub's own count of parameters, right or wrong (docs/reference/hub.md#counts), or None.

    `total` may be less than its parts say; the larger one is taken.
    """
    counted = [_number(_mapping(item.get(field)).get("total")) for field in ("safetensors", "gguf")]
    return max([sum(_dtypes(item).values()), *(count for count in counted if count)]) or None


def _parameters(
    item: Mapping[str, Any], named: Stated, card: Facts, size: int | None
) -> tuple[int | None, bool]:
    """Return the total, and whether it is only near the truth."""
    counted = hub_count(item)
    if counted is None or not _plausible(counted, named, size):
        return _to_more_digits(named.total, card.parameters), False
    if named.total is None and _is_one_component(item):
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


def _plausible(counted: int, named: Stated, size: int | None) -> bool:
    """Whether a count fits the name and the bytes: 0.2 each for ternary weights, 8 for FP64."""
    if named.total and contradicts(counted, named.total):
        return False
    if named.active and counted < named.active and contradicts(counted, named.active):
        return False
    return size is None or 0.15 < size / counted < 8.5


def _is_one_component(item: Mapping[str, Any]) -> bool:
    """Whether the Hub counted one part of several: it counts a pipeline's transformer alone."""
    is_pipeline = item.get("library_name") == "diffusers" or "diffusers" in _texts(item.get("tags"))
    return is_pipeline or _text(item.get("pipeline_tag"), 60).endswith("-to-video")


def _context(item: Mapping[str, Any]) -> int | None:
    config = _mapping(item.get("config"))
    nested = [_mapping(config.get(field)) for field in _NESTED]
    nested += [_mapping(inner.get("text_config")) for inner in nested]
    found = [_number(part.get(field)) for part in (config, *nested) for field in _CONTEXT_FIELDS]
    found.append(_number(_mapping(item.get("gguf")).get("context_length")))
    return next((tokens for tokens in found if tokens), None)


def _dtypes(item: Mapping[str, Any]) -> dict[str, int]:
    parameters = _mapping(_mapping(item.get("safetensors")).get("parameters"))
    counts = {dtype: _number(count) for dtype, count in parameters.items() if isinstance(dtype, str)}
    return {dtype: count for dtype, count in counts.items() if count}


def _number(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 < value <= _LARGEST else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> Iterable[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _text(value: object, limit: int) -> str:
    return clean(value, limit) if isinstance(value, str) else ""


def _hashable(value: object) -> bool | str | None:
    return value if isinstance(value, bool | str) else None
