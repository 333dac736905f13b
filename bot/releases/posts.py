"""Judge a post by its title and, where the title plays on words, by its address and its links."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from bot.model import Kind, Sighting, Verdict
from bot.releases.addresses import announces, is_anybodys, is_called, named_by_address, named_by_links, speaks_of
from bot.releases.availability import had_somewhere
from bot.releases.mentions import read_title
from bot.releases.new_names import called_a_model, line_presented, new_name_announced
from bot.releases.post import Post, other, released
from bot.releases.several import listed_with
from bot.releases.tables import mapping
from bot.releases.titles import Mention, Title
from bot.releases.tokens import clean, tokenize

Rule = Callable[[Post], Verdict | None]


def judge_post(sighting: Sighting, owners: frozenset[str]) -> Verdict:
    """Return what a post announces; `owners` are the lab's id, name and Hub owners, lower-case."""
    title = read_title(sighting.title, owners)
    words = _words_of(owners)
    known_only = is_anybodys(sighting.url)
    models = tuple(
        mention
        for mention in title.mentions
        if mention.own
        and not (mention.app or mention.benchmark)
        and mention.text.lower() not in words
        and not (known_only and not mention.known)
    )
    post = Post(sighting, owners, words, title, models)
    for rule in _RULES_OF_ANYBODY if known_only else _RULES:
        verdict = rule(post)
        if verdict:
            return _with_others(post, verdict)
    return other(post, "the title announces no model")


def _with_others(post: Post, verdict: Verdict) -> Verdict:
    """Return a release with the other models of the same title."""
    if verdict.kind is not Kind.RELEASE:
        return verdict
    first = next((mention for mention in post.models if post.name(mention) == verdict.name), None)
    also = listed_with(post, first)[0] if first else ()
    return replace(verdict, also=also) if also else verdict


@lru_cache(maxsize=1_000)
def _words_of(owners: frozenset[str]) -> frozenset[str]:
    return frozenset(token.low for owner in owners for token in tokenize(clean(owner)))


def _names_a_part(post: Post) -> Verdict | None:
    first = next(iter(post.models), None)
    words = post.title.tokens[first.start : first.end] if first else ()
    part = next((token.low for token in words if token.role == "companion"), "")
    if not first or not part or (part == "encoder" and first.numbered):
        return None  # an encoder with a version or a size is a model of its own
    what = mapping("companions.tsv", "word", "what")[part]
    return Verdict(Kind.OTHER, f"{first.text} is {what}", post.name(first))


def _announced(post: Post) -> Verdict | None:
    for mention in post.models:
        if _stands_announced(post, mention):
            return released(post, _head(post, mention), "the title announces a model by name")
    return None


def _head(post: Post, mention: Mention) -> Mention:
    """Return the last of the names that stand in one row: Granite Time Series PatchTST-FM-r2."""
    title, after = post.title, post.models[post.models.index(mention) + 1 :]
    if mention.numbered or not after or not after[0].numbered:
        return mention
    between = range(mention.end, after[0].start)
    unbroken = not any(title.breaks_before(at) for at in (*between, after[0].start))
    describing = all(post.is_around(at) or _is_adjective(title, at) for at in between)
    return after[0] if between and unbroken and describing else mention


def _stands_announced(post: Post, mention: Mention) -> bool:
    """Tell whether a verb of announcement leads to the name, or it is "the new NAME models"."""
    title, at = post.title, mention.start - 1
    while at >= 0 and not _leads_to_news(title, at) and (post.is_around(at) or _is_adjective(title, at)):
        at -= 1
    if at >= 0 and _leads_to_news(title, at):
        return not (title.tokens[at].low == "with" and _is_whole_family(title, mention))
    if not mention.start or title.tokens[mention.start - 1].low not in {"new", "latest"}:
        return False
    noun_follows = mention.end < len(title.tokens) and title.tells(mention.end, "noun")
    return noun_follows or title.tells(0, "announce")


def _is_whole_family(title: Title, mention: Mention) -> bool:
    """Return whether a title speaks of all the models of a family: Building with the Claude 5.5 family."""
    return not title.breaks_before(mention.end) and title.tells(mention.end, "noun")


_BUILDING = frozenset({"start", "build", "building", "get", "started", "more"})


def _leads_to_news(title: Title, at: int) -> bool:
    """Tell whether a word announces, or ends "to release", "release of", "build with" or ". Powered by"."""
    if title.tells(at, "announce") or (title.tells(at, "past") and _begins_clause(title, at)):
        return True
    word = title.tokens[at].low
    if word in ("release", "launch"):
        return at > 0 and title.tokens[at - 1].low == "to" and not title.tells(0, "story")
    if word == "of":
        return at > 0 and title.tells(at - 1, "arrival")
    if word == "by":
        return at > 0 and title.tokens[at - 1].text == "Powered" and title.breaks_before(at - 1)
    return word == "with" and at > 0 and _BUILDING.issuperset(token.low for token in title.tokens[:at])


