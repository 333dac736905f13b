"""Judge a post by its title and, where the title plays on words, by its address and its links."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bot.model import Kind, Name, Sighting, Verdict
from bot.releases.addresses import named_by_address, named_by_links
from bot.releases.names import parse
from bot.releases.tables import mapping
from bot.releases.titles import Mention, Title, platforms_in, read_title
from bot.releases.tokens import clean, tokenize


@dataclass(frozen=True, slots=True)
class Post:
    """Hold a post as the rules see it; owners and words are lower-case."""

    sighting: Sighting
    owners: frozenset[str]
    lab_words: frozenset[str]  # of the lab's names
    title: Title
    models: tuple[Mention, ...]  # that may be the lab's own

    def name(self, mention: Mention) -> Name:
        """Return the parts of a name in the title."""
        return parse(mention.text, self.sighting.lab)

    def is_lab(self, at: int) -> bool:
        """Tell whether a word of the title is one of the lab's names."""
        return self.title.tokens[at].low in self.lab_words

    def is_around(self, at: int) -> bool:
        """Tell whether a word may stand around an announced name without changing what is said."""
        return self.title.tells(at, "filler", "noun") or self.is_lab(at)

    def is_before(self, at: int) -> bool:
        """Tell whether a word may stand before the name that a title begins with."""
        foreign_script = not self.title.tokens[at].text.isascii()
        return foreign_script or self.is_around(at) or self.title.tells(at, "announce")


Rule = Callable[[Post], Verdict | None]


def judge_post(sighting: Sighting, owners: frozenset[str]) -> Verdict:
    """Return what a post announces; `owners` are the lab's id, name and Hub owners, lower-case."""
    title = read_title(sighting.title, owners)
    words = _words_of(owners)
    models = tuple(
        mention
        for mention in title.mentions
        if mention.own and not mention.app and mention.text.lower() not in words
    )
    post = Post(sighting, owners, words, title, models)
    for rule in _RULES:
        verdict = rule(post)
        if verdict:
            return verdict
    return _other(post, "the title announces no model")


@lru_cache(maxsize=1_000)
def _words_of(owners: frozenset[str]) -> frozenset[str]:
    return frozenset(token.low for owner in owners for token in tokenize(clean(owner)))


def _other(post: Post, reason: str) -> Verdict:
    """Return that a post is something else, with the model that it speaks of."""
    numbered = next((mention for mention in post.models if mention.numbered), None)
    return Verdict(Kind.OTHER, reason, post.name(numbered) if numbered else None)


def _released(post: Post, mention: Mention, reason: str) -> Verdict:
    """Return that a model is released, unless the name is an app's, an interface's or a device's."""
    title, end = post.title, mention.end
    app = not title.breaks_before(end) and title.tells(end, "product")
    device = not mention.family and "device" in title.roles
    if app or device:
        return Verdict(Kind.PRODUCT, f"{mention.text} is an app, an interface or a device")
    return Verdict(Kind.RELEASE, reason, post.name(mention))


def _names_a_part(post: Post) -> Verdict | None:
    first = next(iter(post.models), None)
    words = post.title.tokens[first.start : first.end] if first else ()
    part = next((token.low for token in words if token.role == "companion"), "")
    if not first or not part:
        return None
    what = mapping("companions.tsv", "word", "what")[part]
    return Verdict(Kind.OTHER, f"{first.text} is {what}", post.name(first))


def _had_somewhere(post: Post) -> Verdict | None:
    """Judge "NAME is now available on Bedrock": a model that was announced before is at one more place."""
    first = next(iter(post.models), None)
    if not first or "topic" in post.title.roles:
        return None
    if all(post.is_before(at) for at in range(first.start)):
        says_where = _says_where(post, first.end, announced=_has_verb_before(post.title, first))
    else:
        says_where = post.title.breaks_before(first.start) and _says_where(post, 0)
    if not says_where:
        return None
    return Verdict(Kind.VARIANT, "the title says where a model is to be had", post.name(first))


def _has_verb_before(title: Title, mention: Mention) -> bool:
    return any(title.tells(at, "announce") for at in range(mention.start))


_BEFORE_PLACES = frozenset({"on", "in", "via", "through", "at", "to", "for"})
_NOW = frozenset({"now", "also", "is", "are"})


def _says_where(post: Post, start: int, *, announced: bool = False) -> bool:
    """Tell whether the words from `start` say where a model is to be had: "now available on Bedrock".

    Where weights lie is the release itself. Behind "Introducing NAME" only "available" makes it old news,
    and nothing behind a comma does.
    """
    title, at = post.title, _end_of_availability(post, start)
    if at >= len(title.tokens) or title.tokens[at].low not in _BEFORE_PLACES:
        return False
    if announced and title.breaks_before(start):
        return False
    available = any(token.low == "available" for token in title.tokens[start:at])
    platforms = set(platforms_in(title.tokens[at + 1 : _end_of_places(title, at + 1)]))
    if platforms:
        return "weights" not in platforms and (available or not announced)
    return available and _is_place(post, at)


