"""Posts that tell where a model is to be had: "NAME is now available on Bedrock"."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from bot.model import Kind, Verdict
from bot.releases.naming.post import Post
from bot.releases.naming.titles import Title
from bot.releases.naming.tokens import Spellings, Token
from bot.releases.tables import rows

_LEADING_TO_A_PLACE = frozenset({"on", "in", "via", "through", "at", "to", "for"})
_BETWEEN = frozenset({"now", "also", "is", "are"})


def had_somewhere(post: Post) -> Verdict | None:
    """Judge "NAME is now available on Bedrock": a model that was announced before is at one more place."""
    first, title = next(iter(post.models), None), post.title
    if not first or "topic" in title.roles:
        return None
    before = range(first.start)
    if all(post.is_before(at) for at in before):
        announced = any(title.tells(at, "announce") for at in before)
        says_where = _says_where(post, first.end, announced=announced)
    else:
        says_where = title.breaks_before(first.start) and _says_where(post, 0)
    if not says_where:
        return None
    return Verdict(Kind.VARIANT, "the title says where a model is to be had", post.name(first))


def end_of_place_of_weights(title: Title, start: int) -> int:
    """Return where "on Hugging Face" ends, or `start`: where weights lie is the release itself."""
    if title.breaks_before(start) or title.low(start) != "on" or not title.low(start + 1):
        return start
    what, end = _platform_at(title.tokens, start + 1)
    return end if what == "weights" else start


def _says_where(post: Post, start: int, *, announced: bool = False) -> bool:
    """Whether the words from `start` say where a model is to be had: "now available on Bedrock".

    Where weights lie is the release itself. Behind "Introducing NAME" only "available" makes it old news,
    and nothing behind a comma does.
    """
    title, at = post.title, _end_of_availability(post, start)
    if title.low(at) not in _LEADING_TO_A_PLACE or (announced and title.breaks_before(start)):
        return False
    available = any(token.low == "available" for token in title.tokens[start:at])
    end = title.skip(at + 1, lambda at: not title.breaks_before(at) or "," in title.tokens[at].gap)
    platforms = set(_platforms_in(title.tokens[at + 1 : end]))
    if platforms:
        return "weights" not in platforms and (available or not announced)
    return available and _is_place(post, at)


def _end_of_availability(post: Post, start: int) -> int:
    """Return where the words end that say a model is available, live, coming ..., all in one phrase."""
    title, at = post.title, start
    aside = start > 0 and title.breaks_before(start)  # a motto may follow there, and be about anything
    while at < len(title.tokens) and (at == start or not title.breaks_before(at)):
        arrives = title.tells(at, "arrival", "coming", "announce") or title.low(at) in _BETWEEN
        if arrives or (not aside and post.is_around(at)):
            at += 1
        elif not aside and title.goes_on_with_another(at):
            at = title.skip(at + 2, lambda at: not title.tokens[at].gap)  # R+ is two tokens
        else:
            break
    return at


def _is_place(post: Post, preposition: int) -> bool:
    """Whether somebody else's place follows that no table of platforms knows: via Somebody.

    A lab's own API and apps are where a closed model first comes out.
    """
    title, word = post.title, post.title.low(preposition)
    at = title.skip(preposition + 1, post.is_around)
    if at == len(title.tokens) or word not in {"on", "via", "through"}:  # for developers, in preview
        return False
    if title.tells(at, "product") or any(mention.app and mention.start == at for mention in title.mentions):
        return False
    return title.tokens[at].text[0].isupper() and title.tokens[at].role != "stage"


def _platforms_in(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield for each platform named among these tokens that it "serves" a model or has its "weights"."""
    at = 0
    while at < len(tokens):
        what, at = _platform_at(tokens, at)
        if what:
            yield what


def _platform_at(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """Return what the platform named at this place does, or "", and where its name or the token ends."""
    platform = _platforms().longest_at(tokens, at)
    if not platform:
        return "", at + 1
    row, end = platform
    capital = tokens[at].text != tokens[at].low or row["platform"].islower()
    return (row["what"], end) if capital else ("", at + 1)


@cache
def _platforms() -> Spellings[Mapping[str, str]]:
    return Spellings((row["platform"], row) for row in rows("platforms.tsv"))
