"""What a post's title announces: which model, which others beside it, and whether the name has to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Kind, Lab, Sighting, SourceKind, Verdict
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs

LABS = Labs(
    Lab(lab, name, (), "", (owner,))
    for lab, name, owner in (
        ("ai2", "Ai2", "allenai"),
        ("amazon", "Amazon", "amazon"),
        ("anthropic", "Anthropic", "Anthropic"),
        ("cohere", "Cohere", "CohereLabs"),
        ("deepseek", "DeepSeek", "deepseek-ai"),
        ("google", "Google", "google"),
        ("huggingface", "Hugging Face", "HuggingFaceTB"),
        ("ibm", "IBM", "ibm-granite"),
        ("minimax", "MiniMax", "MiniMaxAI"),
        ("mistral", "Mistral AI", "mistralai"),
        ("moonshot", "Moonshot AI", "moonshotai"),
        ("nvidia", "NVIDIA", "nvidia"),
        ("openai", "OpenAI", "openai"),
        ("poolside", "Poolside", "poolside"),
        ("stability", "Stability AI", "stabilityai"),
        ("stepfun", "StepFun", "stepfun-ai"),
        ("zai", "Z.ai", "zai-org"),
    )
)


def judged(lab: str, title: str, url: str = "", links: tuple[str, ...] = ()) -> Verdict:
    return judge(Sighting("feed:x", SourceKind.FEED, lab, "1", title, url, links=links), LABS)


def named(verdict: Verdict) -> str:
    return verdict.name.display if verdict.name else ""


def others(verdict: Verdict) -> list[str]:
    return [name.display for name in verdict.also]


@pytest.mark.parametrize(
    ("lab", "title", "name"),
    [
        pytest.param("google", "Previewing Gemini 4", "Gemini 4", id="a preview is announced"),
        pytest.param("google", "Say hello to Gemini 4", "Gemini 4", id="say hello"),
        pytest.param("google", "Here comes Gemini 4", "Gemini 4", id="here it comes"),
        pytest.param("google", "Gemini 4 has arrived", "Gemini 4", id="it has arrived"),
        pytest.param("google", "“Gemini 4” is here", "Gemini 4", id="a name between marks"),
        pytest.param("google", "新しいモデル「Gemini 4」を発表", "Gemini 4", id="Japanese, between brackets"),
        pytest.param("google", "Gemini 4 출시", "Gemini 4", id="Korean"),
        pytest.param("google", "2026-11-12 Gemini 4 Flash released", "Gemini 4 Flash", id="a date before it"),
        pytest.param(
            "google",
            "Gemini Omni 1.1 Flash lets you build",
            "Gemini Omni 1.1 Flash",
            id="lets the reader do it",
        ),
        pytest.param("google", "Released Gemini 4 Flash", "Gemini 4 Flash", id="a verb in the past begins"),
        pytest.param("openai", "Debuting GPT-7", "GPT-7", id="a debut"),
        pytest.param(
            "anthropic", "Rolling out Claude Haiku 6", "Claude Haiku 6", id="a verb with a particle"
        ),
        pytest.param("anthropic", "Claude Haiku 6 in preview", "Claude Haiku 6", id="in preview"),
        pytest.param("anthropic", "Claude Haiku 6 is rolling out", "Claude Haiku 6", id="it is under way"),
        pytest.param(
            "anthropic",
            "We've launched Claude Opus 9 (claude-opus-9), a step-change improvement over Claude Opus 8.",
            "Claude Opus 9",
            id="a sentence of the body, with the old model in it",
        ),
        pytest.param(
            "cohere",
            "Introducing Embed 5—A New Family of Frontier Embedding Models",
            "Embed 5",
            id="a dash without spaces is none of the name",
        ),
        pytest.param(
            "cohere",
            "KestrelLite, KestrelBrain, Kestrel 2: An agentic experience",
            "Kestrel 2",
            id="behind single words in a list",
        ),
        pytest.param(
            "cohere", "Meet Cohere Transcribe Arabic", "Cohere Transcribe Arabic", id="lab and purpose"
        ),
        pytest.param(
            "cohere",
            "Introducing Zorro Multilingual: One Speech Model for Voice Agents",
            "Zorro Multilingual",
            id="a description without an article",
        ),
        pytest.param(
            "cohere",
            "Cohere Launches Zorro Multilingual: The World’s First Multilingual Speech Recognition Model",
            "Zorro Multilingual",
            id="a long description",
        ),
        pytest.param(
            "cohere",
            "Introducing SWE-grep and SWE-grep-mini: RL for Fast Retrieval",
            "SWE-grep",
            id="a new name and its small sibling",
        ),
        pytest.param(
            "cohere", "Introducing Palmyra-mini", "Palmyra-mini", id="a new name with a size behind a hyphen"
        ),
        pytest.param(
            "google",
            "Introducing Gemini 4 Flash, a report-generation model",
            "Gemini 4 Flash",
            id="a word that only begins another is no topic",
        ),
        pytest.param(
            "stability",
            "Stable Audio Open Small on Hugging Face: on-device audio generation",
            "Stable Audio Open Small",
            id="the place of the weights says that it is here",
        ),
        pytest.param(
            "google", "Gemma: Introducing new open models", "Gemma", id="new models under a family's name"
        ),
        pytest.param(
            "deepseek", "DeepSeek-V5 - An open frontier model", "DeepSeek-V5", id="a dash as a colon"
        ),
        pytest.param(
            "minimax",
            "Ingenious in simplicity: MiniMax M4 Is Here",
            "MiniMax M4",
            id="arrived behind a motto",
        ),
        pytest.param(
            "ai2",
            "MolmoMotion: Language-guided 3D motion forecasting",
            "MolmoMotion",
            id="a family and a word",
        ),
        pytest.param(
            "microsoft",
            "GigaPath-Flash and GigaTIME-Flash: Toward population-scale discovery",
            "GigaPath-Flash",
            id="a coined word and a size",
        ),
        pytest.param(
            "ai2",
            "AstaBrief: an open model for generating scientific reports",
            "AstaBrief",
            id="called a model, whatever it writes",
        ),
        pytest.param(
            "aeolus",
            "Introducing Kestrel, our first open language model",
            "Kestrel",
            id="called one in an aside",
        ),
        pytest.param("aeolus", "Introducing PPLX Online LLMs", "PPLX Online", id="a coined word and a noun"),
        pytest.param(
            "ibm",
            "IBM releases SOTA Granite Time Series PatchTST-FM-r2 model",
            "PatchTST-FM-r2",
            id="the last of the names in a row",
        ),
        pytest.param(
            "stability", "Introducing Stable Audio Open", "Stable Audio Open", id="Open ends the name"
        ),
        pytest.param(
            "stepfun", "Step 5 Flash Released: Fast Enough", "Step 5 Flash", id="a family that counts"
        ),
        pytest.param(
            "aeolus",
            "Aeolus Wind 3: forecasts for all",
            "Aeolus Wind 3",
            id="the lab's name, where it is said",
        ),
        pytest.param(
            "aeolus",
            "Aeolus Research | Kestrel 2 Released: Faster, Calmer",
            "Kestrel 2",
            id="behind a section's name",
        ),
        pytest.param(
            "ibm", "Introducing Granite Encoder 2", "Granite Encoder 2", id="an encoder with a version"
        ),
        pytest.param("openai", "Introducing Codex and GPT-6", "GPT-6", id="behind an app"),
        pytest.param("openai", "Introducing the Codex app and GPT-6", "GPT-6", id="which is called one"),
        pytest.param("openai", "Introducing Sora, ChatGPT Go, and GPT-6", "Sora", id="behind several"),
        pytest.param("openai", "Introducing Codex, ChatGPT Go, and GPT-6", "GPT-6", id="behind two apps"),
        pytest.param(
            "anthropic", "Introducing Claude Code and Opus 6", "Opus 6", id="behind an app of two words"
        ),
        pytest.param("openai", "发布 Codex 与 GPT-6", "GPT-6", id="behind an app in Chinese"),
        pytest.param(
            "anthropic",
            "Introducing ForecastBench and Claude Opus 6",
            "Claude Opus 6",
            id="behind a benchmark",
        ),
        pytest.param("openai", "Introducing o4", "o4", id="a small letter with a number"),
        pytest.param("openai", "Introducing o5", "o5", id="the next of them"),
        pytest.param("openai", "o5 is here", "o5", id="a small letter that begins"),
        pytest.param("openai", "Introducing OpenAI o6-mini", "o6-mini", id="behind the lab's name"),
    ],
)
def test_a_title_that_announces_a_model(lab: str, title: str, name: str) -> None:
    verdict = judged(lab, title)
    assert (verdict.kind, named(verdict), verdict.waits) == (Kind.RELEASE, name, False)


def test_an_address_may_announce_what_the_title_only_names() -> None:
    title = "Build more natural voice experiences with GPT-Live-1 in the API"
    assert judged("openai", title).kind is Kind.OTHER
    verdict = judged("openai", title, "https://openai.com/index/introducing-gpt-live-1-in-the-api/")
    assert (verdict.kind, named(verdict)) == (Kind.RELEASE, "GPT-Live-1")


MOTTO = "https://deepmind.google/blog/intelligent-transcription-with-gemini-3-5-transcribe/"


@pytest.mark.parametrize(
    ("lab", "title", "url", "name"),
    [
        pytest.param(
            "google",
            "Intelligent transcription with Gemini 3.5 Transcribe",
            MOTTO,
            "Gemini 3.5 Transcribe",
            id="behind a motto, and in the address",
        ),
        pytest.param(
            "aeolus",
            "Kestrel Reranker v2 for Agentic RAG: ultra-fast",
            "",
            "Kestrel Reranker v2",
            id="for a purpose",
        ),
        pytest.param(
            "anthropic", "Introducing Claude Fable", "", "Claude Fable", id="a new word behind an app"
        ),
        pytest.param(
            "nvidia",
            "NVIDIA Kumo Tabular Sets a New Frontier for Prediction",
            "",
            "NVIDIA Kumo Tabular",
            id="a new name with a purpose and a verb",
        ),
    ],
)
def test_a_name_that_is_only_mentioned_waits(lab: str, title: str, url: str, name: str) -> None:
    verdict = judged(lab, title, url)
    assert (verdict.kind, named(verdict), verdict.waits) == (Kind.RELEASE, name, True)


@pytest.mark.parametrize(
    ("lab", "title", "url"),
    [
        pytest.param(
            "openai",
            "No-code voice automation with GPT-7",
            "https://openai.com/index/retell-ai",
            id="a customer's",
        ),
        pytest.param(
            "openai", "Coding with GPT-7", "https://openai.com/index/coding-with-gpt-7", id="a gerund"
        ),
        pytest.param(
            "openai", "Acme improves reviews with OpenAI o3, o4-mini, and GPT-4.1", "", id="a list of tools"
        ),
        pytest.param(
            "google", "These developers are changing lives with Gemini 4", MOTTO, id="a whole sentence"
        ),
        pytest.param("google", "How a clinic heals with Gemini 4", MOTTO, id="a question"),
        pytest.param("google", "Create films in Flow with Gemini 4", MOTTO, id="an app does it"),
        pytest.param(
            "google", "Finding Gemini 3’s mistakes with Gemini 4", MOTTO, id="another model is there"
        ),
        pytest.param("anthropic", "Why we launched Claude Haiku 6", "", id="a story about the launch"),
        pytest.param(
            "anthropic",
            "Building with the Claude 5.5 Family: Choosing the Right Model",
            "",
            id="a whole family",
        ),
        pytest.param(
            "google", "WeatherNext: AI model achieves breakthrough", "", id="a model is the subject"
        ),
        pytest.param("moonshot", "Kimi K3 开放日：模型权重、技术报告同步开放", "", id="an open day"),
        pytest.param("moonshot", "Kimi K3 Tech Blog: Open Frontier Intelligence", "", id="a blog"),
        pytest.param("openai", "Introducing GDPval 2", "", id="a benchmark with a number"),
        pytest.param("openai", "Introducing LifeSciBench", "", id="a benchmark by its ending"),
        pytest.param(
            "google", "Gemini 4 Ultra: what you need to know", "", id="a subtitle that tells a story"
        ),
        pytest.param(
            "google", "Announcing Kestrel Preview with Gemini 4", "", id="a model inside what is announced"
        ),
        pytest.param(
            "ai2",
            "Introducing AIMIP: The AI climate model intercomparison project",
            "",
            id="a project by what describes it",
        ),
        pytest.param("ai2", "The Olmo 4 models leaderboard", "", id="models are only listed"),
        pytest.param(
            "mistral", "Mistral Large 4: A Technical Deep Dive", "", id="the title ends with what the post is"
        ),
        pytest.param(
            "ai2", "olmo-eval: An evaluation workbench", "", id="a benchmark with the family's name"
        ),
        pytest.param(
            "huggingface",
            "BananaMind 2 Pro: We've matched SmolLM2",
            "https://huggingface.co/blog/bananamind-2-pro",
            id="somebody's model where anybody may post",
        ),
        pytest.param(
            "anthropic",
            "Making Claude think",
            "https://www.anthropic.com/engineering/claude-think-tool",
            id="a tool",
        ),
        pytest.param("openai", "And the field is ...Radiology", "", id="dots in front of a capital"),
    ],
)
def test_a_title_that_speaks_of_something_else(lab: str, title: str, url: str) -> None:
    assert judged(lab, title, url).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("lab", "title"),
    [
        pytest.param("openai", "Introducing ChatGPT Images 2.0", id="an app and more words"),
        pytest.param("amazon", "Kiro 2: specs that stay in sync", id="an app with a number"),
        pytest.param("google", "Google Antigravity 2.0", id="behind the lab's name"),
        pytest.param("mistral", "Vibe 2.0", id="nothing but the app"),
        pytest.param(
            "ai2", "Kestrel 7: 3D Geometry Alignment Benchmark", id="a benchmark by what describes it"
        ),
        pytest.param("ai2", "Olmo-core 3: Open training infrastructure", id="a library by what describes it"),
        pytest.param("ai2", "Introducing OlmoEarth embeddings", id="made with a model"),
        pytest.param("google", "Gemma: New Features", id="news of a part"),
        pytest.param("ibm", "Introducing Mellow 0.4", id="a version before the first"),
        pytest.param("huggingface", "Optimus v2.2.0: What's New", id="a version in three parts"),
        pytest.param("aeolus", "Introducing Aeolus Max", id="a subscription of the lab"),
        pytest.param("ai2", "olmo-kit: everything for training", id="a tool with the family's name"),
        pytest.param("ai2", "OlmoTrace: follow the data", id="a tool by its ending"),
        pytest.param(
            "moonshot", "Kimi Agent Swarm: one prompt, 100 agents", id="an app's line without a number"
        ),
        pytest.param("openai", "Introducing Codex for GPT-6", id="an app for a model"),
        pytest.param("openai", "Introducing Codex and the GPT-6 API", id="two that are no models"),
        pytest.param("anthropic", "Introducing Claude Code and Claude", id="an app and a family"),
        pytest.param("google", "-Introducing the Gemini 4 API", id="a title that begins with a dash"),
    ],
)
def test_an_app_is_no_model(lab: str, title: str) -> None:
    assert judged(lab, title).kind is Kind.PRODUCT


@pytest.mark.parametrize(
    ("lab", "title", "first", "also"),
    [
        pytest.param(
            "anthropic",
            "Introducing Claude Fable 8.1 and Claude Mythos 8.1",
            "Claude Fable 8.1",
            ["Claude Mythos 8.1"],
            id="both in full",
        ),
        pytest.param(
            "anthropic",
            "Claude Fable 5 and Mythos 5: twins",
            "Claude Fable 5",
            ["Claude Mythos 5"],
            id="a family taken over",
        ),
        pytest.param(
            "google",
            "Introducing Gemini 3.6 Flash, 3.5 Flash-Lite, and 3.5 Flash Cyber",
            "Gemini 3.6 Flash",
            ["Gemini 3.5 Flash-Lite", "Gemini 3.5 Flash Cyber"],
            id="a list of three versions",
        ),
        pytest.param("openai", "GPT-6 Sol and Luna", "GPT-6 Sol", ["GPT-6 Luna"], id="a version taken over"),
        pytest.param(
            "openai",
            "GPT-5.4 mini and nano are here",
            "GPT-5.4 mini",
            ["GPT-5.4 nano"],
            id="one size for another",
        ),
        pytest.param(
            "mistral",
            "Introducing Mistral Medium 4 and Small 5",
            "Mistral Medium 4",
            ["Mistral Small 5"],
            id="a family whose last word is a size",
        ),
        pytest.param(
            "google",
            "Start building with Nano Banana 2 Lite and Gemini Omni Flash",
            "Nano Banana 2 Lite",
            ["Gemini Omni Flash"],
            id="two families",
        ),
        pytest.param(
            "poolside",
            "Introducing Laguna M.8 and XS.9",
            "Laguna M.8",
            ["Laguna XS.9"],
            id="a line and a version",
        ),
        pytest.param(
            "deepseek",
            "DeepSeek-V5-Pro 和 DeepSeek-V5-Flash 发布",
            "DeepSeek-V5-Pro",
            ["DeepSeek-V5-Flash"],
            id="in Chinese",
        ),
        pytest.param(
            "openai",
            "New audio models: gpt-realtime-3 and gpt-transcribe-2",
            "gpt-realtime-3",
            ["gpt-transcribe-2"],
            id="a list behind a colon",
        ),
        pytest.param("openai", "Introducing GPT-7 and gpt-7", "GPT-7", [], id="the same one, spelled again"),
        pytest.param(
            "mistral", "Introducing Codestral and Devstral", "Codestral", ["Devstral"], id="two new families"
        ),
        pytest.param("openai", "GPT-6 and Sora in the API", "GPT-6", [], id="no family that all know"),
        pytest.param(
            "anthropic",
            "Introducing Claude Opus 6 and our new Claude Haiku 6",
            "Claude Opus 6",
            ["Claude Haiku 6"],
            id="a description before the second",
        ),
        pytest.param(
            "zai", "We have released GLM-6V, a vision model", "GLM-6V", [], id="no description alone"
        ),
        pytest.param("anthropic", "Claude Opus 6 and Claude Code", "Claude Opus 6", [], id="no app"),
        pytest.param(
            "cohere", "Introducing Command A 2 and Llama 5 on North", "Command A 2", [], id="no partner"
        ),
        pytest.param("openai", "GPT-6, now with o3 inside: one for all", "GPT-6", [], id="no part of it"),
        pytest.param(
            "mistral", "Mistral Large 4: better than GPT-7", "Mistral Large 4", [], id="no comparison"
        ),
        pytest.param(
            "minimax", "MiniMax M2 & Agent: Ingenious", "MiniMax M2", [], id="no line for a version"
        ),
    ],
)
def test_a_title_that_names_several_models(lab: str, title: str, first: str, also: list[str]) -> None:
    verdict = judged(lab, title)
    assert (verdict.kind, named(verdict), others(verdict)) == (Kind.RELEASE, first, also)


def test_a_packaging_of_a_model_is_a_variant() -> None:
    verdict = judged("google", "Gemma 5 QAT: the same at a quarter of the size")
    assert (verdict.kind, named(verdict)) == (Kind.VARIANT, "Gemma 5")


DATES = st.dates().flatmap(
    lambda day: st.sampled_from(
        [
            f"{day:%Y-%m-%d}",
            f"{day.year}-{day.month}-{day.day}",
            f"{day:%Y-%m}",
            f"{day:%Y/%m/%d}",
            f"{day.year} 年 {day.month} 月 {day.day} 日",
            f"{day:%B %Y}",
            f"{day:%b} {day.day}",
            f"{day:%b} {day.day}, {day.year}",
        ]
    )
)


@given(st.sampled_from([lab.id for lab in LABS]), DATES, st.sampled_from(["", " 更新", " update", " notes"]))
def test_a_date_is_never_a_model(lab: str, date: str, rest: str) -> None:
    verdict = judged(lab, date + rest)
    assert verdict.kind is Kind.OTHER
    assert verdict.name is None


WORDS = """Introducing GPT-6 Claude Fable 5 Gemini 3.8 Flash Lite and , & : Sol Luna the for you with Mistral
Small MolmoMotion model — | 2026 Nov v2.1.0 发布 和 Agent API Open in preview GDPval"""
PARTS = st.lists(st.sampled_from(WORDS.split()), max_size=9)


@given(st.sampled_from(["openai", "anthropic", "google", "ai2", "mistral"]), PARTS)
def test_whatever_a_title_lists_is_listed_once_and_only_by_a_release(lab: str, parts: list[str]) -> None:
    verdict = judged(lab, " ".join(parts))
    keys = [name.release_key for name in (*filter(None, [verdict.name]), *verdict.also)]
    assert len(keys) == len(set(keys))
    assert verdict.kind is Kind.RELEASE or not (verdict.also or verdict.waits)
