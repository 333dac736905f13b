"""The served page: what it shows, what it is told, and who may tell it anything.

Only a browser that loaded the page from this very address is heard: a Host that is not ours is somebody
else's name for loopback (DNS rebinding), an Origin that is not ours another site's script, and what changes
anything needs the token that stands in the page alone.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import parse_qs

from pydantic import BaseModel, Field

from bot.demo.deeds import Deeds
from bot.demo.messages import anchor
from bot.demo.page import Live, Scene, page, parts
from bot.demo.slack import Posted
from bot.demo.workspace import Workspace
from bot.errors import UsageError
from bot.ops.web import PAGE_HEADERS, Routes, reply

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_PATIENCE = 20.0  # seconds that a question for news waits for some


class Site:
    """The page of a workspace; `scene_of` returns what a person sees. `serve_at` says where it is served."""

    def __init__(self, workspace: Workspace, deeds: Deeds, scene_of: Callable[[str], Scene]) -> None:
        self.token = secrets.token_urlsafe(32)
        self.hosts: frozenset[str] = frozenset()
        self._workspace = workspace
        self._deeds = deeds
        self._scene_of = scene_of

    @property
    def routes(self) -> Routes:
        """Return the page, what is new on it, and where it tells what was done."""
        return {
            ("GET", "/"): self._for_us(self._show),
            ("GET", "/now"): self._for_us(self._show_news),
            ("POST", "/do"): self._for_us(self._take),
        }

    def serve_at(self, port: int) -> None:
        """Note the port at which the page is served: by these names alone it is asked for."""
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    def _for_us(self, answer: "WSGIApplication") -> "WSGIApplication":
        def check(environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
            host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN", "")
            if host not in self.hosts or (origin and origin != f"http://{host}"):
                return _reply(respond, HTTPStatus.FORBIDDEN, "This page is for this machine alone.")
            return answer(environ, respond)

        return check

    def _show(self, environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        shown = page(*self._seen_by(self._person(environ)))
        return _reply(respond, HTTPStatus.OK, shown, "text/html")

    def _show_news(self, environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        """Answer once there is something newer than what is on the page."""
        person, after = self._person(environ), _asked(environ, "after")
        known = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else -1
        version = self._workspace.wait(known, _PATIENCE)
        news = self._workspace.news(person, known) if known >= 0 else None
        told = _told(news) if news else None
        body = {"version": version, "parts": parts(*self._seen_by(person)), "news": told}
        return _reply(respond, HTTPStatus.OK, json.dumps(body), "application/json")

    def _take(self, environ: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        given = environ.get("HTTP_X_DEMO_TOKEN", "")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return _reply(respond, HTTPStatus.FORBIDDEN, "Load the page again: it is another one by now.")
        try:
            self._do(_Deed.model_validate_json(environ["wsgi.input"].read()))
        except UsageError as error:
            return _reply(respond, HTTPStatus.CONFLICT, str(error))
        except ValueError:
            return _reply(respond, HTTPStatus.BAD_REQUEST, "That is no deed of this page.")
        return _reply(respond, HTTPStatus.OK, "")

    def _do(self, deed: "_Deed") -> None:
        user, deeds = deed.person, self._deeds
        if user not in self._workspace.people:
            raise UsageError("Nobody of that name is here.")
        match deed.act:
            case "press":
                deeds.press(user, deed.key, deed.at, deed.values, deed.form)
            case "submit":
                deeds.submit(user, deed.key, deed.form)
            case "close":
                deeds.close(user, deed.key)
            case "say":
                deeds.say(user, deed.room, deed.text)
            case "home":
                deeds.open_home(user)

    def _person(self, environ: "WSGIEnvironment") -> str:
        """Return as whom somebody looks; without a word it is the first one there is."""
        person = _asked(environ, "as")
        return person if person in self._workspace.people else next(iter(self._workspace.people))

    def _seen_by(self, person: str) -> tuple[Scene, Live]:
        workspace = self._workspace
        people = {one.id: f"{one.name} ({one.role})" for one in workspace.people.values()}
        home = workspace.home(person)
        live = Live(self.token, person, people, home.view if home else None, workspace.window(person))
        return self._scene_of(person), live


_Text = Annotated[str, Field(max_length=4_000)]  # characters of what is typed or chosen
_MOST_INPUTS = Field(max_length=200)
_Texts = Annotated[Sequence[_Text], _MOST_INPUTS]


class _Deed(BaseModel):
    """What the page tells; `form` is what stands in the inputs, by their places."""

    act: Literal["press", "submit", "close", "say", "home"]
    person: _Text
    key: _Text = ""
    at: _Text = ""
    room: _Text = ""
    text: _Text = ""
    values: _Texts = ()
    form: Annotated[Mapping[_Text, _Texts], _MOST_INPUTS] = {}


def _asked(environ: "WSGIEnvironment", name: str) -> str:
    return str(parse_qs(environ.get("QUERY_STRING", "")).get(name, [""])[0])


def _told(news: Posted) -> dict[str, object]:
    """Return what the script makes of something that the bot said: where it stands, and whose it is."""
    mine = bool(news.seen_by) or news.channel.startswith("D")
    return {"room": news.channel, "text": news.text, "id": anchor(news), "alone": mine}


def _reply(
    respond: "StartResponse", status: HTTPStatus, body: str, kind: str = "text/plain"
) -> Iterable[bytes]:
    return reply(respond, status, body.encode(), f"{kind}; charset=utf-8", PAGE_HEADERS)
