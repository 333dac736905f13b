"""Remember which requests were taken on, since Slack delivers some of them twice."""

import threading
from collections import OrderedDict

_KEPT = 10_000  # Slack repeats an event for about an hour; 30,000 an hour is the most a workspace may have


class Once:
    """Know the latest request ids. Safe for threads."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, request: str) -> bool:
        """Whether a request comes for the first time; one without an id always does."""
        if not request:
            return True
        with self._lock:
            if request in self._known:
                return False
            self._known[request] = None
            if len(self._known) > self._kept:
                self._known.popitem(last=False)
            return True
