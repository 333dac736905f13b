"""The llm-stats listing: by key or by page, never more often than its owners like."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.model import DateOrigin, LicenseStatement
from bot.sources.base import Poll
from bot.sources.llmstats import LlmStatsSource
from tests.support.fetching import Answer, FakeFetcher
from tests.support.memory import START, Watch

API, PAGE, ROBOTS = (
    "https://api.stats.example/v1",
    "https://stats.example/models",
    "https://stats.example/robots.txt",
)
LABS = {"moonshotai": "moonshot", "zai-org": "zai"}
HALF_A_DAY = timedelta(hours=12)
ALLOWED = Response(ROBOTS, 200, {}, b"User-agent: *\nAllow: /\nDisallow: /api/\n")


def listed(model: str, organization: str = "moonshotai", **changes: Any) -> dict[str, Any]:
    """Return a row of the page."""
    return {
        "model_id": model,
        "name": model.title(),
        "organization": "Its Name",
        "organization_id": organization,
        "params": 1_000_000_000_000,
        "context": 262_144,
        "license": "mit",
        "release_date": "2026-04-18",
        "announcement_date": "2026-04-17",
        **changes,
    }


def row(model: str, organization: str = "moonshotai", **changes: Any) -> dict[str, Any]:
    """Return a row of the API."""
    return {
        "id": model,
        "name": model.title(),
        "organization": {"id": organization, "name": "Its Name"},
        "license": {"id": "mit", "name": "MIT"},
        "param_count": 1_000_000_000_000,
        "context_window": None,
        "release_date": "2026-04-18",
        **changes,
    }


def page(*rows: dict[str, Any]) -> Response:
    data = f"5:{json.dumps(['$', 'div', None, {'models': rows}])}\n"
    return Response(PAGE, 200, {}, f"<script>self.__next_f.push([1,{json.dumps(data)}])</script>".encode())


def api(*rows: dict[str, Any], following: str | None = None) -> Response:
    body = {"models": rows, "next_cursor": following, "total": len(rows)}
    return Response(f"{API}/models", 200, {}, json.dumps(body).encode())


def watch(*, with_key: bool) -> Watch:
    source = LlmStatsSource(
        LABS, every=timedelta(hours=6), api_url=f"{API}/", page_url=PAGE, with_key=with_key
    )
    return Watch(source)


def titles(poll: Poll) -> list[str]:
    return [sighting.title for sighting in poll.sightings]


class TestPage:
    """Without a key."""

    def world(self, listing: Answer | Sequence[Answer], robots: Answer = ALLOWED) -> FakeFetcher:
        return FakeFetcher({PAGE: listing, ROBOTS: robots})

    def test_the_baseline_shows_the_models_of_our_labs_with_their_facts(self) -> None:
        poll = watch(with_key=False).poll(self.world(page(listed("kimi-k2.6"), listed("grok-5", "xai"))))
        (sighting,) = poll.sightings
        assert (sighting.lab, sighting.external_id, sighting.title) == ("moonshot", "kimi-k2.6", "Kimi-K2.6")
        assert sighting.url == "https://llm-stats.com/models/kimi-k2.6"
        assert sighting.facts.license == LicenseStatement("mit")
        assert (sighting.facts.parameters, sighting.facts.context_tokens) == (1_000_000_000_000, 262_144)
        assert sighting.published
        assert f"{sighting.published.at:%Y-%m-%d}" == "2026-04-18"
        assert (sighting.published.origin, sighting.published.precision) == (DateOrigin.LISTED, "day")
        assert poll.count == 2

    def test_new_models_are_told_once(self) -> None:
        stats = watch(with_key=False)
        fetch = self.world([page(listed("a")), page(listed("b"), listed("a", params=5))])
        stats.poll(fetch)
        assert titles(stats.poll(fetch, HALF_A_DAY)) == ["B"]
        assert titles(stats.poll(fetch, HALF_A_DAY)) == []

    def test_a_lab_that_is_added_later_brings_no_flood(self) -> None:
        stats = watch(with_key=False)
        fetch = self.world(
            [
                page(listed("a"), listed("grok-5", "xai")),
                page(listed("grok-6", "xai"), listed("grok-5", "xai")),
            ]
        )
        stats.poll(fetch)
        source = stats.source
        assert isinstance(source, LlmStatsSource)
        source._labs = {**LABS, "xai": "xai"}
        assert titles(stats.poll(fetch, HALF_A_DAY)) == ["Grok-6"]

    def test_it_is_read_once_in_twelve_hours_however_often_it_is_polled(self) -> None:
        stats = watch(with_key=False)
        fetch = self.world(page(listed("a")))
        first = stats.poll(fetch)
        assert first.not_before == START + HALF_A_DAY
        again = stats.poll(fetch, HALF_A_DAY - timedelta(seconds=1))
        assert (again.sightings, again.count, again.not_before) == ((), 1, START + HALF_A_DAY)
        assert fetch.urls == [ROBOTS, PAGE]
        stats.poll(fetch, timedelta(seconds=1))
        assert fetch.urls == [ROBOTS, PAGE, PAGE]
        stats.poll(fetch, HALF_A_DAY)
        assert fetch.urls == [ROBOTS, PAGE, PAGE, ROBOTS, PAGE]

    def test_a_failure_rests_as_long(self) -> None:
        with pytest.raises(SourceError) as caught:
            watch(with_key=False).poll(self.world(SourceError(Failure.SERVER_ERROR, "503")))
        assert caught.value.retry_after == HALF_A_DAY.total_seconds()

    @pytest.mark.parametrize(
        "rules",
        [
            b"User-agent: *\nDisallow: /",
            b"User-agent: cadencebot\nDisallow: /models",
        ],
    )
    def test_robots_txt_is_obeyed(self, rules: bytes) -> None:
        fetch = self.world(page(listed("a")), Response(ROBOTS, 200, {}, rules))
        with pytest.raises(SourceError, match="keeps us out; set LLM_STATS_API_KEY") as caught:
            watch(with_key=False).poll(fetch)
        assert caught.value.failure is Failure.DENIED
        assert fetch.urls == [ROBOTS]

    def test_no_robots_txt_forbids_nothing(self) -> None:
        gone = SourceError(Failure.GONE, "404")
        assert titles(watch(with_key=False).poll(self.world(page(listed("a")), gone))) == ["A"]

    def test_without_an_answer_for_robots_the_page_is_not_read(self) -> None:
        fetch = self.world(page(listed("a")), SourceError(Failure.SERVER_ERROR, "503"))
        with pytest.raises(SourceError, match="503"):
            watch(with_key=False).poll(fetch)
        assert fetch.urls == [ROBOTS]

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(page(), id="no rows"),
            pytest.param(page(*(listed(str(number)) for number in range(7))), id="seven of ten rows"),
            pytest.param(Response(PAGE, 200, {}, b"<html>Just a moment...</html>"), id="a challenge"),
            pytest.param(Response(PAGE, 200, {}, b""), id="nothing"),
        ],
    )
    def test_a_listing_that_lost_its_rows_is_a_failure(self, answer: Response) -> None:
        stats = watch(with_key=False)
        full = page(*(listed(str(number)) for number in range(10)))
        fetch = self.world([full, answer, full])
        stats.poll(fetch)
        with pytest.raises(SourceError) as caught:
            stats.poll(fetch, HALF_A_DAY)
        assert caught.value.failure is Failure.EMPTY
        assert titles(stats.poll(fetch, HALF_A_DAY)) == []

    def test_a_few_rows_may_go(self) -> None:
        stats = watch(with_key=False)
        rows = [listed(str(number)) for number in range(10)]
        fetch = self.world([page(*rows), page(*rows[:8])])
        stats.poll(fetch)
        assert stats.poll(fetch, HALF_A_DAY).count == 8

    @pytest.mark.parametrize(
        "changes",
        [
            {"params": "1T", "context": -1, "license": 5, "release_date": 7, "announcement_date": None},
            {
                "params": None,
                "context": None,
                "license": None,
                "release_date": "soon",
                "announcement_date": None,
            },
        ],
    )
    def test_facts_that_are_none_are_not_stated(self, changes: dict[str, Any]) -> None:
        (sighting,) = watch(with_key=False).poll(self.world(page(listed("a", **changes)))).sightings
        assert (sighting.facts.parameters, sighting.facts.context_tokens) == (None, None)
        assert (sighting.facts.license, sighting.published) == (None, None)

    def test_rows_without_id_or_name_are_left_out(self) -> None:
        poll = watch(with_key=False).poll(
            self.world(page(listed("a"), listed("", name="x"), listed("b", name=None)))
        )
        assert titles(poll) == ["A"]


class TestApi:
    """With a key."""

    MODELS = f"{API}/models?limit=200"

    def test_all_pages_are_read_and_no_details_for_the_baseline(self) -> None:
        fetch = FakeFetcher(
            {self.MODELS: api(row("a"), following="x y"), f"{self.MODELS}&cursor=x+y": api(row("b"))}
        )
        poll = watch(with_key=True).poll(fetch)
        assert titles(poll) == ["A", "B"]
        assert fetch.urls == [self.MODELS, f"{self.MODELS}&cursor=x+y"]
        assert {request.deadline for request in fetch.requests} == {45}
        assert poll.not_before is None

    def test_new_models_are_asked_for_their_weights_and_context(self) -> None:
        stats = watch(with_key=True)
        weights = "https://huggingface.co/moonshotai/Kimi-K3"
        told = row("k3", context_window=1_000_000, sources={"weights": weights, "paper": None})
        fetch = FakeFetcher(
            {
                self.MODELS: [api(row("a")), api(row("a"), row("k3"), row("grok-6", "xai"))],
                f"{API}/models/k3": Response("", 200, {}, json.dumps(told).encode()),
            }
        )
        stats.poll(fetch)
        (sighting,) = stats.poll(fetch).sightings
        assert (sighting.title, sighting.links) == ("K3", (weights,))
        assert sighting.facts.context_tokens == 1_000_000
        assert fetch.urls == [self.MODELS, self.MODELS, f"{API}/models/k3"]

    def test_a_failing_detail_costs_the_detail_only(self) -> None:
        stats = watch(with_key=True)
        fetch = FakeFetcher({self.MODELS: [api(row("a")), api(row("a"), row("b"), row("c"))]})
        stats.poll(fetch)
        assert titles(stats.poll(fetch)) == ["B", "C"]
        assert len(fetch.urls) == 3

    @pytest.mark.parametrize(
        ("answer", "kind", "says"),
        [
            pytest.param(
                SourceError(Failure.DENIED, "401"), Failure.DENIED, "check LLM_STATS_API_KEY", id="a bad key"
            ),
            pytest.param(Response("x", 200, {}, b"<html>"), Failure.BAD_ANSWER, "no JSON", id="a challenge"),
            pytest.param(
                Response("x", 200, {}, b"[]"), Failure.BAD_ANSWER, "no list of models", id="another shape"
            ),
            pytest.param(api(), Failure.EMPTY, "lists 0 models", id="no rows"),
            pytest.param(api(row("a"), following="x"), Failure.BAD_ANSWER, "does not end", id="in circles"),
        ],
    )
    def test_what_is_no_listing_is_a_failure(self, answer: Answer, kind: Failure, says: str) -> None:
        with pytest.raises(SourceError, match=says) as caught:
            watch(with_key=True).poll(FakeFetcher({f"{API}/models": answer}))
        assert caught.value.failure is kind

    @pytest.mark.parametrize(
        ("named", "waits"),
        [
            pytest.param(60.0, 60.0, id="as long as it asks for"),
            pytest.param(None, 12 * 3600.0, id="until midnight UTC when it may be the day's quota"),
        ],
    )
    def test_a_limit_is_waited_for(self, named: float | None, waits: float) -> None:
        limited = SourceError(Failure.RATE_LIMITED, "429", retry_after=named)
        with pytest.raises(SourceError) as caught:
            watch(with_key=True).poll(FakeFetcher({f"{API}/models": limited}))
        assert caught.value.retry_after == waits


class TestNonsense:
    """Values that no honest listing holds."""

    MODELS = f"{API}/models?limit=200"

    def poll(self, *answers: Answer) -> Poll:
        return watch(with_key=True).poll(FakeFetcher({f"{API}/models": answers}))

    @pytest.mark.parametrize("cursor", ["\ud800", "x" * 5_000, ["x"], {"x": 1}, 7])
    def test_an_odd_cursor_is_followed_as_text_or_not_at_all(self, cursor: Any) -> None:
        first = {"models": [row("a")], "next_cursor": cursor}
        assert titles(self.poll(Response(API, 200, {}, json.dumps(first).encode()), api(row("b"))))[0] == "A"

    def test_figures_beyond_all_models_are_not_stated(self) -> None:
        (sighting,) = self.poll(api(row("a", param_count=10**400, context_window=2**63))).sightings
        assert (sighting.facts.parameters, sighting.facts.context_tokens) == (None, None)

    def test_more_models_than_there_can_be_are_not_read(self) -> None:
        with pytest.raises(SourceError, match="has 10001 entries") as caught:
            self.poll(api(*(row(str(number)) for number in range(10_001))))
        assert caught.value.failure is Failure.TOO_LARGE
