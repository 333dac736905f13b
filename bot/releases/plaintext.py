"""Text from outside made fit to be shown: one line, no control or direction marks, of bounded length."""

import unicodedata

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
