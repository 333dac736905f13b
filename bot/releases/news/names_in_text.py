"""Names of a lab's own models in running text: what a body says beyond its items. Pure.

Text is no title: any sentence may speak of old models, of prices and of other labs. So only names of known
families of the lab count, with a version, size or stamp that stands next to the family's name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from bot.model import Name
from bot.releases.facts.text import one_line
from bot.releases.naming.families import known_at, own_families, spelled
from bot.releases.naming.names import parse
from bot.releases.naming.titles import EAST_ASIAN, ITS_WORDS, NUMBERS, WITH_CAPITAL, told_by
from bot.releases.naming.tokens import Token, clean, tokenize

_MOST_NAMES = 500  # different ones in one text; the longest archive has some hundred
_MOST_FOUND = 3_000  # in one body, in all its posts together
_MOST_PLACES = 5_000  # where a family's name stands in one text
_LONGEST = 90  # characters of a name in running text
_SENTENCE = 280  # characters
_MARKUP = str.maketrans("", "", "*`")
_LINE_END = re.compile(r"[\n\r]")
_SENTENCE_END = re.compile(r"[\n\r]|[.!?]\s|[。！？]")
_TIGHT = frozenset({"", "-", "_", "."})
_PARAMETERS = re.compile(r"[ae]?\d{1,4}(\.\d{1,3})?[bmt]")
# What follows a number that counts: "Gemini 2 million users", "Claude 3 times a day".
_COUNTED = frozenset(
    {"million", "billion", "thousand", "times", "percent", "days", "months", "years", "users", "people"}
)


@dataclass(frozen=True, slots=True)
class Link:
    """An address in a text, and where its words stand."""

    start: int
    end: int
    url: str


@dataclass(frozen=True, slots=True)
class Passage:
    """The plain text of an item, or of what is none where `post` is "", with the addresses that it links.

    `post` is the item's first identity and `title` what its text begins with. An item is a post that the bot
    was shown: a whole page is none, nor is a post that `include` leaves out. `include` are the words of which
    a release of this item needs one in its name.
    """

    lab: str
    text: str
    url: str  # where no link is near
    links: tuple[Link, ...] = ()
    post: str = ""
    title: str = ""
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a text, with the sentence or line that holds it and the nearest address."""

    name: Name
    words: str
    url: str
    post: str = ""
    titled: bool = False  # it stands in the title of an item
    include: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The release key of the name."""
        return self.name.release_key


@dataclass(frozen=True, slots=True)
class Names:
    """The names in a body, and the families of the tables that it was read for."""

    found: tuple[Found, ...] = ()
    families: frozenset[str] = frozenset()


def names_in(passages: Sequence[Passage], owners: frozenset[str], counting: tuple[str, ...]) -> Names:
    """Return the names of a lab's own models in all that a body says.

    `owners` are the lab's id, name and Hub owners, lower-case; `counting` are the families of its releases
    that count versions: one that no table knows is looked for then, as other words of a few letters are no
    names.
    """
    found = (one for passage in passages for one in _names_in(passage, owners, counting))
    return Names(tuple(islice(found, _MOST_FOUND)), frozenset(own_families(owners)))


def _names_in(passage: Passage, owners: frozenset[str], families: tuple[str, ...]) -> list[Found]:
    """Return the names in a passage, each once, in order."""
    spellings = [spelling for family in own_families(owners).values() for spelling in family]
    found: dict[str, Found] = {}
    for count, place in enumerate(_beginnings((*spellings, *families)).finditer(passage.text)):
        if count == _MOST_PLACES or len(found) == _MOST_NAMES:
            break
        at = place.start()
        name = _name_at(passage.text[at : at + _LONGEST], passage.lab, owners, families)
        if name and name.release_key not in found:
            found[name.release_key] = Found(
                name,
                _sentence_at(passage.text, at),
                _nearest(passage.links, at) or passage.url,
                passage.post,
                at < len(passage.title),
                passage.include,
            )
    return list(found.values())


@lru_cache(maxsize=100)
def _beginnings(families: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the first words of families: a pattern without repetition, so linear."""
    words = {tokenize(clean(family))[0].text for family in families if clean(family)}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    either = "|".join(map(re.escape, longest_first)) or "(?!)"
    return re.compile(rf"(?<![^\W_{EAST_ASIAN}])(?:{either})", re.IGNORECASE)