def _end_of_availability(post: Post, start: int) -> int:
    """Return where the words end that say a model is available, live, coming ..., all in one phrase."""
    title, at = post.title, start
    aside = start > 0 and title.breaks_before(start)  # a motto may follow there, and be about anything
    while at < len(title.tokens) and (at == start or not title.breaks_before(at)):
        arrives = title.tells(at, "arrival", "coming", "announce") or title.tokens[at].low in _NOW
        if arrives or (not aside and post.is_around(at)):
            at += 1
        elif not aside and _goes_on_with_another(title, at):
            at = _end_of_word(title, at + 1)
        else:
            break
    return at


def _end_of_word(title: Title, at: int) -> int:
    """Return where the word at this place ends: R+ is two tokens."""
    at += 1
    while at < len(title.tokens) and not title.tokens[at].gap:
        at += 1
    return at


def _end_of_places(title: Title, at: int) -> int:
    while at < len(title.tokens) and (not title.breaks_before(at) or "," in title.tokens[at].gap):
        at += 1
    return at


def _is_place(post: Post, preposition: int) -> bool:
    """Tell whether somebody else's place follows that no table of platforms knows: via Somebody.

    A lab's own API and apps are where a closed model first comes out.
    """
    title, at = post.title, preposition + 1
    while at < len(title.tokens) and post.is_around(at):
        at += 1
    word = title.tokens[preposition].low
    if at >= len(title.tokens) or word in {"to", "for"}:  # everyone, developers, Pro users
        return False
    if title.tells(at, "product") or any(mention.app and mention.start == at for mention in title.mentions):
        return False
    token = title.tokens[at]
    return word in {"on", "via", "through"} and token.text[0].isupper() and token.role != "stage"


def _announced(post: Post) -> Verdict | None:
    for mention in post.models:
        if _stands_announced(post, mention):
            return _released(post, mention, "the title announces a model by name")
    return None


def _stands_announced(post: Post, mention: Mention) -> bool:
    """Tell whether a verb of announcement leads to the name, or it is "the new NAME models"."""
    title, at = post.title, mention.start - 1
    while at >= 0 and not _leads_to_news(title, at) and (post.is_around(at) or _is_adjective(title, at)):
        at -= 1
    if at >= 0 and _leads_to_news(title, at):
        return True
    if not mention.start or title.tokens[mention.start - 1].low not in {"new", "latest"}:
        return False
    noun_follows = mention.end < len(title.tokens) and title.tells(mention.end, "noun")
    return noun_follows or title.tells(0, "announce")


_BUILDING = frozenset({"start", "build", "building", "get", "started", "more"})


def _leads_to_news(title: Title, at: int) -> bool:
    """Tell whether a word is a verb of announcement, or ends "release of", "build with" or ". Powered by"."""
    if title.tells(at, "announce"):
        return True
    word = title.tokens[at].low
    if word == "of":
        return at > 0 and title.tells(at - 1, "arrival")
    if word == "by":
        return at > 0 and title.tokens[at - 1].text == "Powered" and title.breaks_before(at - 1)
    return word == "with" and at > 0 and _BUILDING.issuperset(token.low for token in title.tokens[:at])


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
        return _released(post, last, "the title announces a family by name")
    return None


def _new_name_announced(post: Post) -> Verdict | None:
    """Judge "Introducing Kestrel Mini": a family that nobody knows yet, with a word of size."""
    title, start = post.title, _start_of_subject(post.title)
    if not start or not title.tells(0, "announce"):
        return None
    first = start
    while first < len(title.tokens) and (post.is_lab(first) or title.tokens[first].low == "s"):
        first += 1
    end = first
    while (
        end < len(title.tokens)
        and _in_new_name(title, end)
        and not (end > first and title.breaks_before(end))
    ):
        end += 1
    words = title.tokens[first if end > first + 1 else start : end]
    sizes = mapping("lines.tsv", "word", "group")
    if len(words) < 2 or not title.breaks_before(end) or not any(sizes.get(w.low) == "size" for w in words):
        return None
    name = parse(" ".join(word.text for word in words), post.sighting.lab)
    return Verdict(Kind.RELEASE, "the title announces a new name with a word of size", name)


def _start_of_subject(title: Title) -> int:
    start = 0
    while start < len(title.tokens) and title.tells(start, "filler", "announce"):
        start += 1
    return start


