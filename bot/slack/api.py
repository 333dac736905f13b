"""Slack's Web API, called once: what came of it as a value, and what that means for a message.

Error codes: https://docs.slack.dev/reference/methods/chat.postMessage and .../chat.update
"""

import errno
import http.client
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.outbox.message import LANDING, Closed, Impossible, Later, Refused, Unclear

_BRIEFLY = 5.0  # seconds until what the network did not carry is tried again; the outbox backs off further
_LANDED = LANDING.total_seconds()  # an edit that lands later than the next one would undo it
_A_DAY = 86_400.0  # seconds; the courier takes what is put off for longer for a wrong clock's doing
_A_WHILE = 30.0  # seconds, when a 429 names no time
_HOURS = 4 * 3600.0  # seconds; a free plan's cap on messages does not go away in minutes

_OVER_THE_PLAN = "message_limit_exceeded"
_RATE_LIMITED = {"ratelimited", "rate_limited"}
# Slack: "some aspect of the operation" may have succeeded
_UNCLEAR = {"internal_error", "fatal_error", "request_timeout", "service_unavailable"}
# Our own mistake; a plainer form of the message may do without it.
_NONSENSE = "invalid_arguments"
_PAYLOAD = {"msg_blocks_too_long", "msg_too_long", "no_text", "markdown_text_conflict", _NONSENSE}
_PAYLOAD_FAMILIES = ("invalid_blocks",)
_METADATA = "metadata"  # is in every code that refuses a message's metadata
_DESTINATION = {
    "not_in_channel",
    "is_archived",
    "is_inactive",
    "messages_tab_disabled",
    "no_permission",
    "team_not_found",
}
_DESTINATION_FAMILIES = ("restricted_action", "channel_", "user_", "posting_to_", "cannot_dm_")
# A deleted or locked alert takes no replies, which is no reason to pause the whole channel.
_THREAD = {
    "cannot_reply_to_message",
    "restricted_action_thread_locked",
    "restricted_action_non_threadable_channel",
    "thread_not_found",
}
# Edits of a message that is gone, or too old to be edited.
_EDIT = {"message_not_found", "cant_update_message", "edit_window_closed"}
# The workspace is closed to us until somebody there opens it again.
_WORKSPACE = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "missing_scope",
    "not_allowed_token_type",
    "org_login_required",
    "team_access_not_granted",
    "team_added_to_org",
    "two_factor_setup_required",
    "access_denied",
    "accesslimited",
}
_WORKSPACE_FAMILIES = ("ekm_", "enterprise_", "token_", "two_factor_", "access_", "org_")
_UNREACHABLE = {errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH}

_NO_TUNNEL = "Tunnel connection failed"  # how http.client says that a proxy refused the way, in no other type

