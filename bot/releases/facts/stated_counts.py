"""The numbers of parameters that prose states: all of a model's, and those in use for one token.

Each number goes with the word that says what it is a number of, before it ("activates 11B") or behind it
("11B activated"). Numbers of other things are taken out first: training tokens, a vision encoder, another
lab's model.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.releases.facts.figures import UNITS, Stated


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDED = {"a": 1} | {word: at for at, word in enumerate(_DIGITS, 1)}
_SCALES = {"trillion": 10**12, "billion": 10**9, "million": 10**6, "万亿": 10**12, "亿": 10**8}
_NUMBER = r"(?<![\w.,×-])(?:\d{1,3}(?:,\d{3})+|\d{1,7}(?:\.\d{1,3})?)"
_UNIT = rf"(?:{'|'.join(_SCALES)}|[TBM])(?![A-Za-z0-9])"
_COUNT = rf"(?:{_NUMBER}[ -]?|(?<!half )\b(?:{'|'.join(_WORDED)})[ -](?=[tbm]r?illion)){_UNIT}"
_RANGE = rf"{_NUMBER} ?[TBM]?(?: ?[–~∼-] ?| to )\d{{1,7}}(?:\.\d{{1,3}})? ?{_UNIT}"
_SEVERAL = rf"{_COUNT}(?: ?, ?{_COUNT}){{0,5}},? (?:and|or|&) {_COUNT}"
_COUNTS = _pattern(rf"(?P<several>{_RANGE}|{_SEVERAL})|{_COUNT}")
_PARAMETERS = r"(?:param(?:eter)?s?\b|参数量?)"

# --- what is taken out of a text

_HYPHENS = str.maketrans("\u2010\u2011\u2212", "---")
_SCRIPTS_MEET = _pattern(r"(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3400-\u9fff])")
_PREDECESSOR = _pattern(r"\bfrom\b[^;]{1,100}? to (?=\d)")
_OTHER_MODEL = _pattern(
    r"(?:\b(?:outperform|surpass|exceed|beat|rival|match|compar|compet|approach|distill|teacher)\w*"
    r"|\b(?:than|versus|vs|against|unlike|like|such as|similar to|on par with|close to|equivalent to)\b"
    r"|超越|超过|优于|媲美|相比|对标|大于)"
    r"(?:\([^()]{0,200}\)|(?!\b(?:while|despite|but|yet|although)\b)[^,;()])*"
)
_PART = (
    r"(?:encoder|backbone|tower|vit|\w{1,10}vit|draft\w{0,4}|adapter|projector|embeddings?|decoder(?!-only)"
    r"|reward|judge|router|mtp|lora|connector|tokenizer|vocoder|codec|编码器|视觉编码器)"
)
_NO_PARAMETERS = (
    r"(?:tokens?|words|characters|samples|examples|images?|videos?|documents|pairs|hours|users|downloads"
    r"|dollars|usd|steps|people|speakers|developers|queries|requests|词元|数据)"
)
_NOT_BETWEEN = r"(?:param|activ|total|(?:per|for|each|every|on|to|is|are|has|with|that|which|model|moe)\b)"
_OTHER_THING = _pattern(
    rf"{_COUNT}(?:[ -](?!{_NOT_BETWEEN})\w{{1,20}}){{0,5}}?[ -]{_NO_PARAMETERS}(?!\w)"
    rf"|{_COUNT}(?:[ -](?:tokens?|native|long|input))?[ -](?:context|上下文)"
    rf"|{_COUNT}(?:[ -]{_PARAMETERS})?(?:[ -](?!{_PARAMETERS})\w{{1,20}}){{0,3}}?[ -]{_PART}(?!\w)"
    rf"|(?<!\w){_PART}(?!\w)(?:[ ,:]+(?:of|with|has|is|at|about|{_PARAMETERS})){{0,4}}[ ,:]*{_COUNT}"
    rf"|\bcontext(?: length| window| size)?(?: of| up to| to|:)* {_COUNT}"
    r"|\bactive (?=users?\b|community|develop|learning|research)|\bactive(?:ated)? experts?\b"
)

# --- the words that say what a number is a number of

_TOTAL = r"(?P<total>\b(?:total(?:s|l?ing)?|overall|altogether|in all)\b|总)"
_ACTIVE = r"\b(?:active|activated|live(?= param)|averaging|on average)\b|激活"
_BEHIND_ONLY = r"\bper (?:token|forward|inference)\b|\b(?:for|at) (?:each|every|a) (?:token|step|forward)\b"
_VERB = r"\bactivat(?:es|ing|e)\b"
_ACTIVE_WORD = _pattern(f"{_ACTIVE}|{_BEHIND_ONLY}|{_VERB}")
# A word of letters or one Chinese sign, which cannot be divided: otherwise long words would take hours.
_WORD = r"(?:[^\W\u3400-\u9fff]++|[\u3400-\u9fff])"
_NEW_THOUGHT = rf"(?:(?:and|with|but|while|where|yet|plus)\b|{_VERB}|总|激活)"
_BEHIND = _pattern(
    rf"(?:[ -]*+(?!{_NEW_THOUGHT}){_WORD}){{0,6}}?[ -]*+"
    rf"(?:{_TOTAL}|(?P<active>{_ACTIVE}|{_BEHIND_ONLY}))"
)
_AHEAD = _pattern(
    rf"(?:{_TOTAL}{_PARAMETERS}?(?:[ ,:]*+{_WORD}){{0,3}}"
    rf"|(?P<active>(?:{_ACTIVE}){_PARAMETERS}?(?:[ ,:]*+{_WORD}){{0,3}}"
    rf"|{_VERB}(?:[ ,:%/]*+{_WORD}){{0,8}}))[ ,:|]*+$"
)
_REST = _pattern(
    rf"({_COUNT})(?:[ ,-]+\w{{1,40}}){{0,5}}?[ ,]+(?:of|from)"
    rf"(?: (?:its|the|an?|all|total|about|around|over|some|nearly|approximately))* ({_COUNT})"
)
_NAMED_SIZE = _pattern(
    rf"(^|[:,;] |\b(?:an?|the|is|our|of|with|has|having) )({_COUNT})(?:[ -]{_PARAMETERS})?(?:-| ?, ?| )"
    r"A(\d{1,4}(?:\.\d{1,3})?B)(?![\w-])"
)
_IN_PARALLEL = _pattern(
    rf"\b(total|activ\w{{1,6}})[ /&]+(total|activ\w{{1,6}})(?: {_PARAMETERS})?: ?({_COUNT}) ?/ ?({_COUNT})"
)
_WHOLE = _pattern(rf"[ -](?:\w{{1,20}}[ -]){{0,3}}?(?:moe|mixture|model|{_PARAMETERS})| ?, ?$")
_SIZE_BEFORE = _pattern(rf"(?:{_PARAMETERS}|\bsize|规模)(?: (?:is|are|of)|为|达到?)?[ ,:|]*$")
_ITS_SIZE = _pattern(
    r"(?:\b(?:is|are|has|have|contains|comprises|features|with)\b|拥有|具有|包含|^an?\b|, an?\b)"
    rf"(?:[ -]+\w{{1,20}}){{0,4}}? ?({_COUNT})[ -]?{_PARAMETERS}"
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？])")


def plain(text: str) -> str:
    """Return a text with the signs of one script, commas for brackets and no figures of other models."""
    text = _SCRIPTS_MEET.sub(" ", unicodedata.normalize("NFKC", text).translate(_HYPHENS))
    text = _OTHER_MODEL.sub(" ", text)
    text = re.sub(r"[)\]≈+]|(?<![0-9BMT])[~∼]|约", " ", re.sub(r"[(\[]", " , ", text))
    return " ".join(_PREDECESSOR.sub("", text).split())


def counts_in(text: str, *, is_size: bool = False) -> list[Stated]:
    """Return what each sentence of a text states, a total with its actives where they stand together.

    `is_size`: the text answers the question for the size, so that a number alone is the total.
    """
    found: list[Stated] = []
    for sentence in _sentences(text):
        start = len(found)
        for figure in _as_size(_figures(sentence), is_size=is_size):
            if figure.of and (len(found) == start or getattr(found[-1], figure.of) is not None):
                found.append(Stated())
            if figure.of:
                found[-1] = replace(found[-1], **{figure.of: figure.value})
    return [it for it in found if it != Stated()]


@lru_cache(maxsize=1_000)  # an answer asks for the summary of each release several times
def said_of_itself(text: str) -> Stated:
    """Return the total and active parameters on which all sentences of a text agree."""
    found = counts_in(text)
    totals = found if any(it.total for it in found) else sizes_in(text)
    return Stated(agreed(it.total for it in totals), agreed(it.active for it in found))


def sizes_in(text: str) -> list[Stated]:
    """Return what sentences give as a model's size without the word "total": "is a 198B-parameter model"."""
    return [Stated(_value(found[1])) for it in _sentences(text) for found in _ITS_SIZE.finditer(it)]


