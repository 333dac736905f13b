"""The feeds.yaml that is shipped: it loads, names the labs that matter, and says who saw each source."""

import itertools
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.fetch import Response
from bot.releases.facts.text import mentions
from bot.settings.feeds import Config, SourceSpec
from bot.sources.build import load_config
from bot.sources.extract import extractor
from bot.sources.feed import parse_feed
from bot.sources.specs import FeedSpec, HubSpec, LlmStatsSpec, PageSpec
from bot.sources.text import parse_html
from tests.support.shared import DATA, needs_shared

FILE = Path(__file__).parents[1] / "feeds.yaml"
LINES = FILE.read_text(encoding="utf-8").splitlines()
SOURCES_PAGE = FILE.parent / "docs" / "sources.md"
ANTHROPIC_PAGE = DATA / "pages/raw_anthropic_news_2026-04.html"
MISSION = "qwen moonshot zai minimax deepseek nvidia google meta anthropic openai mistral"
NAMED = f"""
    {MISSION} microsoft xai
    cohere ai2 ibm xiaomi stepfun tencent baidu bytedance meituan inclusionai liquid huggingface
    stability bfl apple amazon reka nous arcee lg upstage sarvam tii servicenow salesforce
    thinkingmachines ai21
"""
# See docs/reference/blogs.md#not-to-be-read: dead, closed to programs, or silent for months
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
    assert {"nvidia", "tencent", "facebook", "microsoft", "allenai", "ByteDance-Seed"} <= filtered


@pytest.mark.parametrize(
    ("repository", "kept"),
    [
        ("ByteDance-Seed/Seed-OSS-36B-Instruct", True),
        ("ByteDance-Seed/SeedVR2-7B", True),
        ("ByteDance-Seed/UI-TARS-1.5-7B", True),
        ("ByteDance-Seed/BAGEL-7B-MoT", True),
        ("ByteDance-Seed/Stable-DiffCoder-8B-Instruct", True),
        ("ByteDance-Seed/BFS-Prover-V2-7B", False),
        ("ByteDance-Seed/academic-ds-9B", False),
        ("inclusionAI/Ling-3.0-tiny", True),
        ("inclusionAI/LLaDA2.1-flash", True),
        ("inclusionAI/UI-Venus-1.5-30B-A3B", True),
        ("inclusionAI/AReaL-1.5B-Preview-Stage-3", False),
        ("internlm/Intern-S1-Pro", True),
        ("internlm/internlm3-8b-instruct", True),
        ("internlm/Visual-ERM", False),
        ("PrimeIntellect/INTELLECT-3.1", True),
        ("PrimeIntellect/Qwen3-0.6B", False),
        ("ServiceNow-AI/Apriel-1.6-15b-Thinker", True),
        ("NousResearch/Hermes-4.3-36B", True),
        ("NousResearch/Meta-Llama-3.1-8B-Instruct", False),
        ("nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16", True),
        ("nvidia/C-RADIOv2-VLM-H", True),
        ("nvidia/Riva-Translate-4B-Instruct", True),
        ("nvidia/Qwen3-14B-NVFP4", False),
        ("nvidia/quality-classifier-deberta", False),
    ],
)
def test_a_filter_keeps_an_organisations_own_products(config: Config, repository: str, kept: bool) -> None:
    owner, _, name = repository.partition("/")
    hubs = (source for lab in config.labs for source in lab.sources if isinstance(source, HubSpec))
    (hub,) = (hub for hub in hubs if hub.hub == owner)
    assert mentions(hub.include, name) == kept


@pytest.mark.parametrize(
    ("site", "title", "kept"),
    [
        ("https://docs.qwencloud.com", "qwen3.8-max, qwen3.8-max-2026-08-03", True),
        ("https://docs.qwencloud.com", "wan2.7-t2v", True),
        ("https://docs.qwencloud.com", "glm-5.3", False),
        ("https://docs.perplexity.ai", "New model: pplx-decider-v1-27b", True),
        ("https://docs.perplexity.ai", "GLM 5.3", False),
    ],
)
def test_other_labs_models_on_a_labs_list_are_left_out(
    pages: list[PageSpec], site: str, title: str, kept: bool
) -> None:
    (page,) = (page for page in pages if page.page.startswith(site))
    assert mentions(page.include, title) == kept


