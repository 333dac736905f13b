"""The report over HTTP: off unless it is asked for, made at most once a minute, and known by its ETag."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.errors import ConfigError
from bot.ops.web import serving
from bot.run.chores import Chores
from bot.run.engines import Engines
from bot.run.monitor import monitoring
from bot.run.report_pages import ReportPages, report_pages
from bot.run.wiring import App, open_app
from bot.settings.environment import read_environment
from tests.support.clock import START, FakeClock
from tests.support.house import House, NoFetcher
from tests.support.releases import open_release

PAGES = ("/", "/releases.atom", "/releases.json", "/releases.ics", "/releases.csv", "/api/releases.json")
TOKEN = "xoxb-1-very-secret"
FEEDS = """
labs:
- {id: moonshot, name: Moonshot AI, sources: [{hub: moonshotai}]}
- {id: zai, name: Z.ai, sources: [{hub: zai-org}]}
subscriptions: [{channel: C0SECRETPLAN, labs: [zai]}]
"""


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    body: str

    @property
    def tag(self) -> str:
        return self.headers["ETag"]


@dataclass
class Site:
    """A bot that knows two models, with its report served."""

    app: App
    clock: FakeClock
    url: str = ""

    def ask(self, path: str, known: str = "", method: str = "GET") -> Answer:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        connection.request(method, path, headers={"If-None-Match": known} if known else {})
        answer = connection.getresponse()
        found = Answer(answer.status, answer.headers, answer.read().decode())
        connection.close()
        return found

    def names(self, query: str = "") -> list[str]:
        return [one["name"] for one in json.loads(self.ask(f"/api/releases.json{query}").body)]

    def release(self, name: str, lab: str) -> None:
        open_release(self.app.store, name, lab, self.clock.now())

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "feeds.yaml").write_text(FEEDS, encoding="utf-8")
    return {
        "CADENCEBOT_CONFIG": str(tmp_path / "feeds.yaml"),
        "CADENCEBOT_STATE": str(tmp_path / "state"),
        "CADENCEBOT_REPORT_PAGE": "on",
        "SLACK_BOT_TOKEN": TOKEN,
    }


@pytest.fixture
def site(variables: dict[str, str]) -> Iterator[Site]:
    clock = FakeClock(START)
    with ExitStack() as stack:
        site = Site(stack.enter_context(open_app(variables, clock)), clock)
        site.app.sync_subscriptions()
        site.release("moonshotai/Kimi-K2.6", "moonshot")
        site.release("zai-org/GLM-5.1-9B", "zai")
        routes = stack.enter_context(report_pages(site.app))
        site.url = stack.enter_context(serving(("127.0.0.1", 0), routes))
        yield site


def test_every_page_is_served_as_what_it_is(site: Site) -> None:
    kinds = [site.ask(path).headers.get_content_type() for path in PAGES]
    assert kinds == [
        "text/html",
        "application/atom+xml",
        "application/feed+json",
        "text/calendar",
        "text/csv",
        "application/json",
    ]
    for path in PAGES:
        assert "Kimi-K2.6" in site.ask(path).body


def test_it_is_off_unless_it_is_asked_for(variables: dict[str, str]) -> None:
    with open_app({**variables, "CADENCEBOT_REPORT_PAGE": "off"}) as app, report_pages(app) as routes:
        assert routes == {}
    assert read_environment({}).cadencebot_report_page == "off"


def test_without_a_place_it_cannot_be_on() -> None:
    with pytest.raises(ConfigError, match="CADENCEBOT_REPORT_PAGE: is on, and CADENCEBOT_HEALTH is off"):
        read_environment({"CADENCEBOT_REPORT_PAGE": "on", "CADENCEBOT_HEALTH": "off"})


def test_run_serves_it_beside_healthz(variables: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    house = House(tmp_path / "state")
    with open_app({**variables, "CADENCEBOT_HEALTH": address}, house.clock) as app:
        engines = Engines(house.poller, house.courier, Chores(app, NoFetcher()))
        site = Site(app, house.clock, f"http://{address}")
        with monitoring(app, engines):
            assert [site.ask(path).status for path in ("/", "/healthz", "/metrics")] == [200, 200, 200]


@pytest.mark.parametrize("path", PAGES)
def test_head_is_answered_as_get_without_the_body(site: Site, path: str) -> None:
    whole, head = site.ask(path), site.ask(path, method="HEAD")
    assert (head.status, head.body, head.tag) == (200, "", whole.tag)
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    gone = site.ask("/nothing", method="HEAD")
    assert (gone.status, gone.body) == (404, "")


@pytest.mark.parametrize("path", PAGES)
def test_what_is_known_already_is_not_sent_again(site: Site, path: str) -> None:
    first = site.ask(path)
    for known in (first.tag, f"W/{first.tag}", f'"other", {first.tag}', "*"):
        again = site.ask(path, known)
        assert (again.status, again.body, again.tag) == (304, "", first.tag)
    assert site.ask(path, '"other"').body == first.body


def test_the_page_is_made_at_most_once_a_minute_and_for_each_change(site: Site) -> None:
    first = site.ask("/")
    site.release("moonshotai/Kimi-K3", "moonshot")
    site.later(seconds=59)
    assert site.ask("/").tag == first.tag
    site.later(seconds=1)
    changed = site.ask("/", first.tag)
    assert changed.status == 200
    assert "Kimi-K3" in changed.body
    site.later(minutes=30)
    assert site.ask("/", changed.tag).status == 304, "nothing has changed"
    site.later(minutes=30)
    assert f"As of {site.clock.now():%Y-%m-%d %H:%M} UTC" in site.ask("/", changed.tag).body


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("", ["GLM-5.1-9B", "Kimi-K2.6"], id="nothing is everything of a month"),
        pytest.param("?lab=zai", ["GLM-5.1-9B"], id="one lab"),
        pytest.param(
            "?lab=zai&lab=Moonshot+AI", ["GLM-5.1-9B", "Kimi-K2.6"], id="two labs, as people call them"
        ),
        pytest.param("?match=kimi", ["Kimi-K2.6"], id="a name"),
        pytest.param("?min=1b&max=10b", ["GLM-5.1-9B"], id="a size"),
        pytest.param("?n=1&page=2", ["Kimi-K2.6"], id="the second page of one each"),
        pytest.param("?n=1&since=30d", ["GLM-5.1-9B"], id="a window"),
    ],
)
def test_the_objects_are_asked_for_in_the_words_of_recent(site: Site, query: str, names: list[str]) -> None:
    assert site.names(query) == names


def test_the_objects_are_those_of_the_command_line(site: Site, variables: dict[str, str]) -> None:
    printed = CliRunner().invoke(main, ["recent", "since:20y", "--json"], env=variables)
    assert json.loads(site.ask("/api/releases.json?since=20y").body) == json.loads(printed.stdout)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        pytest.param("?lab=moonshoot", "moonshot", id="an unknown lab"),
        pytest.param("?colour=red", "colour", id="an unknown word"),
        pytest.param("?n=5000", "200", id="more than an answer holds"),
        pytest.param("?triage=adopted", "in Slack", id="what a channel made of it"),
        pytest.param("?" + "lab=zai&" * 30, "at most 20", id="too many words"),
        pytest.param("?match=" + "x" * 3_000, "2,000", id="too long a word"),
    ],
)
def test_wrong_words_are_told_the_right_ones(site: Site, query: str, error: str) -> None:
    answer = site.ask(f"/api/releases.json{query}")
    assert answer.status == 400
    assert error in json.loads(answer.body)["error"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_a_secret_or_a_channel_or_may_be_framed(site: Site, path: str) -> None:
    answer = site.ask(path)
    told = f"{answer.headers}{answer.body}"
    assert [word for word in (TOKEN, "C0SECRETPLAN", str(site.app.state)) if word in told] == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert answer.headers["Cache-Control"] == "private, max-age=60"


def test_who_asks_while_too_many_do_is_sent_away_and_holds_up_nobody(site: Site) -> None:
    with site.app.reading() as reading:
        pages = ReportPages(site.app, reading)
        page, statuses = pages.routes["GET", "/"], list[str]()

        def ask() -> None:
            [*page({}, lambda status, *_: statuses.append(status[:3]))]  # type: ignore[arg-type]  # a bare respond

        with pages._making:
            waiting = [threading.Thread(target=ask) for _ in range(4)]
            for one in waiting:
                one.start()
            while pages._turns._value:  # until all four have their turn
                waiting[-1].join(0.01)
            ask()
            assert statuses == ["503"]
        for one in waiting:
            one.join()
    assert statuses == ["503", "200", "200", "200", "200"]
