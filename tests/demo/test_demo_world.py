"""The story is told in order, about things that exist, and the world changes as it says."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.demo.story import Effect, Step, load_facts, load_story
from bot.demo.world import CHANNELS, World
from bot.settings.environment import read_environment
from bot.sources.build import load_config
from tests.demo.now import Now

STORY = load_story()
START = STORY[0].at


@pytest.fixture
def now() -> Now:
    return Now(START)


@pytest.fixture
def world(now: Now) -> Iterator[World]:
    with World(now) as world:
        yield world


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.loads(answer.read())


def names(world: World, owner: str) -> set[str]:
    return {row["id"] for row in get(f"{world.hub.url}/api/models?author={owner}&limit=1000")}


def step(verb: str, about: Any) -> Step:
    return Step(START, "", (Effect(verb, about),))


def test_the_steps_are_in_order_of_time_within_the_five_weeks() -> None:
    assert all(earlier.at < later.at for earlier, later in pairwise(STORY))
    assert datetime(2026, 3, 25, 8, tzinfo=UTC) == START
    assert STORY[-1].at < datetime(2026, 5, 1, tzinfo=UTC)


def test_every_step_is_told_in_a_sentence_of_its_own() -> None:
    tales = [step.tell for step in STORY]
    assert len(set(tales)) == len(tales)
    assert all(tale.endswith(".") and "\n" not in tale for tale in tales)


def test_what_is_expected_is_expected_of_channels_that_exist() -> None:
    assert {channel for step in STORY for channel in step.expect} == set(CHANNELS.values())


def test_every_repository_post_and_row_has_its_moment() -> None:
    facts = load_facts()
    later = {name for step in STORY for effect in step.do for name in effect.about}
    everything = {*facts.repositories, *facts.posts, *facts.listing}
    assert everything - facts.known - later == set()


def test_nothing_is_made_public_twice() -> None:
    published = [
        name
        for step in STORY
        for effect in step.do
        if effect.verb.startswith(("publish", "post"))
        for name in effect.about
    ]
    assert len(set(published)) == len(published)


def test_no_two_names_and_no_two_ids_are_the_same() -> None:
    facts = load_facts()
    ids = [repository.hub_id for repository in facts.repositories.values()]
    assert len(set(ids)) == len(ids)
    titles = [post.title for _, post in facts.posts.values()]
    assert len(set(titles)) == len(titles)


def test_no_repository_is_public_before_it_was_created_and_no_post_before_its_date() -> None:
    facts = load_facts()
    for each in STORY:
        for effect in each.do:
            if effect.verb.startswith("publish"):
                assert all(facts.repositories[name].created_at <= each.at for name in effect.about)
            if effect.verb == "post":
                assert all(facts.posts[name][1].at <= each.at for name in effect.about)


@pytest.mark.parametrize(
    ("name", "gigabytes"),
    [
        pytest.param("zai-org/GLM-5.1", 1507.7, id="BF16 is two bytes a parameter"),
        pytest.param("moonshotai/Kimi-K2.6", 595.15, id="a measured size stands"),
        pytest.param("Qwen/Qwen3.6-35B-A3B-FP8", 35.95, id="FP8 is one"),
    ],
)
def test_the_files_of_a_repository_hold_one_set_of_weights(name: str, gigabytes: float) -> None:
    files = load_facts().repositories[name].files
    weights = sum(size for file, size in files.items() if file.endswith(".safetensors"))
    assert weights / 1e9 == pytest.approx(gigabytes, abs=0.05)


def test_the_configuration_is_one_that_the_bot_takes(world: World, tmp_path: Path) -> None:
    config = load_config(Path(world.environment(tmp_path)["CADENCEBOT_CONFIG"]))
    assert {"qwen", "moonshot", "zai", "minimax", "deepseek", "google"} <= {lab.id for lab in config.labs}
    assert {spec.channel for spec in config.subscriptions} == set(CHANNELS)


def test_the_environment_leads_nowhere_but_into_this_world(world: World, tmp_path: Path) -> None:
    environment = read_environment(world.environment(tmp_path))
    addresses = (environment.hf_endpoint, environment.llm_stats_page_url, environment.slack_api_url)
    for address in addresses:
        assert address.split("/")[2] in environment.allowed_hosts


def test_only_what_was_known_is_public_at_first(world: World) -> None:
    assert "zai-org/GLM-5" in names(world, "zai-org")
    assert "zai-org/GLM-5.1" not in names(world, "zai-org")


def test_a_flip_shows_the_old_date_of_creation(world: World, now: Now) -> None:
    now.at = datetime(2026, 4, 2, 19, tzinfo=UTC)
    world.apply(step("publish", ["google/gemma-4-31B-it"]))
    detail = get(f"{world.hub.url}/api/models/google/gemma-4-31B-it?blobs=true")
    created = datetime.fromisoformat(detail["createdAt"])
    assert (now.at - created).days == 22
    assert detail["lastModified"].startswith("2026-04-02")


def test_a_repository_without_weights_gets_them_later(world: World) -> None:
    def sizes() -> list[int]:
        detail = get(f"{world.hub.url}/api/models/Qwen/Qwen3.6-27B?blobs=true")
        return [file["size"] for file in detail["siblings"] if file["rfilename"].endswith(".safetensors")]

    world.apply(step("publish_without_weights", ["Qwen/Qwen3.6-27B"]))
    assert sizes() == []
    world.apply(step("complete", ["Qwen/Qwen3.6-27B"]))
    assert sum(sizes()) == 55_562_855_904


def test_an_empty_card_is_filled_later(world: World) -> None:
    readme = f"{world.hub.url}/moonshotai/Kimi-K2.6/resolve/main/README.md"
    world.apply(step("publish_without_card", ["moonshotai/Kimi-K2.6"]))
    assert "cardData" not in get(f"{world.hub.url}/api/models/moonshotai/Kimi-K2.6")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(readme, timeout=5)
    caught.value.close()
    world.apply(step("complete", ["moonshotai/Kimi-K2.6"]))
    assert (
        get(f"{world.hub.url}/api/models/moonshotai/Kimi-K2.6")["cardData"]["license_name"] == "modified-mit"
    )


def test_a_recreated_repository_is_the_same_but_for_its_id(world: World, now: Now) -> None:
    before = world.hub.find("zai-org/GLM-5")
    now.at += timedelta(days=1)
    world.apply(step("recreate", ["zai-org/GLM-5"]))
    after = world.hub.find("zai-org/GLM-5")
    assert after.hub_id != before.hub_id
    assert after.files == before.files


def test_the_whole_story_can_be_told(world: World, now: Now) -> None:
    for each in STORY:
        now.at = each.at
        world.apply(each)
    everything = {repository.name for repository in world.hub.repositories.values() if not repository.private}
    assert {"deepseek-ai/DeepSeek-V4-Pro", "moonshotai/Kimi-K2-Instruct-0711"} <= everything
    assert not [repository for repository in world.hub.repositories.values() if repository.private]
