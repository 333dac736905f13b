"""Slack's requests over HTTP, behind a proxy that speaks TLS: Bolt's own adapter answers them.

What is not signed by Slack is turned away before anything of it is parsed. Signatures:
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import http.client
import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.errors import SlackClientError
from slack_sdk.signature import SignatureVerifier

from bot.errors import ConfigError
from bot.ops.web import Routes, reply
from bot.slack.oauth import INSTALL, REDIRECT

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = structlog.get_logger(__name__)

_INSTALLS = 4  # at once: anybody may begin one, and each asks Slack


def slack_routes(app: App, signing_secret: str, *, installable: bool = False) -> Routes:
    """Return where Slack posts and, of an app that has an OAuth flow, where people install it.

    Raises ConfigError without a signing secret.
    """
    if not signing_secret:
        raise ConfigError(
            "environment variable SLACK_SIGNING_SECRET is not set: anybody could pass for Slack"
        )
    bolt, verifier = SlackRequestHandler(app), SignatureVerifier(signing_secret)

    def take_event(environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        if not _is_signed(verifier, environ):
            return reply(respond, HTTPStatus.UNAUTHORIZED, b"not signed by Slack")
        try:
            return bolt(environ, respond)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            log.warning("slack_payload_malformed", error=type(error).__name__)
            return reply(respond, HTTPStatus.BAD_REQUEST, b"malformed")

    installing = threading.BoundedSemaphore(_INSTALLS)

    def install(environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        if not installing.acquire(blocking=False):
            return reply(respond, HTTPStatus.SERVICE_UNAVAILABLE, b"busy just now; please try again")
        try:
            return bolt(environ, respond)
        except (OSError, http.client.HTTPException, SlackClientError) as error:
            log.warning("slack_install_failed", error=type(error).__name__)
            return reply(respond, HTTPStatus.BAD_GATEWAY, b"Slack does not answer just now; please try again")
        finally:
            installing.release()

    events: Routes = {("POST", bolt.path): take_event}
    return {**events, ("GET", INSTALL): install, ("GET", REDIRECT): install} if installable else events


def _is_signed(verifier: SignatureVerifier, environ: "WSGIEnvironment") -> bool:
    body = environ["wsgi.input"].read()
    environ["wsgi.input"].seek(0)
    stamp, signature = (environ.get(f"HTTP_X_SLACK_{name}") for name in ("REQUEST_TIMESTAMP", "SIGNATURE"))
    try:
        return verifier.is_valid(body, stamp, signature)
    except (ValueError, TypeError, OverflowError):  # no number, no UTF-8, no ASCII, no time
        return False
