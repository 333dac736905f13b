"""What comes from outside is shown as it is, and does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.releases.facts.text import URL_LIMIT, clean, shorten, web_address
from bot.views.blocks import escape, link, literal
from tests.support.effort import is_done_within


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Kimi K2.6", "Kimi K2.6", id="an ordinary name stays as it is"),
        pytest.param("a\nb\t c\u2028d\x85e", "a b c d e", id="white space of all kinds becomes one space"),
        pytest.param("K\x00i\x1bm\x7fi\u200b", "Kimi", id="control and zero-width characters go"),
        pytest.param("safe\u202egnp.exe\u2066", "safegnp.exe", id="direction marks go"),
        pytest.param("\ud800x\U000e0041", "x", id="surrogates and hidden tags go"),
        pytest.param("Q&amp;A", "Q&A", id="an entity that survived its source is read"),
        pytest.param("&#8238;abc", "abc", id="an entity hides no direction mark"),
        pytest.param("&#" + "9" * 9_000, "�", id="a number of 9,000 digits does not raise"),
        pytest.param("[the card](https://x.y/z) says", "the card says", id="a Markdown link keeps its words"),
        pytest.param("e" + "\u0301" * 50, "e" + "\u0301" * 3, id="marks do not pile up"),
        pytest.param("新模型 مرحبا", "新模型 مرحبا", id="other scripts stay"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text, 100) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        pytest.param("exact", 5, "exact", id="what fits is not cut"),
        pytest.param("too long", 5, "too…", id="no space stands before the dots"),
        pytest.param("abcde\u0301f", 6, "abcd…", id="a letter keeps its accent or goes with it"),
        pytest.param("abc👍🏽d", 5, "abc…", id="an emoji keeps its skin tone or goes with it"),
    ],
)
def test_shorten(text: str, limit: int, shown: str) -> None:
    assert shorten(text, limit) == shown


@pytest.mark.parametrize(
    ("text", "mrkdwn"),
    [
        pytest.param("<!channel> & co", "&lt;!channel&gt; &amp; co", id="nobody is pinged"),
        pytest.param("&lt;!here&gt;", "&lt;!here&gt;", id="nor by an entity that comes escaped"),
        pytest.param("*a* `b` ~c~", "∗a∗ ʼbʼ ∼c∼", id="formatting marks format nothing"),
        pytest.param("snake_case_name", "snake_case_name", id="a name can still be copied"),
    ],
)
def test_literal(text: str, mrkdwn: str) -> None:
    assert literal(text, 100) == mrkdwn


@pytest.mark.parametrize(
    ("url", "address"),
    [
        pytest.param("https://x.y/a?b=c&d#e", "https://x.y/a?b=c&d#e", id="an ordinary address"),
        pytest.param("HTTP://x.y", "http://x.y", id="a scheme in capitals"),
        pytest.param(" https://x.y/a b|c>d\n", "https://x.y/a%20b%7Cc%3Ed", id="what ends a link is encoded"),
        pytest.param("https://x.y/模型", "https://x.y/%E6%A8%A1%E5%9E%8B", id="a path in another script"),
        pytest.param("javascript:alert(1)", "", id="no other scheme"),
        pytest.param("https://user@evil.example/", "", id="no user name before the host"),
        pytest.param("https://huggingfасe.co/", "", id="no look-alike host"),
        pytest.param("//x.y/z", "", id="no address without a scheme"),
        pytest.param("", "", id="no address"),
        pytest.param("https://x.y/" + "a" * URL_LIMIT, "", id="no address that fills the message"),
        pytest.param("https://x.y/\ud800*", "https://x.y/?%2A", id="a surrogate does not raise"),
    ],
)
def test_web_address(url: str, address: str) -> None:
    assert web_address(url) == address


@pytest.mark.parametrize(
    ("url", "label", "mrkdwn"),
    [
        pytest.param(
            "https://x.y/?a&b", "A|B>C", "<https://x.y/?a&amp;b|A¦B&gt;C>", id="a label ends nothing"
        ),
        pytest.param("ftp://x.y", "A & B", "A &amp; B", id="an unusable address leaves the label"),
        pytest.param("https://x.y", "\u200b", "", id="nothing to show, nothing to click"),
    ],
)
def test_link(url: str, label: str, mrkdwn: str) -> None:
    assert link(url, label, 20) == mrkdwn


@given(st.text(st.characters(exclude_categories=()), max_size=300), st.integers(3, 80))
def test_cleaning_is_bounded_and_idempotent_in_length(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert shown == shown.strip()
    assert escape(shown).count("<") == 0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 10_000, id="letters"),
        pytest.param("&" * 10_000, id="ampersands"),
        pytest.param("](" * 5_000, id="ends of links"),
        pytest.param("[" * 10_000, id="beginnings of links"),
        pytest.param("[x](" * 2_500, id="links that never end"),
        pytest.param("\u0301" * 10_000, id="marks"),
        pytest.param("\u202e" * 10_000, id="direction marks"),
        pytest.param(" " * 10_000, id="spaces"),
    ],
)
def test_ten_thousand_hostile_characters_take_no_time(text: str) -> None:
    assert is_done_within(0.05, lambda: link("https://x.y/" + text, text, 100))