def agreed(values: Iterable[int | None]) -> int | None:
    """Return the figure that all values amount to, within a rounding of 5 %, or None."""
    known = [value for value in values if value]
    return known[0] if known and max(known) <= 1.05 * min(known) else None


@dataclass(frozen=True, slots=True)
class _Figure:
    """One number of a sentence."""

    value: int | None
    of: str  # "total", "active" or ""
    whole: bool  # whether it can be a model's size


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(plain(text)):
        apart = _IN_PARALLEL.sub(r"\3 \1 ; \4 \2", sentence)
        bare = _NAMED_SIZE.sub(r"\1\2 total , \3 active", _OTHER_THING.sub(" , ", apart))
        yield _REST.sub(r"\1 active ; \2 total", bare) if _ACTIVE_WORD.search(bare) else bare


def _figures(sentence: str) -> list[_Figure]:
    """Return a sentence's numbers in order; a word goes with the number that it leads to, or else follows."""
    counts = list(_COUNTS.finditer(sentence))
    starts = [*(count.start() for count in counts), len(sentence)]
    figures: list[_Figure] = []
    before = sentence[: starts[0]]
    for count, following in zip(counts, starts[1:], strict=True):
        behind = sentence[count.end() : following]
        whole = bool(_WHOLE.match(behind) or _SIZE_BEFORE.search(before))
        word = _AHEAD.search(before)
        if not word and (word := _BEHIND.match(behind)):
            behind = behind[word.end() :]
        value = None if count["several"] else _value(count[0])
        figures.append(_Figure(value, (word and word.lastgroup) or "", whole))
        before = behind
    return figures


def _as_size(figures: list[_Figure], *, is_size: bool) -> list[_Figure]:
    """Return the figures with a bare size as the total: beside actives, or alone where it is asked for."""
    asked = [figure for figure in figures if not figure.of] if is_size else []
    if len(asked) == 1 and not any(figure.of == "total" for figure in figures):
        return [replace(it, of="total") if it is asked[0] else it for it in figures]
    found = list(figures)
    for at, figure in enumerate(figures):
        neighbour = figures[at + 1 : at + 2] or figures[max(0, at - 1) : at]
        if figure.whole and not figure.of and any(it.of == "active" for it in neighbour):
            found[at] = replace(figure, of="total")
    return found


def _value(text: str) -> int:
    found = re.match(rf"(.*?)[ -]?({_UNIT})$", text, re.IGNORECASE)
    number, unit = (found[1].lower(), found[2].lower()) if found else ("0", "m")
    factor = _SCALES.get(unit) or UNITS[unit.upper()]
    return round(float(_WORDED.get(number) or number.replace(",", "")) * factor)
