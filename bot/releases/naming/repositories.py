"""Judge a Hub repository by its name and tags: a release, a variant of one, or something beside."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from bot.model import Kind, Sighting, Verdict
from bot.releases.naming.companions import checkpoint, companion_in
from bot.releases.naming.names import Reading, read_name, split_owner, stage_meanings
from bot.releases.naming.siblings import Siblings
from bot.releases.naming.tokens import LONGEST_NAME, tokenize


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


Rule = Callable[[Repository], Verdict | None]


def judge_repository(sighting: Sighting, owners: frozenset[str], siblings: Siblings) -> Verdict:
    """Return what a Hub repository is; `owners` are the lab's id, name and Hub owners, lower-case.

    `siblings` are all that its organisation lists: some names mean something only beside others.
    """
    owner, repository = split_owner(sighting.title)
    reading = _read(sighting, siblings) if max(len(owner), len(repository)) <= LONGEST_NAME else None
    if not reading or not reading.tokens:
        return Verdict(Kind.OTHER, "no repository of the Hub has such a name")
    seen = Repository(
        sighting.title,
        sighting.facts.task,
        reading,
        owners | {owner.lower()},
        frozenset(tag.lower() for tag in sighting.tags),
        tuple(_parents(sighting.tags)),
        siblings,
    )
    for rule in _RULES:
        verdict = rule(seen)
        if verdict:
            return verdict
    return seen.is_(Kind.RELEASE, "the lab's own weights under their own name")


_LANGUAGE_TASKS = frozenset({"text-generation", "image-text-to-text", "any-to-any"})
_LAST_BASE = re.compile(r"[-_.]base$")


def _read(sighting: Sighting, siblings: Siblings) -> Reading:
    """Return the reading of a repository's name.

    A language model's "base" is a stage, however it is written, and so it is beside the model without the
    word; an encoder's is a size (see names.py).
    """
    title = sighting.title
    is_last = _LAST_BASE.search(title) is not None
    if is_last and (sighting.facts.task in _LANGUAGE_TASKS or title[: -len("-base")] in siblings):
        title = f"{title[: -len('base')]}Base"
    return read_name(title, sighting.lab)


_BASE_MODEL = re.compile(r"base_model:(?:(adapter|merge|quantized|finetune):)?([\w.-]+)/([\w.-]+)")


def _parents(tags: Iterable[str]) -> Iterator[Parent]:
    for tag in tags:
        parent = _parent(tag) if tag.startswith("base_model:") else None
        if parent:
            yield parent


@lru_cache(maxsize=10_000)  # many repositories have the same parent
def _parent(tag: str) -> Parent | None:
    match = _BASE_MODEL.fullmatch(tag)
    return Parent(match[1] or "", match[2].lower(), match[3].lower()) if match else None


def _is_companion(seen: Repository) -> Verdict | None:
    if seen.reading.tokens[0].role == "packaging":
        return seen.is_(Kind.OTHER, "the name starts with a packaging: a part of another model")
    reading = seen.reading
    tokens = reading.rest if reading.family.owners else reading.tokens
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.low in reading.family.words:
            continue
        what = companion_in(token.text, seen.task) or checkpoint(token, following)
        if what and not (token.low == "encoder" and _is_model_of_its_own(seen)):
            return seen.is_(Kind.OTHER, f"the name says that it is {what}")
    if _HELPER.search(seen.title):
        return seen.is_(Kind.OTHER, "the name says which other model it is for")
    return None


_HELPER = re.compile(r"(?<=[-_])for[-_](?=[A-Z])")


def _is_model_of_its_own(seen: Repository) -> bool:
    """Whether an encoder is no part of another model: it has a version and a size, or fills in words."""
    name = seen.reading.name
    return bool(name.version and name.size) or seen.task == "fill-mask"


_PART_OF_TRAINING = re.compile(
    r"[-_.]((s|stage|phase|epoch|run)[-_]?\d{1,2}(?![^\W_])|mix[-_])", re.IGNORECASE
)


# Foo-7B-5T, Foo-Base-3.1TB: that much text was read by then; Foo-1T has that many parameters.
_AFTER_TOKENS = re.compile(r"(.*(?:base|\d[bm])(?![a-z0-9]).*)[-_](\d+(?:\.\d+)?T)B?", re.IGNORECASE)


def _is_checkpoint_among_siblings(seen: Repository) -> Verdict | None:
    if seen.siblings.is_one_of_many_steps(seen.title):
        return seen.is_(Kind.OTHER, "one of several checkpoints that differ in a number")
    tokens = _AFTER_TOKENS.fullmatch(seen.title)
    if tokens and tokens[1] in seen.siblings:
        return seen.is_(Kind.OTHER, f"a checkpoint of the model beside it, after {tokens[2]} tokens")
    parts = _PART_OF_TRAINING.finditer(seen.title)
    if any(seen.title[: part.start()] in seen.siblings for part in parts):
        return seen.is_(Kind.OTHER, "a part of the training of the model beside it")
    return None


_TAGS_OF = {
    "an adapter": frozenset({"lora", "peft"}),
    "a reward model": frozenset({"reward model", "reward-model", "reward_model"}),
    "a draft head": frozenset({"draft-model", "speculative-decoding", "eagle3", "dspark"}),
}


def _is_tagged_otherwise(seen: Repository) -> Verdict | None:
    if any(parent.relation == "adapter" for parent in seen.parents):
        return seen.is_(Kind.OTHER, "its tags say that it is an adapter")
    for what, tags in _TAGS_OF.items():
        if not seen.tags.isdisjoint(tags):
            return seen.is_(Kind.OTHER, f"its tags say that it is {what}")
    return None


def _is_of_another_lab(seen: Repository) -> Verdict | None:
    foreign = any(it.relation == "quantized" and it.owner not in seen.owners for it in seen.parents)
    if foreign and not _is_own_in_spite_of_its_card(seen):
        return seen.is_(Kind.OTHER, "another lab's model, packaged again")
    family = seen.reading.family
    if family.of(seen.owners) or not seen.reading.name.packaging or _adds_a_word(seen):
        return None
    return seen.is_(Kind.OTHER, f"{family.name} is another lab's family, packaged again")


def _is_own_in_spite_of_its_card(seen: Repository) -> bool:
    """Whether the packaged model is the lab's, though its card names what that was tuned from.

    It is where the name is of the lab's own family, or where the lab lists the same name unpackaged.
    """
    family = seen.reading.family
    if family.owners:
        return family.of(seen.owners)
    added = (tokenize(text) for text in seen.siblings.added_to_siblings(seen.title))
    return any(tokens and tokens[0].role == "packaging" for tokens in added)


def _adds_a_word(seen: Repository) -> bool:
    """Whether the name has a word of its own behind the family: Qwen2.5-VL-7B-Surg."""
    own = {token.text for token in seen.reading.tokens if token.role == "word"}
    return any(token.role == "line" and token.text in own for token in seen.reading.rest)


def _is_packed_from_own(seen: Repository) -> Verdict | None:
    """A quantization of the lab's own model, as its card says, has the name of that model."""
    owner, repository = split_owner(seen.title)
    for parent in seen.parents:
        added = repository[len(parent.name) :]
        own = parent.relation == "quantized" and parent.owner in seen.owners
        if own and repository.lower().startswith(parent.name) and added[:1] in _SEAMS:
            model = repository[: len(parent.name)]
            name = read_name(f"{owner}/{model}", seen.reading.name.lab).name
            packed = replace(name, packaging=added.strip("-_."))
            return Verdict(Kind.VARIANT, f"its tags say that it is {model}, packaged again", packed)
    return None


