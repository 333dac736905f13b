"""The sources on bodies as they were really served; skipped where ../shared is absent."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.page import PageSource
from bot.sources.specs import FeedSpec, HubSpec, PageSpec
from tests.support.fetching import FakeFetcher
from tests.support.memory import Watch

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the captured bodies are not here")
FEEDS = sorted((DATA / "feeds").glob("*.xml")) if DATA.is_dir() else []
NOW = datetime(2026, 11, 1, tzinfo=UTC)
HUB = "https://huggingface.co/api/models"


def watch_feed(name: str) -> Watch:
    return Watch(FeedSource(FeedSpec(feed=f"https://lab.example/{name}"), "lab", timedelta(minutes=10)), NOW)


def serving(watch: Watch, body: bytes) -> FakeFetcher:
    return FakeFetcher({watch.source.url: Response(watch.source.url, 200, {}, body)})


@pytest.mark.parametrize(
    "path", [path for path in FEEDS if "sitemap" not in path.name], ids=lambda path: path.stem
)
def test_a_captured_feed_parses_to_its_entries_and_shows_nothing_new_twice(path: Path) -> None:
    body = path.read_bytes()
    feed = watch_feed(path.name)
    first = feed.poll(serving(feed, body))
    entries = body.count(b"<item>") + body.count(b"<entry>") + body.count(b"<entry ")
    assert first.count == len(first.sightings) == entries > 0
    assert all(sighting.published and sighting.url.startswith("http") for sighting in first.sightings)
    assert feed.poll(serving(feed, body + b"\n")).sightings == ()


def test_a_sitemap_is_no_feed() -> None:
    feed = watch_feed("sitemap.xml")
    with pytest.raises(SourceError, match="<urlset>") as caught:
        feed.poll(serving(feed, (DATA / "feeds" / "raw_qwenlm_en_sitemap.xml").read_bytes()))
    assert caught.value.failure is Failure.BAD_ANSWER


def test_four_polls_of_a_feed_of_599_posts_in_changing_order() -> None:
    feed = watch_feed("openai.xml")
    polls = [
        feed.poll(serving(feed, (DATA / "feeds" / f"raw_openai_news_feed_{commit}.xml").read_bytes()))
        for commit in ("5905a76", "a371658", "a7058b5", "eff79d7")
    ]
    assert [len(poll.sightings) for poll in polls] == [599, 0, 0, 0]


def test_two_polls_of_a_feed_without_guids_show_only_posts_of_another_address() -> None:
    feed = watch_feed("microsoft.xml")
    for commit in ("a7058b5", "5905a76"):
        poll = feed.poll(
            serving(feed, (DATA / "feeds" / f"raw_microsoft_ai_blog_feed_{commit}.xml").read_bytes())
        )
    assert 0 < len(poll.sightings) < 10


PAGES = {
    "raw_anthropic_news_2026-04": (
        209,
        {
            "format": "next",
            "item": "[?_type=='post']",
            "title": "title",
            "link": "slug.current",
            "link_prefix": "https://www.anthropic.com/news/",
            "date": "publishedOn",
        },
    ),
    "raw_mistral_news_2026-03": (9, {"item": "article", "title": "h1, h2", "date": "div.text-sm"}),
    "raw_deepmind_publications_2026-03": (30, {"item": 'li:has(a[href*="/publications/"])', "title": "a"}),
    "raw_inclusionai_blog_index": (5, {"item": "article", "title": "h2", "date": ".post-date@title"}),
    "raw_qwenlm_blog_index": (5, {"item": "article", "title": "h2", "date": "footer span"}),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_captured_page_shows_its_posts_once(name: str) -> None:
    count, spec = PAGES[name]
    body = (DATA / "pages" / f"{name}.html").read_bytes()
    page = Watch(
        PageSource(
            PageSpec.model_validate({"page": "https://lab.example/news", **spec}), "lab", timedelta(1)
        ),
        NOW,
    )
    first = page.poll(serving(page, body))
    assert first.count == len(first.sightings) == count
    assert len({sighting.url for sighting in first.sightings}) == count
    assert page.poll(serving(page, body + b" ")).sightings == ()


def test_a_mass_rename_announces_nothing_but_the_two_repositories_that_are_new() -> None:
    source = HubSource(
        HubSpec(hub="TheBloke"),
        "thebloke",
        endpoint="https://huggingface.co",
        every=timedelta(minutes=2),
        hold=timedelta(hours=6),
    )
    hub = Watch(source, datetime(2023, 11, 2, 22, 9, tzinfo=UTC))
    new, amended = [], []
    for path in sorted((DATA / "hub" / "rename_replay").iterdir()):
        body = gzip.decompress(path.read_bytes())
        poll = hub.poll(_hub(body), timedelta(minutes=30))
        new.append([sighting.title for sighting in poll.sightings if not sighting.amends])
        amended.append({sighting.title for sighting in poll.sightings if sighting.amends})
    assert len(new[0]) == 2294
    assert new[1:] == [[], ["TheBloke/Yarn-Mistral-7B-128k-GPTQ", "TheBloke/Yarn-Mistral-7B-64k-GPTQ"], []]
    assert "TheBloke/Vicuna-13B-1.1-GPTQ" in amended[2]


def _hub(body: bytes) -> FakeFetcher:
    """Answer for the listing, and for every repository in it as one that has weights."""
    weights = {"siblings": [{"rfilename": "model.safetensors", "size": 1}]}
    details = {f"{HUB}/{row['id']}": json.dumps({**row, **weights}).encode() for row in json.loads(body)}
    return FakeFetcher(
        {url: Response(url, 200, {}, answer) for url, answer in {**details, HUB: body}.items()}
    )
