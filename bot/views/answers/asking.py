"""Short answers: it is done, it is not, are you sure, I did not understand."""

from collections.abc import Iterable
from datetime import datetime

from bot.errors import UsageError
from bot.model import Wave
from bot.records import Content
from bot.views import blocks
from bot.views.answers.pieces import licence_of, linked, prose, run, sentence, size_of, text_of, turn, typed
from bot.views.commands import MisunderstoodError
from bot.views.phrases import ago

_SENTENCE_LIMIT = 500
_SUGGESTIONS = 3
_NOTHING_CHANGED = "Nothing was changed."


def said(text: str, details: Iterable[str] = ()) -> Content:
    """Return a plain confirmation; `text` is shown as it is, `details` are lines of mrkdwn."""
    shown, lines = sentence(prose(text, _SENTENCE_LIMIT) or "Done"), tuple(details)
    return Content(text_of([shown, *lines]), (blocks.section(shown), *blocks.sections(lines)))


def subscribed_answer(text: str, newest: Wave | None, now: datetime) -> Content:
    """Return the confirmation of a subscription; instead of a backfill it shows the newest release."""
    if newest is None:
        return said(text, ["Nothing came out yet that I know of."])
    facts = f"{licence_of(newest.sizes)} · {size_of(newest.sizes)}"
    latest = f"The newest release so far: *{linked(newest)}*, {ago(newest.lead.published.at, now)} · {facts}"
    return said(text, [latest])


def confirm_answer(question: str, command: str) -> Content:
    """Return a question before something that is hard to undo."""
    shown = prose(question, _SENTENCE_LIMIT) or "Are you sure?"
    yes = f"{command} yes"
    row = blocks.actions([run(0, "Yes", yes, "danger"), turn(1, "Cancel", "help")])
    note = f"Nothing was changed yet. {typed(yes)} says yes as well."
    return Content(text_of([shown, note]), (blocks.section(shown), *row, blocks.context([note])))


def error_answer(error: UsageError, text: str) -> Content:
    """Return what was wrong with the words typed, and what may have been meant as buttons."""
    shown = sentence(prose(str(error), _SENTENCE_LIMIT) or "I did not understand that")
    meant = error.suggestions[:_SUGGESTIONS] if isinstance(error, MisunderstoodError) else ()
    row = [run(number, one.label, one.text) for number, one in enumerate(meant)]
    echo = f"You typed: {typed(text)}"
    offers = "Try " + " or ".join(typed(one.text) for one in meant) + "." if meant else ""
    return Content(
        text_of([shown, _NOTHING_CHANGED, offers]),
        (
            blocks.section(f"⚠️ {shown} {_NOTHING_CHANGED}"),
            *blocks.actions([*row, run(_SUGGESTIONS, "Help", "help")]),
            blocks.context([echo]),
        ),
    )


def cannot_post_answer(command: str, bot_name: str = "cadencebot") -> Content:
    """Return how to let the bot into a channel; `command` is what to type again then."""
    steps = (f"1. `/invite @{prose(bot_name, 80)}`", f"2. {typed(command)}")
    problem = "🔒 I cannot post in this channel yet. Invite me, then run the command again:"
    return Content(
        text_of([problem, *steps, _NOTHING_CHANGED]),
        (blocks.section("\n".join([problem, *steps])), blocks.context([_NOTHING_CHANGED])),
    )
