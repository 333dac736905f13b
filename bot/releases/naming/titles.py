"""A post's title: its words, what the tables say of each, and where a name in it ends."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.releases.naming.tokens import Token, clean, kind_of_line, tokenize
from bot.releases.tables import mapping, rows

LONGEST_TITLE = 300
AND = frozenset({"and", "和", "与", "及"})
ARTICLES = frozenset({"the", "a", "an", "our"})
PREPOSITIONS = frozenset(
    {"for", "of", "to", "with", "in", "on", "by", "from", "via", "using", "toward", "towards"}
)
PLAIN = frozenset({"word", "line"})
NUMBERS = frozenset({"version", "size", "stamp"})
WITH_CAPITAL = frozenset({"line", "stage", "companion", "packaging"})
TIGHT = frozenset({"", "-", "_", ".", " ["})  # FLUX.2 [klein]
YEAR = re.compile(r"(19|20)\d\d")
_BREAK = re.compile(r"[:|,;!?&()/。、…<>]|\.\s|\s-|-\s")
EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # where no space parts a name from other words
ITS_WORDS = re.compile(f"([{EAST_ASIAN}]+)")
_DATE = re.compile(r"20\d\d[-/.]\d\d?[-/.]\d\d?(?!\w)")
_MARKUP = re.compile(r"<[^<>]{0,40}>")
_NOTHING: frozenset[str] = frozenset()
_SUBJECTS = frozenset({"topic", "product", "count"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a title: where its tokens start and end, its text, and what the tables know of it."""

    start: int
    end: int
    text: str
    family: str = ""  # "" when no table knows it
    own: bool = True  # of the lab that posts, as far as the tables know
    numbered: bool = False  # has a version or a size
    app: bool = False  # an app's or an interface's name
    benchmark: bool = False
    known: bool = False  # the family stands in the tables


@dataclass(frozen=True, slots=True)
class Title:
    """The tokens of a title, what each one tells, and the names found in it, in order."""

    tokens: tuple[Token, ...]
    told: tuple[frozenset[str], ...]  # the roles of a word in tables/title_words.tsv, or "place"
    roles: frozenset[str]  # of all its words
    mentions: tuple[Mention, ...] = ()

    def low(self, at: int) -> str:
        """Return the word at this place in lower case, or "" before the first and behind the last."""
        return self.tokens[at].low if 0 <= at < len(self.tokens) else ""

    def tells(self, at: int, *roles: str) -> bool:
        """Whether there is a word at this place, and it has one of these roles."""
        return at < len(self.told) and not self.told[at].isdisjoint(roles)

    def breaks_before(self, at: int) -> bool:
        """Whether a colon, a dash between spaces or the like stands before this token, or the end."""
        if at >= len(self.tokens):
            return True
        gap = self.tokens[at].gap
        return gap != " " and bool(_BREAK.search(gap))

    def skip(self, start: int, belongs: Callable[[int], bool]) -> int:
        """Return the first place from `start` on whose word does not belong, or the end."""
        while start < len(self.tokens) and belongs(start):
            start += 1
        return start

    def end_of_phrase(self, start: int) -> int:
        """Return where a phrase ends that starts here: at a mark, a preposition or the title's end."""
        end = start + 1
        while not self.breaks_before(end):
            token = self.tokens[end]
            if token.low in PREPOSITIONS and token.gap == " ":  # and not "on" in "always-on"
                break
            end += 1
        return end

    def describes(self, at: int) -> bool:
        """Whether a word is capitalised and says nothing to the rules: Arabic, Groundbreaking."""
        token = self.tokens[at]
        capital = token.text[0].isupper() or not token.text.isascii()
        return capital and token.role in PLAIN and not self.told[at]

    def in_name(self, at: int) -> bool:
        """Whether a word that tells nothing is written like a part of a name."""
        token = self.tokens[at]
        return not self.told[at] and token.role in PLAIN and is_capital(token)

    def counts(self, at: int) -> bool:
        """Whether a number counts something (Top 10, Phase 2), is a year, or a day before one."""
        number = self.tokens[at].low
        dated = YEAR.fullmatch(number) or YEAR.fullmatch(self.low(at + 1))
        return bool(dated) or (self.tells(at - 1, "count") and "." not in number)

    def goes_on_with_another(self, at: int) -> bool:
        """Whether "and" and another name follow: Claude 3.7 Sonnet and Claude Code."""
        if self.tokens[at].low != "and" or at + 1 == len(self.tokens):
            return False
        another = self.tokens[at + 1]
        return another.text[0].isupper() or another.role in ("line", "version")


