"""The report as pages of `run`: read-only, and made at most once a minute and for each change."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from bot.cadence.shipped import Shipment
from bot.desk.grammar import parse_command
from bot.desk.questions import Questions
from bot.desk.tokens import Token
from bot.errors import StoreError, UsageError
from bot.ops.monitor import is_due
from bot.ops.web import PAGE_HEADERS, Routes, reply
from bot.releases.news.merge import merged
from bot.report.exports import PAGE, report_files
from bot.run.wiring import App
from bot.store.store import Store
from bot.views.answers import page_size
from bot.views.commands import Verb
from bot.views.objects import wave_objects

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_FRESH = timedelta(minutes=1)  # what was made is shown without another look
_SHOWN = timedelta(hours=1)  # and without being made anew, where nothing has changed: it says how old it is
_MOST_AT_ONCE = 4  # of the server's threads: Slack's requests may need the others
_MOST_WORDS = 20  # of a question
_MOST_BYTES = 10_000_000  # of an answer to one
_API = "/api/releases.json"
_JSON = "application/json"
_KINDS: Mapping[str, str] = {
    PAGE: "text/html; charset=utf-8",
    "releases.atom": "application/atom+xml; charset=utf-8",
    "releases.json": "application/feed+json",
    "releases.ics": "text/calendar; charset=utf-8",
    "releases.csv": "text/csv; charset=utf-8",
}
# The page has a policy of its own for all but its frames.
_HEADERS = (("Cache-Control", f"private, max-age={_FRESH.seconds}"), *PAGE_HEADERS)


@dataclass(frozen=True, slots=True)
class _Made:
    """The files of the report, what they were made of, and when."""

    files: Mapping[str, bytes]
    shipments: Sequence[Shipment]
    at: datetime

    def shows(self, shipments: Sequence[Shipment], now: datetime) -> bool:
        """Whether they are what would be made of these now, but for the time that they tell."""
        same_day = self.at.date() == now.date()
        return same_day and not is_due(self.at, now, _SHOWN) and self.shipments == shipments


@contextmanager
def report_pages(app: App) -> Iterator[Routes]:
    """Yield the routes of the report while the block runs: none unless CADENCEBOT_REPORT_PAGE is on."""
    if app.environment.cadencebot_report_page == "off":
        yield {}
        return
    with app.reading() as reading:
        yield ReportPages(app, reading).routes


class ReportPages:
    """The pages, from a store that can only be read. Any thread may ask for any of them."""

    def __init__(self, app: App, reading: Store) -> None:
        self._app = app
        self._store = reading
        self._turns = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._making = threading.Lock()
        self._made: _Made | None = None
        self._looked_at: datetime | None = None

    @property
    def routes(self) -> Routes:
        """Return the page at /, its exports beside it, and the releases as objects."""
        files = {
            ("GET", "/" if name == PAGE else f"/{name}"): partial(
                self._answer, partial(self._file, name), _KINDS[name]
            )
            for name in _KINDS
        }
        return {**files, ("GET", _API): partial(self._answer, self._releases, _JSON)}

    def _answer(
        self, make: Callable[[str], bytes], kind: str, environ: "WSGIEnvironment", respond: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request with what is made of its query."""
        if not self._turns.acquire(blocking=False):
            return _complaint(respond, HTTPStatus.SERVICE_UNAVAILABLE, "too many ask at once: ask again")
        try:
            body = make(environ.get("QUERY_STRING", ""))
        except UsageError as error:
            return _complaint(respond, HTTPStatus.BAD_REQUEST, str(error))
        except StoreError as error:
            return _complaint(respond, HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        finally:
            self._turns.release()
        return _shown(respond, body, kind, environ.get("HTTP_IF_NONE_MATCH", ""))

    def _file(self, name: str, _: str) -> bytes:
        now = self._app.clock.now()
        with self._making:
            if self._made is None or is_due(self._looked_at, now, _FRESH):
                self._made = self._make(now)
                self._looked_at = now
            return self._made.files[name]

    def _make(self, now: datetime) -> _Made:
        shipments = self._store.shipments.all(merged)
        if self._made and self._made.shows(shipments, now):
            return self._made
        return _Made(report_files(shipments, now), shipments, now)

    def _releases(self, query: str) -> bytes:
        """Return what `recent --json` prints. Raises UsageError for words that it would not take."""
        asked = parse_command(_typed(query), self._app.labs)
        questions = Questions(self._store, self._app.labs, self._app.clock)
        _, waves = questions.recent(asked, page_size(asked, whole=True))
        body = json.dumps(list(wave_objects(waves)), ensure_ascii=False).encode()
        if len(body) > _MOST_BYTES:
            raise UsageError("that is more than one answer holds: ask for fewer, as with n=20")
        return body


def _typed(query: str) -> str:
    """Return the command that a query stands for: "lab=qwen&since=90d" is `recent qwen since:90d`."""
    try:
        asked = parse_qsl(query, max_num_fields=_MOST_WORDS)
    except ValueError as error:
        raise UsageError(f"a question has at most {_MOST_WORDS} words") from error
    words = (Token("" if key == "lab" else key, value.replace('"', " ")) for key, value in asked)
    return " ".join((Verb.RECENT, *map(str, words)))


def _shown(respond: "StartResponse", body: bytes, kind: str, known: str) -> Iterable[bytes]:
    """Answer with a body, or that it is the one which is `known` by its ETag (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = [("ETag", tag), ("Content-Type", kind), ("Content-Length", str(len(body))), *_HEADERS]
    tags = {one.strip().removeprefix("W/") for one in known.split(",")}
    is_known = bool(tags & {tag, "*"})
    status = HTTPStatus.NOT_MODIFIED if is_known else HTTPStatus.OK
    respond(f"{status.value} {status.phrase}", headers)
    return [] if is_known else [body]


def _complaint(respond: "StartResponse", status: HTTPStatus, text: str) -> Iterable[bytes]:
    return reply(respond, status, json.dumps({"error": text}, ensure_ascii=False).encode(), _JSON)
