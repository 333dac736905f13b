"""One sighting is judged by itself: a repository, a post or a listing."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Facts, Kind, Lab, Sighting, SourceKind, Verdict
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.naming.repositories import Siblings

LABS = Labs(
    [
        Lab("qwen", "Qwen", ("alibaba",), "CN", ("Qwen",)),
        Lab("moonshot", "Moonshot AI", ("kimi",), "CN", ("moonshotai",)),
        Lab("deepseek", "DeepSeek", (), "CN", ("deepseek-ai",)),
        Lab("nvidia", "NVIDIA", (), "US", ("nvidia",)),
        Lab("google", "Google", (), "US", ("google",)),
        Lab("meta", "Meta", (), "US", ("meta-llama", "facebook")),
        Lab("anthropic", "Anthropic", ("claude",), "US"),
        Lab("openai", "OpenAI", (), "US", ("openai",)),
        Lab("mistral", "Mistral", (), "FR", ("mistralai",)),
        Lab("cohere", "Cohere", (), "CA", ("CohereLabs",)),
        Lab("zai", "Z.ai", (), "CN", ("zai-org",)),
        Lab("aeolus", "Aeolus Labs", (), "GR", ("aeolus",)),
    ]
)


def judged_repository(repository: str, *tags: str, task: str = "", beside: Sequence[str] = ()) -> Verdict:
    owner = repository.partition("/")[0]
    lab = LABS.find(owner)
    return judge(
        Sighting(
            source_id=f"hub:{owner}",
            source=SourceKind.HUB,
            lab=lab.id if lab else owner,
            external_id="1",
            title=repository,
            url=f"https://huggingface.co/{repository}",
            tags=tags,
            facts=Facts(task=task),
        ),
        LABS,
        Siblings((repository, *beside)),
    )


def judged_post(lab: str, title: str, url: str = "", links: tuple[str, ...] = ()) -> Verdict:
    return judge(Sighting("feed:x", SourceKind.FEED, lab, "1", title, url, links=links), LABS)


def judged_listing(lab: str, name: str) -> Verdict:
    return judge(Sighting("llm_stats", SourceKind.LLM_STATS, lab, name, name, ""), LABS)


def quantized(repository: str) -> tuple[str, str]:
    return f"base_model:{repository}", f"base_model:quantized:{repository}"


@pytest.mark.parametrize(
    ("repository", "tags", "kind"),
    [
        pytest.param("Qwen/Qwen3-8B", (), Kind.RELEASE, id="a model under its own name"),
        pytest.param("google/gemma-4-31B-it", (), Kind.RELEASE, id="the tuned model"),
        pytest.param("moonshotai/Kimi-K2-Instruct-0905", (), Kind.RELEASE, id="a new snapshot"),
        pytest.param("moonshotai/Kimi-K2-Base", (), Kind.VARIANT, id="a base"),
        pytest.param("google/gemma-4-E4B", (), Kind.VARIANT, id="a base that does not say so"),
        pytest.param("aeolus/Zephyrus-2.5-40B", (), Kind.RELEASE, id="a bare name of an unknown family"),
        pytest.param("Qwen/Qwen3-8B-GGUF", (), Kind.VARIANT, id="another packaging"),
        pytest.param(
            "aeolus/Zephyrus-2.5-40B-A4B-Coder-NVFP4", (), Kind.VARIANT, id="of an unknown family too"
        ),
        pytest.param("meta-llama/Llama-2-7b-chat-hf", (), Kind.VARIANT, id="another layout of the files"),
        pytest.param(
            "meta-llama/CodeLlama-7b-Instruct-hf", (), Kind.RELEASE, id="a layout that all heads have"
        ),
        pytest.param(
            "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", (), Kind.RELEASE, id="NVIDIA's heads say BF16"
        ),
        pytest.param(
            "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-FP8", (), Kind.VARIANT, id="and its variants FP8"
        ),
        pytest.param(
            "nvidia/Llama-3.1-Nemotron-70B-Instruct", (), Kind.RELEASE, id="a lab's own tuning of another's"
        ),
        pytest.param("nvidia/DeepSeek-R1-FP4", (), Kind.OTHER, id="another lab's model, packaged again"),
        pytest.param(
            "nvidia/Boreas-7B-FP8",
            quantized("aeolus/Boreas-7B"),
            Kind.OTHER,
            id="which the tags may say alone",
        ),
        pytest.param(
            "Qwen/Qwen3-8B-AWQ", quantized("Qwen/Qwen3-8B"), Kind.VARIANT, id="the lab's own is a variant"
        ),
        pytest.param("google/gemma-4-31B-it-assistant", (), Kind.OTHER, id="a draft head"),
        pytest.param("deepseek-ai/eagle3_qwen3_8b", (), Kind.OTHER, id="a draft head for another lab"),
        pytest.param("Qwen/Qwen2.5-Math-PRM-7B", (), Kind.OTHER, id="a process reward model"),
        pytest.param("zai-org/VisionReward-Video", (), Kind.OTHER, id="a reward model in one word"),
        pytest.param("Qwen/Qwen3-TTS-Tokenizer-12Hz", (), Kind.OTHER, id="a tokenizer"),
        pytest.param("aeolus/Boreas-VAE-f16d64", (), Kind.OTHER, id="an autoencoder"),
        pytest.param("aeolus/Boreas-7B-step-1000", (), Kind.OTHER, id="a step of the training by number"),
        pytest.param("aeolus/Boreas-7B-stage1", (), Kind.OTHER, id="a stage of the training by number"),
        pytest.param("aeolus/Boreas-7B-SFT", (), Kind.VARIANT, id="a tuned stage that is not the last"),
        pytest.param("aeolus/Boreas-7B-SFT-ablation", (), Kind.OTHER, id="an ablation"),
        pytest.param("aeolus/Boreas-7B-it", ("lora",), Kind.OTHER, id="an adapter by its tags"),
        pytest.param(
            "aeolus/Boreas-7B", ("base_model:adapter:Qwen/Qwen3-8B",), Kind.OTHER, id="an adapter by its base"
        ),
        pytest.param(
            "nvidia/Seed-Sower-8B", (), Kind.RELEASE, id="a word that is a mark only before a number"
        ),
    ],
)
def test_the_kind_of_a_repository(repository: str, tags: tuple[str, ...], kind: Kind) -> None:
    assert judged_repository(repository, *tags).kind is kind


@pytest.mark.parametrize(
    ("repository", "tags", "kind"),
    [
        pytest.param("aeolus/BoreasTok-2", (), Kind.OTHER, id="a tokenizer, cut short in CamelCase"),
        pytest.param("aeolus/boreas-xl-refiner", (), Kind.OTHER, id="a refiner"),
        pytest.param("aeolus/Boreas-7B-base-20T-wosyn", (), Kind.OTHER, id="an ablation of the data"),
        pytest.param("aeolus/boreas-baselines", (), Kind.OTHER, id="baselines"),
        pytest.param("aeolus/Boreas-1.5_AudioEnc", (), Kind.OTHER, id="an encoder, cut short"),
        pytest.param("aeolus/Boreas-ICLoRA-detailer", (), Kind.OTHER, id="an adapter of another kind"),
        pytest.param("aeolus/Boreas-Tagger-for-Zephyrus", (), Kind.OTHER, id="a helper for another model"),
        pytest.param("aeolus/boreas-for-everyone-7B", (), Kind.RELEASE, id="but not for anything else"),
        pytest.param("aeolus/Boreas-7B-Fast", ("draft-model",), Kind.OTHER, id="a draft head by its tags"),
        pytest.param("aeolus/Boreas-2-Encoder-350M", (), Kind.RELEASE, id="an encoder of its own"),
        pytest.param("aeolus/Boreas-Encoder", (), Kind.OTHER, id="an encoder that is a part"),
        pytest.param("aeolus/Boreas-2-small-decoder", (), Kind.OTHER, id="a decoder always is"),
        pytest.param("aeolus/Boreas-2-7B-NF4", (), Kind.VARIANT, id="a packaging of late"),
        pytest.param("aeolus/Boreas-2-7B-AutoAWQ", (), Kind.VARIANT, id="a packaging by the tool's name"),
        pytest.param("aeolus/Boreas-7B_MG", (), Kind.VARIANT, id="a packaging that is one at the end"),
        pytest.param("aeolus/MG-7B", (), Kind.RELEASE, id="and a family's name at the start"),
        pytest.param("aeolus/Boreas-2-7B-nvfp4a16", (), Kind.VARIANT, id="weights and activations"),
        pytest.param("aeolus/Boreas-Step1.5", (), Kind.RELEASE, id="a version is no step"),
        pytest.param("aeolus/boreocodec", (), Kind.OTHER, id="a part at the end of a longer word"),
        pytest.param("aeolus/boreas-spatial-upscaler", (), Kind.OTHER, id="what enlarges another's images"),
        pytest.param("aeolus/Boreas-unsupervised", (), Kind.OTHER, id="the first half of a training"),
        pytest.param("aeolus/Boreas-7B-DSpark-GGUF", (), Kind.OTHER, id="a draft head, packaged"),
        pytest.param(
            "deepseek-ai/DeepSeek-V9-DSpark", (), Kind.VARIANT, id="a word that one family uses otherwise"
        ),
    ],
)
def test_what_a_name_says_by_itself(repository: str, tags: tuple[str, ...], kind: Kind) -> None:
    assert judged_repository(repository, *tags).kind is kind


@pytest.mark.parametrize(
    ("repository", "beside", "kind"),
    [
        pytest.param("Boreas-7B-S1", ("Boreas-7B",), Kind.OTHER, id="a training stage beside the model"),
        pytest.param("Boreas-7B-S1", ("Boreas-70B",), Kind.RELEASE, id="but not beside another"),
        pytest.param("Boreas-7B-S1-Pro", ("Boreas-7B",), Kind.OTHER, id="whatever follows"),
        pytest.param("Boreas-7B-Small", ("Boreas-7B",), Kind.RELEASE, id="a word is no stage"),
        pytest.param("Boreas-7B-Mix-3R", ("Boreas-7B",), Kind.OTHER, id="a mix of data beside the model"),
        pytest.param("Boreas-RL-600", ("Boreas-RL-800", "Boreas-RL-1000"), Kind.OTHER, id="steps"),
        pytest.param("Boreas-2507", ("Boreas-2509", "Boreas-2512"), Kind.RELEASE, id="but not snapshots"),
        pytest.param("Boreas-7B-5T", ("Boreas-7B",), Kind.OTHER, id="a checkpoint by the tokens read"),
        pytest.param("Boreas-5T", ("Boreas",), Kind.RELEASE, id="but not a size"),
        pytest.param("Boreas-7B", ("Boreas-7B-Instruct",), Kind.VARIANT, id="a base that does not say so"),
        pytest.param("Boreas-7B", ("Boreas-7B-Coder",), Kind.RELEASE, id="but not beside another line"),
        pytest.param("boreas-base", ("boreas",), Kind.VARIANT, id="a base beside the model"),
        pytest.param("boreas-base", ("boreas-small",), Kind.RELEASE, id="but not a size beside another"),
        pytest.param("Boreas-7B-FP32", ("Boreas-7B-INT8",), Kind.RELEASE, id="the widest of the packings"),
        pytest.param(
            "Boreas-7B-FP32", ("Boreas-7B-INT8", "Boreas-7B"), Kind.VARIANT, id="unless it is packed itself"
        ),
        pytest.param("Boreas-7B-FP8", ("Boreas-7B-INT8",), Kind.VARIANT, id="a narrow one among others"),
    ],
)
def test_what_a_name_says_beside_its_siblings(repository: str, beside: tuple[str, ...], kind: Kind) -> None:
    siblings = [f"aeolus/{name}" for name in beside]
    assert judged_repository(f"aeolus/{repository}", beside=siblings).kind is kind


@pytest.mark.parametrize(
    ("repository", "task", "kind"),
    [
        pytest.param("Boreas-N2-LIBERO", "robotics", Kind.OTHER, id="a policy tuned for one benchmark"),
        pytest.param("boreas_droid_finetuned", "robotics", Kind.OTHER, id="or for one robot"),
        pytest.param("Boreas-N2-3B", "robotics", Kind.RELEASE, id="the policy itself"),
        pytest.param("Boreas-Bridge-3B", "text-generation", Kind.RELEASE, id="no robot's model"),
        pytest.param("Boreas-7B-base", "text-generation", Kind.VARIANT, id="the base of a language model"),
        pytest.param("boreas-base", "fill-mask", Kind.RELEASE, id="an encoder of this size"),
    ],
)
def test_what_a_name_says_depends_on_what_the_model_is_for(repository: str, task: str, kind: Kind) -> None:
    assert judged_repository(f"aeolus/{repository}", task=task).kind is kind


class TestPackaging:
    """What the card says a repository was packed from, and what the name says, may differ."""

    def test_a_packaging_of_an_own_model_has_its_key_whatever_is_added_to_the_name(self) -> None:
        verdict = judged_repository("aeolus/Boreas-VL-500M-LEAP-Bundle", *quantized("aeolus/Boreas-VL-500M"))
        model = judged_repository("aeolus/Boreas-VL-500M").name
        assert verdict.kind is Kind.VARIANT
        assert verdict.name
        assert model
        assert verdict.name.release_key == model.release_key
        assert (verdict.name.display, verdict.name.packaging) == ("Boreas-VL-500M", "LEAP-Bundle")

    def test_it_is_none_of_a_model_whose_name_only_begins_alike(self) -> None:
        assert judged_repository("aeolus/Boreas-70B", *quantized("aeolus/Boreas-7")).kind is Kind.RELEASE

    @pytest.mark.parametrize(
        ("repository", "beside", "kind"),
        [
            pytest.param("aeolus/Boreas-7B-FP8", ["aeolus/Boreas-7B"], Kind.VARIANT, id="listed unpackaged"),
            pytest.param("aeolus/Boreas-7B-FP8", [], Kind.OTHER, id="not listed"),
            pytest.param(
                "aeolus/Boreas-7B-FP8-v2", ["aeolus/Boreas-7B-FP8"], Kind.OTHER, id="listed packaged alone"
            ),
            pytest.param("moonshotai/Kimi-K9-FP8", [], Kind.VARIANT, id="of a family known to be its own"),
        ],
    )
    def test_a_card_may_name_what_the_model_was_tuned_from(
        self, repository: str, beside: list[str], kind: Kind
    ) -> None:
        upstream = quantized("Qwen/Qwen3.5-9B")
        assert judged_repository(repository, *upstream, beside=beside).kind is kind


def test_an_encoder_that_fills_in_words_is_a_model_of_its_own() -> None:
    assert judged_repository("aeolus/boreas-encoder-150m", task="fill-mask").kind is Kind.RELEASE
    assert judged_repository("aeolus/boreas-encoder-150m").kind is Kind.OTHER


def test_a_language_models_base_is_a_stage_however_it_is_written() -> None:
    assert judged_repository("aeolus/boreas-base", task="fill-mask").kind is Kind.RELEASE
    verdict = judged_repository("aeolus/boreas-base", task="text-generation")
    assert verdict.kind is Kind.VARIANT
    assert verdict.name
    assert verdict.name.release_key == "aeolus/boreas"


def test_a_variant_has_the_key_of_its_release() -> None:
    head, variant = judged_repository("Qwen/Qwen3-8B"), judged_repository("Qwen/Qwen3-8B-Base-GGUF")
    assert head.name
    assert variant.name
    assert head.name.release_key == variant.name.release_key


@pytest.mark.parametrize(
    ("lab", "title", "display"),
    [
        pytest.param(
            "moonshot", "Kimi K2.6: Advancing Open-Source Coding", "Kimi K2.6", id="a name and a motto"
        ),
        pytest.param(
            "zai", "GLM\u20115.1: Towards Long-Horizon Tasks", "GLM-5.1", id="with an unbreakable hyphen"
        ),
        pytest.param("anthropic", "Introducing Claude Opus 4.7", "Claude Opus 4.7", id="an announcement"),
        pytest.param("mistral", "Mistral Small 3.1", "Mistral Small 3.1", id="nothing but a name"),
        pytest.param("deepseek", "DeepSeek-V3.2 正式版发布 2025/12/01", "DeepSeek-V3.2", id="in Chinese"),
        pytest.param("qwen", "Hello Qwen2", "Qwen2", id="a greeting"),
        pytest.param(
            "qwen", "<think>...</think> QwQ-Max-Preview", "QwQ-Max-Preview", id="markup around the name"
        ),
        pytest.param("qwen", "Time to Speak Some Dialects, Qwen-TTS!", "Qwen-TTS", id="the name at the end"),
        pytest.param(
            "google",
            "Gemini Robotics 2 brings whole body intelligence to robots",
            "Gemini Robotics 2",
            id="a verb",
        ),
        pytest.param(
            "cohere", "Cohere's Rerank v4.0 Model is Here!", "Rerank v4.0", id="the lab's name in front"
        ),
        pytest.param(
            "anthropic", "Claude 3.7 Sonnet and Claude Code", "Claude 3.7 Sonnet", id="a model and an app"
        ),
        pytest.param(
            "aeolus",
            "Zephyrus 2.5: the wind in your sails",
            "Zephyrus 2.5",
            id="an unknown family by its version",
        ),
        pytest.param(
            "aeolus", "Boreas: an open model for weather", "Boreas", id="an unknown family called a model"
        ),
        pytest.param(
            "aeolus", "Introducing Notos Mini", "Notos Mini", id="an unknown family with a word of size"
        ),
        pytest.param("aeolus", "Launch of Eurus 3", "Eurus 3", id="a noun of announcement"),
    ],
)
def test_a_post_that_announces_a_model(lab: str, title: str, display: str) -> None:
    verdict = judged_post(lab, title)
    assert verdict.kind is Kind.RELEASE
    assert verdict.name
    assert verdict.name.display == display


@pytest.mark.parametrize(
    ("lab", "title", "kind"),
    [
        pytest.param(
            "anthropic", "How Rakuten builds agents with Claude Opus 4.7", Kind.OTHER, id="a customer's story"
        ),
        pytest.param(
            "openai",
            "Shipping code faster with o3, o4-mini, and GPT-4.1",
            Kind.OTHER,
            id="with several models",
        ),
        pytest.param("openai", "GPT-5 System Card", Kind.OTHER, id="a system card"),
        pytest.param("openai", "Introducing SWE-bench Verified", Kind.OTHER, id="a benchmark"),
        pytest.param(
            "openai", "GPT-5.2 derives a new result in theoretical physics", Kind.OTHER, id="a deed"
        ),
        pytest.param(
            "google", "Gemma Scope 2: helping the safety community", Kind.OTHER, id="probes of a model"
        ),
        pytest.param(
            "qwen",
            "GSPO: Towards Scalable Reinforcement Learning for Language Models",
            Kind.OTHER,
            id="a method",
        ),
        pytest.param("deepseek", "Claude Opus 4.7: what we learned", Kind.OTHER, id="another lab's model"),
        pytest.param("anthropic", "Claude Code on the web", Kind.PRODUCT, id="an app"),
        pytest.param("mistral", "Introducing Mistral Code", Kind.PRODUCT, id="an app with a word of a line"),
        pytest.param("google", "Gemini CLI: your open-source AI agent", Kind.PRODUCT, id="a tool"),
        pytest.param("aeolus", "Introducing Anemoi 2, a chip for inference", Kind.PRODUCT, id="a device"),
        pytest.param(
            "anthropic", "Claude Opus 4.7 on Amazon Bedrock", Kind.VARIANT, id="where a model is to be had"
        ),
        pytest.param("anthropic", "Top 10 tips for 2026", Kind.OTHER, id="numbers that count"),
        pytest.param("anthropic", "", Kind.OTHER, id="nothing"),
    ],
)
def test_a_post_that_announces_none(lab: str, title: str, kind: Kind) -> None:
    assert judged_post(lab, title).kind is kind


def test_the_address_decides_where_the_title_plays_on_words() -> None:
    verdict = judged_post("mistral", "Medium is the new large.", "https://mistral.ai/news/mistral-medium-3/")
    assert verdict.kind is Kind.RELEASE
    assert verdict.name
    assert verdict.name.release_key == "mistral/mistral-medium-3"


def test_an_address_of_more_than_a_name_decides_nothing() -> None:
    url = "https://mistral.ai/news/mistral-medium-3-in-banking"
    assert judged_post("mistral", "Money talks.", url).kind is Kind.OTHER


def test_the_linked_repository_decides_where_the_title_plays_on_words() -> None:
    links = ("https://huggingface.co/mistralai/Voxtral-Mini-3B-2507", "https://huggingface.co/mistralai/")
    verdict = judged_post("mistral", "Speaking of voices", links=links)
    assert verdict.kind is Kind.RELEASE
    assert verdict.name
    assert verdict.name.display == "Voxtral-Mini-3B-2507"


def test_links_to_other_labs_or_to_several_families_decide_nothing() -> None:
    foreign = ("https://huggingface.co/google/gemma-4-31B-it",)
    several = (
        "https://huggingface.co/mistralai/Voxtral-Mini-3B-2507",
        "https://hf.co/mistralai/Leanstral-2603",
    )
    assert judged_post("mistral", "Speaking of voices", links=foreign).kind is Kind.OTHER
    assert judged_post("mistral", "Speaking of voices", links=several).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("lab", "name", "kind", "key"),
    [
        pytest.param("moonshot", "kimi-k2.6", Kind.RELEASE, "moonshot/kimi-k2.6", id="a slug"),
        pytest.param(
            "deepseek", "DeepSeek-V4-Pro-Max", Kind.RELEASE, "deepseek/deepseek-v4-pro", id="an effort mode"
        ),
        pytest.param(
            "openai", "gpt-5-high", Kind.RELEASE, "openai/gpt-5", id="an effort mode behind the version"
        ),
        pytest.param("openai", "o3-high", Kind.RELEASE, "openai/o3", id="an effort mode behind the family"),
        pytest.param(
            "mistral",
            "mistral-medium",
            Kind.RELEASE,
            "mistral/mistral-medium",
            id="a size that looks like one",
        ),
        pytest.param(
            "qwen", "qwen3.8-max", Kind.RELEASE, "qwen/qwen-3.8-max", id="a line that looks like one"
        ),
        pytest.param("moonshot", "kimi-k2-base", Kind.VARIANT, "moonshot/kimi-k2", id="a base"),
        pytest.param(
            "google", "gemma-3n-e4b-it-litert", Kind.VARIANT, "google/gemma-3n-e4b", id="a packaging"
        ),
        pytest.param(
            "mistral", "mistral-large-latest", Kind.OTHER, "mistral/mistral-large-latest", id="an alias"
        ),
        pytest.param(
            "deepseek", "deepseek-chat", Kind.OTHER, "deepseek/deepseek", id="an alias without a version"
        ),
        pytest.param(
            "moonshot",
            "kimi-k2.7-code-highspeed",
            Kind.RELEASE,
            "moonshot/kimi-k2.7-code",
            id="a speed of serving",
        ),
        pytest.param(
            "anthropic", "claude-opus-4.6-fast", Kind.RELEASE, "anthropic/claude-4.6-opus", id="behind a size"
        ),
        pytest.param(
            "moonshot",
            "kimi-k2-thinking-turbo",
            Kind.RELEASE,
            "moonshot/kimi-k2-thinking",
            id="behind a mode",
        ),
        pytest.param(
            "zai", "glm-5-turbo", Kind.VARIANT, "zai/glm-5-turbo", id="a speed or a model of its own"
        ),
        pytest.param("qwen", "qwen-turbo", Kind.RELEASE, "qwen/qwen-turbo", id="a size of the family"),
        pytest.param(
            "mistral",
            "mistral-large-3-675B-eagle",
            Kind.OTHER,
            "mistral/mistral-large-3-eagle-675b",
            id="a draft head",
        ),
    ],
)
def test_the_kind_of_a_listing(lab: str, name: str, kind: Kind, key: str) -> None:
    verdict = judged_listing(lab, name)
    assert verdict.kind is kind
    assert verdict.name
    assert verdict.name.release_key == key


def test_hub_post_and_listing_of_one_model_share_its_key() -> None:
    verdicts = (
        judged_repository("moonshotai/Kimi-K2.6"),
        judged_post("moonshot", "Kimi K2.6: Advancing Open-Source Coding"),
        judged_listing("moonshot", "kimi-k2.6"),
    )
    assert {verdict.name and verdict.name.release_key for verdict in verdicts} == {"moonshot/kimi-k2.6"}


@given(st.sampled_from(list(SourceKind)), st.text(max_size=400), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_gets_a_verdict_with_a_reason(source: SourceKind, text: str, tags: list[str]) -> None:
    verdict = judge(Sighting("x", source, "aeolus", "1", text, text, tags=tuple(tags), links=(text,)), LABS)
    assert verdict.reason
    assert len(verdict.reason) < 500


class TestLearnedNames:
    """What a person teaches in feeds.yaml outweighs every rule."""

    LABS = Labs([Lab("mistral", "Mistral AI", learned=(("Large Enough", "Mistral Large 2"),))])

    @pytest.mark.parametrize(
        ("title", "key"),
        [
            pytest.param("Large Enough", "mistral/mistral-large-2", id="the play on words itself"),
            pytest.param("LARGE  enough!", "mistral/mistral-large-2", id="whatever the case and the marks"),
            pytest.param("We are large enough-ish", "mistral/mistral-large-2", id="among other words"),
            pytest.param(
                "Large Enough: 123B parameters", "mistral/mistral-large-2", id="a number of its own"
            ),
            pytest.param("Enlarge enough of them", None, id="only as whole words"),
        ],
    )
    def test_a_taught_title_means_its_model(self, title: str, key: str | None) -> None:
        sighting = Sighting("feed:x", SourceKind.FEED, "mistral", "1", title, "https://mistral.ai/news/x")
        verdict = judge(sighting, self.LABS)
        assert (verdict.name.release_key if verdict.name else None) == key

    @pytest.mark.parametrize(
        ("kind", "title"),
        [
            pytest.param(SourceKind.FEED, "Large Enough 2", id="the next version"),
            pytest.param(SourceKind.FEED, "Large Enough-v2.1", id="however it is written"),
            pytest.param(SourceKind.FEED, "Large Enough.2", id="behind a point"),
            pytest.param(SourceKind.HUB, "mistralai/Large-Enough-GGUF", id="a repository"),
            pytest.param(SourceKind.LLM_STATS, "Large Enough", id="a listing"),
        ],
    )
    def test_what_says_something_else_is_judged_by_the_rules(self, kind: SourceKind, title: str) -> None:
        verdict = judge(Sighting("x", kind, "mistral", "1", title, ""), self.LABS)
        assert "feeds.yaml" not in verdict.reason


@pytest.mark.parametrize(
    ("lab", "title"),
    [
        pytest.param("qwen", "Qwen3.5 now available on Bedrock", id="on a platform"),
        pytest.param("qwen", "Qwen3-72B now available on Azure", id="of one size"),
        pytest.param(
            "anthropic", "Claude Opus 4.5 is now available in Microsoft Foundry", id="its owner first"
        ),
        pytest.param(
            "anthropic", "Claude Opus 4.5 is generally available through Vertex AI", id="through it"
        ),
        pytest.param(
            "anthropic",
            "Claude Opus 4.5 is available on Google Cloud's Vertex AI",
            id="a platform's platform",
        ),
        pytest.param(
            "anthropic", "Claude Opus 4.5 is now available via Nimbus", id="one that no table knows"
        ),
        pytest.param("google", "Gemini 2.5 Flash in public preview on Databricks", id="how far, and where"),
        pytest.param("anthropic", "Claude Opus 4.5 comes to GitHub Copilot", id="it comes to one"),
        pytest.param(
            "anthropic", "Claude Opus 4.5 launches on Snowflake", id="a verb of announcement behind"
        ),
        pytest.param("anthropic", "Claude Opus 4.5, now on Bedrock", id="behind a comma"),
        pytest.param("anthropic", "Claude Opus 4.5: now available on Bedrock", id="behind a colon"),
        pytest.param("anthropic", "Now available on Bedrock: Claude Opus 4.5", id="in front of the name"),
        pytest.param("mistral", "Announcing Mistral Large 3 now available on Azure", id="announced as such"),
        pytest.param("cohere", "Refreshed Command R and R+ models now on Azure", id="several models"),
        pytest.param("mistral", "Mistral Large 2 is available on watsonx", id="written small by its owner"),
    ],
)
def test_a_post_that_says_where_a_model_is_to_be_had(lab: str, title: str) -> None:
    assert judged_post(lab, title).kind is Kind.VARIANT


@pytest.mark.parametrize(
    ("lab", "title"),
    [
        pytest.param(
            "anthropic", "Claude Opus 4.5 is now available in the API", id="in the lab's own interface"
        ),
        pytest.param("openai", "GPT-5 is available in ChatGPT and the API", id="in its app"),
        pytest.param("anthropic", "Claude Opus 4.5 is now available", id="no place at all"),
        pytest.param("anthropic", "Claude Opus 4.5 is now available to everyone", id="for whom"),
        pytest.param("google", "Gemini 2.5 Flash is now generally available", id="generally"),
        pytest.param("openai", "GPT-5 is now available in preview", id="how far it is"),
        pytest.param("openai", "GPT-5 is available in three sizes", id="in which forms"),
        pytest.param("openai", "GPT-5 now available at half the price", id="at a price"),
        pytest.param("qwen", "Qwen3-Max is now available on Hugging Face", id="where weights lie"),
        pytest.param(
            "qwen", "Qwen3-Max is now available on Ollama and Hugging Face", id="there among others"
        ),
        pytest.param("qwen", "Qwen3-Max released on GitHub", id="where weights lie, and not Copilot"),
        pytest.param("anthropic", "Introducing Claude Opus 4.5, available on Bedrock", id="as an aside"),
        pytest.param(
            "anthropic", "Introducing Claude Opus 4.5 on Bedrock", id="introduced there, for all we know"
        ),
        pytest.param(
            "anthropic", "Claude Opus 4.5: our best model, available on Bedrock", id="behind a motto"
        ),
        pytest.param("openai", "GPT-5 brings us together", id="a word that is a platform with a capital"),
    ],
)
def test_a_post_that_says_more_than_where_is_a_release(lab: str, title: str) -> None:
    assert judged_post(lab, title).kind is Kind.RELEASE


@pytest.mark.parametrize(
    ("lab", "title", "kind"),
    [
        pytest.param("qwen", "Qwen-dary!", Kind.OTHER, id="a pun alone"),
        pytest.param("google", "Gemma-rizing: what is new", Kind.OTHER, id="a pun and a motto"),
        pytest.param("mistral", "Simply Mistral-ious", Kind.OTHER, id="a pun at the end"),
        pytest.param("qwen", "Qwen-VL", Kind.RELEASE, id="a line that the tables know"),
        pytest.param("openai", "gpt-oss: open weights", Kind.RELEASE, id="a name written small"),
        pytest.param("qwen", "Qwen-omni-ous 3", Kind.RELEASE, id="a version makes it a name"),
        pytest.param("qwen", "Introducing Qwen-flow", Kind.RELEASE, id="nobody introduces a pun"),
        pytest.param("qwen", "Qwen-Flow: tools that think", Kind.RELEASE, id="a capital makes it a name"),
    ],
)
def test_a_pun_on_a_family_is_no_name(lab: str, title: str, kind: Kind) -> None:
    assert judged_post(lab, title).kind is kind


@pytest.mark.parametrize(
    ("url", "links"),
    [
        pytest.param("https://qwen.ai/blog/qwen3-max", (), id="its address"),
        pytest.param("https://qwen.ai/blog/x", ("https://huggingface.co/Qwen/Qwen3-Max",), id="its links"),
    ],
)
def test_what_a_pun_is_about_is_said_elsewhere(url: str, links: tuple[str, ...]) -> None:
    verdict = judged_post("qwen", "Qwen-dary!", url, links)
    assert verdict.kind is Kind.RELEASE
    assert verdict.name
    assert verdict.name.release_key == "qwen/qwen-3-max"
