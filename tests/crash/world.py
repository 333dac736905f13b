"""A small world for a bot that dies: a Hub with a few organisations, a Slack, and a state directory."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import yaml

from bot.demo.hub import Hub, Repository
from bot.demo.slack import Slack
from bot.model import Lab
from bot.store.store import Store

START = datetime(2026, 4, 20, 12, tzinfo=UTC)
RESTARTED = timedelta(minutes=2)  # after it died, by Slack's clock as well: what was on its way has landed
LABS = (Lab("moonshot", "Moonshot AI"), Lab("zai", "Z.ai"), Lab("qwen", "Qwen"))
OWNERS = {"moonshotai": "moonshot", "zai-org": "zai", "Qwen": "qwen"}
NO_BLOGS: Mapping[str, str] = MappingProxyType({})


class Time:
    """What the bot's runs and the servers agree on."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def repository(name: str, license: str = "mit") -> Repository:
    return Repository(
        name,
        created_at=START - timedelta(days=6),
        files={"model-00001-of-00001.safetensors": 595_000_000_000},
        card={"license": license},
        pipeline_tag="text-generation",
    )


def relicensed(repository: Repository, license: str) -> Repository:
    return replace(repository, card={"license": license})


def environment(
    directory: Path,
    hub: Hub,
    slack: Slack,
    owners: Mapping[str, str] = OWNERS,
    every: str = "10m",
    blogs: Mapping[str, str] = NO_BLOGS,
) -> Mapping[str, str]:
    """Write a feeds.yaml in which every channel follows all labs; return the bot's variables.

    `blogs` are the addresses of feeds, by lab; a person among the channels is an admin.
    """
    config = directory / "feeds.yaml"
    labs = [
        {"id": lab, "name": lab.title(), "sources": _sources(owner, blogs.get(lab), every)}
        for owner, lab in owners.items()
    ]
    people = [channel for channel in slack.channels if channel.startswith("U")]
    subscriptions = [
        {"channel": channel, "labs": "all"} for channel in slack.channels if channel not in people
    ]
    written = {"labs": labs, "subscriptions": subscriptions, "admins": people}
    config.write_text(yaml.safe_dump(written), encoding="utf-8")
    hosts = {hub.host, slack.host, *(urlsplit(blog).netloc for blog in blogs.values())}
    return {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(state_of(directory)),
        "CADENCEBOT_HEALTH": "off",  # one address for all that run beside each other
        "CADENCEBOT_ALLOW_HOSTS": ",".join(sorted(hosts)),
        "HF_ENDPOINT": hub.url,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.token,
    }


def _sources(owner: str, blog: str | None, every: str) -> list[dict[str, str]]:
    return [{"hub": owner, "every": every}, *([{"feed": blog, "every": every}] if blog else [])]


def state_of(directory: Path) -> Path:
    return directory / "state"


def the_store(directory: Path) -> "closing[Store]":
    """Lend the store while no child is at work."""
    return closing(Store(state_of(directory), LABS))


def whole(store: Store) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    return store._database.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
