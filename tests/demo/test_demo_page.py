"""The page shows messages as they are, and nothing as markup."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.blocks import blocks_html
from bot.demo.mrkdwn import Look, as_html
from bot.demo.page import Room, Scene, page
from bot.demo.slack import Posted
from bot.demo.window import Window, window_html
from bot.model import Wave
from bot.views.alert import render_alert
from bot.views.forms import details_modal
from tests.support.builders import NOW
from tests.support.waves import waves

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
        if not self.elements or self.elements[-1][0] != "style":
            self.text += data

    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a"]


def message(ts: str = "1775574000.000001", thread: str = "", edits: int = 0, *blocks: Any) -> Posted:
    return Posted("C1", ts, "fallback", blocks, thread_ts=thread, edits=edits)


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def models(*posts: Posted) -> Scene:
    return Scene([Room("C1", "models", posts=posts)])


def shown(*blocks: Any, topic: str = "", **options: Any) -> Page:
    room = Room("C1", "models", topic, [message("1775574000.000001", "", 0, *blocks)])
    return Page(page(Scene([room], **options)))


def html(text: str) -> str:
    return as_html(text, Look(lambda url: url, {"U2": "Sam <b>"}))


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
        pytest.param(
            "<!channel>", '<span class="mention">@channel</span>', id="an unescaped mention shows itself"
        ),
        pytest.param("<@U1|ana>", '<span class="mention">@ana</span>', id="a person"),
        pytest.param(
            "<@U2>", '<span class="mention">@Sam &lt;b&gt;</span>', id="a person by the name that is known"
        ),
        pytest.param("<#C1|models>", '<span class="mention">#models</span>', id="a channel"),
        pytest.param("<javascript:alert(1)|x>", "x", id="a link to a script is no link"),
        pytest.param(
            "<!date^1775574000^{date_short_pretty} {time}|2026-04-07 15:00 UTC>",
            "2026-04-07 15:00 UTC",
            id="a date is told in UTC",
        ),
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
    assert len(html(mark * 10_000)) >= 10_000


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
    told = shown(block, summary=HOSTILE, topic=HOSTILE, names={"C1": HOSTILE})
    assert {tag for tag, _ in told.elements} <= ALLOWED
    assert not [name for _, attributes in told.elements for name in attributes if name.startswith("on")]
    assert "\u202e" not in told.text


def test_the_page_asks_for_nothing_from_outside() -> None:
    whole = page(models(message("1.000001", "", 0, section("<https://e.com|x>"))))
    assert not re.search(r"<(script|link|img|iframe|object)\b|url\(|@import|\bsrc=", whole)
    assert "default-src 'none'" in whole
    assert "unsafe" not in whole


def test_a_message_without_blocks_shows_its_text() -> None:
    assert "fallback" in Page(page(models(message()))).text


def test_replies_stand_in_order_under_their_parent() -> None:
    posts = [
        message("1775574000.000001", "", 0, section("parent")),
        message("1775660400.000003", "1775574000.000001", 0, section("second")),
        message("1775574060.000002", "1775574000.000001", 0, section("first")),
    ]
    text = Page(page(models(*posts))).text
    assert "2 replies last on 8 April" in text
    assert text.index("parent") < text.index("first") < text.index("second")


def test_days_divide_the_channel_and_edits_are_marked() -> None:
    text = Page(page(models(message(edits=2), message("1775660400.000002")))).text
    assert "Tuesday, 7 April 2026" in text
    assert "Wednesday, 8 April 2026" in text
    assert text.count("(edited)") == 1


def test_a_permalink_leads_to_the_message_on_the_page() -> None:
    link = "https://cadence-demo.slack.com/archives/C1/p1775574000000001"
    told = shown(section(f"<{link}|earlier> <{link}9|elsewhere>"))
    assert told.links() == ["#m-C1-1775574000-000001", f"{link}9"]
    assert ("article", "m-C1-1775574000-000001") in [(tag, it.get("id")) for tag, it in told.elements]


def test_loopback_is_shown_as_what_it_stands_for() -> None:
    addresses = {"http://127.0.0.1:4100": "https://huggingface.co"}
    told = shown(section("<http://127.0.0.1:4100/zai-org/GLM-5.1|GLM>"), addresses=addresses)
    assert told.links() == ["https://huggingface.co/zai-org/GLM-5.1"]


def test_every_channel_has_a_tab_and_an_empty_one_says_so() -> None:
    told = Page(page(Scene([Room("C1", "models", posts=[message()]), Room("C2", "quiet")])))
    radios = [attributes for tag, attributes in told.elements if tag == "input"]
    assert ["checked" in radio for radio in radios] == [True, False]
    assert "Nothing was posted here." in told.text


# --- what can be pressed or filled

PLAIN = {"type": "plain_text", "text": HOSTILE}
OPTION = {"text": PLAIN, "value": HOSTILE}
CONTROLS = {
    "button",
    "select",
    "option",
    "optgroup",
    "textarea",
    "dialog",
    "form",
    "h2",
    "footer",
    "ul",
    "li",
}
CONFIRM = {"title": PLAIN, "text": PLAIN, "confirm": PLAIN, "deny": PLAIN}


def asked(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": "b", "label": PLAIN, "hint": PLAIN, "element": element}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": PLAIN,
                        "value": HOSTILE,
                        "confirm": CONFIRM,
                        "accessibility_label": HOSTILE,
                    }
                ],
            },
            id="button",
        ),
        pytest.param(
            {
                "type": "actions",
                "elements": [{"type": "button", "text": PLAIN, "url": f"https://e.com/{HOSTILE}"}],
            },
            id="link",
        ),
        pytest.param(
            {"type": "section", "text": PLAIN, "accessory": {"type": "overflow", "options": [OPTION]}},
            id="menu",
        ),
        pytest.param(
            asked({"type": "plain_text_input", "initial_value": HOSTILE, "placeholder": PLAIN}), id="line"
        ),
        pytest.param(
            asked({"type": "plain_text_input", "multiline": True, "initial_value": f"</textarea>{HOSTILE}"}),
            id="text",
        ),
        pytest.param(
            asked({"type": "static_select", "options": [OPTION], "initial_option": OPTION}), id="select"
        ),
        pytest.param(
            asked({"type": "multi_static_select", "option_groups": [{"label": PLAIN, "options": [OPTION]}]}),
            id="several",
        ),
        pytest.param(asked({"type": "checkboxes", "options": [OPTION]}), id="boxes"),
        pytest.param(asked({"type": "radio_buttons", "options": [OPTION]}), id="radio buttons"),
        pytest.param(asked({"type": "datepicker", "initial_date": HOSTILE}), id="a day"),
        pytest.param(asked({"type": "conversations_select"}), id="channels"),
        pytest.param(asked({"type": HOSTILE}), id="unknown"),
        pytest.param(
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": HOSTILE, "style": {"bold": True}},
                            {"type": "link", "url": f"https://e.com/{HOSTILE}", "text": HOSTILE},
                            {"type": "user", "user_id": HOSTILE},
                        ],
                    }
                ],
            },
            id="rich text",
        ),
        pytest.param(
            {
                "type": "data_visualization",
                "title": HOSTILE,
                "chart": {
                    "type": "bar",
                    "series": [{"name": HOSTILE, "data": [{"label": HOSTILE, "value": 3}]}],
                },
            },
            id="chart",
        ),
        pytest.param(
            {"type": "image", "image_url": "https://e.com/x.png", "alt_text": HOSTILE, "title": PLAIN},
            id="image",
        ),
    ],
)
def test_hostile_text_stays_text_in_a_window(block: dict[str, Any]) -> None:
    view = {"type": "modal", "title": PLAIN, "submit": PLAIN, "close": PLAIN, "blocks": [block]}
    window = Window("V1", view, errors={"b": HOSTILE})
    told = Page(window_html(window, Look(lambda url: url, {"C1": HOSTILE}, alive=True)))
    assert {tag for tag, _ in told.elements} <= ALLOWED | CONTROLS | {
        "table",
        "caption",
        "tr",
        "th",
        "td",
        "meter",
    }
    names = {name for _, attributes in told.elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in {"src", "style"}}
    hrefs = [attributes["href"] or "" for tag, attributes in told.elements if tag == "a"]
    assert all(href.startswith("https://e.com/") for href in hrefs)


def test_what_nobody_hears_cannot_be_pressed() -> None:
    go = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "value": "x"}
    menu = {"type": "overflow", "options": [{"text": {"type": "plain_text", "text": "Mute"}, "value": "x"}]}
    told = shown({"type": "actions", "elements": [go, menu]})
    assert "Go" in told.text
    assert not [tag for tag, _ in told.elements if tag == "button"]


def test_a_chart_says_its_figures() -> None:
    data = [{"label": "GLM-5", "value": 43}, {"label": "GLM-5.1", "value": 44.5}]
    chart = {"type": "bar", "series": [{"name": "Days", "data": data}]}
    told = shown({"type": "data_visualization", "title": "Gaps", "chart": chart})
    assert "Gaps DaysGLM-543GLM-5.144.5" in told.text
    assert [it["value"] for tag, it in told.elements if tag == "meter"] == ["43", "44.5"]


@given(waves())
def test_whatever_the_bot_says_of_a_release_is_drawn(wave: Wave) -> None:
    alert, details = render_alert(wave, NOW, interactive=True), details_modal(wave)
    look = Look(lambda url: url, alive=True, prefix="p")
    told = Page(blocks_html(alert.blocks, look) + window_html(Window("V1", details), look))
    assert " block]" not in told.text
    assert {tag for tag, _ in told.elements} <= ALLOWED | CONTROLS
