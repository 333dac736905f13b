"""Adding a lab through Bolt: said at once, shown, asked, added, followed; and asking the admins for it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App, BoltRequest

from bot.records import Content
from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from tests.crash.world import repository
from tests.slack.fakes import SlackApi
from tests.slack.payloads import command, mention, pressed
from tests.support.conversation import Conversation, talking
from tests.support.slack import complaints
from tests.support.threads import AtOnce

ADMIN = {"user_id": "U0BOSS", "user_name": "boss"}
BOSS = {"id": "U0BOSS", "username": "boss", "team_id": "T0TEAM"}
HOSTILE = "zai-org/<!channel>-&amp;-\u202e4.0-" + "x" * 60


class Workspace:
    """Slack's side of a bot at work; what comes back is proven to be what Slack takes."""

    def __init__(self, talk: Conversation, slack: SlackApi, validate: Any) -> None:
        self.talk, self.slack, self._validate = talk, slack, validate
        client = web_client("", slack.api_url)
        self.app: App = make_app(lambda: talk.desk, client, OneWorkspace("xoxb-one"), AtOnce(), CommandName())

    def send(self, payload: dict[str, Any]) -> list[Mapping[str, Any]]:
        before = len(self.slack.calls)
        assert self.app.dispatch(BoltRequest(body=payload, mode="socket_mode")).status == 200
        answers = [call.arguments for call in self.slack.calls[before:]]
        for answer in answers:
            assert complaints(self._validate, Content(answer["text"], answer.get("blocks", ()))) == []
        return answers


@pytest.fixture
def workspace(tmp_path: Path, validate: Any) -> Iterator[Workspace]:
    with talking(tmp_path) as talk, SlackApi() as slack:
        yield Workspace(talk, slack, validate)


def buttons(answer: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the action and value of each button, by its label."""
    rows = [block["elements"] for block in answer["blocks"] if block["type"] == "actions"]
    return {one["text"]["text"]: (one["action_id"], one["value"]) for row in rows for one in row}


def test_an_admin_adds_a_lab_and_has_it_followed(workspace: Workspace) -> None:
    hook, life = workspace.slack.hook, workspace.talk.life
    life.hub.put(*(repository(f"zai-org/GLM-{number}") for number in range(6, 40)), repository(HOSTILE))
    reading, shown = workspace.send(command("add zai-org as <Z.ai> & Söhne", hook=hook, **ADMIN))
    assert reading["text"] == "I am reading zai-org …"
    assert "35 items" in shown["text"]
    assert "<!channel>" not in str(shown)
    assert "(`z-ai-sohne`)" in shown["text"]
    reading, added = workspace.send(pressed(*buttons(shown)["Add it"], hook=hook, user=BOSS))
    assert "is watched through hub:zai-org" in added["text"]
    assert [reading["replace_original"], added["replace_original"]] == [True, True]
    workspace.talk.work()
    [(action, value)] = buttons(added).values()
    [followed] = workspace.send(pressed(action, value, hook=hook, channel="C0ONE", user=BOSS))
    assert "now follows" in followed["text"]
    assert followed["replace_original"] is True
    life.hub.put(repository("zai-org/GLM-41"))
    workspace.talk.work()
    assert sum("GLM-41" in text for text in life.told("C0ONE")) == 1


def test_a_member_asks_and_the_admin_reads_it_with_one_press(workspace: Workspace) -> None:
    hook, life = workspace.slack.hook, workspace.talk.life
    [offer] = workspace.send(command("add https://lab.example/blog?a=1&b=2", hook=hook))
    assert [*buttons(offer)] == ["Ask the admins"]
    [asked] = workspace.send(pressed(*buttons(offer)["Ask the admins"], hook=hook))
    assert "The admins were asked" in asked["text"]
    assert asked["replace_original"] is True
    life.poll()
    [line] = life.slack.posts("U0BOSS")
    [(action, value)] = buttons({"blocks": line.blocks}).values()
    assert value == "add https://lab.example/blog?a=1&b=2"
    reading, failed = workspace.send(pressed(action, value, hook=hook, channel="C0ONE", user=BOSS))
    assert "I am reading https://lab.example/blog" in reading["text"]
    assert "I cannot watch that" in failed["text"]


def test_what_is_proposed_can_be_cancelled(workspace: Workspace) -> None:
    hook = workspace.slack.hook
    workspace.talk.life.hub.put(*(repository(f"zai-org/GLM-{number}") for number in range(6, 40)))
    _, proposal = workspace.send(command("add zai-org", hook=hook, **ADMIN))
    [cancelled] = workspace.send(pressed(*buttons(proposal)["Cancel"], hook=hook, user=BOSS))
    assert cancelled["text"] == "Cancelled: nothing was changed."
    assert workspace.talk.life.app.store.added.all() == []


def test_a_mention_adds_as_a_command_does(workspace: Workspace) -> None:
    answers = workspace.send(mention("<@U0CADENCE> add zai-org", user="U0BOSS"))
    assert ["I am reading" in answer["text"] for answer in answers] == [True, False]


def test_a_forged_button_of_a_member_adds_nothing(workspace: Workspace) -> None:
    [answer] = workspace.send(pressed("run:0", "add zai-org yes", hook=workspace.slack.hook))
    assert "Shall I ask them" in answer["text"]
    assert workspace.talk.life.app.store.added.all() == []
