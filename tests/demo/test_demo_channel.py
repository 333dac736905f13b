"""The channel's page and its lines on a terminal show messages as they are, and nothing as markup."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.channel import channel_page
from bot.demo.mrkdwn import as_html, spans
from bot.demo.slack import Posted
from bot.demo.terminal import channel_lines

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>" onload="x\u202e\x00'
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "input",
        "div",
        "nav",
        "h1",
        "h2",
        "h3",
        "p",
        "label",
    ),
    *(
        "span",
        "main",
        "section",
        "header",
        "article",
        "svg",
        "g",
        "rect",
        "b",
        "i",
        "s",
        "code",
        "a",
        "br",
        "hr",
    ),
    *("time", "details", "summary"),
}


class Page(HTMLParser):
    """Collect the elements and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a"]


def message(ts: str = "1775574000.000001", thread: str = "", edits: int = 0, *blocks: Any) -> Posted:
    return Posted("C1", ts, "fallback", blocks, thread_ts=thread, edits=edits)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def shown(*blocks: Any, **options: Any) -> Page:
    return Page(channel_page({"models": [message("1775574000.000001", "", 0, *blocks)]}, **options))


def html(text: str) -> str:
    return as_html(text, lambda url: url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "*bold* _soft_ ~old~ `x`", "<b>bold</b> <i>soft</i> <s>old</s> <code>x</code>", id="styles"
        ),
        pytest.param("2*3*4 and a_b_c", "2*3*4 and a_b_c", id="marks inside words are no styles"),
        pytest.param("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c", id="entities are read once"),
        pytest.param("&amp;lt;", "&amp;lt;", id="and not twice"),
        pytest.param("one\ntwo", "one<br>two", id="lines"),
        pytest.param("&gt; said", '<span class="quote">said</span>', id="a quote"),
        pytest.param(
            "<!channel>", '<span class="mention">@channel</span>', id="an unescaped mention shows itself"
        ),
        pytest.param("<@U1|ana>", '<span class="mention">@ana</span>', id="a person"),
        pytest.param("<#C1|models>", '<span class="mention">#models</span>', id="a channel"),
        pytest.param(":lock: :unheard:", "🔒 :unheard:", id="emoji, where known"),
        pytest.param("<javascript:alert(1)|x>", "x", id="a link to a script is no link"),
        pytest.param(
            "<!date^1775574000^{date_short_pretty} {time}|2026-04-07 15:00 UTC>",
            "7 Apr 2026 15:00",
            id="a date",
        ),
        pytest.param("<!date^1775574000^{ago}|on Tuesday>", "on Tuesday", id="a date of an unknown format"),
        pytest.param("🟢 MIT", '<span class="dot green">🟢</span> MIT', id="a circle is drawn"),
    ],
)
def test_mrkdwn_becomes_html(text: str, expected: str) -> None:
    assert html(text) == expected


def test_a_link_may_stand_in_bold_and_leads_out_safely() -> None:
    assert html("*<https://e.com/?a=1&amp;b=2|x &amp; y>*") == (
        '<b><a href="https://e.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">'
        "x &amp; y</a></b>"
    )


@given(st.text(alphabet=st.sampled_from('<>&|*_~`:!@#^"\n ab{}\x00\u202e'), max_size=80))
def test_no_text_becomes_markup_or_is_lost_to_an_error(text: str) -> None:
    page = Page(html(text))
    assert {tag for tag, _ in page.elements} <= {"a", "b", "i", "s", "code", "br", "span"}
    assert "\x00" not in page.text
    assert "\u202e" not in page.text


@pytest.mark.parametrize("mark", ["*", "_", "<", "`", ":", "&", "<!date^1^", "*a "])
def test_a_long_text_of_marks_is_read_in_no_time(mark: str) -> None:
    assert sum(len(span.text) for span in spans(mark * 10_000)) >= 10_000


