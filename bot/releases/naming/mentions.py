"""The names in a title: of models and apps that the tables know, and new ones, by how they are coined."""

import re
from dataclasses import replace
from functools import cache, lru_cache

from bot.releases.naming.families import Family, first_words, known_at, spelled
from bot.releases.naming.titles import (
    NUMBERS,
    PLAIN,
    TIGHT,
    YEAR,
    Mention,
    Title,
    end_of_name,
    has_number,
    is_capital,
    read_words,
    told_by,
)
from bot.releases.naming.tokens import Spellings, kind_of_line, role_of, tokenize
from bot.releases.tables import rows

LINES_OF_APPS = frozenset({"agent", "code", "live"})  # that an app may have as well
_HAS_LETTER = re.compile(r"[^\W\d_]")
_CAMEL = re.compile(r"(?=.*[a-z]).+[A-Z]")  # a capital inside and small letters: GigaPath
_SHORTEST_FAMILY = 3  # letters, in front of a word that is written together with it
_LONGEST_FAMILY = 20


@lru_cache(maxsize=1_000)  # the same titles come again and again; each takes 4 kB
def read_title(text: str, owners: frozenset[str]) -> Title:
    """Return a title with the names in it; `owners` are the lab's id, name and Hub owners, lower-case."""
    title, found, at = read_words(text), list[Mention](), 0
    while at < len(title.tokens):
        mention, end, word = None, at + 1, title.tokens[at].low
        if word in _first_words():
            mention = _app_at(title, at) or _known_model_at(title, at, owners)
        elif word in owners:
            mention = _of_lab_at(title, at)
        if not (mention or title.told[at]) and title.in_name(at) and not known_at(title.tokens, at):
            end = _end_of_words(title, at)
            mention = _new_name(title, at, end, owners)
        if mention:
            found.append(mention)
            end = mention.end
        at = end
    return replace(title, mentions=tuple(found))


@cache
def _apps() -> Spellings[str]:
    return Spellings((row["product"], row["product"]) for row in rows("products.tsv"))


@cache
def _first_words() -> frozenset[str]:
    """Return the words with which the names of known families and apps begin."""
    return frozenset((*first_words(), *_apps().by_first_word))


def _app_at(title: Title, at: int) -> Mention | None:
    """Return the app named at this place: Grok is one; Grok 4, Claude Opus and MiniMax-Hailuo are models."""
    app = _apps().longest_at(title.tokens, at)
    if not app:
        return None
    end, family = app[1], known_at(title.tokens, at)
    if family and family[1] >= end:
        added = title.tokens[end : end_of_name(title, end)]
        lines = [token for token in added if token.role != "word" and token.low not in LINES_OF_APPS]
        if family[1] > end or lines or has_number(added) or any(token.gap in TIGHT for token in added):
            return None
    if not family or family[1] != end:
        end = _end_of_app(title, end)
    return Mention(at, end, spelled(title.tokens[at:end]), app=True)


def _end_of_app(title: Title, end: int) -> int:
    """Return where an app's name with a number ends: ChatGPT Images 2.0, Claude Code 3."""
    at = end
    while not title.breaks_before(at) and is_capital(title.tokens[at]) and not known_at(title.tokens, at):
        at += 1
        if title.tokens[at - 1].role in NUMBERS:
            return at
    return end


def _known_model_at(title: Title, at: int, owners: frozenset[str]) -> Mention | None:
    known = known_at(title.tokens, at)
    if not known:
        return None
    family, behind = known
    own = family.of(owners)
    # A number behind a family is its version, whatever the family's name means besides: Step 5.
    versioned = own and _is_version(title, behind) and not YEAR.fullmatch(title.low(behind))
    end = end_of_name(title, behind + 1 if versioned else behind)
    name = title.tokens[at:end]
    numbered = has_number(name)
    if not numbered and _is_pun(title, at, family, behind):
        return None
    words = [at for at in range(behind, end) if title.tokens[at].role == "word"]
    if own and any(title.tokens[at].gap in TIGHT and title.tells(at, "product", "topic") for at in words):
        return Mention(at, end, spelled(name), app=True)  # olmo-eval, qwen-cookbook
    is_word = len(name) == 1 and name[0].text.islower() and name[0].text.isalpha()
    if is_word or not (own or numbered):
        return None  # "ring" and "command" are families, and words; o3 is none
    return Mention(at, end, spelled(name), family.name, own, numbered, known=True)


def _is_version(title: Title, at: int) -> bool:
    return not title.breaks_before(at) and title.tokens[at].role in {"version", "size"}


