"""Killed at any step of the way and started again, the bot announces everything once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from bot.demo.hub import Hub, Repository
from bot.demo.slack import Slack
from tests.crash.points import CARRYING, DIED, POINTS

ROOT = Path(__file__).parents[2]
START = datetime(2026, 4, 20, 12, tzinfo=UTC)


class Time:
    """Be what the bot's runs and the servers agree on: each run starts a minute after the one before."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def hub(time: Time) -> Iterator[Hub]:
    with Hub(time) as server:
        server.put(repository("moonshotai/Kimi-K2.5"))
        yield server


@pytest.fixture
def slack(time: Time) -> Iterator[Slack]:
    with Slack(time, {"C0ONE": "one", "C0TWO": "two"}) as server:
        yield server


def repository(name: str) -> Repository:
    return Repository(
        name,
        created_at=START - timedelta(days=6),
        files={"model-00001-of-00001.safetensors": 595_000_000_000},
        card={"license": "mit"},
        tags=("license:mit",),
        pipeline_tag="text-generation",
    )


class Bot:
    """Start children on one state directory."""

    def __init__(self, directory: Path, time: Time, hub: Hub, slack: Slack) -> None:
        config = directory / "feeds.yaml"
        lab = {"id": "moonshot", "name": "Moonshot AI", "sources": [{"hub": "moonshotai"}]}
        subscriptions = [{"channel": channel, "labs": "all"} for channel in slack.channels]
        config.write_text(yaml.safe_dump({"labs": [lab], "subscriptions": subscriptions}), encoding="utf-8")
        self.variables = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CADENCEBOT_CONFIG": str(config),
            "CADENCEBOT_STATE": str(directory / "state"),
            "CADENCEBOT_ALLOW_HOSTS": f"{hub.host},{slack.host}",
            "HF_ENDPOINT": hub.url,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.token,
        }
        self.time = time

    def run(self, point: str = "", hit: int = 0) -> int:
        self.time.now += timedelta(minutes=1)
        command = [sys.executable, "-m", "tests.crash.child", self.time.now.isoformat(), point, str(hit)]
        done = subprocess.run(
            command, env=self.variables, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode in (0, DIED), done.stderr
        return done.returncode


@pytest.mark.parametrize("point", POINTS)
def test_everything_is_announced_once(point: str, tmp_path: Path, time: Time, hub: Hub, slack: Slack) -> None:
    bot = Bot(tmp_path, time, hub, slack)
    assert bot.run() == 0, "the baseline"
    hub.put(repository("moonshotai/Kimi-K2.6"), repository("moonshotai/Kimi-K2.6-NVFP4"))
    endings = [bot.run(point, hit) for hit in (1, 2, 3)]
    assert bot.run() == 0
    assert DIED in endings, f"nothing ever passes {point}: the test tries nothing"
    for channel in slack.channels:
        alerts = [post for post in slack.posts(channel) if not post.thread_ts]
        replies = [post for post in slack.posts(channel) if post.thread_ts]
        assert len(alerts) == 1, f"{channel}: {[post.text for post in alerts]}"
        assert len(replies) == 1, f"{channel}: {[post.text for post in replies]}"
        assert replies[0].thread_ts == alerts[0].ts


@pytest.mark.parametrize("point", CARRYING)
def test_releases_that_share_a_message_are_announced_once(
    point: str, tmp_path: Path, time: Time, hub: Hub, slack: Slack
) -> None:
    bot = Bot(tmp_path, time, hub, slack)
    assert bot.run() == 0, "the baseline"
    names = [f"moonshotai/{family}-3" for family in ("Aster", "Briar", "Cedar", "Dahlia")]
    hub.put(*map(repository, names))
    endings = [bot.run(point, hit) for hit in (1, 2, 3)]
    assert bot.run() == 0
    assert DIED in endings, f"nothing ever passes {point}: the test tries nothing"
    for channel in slack.channels:
        [post] = slack.posts(channel)
        assert "released 4 models" in post.text
    hub.put(repository(f"{names[2]}-FP8"))
    assert bot.run() == 0
    for channel in slack.channels:
        post, reply = slack.posts(channel)
        assert reply.thread_ts == post.ts, "a reply to one of them answers to the message of all"
