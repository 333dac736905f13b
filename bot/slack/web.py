"""Call Slack's Web API once, and read what came of it as a value."""

import http.client
import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.slack.api_errors import Answer, Silence, read_answer, read_failure


def web_client(token: str, api_url: str, timeout: int = 15) -> WebClient:
    """Return a client that asks once and gives up after `timeout` seconds.

    slack_sdk's default posts again after a dropped connection, hence twice (docs/reference/slack.md#retries).
    """
    client = _LoopbackClient if _is_loopback(api_url) else WebClient
    return client(token or None, base_url=api_url, timeout=timeout, retry_handlers=[])


def call(method: Callable[..., SlackResponse], **arguments: Any) -> Answer | Silence:
    """Call a method of the client; every way in which that can fail is a value."""
    try:
        response = method(**arguments)
    except SlackApiError as error:
        response = error.response
    except (OSError, http.client.HTTPException, SlackClientError) as error:
        return read_failure(error)
    except (ValueError, LookupError, AttributeError) as error:
        # what the SDK runs into when the body is no text, or JSON but no object
        return Silence(f"Slack's answer makes no sense ({type(error).__name__})")
    return read_answer(response.status_code, response.headers, response.data)


def _is_loopback(api_url: str) -> bool:
    host = urlsplit(api_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _LoopbackClient(WebClient):
    """Talk to a stand-in on this machine directly, whatever proxy the environment names.

    WebClient has no way to say "no proxy": an empty one makes it read HTTP_PROXY again.
    """

    def _perform_urllib_http_request_internal(
        self,
        url: str,  # noqa: ARG002  # WebClient's own signature
        req: Request,
    ) -> dict[str, Any]:
        opener = build_opener(ProxyHandler({}))
        with opener.open(req, timeout=self.timeout) as answer:
            return {"status": answer.code, "headers": answer.headers, "body": answer.read().decode()}
