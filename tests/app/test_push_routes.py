"""Where pushes come: strangers are turned away, and who proves himself is believed no more than a hint."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.run.push.routes import HUB, WEBSUB
from bot.sources.websub import Offer
from bot.store.store import FILE_NAME
from tests.support.pushing import FEED, SECRET, Receiver, WebSubHub, event, receiving, subscribing

TOPIC = "https://lab.example/feed"
WITH_SECRET = {"X-Webhook-Secret": SECRET}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as bot:
        yield bot


@contextmanager
def asked_hub(bot: Receiver) -> Iterator[WebSubHub]:
    """Yield a hub that was asked to push the feed to the bot."""
    with WebSubHub(bot) as hub, subscribing(bot, hub) as subscriber:
        assert subscriber.ask(FEED, Offer(f"{hub.url}/", TOPIC)) == ""
        yield hub


@pytest.fixture
def hub(bot: Receiver) -> Iterator[WebSubHub]:
    with asked_hub(bot) as hub:
        yield hub


@pytest.fixture(scope="module")
def one_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiving(tmp_path_factory.mktemp("one")) as bot:
        yield bot


@pytest.fixture
def door(one_bot: Receiver) -> Receiver:
    """Return a bot that has heard nothing: what comes here leaves nothing else behind."""
    one_bot.heard.clear()
    return one_bot


@pytest.fixture(scope="module")
def one_hub(one_bot: Receiver) -> Iterator[WebSubHub]:
    with asked_hub(one_bot) as hub:
        yield hub


# --- the Hub's webhook


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        pytest.param(event(), ["hub:Qwen"], id="a model of an organisation that is watched"),
        pytest.param(event(name="QWEN/x"), ["hub:Qwen"], id="in other letters"),
        pytest.param(event(name="zai-org/GLM-6"), ["hub:zai-org"], id="another one"),
        pytest.param(event(name="stranger/x"), [], id="an organisation that is not watched"),
        pytest.param(event(name="hub:Qwen/x"), [], id="a name that plays at being a source"),
        pytest.param(event(type="dataset"), [], id="a dataset"),
        pytest.param(b"{}", [], id="nothing"),
    ],
)
def test_an_event_is_a_hint_about_its_organisation(door: Receiver, body: bytes, heard: list[str]) -> None:
    assert door.ask("POST", HUB, body, WITH_SECRET) == (204, b"")
    assert door.heard == heard


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        pytest.param(SECRET[:-1], event(), 401, id="a forged secret"),
        pytest.param("", event(), 401, id="no secret"),
        pytest.param("\xe9" * 20, event(), 401, id="a secret of odd letters"),
        pytest.param("", b"[" * 10_000, 401, id="what costs to read is not read without the secret"),
        pytest.param(SECRET, b"repo=Qwen", 400, id="no JSON"),
        pytest.param(SECRET, b"[" * 100_000, 400, id="nested without end"),
    ],
)
def test_what_is_turned_away_at_the_webhook(door: Receiver, secret: str, body: bytes, status: int) -> None:
    assert door.ask("POST", HUB, body, {"X-Webhook-Secret": secret} if secret else {})[0] == status
    assert door.heard == []


@pytest.mark.parametrize("path", [HUB, f"{WEBSUB}{'0' * 32}"])
def test_a_body_beyond_the_limit_is_turned_away_before_it_comes(door: Receiver, path: str) -> None:
    assert door.ask("POST", path, b"", {"Content-Length": str((1 << 20) + 1), **WITH_SECRET})[0] == 413


def test_without_a_secret_there_is_nothing_to_call(tmp_path: Path) -> None:
    with receiving(tmp_path, CADENCEBOT_PUSH_SECRET="") as bot:
        assert bot.ask("POST", HUB, event(), WITH_SECRET)[0] in (404, 501)


# --- WebSub


def test_what_a_hub_distributes_is_a_hint_about_its_feed(bot: Receiver, hub: WebSubHub) -> None:
    assert hub.confirmed == [(200, b"a challenge & more")]
    assert hub.distribute(b"<feed>Buy GLM-6 at evil.example</feed>") == (204, b"")
    assert bot.heard == [FEED]


@pytest.mark.logs("push_unsigned")
def test_what_is_not_signed_by_the_hub_is_thanked_for_and_ignored(
    bot: Receiver, hub: WebSubHub, caplog: pytest.LogCaptureFixture
) -> None:
    assert hub.distribute(secret="guessed") == (204, b"")
    assert bot.ask("POST", hub.path, b"<feed/>") == (204, b"")
    assert bot.heard == []
    assert caplog.text.count("push_unsigned") == 1, "one line is enough, however much comes"


def test_a_replay_is_one_more_hint_and_changes_nothing(bot: Receiver, hub: WebSubHub) -> None:
    before = bot.app.store.pushes.all()
    assert {hub.distribute() for _ in range(3)} == {(204, b"")}
    assert {*bot.heard} == {FEED}
    assert hub.call_back() == (200, b"a challenge & more")
    assert bot.app.store.pushes.all() == before


@pytest.mark.parametrize("token", ["", "0" * 32, "../hub", "%00"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_nobody_was_given_is_not_there(door: Receiver, method: str, token: str) -> None:
    query = f"?hub.mode=subscribe&hub.topic={TOPIC}&hub.challenge=x"
    assert door.ask(method, f"{WEBSUB}{token}{query}", b"<feed/>")[0] == 404
    assert door.heard == []


def test_a_feed_that_is_watched_no_more_is_gone(bot: Receiver, hub: WebSubHub) -> None:
    labs = [lab.model_copy(update={"sources": lab.sources[:1]}) for lab in bot.app.config.labs]
    bot.app.config = bot.app.config.model_copy(update={"labs": tuple(labs)})
    assert hub.distribute()[0] == 410
    assert bot.heard == []


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"topic": "https://lab.example/other"}, id="another topic"),
        pytest.param({"topic": ""}, id="no topic"),
        pytest.param({"mode": "unsubscribe"}, id="to unsubscribe, which nobody asked for"),
        pytest.param({"mode": "publish"}, id="a mode that there is not"),
        pytest.param({"challenge": ""}, id="no challenge"),
        pytest.param({"challenge": "x" * 3_000}, id="a challenge without end"),
    ],
)
def test_a_challenge_is_answered_only_for_what_was_asked(
    door: Receiver, one_hub: WebSubHub, asked: dict[str, str]
) -> None:
    before = door.app.store.pushes.all()
    assert one_hub.call_back(**asked)[0] == 404
    assert door.app.store.pushes.all() == before


@pytest.mark.parametrize(
    ("after", "status"),
    [
        pytest.param(timedelta(minutes=59), 200, id="within the hour"),
        pytest.param(timedelta(minutes=61), 404, id="too late"),
        pytest.param(timedelta(minutes=-1), 404, id="before it was asked, as the clock was set back"),
    ],
)
def test_a_challenge_is_answered_within_the_hour(
    bot: Receiver, hub: WebSubHub, after: timedelta, status: int
) -> None:
    bot.clock.advance(after)
    assert hub.call_back()[0] == status


@pytest.mark.parametrize(
    ("lease", "holds"),
    [
        pytest.param(864_000, timedelta(days=10), id="as granted"),
        pytest.param(1, timedelta(minutes=1), id="at least a minute"),
        pytest.param(999_999_999, timedelta(days=90), id="at most 90 days"),
    ],
)
def test_a_lease_is_as_long_as_the_hub_says(
    bot: Receiver, hub: WebSubHub, lease: int, holds: timedelta
) -> None:
    hub.lease = lease
    hub.call_back()
    push, now = bot.app.store.pushes.all()[FEED], bot.clock.now()
    assert push.lease_until == now + holds
    assert push.holds(now)
    assert not push.holds(now + holds)


def test_a_hub_that_denies_ends_it_and_its_reason_is_kept(bot: Receiver, hub: WebSubHub) -> None:
    assert hub.call_back(mode="denied", reason="not <you>\n@here") == (204, b"")
    push = bot.app.store.pushes.all()[FEED]
    assert push.refused == "its hub denied it: not <you> @here"
    assert not push.holds(bot.clock.now())


@pytest.mark.logs("push_lost")
def test_a_database_that_is_locked_has_the_hub_try_again(
    bot: Receiver, hub: WebSubHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("locked by another program")

    with monkeypatch.context() as locked:
        locked.setattr(bot.app.store.pushes, "confirm", refuse)
        assert hub.call_back() == (503, b"please try again")
    assert hub.call_back()[0] == 200


def test_a_hint_writes_nothing(bot: Receiver, hub: WebSubHub) -> None:
    """A flood of them holds up no poll, and no lock holds up them."""
    with sqlite3.connect(bot.app.state / FILE_NAME, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert hub.distribute()[0] == 204
        assert bot.ask("POST", HUB, event(), WITH_SECRET)[0] == 204
    other.close()
    assert bot.heard == [FEED, "hub:Qwen"]
