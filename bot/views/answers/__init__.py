"""Render every answer to a command: pure, escaped, and within Slack's limits whatever comes in."""

from bot.views.answers.asking import cannot_post_answer, confirm_answer, error_answer, said, subscribed_answer
from bot.views.answers.cadence import CadenceTable, cadence_answer, without_charts
from bot.views.answers.directory import labs_answer
from bot.views.answers.following import Following, digest_answer, list_answer, settings_answer
from bot.views.answers.health import BotStatus, status_answer
from bot.views.answers.helping import help_answer
from bot.views.answers.holding import held_answer, ignored_answer
from bot.views.answers.reasons import why_answer
from bot.views.answers.recent import page_size, recent_answer
from bot.views.answers.show import show_answer

__all__ = [
    "BotStatus",
    "CadenceTable",
    "Following",
    "cadence_answer",
    "cannot_post_answer",
    "confirm_answer",
    "digest_answer",
    "error_answer",
    "held_answer",
    "help_answer",
    "ignored_answer",
    "labs_answer",
    "list_answer",
    "page_size",
    "recent_answer",
    "said",
    "settings_answer",
    "show_answer",
    "status_answer",
    "subscribed_answer",
    "why_answer",
    "without_charts",
]
