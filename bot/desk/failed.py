"""What is said instead of an answer, where nothing came of what was asked."""

import structlog

from bot.errors import StoreError, UsageError
from bot.records import Content
from bot.views import answers

log = structlog.get_logger()


def failed_answer(error: UsageError | StoreError, text: str = "") -> Content:
    """Return what was wrong with the text typed, or that the store cannot be used, which is logged."""
    if isinstance(error, UsageError):
        return answers.error_answer(error, text)
    log.error("command_failed", command=text[:200], exc_info=error)
    return answers.said(f"I cannot use my memory just now: {error}. Nothing was changed.")
