"""The parts of a model's name, by the tables where a person has filled them and by shape where nobody has."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.model import Name
from bot.releases.naming.families import Family, family_of, foreign_at, spelled
from bot.releases.naming.tokens import LONGEST_NAME, Role, Token, clean, kind_of_line, tokenize
from bot.releases.tables import mapping

_PARAMETERS = re.compile(r"[ae]?\d+(\.\d+)?[bmt]|\d+x\d+(\.\d+)?b")
_SIZE_LETTERS = frozenset({"s", "b", "m", "l", "g", "h", "xs", "xl", "xxl", "ml"})
_NOT_IN_KEYS = re.compile(r"[^\w.+]+|_+")
_FULL_DATE = re.compile(r"(?<![^-/])(20\d\d)-(\d\d)-(\d\d)(?=-|$)")
_MONTH_FIRST = re.compile(r"(?<![^-/])(0[1-9]|1[0-2])-?20(\d\d)(?=-|$)")
_MONTH_LAST = re.compile(r"(?<![^-/])20(2\d)-?(0[1-9]|1[0-2])(?=-|$)")
_ZERO = re.compile(r"(?<=\d)(?:\.0)+(?=-|$)")
_PLUS = re.compile(r"-?\+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A name with what it was read from: its family, and the tokens behind the family's name."""

    name: Name
    family: Family
    tokens: tuple[Token, ...]  # of the whole name, each with the role that it has by itself
    rest: tuple[Token, ...]  # behind the family's name, each with the role that it has in its place


def parse(text: str, lab: str) -> Name:
    """Return the parts of a repository's or listed model's name; `lab` is a lab id.

    An owner before a slash only says who publishes. A name that no table knows is parsed by its shape. Of a
    text that is longer than any name, only the beginning is read.
    """
    return read_name(text[: 2 * LONGEST_NAME], lab).name


@lru_cache(maxsize=8_000)  # the same names come again and again
def read_name(text: str, lab: str) -> Reading:
    """Return the parts of a name as `parse` does, with the tokens behind them."""
    owner, repository = split_owner(text)
    tokens = tokenize(clean(repository))
    if not tokens:
        return Reading(Name(lab, ""), Family(""), (), ())
    owners = frozenset((lab.lower(), owner.lower()))
    family, start, end = family_of(tokens, owners)
    rest = _in_place(_in_family(family, tokens[end:]), owners)
    # People call all stages and packagings by one name.
    said = [*tokens[start:end], *(token for token in rest if token.role not in ("stage", "packaging"))]
    return Reading(_named(lab, family.name, rest, spelled(said)), family, tokens, rest)


def split_owner(text: str) -> tuple[str, str]:
    """Return the Hub owner of "owner/name", or "", and the name."""
    owner, slash, repository = text.partition("/")
    if slash and "/" not in repository and " " not in text:
        return owner, repository
    return "", text


