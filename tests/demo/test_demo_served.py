"""The served demo, pressed without a browser: from the page through Slack's shapes to the bot and back."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.demo.run import Stage, telling
from bot.demo.serve import served
from tests.support.visitor import Visitor

# The story has faults, of sources and of Slack.
pytestmark = pytest.mark.logs("source_failed", "delivery_not_sent")

RELEASES, LOUNGE = "log-C0RELEASES", "log-C0LOUNGE"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    out = tmp_path_factory.mktemp("demo") / "channel.html"
    with telling(out, Console(quiet=True), interactive=True) as stage:
        yield stage


@pytest.fixture(scope="module")
def url(stage: Stage) -> Iterator[str]:
    """Serve the demo as the command does, the bot's own loop beside it."""
    with served(stage) as live:
        working = threading.Thread(target=live.run)
        working.start()
        yield live.url
        live.stop()
        working.join()


@pytest.fixture
def ana(url: str) -> Visitor:
    return Visitor(url, "U0ANA")


@pytest.fixture
def sam(url: str) -> Visitor:
    return Visitor(url, "U0SAM")


def test_details_open_a_window_and_closing_it_closes_it(ana: Visitor) -> None:
    ana.presses(RELEASES, "Details")
    window = ana.sees("window", "Sources")
    assert window.tags[0] == "dialog"
    ana.does("close", key=window.spots[0].key)
    assert ana.sees("window", "Sources", gone=True).text == ""


def test_a_report_without_words_is_told_beside_its_field_and_one_with_words_reaches_the_admin(
    ana: Visitor, sam: Visitor
) -> None:
    ana.presses(RELEASES, "Report a wrong detail")
    ana.sees("window", "What is wrong")
    ana.submits({})
    window = ana.sees("window", "Please complete this required field.")
    wrong = next(it for it in window.attributes if "aria-invalid" in it)
    assert wrong["aria-describedby"] in {it.get("id") for it in window.attributes}
    ana.submits({"What is wrong": [f"It is 7B {HOSTILE}"]})
    ana.sees("window", "What is wrong", gone=True)
    ana.sees("log-D0ANA", "your report is kept")
    told = sam.sees("log-D0SAM", "It is 7B")
    assert HOSTILE in told.text
    assert not {"script", "img"} & set(told.tags)


def test_what_an_admin_corrects_is_edited_into_the_alert(ana: Visitor, sam: Visitor) -> None:
    ana.presses(RELEASES, "Report a wrong detail")
    ana.sees("window", "What is wrong")
    ana.submits({"What is wrong": ["It has 123 billion parameters."]})
    sam.sees("log-D0SAM", "123 billion")
    sam.presses("log-D0SAM", "Correct")
    sam.sees("window", "123 billion")
    sam.submits({"Parameters": ["123b"]})
    sam.sees("window", "123 billion", gone=True)
    ana.sees(RELEASES, "123B parameters")


def test_who_subscribes_is_answered_alone_and_the_channel_reads_a_line(
    stage: Stage, ana: Visitor, sam: Visitor
) -> None:
    ana.says("C0LOUNGE", "/releases subscribe zai")
    ana.sees(LOUNGE, "Invite me first")
    ana.says("C0LOUNGE", "/invite @cadencebot")
    sam.sees(LOUNGE, "/releases help")
    ana.presses(LOUNGE, "Try again")
    answer = ana.sees(LOUNGE, "This channel now follows")
    assert "Invite me first" not in answer.text, "the answer stands in the place of what was pressed"
    assert "Only visible to you" in answer.text
    line = sam.sees(LOUNGE, "Z.ai")
    assert "ana" in line.text.lower(), "the channel reads who did it"
    assert "Only visible to you" not in line.text
    ana.says("C0LOUNGE", "/releases unsubscribe zai")
    ana.sees(LOUNGE, "This channel no longer follows")


def test_the_home_tab_is_drawn_and_changed(sam: Visitor) -> None:
    sam.does("home")
    sam.sees("home", "What I follow")
    sam.presses("home", "Follow labs")
    sam.sees("window", "Labs")
    sam.submits({"Labs": ["minimax"]})
    sam.sees("window", "Labs", gone=True)
    sam.sees("home", "Nothing yet.", gone=True)


def test_direct_messages_are_answered_and_hostile_words_stay_words(ana: Visitor) -> None:
    ana.says("D0ANA", f"show {HOSTILE}")
    shown = ana.sees("log-D0ANA", "alert(1)")
    assert not {"script", "img"} & set(shown.tags)
    assert not [name for it in shown.attributes for name in it if name.startswith("on")]
    ana.says("D0ANA", "recent z.ai since:90d")
    ana.sees("log-D0ANA", "GLM-5.1")


def test_a_mention_in_a_channel_is_answered_to_its_writer(ana: Visitor, sam: Visitor) -> None:
    ana.says("C0OPEN", "@cadencebot recent moonshot since:90d")
    assert "Only visible to you" in ana.sees("log-C0OPEN", "Kimi K2.6").text
    assert "Only visible to you" not in sam.read("log-C0OPEN").text


