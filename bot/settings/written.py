"""A source as it is written in feeds.yaml."""

import yaml

from bot.settings.feeds import SourceSpec

_ORDER = ("hub", "feed", "page", "format", "item", "title", "link", "link_prefix", "date")


def fields_of(spec: SourceSpec) -> dict[str, object]:
    """Return a source as it is written in feeds.yaml: what is not said there is left out."""
    said = spec.model_dump(exclude_defaults=True, mode="json")
    return {name: said[name] for name in _ORDER if name in said}


def as_yaml(spec: SourceSpec) -> str:
    """Return the lines that stand under `sources` of a lab."""
    return yaml.safe_dump([fields_of(spec)], sort_keys=False, allow_unicode=True, width=1_000).rstrip()