@lru_cache(maxsize=8_000)  # the same sentences come with every change of a page
def _name_at(window: str, lab: str, owners: frozenset[str], families: tuple[str, ...]) -> Name | None:
    """Return the name of a model that this piece of text begins with, or None."""
    line = _LINE_END.split(window, maxsplit=1)[0].translate(_MARKUP)
    if not any(character.isdigit() for character in line):
        return None
    tokens = tokenize(clean(ITS_WORDS.sub(r" \1 ", line), _LONGEST))
    if len(window) == _LONGEST:
        tokens = tokens[:-1]  # it may be cut
    end = _end_of_name(tokens, _end_of_family(tokens, owners, families))
    if not end or not _is_of_a_model(tokens[:end]):
        return None
    name = parse(spelled(tokens[:end]), lab)
    return name if name.family and (name.version or name.size or name.stamp) else None


def _end_of_family(tokens: Sequence[Token], owners: frozenset[str], families: tuple[str, ...]) -> int:
    """Return where a name of one of the lab's families ends that stands at the beginning, 0 for none."""
    known = known_at(tokens, 0)
    if known:
        return known[1] if known[0].of(owners) else 0
    lows = [token.low for token in tokens]
    words = ([token.low for token in tokenize(clean(family))] for family in families)
    return max((len(one) for one in words if one == lows[: len(one)]), default=0)


def _end_of_name(tokens: Sequence[Token], end: int) -> int:
    """Return where a name that goes on from `end` ends, 0 where it has no number.

    In running text only words that the tables know belong to a name, and others that are glued to it.
    """
    start, numbered = end, False
    while start and end < len(tokens) and _belongs(tokens, end, numbered=numbered):
        numbered = numbered or tokens[end].role in NUMBERS
        end += 1
    return end if numbered else 0


def _belongs(tokens: Sequence[Token], at: int, *, numbered: bool) -> bool:
    """Return whether a token belongs to the name before it, which has a number or not."""
    token = tokens[at]
    if token.gap in _TIGHT:
        return token.role != "word" or not token.text.islower()  # GPT-5-powered, Gemma-based
    if token.gap != " ":
        return False
    if token.role in NUMBERS:
        counts = any(it.gap in (" ", "-") and it.low in _COUNTED for it in tokens[at + 1 : at + 2])
        return bool(_PARAMETERS.fullmatch(token.low)) or not (numbered or counts)
    return token.role in WITH_CAPITAL and token.text != token.low


def _is_of_a_model(tokens: Sequence[Token]) -> bool:
    """Return whether it is the name of a whole model, and is written as one.

    "step 3" is none, where a family's name is a word as well, nor is a reward model, a draft head or an SDK.
    """
    if any(token.role == "companion" or "product" in told_by(token.low) for token in tokens):
        return False
    number = next(token for token in tokens if token.role in NUMBERS)
    return tokens[0].text != tokens[0].low or number.gap in _TIGHT


def _sentence_at(text: str, at: int) -> str:
    """Return the sentence or line around a place, in one line and cut on either side where it is long."""
    before = text[max(0, at - _SENTENCE // 2) : at]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    start = at - len(before) + (ends[-1] if ends else 0)
    rest = text[at : at + _SENTENCE]
    end = next((match.start() for match in _SENTENCE_END.finditer(rest)), len(rest))
    return one_line(text[start : at + end].translate(_MARKUP), _SENTENCE).strip(" -–—•#|>")


def _nearest(links: Sequence[Link], at: int) -> str:
    """Return the address whose words stand nearest to a place; of two, the one before it."""
    return min(links, key=lambda link: max(link.start - at, at - link.end, 0), default=Link(0, 0, "")).url
