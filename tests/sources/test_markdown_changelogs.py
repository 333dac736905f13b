"""Changelogs in Markdown, in the shapes in which documentation sites give them out."""

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Failure, SourceError
from bot.sources.markdown import markdown_entries

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


@pytest.mark.parametrize(
    ("text", "posts"),
    [
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


pieces = st.lists(
    st.sampled_from(
        [
            "# ",
            "## ",
            "- ",
            "2026-04-20",
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


@settings(deadline=None)
@given(pieces.map("".join))
def test_every_post_has_a_title_and_nothing_breaks(text: str) -> None:
    assert all(entry.title for entry in markdown_entries(text, BASE, NOW))


@pytest.mark.parametrize("piece", ['<Card "', "<Update ", "```\n", "~~~", "# ", "[", "[a](b", "\\", "* "])
def test_hostile_text_is_read_in_no_time(piece: str) -> None:
    began = time.process_time()
    with suppress(SourceError):
        markdown_entries(piece * (1_000_000 // len(piece)), BASE, NOW)
    assert time.process_time() - began < 2


def test_more_headings_than_a_changelog_can_have_are_refused() -> None:
    with pytest.raises(SourceError, match="more than 20,000 headings") as caught:
        markdown_entries("# x\n" * 20_001, BASE, NOW)
    assert caught.value.failure is Failure.TOO_LARGE
