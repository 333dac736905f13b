"""Polite to each host together: two processes' manners over one schema, by a clock that the test moves."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError, StoreError
from bot.fetch.hosts import Hosts
from bot.fetch.manners import Manners
from bot.run.engines import fetcher_of
from bot.run.wiring import open_app
from bot.store.store import Store
from tests.support import postgres
from tests.support.clock import START, FakeClock

OURS = "127.0.0.1:8000"
STRANGER = "blog.example:443"
DEADLINE = 30.0


class Moments(FakeClock):
    """A clock with which something may happen while somebody sleeps."""

    meanwhile: Callable[[], object] | None = None

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            happens()


@pytest.fixture
def clock() -> Moments:
    return Moments()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres.migrated_schema() as url:
        yield url


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path, url=url)
    with store.transaction():
        store._database.run("DELETE FROM host")
    yield store
    store.close()


@pytest.fixture
def one(store: Store, clock: Moments) -> Manners:
    return Manners(clock, 1.0, frozenset({OURS}), store.hosts())


@pytest.fixture
def other(store: Store, clock: Moments) -> Manners:
    return Manners(clock, 1.0, frozenset({OURS}), store.hosts())


def ask(manners: Manners, host: str = STRANGER, status: int = 200, **headers: str) -> None:
    with manners.turn(host, DEADLINE):
        manners.heed(host, status, {name.replace("_", "-"): value for name, value in headers.items()})


def slept(clock: FakeClock) -> float:
    return sum(clock.slept)


def test_a_pause_is_between_the_requests_of_two_processes(
    one: Manners, other: Manners, clock: Moments
) -> None:
    ask(one)
    ask(other)
    ask(one)
    assert 2.0 <= slept(clock) <= 3.0


def test_another_host_waits_for_nothing(one: Manners, other: Manners, clock: Moments) -> None:
    ask(one)
    ask(other, "other.example:443")
    ask(one, OURS)
    ask(other, OURS)
    assert clock.slept == []


def test_an_answer_that_nothing_has_changed_is_followed_by_no_pause(
    one: Manners, other: Manners, clock: Moments
) -> None:
    ask(one, status=304)
    ask(other)
    assert clock.slept == []


def test_a_host_is_asked_one_thing_at_a_time(one: Manners, other: Manners, clock: Moments) -> None:
    turn = one.turn(STRANGER, DEADLINE)
    turn.__enter__()
    clock.meanwhile = lambda: turn.__exit__(None, None, None)
    ask(other)
    assert clock.slept[0] == 0.5  # it looks whether the turn is over
    assert 1.0 <= slept(clock) - 0.5 <= 1.5  # and then there is the pause


def test_whose_process_died_is_let_go_of_after_the_deadline(
    one: Manners, other: Manners, clock: Moments
) -> None:
    died = one.turn(STRANGER, DEADLINE)
    died.__enter__()
    ask(other)
    assert DEADLINE <= slept(clock) <= DEADLINE + 6
    died.__exit__(None, None, None)  # so that it ends here, and not in another test


def test_who_comes_back_after_its_time_takes_no_turn_away(
    one: Manners, other: Manners, store: Store, clock: Moments
) -> None:
    frozen = one.turn(STRANGER, DEADLINE)
    frozen.__enter__()
    clock.advance(timedelta(minutes=1))
    with other.turn(STRANGER, DEADLINE):
        frozen.__exit__(None, None, None)
        standing = shared(store).standing(STRANGER)
        assert standing
        assert standing.taken
        assert standing.free_at > clock.now() + timedelta(seconds=DEADLINE)


@pytest.mark.parametrize("host", [STRANGER, OURS])
def test_what_a_host_asks_one_process_for_all_heed(
    one: Manners, other: Manners, clock: Moments, host: str
) -> None:
    ask(one, host, 429, retry_after="60")
    clock.advance(timedelta(seconds=59))
    with pytest.raises(SourceError) as refused:
        ask(other, host)
    assert (refused.value.failure, refused.value.retry_after) == (Failure.RATE_LIMITED, 1.0)
    clock.advance(timedelta(seconds=1))
    ask(other, host)


def test_who_waits_hears_of_a_rest_that_another_process_was_asked_for(
    one: Manners, other: Manners, clock: Moments
) -> None:
    turn = one.turn(STRANGER, DEADLINE)
    turn.__enter__()
    clock.meanwhile = lambda: one.heed(STRANGER, 429, {"retry-after": "60"})
    with pytest.raises(SourceError) as refused:
        ask(other)
    assert refused.value.failure is Failure.RATE_LIMITED
    turn.__exit__(None, None, None)


def test_a_clock_that_was_set_back_holds_nobody_up(one: Manners, other: Manners, clock: Moments) -> None:
    ask(one, status=429, retry_after="80000")
    clock.advance(timedelta(days=-30))
    ask(other)
    assert clock.slept == []


def test_hosts_that_nobody_asked_for_days_are_forgotten(store: Store, one: Manners, clock: Moments) -> None:
    ask(one, "old.example:443")
    clock.advance(timedelta(days=3))
    ask(one)
    ask(one, OURS, 429, retry_after="60")
    shared(store).forget_idle(clock.now())
    assert [shared(store).standing(host) is None for host in ("old.example:443", STRANGER, OURS)] == [
        True,
        False,
        False,
    ]


def test_where_the_database_refuses_no_host_is_asked(one: Manners, store: Store) -> None:
    store.close()
    for host in (STRANGER, OURS):
        with pytest.raises(StoreError):
            ask(one, host)


@pytest.mark.logs("bot.fetch.manners")
def test_an_answer_is_not_lost_with_the_database(one: Manners, store: Store, clock: Moments) -> None:
    with one.turn(STRANGER, DEADLINE):
        store.close()
        assert one.heed(STRANGER, 429, {"retry-after": "60"}) == 60.0
    with pytest.raises(SourceError, match="asked to be left alone"):
        ask(one)


def test_a_store_that_only_reads_and_a_file_share_no_hosts(url: str, tmp_path: Path) -> None:
    for store in (Store(tmp_path, url=url, readonly=True), Store(tmp_path)):
        assert store.hosts() is None
        store.close()


def test_what_a_process_fetches_with_goes_by_the_hosts_of_its_database(url: str, tmp_path: Path) -> None:
    config = tmp_path / "feeds.yaml"
    config.write_text("labs: [{id: qwen, name: Qwen, sources: [hub: Qwen]}]", encoding="utf-8")
    settings = {"CADENCEBOT_CONFIG": str(config), "CADENCEBOT_STATE": str(tmp_path)}
    with open_app({**settings, "DATABASE_URL": url}) as app, fetcher_of(app) as fetcher:
        ask(fetcher._manners, "wired.example:443")
        assert shared(app.store).standing("wired.example:443")
    with open_app(settings) as app, fetcher_of(app) as fetcher:
        assert fetcher._manners._shared is None


def shared(store: Store) -> Hosts:
    hosts = store.hosts()
    assert hosts
    return hosts


def test_the_time_is_that_of_the_rows(store: Store) -> None:
    """Times are text there, which sorts only as long as all are written alike."""
    hosts = shared(store)
    assert hosts.take("a:1", None, START)
    assert not hosts.take("a:1", None, START)
    seen = hosts.standing("a:1")
    assert seen
    assert seen.free_at == START
    assert hosts.take("a:1", seen, START + timedelta(seconds=1))
    assert not hosts.take("a:1", seen, START + timedelta(seconds=2))
