"""What answers share: commands, buttons and lines that fit, in mrkdwn; and the shortest answers."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import UsageError
from bot.model import Destination, Wave
from bot.records import Block, Content
from bot.views import blocks
from bot.views.blocks import Element, literal
from bot.views.commands import YEAR, MisunderstoodError
from bot.views.names import licence_of, linked, place, size_of
from bot.views.phrases import ago, counted, length

COMMAND = "/releases"
LINES_LIMIT = 7_000  # visible characters: Slack refuses long messages at a number it does not publish
_TYPED_LIMIT = 300
_SENTENCE_LIMIT = 500
_NOTES_LIMIT = 1_500  # characters of what else is to be known of a subscription
_TEXT_BYTES = 3_500  # chat.update takes 4,000
_SUGGESTIONS = 3
_NOTHING_CHANGED = "Nothing was changed."
_CODE = re.compile("ʼ([^ʼ]+)ʼ")  # what `literal` makes of backticks
_LINK = re.compile(r"<[^<>|]*\|([^<>]*)>")


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


def elsewhere(command: str) -> str:
    """Return where an admin of several workspaces finds the others."""
    return f"Only this workspace is shown; {typed(command)} shows all."


def window_words(span: timedelta) -> str:
    """Return a length of time back from now: "30 days", "12 h", "5 years"."""
    years, days = divmod(span, YEAR)
    if years > 1 and not days:
        return counted(years, "year")
    return counted(span.days, "day") if span >= timedelta(days=1) else length(span)


# --- buttons that are commands


def run(number: int, label: str, command: str) -> Element | None:
    """Return a button that asks something, as if it were typed: what changes something is for `turn`."""
    return blocks.button(label, f"run:{number}", command)


def turn(number: int, label: str, command: str, style: str = "") -> Element | None:
    """Return a button that runs a command, whose answer takes the place of the message that it stands in.

    So do all buttons that change something: what is done cannot be pressed again.
    """
    return blocks.button(label, f"replace:{number}", command, style)


def cancel(number: int, command: str) -> Element | None:
    """Return the button that ends a question about a command, with nothing done."""
    return blocks.button("Cancel", f"cancel:{number}", literal(command, _TYPED_LIMIT))


def choose(number: int, label: str, destination: Destination) -> Element | None:
    """Return a button that opens the form in which a destination chooses the labs that it follows."""
    return blocks.button(label, f"choose:{number}", destination, "primary")


def share(number: int, command: str) -> Element | None:
    """Return the button that shows the answer to everybody in the channel."""
    return blocks.button("Share in channel", f"share:{number}", command)


def acting_at(place: Destination, answer: Content) -> Content:
    """Return an answer whose buttons act on a place, wherever they are pressed."""

    def there(button: Element) -> Element | None:
        kind, _, number = button["action_id"].partition(":")
        if kind != "replace":
            return button
        return blocks.revalued(button, f"there:{number}", f"{place} {button['value']}")

    return _with_buttons(answer, there)


def unshared(answer: Content) -> Content:
    """Return an answer without the button that shows it to a channel, for where there is none."""
    return _with_buttons(answer, lambda it: None if it["action_id"].startswith("share:") else it)


def _with_buttons(answer: Content, change: Callable[[Element], Element | None]) -> Content:
    rows = (
        blocks.actions(map(change, block["elements"])) if block["type"] == "actions" else (block,)
        for block in answer.blocks
    )
    return replace(answer, blocks=tuple(block for row in rows for block in row))


# --- what fits


def fitting(
    lines: Sequence[str], rest: str = "and {} more", limit: int = LINES_LIMIT, *, whole: bool = False
) -> list[str]:
    """Return the lines that stay within so many characters, then in `rest`'s words how many do not.

    `whole`: there is room for all, as on a terminal.
    """
    if whole:
        return list(lines)
    total, kept = 0, list[str]()
    for line in lines:
        total += len(_LINK.sub(r"\1", line))
        if total > limit:
            return [*kept, rest.format(len(lines) - len(kept))]
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


def part(
    title: str, rows: Sequence[str], limit: int = LINES_LIMIT, *, whole: bool = False
) -> Iterator[Block]:
    """Yield rows below their title, as many as stay within so many characters; nothing of none."""
    if rows:
        lines = fitting([f"• {row}" for row in rows], limit=limit, whole=whole)
        yield from blocks.sections([f"*{title}*", *lines])


# --- the shortest answers


def after(settled: Content, rest: Content) -> Content:
    """Return what was said of one thing, and behind it the others that are still to be settled."""
    return Content(text_of([settled.text, rest.text]), (*settled.blocks, *rest.blocks))


def undoable(answer: Content, back: str) -> Content:
    """Return the confirmation of a change with a button that takes it back, where a button can hold that.

    `back` is when the change was made, in Unix time, where, and the commands that restore what was before.
    """
    row = blocks.actions([blocks.button("Undo", "undo:0", back)])
    return Content(answer.text, (*(answer.blocks or (blocks.section(answer.text),)), *row))


def undone_answer(answer: Content) -> Content:
    """Return what is said of a change that was taken back; what it offers besides is over."""
    kept = [block for block in answer.blocks if block["type"] != "actions"]
    return Content(text_of(["Undone.", answer.text]), (blocks.section("*Undone.*"), *kept))


def said(text: str, details: Iterable[str] = (), buttons: Iterable[Element | None] = ()) -> Content:
    """Return a plain confirmation; `text` is shown as it is, `details` are lines of mrkdwn."""
    shown, lines = sentence(prose(text, _SENTENCE_LIMIT) or "Done"), tuple(details)
    rows = (blocks.section(shown), *blocks.sections(lines), *blocks.actions(buttons))
    return Content(text_of([shown, *lines]), rows)


def subscribed_answer(
    text: str, newest: Wave | None, now: datetime, *, left_out: str = "", notes: Sequence[str] = ()
) -> Content:
    """Return the confirmation of a subscription; instead of a backfill it shows the newest release.

    `left_out` says why its filter would not have told of that one, `notes` what else is to be known of it.
    """
    told = fitting([prose(note, _SENTENCE_LIMIT) for note in notes], limit=_NOTES_LIMIT)
    if newest is None:
        return said(text, [*told, "Nothing came out yet that I know of."])
    facts = f"{licence_of(newest.sizes)} · {size_of(newest.sizes)}"
    latest = f"The newest release so far: *{linked(newest)}*, {ago(newest.lead.published.at, now)} · {facts}"
    if left_out:
        latest += f"\nThis filter leaves it out: {prose(left_out, _SENTENCE_LIMIT)}."
    return said(text, [*told, latest])


def confirm_answer(question: str, command: str) -> Content:
    """Return a question before something that is hard to undo."""
    shown = prose(question, _SENTENCE_LIMIT) or "Are you sure?"
    yes = f"{command} yes"
    row = blocks.actions([turn(0, "Yes", yes, "danger"), cancel(1, command)])
    note = f"Nothing was changed yet. {typed(yes)} says yes as well."
    return Content(text_of([shown, note]), (blocks.section(shown), *row, blocks.context([note])))


def error_answer(error: UsageError, text: str) -> Content:
    """Return what was wrong with the words typed, and what may have been meant as buttons."""
    shown = sentence(prose(str(error), _SENTENCE_LIMIT) or "I did not understand that")
    meant = error.suggestions[:_SUGGESTIONS] if isinstance(error, MisunderstoodError) else ()
    row = [turn(number, one.label, one.text) for number, one in enumerate(meant)]
    if all(one.text != "help" for one in meant):
        row.append(turn(_SUGGESTIONS, "Help", "help"))
    echo = [blocks.context([f"You typed: {typed(text)}"])] if text else []
    offers = "Try " + " or ".join(typed(one.text) for one in meant) + "." if meant else ""
    return Content(
        text_of([shown, _NOTHING_CHANGED, offers]),
        (blocks.section(f"⚠️ {shown} {_NOTHING_CHANGED}"), *blocks.actions(row), *echo),
    )


def cannot_post_answer(
    command: str, destination: Destination, is_elsewhere: bool = False, *, archived: bool = False
) -> Content:
    """Return why nothing was changed where the bot cannot post, with a button that runs the command again.

    `is_elsewhere`: the answer is not read in that channel, so that it is named.
    """
    channel = place(destination) if is_elsewhere else "this channel"
    again = blocks.button("Try again", "there:0", f"{destination} {command}", "primary")
    then = "then press *Try again*" if again else f"then run {typed(command)} again"
    if archived:
        shown = sentence(f"{channel} is archived, so nothing was changed. Unarchive it first, {then}")
    else:
        shown = (
            f"I am not in {channel} yet, so nothing was changed. "
            f"Invite me first with `/invite @cadencebot`, {then}."
        )
    return Content(text_of([shown]), (blocks.section(shown), *blocks.actions([again])))


_UNINVITED = (
    "I am not in this channel: I may post here, but a message whose answer from Slack gets lost cannot be "
    "looked up. `/invite` me, and it can."
)


def understood_answer(command: str, answer: Content) -> Content:
    """Return the answer to a question in plain words, which begins with the command that it was taken for."""
    meant = f"{typed(command)}:"
    return Content(text_of([meant, answer.text]), (blocks.section(meant), *answer.blocks))


def uninvited_answer(answer: Content) -> Content:
    """Return an answer about a public channel where the bot may post without being in it, which says so."""
    return Content(text_of([answer.text, _UNINVITED]), (*answer.blocks, blocks.context([_UNINVITED])))
