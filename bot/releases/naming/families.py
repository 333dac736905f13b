"""Which family a name belongs to: one that the tables know, or whatever its shape suggests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import get_args

from bot.releases.naming.tokens import Role, Spellings, Token
from bot.releases.tables import rows


@dataclass(frozen=True, slots=True)
class Family:
    """A family of models, as a row of tables/families.tsv describes it."""

    name: str
    owners: frozenset[str] = frozenset()  # lower-case; empty for a family that no table knows
    heads: str = ""  # lower-case
    words: Mapping[str, Role] = field(default_factory=dict)

    def of(self, owners: frozenset[str]) -> bool:
        """Whether one of these owners makes the family; anybody may make an unknown one."""
        return not self.owners or not self.owners.isdisjoint(owners)


_ROLES: Mapping[str, Role] = {role: role for role in get_args(Role)}


@cache
def _families() -> Sequence[tuple[Family, tuple[str, ...]]]:
    """Return the families of the table, each with all its spellings."""
    families = []
    for row in rows("families.tsv"):
        meanings = [meaning.split("=") for meaning in row["words"].split()]
        words = {word: _ROLES[role] for word, role in meanings}
        family = Family(row["family"], frozenset(row["owners"].lower().split()), row["heads"].lower(), words)
        families.append((family, (family.name, *filter(None, row["aliases"].split("; ")))))
    return families


@cache
def _spellings() -> Spellings[Family]:
    return Spellings((spelling, family) for family, names in _families() for spelling in names)


def first_words() -> Collection[str]:
    """Return the lower-case words with which the names of known families begin."""
    return _spellings().by_first_word.keys()


@lru_cache(maxsize=1_000)  # people may try any owner
def own_families(owners: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the known families that one of these owners makes, each with its spellings."""
    return {family.name: names for family, names in _families() if not owners.isdisjoint(family.owners)}


def known_at(tokens: Sequence[Token], at: int) -> tuple[Family, int] | None:
    """Return the longest known family whose name starts at this place, and where it ends."""
    return _spellings().longest_at(tokens, at)


def foreign_at(tokens: Sequence[Token], at: int, owners: frozenset[str]) -> bool:
    """Whether another lab's family is named at this place."""
    found = known_at(tokens, at)
    return bool(found and not found[0].of(owners))


def family_of(tokens: Sequence[Token], owners: frozenset[str]) -> tuple[Family, int, int]:
    """Return the family of a name, and where its tokens start and end.

    A lab's name in front of its family's is left out: nvidia-foo; but not where it is the family: sarvam-m.
    Where a lab calls its family as itself, the name may be left out too: "Music 3.0" is MiniMax's.
    """
    known = known_at(tokens, 0)
    if known:
        family, end = known
        behind = () if family.of(owners) else range(end, min(end + 2, len(tokens)))
        for at in behind:
            own = known_at(tokens, at)  # Llama-3.1-Nemotron is one family, NVIDIA's
            if own and own[0].of(owners):
                return replace(own[0], name=spelled(tokens[: own[1]])), 0, own[1]
        return family, 0, end
    led_by_lab = len(tokens) > 1 and tokens[0].low in owners
    known = known_at(tokens, 1) if led_by_lab else None
    if known:
        return known[0], 1, known[1]
    named_like_lab = _named_like_lab(owners) if tokens[0].role == "line" else None
    if named_like_lab:
        return named_like_lab, 0, 0
    start = 1 if led_by_lab and tokens[1].role == "word" else 0
    end = start + 1
    while end < len(tokens) and tokens[end].role == "word" and not foreign_at(tokens, end, owners):
        end += 1
    return Family(spelled(tokens[start:end])), start, end


def _named_like_lab(owners: frozenset[str]) -> Family | None:
    """Return the family that has its lab's own name (MiniMax, Qwen), if this lab has one."""
    spellings = (_spellings().by_first_word.get(owner, ()) for owner in sorted(owners))
    found = (family for known in spellings for words, family in known if len(words) == 1)
    return next((family for family in found if family.of(owners) and family.name.lower() in owners), None)


def spelled(tokens: Sequence[Token]) -> str:
    """Return the tokens with what separates them reduced to a space, a hyphen, a dot or nothing."""
    text = tokens[0].text if tokens else ""
    for token in tokens[1:]:
        gap = token.gap
        if len(gap) > 1:
            gap = "-" if "-" in gap and " " not in gap else " "
        elif gap and gap in "[]()\"'":
            gap = " "
        text += gap + token.text
    return text
