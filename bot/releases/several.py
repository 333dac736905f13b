"""The models that one title announces together: "Gemini 3.6 Flash, 3.5 Flash-Lite, and 3.5 Flash Cyber"."""

from collections.abc import Sequence

from bot.model import Name
from bot.releases.families import known_at, spelled
from bot.releases.post import Post
from bot.releases.tables import mapping
from bot.releases.titles import NUMBERS, Mention, Title
from bot.releases.tokens import Token


def listed_with(post: Post, first: Mention) -> tuple[tuple[Name, ...], int]:
    """Return the names that stand beside the first one of a list, and where the list ends.

    A name that only says what is different takes its family, and without a number its version, from the first.
    """
    names: list[Name] = []
    keys = {post.name(first).release_key}
    end = first.end
    while found := _another(post, first, _after_joint(post.title, end)):
        text, end = found
        name = post.named(text)
        if name.release_key not in keys:
            keys.add(name.release_key)
            names.append(name)
    return tuple(names), end


_AND = frozenset({"and", "和", "与", "及"})
_JOINTS = frozenset(",&/、 ")


def _after_joint(title: Title, end: int) -> int:
    """Return where the next of a list may start, behind "and", a comma or the like; the end if it cannot."""
    tokens, last = title.tokens, len(title.tokens)
    if end >= last or not _JOINTS.issuperset(tokens[end].gap):
        return last
    at = end + 1 if tokens[end].low in _AND else end
    if at == end and not tokens[end].gap.strip():
        return last
    while at < last and title.tells(at, "filler"):
        at += 1
    return at


def _another(post: Post, first: Mention, at: int) -> tuple[str, int] | None:
    """Return the text of the name at this place and where it ends."""
    title = post.title
    if at >= len(title.tokens):
        return None
    mention = next((mention for mention in title.mentions if mention.start == at), None)
    if mention and (mention.family or mention.app or mention.benchmark):
        return (mention.text, mention.end) if mention in post.models else None
    end = _end_of_words(title, at)
    if end == at or not _may_follow(title, end):
        return None
    text = _completed(title.tokens[first.start : first.end], title.tokens[at:end])
    if text:
        return text, end
    return (mention.text, mention.end) if mention in post.models and mention else None


def _end_of_words(title: Title, at: int) -> int:
    """Return where a name's words and numbers end that stand at this place without a family."""
    end = at
    while end < len(title.tokens) and (end == at or not title.breaks_before(end)):
        token = title.tokens[end]
        word = token.role == "line" or (token.role == "word" and token.text[0].isupper() and not title.told[end])
        if not word and token.role not in NUMBERS:
            break
        end += 1
    return end


def _may_follow(title: Title, end: int) -> bool:
    """Return whether the words that follow let a name end here: not "and Agent Tools"."""
    return title.breaks_before(end) or (
        not title.tells(end, "product") and title.tells(end, "arrival", "noun", "announce", "filler", "count")
    )


def _completed(first: Sequence[Token], different: Sequence[Token]) -> str:
    """Return a name that tells only what is different from the first one, or "" if they are not of one kind."""
    known = known_at(first, 0)
    family = first[: known[1]] if known else first[:1]
    rest = first[len(family) :]
    if not rest:
        return ""
    joint = different[0]._replace(gap=rest[0].gap or " ")
    if different[0].role in NUMBERS or (_is_word(rest[0]) and different[-1].role in NUMBERS):
        return spelled((*family, joint, *different[1:]))
    numbers = [at for at, token in enumerate(rest) if token.role in NUMBERS]
    replaced = rest[numbers[-1] + 1 :] if numbers else ()
    if not replaced or _kinds(replaced) != _kinds(different):
        return ""
    kept = first[: len(first) - len(replaced)]
    return spelled((*kept, different[0]._replace(gap=replaced[0].gap), *different[1:]))


def _is_word(token: Token) -> bool:
    return token.role not in NUMBERS


def _kinds(tokens: Sequence[Token]) -> frozenset[str]:
    """Return of which kinds the words of a line are: sizes (mini and nano), or names (Sol and Luna)."""
    groups = mapping("lines.tsv", "word", "group")
    return frozenset(groups.get(token.low, "name") for token in tokens)
