"""Changelogs in Markdown, in the shapes in which documentation sites give them out."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure, SourceError
from bot.sources.markdown import markdown_entries
from tests.support.effort import is_done_within

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BASE = "https://lab.example/docs/log.md"

DATES_OVER_CARDS = """# Models
#### Mar 18, 2026
<Card title="MiniMax-M2.7" icon="x" href="/docs/m27">
  It improves itself.
</Card>
<Card
  title="MiniMax-M2.7-highspeed" href="/docs/m27-fast">
</Card>
#### Mar. 2026
<Card title='Music-2.6' href='https://music.example/'></Card>
"""
UPDATES_WITH_NAMES = """
<Update label="2026-04-07" description="GLM-5.1">
  * For long tasks, see [the guide](/guides/glm-5.1)
  ### Details
  <Card title="Quickstart" href="/quickstart"></Card>
</Update>
<Update label="GLM-5" description="February 12, 2026">Text</Update>
"""
UPDATES_OVER_HEADINGS = """
<Update label="April 2026">
## Kimi K2.6
Better at code.
### Benchmarks
## Kimi Vision
</Update>
## Older
"""
DATES_OVER_HEADINGS = """# Change log
## Date: 2025-12-01
### DeepSeek-V3.2
#### Details
- faster
### [DeepSeek-V3.2-Speciale](/news/news251201)
## Appendix
### Not a post
"""
DATES_OVER_LISTS = """# Changelog
## April 2, 2026
- Released `gemini-3.1-flash-lite`, see the [model page](/m).
- **Deprecated:** the old one
## March 26, 2026
Released **Gemma 4**.

