"""Which of a lab's releases some sightings can mean: deciding looks at no others, however many. Pure.

By its name a sighting can mean one of the same family or of the same key, by its links that of a repository.
"""

from collections.abc import Sequence

from bot.releases.naming.names import respelt, root_of
from bot.releases.news.corrections import NO_RELEASE
from bot.releases.news.decision import Judged, Meant, Outline
from bot.releases.news.likeness import repository_linked
from bot.releases.news.merge import corrected_waiting


def meant_by(judged: Sequence[Judged], outline: Outline) -> Meant:
    """Return what these can mean of the releases in an outline, and what the listings that wait can."""
    waiting = (corrected_waiting(one, outline.errata).judged for one in outline.waiting)
    named = [one for one in (*judged, *waiting) if one.verdict.kind not in NO_RELEASE]
    names = [name for one in named for name in (one.verdict.name, *one.verdict.also) if name]
    roots, keys = {root_of(name.family) for name in names}, {respelt(name.release_key) for name in names}
    linked = (repository_linked(link) for one in named for link in one.sighting.links)
    return Meant(
        keys=tuple(
            key
            for key, family in outline.families.items()
            if root_of(family) in roots or respelt(key) in keys
        ),
        repositories=frozenset((*linked, *(one.sighting.title.lower() for one in judged))),
    )
