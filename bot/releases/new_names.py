"""Posts that introduce a family which no table knows, or a line of one that has no number."""

import re

from bot.model import Kind, Verdict
from bot.releases.families import foreign_at, known_at
from bot.releases.post import Post
from bot.releases.tables import mapping
from bot.releases.titles import NUMBERS, Title


def size_announced(post: Post) -> Verdict | None:
    """Judge "Introducing Kestrel Mini": a new name with a word of size; a lab's Max and Pro are subscriptions."""
    title, start = post.title, _after_verb(post)
    if not start:
        return None
    first = _after_lab(post, start)
    end = _end_of_new_name(title, first)
    words = title.tokens[first if end > first + 1 else start : end]
    sizes = mapping("lines.tsv", "word", "group")
    if len(words) < 2 or not title.breaks_before(end) or not any(sizes.get(w.low) == "size" for w in words):
        return None
    if end == first + 1 and title.tokens[first].low in _PLANS:
        return Verdict(Kind.PRODUCT, f"{title.tokens[first].text} is a subscription")
    name = post.named(" ".join(word.text for word in words))
    return Verdict(Kind.RELEASE, "the title announces a new name with a word of size", name)


_PLANS = frozenset({"max", "pro", "plus", "ultra"})


def lab_with_line_announced(post: Post) -> Verdict | None:
    """Judge "Meet Cohere Transcribe Arabic": the lab's name with what the model is for."""
    title, start = post.title, _after_verb(post)
    first = _after_lab(post, start)
    if not start or first == start or first >= len(title.tokens):
        return None
    word = title.tokens[first]
    purpose = mapping("lines.tsv", "word", "group").get(word.low) == "purpose" and word.low not in _APPS_TOO
    end = _end_of_new_name(title, first)
    if not purpose or title.told[first] or end == first or not _ends_phrase(title, end):
        return None
    name = post.named(" ".join(token.text for token in title.tokens[first - 1 : end]))
    return Verdict(Kind.RELEASE, "the title announces a model under the lab's name", name)


_APPS_TOO = frozenset({"agent", "code", "live"})


def line_announced(post: Post) -> Verdict | None:
    """Judge "Introducing Claude Fable": a family that is an app as well, and a new word behind it.

    The word may be an app's, so that the name waits for somebody to confirm it.
    """
    title, start = post.title, _after_verb(post)
    known = known_at(title.tokens, start) if 0 < start < len(title.tokens) else None
    if not known or not known[0].owners or not known[0].of(post.owners):
        return None
    end = known[1] + 1
    app = next((mention for mention in title.mentions if mention.start == start), None)
    if not app or not app.app or app.end != known[1] or end > len(title.tokens):
        return None
    word = title.tokens[known[1]]
    named = word.role == "word" and word.text[0].isupper() and not title.told[known[1]]
    if not named or not (title.breaks_before(end) or title.goes_on_with_another(end)):
        return None
    name = post.named(" ".join(token.text for token in title.tokens[start:end]))
    return Verdict(Kind.RELEASE, "the title announces a new word behind a family", name, waits=True)


def called_a_model(post: Post) -> Verdict | None:
    """Judge "NAME: an adjective model" and "Introducing NAME, our first model": a new family's introduction."""
    title, start = post.title, _after_verb(post)
    verb, first = bool(start), _after_lab(post, start or _after_fillers(title))
    end = _end_of_new_name(title, first, roles=_PLAIN | NUMBERS)
    if not first < end <= first + _LONGEST_SUBJECT or end >= len(title.tokens):
        return None
    if foreign_at(title.tokens, first, post.owners):
        return None
    described = _DESCRIPTION.search(title.tokens[end].gap) if verb else ":" in title.tokens[end].gap
    if described:
        called = post.is_around(end) and _describes_model(title, end)
    else:
        called = verb and _is_noun_behind(title, end) and any(_COINED.search(token.text) for token in title.tokens[first:end])
    if not called:
        return None
    name = post.named(" ".join(token.text for token in title.tokens[first:end]))
    return Verdict(Kind.RELEASE, "the title calls it a model", name)


