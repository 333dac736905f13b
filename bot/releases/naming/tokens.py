"""A model's name, cut into tokens; what each token is, the tables say, or else its shape."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Generic, Literal, NamedTuple, TypeVar, cast

from bot.releases.tables import mapping

LONGEST_NAME = 200  # the Hub allows 96 characters; whatever is longer is no model's name

# What part of a name a token can be; a companion is a line that is no release: a draft head, a reward model.
Role = Literal["word", "line", "companion", "version", "size", "stamp", "stage", "packaging"]
# Dashes of all kinds become one; marks of trade disappear before normalisation would spell them out.
_PLAIN = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-") | dict.fromkeys(map(ord, "™®©"), "")
_SLACK = 64  # characters looked at beyond the longest text, as some of them will go
_GAPS = re.compile(r"((?:[\s/:|,;!?&()\[\]{}<>\"'“”‘’«»「」『』【】《》〈〉·。、…=-]|\.+(?=\s|$))+)")
_QUANT = re.compile(r"i?q\d_\w+", re.IGNORECASE)
_PLUS = re.compile(r"[^+]*[^\W_]\+")  # Command A+, R+
_DIGITS_APART = re.compile(r"(?<=\d)_(?=\d{1,2}(?![^\W_]))")  # v1_5, 3_3; but not gemma4_12b
_SIZE_APART = re.compile(r"\d{1,2}_\d{1,2}[bm]", re.IGNORECASE)  # 1_8b
_SEAMS = re.compile(r"(_+|(?<=[^\W\d])\.(?=\w)|(?<=\d)\.(?=[^\W\d]))")
_GLUED = re.compile(r"([^\W\d_]{2,}?)(v?[1-9]\d?(?:\.\d+)*)([^\W\d_]*)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"20[2-9]\d")
_TWO_DIGITS = re.compile(r"[0-3]\d")
_WHOLE = re.compile(r"[a-z]?[1-9]\d?")
_LATENT_GRID = re.compile(r"f\d+[cd]\d+")  # f16d64: 16 times smaller, 64 channels
_WHOLE_NUMBER = re.compile(r"\d+[a-z]*")  # 1000, 954k; but not the version of a model called Step1.5
_CAPITALS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Token(NamedTuple):
    """A token as written, in lower case, what separates it from the one before, and its role."""

    text: str
    low: str
    gap: str
    role: Role

    def as_role(self, role: Role) -> "Token":
        """Return this token in another role."""
        return self if role == self.role else Token(self.text, self.low, self.gap, role)


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """Return the text in one Unicode form, without control and direction marks, at most `longest` long.

    Dashes become "-" and all white space " ". Letters of other scripts stay what they are, so that a
    Cyrillic look-alike never makes the key of a Latin name.
    """
    text = text[: longest + _SLACK]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)[: longest + _SLACK]
        text = "".join(map(_visible, text))
    return " ".join(text.split())[:longest]


@lru_cache(maxsize=5_000)
def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zs", "Zl", "Zp", "So"}:  # control characters, spaces, emoji
        return " "
    stray = category in {"Cf", "Cs", "Co", "Cn"}  # direction marks, zero-width characters
    return "" if stray else character


# Shapes, tried after the tables.
_PACKAGING = (  # q4_0, 4bit, int4, fp8, nvfp4a16, w4a16
    r"i?q\d(_\w+)?|\d{1,2}(\.\d+)?(bits?|bpw)|(u?int|fp|bf|mxfp|nvfp|nf|mxint)\d{1,2}(a\d{1,2})?"
    r"|w\d{1,2}(a\d{1,2})?([cg]\d+)?|eo8"
)
_STAMP = (  # 2507, 202606, 20240620; 0528; 001
    r"(2[2-9]|20[2-9]\d)(0[1-9]|1[0-2])([0-3]\d)?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|00\d"
)
_SIZE = (  # 35B, 0.6b, 270m, 128k, A3B, E4B; 8x22B; 16E; 16x16; 224p, 384; patch16, so400m14, L14, f8r288
    r"[ae]?\d+(\.\d+)?[bmtk]|\d+x\d+(\.\d+)?[bm]|\d{1,4}e|\d+(x\d+){1,3}|(?!20[2-9]\d)\d{3,4}p?"
    r"|patch\d+|so\d+m(\d+)?|[slbgh](14|16|32)|f\d+[a-z]\d+"
)
_VERSION = (  # 4, 3.6, v2.3.1, 4o, 3n; K2.6, R1; v2p0
    r"v?\d{1,2}(\.\d+){0,3}[a-ce-wyz]?|[a-z]\d{1,2}(\.\d+){0,2}[a-ce-wyz]?|v\d+p\d+"
)
_SHAPES = re.compile(
    rf"(?P<packaging>{_PACKAGING})|(?P<stamp>{_STAMP})|(?P<size>{_SIZE})|(?P<version>{_VERSION})"
)


@lru_cache(maxsize=20_000)
def role_of(low: str) -> Role:
    """Return what a lower-case token is by itself, whatever stands around it."""
    if mapping("companions.tsv", "word", "task").get(low) == "":
        return "companion"
    if kind_of_line(low):
        return "line"
    if low in mapping("stages.tsv", "word", "stage"):
        return "stage"
    if mapping("packagings.tsv", "word", "where").get(low) == "":
        return "packaging"
    shape = _SHAPES.fullmatch(low)
    return cast("Role", shape.lastgroup) if shape else "word"


def kind_of_line(low: str) -> str:
    """Return what a lower-case word of a line tells: its "size" (mini), "mode" or "purpose"; or ""."""
    return mapping("lines.tsv", "word", "group").get(low, "")


@lru_cache(maxsize=1_000)  # a title is looked at for its lab and for its names, one after the other
def tokenize(name: str) -> tuple[Token, ...]:
    """Return the tokens of a cleaned name, in order."""
    by_turns = ["", *_GAPS.split(name)]  # what separates a chunk, and the chunk
    tokens: list[Token] = []
    for gap, chunk in zip(by_turns[::2], by_turns[1::2], strict=True):
        tokens += _tokens_of(gap, chunk)
    return _merged(tokens) if _DIGIT.search(name) else tuple(tokens)


@lru_cache(maxsize=20_000)
def _tokens_of(gap: str, chunk: str) -> tuple[Token, ...]:
    """Return what a chunk without spaces and hyphens consists of: Qwen3.6, parakeet_realtime, FLUX.2."""
    text = chunk
    if "_" in chunk:
        if _QUANT.fullmatch(chunk):
            return (Token(chunk, chunk.lower(), gap, "packaging"),)
        text = chunk.replace("_", ".") if _SIZE_APART.fullmatch(chunk) else _DIGITS_APART.sub(".", chunk)
    if "+" in chunk and _PLUS.fullmatch(chunk):
        return (*_tokens_of(gap, chunk[:-1]), Token("+", "plus", "", "line"))
    found: list[Token] = []
    by_turns = [gap, *_SEAMS.split(text)]  # what separates a part, and the part
    for separator, part in zip(by_turns[::2], by_turns[1::2], strict=True):
        glue = separator
        for piece in filter(None, _unglued(part)):
            low = piece.lower()
            found.append(Token(piece, low, glue, role_of(low)))
            glue = ""
    return tuple(found)


def _unglued(part: str) -> tuple[str, ...]:
    """Return a part with the version cut off that is written together with a word: Qwen3, Ministral3b."""
    role = role_of(part.lower())
    if role == "version" and part[-1] in "vV" and len(part) > 1:
        return part[:-1], part[-1]
    match = _GLUED.fullmatch(part) if role == "word" else None
    if not match:
        return (part,)
    word, number, rest = match.groups()
    if rest in {"d", "D", "x", "X"}:  # Seed3D and the like are words
        return (part,)
    if len(rest) <= 1 and rest not in {"v", "V"}:
        return word, number + rest
    known = rest in {"v", "V"} or word.lower() in mapping("families.tsv", "family", "owners")
    line = number not in {"2", "4"} and role_of(rest.lower()) == "line"  # Text2World, LLM4Decompile
    return (word, number, rest) if known or line else (part,)


def _merged(tokens: list[Token]) -> tuple[Token, ...]:
    """Return the tokens with those joined that only together mean something: 3-6, 4-bit, 2024-07-18."""
    merged = tokens[:1]  # a name's first token stands alone
    at, last = 1, len(tokens) - 1
    while at <= last:
        token, taken = tokens[at], 1
        if at < last and token.low[-1].isdigit():
            taken, role = _together(tokens[at : at + 3])
            if taken > 1:
                glue = "." if role == "version" else "-" if role == "stamp" else ""
                text = glue.join(part.text for part in tokens[at : at + taken])
                token = Token(text, text.lower(), token.gap, role)
        merged.append(token)
        at += taken
    return tuple(merged)


def _together(window: list[Token]) -> tuple[int, Role]:
    """Return how many of these two or three tokens are one, and its role; the first ends in a digit."""
    first, second = window[0], window[1].low
    if second in {"bit", "bits"}:
        return 2, "packaging"
    if _YEAR.fullmatch(first.low) and _TWO_DIGITS.fullmatch(second):
        return (3 if len(window) > 2 and _TWO_DIGITS.fullmatch(window[2].low) else 2), "stamp"
    dated = _YEAR.fullmatch(second) or (first.low[0] == "0" and _TWO_DIGITS.fullmatch(second))
    if dated and _TWO_DIGITS.fullmatch(first.low):
        return 2, "stamp"
    if window[1].gap == "-" and len(second) == 1 and second.isdigit() and _WHOLE.fullmatch(first.low):
        return 2, "version"
    return 1, first.role


T = TypeVar("T")


class Spellings(Generic[T]):
    """Names of one word or several, each with what it means, found where they stand among tokens."""

    def __init__(self, meanings: Iterable[tuple[str, T]]) -> None:
        self.by_first_word: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for spelling, meaning in meanings:
            words = tuple(token.low for token in tokenize(spelling))
            self.by_first_word.setdefault(words[0], []).append((words, meaning))
        for found in self.by_first_word.values():
            found.sort(key=lambda spelling: -len(spelling[0]))

    def longest_at(self, tokens: Sequence[Token], at: int) -> tuple[T, int] | None:
        """Return what the longest name means that starts at this place, and where it ends."""
        known = self.by_first_word.get(tokens[at].low) if at < len(tokens) else None
        if not known:
            return None
        second = tokens[at + 1].low if at + 1 < len(tokens) else ""
        for words, meaning in known:
            end = at + len(words)
            if len(words) == 1:
                return meaning, end
            if words[1] == second and tuple([token.low for token in tokens[at:end]]) == words:
                return meaning, end
        return None


@lru_cache(maxsize=10_000)
def companion_in(text: str, task: str) -> str:
    """Return what a token makes of a repository with this pipeline tag ("a reward model"), or "".

    A word may also stand inside of CamelCase (VisionReward), or at the end of a longer word (neucodec).
    """
    low = text.lower()
    if _LATENT_GRID.fullmatch(low):
        return "an autoencoder"
    companions = mapping("companions.tsv", "word", "what")
    inside = mapping("companions.tsv", "word", "inside")
    tasks = mapping("companions.tsv", "word", "task")
    within = [word.lower() for word in _CAPITALS.findall(text) if inside.get(word.lower())]
    if low.endswith(_long_words()):
        within += [word for word in _long_words() if low.endswith(word)]
    found = (word for word in (low, low.rstrip("0123456789"), *within) if word in companions)
    return next((companions[word] for word in found if tasks[word] in {"", task}), "")


@cache
def _long_words() -> tuple[str, ...]:
    """Return the words long enough to be no coincidence at the end of a longer one."""
    inside = mapping("companions.tsv", "word", "inside")
    return tuple(word for word in inside if inside[word] and len(word) >= 5)


def checkpoint(token: Token, following: Token | None) -> str:
    """Return what a word makes of a repository when a number follows (step-1000, seed42), or ""."""
    word = token.low.rstrip("0123456789")
    if word == token.low and not (following and _WHOLE_NUMBER.fullmatch(following.low)):
        return ""
    return mapping("companions.tsv", "word", "what").get(word + "#", "")