More about it.
## March 1, 2026
"""
DATES_WITH_NAMES = """
## 2026-04-20 Kimi K2.6
### What is new
- [weights](https://huggingface.co/moonshotai/Kimi-K2.6)
## Kimi K2.5 (January 27, 2026)
```
## 2020-01-01 In code
```
"""
LINKS = """# Docs
## Guides
- [Kimi K2.6 quickstart](https://lab.example/guide/kimi-k2-6.md)
* [Pricing](/pricing)
- plain
"""
MONTHS_WITHOUT_YEAR = """#### Release Notes

# Release Notes

## October

### Grok 8.7

Grok 8.7 is now available.

## August

### Grok 8.6
## March
### Grok 8.2 and Grok 8.2 Multi-agent are live

* See the [docs](/developers/multi-agent)

## December 2025

### Grok Voice API is released

## November
### Grok 4.1
"""
A_MONTH_THEN_ITS_DAYS = """# Changelog

## September, 2026

### Sep 21

Update · Model: gpt-9-sol

GPT-9 Sol now costs less. It was dear.

### Sep 3

Feature · Model: gpt-9-sol · Model: gpt-9-luna

Released the GPT-9 model family, including Sol and Luna.

Feature · Model: whisper-9.1

Released Whisper 9.1.

### 1st

#### GPT-8.9
Text.
## August, 2026
- Nothing
"""
A_YEAR_ITS_MONTHS_AND_THEIR_DAYS = """# 2026年
## 6 月
### 21日
- 发布 MiniMax-M9
### 6 月 3 日：MiniMax-M8.5
## 5月
# 2025
## Dec. 30
### Music-2
"""
CHINESE_DATES = """
## 2026 年 6 月 1 日
<Card title="MiniMax M9" href="/docs/models-intro">
</Card>
## 2026 年 4 月
<Card title="Music-9.6" href="/docs/music">
</Card>
"""
NAMES_IN_BOLD = """
## 2026-10-27

👀 **[GLM-9.3-Flash](https://lab.example/guides/vlm/glm-9.3-flash)**

- It sees.
- It reads GLM-5's answers.

**GLM-9.3**

It thinks.

## 2026-10-20

**New features**

- Released GLM-9.2
- Bug fixes

## 2026-10-13

A new model for [images](https://lab.example/guides/image/cogview-9/).
"""
HEADINGS_THAT_SORT = """
## October 2026
### 24
#### New models
- Released GPT-9.
- Released GPT-9 mini.
#### Bug fixes
It works again.
### 3
#### GPT-8.9
##### Added
- A tool
## September 2026
### Known issues
### 新模型
- GLM-9
### Sora
"""
PARAGRAPHS = """
## October 24, 2026

We've launched Claude Opus 9 (`claude-opus-9`), a step-change in work.
It goes on here.

It is our best model.

We've also launched [Claude Haiku 9](/haiku) (`claude-haiku-9`).
## October 3, 2026
Two of them:

1. We've retired Claude Opus 4.
2. We've launched **Claude Sonnet 9**.
"""


TABLES = """
## 2026-10-24

| Model | What is new |
|---|:---:|
| [GLM-9](/guides/glm-9) | our best |
| `GLM-9-Air` | |

## 2026-10-20

**GLM-8.9** is out, and better than others:

| Model | Score |
|---|---|
| GLM-8 | 55 |
"""
WHAT_GOES = """
## 2026-10-24
### Removed
- GLM-3
- GLM-3-Turbo
### Added
- GLM-9
## 2026-10-20
| Model | Shutdown date |
|---|---|
| GLM-3 | soon |

| Model | |
|---|---|
| GLM-8 | new |
## 2026-10-10
### Launches and deprecations
- GLM-7
"""
DAYS_IN_OTHER_LANGUAGES = """
## Octobre 2026
### 20 octobre
- **Mistral Medium 9** est disponible
## Oktober 2026
### 3.
- **Ministral 9** ist da
## 2026年9月
### 9月20日（日）
MiniMax-M9 を公開
### Wed 2
MiniMax-M8 を公開
"""
ODD_SPELLINGS = """
## October 20, 2026 ##
### GLM-9 ###
<Update label={"2026-10-03"} description={'GLM-8'}>
It is here.
</Update>
<Update label="Sep 14, 2026 – Sep 18, 2026">
## GLM-7
</Update>
"""


@pytest.mark.parametrize(
    ("text", "posts"),
    [
        pytest.param(
            TABLES,
            [
                ("GLM-9: our best", "2026-10-24", "day", "https://lab.example/guides/glm-9"),
                ("GLM-9-Air", "2026-10-24", "day", ""),
                ("GLM-8.9 is out, and better than others:", "2026-10-20", "day", ""),
            ],
            id="rows of a table that is all there is",
        ),
        pytest.param(
            WHAT_GOES,
            [
                ("GLM-9", "2026-10-24", "day", ""),
                ("GLM-8: new", "2026-10-20", "day", ""),
                ("GLM-7", "2026-10-10", "day", ""),
            ],
            id="nothing of what is listed because it goes",
        ),
        pytest.param(
            DAYS_IN_OTHER_LANGUAGES,
            [
                ("Mistral Medium 9 est disponible", "2026-10-20", "day", ""),
                ("Ministral 9 ist da", "2026-10-03", "day", ""),
                ("MiniMax-M9 を公開", "2026-09-20", "day", ""),
                ("MiniMax-M8 を公開", "2026-09-02", "day", ""),
            ],
            id="days in other languages",
        ),
        pytest.param(
            ODD_SPELLINGS,
            [
                ("GLM-9", "2026-10-20", "day", ""),
                ("GLM-8", "2026-10-03", "day", ""),
                ("GLM-7", "2026-09-14", "day", ""),
            ],
            id="closed headings, braces around attributes, from day to day",
        ),
        pytest.param(
            MONTHS_WITHOUT_YEAR,
            [
                ("Grok 8.7", "2026-10-01", "month", ""),
                ("Grok 8.6", "2026-08-01", "month", ""),
                ("Grok 8.2 and Grok 8.2 Multi-agent are live", "2026-03-01", "month", ""),
                ("Grok Voice API is released", "2025-12-01", "month", ""),
                ("Grok 4.1", "2025-11-01", "month", ""),
            ],
            id="months without their year (xAI)",
        ),
        pytest.param(
            A_MONTH_THEN_ITS_DAYS,
            [
                ("GPT-9 Sol now costs less. It was dear.", "2026-09-21", "day", ""),
                ("Released the GPT-9 model family, including Sol and Luna.", "2026-09-03", "day", ""),
                ("Released Whisper 9.1.", "2026-09-03", "day", ""),
                ("GPT-8.9", "2026-09-01", "day", ""),
                ("Nothing", "2026-08-01", "month", ""),
            ],
            id="a month, and its days below it (OpenAI)",
        ),
        pytest.param(
            A_YEAR_ITS_MONTHS_AND_THEIR_DAYS,
            [
                ("发布 MiniMax-M9", "2026-06-21", "day", ""),
                ("MiniMax-M8.5", "2026-06-03", "day", ""),
                ("Music-2", "2025-12-30", "day", ""),
            ],
            id="a year, its months and their days",
        ),
        pytest.param(
            CHINESE_DATES,
            [
                ("MiniMax M9", "2026-06-01", "day", "https://lab.example/docs/models-intro"),
                ("Music-9.6", "2026-04-01", "month", "https://lab.example/docs/music"),
            ],
            id="Chinese dates with spaces (MiniMax)",
        ),
        pytest.param(
            NAMES_IN_BOLD,
            [
                ("👀 GLM-9.3-Flash", "2026-10-27", "day", "https://lab.example/guides/vlm/glm-9.3-flash"),
                ("GLM-9.3", "2026-10-27", "day", ""),
                ("New features", "2026-10-20", "day", ""),
                ("Released GLM-9.2", "2026-10-20", "day", ""),
                ("Bug fixes", "2026-10-20", "day", ""),
                ("cogview-9", "2026-10-13", "day", "https://lab.example/guides/image/cogview-9/"),
            ],
            id="names in bold, or in a link alone (Z.ai)",
        ),
        pytest.param(
            HEADINGS_THAT_SORT,
            [
                ("Released GPT-9.", "2026-10-24", "day", ""),
                ("Released GPT-9 mini.", "2026-10-24", "day", ""),
                ("It works again.", "2026-10-24", "day", ""),
                ("GPT-8.9", "2026-10-03", "day", ""),
                ("GLM-9", "2026-09-01", "month", ""),
                ("Sora", "2026-09-01", "month", ""),
            ],
            id="headings that sort what stands below them, under mere numbers of days",
        ),
        pytest.param(
            PARAGRAPHS,
            [
                (
                    "We've launched Claude Opus 9 (claude-opus-9), a step-change in work.",
                    "2026-10-24",
                    "day",
                    "",
                ),
                (
                    "We've also launched Claude Haiku 9 (claude-haiku-9).",
                    "2026-10-24",
                    "day",
                    "https://lab.example/haiku",
                ),
                ("Two of them:", "2026-10-03", "day", ""),
                ("We've retired Claude Opus 4.", "2026-10-03", "day", ""),
                ("We've launched Claude Sonnet 9.", "2026-10-03", "day", ""),
            ],
            id="sentences under dates (Anthropic)",
        ),
        pytest.param(
            DATES_OVER_CARDS,
            [
                ("MiniMax-M2.7", "2026-03-18", "day", "https://lab.example/docs/m27"),
                ("MiniMax-M2.7-highspeed", "2026-03-18", "day", "https://lab.example/docs/m27-fast"),
                ("Music-2.6", "2026-03-01", "month", "https://music.example/"),
            ],
            id="cards under dates (MiniMax)",
        ),
        pytest.param(
            UPDATES_WITH_NAMES,
            [("GLM-5.1", "2026-04-07", "day", ""), ("GLM-5", "2026-02-12", "day", "")],
            id="updates with a name (Z.ai)",
        ),
        pytest.param(
            UPDATES_OVER_HEADINGS,
            [("Kimi K2.6", "2026-04-01", "month", ""), ("Kimi Vision", "2026-04-01", "month", "")],
            id="headings in updates",
        ),
        pytest.param(
            DATES_OVER_HEADINGS,
            [
                ("DeepSeek-V3.2", "2025-12-01", "day", ""),
                ("DeepSeek-V3.2-Speciale", "2025-12-01", "day", "https://lab.example/news/news251201"),
            ],
            id="headings under dates (DeepSeek, xAI)",
        ),
        pytest.param(
            DATES_OVER_LISTS,
            [
                ("Released gemini-3.1-flash-lite, see the model page.", "2026-04-02", "day", ""),
                ("Deprecated: the old one", "2026-04-02", "day", ""),
                ("Released Gemma 4.", "2026-03-26", "day", ""),
            ],
            id="lists and lines under dates (Gemini)",
        ),
        pytest.param(
            DATES_WITH_NAMES,
            [("Kimi K2.6", "2026-04-20", "day", ""), ("Kimi K2.5", "2026-01-27", "day", "")],
            id="headings with both",
        ),
        pytest.param(
            LINKS,
            [
                ("Kimi K2.6 quickstart", None, None, "https://lab.example/guide/kimi-k2-6.md"),
                ("Pricing", None, None, "https://lab.example/pricing"),
            ],
            id="lists of links (llms.txt)",
        ),
        pytest.param("# Title\n\nSome text.\n", [], id="no changelog"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_changelogs(text: str, posts: list[tuple[str | None, ...]]) -> None:
    found = [
        (
            entry.title,
            entry.published and f"{entry.published.at:%Y-%m-%d}",
            entry.published and entry.published.precision,
            entry.link,
        )
        for entry in markdown_entries(text, BASE, NOW)
    ]
    assert found == posts


def test_what_stands_below_a_post_is_its_text() -> None:
    first, second = markdown_entries(DATES_WITH_NAMES, BASE, NOW)
    assert '<a href="https://huggingface.co/moonshotai/Kimi-K2.6">weights</a>' in first.body
    assert "K2.5" not in first.body
    assert second.body.strip() == ""


@pytest.mark.parametrize(
    ("today", "dates"),
    [
        pytest.param("2026-12-31", ["2026-12", "2026-11", "2026-02"], id="at the end of the year"),
        pytest.param("2027-01-05", ["2026-12", "2026-11", "2026-02"], id="after the new year"),
        pytest.param("2027-11-05", ["2026-12", "2026-11", "2026-02"], id="when nothing came for most of it"),
        pytest.param("2026-11-30", ["2026-12", "2026-11", "2026-02"], id="where it is December already"),
    ],
)
def test_months_without_a_year_stay_in_theirs(today: str, dates: list[str]) -> None:
    text = "## December\n### K3\n## November\n### K2\n## February\n### K1\n"
    found = markdown_entries(text, BASE, datetime.fromisoformat(f"{today}T12:00:00+00:00"))
    assert [f"{entry.published.at:%Y-%m}" for entry in found if entry.published] == dates


@pytest.mark.parametrize(
    ("months", "dates"),
    [
        pytest.param("January December", ["2027-01", "2026-12"], id="a new year stands above the old one"),
        pytest.param("January March December", ["2027-01", "2027-03", "2026-12"], id="in disorder"),
        pytest.param("January February March", ["2027-01", "2027-02", "2027-03"], id="the oldest first"),
        pytest.param("March|December 2025|June", ["2027-03", "2025-12", "2025-06"], id="after a year"),
        pytest.param("April|March", ["2026-04", "2026-03"], id="none is in the future"),
    ],
)
def test_a_month_without_a_year_goes_with_the_one_before(months: str, dates: list[str]) -> None:
    headings = months.split("|") if "|" in months else months.split()
    text = "".join(f"## {month}\n### K{number}\n" for number, month in enumerate(headings))
    found = markdown_entries(text, BASE, datetime(2027, 3, 20, tzinfo=UTC))
    assert [f"{entry.published.at:%Y-%m}" for entry in found if entry.published] == dates


def test_a_heading_that_is_a_date_to_come_is_no_name() -> None:
    assert markdown_entries("## 2026-10-01\n### 2031-01-01\n### K3\n", BASE, NOW)[0].title == "K3"


pieces = st.lists(
    st.sampled_from(
        [
            "# ",
            "## ",
            "- ",
            "2026-04-20",
            "September",
            "Sep 3",
            "2026",
            "**K2**",
            " · ",
            "<Update label='",
            '<Card title="',
            "'>",
            '">',
            "</Update>",
            "[a](b)",
            "```",
            "\n",
            "x",
            "\\",
            "*",
        ]
    ),
    max_size=30,
)


@given(pieces.map("".join))
def test_every_post_has_a_title_and_nothing_breaks(text: str) -> None:
    assert all(entry.title for entry in markdown_entries(text, BASE, NOW))


@pytest.mark.parametrize("piece", ['<Card "', "<Update ", "```\n", "~~~", "# ", "[", "[a](b", "\\", "* "])
def test_hostile_text_is_read_in_no_time(piece: str) -> None:
    def read() -> None:
        with suppress(SourceError):
            markdown_entries(piece * (1_000_000 // len(piece)), BASE, NOW)

    assert is_done_within(2, read)


@pytest.mark.parametrize("piece", [" ", "#", " #", "# ", "|", " |", "| -", "-"])
def test_a_heading_or_row_that_goes_on_and_on_is_read_in_no_time(piece: str) -> None:
    endless = piece * (200_000 // len(piece))
    text = f"## GLM-9 {endless}x\n## 2026-04-20\n|{endless}|\n|-{endless}x|\n"
    assert is_done_within(2, lambda: markdown_entries(text, BASE, NOW))


def test_more_headings_than_a_changelog_can_have_are_refused() -> None:
    with pytest.raises(SourceError, match="more than 20,000 headings") as caught:
        markdown_entries("# x\n" * 20_001, BASE, NOW)
    assert caught.value.failure is Failure.TOO_LARGE
