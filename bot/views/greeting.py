"""The first words to whoever installed the bot in a workspace."""

from bot.records import Content
from bot.views import blocks
from bot.views.answers.common import run
from bot.views.home import where_button

_TEXT = (
    "I am installed, and post every new model of the AI labs that you choose: once, with licence and size. "
    "Invite me to a channel with `/invite @cadencebot`, then choose the labs that it follows; or choose some "
    "for yourself."
)


def render_greeting() -> Content:
    """Return two sentences, with a button that asks for a channel and its labs, and one for help."""
    row = blocks.actions([where_button(), run(1, "What I understand", "help")])
    return Content(_TEXT, (blocks.section(_TEXT), *row))
