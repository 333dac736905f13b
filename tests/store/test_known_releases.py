"""What understanding a text takes from the releases that are known."""

from bot.releases.naming.names import parse
from bot.releases.news.decision import Decision, Open
from bot.releases.news.merge import merged
from bot.store.store import Store
from tests.support.clock import START


def test_a_family_counts_versions_where_one_of_its_releases_has_one(store: Store) -> None:
    names = [parse(text, "lab") for text in ("Kestrel-2", "Kestrel-3", "Vision-Tower", "Aurora-1-Pro")]
    with store.transaction():
        opened = Decision(tuple(Open(name, name.release_key, True) for name in names))
        store.releases.apply(opened, START, merged, live=False)
    assert store.releases.counting("lab") == ("Aurora", "Kestrel")
    assert store.releases.counting("another") == ()
