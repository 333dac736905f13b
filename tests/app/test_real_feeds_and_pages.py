"""The whole command over real captured bodies, served on loopback."""

import functools
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.fetch import Response
from bot.sources.feed import FeedSource
from bot.sources.specs import FeedSpec
from tests.support.fetching import FakeFetcher
from tests.support.house import House
from tests.support.shared import DATA, needs_shared

pytestmark = needs_shared

SITEMAP = "raw_qwenlm_en_sitemap.xml"


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(DATA)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def sources(site: str) -> Iterator[dict[str, str]]:
    for feed in sorted((DATA / "feeds").glob("*.xml")):
        yield {"feed": f"http://{site}/feeds/{feed.name}"}
    yield {
        "page": f"http://{site}/pages/raw_anthropic_news_2026-04.html",
        "format": "next",
        "item": "[?_type=='post']",
        "title": "title",
        "link": "slug.current",
        "link_prefix": "https://www.anthropic.com/news/",
        "date": "publishedOn",
    }
    yield {
        "page": f"http://{site}/pages/raw_mistral_news_2026-03.html",
        "item": 'a[href^="/news/"]:has(article)',
        "title": "h1, h2",
        "date": "div.text-sm",
    }


@pytest.fixture
def variables(site: str, tmp_path: Path) -> dict[str, str]:
    labs = [
        {"id": f"lab{n}", "name": f"Lab {n}", "sources": [source]} for n, source in enumerate(sources(site))
    ]
    config = tmp_path / "feeds.yaml"
    config.write_text(yaml.safe_dump({"labs": labs}), encoding="utf-8")
    return {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(tmp_path / "state"),
        "CADENCEBOT_ALLOW_HOSTS": site,
    }


def run(variables: dict[str, str], *words: str) -> Any:
    result = CliRunner().invoke(main, words, env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout)


def test_every_source_is_read_and_a_second_pass_announces_nothing(variables: dict[str, str]) -> None:
    first = run(variables, "poll", "--all", "--json")
    assert [failed["source"].rsplit("/", 1)[1] for failed in first["failed"]] == [SITEMAP]
    assert first["releases"] == []
    items = {
        row["id"].rsplit("/", 1)[1]: row["items"] for row in run(variables, "status", "--json")["sources"]
    }
    assert items["raw_anthropic_news_2026-04.html"] == 209
    assert items["raw_mistral_news_2026-03.html"] >= 9
    assert all(count > 0 for name, count in items.items() if name != SITEMAP)
    second = run(variables, "poll", "--all", "--json")
    assert (second["releases"], second["new"], second["delivered"]) == ([], 0, 0)


@pytest.mark.parametrize(
    ("lab", "captured"),
    [
        pytest.param(
            "openai",
            [f"raw_openai_news_feed_{poll}.xml" for poll in ("a7058b5", "a371658", "5905a76", "eff79d7")],
            id="OpenAI's, four times in three days",
        ),
        pytest.param(
            "microsoft",
            [f"raw_microsoft_ai_blog_feed_{poll}.xml" for poll in ("a7058b5", "5905a76")],
            id="Microsoft's, twice",
        ),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_of_a_feed_read_again_and_again_nothing_is_a_hint_and_nothing_has_grown(
    tmp_path: Path, lab: str, captured: list[str], backwards: bool
) -> None:
    house, url = House(tmp_path), "https://lab.example/rss"
    source = FeedSource(FeedSpec(feed=url), lab, timedelta(minutes=10))
    bodies = [(DATA / "feeds" / name).read_bytes() for name in (captured[::-1] if backwards else captured)]
    house.poller.fetch = FakeFetcher({url: [Response(url, 200, {}, body) for body in bodies]})
    for _ in bodies:
        house.later(hours=12)
        [report] = house.poller.poll([source]).reports
        assert not report.failure
    assert house.store.hints.open() == []
    assert [one for one in house.store.history.observations("names:") if one.live] == []
