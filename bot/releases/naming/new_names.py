"""Posts that introduce a family which no table knows, or a line of one that has no number."""

import re

from bot.model import Kind, Verdict
from bot.releases.naming.families import foreign_at, known_at, spelled
from bot.releases.naming.mentions import LINES_OF_APPS
from bot.releases.naming.post import Post
from bot.releases.naming.titles import ARTICLES, NUMBERS, PLAIN, PREPOSITIONS, TIGHT, Title
from bot.releases.naming.tokens import kind_of_line

_COLON = re.compile(r":|\s-\s")
_ASIDE = re.compile(r"[:,(]|\s-\s")
_COINED = re.compile(r"[a-z][A-Z]|[A-Z]{3}|\d")
_LONGEST_SUBJECT = 3  # words
_LONGEST_DESCRIPTION = 9  # words before "model"


def new_name_announced(post: Post) -> Verdict | None:
    """Judge "Introducing NAME" by what the new name consists of."""
    start = _after_verb(post)
    if not start:
        return None
    first = _after_lab(post, start)
    end = _end_of_new_name(post.title, first)
    return (
        _with_size(post, first if end > first + 1 else start, end)
        or _with_sized_sibling(post, first, end)
        or _of_lab(post, start, first, end)
        or _line_of_app(post, start)
    )


def _with_size(post: Post, start: int, end: int) -> Verdict | None:
    """Judge "Introducing Kestrel Mini": a new name with a word of size. A lab's Max and Pro are plans."""
    title, words = post.title, [token.low for token in post.title.tokens[start:end]]
    sized = any("size" in (kind_of_line(word), kind_of_line(word.removesuffix("s"))) for word in words)
    last = title.end_of_phrase(end) - 1
    app = title.tells(last, "product", "software") or title.low(last) in {"agent", "agents"}
    if len(words) < 2 or not sized or not title.breaks_before(end) or app:
        return None  # an app would be: your always-on agent
    if words[-1] in {"max", "pro", "plus", "ultra"} and all(map(post.is_around, range(start, end - 1))):
        return Verdict(Kind.PRODUCT, f"{title.tokens[end - 1].text} is a subscription")
    return _named(post, start, end, "the title announces a new name with a word of size")


def _with_sized_sibling(post: Post, start: int, end: int) -> Verdict | None:
    """Judge "Introducing SWE-grep and SWE-grep-mini": a new name, and the same one with a word of size."""
    title, second = post.title, end + 1
    if not start < end < second < len(title.tokens) or not title.goes_on_with_another(end):
        return None
    if title.low(second) != title.low(start):
        return None
    sized = _with_size(post, second, _end_of_new_name(title, second))
    return _named(post, start, end, "the title announces a new name in two sizes") if sized else None


def _of_lab(post: Post, start: int, first: int, end: int) -> Verdict | None:
    """Judge "Meet Cohere Transcribe Arabic": the lab's name with what the model is for."""
    title = post.title
    if not start < first < end or not _is_purpose(title, first):
        return None
    if not title.breaks_before(end) and not title.tells(end, "arrival", "noun", "filler"):
        return None
    return _named(post, first - 1, end, "the title announces a model under the lab's name")


def _line_of_app(post: Post, start: int) -> Verdict | None:
    """Judge "Introducing Claude Fable": a family that is an app as well, and a new word behind it.

    The word may be an app's, so that the name waits for somebody to confirm it.
    """
    title = post.title
    app = next((mention for mention in title.mentions if mention.app and mention.start == start), None)
    known = known_at(title.tokens, start) if app else None
    if not app or not known or known[1] != app.end or not known[0].of(post.owners):
        return None
    end = min(_end_of_new_name(title, app.end), app.end + 1)
    if end == app.end or title.breaks_before(app.end) or title.tokens[app.end].role != "word":
        return None
    if not title.breaks_before(end) and not title.goes_on_with_another(end):
        return None
    return _named(post, start, end, "the title announces a new word behind a family", waits=True)


def line_presented(post: Post) -> Verdict | None:
    """Judge "NVIDIA Kumo Tabular Sets a New ...": a new name with what the model is for, and a verb."""
    title, first = post.title, _after_lab(post, 0)
    end = _end_of_new_name(title, first)
    if end < first + 2 or title.breaks_before(end) or not title.tells(end, "effect"):
        return None
    if not _is_purpose(title, end - 1) or title.tokens[first].role != "word":
        return None
    return _named(post, first, end, "the title presents a new name", waits=True)


