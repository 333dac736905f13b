"""The command by the name that the manifest gives it: whatever is answered speaks of that name."""

from pathlib import Path
from typing import Any

import pytest

from bot.model import Destination
from bot.records import Content
from bot.slack.wording import command_name, named
from bot.views import answers
from bot.views.blocks import section
from tests.slack.fakes import SlackApi
from tests.slack.payloads import BOT, CHANNEL, command, event, mention, pressed, submitted
from tests.slack.workspace import Workspace
from tests.support.office import Office

OTHER = {"command": "/models"}
FORM = {"labs": {"type": "multi_static_select", "selected_options": [{"value": "zai"}]}}


@pytest.fixture
def workspace(tmp_path: Path, slack: SlackApi) -> Workspace:
    office = Office.open(tmp_path)
    office.channels.known = [Destination(CHANNEL)]
    return Workspace(office, slack)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty command, which is help"),
        pytest.param("help subscribe", id="help with one command"),
        pytest.param("list", id="what is followed, with a hint"),
        pytest.param("unsubscribe all", id="a question before something is done"),
        pytest.param("digest", id="the digest, with a hint"),
        pytest.param("subscribe moonshoot", id="what is not understood"),
        pytest.param("held", id="what is refused"),
        pytest.param("labs", id="the labs"),
    ],
)
def test_an_answer_speaks_of_the_command_that_was_typed(
    text: str, workspace: Workspace, slack: SlackApi
) -> None:
    [answer] = workspace.send(command(text, hook=slack.hook, **OTHER))
    assert "/releases" not in str(answer)
    [usual] = workspace.send(command(text, hook=slack.hook))
    assert str(usual).replace("`/releases", "`/models") == str(answer)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(pressed("run:0", "help"), id="a button"),
        pytest.param(pressed("unheard_of"), id="a button of another version"),
        pytest.param(mention(f"<@{BOT}> help"), id="a mention"),
        pytest.param(submitted("subscribe", CHANNEL, FORM), id="a form"),
        pytest.param(event("app_home_opened", user="U0ANA", tab="home"), id="the Home tab"),
    ],
)
@pytest.mark.logs("slack_action_unknown")
def test_what_brings_no_name_along_is_answered_with_the_one_that_was_typed_last(
    payload: dict[str, Any], workspace: Workspace, slack: SlackApi
) -> None:
    workspace.send(command("status", hook=slack.hook, **OTHER))
    told = str(workspace.send({**payload, "response_url": slack.hook}))
    assert "/models" in told
    assert "/releases" not in told


def test_the_usual_name_stands_until_another_one_is_typed(workspace: Workspace) -> None:
    assert "`/releases subscribe qwen`" in str(workspace.send(mention(f"<@{BOT}> help")))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        pytest.param("/models", "/models", id="a name"),
        pytest.param("/新模型", "/新模型", id="a name in other letters"),
        pytest.param("", "", id="no name"),
        pytest.param("releases", "", id="no command"),
        pytest.param("/two words", "", id="two words"),
        pytest.param("/`<!channel>`", "", id="marks"),
        pytest.param("/" + "x" * 32, "", id="longer than Slack allows"),
    ],
)
def test_a_name_is_one_that_slack_would_take(name: str, known: str) -> None:
    assert command_name(name) == known


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("`/releases`", "`/models`", id="alone"),
        pytest.param("`/releases list`, `/releases help`", "`/models list`, `/models help`", id="twice"),
        pytest.param("https://x.example/releases list", "https://x.example/releases list", id="an address"),
        pytest.param("`/releases-2 list`", "`/releases-2 list`", id="another command"),
    ],
)
def test_the_name_is_changed_where_the_command_stands(text: str, shown: str) -> None:
    assert named(Content(text, [section(text)]), "/models") == Content(shown, [section(shown)])


def test_a_renamed_answer_is_renamed_once(validate: Any) -> None:
    once = named(answers.help_answer(""), "/releases2")
    assert named(once, "/releases2") == once
    assert validate({"text": once.text, "blocks": list(once.blocks)}) == []
