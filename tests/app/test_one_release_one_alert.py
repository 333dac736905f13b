"""Sightings become one alert, its thread, or silence."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bot.model import DateOrigin, Published, Sighting
from bot.releases.facts.filters import Filters
from tests.support.house import House, ScriptedSource, amended, licensed

KIMI = "moonshotai/Kimi-K2.6"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


RELEASES = [
    pytest.param(
        "moonshotai/Kimi-K2.6", "Kimi K2.6: open agentic intelligence", "kimi-k2.6", "moonshot", id="Kimi"
    ),
    pytest.param("zai-org/GLM-5.1", "GLM-5.1: towards long-horizon tasks", "glm-5.1", "zai", id="GLM"),
]


@pytest.mark.parametrize("order", list(permutations(("hub", "blog", "listing"))), ids="-".join)
@pytest.mark.parametrize(("repository", "title", "row", "lab"), RELEASES)
def test_three_sources_in_any_order_make_one_alert_and_a_reply_when_weights_come_later(
    house: House, order: tuple[str, ...], repository: str, title: str, row: str, lab: str
) -> None:
    sightings: dict[str, tuple[ScriptedSource, Sighting]] = {
        "hub": (house.hub, house.repository(repository)),
        "blog": (house.blog, house.post(title, lab)),
        "listing": (house.listing, house.row(row, lab)),
    }
    for name in order:
        house.show(*sightings[name])
        house.later(hours=2)
    assert len(house.channel.alerts) == 1
    weights_came_later = order.index("blog") < order.index("hub")
    assert ["weights" in reply for reply in house.channel.replies] == [True] * weights_came_later


def test_a_second_poll_of_the_same_things_says_nothing(house: House) -> None:
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
    house.later(hours=1)
    polled = house.show(house.hub)
    assert polled.announced == ()
    assert len(house.channel.messages) == 1


def test_the_first_poll_of_a_source_is_silent(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    polled = house.show(house.hub, house.repository("moonshotai/Kimi-K2.5"))
    assert polled.reports[0].baseline
    assert house.channel.messages == []
    assert [wave.lead.name.version for wave in house.store.history.recent()[1]] == ["K2.5"]


def test_a_variant_goes_into_the_thread(house: House) -> None:
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6-NVFP4"))
    assert len(house.channel.alerts) == 1
    assert len(house.channel.replies) == 1
    assert "NVFP4" in house.channel.replies[0]


def test_a_variant_seen_in_the_same_poll_is_told_by_the_alert_of_its_head(house: House) -> None:
    house.show(house.hub, house.repository("zai-org/GLM-5.1-FP8"), house.repository("zai-org/GLM-5.1"))
    [alert] = house.channel.messages
    assert "also as FP8" in str(alert.content.blocks)
    wave = house.store.history.recent()[1][0]
    assert [a.repository for a in wave.lead.artifacts if a.head] == ["zai-org/GLM-5.1"]


def test_a_variant_of_a_release_from_the_baseline_is_silent(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.5"))
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.5-NVFP4"))
    assert house.channel.messages == []


def test_sizes_of_a_family_within_a_day_share_an_alert(house: House) -> None:
    house.show(house.hub, house.repository("google/gemma-4-31B-it"))
    house.later(hours=1)
    house.show(house.hub, house.repository("google/gemma-4-E4B-it"))
    assert len(house.channel.alerts) == 1
    assert len(house.channel.replies) == 1
    assert len(house.channel.edits) == 1
    assert "2 sizes" in house.channel.edits[0]


def test_a_size_that_comes_later_gets_its_own_alert_with_a_link_to_the_first(house: House) -> None:
    house.show(house.hub, house.repository("Qwen/Qwen3.6-35B-A3B"))
    house.later(days=6)
    house.show(house.hub, house.repository("Qwen/Qwen3.6-27B"))
    assert len(house.channel.alerts) == 2
    assert "https://chat.example/C1/1.000100" in str(house.channel.messages[-1].content.blocks)


def test_a_size_just_after_the_baseline_is_news(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    house.show(house.hub, house.repository("Qwen/Qwen3.6-35B-A3B"))
    house.later(minutes=10)
    house.show(house.hub, house.repository("Qwen/Qwen3.6-27B"))
    assert len(house.channel.alerts) == 1
    assert "27B" in house.channel.alerts[0]


def test_weights_that_follow_a_post_are_an_update(house: House) -> None:
    house.show(house.blog, house.post("Gemma 4: our most capable open models", "google"))
    house.later(days=3)
    house.show(house.hub, house.repository("google/gemma-4-31B-it"))
    assert len(house.channel.alerts) == 1
    assert len(house.channel.replies) == 1


def test_a_post_that_names_a_family_takes_the_models_of_the_same_day(house: House) -> None:
    house.show(house.blog, house.post("DeepSeek-V4: towards efficient intelligence", "deepseek"))
    house.show(
        house.hub,
        house.repository("deepseek-ai/DeepSeek-V4-Pro"),
        house.repository("deepseek-ai/DeepSeek-V4-Flash"),
    )
    assert len(house.channel.alerts) == 1
    [reply] = house.channel.replies
    assert reply.startswith(
        "The weights are on Hugging Face, and DeepSeek-V4 is now also out in another size"
    )


def test_a_dated_checkpoint_weeks_later_is_news_though_the_name_covers_it(house: House) -> None:
    house.show(house.blog, house.post("DeepSeek-V4: towards efficient intelligence", "deepseek"))
    house.show(house.hub, house.repository("deepseek-ai/DeepSeek-V4-Pro"))
    house.later(days=30)
    house.show(house.hub, house.repository("deepseek-ai/DeepSeek-V4-Pro-0813"))
    assert len(house.channel.alerts) == 2


def test_weights_of_a_release_that_only_the_baseline_knew_are_news(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
    house.show(house.blog, house.post("Kimi K3: the next step", "moonshot", days_ago=11))
    assert house.channel.messages == []
    house.show(house.hub, house.repository("moonshotai/Kimi-K3"))
    assert len(house.channel.alerts) == 1


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("How Acme cut costs with Kimi", id="a case study"),
        pytest.param("Moonshot AI raises a new round", id="funding"),
    ],
)
def test_a_post_that_announces_no_model_is_silent(house: House, title: str) -> None:
    house.show(house.blog, house.post(title, "moonshot"))
    assert house.channel.messages == []


@pytest.mark.parametrize("row", ["kimi-k2.6-highspeed", "kimi-k2.6-turbo", "kimi-k2.6-fast"])
def test_a_faster_way_of_serving_is_no_release_however_late_it_is_listed(house: House, row: str) -> None:
    house.show(house.hub, house.repository(KIMI))
    house.later(days=80)
    house.show(house.listing, house.row(row, "moonshot"))
    house.later(days=2)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1


def test_a_model_with_a_word_of_speed_is_a_release_where_its_lab_says_so(house: House) -> None:
    house.show(house.hub, house.repository(KIMI))
    house.later(days=80)
    house.show(house.listing, house.row("kimi-k2.6-turbo", "moonshot"))
    house.show(house.blog, house.post("Introducing Kimi K2.6 Turbo", "moonshot"))
    assert len(house.channel.alerts) == 2


def test_a_listing_alone_waits_a_day_and_then_says_that_nobody_confirmed_it(house: House) -> None:
    house.show(house.listing, house.row("Kimi-K4", "moonshot"))
    house.later(hours=23)
    house.show(house.listing)
    assert house.channel.messages == []
    house.later(hours=2)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1
    assert "LLM Stats" in house.channel.alerts[0]


def test_a_rename_is_no_news(house: House) -> None:
    repository = house.repository("moonshotai/Kimi-K2.6", hub_id="id:1")
    house.show(house.hub, repository)
    house.show(house.hub, amended(repository, title="moonshotai/Kimi-K2.6-Renamed"))
    assert len(house.channel.alerts) == 1
    assert house.channel.replies == []


def test_a_repository_deleted_and_made_again_is_no_news(house: House) -> None:
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6", hub_id="id:1"))
    again = house.repository("moonshotai/Kimi-K2.6", hub_id="id:2")
    house.show(house.hub, amended(again))
    assert (len(house.channel.alerts), house.channel.replies) == (1, [])
    assert [a.hub_id for a in house.store.history.recent()[1][0].lead.artifacts] == ["id:2"]


def test_a_fact_that_arrives_later_edits_the_alert(house: House) -> None:
    repository = house.repository("moonshotai/Kimi-K2.6")
    house.show(house.hub, repository)
    counted = house.repository("moonshotai/Kimi-K2.6", parameters=1_026_000_000_000).facts
    house.show(house.hub, amended(repository, facts=counted))
    assert len(house.channel.alerts) == 1
    assert len(house.channel.edits) == 1
    assert "1.0T" in house.channel.edits[0]


def test_a_licence_that_changes_is_told_in_the_thread(house: House) -> None:
    repository = house.repository("zai-org/GLM-5.1", license=licensed("mit"))
    house.show(house.hub, repository)
    changed = house.repository("zai-org/GLM-5.1", license=licensed("apache-2.0"))
    house.show(house.hub, amended(repository, facts=changed.facts))
    assert len(house.channel.replies) == 1
    assert "Apache" in house.channel.replies[0]


def test_a_flood_is_held(house: House) -> None:
    many = [house.repository(f"google/family{chr(97 + n)}-{n + 1}-7B") for n in range(20)]
    polled = house.show(house.hub, *many)
    assert polled.reports[0].held == 20
    assert house.channel.messages == []
    assert [len(flood.leads) for flood in house.store.held.waiting()] == [20]


def test_a_destination_gets_one_message_however_many_of_its_subscriptions_match(house: House) -> None:
    house.subscribe("C1", "moonshot")
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
    assert len(house.channel.messages) == 1


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        pytest.param(Filters(license="permissive"), True, id="a permissive licence is wanted and is there"),
        pytest.param(Filters(license="non-commercial"), False, id="another licence is wanted"),
        pytest.param(Filters(license="mit"), True, id="the licence is named"),
        pytest.param(Filters(max=70 * 10**9), False, id="too large"),
        pytest.param(Filters(min=70 * 10**9), True, id="large enough"),
    ],
)
def test_filters_choose(tmp_path: Path, filters: Filters, wanted: bool) -> None:
    house = House(tmp_path, subscribed=False)
    house.subscribe("C2", "zai", filters)
    house.show(
        house.hub, house.repository("zai-org/GLM-5.1", license=licensed("mit"), parameters=754 * 10**9)
    )
    assert len(house.channel.messages) == int(wanted)


def test_a_filter_on_a_fact_that_arrives_later_delivers_then(tmp_path: Path) -> None:
    house = House(tmp_path, subscribed=False)
    house.subscribe("C2", "zai", Filters(license="permissive"))
    repository = house.repository("zai-org/GLM-5.1")
    house.show(house.hub, repository)
    assert house.channel.messages == []
    stated = house.repository("zai-org/GLM-5.1", license=licensed("mit"))
    house.show(house.hub, amended(repository, facts=stated.facts))
    assert len(house.channel.alerts) == 1


def test_a_new_subscriber_hears_of_nothing_old(house: House) -> None:
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
    house.later(hours=1)
    house.subscribe("C9")
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6-NVFP4"))
    assert {message.destination for message in house.channel.messages} == {"C1"}


def test_another_labs_release_says_nothing_to_those_who_follow_one(tmp_path: Path) -> None:
    house = House(tmp_path, subscribed=False)
    house.subscribe("C2", "moonshot")
    house.show(house.hub, house.repository("zai-org/GLM-5.1"))
    assert house.channel.messages == []


class TestWhatTheBaselineKnew:
    """Nobody was told of it: its next event is news, unless that is old itself."""

    def test_weights_of_a_family_that_an_old_post_named_are_news(self, tmp_path: Path) -> None:
        house = House(tmp_path, baselined=False)
        house.hub.others = 1
        house.show(house.hub)
        house.show(house.blog, house.post("Gemma 4: our most capable open models", "google", days_ago=20))
        house.show(house.hub, house.repository("google/gemma-4-31B-it"))
        assert len(house.channel.alerts) == 1
        assert house.channel.replies == []

    def test_the_tuned_model_of_a_known_base_is_news(self, tmp_path: Path) -> None:
        house = House(tmp_path, baselined=False)
        house.show(house.hub, house.repository("moonshotai/Kimi-K3-Base"))
        house.later(days=60)
        house.show(house.hub, house.repository("moonshotai/Kimi-K3-Instruct"))
        assert len(house.channel.alerts) == 1

    def test_the_first_post_on_weights_that_lay_there_for_weeks_is_news(self, tmp_path: Path) -> None:
        house = House(tmp_path, baselined=False)
        house.blog.others = 1
        house.show(house.blog)
        house.show(house.hub, created(house, "moonshotai/Kimi-K3", days_ago=44))
        house.later(hours=2)
        house.show(house.blog, house.post("Kimi K3: the next step", "moonshot"))
        assert len(house.channel.alerts) == 1

    def test_a_post_on_last_years_model_is_not(self, tmp_path: Path) -> None:
        house = House(tmp_path, baselined=False)
        house.blog.others = 1
        house.show(house.blog)
        house.show(house.hub, created(house, "moonshotai/Kimi-K2.5", days_ago=300))
        house.show(house.blog, house.post("Kimi K2.5: a look under the hood", "moonshot"))
        assert house.channel.messages == []


def created(house: House, name: str, days_ago: float) -> Sighting:
    published = Published(house.clock.now() - timedelta(days=days_ago), DateOrigin.CREATED)
    return replace(house.repository(name), published=published)


class TestOneFamily:
    """Sizes, stages and siblings, in the order in which they come."""

    def test_a_sibling_a_month_after_the_family_is_news(self, house: House) -> None:
        house.show(house.blog, house.post("Introducing Gemini 3", "google"))
        house.later(days=29)
        house.show(house.blog, house.post("Introducing Gemini 3 Flash", "google"))
        assert len(house.channel.alerts) == 2

    def test_a_post_on_another_size_of_the_hour_joins_the_alert(self, house: House) -> None:
        house.show(house.hub, house.repository("Qwen/Qwen3.6-35B-A3B"))
        house.show(house.blog, house.post("Qwen3.6-27B: a dense model for coding", "qwen"))
        assert len(house.channel.alerts) == 1
        assert len(house.channel.replies) == 1

    def test_the_tuned_model_takes_over_from_its_base(self, house: House) -> None:
        house.show(house.hub, house.repository("google/gemma-4-31B"))
        house.show(house.hub, house.repository("google/gemma-4-31B-it"))
        assert len(house.channel.alerts) == 1
        assert "main repository" in house.channel.replies[0]
        assert house.store.history.recent()[1][0].lead.artifacts[0].repository == "google/gemma-4-31B-it"

    def test_a_preview_is_another_release(self, house: House) -> None:
        house.show(house.hub, house.repository("Qwen/QwQ-32B-Preview"))
        house.later(days=90)
        house.show(house.hub, house.repository("Qwen/QwQ-32B"))
        assert len(house.channel.alerts) == 2


class TestBackCatalogues:
    """What dates itself long ago is remembered in silence."""

    def test_old_posts_that_come_to_light(self, house: House) -> None:
        house.show(house.blog, house.post("Introducing Qwen2.5-Max", "qwen", days_ago=500))
        assert house.channel.messages == []

    def test_old_rows_that_come_to_light(self, house: House) -> None:
        house.show(house.listing, house.row("Qwen-7B", "qwen", days_ago=1000))
        house.later(days=2)
        house.show(house.listing)
        assert house.channel.messages == []

    def test_a_flood_of_rows_that_nobody_confirms_is_held(self, house: House) -> None:
        house.show(house.listing, *(house.row(f"Family{chr(97 + n)}-{n + 1}", "qwen") for n in range(20)))
        house.later(days=2)
        house.show(house.listing)
        assert house.channel.messages == []

    def test_a_long_absence_may_bring_more(self, house: House) -> None:
        house.later(days=21)
        many = [house.repository(f"google/family{chr(97 + n)}-{n + 1}-7B") for n in range(20)]
        assert len(house.show(house.hub, *many).announced) == 20


def test_an_alert_keeps_the_day_on_which_it_was_seen(house: House) -> None:
    repository = house.repository(KIMI)
    house.show(house.hub, repository)
    first = house.store.history.recent()[1][0].lead.mentions[0].seen_at
    house.later(days=9)
    house.show(house.hub, amended(repository, facts=house.repository(KIMI, gated="auto").facts))
    assert house.store.history.recent()[1][0].lead.mentions[0].seen_at == first


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://huggingface.co/Qwen/Qwen4-32B-A3B", id="to the repository"),
        pytest.param("https://huggingface.co/Qwen/Qwen4-32B-A3B/tree/main", id="to its files"),
        pytest.param("https://www.modelscope.cn/models/Qwen/Qwen4-32B-A3B", id="to the same one elsewhere"),
    ],
)
def test_a_link_to_an_announced_repository_outweighs_a_play_on_words(house: House, link: str) -> None:
    house.show(house.hub, house.repository("Qwen/Qwen4-32B-A3B"))
    post = house.post("Qwen-dary!", "qwen")
    house.show(house.blog, replace(post, links=(link,)))
    assert len(house.channel.alerts) == 1


def test_weights_that_come_to_an_announced_repository_are_told_in_its_thread(house: House) -> None:
    empty = house.repository(KIMI, weights="none")
    house.show(house.hub, empty)
    house.show(house.hub, amended(empty, facts=house.repository(KIMI, task="text-generation").facts))
    assert house.channel.replies == [], "a listing says nothing about weights"
    there = house.repository(KIMI, weights="there", download_bytes=595 * 10**9).facts
    house.show(house.hub, amended(empty, facts=there))
    assert len(house.channel.alerts) == 1
    assert "weights are on Hugging Face" in house.channel.replies[0]


def test_an_empty_repository_of_an_announced_release_is_told_when_it_is_filled(house: House) -> None:
    house.show(house.blog, house.post("Kimi K2.6: open agentic intelligence", "moonshot"))
    empty = house.repository(KIMI, weights="none")
    house.show(house.hub, empty)
    there = house.repository(KIMI, weights="there", download_bytes=595 * 10**9).facts
    house.show(house.hub, amended(empty, facts=there))
    [reply] = house.channel.replies
    assert reply.startswith("The weights are on Hugging Face")


def test_a_packaging_that_is_deleted_and_made_again_changes_nothing_that_is_told(house: House) -> None:
    packaging = f"{KIMI}-FP8"
    house.show(house.hub, house.repository(KIMI, parameters=10**12, download_bytes=2 * 10**12))
    house.later(days=1)
    house.show(house.hub, house.repository(packaging, "first", parameters=10**12, download_bytes=10**12))
    [before] = house.store.history.find("Kimi-K2.6")
    posts = len(house.channel.messages)
    house.hub.shown = [one for one in house.hub.shown if one.external_id != "first"]
    house.later(days=9)
    again = house.repository(packaging, "again", parameters=10**12, download_bytes=10**12)
    house.show(house.hub, amended(again))
    [after] = house.store.history.find("Kimi-K2.6")
    assert after.lead.facts == before.lead.facts
    assert after.lead.facts.download_bytes == 2 * 10**12
    assert len(house.channel.messages) == posts
