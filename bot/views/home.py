"""The Home tab: what I follow, what my channels follow, what came out lately; and the words before it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.model import Wave
from bot.records import Block, Content, View
from bot.views import blocks, forms
from bot.views.answers.common import run, typed
from bot.views.answers.following import Following, followed_lines, preference_lines
from bot.views.answers.recent import numbered
from bot.views.blocks import Element, dotted
from bot.views.names import place

# The first two open the form that changes what the destination in their value follows; the last asks for it.
SUBSCRIBE = "home_subscribe"
EDIT = "home_edit"
WHERE = "home_where"
_CHANNELS = 20
MOST_RECENT = 5  # releases to be shown there
_MY_LIMIT = 2_500  # characters of what is followed; with these the tab stays below a hundred blocks
_CHANNEL_LIMIT = 800
_GREETING = (
    "I am installed, and post every new model of the AI labs that you choose: once, with licence and size. "
    "Invite me to a channel with `/invite @cadencebot`, then choose the labs that it follows; or choose some "
    "for yourself."
)
_UNKNOWN = "Slack does not tell me which channels you are in. Type {} in a channel to see what it follows."


def render_greeting() -> Content:
    """Return the first words to whoever installed the bot, with a button for a channel and one for help."""
    row = blocks.actions([_where_button(), run(1, "What I understand", "help")])
    return Content(_GREETING, (blocks.section(_GREETING), *row))


def home_view(
    mine: Following,
    channels: Sequence[Following],
    recent: Sequence[Wave],
    now: datetime,
    *,
    knows_channels: bool,
) -> View:
    """Return the Home tab of one person; `channels` are those that the person is in."""
    rows = [numbered(number, wave) for number, wave in enumerate(recent, 1)]
    return forms.home(
        [
            blocks.header("Model releases"),
            *_mine(mine, now),
            blocks.divider(),
            *_channels(channels, now, knows_channels=knows_channels),
            blocks.divider(),
            blocks.section("*Recent releases*"),
            *(rows or [blocks.section("Nothing came out yet that I know of.")]),
            blocks.context([f"{typed('help')} shows all commands"]),
        ]
    )


def _mine(mine: Following, now: datetime) -> Iterator[Block]:
    yield blocks.section("*What I follow*, told in our direct messages")
    lines = followed_lines(mine, now, _MY_LIMIT)
    yield from blocks.sections(lines or ["Nothing yet."])
    if lines:
        yield blocks.context(preference_lines(mine.preferences))
    label = "Change" if lines else "Follow labs"
    yield from blocks.actions([blocks.button(label, SUBSCRIBE, mine.destination, "primary")])


def _channels(channels: Sequence[Following], now: datetime, *, knows_channels: bool) -> Iterator[Block]:
    yield blocks.section("*What my channels follow*")
    if not knows_channels:
        yield blocks.context([_UNKNOWN.format(typed("list"))])
    elif not channels:
        yield blocks.section("None of them follows anything yet.")
    for number, channel in enumerate(channels[:_CHANNELS]):
        lines = followed_lines(channel, now, _CHANNEL_LIMIT)
        paused = "⏸️ paused, see `list` there" if channel.pause else ""
        title = dotted([f"*{place(channel.destination)}*", paused])
        change = blocks.button(
            "Change", f"{EDIT}:{number}", channel.destination, spoken="Change what this channel follows"
        )
        yield blocks.section(title, change)
        yield from blocks.sections(lines or ["Nothing yet."])
    if len(channels) > _CHANNELS:
        yield blocks.context([f"and {len(channels) - _CHANNELS} more channels"])
    yield from blocks.actions([_where_button()])


def _where_button() -> Element | None:
    """Return the button that asks for a channel, and then for the labs that it shall follow."""
    return blocks.button("Follow labs in a channel", WHERE, "channel")
