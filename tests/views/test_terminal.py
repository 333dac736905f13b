"""How mrkdwn looks on a terminal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style

from bot.records import Content
from bot.releases.facts.text import clean
from bot.views.blocks import bar_chart, fields, literal, section
from bot.views.terminal import card, page, rich_text


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        pytest.param("*bold* _it_ ~no~ `code`", "bold it no code", id="marks are read"),
        pytest.param("*<https://x.y|a name>*", "a name", id="a link within bold"),
        pytest.param("<https://x.y?a&amp;b>", "https://x.y?a&b", id="a link without a label"),
        pytest.param(
            "on <!date^1^{date}|1970-01-01 UTC>", "on 1970-01-01 UTC", id="a date shows its fallback"
        ),
        pytest.param("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;", id="entities are read once"),
        pytest.param("snake_case_name 3*4*5", "snake_case_name 3*4*5", id="marks inside words are none"),
        pytest.param("[red]text[/red]", "[red]text[/red]", id="rich's own markup is text"),
        pytest.param("* not bold *", "* not bold *", id="marks beside blanks are none"),
        pytest.param("in <#C0123> <@U0123>", "in #C0123 @U0123", id="channels and people show their ids"),
        pytest.param("`/releases mute qwen 7d`", "`cadencebot mute qwen 7d`", id="a command is typed here"),
        pytest.param("`/releases help recent`", "`cadencebot recent --help`", id="help is an option here"),
        pytest.param("`/releases help`", "`cadencebot --help`", id="all help as well"),
    ],
)
def test_rich_text(mrkdwn: str, shown: str) -> None:
    assert rich_text(mrkdwn).plain == shown


def test_links_and_styles_reach_the_terminal() -> None:
    text = rich_text("*<https://x.y|a>* b")
    [bold, link] = text.spans
    assert isinstance(link.style, Style)
    assert (bold.style, link.style.link) == ("bold", "https://x.y")


@given(st.text(max_size=60))
def test_what_outside_wrote_is_shown_as_it_is(text: str) -> None:
    shown = clean(text, 80)
    if "_" not in shown:
        assert rich_text(literal(text, 80)).plain == shown.translate(str.maketrans("*`~", "∗ʼ∼"))


def test_a_message_without_blocks_is_its_text() -> None:
    printed = io.StringIO()
    screen = Console(file=printed, width=60, color_system=None)
    screen.print(card(Content("Words &amp; more"), "releases"))
    assert "│ Words & more │" in printed.getvalue()


def printed(content: Content, width: int, *, addresses: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(page(content, addresses=addresses))
    return out.getvalue()


def test_facts_names_and_items_stay_together() -> None:
    text = "1. *A Model* · The Lab · 2026-04-20\n🟢 MIT, permissive · 27B parameters"
    assert printed(Content("", [section(text)]), 24) == (
        "1. A Model · The Lab ·\n   2026-04-20\n   🟢 MIT, permissive ·\n   27B parameters\n"
    )


def test_a_word_too_long_for_its_place_goes_below_its_title_whole() -> None:
    content = Content(
        "", [fields(("Download", "A-Name-As-Long-As-This")), section("• A-Name-As-Long-As-This")]
    )
    assert printed(content, 40) == "Download  A-Name-As-Long-As-This\n• A-Name-As-Long-As-This\n"
    assert printed(content, 22) == "Download\nA-Name-As-Long-As-This\n•\nA-Name-As-Long-As-This\n"


def test_a_link_has_its_address_behind_it_where_asked() -> None:
    content = Content("", [section("• <https://x.y/z|a page>, 20 April")])
    assert printed(content, 60) == "• a page, 20 April\n"
    assert printed(content, 60, addresses=True) == "• a page <https://x.y/z>, 20 April\n"


def test_a_chart_is_bars() -> None:
    chart = Content("", [bar_chart("Releases", "Releases", [("Qwen", 6), ("Google", 1), ("NVIDIA", 0)])])
    assert printed(chart, 40) == "Releases\nQwen    ████████████ 6\nGoogle  ██ 1\nNVIDIA  0\n"


@given(st.text(max_size=200), st.integers(10, 90))
def test_whatever_outside_wrote_no_line_is_wider_and_no_word_that_fits_is_broken(
    text: str, width: int
) -> None:
    shown = literal(text, 300)
    lines = printed(Content("", [section(f"• *{shown}* · {shown}")]), width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    whole = [word for word in rich_text(shown).plain.split() if cell_len(word) <= width]
    assert [word for word in whole if word not in " ".join(lines)] == []
