"""The clients of slack_sdk as we use them: they ask once, and go by the proxy that they are told, or by none.

Left to itself slack_sdk posts again after a dropped connection (docs/reference/slack.md#retries), and takes a
proxy from the environment without a look at NO_PROXY.
"""

from functools import cache
from ssl import create_default_context
from typing import Any
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.settings.proxies import DIRECT, Proxies


class SlackClient(WebClient):
    """A client that asks once and gives up after `timeout` seconds."""

    def __init__(self, token: str, api_url: str, timeout: int, proxies: Proxies) -> None:
        super().__init__(token or None, base_url=api_url, timeout=timeout, retry_handlers=[])
        self.proxies = proxies

    def hook(self, url: str) -> WebhookClient:
        """Return the way back by a response URL, which goes as the client itself does."""
        return _Hook(url, self.timeout, self.proxies)

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        with _opener_for(self.proxies, url).open(req, timeout=self.timeout) as answer:
            return {"status": answer.code, "headers": answer.headers, "body": answer.read().decode()}


class _Hook(WebhookClient):
    def __init__(self, url: str, timeout: int, proxies: Proxies) -> None:
        super().__init__(url, timeout=timeout, retry_handlers=[])
        self.proxies = proxies

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        with _opener_for(self.proxies, url).open(req, timeout=self.timeout) as answer:
            body = answer.read().decode()
            return WebhookResponse(url=url, status_code=answer.code, body=body, headers=dict(answer.headers))


def web_client(token: str, api_url: str, timeout: int = 15, proxies: Proxies = DIRECT) -> SlackClient:
    """Return a client for Slack's Web API."""
    return SlackClient(token, api_url, timeout, proxies)


def _opener_for(proxies: Proxies, url: str) -> OpenerDirector:
    scheme = urlsplit(url).scheme
    if scheme not in ("http", "https"):
        raise SlackRequestError("no web address")  # urllib would open a file
    return _opener(scheme, proxies.of(url))


@cache  # made once for all requests: reading the certificates to trust takes 20 ms
def _opener(scheme: str, proxy: str) -> OpenerDirector:
    """Return what asks directly, or by a proxy, over a connection of its own each time.

    A kept one would save a handshake; but where the other end lets go of it just as we write, nobody knows
    whether a message was posted, and it would be looked up a minute later.
    """
    secure = [HTTPSHandler(context=create_default_context())] if scheme == "https" else []
    return build_opener(_Staying(), *secure, ProxyHandler({scheme: proxy} if proxy else {}))


class _Staying(HTTPRedirectHandler):
    """Follows no redirect: Slack's API has none, and the token would go along to wherever it leads."""

    def redirect_request(self, *_: Any) -> None:
        return None
