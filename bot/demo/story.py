"""The story, 25 March to 30 April 2026, and the models, posts and listings that it is about: YAML as data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import yaml

from bot.demo.hub import Repository
from bot.demo.sites import Post

# Bytes for each parameter that the Hub counts; it counts the eight values packed into one I32 as eight.
_WIDTHS = {"F32": 4.0, "BF16": 2.0, "F8_E4M3": 1.0, "I8": 1.0, "U8": 1.0, "I32": 0.5}
_SHARD_BYTES = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything there is, by name; `known` are the names that are public before the story begins."""

    repositories: Mapping[str, Repository]
    posts: Mapping[str, tuple[str, Post]]  # with the site that each stands on
    listing: Mapping[str, Mapping[str, Any]]
    known: frozenset[str]


@cache
def load_facts() -> Facts:
    """Return the content of facts.yaml."""
    tables = read_table("facts.yaml")
    known = {name for table in tables.values() for name, row in table.items() if row.pop("known", False)}
    return Facts(
        repositories={name: _repository(name, row) for name, row in tables["repositories"].items()},
        posts={name: (row.pop("site"), Post(**row)) for name, row in tables["posts"].items()},
        listing={name: {"model_id": name, **row} for name, row in tables["listing"].items()},
        known=frozenset(known),
    )


def read_table(file: str) -> dict[str, Any]:
    """Return a YAML table of this package."""
    text = resources.files("bot.demo").joinpath(file).read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table


def _repository(name: str, row: Mapping[str, Any]) -> Repository:
    context = f"- Context Length: {row['context']:,} tokens" if "context" in row else ""
    readme = "\n\n".join(filter(None, [f"# {name.split('/')[1]}", row.get("about", ""), context])) + "\n"
    config = {"max_position_embeddings": row["context"]} if "context" in row else {}
    if row.get("task", "") not in {"", "text-generation"}:
        config = {"text_config": config}  # a multimodal model keeps its text part apart
    return Repository(
        name,
        row["created"],
        private=True,
        gated=row.get("gated", ""),
        pipeline_tag=row.get("task", ""),
        library=row.get("library", "transformers"),
        tags=("safetensors", *row.get("tags", ())),
        card={key: row[key] for key in ("license", "license_name", "license_link") if key in row},
        config={"quantization_config": {"quant_method": row["quantised"]}} if "quantised" in row else {},
        parameters=row.get("counts", {}),
        files=row.get("files") or _weights(row),
        texts={"README.md": readme, "config.json": json.dumps(config)},
        hub_id=row.get("hub_id", ""),
    )


def _weights(row: Mapping[str, Any]) -> dict[str, int]:
    """Return the files of one set of weights, cut as large models are."""
    counted = sum(count * _WIDTHS[dtype] for dtype, count in row.get("counts", {}).items())
    total = round(row["gigabytes"] * 1e9 if "gigabytes" in row else counted)
    shards = -(-total // _SHARD_BYTES)
    if shards <= 1:
        return {"model.safetensors": total}
    sizes = [_SHARD_BYTES] * (shards - 1) + [total - _SHARD_BYTES * (shards - 1)]
    names = (f"model-{number:05d}-of-{shards:05d}.safetensors" for number in range(1, shards + 1))
    return {"model.safetensors.index.json": 1_000_000, **dict(zip(names, sizes, strict=True))}


@dataclass(frozen=True, slots=True)
class New:
    """What a step adds to a channel: messages at the top level, and replies in threads."""

    messages: int = 0
    replies: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of the world: one of World's verbs and what it is about."""

    verb: str
    about: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of the story; `expect` is by the channel's name, where anything is expected.

    It holds once every source was read after the step and everything that is owed was delivered.
    """

    at: datetime
    tell: str
    do: tuple[Effect, ...] = ()
    expect: Mapping[str, New] = field(default_factory=dict)


def load_story() -> tuple[Step, ...]:
    """Return the steps of story.yaml, in order of time."""
    steps = []
    for row in read_table("story.yaml")["steps"]:
        effects = (Effect(verb, about) for effect in row.get("do", ()) for verb, about in effect.items())
        expected = {channel: New(*counts) for channel, counts in row.get("expect", {}).items()}
        steps.append(Step(row["at"], row["tell"].strip(), tuple(effects), expected))
    return tuple(steps)
