"""Channels that the bot joins, leaves or loses, and ids that change: followed at once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from slack_bolt import App, BoltRequest

from bot.desk.channels import Presence
from bot.model import ALL, Destination, Follow
from bot.ops.sealing import Seal
from bot.records import Content, DigestPlan, Mute, Preferences, Subscription
from bot.releases.facts.filters import Filters
from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import ManyWorkspaces
from bot.store.places import _TABLES
from tests.slack.fakes import SlackApi
from tests.slack.payloads import BOT, event
from tests.support.office import Office
from tests.support.threads import AtOnce

KIMI, GLM = "moonshotai/Kimi-K2.6", "zai-org/GLM-5.1"
HERE, THERE = Destination("T0TEAM/C1"), Destination("T0OTHER/C1")  # one channel, shared by two workspaces
MOVED = Destination("T0TEAM/C9")
ANA, BEN = Destination("T0TEAM/UANA"), Destination("T0OTHER/UBEN")
CHANGED = event("channel_id_changed", old_channel_id="C1", new_channel_id="C9")


@dataclass
class Two:
    """Two workspaces of one bot."""

    office: Office
    app: App

    def hear(self, payload: dict[str, Any], team: str = "T0TEAM") -> None:
        """Take an event that is for one of them."""
        whose = {**payload["authorizations"][0], "team_id": team}
        body = {**payload, "team_id": team, "authorizations": [whose]}
        assert self.app.dispatch(BoltRequest(body=body, mode="socket_mode")).status == 200

    @property
    def pauses(self) -> dict[str, str]:
        pauses = self.office.house.store.subscriptions.pauses()
        return {where: pause.reason for where, pause in pauses.items()}

    def told(self, *, since: int = 0) -> list[tuple[str, str]]:
        return self.office.deliver()[since:]


@pytest.fixture
def two(tmp_path: Path, slack: SlackApi) -> Two:
    office = Office.open(tmp_path)
    store, clock, seal = office.house.store, office.house.clock, Seal(Fernet.generate_key().decode())
    with store.transaction():
        for team in ("T0TEAM", "T0OTHER"):
            store.installations.save(team, "", seal.close(f"xoxb-{team}"), BOT, clock.now())
        for where, who in ((HERE, ANA), (THERE, BEN)):
            store.subscriptions.add(
                Subscription(where, Follow(ALL), Filters(), "Slack", clock.now(), who.place)
            )
    app = make_app(
        lambda: office.desk,
        web_client("", slack.api_url),
        ManyWorkspaces(store, seal, clock.now),
        AtOnce(),
        CommandName(),
    )
    return Two(office, app)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        pytest.param("channel_left", "I am not in it", id="removed from a public channel"),
        pytest.param("group_left", "I am not in it", id="removed from a private channel"),
        pytest.param("channel_archive", "it is archived", id="a public channel is archived"),
        pytest.param("group_archive", "it is archived", id="a private channel is archived"),
    ],
)
def test_a_lost_channel_is_paused_at_once_and_its_subscriber_told_once(two: Two, kind: str, why: str) -> None:
    two.hear(event(kind, channel="C1", actor_id="U1"))
    two.hear(event(kind, channel="C1", actor_id="U1"))
    assert list(two.pauses) == [HERE]
    [(whom, said)] = two.told()
    assert whom == ANA
    assert f"<#C1>: {why}" in said
    two.office.house.show(two.office.house.hub, two.office.house.repository(KIMI))
    assert [whom for whom, _ in two.told(since=1)] == [THERE], "nothing was tried where it would be refused"
    assert two.office.follows(HERE) == [ALL]


@pytest.mark.parametrize(
    "back",
    [
        pytest.param(event("member_joined_channel", user=BOT, channel="C1"), id="the bot is invited again"),
        pytest.param(event("channel_unarchive", channel="C1", user="U1"), id="a channel is opened again"),
        pytest.param(event("group_unarchive", channel="C1", user="U1"), id="a private one is"),
    ],
)
def test_what_was_owed_comes_at_once_when_the_channel_is_back(two: Two, back: dict[str, Any]) -> None:
    two.hear(event("channel_left", channel="C1"))
    two.office.house.show(two.office.house.hub, two.office.house.repository(KIMI))
    before = len(two.told())
    two.hear(back)
    assert two.pauses == {}
    [(whom, said)] = two.told(since=before)
    assert whom == HERE
    assert "released Kimi-K2.6" in said


@pytest.mark.parametrize(
    ("told", "standing", "paused"),
    [
        pytest.param("channel_left", Presence.INSIDE, False, id="invited again before word came"),
        pytest.param("channel_left", Presence.UNINVITED, False, id="it may post there uninvited"),
        pytest.param("channel_archive", Presence.OUTSIDE, True, id="opened again, and the bot is not in it"),
        pytest.param("channel_unarchive", Presence.ARCHIVED, True, id="archived again"),
        pytest.param("channel_unarchive", Presence.OUTSIDE, True, id="open, and the bot was removed"),
        pytest.param("channel_unarchive", None, False, id="Slack does not say: what was told counts"),
    ],
)
def test_late_word_is_checked_with_slack(
    two: Two, told: str, standing: Presence | None, paused: bool
) -> None:
    if standing:
        two.office.channels.standing[HERE] = standing
    two.hear(event(told, channel="C1"))
    assert (HERE in two.pauses) is paused


def test_a_channel_that_follows_nothing_is_not_paused(two: Two) -> None:
    two.hear(event("channel_left", channel="C5"))
    two.hear(event("channel_left", channel="no channel"))
    assert two.pauses == {}
    assert two.told() == []


@pytest.mark.logs("slack_stranger")
@pytest.mark.parametrize("said", [event("channel_left", channel="C1"), CHANGED], ids=["left", "moved"])
def test_a_workspace_without_the_bot_changes_nothing(two: Two, said: dict[str, Any]) -> None:
    two.hear(said, team="T0STRANGE")
    assert two.pauses == {}
    assert two.office.follows(HERE) == [ALL]


# --- another id


def settle_in(two: Two) -> None:
    """Let the first workspace have all that a channel can have."""
    house = two.office.house
    with house.store.transaction():
        plan = DigestPlan("weekly")
        house.store.preferences.set(HERE, Preferences("post", digest=plan), house.clock.now())
        house.store.preferences.mute(Mute(HERE, "google", None))
    house.show(house.hub, house.repository(KIMI))


def test_all_that_a_channel_has_goes_with_it_and_others_keep_theirs(two: Two) -> None:
    settle_in(two)
    two.hear(CHANGED)
    store = two.office.house.store
    assert two.office.follows(HERE) == []
    assert two.office.follows(MOVED) == two.office.follows(THERE) == [ALL]
    assert store.preferences.of(MOVED).variants == "post"
    assert [mute.lab for mute in store.preferences.mutes(MOVED)] == ["google"]
    [due] = store.preferences.digests_due(two.office.house.clock.now())
    assert due[0] == MOVED


def test_what_comes_later_goes_to_the_new_id_and_what_was_told_is_not_told_again(two: Two) -> None:
    settle_in(two)
    before = len(two.told())
    two.hear(CHANGED)
    house = two.office.house
    house.show(house.hub, house.repository(GLM))
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    mine = [one for one in house.channel.messages[before:] if one.destination != THERE]
    assert {one.destination for one in mine} == {MOVED}
    assert any("released GLM-5.1" in one.content.text for one in mine)
    assert not any("released Kimi" in one.content.text and not one.edit_ts for one in mine)


def test_a_line_that_was_told_under_the_former_id_is_not_owed_again(two: Two) -> None:
    store, now, line = two.office.house.store, two.office.house.clock.now(), Content("Qwen is quiet.")
    with store.transaction():
        assert store.deliveries.owe_line("quiet|qwen", HERE, line, now, known_until=None)
    two.hear(CHANGED)
    with store.transaction():
        assert not store.deliveries.owe_line("quiet|qwen", MOVED, line, now, known_until=None)


def test_what_is_on_its_way_to_the_former_id_pauses_nothing_and_stands_at_the_new_one(two: Two) -> None:
    settle_in(two)
    two.hear(CHANGED)
    store, now = two.office.house.store, two.office.house.clock.now()
    with store.transaction():
        store.subscriptions.pause(HERE, "channel_not_found", now, now)
        [alert] = [one for one in store.deliveries.recent(9) if one.destination == MOVED]
        store.deliveries.settle_sent(alert.sequence, HERE, "9.9", "", now)
    assert two.pauses == {}
    assert [one.channel for one in store.deliveries.recent(9) if one.destination == MOVED] == [MOVED]


def test_an_id_that_changes_twice_and_back_is_followed(two: Two) -> None:
    two.hear(CHANGED)
    two.hear(event("channel_id_changed", old_channel_id="C9", new_channel_id="C7"))
    assert two.office.house.store.places.now()[HERE] == "T0TEAM/C7"
    two.hear(event("channel_id_changed", old_channel_id="C7", new_channel_id="C1"))
    assert two.office.follows(HERE) == [ALL]
    assert HERE not in two.office.house.store.places.now()


def test_no_table_that_names_a_channel_is_forgotten(two: Two) -> None:
    """A table that is new names its channels in a column of this name, and belongs to store/places.py."""
    query = two.office.house.store._database.query
    tables = [row["name"] for row in query("SELECT name FROM sqlite_master WHERE type = 'table'")]
    named = {
        (table, row["name"])
        for table in tables
        for row in query(f"PRAGMA table_info({table})")
        if row["name"] in ("destination", "channel")
    }
    assert named == set(_TABLES) - {("destination", "id")}
