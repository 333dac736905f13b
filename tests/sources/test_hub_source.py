"""The Hub: what is new is an `_id` never seen before, and nothing else is (DESIGN, invariant 5)."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.model import DateOrigin, LicenseStatement
from bot.sources.base import Poll
from bot.sources.hub import HubSource
from bot.sources.specs import HubSpec
from tests.support.fetching import Answer, FakeFetcher
from tests.support.memory import Watch

HUB = "https://huggingface.co"
LISTING = f"{HUB}/api/models"
HOLD = timedelta(hours=6)
Row = dict[str, Any]


def row(number: int, name: str, **changes: Any) -> Row:
    """Return a listing's row, created `number` hours after New Year's Day of 2026."""
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    return {
        "_id": f"{int(created.timestamp()):08x}{number:016x}",
        "id": f"moonshotai/{name}",
        "createdAt": created.isoformat().replace("+00:00", ".000Z"),
        "gated": False,
        "private": False,
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "tags": ["transformers", "safetensors", "license:mit"],
        "cardData": {"license": "mit"},
        **changes,
    }


CARD = "Kimi K3 is an open model for agents and for code, which reads text and images."


def detail(row: Row, *, weights: bool = True, card: bool = True) -> Response:
    siblings = [{"rfilename": ".gitattributes", "size": 1519}]
    if card:
        siblings.append({"rfilename": "README.md", "size": 900})
    if weights:
        siblings.append({"rfilename": "model.safetensors", "size": 5_000_000})
    return answer({**row, "siblings": siblings, "downloads": 7}, f"{LISTING}/{row['id']}")


def answer(content: Any, url: str = LISTING, **headers: str) -> Response:
    return Response(url, 200, headers, json.dumps(content).encode())


def listing(*rows: Row, **headers: str) -> Response:
    return answer(list(rows), **headers)


def failure(kind: Failure, retry_after: float | None = None) -> SourceError:
    return SourceError(kind, f"huggingface.co: {kind}", retry_after=retry_after)


class Hub:
    """An organisation on the Hub, watched."""

    def __init__(self, *rows: Row, include: tuple[str, ...] = ()) -> None:
        spec = HubSpec(hub="moonshotai", include=include)
        self.watch = Watch(HubSource(spec, "moonshot", endpoint=HUB, every=timedelta(minutes=2), hold=HOLD))
        self.fetch = FakeFetcher()
        self.shows(*rows)

    def shows(self, *rows: Row) -> None:
        self.fetch.answers = {LISTING: listing(*rows)}
        self.fetch.answers |= {f"{LISTING}/{row['id']}": detail(row) for row in rows}

    def answers(self, row: Row, answer: Answer) -> None:
        self.fetch.answers[f"{LISTING}/{row['id']}"] = answer

    def card(self, row: Row, text: str) -> None:
        self.fetch.answers[f"{HUB}/{row['id']}/resolve/main/README.md"] = Response(
            "", 200, body=text.encode()
        )

    def poll(self, later: timedelta = timedelta(minutes=2)) -> Poll:
        self.fetch.requests.clear()
        return self.watch.poll(self.fetch, later)

    def asked(self) -> list[str]:
        """Return what was asked beside the listing."""
        return [url.removeprefix(HUB) for url in self.fetch.urls if not url.startswith(f"{LISTING}?")]


def titles(poll: Poll) -> list[str]:
    return [sighting.title for sighting in poll.sightings if not sighting.amends]


def amended(poll: Poll) -> list[str]:
    return [sighting.title for sighting in poll.sightings if sighting.amends]


def note_on(row: Row, hub: Hub) -> Mapping[str, str]:
    """Return what the queue says of a repository that waits."""
    note: Mapping[str, str] = hub.watch.memory.cursor["waiting"][row["_id"]]
    return note


K2, K2_THINKING, K3 = row(1, "Kimi-K2"), row(2, "Kimi-K2-Thinking"), row(3, "Kimi-K3")


def test_the_first_poll_is_a_baseline_of_everything_and_asks_for_no_details() -> None:
    hub = Hub(K2, K2_THINKING)
    poll = hub.poll()
    assert titles(poll) == ["moonshotai/Kimi-K2", "moonshotai/Kimi-K2-Thinking"]
    assert hub.asked() == []
    assert poll.count == 2


def test_a_sighting_says_what_the_listing_says() -> None:
    sighting = Hub(K2).poll().sightings[0]
    assert (sighting.external_id, sighting.url) == (K2["_id"], f"{HUB}/moonshotai/Kimi-K2")
    assert sighting.facts.license == LicenseStatement("mit")
    assert sighting.tags == ("transformers", "safetensors", "license:mit")
    assert sighting.published
    assert sighting.published.at == datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert sighting.published.origin is DateOrigin.CREATED


def test_the_listing_is_asked_whole_and_for_nothing_that_changes_by_the_minute() -> None:
    hub = Hub(K2)
    hub.poll()
    (url,) = hub.fetch.urls
    assert "author=moonshotai" in url
    assert "limit=1000" in url
    for noise in ("downloads", "likes", "lastModified", "sha", "trendingScore"):
        assert noise not in url


def test_a_new_repository_is_looked_at_and_announced_whatever_its_date() -> None:
    hub = Hub(K2_THINKING)
    hub.poll()
    hub.shows(K2_THINKING, K2)  # made before the other one, public only now
    hub.fetch.answers[f"{HUB}/moonshotai/Kimi-K2/resolve/main/README.md"] = Response(
        "", 200, body=b"Kimi K2 is a model with 32 billion activated parameters and 1 trillion in total."
    )
    poll = hub.poll()
    assert titles(poll) == ["moonshotai/Kimi-K2"]
    assert poll.sightings[0].facts.download_bytes == 5_000_000
    assert hub.asked() == [
        "/api/models/moonshotai/Kimi-K2?blobs=true",
        "/moonshotai/Kimi-K2/resolve/main/README.md",
    ]
    assert titles(hub.poll()) == []
    assert hub.asked() == []


@pytest.mark.parametrize(
    ("then", "amends"),
    [
        pytest.param([K2, {**K2_THINKING, "id": "moonshotai/Kimi-K2-T"}], ["Kimi-K2-T"], id="a rename"),
        pytest.param(
            [K2, {**K2_THINKING, "id": "moonshotai/kimi-k2-thinking"}],
            ["kimi-k2-thinking"],
            id="another case",
        ),
        pytest.param([K2, row(9, "Kimi-K2-Thinking")], ["Kimi-K2-Thinking"], id="deleted and made again"),
        pytest.param([K2, row(9, "KIMI-k2-thinking")], ["KIMI-k2-thinking"], id="made again in another case"),
        pytest.param(
            [{**K2, "cardData": {"license": "apache-2.0"}}, K2_THINKING], ["Kimi-K2"], id="another licence"
        ),
        pytest.param(
            [{**K2, "safetensors": {"parameters": {"BF16": 10**9}, "total": 10**9}}, K2_THINKING],
            ["Kimi-K2"],
            id="parameters counted at last",
        ),
        pytest.param([{**K2, "downloads": 9, "lastModified": "2026-04-20"}, K2_THINKING], [], id="downloads"),
        pytest.param(
            [{**K2, "cardData": {"license": "mit", "language": ["en"]}}, K2_THINKING], [], id="a card's edit"
        ),
        pytest.param([K2], [], id="a repository that is gone"),
        pytest.param([K2_THINKING, K2], [], id="another order"),
    ],
)
def test_what_is_no_news(then: list[Row], amends: list[str]) -> None:
    hub = Hub(K2, K2_THINKING)
    hub.poll()
    hub.shows(*then)
    poll = hub.poll()
    assert titles(poll) == []
    assert amended(poll) == [f"moonshotai/{name}" for name in amends]
    assert hub.asked() == []
    hub.shows(K2, K2_THINKING)
    assert titles(hub.poll()) == []


def test_a_repository_that_comes_back_is_no_news() -> None:
    hub = Hub(K2, K2_THINKING)
    hub.poll()
    hub.shows(K2)
    hub.poll()
    hub.shows(K2, K2_THINKING)
    assert hub.poll().sightings == ()


def test_an_announced_repository_is_remembered_as_the_listing_shows_it() -> None:
    hub = Hub(K2)
    hub.poll()
    hub.shows(K2, K3)
    assert titles(hub.poll()) == ["moonshotai/Kimi-K3"]
    assert hub.poll().sightings == ()


class TestSiblings:
    """What stands beside a new repository comes along: some names mean something only beside others."""

    def test_they_are_all_that_the_organisation_lists(self) -> None:
        hub = Hub(K2, K2_THINKING, include=("K3",))
        hub.poll()
        hub.shows(K2, K2_THINKING, K3)
        assert set(hub.poll().siblings) == {K2["id"], K2_THINKING["id"], K3["id"]}

    def test_they_are_remembered_when_the_listing_has_not_changed(self) -> None:
        hub = Hub(K2)
        hub.poll()
        hub.fetch.answers[LISTING] = listing(K2, K3, etag='W/"1"')
        hub.answers(K3, detail(K3, weights=False))
        hub.poll()
        hub.answers(K3, detail(K3))
        poll = hub.poll()
        assert titles(poll) == [K3["id"]]
        assert K2["id"].lower() in poll.siblings

    def test_nobody_asks_where_nothing_is_new(self) -> None:
        hub = Hub(K2)
        hub.poll()
        assert list(hub.poll().siblings) == []


class TestWaiting:
    """A repository without weights waits for them, and one bad answer loses nothing."""

    @pytest.fixture
    def hub(self) -> Hub:
        hub = Hub(K2)
        hub.poll()
        hub.shows(K2, K3)
        hub.answers(K3, detail(K3, weights=False))
        return hub

    def test_it_is_held_back_until_it_has_weights(self, hub: Hub) -> None:
        assert titles(hub.poll()) == []
        assert titles(hub.poll()) == []
        hub.answers(K3, detail(K3))
        assert titles(hub.poll()) == ["moonshotai/Kimi-K3"]
        assert titles(hub.poll()) == []
        assert hub.watch.memory.cursor == {}

    def test_it_is_announced_as_it_is_when_the_wait_is_over(self, hub: Hub) -> None:
        hub.card(K3, CARD)
        hub.poll()
        assert titles(hub.poll(later=HOLD - timedelta(seconds=1))) == []
        assert titles(hub.poll(later=timedelta(seconds=1))) == ["moonshotai/Kimi-K3"]

    def test_it_is_looked_at_also_when_the_listing_has_not_changed(self, hub: Hub) -> None:
        hub.fetch.answers[LISTING] = listing(K2, K3, etag='W/"1"')
        hub.poll()
        hub.answers(K3, detail(K3))
        poll = hub.poll()
        assert hub.fetch.requests[0].etag == 'W/"1"'
        assert titles(poll) == ["moonshotai/Kimi-K3"]
        assert poll.count == 2

    def test_it_may_be_renamed_meanwhile(self, hub: Hub) -> None:
        hub.poll()
        hub.shows(K2, {**K3, "id": "moonshotai/Kimi-K3-1T"})
        assert titles(hub.poll()) == ["moonshotai/Kimi-K3-1T"]

    def test_it_is_forgotten_when_it_is_deleted(self, hub: Hub) -> None:
        hub.poll()
        hub.shows(K2)
        assert hub.poll().sightings == ()
        assert hub.watch.memory.cursor == {}
        hub.shows(K2, K3)
        assert titles(hub.poll()) == ["moonshotai/Kimi-K3"]

    def test_it_is_announced_once_when_it_is_deleted_and_made_again(self, hub: Hub) -> None:
        hub.poll()
        hub.shows(K2, row(9, "Kimi-K3"))
        assert titles(hub.poll()) == ["moonshotai/Kimi-K3"]
        assert hub.poll().sightings == ()

    @pytest.mark.parametrize("kind", [Failure.TIMEOUT, Failure.SERVER_ERROR, Failure.DENIED, Failure.GONE])
    def test_a_failure_loses_neither_this_one_nor_the_others(self, kind: Failure) -> None:
        hub = Hub(K2)
        hub.poll()
        hub.shows(K2, K2_THINKING, K3)
        hub.answers(K2_THINKING, failure(kind))
        assert titles(hub.poll()) == ["moonshotai/Kimi-K3"]
        hub.answers(K2_THINKING, detail(K2_THINKING))
        assert titles(hub.poll()) == ["moonshotai/Kimi-K2-Thinking"]

    def test_what_fails_for_too_long_is_announced_by_its_row_and_completed_later(self, hub: Hub) -> None:
        hub.answers(K3, answer({"error": "Internal Error"}))
        hub.poll()
        poll = hub.poll(later=HOLD)
        assert titles(poll) == ["moonshotai/Kimi-K3"]
        assert poll.sightings[0].facts.license == LicenseStatement("mit")
        assert poll.sightings[0].facts.weights == ""
        hub.answers(K3, detail(K3))
        poll = hub.poll()
        assert (titles(poll), amended(poll)) == ([], ["moonshotai/Kimi-K3"])
        assert hub.watch.memory.cursor == {}

    def test_it_says_why_it_waits(self, hub: Hub) -> None:
        hub.poll()
        now = hub.watch.now.isoformat()
        note = {"id": "moonshotai/Kimi-K3", "since": now, "why": "it has no weights yet"}
        assert note_on(K3, hub).items() >= {**note, "empty": now, "asked": now}.items()
        hub.answers(K3, SourceError(Failure.TIMEOUT, "took too long " * 100))
        hub.poll()
        assert note_on(K3, hub)["why"] == ("took too long " * 100)[:200]

    def test_who_was_not_looked_at_yet_says_so(self, hub: Hub) -> None:
        hub.answers(K3, failure(Failure.RATE_LIMITED))
        hub.fetch.answers[LISTING] = listing(K2, K3, K2_THINKING)
        hub.poll()
        assert note_on(K2_THINKING, hub)["why"] == "it was not looked at yet"
        assert note_on(K3, hub)["why"] == "huggingface.co: rate limited"

    def test_a_rate_limit_ends_the_round_and_names_the_time_of_the_next_one(self) -> None:
        newcomers = [row(number, f"Kimi-{number}") for number in range(10, 15)]
        hub = Hub(K2)
        hub.poll()
        hub.shows(K2, *newcomers)
        hub.answers(newcomers[1], failure(Failure.RATE_LIMITED, retry_after=90))
        poll = hub.poll()
        assert titles(poll) == ["moonshotai/Kimi-10"]
        assert poll.not_before == hub.watch.now + timedelta(seconds=90)
        hub.answers(newcomers[1], detail(newcomers[1]))
        assert sorted(titles(hub.poll())) == [f"moonshotai/Kimi-{number}" for number in range(11, 15)]

    def test_many_newcomers_are_looked_at_a_few_at_a_time(self) -> None:
        newcomers = [row(number, f"Kimi-{number}") for number in range(100, 170)]
        hub = Hub(K2)
        hub.poll()
        hub.shows(K2, *newcomers)
        rounds = [titles(hub.poll()) for _ in range(4)]
        assert [len(names) for names in rounds] == [30, 30, 10, 0]
        assert {name for names in rounds for name in names} == {newcomer["id"] for newcomer in newcomers}

    def test_those_that_wait_for_weights_do_not_keep_the_others_from_being_seen(self) -> None:
        empty = [row(number, f"Empty-{number}") for number in range(100, 140)]
        hub = Hub(K2)
        hub.poll()
        hub.shows(K2, *empty)
        for each in empty:
            hub.answers(each, detail(each, weights=False))
        hub.poll()
        hub.answers(empty[35], detail(empty[35]))
        assert titles(hub.poll()) == ["moonshotai/Empty-135"]


class TestPlaceholder:
    """A repository with neither weights nor a card waits, however long: its lab has said nothing of it."""

    @pytest.fixture
    def hub(self) -> Hub:
        """Return the Hub with a placeholder that has waited for as long as the others are waited for."""
        hub = Hub(K2)
        hub.poll()
        hub.shows(K2, K3)
        hub.answers(K3, detail(K3, weights=False, card=False))
        hub.poll()
        assert hub.poll(later=HOLD).sightings == ()
        return hub

    def test_it_is_never_announced_and_says_what_it_waits_for(self, hub: Hub) -> None:
        for _ in range(40):
            assert hub.poll(later=timedelta(days=1)).sightings == ()
        assert note_on(K3, hub)["why"] == "it has no weights and no card yet"

    @pytest.mark.parametrize(
        "card",
        [
            pytest.param("---\nlicense: mit\n---\n", id="the licence alone"),
            pytest.param("# Kimi-K3\n", id="a heading"),
            pytest.param("Coming soon.", id="a promise"),
            pytest.param("[More Information Needed]\n\n" * 30, id="the Hub's own template"),
        ],
    )
    def test_a_card_that_says_nothing_is_none(self, hub: Hub, card: str) -> None:
        hub.answers(K3, detail(K3, weights=False))
        hub.card(K3, card)
        assert hub.poll(later=timedelta(days=1)).sightings == ()

    def test_a_card_that_comes_is_announced_without_weights_and_completed_later(self, hub: Hub) -> None:
        hub.answers(K3, detail(K3, weights=False))
        hub.card(K3, CARD)
        [sighting] = hub.poll(later=timedelta(days=1)).sightings
        assert (sighting.amends, sighting.facts.weights) == (False, "none")
        assert sighting.facts.summary == CARD
        hub.answers(K3, detail(K3))
        assert amended(hub.poll(later=timedelta(days=1))) == ["moonshotai/Kimi-K3"]

    def test_weights_that_come_are_announced_as_new(self, hub: Hub) -> None:
        hub.poll(later=timedelta(days=100))
        hub.answers(K3, detail(K3, card=False))
        assert titles(hub.poll(later=timedelta(days=1))) == ["moonshotai/Kimi-K3"]
        assert hub.watch.memory.cursor == {}

    @pytest.mark.parametrize("kind", [Failure.TIMEOUT, Failure.SERVER_ERROR, Failure.DENIED])
    def test_a_failure_does_not_announce_it(self, hub: Hub, kind: Failure) -> None:
        hub.answers(K3, failure(kind))
        assert hub.poll(later=timedelta(days=1)).sightings == ()
        assert note_on(K3, hub)["why"] == f"huggingface.co: {kind}"
        hub.answers(K3, detail(K3))
        assert titles(hub.poll(later=timedelta(days=1))) == ["moonshotai/Kimi-K3"]

    def test_the_longer_it_waits_the_more_rarely_it_is_looked_at(self, hub: Hub) -> None:
        looks = [0] * 30
        for day in range(30):
            for _ in range(24 * 6):
                hub.poll(later=timedelta(minutes=10))
                looks[day] += bool(hub.asked())
        assert 20 < looks[0] < 80
        assert looks[0] > looks[1] > looks[2] > looks[4] > looks[8]
        assert looks[-5:] == [1] * 5

    def test_it_is_looked_at_as_soon_as_the_listing_shows_a_change(self, hub: Hub) -> None:
        hub.poll(later=timedelta(days=30))
        hub.poll()
        assert hub.asked() == []
        row = {**K3, "safetensors": {"parameters": {"BF16": 10**9}, "total": 10**9}}
        hub.shows(K2, row)
        assert titles(hub.poll()) == ["moonshotai/Kimi-K3"]

    def test_a_clock_that_was_ahead_does_not_make_it_rest_for_ever(self, hub: Hub) -> None:
        hub.poll(later=timedelta(days=900))
        hub.answers(K3, detail(K3))
        assert titles(hub.poll(later=timedelta(days=-800))) == ["moonshotai/Kimi-K3"]

    def test_many_of_them_keep_nobody_from_being_seen(self, hub: Hub) -> None:
        empty = [row(number, f"Empty-{number}") for number in range(100, 200)]
        hub.shows(K2, K3, *empty)
        for each in (K3, *empty):
            hub.answers(each, detail(each, weights=False, card=False))
        for _ in range(5):
            hub.poll()
        hub.poll(later=timedelta(days=30))
        new = row(300, "Kimi-K4")
        hub.fetch.answers |= {LISTING: listing(K2, K3, *empty, new), f"{LISTING}/{new['id']}": detail(new)}
        assert titles(hub.poll()) == ["moonshotai/Kimi-K4"]
        assert len(hub.asked()) <= 30 + 2


class TestTold:
    """What was announced without weights is looked after until it has some."""

    @pytest.fixture
    def hub(self) -> Hub:
        """Return the Hub right after an empty repository was announced."""
        hub = Hub(K2)
        hub.poll()
        hub.shows(K2, K3)
        hub.answers(K3, detail(K3, weights=False))
        hub.card(K3, CARD)
        hub.poll()
        poll = hub.poll(later=HOLD)
        assert titles(poll) == ["moonshotai/Kimi-K3"]
        assert poll.sightings[0].facts.weights == "none"
        return hub

    def test_it_is_announced_once_and_waits_on_as_told(self, hub: Hub) -> None:
        told = hub.watch.now.isoformat()
        assert hub.poll().sightings == ()
        assert hub.poll(later=HOLD).sightings == ()
        assert hub.asked() != []
        assert note_on(K3, hub)["told"] == told
        assert note_on(K3, hub)["why"] == "it has no weights yet"

    def test_weights_that_arrive_complete_the_announcement(self, hub: Hub) -> None:
        whole = detail({**K3, "config": {"max_position_embeddings": 262_144}})
        hub.answers(K3, whole)
        hub.fetch.answers[f"{HUB}/moonshotai/Kimi-K3/resolve/main/README.md"] = Response(
            "", 200, body=b"Kimi K3 is an open model for agents and for code, which reads text and images."
        )
        [sighting] = hub.poll().sightings
        assert sighting.amends
        assert sighting.external_id == K3["_id"]
        assert (sighting.facts.weights, sighting.facts.download_bytes) == ("there", 5_000_000)
        assert sighting.facts.context_tokens == 262_144
        assert sighting.facts.summary.startswith("Kimi K3 is an open model")
        assert hub.watch.memory.cursor == {}
        assert hub.poll().sightings == ()
        assert hub.asked() == []

    def test_they_are_noticed_also_when_the_listing_has_not_changed(self, hub: Hub) -> None:
        hub.fetch.answers[LISTING] = listing(K2, K3, etag='W/"1"')
        hub.poll()
        hub.answers(K3, detail(K3))
        assert amended(hub.poll()) == ["moonshotai/Kimi-K3"]

    def test_a_row_that_changes_with_them_is_no_second_word(self, hub: Hub) -> None:
        counted = {**K3, "safetensors": {"parameters": {"BF16": 10**9}, "total": 10**9}}
        hub.shows(K2, counted)
        [sighting] = hub.poll().sightings
        assert (sighting.amends, sighting.facts.weights) == (True, "there")
        assert hub.poll().sightings == ()

    def test_a_change_before_them_is_an_ordinary_one(self, hub: Hub) -> None:
        renamed = {**K3, "id": "moonshotai/Kimi-K3-1T"}
        hub.shows(K2, renamed)
        hub.answers(renamed, detail(renamed, weights=False))
        [sighting] = hub.poll().sightings
        assert (sighting.amends, sighting.facts.weights) == (True, "")
        assert note_on(K3, hub)["id"] == "moonshotai/Kimi-K3-1T"
        hub.answers(renamed, detail(renamed))
        assert amended(hub.poll()) == ["moonshotai/Kimi-K3-1T"]

    def test_a_failure_neither_repeats_nor_forgets_it(self, hub: Hub) -> None:
        hub.answers(K3, failure(Failure.SERVER_ERROR))
        assert hub.poll().sightings == ()
        assert note_on(K3, hub)["why"] == "huggingface.co: server error"
        hub.answers(K3, detail(K3))
        assert amended(hub.poll()) == ["moonshotai/Kimi-K3"]

    @pytest.mark.parametrize(
        "rows",
        [
            pytest.param([K2], id="it is deleted"),
            pytest.param([K2, row(9, "Kimi-K3")], id="it is deleted and made again"),
        ],
    )
    def test_it_is_looked_after_no_more(self, hub: Hub, rows: list[Row]) -> None:
        hub.shows(*rows)
        assert titles(hub.poll()) == []
        assert hub.watch.memory.cursor == {}

    def test_after_a_fortnight_nobody_looks_any_more(self, hub: Hub) -> None:
        hub.poll(later=timedelta(days=14, seconds=-1))
        assert hub.asked() != []
        hub.poll(later=timedelta(seconds=1))
        assert hub.asked() == []
        assert hub.watch.memory.cursor == {}


class TestInclude:
    """Word filters for an organisation that publishes much."""

    def test_only_matching_names_are_seen(self) -> None:
        hub = Hub(row(1, "Cosmos-Reason2-8B"), row(2, "parakeet-tdt"), include=("Cosmos", "Nemotron"))
        assert titles(hub.poll()) == ["moonshotai/Cosmos-Reason2-8B"]

    def test_the_organisation_is_no_part_of_the_name(self) -> None:
        assert titles(Hub(K2, include=("moonshotai",)).poll()) == []

    def test_what_was_left_out_before_stays_silent_when_a_word_takes_in_more(self) -> None:
        """A word has counted before a capital only since November 2026."""
        hub = Hub(K2, row(4, "MolmoMotion-4B"), include=("K2",))
        hub.poll()
        wider = Hub(K2, row(4, "MolmoMotion-4B"), row(5, "MolmoAct2-4B"), include=("K2", "Molmo"))
        wider.watch.memory, wider.watch.identities = hub.watch.memory, hub.watch.identities
        assert titles(wider.poll()) == ["moonshotai/MolmoAct2-4B"]

    def test_asking_for_more_later_announces_nothing_old(self) -> None:
        hub = Hub(K2, K3, include=("K3",))
        hub.poll()
        wider = Hub(K2, K3)
        wider.watch.memory, wider.watch.identities = hub.watch.memory, hub.watch.identities
        assert wider.poll().sightings == ()


class TestShapes:
    """Listings drift; what is understood is read, and what is not is an error that says so."""

    def test_a_listing_of_2023_has_no_dates_but_the_ids_have(self) -> None:
        old = {"_id": "6544295f1fbb9024028e4ad2", "id": "TheBloke/Yarn", "likes": 0, "tags": ["region:us"]}
        published = Hub(old).poll().sightings[0].published
        assert published
        assert published.at == datetime(2023, 11, 2, 22, 57, 35, tzinfo=UTC)

    @pytest.mark.parametrize(
        "odd",
        [
            pytest.param({"id": "moonshotai/x"}, id="no _id"),
            pytest.param({"_id": "65"}, id="no id"),
            pytest.param({"_id": 65, "id": "moonshotai/x"}, id="a number for an _id"),
            pytest.param({"_id": "65", "id": "../../etc/passwd"}, id="a name that leads elsewhere"),
            pytest.param({"_id": "65", "id": "moonshotai/" + "x" * 10_000}, id="a name without end"),
            pytest.param(None, id="nothing"),
        ],
    )
    def test_an_odd_row_is_left_out_and_a_listing_of_odd_rows_is_refused(self, odd: Any) -> None:
        assert titles(_poll([K2, odd])) == ["moonshotai/Kimi-K2"]
        with pytest.raises(SourceError, match="2 of 3 rows have no _id and id") as caught:
            _poll([K2, odd, odd])
        assert caught.value.failure is Failure.BAD_ANSWER

    def test_facts_of_the_wrong_type_are_not_stated(self) -> None:
        odd = {
            **K2,
            "tags": "x",
            "cardData": 5,
            "safetensors": [],
            "gated": {},
            "createdAt": "soon",
            "gguf": "y",
        }
        assert titles(Hub(odd).poll()) == ["moonshotai/Kimi-K2"]

    def test_private_repositories_that_the_token_can_see_are_nobodys_business(self) -> None:
        hub = Hub(K2, {**K3, "private": True})
        assert titles(hub.poll()) == ["moonshotai/Kimi-K2"]
        hub.shows(K2, K3)
        assert titles(hub.poll()) == ["moonshotai/Kimi-K3"]


def _poll(content: Any, before: list[Row] | None = None) -> Poll:
    hub = Hub(*(before or []))
    if before:
        hub.poll()
    hub.fetch.answers[LISTING] = content if isinstance(content, SourceError) else answer(content)
    return hub.poll()


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        pytest.param(
            [], Failure.EMPTY, "lists nothing where there were 1 models", id="an emptied organisation"
        ),
        pytest.param(
            {"error": "Internal Error - We're working hard to fix this as soon as possible!"},
            Failure.BAD_ANSWER,
            "instead of a list",
            id="an error in place of a list",
        ),
        pytest.param(
            {"error": "Too many requests"}, Failure.RATE_LIMITED, "instead of a list", id="a limit in words"
        ),
        pytest.param(
            {"error": "Invalid credentials in Authorization header"},
            Failure.DENIED,
            "check HF_TOKEN",
            id="a bad token, in words",
        ),
        pytest.param(failure(Failure.DENIED), Failure.DENIED, "check HF_TOKEN", id="a bad token, by status"),
        pytest.param(failure(Failure.TIMEOUT), Failure.TIMEOUT, "timeout", id="no answer in time"),
        pytest.param("no list", Failure.BAD_ANSWER, "'str' instead of a list", id="JSON of another kind"),
    ],
)
def test_what_is_no_listing_is_a_failure_and_never_all_gone(content: Any, kind: Failure, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        _poll(content, before=[K2])
    assert caught.value.failure is kind


def test_a_refusal_has_one_remedy() -> None:
    site = SourceError(Failure.DENIED, "http://mirror answered 401: choose another source for this lab")
    with pytest.raises(SourceError, match="check HF_TOKEN") as caught:
        _poll(site, before=[K2])
    assert "another source" not in str(caught.value)


@pytest.mark.parametrize("rows", [[], [{**K2, "private": True}]], ids=["nothing", "what only we can see"])
def test_an_organisation_without_models_is_a_failure_that_says_what_to_do(rows: list[Row]) -> None:
    hub = Hub(*rows)
    says = r"'moonshotai' does not exist or has none yet; correct its name in feeds\.yaml"
    with pytest.raises(SourceError, match=says) as caught:
        hub.poll()
    assert caught.value.failure is Failure.EMPTY


def test_the_first_models_of_an_organisation_are_its_baseline() -> None:
    hub = Hub()
    with pytest.raises(SourceError):
        hub.poll()
    hub.shows(K2)
    hub.poll()
    assert hub.asked() == []


def asked_of_nothing(identities: Iterable[str]) -> Mapping[str, str]:
    assert list(identities) == [], "nothing is there to compare"
    return {}


class TestPages:
    """Large organisations come in pages, each with a validator of its own."""

    PAGE_2 = f"{LISTING}?cursor=abc"

    def hub(self, *pages: Mapping[str, Answer]) -> Hub:
        hub = Hub()
        for page in pages:
            hub.fetch.answers |= page
        return hub

    def link(self, url: str) -> str:
        return f'<{url}>; rel="next"'

    def two(self) -> Hub:
        """Return an organisation of two pages that was polled once."""
        hub = self.hub(
            {LISTING: listing(K2, etag='"1"', link=self.link(self.PAGE_2))},
            {self.PAGE_2: listing(K2_THINKING, etag='"2"')},
        )
        assert titles(hub.poll()) == [K2["id"], K2_THINKING["id"]]
        return hub

    def test_where_no_page_has_changed_each_says_so_and_nothing_more_is_asked(self) -> None:
        hub = self.two()
        poll = hub.poll()
        assert (poll.sightings, poll.identities, poll.count) == ((), {}, 2)
        assert [request.etag for request in hub.fetch.requests] == ['"1"', '"2"']

    @pytest.mark.parametrize(
        ("answers", "requests"),
        [
            pytest.param(
                {LISTING: listing(K3, K2, etag='"3"', link=f'<{PAGE_2}>; rel="next"')},
                ['"1"', ""],
                id="the first page",
            ),
            pytest.param(
                {PAGE_2: listing(K2_THINKING, K3, etag='"3"')}, ['"1"', '"2"', "", ""], id="a later page"
            ),
            pytest.param(
                {
                    LISTING: [
                        listing(K2, etag='"1"'),
                        listing(K2, etag='"1"', link=f'<{LISTING}?cursor=new>; rel="next"'),
                    ],
                    PAGE_2: failure(Failure.BAD_ANSWER),
                    f"{LISTING}?cursor=new": listing(K2_THINKING, K3, etag='"3"'),
                },
                ['"1"', '"2"', "", ""],
                id="a cursor that is known no more",
            ),
        ],
    )
    def test_where_one_has_changed_the_whole_listing_is_compared(
        self, answers: Mapping[str, Answer], requests: list[str]
    ) -> None:
        hub = self.two()
        hub.fetch.answers |= {**answers, f"{LISTING}/{K3['id']}": detail(K3)}
        poll = hub.poll()
        assert (titles(poll), poll.count) == ([K3["id"]], 3)
        assert [request.etag for request in hub.fetch.requests][: len(requests)] == requests
        assert hub.poll().count == 3

    def test_a_page_that_cannot_be_read_fails_the_poll(self) -> None:
        hub = self.two()
        hub.fetch.answers[self.PAGE_2] = failure(Failure.TIMEOUT)
        with pytest.raises(SourceError, match="timeout"):
            hub.poll()

    def test_pages_of_another_endpoint_are_not_asked_for(self) -> None:
        hub = self.two()
        mirror = "https://mirror.example"
        hub.watch.source = HubSource(
            HubSpec(hub="moonshotai"), "moonshot", endpoint=mirror, every=timedelta(minutes=2), hold=HOLD
        )
        hub.fetch.answers = {f"{mirror}/api/models": listing(K2, K2_THINKING, etag='"1"')}
        assert hub.poll().count == 2
        assert [request.etag for request in hub.fetch.requests] == [""]

    def test_without_validators_a_listing_that_says_the_same_is_not_compared(self) -> None:
        hub = self.hub(
            {LISTING: listing(K2, link=self.link(self.PAGE_2))}, {self.PAGE_2: listing(K2_THINKING)}
        )
        hub.poll()
        hub.watch.memory = replace(hub.watch.memory, known=asked_of_nothing)
        poll = hub.poll()
        assert (poll.sightings, poll.etag, poll.count) == ((), "", 2)

    def test_one_page_has_a_validator_that_saves_the_next_poll(self) -> None:
        hub = self.hub({LISTING: listing(K2, etag='"1"')})
        assert hub.poll().etag == '"1"'
        poll = hub.poll()
        assert (poll.sightings, poll.identities, poll.etag, poll.count) == ((), {}, '"1"', 1)

    def test_a_full_page_has_none_for_a_second_may_follow_unseen(self) -> None:
        rows = [row(number, f"Kimi-{number}") for number in range(1000)]
        assert self.hub({LISTING: listing(*rows, etag='"1"')}).poll().etag == ""

    def test_an_odd_etag_is_sent_back_as_it_came(self) -> None:
        hub = self.hub({LISTING: listing(K2, etag="[odd")})
        hub.poll()
        hub.poll()
        assert [request.etag for request in hub.fetch.requests] == ["[odd"]

    @pytest.mark.parametrize(
        ("following", "says"),
        [
            pytest.param(
                "https://evil.example/api/models?cursor=1", "continues elsewhere", id="another host"
            ),
            pytest.param(
                "http://huggingface.co/api/models?cursor=1", "continues elsewhere", id="another scheme"
            ),
            pytest.param("http://[", "continues elsewhere", id="no address"),
            pytest.param(f"{LISTING}?cursor=abc", "does not end", id="in circles"),
        ],
    )
    def test_the_next_page_is_on_the_same_host_and_not_an_old_one(self, following: str, says: str) -> None:
        hub = self.hub(
            {LISTING: listing(K2, link=self.link(self.PAGE_2))},
            {self.PAGE_2: listing(K3, link=self.link(following))},
        )
        with pytest.raises(SourceError, match=says):
            hub.poll()

    def test_pages_without_end_are_given_up(self) -> None:
        endless = {
            f"{LISTING}?cursor={number}": listing(
                row(number, f"m{number}"), link=self.link(f"{LISTING}?cursor={number + 1}")
            )
            for number in range(60)
        }
        hub = self.hub(endless, {LISTING: listing(K2, link=self.link(f"{LISTING}?cursor=0"))})
        with pytest.raises(SourceError, match="does not end: page 51"):
            hub.poll()


@pytest.mark.parametrize(
    "created",
    [
        pytest.param("1970-01-01T00:00:00.000Z", id="before there was a Hub"),
        pytest.param("2099-12-31T00:00:00.000Z", id="far ahead"),
        pytest.param("0001-01-01T00:00:00+14:00", id="before all calendars"),
        pytest.param("9999-12-31T23:59:59-14:00", id="after all calendars"),
    ],
)
def test_a_date_that_cannot_be_is_none(created: str) -> None:
    (sighting,) = Hub({**K2, "_id": "0" * 24, "createdAt": created}).poll().sightings
    assert sighting.published is None


def test_lists_in_lists_break_nothing_however_little_depth_is_left_for_them() -> None:
    for depth in range(850, 1000):
        deep = "[" * depth + "]" * depth
        odd = json.dumps(
            [{**K2, "gated": "X", "tags": ["X", "license:mit"], "cardData": {"license": "X"}}, K3]
        )
        for body in (odd.replace('"X"', deep), f'{{"error": {deep}}}'):
            hub = Hub()
            hub.fetch.answers = {LISTING: Response(LISTING, 200, {}, body.encode())}
            with suppress(SourceError):
                assert titles(hub.poll()) == ["moonshotai/Kimi-K2", "moonshotai/Kimi-K3"]


def test_a_file_of_more_bytes_than_there_are_disks_has_no_size() -> None:
    hub = Hub(K2)
    hub.poll()
    hub.shows(K2, K3)
    files = [{"rfilename": "model.safetensors", "size": 10**400}]
    hub.answers(K3, answer({**K3, "siblings": files}))
    assert hub.poll().sightings[0].facts.download_bytes is None


def test_a_listing_longer_than_any_lab_can_be_is_not_read() -> None:
    hub = Hub(*(row(number, f"K-{number}") for number in range(8_001)))
    with pytest.raises(SourceError, match="lists more than 8,000 models") as caught:
        hub.poll()
    assert caught.value.failure is Failure.TOO_LARGE


def test_pages_that_hold_too_much_together_are_not_read() -> None:
    hub = Hub()
    heavy = [{**K2, "tags": [[]] * 200_000}]
    pages = [answer(heavy, link=f'<{LISTING}?cursor={number}>; rel="next"') for number in range(4)]
    hub.fetch.answers = {LISTING: pages}
    with pytest.raises(SourceError) as caught:
        hub.poll()
    assert caught.value.failure is Failure.TOO_LARGE
    assert len(hub.fetch.urls) == 3
