"""Names that no model has, and how to find them in what people read."""

import itertools
import re
from collections.abc import Iterator

_SYLLABLES = [consonant + vowel for vowel in "aou" for consonant in "vzbdg"]
_NAME = re.compile(r"\b((?:[vzbdg][aou]){3,4})[ -]3\b", re.IGNORECASE)


def names() -> Iterator[str]:
    """Yield "Vavava-3", "Vavaza-3" ..., each a family of its own."""
    short, long = (itertools.product(_SYLLABLES, repeat=syllables) for syllables in (3, 4))
    for parts in itertools.chain(short, long):
        yield f"{''.join(parts).capitalize()}-3"


def named(text: object) -> set[str]:
    """Return the made-up names in a text, however they are written."""
    return {f"{name.capitalize()}-3" for name in _NAME.findall(str(text))}
