"""Text from outside: made fit to be shown, and searched for words."""

import re
import unicodedata
from collections.abc import Iterable

_NEXT_WORD = r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"  # begins here: "MolmoMotion", "SAMAudio"
_SLACK = 4  # characters looked at for each one kept: enough for padding, too few to be slow


def clean(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` characters.

    Control, format, surrogate and unassigned characters go (Unicode category C: they reorder, hide or
    break text); a line that is cut ends in an ellipsis.
    """
    start = text[: limit * _SLACK]
    kept = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in start)
    line = " ".join(kept.split())
    if len(line) > limit:
        return line[: limit - 1].rstrip() + "…"
    return line


def mentions(words: Iterable[str], text: str) -> bool:
    """Whether `text` has one of `words`, or whether there are no words to ask for.

    Case and punctuation do not count. A word stands alone, before a digit, or before the capital that begins
    another one: `Hy` is in "Hy3-preview" and "HyWorld" and not in "Hybrid", `phi-4` is in "Phi 4 mini".
    """
    patterns = [r"[\W_]+".join(map(re.escape, re.findall(r"[^\W_]+", word))) for word in words]
    return not patterns or any(
        re.search(rf"(?<![^\W_])(?i:{pattern})(?:(?![^\W\d_])|{_NEXT_WORD})", text) for pattern in patterns
    )