@pytest.mark.parametrize(
    "block",
    [
        pytest.param({"type": "header", "text": {"type": "plain_text", "text": HOSTILE}}, id="headline"),
        pytest.param(section(HOSTILE), id="paragraph"),
        pytest.param({"type": "section", "fields": [{"type": "mrkdwn", "text": HOSTILE}]}, id="field"),
        pytest.param(
            {"type": "context", "elements": [{"type": "plain_text", "text": HOSTILE}]}, id="small print"
        ),
        pytest.param(
            {
                "type": "context",
                "elements": [{"type": "image", "image_url": "https://e.com", "alt_text": HOSTILE}],
            },
            id="image, whose words stand for it",
        ),
        pytest.param(
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": {"type": "plain_text", "text": HOSTILE}, "url": HOSTILE}
                ],
            },
            id="button",
        ),
        pytest.param({"type": HOSTILE}, id="unknown block"),
        pytest.param(section(f"<https://e.com/{HOSTILE}|{HOSTILE}>"), id="link"),
    ],
)
def test_hostile_text_stays_text(block: Any) -> None:
    page = shown(block, summary=HOSTILE, topics={"models": HOSTILE})
    assert {tag for tag, _ in page.elements} <= ALLOWED
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "\u202e" not in page.text


def test_the_page_asks_for_nothing_from_outside() -> None:
    page = channel_page({"models": [message("1.000001", "", 0, section("<https://e.com|x>"))]})
    assert not re.search(r"<(script|link|img|iframe|object)\b|url\(|@import|\bsrc=", page)
    assert "default-src 'none'" in page


def test_a_message_without_blocks_shows_its_text() -> None:
    assert "fallback" in Page(channel_page({"models": [message()]})).text


def test_replies_stand_in_order_under_their_parent() -> None:
    posts = [
        message("1775574000.000001", "", 0, section("parent")),
        message("1775660400.000003", "1775574000.000001", 0, section("second")),
        message("1775574060.000002", "1775574000.000001", 0, section("first")),
    ]
    text = Page(channel_page({"models": posts})).text
    assert "2 replies last on 8 April" in text
    assert text.index("parent") < text.index("first") < text.index("second")


def test_days_divide_the_channel_and_edits_are_marked() -> None:
    text = Page(channel_page({"models": [message(edits=2), message("1775660400.000002")]})).text
    assert "Tuesday, 7 April 2026" in text
    assert "Wednesday, 8 April 2026" in text
    assert text.count("(edited)") == 1


def test_a_permalink_leads_to_the_message_on_the_page() -> None:
    link = "https://cadence-demo.slack.com/archives/C1/p1775574000000001"
    page = shown(section(f"<{link}|earlier> <{link}9|elsewhere>"))
    assert page.links() == ["#m-C1-1775574000-000001", f"{link}9"]
    assert ("article", "m-C1-1775574000-000001") in [(tag, it.get("id")) for tag, it in page.elements]


def test_loopback_is_shown_as_what_it_stands_for() -> None:
    addresses = {"http://127.0.0.1:4100": "https://huggingface.co"}
    page = shown(section("<http://127.0.0.1:4100/zai-org/GLM-5.1|GLM>"), addresses=addresses)
    assert page.links() == ["https://huggingface.co/zai-org/GLM-5.1"]


def test_every_channel_has_a_tab_and_an_empty_one_says_so() -> None:
    page = Page(channel_page({"models": [message()], "quiet": []}))
    radios = [attributes for tag, attributes in page.elements if tag == "input"]
    assert ["checked" in radio for radio in radios] == [True, False]
    assert "Nothing was posted here." in page.text


def test_a_message_takes_few_lines_on_a_terminal() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Z.ai released [bold]GLM-5.1"}},
        section("*<https://e.com|GLM-5.1>*\nMade for engineers."),
        {
            "type": "section",
            "fields": [{"type": "mrkdwn", "text": f"*{n}*\nvalue"} for n in ("Licence", "Size")],
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Seen today"}]},
        {"type": "actions", "elements": []},
    ]
    assert [line.plain for line in channel_lines(message("1.000001", "", 0, *blocks))] == [
        "▌ Z.ai released [bold]GLM-5.1",
        "▌ GLM-5.1",
        "▌ Made for engineers.",
        "▌ Licence value   Size value",
        "▌ Seen today",
    ]


def test_a_reply_is_indented_under_an_arrow() -> None:
    lines = channel_lines(message("2.000002", "1.000001", 0, section("*FP8*\nand more")))
    assert [line.plain for line in lines] == ["  ↳ FP8", "    and more"]
