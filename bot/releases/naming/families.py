"""Which family a name belongs to: one that the tables know, or whatever its shape suggests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import get_args

from bot.releases.naming.tokens import Role, Token, tokenize
from bot.releases.tables import rows


@dataclass(frozen=True, slots=True)
class Family:
    """Describe a family of models; the fields are the columns of tables/families.tsv."""

    name: str
    owners: frozenset[str] = frozenset()  # lower-case; empty for a family that no table knows
    heads: str = ""  # lower-case
    words: Mapping[str, Role] = field(default_factory=dict)

    def of(self, owners: frozenset[str]) -> bool:
        """Whether one of these owners makes the family; anybody may make an unknown one."""
        return not self.owners or not self.owners.isdisjoint(owners)


@cache
def _by_first_word() -> Mapping[str, Sequence[tuple[tuple[str, ...], Family]]]:
    """Return the known families by the first word of each spelling, the longest spelling first."""
    families: dict[str, list[tuple[tuple[str, ...], Family]]] = {}
    for row in rows("families.tsv"):
        owners = frozenset(row["owners"].lower().split())
        family = Family(row["family"], owners, row["heads"].lower(), _meanings(row["words"]))
        for spelling in (row["family"], *filter(None, row["aliases"].split("; "))):
            words = tuple(token.low for token in tokenize(spelling))
            families.setdefault(words[0], []).append((words, family))
    for spellings in families.values():
        spellings.sort(key=lambda spelling: -len(spelling[0]))
    return families


def first_words() -> Collection[str]:
    """Return the lower-case words with which the names of known families begin."""
    return _by_first_word().keys()


@cache
def own_families(owners: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the known families that one of these owners makes, each with its spellings."""
    return {
        row["family"]: (row["family"], *filter(None, row["aliases"].split("; ")))
        for row in rows("families.tsv")
        if not owners.isdisjoint(row["owners"].lower().split())
    }


_ROLES: Mapping[str, Role] = {role: role for role in get_args(Role)}


def _meanings(cell: str) -> Mapping[str, Role]:
    return {word: _ROLES[role] for word, _, role in (meaning.partition("=") for meaning in cell.split())}


def known_at(tokens: Sequence[Token], at: int) -> tuple[Family, int] | None:
    """Return the longest known family whose name starts at this place, and where it ends."""
    for words, family in _by_first_word().get(tokens[at].low, ()):
        end = at + len(words)
        if len(words) == 1 or tuple(token.low for token in tokens[at:end]) == words:
            return family, end
    return None


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
        return _with_own_behind(tokens, known, owners)
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
    spellings = (_by_first_word().get(owner, ()) for owner in sorted(owners))
    found = (family for known in spellings for words, family in known if len(words) == 1)
    return next((family for family in found if family.of(owners) and family.name.lower() in owners), None)


def _with_own_behind(
    tokens: Sequence[Token], known: tuple[Family, int], owners: frozenset[str]
) -> tuple[Family, int, int]:
    """Join a lab's own family to another lab's before it: Llama-3.1-Nemotron is one family, NVIDIA's."""
    family, end = known
    if not family.of(owners):
        for at in range(end, min(end + 2, len(tokens))):
            own = known_at(tokens, at)
            if own and own[0].owners and own[0].of(owners):
                return replace(own[0], name=spelled(tokens[: own[1]])), 0, own[1]
    return family, 0, end


def spelled(tokens: Sequence[Token]) -> str:
    """Return the tokens with what separates them reduced to a space, a hyphen, a dot or nothing."""
    rest = "".join([_separator(token.gap) + token.text for token in tokens[1:]])
    return tokens[0].text + rest if tokens else ""


def _separator(gap: str) -> str:
    if len(gap) <= 1:
        return " " if gap in "[]()\"'" and gap else gap
    return "-" if "-" in gap and " " not in gap else " "
