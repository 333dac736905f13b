"""What an alert says, looked at whole: golden/ holds what a terminal shows."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bot.model import DateOrigin, License, LicenseStatement, Name, Published, Release, Wave
from bot.records import Content
from bot.views.alert import LicenseChange, render_alert
from bot.views.notes import render_update
from bot.views.terminal import card
from tests.support.builders import (
    ANTHROPIC,
    APACHE,
    GEMMA_POST,
    GEMMA_SIZES,
    GOOGLE,
    KIMI,
    KIMI_K25,
    MODIFIED_MIT,
    MOONSHOT,
    NON_COMMERCIAL,
    NOT_STATED,
    NOW,
    alone,
    gemma,
    hub,
    listing,
    named,
    post,
    release,
)

GOLDEN = Path(__file__).parent / "golden"


def shown(content: Content) -> str:
    """Return what a terminal shows, with the text for screen readers below."""
    printed = io.StringIO()
    console = Console(file=printed, width=100, color_system=None, legacy_windows=False)
    console.print(card(content, "model-releases"))
    return f"{printed.getvalue()}{content.text}\n"


WAVES = {
    "one_model": alone(KIMI, previous=KIMI_K25),
    "four_sizes": Wave(GOOGLE, GEMMA_POST, (GEMMA_POST, *GEMMA_SIZES)),
    "only_a_post": alone(
        release(
            named("Kimi K3"),
            mentions=[post("Introducing Kimi K3", "https://www.kimi.com/blog/kimi-k3")],
            context_tokens=1_048_576,
        )
    ),
    "a_lab_without_open_weights": alone(
        release(
            named("Claude Opus 4.7", lab="anthropic"),
            mentions=[post("Introducing Claude Opus 4.7", "https://www.anthropic.com/news/claude-opus-4-7")],
            summary="Our latest model, Claude Opus 4.7, is now generally available.",
        ),
        ANTHROPIC,
    ),
    "only_a_listing": alone(
        release(named("Kimi K3"), mentions=[listing("Kimi-K3")], parameters=2_400_000_000_000)
    ),
    "an_empty_repository": alone(
        release(
            named("Kimi K3 1T"),
            "moonshotai/Kimi-K3-1T",
            license=MODIFIED_MIT,
            weights="none",
            precision="INT4",
            parameters=1_000_000_000_000,
        )
    ),
    "one_size_is_empty": Wave(
        GOOGLE,
        GEMMA_SIZES[0],
        (*GEMMA_SIZES[:2], gemma("12B", 12_000_000_000, 0, weights="none", precision="")),
    ),
    "nothing_stated": alone(release(named("Kimi-VL-Next"), "moonshotai/Kimi-VL-Next", gated="manual")),
    "licences_differ": Wave(
        GOOGLE,
        GEMMA_SIZES[0],
        (*GEMMA_SIZES[:2], gemma("270M", 268_000_000, 540_000_000, license=NON_COMMERCIAL, gated="auto")),
        first_alert_url="https://example.slack.com/archives/C1/p1",
    ),
}


@pytest.mark.parametrize("name", WAVES)
def test_an_alert_looks_like_its_golden_copy(name: str) -> None:
    assert shown(render_alert(WAVES[name], NOW, edited=True)) == (GOLDEN / f"{name}.txt").read_text(
        encoding="utf-8"
    )


def test_an_empty_repository_does_not_excuse_a_licence_that_is_not_stated() -> None:
    empty = release(named("Kimi K3"), "moonshotai/Kimi-K3", weights="none")
    assert "⚪ The weights are not there yet, and no licence is stated" in text_of(alone(empty))


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        pytest.param(KIMI, None, id="nothing is missing"),
        pytest.param(
            release(named("K3"), "m/k", download_bytes=10**9, context_tokens=1024),
            "⚪ Licence and size are not stated yet; this message updates itself.",
            id="what is missing is named",
        ),
        pytest.param(
            release(named("K3"), "m/k", license=APACHE, parameters=1, download_bytes=10**9),
            "The context is not stated yet; this message updates itself.",
            id="one thing alone",
        ),
    ],
)
def test_what_is_not_stated_is_one_sentence(model: Release, sentence: str | None) -> None:
    assert sentences_of(render_alert(alone(model), NOW, edited=True)) == ([sentence] if sentence else [])


def test_only_a_message_that_is_edited_says_that_it_updates_itself() -> None:
    stated_later = render_alert(alone(release(named("K3"), "m/k")), NOW)
    assert sentences_of(stated_later) == ["⚪ Licence, size, download and context are not stated yet."]


def test_what_was_withdrawn_is_struck_down_to_one_line() -> None:
    lead = replace(KIMI, withdrawn=True)
    for content in (
        render_alert(alone(lead), NOW, interactive=True, edited=True),
        render_update(alone(lead), NOW),
    ):
        [block] = content.blocks
        assert block["text"]["text"].startswith("~Kimi K2.6~ by Moonshot AI was withdrawn: it is no release")
        assert content.text.startswith("Kimi K2.6 by Moonshot AI was withdrawn: it is no release")


def sentences_of(content: Content) -> list[str]:
    """Return the paragraphs below the introduction."""
    return [block["text"]["text"] for block in content.blocks if "text" in block][2:]


def text_of(wave: Wave) -> str:
    return shown(render_alert(wave, NOW))


def test_a_model_whose_post_only_names_the_family_goes_by_its_own_name() -> None:
    wave = Wave(GOOGLE, GEMMA_POST, (GEMMA_POST, GEMMA_SIZES[0]))
    assert render_alert(wave, NOW).text.startswith("Google released Gemma 4 31B:")


@pytest.mark.parametrize(
    ("display", "size", "headline"),
    [
        pytest.param("Gemma 4 31B", "31B", "Gemma 4 in 2 sizes", id="a size at the end"),
        pytest.param("Qwen3-30B-A3B-Thinking", "30b-a3b", "Qwen3-Thinking in 2 sizes", id="a size inside"),
        pytest.param("7B", "7B", "7B in 2 sizes", id="nothing but a size"),
        pytest.param("Phi-14Beta 4B", "4B", "Phi-14Beta in 2 sizes", id="a size that is also inside a word"),
    ],
)
def test_several_sizes_share_the_name_without_size(display: str, size: str, headline: str) -> None:
    lead = release(Name("google", "x", size=size, display=display), "google/a")
    wave = Wave(GOOGLE, lead, (lead, release(named("Other"), "google/b")))
    assert render_alert(wave, NOW).text.startswith(f"Google released {headline}:")


@pytest.mark.parametrize(
    ("display", "title", "shared"),
    [
        pytest.param("gemma-4-31B", "Introducing Gemma 4", "Gemma 4", id="as the lab's title has it"),
        pytest.param("gemma-4-31B", "GEMMA 4 IS HERE", "gemma-4", id="capitals are nobody's spelling"),
        pytest.param("gemma-4-31B", "Introducing Gemma 4.5", "gemma-4", id="another version is another name"),
        pytest.param("command-a-31B", "Introducing Command A+", "command-a", id="a plus is part of a name"),
        pytest.param("gemma-4-31B", "Small models for all", "gemma-4", id="a title that has no name"),
    ],
)
def test_what_sizes_share_is_spelt_as_in_the_labs_post(display: str, title: str, shared: str) -> None:
    lead = release(named(display, "31B"), "google/a", [post(title, "https://blog.google/a")])
    wave = Wave(GOOGLE, lead, (lead, release(named("Other"), "google/b")))
    assert render_alert(wave, NOW).text.startswith(f"Google released {shared} in 2 sizes:")


@pytest.mark.parametrize(
    ("days", "origin", "precision", "words"),
    [
        pytest.param(84, DateOrigin.POSTED, "second", "84 days after Kimi K2.5", id="some weeks"),
        pytest.param(1, DateOrigin.SEEN, "second", "1 day after Kimi K2.5", id="a day"),
        pytest.param(0, DateOrigin.SEEN, "second", "the same day as Kimi K2.5", id="the same day"),
        pytest.param(
            84, DateOrigin.CREATED, "second", "about 84 days after", id="repositories wait in private"
        ),
        pytest.param(84, DateOrigin.POSTED, "month", "about 84 days after", id="a month is not a day"),
    ],
)
def test_the_time_since_the_release_before(days: int, origin: DateOrigin, precision: str, words: str) -> None:
    published = Published(NOW - timedelta(days=days), origin, precision)
    assert words in text_of(alone(KIMI, previous=replace(KIMI_K25, published=published)))


def test_a_release_before_that_came_later_is_not_mentioned() -> None:
    later = replace(KIMI_K25, published=Published(NOW + timedelta(days=2), DateOrigin.POSTED))
    assert "after Kimi K2.5" not in text_of(alone(KIMI, previous=later))


@pytest.mark.parametrize(
    ("precision", "at", "words"),
    [
        pytest.param("day", NOW, "on the lab's blog 20 April\n", id="a day has no time"),
        pytest.param("month", NOW, "on the lab's blog April", id="a month has no day"),
        pytest.param(
            "day", datetime(2025, 12, 30, tzinfo=UTC), "30 December 2025", id="another year is named"
        ),
        pytest.param("second", NOW, "on the lab's blog 20 April", id="a moment is a day as well"),
        pytest.param(
            "second", datetime(1, 1, 1, tzinfo=UTC), "January 1", id="a nonsense date does not raise"
        ),
    ],
)
def test_dates_are_as_exact_as_their_source(precision: str, at: datetime, words: str) -> None:
    post_only = release(named("Kimi K3"), mentions=[post("Kimi K3", "https://kimi.com/k3", at, precision)])
    text = text_of(alone(post_only)).replace(" " * 2, "").replace(" │", "\n")
    assert words in text


def test_every_button_says_of_which_release_it_is() -> None:
    row = render_alert(alone(KIMI), NOW, interactive=True).blocks[-1]["elements"]
    assert [element["accessibility_label"] for element in row if element["type"] == "button"] == [
        "Model card of Kimi K2.6",
        "Announcement of Kimi K2.6",
        "Details of Kimi K2.6",
    ]
    assert row[-1]["options"][-1]["text"]["text"] == "Report a wrong detail of Kimi K2.6"


def test_llm_stats_is_linked_wherever_it_gave_something() -> None:
    listed = release(named("Kimi K3"), "moonshotai/Kimi-K3", [hub("moonshotai/Kimi-K3"), listing("K3")])
    context = render_alert(alone(listed), NOW).blocks[-2]["elements"][0]["text"]
    assert ", via <https://llm-stats.com/models/k3|LLM Stats>" in context


@pytest.mark.parametrize(
    ("link", "start"),
    [
        pytest.param("https://x.y/LICENSE", "🟡 <https://x.y/LICENSE|Modified MIT", id="an address"),
        pytest.param("LICENSE", "🟡 Modified MIT", id="a file of the repository"),
    ],
)
def test_the_licence_links_to_the_labs_own_text(link: str, start: str) -> None:
    statement = LicenseStatement("other", "modified-mit", link)
    stated = replace(KIMI, facts=replace(KIMI.facts, license=statement))
    assert fields_of(stated)[0].startswith(f"*Licence*\n{start}")


def fields_of(model: Release) -> list[str]:
    blocks = render_alert(alone(model), NOW).blocks
    return [field["text"] for block in blocks for field in block.get("fields", ())]


@pytest.mark.parametrize(
    ("count", "more"),
    [pytest.param(12, "", id="twelve are listed"), pytest.param(40, "and 28 more", id="forty are not")],
)
def test_a_long_list_of_sizes_is_cut(count: int, more: str) -> None:
    models = tuple(gemma(f"{size}B", size * 10**9, size * 2 * 10**9) for size in range(1, count + 1))
    text = text_of(Wave(GOOGLE, models[0], models))
    assert text.count("•") == 12
    assert (more in text) if more else ("more" not in text)


def test_many_variants_are_named_in_part() -> None:
    kimi = replace(KIMI, artifacts=release(KIMI.name, "m/k", variants=map(str, range(60))).artifacts)
    assert "also as 0, 1, 2, 3 and 56 more" in text_of(alone(kimi))


def test_an_unusable_address_leaves_no_button_and_no_link() -> None:
    model = release(named("Kimi K3"), "moonshotai/K3", [post("K3", "javascript:alert(1)")])
    content = render_alert(alone(model, MOONSHOT), NOW)
    assert "javascript" not in str(content)
    assert all(block["type"] != "actions" for block in content.blocks)


def pressable(content: Content) -> dict[str, str]:
    """Return what stands in the last row by action: a link's address, a value, or a menu's values."""
    row = [block for block in content.blocks if block["type"] == "actions"]
    return {
        element["action_id"]: element.get("url")
        or element.get("value")
        or ", ".join(option["value"] for option in element["options"])
        for block in row
        for element in block["elements"]
    }


def test_an_alert_offers_its_pages_its_details_and_less_of_its_lab() -> None:
    assert pressable(render_alert(alone(KIMI), NOW, interactive=True)) == {
        "open_card": "https://huggingface.co/moonshotai/Kimi-K2.6",
        "open_post": "https://www.kimi.com/blog/kimi-k2-6",
        "details:0": "1",
        "more:0": "run:mute moonshot 7d, run:unsubscribe moonshot, report:1",
    }


def test_where_nobody_listens_to_buttons_there_are_only_links() -> None:
    assert set(pressable(render_alert(alone(KIMI), NOW))) == {"open_card", "open_post"}


def test_a_listing_is_opened_where_there_is_no_other_page() -> None:
    assert set(pressable(render_alert(WAVES["only_a_listing"], NOW))) == {"open_listing"}


@pytest.mark.parametrize(
    ("former", "at", "words"),
    [
        pytest.param(APACHE, NOW, "changed from Apache 2.0 on 20 April", id="this year"),
        pytest.param(APACHE, NOW - timedelta(days=200), "on 2 October 2025", id="another year is named"),
        pytest.param(NOT_STATED, NOW, "changed from not stated on", id="from none"),
    ],
)
def test_a_licence_that_changed_is_marked(former: License, at: datetime, words: str) -> None:
    content = render_alert(alone(KIMI), NOW, change=LicenseChange(former, at))
    assert words in content.text
    assert words in str(content.blocks)


def test_a_licence_that_is_what_it_was_is_not_marked() -> None:
    content = render_alert(alone(KIMI), NOW, change=LicenseChange(MODIFIED_MIT, NOW))
    assert content == render_alert(alone(KIMI), NOW)


def test_the_size_of_one_model_is_what_the_summary_above_it_says() -> None:
    post_of_it = release(
        named("Kimi K3"),
        mentions=[post("Kimi K3", "https://www.kimi.com/blog/kimi-k3")],
        summary="Kimi K3 is a mixture of experts with 2.8T total parameters.",
    )
    weights = release(
        named("Kimi K3 Max"), "moonshotai/Kimi-K3-Max", license=MODIFIED_MIT, parameters=2_780_000_000_000
    )
    alert = render_alert(Wave(MOONSHOT, post_of_it, (post_of_it, weights)), NOW)
    assert "Kimi K3 Max: 2.8T parameters, Modified MIT" in alert.text
    counted = replace(weights, facts=replace(weights.facts, parameters=1_500_000_000_000))
    alert = render_alert(Wave(MOONSHOT, post_of_it, (post_of_it, counted)), NOW)
    assert "1.5T parameters (the lab says 2.8T), Modified" in alert.text
