"""Which of the names in a body are news: what an item did not name before, and what no item carries. Pure.

A source remembers, among the identities that it ever showed, each name that stood in its text, the names of
each item, and the families that it was read for. The first reading for a family only remembers: of what
stands there nobody knows for how long it has.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.model import Kind, Name, Sighting, SourceKind, Verdict
from bot.releases.naming.names import covers, folded
from bot.releases.news.decision import Catalogue
from bot.releases.news.likeness import NEAR
from bot.releases.news.names_in_text import Found

# More hints than this from one source are a page that shows what it hid before, not news.
MOST_AT_ONCE = 12
_MOST_REMEMBERED = 200  # names of one item; what names more tells nothing by one of them


@dataclass(frozen=True, slots=True)
class Unseen:
    """The names that a body did not have before."""

    grown: tuple[Found, ...] = ()  # in an item that is known
    new: tuple[Found, ...] = ()  # at all
    remember: Mapping[str, str] = field(default_factory=dict)


def identities(found: Iterable[Found], families: Iterable[str]) -> frozenset[str]:
    """Return what the memory of a source is to be asked for, before `unseen_names`."""
    asked = {_family(family) for family in (*families, "")}
    for one in found:
        asked |= {_name(one), _item(one.post)} if one.post else {_name(one)}
    return frozenset(asked)


def unseen_names(
    found: Sequence[Found], families: Iterable[str], before: Mapping[str, str], new_posts: Collection[str]
) -> Unseen:
    """Return what of the names in a body was not there before; `before` is what the source remembers.

    `families` are those that the body was read for, `new_posts` the first identities of the items that were
    not known: what these name is for their titles to say.
    """
    families = frozenset((*families, ""))
    grown, new = list[Found](), dict[str, Found]()
    titled = {one.key for one in found if one.titled}
    former = {item: before.get(item, "").split() for item in {_item(one.post) for one in found}}
    named = {item: dict.fromkeys(names) for item, names in former.items()}
    for one in found:
        item, key = _item(one.post), _key(one)
        named[item][key] = None
        # A family that no table knows is known by a release of it: its older names are no news anyway.
        if _family(one.name.family if one.name.family in families else "") not in before:
            continue
        is_known_item = one.post and one.post not in new_posts
        if is_known_item and key not in former[item] and len(former[item]) < _MOST_REMEMBERED:
            grown.append(one)
        if _name(one) not in before and one.key not in titled:
            new[one.key] = one
    remember = {_family(family): "read" for family in families} | {_name(one): "named" for one in found}
    for item in dict.fromkeys(_item(one.post) for one in found if one.post):
        remember[item] = " ".join(list(named[item])[:_MOST_REMEMBERED])
    return Unseen(tuple(grown), tuple(new.values()), remember)


def _family(family: str) -> str:
    return f"family:{folded(family)}"


def _name(found: Found) -> str:
    return f"name:{_key(found)}"


def _key(found: Found) -> str:
    """Return a name's key without the lab, whose id may change."""
    return found.key.partition("/")[2]


def _item(post: str) -> str:
    return f"names:{post}"


# --- what known items name now


def grown_sighting(found: Found, source_id: str, source: SourceKind) -> Sighting:
    """Return what an item shows by naming a model that it did not name before: the words that name it.

    It has no date: the item's own is of the day on which it was begun.
    """
    identity = f"{_item(found.post)}:{_key(found)}"
    name, words, url = found.name, found.words, found.url
    return Sighting(source_id, source, name.lab, identity, words, url, include=found.include)


def on_its_name(verdict: Verdict, found: Found) -> Verdict:
    """Return the verdict on the words, if it is about the model that is new there."""
    named = (verdict.name, *verdict.also) if verdict.name else ()
    if any(name and _same(name, found.name) for name in named):
        return verdict
    reason = f"a known post now names {found.name.display}, and does not say that it is out"
    return Verdict(Kind.OTHER, reason)


def worth_judging(grown: Iterable[Found], catalogue: Catalogue, now: datetime) -> list[Found]:
    """Return those that may be about a release of these weeks, each sentence once.

    Whoever mends an old entry may name models of years: they are no news.
    """
    sentences = {(one.post, one.words): one for one in reversed(list(grown))}
    releases, names = catalogue.releases, [one.name for one in catalogue.releases]
    worth = []
    for one in reversed(sentences.values()):
        known = [release for release in releases if _same(release.name, one.name)]
        is_of_late = any(now - release.published_at <= NEAR for release in known)
        if is_of_late or (not known and may_be_new(one.name, names)):
            worth.append(one)
    return worth


# --- names that no item carried


def hints_among(
    new: Sequence[Found], releases: Iterable[Name], carried: Iterable[Name], hinted: Iterable[Name]
) -> list[Found]:
    """Return the names that are hints; of those that cover one another only the most general.

    `carried` are the names that items carried without being judged a release; `hinted` those of all hints
    there ever were: nobody is asked twice.
    """
    releases = list(releases)
    taken = [*releases, *carried, *hinted]
    hints: list[Found] = []
    for one in sorted(new, key=lambda found: len(found.key)):
        if not known_as(one.name, taken) and may_be_new(one.name, releases):
            hints.append(one)
            taken.append(one.name)
    return hints


def known_as(name: Name, known: Iterable[Name]) -> Name | None:
    """Return the first of the names that equals this one, or covers it, or is covered by it."""
    return next((other for other in known if _same(name, other)), None)


def _same(one: Name, other: Name) -> bool:
    if one.version and other.version and _series(one) == _series(other) and _number(one) == _number(other):
        other = replace(other, version=one.version)  # V1.5 and 1.5, 3 and 3.0
    return one.release_key == other.release_key or covers(one, other) or covers(other, one)


def may_be_new(name: Name, known: Iterable[Name]) -> bool:
    """Return whether a name that is not known can be a model that has just come out; `known` are the lab's.

    Texts speak of the models of years, most of which came out before the bot watched. So the version is not
    behind the newest of the same line (where there is none, of the family), in its series: DeepSeek's V and R
    are two. Where a family counts versions, a name without one is only short for something, unless it has a
    date; and a whole number that stands apart ("Claude 10") counts something else, unless it is the next one.
    """
    family = [one for one in known if folded(one.family) == folded(name.family)]
    counting = [one for one in family if one.version]
    if not counting or not name.version:
        return not counting or bool(name.stamp)
    series = [one for one in counting if _series(one) == _series(name)]
    if not series:
        return bool(_series(name))
    newest, version = max(map(_number, series)), _number(name)
    same_line = [_number(one) for one in family if folded(one.line) == folded(name.line)]
    if version < max(same_line, default=newest):
        return False
    stands_apart = "." not in name.version and f" {name.version}" in name.display
    return not stands_apart or version < int(newest) + 2


def _series(name: Name) -> str:
    """Return the letter before a version; "v" says no more than that it is one."""
    return re.split(r"[^a-z]", name.version.lower(), maxsplit=1)[0].removeprefix("v")


def _number(name: Name) -> float:
    """Return a version as a decimal number: 4.20 is 4.2, and before 4.3."""
    found = re.search(r"\d{1,6}(\.\d{1,6})?", name.version)
    return float(found[0]) if found else 0.0
