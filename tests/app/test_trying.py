"""Trying an address: the feed that a page names, what a person says of it, and whose it is."""

from collections.abc import Mapping

import pytest

from bot.demo.sites import Post, rss
from bot.desk.trial import Selectors, Trier
from bot.errors import ConfigError, SourceError
from bot.fetch import Response
from bot.releases.naming.labs import Labs
from bot.settings.environment import read_environment
from bot.settings.feeds import Config
from bot.sources.build import kinds
from bot.sources.specs import FeedSpec, PageSpec
from tests.support.clock import START, FakeClock
from tests.support.fetching import FakeFetcher
from tests.support.shared import DATA, needs_shared

PAGE, FEED = "https://kimi.example/blog/", "https://kimi.example/feed.xml"
LINK = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
TITLES = ("Kimi K3: open agentic intelligence", "Our office in Oslo", "A letter")
RSS = rss([Post(title, f"https://kimi.example/{n}", START) for n, title in enumerate(TITLES)])
LABS = [
    {"id": "moonshot", "name": "Moonshot AI", "aliases": ["kimi"], "sources": [{"hub": "moonshotai"}]},
    {"id": "qwen", "name": "Qwen", "sources": [{"feed": "https://qwen.example/rss"}]},
    {"id": "inclusionai", "name": "inclusionAI", "sources": [{"hub": "inclusionAI"}]},
]


def blog(head: str = "") -> str:
    items = "".join(
        f"<article><h2><a href='/blog/{n}'>{title}</a></h2><time>2026-01-0{n + 1}</time></article>"
        for n, title in enumerate(TITLES)
    )
    return f"<html><head>{head}</head><body>{items}</body></html>"


def trier(bodies: Mapping[str, str | bytes]) -> Trier:
    """Return a trier in a world of these addresses."""
    config = Config.model_validate({"labs": LABS}, context=kinds())
    labs = Labs(lab.lab for lab in config.labs)
    encoded = {url: body if isinstance(body, bytes) else body.encode() for url, body in bodies.items()}
    fetch = FakeFetcher({url: Response(url, 200, {}, body) for url, body in encoded.items()})
    return Trier(read_environment({}), config, labs, FakeClock(), fetch)


def test_a_page_that_names_a_feed_is_tried_as_that_feed() -> None:
    trial = trier({PAGE: blog(LINK), FEED: RSS}).attempt(PAGE, Selectors())
    assert trial.spec == FeedSpec(feed=FEED)
    assert "the feed that the page names" in trial.remarks[0]
    assert [one.sighting.title for one in trial.items] == list(TITLES)


@pytest.mark.parametrize("feed", ["", "<html>moved</html>"], ids=["not there", "a page instead"])
def test_a_feed_that_cannot_be_read_leaves_the_page(feed: str) -> None:
    trial = trier({PAGE: blog(LINK), **({FEED: feed} if feed else {})}).attempt(PAGE, Selectors())
    assert isinstance(trial.spec, PageSpec)
    assert "names a feed that cannot be read" in trial.remarks[-1]


def test_each_address_is_asked_once() -> None:
    one = trier({PAGE: blog()})
    one.attempt(PAGE, Selectors())
    assert isinstance(one.fetch, FakeFetcher)
    assert one.fetch.urls == [PAGE]


def test_what_a_person_says_of_a_part_is_kept() -> None:
    trial = trier({PAGE: blog()}).attempt(PAGE, Selectors(title="h2 a"))
    assert isinstance(trial.spec, PageSpec)
    assert (trial.spec.item, trial.spec.title, trial.spec.date) == ("article", "h2 a", "time")


def test_what_a_person_says_of_the_item_is_all_that_counts() -> None:
    trial = trier({PAGE: blog(LINK), FEED: RSS}).attempt(PAGE, Selectors(item="h2", link="a"))
    assert trial.spec == PageSpec(page=PAGE, item="h2", link="a")
    assert trial.items[0].sighting.published is None


@pytest.mark.parametrize(
    ("url", "body", "lab", "stands"),
    [
        pytest.param(PAGE, blog(), "moonshot", "", id="a part of the host is an alias"),
        pytest.param("https://qwen.example/rss", RSS, "qwen", "qwen", id="it stands in the file"),
        pytest.param("https://mirror.example/x", RSS, "moonshot", "", id="most of it leads to the lab"),
    ],
)
def test_whose_an_address_is(url: str, body: str, lab: str, stands: str) -> None:
    trial = trier({url: body}).attempt(url, Selectors())
    assert (trial.lab, trial.stands) == (lab, stands)


def test_the_judge_is_that_of_polling() -> None:
    trial = trier({PAGE: blog()}).attempt(PAGE, Selectors())
    first, second, *_ = trial.items
    assert (first.verdict.kind, first.verdict.name and first.verdict.name.display) == ("release", "Kimi K3")
    assert second.verdict.kind == "other"


@pytest.mark.parametrize(
    ("selectors", "error"),
    [
        (Selectors(item="a["), ConfigError),
        (Selectors(format="next"), SourceError),
        (Selectors(item="h9"), SourceError),
    ],
    ids=["a selector that is none", "a format that the page has not", "a selector of nothing"],
)
def test_what_reads_nothing_says_so(selectors: Selectors, error: type[Exception]) -> None:
    with pytest.raises(error):
        trier({PAGE: blog()}).attempt(PAGE, selectors)


@needs_shared
@pytest.mark.parametrize(
    ("host", "lab"), [("qwenlm", "qwen"), ("inclusionai", "inclusionai")], ids=["Qwen", "inclusionAI"]
)
def test_captured_blogs_name_their_feeds(host: str, lab: str) -> None:
    """Their hosts are github.io; the models in the titles tell whose they are."""
    url = f"https://{host}.github.io/blog/"
    page = (DATA / "pages" / f"raw_{host}_blog_index.html").read_bytes()
    feed = (DATA / "feeds" / f"raw_{host}_blog_index.xml").read_bytes()
    trial = trier({url: page, f"{url}index.xml": feed}).attempt(url, Selectors())
    assert (trial.spec, trial.lab) == (FeedSpec(feed=f"{url}index.xml"), lab)
    assert sum(one.verdict.kind == "release" for one in trial.items) >= 3
