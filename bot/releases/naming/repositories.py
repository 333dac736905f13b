"""What a Hub repository is, by its name, its tags and its siblings: a release, a variant, something beside.

The rules stand in the order in which they are asked; the first that answers decides.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from bot.model import Kind, Sighting, Verdict
from bot.releases.naming.names import Reading, read_name, split_owner, stage_meanings
from bot.releases.naming.tokens import LONGEST_NAME, checkpoint, companion_in, tokenize

_NUMBERED = re.compile(r"(.*\D)([0-9]{3,12})", re.DOTALL)
_SEAM = re.compile(r"[-_.]")
_CHECKPOINTS = 3  # this many numbers behind one stem are steps of a training
# 2507, 0905, 202606, 20260930; 2025 as in 03-2025: snapshots, however many of them there are.
_DATE = re.compile(
    r"(20)?(2[2-9]|3\d)(0[1-9]|1[0-2])([0-2]\d|3[01])?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|20[2-3]\d"
)
_LARGEST_IMAGE = 1_080
_TASKS_OF_LANGUAGE = frozenset({"text-generation", "image-text-to-text", "any-to-any"})
_LAST_BASE = re.compile(r"[-_.]base$")
_BASE_MODEL = re.compile(r"base_model:(?:(adapter|merge|quantized|finetune):)?([\w.-]+)/([\w.-]+)")
_HELPER = re.compile(r"(?<=[-_])for[-_](?=[A-Z])")
_PART_OF_TRAINING = re.compile(
    r"[-_.]((s|stage|phase|epoch|run)[-_]?\d{1,2}(?![^\W_])|mix[-_])", re.IGNORECASE
)
# Foo-7B-5T, Foo-Base-3.1TB: that much text was read by then; Foo-1T has that many parameters.
_AFTER_TOKENS = re.compile(r"(.*(?:base|\d[bm])(?![a-z0-9]).*)[-_](\d+(?:\.\d+)?T)B?", re.IGNORECASE)
_TAGS_OF = {
    "an adapter": frozenset({"lora", "peft"}),
    "a reward model": frozenset({"reward model", "reward-model", "reward_model"}),
    "a draft head": frozenset({"draft-model", "speculative-decoding", "eagle3", "dspark"}),
}
_NARROW = ("-int8", "-int4", "-fp8", "-fp4", "-nvfp4", "-mxfp4", "-awq", "-gguf")


class Siblings:
    """The names that one organisation or several list, each "owner/name", in any order and case."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in names)
        self._steps: dict[str, set[str]] = {}
        for name in self._names:
            numbered = _NUMBERED.fullmatch(name)
            if numbered and not _DATE.fullmatch(numbered[2]):
                self._steps.setdefault(numbered[1], set()).add(numbered[2])

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    def is_one_of_many_steps(self, name: str) -> bool:
        """Whether a name ends in a number as at least two of its siblings do, all else being equal.

        Snapshots by date and image resolutions are such numbers too, and are no steps of a training.
        """
        numbered = _NUMBERED.fullmatch(name.lower()) if name[-1:].isdecimal() else None
        steps = self._steps.get(numbered[1], ()) if numbered else ()
        return len(steps) >= _CHECKPOINTS and not all(map(_is_resolution, steps))

    def added_to_siblings(self, name: str) -> Iterator[str]:
        """Yield what a name adds to each sibling that it begins with: "s1" for Foo-7B-S1 beside Foo-7B."""
        low = name.lower()
        for seam in _SEAM.finditer(low):
            if low[: seam.start()] in self._names:
                yield low[seam.end() :]


def _is_resolution(number: str) -> bool:
    """Whether a number may be the edge of an image that is cut into patches of 14 or 32 points."""
    edge = int(number)
    return edge <= _LARGEST_IMAGE and (edge % 14 == 0 or edge % 32 == 0)


