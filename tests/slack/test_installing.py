"""Many workspaces: an install from the first click to the first command, sealed tokens, the end of it."""

import http.client
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from slack_bolt import App, BoltRequest
from slack_sdk.oauth.installation_store import Installation

from bot.demo.serving import dropped
from bot.errors import ConfigError
from bot.ops.sealing import Seal
from bot.slack.app import make_app
from bot.slack.http import HttpFront
from bot.slack.oauth import ManyWorkspaces, SealedInstallations, install_flow
from bot.slack.places import SlackPlaces
from bot.slack.web import web_client
from tests.slack.fakes import AtOnce, FakeDesk, FakeStore, SlackApi
from tests.slack.payloads import CHANNEL, SECRET, TEAM, as_form, command, event, signed
from tests.support.clock import FakeClock

KEY, OTHER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
INSTALLED = {
    "ok": True,
    "app_id": "A0APP",
    "access_token": "xoxb-secret-of-team",
    "token_type": "bot",
    "scope": "commands,chat:write",
    "bot_user_id": "U0CADENCE",
    "team": {"id": TEAM, "name": "Example"},
    "enterprise": None,
    "authed_user": {"id": "U0ANA"},
}
WHO = {"ok": True, "bot_id": "B0CADENCE", "user_id": "U0CADENCE", "team_id": TEAM}


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def workspaces(store: FakeStore, clock: FakeClock) -> ManyWorkspaces:
    return ManyWorkspaces(store, Seal(KEY), clock.now)


@pytest.fixture
def many(desk: FakeDesk, slack: SlackApi, workspaces: ManyWorkspaces, clock: FakeClock) -> App:
    client = web_client("", slack.api_url)
    places = SlackPlaces(client, lambda team: "", clock.now)
    return make_app(desk, client, workspaces, places, AtOnce(), signing_secret=SECRET)


@pytest.fixture
def front(many: App, store: FakeStore, slack: SlackApi, clock: FakeClock) -> Iterator[HttpFront]:
    flow = install_flow(
        store,
        Seal(KEY),
        web_client("", slack.api_url),
        client_id="111.222",
        client_secret="client-secret",
        now=clock.now,
        installed=store.resumed.append,
    )
    front = HttpFront(("127.0.0.1", 0), many, SECRET, flow)
    front.start()
    yield front
    front.stop()


def get(front: HttpFront, path: str, cookie: str = "") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    return response, page


def begin(front: HttpFront) -> tuple[str, str]:
    """Open /slack/install and return the state that Slack would bring back, and the browser's cookie."""
    response, page = get(front, "/slack/install")
    link = next(part for part in page.split('"') if part.startswith("https://slack.com/oauth"))
    query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert query["client_id"] == ["111.222"]
    assert "commands" in query["scope"][0]
    cookie = response.headers["Set-Cookie"].partition(";")[0]
    return query["state"][0], cookie


def test_whoever_installs_the_bot_is_served_with_a_token_of_their_own(
    front: HttpFront, store: FakeStore, slack: SlackApi, desk: FakeDesk
) -> None:
    slack.will_answer("oauth.v2.access", INSTALLED)
    slack.will_answer("auth.test", WHO)
    state, cookie = begin(front)
    response, _ = get(front, f"/slack/oauth_redirect?code=abc&state={state}", cookie)
    assert response.status == 200
    assert b"xoxb" not in store.installations.kept[TEAM, ""]

    body = as_form(command("list", hook=slack.hook))
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    connection.request("POST", "/slack/events", body, signed(body, time.time()))
    assert connection.getresponse().status == 200
    connection.close()
    assert desk.asked == [("answer", f"{TEAM}/{CHANNEL}", "list")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("?code=abc&state=made-up", 400, id="a state that nobody issued"),
        pytest.param("?code=abc", 400, id="no state"),
        pytest.param("?error=access_denied", 200, id="somebody changed their mind"),
    ],
)
def test_an_install_that_did_not_begin_here_does_not_end_here(
    path: str, status: int, front: HttpFront, store: FakeStore
) -> None:
    response, _ = get(front, f"/slack/oauth_redirect{path}")
    assert response.status == status
    assert store.installations.kept == {}


def test_a_state_counts_once_and_in_the_browser_that_got_it(
    front: HttpFront, slack: SlackApi, store: FakeStore, clock: FakeClock
) -> None:
    slack.will_answer("oauth.v2.access", INSTALLED)
    slack.will_answer("auth.test", WHO)
    state, cookie = begin(front)
    there = f"/slack/oauth_redirect?code=abc&state={state}"
    assert get(front, there)[0].status == 400
    assert get(front, there, cookie)[0].status == 200
    assert get(front, there, cookie)[0].status == 401
    late, cookie = begin(front)
    clock.advance(timedelta(minutes=11))
    assert get(front, f"/slack/oauth_redirect?code=abc&state={late}", cookie)[0].status == 401


