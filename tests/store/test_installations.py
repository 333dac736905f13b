"""Workspaces that installed the bot."""

import pytest

from bot.store.store import Store
from tests.support.clock import START


@pytest.fixture
def installed(store: Store) -> Store:
    with store.transaction():
        store.installations.save("T1", "", b"one", "UB1", START)
        store.installations.save("T2", "E1", b"two", "UB2", START)
        store.installations.save("", "E1", b"whole", "UB3", START)
    return store


@pytest.mark.parametrize(
    ("team", "enterprise", "sealed"),
    [
        pytest.param("T1", "", b"one", id="a workspace"),
        pytest.param("T2", "E1", b"two", id="a workspace of an organisation has its own"),
        pytest.param("T2", "", b"two", id="it is found by its own id"),
        pytest.param("T9", "E1", b"whole", id="else the organisation's serves"),
        pytest.param("", "E1", b"whole", id="the organisation itself"),
        pytest.param("T9", "", None, id="a stranger has none"),
        pytest.param("T9", "E9", None, id="of a strange organisation neither"),
        pytest.param("", "", None, id="nobody has none"),
    ],
)
def test_whose_token_serves(installed: Store, team: str, enterprise: str, sealed: bytes | None) -> None:
    assert installed.installations.find(team, enterprise) == sealed


def test_the_newest_word_of_a_workspace_counts(installed: Store) -> None:
    with installed.transaction():
        installed.installations.save("T1", "", b"new", "UB1", START)
    assert installed.installations.find("T1") == b"new"
    assert len(installed.installations.workspaces()) == 3


def test_what_was_uninstalled_is_forgotten_and_can_come_back(installed: Store) -> None:
    with installed.transaction():
        assert installed.installations.uninstall("T1", START)
        assert not installed.installations.uninstall("T1", START)
    assert installed.installations.find("T1") is None
    assert [one.team for one in installed.installations.workspaces()] == ["", "T2"]
    raw = installed._database.query("SELECT sealed FROM installation WHERE team = 'T1'")
    assert raw == [{"sealed": None}]
    with installed.transaction():
        installed.installations.save("T1", "", b"again", "UB1", START)
    assert installed.installations.find("T1") == b"again"


def test_an_organisation_that_leaves_takes_no_workspace_along(installed: Store) -> None:
    with installed.transaction():
        assert installed.installations.uninstall("", START, "E1")
    assert installed.installations.find("", "E1") is None
    assert installed.installations.find("T2", "E1") == b"two"


def test_what_is_sealed_comes_in_portions_and_is_sealed_anew_where_it_is_the_same(installed: Store) -> None:
    with installed.transaction():
        installed.installations.uninstall("T1", START)
    every = installed.installations.sealed_after("", "", 9)
    assert every == [("", "E1", b"whole"), ("T2", "E1", b"two")]
    assert installed.installations.sealed_after("", "", 1) == every[:1]
    assert installed.installations.sealed_after("", "E1", 9) == every[1:]
    with installed.transaction():
        assert installed.installations.reseal("T2", "E1", b"two", b"two again")
        assert not installed.installations.reseal("", "E1", b"of before", b"of before again")
    assert [sealed for *_, sealed in installed.installations.sealed_after("", "", 9)] == [
        b"whole",
        b"two again",
    ]