class Parent(NamedTuple):
    """What the card says that a repository was made from; all lower-case."""

    relation: str  # adapter, merge, quantized, finetune, or "" where the card does not say
    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as the rules see it; owners, tags and parents are lower-case."""

    title: str  # "owner/name"
    task: str  # the Hub's pipeline tag
    reading: Reading
    owners: frozenset[str]  # of its lab
    tags: frozenset[str]
    parents: tuple[Parent, ...]
    siblings: Siblings

    def is_(self, kind: Kind, reason: str) -> Verdict:
        """Return a verdict on this repository."""
        return Verdict(kind, reason, self.reading.name)


def judge_repository(sighting: Sighting, owners: frozenset[str], siblings: Siblings) -> Verdict:
    """Return what a Hub repository is; `owners` are the lab's id, name and Hub owners, lower-case.

    `siblings` are all that its organisation lists: some names mean something only beside others.
    """
    owner, repository = split_owner(sighting.title)
    reading = _read(sighting, siblings) if max(len(owner), len(repository)) <= LONGEST_NAME else None
    if not reading or not reading.tokens:
        return Verdict(Kind.OTHER, "no repository of the Hub has such a name")
    parents = (_parent(tag) for tag in sighting.tags if tag.startswith("base_model:"))
    seen = Repository(
        sighting.title,
        sighting.facts.task,
        reading,
        owners | {owner.lower()},
        frozenset(tag.lower() for tag in sighting.tags),
        tuple(filter(None, parents)),
        siblings,
    )
    return (
        _is_companion(seen)
        or _is_checkpoint_among_siblings(seen)
        or _is_tagged_otherwise(seen)
        or _is_of_another_lab(seen)
        or _is_packed_from_own(seen)
        or _is_packaged(seen)
        or _is_unfinished(seen)
        or seen.is_(Kind.RELEASE, "the lab's own weights under their own name")
    )


def _read(sighting: Sighting, siblings: Siblings) -> Reading:
    """Return the reading of a repository's name.

    A language model's "base" is a stage, however it is written, and so it is beside the model without the
    word; an encoder's is a size (see names.py).
    """
    title, of_language = sighting.title, sighting.facts.task in _TASKS_OF_LANGUAGE
    if _LAST_BASE.search(title) and (of_language or title[: -len("-base")] in siblings):
        title = f"{title[: -len('base')]}Base"
    return read_name(title, sighting.lab)


@lru_cache(maxsize=10_000)  # many repositories have the same parent
def _parent(tag: str) -> Parent | None:
    match = _BASE_MODEL.fullmatch(tag)
    return Parent(match[1] or "", match[2].lower(), match[3].lower()) if match else None


def _is_companion(seen: Repository) -> Verdict | None:
    reading, name = seen.reading, seen.reading.name
    if reading.tokens[0].role == "packaging":
        return seen.is_(Kind.OTHER, "the name starts with a packaging: a part of another model")
    tokens = reading.rest if reading.family.owners else reading.tokens
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.low in reading.family.words:
            continue
        what = companion_in(token.text, seen.task) or checkpoint(token, following)
        # An encoder with a version and a size, or one that fills in words, is no part of another model.
        of_its_own = (name.version and name.size) or seen.task == "fill-mask"
        if what and not (token.low == "encoder" and of_its_own):
            return seen.is_(Kind.OTHER, f"the name says that it is {what}")
    if _HELPER.search(seen.title):
        return seen.is_(Kind.OTHER, "the name says which other model it is for")
    return None


def _is_checkpoint_among_siblings(seen: Repository) -> Verdict | None:
    if seen.siblings.is_one_of_many_steps(seen.title):
        return seen.is_(Kind.OTHER, "one of several checkpoints that differ in a number")
    tokens = _AFTER_TOKENS.fullmatch(seen.title)
    if tokens and tokens[1] in seen.siblings:
        return seen.is_(Kind.OTHER, f"a checkpoint of the model beside it, after {tokens[2]} tokens")
    if any(seen.title[: part.start()] in seen.siblings for part in _PART_OF_TRAINING.finditer(seen.title)):
        return seen.is_(Kind.OTHER, "a part of the training of the model beside it")
    return None


def _is_tagged_otherwise(seen: Repository) -> Verdict | None:
    if any(parent.relation == "adapter" for parent in seen.parents):
        return seen.is_(Kind.OTHER, "its tags say that it is an adapter")
    what = next((what for what, tags in _TAGS_OF.items() if not seen.tags.isdisjoint(tags)), "")
    return seen.is_(Kind.OTHER, f"its tags say that it is {what}") if what else None


def _is_of_another_lab(seen: Repository) -> Verdict | None:
    reading = seen.reading
    foreign = any(it.relation == "quantized" and it.owner not in seen.owners for it in seen.parents)
    if foreign and not _is_own_in_spite_of_its_card(seen):
        return seen.is_(Kind.OTHER, "another lab's model, packaged again")
    if reading.family.of(seen.owners) or not reading.name.packaging:
        return None
    own = {token.text for token in reading.tokens if token.role == "word"}
    if any(token.role == "line" and token.text in own for token in reading.rest):
        return None  # it has a word of its own behind the family: Qwen2.5-VL-7B-Surg
    return seen.is_(Kind.OTHER, f"{reading.family.name} is another lab's family, packaged again")


def _is_own_in_spite_of_its_card(seen: Repository) -> bool:
    """Whether the packaged model is the lab's, though its card names what that was tuned from.

    It is where the name is of the lab's own family, or where the lab lists the same name unpackaged.
    """
    family = seen.reading.family
    if family.owners:
        return family.of(seen.owners)
    added = (tokenize(text) for text in seen.siblings.added_to_siblings(seen.title))
    return any(tokens and tokens[0].role == "packaging" for tokens in added)


def _is_packed_from_own(seen: Repository) -> Verdict | None:
    """A quantization of the lab's own model, as its card says, has the name of that model."""
    owner, repository = split_owner(seen.title)
    for parent in seen.parents:
        model, added = repository[: len(parent.name)], repository[len(parent.name) :]
        own = parent.relation == "quantized" and parent.owner in seen.owners
        if own and model.lower() == parent.name and added.startswith(("-", "_", ".")):
            name = read_name(f"{owner}/{model}", seen.reading.name.lab).name
            packed = replace(name, packaging=added.strip("-_."))
            return Verdict(Kind.VARIANT, f"its tags say that it is {model}, packaged again", packed)
    return None


