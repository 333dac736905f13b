"""Many workspaces: an install from the first click to the first command, sealed tokens, the end of it."""

import http.client
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from slack_bolt import App, BoltRequest

from bot.demo.server import Answer, Request, as_json, dropped
from bot.errors import ConfigError
from bot.ops.sealing import Seal
from bot.ops.web import serving
from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.http import slack_routes
from bot.slack.oauth import Installs, install_flow
from bot.slack.once import Once
from bot.slack.wording import CommandName
from bot.slack.workspaces import ManyWorkspaces
from bot.store.store import Store
from tests.slack.fakes import FakeDesk, SlackApi
from tests.slack.payloads import CHANNEL, SECRET, TEAM, as_form, command, event, signed
from tests.support.clock import FakeClock
from tests.support.slack import pressed
from tests.support.threads import AtOnce

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
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def workspaces(store: Store, clock: FakeClock) -> ManyWorkspaces:
    return ManyWorkspaces(store, Seal(KEY), clock.now)


@pytest.fixture
def many(desk: FakeDesk, slack: SlackApi, workspaces: ManyWorkspaces, clock: FakeClock, store: Store) -> App:
    return app_for(desk, slack, workspaces, clock, store)


def app_for(
    desk: FakeDesk, slack: SlackApi, workspaces: ManyWorkspaces, clock: FakeClock, store: Store
) -> App:
    client = web_client("", slack.api_url)
    installs = installs_of(store, clock)
    flow = install_flow(installs, client, client_id="111.222", client_secret="client-secret")
    return make_app(lambda: desk, client, workspaces, AtOnce(), CommandName(), flow)


def installs_of(store: Store, clock: FakeClock, key: str = KEY) -> Installs:
    return Installs(store, Seal(key), clock.now, lambda _team: None, Once(store.is_new_request))


@pytest.fixture
def front(many: App) -> Iterator[str]:
    """Yield the host and port of a server that hears Slack and takes installations."""
    with serving(("127.0.0.1", 0), slack_routes(many, SECRET, installable=True)) as url:
        yield urlsplit(url).netloc


def get(front: str, path: str, cookie: str = "") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(front, timeout=10)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    return response, page


def begin(front: str) -> tuple[str, str]:
    """Open /slack/install and return the state that Slack would bring back, and the browser's cookie."""
    response, page = get(front, "/slack/install")
    link = next(part for part in page.split('"') if part.startswith("https://slack.com/oauth"))
    query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert query["client_id"] == ["111.222"]
    assert {"commands", "channels:history", "groups:history", "im:history"} <= {*query["scope"][0].split(",")}
    cookie = response.headers["Set-Cookie"].partition(";")[0]
    return query["state"][0], cookie


def test_whoever_installs_the_bot_is_served_with_a_token_of_their_own(
    front: str, store: Store, slack: SlackApi, desk: FakeDesk
) -> None:
    slack.will_answer("oauth.v2.access", INSTALLED)
    slack.will_answer("auth.test", WHO)
    state, cookie = begin(front)
    response, _ = get(front, f"/slack/oauth_redirect?code=abc&state={state}", cookie)
    assert response.status == 200
    sealed = store.installations.find(TEAM)
    assert sealed
    assert b"xoxb" not in sealed

    body = as_form(command("list", hook=slack.hook))
    connection = http.client.HTTPConnection(front, timeout=10)
    connection.request("POST", "/slack/events", body, signed(body, time.time()))
    assert connection.getresponse().status == 200
    connection.close()
    assert desk.asked == [("answer", f"{TEAM}/{CHANNEL}", "list")]


def owed(store: Store) -> list[tuple[str, str]]:
    return [(one.destination, one.content.text) for one in store.deliveries.recent(9) if one.content]


def install(front: str, slack: SlackApi, **given: Any) -> None:
    slack.will_answer("oauth.v2.access", {**INSTALLED, **given})
    slack.will_answer("auth.test", WHO)
    state, cookie = begin(front)
    assert get(front, f"/slack/oauth_redirect?code=abc&state={state}", cookie)[0].status == 200


def test_who_installed_it_is_owed_one_message_with_two_buttons(
    front: str, store: Store, slack: SlackApi, clock: FakeClock
) -> None:
    install(front, slack)
    [(whom, said)] = owed(store)
    assert whom == f"{TEAM}/U0ANA"
    assert said.startswith("I am installed, and post every new model")
    content = store.deliveries.recent(1)[0].content
    assert content
    assert [*pressed(content).values()] == [("home_where", "channel"), ("run:1", "help")]
    clock.advance(timedelta(minutes=1))
    install(front, slack)
    assert len(owed(store)) == 1, "installed over an install, as for another right, it greets nobody"
    with store.transaction():
        store.installations.uninstall(TEAM, clock.now())
    install(front, slack)
    assert len(owed(store)) == 2