def test_corporate_feeds_are_filtered(config: Config) -> None:
    corporate = re.compile(
        r"nvidia|microsoft|amazon|salesforce|apple|huggingface\.co/blog|blog\.google|about\.fb"
    )
    feeds = [source for lab in config.labs for source in lab.sources if isinstance(source, FeedSpec)]
    assert [source.feed for source in feeds if corporate.search(source.feed) and not source.include] == []


def test_nothing_is_read_that_is_known_to_be_dead_or_closed(config: Config) -> None:
    addresses = [source.id for lab in config.labs for source in lab.sources]
    assert [
        address for address in addresses if NOT_TO_BE_READ.search(f"https://{address.partition(':')[2]}")
    ] == []


def test_the_labs_of_the_mission_are_seen_in_two_ways_beside_llm_stats(config: Config) -> None:
    hosts = {lab.id: {host_of(source) for source in lab.sources} - {""} for lab in config.labs}
    assert [lab for lab in MISSION.split() if len(hosts[lab]) < 2] == []


def host_of(source: SourceSpec) -> str:
    """Return the host that answers for a source: when one is blind, the others still see."""
    if isinstance(source, LlmStatsSpec):
        return ""
    if isinstance(source, HubSpec):
        return "huggingface.co"
    return urlsplit(source.id.replace(":", "://", 1)).netloc


NOTE = re.compile(r"# (?:seen 20\d\d(?:-\d\d){0,2}, (?P<who>[\w.\- ]+)|guess: \w.*)$")


def note_on(source: SourceSpec) -> re.Match[str] | None:
    """Return what a source's own line, or the comments right above it, say of who confirmed it."""
    kind, _, address = source.id.partition(":")
    start = re.compile(rf"{kind}: (?:https://)?{re.escape(address)}(?![^,\]}}\s])")
    ((at, line),) = ((at, line) for at, line in enumerate(LINES) if start.search(line))
    above = itertools.takewhile(lambda line: line.lstrip().startswith("#"), reversed(LINES[:at]))
    return next(filter(None, map(NOTE.search, (line, *above))), None)


def test_each_source_says_when_it_was_last_confirmed_and_by_whom(config: Config) -> None:
    assert [source.id for source in confirmable(config) if not note_on(source)] == []


def test_who_confirmed_it_is_described(config: Config) -> None:
    known = SOURCES_PAGE.read_text(encoding="utf-8")
    notes = filter(None, map(note_on, confirmable(config)))
    assert sorted({note["who"] for note in notes if note["who"] and f"| {note['who']} |" not in known}) == []


def test_what_nobody_has_confirmed_is_a_guess(config: Config) -> None:
    guesses = {
        host_of(source) for source in confirmable(config) if (note := note_on(source)) and not note["who"]
    }
    assert guesses == {"www.lgresearch.ai", "www.upstage.ai"}


