"""The ways back to whoever asked. Nothing here raises.

An answer that gets lost is asked for again by a person; so nothing is sent twice, and a failure is a
logged warning.
"""

import dataclasses
import http.client
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.records import Begun, Block, Content, View
from bot.slack.api import Answer, call, is_payload_refused, read_answer, read_failure
from bot.slack.client import SlackClient
from bot.slack.payload import Request
from bot.slack.wording import CommandName, named, named_view
from bot.views.answers import said, without_charts
from bot.views.blocks import NOTHING, context, section
from bot.views.forms import modal

log = structlog.get_logger(__name__)

_BLOCKS_LIMIT = 50  # of a message
_SECTION_LIMIT = 3_000  # characters
# What anybody may press wherever it stands: links, and windows that only show something.
_HARMLESS = ("open_", "details:")
# Where the bot is not, it cannot whisper either; the asker has a conversation with it of their own.
_NOT_THERE = {"not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived"}
_QUIET = {"unfurl_links": False, "unfurl_media": False}


@dataclasses.dataclass(frozen=True, slots=True)
class Replies:
    """Answers to requests, through Slack's Web API and the response URLs that requests bring along."""

    client: SlackClient
    command: CommandName

    def answer(self, request: Request, content: Content, *, replace: bool = False) -> None:
        """Say something to the asker alone; `replace` puts it in the place of what they pressed.

        What was only begun is said first, and its answer when it is there.
        """
        if request.response_url:
            hook = self._hook(request, response_type="ephemeral", replace_original=replace)
            self._send(hook, content, "response", request)
        elif request.view:
            if self._opened(request, _window(content)).failed:
                self._post(request, request.asker.user, content)
        elif request.asker.is_dm:
            self._post(request, request.asker.channel or request.asker.user, content)
        else:
            self._whisper(request, content)
        if isinstance(content, Begun):
            self.answer(request, content.rest(), replace=replace)

    def share(self, request: Request, content: Content) -> None:
        """Say something to the whole channel, in the asker's name, or tell the asker that Slack did not."""
        public = _shared(content, request.asker.user)
        if request.response_url:
            hook = self._hook(request, response_type="in_channel", replace_original=False)
            shared = self._send(hook, public, "response", request)
        else:
            shared = self._post(request, request.asker.channel, public)
        if shared.failed:
            self.answer(dataclasses.replace(request, response_url=""), _not_shared(shared))

    def say(self, request: Request, content: Content) -> None:
        """Say something to everybody where the request came from."""
        self._post(request, request.asker.channel, content)

    def open(self, request: Request, view: View, otherwise: str = "") -> None:
        """Open a window, or say that Slack did not; `otherwise` is what helps beside trying again."""
        opened = self._opened(request, view)
        if opened.failed:
            self.answer(dataclasses.replace(request, view=""), _not_opened(opened, otherwise))

    def _opened(self, request: Request, view: View) -> Answer:
        """Open a window, on top of the one that stands open."""
        method = self.client.views_push if request.view == "modal" else self.client.views_open
        shown = named_view(view, self.command.heard(request.command))
        answer = call(method, token=request.token, trigger_id=request.trigger_id, view=shown)
        _log_if_lost(answer, "window", request)
        return answer

    def publish(self, request: Request, view: View) -> None:
        """Put the asker's Home tab up to date."""
        method = self.client.views_publish
        shown = named_view(view, self.command.heard(request.command))
        answer = call(method, token=request.token, user_id=request.asker.user, view=shown)
        _log_if_lost(answer, "home", request)

    def _hook(self, request: Request, **how: Any) -> Callable[..., Answer]:
        return partial(_call_hook, self.client.hook(request.response_url), **_QUIET, **how)

    def _post(self, request: Request, channel: str, content: Content) -> Answer:
        thread = request.thread_ts if channel == request.asker.channel else ""
        post = partial(call, self.client.chat_postMessage, token=request.token, channel=channel, **_QUIET)
        return self._send(partial(post, thread_ts=thread or None), content, "message", request)

    def _whisper(self, request: Request, content: Content) -> None:
        whisper = partial(
            call,
            self.client.chat_postEphemeral,
            token=request.token,
            channel=request.asker.channel,
            user=request.asker.user,
            thread_ts=request.thread_ts or None,
        )
        answer = self._send(whisper, content, "whisper", request, unless=_NOT_THERE)
        if answer.error in _NOT_THERE:
            self._post(request, request.asker.user, content)

    def _send(
        self,
        send: Callable[..., Answer],
        content: Content,
        what: str,
        request: Request,
        unless: Collection[str] = (),
    ) -> Answer:
        """Send a content in the words of this app; log a failure, unless it is one of these.

        It goes without its charts, then as text alone, as long as Slack refuses what it holds.
        """
        answer = Answer(silence="nothing was sent")
        for text, blocks in _versions(named(content, self.command.heard(request.command))):
            answer = send(text=text, blocks=blocks) if blocks else send(text=text)
            if not is_payload_refused(answer):
                break
            log.warning("slack_refused_blocks", reason=answer.reason)
        if answer.error not in unless:
            _log_if_lost(answer, what, request)
        return answer


