"""A post as the rules see it, the verdicts that they end in, and the models that one title lists together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model import Kind, Name, Sighting, Verdict
from bot.releases.naming.families import known_at, spelled
from bot.releases.naming.names import parse
from bot.releases.naming.titles import AND, ARTICLES, NUMBERS, PREPOSITIONS, Mention, Title
from bot.releases.naming.tokens import Token

_PARAMETERS = re.compile(r"\d+(\.\d+)?[bm]")
_VERSION_OF_LIBRARY = re.compile(r"v?(0\.\d.*|\d+\.\d+\.\d+.*)")  # 0.4, v2.2.0, 2026.4.0
_LONGEST_APPOSITION = 7  # words
_JOINTS = frozenset(",&/、 ")
_DETERMINERS = frozenset({"a", "an", "the", "our", "its", "new", "all", "latest", "improved", "updated"})


@dataclass(frozen=True, slots=True)
class Post:
    """A post with what is known of it; owners and words are lower-case."""

    sighting: Sighting
    owners: frozenset[str]
    lab_words: frozenset[str]  # of the lab's names
    title: Title
    models: tuple[Mention, ...]  # that may be the lab's own

    def name(self, mention: Mention) -> Name:
        """Return the parts of a name in the title."""
        return self.named(mention.text, mention.start)

    def named(self, text: str, start: int) -> Name:
        """Return the parts of the name `text` that stands at `start`.

        A family that no table knows is called as the title calls it, with the lab's name if that is said.
        """
        name, tokens = parse(text, self.sighting.lab), self.title.tokens
        before = start if self.is_lab(start) else start - 1
        if before < 0 or not self.is_lab(before) or known_at(tokens, before) or known_at(tokens, before + 1):
            return name
        lab, joint = tokens[before].text, "-" if tokens[before + 1].gap == "-" else " "
        return name if name.display.startswith(lab) else replace(name, display=lab + joint + name.display)

    def is_lab(self, at: int) -> bool:
        """Whether a word of the title is one of the lab's names."""
        return self.title.tokens[at].low in self.lab_words

    def is_around(self, at: int) -> bool:
        """Whether a word may stand around an announced name without changing what is said."""
        return self.title.tells(at, "filler", "noun") or self.is_lab(at)

    def is_before(self, at: int) -> bool:
        """Whether a word may stand before the name that a title begins with."""
        foreign_script = not self.title.tokens[at].text.isascii()
        return foreign_script or self.is_around(at) or self.title.tells(at, "announce", "past")

    def head(self, mention: Mention) -> Mention:
        """Return the last of the names that stand in one row: Granite Time Series PatchTST-FM-r2."""
        title, after = self.title, self.models[self.models.index(mention) + 1 :]
        if mention.numbered or not after or not after[0].numbered:
            return mention
        between = range(mention.end, after[0].start)
        unbroken = not any(title.breaks_before(at) for at in (*between, after[0].start))
        describing = all(self.is_around(at) or title.describes(at) for at in between)
        return after[0] if between and unbroken and describing else mention


def other(post: Post, reason: str) -> Verdict:
    """Return that a post is something else, with the model that it speaks of."""
    numbered = next((mention for mention in post.models if mention.numbered), None)
    return Verdict(Kind.OTHER, reason, post.name(numbered) if numbered else None)


def released(post: Post, mention: Mention, reason: str, *, waits: bool = False) -> Verdict:
    """Return that a model is released, unless the name is an app's, an interface's or a device's."""
    title, end = post.title, mention.end
    words = [token.low for token in title.tokens[mention.start : end]]
    app = not title.breaks_before(end) and (title.tells(end, "product") or _is_made_with(title, mention))
    # What has the size of a model may run on a phone: Bonsai 27B.
    device = "device" in title.roles and not mention.family and not any(map(_PARAMETERS.fullmatch, words))
    if _is_called_something_else(title, mention):
        return Verdict(Kind.PRODUCT, f"the title says what {mention.text} is: no model")
    if app or device:
        return Verdict(Kind.PRODUCT, f"{mention.text} is an app, an interface or a device")
    if not mention.family and any(map(_VERSION_OF_LIBRARY.fullmatch, words)):
        return Verdict(Kind.PRODUCT, f"{mention.text} has a version as libraries have it")
    name = post.name(mention)
    if name.packaging:
        return Verdict(Kind.VARIANT, f"the title is about a packaging: {name.packaging}", name)
    return Verdict(Kind.RELEASE, reason, name, waits=waits)


