"""What a post is, by its title and, where the title plays on words, by its address and its links."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from bot.model import Kind, Sighting, Verdict
from bot.releases.naming.addresses import is_anybodys, repository_in, slug_of
from bot.releases.naming.families import first_words, known_at, spelled
from bot.releases.naming.mentions import read_title
from bot.releases.naming.mottos import (
    begins_with_a_name,
    ends_with_a_name,
    motto_with_a_name,
    named_before_colon,
)
from bot.releases.naming.names import parse, split_owner
from bot.releases.naming.new_names import called_a_model, line_presented, new_name_announced
from bot.releases.naming.places import had_somewhere
from bot.releases.naming.post import Post, listed_with, other, released
from bot.releases.naming.titles import AND, Mention, Title, told_by
from bot.releases.naming.tokens import clean, tokenize
from bot.releases.tables import mapping

_NOT_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
_BUILDING = frozenset({"start", "build", "building", "get", "started", "more"})


def judge_post(sighting: Sighting, owners: frozenset[str]) -> Verdict:
    """Return what a post announces; `owners` are the lab's id, name and Hub owners, lower-case."""
    title, words = read_title(sighting.title, owners), _words_of(owners)
    known_only = is_anybodys(sighting.url)
    own = [it for it in title.mentions if it.own and not (it.app or it.benchmark)]
    models = [it for it in own if it.text.lower() not in words and (it.known or not known_only)]
    post = Post(sighting, owners, words, title, tuple(models))
    for rule in _RULES_OF_ANYBODY if known_only else _RULES:
        verdict = rule(post)
        if verdict:
            return _with_others(post, verdict)
    return other(post, "the title announces no model")


@lru_cache(maxsize=1_000)
def _words_of(owners: frozenset[str]) -> frozenset[str]:
    return frozenset(token.low for owner in owners for token in tokenize(clean(owner)))


def _with_others(post: Post, verdict: Verdict) -> Verdict:
    """Return a release with the other models of the same title."""
    if verdict.kind is not Kind.RELEASE:
        return verdict
    first = next((mention for mention in post.models if post.name(mention) == verdict.name), None)
    also = listed_with(post, first)[0] if first else ()
    return replace(verdict, also=also) if also else verdict


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


def _lab_family_announced(post: Post) -> Verdict | None:
    """Judge "Introducing Qwen", where the family has the lab's own name and nothing follows."""
    last = post.title.mentions[-1] if post.title.mentions else None
    alone = last and last.family and last.own and last.end == len(post.title.tokens)
    if last and alone and _stands_announced(post, last):
        return released(post, last, "the title announces a family by name")
    return None


def _stands_announced(post: Post, mention: Mention) -> bool:
    """Whether a verb of announcement leads to the name, or it is "the new NAME models"."""
    title, at = post.title, _before_name(post, mention)
    if at >= 0 and _leads_to_news(title, at):
        whole_family = title.tells(mention.end, "noun") and not title.breaks_before(mention.end)
        return not (whole_family and title.low(at) == "with")  # Building with the Claude 5.5 family
    new = title.low(mention.start - 1) in {"new", "latest"}
    return new and (title.tells(mention.end, "noun") or title.tells(0, "announce"))


def _before_name(post: Post, mention: Mention) -> int:
    """Return the place of the word that leads to a name: "Introducing", before "Codex and GPT-6"."""
    title, at = post.title, mention.start - 1
    while at >= 0 and not _leads_to_news(title, at):
        joined = _joined(title, at) if mention.numbered else None
        if not (joined or post.is_around(at) or title.describes(at)):
            break
        at = (joined.start if joined else at) - 1
    return at


def _joined(title: Title, at: int) -> Mention | None:
    """Return what the "and" at this place joins to the name behind it: "the Codex app and"."""
    if title.low(at) not in AND:
        return None
    before = at - 1 if title.tells(at - 1, "product") else at
    return next((it for it in title.mentions if it.end in (before, at)), None)


