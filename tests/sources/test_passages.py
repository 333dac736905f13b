"""Bodies as plain text: lines, links, and what data says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetch import Response
from bot.sources.entries import Entry
from bot.sources.passages import page_passage, post_passage, post_passages
from tests.support.effort import is_done_within

SITE = "https://z.example"
URL = f"{SITE}/blog"


def page(body: str) -> tuple[str, list[str]]:
    passage = page_passage(Response(URL, 200, {}, body.encode("utf-8", "replace")), "zai")
    return " | ".join(line.strip() for line in passage.text.splitlines() if line.strip()), [
        link.url for link in passage.links
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("<html><p>one</p><p>two</p>", "one | two", id="blocks are lines"),
        pytest.param("<html><p>GLM<b>-5.2</b> and", "GLM-5.2 and", id="bold parts of a word stay together"),
        pytest.param("<html>GLM<wbr>-5.2", "GLM-5.2", id="so do those that may be broken"),
        pytest.param("<html><span>GLM</span><span>5</span>", "GLM  5", id="other tags part words"),
        pytest.param("<html>a<script>GLM-6</script><style>x", "a", id="scripts are not read"),
        pytest.param("<html>a<!-- > GLM-6 -->b", "ab", id="nor comments, which part no word"),
        pytest.param("<html>5 &lt; 6 &amp; 7 &#8211; 8", "5 < 6 & 7 – 8", id="references are characters"),
        pytest.param("# April\n\n- [GLM-6](/m/glm-6)", "# April | -  GLM-6", id="Markdown"),
        pytest.param(json.dumps({"a": [{"t": "one"}, {"t": "two", "n": 3}]}), "one | two", id="JSON"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_text_of_a_page(body: str, text: str) -> None:
    assert page(body)[0] == text


@pytest.mark.parametrize(
    ("body", "links"),
    [
        pytest.param("<html><a href='/a'>x</a><a href=b>y</a>", [f"{SITE}/a", f"{SITE}/b"], id="HTML"),
        pytest.param("See [it](/m/glm-6).", [f"{SITE}/m/glm-6"], id="Markdown"),
        pytest.param(
            json.dumps({"t": "GLM-6", "u": "/m/6", "i": "/m/6.png"}),
            [f"{SITE}/m/6"],
            id="JSON",
        ),
        pytest.param("<html><a href='javascript:x'>x</a>", [], id="no scripts"),
    ],
)
def test_the_links_of_a_page(body: str, links: list[str]) -> None:
    assert page(body)[1] == links


def test_the_data_of_a_next_page_is_read_too() -> None:
    chunk = json.dumps('1:{"title":"Introducing GLM-6"}\n')
    assert "GLM-6" in page(f"<html><script>self.__next_f.push([1,{chunk}])</script>")[0]


def test_a_post_begins_with_its_title() -> None:
    passage = post_passage(
        "guid:1", Entry("1", "https://z.example/1", "News", None, "<p>GLM-6</p>"), URL, "zai"
    )
    assert passage.text.split() == ["News", "GLM-6"]
    assert (passage.title, passage.post, passage.url) == ("News", "guid:1", "https://z.example/1")


def test_a_post_that_include_leaves_out_is_text_only() -> None:
    [passage] = post_passages([("guid:1", Entry(title="News of GLM-6"))], URL, "zai", ("CogView",))
    assert (passage.post, passage.title) == ("", "")


def test_an_archive_of_full_texts_is_read_as_far_as_there_is_time() -> None:
    posts = [(f"guid:{n}", Entry(title="x", body="<p>" * 50_000)) for n in range(20)]
    assert len(list(post_passages(posts, URL, "zai", ()))) == 6


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a ",
        "<a href=",
        "<script>",
        "<!--",
        "&#",
        "&amp;",
        "[x](y) ",
        "<a href='x'>",
        "<script",
        "</a",
        "\\",
    ],
)
@pytest.mark.parametrize("before", ["<html>", "{", "# "])
def test_hostile_markup_takes_little_time(before: str, piece: str) -> None:
    assert is_done_within(5, lambda: page(before + piece * (1_000_000 // len(piece))))


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    page(text)
    page(f"<html>{text}")
