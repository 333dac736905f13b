"""What no promise needs is forgotten once a year has passed, and what was sent is never owed again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.records import Content
from bot.releases.naming.names import parse
from bot.releases.news.decision import Decision, Open
from bot.releases.news.merge import merged
from bot.run.chores import Chores
from bot.run.wiring import App, open_app
from tests.support.clock import FakeClock
from tests.support.house import NoFetcher
from tests.support.places import C1

FEEDS = "labs: [{id: zai, name: Z.ai, sources: [{feed: 'https://z.example/rss'}]}]"
HELLO = Content("hello")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Return a bot that has sent a line, and owes another."""
    file = tmp_path / "feeds.yaml"
    file.write_text(FEEDS, encoding="utf-8")
    variables = {"CADENCEBOT_CONFIG": str(file), "CADENCEBOT_STATE": str(tmp_path / "state")}
    with open_app(variables, FakeClock()) as app:
        now = app.clock.now()
        with app.store.transaction():
            for identity in ("sent", "owed"):
                app.store.deliveries.owe_line(identity, C1, HELLO, now, known_until=None)
            (head,) = app.store.deliveries.heads()
            app.store.deliveries.claim(head.sequence, now)
            app.store.deliveries.settle_sent(head.sequence, "C1", "1.2", "", now)
        yield app


def days_later(app: App, days: int) -> None:
    assert isinstance(app.clock, FakeClock)
    app.clock.advance(timedelta(days=days))
    Chores(app, NoFetcher()).do()


def texts(app: App) -> dict[str, Content | None]:
    return {one.state: one.content for one in app.store.deliveries.recent(9)}


def test_what_a_line_said_is_forgotten_a_year_after_it_was_sent(app: App) -> None:
    days_later(app, 360)
    assert texts(app) == {"sent": HELLO, "owed": HELLO}
    days_later(app, 10)
    assert texts(app) == {"sent": None, "owed": HELLO}


def test_a_line_whose_text_is_forgotten_is_not_owed_again(app: App) -> None:
    days_later(app, 400)
    with app.store.transaction():
        assert not app.store.deliveries.owe_line("sent", C1, HELLO, app.clock.now(), known_until=None)


def test_it_is_done_once_a_week(app: App) -> None:
    days_later(app, 364)  # nothing is old enough yet
    days_later(app, 2)
    assert texts(app)["sent"] == HELLO
    days_later(app, 5)
    assert texts(app)["sent"] is None


def test_the_habit_of_a_lab_that_shipped_something_is_made_within_the_hour(app: App) -> None:
    for name in ("zai-org/GLM-5", "zai-org/GLM-6"):
        named = parse(name, "zai")
        opened = Decision((Open(named, named.release_key, True),))
        with app.store.transaction():
            app.store.releases.apply(opened, app.clock.now(), merged, live=False)
        assert app.store.shipments.unmade() == ["zai"]
        days_later(app, 1)
        assert app.store.shipments.unmade() == []
    (habit,) = app.store.shipments.habits()
    assert habit.newest.name == "GLM-6"
