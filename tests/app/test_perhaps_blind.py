"""A source that answers and shows nothing of what others bring is told of once, and once when it is back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.errors import Failure, SourceError
from bot.ops.monitor import Monitor
from bot.run.chores import Chores
from bot.run.engines import Engines
from bot.run.monitor import monitoring, tell_admins
from bot.run.wiring import App, open_app
from tests.support.house import House, NoFetcher

HUB, FEED = "hub:zai-org", "feed:z.example/rss"
CONFIG = {
    "admins": ["UADMIN"],
    "labs": [
        {
            "id": "zai",
            "name": "Z.ai",
            "sources": [{"hub": "zai-org"}, {"feed": "https://z.example/rss"}],
        }
    ],
    "subscriptions": [{"channel": "C0123456789", "labs": "all"}],
}


@dataclass
class Life:
    """A bot that runs, with a Hub organisation and a feed of one lab, past their first polls."""

    app: App
    house: House
    monitor: Monitor

    def release(self, name: str, *, posted: bool = False) -> None:
        """Let a release come out on the Hub, in the feed where it is `posted`, and a week pass."""
        house = self.house
        house.show(house.hub, house.repository(f"zai-org/{name}"))
        house.show(house.blog, *([house.post(f"Introducing {name}", "zai")] if posted else []))
        house.later(days=7)
        house.poller.poll(house.sources)
        self.tick()

    def tick(self) -> None:
        """Look, tell the admins, deliver."""
        self.house.later(minutes=2)
        self.monitor.tick()
        tell_admins(self.app, self.monitor)
        self.house.courier.deliver_all()

    def told(self) -> list[str]:
        return [m.content.text for m in self.house.channel.messages if m.destination == "UADMIN"]

    def metric(self, name: str, source: str) -> str:
        page = self.monitor.metrics.page().decode()
        return next(
            line.split()[-1] for line in page.splitlines() if line.startswith(f'{name}{{source="{source}"')
        )


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(CONFIG), encoding="utf-8")
    return {
        "CADENCEBOT_CONFIG": str(tmp_path / "feeds.yaml"),
        "CADENCEBOT_STATE": str(tmp_path / "state"),
        "CADENCEBOT_HEALTH": "off",
    }


@pytest.fixture
def life(variables: dict[str, str], tmp_path: Path) -> Iterator[Life]:
    house = House(tmp_path / "state", baselined=False)
    house.hub.id, house.blog.id = HUB, FEED
    house.hub.shown.append(house.repository("zai-org/GLM-4.7"))
    house.blog.shown.append(house.post("Hello", "zai"))
    house.poller.poll(house.sources)
    house.later(days=1)
    with open_app(variables, house.clock) as app:
        engines = Engines(house.poller, house.courier, Chores(app, NoFetcher()))
        with monitoring(app, engines) as monitor:
            yield Life(app, house, monitor)


def test_the_admins_hear_once_that_it_missed_three_and_once_that_it_is_back(life: Life) -> None:
    life.release("GLM-5.1", posted=True)
    life.release("GLM-5.2")
    life.release("GLM-6")
    assert life.told() == []
    life.release("GLM-6.1")
    [line] = life.told()
    assert f"{FEED} is perhaps blind" in line
    assert "GLM-5.2, GLM-6, GLM-6.1" in line
    assert "showed 1 of 4" in line
    assert "`cadencebot check` tells more" in line
    life.release("GLM-6.2")
    assert len(life.told()) == 1
    life.release("GLM-7", posted=True)
    assert life.told()[1:] == [f"{FEED} is back: it showed GLM-7"]
    life.release("GLM-7.1")
    assert len(life.told()) == 2


def test_a_restart_does_not_tell_it_again(life: Life, variables: dict[str, str]) -> None:
    for name in ("GLM-5.2", "GLM-6", "GLM-6.1"):
        life.release(name)
    with open_app(variables, life.house.clock) as app:
        engines = Engines(life.house.poller, life.house.courier, Chores(app, NoFetcher()))
        with monitoring(app, engines) as monitor:
            Life(app, life.house, monitor).tick()
    assert len(life.told()) == 1


@pytest.mark.logs("source_failed")
def test_a_source_that_fails_is_told_to_be_blind_and_not_perhaps(life: Life) -> None:
    for name in ("GLM-5.2", "GLM-6"):
        life.release(name)
    life.house.blog.error = SourceError(Failure.UNREACHABLE, "gone")
    life.release("GLM-6.1")
    assert not [line for line in life.told() if "perhaps" in line]


def test_the_organisation_is_not_expected_to_show_what_has_no_weights_there(life: Life) -> None:
    for number in range(4):
        life.house.show(life.house.blog, life.house.post(f"Introducing GLM-{number + 5}", "zai"))
        life.house.later(days=7)
        life.tick()
    assert life.told() == []
    assert life.metric("cadencebot_source_expected", HUB) == "0.0"
    assert life.metric("cadencebot_source_showed", FEED) == "4.0"


def test_status_check_and_metrics_tell_it(life: Life, variables: dict[str, str]) -> None:
    for name in ("GLM-5.2", "GLM-6", "GLM-6.1"):
        life.release(name)
    assert life.metric("cadencebot_source_perhaps_blind", FEED) == "1.0"
    assert life.metric("cadencebot_source_expected", FEED) == "3.0"

    def said(command: str) -> str:
        return " ".join(
            CliRunner().invoke(main, [command], env={**variables, "COLUMNS": "300"}).output.split()
        )

    assert f"{FEED} is perhaps blind: it answers, but missed the last 3 releases that others brought" in said(
        "check"
    )
    assert "showed 0 of 3" in said("status")
    assert "showed 3 of 3" in said("status")
