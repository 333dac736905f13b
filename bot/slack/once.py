"""What came already, as far as memory reaches."""

import threading
from collections import OrderedDict

_KEPT = 10_000  # Slack repeats an event for about an hour; 30,000 an hour is the most a workspace may have


class Once:
    """The latest keys that came, for any thread."""

    def __init__(self) -> None:
        self._latest: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, key: str) -> bool:
        """Whether a key comes for the first time; it is known from then on."""
        with self._lock:
            if key in self._latest:
                return False
            self._latest[key] = None
            if len(self._latest) > _KEPT:
                self._latest.popitem(last=False)
            return True
