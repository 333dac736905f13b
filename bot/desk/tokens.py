"""The words of a command: what chat clients make of typed text is undone, and words are told apart.

Clients turn `--` into a dash and straight quotes into curly ones; Slack sends channels, people and addresses
as `<...>` and three characters as entities (reference: docs.slack.dev/messaging/formatting-message-text).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import NamedTuple

from bot.errors import UsageError

LONGEST = 2_000  # characters of a command, which is also what a button can hold
_SIGNS = str.maketrans(
    dict.fromkeys("“”„‟«»＂", '"')
    | dict.fromkeys("‘’‚‛", "'")
    | dict.fromkeys("‐‑‒–−﹣－", "-")
    | dict.fromkeys("—―", "--")
    | dict.fromkeys("，、；", ",")
    | {"：": ":", "×": "x", "`": ""}
)
_UNSEEN = {"Cc", "Cf", "Cs"}  # Unicode's controls, formats (zero width, direction) and lone surrogates
_ENTITY = re.compile(r"&(?:amp;)*(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)\|?([^<>]*)>")
_ADDRESSED = re.compile(r"^(?:[@/]\S*[\s,:]*)+")  # `/releases` and `@cadence`, at the beginning
_ENDS = " .!?"
_SPACED_KEY = re.compile(r"(?<![^\s,])-*([A-Za-z]+)\s*[:=]\s*(?=[^\s,/])")
_SPACED_UNIT = re.compile(
    r"(?<![\w.])(\d{1,6}(?:\.\d+)?)[\s-]+(?=(?:[gt]b|[ap]m|[mbt])(?![\w:]))", re.IGNORECASE
)
_SPAN = re.compile(r"(?<![\w.])(\d{1,5})[\s-]*(hour|day|week|month|year)s?(?!\w)", re.IGNORECASE)
_SPANS = {"hour": (1, "h"), "day": (1, "d"), "week": (7, "d"), "month": (30, "d"), "year": (365, "d")}
_TOKEN = re.compile(
    r"(?P<list>match):(?P<items>[^\s\",;]+(?:,(?![A-Za-z]+:)[^\s\",;]+)*)"
    r"|(?:(?P<key>[A-Za-z]+):(?!//))?(?:\"(?P<quoted>[^\"]*)\"?|(?P<bare>[^\s,;\"]+))",
    re.IGNORECASE,
)
_WHOLE_PAIR = re.compile(r"-*([A-Za-z]+):(?!//)\s*(.*)")


class Token(NamedTuple):
    """One word, or one `key:value`; the key of a word is ""."""

    key: str
    value: str

    def __str__(self) -> str:
        """Return the word as it is typed."""
        value = f'"{self.value}"' if re.search(r"[\s,;]", self.value) else self.value
        return f"{self.key}:{value}" if self.key else value


def plain_line(text: str) -> str:
    """Return what was typed as one line of plain characters, without who it was said to.

    Doing it twice changes nothing. Raises UsageError for a text too long for any command.
    """
    if len(text) > LONGEST:
        raise UsageError(f"That is {len(text):,} characters long; a command has at most {LONGEST:,}.")
    signs = (" " if sign.isspace() else sign for sign in text.translate(_SIGNS))
    shown = "".join(sign for sign in signs if unicodedata.category(sign) not in _UNSEEN)
    plain = _without_entities(_MARKUP.sub(_referent, _without_entities(shown)))
    words = " ".join(re.sub(r"[<>]", " ", plain).split())
    return _ADDRESSED.sub("", words).rstrip(_ENDS)


def tokens(text: str, keys: Collection[str]) -> list[Token]:
    """Return the words of a plain line; `keys` are what may stand before a value without a colon."""
    text = _SPAN.sub(_span, _SPACED_UNIT.sub(r"\1", _SPACED_KEY.sub(r"\1:", text)))
    words = (_token(match) for match in _TOKEN.finditer(text))
    return list(_paired((word for word in words if any(word)), keys))


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[1]], text)


def _referent(match: re.Match[str]) -> str:
    """Return the address of a link, the name of a channel, the id of a person."""
    sign, target, label = match.groups()
    return f"#{label or target}" if sign == "#" else f"{'@' if sign else ''}{target}"


def _span(match: re.Match[str]) -> str:
    count, unit = _SPANS[match[2].lower()]
    return f"{int(match[1]) * count}{unit}"


def _token(match: re.Match[str]) -> Token:
    key = match["list"] or match["key"] or ""
    value = " ".join((match["items"] or match["quoted"] or match["bare"] or "").split())
    whole = _WHOLE_PAIR.fullmatch(value) if not key else None
    if whole:  # the quotes stand around both, or nothing stands behind the colon
        key, value = whole.groups()
    return Token(key.lower(), value if key else re.sub(r"^-+(?=[A-Za-z])", "", value))


def _paired(words: Iterator[Token], keys: Collection[str]) -> Iterator[Token]:
    """Yield the words, where a key without its colon takes the next word: `license mit`, `--license mit`."""
    for word in words:
        following = next(words, None) if not word.key and word.value.lower() in keys else None
        if following is None:
            yield word
        elif following.key:
            yield word
            yield following
        else:
            yield Token(word.value.lower(), following.value)
