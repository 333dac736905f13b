"""What a digest says."""

from dataclasses import replace
from datetime import date

import pytest

from bot.cadence.news import Limit, Silence
from bot.records import Content
from bot.views.digest import Digest, days_words, render_digest
from tests.cadence.releasing import shipped
from tests.support.builders import APACHE, GEMMA_SIZES, GOOGLE, KIMI, alone, named, release

GEMMA = alone(replace(GEMMA_SIZES[0], license=APACHE), GOOGLE)
LINEAR = alone(release(named("Kimi Linear"), "moonshotai/Kimi-Linear"))
LONG = Silence(
    shipped("2026-03-02", "DeepSeek V4", "deepseek", lab_name="DeepSeek"),
    date(2026, 4, 10),
    Limit(38, "its longest gap in a year"),
    35.0,
    None,
)
WEEK = Digest(
    [GEMMA, alone(KIMI), LINEAR],
    [GEMMA, alone(KIMI)],
    [LONG],
    [],
    date(2026, 4, 13),
    date(2026, 4, 19),
    "weekly mon 09:00 Europe/Berlin",
)


def texts(content: Content) -> list[str]:
    found = []
    for block in content.blocks:
        found += [block["text"]["text"]] if "text" in block else []
        found += [element["text"] for element in block.get("elements", ())]
    return found


def test_a_week_is_told_lab_by_lab_with_licence_and_size() -> None:
    title, counts, google, moonshot, beside, quiet, schedule = texts(render_digest(WEEK))
    assert beside.splitlines() == [
        "*Beside the period before*",
        "3 releases: 1 more than in the period before.",
        "The fastest: Moonshot AI 2 (before: 1).",
        "Permissive licences: 50% of those stated (before: 50%).",
    ]
    assert title == "Model releases, 13–19 April"
    assert counts == "3 releases · 2 labs · 1 with a permissive licence"
    page = "https://huggingface.co/google/gemma-4-31B-it"
    assert google == f"*Google*\n• <{page}|Gemma 4 31B> · 🟢 Apache 2.0, permissive · 31B parameters"
    assert moonshot.splitlines()[1].endswith(
        "|Kimi K2.6> · 🟡 Modified MIT, with conditions · 1.0T parameters, 32B active"
    )
    assert moonshot.splitlines()[2].endswith("|Kimi Linear> · ⚪ licence not stated · size not stated")
    assert quiet.splitlines() == [
        "*Quiet*",
        "DeepSeek: 48 days since DeepSeek V4 (median gap 35)",
    ]
    assert schedule.startswith("Comes weekly mon 09:00 Europe/Berlin · change with `/releases digest")


def test_the_text_says_the_same_in_a_sentence() -> None:
    assert render_digest(WEEK).text == (
        "Model releases, 13–19 April: 3 releases from 2 labs. "
        "Google: Gemma 4 31B; Moonshot AI: Kimi K2.6, Kimi Linear"
    )


@pytest.mark.parametrize(
    ("count", "more"),
    [pytest.param(30, "", id="thirty are listed"), pytest.param(35, "and 5 more", id="more are counted")],
)
def test_a_long_digest_is_cut(count: int, more: str) -> None:
    shown = texts(render_digest(replace(WEEK, waves=[LINEAR] * count)))
    assert "\n".join(shown).count("• ") == 30
    assert any(text.startswith("and ") for text in shown) == bool(more)
    assert more in "\n".join(shown)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        pytest.param(date(2026, 4, 19), date(2026, 4, 19), "19 April", id="a day"),
        pytest.param(date(2026, 4, 19), date(2026, 4, 18), "19 April", id="less than a day"),
        pytest.param(date(2026, 4, 13), date(2026, 4, 19), "13–19 April", id="a week"),
        pytest.param(date(2026, 4, 27), date(2026, 5, 3), "27 April – 3 May", id="across two months"),
        pytest.param(date(2025, 12, 29), date(2026, 1, 4), "29 December – 4 January", id="across two years"),
    ],
)
def test_the_days_in_words(first: date, last: date, words: str) -> None:
    assert days_words(first, last) == words
