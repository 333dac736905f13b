"""One licence text to what it means: tables/licenses.tsv, SPDX expressions, lists of licences."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from license_expression import ExpressionError, Licensing, get_spdx_licensing

from bot.releases.facts.text import one_line
from bot.releases.tables import rows

LONGEST = 200  # characters of a text that are read; what people write has under 100
_MOST_LICENSES = 10  # in one list
_SHOWN = 80  # characters of an unknown text that are shown
_NOISE = {"the", "license", "licence", "licensed", "licenses", "agreement", "version", "international"}
_EXCLUDING = {
    "non-commercial": re.compile(r"(?:^|-)(?:non-?commercial|nc)(?:-|$)"),
    "research-only": re.compile(r"(?:^|-)(?:research|academic)(?:-|$)"),
}
_ADMITTING = re.compile(r"(?<!non)(?<!non-)commercial")
_WORST_FIRST = ("non-commercial", "unknown", "not stated", "conditions", "permissive")


@dataclass(frozen=True, slots=True)
class Terms:
    """One line of the table, or what several of them amount to."""

    key: str
    title: str
    kind: str = "unknown"  # the table's column `class`
    verdict: str = "unknown"
    commercial: str = "unknown"
    name: str = ""  # the title's short form, where it has one
    spdx: str = ""
    condition: str = ""
    duty: str = ""
    url: str = ""
    owners: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The title as an alert shows it."""
        return self.name or self.title


@dataclass(frozen=True, slots=True)
class Place:
    """Whose repository carries a statement, in lower case and as far as is known."""

    owner: str = ""
    repository: str = ""  # owner/name

    def fits(self, pattern: str) -> bool:
        """Whether an entry of the table's column `owners` means this place."""
        if pattern == "?":
            return not self.owner
        return fnmatchcase(self.repository if "/" in pattern else self.owner, pattern)


NOWHERE = Place()


def look_up(text: str, place: Place = NOWHERE) -> Terms | None:
    """Return the table's line for a key, an alias, a title or an SPDX identifier, or None.

    Where several lines share the text, the owner decides; the line without owners is for all others.
    """
    lines = _index(fold).get(fold(text)) or _index(_fold_loosely).get(_fold_loosely(text)) or ()
    fitting = (line for line in lines if any(place.fits(pattern) for pattern in line.owners))
    return next(fitting, None) or next((line for line in lines if not line.owners), None)


def read(text: str, place: Place = NOWHERE) -> Terms | None:
    """Return what a text of one or more licences means, or None when any part of it is not known."""
    text = text[:LONGEST]
    return look_up(text, place) or _listed(text) or _expression(text, place) or _several(text, place)


def unknown(text: str) -> Terms:
    """Return the terms of a licence that nobody here knows, under its own words.

    Of its terms it states at most one by its name: that commercial use is excluded ("acme-nc-1.0").
    """
    shown = one_line(text, _SHOWN)
    key = fold(shown)
    for kind, words in _EXCLUDING.items():
        if words.search(key) and not _ADMITTING.search(key):
            condition = f"{kind} by its name: read the licence"
            return Terms(key, shown, kind, "non-commercial", "no", condition=condition)
    return Terms(key, shown, condition="not a licence that is known here: read it")


def _listed(text: str) -> Terms | None:
    """Return an SPDX identifier that the table does not judge.

    license-expression resolves aliases too, some of them wrongly ("gpl" to GPL-1.0-or-later): only an
    identifier that says no more than the text counts.
    """
    if not re.fullmatch(r"[A-Za-z0-9.+-]{2,60}", text):
        return None
    try:
        found = _spdx().parse(text, validate=True)
    except ExpressionError:
        return None
    identifier, stated = str(found), text.casefold()
    if identifier.casefold() not in {stated, f"{stated}-only", stated.replace("+", "-or-later")}:
        return None
    return Terms(identifier.casefold(), identifier, spdx=identifier, condition="read the licence")


@cache
def _spdx() -> Any:
    """Return the library's index of SPDX identifiers, which takes a while to build.

    Its tokenizer, built with the first question, is built here: who asks meanwhile would get half of it.
    """
    index = get_spdx_licensing()
    index.get_advanced_tokenizer()
    return index


def _expression(text: str, place: Place) -> Terms | None:
    """Return what an SPDX expression amounts to; its identifiers may be any text that the table knows."""
    if not re.search(r"\b(and|or|with)\b", text, re.IGNORECASE):
        return None
    grammar = Licensing()
    try:
        tree = grammar.parse(text)
    except ExpressionError:
        return None
    return _evaluate(tree, grammar, place)


