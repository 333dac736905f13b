"""Judge a post by its title, its address and the repositories that it links."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.model import Kind, Name, Sighting, Verdict
from bot.releases.families import known_at, spelled
from bot.releases.names import parse
from bot.releases.tables import mapping
from bot.releases.titles import Mention, Title, read_title, told_by
from bot.releases.tokens import Role, Token, clean, tokenize


@dataclass(frozen=True)
class Post:
    """Hold a post as the rules see it."""

    title: Title
    lab: str
    lab_words: frozenset[str]  # of the lab's names
    address_name: Name | None = None  # where the address is nothing but a model's name
    linked: tuple[Name, ...] = ()  # the lab's repositories that the post links

    @cached_property
    def models(self) -> tuple[Mention, ...]:
        """Return the names of models that may be the lab's own."""
        own = (mention for mention in self.title.mentions if mention.own and not self._is_app(mention))
        return tuple(mention for mention in own if not self.part(mention))

    def part(self, mention: Mention) -> str:
        """Return what part of a model a name stands for (a probe, a tokenizer ...), or ""."""
        companions = mapping("companions.tsv", "word", "what")
        words = self.name(mention).line.lower().split("-")
        return next((companions[word] for word in words if word in companions), "")

    def _is_app(self, mention: Mention) -> bool:
        return mention.product or mention.text.lower() in self.lab_words

    def name(self, mention: Mention) -> Name:
        """Return the parts of a name in the title."""
        return parse(mention.text, self.lab)

    def is_around(self, at: int) -> bool:
        """Tell whether a token may stand around an announced name without changing what is said."""
        return bool(self.title.told[at] & _AROUND) or self.title.tokens[at].low in self.lab_words


    def is_adjective(self, at: int) -> bool:
        """Tell whether a token is a capitalised word that says nothing to the rules (Arabic, Groundbreaking)."""
        token = self.title.tokens[at]
        capital = token.text[0].isupper() or not token.text.isascii()
        return capital and token.role in {Role.WORD, Role.LINE} and not self.title.told[at]


_AROUND = frozenset({"filler", "noun"})


def judge_post(sighting: Sighting, owners: frozenset[str]) -> Verdict:
    """Return what a post of a lab announces; `owners` are the lab's id, name and Hub owners."""
    owners = frozenset(owner.lower() for owner in owners if owner)
    words = frozenset(token.low for owner in owners for token in tokenize(owner)) | {"s"}
    post = Post(
        read_title(sighting.title, owners),
        sighting.lab,
        words,
        _named_by(sighting.url, sighting.lab, owners),
        tuple(_linked(sighting.links, sighting.lab, owners)),
    )
    for rule in _RULES:
        verdict = rule(post)
        if verdict:
            return verdict
    return Verdict(Kind.OTHER, "the title announces no model")


def _named_by(url: str, lab: str, owners: frozenset[str]) -> Name | None:
    slug = clean(url.split("?")[0].split("#")[0].rstrip("/").rpartition("/")[2])
    tokens = tokenize(slug)
    while tokens and "announce" in told_by(tokens[0].low):
        del tokens[0]
    known = known_at(tokens, 0)
    if not known or not known[0].owners or not known[0].of(owners) or known[1] == len(tokens):
        return None
    if any(token.role not in _OF_A_NAME for token in tokens[known[1] :]):
        return None
    return parse(spelled(tokens), lab)


_OF_A_NAME = frozenset({Role.VERSION, Role.SIZE, Role.STAMP, Role.LINE})
_REPOSITORY = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]{1,96}/[\w.-]{1,96})/?")


def _linked(links: Iterable[str], lab: str, owners: frozenset[str]) -> Iterator[Name]:
    for link in links:
        match = _REPOSITORY.fullmatch(link.split("?")[0].split("#")[0])
        if match and match[1].split("/")[0].lower() in owners:
            yield parse(match[1], lab)


def _names_a_part(post: Post) -> Verdict | None:
    first = next((mention for mention in post.title.mentions if mention.own and not mention.product), None)
    part = post.part(first) if first else ""
    return Verdict(Kind.OTHER, f"{first.text} is {part}", post.name(first)) if first and part else None