def _is_packaged(seen: Repository) -> Verdict | None:
    name = seen.reading.name
    layouts = [word for word in name.stage.split("-") if "format" in stage_meanings(word)]
    layout = "-".join(filter(None, (name.packaging, *layouts)))
    if not layout or layout.lower() == seen.reading.family.heads:
        return None
    model = seen.title[: -len(layout) - 1]
    full = layout.lower() in {"bf16", "fp16", "fp32"} and seen.title.endswith(layout)
    if full and model not in seen.siblings and any(model + narrow in seen.siblings for narrow in _NARROW):
        return None  # from which those beside it were made
    return seen.is_(Kind.VARIANT, f"the same weights as {layout}")


def _is_unfinished(seen: Repository) -> Verdict | None:
    """Judge by the stage; without one, tables/bare.tsv says what the repositories of known families hold."""
    stage, family = seen.reading.name.stage, seen.reading.family
    has_tuned = any(seen.title + tuned in seen.siblings for tuned in ("-instruct", "-chat", "-it"))
    if has_tuned and not (stage or family.owners):
        return seen.is_(Kind.VARIANT, "the base of the tuned model beside it")
    meanings = stage_meanings(stage)
    if stage.lower() == family.heads:
        return None
    if "base" in meanings and "tuned" not in meanings:
        return seen.is_(Kind.VARIANT, "the base of the tuned model")
    if "step" in meanings:
        return seen.is_(Kind.VARIANT, "a step of the training on the way to the tuned model")
    return None
