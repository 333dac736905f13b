"""What is known of how a lab ships is made again within the hour, where it shipped something since."""

from datetime import timedelta
from pathlib import Path

from bot.releases.naming.names import parse
from bot.releases.news.decision import Decision, Open
from bot.releases.news.merge import merged
from bot.run.chores import Chores
from bot.run.wiring import open_app
from tests.support.clock import FakeClock
from tests.support.house import NoFetcher

FEEDS = "labs: [{id: zai, name: Z.ai, sources: [{feed: 'https://z.example/rss'}]}]"


def test_the_habit_of_a_lab_that_shipped_something_is_made_within_the_hour(tmp_path: Path) -> None:
    file, clock = tmp_path / "feeds.yaml", FakeClock()
    file.write_text(FEEDS, encoding="utf-8")
    variables = {"CADENCEBOT_CONFIG": str(file), "CADENCEBOT_STATE": str(tmp_path / "state")}
    with open_app(variables, clock) as app:
        for name in ("zai-org/GLM-5", "zai-org/GLM-6"):
            named = parse(name, "zai")
            opened = Decision((Open(named, named.release_key, True),))
            with app.store.transaction():
                app.store.releases.apply(opened, clock.now(), merged, live=False)
            assert app.store.shipments.unmade() == ["zai"]
            clock.advance(timedelta(hours=1))
            Chores(app, NoFetcher()).do()
            assert app.store.shipments.unmade() == []
        (habit,) = app.store.shipments.habits()
    assert habit.newest.name == "GLM-6"