def _announced(post: Post) -> Verdict | None:
    for mention in post.models:
        if _stands_announced(post, mention):
            return _unless_app(post, mention, "the title announces a model by name")
    return _new_name_announced(post)


def _new_name_announced(post: Post) -> Verdict | None:
    """Judge "Introducing Kestrel Mini": a family that nobody knows yet, with a word of size."""
    start, title = _first_of_subject(post.title), post.title
    if not start or "announce" not in title.told[0] or _app_at(title, start):
        return None
    end = first = start
    while first < len(title.tokens) and title.tokens[first].low in post.lab_words:
        end = first = first + 1
    while end < len(title.tokens) and _in_new_name(title.tokens[end]) and not (end > first and title.breaks_before(end)):
        end += 1
    groups = mapping("lines.tsv", "word", "group")
    words = title.tokens[first if end > first + 1 else start : end]
    if len(words) < 2 or not title.breaks_before(end) or not any(groups.get(w.low) == "size" for w in words):
        return None
    text = " ".join(word.text for word in words)
    return Verdict(Kind.RELEASE, "the title announces a new name with a size", parse(text, post.lab))


def _app_at(title: Title, at: int) -> bool:
    return any(mention.product and mention.start == at for mention in title.mentions)


def _in_new_name(token: Token) -> bool:
    return token.role in {Role.WORD, Role.LINE} and token.text[0].isupper() and "product" not in told_by(token.low)


def _first_of_subject(title: Title) -> int:
    start = 0
    while start < len(title.tokens) and title.told[start] & {"filler", "announce"}:
        start += 1
    return start


def _stands_announced(post: Post, mention: Mention) -> bool:
    """Tell whether a verb of announcement leads to the name, or it is "the new NAME models"."""
    title = post.title
    at = mention.start - 1
    while at >= 0 and (post.is_around(at) or post.is_adjective(at)) and not _leads_to_news(post, at):
        at -= 1
    if at >= 0 and _leads_to_news(post, at):
        return True
    new = mention.start > 0 and title.tokens[mention.start - 1].low in {"new", "latest"}
    announcing = "announce" in title.told[0] or (
        mention.end < len(title.tokens) and "noun" in title.told[mention.end]
    )
    return new and announcing


def _leads_to_news(post: Post, at: int) -> bool:
    """Tell whether a token is a verb of announcement, or ends "release of" or "build with"."""
    told, tokens = post.title.told, post.title.tokens
    if "announce" in told[at]:
        return True
    before = [token.low for token in tokens[:at]]
    if tokens[at].low == "of":
        return at > 0 and "arrival" in told[at - 1]
    return tokens[at].low == "with" and bool(before) and _BUILDING.issuperset(before)


_BUILDING = frozenset({"start", "build", "building", "get", "started", "more"})


def _named_before_colon(post: Post) -> Verdict | None:
    """Judge "NAME: subtitle", where the subtitle may be about anything."""
    first = next(iter(post.models), None)
    if not first or not all(post.is_around(at) for at in range(first.start)):
        return None
    tokens = post.title.tokens
    if first.end < len(tokens) and ":" in tokens[first.end].gap:
        if "announce" in post.title.told[first.end] and not first.numbered:
            return Verdict(Kind.PRODUCT, f"the title announces something new in {first.text}")
        return _unless_app(post, first, "the title is a model's name and a motto")
    return None


def _unless_app(post: Post, mention: Mention, reason: str) -> Verdict:
    told = post.title.told
    next_told = told[mention.end] if not post.title.breaks_before(mention.end) else frozenset()
    if "product" in next_told or (not mention.family and any("device" in roles for roles in told)):
        return Verdict(Kind.PRODUCT, f"{mention.text} is an app, an interface or a device")
    return Verdict(Kind.RELEASE, reason, post.name(mention))


def _tells_something_else(post: Post) -> Verdict | None:
    for token, told in zip(post.title.tokens, post.title.told, strict=True):
        if "topic" in told:
            return Verdict(Kind.OTHER, f"the title is about something else: {token.text}")
    if post.title.told and "story" in post.title.told[0]:
        return Verdict(Kind.OTHER, f"the title tells a story: {post.title.tokens[0].text} ...")
    return None


