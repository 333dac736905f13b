"""Slack's blocks, within Slack's limits, and text from outside in mrkdwn that does nothing.

A message takes 50 blocks, a section 3,000 characters: https://docs.slack.dev/reference/block-kit/blocks
mrkdwn acts on `<...>`, `&...;` and a few marks; an unescaped `<!channel>` in a post's title would ping
everybody: https://docs.slack.dev/messaging/formatting-message-text
The value of a button is the whole command that it runs, so no button is special.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.model import Lab, Release
from bot.records import Block
from bot.releases.facts.text import clean, web_address

_LOOK_ALIKES = str.maketrans({"*": "∗", "`": "ʼ", "~": "∼"})


def escape(text: str) -> str:
    """Return `text` with mrkdwn's three control characters escaped, once."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str, limit: int) -> str:
    """Return `text` cleaned so that mrkdwn shows it as it is; the limit counts what people see.

    mrkdwn has no escape for its formatting marks, so look-alikes stand in for them; the underscore stays,
    because it formats nothing inside a name and names are copied.
    """
    return escape(clean(text, limit).translate(_LOOK_ALIKES))


def link(url: str, label: str, limit: int) -> str:
    """Return a mrkdwn link, or only its label when the address cannot be used."""
    shown = literal(label, limit).replace("|", "¦")
    address = web_address(url)
    return f"<{escape(address)}|{shown}>" if address and shown else shown


NOTHING = "–"  # stands where a text from outside has nothing to show
_HEADER_LIMIT = 150
_SECTION_LIMIT = 3_000
_FIELDS_LIMIT = 10
_ELEMENTS_LIMIT = 10
_ROW_LIMIT = 25  # buttons in a row of actions
_LABEL_LIMIT = 75
_VALUE_LIMIT = 2_000
_OPTION_VALUE_LIMIT = 75  # slack_sdk takes 150, Slack's own types 75
CHART = "data_visualization"
_CHART_TITLE_LIMIT = 50
_CHART_LABEL_LIMIT = 20  # of a series or a category
_CHART_POINTS_LIMIT = 20

Element = dict[str, Any]


def header(text: str) -> Block:
    """Return the headline of a message; `text` may come from outside as it is."""
    return {"type": "header", "text": plain_text(text, _HEADER_LIMIT)}


def divider() -> Block:
    """Return a line between two parts."""
    return {"type": "divider"}


def section(text: str, accessory: Element | None = None) -> Block:
    """Return a paragraph of mrkdwn that Slack does not fold away, with at most one element beside it."""
    block: dict[str, Any] = {"type": "section", "text": mrkdwn(text), "expand": True}
    return {**block, "accessory": accessory} if accessory else block


def sections(lines: Iterable[str]) -> Iterator[Block]:
    """Yield sections that hold all lines, as few as Slack's limit allows."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > _SECTION_LIMIT:
            yield section(text)
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield section(text)


def that_fit(parts: Iterable[str], limit: int) -> Iterator[str]:
    """Yield the first parts that are together at most `limit` characters, markup and escapes included."""
    left = limit
    for part in parts:
        left -= len(part)
        if left < 0:
            return
        yield part


def fields(*pairs: tuple[str, str]) -> Block:
    """Return facts in two columns, each a title and a value in mrkdwn."""
    texts = [mrkdwn(f"*{title}*\n{value}") for title, value in pairs[:_FIELDS_LIMIT]]
    return {"type": "section", "fields": texts}


def context(texts: Iterable[str]) -> Block:
    """Return the small print, one mrkdwn text an element."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts][:_ELEMENTS_LIMIT]}


# --- what can be pressed


def actions(elements: Iterable[Element | None]) -> Iterator[Block]:
    """Yield one row of the elements that there are, or nothing."""
    row = [element for element in elements if element][:_ROW_LIMIT]
    if row:
        yield {"type": "actions", "elements": row}


def before_buttons(message: Sequence[Block], added: Iterable[Block]) -> tuple[Block, ...]:
    """Return a message with blocks added at its end, above the buttons where it ends in those."""
    at = len(message) - 1 if message and message[-1]["type"] == "actions" else len(message)
    return (*message[:at], *added, *message[at:])


def link_button(label: str, url: str, action: str, spoken: str) -> Element | None:
    """Return a button that opens an address, or None when the address is not usable."""
    address = web_address(url)
    return {**_button(label, action, spoken), "url": address} if address else None