def _is_pun(title: Title, at: int, family: Family, end: int) -> bool:
    """Whether a family's name only begins a play on words, without a line: Qwen-dary, Gemma-rizing.

    Nobody introduces a pun: what a verb of announcement leads to is a name, however it is written.
    """
    if end >= len(title.tokens) or (at and title.tells(at - 1, "announce")):
        return False
    suffix = title.tokens[end]
    glued = suffix.gap == "-" and suffix.role == "word" and suffix.text.islower()
    return glued and title.tokens[end - 1].text[0].isupper() and suffix.low not in family.words


def _of_lab_at(title: Title, at: int) -> Mention | None:
    """Return the name that the lab's own begins, if both are written as one word: jina-vlm, Sarvam-M."""
    end = title.skip(at + 1, lambda at: title.tokens[at].gap == "-")
    for token in title.tokens[at + 1 : end]:
        initial = len(token.text) == 1 and token.text.isupper()
        if initial or token.role == "line" or token.role in NUMBERS:
            return _of_new_family(title, at, end_of_name(title, end))
    return None


def _of_new_family(title: Title, start: int, end: int) -> Mention:
    name = title.tokens[start:end]
    return Mention(start, end, spelled(name), family=spelled(name), numbered=has_number(name))


def _end_of_words(title: Title, at: int) -> int:
    """Return where the run of words that may be a new family's name ends, at least one word on."""
    end = at + 1
    while not title.breaks_before(end) and title.in_name(end):
        if title.tokens[end].low in _first_words() and (known_at(title.tokens, end) or _app_at(title, end)):
            break
        end += 1
    return end


def _new_name(title: Title, at: int, end: int, owners: frozenset[str]) -> Mention | None:
    """Return the name of a family that no table knows, in a run of capitalised words.

    It is coined like those of models (Shieldstral, Chinese CLIP, MolmoMotion), or a version follows it.
    """
    for last in range(at, end):
        what = _coined_as(title, last, owners)
        if what:
            return _coined(title, max(at, last - 1) if what == "model" else last, last, what)
    if not _is_version(title, end) or title.counts(end):
        return None
    start, stop = max(at, end - 3), end_of_name(title, end)
    text = spelled(title.tokens[start:stop])
    return Mention(start, stop, text, numbered=True) if _HAS_LETTER.search(text) else None


def _coined(title: Title, start: int, last: int, what: str) -> Mention:
    """Return the name whose coined word is the `last` of its family.

    Words between a line and "model" only describe it: SeedRealtime Audio-Visual LLM.
    """
    stop = end_of_name(title, last + 1)
    described = title.tells(stop, "noun") and not title.breaks_before(stop)
    if what == "line" and described and not has_number(title.tokens[start:stop]):
        stop = title.skip(last + 1, lambda at: title.tokens[at].gap in TIGHT)
    if what in ("tool", "benchmark"):
        text = spelled(title.tokens[start:stop])
        return Mention(start, stop, text, app=what == "tool", benchmark=what == "benchmark")
    return _of_new_family(title, start, stop)


def _coined_as(title: Title, at: int, owners: frozenset[str]) -> str:
    """Return what a word names, as it is coined: a "model", a "line", a "benchmark", a "tool", or ""."""
    token = title.tokens[at]
    what = _by_ending(token.text)
    if what or not _CAMEL.match(token.text):
        return what
    following = title.tokens[at + 1 : at + 2]
    sized = following and following[0].gap == "-" and kind_of_line(following[0].low) == "size"
    return "line" if sized or _is_own_with_word(token.text, owners) else ""


@lru_cache(maxsize=20_000)
def _by_ending(text: str) -> str:
    """Return what a word names by its ending; a capital sets off what names no model: EVMbench, OlmoTrace."""
    if text.endswith(_endings("model")):
        return "model"
    for what in ("benchmark", "tool"):
        ending = next((ending for ending in _endings(what) if text.lower().endswith(ending)), "")
        before, first = text[: -len(ending)][-1:], text[-len(ending) :][:1]
        capitalised = before.isupper() != first.isupper() or text.endswith(ending.capitalize())  # ITBench
        if ending and before and capitalised:
            return what
    return ""


@cache
def _endings(what: str) -> tuple[str, ...]:
    return tuple(row["ending"] for row in rows("endings.tsv") if row["what"] == what)


@lru_cache(maxsize=8_000)
def _is_own_with_word(text: str, owners: frozenset[str]) -> bool:
    """Whether a word is one of the lab's families with a line: MolmoMotion, SeedRealtime."""
    for at in range(_SHORTEST_FAMILY, min(len(text), _LONGEST_FAMILY + 1)):
        word = text[at:].lower()
        if not text[at].isupper() or "topic" in told_by(word) or role_of(word) not in PLAIN:
            continue
        known = known_at(tokenize(text[:at]), 0)
        if known and known[0].of(owners):
            return True
    return False
