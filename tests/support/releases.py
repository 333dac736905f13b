"""Releases for a store that a test fills by hand."""

from datetime import datetime

from bot.model import DateOrigin, Facts, Kind, Published, Sighting, SourceKind, Verdict
from bot.releases.naming.names import parse
from bot.releases.news.decision import Attach, Decision, Judged, Observe, Open
from bot.releases.news.merge import merged
from bot.store.store import Store


def open_release(store: Store, repository: str, lab: str, now: datetime) -> tuple[int, str]:
    """Store a release with its repository, and return its id and key."""
    name = parse(repository, lab)
    sighting = Sighting(
        source_id=f"hub:{lab}",
        source=SourceKind.HUB,
        lab=lab,
        external_id=f"id:{repository}",
        title=repository,
        url=f"https://hub.example/{repository}",
        published=Published(now, DateOrigin.CREATED),
        facts=Facts(task="text-generation"),
    )
    seen = Observe(Judged(sighting, Verdict(Kind.RELEASE, "a test says so", name)), name.release_key)
    steps = (
        Open(name, name.release_key, False),
        seen,
        Attach(name.release_key, sighting, True, False, ""),
    )
    with store.transaction():
        touched = store.releases.apply(Decision(steps), now, merged, live=True)
    return touched[name.release_key], name.release_key