def button(label: str, action: str, value: str, style: str = "", spoken: str = "") -> Element | None:
    """Return a button that brings `value` along; `style` is "", "primary" or "danger".

    `spoken` is its label where it is heard without what stands around it: "Details of Kimi K2.6". There is
    no button for a value that Slack would refuse: cut short or cleaned it would say something else.
    """
    return revalued(_button(label, action, spoken) | ({"style": style} if style else {}), action, value)


def revalued(button: Element, action: str, value: str) -> Element | None:
    """Return a button that brings another value along, where Slack takes that."""
    fits = 0 < len(value) <= _VALUE_LIMIT and value.isprintable()
    return {**button, "action_id": action, "value": value} if fits else None


def options(choices: Iterable[tuple[str, str]]) -> list[Element]:
    """Return what a menu offers from (label, value): each value once, those that are too long left out."""
    labels = {
        value: label
        for label, value in choices
        if 0 < len(value) <= _OPTION_VALUE_LIMIT and value.isprintable()
    }
    return [{"text": plain_text(label, _LABEL_LIMIT), "value": value} for value, label in labels.items()]


def _button(label: str, action: str, spoken: str) -> Element:
    """Return a button; what screen readers say has the same limit as what is shown:
    https://docs.slack.dev/reference/block-kit/block-elements/button-element
    """
    button = {"type": "button", "text": plain_text(label, _LABEL_LIMIT), "action_id": action}
    return {**button, "accessibility_label": clean(spoken, _LABEL_LIMIT)} if spoken else button


# --- charts


def bar_chart(title: str, unit: str, points: Sequence[tuple[str, float]]) -> Block:
    """Return Slack's own bar chart of the last points, each a label and a value; `unit` names the values.

    Slack wants every label to be different, so that one that comes again is numbered. Shape and limits:
    https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
    """
    last = points[-_CHART_POINTS_LIMIT:]
    labels = _distinct(label for label, _ in last)
    data = [{"label": label, "value": value} for label, (_, value) in zip(labels, last, strict=True)]
    return {
        "type": CHART,
        "title": clean(title, _CHART_TITLE_LIMIT),
        "chart": {
            "type": "bar",
            "series": [{"name": clean(unit, _CHART_LABEL_LIMIT), "data": data}],
            "axis_config": {"categories": labels, "y_label": clean(unit, _CHART_LABEL_LIMIT)},
        },
    }


def _distinct(labels: Iterable[str]) -> list[str]:
    found: list[str] = []
    for label in labels:
        short = clean(label, _CHART_LABEL_LIMIT) or NOTHING
        for number in range(2, _CHART_POINTS_LIMIT + 2):
            if short not in found:
                break
            short = f"{clean(label, _CHART_LABEL_LIMIT - 5)} ({number})"
        found.append(short)
    return found


# --- text


def plain_text(text: str, limit: int) -> dict[str, Any]:
    """Return text that Slack shows literally and that is never empty, as Slack refuses that."""
    return {"type": "plain_text", "text": clean(text, limit) or NOTHING, "emoji": False}


def mrkdwn(text: str) -> dict[str, Any]:
    """Return text with Slack's marks; whatever in it comes from outside is escaped already."""
    # verbatim: Slack must not turn names into links to channels or people by itself
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def dotted(facts: Iterable[str]) -> str:
    """Return the facts that there are in one line: "MIT, permissive · 1.0T parameters"."""
    return " · ".join(fact for fact in facts if fact)


# --- what messages share


_LAB_LIMIT = 30  # so that the menu's words stay whole


def details_button(release: Release, number: int = 0) -> Element | None:
    """Return the button that opens all that is known of a release; `number` is its own in its block."""
    spoken = f"Details of {release.name.display}"
    return button("Details", f"details:{number}", str(release.id), spoken=spoken)


def more_menu(lab: Lab, release: Release | None = None) -> Element | None:
    """Return the menu behind "…": less of this lab, and a word on what is wrong with this release.

    The menu itself takes no label for screen readers, so that each choice names what it is about:
    https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
    """
    name = clean(lab.name, _LAB_LIMIT) or lab.id
    choices = [
        (f"Mute {name} here for 7 days", f"run:mute {lab.id} 7d"),
        (f"Unsubscribe from {name} here", f"run:unsubscribe {lab.id}"),
    ]
    if release:
        choices.append((f"Report a wrong detail of {release.name.display}", f"report:{release.id}"))
    listed = options(choices)
    return {"type": "overflow", "action_id": "more:0", "options": listed} if listed else None
