"""From feeds.yaml to sources."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import ConfigError
from bot.settings.environment import read_environment
from bot.settings.feeds import Config
from bot.sources.base import Source
from bot.sources.build import build_sources, kinds

FEED, PAGE = "https://lab.example/rss.xml", "https://lab.example/blog"
SOURCES: list[dict[str, Any]] = [
    {"hub": "moonshotai"},
    {"feed": FEED},
    {"page": PAGE, "item": ".card"},
    {"llm_stats": "moonshotai"},
]


def build(
    *sources: dict[str, Any], settings: dict[str, Any] | None = None, **variables: str
) -> tuple[Source, ...]:
    labs = [
        {"id": "moonshot", "name": "Moonshot AI", "sources": list(sources)},
        {"id": "zai", "name": "Z.ai", "sources": [{"llm_stats": "zai-org"}]},
    ]
    config = Config.model_validate({"labs": labs, **(settings or {})}, context=kinds())
    return build_sources(config, read_environment(variables))


def test_each_kind_has_its_pace_and_llm_stats_is_one_source_for_all_labs() -> None:
    assert [(source.id, source.kind.value, source.every) for source in build(*SOURCES)] == [
        ("hub:moonshotai", "hub", timedelta(minutes=2)),
        ("feed:lab.example/rss.xml", "feed", timedelta(minutes=10)),
        ("page:lab.example/blog", "page", timedelta(minutes=10)),
        ("llm_stats", "llm_stats", timedelta(hours=6)),
    ]


def test_the_defaults_pace_feeds_and_pages_and_a_source_may_say_otherwise() -> None:
    sources = [{**source, **({"every": "1h"} if "feed" in source else {})} for source in SOURCES]
    settings = {"defaults": {"every": "30m"}, "llm_stats": {"every": "1d"}}
    assert [source.every for source in build(*sources, settings=settings)] == [
        timedelta(minutes=2),
        timedelta(hours=1),
        timedelta(minutes=30),
        timedelta(days=1),
    ]


def test_llm_stats_can_be_turned_off() -> None:
    assert "llm_stats" not in {
        source.id for source in build(*SOURCES, settings={"llm_stats": {"enabled": False}})
    }


def test_addresses_follow_the_environment() -> None:
    by_id = {source.id: source for source in build(*SOURCES, HF_ENDPOINT="http://127.0.0.1:9/")}
    assert by_id["hub:moonshotai"].url == "http://127.0.0.1:9/moonshotai"
    assert by_id["llm_stats"].url == "https://llm-stats.com/models"
    keyed = build(*SOURCES, LLM_STATS_API_KEY="ze_x")[-1]
    assert keyed.url == "https://api.llm-stats.com/stats/v1"


def test_a_wrong_selector_is_found_before_anything_is_polled() -> None:
    with pytest.raises(ConfigError, match="no CSS selector"):
        build({"page": PAGE, "item": "li[["})
