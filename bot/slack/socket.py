"""The connection to Slack through which requests come in Socket Mode, kept up whatever happens to it.

What goes wrong with such connections in the long run: docs/reference/slack.md#sockets. The client reconnects
by itself; where it believes in a connection that Slack has given up, the watchdog starts it anew.
"""

import logging
import math
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

from bot.errors import StoreError
from bot.slack.api import call
from bot.slack.client import SlackClient

log = structlog.get_logger(__name__)

_BEAT = 10.0  # seconds between two looks at the connection
_PING = 10.0  # seconds between two pings
_SILENCE = timedelta(minutes=3)  # without a word or a pong
_REST = timedelta(minutes=1)  # after a refusal: Slack takes one such call a minute


class SocketMode:
    """One connection, open from `start` to `stop`; each of the `bots` that share a database has one."""

    def __init__(
        self,
        app: App,
        app_token: str,
        client: SlackClient,
        now: Callable[[], datetime],
        *,
        ping: float = _PING,
        bots: Callable[[], int] = lambda: 1,
        silence: timedelta = _SILENCE,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._web = client
        self._now = now
        self._bots = bots
        self._ping = ping
        self._silence = silence
        self._handler: SocketModeHandler | None = None
        self._heard = now()
        self._pong = 0.0
        self._not_before = now()
        self._greeted = False
        self._stop = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="slack-socket")

    def start(self) -> None:
        """Connect, and go on trying where that fails."""
        self._watchdog.start()

    def stop(self) -> None:
        """Close the connection, so that no ghost of it takes clicks."""
        self._stop.set()
        if self._watchdog.is_alive():
            self._watchdog.join()
        self._disconnect()

    def look(self) -> None:
        """Connect where there is no connection, and anew where nothing was heard for too long."""
        if self._handler is None:
            if not self._now() < self._not_before <= self._now() + _REST:
                self._connect()
        elif self._is_silent(self._handler):
            log.warning("slack_socket_silent", since=self._heard.isoformat())
            self._disconnect()
            self._connect()

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(_BEAT)

    def _connect(self) -> None:
        answer = call(self._web.apps_connections_open, app_token=self._app_token)
        if answer.failed:
            log.error("slack_socket_refused", reason=answer.reason)
            self._not_before = self._now() + _REST
            return
        handler = SocketModeHandler(
            self._app,
            self._app_token,
            logger=logging.getLogger("slack_sdk.socket_mode"),
            web_client=self._web,
            ping_interval=self._ping,
        )
        url = str(answer.body.get("url", ""))
        handler.client.wss_uri = url
        handler.client.proxy = self._web.proxies.of(url) or None  # in place of what the environment says
        handler.client.message_listeners.append(self._hear)
        self._handler, self._heard, self._greeted = handler, self._now(), False
        handler.client.connect()

    def _disconnect(self) -> None:
        if self._handler is not None:
            self._handler.client.close()
            self._handler = None

    def _hear(self, _: Any, message: dict[str, Any], __: str | None = None) -> None:
        """Notice that Slack speaks; its hello tells how many connections the app has."""
        self._heard = self._now()
        if message.get("type") != "hello":
            return
        connections = message.get("num_connections")
        log.info("slack_socket_connected", connections=connections)
        # the client leaves a connection only once it has the next one, which then counts both
        lingers, self._greeted = int(self._greeted), True
        if (
            isinstance(connections, int)
            and connections > 1 + lingers
            and connections > self._agreed() + lingers
        ):
            log.warning(
                "slack_socket_ghosts",
                connections=connections,
                remedy="a cadencebot of another database runs with this token, or a dead connection lingers: "
                "it takes a part of the commands and clicks",
            )

    def _agreed(self) -> float:
        """Return how many connections there may be: as many as there are bots, any where nobody can tell."""
        try:
            return self._bots()
        except StoreError as error:
            log.warning("slack_sockets_not_counted", error=str(error))
            return math.inf

    def _is_silent(self, handler: SocketModeHandler) -> bool:
        session = handler.client.current_session
        pong = (session.last_ping_pong_time if session else None) or 0.0
        if pong != self._pong:
            self._pong, self._heard = pong, self._now()
        return self._now() - self._heard > self._silence
