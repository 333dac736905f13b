"""Text from outside is hostile until it is one line without invisible marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.releases.facts.text import mentions
from bot.sources.text import absolute, clean, links_in, parse_html, plain_text
from tests.support.effort import is_done_within


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        pytest.param(" Kimi\n\tK2.6 \x00", "Kimi K2.6", id="white space becomes one space, controls go"),
        pytest.param("safe\u202etxet", "safetxet", id="marks that turn the direction go"),
        pytest.param("K2\ud800.6", "K2.6", id="lone surrogates go: they cannot be stored"),
        pytest.param("Claudeâ\x80\x99s", "Claude’s", id="doubly encoded text is mended"),
        pytest.param("ClaudeÃ¢Â\x80Â\x99s", "Claude’s", id="trebly encoded text as well"),
        pytest.param("Château Â 5", "Château Â 5", id="accents that look like it stay"),
        pytest.param("x" * 10_000, "x" * 300, id="a name of 10,000 characters is cut"),
        pytest.param(None, "", id="what is no text is nothing"),
        pytest.param(5, "", id="a number is no text"),
    ],
)
def test_clean(raw: object, shown: str) -> None:
    assert clean(raw) == shown


@given(st.text())
def test_clean_text_is_stable_and_can_be_stored(raw: str) -> None:
    shown = clean(raw)
    assert clean(shown) == shown
    assert len(shown) <= 300
    assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("<p>Kimi <b>K2.6</b></p><script>alert(1)</script>", "Kimi K2.6", id="tags and scripts"),
        pytest.param("Q&amp;A &lt; 5", "Q&A < 5", id="entities without tags"),
        pytest.param('<?xml version="1.0"?><p>K2</p>', "K2", id="an XML declaration in between"),
        pytest.param("5 < 6", "5 < 6", id="a lone bracket"),
        pytest.param("https://lab.example/", "https://lab.example/", id="an address alone"),
    ],
)
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_links_are_completed_and_listed_once() -> None:
    body = (
        '<a href="/m">1</a> <a href="https://huggingface.co/moonshotai/Kimi-K2.6">2</a> <a href="/m">3</a>'
        '<a href="mailto:x@y.z">mail</a><a href="javascript:x()">js</a><a href="http://[">broken</a><a>none</a>'
    )
    links = links_in(body, "https://lab.example/blog")
    assert links == ("https://lab.example/m", "https://huggingface.co/moonshotai/Kimi-K2.6")


def test_no_more_links_than_a_post_can_be_about() -> None:
    body = "".join(f'<a href="/{number}">x</a>' for number in range(500))
    assert len(links_in(body, "https://lab.example/")) == 50


@pytest.mark.parametrize(
    "hostile", ["<a " * 400_000, "<!--" * 200_000, "<div>" * 100_000, "<?" * 300_000, "&" * 10**6]
)
def test_hostile_markup_is_read_in_no_time(hostile: str) -> None:
    assert is_done_within(2, lambda: links_in(hostile, "https://lab.example/"))


@pytest.mark.parametrize(
    ("words", "text", "kept"),
    [
        pytest.param((), "anything", True, id="no words keep everything"),
        pytest.param(("Nemotron", "Cosmos"), "Cosmos-Reason2-8B", True, id="a word of the name"),
        pytest.param(("nemotron",), "Llama-3_3-Nemotron-Super-49B-v1", True, id="in any case and place"),
        pytest.param(("Hy",), "Hy3-preview", True, id="a version may follow at once"),
        pytest.param(("Hy",), "Hybrid-7B", False, id="other letters may not"),
        pytest.param(("Phi-4",), "phi_4-mini", True, id="however it is joined"),
        pytest.param(("Phi-4",), "phi-3-mini", False, id="all parts of the word count"),
        pytest.param(("Cosmos",), "Microcosmos", False, id="the end of another word does not count"),
        pytest.param((".*",), "anything", False, id="a word is no pattern"),
        pytest.param(
            ("Nemotron",), "NVIDIA-NemotronLabs-VoiceChat-11B", True, id="a capital begins another word"
        ),
        pytest.param(("molmo",), "MolmoMotion-4B-H3-F30", True, id="in whatever case it is asked for"),
        pytest.param(("SAM",), "SAMAudio-large", True, id="so it does after capitals"),
        pytest.param(("GR00T",), "GR00TDreams", True, id="and after digits"),
        pytest.param(("HY",), "HYBRID-7B", False, id="capitals that go on are the same word"),
        pytest.param(("MAI",), "MAIN-1", False, id="as they are here"),
        pytest.param(("Llama",), "TinyLlama-1B", False, id="what stands before it makes another word"),
    ],
)
def test_mentions(words: tuple[str, ...], text: str, kept: bool) -> None:
    assert mentions(words, text) is kept


def test_absolute_refuses_what_is_no_web_address() -> None:
    assert absolute("/a b", "https://lab.example/x/") == "https://lab.example/a b"
    assert [absolute(link, "https://lab.example/") for link in ("ftp://x/y", "data:text/html,x")] == ["", ""]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("GLM<b>-5.1</b>", "GLM -5.1", id="tags part words"),
        pytest.param(
            "<!-- x --><style>p {}</style>K2 <img src='a", "K2", id="what does not show, and a cut tag"
        ),
        pytest.param("<script>K3", "", id="a script without an end"),
        pytest.param("a < b > c", "a < b > c", id="brackets that are no tags"),
        pytest.param("&#" + "9" * 5_000 + ";", "\ufffd", id="a number too long to be one"),
    ],
)
def test_plain_text_of_damaged_markup(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_a_page_in_utf_16_is_no_reason_to_warn() -> None:
    assert parse_html("<\0?\0x\0m\0l\0?\0>\0<\0p\0>\0K\0" + "2\0").get_text() == "K2"
