"""What a command loads before it does anything: a page of text hardly anything, a question no parser."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.store.store import Store

# What takes from 10 to 150 ms to import.
HEAVY = (
    "bs4", "cryptography", "feedparser", "httpx", "icalendar", "jinja2", "jmespath", "lxml", "matplotlib",
    "prometheus_client", "pydantic", "rich", "schedule", "slack_bolt", "slack_sdk", "sqlite_utils",
    "structlog", "yaml", "bot.fetch.client", "bot.store.store",
)  # fmt: skip
SETTINGS = {"pydantic", "rich", "structlog", "yaml"}  # feeds.yaml, and an error told in words
# What each may load, the least first: they run one after another in one process.
MAY_LOAD: Mapping[str, set[str]] = {
    "--version": set(),
    "--help": set(),
    "license": SETTINGS,
    "identify": SETTINGS,
    "recent": SETTINGS | {"sqlite_utils", "bot.store.store"},
}
SCRIPT = f"""
import json, sys
from bot.cli import main
for command in {[*MAY_LOAD]}:
    main([command], standalone_mode=False)
    print(json.dumps([command, [name for name in {HEAVY} if name in sys.modules]]), file=sys.stderr)
"""

RUNNING = """
import json, sys
import bot.cli.service, bot.run.engines, bot.sources.feed
print(json.dumps([*sys.modules]))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """Return what of HEAVY is loaded after each command."""
    config = Path(__file__).parents[2] / "feeds.yaml"
    state = tmp_path_factory.mktemp("state")
    Store(state).close()
    named = {"CADENCEBOT_CONFIG": str(config), "CADENCEBOT_STATE": str(state)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **named},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(map(json.loads, done.stderr.splitlines()))


@pytest.mark.parametrize("command", MAY_LOAD)
def test_a_command_loads_only_what_it_needs(loaded: Mapping[str, list[str]], command: str) -> None:
    assert set(loaded[command]) - MAY_LOAD[command] == set()


def test_run_loads_nothing_for_those_who_publish_no_report_and_draw_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", RUNNING], capture_output=True, text=True, check=True)
    assert not {"cryptography", "icalendar", "jinja2", "matplotlib", "psycopg"} & {*json.loads(done.stdout)}
