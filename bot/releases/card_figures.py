"""The figures that a model card states: parameters in total and active, context length."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.releases.figures import UNITS
from bot.releases.markdown import Block, BlockKind


def _patterns(*sources: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source, re.IGNORECASE) for source in sources)


_NUMBER = r"(?<![\w.,×])(\d{1,3}(?:,\d{3})+|\d{1,7}(?:\.\d{1,3})?)"
_COUNT = _NUMBER + r"[ -]?(trillion|billion|million|[TBM])(?![A-Za-z0-9]| ?(?:to|[-–~∼]) ?\d)"
_PARAMS = r"(?:params?|parameters?)(?![A-Za-z])"
_ACTIVE_WORD = r"(?:are |is )?(?:activated|active|activation)(?![A-Za-z])"
# A figure and what it is a figure of stand at most a few words apart; brackets are commas by then.
_TOTAL = _patterns(
    rf"{_COUNT} total[ -]{_PARAMS}",
    rf"{_COUNT} {_PARAMS} in total",
    rf"{_COUNT}(?: ,)? (?:in )?total(?![A-Za-z])",
    rf"total (?:of )?{_PARAMS}(?: of|:)? {_COUNT}",
    rf"{_COUNT}[ -]{_PARAMS}(?=[^.]{{0,40}}? \d{{1,4}}(?:\.\d)? ?(?:B|billion)[ -]{_ACTIVE_WORD})",
)
_ACTIVE = _patterns(
    rf"{_COUNT}(?: of which| of them)?(?: {_PARAMS})?(?: ,)?[ -]{_ACTIVE_WORD}",
    rf"(?:activates|activating)(?: only| about| around)? {_COUNT}",
    rf"(?:activated|active) {_PARAMS}(?: of|:)? {_COUNT}",
)
_TOKENS = _NUMBER + r" ?([KM])?(?![A-Za-z0-9])"
_ANY_COUNT, _ANY_TOKENS = _patterns(_COUNT), _patterns(_TOKENS)
_CONTEXT = _patterns(
    rf"{_TOKENS}[ -](?:tokens?[ -])?context[ -](?:length|window)",
    rf"context[ -](?:length|window)(?: of| is|:)?(?: up to)? {_TOKENS}",
)
_STRETCHED = re.compile(r"yarn|exten[ds]|extrapolat|rope|scal|train|output", re.IGNORECASE)
_PREDECESSOR = re.compile(r"\bfrom\b[^;]{1,100}? to (?=\d)", re.IGNORECASE)
_TOTAL_KEY = re.compile(r"(?:total |model )?parameters|parameter count|model size")
_ACTIVE_KEY = re.compile(r"(?:active|activated) parameters(?: per token)?")
_CONTEXT_KEY = re.compile(r"(?:max(?:imum)? |native |supported )?context(?: length| window| size)?")
_WORDS = {"trillion": "T", "billion": "B", "million": "M"}


@dataclass(frozen=True, slots=True)
class Figures:
    """Hold what a card states in figures; None means that it does not, or that it contradicts itself."""

    total: int | None = None
    active: int | None = None
    context: int | None = None


def figures_in(card: Sequence[Block], name: str = "") -> Figures:
    """Return the figures that a card states of its own model; `name` is the repository's.

    Keys with values (tables and lists) come before prose. A figure counts only when all places of its kind
    agree: cards compare models, and one of several figures would be a guess. In a table of models the row
    that has the name decides.
    """
    pairs = [(_key(key), _plain(value)) for key, value in _pairs(card, _letters(name))]
    prose = [_plain(block.text) for block in card if block.kind in (BlockKind.PROSE, BlockKind.ITEM)]
    total = _agreed(_valued(pairs, _TOTAL_KEY, _total_of) or _found(prose, _TOTAL))
    active = _agreed(
        _valued(pairs, _ACTIVE_KEY, _only_count)
        or [*_valued(pairs, _TOTAL_KEY, _active_of), *_found(prose, _ACTIVE)]
    )
    context = _agreed(_valued(pairs, _CONTEXT_KEY, _context_of) or _contexts(_sentences(prose), _CONTEXT))
    is_sane = active is None or total is None or active <= total
    return Figures(total, active if is_sane else None, context)


def _pairs(card: Sequence[Block], name: str) -> list[tuple[str, str]]:
    """Return keys with their values: list items, tables of two columns, and columns below their heading."""
    simple: list[tuple[str, str]] = []
    own: list[tuple[str, str]] = []
    rows: list[tuple[str, str]] = []
    heading: Sequence[str] = ()
    for block in card:
        cells = [cell.strip() for cell in block.text.strip("| ").split("|")]
        key, colon, value = block.text.partition(":")
        if block.kind is not BlockKind.ROW:
            heading = ()
            simple += [(key, value)] if block.kind is BlockKind.ITEM and colon else []
        elif not any(cell.strip(" -:") for cell in cells):
            continue  # the line between heading and body
        elif len(cells) == 2:
            simple.append((cells[0], cells[1]))
        elif not heading:
            heading = cells
        elif len(cells) == len(heading):
            described = own if name and _letters(cells[0]) == name else rows
            described += zip(heading, cells, strict=True)
    return simple + (own or rows)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.rpartition("/")[2].lower() if letter.isalnum())


def _key(text: str) -> str:
    key = re.sub(r"[^a-z]+", " ", text[:80].lower()).strip()
    return re.sub(
        r"\bparams?\b|\bparameter\b(?! count)", "parameters", key.removeprefix("number of ")
    ).strip()


def _plain(text: str) -> str:
    text = re.sub(r"[)\]≈]|(?<!\w)[~∼]", " ", re.sub(r"[(\[]", " , ", text))
    return " ".join(_PREDECESSOR.sub("", text).split())


def _valued(
    pairs: Iterable[tuple[str, str]], keys: re.Pattern[str], read: Callable[[str], int | None]
) -> list[int | None]:
    return [read(value) for key, value in pairs if keys.fullmatch(key)]


def _found(texts: Iterable[str], patterns: Sequence[re.Pattern[str]]) -> list[int | None]:
    return [_count(*groups) for text in texts for pattern in patterns for groups in pattern.findall(text)]


def _total_of(value: str) -> int | None:
    said = _found([value], _TOTAL)
    for pattern in _ACTIVE:
        value = pattern.sub(" ", value)
    return said[0] if said else _only_count(value)


def _active_of(value: str) -> int | None:
    return next(iter(_found([value], _ACTIVE)), None)


def _only_count(value: str) -> int | None:
    counts = _found([value], _ANY_COUNT)
    return counts[0] if len(counts) == 1 else None


def _context_of(value: str) -> int | None:
    found = _contexts([value], _ANY_TOKENS)
    is_native = len(found) == 1 or (found and re.search(r"nativ|yarn|exten[ds]", value, re.IGNORECASE))
    return found[0] if is_native else None


def _contexts(texts: Iterable[str], patterns: Sequence[re.Pattern[str]]) -> list[int | None]:
    return [_tokens(*groups) for text in texts for pattern in patterns for groups in pattern.findall(text)]


def _sentences(texts: Iterable[str]) -> list[str]:
    return [sentence for text in texts for sentence in text.split(". ") if not _STRETCHED.search(sentence)]


def _agreed(values: Iterable[int | None]) -> int | None:
    """Return the figure that all values amount to, within a rounding of 2 %, or None."""
    known = [value for value in values if value]
    return known[0] if known and max(known) <= 1.02 * min(known) else None


def _count(number: str, unit: str) -> int:
    factor = UNITS[_WORDS.get(unit.lower(), unit).upper()]
    return round(float(number.replace(",", "")) * factor)


def _tokens(number: str, unit: str) -> int | None:
    """Return a context length in tokens; "128K" is 131,072 and "200K" 200,000, as labs use them."""
    value = float(number.replace(",", ""))
    binary = value.is_integer() and int(value).bit_count() == 1
    tokens = round(
        value * {"": 1, "K": 1024 if binary else 1000, "M": 1024**2 if binary else 10**6}[unit.upper()]
    )
    return tokens if 256 <= tokens <= 10**8 else None
