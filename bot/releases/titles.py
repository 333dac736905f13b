"""Read a post's title: its words, what they tell, and the models and apps that it names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.releases.families import Family, first_words, known_at, spelled
from bot.releases.tables import mapping, rows
from bot.releases.tokens import Token, clean, role_of, tokenize

LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Mention:
    """Hold a name in a title: where its tokens start and end, its text, and what the tables know of it."""

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
    """Hold the tokens of a title, what each one tells, and the names found in it, in order."""

    tokens: tuple[Token, ...]
    told: tuple[frozenset[str], ...]  # the roles of a word in tables/title_words.tsv, or "place"
    roles: frozenset[str]  # of all its words
    mentions: tuple[Mention, ...] = ()

    def breaks_before(self, at: int) -> bool:
        """Tell whether a colon, a dash between spaces or the like stands before this token, or the end."""
        return at >= len(self.tokens) or bool(_BREAK.search(self.tokens[at].gap))

    def tells(self, at: int, *roles: str) -> bool:
        """Tell whether the word at this place has one of these roles."""
        return not self.told[at].isdisjoint(roles)

    def goes_on_with_another(self, at: int) -> bool:
        """Return whether "and" and another name follow: Claude 3.7 Sonnet and Claude Code."""
        if self.tokens[at].low != "and" or at + 1 == len(self.tokens):
            return False
        another = self.tokens[at + 1]
        return another.text[0].isupper() or another.role in ("line", "version")


_BREAK = re.compile(r"[:|,;!?&()/。、…<>]|\.\s|\s-|-\s")
_EAST_ASIAN = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)")
_MARKUP = re.compile(r"<[^<>]{0,40}>")


@lru_cache(maxsize=8_000)  # the same names come again and again
def read_title(text: str, owners: frozenset[str]) -> Title:
    """Return a title with the names in it; `owners` are the lab's id, name and Hub owners, lower-case."""
    text = clean(text, LONGEST_TITLE)
    if "<" in text:
        text = _MARKUP.sub(" ", text)
    if not text.isascii():
        text = _EAST_ASIAN.sub(r" \1 ", text)
    tokens = _without_label(tokenize(text.strip()))
    told = tuple([told_by(token.low) for token in tokens])
    title = Title(tokens, told, _NOTHING.union(*told))
    return Title(title.tokens, title.told, title.roles, tuple(_mentions(title, owners)))


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


def _mentions(title: Title, owners: frozenset[str]) -> Iterator[Mention]:
    at = 0
    while at < len(title.tokens):
        found, end = None, at + 1
        if title.tokens[at].low in _first_words():
            found = _app_at(title, at) or _known_model_at(title, at, owners)
        if not found and _in_name(title, at) and not known_at(title.tokens, at):
            end = _end_of_words(title, at)
            found = _new_name(title, at, end, owners)
        if found:
            yield found
        at = found.end if found else end


@cache
def _first_words() -> frozenset[str]:
    """Return the words with which the names of known families and apps begin."""
    return frozenset((*first_words(), *_apps_by_first_word()))


def _app_at(title: Title, at: int) -> Mention | None:
    tokens = title.tokens
    for words in _apps_by_first_word().get(tokens[at].low, ()):
        end = at + len(words)
        if tuple(token.low for token in tokens[at:end]) == words:
            family = known_at(tokens, at)
            if family and family[1] >= end and _names_a_model(title, end, family[1]):
                return None  # Grok is an app; Grok 4, Claude Opus and MiniMax-Hailuo are models
            end = end if family and family[1] == end else _end_of_app(title, end)
            return Mention(at, end, spelled(tokens[at:end]), app=True)
    return None


def _end_of_app(title: Title, end: int) -> int:
    """Return where an app's name with a number ends: ChatGPT Images 2.0, Claude Code 3."""
    at = end
    while not title.breaks_before(at) and _is_capital(title.tokens[at]) and not known_at(title.tokens, at):
        at += 1
        if title.tokens[at - 1].role in NUMBERS:
            return at
    return end


def _names_a_model(title: Title, end: int, end_of_family: int) -> bool:
    """Tell whether more than the app's name, which ends at `end`, stands here: a line, or a number."""
    added = title.tokens[end : _extended(title, end)]
    if end_of_family > end or any(token.gap in _TIGHT for token in added) or _numbered(added):
        return True
    return any(token.role != "word" and token.low not in LINES_OF_APPS for token in added)


LINES_OF_APPS = frozenset({"agent", "code", "live"})  # that an app may have as well


