"""Judge a listed model: llm-stats gives effort modes, stages and aliases rows of their own."""

from bot.model import Kind, Sighting, Verdict
from bot.releases.families import spelled
from bot.releases.names import parse, read_name, stage_meanings
from bot.releases.tables import mapping
from bot.releases.tokens import LONGEST_NAME, Token

_EFFORTS = frozenset({"minimal", "low", "medium", "high", "xhigh"})
_ALIASES = frozenset({"latest", "default"})


def judge_listing(sighting: Sighting) -> Verdict:
    """Return what a listed name stands for; a row that is an effort mode has the model's own name."""
    reading = read_name(sighting.title[: LONGEST_NAME * 2], sighting.lab)
    if len(sighting.title) > LONGEST_NAME or not reading.tokens:
        return Verdict(Kind.OTHER, "no model has such a name")
    companions = mapping("companions.tsv", "word", "what")
    for token in reading.rest:
        if token.low in companions:
            return Verdict(Kind.OTHER, f"the name says that it is {companions[token.low]}", reading.name)
    if reading.tokens[-1].low in _ALIASES:
        return Verdict(Kind.OTHER, "an alias that points at another model from time to time", reading.name)
    if _is_effort(reading.tokens, len(reading.tokens) - len(reading.rest)):
        name = parse(spelled(reading.tokens[:-1]), sighting.lab)
        return Verdict(Kind.RELEASE, "a listed mode of effort stands for the model itself", name)
    if stage_meanings(reading.name.stage) == {"base"}:
        return Verdict(Kind.VARIANT, "the base of the tuned model", reading.name)
    if reading.name.packaging:
        return Verdict(Kind.VARIANT, f"the same weights as {reading.name.packaging}", reading.name)
    return Verdict(Kind.RELEASE, "LLM Stats lists a model by this name", reading.name)


def _is_effort(tokens: tuple[Token, ...], family_end: int) -> bool:
    """Tell whether a name ends with how long the model thinks: gpt-5-high, DeepSeek-V4-Pro-Max.

    "medium" behind the family alone is a size (Mistral Medium), and so is "max" (Qwen-Max, QVQ-Max) unless
    another word of size stands before it.
    """
    if len(tokens) < 2:
        return False
    last, before = tokens[-1].low, tokens[-2]
    if last == "max":
        return mapping("lines.tsv", "word", "group").get(before.low) == "size"
    return last in _EFFORTS and len(tokens) - 1 > family_end
