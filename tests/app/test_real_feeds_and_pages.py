"""The whole command over real captured bodies, served on loopback."""

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
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
