"""A modal window as HTML: what it shows, what it asks for, and what is wrong with what was typed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.demo.blocks import blocks_html
from bot.demo.elements import text_of
from bot.demo.mrkdwn import Look, plain


@dataclass(frozen=True, slots=True)
class Window:
    """A view that is open for somebody, with what they typed and what is wrong with it."""

    id: str
    view: Mapping[str, Any]
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by the place of each input
    errors: Mapping[str, str] = field(default_factory=dict)  # by block id

    @property
    def key(self) -> str:
        """Return its name for whoever presses something in it."""
        return f"view/{self.id}"


def window_html(window: Window, look: Look) -> str:
    """Return a window."""
    view = window.view
    here = replace(look, prefix=window.key, values=window.values, errors=window.errors)
    close = plain(text_of(view, "close") or "Cancel")
    submit = (
        f'<button class="button primary">{plain(text_of(view, "submit"))}</button>'
        if "submit" in view
        else ""
    )
    return (
        f'<dialog class="window" data-key="{plain(window.key)}" aria-labelledby="window-title"><form>'
        f'<header><h2 id="window-title">{plain(text_of(view, "title"))}</h2>'
        '<button type="button" class="button" data-close aria-label="Close">✕</button></header>'
        f'<div class="sheet">{blocks_html(view.get("blocks", ()), here)}</div>'
        f'<footer><button type="button" class="button" data-close>{close}</button>{submit}</footer>'
        "</form></dialog>"
    )
