"""Render every answer to a command: pure, escaped, and within Slack's limits whatever comes in."""

from bot.views.answers.adding import (
    Tried,
    added_answer,
    added_labs_answer,
    only_admins_answer,
    proposal_answer,
    reading_words,
    tried_line,
    tried_summary,
    wish_line,
)
from bot.views.answers.adoption import adoption_answer
from bot.views.answers.cadence import CadenceTable, cadence_answer, without_charts
from bot.views.answers.common import (
    acting_at,
    after,
    cannot_post_answer,
    confirm_answer,
    error_answer,
    said,
    subscribed_answer,
    understood_answer,
    undoable,
    undone_answer,
    uninvited_answer,
    unshared,
)
from bot.views.answers.deliveries import deliveries_answer
from bot.views.answers.following import Following, digest_answer, list_answer, preview_answer, settings_answer
from bot.views.answers.held import held_answer, ignored_answer
from bot.views.answers.help import help_answer, labs_answer, welcome_answer
from bot.views.answers.recent import page_size, recent_answer
from bot.views.answers.show import show_answer
from bot.views.answers.status import BotStatus, status_answer
from bot.views.answers.unclear import lacking_words, settled_answer, unclear_answer
from bot.views.answers.why import why_answer

__all__ = [
    "BotStatus",
    "CadenceTable",
    "Following",
    "Tried",
    "acting_at",
    "added_answer",
    "added_labs_answer",
    "adoption_answer",
    "after",
    "cadence_answer",
    "cannot_post_answer",
    "confirm_answer",
    "deliveries_answer",
    "digest_answer",
    "error_answer",
    "held_answer",
    "help_answer",
    "ignored_answer",
    "labs_answer",
    "lacking_words",
    "list_answer",
    "only_admins_answer",
    "page_size",
    "preview_answer",
    "proposal_answer",
    "reading_words",
    "recent_answer",
    "said",
    "settings_answer",
    "settled_answer",
    "show_answer",
    "status_answer",
    "subscribed_answer",
    "tried_line",
    "tried_summary",
    "unclear_answer",
    "understood_answer",
    "undoable",
    "undone_answer",
    "uninvited_answer",
    "unshared",
    "welcome_answer",
    "why_answer",
    "wish_line",
    "without_charts",
]
