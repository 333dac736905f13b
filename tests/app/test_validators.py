"""Validators are believed for a day: who keeps them over another body is found out before long."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.records import SourceState
from bot.run.validators import are_left_out, weighed
from bot.sources.base import Poll, Source
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.page import PageSource
from bot.sources.specs import FeedSpec, HubSpec, PageSpec
from bot.store.store import Store
from tests.support.house import LABS, House

DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)
DATED = {"last-modified": "Mon, 30 Mar 2026 10:00:00 GMT"}
TAGGED = {"etag": '"1"'}


@dataclass
class Site:
    """A server that says "not modified" as long as its validators stay, whatever became of its body.

    `whole` counts the requests for the body that bore no validators.
    """

    address: str
    body: bytes
    headers: Mapping[str, str]
    others: Mapping[str, bytes] = field(default_factory=dict)  # bodies by the end of their address
    whole: list[str] = field(default_factory=list)

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
        other = next((body for end, body in self.others.items() if url.partition("?")[0].endswith(end)), None)
        if other is not None:
            return Response(url, 200, {}, other)
        if not url.startswith(self.address):
            raise SourceError(Failure.GONE, f"{url} answered 404")
        if not etag and not last_modified:
            self.whole.append(url)
        same = (
            etag == self.headers.get("etag") if etag else last_modified == self.headers.get("last-modified")
        )
        return Response(url, 304, self.headers) if same else Response(url, 200, self.headers, self.body)


def feed_body(*titles: str) -> bytes:
    items = "".join(
        f"<item><link>https://lab.example/{title}</link><title>Introducing {title}</title></item>"
        for title in titles
    )
    return f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'.encode()


def page_body(*titles: str) -> bytes:
    return "".join(
        f'<li><a href="https://lab.example/{title}">Introducing {title}</a></li>' for title in titles
    ).encode()


def row(name: str) -> Mapping[str, object]:
    return {
        "_id": f"{sum(map(ord, name)):024x}",
        "id": f"moonshotai/{name}",
        "createdAt": "2026-03-20T10:00:00.000Z",
        "tags": ["safetensors"],
        "pipeline_tag": "text-generation",
        "siblings": [{"rfilename": "model.safetensors", "size": 4_000_000_000}],
    }


def hub_body(*names: str) -> bytes:
    return json.dumps([row(name) for name in names]).encode()


URL = "https://lab.example/news"
Body = Callable[..., bytes]
FEED = (FeedSource(FeedSpec(feed=URL), "moonshot", HALF_HOUR), URL, feed_body)
PAGE = (
    PageSource(PageSpec(page=URL, item="li", title="a", link="a"), "moonshot", HALF_HOUR),
    URL,
    page_body,
)
HUB = (
    HubSource(
        HubSpec(hub="moonshotai"), "moonshot", endpoint="https://hub.example", every=HALF_HOUR, hold=DAY
    ),
    "https://hub.example/api/models?",
    hub_body,
)
OF_ALL_KINDS = pytest.mark.parametrize(
    ("source", "address", "body", "validators"),
    [
        pytest.param(*FEED, TAGGED, id="a feed by its ETag"),
        pytest.param(*FEED, DATED, id="a feed by its Last-Modified"),
        pytest.param(*PAGE, TAGGED, id="a page by its ETag"),
        pytest.param(*PAGE, DATED, id="a page by its Last-Modified"),
        pytest.param(*HUB, TAGGED, id="an organisation by its ETag"),
    ],
)


def watching(tmp_path: Path, source: Source, site: Site) -> House:
    house = House(tmp_path, baselined=False)
    house.poller.fetch, house.poller.sources = site, [source]
    house.poller.poll([source])
    return house


def live(house: House, span: timedelta) -> None:
    """Let time pass as the service spends it: what is due is polled, what is owed is delivered."""
    until = house.clock.now() + span
    while house.clock.now() < until:
        house.clock.advance(HALF_HOUR)
        house.poller.poll(house.poller.due())
        house.courier.deliver_all()


@pytest.mark.logs("validators_distrusted")
@OF_ALL_KINDS
def test_what_a_lying_server_hides_is_announced_within_a_day_and_it_is_never_believed_again(
    tmp_path: Path, source: Source, address: str, body: Body, validators: Mapping[str, str]
) -> None:
    details = {
        f"/models/moonshotai/{name}": json.dumps(row(name)).encode() for name in ("Kimi-K9", "Kimi-K8")
    }
    site = Site(address, body("Kimi-K2.5"), validators, details)
    house = watching(tmp_path, source, site)
    site.body = body("Kimi-K9", "Kimi-K2.5")
    live(house, timedelta(hours=1))
    assert house.channel.alerts == [], "the server says that nothing changed"
    live(house, DAY)
    assert len(house.channel.alerts) == 1
    distrusted_at = house.store.sources.state(source.id).distrusted_at
    assert distrusted_at
    site.body, site.whole = body("Kimi-K8", "Kimi-K9", "Kimi-K2.5"), []
    live(house, timedelta(hours=3))
    assert len(house.channel.alerts) == 2
    assert len(site.whole) >= 3, "it is read whole every time"
    assert house.store.sources.state(source.id).distrusted_at == distrusted_at


@OF_ALL_KINDS
def test_an_honest_server_is_believed_and_read_whole_once_a_day_at_least(
    tmp_path: Path, source: Source, address: str, body: Body, validators: Mapping[str, str]
) -> None:
    site = Site(address, body("Kimi-K2.5"), validators)
    house = watching(tmp_path, source, site)
    for day in range(5):
        site.whole = []
        live(house, DAY)
        assert 1 <= len(site.whole) <= 2, f"day {day}"
    site.body, site.headers = (
        body("Kimi-K9", "Kimi-K2.5"),
        {name: f"{it}!" for name, it in validators.items()},
    )
    live(house, 2 * DAY)
    assert house.store.sources.state(source.id).distrusted_at is None


def test_a_restart_neither_forgets_the_day_nor_begins_another(tmp_path: Path) -> None:
    source, address, body = FEED
    site = Site(address, body("Kimi-K2.5"), TAGGED)
    house = watching(tmp_path, source, site)
    due = house.store.sources.state(source.id).whole_at
    assert due
    site.whole = []
    for _ in range(3):
        live(house, timedelta(hours=2))
        house.store.close()
        house.store = house.poller.store = Store(tmp_path, LABS)
        house.restart()
        assert house.store.sources.state(source.id).whole_at == due
    assert site.whole == []
    live(house, due - house.clock.now() + HALF_HOUR)
    assert len(site.whole) == 1


def test_sources_that_began_together_are_not_read_whole_together(tmp_path: Path) -> None:
    sources = [
        FeedSource(FeedSpec(feed=f"https://lab.example/news/{number}"), "moonshot", HALF_HOUR)
        for number in range(20)
    ]
    site = Site("https://lab.example/news", feed_body("Kimi-K2.5"), TAGGED)
    house = watching(tmp_path, sources[0], site)
    house.poller.dice = random.Random(1)
    house.poller.sources = sources
    house.poller.poll(sources)
    busiest = 0
    for _ in range(3 * 24):
        site.whole = []
        live(house, timedelta(hours=1))
        busiest = max(busiest, len(site.whole))
    assert busiest <= 8


@pytest.mark.parametrize(
    "by", [timedelta(days=30), timedelta(days=-30)], ids=["a month ahead", "a month back"]
)
def test_a_clock_that_is_wrong_for_a_while_costs_two_whole_readings(tmp_path: Path, by: timedelta) -> None:
    source, address, body = FEED
    site = Site(address, body("Kimi-K2.5"), TAGGED)
    house = watching(tmp_path, source, site)
    live(house, timedelta(hours=1))
    site.whole = []
    house.clock.advance(by)
    live(house, timedelta(hours=1))
    house.clock.advance(-by)
    live(house, timedelta(hours=1))
    assert len(site.whole) <= 2
    site.whole = []
    live(house, DAY)
    assert 1 <= len(site.whole) <= 2, "and the days go on as before"


@dataclass
class DeafSite(Site):
    """A server that says "not modified" to all validators, though it makes new ones for each body."""

    def get(self, url: str, *, etag: str = "", last_modified: str = "", **named: Any) -> Response:
        self.headers = {"etag": f'"{hash(self.body)}"'} if "etag" in self.headers else self.headers
        if etag or last_modified:
            return Response(url, 304, self.headers)
        return super().get(url, **named)


@pytest.mark.logs("validators_distrusted")
@OF_ALL_KINDS
def test_a_server_that_calls_everything_not_modified_is_found_out_too(
    tmp_path: Path, source: Source, address: str, body: Body, validators: Mapping[str, str]
) -> None:
    details = {"/models/moonshotai/Kimi-K9": json.dumps(row("Kimi-K9")).encode()}
    site = DeafSite(address, body("Kimi-K2.5"), validators, details)
    house = watching(tmp_path, source, site)
    site.body = body("Kimi-K9", "Kimi-K2.5")
    live(house, DAY + timedelta(hours=1))
    assert len(house.channel.alerts) == 1
    assert house.store.sources.state(source.id).distrusted_at
    site.whole = []
    live(house, timedelta(hours=3))
    assert len(site.whole) >= 3


NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
READ = SourceState(
    "feed:x", etag='"1"', last_modified="Monday", fingerprint="a", succeeded_at=NOW, whole_at=LATER
)


def lied(state: SourceState, poll: Poll) -> bool:
    return weighed(state, poll, NOW, 0.5).distrusted_at is not None


@pytest.mark.parametrize("state", [READ, replace(READ, whole_at=NOW)], ids=["sent", "left out"])
@pytest.mark.parametrize(
    ("poll", "is_lie"),
    [
        pytest.param(Poll(etag='"1"', fingerprint="b"), True, id="the ETag of another body"),
        pytest.param(Poll(etag='"1"', fingerprint="a"), False, id="the ETag of the same body"),
        pytest.param(
            Poll(etag='"2"', last_modified="Monday", fingerprint="b"),
            False,
            id="a new ETag, though the date stayed: the ETag counts",
        ),
        pytest.param(Poll(etag='"2"', fingerprint="a"), False, id="a new ETag of the same body"),
        pytest.param(
            Poll(last_modified="Monday", fingerprint="b"),
            False,
            id="no ETag any more: the server has changed",
        ),
    ],
)
def test_what_is_a_lie(state: SourceState, poll: Poll, is_lie: bool) -> None:
    assert lied(state, poll) is is_lie


@pytest.mark.parametrize(
    ("poll", "is_lie"),
    [
        pytest.param(Poll(last_modified="Monday", fingerprint="b"), True, id="the date of another body"),
        pytest.param(Poll(last_modified="Tuesday", fingerprint="b"), False, id="a new date"),
        pytest.param(Poll(etag='"1"', last_modified="Monday", fingerprint="b"), False, id="a first ETag"),
    ],
)
def test_what_is_a_lie_without_an_etag(poll: Poll, is_lie: bool) -> None:
    assert lied(replace(READ, etag=""), poll) is is_lie


def test_a_server_without_validators_says_nothing_and_cannot_lie() -> None:
    assert not lied(replace(READ, etag="", last_modified=""), Poll(fingerprint="b"))


def test_what_an_older_version_left_is_compared_from_the_next_body_on() -> None:
    assert not lied(replace(READ, fingerprint=""), Poll(etag='"1"', fingerprint="b"))


CHANGED = Poll(etag='"2"', last_modified="Tuesday", fingerprint="b")


def test_validators_of_an_older_body_are_sent_once_more_to_see_what_is_answered() -> None:
    state = weighed(replace(READ, whole_at=NOW), CHANGED, NOW, 0.5)
    assert (state.outdated, state.etag, state.last_modified) == (True, '"1"', "Monday")
    honest = weighed(state, CHANGED, NOW, 0.5)
    assert (honest.outdated, honest.etag, honest.distrusted_at) == (False, '"2"', None)
    unmodified = Poll(etag=state.etag, last_modified=state.last_modified, fingerprint=state.fingerprint)
    assert lied(state, unmodified)


def test_validators_that_were_sent_and_found_outdated_are_replaced_at_once() -> None:
    state = weighed(READ, CHANGED, NOW, 0.5)
    assert (state.outdated, state.etag, state.last_modified) == (False, '"2"', "Tuesday")


@pytest.mark.parametrize(
    ("whole_at", "left_out"),
    [
        pytest.param(None, False, id="as a database of an older version has it"),
        pytest.param(NOW + timedelta(hours=3), False, id="later today"),
        pytest.param(NOW, True, id="now"),
        pytest.param(NOW - 3 * DAY, True, id="after an absence"),
        pytest.param(NOW + 30 * DAY, True, id="set by a clock that was a month ahead"),
    ],
)
def test_when_validators_are_left_out(whole_at: datetime | None, left_out: bool) -> None:
    state = replace(READ, whole_at=whole_at)
    assert are_left_out(state, NOW) is left_out
    after = weighed(state, Poll(etag='"1"', fingerprint="a"), NOW, 0.5)
    assert after.whole_at
    assert NOW < after.whole_at <= NOW + DAY
    assert not are_left_out(after, NOW)
