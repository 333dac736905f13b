"""The feeds.yaml that is shipped: it loads, names the labs that matter, and says what is only guessed."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Config, FeedSpec, HubSpec, LlmStatsSpec, PageSpec, load_config
from bot.fetch import Response
from bot.sources.extract import extractor
from bot.sources.text import parse_html

FILE = Path(__file__).parents[1] / "feeds.yaml"
ANTHROPIC_PAGE = FILE.parents[1] / "shared/data/pages/raw_anthropic_news_2026-04.html"
NAMED = """
    qwen moonshot zai minimax deepseek nvidia google meta anthropic openai mistral microsoft xai
    cohere ai2 ibm xiaomi stepfun tencent baidu bytedance meituan inclusionai liquid huggingface
    stability bfl apple amazon reka nous arcee lg upstage sarvam tii servicenow salesforce
    thinkingmachines ai21
"""
# reference/blogs.md: dead, walled off from programs, or silent for months
NOT_TO_BE_READ = re.compile(
    r"qwenlm\.github\.io|z\.ai/blog|liquid\.ai/blog/rss|cohere\.com/blog|ai\.meta\.com|https://x\.ai"
    r"|anthropic\.com/.*rss|en-us/research/feed|investor\.nvidia|rsshub|llm-stats\.com"
)


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(FILE)


@pytest.fixture(scope="module")
def pages(config: Config) -> list[PageSpec]:
    return [source for lab in config.labs for source in lab.sources if isinstance(source, PageSpec)]


def test_it_has_forty_labs_and_those_that_everybody_asks_for(config: Config) -> None:
    ids = [lab.id for lab in config.labs]
    assert len(ids) >= 42
    assert [lab for lab in NAMED.split() if lab not in ids] == []


def test_no_two_labs_share_an_id_a_name_or_an_alias(config: Config) -> None:
    counts = Counter(name for lab in config.labs for name in lab.called)
    assert [name for name, count in counts.items() if count > 1] == []


def test_every_lab_shows_its_models_somewhere(config: Config) -> None:
    shows = {
        lab.id: [source for source in lab.sources if not isinstance(source, LlmStatsSpec)]
        for lab in config.labs
    }
    assert [lab for lab, sources in shows.items() if not sources] == []


@pytest.mark.parametrize(
    ("text", "lab"),
    [
        ("kimi", "moonshot"),
        ("glm", "zai"),
        ("zhipu", "zai"),
        ("claude", "anthropic"),
        ("gemma", "google"),
        ("deepmind", "google"),
        ("llama", "meta"),
        ("facebook", "meta"),
        ("nemotron", "nvidia"),
        ("alibaba", "qwen"),
        ("hunyuan", "tencent"),
        ("longcat", "meituan"),
        ("flux", "bfl"),
        ("allenai", "ai2"),
        ("exaone", "lg"),
        ("mimo", "xiaomi"),
    ],
)
def test_people_find_a_lab_by_what_they_call_it(config: Config, text: str, lab: str) -> None:
    assert [found.id for found in config.labs if text in found.called] == [lab]


@pytest.mark.parametrize(
    ("owner", "lab"),
    [
        ("Qwen", "qwen"),
        ("moonshotai", "moonshot"),
        ("zai-org", "zai"),
        ("MiniMaxAI", "minimax"),
        ("deepseek-ai", "deepseek"),
        ("nvidia", "nvidia"),
        ("google", "google"),
        ("meta-llama", "meta"),
        ("meta-models", "meta"),
        ("openai", "openai"),
        ("mistralai", "mistral"),
    ],
)
def test_the_organisations_of_the_big_labs_are_watched(config: Config, owner: str, lab: str) -> None:
    assert [found.id for found in config.labs if owner in found.lab.owners] == [lab]


def test_organisations_that_hold_other_things_as_well_are_filtered(config: Config) -> None:
    filtered = {
        source.hub
        for lab in config.labs
        for source in lab.sources
        if isinstance(source, HubSpec) and source.include
    }
    assert {"nvidia", "tencent", "facebook", "microsoft", "allenai"} <= filtered


def test_corporate_feeds_are_filtered(config: Config) -> None:
    corporate = re.compile(
        r"nvidia|microsoft|amazon|salesforce|apple|huggingface\.co/blog|blog\.google|perplexity"
    )
    feeds = [source for lab in config.labs for source in lab.sources if isinstance(source, FeedSpec)]
    assert [source.feed for source in feeds if corporate.search(source.feed) and not source.include] == []


def test_nothing_is_read_that_is_known_to_be_dead_or_closed(config: Config) -> None:
    addresses = [source.id for lab in config.labs for source in lab.sources]
    assert [
        address for address in addresses if NOT_TO_BE_READ.search(f"https://{address.partition(':')[2]}")
    ] == []


@pytest.mark.parametrize(
    "address",
    [
        "https://ernie.baidu.com/blog/zh/index.xml",
        "https://www.lgresearch.ai/blog/rss.xml",
        "https://www.upstage.ai/blog/rss.xml",
        "https://www.salesforce.com/blog/feed/",
    ],
)
def test_what_nobody_has_seen_working_is_marked(address: str) -> None:
    line = next(line for line in FILE.read_text(encoding="utf-8").splitlines() if address in line)
    assert "# guess" in line


def test_every_page_can_be_set_up(pages: list[PageSpec]) -> None:
    assert all(extractor(page) for page in pages)


QWEN = {
    "data": {
        "articles": [
            {
                "id": "a-38",
                "path": "qwen3.8",
                "title": "Qwen3.8-Max: A New Bar",
                "extra": {"date": "2026-08-03T10:00:00+08:00", "description": "Our largest model."},
            }
        ]
    }
}
SEED = {
    "sub_article_list": [
        {
            "ArticleMeta": {"PublishDate": 1783440000000},
            "ArticleSubContentEn": {
                "Title": "Seedream 5.0 Pro",
                "TitleKey": "seedream-5-0-pro",
                "Abstract": "An image model.",
            },
        }
    ]
}
ANTHROPIC = {
    "_type": "page",
    "sections": [
        {
            "_type": "post",
            "title": "Claude Sonnet 4.6",
            "slug": {"_type": "slug", "current": "claude-sonnet-4-6"},
            "directories": [{"value": "news"}, {"value": "research"}],
            "publishedOn": "2026-02-17T18:00:00.000Z",
            "summary": "For coding and agents.",
        },
        {
            "_type": "post",
            "title": "Tracing thoughts",
            "slug": {"current": "tracing-thoughts"},
            "directories": None,
            "publishedOn": "2025-03-27T10:00:00.000-07:00",
            "summary": None,
        },
    ],
}
KIMI = """
    <div class="menu-card"><img src="/img/2025-11-06.png"><a href="/en/blog/kimi-k2-6"></a>
      <h3 class="card-title">Kimi K2.6</h3><span class="card-date">April 20, 2026</span></div>
    <div class="card"><a class="absolute inset-0" aria-label="Kimi K3" href="/en/blog/kimi-k3"></a>
      <div><h3 class="card-title">Kimi K3</h3><p>2026-07-16</p></div></div>
    <nav><a href="/en/blog/">Blog</a></nav>
