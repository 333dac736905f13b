"""What addresses tell: of which repository on the Hub one is, and what a post's own says of the post."""

import re

# What stands on the Hub's site in the place of an owner.
_NO_OWNER = "api|blog|collections|datasets|docs|kernels|learn|models|organizations|papers|posts|spaces|tasks"
_OWNER = re.compile(rf"/*(?!(?:{_NO_OWNER})(?:/|\Z))([\w.-]{{1,96}})(?:/.*)?", re.IGNORECASE | re.DOTALL)
_REPOSITORY = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)(/[\w.-]{1,96}/[\w.-]{1,96})"
    r"(?:/(?:tree|blob|raw|resolve|commits|discussions)(?:/[^?#]*)?|/)?(?:[?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_ANYBODYS = re.compile(r"https?://(?:www\.)?huggingface\.co/blog/[^/?#]+/?")
_ID = re.compile(r"[?&]id=([^&#]+)")
_LETTERS = re.compile(r"[a-z]+")


def owner_in(path: str) -> str:
    """Return the Hub owner whose page, or one of whose repositories, has this path on the Hub, or ""."""
    match = _OWNER.fullmatch(path)
    return match[1] if match else ""


def repository_in(link: str) -> str:
    """Return "owner/name" of the model repository on the Hub that a link leads to, or ""."""
    match = _REPOSITORY.fullmatch(link)
    return match[1][1:] if match and owner_in(match[1]) else ""


def is_anybodys(url: str) -> bool:
    """Whether a post stands where anybody may post, so that only known families are the lab's own.

    Posts of an organisation have its name in the address: https://huggingface.co/blog/ibm-granite/...
    """
    return "/blog/" in url and bool(_ANYBODYS.fullmatch(url.partition("?")[0]))


def slug_of(url: str) -> str:
    """Return the part of an address that names the post: the last of its path, or .../blog?id=qwen3.8."""
    path = url.partition("?")[0].partition("#")[0]
    named = _ID.search(url)
    return named[1] if named else path.rstrip("/").rpartition("/")[2]


def speaks_of(url: str, name: str) -> bool:
    """Whether the last part of a post's address has the first word of a name.

    The address of a customer's story names the customer, whatever its title says.
    """
    return not set(_LETTERS.findall(slug_of(url).lower())).isdisjoint(_LETTERS.findall(name.lower())[:1])
