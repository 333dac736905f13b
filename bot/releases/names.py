"""Parse the name of a model, by tables where a person has filled them and by shape where nobody has."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from bot.model import Name
from bot.releases.families import Family, family_of, foreign_at, spelled
from bot.releases.tables import mapping, rows
from bot.releases.tokens import Role, Token, clean, tokenize

_SIZE_LETTERS = frozenset({"s", "b", "m", "l", "g", "h", "xs", "xl", "xxl", "ml"})
_UNSAID = (Role.STAGE, Role.PACKAGING)  # people call all stages and packagings by one name
_NOT_IN_KEYS = re.compile(r"[^\w.+]+|_+")
_FULL_DATE = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")


@lru_cache(maxsize=20_000)
def parse(text: str, lab: str) -> Name:
    """Return the parts of a repository's or listed model's name; `lab` is a lab id.

    An owner before a slash only says who publishes. A name that no table knows is parsed by its shape.
    """
    owner, repository = split_owner(text)
    tokens = tokenize(clean(repository))
    if not tokens:
        return Name(lab, "")
    owners = frozenset({lab.lower(), owner.lower()})
    family, start, end = family_of(tokens, owners)
    rest = sorted_out(tokens[end:], owners)
    parts = {role: [token for token in rest if token.role is role] for role in Role}
    return _named(lab, family, parts, [*tokens[start:end], *rest])


def split_owner(text: str) -> tuple[str, str]:
    """Return the Hub owner of "owner/name", or "", and the name."""
    owner, slash, repository = text.partition("/")
    if slash and "/" not in repository and " " not in text:
        return owner, repository
    return "", text


def sorted_out(tokens: Sequence[Token], owners: frozenset[str]) -> list[Token]:
    """Return the tokens behind a family, each with the role that it has in its place."""
    placed: list[Token] = []
    for at, token in enumerate(tokens):
        if token.role is Role.VERSION and at and _belongs_to_word(token, tokens, at, owners):
            placed[-1] = _with_number(placed[-1], token)
        else:
            placed.append(token._replace(role=_role_in_place(token, tokens[at + 1 :], placed)))
    return placed


def _belongs_to_word(token: Token, tokens: Sequence[Token], at: int, owners: frozenset[str]) -> bool:
    """Tell whether a number is the word's before it: Predict2, ul2, LongWriter-glm4, Distill-Llama-3.1."""
    before = tokens[at - 1]
    return (not token.gap and before.role is Role.WORD) or foreign_at(tokens, at - 1, owners)


def _with_number(word: Token, number: Token) -> Token:
    text = word.text + ("-" if number.gap else "") + number.text
    return word._replace(text=text, low=text.lower())


def _role_in_place(token: Token, after: Sequence[Token], before: Sequence[Token]) -> Role:
    roles = {earlier.role for earlier in before}
    if Role.PACKAGING in roles and token.role in {Role.WORD, Role.VERSION, Role.SIZE}:
        return Role.PACKAGING  # whatever follows a packaging belongs to it: onnx-web, qat-mobile
    if token.role is Role.VERSION and (Role.VERSION in roles or Role.SIZE in roles):
        return Role.STAMP if token.low.startswith("v") else Role.LINE
    if token.low in _SIZE_LETTERS and (not after or after[0].low in _SIZE_LETTERS or Role.SIZE in roles):
        return Role.SIZE
    if token.role in {Role.WORD, Role.COMPANION}:
        return Role.LINE
    return token.role


def _named(lab: str, family: Family, parts: Mapping[Role, Sequence[Token]], tokens: Iterable[Token]) -> Name:
    version, line, size, stamp, stage, packaging = (
        spelled(parts[role], "-")
        for role in (Role.VERSION, Role.LINE, Role.SIZE, Role.STAMP, Role.STAGE, Role.PACKAGING)
    )
    if not _says_stage(parts[Role.STAGE]) and _bare_is_base(family.name, version, line):
        stage = "-".join(filter(None, ("Base", stage)))
    return Name(
        lab=lab,
        family=family.name,
        version=version,
        line=line,
        size=size,
        stamp=stamp,
        stage=stage,
        packaging=packaging,
        display=spelled([token for token in tokens if token.role not in _UNSAID]),
        release_key=_key(lab, family.name, version, line, size, stamp),
        family_key=_key(lab, family.name, version, line, stamp),
    )


def _key(lab: str, *parts: str) -> str:
    folded = (_folded(part) for part in parts)
    return f"{lab.lower()}/" + "-".join(part for part in folded if part)


def _folded(part: str) -> str:
    part = _FULL_DATE.sub(r"\1\2\3", part.lower())
    return _NOT_IN_KEYS.sub("-", part).strip("-")


def _says_stage(stages: Sequence[Token]) -> bool:
    meanings = mapping("stages.tsv", "word", "stage")
    return any(meanings.get(token.low) != "format" for token in stages)


@cache
def _bare_bases() -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    return {
        row["family"].lower(): (
            frozenset(row["versions"].lower().split()),
            frozenset(row["lines"].lower().split()),
        )
        for row in rows("bare.tsv")
    }


def _bare_is_base(family: str, version: str, line: str) -> bool:
    versions, lines = _bare_bases().get(family.lower(), (frozenset(), frozenset()))
    if "*" not in versions and (version.lower() or "-") not in versions:
        return False
    return lines.issuperset(line.lower().split("-")) if line else True


def covers(general: Name, specific: Name) -> bool:
    """Tell whether a sighting named `general` speaks of the model `specific`.

    Lab, family, version and line agree, and so do size and stamp where the general name states them. A
    word of size in the specific line (Pro, Flash, Air ...) is no difference: "DeepSeek-V4" covers
    DeepSeek-V4-Pro, as reference/models.md 3.1 counts these words as sizes of one launch. A line that says
    what the model is for (Coder, VL) or how it answers (Thinking, Preview) is another model.
    """
    return (
        _same(general, specific, "lab", "family", "version")
        and _covers_line(_words(general.line), _words(specific.line))
        and _words(general.size) <= _words(specific.size)
        and (not general.stamp or _same(general, specific, "stamp"))
    )


def _same(one: Name, other: Name, *parts: str) -> bool:
    return all(_folded(getattr(one, part)) == _folded(getattr(other, part)) for part in parts)


def _words(part: str) -> frozenset[str]:
    return frozenset(filter(None, _folded(part).split("-")))


def _covers_line(general: frozenset[str], specific: frozenset[str]) -> bool:
    groups = mapping("lines.tsv", "word", "group")
    return general <= specific and all(groups.get(word) == "size" for word in specific - general)
