"""Buttons, menus and inputs as HTML; where nobody hears them they stand there and cannot be pressed. Pure."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.demo.elements import MANY, ONE, TYPED, Element, Placed, choices, initially, text_of
from bot.demo.mrkdwn import Look, link, plain

_INPUTS = {"datepicker": "date", "timepicker": "time", "number_input": "number"}
_LINES = 4  # of a text of several
_STYLES = {"primary": "button primary", "danger": "button danger"}


def control(it: Placed, look: Look, label: str = "") -> str:
    """Return an element as HTML; `label` is the id of what names it, where that stands beside it."""
    kind, element = it.element.get("type", ""), it.element
    chosen = look.values.get(it.at, initially(element))
    if kind == "button":
        return _button(it, look)
    if kind == "overflow":
        return _overflow(it, look)
    called = f' aria-labelledby="{label}"' if label else f' aria-label="{_name(element)}"'
    called += _wrong(it, look)
    if kind == "radio_buttons" or kind in MANY:
        return _ticks(it, look, called, chosen)
    off = "" if look.alive else " disabled"
    shared = f'id="{element_id(it, look)}" name="{it.at}"{_heard(it)}{called}{off}'
    if kind in ONE:
        return _select(element, look, shared, chosen)
    if kind in TYPED:
        return _typed(element, shared, "".join(chosen))
    return f'<span class="small">[{plain(kind)}]</span>'


def element_id(it: Placed, look: Look) -> str:
    """Return the id of an element on the page."""
    return plain(f"{look.prefix}-{it.at}".replace(".", "-").replace("/", "-"))


def _heard(it: Placed) -> str:
    """Return what says that a change is heard at once; inputs of a form wait until it is sent."""
    waits = it.block.get("type") == "input" and not it.block.get("dispatch_action")
    return "" if waits else f' data-at="{it.at}"'


def _wrong(it: Placed, look: Look) -> str:
    if it.block_id not in look.errors:
        return ""
    return f' aria-invalid="true" aria-describedby="{element_id(it, look)}-error"'


def _name(element: Element) -> str:
    words = text_of(element, "placeholder") or text_of(element)
    return plain(str(element.get("accessibility_label") or words or "Choose"))


def _button(it: Placed, look: Look) -> str:
    element, url = it.element, str(it.element.get("url", ""))
    words, style = plain(text_of(element)), _STYLES.get(element.get("style", ""), "button")
    spoken = f' aria-label="{_name(element)}"' if element.get("accessibility_label") else ""
    here = f' id="{element_id(it, look)}" data-at="{it.at}"{spoken}{_confirm(element)}'
    if url.startswith(("http://", "https://")):
        return link(look.href(url), words, style, here if look.alive else "")
    if not look.alive:
        return f'<span class="{style} dead" title="Can be pressed on the page that is served">{words}</span>'
    return f'<button type="button" class="{style}"{here}>{words}</button>'


def _confirm(element: Element) -> str:
    asked = element.get("confirm")
    if not isinstance(asked, Mapping):
        return ""
    words = "\n\n".join(filter(None, (text_of(asked, "title"), text_of(asked))))
    return f' data-confirm="{plain(words)}"'


def _overflow(it: Placed, look: Look) -> str:
    """Return a menu of buttons, which opens without a script."""
    if not look.alive:
        return '<span class="button dead" aria-hidden="true">⋯</span>'
    here = element_id(it, look)
    rows = "".join(
        f'<li><button type="button" id="{here}-{number}" data-at="{it.at}" data-value="{plain(value)}"'
        f"{_confirm(it.element)}>{plain(words)}</button></li>"
        for number, (value, words, _) in enumerate(choices(it.element, look.names))
    )
    name = plain(str(it.element.get("accessibility_label") or "More"))
    return (
        f'<details class="menu"><summary class="button" id="{here}" aria-label="{name}">⋯</summary>'
        f"<ul>{rows}</ul></details>"
    )


def _select(element: Element, look: Look, shared: str, chosen: Sequence[str]) -> str:
    nothing = text_of(element, "placeholder") or "–"
    rows = [f'<option value=""{"" if chosen else " selected"}>{plain(nothing)}</option>']
    for group, offered in groupby(choices(element, look.names), key=lambda one: one[2]):
        options = "".join(
            f'<option value="{plain(value)}"{" selected" if value in chosen else ""}>{plain(words)}</option>'
            for value, words, _ in offered
        )
        rows.append(f'<optgroup label="{plain(group)}">{options}</optgroup>' if group else options)
    return f"<select {shared}>{''.join(rows)}</select>"


def _ticks(it: Placed, look: Look, called: str, chosen: Sequence[str]) -> str:
    """Return a box of radio buttons, or of boxes to tick where several may be chosen."""
    kind = "radio" if it.element.get("type") == "radio_buttons" else "checkbox"
    here, off, rows, group = element_id(it, look), "" if look.alive else " disabled", [], ""
    for number, (value, words, under) in enumerate(choices(it.element, look.names)):
        if under != group:
            group = under
            rows.append(f'<span class="group">{plain(group)}</span>')
        ticked = " checked" if value in chosen else ""
        rows.append(
            f'<label><input type="{kind}" id="{here}-{number}" name="{it.at}" value="{plain(value)}"'
            f"{ticked}{off}> {plain(words)}</label>"
        )
    return (
        f'<div class="ticks" id="{here}" role="group" tabindex="-1"{_heard(it)}{called}>{"".join(rows)}</div>'
    )


def _typed(element: Element, shared: str, text: str) -> str:
    kind, hint = _INPUTS.get(element.get("type", ""), "text"), text_of(element, "placeholder")
    more = f' maxlength="{element["max_length"]}"' if isinstance(element.get("max_length"), int) else ""
    more += f' placeholder="{plain(hint)}"' if hint else ""
    if element.get("multiline"):
        return f'<textarea {shared} rows="{_LINES}"{more}>{plain(text)}</textarea>'
    return f'<input type="{kind}" {shared} value="{plain(text)}" autocomplete="off"{more}>'


def field(it: Placed, look: Look) -> str:
    """Return an input of a form: its label, itself, what helps and what is wrong with it."""
    here, block = element_id(it, look), it.block
    wanted = "" if it.is_required else ' <span class="optional">(optional)</span>'
    shown = control(it, look, f"{here}-label")
    hint = text_of(block, "hint")
    help_ = f'<div class="small">{plain(hint)}</div>' if hint else ""
    wrong = look.errors.get(it.block_id, "")
    error = f'<div class="error" id="{here}-error" role="alert">{plain(wrong)}</div>' if wrong else ""
    return (
        f'<div class="field{" wrong" if wrong else ""}"><label for="{here}" id="{here}-label">'
        f"{plain(text_of(block, 'label'))}{wanted}</label>{shown}{error}{help_}</div>"
    )