def test_a_command_that_is_not_the_bots_is_answered_by_slack(ana: Visitor) -> None:
    ana.says("C0OPEN", "/remind me")
    ana.sees("log-C0OPEN", "/remind is not a command of this workspace")


def test_every_person_has_a_page_of_their_own(ana: Visitor, sam: Visitor) -> None:
    assert "log-D0ANA" not in sam.parts
    status, why = ana.told("say", room="D0SAM", text="hi")
    assert (status, why) == (409, "That is not there any more.")


@pytest.mark.parametrize(
    "what",
    [
        pytest.param({"act": "press", "key": "C0RELEASES/1.1", "at": "0.0"}, id="in a message that is gone"),
        pytest.param({"act": "press", "key": "view/V1", "at": "0.0"}, id="in a window that is closed"),
        pytest.param({"act": "press", "key": "C0SECRET/1.1", "at": "0.0"}, id="in a channel there is not"),
        pytest.param({"act": "submit", "key": "view/V1"}, id="a form that is closed"),
    ],
)
def test_what_is_pressed_nowhere_is_refused_in_words(ana: Visitor, what: dict[str, Any]) -> None:
    assert ana.told(**{"values": [], "form": {}, **what}) == (409, "That is not there any more.")


# --- who may do anything

JSON = {"Content-Type": "application/json"}
SAYS = json.dumps({"person": "U0ANA", "act": "say", "room": "C0OPEN", "text": "forged"}).encode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 403, id="without the page's token"),
        pytest.param({"X-Demo-Token": "x" * 43}, 403, id="with another token"),
        pytest.param({"X-Demo-Token": "\xe9"}, 403, id="with a token that is no ASCII"),
        pytest.param({"X-Demo-Token": "OURS", "Origin": "https://evil.example"}, 403, id="from another site"),
        pytest.param({"X-Demo-Token": "OURS", "Origin": "null"}, 403, id="from a sandbox"),
        pytest.param({"X-Demo-Token": "OURS", "Host": "evil.example"}, 403, id="by another name"),
        pytest.param({"X-Demo-Token": "OURS", "Host": "127.0.0.1"}, 403, id="by another port"),
    ],
)
def test_what_another_page_posts_is_refused(
    stage: Stage, ana: Visitor, headers: dict[str, str], status: int
) -> None:
    given = {name: ana.token if value == "OURS" else value for name, value in headers.items()}
    assert ana.ask("POST", "/do", SAYS, {**JSON, **given})[0] == status
    assert "forged" not in [one.text for one in stage.world.slack.seen("U0ANA", "C0OPEN")]


@pytest.mark.parametrize("path", ["/", "/now?as=U0ANA&after=-1"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "[::1]"])
def test_nothing_is_shown_by_another_name(ana: Visitor, path: str, host: str) -> None:
    status, told = ana.ask("GET", path, headers={"Host": host})
    assert (status, ana.token in told) == (403, False)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"[" * 100_000, id="nested too deep"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b'{"person": "U0ANA", "act": "fly"}', id="a deed there is not"),
        pytest.param(b'{"person": "U0ANA", "act": "say", "room": 5}', id="a number for a room"),
        pytest.param(
            b'{"person": "U0ANA", "act": "press", "key": "a", "at": "b", "values": [1]}', id="numbers"
        ),
        pytest.param(
            b'{"person": "U0ANA", "act": "say", "room": "C0OPEN", "text": "%s"}' % (b"x" * 4_001),
            id="more than anybody types",
        ),
        pytest.param(
            b'{"person": "U0ANA", "act": "submit", "key": "view/V1", "form": {%s}}'
            % b", ".join(b'"%d.0": []' % number for number in range(201)),
            id="more inputs than a form has",
        ),
    ],
)
def test_nonsense_is_refused(ana: Visitor, body: bytes) -> None:
    assert ana.ask("POST", "/do", body, {**JSON, "X-Demo-Token": ana.token})[0] == 400


def test_the_page_lets_nothing_in_but_its_own_script_and_style(ana: Visitor) -> None:
    page = ana.page
    policy = next(it["content"] for it in page.attributes if it.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.tags.count("script") == 1
    assert not [it for it in page.attributes if {"style", "src", "onclick"} & set(it)]


def test_all_that_can_be_filled_has_a_name_to_be_told_by(ana: Visitor) -> None:
    ana.does("home")
    ana.sees("home", "What I follow")
    labelled = {it.get("for") for it in ana.page.attributes}
    for it, tag in zip(ana.page.attributes, ana.page.tags, strict=True):
        if tag in {"input", "select", "textarea"}:
            assert {"aria-label", "aria-labelledby"} & set(it) or it["id"] in labelled, it


def test_the_static_page_is_kept_beside_the_state(stage: Stage, tmp_path: Path) -> None:
    home = stage.app.state
    assert {"README", "feeds.yaml", "cadencebot.db"} <= {path.name for path in home.iterdir()}
    assert home.name == "cadencebot-demo"