def _begins_clause(title: Title, at: int) -> bool:
    """Return whether only words such as "Today we have" stand before a verb, and no "Why we"."""
    while at > 0 and not title.breaks_before(at):
        at -= 1
        if not title.tells(at, "filler"):
            return False
    return True


def _is_adjective(title: Title, at: int) -> bool:
    """Tell whether a word is capitalised and says nothing to the rules: Arabic, Groundbreaking."""
    token = title.tokens[at]
    capital = token.text[0].isupper() or not token.text.isascii()
    return capital and token.role in ("word", "line") and not title.told[at]


def _lab_family_announced(post: Post) -> Verdict | None:
    """Judge "Introducing Qwen", where the family has the lab's own name and nothing follows."""
    last = post.title.mentions[-1] if post.title.mentions else None
    alone = last and last.family and last.own and last.end == len(post.title.tokens)
    if last and alone and _stands_announced(post, last):
        return released(post, last, "the title announces a family by name")
    return None


def _named_before_colon(post: Post) -> Verdict | None:
    """Judge "NAME: subtitle", where the subtitle may be about anything."""
    first = next(iter(post.models), None)
    if not first or not _stands_first(post, first):
        return None
    first = _head(post, first)
    end = _end_of_arrival(post.title, listed_with(post, first)[1])
    if end == len(post.title.tokens) or ":" not in post.title.tokens[end].gap:
        return None
    if post.title.tells(end, "announce") and not first.numbered:
        return Verdict(Kind.PRODUCT, f"the title announces something new in {first.text}")
    return released(post, first, "the title is a model's name and a motto")


def _stands_first(post: Post, mention: Mention) -> bool:
    """Return whether a title begins with a name, or with "... model" and the name."""
    before, title = range(mention.start), post.title
    if all(post.is_before(at) for at in before):
        return True
    called = title.tells(mention.start - 1, "noun")
    return called and all(post.is_before(at) or _is_adjective(title, at) for at in before)


_ARRIVING = frozenset({"is", "are", "now", "officially", "fully", "open", "source", "sourced"})


def _end_of_arrival(title: Title, start: int) -> int:
    """Return where "is here", "officially released" or "open source" ends behind a name, or `start`."""
    at = start
    while not title.breaks_before(at) and (title.tells(at, "arrival") or title.tokens[at].low in _ARRIVING):
        at += 1
    arrived = at > start and (title.tells(at - 1, "arrival") or title.tokens[at - 1].low.startswith("source"))
    return at if arrived else start


def _announced_by_address(post: Post) -> Verdict | None:
    """Judge a motto whose address says what the title does not: .../introducing-gpt-live-1-in-the-api."""
    url, elsewhere = post.sighting.url, "topic" in post.title.roles
    for mention in post.models:
        called = mention.numbered and not elsewhere and is_called(url, mention.text)
        if mention.known and (called or announces(url, mention.text)):
            return released(post, mention, "the address announces a model that the title names")
    return None


def _tells_something_else(post: Post) -> Verdict | None:
    title = post.title
    if "topic" in title.roles:
        word = next(token.text for at, token in enumerate(title.tokens) if title.tells(at, "topic"))
        return other(post, f"the title is about something else: {word}")
    if title.tokens and title.tells(0, "story"):
        return other(post, f"the title tells a story: {title.tokens[0].text} ...")
    return None


def _begins_with_a_name(post: Post) -> Verdict | None:
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


def _ends_with_a_name(post: Post) -> Verdict | None:
    """Judge a play on words that ends with a name: "Time to Speak Some Dialects, Qwen-TTS!"."""
    for mention in post.models:
        at_end = listed_with(post, mention)[1] == len(post.title.tokens)
        in_list = any(before.end == mention.start for before in post.title.mentions)
        if at_end and not in_list and set(post.title.tokens[mention.start].gap) & set(",:!|"):
            return released(post, mention, "the title ends with a model's name")
    return None


def _motto_with_a_name(post: Post) -> Verdict | None:
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


def _named_by_address(post: Post) -> Verdict | None:
    name = named_by_address(post.sighting.url, post.sighting.lab, post.owners)
    return Verdict(Kind.RELEASE, "the address is a model's name", name) if name else None


def _named_by_links(post: Post) -> Verdict | None:
    """Judge a play on words by the lab's repositories that it links, if they are of one family."""
    names = list(named_by_links(post.sighting.links, post.sighting.lab, post.owners))
    if len({name.family_key for name in names}) != 1:
        return None
    return Verdict(Kind.RELEASE, "the post links the lab's own repository", names[0])


_RULES_OF_ANYBODY: tuple[Rule, ...] = (
    _names_a_part,
    had_somewhere,
    _announced,
    _named_before_colon,
    _tells_something_else,
    _begins_with_a_name,
    _ends_with_a_name,
)
_RULES: tuple[Rule, ...] = (
    _names_a_part,
    had_somewhere,
    _announced,
    _lab_family_announced,
    new_name_announced,
    _named_before_colon,
    called_a_model,
    _announced_by_address,
    _tells_something_else,
    _begins_with_a_name,
    line_presented,
    _ends_with_a_name,
    _motto_with_a_name,
    _named_by_address,
    _named_by_links,
)
