"""The pieces that answers share: names, places, commands and lines that fit. All of it is mrkdwn."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from bot.model import Lab, Release, Wave
from bot.releases.facts import words
from bot.releases.facts.visible import clean, web_address
from bot.views import blocks
from bot.views.blocks import Element
from bot.views.escape import link, literal
from bot.views.phrases import length

COMMAND = "/releases"
NAME_LIMIT = 80
LAB_LIMIT = 40
FACT_LIMIT = 80
LINES_LIMIT = 7_000  # visible characters: Slack refuses long messages at a number it does not publish
_TYPED_LIMIT = 300
_TEXT_BYTES = 3_500  # chat.update takes 4,000
_NAMELESS = "a model without a name"
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_CODE = re.compile("ʼ([^ʼ]+)ʼ")  # what `literal` makes of backticks
_LINK = re.compile(r"<[^<>|]*\|([^<>]*)>")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")


def typed(command: str) -> str:
    """Return a command as it is typed into Slack, in code."""
    return f"`{COMMAND} {literal(command, _TYPED_LIMIT)}`" if command.strip() else f"`{COMMAND}`"


def prose(text: str, limit: int) -> str:
    """Return plain text as mrkdwn that shows it as it is, with what stands in `backticks` as code."""
    return _CODE.sub(r"`\1`", literal(text, limit))


def sentence(text: str) -> str:
    """Return text with its first letter large and a full stop at its end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "…")) else ".")


def counted(number: int, thing: str) -> str:
    """Return "1 source", "3 sources"."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def place(destination: str) -> str:
    """Return a destination as Slack shows it to those who may see it."""
    name = destination.rpartition("/")[2]
    if _CHANNEL.fullmatch(name):
        return f"<#{name}>"
    return _mention(name) or literal(destination, LAB_LIMIT) or "a place without a name"


def person(user: str) -> str:
    """Return who did something: a mention in Slack, a name elsewhere, "somebody" where nobody noted it."""
    return _mention(user.rpartition("/")[2]) or literal(user, LAB_LIMIT) or "somebody"


def _mention(user: str) -> str:
    return f"<@{user}>" if _PERSON.fullmatch(user) else ""


def window_words(span: timedelta) -> str:
    """Return a length of time back from now: "30 days", "12 h"."""
    return counted(span.days, "day") if span >= timedelta(days=1) else length(span)


# --- releases


def name_of(release: Release) -> str:
    """Return a release's name."""
    return literal(release.name.display, NAME_LIMIT) or _NAMELESS


def subject_of(wave: Wave) -> str:
    """Return the name that the models of a wave share."""
    return literal(words.subject(wave), NAME_LIMIT) or _NAMELESS


def linked(wave: Wave) -> str:
    """Return the wave's name, linked to the page to read first."""
    return link(main_url(wave), words.subject(wave), NAME_LIMIT) or _NAMELESS


def main_url(wave: Wave) -> str:
    """Return the first usable address: the card of one model but the post about several, else the listing."""
    cards, posts = [it.card_url for it in wave.members], [it.post_url for it in wave.members]
    listed = [mention.url for it in wave.members for mention in it.mentions]
    first = [*posts, *cards] if len(wave.sizes) > 1 else [*cards, *posts]
    return next((url for url in (*first, *listed) if web_address(url)), "")


def lab_of(wave: Wave) -> str:
    """Return the name of the lab that released it."""
    return lab_name(wave.lab)


def lab_name(lab: Lab) -> str:
    """Return a lab's name, or its id where the name has nothing to show."""
    return literal(lab.name, LAB_LIMIT) or literal(lab.id, LAB_LIMIT) or "an unnamed lab"


def licence_of(models: Sequence[Release]) -> str:
    """Return the licence of the first of these models, a circle and words, and whether others differ."""
    license = models[0].license
    said = words.license_words(license)
    differs = ", differs for some" if any(it.license != license for it in models) else ""
    text = "licence not stated" if said == words.NOT_STATED else literal(said, FACT_LIMIT)
    return f"{words.circle(license)} {text}{differs}"


def size_of(models: Sequence[Release]) -> str:
    """Return the parameters of these models: "5.1B to 31B parameters"."""
    return literal(words.size_range(models), FACT_LIMIT) or "size not stated"


def title_of(wave: Wave) -> str:
    """Return what was released by whom, cleaned but not escaped, for a place that shows it literally."""
    name = clean(words.subject(wave), NAME_LIMIT) or _NAMELESS
    return f"{name} by {clean(wave.lab.name, LAB_LIMIT) or wave.lab.id}"


# --- buttons that are commands


def run(number: int, label: str, command: str, style: str = "") -> Element | None:
    """Return a button that runs a command, as if it were typed."""
    return blocks.button(label, f"run:{number}", command, style)


def turn(number: int, label: str, command: str) -> Element | None:
    """Return a button whose answer stands in the place of this one."""
    return blocks.button(label, f"replace:{number}", command)


def share(number: int, command: str) -> Element | None:
    """Return the button that shows the answer to everybody in the channel."""
    return blocks.button("Share in channel", f"share:{number}", command)


def details(number: int, release: Release) -> Element | None:
    """Return the button that opens all that is known of a release."""
    return blocks.button("Details", f"details:{number}", str(release.id))


# --- what fits


def fitting(
    lines: Sequence[str], rest: Callable[[int], str] = "and {} more".format, limit: int = LINES_LIMIT
) -> list[str]:
    """Return the lines that stay within so many characters, then in `rest`'s words how many do not."""
    total, kept = 0, list[str]()
    for line in lines:
        total += len(_LINK.sub(r"\1", line))
        if total > limit:
            return [*kept, rest(len(lines) - len(kept))]
        kept.append(line)
    return kept


def text_of(sentences: Iterable[str]) -> str:
    """Return sentences as the text of a message, as many as chat.update takes.

    Notifications show, and screen readers read, nothing else.
    """
    text = ""
    for one in sentences:
        longer = f"{text} {one.replace('*', '')}".strip()  # nobody hears what is bold
        if len(longer.encode()) > _TEXT_BYTES:
            return f"{text} …"
        text = longer
    return text
