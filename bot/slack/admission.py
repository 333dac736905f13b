"""Acknowledge what Slack sends before anything else is done, and let each request in once.

It happens in the thread that took the request, so that no work of another can delay it. Bolt itself looks
at keys that a damaged payload lacks, hence what it cannot read goes no further than here.
"""

from collections.abc import Callable

import structlog
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

from bot.slack.once import Once
from bot.slack.payload import kind_of, request_id, text_at

log = structlog.get_logger(__name__)

_KINDS = frozenset(
    {
        "command",
        "block_actions",
        "view_submission",
        "app_mention",
        "message",
        "app_home_opened",
        "member_joined_channel",
        "app_uninstalled",
        "tokens_revoked",
        "url_verification",  # Bolt answers it
    }
)


class Admission(Middleware):
    """The first of Bolt's steps behind the signature."""

    def __init__(self) -> None:
        self._once = Once()

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,  # noqa: ARG002  # as Bolt calls it
        next: Callable[[], BoltResponse],  # noqa: A002  # as Bolt calls it
    ) -> BoltResponse:
        """Acknowledge, and go on with what is known and new."""
        acknowledged: BoltResponse = req.context.ack()
        kind, request = kind_of(req.body), request_id(req.body)
        if kind not in _KINDS:
            keys = sorted(map(str, req.body))[:30]
            log.warning("slack_payload_unknown", type=text_at(req.body, "type")[:80], keys=keys)
        elif not self._once.is_new(request):
            log.info("slack_request_repeated", request=request)
        else:
            return next()
        return acknowledged