def test_who_is_not_named_is_not_greeted(front: str, store: Store, slack: SlackApi) -> None:
    install(front, slack, authed_user={"id": "nobody"})
    assert owed(store) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("?code=abc&state=made-up", 400, id="a state that nobody issued"),
        pytest.param("?code=abc", 400, id="no state"),
        pytest.param("?error=access_denied", 200, id="somebody changed their mind"),
    ],
)
def test_an_install_that_did_not_begin_here_does_not_end_here(
    path: str, status: int, front: str, store: Store
) -> None:
    response, _ = get(front, f"/slack/oauth_redirect{path}")
    assert response.status == status
    assert store.installations.workspaces() == []


def test_a_state_counts_once_and_in_the_browser_that_got_it(
    front: str, slack: SlackApi, store: Store, clock: FakeClock
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


def rows(store: Store) -> int:
    return sum(
        int(store._database.query(f"SELECT count(*) AS n FROM {one['name']}")[0]["n"])
        for one in store._database.query("SELECT name FROM sqlite_master WHERE type = 'table'")
    )


def test_a_stranger_who_begins_installs_leaves_nothing_behind(front: str, store: Store) -> None:
    before = rows(store)
    states = {begin(front)[0] for _ in range(20)}
    for state in states:
        get(front, f"/slack/oauth_redirect?state={state}", f"slack-app-oauth-state={state}")
    assert len(states) == 20
    assert rows(store) == before


def test_a_state_is_sealed_by_us_for_this_alone(store: Store, clock: FakeClock) -> None:
    mine = installs_of(store, clock)
    state = mine.issue()
    for forged in ("", "x", "é", state[:-8], "A" + state[1:], Seal(OTHER_KEY).close("install").decode()):
        assert not mine.consume(forged)
    assert not installs_of(store, clock, OTHER_KEY).consume(state)
    assert not mine.consume(Seal(KEY).close(f"xoxb {clock.now().isoformat()} x").decode())
    assert mine.consume(state)
    assert not mine.consume(state + "=")


@pytest.mark.parametrize("query", ["?team=%22%3E%3Cscript%3Ex", "?x=%22%3E%3Cscript%3Ex"])
def test_the_install_page_shows_nothing_that_a_link_brought_along(query: str, front: str) -> None:
    _, page = get(front, f"/slack/install{query}")
    assert "<script" not in page


@pytest.mark.parametrize("query", ["?error=%3Cscript%3Ex", "?code=%22%3E%3Cscript%3Ex&state=%3Cscript%3E"])
def test_nor_does_the_page_after_it(query: str, front: str) -> None:
    _, page = get(front, f"/slack/oauth_redirect{query}")
    assert "<script" not in page


class Waiting(SlackApi):
    """Answers nobody who installs the bot until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def _handle(self, request: Request) -> Answer:
        if "oauth" in request.path:
            self.may.wait(30)
            return as_json({"ok": False, "error": "invalid_code"})
        return super()._handle(request)


@pytest.mark.logs("slack_stranger")
def test_installs_that_wait_for_slack_hold_up_no_command(
    desk: FakeDesk, workspaces: ManyWorkspaces, clock: FakeClock, store: Store
) -> None:
    with Waiting() as slack:
        many = app_for(desk, slack, workspaces, clock, store)
        with (
            serving(("127.0.0.1", 0), slack_routes(many, SECRET, installable=True)) as url,
            ThreadPoolExecutor(40) as strangers,
        ):
            front = urlsplit(url).netloc
            begun = [begin(front) for _ in range(40)]
            waiting = [
                strangers.submit(get, front, f"/slack/oauth_redirect?code=x&state={state}", cookie)
                for state, cookie in begun
            ]
            body = as_form(command("list", hook=slack.hook))
            connection = http.client.HTTPConnection(front, timeout=10)
            connection.request("POST", "/slack/events", body, signed(body, time.time()))
            assert connection.getresponse().status == 200
            connection.close()
            slack.may.set()
            assert 503 in {one.result()[0].status for one in waiting}


@pytest.mark.logs("slack_install_failed", "slack_sdk.web.base_client")
def test_a_slack_that_drops_the_install_is_said_without_a_trace(front: str, slack: SlackApi) -> None:
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
        self, many: App, desk: FakeDesk, slack: SlackApi, store: Store, clock: FakeClock
    ) -> None:
        for team in (TEAM, "T0OTHER"):
            sealed = Seal(KEY).close(f"xoxb-{team}")
            with store.transaction():
                store.installations.save(team, "", sealed, "U0CADENCE", clock.now())
        for team in (TEAM, "T0OTHER"):
            said = event("app_mention", user="U1", channel="C1", text="<@U0CADENCE> list")
            said |= {"team_id": team, "authorizations": [{"team_id": team, "user_id": "U0CADENCE"}]}
            many.dispatch(BoltRequest(body=said, mode="socket_mode"))
        assert [call.token for call in slack.calls] == [f"xoxb-{TEAM}", "xoxb-T0OTHER"]
        assert [asked[1] for asked in desk.asked] == [f"{TEAM}/C1", "T0OTHER/C1"]

    def test_an_uninstall_forgets_the_token_and_tells_the_desk(
        self, many: App, desk: FakeDesk, store: Store, clock: FakeClock
    ) -> None:
        with store.transaction():
            store.installations.save(TEAM, "", Seal(KEY).close("xoxb-1"), "U0CADENCE", clock.now())
        self.tell(many, event("app_uninstalled"), clock)
        assert store.installations.workspaces() == []
        assert desk.asked == [("uninstalled", TEAM)]

    def tell(self, app: App, said: dict[str, Any], clock: FakeClock, **ago: float) -> None:
        """Tell the bot of an event that happened a while ago."""
        at = int((clock.now() - timedelta(**ago)).timestamp())
        app.dispatch(BoltRequest(body={**said, "event_time": at}, mode="socket_mode"))

    @pytest.mark.parametrize(
        ("said", "forgotten"),
        [
            pytest.param(("tokens_revoked", {"tokens": {"bot": ["U0CADENCE"]}}), True, id="its own token"),
            pytest.param(("tokens_revoked", {"tokens": {"bot": ["U0FORMER"]}}), False, id="a former one"),
            pytest.param(("tokens_revoked", {"tokens": {"oauth": ["U0ANA"]}}), False, id="a person's"),
            pytest.param(("tokens_revoked", {"tokens": {"bot": []}}), False, id="none"),
            pytest.param(("tokens_revoked", {"tokens": "bot"}), False, id="nonsense"),
            pytest.param(("app_uninstalled", {}), True, id="the app is gone"),
        ],
    )
    def test_the_token_goes_with_what_ends_it_and_with_nothing_else(
        self, many: App, store: Store, clock: FakeClock, said: tuple[str, dict[str, Any]], forgotten: bool
    ) -> None:
        with store.transaction():
            store.installations.save(TEAM, "", Seal(KEY).close("xoxb-1"), "U0CADENCE", clock.now())
        kind, fields = said
        self.tell(many, event(kind, **fields), clock)
        assert (store.installations.find(TEAM) is None) is forgotten

    @pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
    def test_word_of_an_end_that_comes_late_forgets_no_newer_install(
        self, many: App, desk: FakeDesk, store: Store, clock: FakeClock, kind: str
    ) -> None:
        with store.transaction():
            store.installations.save(TEAM, "", Seal(KEY).close("xoxb-2"), "U0CADENCE", clock.now())
        self.tell(many, event(kind, tokens={"bot": ["U0CADENCE"]}), clock, minutes=20)
        assert store.installations.find(TEAM)
        assert desk.asked == []


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


@pytest.mark.logs("slack_install_refused")
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(
            {"is_enterprise_install": True, "team": None, "enterprise": {"id": "E1"}},
            "for a whole organisation",
            id="for a whole organisation",
        ),
        pytest.param({"team": None, "enterprise": {"id": "E1"}}, "for a whole organisation", id="no team"),
        pytest.param(
            {"refresh_token": "xoxe-1-secret", "expires_in": 43_200}, "token rotation", id="a token that ends"
        ),
    ],
)
def test_an_install_that_cannot_be_served_is_refused_in_words_and_leaves_nothing(
    front: str, store: Store, slack: SlackApi, given: dict[str, Any], reason: str
) -> None:
    slack.will_answer("oauth.v2.access", {**INSTALLED, **given})
    slack.will_answer("auth.test", WHO)
    state, cookie = begin(front)
    response, page = get(front, f"/slack/oauth_redirect?code=abc&state={state}", cookie)
    assert response.status == 400
    assert reason in page
    assert "xox" not in page
    assert store.installations.workspaces() == []


def test_a_workspace_of_an_organisation_is_one_like_any_other(
    front: str, store: Store, slack: SlackApi
) -> None:
    slack.will_answer("oauth.v2.access", {**INSTALLED, "enterprise": {"id": "E1", "name": "Whole"}})
    slack.will_answer("auth.test", WHO)
    state, cookie = begin(front)
    assert get(front, f"/slack/oauth_redirect?code=abc&state={state}", cookie)[0].status == 200
    assert [(one.team, one.enterprise) for one in store.installations.workspaces()] == [(TEAM, "E1")]