def _versions(content: Content) -> Iterator[tuple[str, list[Block]]]:
    yield content.text, list(content.blocks)
    bare = without_charts(content)
    if bare != content:
        yield bare.text, list(bare.blocks)
    if bare.blocks:
        yield bare.text, []


def _call_hook(hook: WebhookClient, **message: Any) -> Answer:
    """Send a message to a response URL, which says "ok" or an error's code, as JSON or as it is."""
    try:
        response = hook.send_dict(message)
    except (OSError, http.client.HTTPException) as error:
        return read_failure(error)
    except (ValueError, SlackClientError) as error:
        return Answer(silence=f"the response URL cannot be used ({type(error).__name__})")
    return read_answer(response.status_code, response.headers, _as_body(response.body.strip()))


def _as_body(text: str) -> object:
    if not text.startswith("{"):
        return {"ok": True} if text in ("", "ok") else {"ok": False, "error": text[:80]}
    try:
        return json.loads(text)
    except ValueError:
        return text


def _not_shared(answer: Answer) -> Content:
    problem = (
        "Slack did not say whether it shared that: if you do not see it, please"
        if _is_unsure(answer)
        else f"nothing was shared: {answer.reason}. Please"
    )
    return said(f"{problem} ask again, and share what you get then")


def _is_unsure(answer: Answer) -> bool:
    """Whether Slack may have done what it did not answer."""
    return bool(answer.silence) and not answer.unsent


def _not_opened(answer: Answer, otherwise: str) -> Content:
    problem = (
        "Slack did not say whether it opened the window: if you do not see it,"
        if _is_unsure(answer)
        else "Slack did not open the window:"
    )
    return said(f"{problem} please try again" + (f", or {otherwise}" if otherwise else ""))


def _log_if_lost(answer: Answer, what: str, request: Request) -> None:
    if answer.failed:
        log.warning("slack_answer_lost", what=what, reason=answer.reason, request=request.asker.request)


def _shared(content: Content, user: str) -> Content:
    """Return an answer for the whole channel: it says who shared it, and pressing it changes nothing."""
    shown = [*_harmless(_blocks_of(content))][: _BLOCKS_LIMIT - 1]
    return Content(content.text, [*shown, context([f"Shared by <@{user}>"])])


def _window(content: Content) -> View:
    """Return an answer as a window, for places that have no messages; windows know no charts."""
    return modal("cadencebot", _harmless(_blocks_of(without_charts(content))))


def _blocks_of(content: Content) -> Sequence[Block]:
    return content.blocks or (section(content.text[:_SECTION_LIMIT] or NOTHING),)


def _harmless(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.get("type") == "actions":
            kept = [element for element in block.get("elements", ()) if _is_harmless(element)]
            if kept:
                yield {**block, "elements": kept}
        elif "accessory" in block and not _is_harmless(block["accessory"]):
            yield {key: value for key, value in block.items() if key != "accessory"}
        else:
            yield block


def _is_harmless(element: Any) -> bool:
    return str(element.get("action_id", "")).startswith(_HARMLESS)
