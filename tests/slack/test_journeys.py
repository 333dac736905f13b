"""Whole ways of a member, a guest of another company, an admin and a second workspace, through Bolt.

Each step is something that they do, and a sentence that is true at that moment.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from slack_bolt import App

from bot.desk.channels import Presence
from bot.model import Destination
from bot.ops.sealing import Seal
from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import ManyWorkspaces
from tests.slack.fakes import SlackApi
from tests.slack.payloads import BOT, TEAM
from tests.slack.person import Person
from tests.support.house import House, licensed
from tests.support.office import Office
from tests.support.threads import AtOnce

OTHER, COMPANY = "T0OTHER", "T0COMPANY"  # a second workspace that has the bot, and one that has not
MODELS = Destination(f"{TEAM}/C0MODELS")
THEIRS = Destination(f"{OTHER}/C0THEIRS")
KIMI, GLM = "moonshotai/Kimi-K2.6", "zai-org/GLM-5.1"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office.open(tmp_path)
    office.house.channel.interactive = True
    office.channels.known = [MODELS, THEIRS]
    return office


@pytest.fixture
def app(office: Office, slack: SlackApi) -> App:
    store, seal = office.house.store, Seal(Fernet.generate_key().decode())
    with store.transaction():
        for team in (TEAM, OTHER):
            store.installations.save(team, "", seal.close(f"xoxb-{team}"), BOT, office.house.clock.now())
    workspaces = ManyWorkspaces(store, seal, office.house.clock.now)
    return make_app(lambda: office.desk, web_client("", slack.api_url), workspaces, AtOnce(), CommandName())


@pytest.fixture
def ana(app: App, slack: SlackApi) -> Person:
    return Person(app, slack, "U0ANA", TEAM, "C0MODELS")


def told(house: House, place: Destination) -> list[str]:
    """Return what a conversation got, the newest last, threads and edits included."""
    house.courier.deliver_all()
    return [it.content.text for it in house.channel.messages if it.destination == place]


def alert(house: House, place: Destination = MODELS) -> Any:
    """Return the blocks of the newest alert of a channel, as it stands."""
    return [it for it in house.channel.messages if it.destination == place and not it.thread_ts][
        -1
    ].content.blocks


def test_a_member_until_a_channel_follows_what_it_wants(office: Office, ana: Person) -> None:
    house = office.house
    ana.says("hi")
    ana.hears("I post every new model of the AI labs that you follow, once, with its licence and size.")
    ana.types("")
    ana.hears("I post every new model of the AI labs that this channel follows")
    office.channels.standing[MODELS] = Presence.OUTSIDE
    ana.types("subscribe kimi")
    ana.hears("I am not in this channel yet, so nothing was changed.", "/invite")
    office.channels.standing[MODELS] = Presence.INSIDE
    ana.presses("Try again")
    ana.hears("This channel now follows Moonshot AI.", "Nothing came out yet that I know of.")
    assert told(house, MODELS) == ["u0ana made this channel follow Moonshot AI."]
    ana.presses("Undo")
    ana.hears("Undone.")
    assert office.follows(MODELS) == []
    ana.types("subscribe")
    ana.sees("Follow labs", "For <#C0MODELS>. It follows nothing yet.")
    ana.fills_in(labs=["moonshot", "zai"], max="seventy")
    assert list(ana.problems) == ["max"]
    assert office.follows(MODELS) == []
    ana.fills_in(labs=["moonshot", "zai"], max="")
    ana.hears("This channel now follows Moonshot AI, Z.ai.")
    ana.types("subscribe moonshoot")
    ana.hears("I don't know a lab called “moonshoot”: did you mean moonshot? Nothing was changed.")
    ana.types("settings quiet:22:00-25:00 UTC")
    ana.hears("Nothing was changed.")
    ana.types("settings updates:thread")
    ana.hears("Updates: told in the thread.")
    ana.presses("Updates: the message is edited")
    ana.hears("Updates: the message is edited.")
    ana.types("digest hourly")
    ana.hears("Nothing was changed.")
    ana.types("digest weekly mon 9:00 Europe/Berlin")
    ana.hears("A digest is sent here every Monday at 09:00 Europe/Berlin.")
    ana.types("digest now")
    ana.hears("A weekly digest would tell nothing now")
    ana.types("watch glm gguf")
    ana.hears("This channel is told once, when a release of Z.ai as GGUF is out.")
    ana.types("list")
    ana.hears("What <#C0MODELS> follows: Moonshot AI, Z.ai.", "Digest: every Monday at 09:00 Europe/Berlin.")


def test_a_member_and_an_alert_and_the_end_of_it(office: Office, ana: Person) -> None:
    house = office.house
    ana.types("subscribe kimi zai")
    house.show(
        house.hub, house.repository(KIMI, license=licensed("other", "modified-mit"), parameters=10**12)
    )
    assert told(house, MODELS)[-1].startswith("Moonshot AI released Kimi-K2.6: 1.0T parameters, Modified MIT")
    ana.presses("Details", alert(house))
    ana.sees("Kimi-K2.6", "Modified MIT")
    ana.chooses("Adopted", alert(house))
    ana.hears("Kimi-K2.6")
    assert "Adopted (u0ana)." in told(house, MODELS)[-1]
    ana.types("recent triage:adopted")
    ana.hears("1 release", "Kimi-K2.6")
    ana.types("recent triage:open")
    ana.hears("Nothing")
    ana.mentions("what came out this week?")
    ana.hears("`/releases recent since:7d`", "Kimi-K2.6")
    ana.types("why kimi k2.6")
    ana.hears("Kimi-K2.6")
    ana.types("show kimi k2.6")
    ana.hears("Modified MIT")
    ana.types("mute kimi 7d")
    ana.hears("Moonshot AI: nothing is posted in this channel until")
    ana.opens_home()
    ana.sees("What my channels follow", "muted until")
    ana.types("unmute kimi")
    ana.hears("Moonshot AI")
    ana.types("test")
    ana.hears("I can post here: the test message stands in this conversation.")
    ana.types("unsubscribe all")
    ana.hears("Unsubscribe this channel from everything? Nothing was changed yet.")
    ana.presses("Cancel")
    ana.hears("Cancelled: nothing was changed.")
    assert office.follows(MODELS) == ["moonshot", "zai"]
    ana.types("unsubscribe all")
    ana.presses("Yes")
    ana.hears("This channel now follows nothing any more.")
    assert office.follows(MODELS) == []


def test_a_member_who_asks_in_a_channel_about_their_own_messages(office: Office, ana: Person) -> None:
    mine = Destination(f"{TEAM}/U0ANA")
    ana.types("digest to:dm")
    ana.hears("No digest is sent to your messages.")
    ana.presses("Every Monday at 9:00")
    ana.hears("A digest is sent to your messages every Monday at 09:00 UTC.")
    assert [bool(office.house.store.preferences.of(it).digest) for it in (MODELS, mine)] == [False, True]
    ana.presses("Undo")
    ana.hears("Undone.", "No digest is sent to your messages.")
    ana.types("list to:dm")
    ana.presses("Follow all labs")
    ana.hears("You now follow all labs.")
    assert (office.follows(MODELS), office.follows(mine)) == ([], ["all"])


def test_somebody_of_another_company_reads_and_changes_nothing(
    office: Office, app: App, slack: SlackApi, ana: Person
) -> None:
    house = office.house
    ana.types("subscribe kimi")
    house.show(house.hub, house.repository(KIMI, license=licensed("mit")))
    guest = Person(app, slack, "U0GUEST", TEAM, "C0MODELS", home=COMPANY)
    guest.mentions("recent kimi")
    guest.hears("Kimi-K2.6")
    guest.presses("Details", alert(house))
    guest.sees("Kimi-K2.6")
    for words in ("unsubscribe kimi", "mute all", "list", "triage Kimi-K2.6 no", "status"):
        guest.mentions(words)
        guest.hears("you belong to another workspace")
    guest.chooses("Not for us", alert(house))
    guest.hears("you belong to another workspace")
    guest.chooses("Mute", alert(house))
    guest.hears("you belong to another workspace")
    assert office.follows(MODELS) == ["moonshot"]
    assert "Not for us (" not in told(house, MODELS)[-1]


def test_an_admin_hears_of_a_report_and_corrects_it(
    office: Office, app: App, slack: SlackApi, ana: Person
) -> None:
    house, sam = office.house, Destination(f"{TEAM}/U0SAM")
    office.desk = replace(office.desk, reports=replace(office.desk.reports, admins=(sam,)))
    admin = Person(app, slack, "U0SAM", TEAM, "C0MODELS")
    ana.types("subscribe kimi")
    house.show(house.hub, house.repository(KIMI, license=licensed("mit")))
    ana.chooses("Report", alert(house))
    ana.sees("Kimi-K2.6")
    ana.fills_in(text="")
    assert list(ana.problems) == ["text"]
    ana.fills_in(text="it is Apache 2.0")
    ana.hears("your report is kept")
    assert "it is Apache 2.0" in told(house, sam)[-1]
    ana.types("held")
    ana.hears("Only those whom feeds.yaml names under `admins` can do that.")
    line = [it for it in house.channel.messages if it.destination == sam][-1].content.blocks
    admin.presses("Correct", line)
    admin.fills_in(license="apache-2.0")
    admin.hears("Kimi-K2.6")
    assert "Apache 2.0" in told(house, MODELS)[-1]
    admin.types("held")
    admin.hears("Nothing is held back")
    admin.types("unclear")
    admin.hears("Nothing is unclear")
    admin.types("status")
    admin.hears("1 source")


def test_a_second_workspace_has_its_own_of_everything(
    office: Office, app: App, slack: SlackApi, ana: Person
) -> None:
    house = office.house
    bo = Person(app, slack, "U0BO", OTHER, "C0THEIRS")
    ana.types("subscribe kimi")
    bo.types("list")
    bo.hears("<#C0THEIRS> follows nothing yet.")
    bo.types("subscribe zai")
    bo.hears("This channel now follows Z.ai.")
    assert slack.calls[-1].method == "hook"
    house.show(house.hub, house.repository(KIMI), house.repository(GLM, license=licensed("mit")))
    assert not any("GLM" in text for text in told(house, MODELS))
    assert not any("Kimi" in text for text in told(house, THEIRS))
    bo.chooses("Adopted", alert(house, THEIRS))
    assert "Adopted (u0bo)." in told(house, THEIRS)[-1]
    ana.types("recent triage:adopted")
    ana.hears("Nothing")
    office.channels.known = [THEIRS]  # those that Bo is in
    bo.opens_home()
    bo.sees("Z.ai")
    assert "Moonshot" not in str(bo.window).split("Recent releases")[0]
    bo.types("unsubscribe zai")
    bo.hears("no longer")
    assert office.follows(MODELS) == ["moonshot"]
