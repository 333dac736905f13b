"""Judge what a sighting is: a release, a variant of one, a product, or something else."""

from functools import lru_cache

from bot.model import Lab, Sighting, SourceKind, Verdict
from bot.releases.labs import Directory
from bot.releases.listings import judge_listing
from bot.releases.posts import judge_post
from bot.releases.repositories import judge_repository


def judge(sighting: Sighting, labs: Directory) -> Verdict:
    """Return the verdict on one sighting by itself; reference/identity.md has the rules.

    Whether a release is new, or a variant belongs to one, is for bot.releases.decide, which sees the others.
    """
    lab = labs.find(sighting.lab)
    owners = _owners(lab) if lab else frozenset((sighting.lab.lower(),))
    match sighting.source:
        case SourceKind.HUB:
            return judge_repository(sighting, owners)
        case SourceKind.FEED | SourceKind.PAGE:
            return judge_post(sighting, owners)
        case SourceKind.LLM_STATS:
            return judge_listing(sighting)


@lru_cache(maxsize=1_000)
def _owners(lab: Lab) -> frozenset[str]:
    """Return what a lab's models can be known by, lower-case."""
    return frozenset(text.lower() for text in (lab.id, lab.name, *lab.owners))
