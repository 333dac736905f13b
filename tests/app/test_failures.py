"""What is said of sources that cannot be read."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.errors import Failure
from bot.run.reports import Report
from bot.run.watcher import OFFLINE, FailureLog, by_cause
from tests.support.clock import FakeClock


def good(host: str) -> Report:
    return Report(f"feed:{host}", host)


def failed(host: str, failure: Failure = Failure.UNREACHABLE, source: str = "") -> Report:
    return Report(source or f"feed:{host}", host, failure=failure, complaint=f"{host} {failure}")


DOWN = [failed(host) for host in ("a", "b", "c", "d")]
HUB = [failed("hub", source=f"hub:{lab}") for lab in ("qwen", "zai", "kimi", "deepseek")]
LOST = [failed("hub", Failure.GONE, f"hub:{lab}") for lab in ("qwen", "zai")]


@pytest.mark.parametrize(
    ("polled", "told"),
    [
        pytest.param(DOWN, ["network_unreachable"], id="several hosts and no other: no network"),
        pytest.param([*DOWN, *DOWN], ["network_unreachable"], id="however long that lasts"),
        pytest.param([*DOWN, good("a")], ["network_unreachable", "network_back"], id="it is back"),
        pytest.param(HUB, [], id="one host may come back in a moment"),
        pytest.param([*HUB, good("a")], ["source_failed"], id="one host is down: once for all its sources"),
        pytest.param([*LOST], ["source_failed"] * 2, id="a source that is gone is its own matter"),
        pytest.param([*LOST, *LOST], ["source_failed"] * 2, id="what lasts is told once"),
        pytest.param(
            [LOST[0], Report("hub:qwen", "hub"), LOST[0]],
            ["source_failed"] * 2,
            id="what comes again",
        ),
        pytest.param([failed("a"), failed("b"), good("c")], ["source_failed"] * 2, id="two hosts"),
    ],
)
def test_each_cause_is_logged_once_and_a_missing_network_in_one_line(
    polled: Sequence[Report], told: Sequence[str]
) -> None:
    failures = FailureLog(FakeClock())
    with capture_logs() as logs:
        for report in polled:
            failures.polled(report)
    assert [line["event"] for line in logs] == told


def test_a_single_host_that_stays_away_is_told_in_the_end() -> None:
    clock = FakeClock()
    failures = FailureLog(clock)
    with capture_logs() as logs:
        failures.polled(failed("a"))
        failures.tick()
        assert logs == []
        clock.advance(timedelta(seconds=10))
        failures.tick()
        failures.tick()
    assert [line["source"] for line in logs] == ["feed:a"]


@pytest.mark.parametrize(
    ("polled", "lines"),
    [
        pytest.param([*DOWN, *HUB], [f"{OFFLINE} (a unreachable)"], id="no network"),
        pytest.param(
            [good("x"), *HUB], ["hub:qwen, hub:zai, hub:kimi and 1 more: hub unreachable"], id="a host"
        ),
        pytest.param(LOST, ["hub:qwen: hub gone", "hub:zai: hub gone"], id="two that are gone"),
        pytest.param([good("x")], [], id="nothing failed"),
    ],
)
def test_a_terminal_tells_failures_by_cause(polled: Sequence[Report], lines: Sequence[str]) -> None:
    assert list(by_cause(polled)) == lines
