"""Posts whose title begins or ends with a known name: what stands beside it tells what they are."""

from bot.model import Kind, Verdict
from bot.releases.naming.addresses import speaks_of
from bot.releases.naming.places import end_of_place_of_weights
from bot.releases.naming.post import Post, listed_with, other, released
from bot.releases.naming.titles import Mention, Title

_ARRIVING = frozenset({"is", "are", "now", "officially", "fully", "open", "source", "sourced"})
_LONGEST_DESCRIPTION = 6  # words
_PREVIEW = frozenset({"in", "public", "limited"})
_MARKS = frozenset(",:!|")
_QUESTIONS = frozenset({"how", "why", "what", "when", "where", "who", "inside", "behind"})
_OF_A_SENTENCE = frozenset(
    {"is", "are", "was", "were", "be", "can", "will", "has", "have", "we", "they", "these"}
)


def named_before_colon(post: Post) -> Verdict | None:
    """Judge "NAME: subtitle", where the subtitle may be about anything."""
    first = next(iter(post.models), None)
    if not first or not _stands_first(post, first):
        return None
    title, first = post.title, post.head(first)
    end = _end_of_arrival(title, listed_with(post, first)[1])
    if end == len(title.tokens) or ":" not in title.tokens[end].gap or title.tells(-1, "text"):
        return None
    if not first.numbered and _is_news_of_a_part(title, end):
        return Verdict(Kind.PRODUCT, f"the title announces something new in {first.text}")
    verdict = released(post, first, "the title is a model's name and a motto")
    asks = verdict.kind is Kind.RELEASE and first.numbered and title.low(end) in {"what", "how", "why"}
    return other(post, f"the title tells a story: {title.tokens[end].text} ...") if asks else verdict


def _stands_first(post: Post, mention: Mention) -> bool:
    """Whether a title begins with a name, or with "... model" or single words in a list before it."""
    before, title = range(mention.start), post.title
    if all(post.is_before(at) for at in before):
        return True
    if all(title.describes(at) and "," in title.tokens[at + 1].gap for at in before):
        return True
    called = title.tells(mention.start - 1, "noun")
    return called and all(post.is_before(at) or title.describes(at) for at in before)


def _is_news_of_a_part(title: Title, start: int) -> bool:
    """Whether a subtitle announces what a model got, "New Features ...", and not "new open models"."""
    at = title.skip(start, lambda at: title.tells(at, "filler", "announce"))
    if at == start or at == len(title.tokens) or title.tells(at, "noun"):
        return False
    return title.tells(start, "announce") or title.tells(at, "product")


def _end_of_arrival(title: Title, start: int) -> int:
    """Return where "is here", "officially released", "open source" or "on Hugging Face" ends, or `start`."""
    at = end_of_place_of_weights(title, start)
    if at > start:
        return at
    while not title.breaks_before(at) and (title.tells(at, "arrival") or title.low(at) in _ARRIVING):
        at += 1
    arrived = at > start and (title.tells(at - 1, "arrival") or title.low(at - 1).startswith("source"))
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
    return _by_what_follows(post, first) if first in post.models else None


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


def _behind_description(title: Title, start: int) -> int:
    """Return where the arrival of a described model is told, or `start`: NAME Full-Duplex LLM Released."""
    at = start
    while at - start < _LONGEST_DESCRIPTION and not title.breaks_before(at) and not title.told[at]:
        at += 1
    described = not title.breaks_before(at) and title.tells(at, "noun") and not title.breaks_before(at + 1)
    return at + 1 if described and title.tells(at + 1, "arrival") else start


def _goes_into_preview(title: Title, at: int) -> bool:
    """Whether "in preview", "in public preview" or the like stands here."""
    while title.low(at) in _PREVIEW and not title.breaks_before(at + 1):
        at += 1
    return title.low(at) == "preview" and title.low(at - 1) in _PREVIEW


def _presents(title: Title, at: int) -> bool:
    """Whether words behind a name present it: "lets you build ..." or "for Agentic RAG: ..."."""
    if title.tells(at, "deed"):
        return not title.breaks_before(at + 1) and title.low(at + 1) == "you"
    if title.low(at) != "for":
        return False
    end = title.skip(at + 1, lambda at: not title.breaks_before(at) and not title.told[at])
    return end < len(title.tokens) and ":" in title.tokens[end].gap


def ends_with_a_name(post: Post) -> Verdict | None:
    """Judge a play on words that ends with a name: "Time to Speak Some Dialects, Qwen-TTS!"."""
    title = post.title
    for mention in post.models:
        at_end = _end_of_arrival(title, listed_with(post, mention)[1]) == len(title.tokens)
        in_list = any(before.end == mention.start for before in title.mentions)
        start = mention.start
        while start > 0 and not title.breaks_before(start) and post.is_lab(start - 1):
            start -= 1
        if at_end and not in_list and not _MARKS.isdisjoint(title.tokens[start].gap):
            return released(post, mention, "the title ends with a model's name")
    return None


def motto_with_a_name(post: Post) -> Verdict | None:
    """Judge "Intelligent transcription with Gemini 3.5 Transcribe": news, if the name is new.

    What somebody did with a known model reads the same; there the address is the customer's, as a rule.
    """
    title = post.title
    last = next((it for it in post.models if listed_with(post, it)[1] == len(title.tokens)), None)
    if not last or not last.numbered or not last.known:
        return None
    if title.low(last.start - 1) != "with" or not speaks_of(post.sighting.url, last.text):
        return None
    others = any(mention.start < last.start for mention in title.mentions)
    if others or any(_tells_of_use(title, at) for at in range(last.start)):
        return None
    return released(post, last, "the title is a motto with a model's name", waits=True)


def _tells_of_use(title: Title, at: int) -> bool:
    """Whether a word tells what was done with a model, and so that it is known."""
    word = title.low(at)
    gerund = word.endswith("ing") and title.tokens[at].role != "line"
    if title.tells(at, "story"):
        return at == 0 or gerund or word in _QUESTIONS or word in _OF_A_SENTENCE
    return word in _OF_A_SENTENCE or (gerund and at == 0) or title.tells(at, "deed", "product")
