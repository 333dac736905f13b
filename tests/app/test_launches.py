"""What belongs to one launch, and what is a release of its own although it looks like part of one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import DateOrigin, Published, Sighting, SourceKind
from tests.support.house import House, ScriptedSource, amended, licensed


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def linking(post: Sighting, *links: str) -> Sighting:
    return replace(post, links=links)


def moved(sighting: Sighting, source: ScriptedSource, repository: str, lab: str = "") -> Sighting:
    """Return a repository as another organisation shows it, whose listing says less of it."""
    return replace(
        sighting,
        source_id=source.id,
        title=repository,
        url=f"https://hub.example/{repository}",
        lab=lab or sighting.lab,
        facts=replace(sighting.facts, license=None, parameters=None),
    )


# --- a repository that is known, wherever it shows up


@pytest.fixture
def second(house: House) -> ScriptedSource:
    """Return another organisation, past its baseline."""
    source = ScriptedSource("hub:second", SourceKind.HUB, "https://hub.example/second")
    house.poller.poll([source])
    return source


@pytest.mark.parametrize(
    ("repository", "lab"),
    [
        pytest.param("Qwen-Two/Qwen9-32B", "qwen", id="to another organisation of its lab"),
        pytest.param("Qwen-Two/Qwen9-32B-Renamed", "qwen", id="and gets another name there"),
        pytest.param("zai-org/Qwen9-32B", "zai", id="to another lab"),
    ],
)
def test_a_repository_that_moves_is_no_news_and_keeps_its_facts(
    house: House, second: ScriptedSource, repository: str, lab: str
) -> None:
    original = house.repository("Qwen/Qwen9-32B", license=licensed("apache-2.0"), parameters=32_000_000_000)
    house.show(house.hub, original)
    house.later(days=2)
    house.show(second, moved(original, second, repository, lab))
    assert len(house.channel.alerts) == 1
    assert house.channel.replies == []
    (wave,) = house.store.history.recent()[1]
    assert (wave.lead.license.id, wave.lead.facts.parameters) == ("apache-2.0", 32_000_000_000)
    assert [(one.repository, one.head) for one in wave.lead.artifacts] == [(repository, True)]


def test_an_old_model_that_moved_is_still_old_to_its_new_packagings(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    old = house.repository("Qwen/Qwen8-32B")
    house.show(house.hub, old)
    house.later(days=2)
    second = ScriptedSource("hub:second", SourceKind.HUB, "https://hub.example/second")
    house.show(second, moved(old, second, "qwen-ai/Qwen8-32B"))
    house.later(days=2)
    packed = replace(
        house.repository("Qwen/Qwen8-32B-GGUF"), source_id=second.id, title="qwen-ai/Qwen8-32B-GGUF"
    )
    house.show(second, packed)
    assert house.channel.messages == []


# --- a flagship and its smaller siblings


@pytest.mark.parametrize(
    ("sibling", "flagship"),
    [
        pytest.param(
            "Introducing Gemini 4 Flash", "Introducing Gemini 4", id="a post after a sibling's post"
        ),
        pytest.param("Gemini 4 Flash-Lite is here", "Gemini 4: our best model", id="a smaller sibling still"),
    ],
)
def test_a_flagship_is_not_swallowed_by_a_sibling_that_had_a_post_of_its_own(
    house: House, sibling: str, flagship: str
) -> None:
    house.show(house.blog, house.post(sibling, "google"))
    house.later(days=10)
    house.show(house.blog, house.post(flagship, "google"))
    assert len(house.channel.alerts) == 2


def test_a_flagship_is_not_swallowed_by_a_sibling_that_was_listed(house: House) -> None:
    house.show(house.listing, house.row("gemini-4-flash", "google"))
    house.later(hours=26)
    house.show(house.listing)
    house.later(days=9)
    house.show(house.blog, house.post("Introducing Gemini 4", "google"))
    assert len(house.channel.alerts) == 2


def test_a_sibling_of_the_same_day_is_part_of_the_launch(house: House) -> None:
    house.show(house.blog, house.post("Introducing Gemini 4", "google"))
    house.later(hours=2)
    house.show(house.blog, house.post("Introducing Gemini 4 Flash", "google"))
    assert len(house.channel.alerts) == 1
    assert len(house.channel.replies) == 1
    names = [member.name.display for member in house.store.history.recent()[1][0].members]
    assert names == ["Gemini 4", "Gemini 4 Flash"]


def test_a_sibling_of_the_next_week_is_news(house: House) -> None:
    house.show(house.blog, house.post("Introducing Gemini 4", "google"))
    house.later(days=6)
    house.show(house.blog, house.post("Introducing Gemini 4 Flash", "google"))
    assert len(house.channel.alerts) == 2


def test_a_general_name_days_later_is_the_release_whose_weights_had_no_word_yet(house: House) -> None:
    house.show(house.hub, house.repository("deepseek-ai/DeepSeek-V5-Pro"))
    house.later(days=5)
    house.show(house.blog, house.post("DeepSeek-V5: towards the next step", "deepseek"))
    assert len(house.channel.alerts) == 1


def test_the_listing_of_a_size_does_not_make_the_familys_post_another_release(house: House) -> None:
    house.show(house.hub, house.repository("mistralai/Mistral-Medium-5-128B"))
    house.later(days=1)
    house.show(house.listing, house.row("mistral-medium-5-128b", "mistral"))
    house.later(days=1)
    house.show(house.blog, house.post("Introducing Mistral Medium 5", "mistral"))
    assert len(house.channel.alerts) == 1


# --- a version, and the month that stands for it; the house's clock begins in April 2026


@pytest.mark.parametrize(
    ("announced", "listed", "alerts"),
    [
        pytest.param(["Mistral Medium 3.5"], "mistral-medium-2604", 1, id="the month of the post"),
        pytest.param(["Mistral Medium 3.5"], "mistral-medium-20260403", 1, id="the day of the post"),
        pytest.param(["Mistral Medium 3.5"], "mistral-medium-2603", 2, id="the month before"),
        pytest.param(["Mistral Medium 3.5"], "mistral-medium-2605", 2, id="a month that is yet to come"),
        pytest.param(["Mistral Medium 3.5"], "mistral-medium-think-2604", 2, id="of another line"),
        pytest.param(["Mistral Medium 3.5"], "mistral-large-2604", 2, id="of another family"),
        pytest.param(["Mistral Medium 3.5"], "mistral-medium-3.6-2604", 2, id="of another version"),
        pytest.param(["Mistral Medium 3.5"], "mistral-medium-0426", 2, id="no month at all"),
        pytest.param(
            ["Mistral Medium 3.5", "Mistral Medium 3.6"], "mistral-medium-2604", 3, id="of two models"
        ),
    ],
)
def test_a_listing_that_says_the_month_is_the_release_that_says_a_version(
    house: House, announced: list[str], listed: str, alerts: int
) -> None:
    for name in announced:
        house.show(house.blog, house.post(f"Introducing {name}", "mistral"))
    house.later(days=3)
    house.show(house.listing, house.row(listed, "mistral"))
    house.later(hours=26)
    house.show(house.listing)
    assert len(house.channel.alerts) == alerts


def test_a_listing_that_says_the_month_waits_for_the_post_that_says_a_version(house: House) -> None:
    house.show(house.listing, house.row("mistral-medium-2604", "mistral"))
    house.later(hours=20)
    house.show(house.blog, house.post("Introducing Mistral Medium 3.5", "mistral"))
    house.later(hours=26)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1
    assert "Mistral Medium 3.5" in house.channel.alerts[0]


def test_a_post_that_says_a_version_is_about_the_weights_that_say_the_month(house: House) -> None:
    house.show(house.hub, house.repository("mistralai/Devstral-24B-2604"))
    house.later(days=2)
    house.show(house.blog, house.post("Introducing Devstral 3", "mistral"))
    assert len(house.channel.alerts) == 1


def test_weights_that_say_the_month_join_the_post_that_says_a_version(house: House) -> None:
    house.show(house.blog, house.post("Introducing Devstral 3", "mistral"))
    house.later(days=2)
    house.show(house.hub, house.repository("mistralai/Devstral-24B-2604"))
    assert len(house.channel.alerts) == 1


def test_a_new_stamp_months_later_is_a_new_release(house: House) -> None:
    house.show(house.blog, house.post("Introducing Devstral 3", "mistral"))
    house.later(days=75)
    house.show(house.hub, house.repository("mistralai/Devstral-24B-2606"))
    assert len(house.channel.alerts) == 2


# --- how a model answers is no launch of its own on the day


def test_a_post_takes_the_lines_that_answer_otherwise_on_the_same_day(house: House) -> None:
    house.show(house.blog, house.post("GLM-7: open weights for everybody", "zai"))
    house.later(hours=2)
    house.show(
        house.hub, house.repository("zai-org/GLM-7-32B-Thinking"), house.repository("zai-org/GLM-7-32B")
    )
    assert len(house.channel.alerts) == 1


def test_a_post_joins_the_lines_that_answer_otherwise_and_came_before_it(house: House) -> None:
    house.show(house.hub, house.repository("zai-org/GLM-7-32B-Thinking"))
    house.later(hours=2)
    house.show(house.blog, house.post("GLM-7: open weights for everybody", "zai"))
    assert len(house.channel.alerts) == 1


def test_a_thinking_model_of_the_next_week_is_news(house: House) -> None:
    house.show(house.blog, house.post("GLM-7: open weights for everybody", "zai"))
    house.show(house.hub, house.repository("zai-org/GLM-7-32B"))
    house.later(days=7)
    house.show(house.hub, house.repository("zai-org/GLM-7-32B-Thinking"))
    assert len(house.channel.alerts) == 2


# --- what a post links


def test_weights_that_a_post_linked_before_they_were_open_join_it_under_any_name(house: House) -> None:
    post = house.post("Qwen9.8-Max: built for work", "qwen")
    house.show(house.blog, linking(post, "https://huggingface.co/Qwen/Qwen9.8-2.4T-A95B/tree/main"))
    house.later(days=12)
    house.show(house.hub, house.repository("Qwen/Qwen9.8-2.4T-A95B"))
    house.show(house.hub, house.repository("Qwen/Qwen9.8-2.4T-A95B-FP8"))
    assert len(house.channel.alerts) == 1
    assert "Qwen9.8-Max (Qwen9.8-2.4T-A95B)" in house.channel.edits[-1]


def test_a_post_that_links_an_older_model_of_its_family_is_not_about_that(house: House) -> None:
    house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
    house.later(days=10)
    post = house.post("Kimi K3: a new generation", "moonshot")
    house.show(house.blog, linking(post, "https://huggingface.co/moonshotai/Kimi-K2.6"))
    assert len(house.channel.alerts) == 2


def test_a_post_by_another_name_is_about_the_new_repository_that_it_links(house: House) -> None:
    house.show(house.hub, house.repository("Qwen/Qwen9.8-2.4T-A95B"))
    house.later(hours=3)
    post = house.post("Qwen9.8-Max: built for work", "qwen")
    house.show(house.blog, linking(post, "https://huggingface.co/Qwen/Qwen9.8-2.4T-A95B"))
    assert len(house.channel.alerts) == 1


# --- a source that is read for some names only


@pytest.mark.parametrize(
    ("title", "alerts"),
    [
        pytest.param("Introducing Gemma 6", 1, id="the model that is announced has the word"),
        pytest.param("Introducing Orchid 3: better than Gemma 6", 0, id="another model compares itself"),
    ],
)
def test_include_asks_for_the_word_in_the_name_that_is_announced(
    house: House, title: str, alerts: int
) -> None:
    house.show(house.blog, replace(house.post(title, "google"), include=("Gemma",)))
    assert len(house.channel.alerts) == alerts


# --- another lab's model


def test_another_labs_repackaging_is_neither_news_nor_a_packaging_of_the_release(house: House) -> None:
    house.show(house.hub, house.repository("Qwen/Qwen3.8-27B"))
    house.show(house.hub, house.repository("mistralai/Qwen3.8-27B-NVFP4"))
    assert len(house.channel.messages) == 1
    assert len(house.store.history.recent()[1][0].lead.artifacts) == 1


# --- several models in one title


def names_of(house: House) -> list[list[str]]:
    return [[member.name.display for member in wave.members] for wave in house.store.history.recent()[1]]


@pytest.mark.parametrize(
    ("title", "lab", "names"),
    [
        pytest.param(
            "Introducing Gemini 6 Flash and Gemma 7",
            "google",
            ["Gemini 6 Flash", "Gemma 7"],
            id="two families",
        ),
        pytest.param(
            "Introducing Gemini 3.6 Flash, 3.5 Flash-Lite, and 3.5 Flash Cyber",
            "google",
            ["Gemini 3.6 Flash", "Gemini 3.5 Flash-Lite", "Gemini 3.5 Flash Cyber"],
            id="the family is said once",
        ),
    ],
)
def test_a_title_that_names_several_models_announces_them_all_under_one_alert(
    house: House, title: str, lab: str, names: list[str]
) -> None:
    house.show(house.blog, house.post(title, lab))
    assert names_of(house) == [names]
    (alert,) = house.channel.alerts
    assert all(name in alert for name in names)
    assert "sizes" not in alert.partition(".")[0]
    assert house.channel.replies == []


def test_a_model_that_a_title_named_beside_another_is_known(house: House) -> None:
    house.show(house.blog, house.post("Introducing Gemini 6 Flash and Gemma 7", "google"))
    house.later(days=1)
    house.show(house.blog, house.post("Introducing Gemma 7", "google"))
    house.show(house.listing, house.row("gemma-7", "google"))
    house.later(hours=26)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1


def test_a_new_model_beside_one_of_long_ago_is_news_by_itself(house: House) -> None:
    house.show(house.blog, house.post("Introducing Gemini 6 Flash", "google"))
    house.later(days=30)
    house.show(house.blog, house.post("Introducing Gemini 6 Flash and Gemma 7", "google"))
    assert len(house.channel.alerts) == 2
    assert "Gemma 7" in house.channel.alerts[1]
    assert "Flash" not in house.channel.alerts[1].partition(".")[0]


def test_a_new_model_beside_one_of_today_joins_its_alert(house: House) -> None:
    house.show(house.hub, house.repository("google/gemma-7-9B"))
    house.later(hours=2)
    house.show(house.blog, house.post("Introducing Gemma 7 and Gemini 6 Flash", "google"))
    assert len(house.channel.alerts) == 1
    assert names_of(house) == [["gemma-7-9B", "Gemini 6 Flash"]]
    assert "Gemini 6 Flash" in house.channel.edits[-1]


def test_one_of_two_whose_weights_came_does_not_hide_the_other(house: House) -> None:
    house.show(house.blog, house.post("Introducing Gemini 6 Flash and Gemma 7", "google"))
    house.later(hours=2)
    house.show(house.hub, house.repository("google/gemma-7"))
    edit = house.channel.edits[-1]
    assert edit.startswith("Google announced Gemini 6 Flash and Gemma 7")
    (wave,) = house.store.history.recent()[1]
    assert {model.name.display for model in wave.sizes} == {"Gemini 6 Flash", "Gemma 7"}


# --- a name that a title only mentions


def test_a_name_behind_a_motto_is_news_at_once_if_the_address_is_that_name(house: House) -> None:
    motto = "Intelligent transcription with Gemini 6.5 Transcribe"
    post = replace(house.post(motto, "google"), url="https://lab.example/gemini-6-5-transcribe/")
    house.show(house.blog, post)
    assert len(house.channel.alerts) == 1


def test_a_name_behind_a_motto_waits_and_is_news_if_nobody_says_otherwise(house: House) -> None:
    motto = "Intelligent transcription with Gemini 6.5 Transcribe"
    post = replace(
        house.post(motto, "google"), url="https://lab.example/transcription-gemini-6-5-transcribe/"
    )
    house.show(house.blog, post)
    assert house.channel.messages == []
    house.later(hours=25)
    house.show(house.blog)
    assert len(house.channel.alerts) == 1
    assert "Gemini 6.5 Transcribe" in house.channel.alerts[0]


def test_a_name_behind_a_motto_that_is_known_already_is_no_news(house: House) -> None:
    house.show(house.blog, house.post("Introducing Gemini 6.5 Transcribe", "google"))
    house.later(days=20)
    motto = "Intelligent transcription with Gemini 6.5 Transcribe"
    post = replace(house.post(motto, "google"), url="https://lab.example/gemini-6-5-transcribe/")
    house.show(house.blog, post)
    house.later(hours=25)
    house.show(house.blog)
    assert len(house.channel.alerts) == 1


# --- what comes late to a launch


@pytest.mark.parametrize(
    ("first", "late"),
    [
        pytest.param("Gemini-8-Coder-32B", "Gemini-8-Flash-32B", id="the second before the first"),
        pytest.param("Gemini-8-Flash", "Gemini-8-Coder-32B", id="the first before the second"),
    ],
)
def test_each_model_of_a_title_waits_for_weights_of_its_own(house: House, first: str, late: str) -> None:
    house.show(house.blog, house.post("Introducing Gemini 8 Flash and Gemini 8 Coder", "google"))
    house.later(hours=20)
    house.show(house.hub, house.repository(f"google/{first}"))
    house.later(days=4)
    house.show(house.hub, house.repository(f"google/{late}"))
    assert len(house.channel.alerts) == 1


def test_a_size_that_is_listed_days_after_the_post_on_its_family_is_that_release(house: House) -> None:
    house.show(house.blog, house.post("Introducing GLM-8 Flash", "zai"))
    house.later(days=4)
    house.show(house.listing, house.row("glm-8-flash-30b-a3b", "zai"))
    house.later(hours=26)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1


@pytest.mark.parametrize("listed", ["glm-8-flash", "glm-8-2609"])
def test_another_model_that_is_listed_days_after_the_post_on_its_family_is_news(
    house: House, listed: str
) -> None:
    house.show(house.blog, house.post("Introducing GLM-8", "zai"))
    house.later(days=4)
    house.show(house.listing, house.row(listed, "zai"))
    house.later(hours=26)
    house.show(house.listing)
    assert len(house.channel.alerts) == 2


def test_sizes_that_nobody_but_a_listing_confirms_share_an_alert(house: House) -> None:
    house.show(house.listing, house.row("glm-8-9b", "zai"), house.row("glm-8-32b", "zai"))
    house.later(hours=26)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1
    assert len(house.store.history.recent()[1][0].members) == 2


def test_a_listed_size_whose_time_is_over_joins_the_alert_of_another_of_the_day(house: House) -> None:
    house.show(house.listing, house.row("glm-8-32b", "zai"))
    house.later(hours=23)
    house.show(house.hub, house.repository("zai-org/GLM-8-9B"))
    house.later(hours=2)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1


@pytest.mark.parametrize(
    ("created", "alerts"), [pytest.param(7, 1, id="lately"), pytest.param(90, 0, id="long ago")]
)
def test_a_repository_that_was_no_model_is_news_once_it_is_renamed_to_one(
    house: House, created: int, alerts: int
) -> None:
    code_name = replace(
        house.repository("google/tokenizer-test"),
        published=Published(house.clock.now() - timedelta(days=created), DateOrigin.CREATED),
    )
    house.show(house.hub, code_name)
    assert house.channel.alerts == []
    house.later(days=1)
    house.show(house.hub, amended(code_name, title="google/gemma-9-31b-it"))
    assert len(house.channel.alerts) == alerts
    assert [wave.lead.published.at for wave in house.store.history.recent()[1]] == [
        house.clock.now()
    ] * alerts


def test_a_serving_tier_is_the_models_that_it_names_most_closely(house: House) -> None:
    house.show(house.blog, house.post("Introducing Gemini 4 Flash-Lite", "google"))
    house.later(days=20)
    house.show(house.blog, house.post("Introducing Gemini 4", "google"))
    house.later(days=20)
    house.show(house.listing, house.row("gemini-4-flash-lite-highspeed", "google"))
    first = house.store.history.recent()[1][-1]
    assert first.lead.name.display == "Gemini 4 Flash-Lite"
    assert [mention.source for mention in first.lead.mentions] == [SourceKind.FEED, SourceKind.LLM_STATS]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["post first", "weights first"])
@pytest.mark.parametrize("gap", [0.1, 2])
def test_a_size_word_that_is_part_of_a_familys_name_is_still_a_size(
    house: House, order: tuple[int, int], gap: float
) -> None:
    sightings = (
        (house.blog, house.post("Introducing Mistral 7", "mistral")),
        (house.hub, house.repository("mistralai/Mistral-Large-7-675B-Instruct-2612")),
    )
    for at in order:
        house.show(*sightings[at])
        house.later(days=gap)
    assert len(house.channel.alerts) == 1


def test_a_new_model_beside_one_that_the_baseline_just_found_is_news(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    house.show(house.blog, house.post("Introducing Gemini 6 Flash", "google"))
    house.later(hours=5)
    house.show(house.blog, house.post("Gemini 6 Flash and Gemma 7 are here", "google"))
    assert len(house.channel.alerts) == 1
    assert "Gemma 7" in house.channel.alerts[0]


def test_two_posts_of_one_day_that_come_to_light_together_later_are_one_launch(house: House) -> None:
    house.show(
        house.blog,
        house.post("Introducing Gemini 6", "google", days_ago=4),
        house.post("Introducing Gemini 6 Flash", "google", days_ago=4),
    )
    assert len(house.channel.alerts) == 1


@pytest.mark.parametrize("first", ["8B", "32B"], ids=["the listed size first", "another size first"])
def test_the_sizes_of_a_launch_share_the_alert_of_the_one_that_was_listed_days_before(
    house: House, first: str
) -> None:
    house.show(house.listing, house.row("glm-8-8b", "zai"))
    house.later(hours=26)
    house.show(house.listing)
    house.later(days=4)
    for size in sorted(["8B", "32B"], key=lambda size: size != first):
        house.show(house.hub, house.repository(f"zai-org/GLM-8-{size}"))
    house.later(hours=3)
    house.show(house.hub, house.repository("zai-org/GLM-8-70B"))
    assert len(house.channel.alerts) == 1
    house.later(days=6)
    house.show(house.hub, house.repository("zai-org/GLM-8-300B-A20B"))
    assert len(house.channel.alerts) == 2
