"""The models that one title announces together: "Gemini 3.6 Flash, 3.5 Flash-Lite, and 3.5 Flash Cyber"."""

from collections.abc import Sequence

from bot.model import Name
from bot.releases.naming.extent import NUMBERS
from bot.releases.naming.families import known_at, spelled
from bot.releases.naming.post import Post
from bot.releases.naming.titles import Mention, Title
from bot.releases.naming.tokens import Token


def listed_with(post: Post, first: Mention) -> tuple[tuple[Name, ...], int]:
    """Return the names that stand beside the first one of a list, and where the list ends.

    A name that only says what is different takes its family from the first, and its version if it has none.
    """
    names: dict[str, Name] = {}
    end = first.end
    while found := _another(post, first, _after_joint(post.title, end)):
        name, end = found
        names.setdefault(name.release_key, name)
    own = post.name(first).release_key if names else ""
    return tuple(name for key, name in names.items() if key != own), end


_AND = frozenset({"and", "和", "与", "及"})
_JOINTS = frozenset(",&/、 ")
_DETERMINERS = frozenset({"a", "an", "the", "our", "its", "new", "all", "latest", "improved", "updated"})


def _after_joint(title: Title, end: int) -> int:
    """Return where the next of a list may start, behind "and", a comma or the like; the end if it cannot."""
    tokens, last = title.tokens, len(title.tokens)
    if end >= last or not _JOINTS.issuperset(tokens[end].gap):
        return last
    if tokens[end].low in _AND:
        return end + 1
    return end if tokens[end].gap.strip() else last


def _another(post: Post, first: Mention, at: int) -> tuple[Name, int] | None:
    """Return the name at this place and where it ends."""
    title, described = post.title, at
    while described < len(title.tokens) and title.tokens[described].low in _DETERMINERS:
        described += 1  # "and our new Claude Haiku 6"; but ", a vision model" lists nothing
    mention = next((mention for mention in title.mentions if mention.start == described), None)
    if mention and (mention.family or mention.app or mention.benchmark):
        listed = mention in post.models and (_says_more(post, mention) or not _says_more(post, first))
        return (post.name(mention), mention.end) if listed else None
    end = _end_of_words(title, at)
    if end == at or not _may_follow(title, end):
        return None
    text = _completed(title.tokens[first.start : first.end], title.tokens[at:end])
    if text:
        return post.named(text, first.start), end
    return (post.name(mention), mention.end) if mention and mention in post.models else None


def _says_more(post: Post, mention: Mention) -> bool:
    """Return whether a name says more than the family, which is no news beside a model: GPT-6 and Sora."""
    name = post.name(mention)
    return bool(name.version or name.line or name.size)


def _end_of_words(title: Title, at: int) -> int:
    """Return where a name's words and numbers end that stand at this place without a family."""
    end = at
    while end < len(title.tokens) and (end == at or not title.breaks_before(end)):
        token = title.tokens[end]
        new = token.role == "word" and token.text[0].isupper() and not title.told[end]
        if not new and token.role != "line" and token.role not in NUMBERS:
            break
        end += 1
    return end


def _may_follow(title: Title, end: int) -> bool:
    """Return whether the words that follow let a name end here: not "and Agent Tools"."""
    return title.breaks_before(end) or (
        not title.tells(end, "product") and title.tells(end, "arrival", "noun", "announce", "filler", "count")
    )


def _completed(first: Sequence[Token], different: Sequence[Token]) -> str:
    """Return a name that only tells what is different from the first, or "" if they are not of one kind."""
    known = known_at(first, 0)
    family = first[: known[1] if known else 1]
    rest = first[len(family) :]
    kept: Sequence[Token] = ()
    if rest and different[0].role in NUMBERS:  # Gemini 3.8 Flash and 3.5 Flash Cyber
        kept = family
    elif rest and different[-1].role in NUMBERS:
        kept = _family_of_word(family, rest, different[0])
    elif rest:  # GPT-5.4 mini and nano; GPT-6 Sol and Luna
        kept = first[: _end_of_numbers(first)]
        kept = kept if _roles(first[len(kept) :]) == _roles(different) else ()
    if not kept:
        return ""
    joint = different[0]._replace(gap=first[len(kept)].gap or " ")
    return spelled((*kept, joint, *different[1:]))


def _family_of_word(family: Sequence[Token], rest: Sequence[Token], word: Token) -> Sequence[Token]:
    """Return what stays of a family before another word with a number of its own."""
    if rest[0].role not in NUMBERS:  # Claude Fable 5 and Mythos 5
        return family
    return family[:-1] if family[-1].role == word.role else ()  # Mistral Medium 4 and Small 5


def _end_of_numbers(tokens: Sequence[Token]) -> int:
    return max((at + 1 for at, token in enumerate(tokens) if token.role in NUMBERS), default=0)


def _roles(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.role for token in tokens)
