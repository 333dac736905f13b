"""The data that Next.js pages carry in their scripts ("flight" data, `self.__next_f.push`).

Anthropic's news page has 14 posts in its markup and all 209 in this data; llm-stats has its listing nowhere
else. The chunks of a page are JSON strings that make one text of rows, `id:JSON`, or `id:Tlength,text` where
the text may hold anything and the length counts bytes.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from bot.errors import Failure, SourceError
from bot.fetch.address import shown

_CHUNK = re.compile(r'self\.__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*+")\]\)', re.DOTALL)
_TEXT_ROW = re.compile(rb"^[0-9a-f]{1,8}:T([0-9a-f]{1,8}),", re.MULTILINE)
_BRACKET = re.compile(r"[\[{]")
_FALSE_STARTS = 200  # brackets that open no JSON
_MOST_WASTED = 5_000_000  # characters read over all false starts: each may cost a look at the whole rest
_MOST_VALUES = 300_000  # Anthropic's 209 posts come in 12,000


def flight_objects(page: str, url: str) -> list[dict[str, Any]]:
    """Return all JSON objects of the flight data of the page at `url`, nested ones after those they stand in.

    Raises SourceError when there are too many.
    """
    chunks: list[str] = []
    for match in _CHUNK.finditer(page):
        with suppress(ValueError):
            chunks.append(str(json.loads(match[1], strict=False)))
    data = "".join(chunks)
    values = sum(map(data.count, (",", "[", "{", ":T")))
    if values > _MOST_VALUES:
        raise SourceError(
            Failure.TOO_LARGE,
            f"{shown(url)} was not read: its data holds {values:,} values; choose a shorter listing",
        )
    return [found for value in _values(_without_text_rows(data)) for found in _objects_in(value)]


def _without_text_rows(data: str) -> str:
    """Return the other rows: quotes and brackets mean nothing in rows of text."""
    rest = memoryview(data.encode("utf-8", "replace"))
    rows = []
    while match := _TEXT_ROW.search(rest):
        rows.append(bytes(rest[: match.start()]))
        rest = rest[match.end() + int(match[1], 16) :]
    return b"\n".join([*rows, bytes(rest)]).decode("utf-8", "replace")


def _values(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False)
    at = false_starts = wasted = 0
    while (match := _BRACKET.search(text, at)) and false_starts < _FALSE_STARTS and wasted < _MOST_WASTED:
        try:
            value, at = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError) as error:
            stopped = error.pos if isinstance(error, json.JSONDecodeError) else len(text)
            false_starts, wasted, at = false_starts + 1, wasted + stopped - match.start(), match.end()
        else:
            yield value


def _objects_in(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, dict):
            yield current
            waiting.extend(reversed(current.values()))
        elif isinstance(current, list):
            waiting.extend(reversed(current))