def read_words(text: str) -> Title:
    """Return a title, without a date before it, and what its words tell; the names are for mentions.py."""
    text = clean(text.replace("—", " - "), LONGEST_TITLE)  # what it separates is no one word
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    if not text.isascii():
        text = ITS_WORDS.sub(r" \1 ", text)
    if text.startswith("20"):
        text = _DATE.sub("", text)
    tokens = tokenize(text.strip())
    bar = next((at for at, token in enumerate(tokens) if "|" in token.gap), 0) if "|" in text else 0
    if 0 < bar <= 3 and not told_by(tokens[bar - 1].low).isdisjoint({"story", "topic"}):
        tokens = tokens[bar:]  # without the section that it stands in: "Seed Research | ..."
    told = [told_by(token.low) for token in tokens]
    for at, token in enumerate(tokens):
        if at and token.gap == "-" and token.role == "word" and told[at - 1]:
            told[at - 1] -= _SUBJECTS  # what only begins another word is none: report-generation
    return Title(tokens, tuple(told), _NOTHING.union(*told))


@lru_cache(maxsize=20_000)
def told_by(word: str) -> frozenset[str]:
    """Return the roles of a lower-case word in titles; a run of Chinese holds several words."""
    if word.isascii():
        return _title_words().get(word, _NOTHING)
    return _NOTHING.union(*(roles for known, roles in _words_without_spaces() if known in word))


@cache
def _title_words() -> Mapping[str, frozenset[str]]:
    words: dict[str, frozenset[str]] = {}
    for row in rows("title_words.tsv"):
        words[row["word"]] = words.get(row["word"], _NOTHING) | {row["role"]}
    for platform in mapping("platforms.tsv", "platform", "what"):
        words[platform] = words.get(platform, _NOTHING) | {"place"}
    return words


@cache
def _words_without_spaces() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((word, roles) for word, roles in _title_words().items() if not word.isascii())


def is_capital(token: Token) -> bool:
    """Whether a token is written like a part of a name: with a capital or a digit."""
    return token.low != token.text or (not token.text.isalpha() and token.text.isascii())


def has_number(tokens: Sequence[Token]) -> bool:
    """Whether a version, a size or a stamp is among these tokens."""
    return any(token.role in NUMBERS for token in tokens)


def end_of_name(title: Title, end: int) -> int:
    """Return where a name that goes on from `end` ends: at the last token that surely belongs to it.

    Capitalised words without a meaning belong to it when the title, or its phrase, ends with them.
    """
    sure = end
    while not title.breaks_before(end):
        token = title.tokens[end]
        tight = token.gap in TIGHT
        if not tight and (title.counts(end) or _says_otherwise(title, end)):
            if title.tells(end, "naming") and title.breaks_before(end + 1) and is_capital(token):
                return end + 1  # Stable Audio Open
            return sure if title.tells(end, "noun", "topic") else end
        end += 1
        table = token.role in WITH_CAPITAL
        meant = table and (is_capital(token) or kind_of_line(token.low) in ("size", "mode"))
        if tight or token.role in NUMBERS or meant:
            sure = end
        elif token.role != "word" or not is_capital(token):
            return end - 1 if end == sure + 2 and _is_pair(title, end - 1) else sure
    return end


def _is_pair(title: Title, at: int) -> bool:
    """Whether "and" stands here between two lines of one version: GPT-6 Sol and Luna."""
    if title.tokens[at].low != "and" or not title.low(at + 1) or not title.breaks_before(at + 2):
        return False
    return title.tokens[at + 1].role == "word" and title.in_name(at + 1)


def _says_otherwise(title: Title, at: int) -> bool:
    """Whether a word speaks of a model; before a number or a size it names one: Open 100B."""
    token = title.tokens[at]
    if not title.told[at] or token.role in WITH_CAPITAL:
        return False
    if title.breaks_before(at + 1) or not is_capital(token) or not title.tells(at, "filler"):
        return True
    following = title.tokens[at + 1]
    return following.role not in NUMBERS and kind_of_line(following.low) != "size"
