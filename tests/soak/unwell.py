"""Servers that are often not well, in the ways of any server."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from bot.demo.hub import internal_error, rate_limited
from bot.demo.server import Answer, Loopback, Request, dropped
from tests.support.faults import html_page, server_error

_OFTEN = 0.12  # of all requests

_FAULTS: dict[str, Callable[[Answer], Answer]] = {
    "429": lambda _: rate_limited(10),
    "500": lambda _: server_error(),
    "503": lambda _: html_page(503),
    "dropped": lambda _: dropped(),
    "an error in place of a list": lambda _: internal_error(200),
    "a page in place of an answer": lambda _: html_page(),
    "half an answer": lambda answer: Answer(200, answer.body[: len(answer.body) // 2]),
}


@dataclass
class Illness:
    """Spoil answers of servers now and then unless all is `calm`; count in `faults` how each was spoilt."""

    dice: Random
    calm: bool = False
    faults: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def befall(self, server: Loopback) -> None:
        well = server.handle

        def handle(request: Request) -> Answer:
            answer, fault = well(request), self._next()
            return _FAULTS[fault](answer) if fault else answer

        server.handle = handle

    def _next(self) -> str:
        with self._lock:
            if self.calm or self.dice.random() > _OFTEN:
                return ""
            fault = self.dice.choice(list(_FAULTS))
            self.faults[fault] += 1
            return fault