_LONGEST_SUBJECT = 3  # words
_LONGEST_DESCRIPTION = 7  # words before "model"
_DESCRIPTION = re.compile(r"[:,(]|\s-\s")
_PREPOSITIONS = frozenset(
    {"for", "of", "to", "with", "in", "on", "by", "from", "via", "using", "toward", "towards"}
)


def _describes_model(title: Title, start: int) -> bool:
    """Return whether a description from `start` is one of a model, and no sentence that a model begins."""
    for at in range(start, min(start + _LONGEST_DESCRIPTION, len(title.tokens))):
        if _is_noun_behind(title, at):
            return True
        if title.tokens[at].low in _PREPOSITIONS or title.tells(at, "product", "device"):
            return False
    return False


def _is_noun_behind(title: Title, at: int) -> bool:
    """Return whether a noun for models stands here that no verb follows: "AI model achieves ..." is a sentence."""
    if not title.tells(at, "noun"):
        return False
    return title.breaks_before(at + 1) or not title.tells(at + 1, *_NO_END)


# Behind such a word a noun is not what a description ends with: "foundation model", "model achieves ...".
_NO_END = ("deed", "effect", "product", "device", "noun")
_COINED = re.compile(r"[a-z][A-Z]|[A-Z]{3}|\d")


def line_presented(post: Post) -> Verdict | None:
    """Judge "NVIDIA Kumo Tabular Sets a New ...": a new name that ends with what the model is for, and a verb."""
    title = post.title
    start = first = _after_lab(post, 0)
    end = _end_of_new_name(title, first)
    if end < first + 2 or title.breaks_before(end):
        return None
    purpose = mapping("lines.tsv", "word", "group").get(title.tokens[end - 1].low) == "purpose"
    if not purpose or title.tokens[first].role != "word" or not title.tells(end, "effect"):
        return None
    text = " ".join(token.text for token in title.tokens[first:end])
    lab = " ".join(token.text for token in title.tokens[:start])
    name = post.named(text, display=f"{lab} {text}".strip())
    return Verdict(Kind.RELEASE, "the title presents a new name", name, waits=True)


def _after_verb(post: Post) -> int:
    """Return where the words start to which a verb of announcement at the beginning leads, or 0."""
    title = post.title
    return _after_fillers(title) if title.tokens and title.tells(0, "announce") else 0


def _after_fillers(title: Title) -> int:
    start = 0
    while start < len(title.tokens) and title.tells(start, "filler", "announce"):
        start += 1
    return start


def _after_lab(post: Post, start: int) -> int:
    """Return where the lab's name and what may stand around it end: Introducing Cohere's new ..."""
    at = start
    while at < len(post.title.tokens) and (post.is_lab(at) or (at > start and post.title.tells(at, "filler"))):
        at += 1
    return at


_PLAIN: frozenset[str] = frozenset({"word", "line"})


def _end_of_new_name(title: Title, start: int, roles: frozenset[str] = _PLAIN) -> int:
    """Return where capitalised words of these roles end that tell nothing and are no app's."""
    end = start
    while end < len(title.tokens) and not (end > start and title.breaks_before(end)):
        token = title.tokens[end]
        plain = not title.told[end] or title.tells(end, "naming")
        if token.text[0].islower() or token.role not in roles or not plain or _is_taken(title, end):
            break
        end += 1
    return end


def _is_taken(title: Title, at: int) -> bool:
    """Return whether an app's or a benchmark's name is here, which is not a family's as well (Gemini)."""
    for mention in title.mentions:
        if mention.start <= at < mention.end and (mention.app or mention.benchmark):
            known = known_at(title.tokens, mention.start)
            return not known or known[1] != mention.end
    return False


def _ends_phrase(title: Title, end: int) -> bool:
    return title.breaks_before(end) or title.tells(end, "arrival", "noun", "filler")
