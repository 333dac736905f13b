"""What is said instead of an answer, where nothing came of what was asked."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog

from bot.errors import StoreError, UsageError
from bot.records import Content
from bot.views import answers

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")


def failed_answer(error: UsageError | StoreError, text: str = "") -> Content:
    """Return what was wrong with the text typed, or that the store cannot be used, which is logged."""
    if isinstance(error, UsageError):
        return answers.error_answer(error, text)
    log.error("command_failed", command=text[:200], exc_info=error)
    return answers.said(f"I cannot use my memory just now: {error}. Nothing was changed.")


def told_where_it_fails(make: Callable[P, T]) -> Callable[P, T | Content]:
    """Have a function return why nothing came of it, in words, where it raises UsageError or StoreError."""

    @wraps(make)
    def made(*args: P.args, **options: P.kwargs) -> T | Content:
        try:
            return make(*args, **options)
        except (UsageError, StoreError) as error:
            return failed_answer(error)

    return made