def _in_family(family: Family, tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens behind a family's name with the roles that its words have in this family."""
    meanings = family.words
    if not family.owners and "base" in [token.low for token in tokens] and not _base_is_stage(tokens):
        meanings = {"base": "size"}
    return [token.as_role(meanings.get(token.low, token.role)) for token in tokens] if meanings else tokens


def _base_is_stage(tokens: Sequence[Token]) -> bool:
    """Whether "base" is a stage of training, or a size beside small and large (t5-base).

    It is a stage where another token gives the size, and where it is written like a proper name.
    """
    written = any(token.text in {"Base", "BASE"} for token in tokens)
    words = [token.low for token in tokens]
    return written or any(kind_of_line(word) == "size" or _PARAMETERS.fullmatch(word) for word in words)


def _in_place(tokens: Sequence[Token], owners: frozenset[str]) -> tuple[Token, ...]:
    """Return the tokens behind a family, each with the role that it has in its place."""
    placed: list[Token] = []
    before: set[Role] = set()
    for at, token in enumerate(tokens):
        if at and token.role == "version" and _belongs_to_word(tokens, at, owners):
            word = placed.pop()
            text = word.text + ("-" if token.gap else "") + token.text
            placed.append(Token(text, text.lower(), word.gap, word.role))
            continue
        following = tokens[at + 1].low if at + 1 < len(tokens) else ""
        role = _role_in_place(token, following, before)
        placed.append(token.as_role(role))
        before.add(role)
    return tuple(placed)


def _belongs_to_word(tokens: Sequence[Token], at: int, owners: frozenset[str]) -> bool:
    """Whether a number is the word's before it: Predict2, ul2, RLVR1, Distill-Llama-3.1.

    The only number behind a family is its version wherever it stands: Solar-Open2 is Solar Open 2.
    """
    before = tokens[at - 1]
    glued = not tokens[at].gap and before.role in {"word", "stage", "packaging", "companion"}
    word = before.role == "word" and len(before.low) > 2  # ul2 and the like are codes
    alone = word and sum(token.role == "version" for token in tokens) == 1
    return (glued and not alone) or foreign_at(tokens, at - 1, owners)


def _role_in_place(token: Token, following: str, before: set[Role]) -> Role:
    if "packaging" in before and token.role in {"word", "line", "version", "size"}:
        return "packaging"  # whatever follows a packaging belongs to it: onnx-web, qat-mobile
    if token.role == "version" and ("version" in before or "size" in before):
        return "stamp" if token.low.startswith("v") else "line"
    if token.low in _SIZE_LETTERS and (not following or following in _SIZE_LETTERS or "size" in before):
        return "size"
    if not following and mapping("packagings.tsv", "word", "where").get(token.low) == "end":
        return "packaging"
    if token.role in ("word", "companion"):
        return "line"
    return token.role


def _named(lab: str, family: str, rest: Sequence[Token], display: str) -> Name:
    parts: dict[Role, str] = {}
    for token in rest:
        parts[token.role] = f"{parts[token.role]}-{token.text}" if token.role in parts else token.text
    version, line, stage = (parts.get(role, "") for role in ("version", "line", "stage"))
    size, stamp = parts.get("size", ""), parts.get("stamp", "")
    if stage_meanings(stage) <= {"format"} and _is_base(family, version, line):
        stage = f"Base-{stage}" if stage else "Base"
        stamp = "" if version.lower() in _bare(family, "stamped") else stamp
    common = [lab.lower() + "/" + folded(family), folded(version), folded(line)]
    return Name(
        lab=lab,
        family=family,
        version=version,
        line=line,
        size=size,
        stamp=stamp,
        stage=stage,
        packaging=parts.get("packaging", ""),
        display=display,
        release_key=respelt("-".join(filter(None, (*common, folded(size), folded(stamp))))),
        family_key=respelt("-".join(filter(None, (*common, folded(stamp))))),
    )


def _bare(family: str, column: str) -> list[str]:
    """Return a cell of tables/bare.tsv: what a family's repositories without a stage word hold."""
    return mapping("bare.tsv", "family", column).get(family.lower(), "").lower().split()


def _is_base(family: str, version: str, line: str) -> bool:
    """Whether the family's repository of this version and line is the base, without a stage word."""
    versions = _bare(family, "versions")
    if "*" not in versions and (version.lower() or "-") not in versions:
        return False
    return not line or set(line.lower().split("-")) <= set(_bare(family, "lines"))


@lru_cache(maxsize=20_000)
def folded(part: str) -> str:
    """Return a part of a name as it stands in keys: lower-case, with hyphens for all that separates."""
    return respelt(_NOT_IN_KEYS.sub("-", part.lower()).strip("-"))


def respelt(key: str) -> str:
    """Return a key, or a part of one, with the spellings joined that people use for one thing.

    3.0 is 3, "+" is "plus", and 05-2026 is 2605. Keys that an older version of the bot stored are told
    from new ones by nothing else, so that the two are equal once both are spelt alike.
    """
    key = _PLUS.sub("-plus", key) if "+" in key else key
    key = (_ZERO.sub("", key) if ".0" in key else key).removeprefix("-")
    if "20" not in key:  # as in all dates that follow
        return key
    key = _FULL_DATE.sub(r"\1\2\3", key)
    return _MONTH_LAST.sub(r"\1\2", _MONTH_FIRST.sub(r"\2\1", key))


@lru_cache(maxsize=1_000)
def stage_meanings(stage: str) -> frozenset[str]:
    """Return what the words of Name.stage mean: "base", "tuned", "step", "format"."""
    meanings = mapping("stages.tsv", "word", "stage")
    words = (word.rstrip("0123456789") for word in stage.lower().split("-"))
    return frozenset(meanings.get(word, "tuned") for word in words if word)


def covers(general: Name, specific: Name) -> bool:
    """Whether a sighting named `general` speaks of the model `specific`.

    Lab, family, version and line agree, and so do size and stamp where the general name states them. A
    word of size in the specific line (Pro, Flash, Air ...) is no difference: "DeepSeek-V4" covers
    DeepSeek-V4-Pro, as these words are sizes of one launch (docs/reference/models.md#launches). A line that
    says what the model is for (Coder, VL) or how it answers (Thinking, Preview) is another model.
    """
    return (
        _covers_version(general, specific)  # first: within a family nothing differs as often
        and folded(general.lab) == folded(specific.lab)
        and root_of(general.family) == root_of(specific.family)
        and _covers_line(line_of(general), line_of(specific))
        and _words(general.size) <= _words(specific.size)
        and (not general.stamp or folded(general.stamp) == folded(specific.stamp))
    )


def root_of(family: str) -> str:
    """Return a family, folded, without the words of size at its end: Mistral-Large is a Mistral."""
    return _root_and_sizes(family)[0]


def line_of(name: Name) -> frozenset[str]:
    """Return the words of the line, with size words of the family's name: "large" of Mistral-Large."""
    return _words(name.line) | _root_and_sizes(name.family)[1]


@lru_cache(maxsize=2_000)
def _root_and_sizes(family: str) -> tuple[str, frozenset[str]]:
    words = folded(family).split("-")
    end = len(words)
    while end > 1 and kind_of_line(words[end - 1]) == "size":
        end -= 1
    return "-".join(words[:end]), frozenset(words[end:])


def _covers_version(general: Name, specific: Name) -> bool:
    """Whether the versions agree, as far as the general name says one.

    The first is often not said (Shieldstral, Shieldstral-1.0-3B), and a stamp may stand for any version:
    mistral-small-2603 is Mistral-Small-4-119B-2603.
    """
    said, meant = _version_of(general.version), _version_of(specific.version)
    by_stamp = not said and bool(general.stamp) and folded(general.stamp) == folded(specific.stamp)
    return said == meant or by_stamp or (said in {"", "1"} and meant in {"", "1"})


@lru_cache(maxsize=4_000)
def _version_of(part: str) -> str:
    return folded(part).removeprefix("v")


def _covers_line(said: frozenset[str], meant: frozenset[str]) -> bool:
    return said <= meant and all(kind_of_line(word) == "size" for word in meant - said)


@lru_cache(maxsize=4_000)
def _words(part: str) -> frozenset[str]:
    return frozenset(filter(None, folded(part).split("-")))
