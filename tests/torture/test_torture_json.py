"""JSON of any shape: what is no listing is refused in words, and odd values in a listing break nothing."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.fetch import Response
from tests.support.memory import Watch
from tests.torture.alerts import alert_of, faults_of
from tests.torture.kinds import KINDS, SITE, Everywhere
from tests.torture.tally import Tally
from tests.torture.texts import DATES, NAUGHTY

Row = dict[str, Any]


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


_HUGE = (10**17, -(10**400), 10**400, 2**63, 1e308, float("nan"), float("inf"), -1, 0.1)
_LEAVES = st.none() | st.booleans() | st.sampled_from([*_HUGE, *NAUGHTY, *DATES, "\ud800", "\udfff\ud800"])
_VALUES = st.recursive(
    _LEAVES | st.integers() | st.text(max_size=9) | st.sampled_from([nested(30), nested(900)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_HUB = (
    *("createdAt", "private", "gated", "pipeline_tag", "library_name", "tags", "cardData", "safetensors"),
    *("gguf", "siblings", "config", "modelId"),
)
_CARD = ("license", "license_name", "license_link", "language")
_STATS = (
    *("name", "organization", "organization_id", "license", "params", "param_count", "context", "sources"),
    *("context_window", "release_date", "announcement_date", "next_cursor"),
)
_POST = (
    "id",
    "title",
    "url",
    "external_url",
    "content_html",
    "summary",
    "date",
    "date_published",
    "slug",
    "_type",
)


def _with(fields: tuple[str, ...], always: Mapping[str, Any], **inner: Any) -> st.SearchStrategy[Row]:
    odd = {name: inner.get(name, _VALUES) for name in fields}
    return st.fixed_dictionaries({}, optional=odd).map(lambda row: {**always, **row})


_CARDS = _VALUES | _with(_CARD, {})
_FILES = _VALUES | st.lists(_with(("size", "lfs"), {"rfilename": "model.safetensors"}), max_size=3)
_HUB_ROWS = _with(_HUB, {"_id": "a" * 24, "id": "moonshotai/Kimi-K3"}, cardData=_CARDS, siblings=_FILES)
_STATS_ROWS = _with(
    _STATS, {"id": "kimi-k3", "name": "Kimi K3", "license": "mit", "organization": {"id": "moonshotai"}}
)
_POSTS = _with(_POST, {"title": "Kimi K3", "_type": "post"})


def _flight(rows: Any) -> bytes:
    return f"<script>self.__next_f.push([1,{json.dumps(f'5:{json.dumps(rows)}')}])</script>".encode()


def _listed(name: str, **beside: Any) -> Any:
    return lambda rows: json.dumps({name: rows, **beside}).encode()


SHAPES: Mapping[str, tuple[str, st.SearchStrategy[Row], Any]] = {  # the kind, its rows, its body
    "JSON feed": ("feed", _POSTS, _listed("items", version="https://jsonfeed.org/version/1")),
    "json": ("json", _POSTS, _listed("items")),
    "next": ("next", _POSTS, _flight),
    "hub": ("hub", _HUB_ROWS, lambda rows: json.dumps(rows).encode()),
    "stats api": ("stats api", _STATS_ROWS, _listed("models")),
    "stats page": ("stats page", _STATS_ROWS, _flight),
}


class Details(Everywhere):
    """Answer the question for one repository or model with its own row."""

    def __init__(self, body: bytes, row: Any, card: str) -> None:
        super().__init__(body)
        self._row, self._card = json.dumps(row).encode(), card.encode("utf-8", "replace")

    def get(self, url: str, **asked: Any) -> Response:
        if url.endswith("?blobs=true") or "/v1/models/" in url:
            return Response(url, 200, {}, self._row)
        return Response(url, 200, {}, self._card) if "/resolve/" in url else super().get(url, **asked)


@pytest.mark.parametrize("shape", SHAPES)
def test_odd_values_in_a_listing_break_nothing(shape: str, tally: Tally) -> None:
    kind, rows, body = SHAPES[shape]

    @settings(suppress_health_check=list(HealthCheck))
    @given(rows, _VALUES, st.sampled_from(NAUGHTY))
    def try_it(row: Row, stranger: Any, card: str) -> None:
        tally.count("bad inputs", f"odd values: {shape}")
        watch = Watch(KINDS[kind](SITE))
        known = {**row, "_id": "b" * 24, "id": "moonshotai/Kimi-K2", "name": "Kimi K2", "title": "Kimi K2"}
        for listed in ([known], [known, row, stranger], [row]):
            with suppress(SourceError):
                poll = watch.poll(Details(body(listed), row, card))
                json.dumps(poll.cursor)
                for sighting in poll.sightings:
                    repr(sighting).encode()
                    assert faults_of(alert_of(sighting)) == []

    try_it()


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_of_any_json_is_read_or_refused(kind: str, tally: Tally) -> None:
    @settings(suppress_health_check=list(HealthCheck))
    @given(_VALUES)
    def try_it(value: Any) -> None:
        tally.count("bad inputs", f"any JSON: {kind}")
        for body in (json.dumps(value).encode(), _flight(value)):
            with suppress(SourceError):
                Watch(KINDS[kind](SITE)).poll(Everywhere(body))

    try_it()
