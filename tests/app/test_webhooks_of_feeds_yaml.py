"""The webhooks of feeds.yaml: what the environment owes them is said at once, and without what is secret."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.model import Destination
from bot.outbox.webhooks import Webhook
from bot.run.webhooks import webhooks_of
from bot.run.wiring import App
from bot.settings.environment import read_environment
from bot.settings.feeds import Config
from bot.sources.build import kinds
from tests.support.house import House

SECRET, URL = "0123456789abcdef", "https://relay.example/s3cr3t"
NAME = "CADENCEBOT_WEBHOOK_TEAMS"


def app_of(directory: Path, webhook: dict[str, object], environment: dict[str, str]) -> App:
    house = House(directory, subscribed=False)
    file = {
        "labs": [{"id": "moonshot", "name": "Moonshot AI", "sources": [{"hub": "moonshotai"}]}],
        "webhooks": [{"labs": "all", **webhook}],
    }
    config = Config.model_validate(file, context=kinds())
    return App(config, read_environment(environment), house.labs, house.store, house.clock)


@pytest.mark.parametrize(
    ("webhook", "environment"),
    [
        pytest.param({"id": "teams", "url": URL}, {f"{NAME}_SECRET": SECRET}, id="its address in the file"),
        pytest.param(
            {"id": "teams"}, {f"{NAME}_SECRET": SECRET, f"{NAME}_URL": URL}, id="its address a secret"
        ),
        pytest.param({"id": "teams", "url": URL}, {f"{NAME}_SECRET_FILE": "FILE"}, id="its secret in a file"),
    ],
)
def test_a_webhook_has_its_address_and_its_secret(
    tmp_path: Path, webhook: dict[str, object], environment: dict[str, str]
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    given = {name: str(file) if value == "FILE" else value for name, value in environment.items()}
    app = app_of(tmp_path, webhook, given)
    assert webhooks_of(app) == {Destination("webhook:teams"): Webhook(URL, SECRET)}
    app.sync_subscriptions()
    assert [one.destination for one in app.store.subscriptions.all()] == ["webhook:teams"]


@pytest.mark.parametrize(
    ("webhook", "environment", "complaint"),
    [
        pytest.param({"id": "teams", "url": URL}, {}, f"{NAME}_SECRET is not set", id="no secret"),
        pytest.param(
            {"id": "teams", "url": URL}, {f"{NAME}_SECRET": "s3cr3t"}, "shorter than 16", id="a short secret"
        ),
        pytest.param({"id": "teams"}, {f"{NAME}_SECRET": SECRET}, f"{NAME}_URL: write", id="no address"),
        pytest.param(
            {"id": "teams"}, {f"{NAME}_SECRET": SECRET, f"{NAME}_URL": "s3cr3t"}, f"{NAME}_URL", id="none"
        ),
        pytest.param(
            {"id": "teams"},
            {f"{NAME}_SECRET": SECRET, f"{NAME}_URL": "https://me:s3cr3t@relay.example"},
            "without a user name",
            id="an address with a password",
        ),
    ],
)
def test_what_a_webhook_lacks_is_said_without_what_is_secret(
    tmp_path: Path, webhook: dict[str, object], environment: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint) as refused:
        webhooks_of(app_of(tmp_path, webhook, environment))
    assert "s3cr3t" not in str(refused.value)


def test_several_workspaces_need_none_for_a_webhook(tmp_path: Path) -> None:
    app = app_of(tmp_path, {"id": "teams", "url": URL}, {"SLACK_CLIENT_ID": "1.2"})
    assert [one.destination for one in app.standing_subscriptions()] == ["webhook:teams"]
