"""What the Hub says of downloads and derivatives, as listings have them (docs/reference/hub.md#listings)."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adoption.hub import read_derivatives, read_downloads
from bot.cadence.measures import Measure
from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.sources.hub_api import HubApi
from tests.support.fetching import FakeFetcher

HUB = "https://huggingface.co"
LISTING = f"{HUB}/api/models"
BASE = "Qwen/Qwen3.6-35B-A3B"
Row = dict[str, Any]


def row(number: int, name: str, **fields: Any) -> Row:
    return {"_id": f"{number:024x}", "id": name, "private": False, **fields}


def page(*rows: Row, **headers: str) -> Response:
    return Response(LISTING, 200, headers, json.dumps(rows).encode())


def built_upon(*tags: str, name: str = "someone/else", number: int = 1) -> Row:
    return row(number, name, tags=["safetensors", *(f"base_model:{tag}" for tag in tags)])


def hub(*pages: Response) -> tuple[HubApi, FakeFetcher]:
    """Return a Hub whose listing has these pages."""
    linked = [
        Response(
            it.url,
            200,
            {**it.headers, **({"link": f'<{LISTING}?cursor={at}>; rel="next"'} if at < len(pages) else {})},
            it.body,
        )
        for at, it in enumerate(pages, 1)
    ]
    fetch = FakeFetcher({LISTING: linked})
    return HubApi(HUB, fetch), fetch


class TestDownloads:
    """What an organisation's models were downloaded."""

    def test_every_public_model_counts_on_every_page(self) -> None:
        api, fetch = hub(
            page(row(1, "Qwen/A", downloads=5), row(2, "Qwen/B", downloads=7, private=True)),
            page(row(3, "Qwen/C", downloads=0)),
        )
        found = read_downloads(api, "Qwen", ())
        assert {it.name: it.downloads for it in found.values()} == {"Qwen/A": 5, "Qwen/C": 0}
        asked = parse_qs(urlsplit(fetch.urls[0]).query)
        assert (asked["author"], asked["expand[]"]) == (["Qwen"], ["private", "downloads"])

    def test_of_a_shared_organisation_only_the_labs_own_count(self) -> None:
        rows = [row(1, "tencent/Hunyuan-7B", downloads=5), row(2, "tencent/Youtu-LLM", downloads=9)]
        api, _ = hub(page(*rows))
        assert [it.name for it in read_downloads(api, "tencent", ("Hunyuan",)).values()] == [
            "tencent/Hunyuan-7B"
        ]

    @pytest.mark.parametrize(
        ("rows", "failure"),
        [
            pytest.param([], Failure.EMPTY, id="an empty organisation was renamed, it is not at zero"),
            pytest.param([row(1, "Qwen/A")], Failure.BAD_ANSWER, id="without figures nothing was measured"),
            pytest.param([row(1, "Qwen/A", downloads="5")], Failure.BAD_ANSWER, id="a text is no number"),
            pytest.param([row(1, "Qwen/A", downloads=-5)], Failure.BAD_ANSWER, id="nor are less than none"),
            pytest.param(
                [row(1, "Qwen/A", downloads=10**30)], Failure.BAD_ANSWER, id="nor are too many to be"
            ),
        ],
    )
    def test_what_is_not_said_is_a_failure_and_no_zero(self, rows: list[Row], failure: Failure) -> None:
        api, _ = hub(page(*rows))
        with pytest.raises(SourceError) as caught:
            read_downloads(api, "Qwen", ())
        assert caught.value.failure is failure


class TestDerivatives:
    """What others built upon a repository."""

    @pytest.mark.parametrize(
        ("tags", "measure"),
        [
            pytest.param([BASE, f"finetune:{BASE}"], Measure.FINETUNES, id="a finetune"),
            pytest.param([BASE, f"adapter:{BASE}"], Measure.ADAPTERS, id="an adapter"),
            pytest.param([BASE, f"quantized:{BASE}"], Measure.QUANTISATIONS, id="a quantisation"),
            pytest.param(
                ["a/b", BASE, "merge:a/b", f"merge:{BASE}"], Measure.MERGES, id="a merge with somebody else's"
            ),
            pytest.param([BASE], Measure.UNSTATED, id="no relation is stated"),
            pytest.param([f"invented:{BASE}"], Measure.UNSTATED, id="a relation that nobody knows"),
            pytest.param([f"finetune:{BASE.lower()}"], Measure.FINETUNES, id="the Hub knows no case"),
        ],
    )
    def test_relations(self, tags: list[str], measure: Measure) -> None:
        api, fetch = hub(page(built_upon(*tags)))
        found = read_derivatives(api, BASE, ["Qwen"], [BASE])
        assert {kind: count for kind, count in found.counts.items() if count} == {measure: 1}
        assert found.complete
        assert parse_qs(urlsplit(fetch.urls[0]).query)["filter"] == [f"base_model:{BASE}"]

    def test_the_labs_own_packagings_do_not_count(self) -> None:
        api, _ = hub(page(built_upon(f"quantized:{BASE}", name="qwen/Qwen3.6-35B-A3B-FP8")))
        assert sum(read_derivatives(api, BASE, ["Qwen"], [BASE]).counts.values()) == 0

    def test_a_merge_of_two_of_the_labs_models_counts_once(self) -> None:
        other = "Qwen/Qwen3.6-27B"
        tags = [other, BASE, f"merge:{other}", f"merge:{BASE}"]
        counts = []
        for base in (BASE, other):
            api, _ = hub(page(built_upon(*tags)))
            counts.append(sum(read_derivatives(api, base, ["Qwen"], [BASE, other]).counts.values()))
        assert counts == [0, 1]

    def test_beyond_three_pages_the_hubs_own_count_is_taken(self) -> None:
        pages = [page(built_upon(BASE, number=at), **{"x-total-count": "4321"}) for at in range(5)]
        api, fetch = hub(*pages)
        found = read_derivatives(api, BASE, ["Qwen"], [BASE])
        assert (found.counts[Measure.UNSTATED], found.counts[Measure.UNREAD]) == (3, 4318)
        assert found.complete
        assert len(fetch.urls) == 3

    def test_beyond_three_pages_of_unknown_number_it_is_the_least(self) -> None:
        api, _ = hub(*(page(built_upon(BASE, number=at)) for at in range(5)))
        found = read_derivatives(api, BASE, ["Qwen"], [BASE])
        assert sum(found.counts.values()) == 3
        assert not found.complete

    def test_nobody_built_upon_it(self) -> None:
        api, _ = hub(page())
        found = read_derivatives(api, BASE, ["Qwen"], [BASE])
        assert (sum(found.counts.values()), found.complete) == (0, True)

    @given(st.lists(st.one_of(st.text(max_size=50), st.integers(), st.none()), max_size=5))
    def test_strange_tags_never_raise(self, tags: list[Any]) -> None:
        api, _ = hub(page(row(1, "a/b", tags=tags)))
        assert sum(read_derivatives(api, BASE, ["Qwen"], [BASE]).counts.values()) <= 1