def _is_called_something_else(title: Title, mention: Mention) -> bool:
    """Whether an apposition says that a name is no model's: "Aya: An Open Science Initiative".

    What has a version may be any app's subject, but no library: "Olmo-core 3: Open ... infrastructure".
    """
    start, last = mention.end, len(title.tokens)
    if start == last:
        return False
    roles = ("software",) if mention.numbered else ("device", "product", "topic", "software")
    if not (":" in title.tokens[start].gap if mention.numbered else title.tokens[start].low in ARTICLES):
        return False
    for at in range(start, min(start + _LONGEST_APPOSITION, last)):
        if title.tells(at, "noun", "deed", "effect") or title.tokens[at].low in PREPOSITIONS:
            return False
        if title.tells(at, *roles) and title.end_of_phrase(at) == at + 1:
            return True
    return False


def _is_made_with(title: Title, mention: Mention) -> bool:
    """Whether a family without a version only tells whose thing is news: OlmoEarth embeddings."""
    token, after = title.tokens[mention.end], mention.end + 1
    if mention.numbered or token.role != "line" or not token.text.islower() or token.gap != " ":
        return False
    return title.breaks_before(after) or not title.tells(after, "noun")


def listed_with(post: Post, first: Mention) -> tuple[tuple[Name, ...], int]:
    """Return the names that stand beside the first one of a list, and where the list ends.

    A name that only says what is different takes its family from the first, and its version if it has none:
    "Gemini 3.6 Flash, 3.5 Flash-Lite, and 3.5 Flash Cyber".
    """
    names: dict[str, Name] = {}
    end = first.end
    while found := _another(post, first, _after_joint(post.title, end)):
        name, end = found
        names.setdefault(name.release_key, name)
    own = post.name(first).release_key if names else ""
    return tuple(name for key, name in names.items() if key != own), end


def _after_joint(title: Title, end: int) -> int:
    """Return where the next of a list may start, behind "and", a comma or the like; the end if it cannot."""
    last = len(title.tokens)
    if end >= last or not _JOINTS.issuperset(title.tokens[end].gap):
        return last
    if title.tokens[end].low in AND:
        return end + 1
    return end if title.tokens[end].gap.strip() else last


def _another(post: Post, first: Mention, at: int) -> tuple[Name, int] | None:
    """Return the name at this place and where it ends."""
    title = post.title
    # "and our new Claude Haiku 6"; but ", a vision model" lists nothing
    start = title.skip(at, lambda at: title.tokens[at].low in _DETERMINERS)
    mention = next((mention for mention in title.mentions if mention.start == start), None)
    if mention and (mention.family or mention.app or mention.benchmark):
        listed = mention in post.models and (_says_more(post, mention) or not _says_more(post, first))
        return (post.name(mention), mention.end) if listed else None
    end = _end_of_words(title, at)
    goes_on = title.tells(end, "arrival", "noun", "announce", "filler", "count")
    if end == at or not (title.breaks_before(end) or (goes_on and not title.tells(end, "product"))):
        return None  # "and Agent Tools" lists nothing
    text = _completed(title.tokens[first.start : first.end], title.tokens[at:end])
    if text:
        return post.named(text, first.start), end
    return (post.name(mention), mention.end) if mention and mention in post.models else None


def _says_more(post: Post, mention: Mention) -> bool:
    """Whether a name says more than the family, which is no news beside a model: GPT-6 and Sora."""
    name = post.name(mention)
    return bool(name.version or name.line or name.size)


def _end_of_words(title: Title, start: int) -> int:
    """Return where a name's words and numbers end that stand at this place without a family."""

    def belongs(at: int) -> bool:
        token = title.tokens[at]
        new = token.role == "word" and token.text[0].isupper() and not title.told[at]
        part = new or token.role == "line" or token.role in NUMBERS
        return part and (at == start or not title.breaks_before(at))

    return title.skip(start, belongs)


def _completed(first: Sequence[Token], different: Sequence[Token]) -> str:
    """Return a name that only tells what is different from the first, or "" if they are not of one kind."""
    known = known_at(first, 0)
    family = first[: known[1] if known else 1]
    rest = first[len(family) :]
    kept: Sequence[Token] = ()
    if rest and different[0].role in NUMBERS:  # Gemini 3.8 Flash and 3.5 Flash Cyber
        kept = family
    elif rest and different[-1].role in NUMBERS:
        if rest[0].role not in NUMBERS:  # Claude Fable 5 and Mythos 5
            kept = family
        elif family[-1].role == different[0].role:  # Mistral Medium 4 and Small 5
            kept = family[:-1]
    elif rest:  # GPT-5.4 mini and nano; GPT-6 Sol and Luna
        kept = first
        while kept and kept[-1].role not in NUMBERS:
            kept = kept[:-1]
        if {token.role for token in first[len(kept) :]} != {token.role for token in different}:
            return ""
    if not kept:
        return ""
    joint = different[0]._replace(gap=first[len(kept)].gap or " ")
    return spelled((*kept, joint, *different[1:]))
