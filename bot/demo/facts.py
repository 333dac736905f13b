"""The models, posts and listings of the offline world, read from facts.yaml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
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
        repositories=MappingProxyType(
            {name: _repository(name, row) for name, row in tables["repositories"].items()}
        ),
        posts=MappingProxyType(
            {name: (row.pop("site"), Post(**row)) for name, row in tables["posts"].items()}
        ),
        listing=MappingProxyType(
            {name: {"model_id": name, **row} for name, row in tables["listing"].items()}
        ),
        known=frozenset(known),
    )


def read_table(file: str) -> dict[str, Any]:
    """Return a YAML table of this package."""
    text = resources.files("bot.demo").joinpath(file).read_text(encoding="utf-8")
    table = yaml.safe_load(text)
    return dict(table)


def _repository(name: str, row: Mapping[str, Any]) -> Repository:
    card = {key: row[key] for key in ("license", "license_name", "license_link") if key in row}
    return Repository(
        name,
        row["created"],
        private=True,
        gated=row.get("gated", ""),
        pipeline_tag=row.get("task", ""),
        library=row.get("library", "transformers"),
        tags=("safetensors", *row.get("tags", ())),
        card=card,
        config={"quantization_config": {"quant_method": row["quantised"]}} if "quantised" in row else {},
        parameters=row.get("counts", {}),
        files=row.get("files") or _weights(row),
        texts={
            "README.md": _readme(name.split("/")[1], row),
            "config.json": json.dumps(_config(row)),
        },
        hub_id=row.get("hub_id", ""),
    )


def _readme(title: str, row: Mapping[str, Any]) -> str:
    context = f"- Context Length: {row['context']:,} tokens" if "context" in row else ""
    return "\n\n".join(filter(None, [f"# {title}", row.get("about", ""), context])) + "\n"


def _config(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the model's config.json, where a multimodal one keeps its text part apart."""
    config = {"max_position_embeddings": row["context"]} if "context" in row else {}
    return config if row.get("task", "") in {"", "text-generation"} else {"text_config": config}


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
