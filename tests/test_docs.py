"""The examples in docs/feeds.md are right, and no key is left out."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from bot.fetch import Response
from bot.settings.feeds import Config, Defaults, LabSpec, LlmStatsSettings, SubscriptionSpec, WebhookSpec
from bot.sources.build import kinds, load_config
from bot.sources.extract import extractor
from bot.sources.specs import PageSpec

PAGE = Path(__file__).parents[1] / "docs" / "feeds.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
SERVED = PAGE.parents[2] / "shared" / "data" / "pages"
SOMEBODY = {"id": "somebody", "name": "Somebody"}


def whole_file(example: object) -> object:
    """Return the file in which an example would stand: it shows labs, sources or other parts."""
    if isinstance(example, dict):
        return {
            "labs": [{"id": lab, "name": lab.upper(), "sources": [{"hub": lab}]} for lab in ("qwen", "zai")],
            **example,
        }
    assert isinstance(example, list)
    return {"labs": example if "id" in example[0] else [{**SOMEBODY, "sources": example}]}


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.splitlines()[0][:40] for example in EXAMPLES])
def test_an_example_can_be_pasted_into_feeds_yaml(tmp_path: Path, example: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(yaml.safe_dump(whole_file(yaml.safe_load(example))), encoding="utf-8")
    config = load_config(path)
    pages = (source for lab in config.labs for source in lab.sources if isinstance(source, PageSpec))
    assert all(extractor(page) for page in pages)


@pytest.mark.skipif(not SERVED.exists(), reason="../shared is absent")
@pytest.mark.parametrize(
    ("site", "served", "posts", "newest"),
    [
        ("lab.example", "raw_inclusionai_blog_index.html", 5, "2026-03-04"),
        ("lab.example", "raw_qwenlm_blog_index.html", 5, "2025-09-23"),
        ("other.example", "raw_mistral_news_2026-03.html", 9, "2026-03-23"),
    ],
)
def test_the_selectors_shown_read_pages_as_served(site: str, served: str, posts: int, newest: str) -> None:
    sources = next(yaml.safe_load(example) for example in EXAMPLES if site in example)
    page = next(PageSpec.model_validate(source) for source in sources if site in source["page"])
    answer = Response(page.page, 200, {}, (SERVED / served).read_bytes())
    entries = extractor(page)(answer, datetime(2026, 10, 1, tzinfo=UTC))
    assert len({entry.link for entry in entries}) == posts
    assert max(e.published.at for e in entries if e.published).date().isoformat() == newest
    assert all(entry.title and entry.published for entry in entries)


def test_there_is_an_example_of_every_kind_and_format() -> None:
    shown = "\n".join(EXAMPLES)
    assert [kind for kind in kinds() if f"{kind}:" not in shown] == []
    assert [name for name in ("next", "json", "markdown") if f"format: {name}" not in shown] == []


@pytest.mark.parametrize(
    "part",
    [
        Config,
        Defaults,
        LlmStatsSettings,
        LabSpec,
        SubscriptionSpec,
        WebhookSpec,
        *kinds().values(),
    ],
)
def test_every_key_is_explained(part: type[BaseModel]) -> None:
    assert [
        key for key in part.model_fields if not re.search(rf"`{key}`|^ *-? ?{key}:", TEXT, re.MULTILINE)
    ] == []
