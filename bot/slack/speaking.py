"""Say things to the people who asked, by whichever way leads back to them. Nothing here raises.

An answer that gets lost is asked for again by a person; so nothing is sent twice, and a failure is a
logged warning.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.records import Content, View
from bot.slack.api_errors import Answer, Silence, is_payload_refused, read_answer, read_failure
from bot.slack.payload import Request
from bot.slack.showing import plainer, shared, window
from bot.slack.web import call

log = structlog.get_logger(__name__)

# Where the bot is not, it cannot whisper either; the asker has a conversation with it of their own.
_NOT_THERE = {"not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived"}
_QUIET = {"unfurl_links": False, "unfurl_media": False}

Send = Callable[[Content], Answer | Silence]


class Speaker:
    """Answer requests through Slack's Web API and their response URLs."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def answer(self, request: Request, content: Content, *, replace: bool = False) -> None:
        """Say something to the asker alone; `replace` puts it in the place of what they pressed."""
        if request.response_url:
            self._respond(request, content, response_type="ephemeral", replace_original=replace)
        elif request.view:
            self.open(request, window(content))
        elif request.asker.is_dm:
            self._say(request, request.asker.channel or request.asker.user, content)
        else:
            self._whisper(request, content)

    def share(self, request: Request, content: Content) -> None:
        """Say something to the whole channel, in the asker's name."""
        public = shared(content, request.asker.user)
        if request.response_url:
            self._respond(request, public, response_type="in_channel", replace_original=False)
        else:
            self.say(request, public)

    def say(self, request: Request, content: Content) -> None:
        """Say something to everybody where the request came from."""
        self._say(request, request.asker.channel, content)

    def open(self, request: Request, view: View) -> None:
        """Open a window, on top of the one that stands open."""
        method = self._client.views_push if request.view == "modal" else self._client.views_open
        answer = call(method, token=request.token, trigger_id=request.trigger_id, view=dict(view))
        self._judge(answer, "window", request)

    def publish(self, request: Request, view: View) -> None:
        """Put the asker's Home tab up to date."""
        answer = call(
            self._client.views_publish, token=request.token, user_id=request.asker.user, view=dict(view)
        )
        self._judge(answer, "home", request)

    def _whisper(self, request: Request, content: Content) -> None:
        def send(content: Content) -> Answer | Silence:
            return call(
                self._client.chat_postEphemeral,
                token=request.token,
                channel=request.asker.channel,
                user=request.asker.user,
                thread_ts=request.thread_ts or None,
                **_message(content),
            )

        answer = _first_accepted(send, content)
        if isinstance(answer, Answer) and answer.error in _NOT_THERE:
            self._say(request, request.asker.user, content)
        else:
            self._judge(answer, "whisper", request)

    def _say(self, request: Request, channel: str, content: Content) -> None:
        def send(content: Content) -> Answer | Silence:
            return call(
                self._client.chat_postMessage,
                token=request.token,
                channel=channel,
                thread_ts=(request.thread_ts if channel == request.asker.channel else "") or None,
                **_message(content),
                **_QUIET,
            )

        self._judge(_first_accepted(send, content), "message", request)

    def _respond(self, request: Request, content: Content, **how: Any) -> None:
        hook = WebhookClient(
            request.response_url, timeout=self._client.timeout, proxy=self._client.proxy, retry_handlers=[]
        )
        answer = _first_accepted(
            lambda content: _hooked(hook, {**_message(content), **_QUIET, **how}), content
        )
        self._judge(answer, "response", request)

    def _judge(self, answer: Answer | Silence, what: str, request: Request) -> None:
        if isinstance(answer, Silence) or answer.error:
            log.warning("slack_answer_lost", what=what, reason=answer.reason, request=request.asker.request)


def _message(content: Content) -> dict[str, Any]:
    return {"text": content.text, **({"blocks": list(content.blocks)} if content.blocks else {})}


def _first_accepted(send: Send, content: Content) -> Answer | Silence:
    """Send a content, and plainer ones as long as Slack refuses it for what it holds."""
    answer: Answer | Silence = Silence("nothing was sent")
    for version in plainer(content):
        answer = send(version)
        if not is_payload_refused(answer):
            return answer
        log.warning("slack_refused_blocks", reason=answer.reason)
    return answer


def _hooked(hook: WebhookClient, message: Mapping[str, Any]) -> Answer | Silence:
    """Send a message to a response URL, which says "ok" or an error's code, as JSON or as it is."""
    try:
        response = hook.send_dict(dict(message))
    except (OSError, http.client.HTTPException) as error:
        return read_failure(error)
    except (ValueError, SlackClientError) as error:
        return Silence(f"the response URL cannot be used ({type(error).__name__})")
    return read_answer(response.status_code, response.headers, _as_body(response.body.strip()))


def _as_body(text: str) -> object:
    if not text.startswith("{"):
        return {"ok": True} if text in ("", "ok") else {"ok": False, "error": text[:80]}
    try:
        return json.loads(text)
    except ValueError:
        return text
