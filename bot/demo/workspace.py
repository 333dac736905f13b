"""The whole stand-in for Slack: beside channels and people there are windows and the Home tab.

Views are opened, pushed, updated and published as https://docs.slack.dev/surfaces/modals says.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.demo.elements import initially, placed
from bot.demo.payloads import state_of
from bot.demo.people import Peopled, Person
from bot.demo.slack import BOT, Arguments, Refusal
from bot.demo.window import Window

_DEPTH = 3  # windows on top of each other


class Workspace(Peopled):
    """A workspace whose people open windows and the Home tab."""

    def __init__(
        self,
        now: Callable[[], datetime],
        channels: Mapping[str, str],
        people: Sequence[Person],
        outside: Iterable[str] = (),
    ) -> None:
        super().__init__(now, channels, people, outside)
        self._windows: dict[str, list[Window]] = {person.id: [] for person in people}
        self._homes: dict[str, Window] = {}
        self._methods = {
            **self._methods,
            "views.open": self._open_view,
            "views.push": self._push_view,
            "views.update": self._update_view,
            "views.publish": self._publish,
        }

    def window(self, user: str) -> Window | None:
        """Return the window that is open for somebody, the topmost one."""
        with self._lock:
            return next(reversed(self._windows[user]), None)

    def home(self, user: str) -> Window | None:
        """Return somebody's Home tab, None before the bot has drawn it."""
        with self._lock:
            return self._homes.get(user)

    def open_windows(self, user: str) -> list[dict[str, Any]]:
        """Return the views that are open for somebody as payloads tell them, the first one first."""
        with self._lock:
            stack = list(self._windows[user])
        return [
            _as_object(window, stack[0].id, stack[depth - 1].id if depth else None)
            for depth, window in enumerate(stack)
        ]

    def home_object(self, user: str) -> dict[str, Any]:
        """Return somebody's Home tab as payloads tell it."""
        with self._lock:
            home = self._homes[user]
        return _as_object(home, home.id, None)

    def fill(self, user: str, values: Mapping[str, Sequence[str]], errors: Mapping[str, str]) -> None:
        """Keep what stands in the inputs of the window that is open, and what is wrong with it."""
        with self._changed:
            if stack := self._windows[user]:
                stack[-1] = replace(stack[-1], values=values, errors=errors)
                self._tell()

    def close_window(self, user: str, view_id: str = "") -> None:
        """Close a window and what is on top of it, or all of them; one that is closed already stays so."""
        with self._changed:
            stack = self._windows[user]
            depth = _ids(stack).index(view_id) if view_id in _ids(stack) else len(stack)
            del stack[depth if view_id else 0 :]
            self._tell()

    def show_view(self, user: str, view: Mapping[str, Any], *, instead: bool = False) -> Window:
        """Open a window on top, or in the place of the one on top."""
        with self._changed:
            window = Window(f"V{next(self._ids):08d}", view)
            if instead and self._windows[user]:
                window = replace(window, id=self._windows[user].pop().id)
            self._windows[user].append(window)
            self._tell()
        return window

    # --- the Web API

    def _open_view(self, arguments: Arguments) -> dict[str, Any]:
        user = self._whose(arguments)
        self._windows[user].clear()
        return self._shown(user, arguments)

    def _push_view(self, arguments: Arguments) -> dict[str, Any]:
        user = self._whose(arguments)
        if len(self._windows[user]) >= _DEPTH:
            raise Refusal("push_limit_reached")
        return self._shown(user, arguments)

    def _shown(self, user: str, arguments: Arguments) -> dict[str, Any]:
        self.show_view(user, arguments["view"])
        return {"view": self.open_windows(user)[-1]}

    def _whose(self, arguments: Arguments) -> str:
        """Return whose trigger it is; each opens one window."""
        user = self._triggers.pop(str(arguments.get("trigger_id", "")), "")
        if not user:
            raise Refusal("invalid_trigger_id")
        if not isinstance(arguments.get("view"), Mapping):
            raise Refusal("invalid_arguments")
        return user

    def _update_view(self, arguments: Arguments) -> dict[str, Any]:
        for user, stack in self._windows.items():
            for depth, window in enumerate(stack):
                if window.id == arguments.get("view_id"):
                    stack[depth] = _carried_over(window, arguments["view"])
                    self._tell()
                    return {"view": self.open_windows(user)[depth]}
        raise Refusal("not_found")

    def _publish(self, arguments: Arguments) -> dict[str, Any]:
        user = self._member(arguments, "user_id").id
        known = self._homes.get(user)
        self._homes[user] = Window(known.id if known else f"V{next(self._ids):08d}", arguments["view"])
        self._tell()
        return {"view": self.home_object(user)}


def _ids(stack: Sequence[Window]) -> list[str]:
    return [window.id for window in stack]


def _carried_over(window: Window, view: Mapping[str, Any]) -> Window:
    """Return a window with another view; inputs with the same ids keep what was typed into them."""
    typed = {
        (it.block_id, it.action_id): window.values[it.at]
        for it in placed(window.view.get("blocks", ()))
        if it.at in window.values
    }
    values = {
        it.at: typed.get((it.block_id, it.action_id), initially(it.element))
        for it in placed(view.get("blocks", ()))
    }
    return Window(window.id, view, values)


def _as_object(window: Window, root: str, previous: str | None) -> dict[str, Any]:
    """Return a view as the API and payloads tell it.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    view = window.view
    stamp = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
    return {
        "id": window.id,
        "team_id": BOT["team"],
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "title": {"type": "plain_text", "text": "", "emoji": False},
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **view,
        "state": state_of(view.get("blocks", ()), window.values),
        "hash": stamp[:24],
        "previous_view_id": previous,
        "root_view_id": root,
        "app_id": BOT["app_id"],
        "app_installed_team_id": BOT["team"],
        "bot_id": BOT["bot_id"],
    }