def _in_new_name(title: Title, at: int) -> bool:
    token = title.tokens[at]
    in_app = any(mention.app and mention.start <= at < mention.end for mention in title.mentions)
    plain = token.role in ("word", "line") and not title.tells(at, "product")
    return plain and token.text[0].isupper() and not in_app


def _named_before_colon(post: Post) -> Verdict | None:
    """Judge "NAME: subtitle", where the subtitle may be about anything."""
    first = next(iter(post.models), None)
    if not first or not all(post.is_before(at) for at in range(first.start)):
        return None
    if first.end == len(post.title.tokens) or ":" not in post.title.tokens[first.end].gap:
        return None
    if post.title.tells(first.end, "announce") and not first.numbered:
        return Verdict(Kind.PRODUCT, f"the title announces something new in {first.text}")
    return _released(post, first, "the title is a model's name and a motto")


def _tells_something_else(post: Post) -> Verdict | None:
    title = post.title
    if "topic" in title.roles:
        word = next(token.text for at, token in enumerate(title.tokens) if title.tells(at, "topic"))
        return _other(post, f"the title is about something else: {word}")
    if title.tokens and title.tells(0, "story"):
        return _other(post, f"the title tells a story: {title.tokens[0].text} ...")
    return None


def _begins_with_a_name(post: Post) -> Verdict | None:
    """Judge a title that begins with a name by what follows the name."""
    first = next(iter(post.title.mentions), None)
    if not first or not first.own or not all(post.is_before(at) for at in range(first.start)):
        return None
    if first not in post.models:
        return Verdict(Kind.PRODUCT, f"{first.text} is an app or an interface")
    return _by_what_follows(post, first)


def _by_what_follows(post: Post, mention: Mention) -> Verdict | None:
    title, at = post.title, mention.end
    while not title.breaks_before(at) and post.is_around(at) and not title.tells(at, "arrival"):
        at += 1
    if title.breaks_before(at) or _goes_on_with_another(title, at):
        return _released(post, mention, "the title gives a model's name")
    if title.tells(at, "product"):
        return Verdict(Kind.PRODUCT, f"the title names an app or interface: {title.tokens[at].text}")
    if title.tells(at, "arrival", "effect", "announce"):
        return _released(post, mention, "the title says that a model has arrived")
    if title.tells(at, "deed"):
        return _other(post, "the title tells what was done with a model")
    return None


def _goes_on_with_another(title: Title, at: int) -> bool:
    """Tell whether "and" and another name follow: Claude 3.7 Sonnet and Claude Code."""
    if title.tokens[at].low != "and" or at + 1 == len(title.tokens):
        return False
    another = title.tokens[at + 1]
    return another.text[0].isupper() or another.role == "line"


def _ends_with_a_name(post: Post) -> Verdict | None:
    """Judge a play on words that ends with a name: "Time to Speak Some Dialects, Qwen-TTS!"."""
    last = post.models[-1] if post.models else None
    if last and last.end == len(post.title.tokens) and set(post.title.tokens[last.start].gap) & set(",:!|"):
        return _released(post, last, "the title ends with a model's name")
    return None


_LONGEST_SUBJECT = 3  # words
_LONGEST_DESCRIPTION = 7  # words before "model"
_PREPOSITIONS = frozenset(
    {"for", "of", "to", "with", "in", "on", "by", "from", "via", "using", "toward", "towards"}
)


def _described_as_a_model(post: Post) -> Verdict | None:
    """Judge "NAME: an adjective model", which is how a family that nobody knows yet is presented."""
    title, start = post.title, _start_of_subject(post.title)
    colon = next((at for at, token in enumerate(title.tokens) if at > start and ":" in token.gap), 0)
    if not start < colon <= start + _LONGEST_SUBJECT or not title.tells(colon, "filler", "noun"):
        return None
    if any(title.told[start:colon]) or not title.tokens[start].text[0].isupper():
        return None
    for at in range(colon, min(colon + _LONGEST_DESCRIPTION, len(title.tokens))):
        if title.tells(at, "noun"):
            text = " ".join(token.text for token in title.tokens[start:colon])
            return Verdict(Kind.RELEASE, "the title calls it a model", parse(text, post.sighting.lab))
        if title.tokens[at].low in _PREPOSITIONS:
            return None
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


_RULES: tuple[Rule, ...] = (
    _names_a_part,
    _had_somewhere,
    _announced,
    _lab_family_announced,
    _new_name_announced,
    _named_before_colon,
    _tells_something_else,
    _described_as_a_model,
    _begins_with_a_name,
    _ends_with_a_name,
    _named_by_address,
    _named_by_links,
)
