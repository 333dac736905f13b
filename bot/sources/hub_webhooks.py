"""Webhooks of the Hugging Face Hub, which may watch any organisation (https://huggingface.co/docs/hub/webhooks).

One webhook watches all organisations. Its secret comes back word for word with everything that it sends.
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import Failure, SourceError
from bot.fetch import Web
from bot.fetch.address import shown
from bot.sources.text import as_text

_DEADLINE = 15.0  # seconds
_MAX_BYTES = 1_000_000
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


def is_from_hub(secret: str, given: str) -> bool:
    """Whether the header X-Webhook-Secret holds the secret, compared in constant time."""
    return hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace"))


def owner_in(body: bytes) -> str:
    """Return whose model an event is about, in lower case; "" where it is about none.

    Raises ValueError for what is no JSON.
    """
    try:
        event = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
    repo = event.get("repo") if isinstance(event, dict) else None
    if not isinstance(repo, dict) or repo.get("type") != "model":
        return ""
    return as_text(repo.get("name")).partition("/")[0].casefold()


@dataclass(frozen=True, slots=True)
class HubWebhooks:
    """The webhooks of the account whose token `web` sends to the Hub at `endpoint`."""

    endpoint: str
    web: Web

    def watch(self, organisations: Sequence[str], url: str, secret: str) -> None:
        """Make one webhook tell `url` of all models of these organisations: a new one, or the one there is.

        Raises SourceError when the Hub does not answer, or refuses.
        """
        wanted = {
            "watched": [{"type": "org", "name": name} for name in organisations],
            "url": url,
            "domains": ["repo"],
            "secret": secret,
        }
        webhooks = f"{self.endpoint.rstrip('/')}/api/settings/webhooks"
        found = self._telling(webhooks, url)
        if not found:
            self._post(webhooks, wanted)
            return
        self._post(f"{webhooks}/{found['id']}", wanted)
        if found.get("disabled"):
            self._post(f"{webhooks}/{found['id']}/enable", {})

    def _telling(self, webhooks: str, url: str) -> Mapping[str, Any] | None:
        """Return the webhook that tells this address, or None."""
        rows = self.web.get(webhooks, deadline=_DEADLINE, max_bytes=_MAX_BYTES).json()
        found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return next(
            (row for row in found if row.get("url") == url and _ID.fullmatch(as_text(row.get("id")))), None
        )

    def _post(self, address: str, body: object) -> None:
        headers = {"Content-Type": "application/json"}
        try:
            answer = self.web.post(address, json.dumps(body).encode(), headers, deadline=_DEADLINE)
        except SourceError as error:
            raise SourceError(error.failure, f"{shown(address)} {error}") from error
        if not 200 <= answer.status < 300:
            is_denied = answer.status in (401, 403)
            advice = ": HF_TOKEN must be allowed to manage the webhooks of its account" if is_denied else ""
            raise SourceError(Failure.DENIED, f"{shown(address)} answered {answer.status}{advice}")
