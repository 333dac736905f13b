"""Numbers as bars of characters."""

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"


def bar(value: int, most: int, width: int) -> str:
    """Return a bar of at most so many characters; a value of its own is never invisible."""
    eighths = max(round(8 * width * value / most), 1) if value and most else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def sparkline(values: Sequence[int]) -> str:
    """Return a character a value: a dot for nothing, else a column as high as its share of the largest."""
    most = max(values, default=0)
    return "".join(_HEIGHTS[(len(_HEIGHTS) - 1) * value // most] if value else "·" for value in values)
