"""What people wait for: whether it is so, and the one message that tells them."""

from collections.abc import Iterable
from datetime import datetime

from bot.model import Release
from bot.records import Watch
from bot.releases.facts.filters import Match, check
from bot.releases.facts.text import mentions
from bot.releases.naming.families import first_words
from bot.releases.naming.names import covers, parse
from bot.store.store import Store
from bot.views.watches import render_watch


def met_by(watch: Watch, releases: Iterable[Release]) -> Release | None:
    """Return the first of these releases that is what somebody waits for. Pure.

    What is not stated is not so yet.
    """
    return next((it for it in releases if _is_meant(watch, it) and _is_so(watch, it)), None)


def _is_meant(watch: Watch, release: Release) -> bool:
    """Whether a release is one that the watch names: "Qwen 4" names all sizes of it, and no Qwen4-Coder."""
    if release.withdrawn or release.name.lab != watch.lab:
        return False
    if not watch.name or covers(parse(watch.name, watch.lab), release.name):
        return True
    # A name without its family ("k3") is only a word of the name.
    return watch.name.split()[0].lower() not in first_words() and mentions([watch.name], release.name.display)


def _is_so(watch: Watch, release: Release) -> bool:
    if watch.packaging and not packed(watch, release):
        return False
    return check(watch.filters, release) is Match.YES


def packed(watch: Watch, release: Release) -> str:
    """Return the repository with the packaging that is waited for, "" where none has it, or any will do."""
    found = (
        artifact.repository
        for artifact in release.artifacts
        if watch.packaging
        and watch.packaging in (artifact.packaging.lower(), artifact.facts.precision.lower())
    )
    return next(found, "")


def owe_watches(
    store: Store, release_ids: Iterable[int], now: datetime, *, known_until: datetime | None
) -> None:
    """Owe their one message to those who waited for what these releases are now, and forget that they wait.

    Belongs inside the transaction that made it so. `known_until` as in `owe`; None is for a person's word,
    which may have been said before, and told, where an older copy was put back since somebody waits.
    """
    waiting = store.watches.all()
    for wave in store.history.waves_of(release_ids) if waiting else ():
        for watch in waiting:
            release = met_by(watch, wave.members)
            if release:
                content = render_watch(watch, wave.lab, release, packed(watch, release))
                since = known_until or watch.created_at
                store.deliveries.owe_line(
                    watch.request, watch.destination, content, now, known_until=since, kind="watch"
                )
                store.watches.remove([watch])
