"""`reseal`: after it the old key can go."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.errors import ConfigError
from bot.ops.sealing import Seal
from bot.slack import workspaces
from bot.store.store import Store
from tests.cli.conftest import Shell
from tests.support.clock import START
from tests.support.postgres import migrated_schema

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


def install(store: Store, tokens: dict[str, str], key: str = OLD) -> None:
    with store.transaction():
        for team, token in tokens.items():
            store.installations.save(team, "", Seal(key).close(token), "UBOT", START)


def opened(store: Store, key: str, team: str) -> str:
    return Seal(key).open(store.installations.find(team) or b"")


@pytest.fixture(params=["in a file", "on PostgreSQL"])
def store(request: pytest.FixtureRequest, begun: Shell) -> Iterator[Store]:
    with ExitStack() as stack:
        url = stack.enter_context(migrated_schema()) if request.param == "on PostgreSQL" else ""
        begun.variables["DATABASE_URL"] = url
        store = Store(Path(begun.variables["CADENCEBOT_STATE"]), url=url)
        yield store
        store.close()


def test_every_token_is_sealed_with_the_first_key(
    store: Store, begun: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspaces, "_PORTION", 2)
    install(store, {f"T{number}": f"xoxb-{number}" for number in range(5)})
    begun.variables["CADENCEBOT_SEAL_KEY"] = f"{NEW},{OLD}"
    done = begun.run("reseal")
    assert done.exit_code == 0
    assert "5 tokens sealed anew" in done.stdout
    assert "can go" in done.stdout
    assert [opened(store, NEW, f"T{number}") for number in range(5)] == [f"xoxb-{n}" for n in range(5)]
    with pytest.raises(ConfigError):
        opened(store, OLD, "T1")


def test_what_no_key_opens_is_named_and_left_as_it_is(store: Store, begun: Shell) -> None:
    install(store, {"T1": "xoxb-1", "T3": "xoxb-3"})
    install(store, {"T2": "xoxb-2"}, LOST)
    begun.variables["CADENCEBOT_SEAL_KEY"] = f"{NEW},{OLD}"
    done = begun.run("reseal")
    assert done.exit_code == 1
    assert "2 tokens sealed anew" in done.stdout
    assert "No key opens that of T2." in done.stdout
    assert "can go" not in done.stdout
    assert [opened(store, NEW, "T1"), opened(store, LOST, "T2"), opened(store, NEW, "T3")] == [
        "xoxb-1",
        "xoxb-2",
        "xoxb-3",
    ]


def test_without_a_key_it_says_how_to_make_one(begun: Shell) -> None:
    refused = begun.run("reseal")
    assert refused.exit_code == 2
    assert "CADENCEBOT_SEAL_KEY is not set" in refused.stderr


def test_nothing_to_seal_is_no_fault(begun: Shell) -> None:
    begun.variables["CADENCEBOT_SEAL_KEY"] = NEW
    assert "0 tokens sealed anew" in begun.run("reseal").stdout