@pytest.mark.logs("slack_install_failed", "slack_sdk.web.base_client")
def test_a_slack_that_drops_the_install_is_said_without_a_trace(front: HttpFront, slack: SlackApi) -> None:
    slack.will_answer("oauth.v2.access", dropped())
    state, cookie = begin(front)
    response, page = get(front, f"/slack/oauth_redirect?code=abc&state={state}", cookie)
    assert (response.status, page) == (502, "Slack does not answer just now; please try again")


@pytest.mark.logs("slack_stranger", "slack_uninstalled")
class TestStrangers:
    def test_a_workspace_without_the_bot_is_told_so_and_asks_nobody(
        self, many: App, desk: FakeDesk, slack: SlackApi
    ) -> None:
        request = BoltRequest(body=command("list", hook=slack.hook), mode="socket_mode")
        assert many.dispatch(request).status == 200
        [call] = slack.calls
        assert call.arguments["text"].startswith("I am not installed in this workspace any more")
        assert desk.asked == []

    def test_a_workspace_is_answered_with_no_other_ones_token(
        self, many: App, desk: FakeDesk, slack: SlackApi, store: FakeStore, clock: FakeClock
    ) -> None:
        for team in (TEAM, "T0OTHER"):
            sealed = Seal(KEY).close(f"xoxb-{team}")
            store.installations.save(team, "", sealed, "U0CADENCE", clock.now())
        for team in (TEAM, "T0OTHER"):
            said = event("app_mention", user="U1", channel="C1", text="<@U0CADENCE> list")
            said |= {"team_id": team, "authorizations": [{"team_id": team, "user_id": "U0CADENCE"}]}
            many.dispatch(BoltRequest(body=said, mode="socket_mode"))
        assert [call.token for call in slack.calls] == [f"xoxb-{TEAM}", "xoxb-T0OTHER"]
        assert [asked[1] for asked in desk.asked] == [f"{TEAM}/C1", "T0OTHER/C1"]

    def test_an_uninstall_forgets_the_token_and_tells_the_desk(
        self, many: App, desk: FakeDesk, store: FakeStore, clock: FakeClock
    ) -> None:
        store.installations.save(TEAM, "", Seal(KEY).close("xoxb-1"), "U0CADENCE", clock.now())
        many.dispatch(BoltRequest(body=event("app_uninstalled"), mode="socket_mode"))
        assert store.installations.kept == {}
        assert desk.asked == [("uninstalled", TEAM)]


class TestSealing:
    def test_what_is_sealed_shows_nothing_and_opens_again(self) -> None:
        sealed = Seal(KEY).close("xoxb-1")
        assert b"xoxb" not in sealed
        assert Seal(KEY).open(sealed) == "xoxb-1"

    def test_a_new_key_opens_what_the_old_one_sealed(self) -> None:
        sealed = Seal(KEY).close("xoxb-1")
        assert Seal(f"{OTHER_KEY}, {KEY}").open(sealed) == "xoxb-1"
        assert Seal(OTHER_KEY).open(Seal(f"{OTHER_KEY},{KEY}").close("xoxb-2")) == "xoxb-2"

    def test_a_lost_key_is_said(self) -> None:
        with pytest.raises(ConfigError, match="add the key that sealed it"):
            Seal(OTHER_KEY).open(Seal(KEY).close("xoxb-1"))

    @pytest.mark.parametrize(
        ("keys", "complaint"),
        [
            pytest.param("", "is not set", id="none"),
            pytest.param(" , ", "is not set", id="only commas"),
            pytest.param("hunter2", "is no key", id="a password"),
        ],
    )
    def test_a_key_that_is_none_is_refused_without_showing_it(self, keys: str, complaint: str) -> None:
        with pytest.raises(ConfigError, match=complaint) as refused:
            Seal(keys)
        assert "hunter2" not in str(refused.value)


def test_the_token_of_an_enterprise_is_kept_by_its_id(store: FakeStore, clock: FakeClock) -> None:
    whole = Installation(enterprise_id="E1", team_id=None, user_id="U1", bot_token="xoxb-e", bot_user_id="U2")
    SealedInstallations(store, Seal(KEY), clock.now, store.resumed.append).save(whole)
    assert list(store.installations.kept) == [("", "E1")]
