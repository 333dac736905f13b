"""One new entry costs what it is worth: statements, transactions and the releases looked at, counted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.fetch import Response
from bot.releases.news.decision import Catalogue, Meant, Outline
from bot.sources.feed import FeedSource
from bot.sources.specs import FeedSpec
from tests.support.fetching import FakeFetcher
from tests.support.house import House
from tests.support.sqlite import sqlite_of

URL = "https://blog.example/rss.xml"
SPELT = ("Aurora", "Boreal", "Comet", "Dune", "Ember", "Fjord", "Glade", "Harbor")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def feed(titles: list[str]) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><guid>https://blog.example/{len(titles) - number}</guid></item>"
        for number, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'.encode()


class Blog:
    """A blog that posts, read by the bot of a house."""

    def __init__(self, house: House, posts: int) -> None:
        self.house = house
        self.source = FeedSource(FeedSpec(feed=URL), "moonshot", timedelta(minutes=10))
        self.titles = [f"How people work with topic {number}" for number in range(posts)]
        self.read()

    def read(self) -> None:
        self.house.later(minutes=10)
        self.house.poller.fetch = FakeFetcher({URL: Response(URL, 200, {}, feed(self.titles))})
        assert not self.house.poller.poll([self.source]).failed

    def post(self, title: str) -> None:
        self.titles.insert(0, title)
        self.read()


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """Yield the statements that the house makes meanwhile, in the test's thread and in the one that polls."""
    made = list[str]()

    def note(heard: Callable[[str], None] | None) -> None:
        sqlite_of(house.store).connection.conn.set_trace_callback(heard)

    def note_everywhere(heard: Callable[[str], None] | None) -> None:
        note(heard)
        house.poller.threads.submit(note, heard).result()

    note_everywhere(made.append)
    yield made
    note_everywhere(None)


def had(house: House, releases: int) -> None:
    """Let the lab have released so many models long ago, of eight families."""
    posts = [f"Introducing {SPELT[at % 8]} {at // 8 + 1}.5" for at in range(releases)]
    house.show(house.blog, *(house.post(title, "moonshot", days_ago=400) for title in posts))


def cost(house: House, blog: Blog, title: str) -> tuple[int, int]:
    """Return how many statements and transactions an entry costs that is new."""
    with statements(house) as made:
        blog.post(title)
    return len(made), sum(one.startswith("BEGIN") for one in made)


@pytest.mark.parametrize(
    ("title", "most"),
    [
        pytest.param("How people work with agents", 44, id="an entry that is no release"),
        pytest.param("Introducing Kimi K9", 75, id="an entry that announces one"),
    ],
)
def test_an_entry_costs_one_transaction_and_no_more_in_a_long_feed_of_a_lab_with_a_history(
    house: House, title: str, most: int
) -> None:
    first = cost(house, Blog(house, 5), title)
    had(house, 64)
    later = cost(house, Blog(house, 100), f"{title} 2")
    assert later == first
    assert later[0] <= most
    assert later[1] == 1


def test_deciding_looks_at_the_family_that_is_named_and_at_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    had(house, 64)
    blog = Blog(house, 5)
    seen = list[int]()
    filled = house.store.releases.filled

    def counting(outline: Outline, meant: Meant) -> Catalogue:
        catalogue = filled(outline, meant)
        seen.append(len(catalogue.releases))
        return catalogue

    monkeypatch.setattr(house.store.releases, "filled", counting)
    for title in ("Introducing Ember 99", "Introducing Kimi K9", "How people work with agents"):
        blog.post(title)
    assert seen == [8, 0, 0]