def _is_purpose(title: Title, at: int) -> bool:
    """Whether a word says what a model is for, and is none that apps have as well."""
    word = title.low(at)
    return not title.told[at] and word not in LINES_OF_APPS and kind_of_line(word) == "purpose"


def called_a_model(post: Post) -> Verdict | None:
    """Judge "NAME: an adjective model" and "Introducing NAME, our first model", of a new family."""
    title, start = post.title, _after_verb(post)
    if not start and not any(_COLON.search(token.gap) for token in title.tokens):
        return None
    first = _after_lab(post, start or _after_fillers(title, 0))
    end = _end_of_new_name(title, first, roles=PLAIN | NUMBERS)
    if not first < end <= first + _LONGEST_SUBJECT or end == len(title.tokens):
        return None
    if foreign_at(title.tokens, first, post.owners) and title.low(end) != "our":
        return None
    coined = any(_COINED.search(token.text) for token in title.tokens[first:end])
    named = coined or title.low(end) in ("family", "series")
    if _is_described(post, end, announced=bool(start)) or (start and named and _ends_description(title, end)):
        return _named(post, first, end, "the title calls it a model")
    return None


def _is_described(post: Post, start: int, *, announced: bool) -> bool:
    """Whether a model's description follows, behind a colon or, if announced, "the" or a mark."""
    title, token = post.title, post.title.tokens[start]
    set_off = (_ASIDE.search(token.gap) or token.low in ARTICLES) if announced else _COLON.search(token.gap)
    begins = post.is_around(start) or (announced and title.describes(start))
    if not begins or not set_off or title.tells(title.end_of_phrase(start) - 1, "software"):
        return False
    for at in range(start, min(start + _LONGEST_DESCRIPTION, len(title.tokens))):
        if _ends_description(title, at):
            return True
        if title.low(at) in PREPOSITIONS or title.tells(at, "product", "device", "topic"):
            return False
    return False


def _ends_description(title: Title, at: int) -> bool:
    """Whether a noun for models ends a phrase here: not "foundation model", not "model achieves"."""
    goes_on = title.tells(at + 1, "deed", "effect", "product", "device", "topic", "noun")
    return title.tells(at, "noun") and (title.breaks_before(at + 1) or not goes_on)


def _named(post: Post, start: int, end: int, reason: str, *, waits: bool = False) -> Verdict:
    """Return that the model is released whose name stands between these places."""
    name = post.named(spelled(post.title.tokens[start:end]), start)
    return Verdict(Kind.RELEASE, reason, name, waits=waits)


def _after_verb(post: Post) -> int:
    """Return where the words start to which a verb of announcement at the beginning leads, or 0."""
    if "announce" not in post.title.roles:
        return 0
    end = _after_fillers(post.title, 1 if post.is_lab(0) else 0)
    return end if any(post.title.tells(at, "announce") for at in range(end)) else 0


def _after_fillers(title: Title, start: int) -> int:
    return title.skip(start, lambda at: title.tells(at, "filler", "announce"))


def _after_lab(post: Post, start: int) -> int:
    """Return where the lab's name and what may stand behind it end: Introducing Cohere's new ..."""
    title = post.title

    def belongs(at: int) -> bool:
        # The lab's name may also be the first part of a model's: DeepSeek-V5.
        alone = post.is_lab(at) and not (title.low(at + 1) and title.tokens[at + 1].gap == "-")
        return alone or (at > start and title.tells(at, "filler"))

    return title.skip(start, belongs)


def _end_of_new_name(title: Title, start: int, roles: frozenset[str] = PLAIN) -> int:
    """Return where capitalised words of these roles end that tell nothing and are no app's."""

    def belongs(at: int) -> bool:
        token = title.tokens[at]
        plain = not title.told[at] or title.tells(at, "naming")
        lower = token.text[0].islower() and (at == start or token.gap not in TIGHT)
        apart = at > start and title.breaks_before(at)
        return plain and token.role in roles and not (lower or apart or _is_taken(title, at))

    return title.skip(start, belongs)


def _is_taken(title: Title, at: int) -> bool:
    """Whether an app's or a benchmark's name is here, which is not a family's as well (Gemini)."""
    for mention in title.mentions:
        if mention.start <= at < mention.end and (mention.app or mention.benchmark):
            known = known_at(title.tokens, mention.start)
            return not known or known[1] != mention.end
    return False