def confirmable(config: Config) -> list[SourceSpec]:
    return [source for lab in config.labs for source in lab.sources if not isinstance(source, LlmStatsSpec)]


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
        {
            "_type": "featuredGridLink",
            "title": "Claude Sonnet 5.5",
            "url": "/claude-sonnet-5-5",
            "date": "2026-10-07",
            "subject": "Announcements",
        },
        {"_type": "featuredGridLink", "title": "Nowhere", "url": None, "date": None},
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
DEEPSEEK_NEWS = """
    <nav><a href="/en/news/">News</a></nav>
    <a href="/en/news/v4-1-flash/"><h3>DeepSeek-V4.1-Flash</h3><p>Faster.</p>
      <div>September 10, 2026</div></a>
"""
KIMI_PLATFORM = """# Platform Changelog
<Update label="September 2026">
  ### \N{LEFT-POINTING MAGNIFYING GLASS} Search API
  One call searches the web.

  ### \N{MONEY BAG} New way of billing
  Half of it from vouchers.
</Update>
<Update label="July 2026">
  ### \N{ROCKET} Kimi K3 on the Open Platform
  See [Kimi K3](/docs/guide/kimi-k3-quickstart).
</Update>
"""
QWEN_CLOUD = """# Model releases
<Update label="August 3, 2026">
  ### qwen3.8-max
  The largest.

  ### glm-5.3
  Another lab's.
</Update>
"""
ZAI = """# New Released
<Update label="2026-8-26" description="  GLM-5.3-Flash">
  [**GLM-5.3-Flash**](/guides/vlm/glm-5.3-flash)
</Update>
"""
BIGMODEL = """# 新品发布
<Update label="2026-08-26" description="GLM-5.3-Flash 原生多模态模型上线">
  [**GLM-5.3-Flash**](/cn/guide/models/vlm/glm-5.3-flash)
</Update>
"""
MINIMAX = """# Models
## April 2026
<Card title="MiniMax M2.7" href="/docs/guides/text-generation">Released MiniMax-M2.7.</Card>
#### Mar. 18, 2026
<Card title="Music 2.6" href="https://www.minimax.io/blog/music-26">Songs.</Card>
"""
MINIMAX_NEWS = {
    "data": [
        {"title": "MiniMax H3", "slug": "minimax-h3", "publishDate": 1785456000000, "summary": "Video."},
        {"title": "MiniMax M1", "slug": "minimaxm1", "publishDate": "2025-06-16T00:00:00.000Z"},
    ]
}
LG = {"status": 200, "data": {"list": [{"seq": 677, "ttl": "K-EXAONE 2.0"}]}}
PERPLEXITY = """# Changelog
<Update label="October 2026" tags={["Models", "Pricing"]}>
  **New model: `pplx-decider-v1-27b`**

  It decides.
</Update>
"""
CLAUDE_PLATFORM = """---
title: Claude Platform
---
### September 1, 2026
* We've launched **Claude Fable 5.1** (`claude-fable-5-1`).
"""
GEMINI_API = """# Release notes
## September 2, 2026
- **Gemini 3.8 Flash**: Released `gemini-3.8-flash`.
"""
OPENAI_API = """# Changelog
## September, 2026
### Sep 29
Feature · Model: gpt-6.1-sol · API: v1/responses

Released [GPT-6.1 Sol](https://developers.openai.com/api/docs/models/gpt-6.1-sol), for long work.
"""
META_RESEARCH = """
    <article data-blog-post-summary><h3>Muse Glimmer</h3><time datetime="2026-08-10">Aug 10</time>
      <a href="/blog/muse-glimmer/">Read</a></article>
    <article><h3>Careers</h3><a href="/careers/">Join</a></article>
"""
XAI = """# Release Notes
## July 9, 2026
### Grok 5 is available
The model is in the API.
"""
BFL = """# Release Notes
<Update label="August 4, 2026" description="FLUX 3">Our first video model.</Update>
"""
NOW = datetime(2026, 11, 1, tzinfo=UTC)


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
            ("Claude Sonnet 5.5", "https://www.anthropic.com/claude-sonnet-5-5", "2026-10-07"),
        ],
    ),
    "https://www.kimi.com": (
        KIMI,
        [
            ("Kimi K2.6", "https://www.kimi.com/en/blog/kimi-k2-6", "2026-04-20"),
            ("Kimi K3", "https://www.kimi.com/en/blog/kimi-k3", "2026-07-16"),
        ],
    ),
    "https://api-docs.deepseek.com": (
        DEEPSEEK,
        [("DeepSeek-V4", "https://api-docs.deepseek.com/updates/#deepseek-v4", "")],
    ),
    "https://www.deepseek.com": (
        DEEPSEEK_NEWS,
        [("DeepSeek-V4.1-Flash", "https://www.deepseek.com/en/news/v4-1-flash/", "2026-09-10")],
    ),
    "https://platform.kimi.ai": (
        KIMI_PLATFORM,
        [
            ("\N{LEFT-POINTING MAGNIFYING GLASS} Search API", "", "2026-09-01"),
            ("\N{MONEY BAG} New way of billing", "", "2026-09-01"),
            ("\N{ROCKET} Kimi K3 on the Open Platform", "", "2026-07-01"),
        ],
    ),
    "https://docs.qwencloud.com": (
        QWEN_CLOUD,
        [("qwen3.8-max", "", "2026-08-03"), ("glm-5.3", "", "2026-08-03")],
    ),
    "https://docs.z.ai": (ZAI, [("GLM-5.3-Flash", "", "2026-08-26")]),
    "https://docs.bigmodel.cn": (BIGMODEL, [("GLM-5.3-Flash 原生多模态模型上线", "", "2026-08-26")]),
    "https://platform.minimax.io": (
        MINIMAX,
        [
            ("MiniMax M2.7", "https://platform.minimax.io/docs/guides/text-generation", "2026-04-01"),
            ("Music 2.6", "https://www.minimax.io/blog/music-26", "2026-03-18"),
        ],
    ),
    "https://www.minimax.io": (
        json.dumps(MINIMAX_NEWS),
        [
            ("MiniMax H3", "https://www.minimax.io/news/minimax-h3", "2026-07-31"),
            ("MiniMax M1", "https://www.minimax.io/news/minimaxm1", "2025-06-16"),
        ],
    ),
    "https://www.lgresearch.ai": (
        json.dumps(LG),
        [("K-EXAONE 2.0", "https://www.lgresearch.ai/blog/view?seq=677", "")],
    ),
    "https://docs.perplexity.ai": (PERPLEXITY, [("New model: pplx-decider-v1-27b", "", "2026-10-01")]),
    "https://platform.claude.com": (
        CLAUDE_PLATFORM,
        [("We've launched Claude Fable 5.1 (claude-fable-5-1).", "", "2026-09-01")],
    ),
    "https://ai.google.dev": (
        GEMINI_API,
        [("Gemini 3.8 Flash: Released gemini-3.8-flash.", "", "2026-09-02")],
    ),
    "https://developers.openai.com": (
        OPENAI_API,
        [
            (
                "Released GPT-6.1 Sol, for long work.",
                "https://developers.openai.com/api/docs/models/gpt-6.1-sol",
                "2026-09-29",
            )
        ],
    ),
    "https://research.meta.ai": (
        META_RESEARCH,
        [("Muse Glimmer", "https://research.meta.ai/blog/muse-glimmer/", "2026-08-10")],
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


@needs_shared
def test_anthropics_page_as_served_gives_all_its_posts(pages: list[PageSpec]) -> None:
    (page,) = (page for page in pages if page.page == "https://www.anthropic.com/news")
    entries = extractor(page)(Response(page.page, 200, {}, ANTHROPIC_PAGE.read_bytes()), NOW)
    assert len({entry.link for entry in entries}) == 211
    assert all(entry.published for entry in entries)
    anchors = parse_html(ANTHROPIC_PAGE.read_text(encoding="utf-8")).select("a[href^='/news/']")
    assert {f"https://www.anthropic.com{anchor['href']}" for anchor in anchors} < {e.link for e in entries}


@needs_shared
@pytest.mark.parametrize(
    ("site", "served"),
    [
        ("openai.com/news", "omarchy_openai-news.xml"),
        ("openai.com/news", "raw_openai_news_rss_2026-04.xml"),
        ("deepmind.google", "omarchy_deepmind.xml"),
        ("deepmind.google", "raw_deepmind_google_blog_rss_xml_af1f68b.xml"),
        ("blog.google", "omarchy_google-ai.xml"),
        ("huggingface.co", "omarchy_huggingface.xml"),
        ("www.microsoft.com", "raw_microsoft_ai_blog_feed_a7058b5.xml"),
    ],
)
def test_a_feed_as_served_gives_posts_with_dates(config: Config, site: str, served: str) -> None:
    feeds = (source for lab in config.labs for source in lab.sources if isinstance(source, FeedSpec))
    (feed,) = (feed for feed in feeds if feed.feed.startswith(f"https://{site}"))
    answer = Response(feed.feed, 200, {}, (DATA / "feeds" / served).read_bytes())
    entries, _ = parse_feed(answer, NOW)
    assert entries
    assert all(entry.title and entry.link and entry.published for entry in entries)
