"""What came already, as far as memory reaches, and that of the other processes."""

import threading
from collections import OrderedDict
from collections.abc import Callable

import structlog

from bot.errors import StoreError

log = structlog.get_logger(__name__)

_KEPT = 10_000  # Slack repeats an event for about an hour; 30,000 an hour is the most a workspace may have


class Once:
    """The latest keys that came, for any thread; `is_new_elsewhere` tells of other processes."""

    def __init__(self, is_new_elsewhere: Callable[[str], bool] = lambda _: True) -> None:
        self._is_new_elsewhere = is_new_elsewhere
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
        try:
            return self._is_new_elsewhere(key)
        except StoreError as error:  # better done twice than never
            log.warning("repeats_not_known", error=str(error))
            return True
