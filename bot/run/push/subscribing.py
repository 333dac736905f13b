"""Who could push, and asking them to."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.errors import ConfigError, SourceError
from bot.fetch import Fetcher, Web
from bot.model import SourceKind
from bot.records import Push
from bot.run.push.routes import HUB, WEBSUB
from bot.run.wiring import App
from bot.sources.base import Source
from bot.sources.hub_webhooks import HubWebhooks
from bot.sources.websub import Offer, offer_of, secret_of, subscription_form

log = structlog.get_logger()

_AGAIN = timedelta(hours=6)  # until a hub that did not confirm is asked again
_DEADLINE = 15.0  # seconds
_MAX_BYTES = 5_000_000
_SILENT = "names no hub"
_KIND = "neither a feed nor on the Hub"


@dataclass(frozen=True, slots=True)
class Way:
    """How a source could push: by whom and as what; or why it cannot."""

    source_id: str
    offer: Offer | None = None
    why_not: str = ""

    @property
    def is_webhook(self) -> bool:
        """Whether the Hub's webhook is the way."""
        return self.offer is not None and self.source_id.startswith(f"{SourceKind.HUB}:")


def way_of(source: Source, endpoint: str, fetch: Fetcher) -> Way:
    """Return how a source could push. A feed is fetched for it."""
    if source.kind is SourceKind.HUB:
        return Way(source.id, Offer(endpoint, source.id.partition(":")[2]))
    if source.kind is not SourceKind.FEED:
        return Way(source.id, why_not=_KIND)
    try:
        offer = offer_of(fetch.get(source.url, max_bytes=_MAX_BYTES))
    except SourceError as error:
        return Way(source.id, why_not=str(error))
    return Way(source.id, offer, "" if offer else _SILENT)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Asks hubs to push to the public address."""

    app: App
    web: Web
    address: str
    key: str

    def subscribe(self, ways: Sequence[Way], progress: Callable[[], None]) -> Mapping[str, str]:
        """Ask for all that can be pushed, anew for what was asked before; return who refused, and why.

        Raises StoreError.
        """
        organisations = {way.source_id: way.offer.topic for way in ways if way.offer and way.is_webhook}
        refused = self._watch(organisations) if organisations else {}
        for way in ways:
            if way.offer and not way.is_webhook and (why := self.ask(way.source_id, way.offer)):
                refused[way.source_id] = why
            progress()
        return refused

    def _watch(self, organisations: Mapping[str, str]) -> dict[str, str]:
        endpoint, store = self.app.environment.hf_endpoint, self.app.store
        webhooks = HubWebhooks(endpoint, self.web)
        try:
            webhooks.watch([*organisations.values()], f"{self.address}{HUB}", self.key)
        except SourceError as error:
            return dict.fromkeys(organisations, str(error))
        now = self.app.clock.now()
        former = (one.source_id for one in store.pushes.all().values() if not one.token)
        with store.transaction():
            store.pushes.forget(former)  # one webhook watches these, and no others
            for source_id, name in organisations.items():
                store.pushes.ask(Push(source_id, endpoint, name, "", now), renew_at=None)
        return {}

    def ask(self, source_id: str, offer: Offer) -> str:
        """Ask a WebSub hub, and return why it would not, "" where it will call back to confirm.

        What is asked is stored before it is: a hub may call back before it answers. Raises StoreError.
        """
        store, now = self.app.store, self.app.clock.now()
        known = store.pushes.all().get(source_id)
        former = known.token if known and (known.hub, known.topic) == (offer.hub, offer.topic) else ""
        token = former or secrets.token_hex(16)
        with store.transaction():
            store.pushes.ask(Push(source_id, offer.hub, offer.topic, token, now), renew_at=now + _AGAIN)
        why = self._refusal(offer, token)
        if why:
            log.warning("push_refused", source=source_id, why=why)
            with store.transaction():
                store.pushes.refuse(source_id, why)
        return why

    def _refusal(self, offer: Offer, token: str) -> str:
        form = subscription_form(offer, f"{self.address}{WEBSUB}{token}", secret_of(self.key, token))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            status = self.web.post(offer.hub, form, headers, deadline=_DEADLINE).status
        except SourceError as error:
            return f"its hub {error}"
        return "" if 200 <= status < 300 else f"its hub answered {status}"

    def renew_due(self) -> None:
        """Renew the one lease that is due first; one whose source is watched no more runs out.

        Raises StoreError.
        """
        store = self.app.store
        push = store.pushes.due(self.app.clock.now())
        if push is None:
            return
        if push.source_id in self.app.config.source_ids:
            self.ask(push.source_id, Offer(push.hub, push.topic))
            return
        with store.transaction():
            store.pushes.forget([push.source_id])


def is_reachable(app: App) -> bool:
    """Whether the environment says by which address and secret pushes come."""
    environment = app.environment
    return bool(environment.cadencebot_public_url and environment.cadencebot_push_secret.get_secret_value())


def subscriber_of(app: App, web: Web) -> Subscriber:
    """Return what asks for pushes. Raises ConfigError where the environment does not say what that takes."""
    environment = app.environment
    if not is_reachable(app):
        raise ConfigError(
            "environment variables CADENCEBOT_PUBLIC_URL and CADENCEBOT_PUSH_SECRET are needed, and "
            "`run --http`: docs/push.md tells how"
        )
    address = environment.cadencebot_public_url.rstrip("/")
    return Subscriber(app, web, address, environment.cadencebot_push_secret.get_secret_value())
