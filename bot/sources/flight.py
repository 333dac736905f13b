"""The data that Next.js pages carry in their scripts ("flight" data, `self.__next_f.push`).

Anthropic's news page has 14 posts in its markup and all 209 in this data; llm-stats has its listing nowhere
else. The chunks of a page are JSON strings that make one text of rows, `id:JSON`, or `id:Tlength,text` where
the text may hold anything and the length counts bytes.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

_CHUNK = re.compile(r'self\.__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*+")\]\)', re.DOTALL)
_TEXT_ROW = re.compile(rb"^[0-9a-f]{1,8}:T([0-9a-f]{1,8}),", re.MULTILINE)
_BRACKET = re.compile(r"[\[{]")
_FALSE_STARTS = 200  # brackets that open no JSON; each may cost a look at the whole rest


def flight_objects(page: str) -> list[dict[str, Any]]:
    """Return all JSON objects of a page's flight data, nested ones after those they stand in."""
    return [found for value in _values(_flight(page)) for found in _objects_in(value)]


def _flight(page: str) -> str:
    """Return the rows without the text rows, whose quotes and brackets mean nothing."""
    chunks = (_unescaped(match[1]) for match in _CHUNK.finditer(page))
    rest = memoryview("".join(chunks).encode("utf-8", "replace"))
    rows = []
    while match := _TEXT_ROW.search(rest):
        rows.append(bytes(rest[: match.start()]))
        rest = rest[match.end() + int(match[1], 16) :]
    return b"\n".join([*rows, bytes(rest)]).decode("utf-8", "replace")


def _unescaped(literal: str) -> str:
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return ""


def _values(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False)
    at = false_starts = 0
    while (match := _BRACKET.search(text, at)) and false_starts < _FALSE_STARTS:
        try:
            value, at = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            false_starts, at = false_starts + 1, match.end()
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
