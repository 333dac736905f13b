"""Where the Hub and WebSub hubs call: strangers until a secret proves them, and believed nothing then."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from bot.errors import StoreError
from bot.ops.web import Routes, reply
from bot.records import Push
from bot.run.wiring import App
from bot.sources.hub_webhooks import is_from_hub, owner_in
from bot.sources.websub import Intent, intent_of, is_signed, secret_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

HUB, WEBSUB = "/push/hub", "/push/websub/"  # a subscription's token ends the latter
_PATIENCE = timedelta(hours=1)  # from asking a hub until it has confirmed
_SOONEST = timedelta(hours=1)  # until a lease is renewed, however short it is

Answer = tuple[HTTPStatus, bytes]

_UNKNOWN = HTTPStatus.NOT_FOUND, b"nothing of the kind was asked for"
_TAKEN = HTTPStatus.NO_CONTENT, b""


def push_routes(app: App, hear: Callable[[str], None]) -> Routes:
    """Return where pushes come: nowhere without CADENCEBOT_PUSH_SECRET. `hear` is given ids of sources."""
    if not app.environment.cadencebot_push_secret.get_secret_value():
        return {}
    door = Door(app, hear)
    return {
        ("POST", HUB): _route(door.take_event),
        ("POST", WEBSUB): _route(door.take_content),
        ("GET", WEBSUB): _route(door.confirm),
    }


def _route(take: "Callable[[WSGIEnvironment], Answer]") -> "WSGIApplication":
    def route(environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        try:
            return reply(respond, *take(environ))
        except StoreError as error:
            log.warning("push_lost", error=str(error))
            return reply(respond, HTTPStatus.SERVICE_UNAVAILABLE, b"please try again")

    return route


class Door:
    """What answers a request that pushes."""

    def __init__(self, app: App, hear: Callable[[str], None]) -> None:
        self._app = app
        self._hear = hear
        self._key = app.environment.cadencebot_push_secret.get_secret_value()
        self._unsigned: set[str] = set()  # sources whose last content was not signed by their hub

    def take_event(self, environ: "WSGIEnvironment") -> Answer:
        """Take an event of the Hub's webhook. It is thanked for what is not watched too, lest it gives up."""
        if not is_from_hub(self._key, environ.get("HTTP_X_WEBHOOK_SECRET", "")):
            return HTTPStatus.UNAUTHORIZED, b"not the secret of this webhook"
        try:
            owner = owner_in(environ["wsgi.input"].read())
        except ValueError:
            return HTTPStatus.BAD_REQUEST, b"no JSON"
        watched = {one.casefold(): one for one in self._app.config.source_ids}
        if source_id := watched.get(f"hub:{owner}"):
            self._hear(source_id)
        return _TAKEN

    def take_content(self, environ: "WSGIEnvironment") -> Answer:
        """Take what a WebSub hub distributes; it is thanked for what is not signed, too (section 7.1.2)."""
        push = self._asked(environ)
        if push is None:
            return _UNKNOWN
        if push.source_id not in self._app.config.source_ids:
            return HTTPStatus.GONE, b"watched no more"
        secret, signature = secret_of(self._key, push.token), environ.get("HTTP_X_HUB_SIGNATURE", "")
        if is_signed(secret, signature, environ["wsgi.input"].read()):
            self._unsigned.discard(push.source_id)
            self._hear(push.source_id)
        elif push.source_id not in self._unsigned:
            self._unsigned.add(push.source_id)
            log.warning("push_unsigned", source=push.source_id)
        return _TAKEN

    def confirm(self, environ: "WSGIEnvironment") -> Answer:
        """Answer a hub that asks whether we want what we asked it for, or that would not (section 5)."""
        push, intent = self._asked(environ), intent_of(environ.get("QUERY_STRING", ""))
        if push is None or intent is None or intent.topic != push.topic:
            return _UNKNOWN
        if intent.mode == "denied":
            why = f"its hub denied it: {intent.reason}" if intent.reason else "its hub denied it"
            with self._app.store.transaction():
                self._app.store.pushes.deny(push.source_id, why)
            return _TAKEN
        waited = self._app.clock.now() - push.asked_at
        if intent.mode != "subscribe" or not intent.challenge or not timedelta() <= waited <= _PATIENCE:
            return _UNKNOWN
        self._keep(push, intent)
        return HTTPStatus.OK, intent.challenge.encode()

    def _keep(self, push: Push, intent: Intent) -> None:
        now = self._app.clock.now()
        renewed = now + max(intent.lease * 2 / 3, _SOONEST)
        with self._app.store.transaction():
            self._app.store.pushes.confirm(push.source_id, now + intent.lease, renewed)
        log.info("push_confirmed", source=push.source_id, lease=str(intent.lease))

    def _asked(self, environ: "WSGIEnvironment") -> Push | None:
        """Return what was asked of the hub that calls this address, which nobody else knows."""
        return self._app.store.pushes.by_token(environ["PATH_INFO"].removeprefix(WEBSUB))
