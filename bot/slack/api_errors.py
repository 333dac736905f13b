"""Decide what an answer of Slack's Web API, or the lack of one, means for a message.

Error codes: https://docs.slack.dev/reference/methods/chat.postMessage and .../chat.update
"""

import errno
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import URLError

from bot.outbox.message import Closed, Impossible, Later, Refused, Unclear

_BRIEFLY = 5.0  # seconds until what the network did not carry is tried again; the outbox backs off further
_A_DAY = 86_400.0  # seconds; the courier takes what is put off for longer for a wrong clock's doing
_A_WHILE = 30.0  # seconds, when a 429 names no time
_HOURS = 4 * 3600.0  # seconds; a free plan's cap on messages does not go away in minutes

_OVER_THE_PLAN = "message_limit_exceeded"
_RATE_LIMITED = {"ratelimited", "rate_limited"}
# Slack: "some aspect of the operation" may have succeeded
_UNCLEAR = {"internal_error", "fatal_error", "request_timeout", "service_unavailable"}
_PAYLOAD = {"msg_blocks_too_long", "msg_too_long", "no_text", "markdown_text_conflict", "metadata_too_large"}
_PAYLOAD_FAMILIES = ("invalid_blocks", "invalid_metadata_")
_DESTINATION = {
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "messages_tab_disabled",
    "no_permission",
    "team_not_found",
    "user_not_found",
}
_DESTINATION_FAMILY = "restricted_action"
# A deleted or locked alert takes no replies, which is no reason to pause the whole channel.
_THREAD = {"cannot_reply_to_message", "restricted_action_thread_locked"}
# Our own mistake, which no repetition mends.
_NONSENSE = "invalid_arguments"
# Edits of a message that is gone, or too old to be edited.
_EDIT = {"message_not_found", "cant_update_message", "edit_window_closed"}
_WORKSPACE = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "not_allowed_token_type",
    "ekm_access_denied",
    "org_login_required",
    "team_access_not_granted",
}
Failure = Later | Unclear | Refused | Impossible | Closed

_UNREACHABLE = {errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH}


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack said: `error` is its code, or "" when all went well; header names in lower case."""

    error: str
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Return the error in one line, with what Slack adds to its code."""
        metadata = self.body.get("response_metadata")
        messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
        details = [*messages] if isinstance(messages, list) else []
        if self.body.get("needed"):
            details.append(f"needs the scope {self.body['needed']}")
        about = "; ".join(" ".join(str(detail).split()) for detail in details)[:400]
        return f"Slack says {self.error}: {about}" if about else f"Slack says {self.error}"


@dataclass(frozen=True, slots=True)
class Silence:
    """Why there is no answer to go by; `unsent` tells that the request surely never reached Slack."""

    reason: str
    unsent: bool = False


def read_answer(status: int, headers: Mapping[str, str], body: object) -> Answer | Silence:
    """Return the answer, or a silence where it is an error page or nothing that Slack's API says."""
    lower = {name.lower(): value for name, value in headers.items()}
    if status == 429:
        return Answer("ratelimited", {}, lower)
    if status >= 500:
        return Silence(f"Slack answered with HTTP status {status}")
    error = body.get("error", "") if isinstance(body, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(error, str) or not re.fullmatch(r"[a-z0-9_.]*", error):
        return Silence(f"the answer (HTTP status {status}) is not Slack's; something stands between")
    if error in _UNCLEAR:
        return Silence(f"Slack says {error}")
    if not error and body.get("ok") is not True:
        return Silence(f"the answer (HTTP status {status}) says neither yes nor no")
    return Answer(error, body, lower)


def read_failure(error: Exception) -> Silence:
    """Return what the failure of a request tells of whether it left this machine.

    urllib wraps what happens until the request is sent in URLError, resets while sending among it; only
    failures before the first byte prove that nothing was posted.
    """
    cause = error.reason if isinstance(error, URLError) else error
    before_sending = isinstance(error, URLError) and (
        isinstance(cause, socket.gaierror | ConnectionRefusedError | ssl.SSLCertVerificationError)
        or (isinstance(cause, OSError) and cause.errno in _UNREACHABLE)
    )
    what = " ".join(str(cause).split())[:200] or type(cause).__name__
    return Silence(f"no answer from Slack ({type(cause).__name__}: {what})", unsent=before_sending)


def is_payload_refused(answer: Answer | Silence) -> bool:
    """Whether Slack posted nothing because it takes this payload from nobody."""
    if isinstance(answer, Silence):
        return False
    return answer.error in _PAYLOAD or answer.error.startswith(_PAYLOAD_FAMILIES)


def is_told_to_wait(answer: Answer | Silence) -> bool:
    """Whether Slack asks to be asked later."""
    return isinstance(answer, Answer) and (answer.error in _RATE_LIMITED or answer.error == _OVER_THE_PLAN)


def failure_of(answer: Answer | Silence, *, idempotent: bool) -> Failure:
    """Return what becomes of a message after anything but success.

    `idempotent` says that doing it twice does no harm, as with an edit: then doubt is a reason to repeat.
    """
    if isinstance(answer, Silence):
        repeat = answer.unsent or idempotent
        return Later(_BRIEFLY, answer.reason) if repeat else Unclear(answer.reason)
    error = answer.error
    if is_told_to_wait(answer):
        wait = _HOURS if error == _OVER_THE_PLAN else _retry_after(answer)
        return Later(wait, answer.reason, asked=True)
    if error in _WORKSPACE:
        return Closed(answer.reason)
    if error not in _THREAD and (error in _DESTINATION or error.startswith(_DESTINATION_FAMILY)):
        return Refused(answer.reason)
    if error in _THREAD | _EDIT or is_payload_refused(answer) or idempotent or error == _NONSENSE:
        return Impossible(answer.reason)
    # A code that we do not know, such as that of a workspace on the move: it may pass, a lost alert does not.
    return Later(_BRIEFLY, answer.reason, strange=True)


def _retry_after(answer: Answer) -> float:
    seconds = answer.headers.get("retry-after", "").strip()
    return min(float(seconds), _A_DAY) if re.fullmatch(r"\d{1,9}", seconds) else _A_WHILE
