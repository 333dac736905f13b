"""Posts whose titles are mottos with a name in them, or behind them."""

from bot.model import Verdict
from bot.releases.naming.addresses import speaks_of
from bot.releases.naming.leading import end_of_arrival
from bot.releases.naming.post import Post, released
from bot.releases.naming.several import listed_with
from bot.releases.naming.titles import Mention, Title


def ends_with_a_name(post: Post) -> Verdict | None:
    """Judge a play on words that ends with a name: "Time to Speak Some Dialects, Qwen-TTS!"."""
    for mention in post.models:
        at_end = end_of_arrival(post.title, listed_with(post, mention)[1]) == len(post.title.tokens)
        in_list = any(before.end == mention.start for before in post.title.mentions)
        gap = post.title.tokens[_start_with_lab(post, mention)].gap
        if at_end and not in_list and not _MARKS.isdisjoint(gap):
            return released(post, mention, "the title ends with a model's name")
    return None


_MARKS = frozenset(",:!|")


def _start_with_lab(post: Post, mention: Mention) -> int:
    start = mention.start
    while start > 0 and not post.title.breaks_before(start) and post.is_lab(start - 1):
        start -= 1
    return start


def motto_with_a_name(post: Post) -> Verdict | None:
    """Judge "Intelligent transcription with Gemini 3.5 Transcribe": news, if the name is new.

    What somebody did with a known model reads the same; there the address is the customer's, as a rule.
    """
    title = post.title
    last = next((it for it in post.models if listed_with(post, it)[1] == len(title.tokens)), None)
    if not last or not last.numbered or not last.known or not last.start:
        return None
    if title.tokens[last.start - 1].low != "with" or not speaks_of(post.sighting.url, last.text):
        return None
    others = any(mention.start < last.start for mention in title.mentions)
    if others or any(_tells_of_use(title, at) for at in range(last.start)):
        return None
    return released(post, last, "the title is a motto with a model's name", waits=True)


_QUESTIONS = frozenset({"how", "why", "what", "when", "where", "who", "inside", "behind"})
_OF_A_SENTENCE = frozenset(
    {"is", "are", "was", "were", "be", "can", "will", "has", "have", "we", "they", "these"}
)


def _tells_of_use(title: Title, at: int) -> bool:
    """Return whether a word tells what was done with a model, and so that it is known."""
    word = title.tokens[at].low
    if word in _OF_A_SENTENCE:
        return True
    gerund = word.endswith("ing") and title.tokens[at].role != "line"
    if title.tells(at, "story"):
        return at == 0 or gerund or word in _QUESTIONS
    return (gerund and at == 0) or title.tells(at, "deed", "product")
