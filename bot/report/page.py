"""The page: one file that asks nobody for anything. Pure."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.cadence.marks import MARKS, RADII, mark_of
from bot.cadence.period import share
from bot.cadence.phrases import days_ago, expected_text, hits_text
from bot.cadence.shipped import NAME_LIMIT, name_words
from bot.releases.facts.text import clean
from bot.report.item import Item, day_text, news_text, short_license_text, sizes_text
from bot.report.overview import LEFT, WIDTH, Overview, Shares, permissive, size_number

if TYPE_CHECKING:
    from jinja2 import Environment


def render_page(overview: Overview, title: str) -> str:
    """Return the page as HTML. Every text is escaped by the template, and was made one line before."""
    from markupsafe import Markup  # noqa: PLC0415 - as below

    environment = _environment()
    style = environment.from_string(_file("page.css")).render(marks=MARKS, left=LEFT, width=WIDTH)
    script = _file("page.js")
    return environment.from_string(_file("page.html")).render(
        it=overview,
        title=title,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - our own file, with colours of ours
        script=Markup(script),  # noqa: S704 - our own file
        marks=MARKS,
        radii=list(RADII.items()),
        left=LEFT,
        width=WIDTH,
    )


def _environment() -> "Environment":
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - 2 MB, for those who publish the report

    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters |= {
        "ago": days_ago,
        "day": day_text,
        "expected": expected_text,
        "hits": hits_text,
        "license": short_license_text,
        "mark": mark_of,
        "months": _months_text,
        "name": name_words,
        "news": news_text,
        "percent": _percent,
        "permissive": permissive,
        "share": share,
        "shares": _shares_text,
        "size_numbers": _size_numbers,
        "sizes": sizes_text,
        "text": _text,
    }
    return environment


def _file(name: str) -> str:
    return files("bot.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return a policy that allows this style and this script, and nothing from anywhere."""
    allowed = {"default-src": "'none'", "style-src": _hash(style), "script-src": _hash(script)}
    allowed |= {"img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{directive} {value}" for directive, value in allowed.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# --- in words


def _text(text: str) -> str:
    return clean(text, NAME_LIMIT)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _size_numbers(item: Item) -> str:
    return " ".join(sorted({str(size_number(it.shipped)) for it in item.models}))


def _months_text(months: Sequence[tuple[date, int]]) -> str:
    return ", ".join(f"{month:%b %Y} {count}" for month, count in months)


def _shares_text(shares: Shares) -> str:
    counts = [(mark.label, shares.counts.get(mark.id, 0)) for mark in MARKS]
    return ", ".join(f"{count} {label} ({count / shares.total:.0%})" for label, count in counts if count)
