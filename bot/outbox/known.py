"""What many messages tell alike, looked up and rendered once: one release goes to a thousand channels."""

import hashlib
import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from bot.model import Wave
from bot.records import Content
from bot.store.store import Store
from bot.views.alert import LicenseChange, facts_of, render_alert
from bot.views.group import render_group

_FOR = timedelta(minutes=1)  # as long as messages may say the time of the first of them


class Known:
    """What is known of releases at a moment; it belongs to one thread, and inside its transactions.

    Whatever another thread or process stores makes it outdated. What delivering itself stores, which is how
    deliveries stand, is not in here.
    """

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._as_of = store.version
        self.now = now
        self.wave = cache(store.history.wave)
        self.earlier = cache(store.deliveries.earlier_of_family)
        self.told = cache(told)

    def is_outdated(self, now: datetime) -> bool:
        """Whether something was stored since, or it is another time."""
        return self._as_of != self._store.version or not timedelta() <= now - self.now < _FOR


def told(
    waves: tuple[Wave, ...], now: datetime, *, interactive: bool, updates: str, change: LicenseChange | None
) -> tuple[Content, str]:
    """Return what the message of these waves says to everybody, and the digest of it. Pure.

    Where people want no edits, only facts count as a change: `updates` is as in bot.records.Preferences.
    """
    edited = updates == "edit"
    if len(waves) > 1:
        content = render_group(waves, now, interactive=interactive, edited=edited)
    else:
        content = render_alert(waves[0], now, interactive=interactive, edited=edited, change=change)
    if updates == "thread":
        return content, digest_of([facts_of(wave, now) for wave in waves])
    return content, digest_of([content.text, content.blocks])


def digest_of(content: Any) -> str:
    """Return a digest of what JSON can hold."""
    text = json.dumps(content, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
