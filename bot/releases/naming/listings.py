"""Judge a listed model: llm-stats gives effort modes, stages and aliases rows of their own."""

from bot.model import Kind, Sighting, Verdict
from bot.releases.naming.families import spelled
from bot.releases.naming.names import Reading, parse, read_name, stage_meanings
from bot.releases.naming.tokens import LONGEST_NAME
from bot.releases.tables import mapping

_EFFORTS = frozenset({"minimal", "low", "medium", "high", "xhigh"})
_TIERS = frozenset({"highspeed", "fast", "turbo"})
_ALIASES = frozenset({"latest", "default"})


def judge_listing(sighting: Sighting) -> Verdict:
    """Return what a listed name stands for; a row that is an effort mode has the model's own name."""
    reading = read_name(sighting.title, sighting.lab) if len(sighting.title) <= LONGEST_NAME else None
    if not reading or not reading.tokens:
        return Verdict(Kind.OTHER, "no model has such a name")
    name = reading.name
    beside = _beside(reading)
    if beside:
        return Verdict(Kind.OTHER, f"the name says that it is {beside}", name)
    mode = "mode of effort" if _is_effort(reading) else "speed of serving" if _is_tier(reading) else ""
    if mode:
        model = parse(spelled(reading.tokens[:-1]), sighting.lab)
        return Verdict(Kind.RELEASE, f"a listed {mode} stands for the model itself", model)
    variant = _why_variant(reading)
    if variant:
        return Verdict(Kind.VARIANT, variant, name)
    return Verdict(Kind.RELEASE, "LLM Stats lists a model by this name", name)


def _beside(reading: Reading) -> str:
    """Return what a listed name is beside a model (a draft head, an alias ...), or ""."""
    companions = mapping("companions.tsv", "word", "what")
    part = next((companions[token.low] for token in reading.rest if token.low in companions), "")
    if part:
        return part
    name = reading.name
    only_stage = name.stage and not (name.version or name.line or name.size or name.stamp)
    if reading.tokens[-1].low in _ALIASES or (reading.family.owners and only_stage):
        return "an alias, which points at another model from time to time"
    return ""


def _why_variant(reading: Reading) -> str:
    """Return why a listed name may mean the same release as another, or ""."""
    name = reading.name
    if name.packaging or stage_meanings(name.stage) == {"base"}:
        return f"the same release as {name.packaging or 'the base of the tuned model'}"
    if name.version and reading.tokens[-1].low in _TIERS:
        return "a listed speed of serving, unless it is a model of its own"
    return ""


def _is_effort(reading: Reading) -> bool:
    """Whether a name ends with how long the model thinks: gpt-5-high, DeepSeek-V4-Pro-Max.

    "medium" behind the family alone is a size (Mistral Medium), and so is "max" (Qwen-Max, QVQ-Max) unless
    another word of size stands before it.
    """
    if len(reading.tokens) < 2:
        return False
    last, before = reading.tokens[-1].low, reading.tokens[-2].low
    if last == "max":
        return mapping("lines.tsv", "word", "group").get(before) == "size"
    return last in _EFFORTS and (last != "medium" or len(reading.rest) > 1)


def _is_tier(reading: Reading) -> bool:
    """Whether a name ends with how fast a model is served: MiniMax-M2.7-highspeed, Opus 4.6 fast.

    Right behind the version, "fast" and "turbo" may name a model of its own (Grok 4 Fast, GLM-5-Turbo) or a
    tier (Kimi K2 Turbo); behind a size, or behind how the model answers, they are tiers.
    """
    last = reading.tokens[-1].low
    if last not in _TIERS or len(reading.rest) < 2:
        return False
    name = reading.name
    others = mapping("lines.tsv", "word", "group")
    modes = [word for word in name.line.lower().split("-")[:-1] if others.get(word) in {"size", "mode"}]
    return last == "highspeed" or bool(name.size or modes)
