"""Forms through Bolt to the real desk: what is wrong stands beside its field, and nothing typed is lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.model import Destination
from tests.slack.fakes import FakeDesk, SlackApi
from tests.slack.payloads import CHANNEL, USER, pressed, pressed_in_view, submitted
from tests.slack.workspace import Workspace
from tests.support.house import licensed
from tests.support.office import Office

HERE = Destination(CHANNEL)


def labs(*ids: str) -> dict[str, Any]:
    return {"type": "multi_static_select", "selected_options": [{"value": lab} for lab in ids]}


def typed(text: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": text}


@pytest.fixture
def workspace(tmp_path: Path, slack: SlackApi) -> Workspace:
    office = Office.open(tmp_path)
    office.channels.known = [HERE]
    office.house.show(
        office.house.hub, office.house.repository("moonshotai/Kimi-K2.6", license=licensed("mit"))
    )
    return Workspace(office, slack)


def acknowledged(workspace: Workspace, payload: dict[str, Any]) -> Any:
    """Return what Slack gets as the acknowledgement of a payload."""
    body = workspace.app.dispatch(BoltRequest(body=payload, mode="socket_mode")).body
    return json.loads(body) if body else ""


def errors(**fields: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": fields}


FOLLOW = [
    pytest.param(
        CHANNEL,
        {"labs": labs("zai"), "max": typed("big"), "fits": typed("80")},
        ["fits", "max"],
        "write it as 7b",
        id="two fields at once",
    ),
    pytest.param(
        CHANNEL,
        {"labs": labs("zai"), "min": typed("70b"), "max": typed("7b")},
        ["max"],
        "nothing could ever match",
        id="two that go not together",
    ),
    pytest.param(CHANNEL, {}, ["labs"], "needs a lab, or all", id="no lab at all"),
    pytest.param(CHANNEL, {"labs": labs("gone")}, ["labs"], "know a lab", id="a lab that there is no more"),
    pytest.param(
        f"{CHANNEL} all", {"labs": labs("zai")}, ["labs"], "all labs stay followed", id="fewer than all labs"
    ),
    pytest.param(CHANNEL, {"labs": labs("zai"), "match": typed("-/-")}, ["match"], "words", id="no word"),
]


@pytest.mark.parametrize(("about", "states", "fields", "words"), FOLLOW)
def test_what_is_wrong_with_a_choice_of_labs_stands_beside_its_field_and_changes_nothing(
    about: str, states: dict[str, Any], fields: list[str], words: str, workspace: Workspace, slack: SlackApi
) -> None:
    answer = acknowledged(workspace, submitted("subscribe", about, states))
    assert answer["response_action"] == "errors"
    assert sorted(answer["errors"]) == fields
    assert words.lower() in answer["errors"][fields[-1]].lower()
    assert all(0 < len(problem) <= 200 for problem in answer["errors"].values())
    assert slack.calls == []
    assert workspace.office.follows(HERE) == []


def test_put_right_the_same_form_is_done(workspace: Workspace) -> None:
    states = {"labs": labs("zai"), "max": typed("70")}
    assert acknowledged(workspace, submitted("subscribe", CHANNEL, states))["errors"]
    states["max"] = typed("70b")
    assert acknowledged(workspace, submitted("subscribe", CHANNEL, states)) == ""
    assert workspace.office.follows(HERE) == ["zai"]


def test_a_report_that_says_nothing_stays_open(workspace: Workspace) -> None:
    assert acknowledged(workspace, submitted("report", "1", {"text": typed("  ")})) == errors(
        text="Say what is wrong, and what would be right."
    )


@pytest.mark.parametrize(
    ("states", "field", "words"),
    [
        pytest.param(
            {"license": typed("nonsense")}, "license", "no licence that the bot knows", id="licence"
        ),
        pytest.param({"parameters": typed("many")}, "parameters", "7b", id="parameters"),
        pytest.param(
            {"parameters": typed("7b"), "active": typed("32b")},
            "active",
            "cannot be",
            id="more active than all",
        ),
        pytest.param({"lab": typed("qwn")}, "lab", "did you mean", id="lab"),
        pytest.param({"merge": typed("Nothing 9")}, "merge", "release is called", id="merge"),
        pytest.param({"split": typed("a/b")}, "split", "no repository of", id="split"),
    ],
)
def test_what_is_wrong_with_a_correction_stands_beside_its_field(
    states: dict[str, Any], field: str, words: str, workspace: Workspace, slack: SlackApi
) -> None:
    wave, _ = workspace.office.desk.questions.one("Kimi-K2.6")
    workspace.send(submitted("report", str(wave.lead.id), {"text": typed("it is MIT")}))
    [report] = workspace.office.house.store.reports.open()
    before = len(slack.calls)
    answer = acknowledged(workspace, submitted("correct", str(report.id), states))
    assert list(answer["errors"]) == [field]
    assert words in answer["errors"][field]
    assert len(slack.calls) == before
    assert workspace.office.house.store.corrections.all() == []


def test_change_shows_what_is_set_and_saving_makes_it_so_with_a_way_back(
    workspace: Workspace, slack: SlackApi
) -> None:
    workspace.send(submitted("subscribe", CHANNEL, {"labs": labs("zai", "qwen"), "max": typed("70b")}))
    [form] = workspace.send(pressed_in_view("home_edit:0", CHANNEL))
    fields = {block["block_id"]: block["element"] for block in form["view"]["blocks"] if "element" in block}
    assert [it["value"] for it in fields["labs"]["initial_options"]] == ["qwen", "zai"]
    assert fields["max"]["initial_value"] == "70b"
    about = form["view"]["private_metadata"]
    [answer, _] = workspace.send(submitted("subscribe", about, {"labs": labs("qwen"), "max": typed("7b")}))
    assert answer["text"].startswith(
        "This channel no longer follows Z.ai. This channel now follows Qwen (max:7b)"
    )
    assert workspace.office.follows(HERE) == ["qwen"]
    [undo] = answer["blocks"][-1]["elements"]
    [undone] = workspace.send(pressed(undo["action_id"], undo["value"], hook=slack.hook))
    assert undone["text"].startswith("Undone.")
    assert undone["replace_original"] is True
    assert workspace.office.follows(HERE) == ["qwen", "zai"]
    stood = workspace.office.house.store.subscriptions.of_destination(HERE)
    assert {str(one.filters) for one in stood} == {"max:70b"}


@pytest.mark.logs("slack_form_not_judged")
def test_a_form_that_cannot_be_judged_is_acknowledged_all_the_same(
    send: Any, desk: FakeDesk, slack: SlackApi
) -> None:
    desk.misjudges = RuntimeError("whatever goes wrong")
    assert send(submitted("report", "42", {"text": typed("x")})).body == ""
    assert slack.methods() == ["chat.postMessage"]


def test_a_form_for_oneself_needs_no_channel(workspace: Workspace) -> None:
    assert acknowledged(workspace, submitted("subscribe", USER, {"labs": labs("zai")})) == ""
    assert workspace.office.follows(Destination(USER)) == ["zai"]
