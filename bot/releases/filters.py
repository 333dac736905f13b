"""Filters of a subscription or a question: which licences, which sizes. Pure."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from bot.errors import UsageError
from bot.model import LicenseStatement, Release
from bot.releases.licenses import identify

_UNITS = {"m": 10**6, "b": 10**9, "t": 10**12}
ANY = "any"
VERDICTS = ("permissive", "conditions", "non-commercial")


@dataclass(frozen=True, slots=True)
class Filters:
    """Hold what a release must be like; `license` is a verdict, a licence id or "any"."""

    license: str = "any"
    min: int | None = None  # parameters
    max: int | None = None

    def __str__(self) -> str:
        """Return the filters as people type them."""
        words = [f"license:{self.license}"] if self.license != "any" else []
        words += [f"min:{size_text(self.min)}"] if self.min is not None else []
        words += [f"max:{size_text(self.max)}"] if self.max is not None else []
        return " ".join(words)


def parse_size(text: str) -> int:
    """Return the parameters that `7b`, `1.5t` or `600m` mean.

    Raises UsageError for anything else.
    """
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s*([mbt])", text.strip().lower())
    if not match:
        raise UsageError(f"“{text}” is not a size: write it as 7b, 1.5t or 600m")
    return round(float(match[1]) * _UNITS[match[2]])


def size_text(parameters: int) -> str:
    """Return a number of parameters as `parse_size` reads it."""
    for unit in ("t", "b", "m"):
        if parameters >= _UNITS[unit]:
            return f"{parameters / _UNITS[unit]:g}{unit}"
    return f"{parameters / _UNITS['m']:g}m"


def make_filters(license: str = "any", min: str = "", max: str = "") -> Filters:
    """Return the filters of three words as people type them.

    Raises UsageError for a size that is none.
    """
    smallest = parse_size(min) if min else None
    largest = parse_size(max) if max else None
    if smallest is not None and largest is not None and smallest > largest:
        raise UsageError(f"min:{min} is above max:{max}: nothing could ever match")
    return Filters(_license_word(license), smallest, largest)


def _license_word(text: str) -> str:
    """Return what a licence filter means; a word that no licence could ever match is refused."""
    word = text.strip().lower() or ANY
    if word in (ANY, *VERDICTS) or identify(LicenseStatement(word)).verdict != "unknown":
        return word
    near = get_close_matches(word, (ANY, *VERDICTS), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise UsageError(
        f"“{text[:60]}” is no licence: {hint}write permissive, conditions, non-commercial, any or an id"
    )


def matches(filters: Filters, release: Release) -> bool:
    """Tell whether a release is wanted; a fact that is not known matches no filter on it."""
    license, size = release.license, release.facts.parameters
    if filters.license != "any" and filters.license not in (
        license.verdict,
        license.id,
        license.spdx.lower(),
    ):
        return False
    if filters.min is None and filters.max is None:
        return True
    return size is not None and (filters.min or 0) <= size <= (filters.max or size)
