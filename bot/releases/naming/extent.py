"""Where the name of a model ends that begins in a title."""

import re
from collections.abc import Sequence

from bot.releases.naming.titles import Title
from bot.releases.naming.tokens import Token
from bot.releases.tables import mapping


def in_name(title: Title, at: int) -> bool:
    """Return whether a capitalised word that tells nothing stands here."""
    token = title.tokens[at]
    return not title.told[at] and token.role in PLAIN and is_capital(token)


PLAIN = frozenset({"word", "line"})


def is_capital(token: Token) -> bool:
    """Return whether a token is written like a part of a name: with a capital or a digit."""
    return token.low != token.text or (not token.text.isalpha() and token.text.isascii())


YEAR = re.compile(r"(19|20)\d\d")


def counts(title: Title, at: int) -> bool:
    """Whether a number counts something (Top 10, Phase 2), is a year, or a day before one."""
    number, following = title.tokens[at].low, title.tokens[at + 1 : at + 2]
    dated = any(YEAR.fullmatch(word) for word in (number, *(token.low for token in following)))
    return dated or (title.tells(at - 1, "count") and "." not in number)


NUMBERS = frozenset({"version", "size", "stamp"})
_WITH_CAPITAL = frozenset({"line", "stage", "companion", "packaging"})


def extended(title: Title, end: int) -> int:
    """Return where a name that goes on from `end` ends: at the last token that surely belongs to it.

    Capitalised words without a meaning belong to it when the title, or its phrase, ends with them.
    """
    sure = end
    while not title.breaks_before(end):
        token = title.tokens[end]
        tight = token.gap in TIGHT
        if not tight and (counts(title, end) or _says_otherwise(title, end)):
            if _ends_name(title, end):
                return end + 1
            return sure if title.tells(end, "noun", "topic") else end
        end += 1
        if tight or token.role in NUMBERS or (token.role in _WITH_CAPITAL and _goes_on(token)):
            sure = end
        elif token.role != "word" or not is_capital(token):
            return end - 1 if end - sure == _PAIR and _is_pair(title, end - 1) else sure
    return end


_PAIR = 2  # tokens behind what surely belongs to a name: a word and "and"


def _is_pair(title: Title, at: int) -> bool:
    """Return whether "and" stands here between two lines of one version: GPT-6 Sol and Luna."""
    following = title.tokens[at + 1 : at + 2]
    another = following and following[0].role == "word" and in_name(title, at + 1)
    return bool(another) and title.tokens[at].low == "and" and title.breaks_before(at + 2)


def _ends_name(title: Title, at: int) -> bool:
    """Return whether a word that often describes a model ends a name here: Stable Audio Open."""
    ends = title.tells(at, "naming") and title.breaks_before(at + 1)
    return ends and is_capital(title.tokens[at])


TIGHT = frozenset({"", "-", "_", ".", " ["})  # FLUX.2 [klein]


def _says_otherwise(title: Title, at: int) -> bool:
    """Whether a word speaks of a model; before a number or a size it names one: Open 100B."""
    token, following = title.tokens[at], title.tokens[at + 1 : at + 2]
    if not title.told[at] or token.role in _WITH_CAPITAL:
        return False
    named = bool(following) and not title.breaks_before(at + 1)
    named = named and (following[0].role in NUMBERS or group(following[0]) == "size")
    return not (named and is_capital(token) and title.tells(at, "filler"))


def _goes_on(token: Token) -> bool:
    """Whether a word of the tables is meant as part of a name: capitalised, or a size or mode."""
    return is_capital(token) or group(token) in ("size", "mode")


def is_size(word: str) -> bool:
    """Return whether a lower-case word is a size: mini."""
    return mapping("lines.tsv", "word", "group").get(word) == "size"


def group(token: Token) -> str:
    """Return what kind of line a word is, "size", "mode" or "purpose", or ""."""
    return mapping("lines.tsv", "word", "group").get(token.low, "")


def has_number(tokens: Sequence[Token]) -> bool:
    """Return whether a version, a size or a stamp is among these tokens."""
    return any(token.role in NUMBERS for token in tokens)
