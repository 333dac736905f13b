"""A server that misbehaves fails its own source, in time and in words, and costs its neighbours nothing."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Failure
from bot.fetch import Fetcher, Response
from bot.fetch.client import HttpFetcher
from bot.releases.naming.labs import Labs
from bot.releases.news.decision import Settings
from bot.run.poller import Poller
from bot.run.reports import Report
from bot.sources.base import Source
from bot.sources.feed import FeedSource
from bot.sources.specs import FeedSpec
from bot.store.store import Store
from tests.support.clock import FakeClock
from tests.support.house import LABS
from tests.support.loopback import Loopback
from tests.torture.faults import Fault, faults
from tests.torture.kinds import KINDS
from tests.torture.long import LONG
from tests.torture.tally import Tally

pytestmark = pytest.mark.logs("source_failed")
ROOT = Path(__file__).parents[2]
FEED = b'<rss version="2.0"><channel><item><title>Kimi K3</title><guid>%s</guid></item></channel></rss>'
DEADLINE = 0.4
FAULTS = {fault.name: fault for fault in faults()}


class Hurried:
    """A fetcher that gives every request of a source `DEADLINE` seconds, whatever the source would wait."""

    def __init__(self, fetch: Fetcher) -> None:
        self._fetch = fetch

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        deadline: float = 30.0,
        max_bytes: int | None = None,
    ) -> Response:
        return self._fetch.get(
            url,
            etag=etag,
            last_modified=last_modified,
            headers=headers,
            deadline=DEADLINE,
            max_bytes=max_bytes,
        )


@pytest.fixture
def good() -> Iterator[Loopback]:
    with Loopback() as server:
        server.on("/one.xml", FEED % b"1")
        server.on("/two.xml", FEED % b"2")
        yield server


@pytest.fixture
def bad() -> Iterator[Loopback]:
    with Loopback() as server:
        server.on("/robots.txt", b"")
        yield server


@pytest.fixture
def fetcher(good: Loopback, bad: Loopback) -> Iterator[Hurried]:
    allowed = frozenset({good.endpoint, bad.endpoint})
    with HttpFetcher(clock=FakeClock(), user_agent="cadencebot/0 (+test)", allowed_hosts=allowed) as fetcher:
        yield Hurried(fetcher)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path, LABS)
    yield store
    store.close()


def feed(url: str) -> Source:
    return FeedSource(FeedSpec(feed=url), "moonshot", timedelta(minutes=10))


def poll(store: Store, fetcher: Hurried, *sources: Source) -> dict[str, Report]:
    with ThreadPoolExecutor(4) as threads:
        poller = Poller(store, sources, fetcher, Labs(LABS), FakeClock(), Settings(), threads)
        return {report.source_id: report for report in poller.poll(sources).reports}


@pytest.mark.parametrize("kind", KINDS if LONG else ("feed",))
@pytest.mark.parametrize("name", FAULTS)
def test_a_server_that_misbehaves_fails_alone_and_in_time(
    name: str, kind: str, store: Store, fetcher: Hurried, good: Loopback, bad: Loopback, tally: Tally
) -> None:
    fault: Fault = FAULTS[name]
    fault.script(bad)
    victim, *others = KINDS[kind](bad.url("")), feed(good.url("/one.xml")), feed(good.url("/two.xml"))
    reports = poll(store, fetcher, *others[:1], victim, *others[1:])  # what has no deadline hangs here
    assert reports[victim.id].failure in fault.failures, reports[victim.id]
    complaint = reports[victim.id].complaint
    assert complaint.isprintable()
    assert len(complaint) < 600
    assert "please report" not in complaint
    assert [(reports[it.id].failure, reports[it.id].new) for it in others] == [("", 1)] * 2
    tally.count("faults", name)


def test_a_server_that_did_everything_wrong_is_read_once_it_comes_to_its_senses(
    store: Store, fetcher: Hurried, bad: Loopback
) -> None:
    source = feed(bad.url("/rss.xml"))
    for fault in FAULTS.values():
        if fault.failures != {Failure.RATE_LIMITED}:  # that one would be left alone, as it asked
            fault.script(bad)
            assert poll(store, fetcher, source)[source.id].failure in fault.failures
    bad.on("/rss.xml", FEED % b"1")
    assert poll(store, fetcher, source)[source.id].new == 1


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")
def test_memory_stays_flat_whatever_is_sent(bad: Loopback, tally: Tally) -> None:
    """Let a child with a limit on its memory ask for everything that is too large."""
    large = [
        it for it in FAULTS.values() if re.search(r"bomb$|MB|without an end|many|huge|bomb in z", it.name)
    ]
    bad.on("/small", b"x")
    done = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.flat", bad.endpoint],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdin
    assert done.stdout
    with done:
        for fault in large:
            fault.script(bad)
            done.stdin.write(f"/{len(fault.name)}\n")
            done.stdin.flush()
            told = json.loads(done.stdout.readline())
            assert told["failure"] in fault.failures, (fault.name, told)
            assert told["grown"] < 60, (fault.name, told)
            tally.measure("megabytes grown by fetching", told["grown"])
        done.stdin.close()
    assert done.returncode == 0