@cache
def _apps_by_first_word() -> Mapping[str, Sequence[tuple[str, ...]]]:
    apps: dict[str, list[tuple[str, ...]]] = {}
    for row in rows("products.tsv"):
        words = tuple(token.low for token in tokenize(row["product"]))
        apps.setdefault(words[0], []).append(words)
    for spellings in apps.values():
        spellings.sort(key=len, reverse=True)
    return apps


def _known_model_at(title: Title, at: int, owners: frozenset[str]) -> Mention | None:
    known = known_at(title.tokens, at)
    if not known:
        return None
    family, end = known
    own = bool(family.owners) and family.of(owners)
    if own and _has_version(title, end):
        end += 1  # whatever the family's name means besides: Step 5
    end = _extended(title, end)
    name = title.tokens[at:end]
    numbered = _numbered(name)
    if _is_pun(title, at, known) and not numbered:
        return None
    if not (own or numbered) or (len(name) == 1 and name[0].text.islower()):
        return None  # "ring" and "command" are families, and words
    return Mention(at, end, spelled(name), family.name, own, numbered, known=True)


def _has_version(title: Title, at: int) -> bool:
    """Return whether a number that is no year stands directly behind a family's name."""
    if title.breaks_before(at) or title.tokens[at].role not in _VERSIONS:
        return False
    return not _YEAR.fullmatch(title.tokens[at].low)


def _is_pun(title: Title, at: int, known: tuple[Family, int]) -> bool:
    """Tell whether a family's name only begins a play on words, without a line: Qwen-dary, Gemma-rizing.

    Nobody introduces a pun: what a verb of announcement leads to is a name, however it is written.
    """
    family, end = known
    if end >= len(title.tokens) or (at and title.tells(at - 1, "announce")):
        return False
    suffix = title.tokens[end]
    glued = suffix.gap == "-" and suffix.role == "word" and suffix.text.islower()
    return glued and title.tokens[end - 1].text[0].isupper() and suffix.low not in family.words


_LONGEST_NEW_NAME = 3  # words before the version


def _new_name(title: Title, at: int, end: int, owners: frozenset[str]) -> Mention | None:
    """Return the name of a family that no table knows, in a run of capitalised words.

    It is coined like those of models (Shieldstral, Chinese CLIP, MolmoMotion), or a version follows it.
    """
    for last in range(at, end):
        what = _coined_as(title, last, owners)
        if what:
            return _coined(title, max(at, last - 1) if what == "model" else last, last, what)
    if title.breaks_before(end) or title.tokens[end].role not in _VERSIONS or _counts(title, end):
        return None
    start, stop = max(at, end - _LONGEST_NEW_NAME), _extended(title, end)
    text = spelled(title.tokens[start:stop])
    return Mention(start, stop, text, numbered=True) if _HAS_LETTER.search(text) else None


_HAS_LETTER = re.compile(r"[^\W\d_]")


def _coined_as(title: Title, at: int, owners: frozenset[str]) -> str:
    """Return what a word names, as it is coined: a "model", a "line", a "benchmark", a "tool", or ""."""
    token = title.tokens[at]
    what = _by_ending(token.text)
    if what or not _CAMEL.match(token.text):
        return what
    following = title.tokens[at + 1 : at + 2]
    sized = following and following[0].gap == "-" and _group(following[0]) == "size"
    return "line" if sized or _is_own_with_word(token.text, owners) else ""


_CAMEL = re.compile(r"(?=.*[a-z]).+[A-Z]")  # a capital inside and small letters: GigaPath


@lru_cache(maxsize=20_000)
def _by_ending(text: str) -> str:
    """Return what a word names by its ending; one of no model is set off by a capital: EVMbench, OlmoTrace."""
    if text.endswith(_endings("model")):
        return "model"
    return next((what for what in ("benchmark", "tool") if _is_set_off(text, _endings(what))), "")


def _is_set_off(text: str, endings: tuple[str, ...]) -> bool:
    ending = next((ending for ending in endings if text.lower().endswith(ending)), "")
    before, first = text[: -len(ending)][-1:], text[-len(ending) :][:1]
    return bool(ending and before) and before.isupper() != first.isupper()


@cache
def _endings(what: str) -> tuple[str, ...]:
    return tuple(row["ending"] for row in rows("endings.tsv") if row["what"] == what)


_SHORTEST_FAMILY, _LONGEST_FAMILY = 3, 20  # letters, in front of a word that is written together with it


def _is_own_with_word(text: str, owners: frozenset[str]) -> bool:
    """Return whether a word is one of the lab's families with a line: MolmoMotion, SeedRealtime."""
    for at in range(_SHORTEST_FAMILY, min(len(text), _LONGEST_FAMILY + 1)):
        word = text[at:].lower()
        if not text[at].isupper() or "topic" in told_by(word) or role_of(word) not in _PLAIN:
            continue
        known = known_at(tokenize(text[:at]), 0)
        if known and known[0].owners and known[0].of(owners):
            return True
    return False


