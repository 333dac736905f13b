"""The Hub's webhooks: whose model an event is about, and one webhook for all organisations."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.demo.server import Answer, Loopback, Request, as_json
from bot.errors import SourceError
from bot.fetch.client import HttpFetcher
from bot.sources.hub_webhooks import HubWebhooks, is_from_hub, owner_in
from tests.support.clock import FakeClock
from tests.support.pushing import event

OURS, SECRET, TOKEN = "https://bot.example/push/hub", "0123456789abcdef", "hf_token"
ID = "6390e855e30d9209411de93b"


@pytest.mark.parametrize(
    ("body", "owner"),
    [
        pytest.param(event(), "qwen", id="a model"),
        pytest.param(event(name="gpt2"), "gpt2", id="a model without an owner is nobody's"),
        pytest.param(event(type="dataset"), "", id="a dataset"),
        pytest.param(event(type="space"), "", id="a space"),
        pytest.param(event(name=["Qwen"]), "", id="a name that is none"),
        pytest.param(b'{"repo": "Qwen"}', "", id="a repository that is none"),
        pytest.param(b'{"event": {}}', "", id="no repository"),
        pytest.param(b"[1]", "", id="a list"),
        pytest.param(b"null", "", id="nothing"),
    ],
)
def test_whose_model_an_event_is_about(body: bytes, owner: str) -> None:
    assert owner_in(body) == owner


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"repo=Qwen", id="a form"),
        pytest.param(b"\xff\xfe{", id="no text"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_what_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        owner_in(body)


@pytest.mark.parametrize(
    ("given", "good"),
    [
        pytest.param(SECRET, True, id="word for word"),
        pytest.param(SECRET[:-1], False, id="cut short"),
        pytest.param(SECRET.upper(), False, id="in capitals"),
        pytest.param("", False, id="nothing"),
        pytest.param("é" * 16, False, id="no ASCII"),
    ],
)
def test_whether_the_secret_is_the_one_of_our_webhook(given: str, good: bool) -> None:
    assert is_from_hub(SECRET, given) == good


class Hub(Loopback):
    """Has the webhooks of one account, and answers every change with one status."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.webhooks: Any = []
        self.status = 200

    def _answer(self, request: Request) -> Answer:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        return as_json(self.webhooks) if request.method == "GET" else as_json({}, self.status)

    @property
    def changes(self) -> list[tuple[str, Any]]:
        return [(one.path, json.loads(one.body)) for one in self.requests if one.method == "POST"]


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        yield hub


def watch(hub: Hub) -> None:
    allowed = frozenset({hub.host})
    with HttpFetcher(
        clock=FakeClock(), user_agent="test", allowed_hosts=allowed, tokens={hub.host: TOKEN}
    ) as web:
        HubWebhooks(f"{hub.url}/", web).watch(["Qwen", "zai-org"], OURS, SECRET)


WANTED = {
    "watched": [{"type": "org", "name": "Qwen"}, {"type": "org", "name": "zai-org"}],
    "url": OURS,
    "domains": ["repo"],
    "secret": SECRET,
}
ALL = "/api/settings/webhooks"


@pytest.mark.parametrize(
    ("webhooks", "changes"),
    [
        pytest.param([], [(ALL, WANTED)], id="none yet: it is made"),
        pytest.param([{"id": ID, "url": "https://other/"}], [(ALL, WANTED)], id="another's stays as it is"),
        pytest.param([{"id": ID, "url": OURS}], [(f"{ALL}/{ID}", WANTED)], id="ours: it is changed"),
        pytest.param(
            [{"id": ID, "url": OURS, "disabled": True}],
            [(f"{ALL}/{ID}", WANTED), (f"{ALL}/{ID}/enable", {})],
            id="ours, and off: it is turned on as well",
        ),
        pytest.param([{"id": "../x", "url": OURS}], [(ALL, WANTED)], id="an id that leads elsewhere"),
        pytest.param({"error": "?"}, [(ALL, WANTED)], id="no list"),
    ],
)
def test_one_webhook_watches_all(hub: Hub, webhooks: object, changes: list[tuple[str, Any]]) -> None:
    hub.webhooks = webhooks
    watch(hub)
    assert hub.changes == changes


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param(
            403, r"/api/settings/webhooks answered 403: HF_TOKEN must be allowed to", id="the token"
        ),
        pytest.param(400, r"/api/settings/webhooks answered 400$", id="something else"),
    ],
)
def test_a_hub_that_refuses_is_told_with_what_the_token_lacks(hub: Hub, status: int, said: str) -> None:
    hub.status = status
    with pytest.raises(SourceError, match=said):
        watch(hub)
