"""Posts whose titles begin with a name: what follows it tells what they are."""

from bot.model import Kind, Verdict
from bot.releases.naming.availability import end_of_place_of_weights
from bot.releases.naming.post import Post, other, released
from bot.releases.naming.several import listed_with
from bot.releases.naming.titles import Mention, Title


def named_before_colon(post: Post) -> Verdict | None:
    """Judge "NAME: subtitle", where the subtitle may be about anything."""
    first = next(iter(post.models), None)
    if not first or not _stands_first(post, first):
        return None
    title, first = post.title, post.head(first)
    end = end_of_arrival(title, listed_with(post, first)[1])
    if end == len(title.tokens) or ":" not in title.tokens[end].gap or title.tells(-1, "text"):
        return None
    if not first.numbered and _is_news_of_a_part(title, end):
        return Verdict(Kind.PRODUCT, f"the title announces something new in {first.text}")
    verdict = released(post, first, "the title is a model's name and a motto")
    asks = verdict.kind is Kind.RELEASE and first.numbered and title.tokens[end].low in _ASKING
    return other(post, f"the title tells a story: {title.tokens[end].text} ...") if asks else verdict


_ASKING = frozenset({"what", "how", "why"})  # "where" begins mottos: Where Speed Meets Smart Translation


def _is_news_of_a_part(title: Title, start: int) -> bool:
    """Return whether a subtitle announces what a model got, "New Features ...", and not "new open models"."""
    at = start
    while at < len(title.tokens) and title.tells(at, "filler", "announce"):
        at += 1
    if at == start or at == len(title.tokens) or title.tells(at, "noun"):
        return False
    return title.tells(start, "announce") or title.tells(at, "product")


def _stands_first(post: Post, mention: Mention) -> bool:
    """Return whether a title begins with a name, or with "... model" or single words in a list before it."""
    before, title = range(mention.start), post.title
    if all(post.is_before(at) for at in before):
        return True
    if all(title.describes(at) and "," in title.tokens[at + 1].gap for at in before):
        return True
    called = title.tells(mention.start - 1, "noun")
    return called and all(post.is_before(at) or title.describes(at) for at in before)


_ARRIVING = frozenset({"is", "are", "now", "officially", "fully", "open", "source", "sourced"})


def end_of_arrival(title: Title, start: int) -> int:
    """Return where "is here", "officially released", "open source" or "on Hugging Face" ends, or `start`."""
    at = end_of_place_of_weights(title, start)
    if at > start:
        return at
    while not title.breaks_before(at) and (title.tells(at, "arrival") or title.tokens[at].low in _ARRIVING):
        at += 1
    arrived = at > start and (title.tells(at - 1, "arrival") or title.tokens[at - 1].low.startswith("source"))
    return at if arrived else start


def begins_with_a_name(post: Post) -> Verdict | None:
    """Judge a title that begins with a name by what follows the name."""
    first = next(iter(post.title.mentions), None)
    if not first or not first.own or not all(post.is_before(at) for at in range(first.start)):
        return None
    if first.benchmark:
        return other(post, f"{first.text} is a benchmark")
    if first.app:
        return Verdict(Kind.PRODUCT, f"{first.text} is an app or an interface")
    if first not in post.models:
        return None
    return _by_what_follows(post, first)


def _by_what_follows(post: Post, mention: Mention) -> Verdict | None:
    title, at = post.title, listed_with(post, mention)[1]
    while not title.breaks_before(at) and post.is_around(at) and not title.tells(at, "arrival"):
        at += 1
    if title.breaks_before(at) or title.goes_on_with_another(at):
        return released(post, mention, "the title gives a model's name")
    at = _behind_description(title, at)
    if title.tells(at, "product"):
        return Verdict(Kind.PRODUCT, f"the title names an app or interface: {title.tokens[at].text}")
    if title.tells(at, "arrival", "effect", "announce", "past") or _goes_into_preview(title, at):
        return released(post, mention, "the title says that a model has arrived")
    if mention.numbered and _presents(title, at):
        return released(post, mention, "the title says what a model is for", waits=not mention.known)
    return other(post, "the title tells what was done with a model") if title.tells(at, "deed") else None


_LONGEST_DESCRIPTION = 6  # words


def _behind_description(title: Title, start: int) -> int:
    """Return where the arrival of a described model is told, or `start`: NAME Full-Duplex LLM Released."""
    at = start
    while at - start < _LONGEST_DESCRIPTION and not title.breaks_before(at) and not title.told[at]:
        at += 1
    described = not title.breaks_before(at) and title.tells(at, "noun") and not title.breaks_before(at + 1)
    return at + 1 if described and title.tells(at + 1, "arrival") else start


def _goes_into_preview(title: Title, at: int) -> bool:
    """Return whether "in preview", "in public preview" or the like stands here."""
    while title.tokens[at].low in ("in", "public", "limited") and not title.breaks_before(at + 1):
        at += 1
    return title.tokens[at].low == "preview" and title.tokens[at - 1].low in ("in", "public", "limited")


def _presents(title: Title, at: int) -> bool:
    """Return whether words behind a name present it: "lets you build ..." or "for Agentic RAG: ..."."""
    if title.tells(at, "deed"):
        return not title.breaks_before(at + 1) and title.tokens[at + 1].low == "you"
    if title.tokens[at].low != "for":
        return False
    at += 1
    while not title.breaks_before(at) and not title.told[at]:
        at += 1
    return at < len(title.tokens) and ":" in title.tokens[at].gap
