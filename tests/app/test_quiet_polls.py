"""What polls with nothing new cost, counted: statements, transactions, requests and connections."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database as Connection

from bot.fetch.client import HttpFetcher
from bot.run.quiet_polls import QuietPolls
from bot.sources.base import Source
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.specs import FeedSpec, HubSpec
from bot.store.sqlite import SqliteDatabase
from tests.support.house import House
from tests.support.loopback import Answer, Asked, Loopback

ROW = '{"_id": "%024x", "id": "moonshotai/Kimi-%d", "private": false}'
ITEM = "<item><guid>{0}</guid><title>{0}</title></item>"


@dataclass
class Statements:
    """What SQLite is given, in all threads."""

    all: list[str] = field(default_factory=list)

    @property
    def transactions(self) -> int:
        return sum(statement.startswith("BEGIN") for statement in self.all)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    connect, statements = SqliteDatabase._connect, Statements()

    def traced(self: SqliteDatabase) -> Connection:
        connection = connect(self)
        connection.conn.set_trace_callback(statements.all.append)
        return connection

    monkeypatch.setattr(SqliteDatabase, "_connect", traced)
    return statements


@dataclass
class World:
    """A bot, and a server of as many feeds and pages of the Hub as it is asked for."""

    house: House
    server: Loopback
    statements: Statements
    posts: dict[str, list[str]] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Answer:
        """Answer a feed or a page of the listing, or that it is as its validator says."""
        body = self.page(asked.target) if "/api/models" in asked.target else self.feed(asked.target)
        headers = {"ETag": f'"{hash(body)}"'}
        if asked.headers.get("if-none-match") == headers["ETag"]:
            return Answer(b"", 304, headers)
        if "cursor=" not in asked.target:
            following = asked.target.replace("/api/models?", "/api/models?cursor=2&")
            headers["Link"] = f'<{self.server.url(following)}>; rel="next"'
        return Answer(body, 200, headers)

    def feed(self, path: str) -> bytes:
        items = "".join(map(ITEM.format, self.posts.get(path, ["one", "two"])))
        return f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'.encode()

    def page(self, target: str) -> bytes:
        number = 2 if "cursor=" in target else 1
        return f"[{ROW % (number, number)}]".encode()

    def feeds(self, number: int) -> Sequence[Source]:
        addresses = [self.server.url(f"/{it}.xml") for it in range(number)]
        return [FeedSource(FeedSpec(feed=it), "moonshot", timedelta(minutes=10)) for it in addresses]

    def organisation(self) -> Source:
        return HubSource(
            HubSpec(hub="moonshotai"),
            "moonshot",
            endpoint=self.server.url().rstrip("/"),
            every=timedelta(minutes=2),
            hold=timedelta(hours=6),
        )

    def poll(self, sources: Sequence[Source]) -> tuple[int, int]:
        """Poll, a quarter of an hour later; return how many statements and requests that took."""
        self.house.later(minutes=15)
        self.statements.all.clear()
        self.server.asked.clear()
        assert not self.house.poller.poll(sources).failed
        return len(self.statements.all), len(self.server.asked)


@pytest.fixture
def world(tmp_path: Path, statements: Statements) -> Iterator[World]:
    house = House(tmp_path)
    with Loopback() as server, ThreadPoolExecutor(2) as house.poller.threads:
        own = frozenset({server.endpoint})
        with HttpFetcher(clock=house.clock, user_agent="x", allowed_hosts=own) as house.poller.fetch:
            house.poller.own_hosts = own
            world = World(house, server, statements)
            server.everywhere(world.answer)
            yield world


def test_each_feed_costs_one_request_and_one_statement_and_all_of_them_one_transaction(world: World) -> None:
    few, many = world.feeds(10), world.feeds(40)
    world.poll(many)
    statements, requests = world.poll(few)
    assert (requests, world.statements.transactions) == (10, 1)
    more, requests = world.poll(many)
    assert (requests, world.statements.transactions) == (40, 1)
    assert more - statements == 30
    assert statements <= 10 + 12, "what a round costs, however many it polls"


def test_connections_are_kept_over_answers_that_say_that_nothing_changed(world: World) -> None:
    feeds = world.feeds(40)
    world.poll(feeds)
    before = world.server.connections
    world.poll(feeds)
    assert world.server.connections - before <= 10, "or each had its own"


def test_every_page_of_an_organisation_costs_one_request_and_no_more(world: World) -> None:
    organisation = [world.organisation()]
    assert world.poll(organisation)[1] == 2
    statements, requests = world.poll(organisation)
    assert (requests, world.statements.transactions) == (2, 1)
    assert statements <= 2 + 12


def test_a_source_that_showed_something_has_a_transaction_of_its_own(world: World) -> None:
    feeds = world.feeds(10)
    world.poll(feeds)
    world.posts["/3.xml"] = ["one", "two", "three"]
    statements, requests = world.poll(feeds)
    assert (requests, world.statements.transactions) == (10, 2)
    begins, ends = world.statements.all.index("BEGIN IMMEDIATE"), world.statements.all.index("COMMIT")
    own = world.statements.all[begins:ends]
    assert [table for table in ("seen", "source") if any(f"INTO {table} " in it for it in own)] == [
        "seen",
        "source",
    ]
    assert statements <= 2 * 9 + 12 + 40


def test_a_release_of_a_first_poll_takes_three_statements_beside_what_is_remembered(world: World) -> None:
    world.posts |= {
        "/0.xml": [f"Introducing Kimi K{number}" for number in range(2, 12)],
        "/1.xml": [f"Introducing Aurora {number}" for number in range(2, 42)],
    }
    *feeds, other = world.feeds(3)
    world.poll([other])  # the first of all makes an index
    numbers = []
    for feed in feeds:
        world.poll([feed])
        # The text of one comes again for each trigger that it sets off.
        numbers.append(len({it for it in world.statements.all if "INTO seen" not in it}))
    assert numbers[1] - numbers[0] == 30 * 3


def test_a_tick_with_nothing_to_do_asks_once_however_many_sources_there_are(world: World) -> None:
    world.house.poller.sources = world.feeds(40)
    world.poll(world.house.poller.sources)
    world.statements.all.clear()
    assert world.house.poller.poll_due().reports == ()
    assert len(world.statements.all) == 1


def test_what_dies_before_the_common_transaction_has_only_forgotten_that_it_polled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds, sources = world.feeds(3), world.house.store.sources
    world.poll(feeds)
    before = sources.states()
    with monkeypatch.context() as dying:
        dying.setattr(QuietPolls, "write", lambda *_: None)
        world.poll(feeds)
    assert sources.states() == before
    assert sources.waiting(world.house.clock.now()).isdisjoint(before), "all are due again"
    world.poll(feeds)
    validators = {it: (state.etag, state.fingerprint) for it, state in sources.states().items()}
    assert validators == {it: (state.etag, state.fingerprint) for it, state in before.items()}