_SEAMS = frozenset("-_.")


def _is_packaged(seen: Repository) -> Verdict | None:
    name = seen.reading.name
    layouts = [word for word in name.stage.split("-") if "format" in stage_meanings(word)]
    layout = "-".join(filter(None, (name.packaging, *layouts)))
    if not layout or layout.lower() == seen.reading.family.heads or _is_widest(seen, layout):
        return None
    return seen.is_(Kind.VARIANT, f"the same weights as {layout}")


_FULL = frozenset({"bf16", "fp16", "fp32"})
_NARROW = ("-int8", "-int4", "-fp8", "-fp4", "-nvfp4", "-mxfp4", "-awq", "-gguf")


def _is_widest(seen: Repository, layout: str) -> bool:
    """Whether the weights in full precision are what the repositories beside it were made from."""
    model = seen.title[: -len(layout) - 1]
    if layout.lower() not in _FULL or not seen.title.endswith(layout) or model in seen.siblings:
        return False
    return any(model + narrow in seen.siblings for narrow in _NARROW)


_TUNED = ("-instruct", "-chat", "-it")


def _is_base_beside_tuned(seen: Repository) -> Verdict | None:
    """Judge a name without a stage; of the families that are known, tables/bare.tsv says what these hold."""
    if seen.reading.family.owners or seen.reading.name.stage:
        return None
    if any(f"{seen.title}{tuned}" in seen.siblings for tuned in _TUNED):
        return seen.is_(Kind.VARIANT, "the base of the tuned model beside it")
    return None


def _is_unfinished(seen: Repository) -> Verdict | None:
    stage = seen.reading.name.stage
    meanings = stage_meanings(stage)
    if stage.lower() == seen.reading.family.heads:
        return None
    if "base" in meanings and "tuned" not in meanings:
        return seen.is_(Kind.VARIANT, "the base of the tuned model")
    if "step" in meanings:
        return seen.is_(Kind.VARIANT, "a step of the training on the way to the tuned model")
    return None


_RULES: tuple[Rule, ...] = (
    _is_companion,
    _is_checkpoint_among_siblings,
    _is_tagged_otherwise,
    _is_of_another_lab,
    _is_packed_from_own,
    _is_packaged,
    _is_base_beside_tuned,
    _is_unfinished,
)
