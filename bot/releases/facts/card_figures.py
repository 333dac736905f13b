"""The figures that a model card states: parameters in total and active, context length."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from bot.model import Facts
from bot.releases.facts.figures import Stated
from bot.releases.facts.markdown import Block, BlockKind
from bot.releases.facts.stated_counts import agreed, counts_in, plain, sizes_in

_TOKENS = r"(?<![\w.,×-])(\d{1,3}(?:,\d{3})+|\d{1,7}(?:\.\d{1,3})?) ?([KM])?(?![A-Za-z0-9])"
_ANY_TOKENS = re.compile(_TOKENS, re.IGNORECASE)
_CONTEXTS = (
    re.compile(rf"{_TOKENS}[ -](?:tokens?[ -])?context[ -](?:length|window)", re.IGNORECASE),
    re.compile(rf"context[ -](?:length|window)(?: of| is|:)?(?: up to)? {_TOKENS}", re.IGNORECASE),
)
_STRETCHED = re.compile(r"yarn|exten[ds]|extrapolat|rope|scal|train|output", re.IGNORECASE)
_CONTEXT_KEY = re.compile(
    r"(?:max(?:imum)? |native |supported )?context(?: length| window| size)?|上下文(?:长度|窗口)?"
)
# A key asks for parameters by one of these words, unless it says of which part: "Parameters of Vision Tower".
_ASKS = re.compile(r"\b(?:param(?:eter)?s?|model size|active|activated)\b|^size$|参数")
_OF_A_PART = re.compile(
    r"\b(?:embed\w*|encoder|vision|visual|experts?|head|layers?|draft\w*|mtp|train\w*|adapter|audio|tuned"
    r"|backbone|function|default)\b|编码器|专家"
)
_OTHER_SECTIONS = re.compile(
    r"evaluat|benchmark|result|performance|comparison|news|changelog|update|citation|acknowledg|评测|更新",
    re.IGNORECASE,
)
_NEAR = 0.05  # what the Hub counts beside the stated total, such as a draft head, is less than this

_Pair = tuple[str, str]  # a key and its value


def figures_in(card: Sequence[Block], name: str, counted: int | None) -> Facts:
    """Return the parameters, active parameters and context that a card states of its own model.

    `name` is the repository's. Keys with values (tables and lists) come before prose. A figure counts only
    when all places of its kind agree: cards compare models, and one of several figures would be a guess. Of
    several models the row or column that has the name decides, and in prose what follows the name; else the
    total that is near to what the Hub has `counted`, with its actives.
    """
    own, others = _groups(card, name)
    prose = [it for it in card if it.kind in (BlockKind.PROSE, BlockKind.ITEM)]
    texts = [it.text for it in prose if not _OTHER_SECTIONS.search(it.section)]
    tabled, elsewhere = _asked(own), [found for group in others for found in _asked(group)]
    said = _said(texts, name)
    if not any(it.total for it in (*tabled, *said, *elsewhere)):
        said += [found for text in texts for found in sizes_in(text)]
    total = _settled("total", counted, tabled, said, elsewhere)
    active = _settled("active", counted, tabled, said, elsewhere)
    if active and total and active > total:
        active = None
    context = _context([*own, *(pair for group in others for pair in group)], [it.text for it in prose])
    return Facts(parameters=total, active_parameters=active, context_tokens=context)


def _settled(
    part: Literal["total", "active"], counted: int | None, *evidence: Sequence[Stated]
) -> int | None:
    """Return the figure of the first evidence that states one and does not contradict itself, or None."""
    for stated in evidence:
        near = [it for it in stated if counted and it.total and abs(it.total - counted) <= _NEAR * counted]
        figure = agreed(getattr(it, part) for it in stated) or agreed(getattr(it, part) for it in near)
        if figure:
            return figure
    return None


# --- keys with their values


def _groups(card: Sequence[Block], name: str) -> tuple[list[_Pair], list[list[_Pair]]]:
    """Return the keys and values of the model, and those of other models, or of which nobody knows whose.

    Its own are list items, tables of two columns and, of a table of models, the row or column that has the
    name or its end: "H Tiny MoE" of granite-4.0-h-tiny.
    """
    own: list[_Pair] = []
    models: dict[str, list[_Pair]] = {}
    heading: Sequence[str] = ()
    for block in card:
        cells = [cell.strip() for cell in block.text.strip("| ").split("|")]
        key, colon, value = block.text.partition(":")
        if block.kind is not BlockKind.ROW:
            heading = ()
            own += [(key, value)] if block.kind is BlockKind.ITEM and colon else []
        elif not any(cell.strip(" -:") for cell in cells):
            continue  # the line between heading and body
        elif len(cells) == 2:
            own.append((cells[0], cells[1]))
        elif not heading:
            heading = cells
        elif len(cells) == len(heading):
            for head, cell in zip(heading, cells, strict=True):
                # models stand below each other or side by side
                model, pair = (head, (cells[0], cell)) if _asks(cells[0]) else (cells[0], (head, cell))
                models.setdefault(re.sub(r"(?:moe|dense)$", "", _letters(model)), []).append(pair)
    names = [_letters(shorter) for shorter in _shortened(name)]
    fitting = [model for model in models if model and any(it.endswith(model) for it in names)]
    if fitting:
        own += models.pop(max(fitting, key=len))
    return own, list(models.values())


def _shortened(name: str) -> list[str]:
    """Return a repository's name, and what is left of it without its last parts: "-FP8", "-Instruct"."""
    parts = re.split(r"(?=[-_])", name.rpartition("/")[2])
    return ["".join(parts[:end]) for end in range(len(parts), min(len(parts), 2) - 1, -1)]


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _key(text: str) -> str:
    return re.sub(r"[^a-z\u3400-\u9fff]+", " ", text[:80].lower()).strip()


