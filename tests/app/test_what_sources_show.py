"""From the body of an answer to the alert: the shapes that sites and organisations have had since 2026."""

import json
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest

from bot.fetch import Response
from bot.sources.base import Source
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.page import PageSource
from bot.sources.specs import FeedSpec, HubSpec, PageSpec
from tests.support.fetching import FakeFetcher
from tests.support.house import House

HUB = "https://huggingface.co"
EVERY = timedelta(minutes=10)


class Reader:
    """A bot with one real source, whose answers a test gives."""

    def __init__(self, directory: Path, source: Source) -> None:
        self.house = House(directory)
        self.source = source
        self.fetch = FakeFetcher()
        self.house.poller.fetch = self.fetch

    def read(self, body: str | bytes, **later: float) -> list[str]:
        """Poll an answer with this body, and return the alerts that come of it."""
        content = body if isinstance(body, bytes) else body.encode()
        return self.poll({self.source.url: content}, **later)

    def poll(self, bodies: dict[str, bytes], **later: float) -> list[str]:
        self.house.later(**(later or {"minutes": 10}))
        self.fetch.answers = {url: Response(url, 200, {}, body) for url, body in bodies.items()}
        before = len(self.house.channel.alerts)
        self.house.poller.poll([self.source])
        self.house.courier.deliver_all()
        return [alert.split(":")[0] for alert in self.house.channel.alerts[before:]]


def feed(directory: Path, lab: str) -> Reader:
    return Reader(directory, FeedSource(FeedSpec(feed="https://lab.example/rss.xml"), lab, EVERY))


def changelog(directory: Path, lab: str) -> Reader:
    spec = PageSpec(page="https://lab.example/log.md", format="markdown")
    return Reader(directory, PageSource(spec, lab, EVERY))


def rss(*items: tuple[str, str, str]) -> str:
    """Return a feed of entries: a title, what their address ends in, a text."""
    entries = "".join(
        f"<item><title>{escape(title)}</title><link>https://lab.example/log#{anchor}</link>"
        f"<description>{escape(text)}</description></item>"
        for title, anchor, text in items
    )
    return f'<rss version="2.0"><channel><title>New</title>{entries}</channel></rss>'


def test_the_model_that_stands_in_the_text_under_a_date_is_announced(tmp_path: Path) -> None:
    reader = feed(tmp_path, "zai")
    old = ("2026-04-01", "a", "<p><strong>GLM-9</strong></p>")
    new = (
        "2026-04-20",
        "b",
        '<p>👀 <a href="/guides/vlm/glm-9.3-flash"><b>GLM-9.3-Flash</b></a></p><ul><li>x</ul>',
    )
    assert reader.read(rss(old)) == []
    assert reader.read(rss(new, old)) == ["Z.ai announced GLM-9.3-Flash"]
    assert reader.read(rss(old, new)) == []


def test_a_second_model_under_a_known_date_is_announced_once(tmp_path: Path) -> None:
    reader = feed(tmp_path, "zai")
    assert reader.read(rss(("2026-04-20", "a", "<p><b>GLM-9</b></p>"))) == []
    grown = rss(("2026-04-20", "a", "<p><b>GLM-9</b></p><p>It thinks.</p><p><b>CogView-9</b></p>"))
    assert reader.read(grown) == ["Z.ai announced CogView-9"]
    assert reader.read(grown + " ") == []


def test_posts_under_a_month_without_its_year_are_announced_and_a_new_year_announces_nothing(
    tmp_path: Path,
) -> None:
    reader = changelog(tmp_path, "deepseek")
    spring = "## March\n### DeepSeek-V8\n## December 2025\n### DeepSeek-V7\n"
    assert reader.read(spring) == []
    summer = "## May\n### DeepSeek-V9\n" + spring
    assert reader.read(summer, days=30) == ["DeepSeek announced DeepSeek-V9"]
    assert reader.read(summer + "\n", days=270) == []
    next_year = summer.replace("## December 2025", "## December, 2025")
    assert reader.read(next_year) == []
    assert reader.read("## February\n### DeepSeek-V10\n" + next_year, days=5) == [
        "DeepSeek announced DeepSeek-V10"
    ]


def test_a_guid_that_is_used_again_does_not_hide_a_release(tmp_path: Path) -> None:
    reader = feed(tmp_path, "moonshot")
    entry = "<item><guid>latest</guid><link>https://lab.example/{0}</link><title>{1}</title></item>"
    around = '<rss version="2.0"><channel><title>Blog</title>{}</channel></rss>'
    assert reader.read(around.format(entry.format("hello", "Hello"))) == []
    assert reader.read(around.format(entry.format("k9", "Introducing Kimi K9"))) == [
        "Moonshot AI announced Kimi K9"
    ]


class TestOrganisation:
    """New repositories on the Hub, through the real source."""

    @pytest.fixture
    def reader(self, tmp_path: Path) -> Reader:
        spec = HubSpec(hub="moonshotai")
        return Reader(
            tmp_path, HubSource(spec, "moonshot", endpoint=HUB, every=EVERY, hold=timedelta(hours=6))
        )

    def show(self, reader: Reader, *repositories: tuple[str, list[str]], **later: float) -> list[str]:
        """Poll a listing of these names, each with its files."""
        rows = {
            name: {"_id": f"{number:024x}", "id": f"moonshotai/{name}", "tags": ["safetensors"]}
            for number, (name, _) in enumerate(repositories, 1)
        }
        details = {
            f"{HUB}/api/models/moonshotai/{name}": {
                **rows[name],
                "siblings": [{"rfilename": file, "size": 10**9} for file in files],
            }
            for name, files in repositories
        }
        listing = {f"{HUB}/api/models": list(rows.values())}
        return reader.poll(
            {url: json.dumps(content).encode() for url, content in {**details, **listing}.items()}, **later
        )

    def test_one_with_nothing_in_it_is_announced_when_it_has_weights(self, reader: Reader) -> None:
        known = ("Kimi-K2", ["model.safetensors"])
        assert self.show(reader, known) == []
        for _ in range(30):
            assert self.show(reader, known, ("Kimi-K9", [".gitattributes"]), days=1) == []
        assert [note["id"] for note in reader.house.store.sources.state(reader.source.id).waiting] == [
            "moonshotai/Kimi-K9"
        ]
        filled = ("Kimi-K9", [".gitattributes", "model.safetensors"])
        assert self.show(reader, known, filled, days=1) == ["Moonshot AI released Kimi-K9"]

    @pytest.mark.logs("source_failed")
    def test_an_empty_first_answer_is_no_baseline(self, reader: Reader) -> None:
        assert self.show(reader) == []
        state = reader.house.store.sources.state(reader.source.id)
        assert "does not exist or has none yet" in state.complaint
        old = [(f"Kimi-K{number}", ["model.safetensors"]) for number in range(2, 9)]
        assert self.show(reader, *old) == []
        assert self.show(reader, *old, ("Kimi-K9", ["model.safetensors"])) == ["Moonshot AI released Kimi-K9"]
