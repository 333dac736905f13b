"""Read the name of a model from a post's address and from the repositories that it links."""

import re
from collections.abc import Iterable, Iterator

from bot.model import Name
from bot.releases.naming.families import first_words, known_at, spelled
from bot.releases.naming.names import parse
from bot.releases.naming.titles import told_by
from bot.releases.naming.tokens import Token, clean, tokenize

_ANYBODYS = re.compile(r"https?://(?:www\.)?huggingface\.co/blog/[^/?#]+/?")


def is_anybodys(url: str) -> bool:
    """Return whether a post stands where anybody may post, so that only known families are the lab's own.

    Posts of an organisation have its name in the address: https://huggingface.co/blog/ibm-granite/...
    """
    return "/blog/" in url and bool(_ANYBODYS.fullmatch(url.partition("?")[0]))


_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")


def announces(url: str, name: str) -> bool:
    """Return whether the last part of a post's address is a verb of announcement and this name, at least."""
    verb, _, rest = _slug(url).lower().partition("-")
    return "announce" in told_by(verb) and _squeezed(rest).startswith(_squeezed(name))


def is_called(url: str, name: str) -> bool:
    """Return whether the last part of a post's address is this name and nothing else."""
    return _squeezed(_slug(url)) == _squeezed(name)


def _squeezed(text: str) -> str:
    return _NOT_LETTER_OR_DIGIT.sub("", text.lower())


_ID = re.compile(r"[?&]id=([^&#]+)")


def _slug(url: str) -> str:
    """Return the part of an address that names the post: the last of its path, or .../blog?id=qwen3.8."""
    path = url.partition("?")[0].partition("#")[0]
    named = _ID.search(url)
    return named[1] if named else path.rstrip("/").rpartition("/")[2]


_LETTERS = re.compile(r"[a-z]+")


def speaks_of(url: str, name: str) -> bool:
    """Return whether the last part of a post's address has the first word of a name.

    The address of a customer's story names the customer, whatever its title says.
    """
    return not set(_LETTERS.findall(_slug(url).lower())).isdisjoint(_LETTERS.findall(name.lower())[:1])


_OF_A_NAME = frozenset({"version", "size", "stamp", "line"})


def named_by_address(url: str, lab: str, owners: frozenset[str]) -> Name | None:
    """Return the model that a post's address names and nothing else: .../news/mistral-medium-3."""
    slug = clean(_slug(url))
    first, _, rest = slug.partition("-")
    if "announce" in told_by(first.lower()):
        slug, first = rest, rest.partition("-")[0]
    beginning = tokenize(first)
    if not beginning or beginning[0].low not in first_words():
        return None
    tokens = tokenize(slug)
    known = known_at(tokens, 0)
    if not known or not known[0].owners or not known[0].of(owners) or known[1] == len(tokens):
        return None
    if not all(_belongs_to_name(token) for token in tokens[known[1] :]):
        return None
    return parse(spelled(tokens), lab)


def _belongs_to_name(token: Token) -> bool:
    told = told_by(token.low)
    return "naming" in told or (token.role in _OF_A_NAME and "product" not in told)


# Parts of the Hub's site, where an owner would stand.
_NO_OWNERS = frozenset(
    {
        "blog",
        "collections",
        "datasets",
        "docs",
        "kernels",
        "learn",
        "organizations",
        "papers",
        "spaces",
        "tasks",
    }
)
_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]{1,96})/([\w.-]{1,96})"
    r"(?:/|/(?:tree|blob|resolve|discussions)(?:/.*)?)?"
)


def repositories_in(links: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield owner and name of the Hub's repositories among these addresses."""
    for link in links:
        match = _REPOSITORY.fullmatch(link.partition("?")[0].partition("#")[0])
        if match and match[1].lower() not in _NO_OWNERS:
            yield match[1], match[2]


def named_by_links(links: Iterable[str], lab: str, owners: frozenset[str]) -> Iterator[Name]:
    """Return the models whose repositories, of the lab's own, are among these addresses."""
    for owner, name in repositories_in(links):
        if owner.lower() in owners:
            yield parse(f"{owner}/{name}", lab)