def _asks(key: str) -> bool:
    key = _key(key)
    return bool(_ASKS.search(key)) and not _OF_A_PART.search(key)


def _asked(group: Iterable[_Pair]) -> list[Stated]:
    """Return what the values of a model's keys state: one answer, or all of them where they contradict."""
    texts = [f"{_key(key)}: {value}" for key, value in group if _asks(key)]
    found = [it for text in texts for it in counts_in(text, is_size="activ" not in text.partition(":")[0])]
    totals, actives = [it.total for it in found], [it.active for it in found]
    together = Stated(agreed(totals), agreed(actives))
    is_one = bool(together.total) == any(totals) and bool(together.active) == any(actives)
    return [together] if is_one else found


# --- prose


def _said(texts: Sequence[str], name: str) -> list[Stated]:
    """Return what sentences state: where they contradict each other, what follows the model's own name."""
    found = [it for text in texts for it in counts_in(text)]
    totals, actives = {it.total for it in found} - {None}, {it.active for it in found} - {None}
    if len(totals) <= 1 and len(actives) <= 1:
        return found
    return [it for text in _after_name(texts, name) for it in counts_in(text)[:1]] or found


def _after_name(texts: Sequence[str], name: str) -> Iterator[str]:
    """Yield the rest of each sentence that has the name, or the longest part of it that any has."""
    for shorter in _shortened(name) if name else ():
        words = r"[-_ .]?".join(map(re.escape, re.split(r"[-_]", shorter)))
        spelled = re.compile(rf"(?<![\w-]){words}(?![\w-]|\.\d)", re.IGNORECASE)
        rests = [text[found.end() :].partition(". ")[0] for text in texts for found in spelled.finditer(text)]
        if rests:
            yield from rests
            return


# --- the context


def _context(pairs: Iterable[_Pair], prose: Iterable[str]) -> int | None:
    keyed = [_context_of(plain(value)) for key, value in pairs if _CONTEXT_KEY.fullmatch(_key(key))]
    if keyed:
        return agreed(keyed)
    sentences = (sentence for text in prose for sentence in plain(text).split(". "))
    native = [sentence for sentence in sentences if not _STRETCHED.search(sentence)]
    return agreed(_tokens(*it) for text in native for pattern in _CONTEXTS for it in pattern.findall(text))


def _context_of(value: str) -> int | None:
    found = _ANY_TOKENS.findall(value)
    is_native = len(found) == 1 or (found and re.search(r"nativ|yarn|exten[ds]", value, re.IGNORECASE))
    return _tokens(*found[0]) if is_native else None


def _tokens(number: str, unit: str) -> int | None:
    """Return a context length in tokens; "128K" is 131,072 and "200K" 200,000, as labs use them."""
    value = float(number.replace(",", ""))
    kilo = 1024 if value.is_integer() and int(value).bit_count() == 1 else 1000
    tokens = round(value * {"": 1, "K": kilo, "M": kilo**2}[unit.upper()])
    return tokens if 256 <= tokens <= 10**8 else None
