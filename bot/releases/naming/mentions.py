"""Find the names in a post's title: of models and apps that the tables know, and new ones."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from bot.releases.naming.coined import coined_as
from bot.releases.naming.extent import NUMBERS, TIGHT, YEAR, counts, extended, has_number, in_name, is_capital
from bot.releases.naming.families import Family, first_words, known_at, spelled
from bot.releases.naming.titles import Mention, Title, read_words
from bot.releases.naming.tokens import Token, tokenize
from bot.releases.tables import rows


@lru_cache(maxsize=8_000)  # the same names come again and again
def read_title(text: str, owners: frozenset[str]) -> Title:
    """Return a title with the names in it; `owners` are the lab's id, name and Hub owners, lower-case."""
    title = read_words(text)
    return Title(title.tokens, title.told, title.roles, tuple(_mentions(title, owners)))


def _mentions(title: Title, owners: frozenset[str]) -> Iterator[Mention]:
    at, known, told = 0, _first_words(), title.told
    while at < len(title.tokens):
        found, end, word = None, at + 1, title.tokens[at].low
        if word in known:
            found = _app_at(title, at) or _known_model_at(title, at, owners)
        elif word in owners:
            found = _of_lab_at(title, at)
        if not (found or told[at]) and in_name(title, at) and not known_at(title.tokens, at):
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
    second = tokens[at + 1].low if at + 1 < len(tokens) else ""
    for words in _apps_by_first_word().get(tokens[at].low, ()):
        end = at + len(words)
        if len(words) > 1 and words[1] != second:
            continue
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
    while not title.breaks_before(at) and is_capital(title.tokens[at]) and not known_at(title.tokens, at):
        at += 1
        if title.tokens[at - 1].role in NUMBERS:
            return at
    return end


def _names_a_model(title: Title, end: int, end_of_family: int) -> bool:
    """Whether more than the app's name, which ends at `end`, stands here: a line, or a number."""
    added = title.tokens[end : extended(title, end)]
    if end_of_family > end or any(token.gap in TIGHT for token in added) or has_number(added):
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
    end = extended(title, end)
    name = title.tokens[at:end]
    numbered = has_number(name)
    if _is_pun(title, at, known) and not numbered:
        return None
    if own and _is_tool(title, known[1], end):
        return Mention(at, end, spelled(name), app=True)
    if not (own or numbered) or (len(name) == 1 and name[0].text.islower()):
        return None  # "ring" and "command" are families, and words
    return Mention(at, end, spelled(name), family.name, own, numbered, known=True)


def _is_tool(title: Title, start: int, end: int) -> bool:
    """Return whether a family's name goes on with a word for something else: olmo-eval, qwen-cookbook."""
    return any(
        title.tokens[at].role == "word"
        and title.tokens[at].gap in TIGHT
        and title.tells(at, "product", "topic")
        for at in range(start, end)
    )


def _of_lab_at(title: Title, at: int) -> Mention | None:
    """Return the name that the lab's own begins, if both are written as one word: jina-vlm, Sarvam-M."""
    end = at + 1
    while end < len(title.tokens) and title.tokens[end].gap == "-":
        end += 1
    name = title.tokens[at:end]
    if not any(token.role == "line" or token.role in NUMBERS or _is_initial(token) for token in name[1:]):
        return None
    end = extended(title, end)
    name = title.tokens[at:end]
    return Mention(at, end, spelled(name), family=spelled(name), numbered=has_number(name))


def _is_initial(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isupper()


def _has_version(title: Title, at: int) -> bool:
    """Return whether a number that is no year stands directly behind a family's name."""
    if title.breaks_before(at) or title.tokens[at].role not in _VERSIONS:
        return False
    return not YEAR.fullmatch(title.tokens[at].low)


def _is_pun(title: Title, at: int, known: tuple[Family, int]) -> bool:
    """Whether a family's name only begins a play on words, without a line: Qwen-dary, Gemma-rizing.

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
        what = coined_as(title, last, owners)
        if what:
            return _coined(title, max(at, last - 1) if what == "model" else last, last, what)
    if title.breaks_before(end) or title.tokens[end].role not in _VERSIONS or counts(title, end):
        return None
    start, stop = max(at, end - _LONGEST_NEW_NAME), extended(title, end)
    text = spelled(title.tokens[start:stop])
    return Mention(start, stop, text, numbered=True) if _HAS_LETTER.search(text) else None


_HAS_LETTER = re.compile(r"[^\W\d_]")


def _coined(title: Title, start: int, last: int, what: str) -> Mention:
    """Return the name whose coined word is the `last` of its family.

    Words between a line and "model" only describe it: SeedRealtime Audio-Visual LLM.
    """
    stop = extended(title, last + 1)
    described = stop < len(title.tokens) and title.tells(stop, "noun") and not title.breaks_before(stop)
    if what == "line" and described and not has_number(title.tokens[start:stop]):
        stop = last + 1
        while stop < len(title.tokens) and title.tokens[stop].gap in TIGHT:
            stop += 1
    text = spelled(title.tokens[start:stop])
    if what in ("tool", "benchmark"):
        return Mention(start, stop, text, app=what == "tool", benchmark=what == "benchmark")
    return Mention(start, stop, text, family=text, numbered=has_number(title.tokens[start:stop]))


_VERSIONS = frozenset({"version", "size"})


def _end_of_words(title: Title, at: int) -> int:
    """Return where the run of words that may be a new family's name ends, at least one word on."""
    end = at + 1
    while not title.breaks_before(end) and in_name(title, end):
        if title.tokens[end].low in _first_words() and (known_at(title.tokens, end) or _app_at(title, end)):
            break
        end += 1
    return end