def _leads_to_news(title: Title, at: int) -> bool:
    """Whether a word announces, or ends "to release", "release of", "build with" or ". Powered by"."""
    if title.tells(at, "announce") or (title.tells(at, "past") and _begins_clause(title, at)):
        return True
    word, before = title.low(at), title.low(at - 1)
    if word in ("release", "launch"):
        return before == "to" and not title.tells(0, "story")
    if word == "of":
        return at > 0 and title.tells(at - 1, "arrival")
    if word in ("to", "comes"):  # "Say hello to", "Here comes"
        return before in ("hello", "here")
    if word == "by":
        return before == "powered" and title.tokens[at - 1].text == "Powered" and title.breaks_before(at - 1)
    return word == "with" and at > 0 and _BUILDING.issuperset(token.low for token in title.tokens[:at])


def _begins_clause(title: Title, at: int) -> bool:
    """Whether only words such as "Today we have" stand before a verb, and no "Why we"."""
    while at > 0 and not title.breaks_before(at):
        at -= 1
        if not title.tells(at, "filler"):
            return False
    return True


def _announced_by_address(post: Post) -> Verdict | None:
    """Judge a motto whose address says what the title does not: .../introducing-gpt-live-1-in-the-api."""
    if not post.models:
        return None
    slug, elsewhere = slug_of(post.sighting.url).lower(), "topic" in post.title.roles
    verb, _, rest = slug.partition("-")
    for mention in post.models:
        name = _squeezed(mention.text)
        called = mention.numbered and not elsewhere and _squeezed(slug) == name
        announced = "announce" in told_by(verb) and _squeezed(rest).startswith(name)
        if mention.known and (called or announced):
            return released(post, mention, "the address announces a model that the title names")
    return None


def _squeezed(text: str) -> str:
    return _NOT_LETTER_OR_DIGIT.sub("", text.lower())


def _tells_something_else(post: Post) -> Verdict | None:
    title = post.title
    if "topic" in title.roles:
        word = next(token.text for at, token in enumerate(title.tokens) if title.tells(at, "topic"))
        return other(post, f"the title is about something else: {word}")
    if title.tells(0, "story"):
        return other(post, f"the title tells a story: {title.tokens[0].text} ...")
    return None


def _named_by_address(post: Post) -> Verdict | None:
    """Judge a play on words whose address is the name of a model and nothing else: .../mistral-medium-3."""
    slug = clean(slug_of(post.sighting.url))
    verb, _, rest = slug.partition("-")
    if "announce" in told_by(verb.lower()):
        slug = rest
    beginning = tokenize(slug.partition("-")[0])
    if not beginning or beginning[0].low not in first_words():
        return None
    tokens = tokenize(slug)
    known = known_at(tokens, 0)
    if not known or not known[0].of(post.owners) or known[1] == len(tokens):
        return None
    for token in tokens[known[1] :]:
        told = told_by(token.low)
        in_name = token.role in {"version", "size", "stamp", "line"} and "product" not in told
        if not in_name and "naming" not in told:
            return None
    name = parse(spelled(tokens), post.sighting.lab)
    return Verdict(Kind.RELEASE, "the address is a model's name", name)


def _named_by_links(post: Post) -> Verdict | None:
    """Judge a play on words by the lab's repositories that it links, if they are of one family."""
    linked = filter(None, map(repository_in, post.sighting.links))
    own = [repository for repository in linked if split_owner(repository)[0].lower() in post.owners]
    names = [parse(repository, post.sighting.lab) for repository in own]
    if len({name.family_key for name in names}) != 1:
        return None
    return Verdict(Kind.RELEASE, "the post links the lab's own repository", names[0])


_RULES: tuple[Callable[[Post], Verdict | None], ...] = (
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
# Where anybody may post, only the known names of families are the lab's own.
_RULES_OF_ANYBODY = (
    _names_a_part,
    had_somewhere,
    _announced,
    named_before_colon,
    _tells_something_else,
    begins_with_a_name,
    ends_with_a_name,
)