def _coined(title: Title, start: int, last: int, what: str) -> Mention:
    """Return the name whose coined word is the `last` of its family.

    Words between a line and "model" only describe it: SeedRealtime Audio-Visual LLM.
    """
    stop = _extended(title, last + 1)
    described = stop < len(title.tokens) and title.tells(stop, "noun") and not title.breaks_before(stop)
    if what == "line" and described and not _numbered(title.tokens[start:stop]):
        stop = last + 1
        while title.tokens[stop].gap in _TIGHT:
            stop += 1
    text = spelled(title.tokens[start:stop])
    if what in ("tool", "benchmark"):
        return Mention(start, stop, text, app=what == "tool", benchmark=what == "benchmark")
    return Mention(start, stop, text, family=text, numbered=_numbered(title.tokens[start:stop]))


_VERSIONS = frozenset({"version", "size"})


def _end_of_words(title: Title, at: int) -> int:
    """Return where the run of words that may be a new family's name ends, at least one word on."""
    end = at + 1
    while not title.breaks_before(end) and _in_name(title, end):
        if title.tokens[end].low in _first_words() and (known_at(title.tokens, end) or _app_at(title, end)):
            break
        end += 1
    return end


def _in_name(title: Title, at: int) -> bool:
    token = title.tokens[at]
    return not title.told[at] and token.role in _PLAIN and _is_capital(token)


_PLAIN = frozenset({"word", "line"})


def _is_capital(token: Token) -> bool:
    return token.low != token.text or (not token.text.isalpha() and token.text.isascii())


_YEAR = re.compile(r"(19|20)\d\d")


def _counts(title: Title, at: int) -> bool:
    """Tell whether a number counts something (Top 10, Phase 2) or is a year."""
    number = title.tokens[at].low
    return (title.tells(at - 1, "count") and "." not in number) or bool(_YEAR.fullmatch(number))


NUMBERS = frozenset({"version", "size", "stamp"})
_WITH_CAPITAL = frozenset({"line", "stage", "companion", "packaging"})


def _extended(title: Title, end: int) -> int:
    """Return where a name that goes on from `end` ends: at the last token that surely belongs to it.

    Capitalised words without a meaning belong to it when the title, or its phrase, ends with them.
    """
    sure = end
    while not title.breaks_before(end):
        token = title.tokens[end]
        tight = token.gap in _TIGHT
        if not tight and (_counts(title, end) or _says_otherwise(title, end)):
            if _ends_name(title, end):
                return end + 1
            return sure if title.tells(end, "noun", "topic") else end
        end += 1
        if tight or token.role in NUMBERS or (token.role in _WITH_CAPITAL and _goes_on(token)):
            sure = end
        elif token.role != "word" or not _is_capital(token):
            return end - 1 if end - sure == _PAIR and _is_pair(title, end - 1) else sure
    return end


_PAIR = 2  # tokens behind what surely belongs to a name: a word and "and"


def _is_pair(title: Title, at: int) -> bool:
    """Return whether "and" stands here between two lines of one version: GPT-6 Sol and Luna."""
    following = title.tokens[at + 1 : at + 2]
    another = following and following[0].role == "word" and _in_name(title, at + 1)
    return bool(another) and title.tokens[at].low == "and" and title.breaks_before(at + 2)


def _ends_name(title: Title, at: int) -> bool:
    """Return whether a word that often describes a model ends a name here: Stable Audio Open."""
    ends = title.tells(at, "naming") and title.breaks_before(at + 1)
    return ends and _is_capital(title.tokens[at])


_TIGHT = frozenset({"", "-", "_", ".", " ["})  # FLUX.2 [klein]


def _says_otherwise(title: Title, at: int) -> bool:
    """Tell whether a word speaks of the model instead of naming it; before a number it names: Open 100B."""
    token, following = title.tokens[at], title.tokens[at + 1 : at + 2]
    if not title.told[at] or token.role in _WITH_CAPITAL:
        return False
    numbered = bool(following) and following[0].role in NUMBERS and not title.breaks_before(at + 1)
    return not (numbered and _is_capital(token) and title.tells(at, "filler"))


def _goes_on(token: Token) -> bool:
    """Tell whether a word of the tables is meant as part of a name: capitalised, or a size or mode."""
    return _is_capital(token) or _group(token) in ("size", "mode")


def _group(token: Token) -> str:
    """Return what kind of line a word is, "size", "mode" or "purpose", or ""."""
    return mapping("lines.tsv", "word", "group").get(token.low, "")


def _numbered(tokens: Sequence[Token]) -> bool:
    return any(token.role in NUMBERS for token in tokens)
