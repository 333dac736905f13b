"""Judge what a sighting is: a release, a variant of one, a product, or something else."""

import re
from dataclasses import replace
from functools import lru_cache

from bot.model import Kind, Lab, Sighting, SourceKind, Verdict
from bot.releases.facts.plaintext import mentions
from bot.releases.naming.labs import Directory
from bot.releases.naming.listings import judge_listing
from bot.releases.naming.names import parse
from bot.releases.naming.posts import judge_post
from bot.releases.naming.repositories import judge_repository
from bot.releases.naming.siblings import Siblings

_WORD = re.compile(r"\w+")
_ALONE = Siblings()
_LONGEST = 1_000  # characters of a title; no announcement says its model's name after that


def judge(sighting: Sighting, labs: Directory, siblings: Siblings = _ALONE) -> Verdict:
    """Return the verdict on one sighting; docs/reference/identity.md has the rules.

    `siblings` are the repositories that the organisation of a Hub sighting lists. Whether a release is new,
    or a variant belongs to one, is for bot.releases.news.decide, which sees the others.
    """
    learned = _learned(sighting, labs.find(sighting.lab))
    if learned:
        return learned
    owners = owners_of(sighting.lab, labs)
    match sighting.source:
        case SourceKind.HUB:
            return judge_repository(sighting, owners, siblings)
        case SourceKind.FEED | SourceKind.PAGE:
            return _within(sighting.include, judge_post(sighting, owners))
        case SourceKind.LLM_STATS | SourceKind.IMPORT:
            return judge_listing(sighting)


def _within(include: tuple[str, ...], verdict: Verdict) -> Verdict:
    """Return the verdict on a post of a source that is read for some names only.

    A post that compares itself with SmolLM2 has the word in its title, and announces somebody else's model.
    """
    names = [name for name in (verdict.name, *verdict.also) if name and mentions(include, name.display)]
    if verdict.kind is not Kind.RELEASE or not include:
        return verdict
    if not names:
        wanted = ", ".join(include)
        return replace(verdict, kind=Kind.OTHER, reason=f"feeds.yaml reads this source for {wanted} only")
    return replace(verdict, name=names[0], also=tuple(names[1:]))


def _learned(sighting: Sighting, lab: Lab | None) -> Verdict | None:
    """Return what feeds.yaml says of this title, where a person has taught the bot a name."""
    title = _spaced(sighting.title) if lab and lab.learned else ""
    for said, meant in lab.learned if lab else ():
        if _spaced(said) in title:
            reason = f"feeds.yaml says that “{said}” means {meant}"
            return Verdict(Kind.RELEASE, reason, parse(meant, sighting.lab))
    return None


def _spaced(text: str) -> str:
    """Return the words of a title, each with room around it, so that only whole words match."""
    return f" {' '.join(_WORD.findall(text[:_LONGEST].casefold()))} "


def owners_of(lab_id: str, labs: Directory) -> frozenset[str]:
    """Return what the models of the lab with this id can be known by, lower-case."""
    lab = labs.find(lab_id)
    return _owners(lab) if lab else frozenset((lab_id.lower(),))


@lru_cache(maxsize=1_000)
def _owners(lab: Lab) -> frozenset[str]:
    """Return what a lab's models can be known by, lower-case."""
    return frozenset(text.lower() for text in (lab.id, lab.name, *lab.owners))
