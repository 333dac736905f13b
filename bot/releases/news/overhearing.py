"""Which of the names in a body are news: what an item did not name before, and what no item carries. Pure.

A source remembers, among the identities that it ever showed, each name that stood in its text, the names of
each item, and the families that it was read for. The first reading for a family only remembers: of what
stands there nobody knows for how long it has.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.model import Kind, Name, Sighting, SourceKind, Verdict
from bot.releases.naming.names import covers, folded
from bot.releases.news.decision import Catalogue, Known
from bot.releases.news.hints import Found
from bot.releases.news.index import NEAR

# More hints than this from one source are a page that shows what it hid before, not news.
MOST_AT_ONCE = 12
_MOST_REMEMBERED = 200  # names of one item; what names more tells nothing by one of them


@dataclass(frozen=True, slots=True)
class Overheard:
    """The names that a body did not have before: in an item that is known (`grown`), or at all (`new`)."""

    grown: tuple[Found, ...] = ()
    new: tuple[Found, ...] = ()
    remember: Mapping[str, str] = field(default_factory=dict)


def identities(found: Iterable[Found], families: Iterable[str]) -> frozenset[str]:
    """Return what the memory of a source is to be asked for, before `overheard`."""
    found = list(found)
    return frozenset(
        (
            *(_family(family) for family in families),
            _family(""),
            *(_name(one) for one in found),
            *(_item(one.post) for one in found if one.post),
        )
    )


def overheard(
    found: Sequence[Found], families: Iterable[str], before: Mapping[str, str], new_posts: Collection[str]
) -> Overheard:
    """Return what of the names in a body was not there before; `before` is what the source remembers.

    `families` are those that the body was read for, `new_posts` the first identities of the items that were
    not known: what these name is for their titles to say.
    """
    families = frozenset((*families, ""))
    was_read = [one for one in found if _reading(one, families) in before]
    grown = [
        one for one in was_read if one.post and one.post not in new_posts and _is_new_in_its_item(one, before)
    ]
    titled = {one.key for one in found if one.titled}
    new = [one for one in was_read if _name(one) not in before and one.key not in titled]
    remember = {_family(family): "read" for family in families}
    remember |= {_name(one): "named" for one in found}
    return Overheard(
        tuple(grown), tuple({one.key: one for one in new}.values()), remember | _items(found, before)
    )


def _is_new_in_its_item(found: Found, before: Mapping[str, str]) -> bool:
    names = before.get(_item(found.post), "").split()
    return _key(found) not in names and len(names) < _MOST_REMEMBERED


def _items(found: Iterable[Found], before: Mapping[str, str]) -> dict[str, str]:
    """Return the names of each item, those of former times with them."""
    names: dict[str, list[str]] = defaultdict(list)
    for one in found:
        if one.post:
            names[_item(one.post)].append(_key(one))
    return {
        item: " ".join(list(dict.fromkeys((*before.get(item, "").split(), *keys)))[:_MOST_REMEMBERED])
        for item, keys in names.items()
    }


def _reading(found: Found, families: Collection[str]) -> str:
    """Return what tells that the text was read for such names before.

    A family that no table knows is known by a release of it, so that its older names are no news anyway.
    """
    return _family(found.name.family if found.name.family in families else "")


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
    return Sighting(
        source_id,
        source,
        found.name.lab,
        f"{_item(found.post)}:{_key(found)}",
        found.words,
        found.url,
        include=found.include,
    )


def on_its_name(verdict: Verdict, found: Found) -> Verdict:
    """Return the verdict on the words, if it is about the model that is new there."""
    named = (verdict.name, *verdict.also) if verdict.name else ()
    if any(name and _same(name, found.name) for name in named):
        return verdict
    return Verdict(
        Kind.OTHER, f"a known post now names {found.name.display}, and does not say that it is out"
    )


def worth_judging(grown: Iterable[Found], catalogue: Catalogue, now: datetime) -> list[Found]:
    """Return those that may be about a release of these weeks, each sentence once.

    Whoever mends an old entry may name models of years: they are no news.
    """
    sentences = {(one.post, one.words): one for one in reversed(list(grown))}
    return [one for one in reversed(sentences.values()) if _is_of_late(one.name, catalogue.releases, now)]


def _is_of_late(name: Name, releases: Iterable[Known], now: datetime) -> bool:
    known = [one for one in releases if _same(one.name, name)]
    if known:
        return any(now - one.published_at <= NEAR for one in known)
    return may_be_new(name, [one.name for one in releases])


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
        if not is_known(one.name, taken) and may_be_new(one.name, releases):
            hints.append(one)
            taken.append(one.name)
    return hints


def is_known(name: Name, known: Iterable[Name]) -> bool:
    """Return whether one of the names equals this one, or covers it, or is covered by it."""
    return known_as(name, known) is not None


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
    letters = re.match(r"[a-z]*", name.version.lower())
    return letters[0].removeprefix("v") if letters else ""


def _number(name: Name) -> float:
    """Return a version as a decimal number: 4.20 is 4.2, and before 4.3."""
    found = re.search(r"\d{1,6}(\.\d{1,6})?", name.version)
    return float(found[0]) if found else 0.0
