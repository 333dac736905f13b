"""What a sighting is: a release, a variant of one, a product, or something else."""

import re
from dataclasses import replace

from bot.model import Kind, Sighting, SourceKind, Verdict
from bot.releases.facts.text import mentions
from bot.releases.naming.families import spelled
from bot.releases.naming.labs import Labs
from bot.releases.naming.names import Reading, parse, read_name, stage_meanings
from bot.releases.naming.posts import judge_post
from bot.releases.naming.repositories import Siblings, judge_repository
from bot.releases.naming.tokens import LONGEST_NAME, clean, kind_of_line
from bot.releases.tables import mapping

_ALONE = Siblings()
_WORD = re.compile(r"\w+")
_LONGEST = 1_000  # characters of a title; no announcement says its model's name after that
_EFFORTS = frozenset({"minimal", "low", "medium", "high", "xhigh"})
_TIERS = frozenset({"highspeed", "fast", "turbo"})


def judge(sighting: Sighting, labs: Labs, siblings: Siblings = _ALONE) -> Verdict:
    """Return the verdict on one sighting; docs/reference/identity.md has the rules.

    `siblings` are the repositories that the organisation of a Hub sighting lists. Whether a release is new,
    or a variant belongs to one, is for bot.releases.news.decide, which sees the others.
    """
    match sighting.source:
        case SourceKind.HUB:
            return judge_repository(sighting, labs.owners_of(sighting.lab), siblings)
        case SourceKind.LLM_STATS | SourceKind.IMPORT:
            return _judge_listing(sighting)
        case _:
            learned = _learned(sighting, labs)
            return learned or _within(sighting.include, judge_post(sighting, labs.owners_of(sighting.lab)))


def _learned(sighting: Sighting, labs: Labs) -> Verdict | None:
    """Return what feeds.yaml says of this title, where a person has taught the bot a name."""
    lab = labs.find(sighting.lab)
    if not lab or not lab.learned:
        return None
    title = clean(sighting.title, _LONGEST).casefold()
    for said, meant in lab.learned:
        words = r"\W+".join(map(re.escape, _WORD.findall(said.casefold())))
        # whole words, without a number behind them: that is the next version
        if words and re.search(rf"(?<!\w){words}(?!\w|[ .-]?v?\d)", title):
            reason = f"feeds.yaml says that “{said}” means {meant}"
            return Verdict(Kind.RELEASE, reason, parse(meant, sighting.lab))
    return None


def _within(include: tuple[str, ...], verdict: Verdict) -> Verdict:
    """Return the verdict on a post of a source that is read for some names only.

    A post that compares itself with SmolLM2 has the word in its title, and announces somebody else's model.
    """
    if verdict.kind is not Kind.RELEASE or not include:
        return verdict
    names = [name for name in (verdict.name, *verdict.also) if name and mentions(include, name.display)]
    if not names:
        wanted = ", ".join(include)
        return replace(verdict, kind=Kind.OTHER, reason=f"feeds.yaml reads this source for {wanted} only")
    return replace(verdict, name=names[0], also=tuple(names[1:]))


def _judge_listing(sighting: Sighting) -> Verdict:
    """Return what a listed name stands for; a row that is an effort mode has the model's own name.

    LLM Stats gives effort modes, stages and aliases rows of their own.
    """
    reading = read_name(sighting.title, sighting.lab) if len(sighting.title) <= LONGEST_NAME else None
    if not reading or not reading.tokens:
        return Verdict(Kind.OTHER, "no model has such a name")
    name, last = reading.name, reading.tokens[-1].low
    beside = _beside(reading)
    if beside:
        return Verdict(Kind.OTHER, f"the name says that it is {beside}", name)
    mode = "mode of effort" if _is_effort(reading) else "speed of serving" if _is_tier(reading) else ""
    if mode:
        model = parse(spelled(reading.tokens[:-1]), sighting.lab)
        return Verdict(Kind.RELEASE, f"a listed {mode} stands for the model itself", model)
    if name.packaging or stage_meanings(name.stage) == {"base"}:
        same = name.packaging or "the base of the tuned model"
        return Verdict(Kind.VARIANT, f"the same release as {same}", name)
    if name.version and last in _TIERS:
        return Verdict(Kind.VARIANT, "a listed speed of serving, unless it is a model of its own", name)
    return Verdict(Kind.RELEASE, "LLM Stats lists a model by this name", name)


def _beside(reading: Reading) -> str:
    """Return what a listed name is beside a model (a draft head, an alias ...), or ""."""
    companions, name = mapping("companions.tsv", "word", "what"), reading.name
    part = next((companions[token.low] for token in reading.rest if token.low in companions), "")
    if part:
        return part
    only_stage = name.stage and not (name.version or name.line or name.size or name.stamp)
    moves = reading.tokens[-1].low in {"latest", "default"} or (reading.family.owners and only_stage)
    return "an alias, which points at another model from time to time" if moves else ""


def _is_effort(reading: Reading) -> bool:
    """Whether a name ends with how long the model thinks: gpt-5-high, DeepSeek-V4-Pro-Max.

    "medium" behind the family alone is a size (Mistral Medium), and so is "max" (Qwen-Max, QVQ-Max) unless
    another word of size stands before it.
    """
    if len(reading.tokens) < 2:
        return False
    last, before = reading.tokens[-1].low, reading.tokens[-2].low
    if last == "max":
        return kind_of_line(before) == "size"
    return last in _EFFORTS and (last != "medium" or len(reading.rest) > 1)


def _is_tier(reading: Reading) -> bool:
    """Whether a name ends with how fast a model is served: MiniMax-M2.7-highspeed, Opus 4.6 fast.

    Right behind the version, "fast" and "turbo" may name a model of its own (Grok 4 Fast, GLM-5-Turbo) or a
    tier (Kimi K2 Turbo); behind a size, or behind how the model answers, they are tiers.
    """
    last = reading.tokens[-1].low
    if last not in _TIERS or len(reading.rest) < 2:
        return False
    before = reading.name.line.lower().split("-")[:-1]
    answers = any(kind_of_line(word) in ("size", "mode") for word in before)
    return last == "highspeed" or bool(reading.name.size) or answers
