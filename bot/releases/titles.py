"""Read a post's title: its words, what they tell, and the models and products that it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from bot.releases.families import known_at, spelled
from bot.releases.tables import mapping, rows
from bot.releases.tokens import Role, Token, clean, tokenize

LONGEST_TITLE = 300

_EAST_ASIAN = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)")
_MARKUP = re.compile(r"<[^<>]{0,40}>")
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Mention:
    """Hold a name in a title: where its tokens start and end, its text, and whose family it is."""

    start: int
    end: int
    text: str
    family: str  # "" when no table knows it
    own: bool  # of the lab that posts, as far as the tables know
    numbered: bool  # has a version or a size
    product: bool  # an app's or interface's name, or the bare name of a family that is also an app


@dataclass(frozen=True)
class Title:
    """Hold the tokens of a title and the names found in it, in order."""

    tokens: Sequence[Token]
    mentions: tuple[Mention, ...]

    @cached_property
    def told(self) -> tuple[frozenset[str], ...]:
        """Return what each token tells: its roles in tables/title_words.tsv."""
        return tuple(told_by(token.low) for token in self.tokens)

    def breaks_before(self, at: int) -> bool:
        """Tell whether a colon, a dash between spaces or the like stands before this token, or the end."""
        return at >= len(self.tokens) or bool(_BREAK.search(self.tokens[at].gap))


_LONGEST_PRODUCT = 4  # tokens
_BREAK = re.compile(r"[:|,;!?&()/。、…<>]|\.\s|\s-|-\s")


@lru_cache(maxsize=10_000)
def told_by(word: str) -> frozenset[str]:
    """Return the roles of a lower-case word in titles; a run of Chinese holds several words."""
    words = _title_words()
    if word.isascii():
        return words.get(word, _NOTHING)
    parts = (roles for known, roles in words.items() if not known.isascii() and known in word)
    return _NOTHING.union(*parts)


_NOTHING: frozenset[str] = frozenset()


@cache
def _title_words() -> Mapping[str, frozenset[str]]:
    words: dict[str, frozenset[str]] = {}
    for row in rows("title_words.tsv"):
        words[row["word"]] = words.get(row["word"], _NOTHING) | {row["role"]}
    return words


def read_title(text: str, owners: frozenset[str]) -> Title:
    """Return a title with the names in it; `owners` are the lab's id, name and Hub owners, lower-case."""
    text = _MARKUP.sub(" ", clean(text, LONGEST_TITLE))
    tokens = tokenize(_EAST_ASIAN.sub(r" \1 ", text).strip())
    return Title(tokens, tuple(_mentions(tokens, owners)))


def _mentions(tokens: Sequence[Token], owners: frozenset[str]) -> Iterator[Mention]:
    at = 0
    while at < len(tokens):
        found = (
            _product_at(tokens, at)
            or _known_model_at(tokens, at, owners)
            or _name_with_ending_at(tokens, at)
            or _numbered_name_at(tokens, at)
        )
        if found:
            yield found
        at = found.end if found else at + 1


def _product_at(tokens: Sequence[Token], at: int) -> Mention | None:
    for end in range(min(at + _LONGEST_PRODUCT, len(tokens)), at, -1):
        if tuple(token.low for token in tokens[at:end]) in _products():
            extended = _extended(tokens, end)
            family = known_at(tokens, at)
            if extended > end and family and family[1] == end:
                return None  # Grok is an app, Grok 4 and Claude Opus are models
            return Mention(at, end, spelled(tokens[at:end]), "", own=True, numbered=False, product=True)
    return None


@cache
def _products() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(token.low for token in tokenize(row["product"])) for row in rows("products.tsv"))


def _known_model_at(tokens: Sequence[Token], at: int, owners: frozenset[str]) -> Mention | None:
    known = known_at(tokens, at)
    if not known:
        return None
    family, end = known
    own = bool(family.owners) and family.of(owners)
    end = _extended(tokens, end)
    numbered = _numbers(tokens[at:end])
    plain_word = tokens[at].text.islower() and end == known[1] and len(tokens[at:end]) == 1
    if plain_word or not (own or numbered):
        return None  # "ring" and "command" are families, and words
    return Mention(at, end, spelled(tokens[at:end]), family.name, own, numbered, product=False)


def _name_with_ending_at(tokens: Sequence[Token], at: int) -> Mention | None:
    """Return a name that ends like those of models do: Shieldstral, BioGPT, Chinese CLIP."""
    end = at
    if known_at(tokens, at):
        return None
    while end < len(tokens) and end - at < 2 and _of_a_name(tokens[end]) and (end == at or _joined(tokens[end])):
        end += 1
        if tokens[end - 1].text.endswith(_endings()):
            end = _extended(tokens, end)
            text = spelled(tokens[at:end])
            return Mention(at, end, text, text, own=True, numbered=_numbers(tokens[at:end]), product=False)
    return None


@cache
def _endings() -> tuple[str, ...]:
    return tuple(row["ending"] for row in rows("endings.tsv"))


def _numbered_name_at(tokens: Sequence[Token], at: int) -> Mention | None:
    """Return the name of a family that no table knows: capitalised words and a version."""
    end = at
    while end < len(tokens) and end - at < 3 and _of_a_name(tokens[end]) and (end == at or _joined(tokens[end])):
        if known_at(tokens, end):
            return None
        end += 1
    if end == at or end >= len(tokens) or not _joined(tokens[end]):
        return None
    if tokens[end].role not in {Role.VERSION, Role.SIZE} or _counts(tokens, end):
        return None
    end = _extended(tokens, end)
    return Mention(at, end, spelled(tokens[at:end]), "", own=True, numbered=True, product=False)


def _of_a_name(token: Token) -> bool:
    return token.role in {Role.WORD, Role.LINE} and _capital(token) and not told_by(token.low)


def _capital(token: Token) -> bool:
    return token.low != token.text or (not token.text.isalpha() and token.text.isascii())


def _joined(token: Token) -> bool:
    return not _BREAK.search(token.gap)


def _counts(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a number counts something (Top 10, 5 tips) or is a year."""
    return "count" in told_by(tokens[at - 1].low) or bool(_YEAR.fullmatch(tokens[at].low))


def _extended(tokens: Sequence[Token], end: int) -> int:
    """Return where a name that goes on from `end` ends: at the last token that surely belongs to it."""
    sure = end
    while end < len(tokens) and _joined(tokens[end]):
        token = tokens[end]
        tight = token.gap in {"", "-", "_", "."}
        if not tight and (_counts(tokens, end) or (told_by(token.low) and token.role not in _WITH_CAPITAL)):
            break
        if tight or token.role in _SURE or (token.role in _WITH_CAPITAL and _goes_on(token)):
            end += 1
            sure = end
        elif token.role is Role.WORD and _capital(token):
            end += 1
        else:
            return sure
    return end if end >= len(tokens) or not _joined(tokens[end]) or told_by(tokens[end].low) else sure


_SURE = frozenset({Role.VERSION, Role.SIZE, Role.STAMP})
_WITH_CAPITAL = frozenset({Role.LINE, Role.STAGE, Role.COMPANION, Role.PACKAGING})


def _goes_on(token: Token) -> bool:
    """Tell whether a word of the tables is meant as part of a name: capitalised, or a size or mode."""
    return _capital(token) or mapping("lines.tsv", "word", "group").get(token.low) in {"size", "mode"}


def _numbers(tokens: Sequence[Token]) -> bool:
    return any(token.role in _SURE for token in tokens)
