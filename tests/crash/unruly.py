"""A Slack that is often not well: it refuses, breaks down, does as it was asked without a word, or later."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import repeat
from random import Random

from bot.demo.server import Answer, Request, dropped
from bot.demo.slack import Slack
from tests.support.faults import hung, rate_limited, refused, server_error

LATE = timedelta(
    seconds=3
)  # after the connection broke; the bot waits for longer before it believes its eyes
HOPELESS = 1.5  # as long as this many times the caller's patience

_WRITING = {
    "429": 6,
    "500": 4,
    "500, but posted": 4,
    "dropped": 4,
    "posted, then dropped": 6,
    "posted, then hung": 1,
    "lands late": 5,
}
_READING = {"429": 3, "500": 3, "dropped": 3}
_FAULTS: Mapping[str, Mapping[str, int]] = {
    "chat.postMessage": _WRITING,
    "chat.update": _WRITING,
    "conversations.history": _READING,
    "conversations.replies": _READING,
}
_WELL = 50  # beside the figures above: more than half of all calls


class UnrulySlack(Slack):
    """Slack out of order; `faults` counts how each call was spoilt, `patience` is its caller's in seconds."""

    def __init__(
        self,
        now: Callable[[], datetime],
        channels: Mapping[str, str],
        dice: Random,
        patience: float,
        *,
        readable: bool = True,
    ) -> None:
        super().__init__(now, channels)
        self.handle = self._meet
        self.faults: Counter[str] = Counter()
        self.calm = False
        self.called = threading.Event()
        self._dice = dice
        self._patience = patience
        self._readable = readable
        self._landing: list[tuple[datetime, Request]] = []
        self._countdown = 0

    def call_after(self, calls: int) -> threading.Event:
        """Return what is set as the so-manyth call from now on arrives."""
        with self._lock:
            self._countdown = calls
            self.called = threading.Event()
            return self.called

    def _meet(self, request: Request) -> Answer:
        if len(request.body) < int(request.headers.get("content-length", 0)):
            return dropped()  # its sender was killed in the middle of it
        with self._lock:
            self._land()
            method = request.path.removeprefix("/api/")
            if method == "auth.test":
                return self._handle(request)  # all that is asked for is the time
            if not self._readable and method.startswith("conversations."):
                return refused("missing_scope")
            self._countdown -= 1
            if self._countdown == 0:
                self.called.set()
            fault = self._choose(method)
            self.faults.update([fault] if fault else [])
            return self._spoilt(request, fault)

    def _choose(self, method: str) -> str:
        weights = {} if self.calm else _FAULTS.get(method, {})
        return self._dice.choices(["", *weights], [_WELL, *weights.values()])[0]

    def _spoilt(self, request: Request, fault: str) -> Answer:
        """Return what the caller gets; what is posted all the same is posted first."""
        if fault == "429":
            return rate_limited(self._dice.randint(1, 3))
        if fault == "lands late":
            self._landing.append((self._now() + LATE, request))
        posts = fault not in {"500", "dropped", "lands late"}
        answer = self._handle(request) if posts else dropped()
        if fault.startswith("500"):
            return server_error()
        if fault == "posted, then hung":
            return hung(HOPELESS * self._patience)
        return dropped() if fault else answer

    def _land(self) -> None:
        """Do what was asked for some time ago, as far as its time has come, and as of that time."""
        clock, now = self._now, self._now()
        for landing in [one for one in self._landing if one[0] <= now]:
            self._landing.remove(landing)
            self._now = repeat(landing[0]).__next__
            self._handle(landing[1])
        self._now = clock
