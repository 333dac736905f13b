"""The whole bot behind a proxy on loopback: what it says of it, and that nothing goes past it."""

import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from tests.support.loopback import Answer, Asked, Loopback

FEEDS = {"labs": [{"id": "zai", "name": "Z.ai", "sources": [{"hub": "zai-org"}]}]}
SWITCH = {"CADENCEBOT_PROXY": "on"}


class Proxy(Loopback):
    """A proxy in front of a world that has nothing to say; `seen` holds the addresses asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: queue.Queue[str] = queue.Queue()
        self.everywhere(self._refuse)

    def _refuse(self, asked: Asked) -> Answer:
        self.seen.put(asked.target.partition("?")[0])
        return Answer(b'{"ok": false, "error": "internal_error"}', headers={"Connection": "close"})


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as proxy:
        yield proxy


@pytest.fixture
def variables(proxy: Proxy, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(FEEDS), encoding="utf-8")
    return {
        "CADENCEBOT_CONFIG": str(tmp_path / "feeds.yaml"),
        "CADENCEBOT_STATE": str(tmp_path / "state"),
        "CADENCEBOT_HEALTH": "off",
        "HF_ENDPOINT": "http://hub.invalid",
        "SLACK_API_URL": "http://slack.invalid/api/",
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "HTTP_PROXY": f"http://{proxy.endpoint}",
        "NO_PROXY": "",
        "no_proxy": "",
    }


def seen(proxy: Proxy) -> list[str]:
    return [proxy.seen.get() for _ in range(proxy.seen.qsize())]


def test_check_goes_through_the_proxy_and_says_what_rests_on_it(
    proxy: Proxy, variables: dict[str, str]
) -> None:
    said = CliRunner().invoke(main, ["check", "--online"], env={**variables, **SWITCH}).stdout
    assert f"what is asked through {proxy.endpoint} stays away from private addresses only if" in said
    assert {*seen(proxy)} == {
        "http://hub.invalid/api/models",
        "http://slack.invalid/api/auth.test",
        "http://slack.invalid/api/apps.connections.open",
    }


def test_without_the_switch_check_says_in_one_line_that_the_proxy_is_not_used(
    proxy: Proxy, variables: dict[str, str]
) -> None:
    said = CliRunner().invoke(main, ["check", "--online"], env=variables).stdout
    assert [line for line in said.splitlines() if "PROXY" in line] == [
        "HTTP_PROXY is set, and not used: CADENCEBOT_PROXY=on is the switch."
    ]
    assert proxy.connections == 0


def test_run_says_it_at_its_start_and_goes_through_the_proxy(proxy: Proxy, variables: dict[str, str]) -> None:
    command = [sys.executable, "-m", "bot", "run"]
    environment = {**os.environ, **variables, **SWITCH, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    wanted = {"http://hub.invalid/api/models", "http://slack.invalid/api/apps.connections.open"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        assert run.stdout
        said = [run.stdout.readline(), run.stdout.readline()]
        while wanted:
            wanted.discard(proxy.seen.get(timeout=30))
        run.terminate()
    assert any("CADENCEBOT_PROXY is on" in line for line in said)