"""
DEEPSEEK = """
    <nav><h3>Guides</h3></nav><main><h1>Change Log</h1>
    <h2 id="date-2026-04-24">Date: 2026-04-24<a href="#date-2026-04-24" class="hash-link">\u200b</a></h2>
    <h3 id="deepseek-v4">DeepSeek-V4<a href="#deepseek-v4" class="hash-link">\u200b</a></h3>
    <h2 id="date-2025-03-24">Date: 2025-03-24</h2>
    <h3 id="deepseek-chat">deepseek-chat<a href="#deepseek-chat" class="hash-link">\u200b</a></h3></main>
"""
MINIMAX = """# Models
## April 2026
<Card title="MiniMax M2.7" href="/docs/guides/text-generation">Released MiniMax-M2.7.</Card>
"""
XAI = """# Release Notes
## July 9, 2026
### Grok 5 is available
The model is in the API.
"""
BFL = """# Release Notes
<Update label="August 4, 2026" description="FLUX 3">Our first video model.</Update>
"""
NOW = datetime(2026, 10, 1, tzinfo=UTC)


def flight(data: object) -> str:
    """Return a page that carries `data` as Next.js pages do."""
    return f"<html><script>self.__next_f.push([1,{json.dumps('1:' + json.dumps(data))}])</script></html>"


SHAPES = {
    "https://qwen.ai": (
        json.dumps(QWEN),
        [("Qwen3.8-Max: A New Bar", "https://qwen.ai/blog?id=qwen3.8", "2026-08-03")],
    ),
    "https://seed.bytedance.com": (
        json.dumps(SEED),
        [("Seedream 5.0 Pro", "https://seed.bytedance.com/en/blog/seedream-5-0-pro", "2026-07-07")],
    ),
    "https://www.anthropic.com": (
        flight(ANTHROPIC),
        [
            ("Claude Sonnet 4.6", "https://www.anthropic.com/news/claude-sonnet-4-6", "2026-02-17"),
            ("Tracing thoughts", "https://www.anthropic.com/news/tracing-thoughts", "2025-03-27"),
        ],
    ),
    "https://www.kimi.com": (
        KIMI,
        [
            ("Kimi K2.6", "https://www.kimi.com/en/blog/kimi-k2-6", "2026-04-20"),
            ("Kimi K3", "https://www.kimi.com/en/blog/kimi-k3", ""),
        ],
    ),
    "https://api-docs.deepseek.com": (
        DEEPSEEK,
        [("DeepSeek-V4", "https://api-docs.deepseek.com/updates/#deepseek-v4", "")],
    ),
    "https://platform.minimax.io": (
        MINIMAX,
        [("MiniMax M2.7", "https://platform.minimax.io/docs/guides/text-generation", "2026-04-01")],
    ),
    "https://docs.x.ai": (XAI, [("Grok 5 is available", "", "2026-07-09")]),
    "https://docs.bfl.ml": (BFL, [("FLUX 3", "", "2026-08-04")]),
}


@pytest.mark.parametrize("site", SHAPES)
def test_a_page_of_the_known_shape_gives_its_posts(pages: list[PageSpec], site: str) -> None:
    body, posts = SHAPES[site]
    (page,) = (page for page in pages if page.page.startswith(site))
    entries = extractor(page)(Response(page.page, 200, {}, body.encode()), NOW)
    shown = [(e.title, e.link, e.published.at.date().isoformat() if e.published else "") for e in entries]
    assert shown == posts


def test_no_page_is_left_untried(pages: list[PageSpec]) -> None:
    assert [page.page for page in pages if not page.page.startswith(tuple(SHAPES))] == []


@pytest.mark.skipif(not ANTHROPIC_PAGE.exists(), reason="../shared is absent")
def test_anthropics_page_as_served_gives_all_its_posts(pages: list[PageSpec]) -> None:
    (page,) = (page for page in pages if page.format == "next")
    entries = extractor(page)(Response(page.page, 200, {}, ANTHROPIC_PAGE.read_bytes()), NOW)
    assert len({entry.link for entry in entries}) == 209
    assert all(entry.published for entry in entries)
    anchors = parse_html(ANTHROPIC_PAGE.read_text(encoding="utf-8")).select("a[href^='/news/']")
    assert {f"https://www.anthropic.com{anchor['href']}" for anchor in anchors} < {e.link for e in entries}
