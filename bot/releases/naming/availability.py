"""Posts that tell where a model is to be had: "NAME is now available on Bedrock"."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from bot.model import Kind, Verdict
from bot.releases.naming.post import Post
from bot.releases.naming.titles import Mention, Title
from bot.releases.naming.tokens import Token, tokenize
from bot.releases.tables import rows


def had_somewhere(post: Post) -> Verdict | None:
    """Judge "NAME is now available on Bedrock": a model that was announced before is at one more place."""
    first = next(iter(post.models), None)
    if not first or "topic" in post.title.roles:
        return None
    if all(post.is_before(at) for at in range(first.start)):
        says_where = _says_where(post, first.end, announced=_has_verb_before(post.title, first))
    else:
        says_where = post.title.breaks_before(first.start) and _says_where(post, 0)
    if not says_where:
        return None
    return Verdict(Kind.VARIANT, "the title says where a model is to be had", post.name(first))


def end_of_place_of_weights(title: Title, start: int) -> int:
    """Return where "on Hugging Face" ends, or `start`: where weights lie is the release itself."""
    if title.breaks_before(start) or title.tokens[start].low != "on":
        return start
    words, what = _platform_at(title.tokens, start + 1) if start + 1 < len(title.tokens) else (0, "")
    return start + 1 + words if what == "weights" else start


def _has_verb_before(title: Title, mention: Mention) -> bool:
    return any(title.tells(at, "announce") for at in range(mention.start))


_BEFORE_PLACES = frozenset({"on", "in", "via", "through", "at", "to", "for"})
_NOW = frozenset({"now", "also", "is", "are"})


def _says_where(post: Post, start: int, *, announced: bool = False) -> bool:
    """Whether the words from `start` say where a model is to be had: "now available on Bedrock".

    Where weights lie is the release itself. Behind "Introducing NAME" only "available" makes it old news,
    and nothing behind a comma does.
    """
    title, at = post.title, _end_of_availability(post, start)
    if at >= len(title.tokens) or title.tokens[at].low not in _BEFORE_PLACES:
        return False
    if announced and title.breaks_before(start):
        return False
    available = any(token.low == "available" for token in title.tokens[start:at])
    platforms = set(_platforms_in(title.tokens[at + 1 : _end_of_places(title, at + 1)]))
    if platforms:
        return "weights" not in platforms and (available or not announced)
    return available and _is_place(post, at)


def _end_of_availability(post: Post, start: int) -> int:
    """Return where the words end that say a model is available, live, coming ..., all in one phrase."""
    title, at = post.title, start
    aside = start > 0 and title.breaks_before(start)  # a motto may follow there, and be about anything
    while at < len(title.tokens) and (at == start or not title.breaks_before(at)):
        arrives = title.tells(at, "arrival", "coming", "announce") or title.tokens[at].low in _NOW
        if arrives or (not aside and post.is_around(at)):
            at += 1
        elif not aside and title.goes_on_with_another(at):
            at = _end_of_word(title, at + 1)
        else:
            break
    return at


def _end_of_word(title: Title, at: int) -> int:
    """Return where the word at this place ends: R+ is two tokens."""
    at += 1
    while at < len(title.tokens) and not title.tokens[at].gap:
        at += 1
    return at


def _end_of_places(title: Title, at: int) -> int:
    while at < len(title.tokens) and (not title.breaks_before(at) or "," in title.tokens[at].gap):
        at += 1
    return at


def _is_place(post: Post, preposition: int) -> bool:
    """Whether somebody else's place follows that no table of platforms knows: via Somebody.

    A lab's own API and apps are where a closed model first comes out.
    """
    title, at = post.title, preposition + 1
    while at < len(title.tokens) and post.is_around(at):
        at += 1
    word = title.tokens[preposition].low
    if at >= len(title.tokens) or word in {"to", "for"}:  # everyone, developers, Pro users
        return False
    if title.tells(at, "product") or any(mention.app and mention.start == at for mention in title.mentions):
        return False
    token = title.tokens[at]
    return word in {"on", "via", "through"} and token.text[0].isupper() and token.role != "stage"


def _platforms_in(tokens: Sequence[Token]) -> Iterator[str]:
    """Return for each platform named among these tokens that it "serves" a model or has its "weights"."""
    at = 0
    while at < len(tokens):
        words, what = _platform_at(tokens, at)
        if what:
            yield what
        at += max(1, words)


def _platform_at(tokens: Sequence[Token], at: int) -> tuple[int, str]:
    """Return how many tokens the longest platform named at this place has, and what it does."""
    for words, capital, what in _platforms_by_first_word().get(tokens[at].low, ()):
        same = tuple(token.low for token in tokens[at : at + len(words)]) == words
        if same and (not capital or tokens[at].text != tokens[at].low):
            return len(words), what
    return 0, ""


@cache
def _platforms_by_first_word() -> Mapping[str, Sequence[tuple[tuple[str, ...], bool, str]]]:
    """Return the platforms' words, whether a capital is needed, and what they do; the longest names first."""
    platforms: dict[str, list[tuple[tuple[str, ...], bool, str]]] = {}
    for row in rows("platforms.tsv"):
        words = tuple(token.low for token in tokenize(row["platform"]))
        platforms.setdefault(words[0], []).append((words, not row["platform"].islower(), row["what"]))
    for spellings in platforms.values():
        spellings.sort(key=lambda spelling: -len(spelling[0]))
    return platforms
