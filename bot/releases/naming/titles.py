"""A post's title: its words, what they tell, and the names in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.releases.naming.tokens import Token, clean, tokenize
from bot.releases.tables import mapping, rows

LONGEST_TITLE = 300


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

    def breaks_before(self, at: int) -> bool:
        """Whether a colon, a dash between spaces or the like stands before this token, or the end."""
        if at >= len(self.tokens):
            return True
        gap = self.tokens[at].gap
        return gap != " " and bool(_BREAK.search(gap))

    def end_of_phrase(self, start: int) -> int:
        """Return where a phrase ends that starts here: at a mark, a preposition or the title's end."""
        end = start + 1
        while not self.breaks_before(end):
            token = self.tokens[end]
            if token.low in PREPOSITIONS and token.gap == " ":  # and not "on" in "always-on"
                break
            end += 1
        return end

    def tells(self, at: int, *roles: str) -> bool:
        """Whether the word at this place has one of these roles."""
        return not self.told[at].isdisjoint(roles)

    def describes(self, at: int) -> bool:
        """Return whether a word is capitalised and says nothing to the rules: Arabic, Groundbreaking."""
        token = self.tokens[at]
        capital = token.text[0].isupper() or not token.text.isascii()
        return capital and token.role in ("word", "line") and not self.told[at]

    def goes_on_with_another(self, at: int) -> bool:
        """Return whether "and" and another name follow: Claude 3.7 Sonnet and Claude Code."""
        if self.tokens[at].low != "and" or at + 1 == len(self.tokens):
            return False
        another = self.tokens[at + 1]
        return another.text[0].isupper() or another.role in ("line", "version")


ARTICLES = frozenset({"the", "a", "an", "our"})
PREPOSITIONS = frozenset(
    {"for", "of", "to", "with", "in", "on", "by", "from", "via", "using", "toward", "towards"}
)
_BREAK = re.compile(r"[:|,;!?&()/。、…<>]|\.\s|\s-|-\s")
_EAST_ASIAN = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)")
_DATE = re.compile(r"20\d\d[-/.]\d\d?[-/.]\d\d?(?!\w)")
_MARKUP = re.compile(r"<[^<>]{0,40}>")


def read_words(text: str) -> Title:
    """Return a title, without a date before it, and what its words tell; the names are for mentions.py."""
    text = clean(text.replace("—", " - "), LONGEST_TITLE)  # what it separates is no one word
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    if not text.isascii():
        text = _EAST_ASIAN.sub(r" \1 ", text)
    if text.startswith("20"):
        text = _DATE.sub("", text)
    tokens = tokenize(text.strip())
    if "|" in text:
        tokens = _without_label(tokens)
    told = _told(tokens) if "-" in text else tuple([told_by(token.low) for token in tokens])
    return Title(tokens, told, _NOTHING.union(*told))


def _told(tokens: tuple[Token, ...]) -> tuple[frozenset[str], ...]:
    """Return what each word tells; one that only begins another is no subject: report-generation model."""
    told = [told_by(token.low) for token in tokens]
    for at, token in enumerate(tokens):
        if token.gap == "-" and token.role == "word" and told[at - 1]:
            told[at - 1] -= _SUBJECTS
    return tuple(told)


_SUBJECTS = frozenset({"topic", "product", "count"})


def _without_label(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Return a title without the section that it stands in: "Seed Research | ..."."""
    at = next((at for at, token in enumerate(tokens) if "|" in token.gap), 0)
    labelled = 0 < at <= _LONGEST_LABEL and not told_by(tokens[at - 1].low).isdisjoint({"story", "topic"})
    return tokens[at:] if labelled else tokens


_LONGEST_LABEL = 3  # words


@lru_cache(maxsize=20_000)
def told_by(word: str) -> frozenset[str]:
    """Return the roles of a lower-case word in titles; a run of Chinese holds several words."""
    if word.isascii():
        return _title_words().get(word, _NOTHING)
    return _NOTHING.union(*(roles for known, roles in _words_without_spaces() if known in word))


_NOTHING: frozenset[str] = frozenset()


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
