"""Every alarm and every panel asks for what /metrics really prints."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import Failure
from bot.ops.health import Vitals, Watch
from bot.ops.metrics import Metrics
from bot.records import Delivery, SourceState
from bot.releases.news.coverage import Record
from tests.support.clock import START, FakeClock
from tests.support.places import C1

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = DEPLOY / "prometheus" / "alerts.yaml"
ALERTS = [alert for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for alert in group["rules"]]
BOARD = json.loads((DEPLOY / "grafana" / "cadencebot.json").read_text("utf-8"))
HUB = "hub:zai"
# What Prometheus adds to every series of a bot that it asks, and what belongs to any process.
ADDED = {"instance", "job", "le"}
NOT_OF_THE_BOT = {"process_cpu_seconds_total", "process_resident_memory_bytes"}


class Polled:
    """A poll that announced, held and failed at once, so that every count is there."""

    source_id, announced, held, failure = HUB, ("glm|5.1",), 40, Failure.RATE_LIMITED


@pytest.fixture(scope="module")
def printed() -> dict[str, set[str]]:
    """Return the names on /metrics, each with its labels."""
    state = SourceState(HUB, succeeded_at=START)
    vitals = Vitals(
        Watch(START, START), {HUB: timedelta(minutes=2)}, {HUB: state}, coverage={HUB: Record(HUB)}
    )
    metrics = Metrics(lambda: vitals, FakeClock().now)
    metrics.polled(Polled())
    metrics.delivered(Delivery(1, "id", 1, "GLM-5.1", C1, "alert", "claimed", 1, START, START), "sent", START)
    metrics.ticked(START)
    families = text_string_to_metric_families(metrics.page().decode())
    samples = [sample for family in families for sample in family.samples]
    return {sample.name: {*sample.labels} for sample in samples}


def asked() -> Iterator[Any]:
    for alert in ALERTS:
        yield pytest.param(alert["expr"], id=alert["alert"])
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            yield pytest.param(target["expr"], id=f"{panel['title']}, {target['refId']}")


@pytest.mark.parametrize("expression", [*asked()])
def test_what_is_asked_for_is_printed_with_these_labels(
    expression: str, printed: dict[str, set[str]]
) -> None:
    names = set(re.findall(r"\b(?:cadencebot|process)_\w+", expression)) - NOT_OF_THE_BOT
    assert names
    assert names <= set(printed)
    grouped = re.findall(r"\b(?:by|on) \(([^)]*)\)", expression)
    chosen = re.findall(r"(\w+)(?:=~|!~|!=|=)\"", expression)
    labels = {label.strip() for group in grouped for label in group.split(",")} | {*chosen}
    assert labels <= set().union(*(printed[name] for name in names)) | ADDED


@pytest.mark.parametrize("alert", ALERTS, ids=[alert["alert"] for alert in ALERTS])
def test_an_alarm_says_how_bad_it_is_and_what_to_do(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert alert["annotations"]["summary"].endswith(".")
    assert alert["annotations"]["description"]


def test_the_panels_have_names_and_lie_beside_each_other() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    assert all(panel["description"] and panel["datasource"]["uid"] == "${datasource}" for panel in panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len({*cells})
    assert max(x for x, _ in cells) < 24


def test_promtool_takes_the_alarms() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    checked = subprocess.run(
        [promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
