"""A post as the rules see it, and the verdicts that they end in."""

import re
from dataclasses import dataclass, replace

from bot.model import Kind, Name, Sighting, Verdict
from bot.releases.naming.families import known_at
from bot.releases.naming.names import parse
from bot.releases.naming.titles import ARTICLES, PREPOSITIONS, Mention, Title


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
        """Return whether a word of the title is one of the lab's names."""
        return self.title.tokens[at].low in self.lab_words

    def is_around(self, at: int) -> bool:
        """Return whether a word may stand around an announced name without changing what is said."""
        return self.title.tells(at, "filler", "noun") or self.is_lab(at)

    def is_before(self, at: int) -> bool:
        """Return whether a word may stand before the name that a title begins with."""
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
    app = not title.breaks_before(end) and (title.tells(end, "product") or _is_made_with(title, mention))
    if _is_called_something_else(title, mention):
        return Verdict(Kind.PRODUCT, f"the title says what {mention.text} is: no model")
    device = not mention.family and "device" in title.roles and not _has_parameters(title, mention)
    if app or device:
        return Verdict(Kind.PRODUCT, f"{mention.text} is an app, an interface or a device")
    if not mention.family and _has_version_of_library(title, mention):
        return Verdict(Kind.PRODUCT, f"{mention.text} has a version as libraries have it")
    name = post.name(mention)
    if name.packaging:
        return Verdict(Kind.VARIANT, f"the title is about a packaging: {name.packaging}", name)
    return Verdict(Kind.RELEASE, reason, name, waits=waits)


_LONGEST_APPOSITION = 7  # words


def _is_called_something_else(title: Title, mention: Mention) -> bool:
    """Return whether an apposition says that a name is no model's: "Aya: An Open Science Initiative".

    What has a version may be any app's subject, but no library: "Olmo-core 3: Open ... infrastructure".
    """
    start = mention.end
    if start == len(title.tokens):
        return False
    roles = ("software",) if mention.numbered else ("device", "product", "topic", "software")
    if not (":" in title.tokens[start].gap if mention.numbered else title.tokens[start].low in ARTICLES):
        return False
    for at in range(start, min(start + _LONGEST_APPOSITION, len(title.tokens))):
        if title.tells(at, "noun", "deed", "effect") or title.tokens[at].low in PREPOSITIONS:
            return False
        if title.tells(at, *roles) and title.end_of_phrase(at) == at + 1:
            return True
    return False


def _is_made_with(title: Title, mention: Mention) -> bool:
    """Return whether a family without a version only tells whose thing is news: OlmoEarth embeddings."""
    token, after = title.tokens[mention.end], mention.end + 1
    if mention.numbered or token.role != "line" or not token.text.islower() or token.gap != " ":
        return False
    return title.breaks_before(after) or not title.tells(after, "noun")


_PARAMETERS = re.compile(r"\d+(\.\d+)?[bm]")


def _has_parameters(title: Title, mention: Mention) -> bool:
    """Return whether a name has the size of a model, which may run on a phone: Bonsai 27B."""
    return any(_PARAMETERS.fullmatch(token.low) for token in title.tokens[mention.start : mention.end])


_VERSION_OF_LIBRARY = re.compile(r"v?(0\.\d.*|\d+\.\d+\.\d+.*)")  # 0.4, v2.2.0, 2026.4.0


def _has_version_of_library(title: Title, mention: Mention) -> bool:
    tokens = title.tokens[mention.start : mention.end]
    return any(_VERSION_OF_LIBRARY.fullmatch(token.low) for token in tokens)
