"""Judge a post by its title and, where the title plays on words, by its address and its links."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from bot.model import Kind, Sighting, Verdict
from bot.releases.naming.addresses import announces, is_anybodys, is_called, named_by_address, named_by_links
from bot.releases.naming.availability import had_somewhere
from bot.releases.naming.leading import begins_with_a_name, named_before_colon
from bot.releases.naming.mentions import read_title
from bot.releases.naming.mottos import ends_with_a_name, motto_with_a_name
from bot.releases.naming.new_names import called_a_model, line_presented, new_name_announced
from bot.releases.naming.post import Post, other, released
from bot.releases.naming.several import listed_with
from bot.releases.naming.titles import Mention, Title
from bot.releases.naming.tokens import clean, tokenize
from bot.releases.tables import mapping

Rule = Callable[[Post], Verdict | None]


def judge_post(sighting: Sighting, owners: frozenset[str]) -> Verdict:
    """Return what a post announces; `owners` are the lab's id, name and Hub owners, lower-case."""
    title, words = read_title(sighting.title, owners), _words_of(owners)
    known_only = is_anybodys(sighting.url)
    models = _models_in(title, words, known_only=known_only)
    post = Post(sighting, owners, words, title, models)
    rules = _RULES_OF_ANYBODY if known_only else _RULES if models else _RULES_WITHOUT_MODELS
    for rule in rules:
        verdict = rule(post)
        if verdict:
            return _with_others(post, verdict)
    return other(post, "the title announces no model")


def _models_in(title: Title, words: frozenset[str], *, known_only: bool) -> tuple[Mention, ...]:
    """Return the names in a title that may be models of the lab with these words in its names."""
    return tuple(
        [
            mention
            for mention in title.mentions
            if mention.own
            and not (mention.app or mention.benchmark)
            and mention.text.lower() not in words
            and not (known_only and not mention.known)
        ]
    )


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
            return released(post, post.head(mention), "the title announces a model by name")
    return None


def _stands_announced(post: Post, mention: Mention) -> bool:
    """Whether a verb of announcement leads to the name, or it is "the new NAME models"."""
    title, at = post.title, mention.start - 1
    while at >= 0 and not _leads_to_news(title, at) and (post.is_around(at) or title.describes(at)):
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
    """Whether a word announces, or ends "to release", "release of", "build with" or ". Powered by"."""
    if title.tells(at, "announce") or (title.tells(at, "past") and _begins_clause(title, at)):
        return True
    word = title.tokens[at].low
    if word in ("release", "launch"):
        return at > 0 and title.tokens[at - 1].low == "to" and not title.tells(0, "story")
    if word == "of":
        return at > 0 and title.tells(at - 1, "arrival")
    if word in ("to", "comes"):  # "Say hello to", "Here comes"
        return at > 0 and title.tokens[at - 1].low in ("hello", "here")
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


def _lab_family_announced(post: Post) -> Verdict | None:
    """Judge "Introducing Qwen", where the family has the lab's own name and nothing follows."""
    last = post.title.mentions[-1] if post.title.mentions else None
    alone = last and last.family and last.own and last.end == len(post.title.tokens)
    if last and alone and _stands_announced(post, last):
        return released(post, last, "the title announces a family by name")
    return None


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
    named_before_colon,
    _tells_something_else,
    begins_with_a_name,
    ends_with_a_name,
)
_RULES: tuple[Rule, ...] = (
    _names_a_part,
    had_somewhere,
    _announced,
    _lab_family_announced,
    new_name_announced,
    named_before_colon,
    called_a_model,
    _announced_by_address,
    _tells_something_else,
    begins_with_a_name,
    line_presented,
    ends_with_a_name,
    motto_with_a_name,
    _named_by_address,
    _named_by_links,
)
_RULES_WITHOUT_MODELS: tuple[Rule, ...] = (
    _lab_family_announced,
    new_name_announced,
    called_a_model,
    _tells_something_else,
    begins_with_a_name,
    line_presented,
    _named_by_address,
    _named_by_links,
)