def _evaluate(node: Any, grammar: Any, place: Place) -> Terms | None:
    if isinstance(node, grammar.AND | grammar.OR):
        parts = [_evaluate(part, grammar, place) for part in node.args]
        known = [part for part in parts if part]
        return _joined(known, "OR" if isinstance(node, grammar.OR) else "AND") if known == parts else None
    if hasattr(node, "exception_symbol"):
        return _excepted(node, place)
    return look_up(str(node), place) or _listed(str(node))


def _excepted(node: Any, place: Place) -> Terms | None:
    """Return a licence with an exception as SPDX writes it: it grants more, and is not judged here."""
    base, exception = look_up(str(node.license_symbol), place), _listed(str(node.exception_symbol))
    if base is None or exception is None or not base.spdx:
        return None
    spdx = f"{base.spdx} WITH {exception.spdx}"
    return replace(base, key=spdx.casefold(), title=spdx, name="", spdx=spdx, owners=())


def _several(text: str, place: Place) -> Terms | None:
    """Return what a list of licences amounts to, which does not say what each of them covers."""
    texts = re.split(r"[,;/|&]", text)
    if not 1 < len(texts) <= _MOST_LICENSES:
        return None
    parts = [look_up(part, place) or _listed(part.strip()) for part in texts]
    known = {part.key: part for part in parts if part}
    if None in parts:
        return None
    if len(known) == 1:
        return parts[-1]
    return look_up(", ".join(sorted(known))) or _joined([known[key] for key in sorted(known)], ",")


def _joined(parts: Sequence[Terms], operator: str) -> Terms:
    """Return what several terms amount to: of a choice the best, otherwise the worst."""
    ranked = sorted(parts, key=lambda part: _WORST_FIRST.index(part.verdict))
    deciding = ranked[-1] if operator == "OR" else ranked[0]
    symbols = sorted(_bracketed(part.spdx or part.short) for part in parts)
    between = ", " if operator == "," else f" {operator} "
    exact = operator != "," and all(part.spdx for part in parts)
    condition = deciding.condition
    if operator != "OR" and deciding.verdict != "permissive":
        condition = f"several licences apply; {deciding.short}: {condition}".rstrip(": ")
    return Terms(
        key=between.join(sorted(_bracketed(part.key) for part in parts)),
        title=between.join(symbols),
        kind="dual",
        verdict=deciding.verdict,
        commercial=deciding.commercial,
        spdx=between.join(symbols) if exact else "",
        condition=condition,
        duty="; ".join(dict.fromkeys(part.duty for part in parts if part.duty)),
        url=deciding.url,
    )


def _bracketed(symbol: str) -> str:
    return f"({symbol})" if re.search(r" (AND|OR|and|or) ", symbol) else symbol


@cache
def _index(folding: Callable[[str], str]) -> Mapping[str, tuple[Terms, ...]]:
    """Return the table's lines by the folded texts that mean them, the surest first.

    A key is surer than an alias, that than an SPDX identifier, that than a title. A text that means two
    licences alike is left out.
    """
    found: dict[str, dict[Terms, int]] = {}
    for cells in rows("licenses.tsv"):
        title = re.sub(r" \(.*\)$", "", cells["title"])
        texts = ([cells["key"]], cells["aliases"].split("; "), [cells["spdx"]], [title])
        for rank, alike in enumerate(texts):
            for text in alike:
                found.setdefault(folding(text), {}).setdefault(_line(cells), rank)
    return {text: ranked for text, lines in found.items() if text and (ranked := _ranked(lines))}


def _line(cells: Mapping[str, str]) -> Terms:
    plain = {name: cells[name] for name in ("key", "title", "name", "spdx", "condition", "duty", "url")}
    return Terms(
        kind=cells["class"],
        verdict=cells["verdict"],
        commercial=cells["commercial"],
        owners=tuple(owner for owner in cells["owners"].split("; ") if owner),
        **plain,
    )


def _ranked(lines: Mapping[Terms, int]) -> tuple[Terms, ...]:
    surest = sorted(lines, key=lambda terms: lines[terms])
    for_all = [lines[terms] for terms in surest if not terms.owners]
    is_ambiguous = len(for_all) > 1 and for_all[0] == for_all[1]
    return () if is_ambiguous else tuple(surest)


def fold(text: str) -> str:
    """Return `text` so that spellings of one licence are equal; "+" counts, it means "or later"."""
    return re.sub(r"[^\w+]+|_+", "-", text.casefold()).strip("-")


def _fold_loosely(text: str) -> str:
    words = re.sub(r"\bv(?=\d)", "", fold(text)).split("-")
    return "-".join(word for word in words if word not in _NOISE)
