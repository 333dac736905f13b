"""Several workspaces through one notifier: each message goes to its own, and none holds up another."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from bot.model import Destination
from bot.outbox.message import Absent, Closed, Later, Message, Outcome, Search, Sent
from bot.records import Content
from bot.slack import workspaces as workspaces_module
from bot.slack.workspaces import WorkspacesNotifier
from tests.support.clock import START


@dataclass
class Team:
    """One workspace's notifier; `outcome` is answered instead of success."""

    name: str
    interactive: bool = True
    outcome: Outcome | None = None
    taken: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        self.taken.append(message)
        return self.outcome or Sent(message.destination, "1.1")

    def find(self, message: Message, search: Search) -> Sent | Absent:
        self.taken.append(message)
        return Absent()

    def time_at(self, destination: Destination) -> datetime | None:
        return START

    def permalink(self, channel: str, ts: str) -> str:
        return f"https://{self.name}.example/{channel}/{ts}"


@pytest.fixture
def teams() -> dict[str, Team]:
    return {"": Team("ours"), "T1": Team("one"), "T2": Team("two")}


@pytest.fixture
def workspaces(teams: dict[str, Team]) -> WorkspacesNotifier:
    return WorkspacesNotifier(teams[""], teams.get)


def message(destination: str) -> Message:
    return Message("id", Destination(destination), Content("Kimi K2.6 is out."))


@pytest.mark.parametrize(
    ("destination", "team", "place"),
    [
        pytest.param("C9", "", "C9", id="no team is the workspace of the token"),
        pytest.param("T1/C9", "T1", "C9", id="a channel"),
        pytest.param("T2/U9", "T2", "U9", id="a person"),
    ],
)
def test_a_message_goes_to_its_workspace(
    workspaces: WorkspacesNotifier, teams: dict[str, Team], destination: str, team: str, place: str
) -> None:
    sent = workspaces.send(message(destination))
    assert sent == Sent(Destination(destination), "1.1"), "a reply must find its way back"
    assert workspaces.find(message(destination), Search(START)) == Absent()
    assert [one.destination for one in teams[team].taken] == [place, place]
    assert (
        workspaces.permalink(Destination(destination), "1.1")
        == f"https://{teams[team].name}.example/{place}/1.1"
    )


def test_a_workspace_that_lets_nobody_in_does_not_stop_the_others(
    workspaces: WorkspacesNotifier, teams: dict[str, Team]
) -> None:
    teams["T1"].outcome = Closed("Slack says token_revoked")
    assert workspaces.send(message("T1/C9")) == Later(300, "Slack says token_revoked")
    assert isinstance(workspaces.send(message("T2/C9")), Sent)


def test_a_workspace_installed_again_is_used_with_its_new_token(
    workspaces: WorkspacesNotifier, teams: dict[str, Team]
) -> None:
    teams["T1"].outcome = Closed("Slack says token_revoked")
    workspaces.send(message("T1/C9"))
    teams["T1"] = Team("one, again")
    assert isinstance(workspaces.send(message("T1/C9")), Sent)


def test_the_token_of_the_environment_still_closes_everything(
    workspaces: WorkspacesNotifier, teams: dict[str, Team]
) -> None:
    teams[""].outcome = Closed("Slack says token_revoked")
    assert workspaces.send(message("C9")) == teams[""].outcome


def test_a_workspace_without_the_app_waits(workspaces: WorkspacesNotifier) -> None:
    outcome = workspaces.send(message("T9/C9"))
    assert isinstance(outcome, Later)
    assert "/slack/install" in outcome.reason
    assert workspaces.permalink(Destination("T9/C9"), "1.1") == ""


def test_only_so_many_workspaces_stay_open_those_written_to_last(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_workspace(team: str) -> Team:
        opened.append(team)
        return Team(team)

    monkeypatch.setattr(workspaces_module, "KEPT_OPEN", 2)
    workspaces = WorkspacesNotifier(Team("ours"), open_workspace)
    for team in ("T1", "T2", "T1", "T3", "T1", "T2"):
        workspaces.send(message(f"{team}/C9"))
    assert opened == ["T1", "T2", "T3", "T2"]
    assert len(workspaces._open) == 2
