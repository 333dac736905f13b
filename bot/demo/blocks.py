"""Block Kit as HTML: the one place where a block of a message, a window or the Home tab is drawn. Pure.

Shapes: https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from bot.demo.controls import control, field
from bot.demo.elements import Placed, placed, text_of
from bot.demo.mrkdwn import Look, as_html, link, plain

Block = Mapping[str, Any]

_RICH_STYLES = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}


def blocks_html(blocks: Sequence[Block], look: Look) -> str:
    """Return blocks, one under the other."""
    by_block = {
        number: list(elements)
        for number, elements in groupby(placed(blocks), key=lambda it: int(it.at.partition(".")[0]))
    }
    return "".join(_block(block, by_block.get(number, []), look) for number, block in enumerate(blocks))


def paragraph(shown: str) -> str:
    """Return a paragraph of HTML."""
    return f'<div class="block">{shown}</div>'


def _block(block: Block, elements: Sequence[Placed], look: Look) -> str:
    """Return one block; `elements` are what can be pressed or filled in it."""
    kind = str(block.get("type"))
    draw = _DRAWN.get(kind)
    return draw(block, elements, look) if draw else f'<div class="small">[{plain(kind)} block]</div>'


def _context(block: Block, _: Sequence[Placed], look: Look) -> str:
    parts = (f"<span>{_text(element, look)}</span>" for element in block.get("elements", ()))
    return f'<div class="small">{"".join(parts)}</div>'


def _image(block: Block, _: Sequence[Placed], __: Look) -> str:
    """Return the words of a picture: the page asks for nothing from outside."""
    words = text_of(block, "title") or str(block.get("alt_text", ""))
    return f'<div class="small">[image: {plain(words)}]</div>'


def _section(block: Block, elements: Sequence[Placed], look: Look) -> str:
    text = paragraph(_text(block["text"], look)) if "text" in block else ""
    texts = "".join(paragraph(_text(one, look)) for one in block.get("fields", ()))
    words = text + (f'<div class="fields">{texts}</div>' if texts else "")
    beside = "".join(control(it, look) for it in elements)
    return f'<div class="beside"><div>{words}</div><div>{beside}</div></div>' if beside else words


def _text(text: Any, look: Look) -> str:
    """Return a text object, or the alternative text of an image, as HTML."""
    if text.get("type") == "mrkdwn":
        return as_html(text.get("text", ""), look)
    return plain(text.get("text") or text.get("alt_text", "")).replace("\n", "<br>")


def _rich(element: Block, look: Look) -> str:
    """Return a part of a rich text: a paragraph, a list, a quotation or code."""
    parts = element.get("elements", ())
    match element.get("type"):
        case "rich_text_list":
            tag = "ol" if element.get("style") == "ordered" else "ul"
            return f"<{tag}>{''.join(f'<li>{_run(part, look)}</li>' for part in parts)}</{tag}>"
        case "rich_text_quote":
            return f'<div class="block quote">{_run(element, look)}</div>'
        case "rich_text_preformatted":
            return f"<pre>{_run(element, look)}</pre>"
        case _:
            return paragraph(_run(element, look))


def _run(element: Block, look: Look) -> str:
    return "".join(_piece(part, look) for part in element.get("elements", ()))


def _piece(part: Block, look: Look) -> str:
    words = str(part.get("text") or part.get("url") or part.get("name") or "")
    known = str(part.get("user_id") or part.get("channel_id") or "")
    if known:
        mark = "@" if "user_id" in part else "#"
        return f'<span class="mention">{mark}{plain(look.names.get(known, known))}</span>'
    shown, url = plain(words).replace("\n", "<br>"), str(part.get("url", ""))
    if url.startswith(("http://", "https://")):
        shown = link(look.href(url), shown)
    for style, tag in _RICH_STYLES.items():
        if isinstance(part.get("style"), Mapping) and part["style"].get(style):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _chart(block: Block, _: Sequence[Placed], __: Look) -> str:
    """Return a chart as a table with a bar in each row, which says the same without its colours.

    https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
    """
    chart = block.get("chart", {})
    series = chart.get("series", ())
    points = [(one.get("name", ""), point) for one in series for point in one.get("data", ())]
    most = max((float(point.get("value", 0)) for _, point in points), default=0) or 1
    rows = "".join(
        f'<tr><th scope="row">{plain(str(point.get("label", "")))}</th>'
        f'<td><meter min="0" max="{most:g}" value="{float(point.get("value", 0)):g}"></meter></td>'
        f"<td>{float(point.get('value', 0)):g}</td></tr>"
        for _, point in points
    )
    unit = ", ".join(dict.fromkeys(str(name) for name, _ in points))
    caption = f"{plain(str(block.get('title', '')))} <span>{plain(unit)}</span>"
    return f'<table class="chart"><caption>{caption}</caption>{rows}</table>'


_DRAWN: Mapping[str, Callable[[Block, Sequence[Placed], Look], str]] = {
    "header": lambda it, _, look: f'<h3 class="headline">{_text(it.get("text", {}), look)}</h3>',
    "section": _section,
    "context": _context,
    "actions": lambda _, those, look: (
        f'<div class="buttons">{"".join(control(it, look) for it in those)}</div>'
    ),
    "input": lambda _, those, look: "".join(field(it, look) for it in those),
    "divider": lambda *_: "<hr>",
    "image": _image,
    "rich_text": lambda it, _, look: "".join(_rich(part, look) for part in it.get("elements", ())),
    "data_visualization": _chart,
}
