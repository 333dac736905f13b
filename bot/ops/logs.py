"""Logs: one line an event on standard error, JSON when nobody is watching a terminal, and no secret in it.

structlog's events and those of libraries (slack_sdk, Bolt) go the same way, through one handler of logging:
whatever is wrong with the stream, a full disk included, then harms no caller.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

_LONGEST = 2_000  # characters of a field
_LONGEST_TRACE = 10_000  # of a traceback
_SHORTEST_SECRET = 4  # a shorter one would blank half of every line
_TRACES = ("exception", "stack")
_HIDDEN = "[hidden]"
# Secrets by their shape, with what of them may stay. Slack's: https://docs.slack.dev/authentication/tokens
_SHAPES = (
    (re.compile(r"(?:xox[a-z]|xapp)[-.][\w.-]{6,}"), _HIDDEN),
    (re.compile(r"hf_[A-Za-z0-9]{12,}"), _HIDDEN),
    (re.compile(r"(\bBearer\s+)[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (re.compile(r"(hooks\.slack\.com/\w+/)[\w/.-]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?<=://)[^/\s@?#]{1,200}@"), f"{_HIDDEN}@"),  # user:password@ of an address
)
# What could end a line, move a terminal's cursor or turn the reading direction, and what cannot be encoded.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class _Handler(logging.StreamHandler[TextIO]):
    """Our own handler, which `configure` replaces.

    Without a stream it writes to what is standard error just then: above a progress bar, while there is one.
    """

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__(stream)
        self._follows = stream is None

    def emit(self, record: logging.LogRecord) -> None:
        """Write an event."""
        if self._follows:
            self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Lose an event that cannot be written: logging would print it as it is, with its secrets."""


def configure(level: str, stream: TextIO | None = None, secrets: Iterable[str] = ()) -> None:
    """Send events of at least `level` ("info", "warning" ...) to `stream`, by default standard error.

    Libraries are heard from "warning" on. `secrets` are hidden wherever they stand; so is whatever looks like
    a token.
    """
    threshold: int = getattr(logging, level.upper())
    prepare: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = _Handler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=prepare,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                partial(_tamed, redactor(secrets)),
                *_renderers(terminal=(stream or sys.stderr).isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(one for one in root.handlers if not isinstance(one, _Handler)), handler]
    root.setLevel(max(threshold, logging.WARNING))
    logging.getLogger("bot").setLevel(threshold)
    # It logs each failed call as an error of its own; what came of the call is in our events.
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)
    # It warns that it leaves alone the tokens of the environment, which is meant.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*prepare, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _renderers(*, terminal: bool) -> list[Processor]:
    if not terminal:
        return [structlog.processors.JSONRenderer()]
    console = structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)
    return [_indented, console]


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return a function that hides these secrets, also as they stand in an address, and all known shapes."""
    known = {
        form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in (secret, quote(secret, ""))
    }
    longest_first = sorted(known, key=len, reverse=True)  # one secret may begin with another
    values = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def redact(text: str) -> str:
        text = values.sub(_HIDDEN, text)
        for shape, shown in _SHAPES:
            text = shape.sub(shown, text)
        return text

    return redact


def _tamed(redact: Callable[[str], str], _logger: Any, _name: str, event: EventDict) -> EventDict:
    """Return an event with every field safe to print: redacted, one line, not too long."""
    return {key: _tame(key, value, redact) for key, value in event.items()}


def _tame(key: str, value: object, redact: Callable[[str], str]) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = redact(str(value))
    if key in _TRACES:
        return "\n".join(_one_line(line) for line in _cut(text, _LONGEST_TRACE).split("\n"))
    return _one_line(_cut(text, _LONGEST))


def _one_line(text: str) -> str:
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def _cut(text: str, most: int) -> str:
    """Return the beginning and the end: of a traceback both matter."""
    half = most // 2
    left_out = len(text) - 2 * half
    return text if left_out <= 0 else f"{text[:half]} [{left_out} characters left out] {text[-half:]}"


def _indented(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Move tracebacks off the left edge, so that no line of one can pass for an event."""
    indented = {key: str(event[key]).replace("\n", "\n    ") for key in _TRACES if event.get(key)}
    return {**event, **{key: f"    {text}" for key, text in indented.items()}}