def _begins_with_a_name(post: Post) -> Verdict | None:
    """Judge a title that begins with a name by what follows the name."""
    first = next(iter(post.title.mentions), None)
    if not first or not all(_before_a_name(post, at) for at in range(first.start)):
        return None
    if first not in post.models:
        return Verdict(Kind.PRODUCT, f"{first.text} is an app or an interface") if first.own else None
    return _by_what_follows(post, first)


def _before_a_name(post: Post, at: int) -> bool:
    return post.is_around(at) or "announce" in post.title.told[at] or not post.title.tokens[at].text.isascii()


def _by_what_follows(post: Post, mention: Mention) -> Verdict | None:
    title, name, at = post.title, post.name(mention), mention.end
    while not title.breaks_before(at) and post.is_around(at) and "arrival" not in title.told[at]:
        at += 1
    if title.breaks_before(at) or title.tokens[at].low == "and":
        return _unless_app(post, mention, "the title gives a model's name")
    told = title.told[at]
    if "product" in told:
        return Verdict(Kind.PRODUCT, f"the title names an app or interface: {title.tokens[at].text}")
    if told & {"arrival", "effect", "announce"}:
        return _unless_app(post, mention, "the title says that a model has arrived")
    if title.tokens[at].low in {"on", "in", "to", "for"} and any("place" in told for told in title.told[at:]):
        return Verdict(Kind.VARIANT, "the title says where a model is to be had", name)
    if "deed" in told:
        return Verdict(Kind.OTHER, "the title tells what was done with a model", name)
    return None


def _ends_with_a_name(post: Post) -> Verdict | None:
    """Judge a play on words that ends with a name: "Time to Speak Some Dialects, Qwen-TTS!"."""
    last = post.models[-1] if post.models else None
    if last and last.end == len(post.title.tokens) and set(post.title.tokens[last.start].gap) & set(",:!|"):
        return _unless_app(post, last, "the title ends with a model's name")
    return None


_LONGEST_SUBJECT = 3  # tokens
_LONGEST_DESCRIPTION = 7  # tokens before the word model


def _described_as_a_model(post: Post) -> Verdict | None:
    """Judge "NAME: an adjective model", which is how a family that nobody knows yet is presented."""
    title, start = post.title, _first_of_subject(post.title)
    colon = next((at for at, token in enumerate(title.tokens) if at > start and ":" in token.gap), 0)
    if not start < colon <= start + _LONGEST_SUBJECT:
        return None
    if any(title.told[at] for at in range(start, colon)) or not title.tokens[start].text[0].isupper():
        return None
    if not title.told[colon] & _AROUND:
        return None
    for at in range(colon, min(colon + _LONGEST_DESCRIPTION, len(title.tokens))):
        if "noun" in title.told[at]:
            text = " ".join(token.text for token in title.tokens[start:colon])
            return Verdict(Kind.RELEASE, "the title calls it a model", parse(text, post.lab))
        if title.tokens[at].low in _PREPOSITIONS:
            return None
    return None


def _named_in_address(post: Post) -> Verdict | None:
    """Judge a play on words by its address, where that is nothing but a model's name."""
    name = post.address_name
    return Verdict(Kind.RELEASE, "the address is a model's name", name) if name else None


def _links_a_repository(post: Post) -> Verdict | None:
    """Judge a play on words by the repositories of the lab that it links, if they are of one family."""
    families = {name.family_key for name in post.linked}
    if len(families) != 1:
        return None
    return Verdict(Kind.RELEASE, "the post links the lab's own repository", post.linked[0])


_PREPOSITIONS = frozenset({"for", "of", "to", "with", "in", "on", "by", "from", "via", "using", "towards", "toward"})
Rule = Callable[[Post], Verdict | None]
_RULES: tuple[Rule, ...] = (
    _names_a_part,
    _announced,
    _named_before_colon,
    _tells_something_else,
    _begins_with_a_name,
    _ends_with_a_name,
    _described_as_a_model,
    _named_in_address,
    _links_a_repository,
)