Failure = Later | Unclear | Refused | Impossible | Closed


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: `error` is Slack's code, "" when all went well; header names in lower case.

    `silence` says why there is no answer to go by; `unsent`, that the request surely never reached Slack.
    """

    error: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    silence: str = ""
    unsent: bool = False

    @property
    def failed(self) -> bool:
        """Whether anything but success came of it."""
        return bool(self.error or self.silence)

    @property
    def scopes(self) -> set[str] | None:
        """What the token that was used may do, None where Slack does not say."""
        listed = self.headers.get("x-oauth-scopes")
        return None if listed is None else set(listed.replace(",", " ").split())

    @property
    def reason(self) -> str:
        """Return the failure in one line, with what Slack adds to its code."""
        if self.silence:
            return self.silence
        metadata = self.body.get("response_metadata")
        messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
        details = [*messages] if isinstance(messages, list) else []
        if self.body.get("needed"):
            details.append(f"needs the scope {self.body['needed']}")
        about = "; ".join(" ".join(str(detail).split()) for detail in details)[:400]
        return f"Slack says {self.error}: {about}" if about else f"Slack says {self.error}"


def read_answer(status: int, headers: Mapping[str, str], body: object) -> Answer:
    """Return what Slack said; an error page, or what its API never says, is a silence."""
    lower = {name.lower(): value for name, value in headers.items()}
    if status == 429:
        return Answer("ratelimited", headers=lower)
    if status >= 500:
        return Answer(silence=f"Slack answered with HTTP status {status}")
    error = body.get("error", "") if isinstance(body, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(error, str) or not re.fullmatch(r"[a-z0-9_.]*", error):
        return Answer(silence=f"the answer (HTTP status {status}) is not Slack's; something stands between")
    if error in _UNCLEAR:
        return Answer(silence=f"Slack says {error}")
    if not error and body.get("ok") is not True:
        return Answer(silence=f"the answer (HTTP status {status}) says neither yes nor no")
    return Answer(error, body, lower)


def read_failure(error: Exception) -> Answer:
    """Return what the failure of a request tells of whether it left this machine.

    urllib wraps what happens until the request is sent in URLError, resets while sending among it; only
    failures before the first byte prove that nothing was posted.
    """
    cause = error.reason if isinstance(error, URLError) else error
    before_sending = isinstance(error, URLError) and (
        isinstance(cause, socket.gaierror | ConnectionRefusedError | ssl.SSLCertVerificationError)
        or (isinstance(cause, OSError) and cause.errno in _UNREACHABLE)
        or str(cause).startswith(_NO_TUNNEL)
    )
    what = " ".join(str(cause).split())[:200] or type(cause).__name__
    silence = f"no answer from Slack ({type(cause).__name__}: {what})"
    return Answer(silence=silence, unsent=before_sending)


def is_payload_refused(answer: Answer) -> bool:
    """Whether Slack posted nothing because it takes this payload from nobody."""
    error = answer.error
    return error in _PAYLOAD or error.startswith(_PAYLOAD_FAMILIES) or is_metadata_refused(answer)


def is_metadata_refused(answer: Answer) -> bool:
    """Whether the metadata is what Slack does not take of it."""
    return _METADATA in answer.error or (answer.error == _NONSENSE and _METADATA in answer.reason)


def is_told_to_wait(answer: Answer) -> bool:
    """Whether Slack asks to be asked later."""
    return answer.error in _RATE_LIMITED or answer.error == _OVER_THE_PLAN


def failure_of(answer: Answer, *, idempotent: bool) -> Failure:
    """Return what becomes of a message after anything but success.

    `idempotent` says that doing it twice does no harm, as with an edit: then doubt is a reason to repeat.
    """
    error = answer.error
    if answer.silence:
        # an edit that is made again and again to no avail is as odd as a code that nobody knows
        repeat = Later(_BRIEFLY if answer.unsent else _LANDED, answer.reason, strange=not answer.unsent)
        return repeat if answer.unsent or idempotent else Unclear(answer.reason)
    if is_told_to_wait(answer):
        wait = _HOURS if error == _OVER_THE_PLAN else _retry_after(answer)
        return Later(wait, answer.reason, asked=True)
    if error in _WORKSPACE or error.startswith(_WORKSPACE_FAMILIES):
        return Closed(answer.reason)
    if error in _THREAD | _EDIT or is_payload_refused(answer):
        return Impossible(answer.reason)
    if error in _DESTINATION or error.startswith(_DESTINATION_FAMILIES):
        return Refused(answer.reason)
    # A code that we do not know, such as that of a workspace on the move: it may pass, a lost alert does not.
    return Later(_BRIEFLY, answer.reason, strange=True)


def _retry_after(answer: Answer) -> float:
    seconds = answer.headers.get("retry-after", "").strip()
    return min(float(seconds), _A_DAY) if re.fullmatch(r"\d{1,9}", seconds) else _A_WHILE


def call(method: Callable[..., SlackResponse], **arguments: Any) -> Answer:
    """Call a method of the client; every way in which that can fail is a value."""
    try:
        response = method(**arguments)
    except SlackApiError as error:
        response = error.response
    except (OSError, http.client.HTTPException, SlackClientError) as error:
        return read_failure(error)
    except (ValueError, LookupError, AttributeError) as error:
        # what the SDK runs into when the body is no text, or JSON but no object
        return Answer(silence=f"Slack's answer makes no sense ({type(error).__name__})")
    return read_answer(response.status_code, response.headers, response.data)
