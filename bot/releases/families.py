"""Which family a name belongs to: one that the tables know, or whatever its shape suggests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from bot.releases.tables import rows
from bot.releases.tokens import Role, Token, tokenize


@dataclass(frozen=True, slots=True)
class Family:
    """Describe a family of models; the fields are the columns of tables/families.tsv."""

    name: str
    owners: frozenset[str] = frozenset()  # lower-case
    heads: str = ""
    words: Mapping[str, Role] = field(default_factory=dict)  # what a word means in this family alone

    def of(self, owners: frozenset[str]) -> bool:
        """Tell whether one of these owners makes the family; nobody owns an unknown one."""
        return not self.owners or not self.owners.isdisjoint(owners)


_LONGEST = 4  # tokens in the name of a known family


@cache
def _known() -> Mapping[tuple[str, ...], Family]:
    families = {}
    for row in rows("families.tsv"):
        owners = frozenset(row["owners"].lower().split())
        family = Family(row["family"], owners, row["heads"].lower(), _meanings(row["words"]))
        for spelling in (row["family"], *filter(None, row["aliases"].split("; "))):
            families[tuple(token.low for token in tokenize(spelling))] = family
    return families


def _meanings(cell: str) -> Mapping[str, Role]:
    return {word: Role(role) for word, _, role in (meaning.partition("=") for meaning in cell.split())}


def known_at(tokens: Sequence[Token], at: int) -> tuple[Family, int] | None:
    """Return the longest known family whose name starts at this place, and where it ends."""
    for end in range(min(at + _LONGEST, len(tokens)), at, -1):
        family = _known().get(tuple(token.low for token in tokens[at:end]))
        if family:
            return family, end
    return None


def foreign_at(tokens: Sequence[Token], at: int, owners: frozenset[str]) -> bool:
    """Tell whether another lab's family is named at this place."""
    found = known_at(tokens, at)
    return bool(found and not found[0].of(owners))


def family_of(tokens: Sequence[Token], owners: frozenset[str]) -> tuple[Family, int, int]:
    """Return the family of a name, and where its tokens start and end.

    A lab's own family behind another lab's is one family with it: Llama-3.1-Nemotron is NVIDIA's.
    """
    start = 1 if len(tokens) > 1 and tokens[0].low in owners and not known_at(tokens, 0) else 0
    found = known_at(tokens, start)
    if not found:
        end = start + 1
        while end < len(tokens) and tokens[end].role is Role.WORD and not foreign_at(tokens, end, owners):
            end += 1
        return Family(spelled(tokens[start:end])), start, end
    family, end = found
    if family.of(owners):
        return family, start, end
    for at in range(end, min(end + 2, len(tokens))):
        own = known_at(tokens, at)
        if own and own[0].owners and own[0].of(owners):
            return replace(own[0], name=spelled(tokens[start : own[1]])), start, own[1]
    return family, start, end


def spelled(tokens: Sequence[Token], joint: str = "") -> str:
    """Return the tokens as their lab spells them, or all joined by `joint`."""
    if joint:
        return joint.join(token.text for token in tokens)
    text = "".join(_gap(token) + token.text for token in tokens)
    return text.lstrip(" -_./")


def _gap(token: Token) -> str:
    if "-" in token.gap and " " not in token.gap:
        return "-"
    return " " if len(token.gap.strip("_.")) else token.gap[:1]
