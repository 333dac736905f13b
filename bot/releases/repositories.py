"""Judge a Hub repository by its name, its tags and its task: release, variant or something beside."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.model import Kind, Name, Sighting, Verdict
from bot.releases.families import known_at
from bot.releases.names import parse, split_owner, stage_meanings
from bot.releases.tables import mapping
from bot.releases.tokens import LONGEST_NAME, Role, Token, clean, tokenize

_BASE_MODEL = re.compile(r"base_model:(?:(adapter|merge|quantized|finetune):)?([\w.-]+)/([\w.-]+)")
_LATENT_GRID = re.compile(r"f\d+[cd]\d+")  # f16d64: 16 times smaller, 64 channels
_CAPITALS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Repository:
    """Hold a repository as the rules see it; all text but the name's is lower-case."""

    name: Name
    owners: frozenset[str]  # of its lab
    tokens: Sequence[Token]
    tags: frozenset[str]
    parents: tuple[tuple[str, str, str], ...]  # relation, owner, repository: what the card says it was made from

    @property
    def own_parents(self) -> Iterator[tuple[str, str]]:
        """Return relation and repository of the parents that the same lab published."""
        return ((relation, name) for relation, owner, name in self.parents if owner in self.owners)


Rule = Callable[[Repository], Verdict | None]


def judge_repository(sighting: Sighting, owners: frozenset[str]) -> Verdict:
    """Return what a Hub repository is; `owners` are the lab's id, name and Hub owners."""
    owner, repository = split_owner(sighting.title)
    if len(repository) > LONGEST_NAME or not clean(repository):
        return Verdict(Kind.OTHER, "no repository of the Hub has such a name")
    owners = frozenset(text.lower() for text in (*owners, owner) if text)
    name = parse(sighting.title, sighting.lab)
    seen = Repository(
        name,
        owners,
        tokenize(clean(repository)),
        frozenset(tag.lower() for tag in sighting.tags),
        tuple(_parents(sighting.tags)),
    )
    for rule in _RULES:
        verdict = rule(seen)
        if verdict:
            return verdict
    return Verdict(Kind.RELEASE, "the lab's own weights under their own name", name)


def _parents(tags: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for tag in tags:
        match = _BASE_MODEL.fullmatch(tag)
        if match:
            yield match[1] or "", match[2].lower(), match[3].lower()


def _is_companion(seen: Repository) -> Verdict | None:
    companions = mapping("companions.tsv", "word", "what")
    if seen.tokens[0].role is Role.PACKAGING:
        return Verdict(Kind.OTHER, "the name starts with a packaging: a part of another model", seen.name)
    known = known_at(seen.tokens, 0)
    for token in seen.tokens[known[1] if known else 0 :]:
        if _LATENT_GRID.fullmatch(token.low):
            return Verdict(Kind.OTHER, "the name gives the grid of an autoencoder", seen.name)
        for word in (token.low, *_inner_words(token.text)):
            if word in companions:
                return Verdict(Kind.OTHER, f"the name says that it is {companions[word]}", seen.name)
    return None


def _inner_words(text: str) -> list[str]:
    """Return the words of a CamelCase token: VisionReward has a reward in it."""
    words = _CAPITALS.findall(text)
    return [word.lower() for word in words] if len(words) > 1 else []


def _is_tagged_otherwise(seen: Repository) -> Verdict | None:
    if any(relation == "adapter" for relation, _, _ in seen.parents) or not seen.tags.isdisjoint({"lora", "peft"}):
        return Verdict(Kind.OTHER, "its tags say that it is an adapter", seen.name)
    if not seen.tags.isdisjoint({"reward model", "reward-model", "reward_model"}):
        return Verdict(Kind.OTHER, "its tags say that it is a reward model", seen.name)
    return None


def _is_of_another_lab(seen: Repository) -> Verdict | None:
    if any(relation == "quantized" and owner not in seen.owners for relation, owner, _ in seen.parents):
        return Verdict(Kind.OTHER, "another lab's model, packaged again", seen.name)
    found = known_at(seen.tokens, 0)
    if not found or found[0].of(seen.owners) or not seen.name.packaging:
        return None
    if any(token.role is Role.WORD for token in seen.tokens[found[1] :]):
        return None
    return Verdict(Kind.OTHER, f"{found[0].name} is another lab's family", seen.name)


def _is_packaged(seen: Repository) -> Verdict | None:
    layouts = [part for part in (seen.name.packaging, _layout(seen.name.stage)) if part]
    if not layouts or [layout.lower() for layout in layouts] == [_heads(seen)]:
        return None
    return Verdict(Kind.VARIANT, f"the same weights as {'-'.join(layouts)}", seen.name)


def _heads(seen: Repository) -> str:
    """Return the packaging, format or stage under which the family's own heads are published."""
    found = known_at(seen.tokens, 0)
    return found[0].heads if found else ""


def _layout(stage: str) -> str:
    return "-".join(word for word in stage.split("-") if "format" in stage_meanings(word))


def _is_unfinished(seen: Repository) -> Verdict | None:
    meanings = stage_meanings(seen.name.stage)
    if seen.name.stage.lower() == _heads(seen):
        return None
    if "base" in meanings and "tuned" not in meanings:
        return Verdict(Kind.VARIANT, "the base of the tuned model", seen.name)
    if "step" in meanings:
        return Verdict(Kind.VARIANT, "a step of the training on the way to the tuned model", seen.name)
    return None


_RULES: tuple[Rule, ...] = (_is_companion, _is_tagged_otherwise, _is_of_another_lab, _is_packaged, _is_unfinished)
