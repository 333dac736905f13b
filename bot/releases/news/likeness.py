"""Whether a release and a name are of one model, as far as these and their dates tell. Pure."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import DateOrigin, Name, Sighting, SourceKind
from bot.releases.naming.addresses import repository_in
from bot.releases.naming.names import covers, folded, line_of, root_of
from bot.releases.news.decision import Known

# Dates of one release disagree by days everywhere (docs/reference/identity.md#dates): they only guard a match
# by name.
NEAR = timedelta(days=45)
_MONTH = re.compile(r"(?:20)?([23]\d)(0[1-9]|1[0-2])(?:[0-3]\d)?")  # 2605, 260512, 20260512
# How a model answers: the lines of one launch that its post does not name.
_ANSWERING = frozenset({"think", "thinking", "reasoning", "reasoner"})


def repository_linked(link: str) -> str:
    """Return the repository ("owner/name" in lower case) that a link may lead to.

    Elsewhere, as on ModelScope and GitHub, labs give their repositories the same names as on the Hub.
    """
    last_steps = link.partition("?")[0].rstrip("/").split("/")[-2:]
    return (repository_in(link) or "/".join(last_steps)).lower()


def moment_of(sighting: Sighting, now: datetime, *, live: bool = False) -> datetime:
    """Return when the thing happened, as far as the sighting tells.

    A repository's creation is weeks before its publication (docs/reference/hub.md#publication), so a live one
    happened now; in a baseline its creation is all there is.
    """
    published = sighting.published
    if published is None or (live and published.origin is DateOrigin.CREATED):
        return now
    return published.at


def announces(general: Name, specific: Name) -> bool:
    """Whether the post of a launch speaks of this model, as "Olmo 3" does of Olmo-3-32B-Think."""
    return covers(general, specific) or covers_an_answering(general, specific)


def covers_an_answering(general: Name, specific: Name) -> bool:
    """Whether a name covers another but for the words for how that model answers."""
    words = folded(specific.line).split("-")
    named = [word for word in words if word not in _ANSWERING]
    return len(named) < len(words) and covers(general, replace(specific, line="-".join(named)))


def tells_by_month(known: Known, name: Name, when: datetime) -> bool:
    """Whether of a release and a name one says only a version, and the other only the month of that.

    "Mistral Medium 3.5" of May 2026 is mistral-medium-2605; a stamp of another month is another release.
    `when` is the moment at which the name was said.
    """
    versioned, stamped, at = known.name, name, known.published_at
    if known.name.stamp:
        versioned, stamped, at = name, known.name, when
    month = _MONTH.fullmatch(folded(stamped.stamp))
    return (
        month is not None
        and bool(versioned.version)
        and not (versioned.stamp or stamped.version)
        and line_of(known.name) == line_of(name)
        and (not name.size or not known.name.size or folded(name.size) == folded(known.name.size))
        and (at.year % 100, at.month) == (int(month[1]), int(month[2]))
    )


def is_spoken_for(known: Known, general: Name) -> bool:
    """Whether a release has had a word of its own by its exact name, so that a more general one is not its.

    "Gemini 4" ten days after "Gemini 4 Flash" is another model. Between names that differ by a number of
    parameters alone only the lab's own post counts: listings name each size that they know.
    """
    if SourceKind.FEED in known.named_by:
        return True
    return SourceKind.LLM_STATS in known.named_by and line_of(known.name) != line_of(general)


def is_a_size_of(general: Name, specific: Name) -> bool:
    """Whether one of two names, of which one covers the other, adds a number of parameters alone."""
    return line_of(general) == line_of(specific) and folded(general.stamp) == folded(specific.stamp)


def may_be_called(known: Known, name: Name, when: datetime) -> bool:
    """Whether a post of `when` that links a release's repository may call it by this other name."""
    if not (name.version or name.size):
        return True  # the name may be a play on words: there the link is the better witness
    if family_of(known.name) == family_of(name) and folded(known.name.version) != folded(name.version):
        return False
    return is_near(known, when) and SourceKind.FEED not in known.named_by


def is_near(known: Known, when: datetime) -> bool:
    """Whether a release is of about the time that something happened."""
    return abs(known.published_at - when) <= NEAR


def family_of(name: Name) -> tuple[str, str]:
    """Return what the names of a family have in common: the lab, and its name without words of size."""
    return name.lab, root_of(name.family)
