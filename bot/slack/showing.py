"""Show an answer where it was not made for: in the channel for all to see, in a window, without its chart."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.records import Block, Content, View
from bot.views.answers import without_charts
from bot.views.blocks import NOTHING, context, section
from bot.views.forms import modal

_BLOCKS_LIMIT = 50  # of a message
_SECTION_LIMIT = 3_000  # characters
# What anybody may press wherever it stands: links, and windows that only show something.
_HARMLESS = ("open_", "details:")


def plainer(content: Content) -> Iterator[Content]:
    """Yield a content as it is, without its charts, and as text alone, each if it differs from the last."""
    yield content
    bare = without_charts(content)
    if bare != content:
        yield bare
    if bare.blocks:
        yield Content(bare.text)


def shared(content: Content, user: str) -> Content:
    """Return an answer for the whole channel: it says who shared it, and pressing it changes nothing."""
    shown = [*_harmless(_blocks_of(content))][: _BLOCKS_LIMIT - 1]
    return Content(content.text, [*shown, context([f"Shared by <@{user}>"])])


def window(content: Content) -> View:
    """Return an answer as a window, for places that have no messages; windows know no charts."""
    return modal("cadencebot", _harmless(_blocks_of(without_charts(content))))


def _blocks_of(content: Content) -> Sequence[Block]:
    return content.blocks or (section(content.text[:_SECTION_LIMIT] or NOTHING),)


def _harmless(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.get("type") == "actions":
            kept = [element for element in block.get("elements", ()) if _is_harmless(element)]
            if kept:
                yield {**block, "elements": kept}
        elif "accessory" in block and not _is_harmless(block["accessory"]):
            yield {key: value for key, value in block.items() if key != "accessory"}
        else:
            yield block


def _is_harmless(element: Any) -> bool:
    return str(element.get("action_id", "")).startswith(_HARMLESS)
