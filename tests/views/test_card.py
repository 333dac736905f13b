"""How mrkdwn looks on a terminal."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style

from bot.records import Content
from bot.releases.facts.visible import clean
from bot.views.card import card, rich_text
from bot.views.escape import literal


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
