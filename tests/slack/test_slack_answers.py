"""What each ending of a call means for the message: docs/reference/slack.md#answers, row by row."""

import errno
import socket
import ssl
from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest

from bot.outbox.message import Closed, Impossible, Later, Refused, Unclear
from bot.slack.api import Answer, failure_of, is_payload_refused, read_answer, read_failure

REFUSED = (
    "channel_not_found not_in_channel is_archived messages_tab_disabled restricted_action no_permission "
    "is_inactive channel_is_limited_access posting_to_general_channel_denied user_disabled"
)
CLOSED = (
    "invalid_auth not_authed account_inactive token_revoked token_expired missing_scope ekm_access_denied "
    "ekm_key_unavailable two_factor_setup_required access_denied accesslimited enterprise_is_restricted "
    "team_added_to_org"
)


def said(error: str, **body: object) -> Answer:
    return read_answer(200, {}, {"ok": False, "error": error, **body})


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        *((error, Refused) for error in REFUSED.split()),
        *((error, Refused) for error in ("restricted_action_read_only_channel", "team_not_found")),
        *((error, Closed) for error in CLOSED.split()),
        *((error, Closed) for error in ("not_allowed_token_type", "org_login_required")),
        ("team_access_not_granted", Closed),
        *((error, Unclear) for error in ("internal_error", "fatal_error", "request_timeout")),
        ("service_unavailable", Unclear),
        *((error, Later) for error in ("ratelimited", "rate_limited", "message_limit_exceeded")),
        *(
            (error, Impossible)
            for error in ("message_not_found", "cant_update_message", "edit_window_closed")
        ),
        *((error, Impossible) for error in ("invalid_blocks", "msg_too_long", "no_text")),
        *((error, Impossible) for error in ("cannot_reply_to_message", "restricted_action_thread_locked")),
        *((error, Impossible) for error in ("thread_not_found", "error_processing_metadata")),
        ("something_new", Later),
    ],
)
def test_an_error_code(error: str, outcome: type) -> None:
    assert isinstance(failure_of(said(error), idempotent=False), outcome)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(
            read_answer(500, {}, {"ok": False, "error": "is_archived"}), Unclear, id="a server error"
        ),
        pytest.param(read_answer(503, {}, "<html>"), Unclear, id="an error page with status 503"),
        pytest.param(
            read_answer(200, {}, {"ok": False, "error": "not JSON: <html>"}), Unclear, id="a portal"
        ),
        pytest.param(
            read_answer(403, {}, {"ok": False, "error": "<html>no"}), Unclear, id="a proxy's refusal"
        ),
        pytest.param(read_answer(200, {}, [1]), Unclear, id="JSON that is no object"),
        pytest.param(read_answer(200, {}, b"\x1f\x8b"), Unclear, id="bytes"),
        pytest.param(read_answer(200, {}, {"ok": False}), Unclear, id="neither yes nor no"),
        pytest.param(read_answer(200, {}, {"ok": False, "error": 7}), Unclear, id="an error that is no code"),
        pytest.param(read_failure(TimeoutError("timed out")), Unclear, id="no answer in time"),
        pytest.param(read_failure(RemoteDisconnected("gone")), Unclear, id="a connection that ends"),
        pytest.param(read_failure(ConnectionResetError(104, "reset")), Unclear, id="a reset"),
        pytest.param(read_failure(URLError(ConnectionResetError())), Unclear, id="a reset while sending"),
        pytest.param(read_failure(URLError(TimeoutError())), Unclear, id="a timeout while sending"),
        pytest.param(
            read_failure(URLError(socket.gaierror(-2, "unknown"))), Later, id="a name unknown to DNS"
        ),
        pytest.param(read_failure(URLError(ConnectionRefusedError())), Later, id="a refused connection"),
        pytest.param(read_failure(URLError(OSError(errno.ENETUNREACH, "x"))), Later, id="no network"),
        pytest.param(read_failure(URLError(ssl.SSLCertVerificationError())), Later, id="a false certificate"),
    ],
)
def test_an_answer_that_is_none(answer: Answer, outcome: type) -> None:
    assert isinstance(failure_of(answer, idempotent=False), outcome)
    assert isinstance(failure_of(answer, idempotent=True), Later), "an edit may be repeated"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"Retry-After": "7"}, 7.0, id="the time that Slack names"),
        pytest.param({"Retry-After": "900000"}, 86_400.0, id="a day at the most"),
        pytest.param({"retry-after": " 30 "}, 30.0, id="in lower case, with blanks"),
        pytest.param(
            {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0, id="a date is not what Slack sends"
        ),
        pytest.param({}, 30.0, id="no time"),
    ],
)
@pytest.mark.parametrize("body", [{"ok": False, "error": "ratelimited"}, "<html>"])
def test_a_rate_limit_waits_as_long_as_asked(headers: dict[str, str], seconds: float, body: object) -> None:
    outcome = failure_of(read_answer(429, headers, body), idempotent=False)
    assert isinstance(outcome, Later)
    assert outcome.seconds == seconds


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        ("invalid_blocks", True),
        ("invalid_blocks_format", True),
        ("msg_blocks_too_long", True),
        ("msg_too_long", True),
        ("no_text", True),
        ("markdown_text_conflict", True),
        ("metadata_too_large", True),
        ("invalid_metadata_format", True),
        ("error_processing_metadata", True),
        ("metadata_must_be_sent_from_app", True),
        ("invalid_arguments", True),
        ("is_archived", False),
        ("internal_error", False),
        ("ratelimited", False),
    ],
)
def test_a_refused_payload_may_be_sent_in_another_form(error: str, refused: bool) -> None:
    assert is_payload_refused(said(error)) is refused


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param({}, "Slack says missing_scope", id="the code alone"),
        pytest.param(
            {"needed": "chat:write"}, "Slack says missing_scope: needs the scope chat:write", id="scope"
        ),
        pytest.param(
            {"response_metadata": {"messages": ["[ERROR] too long\n[json-pointer:/blocks/0]"]}},
            "Slack says missing_scope: [ERROR] too long [json-pointer:/blocks/0]",
            id="details on one line",
        ),
    ],
)
def test_the_reason_is_one_line_with_what_slack_adds(body: dict[str, object], reason: str) -> None:
    answer = said("missing_scope", **body)
    assert answer.reason == reason


@pytest.mark.parametrize(
    ("answer", "strange"),
    [
        pytest.param(said("something_new"), True, id="a code that nobody knows"),
        pytest.param(read_answer(200, {}, b"<html>"), True, id="a page"),
        pytest.param(read_answer(408, {}, {"ok": False}), True, id="neither yes nor no"),
        pytest.param(read_failure(URLError(ConnectionRefusedError())), False, id="a refused connection"),
        pytest.param(read_answer(429, {}, {}), False, id="too fast"),
    ],
)
def test_an_edit_that_is_answered_oddly_is_tried_ever_more_rarely(answer: Answer, strange: bool) -> None:
    outcome = failure_of(answer, idempotent=True)
    assert isinstance(outcome, Later)
    assert outcome.strange is strange
