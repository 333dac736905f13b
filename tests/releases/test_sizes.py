"""How many parameters, bytes and tokens: what names, the Hub and cards state, and how it is written."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Facts, LicenseStatement
from bot.releases.facts.evidence import facts_from_hub, hub_count
from bot.releases.facts.figures import (
    Stated,
    human_bytes,
    human_context,
    human_count,
    human_parameters,
    stated_in,
)

B, T = 10**9, 10**12


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        pytest.param("Qwen3.6-35B-A3B", Stated(35 * B, 3 * B), id="total and active"),
        pytest.param("Qwen3.8-2.4T-A95B", Stated(2400 * B, 95 * B), id="trillions are sizes too"),
        pytest.param(
            "Mellum2-12B-A2.5B-Thinking", Stated(12 * B, 2_500_000_000), id="an active size has decimals"
        ),
        pytest.param("granite-3.0-1b-a400m", Stated(B, 400_000_000), id="an active size may be in millions"),
        pytest.param("Kimi-VL-A3B", Stated(None, 3 * B), id="A3B alone is the active size"),
        pytest.param(
            "Llama-4-Scout-17B-16E", Stated(None, 17 * B), id="before a number of experts the size is active"
        ),
        pytest.param("Mixtral-8x7B-v0.1", Stated(46_700_000_000, 12_900_000_000), id="8x7B is looked up"),
        pytest.param("Mixtral-8x22B-v0.1", Stated(140_600_000_000, 39 * B), id="8x22B is looked up"),
        pytest.param("Dolphin-4x3B", Stated(), id="other mixtures are never multiplied"),
        pytest.param("OLMoE-1B-7B-0125", Stated(7 * B, B), id="OLMoE writes the active size first"),
        pytest.param("t5gemma-9b-2b", Stated(), id="encoder and decoder are not total and active"),
        pytest.param("t5gemma-270m-270m", Stated(), id="two equal sizes are encoder and decoder"),
        pytest.param("gemma-3n-E4B-it", Stated(), id="an effective size is neither"),
        pytest.param("Qwen3-0.6B", Stated(600_000_000), id="less than a billion"),
        pytest.param("gemma-3-270m-it", Stated(270_000_000), id="millions"),
        pytest.param("Ling-1T", Stated(T), id="1T alone is a size"),
        pytest.param("bitnet-b1.58-2B-4T", Stated(2 * B), id="4T beside a size are training tokens"),
        pytest.param(
            "TinyLlama-1.1B-step-1431k-3T", Stated(1_100_000_000), id="so are 3T, and 1431k are steps"
        ),
        pytest.param("Qwen2.5-7B-Instruct-1M", Stated(7 * B), id="1M is a context"),
        pytest.param("glm-4-9b-chat-1m", Stated(9 * B), id="1m is a context in lower case too"),
        pytest.param("MiniMax-M1-80k", Stated(), id="80k is a thinking budget"),
        pytest.param("Yi-1.5-9B-32K", Stated(9 * B), id="32K is a context"),
        pytest.param("Qwen3-TTS-12Hz-1.7B", Stated(1_700_000_000), id="12Hz is a rate"),
        pytest.param("glm-4", Stated(), id="4 is a version"),
        pytest.param("phi-4", Stated(), id="so it is here"),
        pytest.param("MiniCPM5-1B", Stated(B), id="the 5 is a version, 1B the size"),
        pytest.param("bloom-7b1", Stated(7_100_000_000), id="7b1 is 7.1"),
        pytest.param("stablelm-2-1_6b", Stated(1_600_000_000), id="1_6b is 1.6"),
        pytest.param("llama_3_8b", Stated(8 * B), id="between underscores a version stays a version"),
        pytest.param("Qwen3-8B-4bit", Stated(8 * B), id="4bit is a packaging"),
        pytest.param("zephyr-orpo-141b-A35b-v0.1", Stated(141 * B, 35 * B), id="case does not count"),
        pytest.param("qwen3:30b-a3b", Stated(30 * B, 3 * B), id="a colon separates as well"),
        pytest.param("Qwen-8B.Q4_K_M.gguf", Stated(8 * B), id="a file name states its size"),
        pytest.param("gemma-4-31B-it-assistant", Stated(), id="a draft head's name has its target's size"),
        pytest.param("gpt-oss-120b-Eagle3", Stated(), id="so has an EAGLE head's"),
        pytest.param("Zephyrus-2.5-40B-A4B-Coder-NVFP4", Stated(40 * B, 4 * B), id="a lab never seen before"),
        pytest.param("7B-Labs/Coder", Stated(), id="the owner's name is not the model's"),
        pytest.param("Qwen3.5: 0.8B, 2B and 4B", Stated(), id="several sizes are not one"),
        pytest.param("٣B", Stated(), id="digits of other scripts are letters here"),
        pytest.param("", Stated(), id="nothing states nothing"),
    ],
)
def test_what_a_name_states(name: str, stated: Stated) -> None:
    assert stated_in(name) == stated


@pytest.mark.parametrize(
    ("count", "text"),
    [
        pytest.param(1_026_879_376_368, "1.0T", id="trillions with one decimal"),
        pytest.param(2_446_182_725_504, "2.4T", id="rounded"),
        pytest.param(35_951_822_704, "36B", id="from ten on whole numbers"),
        pytest.param(7_615_616_512, "7.6B", id="below ten one decimal"),
        pytest.param(9_960_000_000, "10B", id="rounding up to ten drops the decimal"),
        pytest.param(999_600_000_000, "1.0T", id="rounding up to a thousand takes the next unit"),
        pytest.param(600_000_000, "600M", id="millions"),
        pytest.param(664_944, "665K", id="thousands"),
        pytest.param(270, "270", id="a few"),
    ],
)
def test_a_count_for_people(count: int, text: str) -> None:
    assert human_count(count) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("Qwen/Qwen3.6-35B-A3B", "35B", id="the name's own figure"),
        pytest.param("Qwen3.8-2.4T-A95B", "2.4T", id="as the name writes it"),
        pytest.param("Kimi-K2.6", "36B", id="without one the count, rounded"),
        pytest.param("Rocket-0B", "36B", id="nonsense is no figure"),
    ],
)
def test_the_headline_says_what_the_name_says(name: str, text: str) -> None:
    assert human_parameters(35_951_822_704, name) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        pytest.param(595_150_000_000, "595 GB", id="decimal gigabytes"),
        pytest.param(16_060_000_000, "16.1 GB", id="below a hundred one decimal"),
        pytest.param(14_000_000_000, "14 GB", id="but not an empty one"),
        pytest.param(1_560_900_000_000, "1.6 TB", id="terabytes"),
        pytest.param(999_950_000_000, "1 TB", id="rounding up takes the next unit"),
        pytest.param(940_000_000, "940 MB", id="megabytes"),
        pytest.param(12, "12 bytes", id="bytes"),
    ],
)
def test_bytes_for_people(size: int, text: str) -> None:
    assert human_bytes(size) == text


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        pytest.param(262_144, "256K", id="1,024s"),
        pytest.param(202_752, "198K", id="1,024s that are no power of two"),
        pytest.param(128_000, "128K", id="thousands where they are whole"),
        pytest.param(131_072, "128K", id="both are 128K"),
        pytest.param(256_000, "256K", id="whole thousands, although 1,024 divides them"),
        pytest.param(40_960, "40K", id="forty"),
        pytest.param(1_000_000, "1M", id="a decimal million"),
        pytest.param(1_048_576, "1M", id="a binary million"),
        pytest.param(1_010_000, "1M", id="a million and a little"),
        pytest.param(10_485_760, "10M", id="ten million"),
        pytest.param(512, "512", id="few tokens are counted"),
    ],
)
def test_a_context_for_people(tokens: int, text: str) -> None:
    assert human_context(tokens) == text


def counted(total: int, **dtypes: int) -> dict[str, Any]:
    return {"safetensors": {"parameters": dtypes or {"BF16": total}, "total": total}}


@pytest.mark.parametrize(
    ("item", "parameters", "approximate"),
    [
        pytest.param(
            {"id": "Qwen/Qwen3.6-35B-A3B", **counted(35_951_822_704)},
            35_951_822_704,
            False,
            id="the Hub's count is the exact figure of the name's",
        ),
        pytest.param(
            {
                "id": "moonshotai/Kimi-K2.6",
                **counted(1_026_879_376_368, I32=1_014_686_023_680, BF16=12_193_352_688),
            },
            1_026_879_376_368,
            True,
            id="packed weights are counted approximately",
        ),
        pytest.param(
            {"id": "nvidia/Qwen3.6-27B-NVFP4", **counted(18_164_649_200, U8=18_164_649_200)},
            27 * B,
            False,
            id="a count that contradicts the name is refused",
        ),
        pytest.param(
            {"id": "deepreinforce-ai/Ornith-1.0-35B", **counted(664_944)}, 35 * B, False, id="so is garbage"
        ),
        pytest.param(
            {"id": "Qwen/Qwen3-ASR-1.7B", **counted(2_349_217_408)},
            2_349_217_408,
            False,
            id="a name that only counts the language model is no contradiction",
        ),
        pytest.param(
            {"id": "google/gemma-4-31B-it-assistant", **counted(469_518_596)},
            469_518_596,
            False,
            id="a draft head has its own count",
        ),
        pytest.param(
            {"id": "black/Flux-9", "library_name": "diffusers", **counted(12 * B)},
            None,
            False,
            id="of a pipeline the Hub counts one part, which is not its size",
        ),
        pytest.param(
            {"id": "a/Kimi", "safetensors": {"total": 333_312, "parameters": {"BF16": 7_600_000_000}}},
            7_600_000_000,
            False,
            id="a total below its parts is not the total",
        ),
        pytest.param(
            {"id": "unsloth/Qwen3.6-35B-A3B-GGUF", "gguf": {"total": 34_660_610_688}},
            34_660_610_688,
            False,
            id="GGUF has a count as well",
        ),
        pytest.param(
            {"id": "a/Kimi-VL-A3B", **counted(400_000_000)},
            None,
            False,
            id="a model has no fewer parameters than are active",
        ),
        pytest.param({"id": "Kimi/K2"}, None, False, id="nothing states it"),
        pytest.param(
            {"id": "a/b", "safetensors": {"total": True, "parameters": {"BF16": "many"}}},
            None,
            False,
            id="nonsense",
        ),
        pytest.param(
            {
                "id": "a/b",
                "siblings": [{"rfilename": "model.safetensors", "size": 70 * B}],
                **counted(664_944),
            },
            None,
            False,
            id="a count that cannot fill the files is refused",
        ),
    ],
)
def test_the_total_of_parameters(item: Mapping[str, Any], parameters: int | None, approximate: bool) -> None:
    facts = facts_from_hub(item)
    assert (facts.parameters, facts.parameters_approximate) == (parameters, approximate)


@pytest.mark.parametrize(
    ("item", "card", "parameters", "active"),
    [
        pytest.param(
            {"id": "a/Kimi"}, "1T total parameters", T, None, id="the card's total where nothing else says"
        ),
        pytest.param(
            {"id": "a/Kimi", **counted(7 * B)},
            "Distilled from 671B total parameters with 37B active parameters.",
            7 * B,
            None,
            id="the card of a distilled model speaks of another one",
        ),
        pytest.param(
            {"id": "nvidia/Nemotron-30B-A3B-NVFP4", **counted(18 * B, U8=18 * B)},
            "31.6B total parameters, of which 3.2B active",
            31_600_000_000,
            3_200_000_000,
            id="the card may be more exact than the name",
        ),
        pytest.param({"id": "a/Coder-7B"}, "671B total parameters", 7 * B, None, id="but not contradict it"),
        pytest.param(
            {"id": "a/Coder", **counted(80 * B)},
            "A 480B-parameter MoE with 35B active parameters.",
            80 * B,
            None,
            id="a card of another size has other actives too",
        ),
        pytest.param(
            {"id": "a/V4", **counted(862 * B, U8=862 * B)},
            "V4 has 1.6T total parameters, 49B activated.",
            1600 * B,
            49 * B,
            id="but packed weights are counted too low",
        ),
    ],
)
def test_what_the_card_adds(item: Mapping[str, Any], card: str, parameters: int, active: int | None) -> None:
    facts = facts_from_hub(item, readme=card)
    assert (facts.parameters, facts.active_parameters) == (parameters, active)


def test_the_count_that_was_refused_can_still_be_shown() -> None:
    assert hub_count({"id": "nvidia/Qwen3.6-27B-NVFP4", **counted(18_164_649_200)}) == 18_164_649_200


@pytest.mark.parametrize(
    ("item", "readme", "context"),
    [
        pytest.param({"config": {"max_position_embeddings": 262_144}}, "", 262_144, id="the configuration"),
        pytest.param(
            {"config": {"text_config": {"max_position_embeddings": 40_960}}},
            "",
            40_960,
            id="that of the text part",
        ),
        pytest.param(
            {"config": {"max_position_embeddings": 163_840, "rope_scaling": {"factor": 40}}},
            "",
            163_840,
            id="never multiplied by a rope factor",
        ),
        pytest.param({"gguf": {"context_length": 131_072}}, "", 131_072, id="the GGUF file"),
        pytest.param({}, "- Context Length: 256K", 262_144, id="the card where no file says"),
        pytest.param(
            {"config": {"max_position_embeddings": 32_768}},
            "Context Length | 1M",
            32_768,
            id="the file before the card",
        ),
        pytest.param({"config": {"max_position_embeddings": -1}}, "", None, id="nonsense is not stated"),
    ],
)
def test_the_context_length(item: Mapping[str, Any], readme: str, context: int | None) -> None:
    assert facts_from_hub({"id": "a/b", **item}, readme=readme).context_tokens == context


@pytest.mark.parametrize(
    ("item", "precision"),
    [
        pytest.param(counted(5, BF16=5), "BF16", id="as most of the weights are stored"),
        pytest.param(counted(9, F8_E4M3=8, BF16=1), "FP8", id="FP8 weights with BF16 norms"),
        pytest.param(
            {"config": {"quantization_config": {"quant_method": "fp8"}}}, "FP8", id="the configuration"
        ),
        pytest.param(
            {"config": {"quantization_config": {"quant_method": "mxfp4"}}}, "MXFP4", id="as gpt-oss has it"
        ),
        pytest.param(
            {"config": {"quantization_config": {"quant_method": "gptq", "bits": 4}}},
            "INT4",
            id="bits of GPTQ",
        ),
        pytest.param(
            {"config": {"quantization_config": {"quant_method": "bitsandbytes", "load_in_8bit": True}}},
            "INT8",
            id="bitsandbytes",
        ),
        pytest.param(
            {
                "config": {
                    "quantization_config": {
                        "quant_method": "compressed-tensors",
                        "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "int"}}},
                    }
                }
            },
            "INT4",
            id="compressed-tensors, as Kimi K2.6 has it",
        ),
        pytest.param({"config": {"quantization": {"bits": 4, "group_size": 64}}}, "INT4", id="MLX"),
        pytest.param(
            {"id": "a/Nemotron-3-30B-NVFP4", **counted(9, U8=9)}, "NVFP4", id="the name's packaging"
        ),
        pytest.param({"id": "a/Qwen3-8B-GPTQ-Int4"}, "INT4", id="the name's packaging, in its own words"),
        pytest.param(
            {"id": "a/b", "tags": ["mxfp4"], **counted(9, U8=9)}, "MXFP4", id="a tag for packed weights"
        ),
        pytest.param(
            {"tags": ["base_model:quantized:x/y-fp8"]},
            "",
            id="what another repository is called says nothing",
        ),
        pytest.param(
            {"siblings": [{"rfilename": "model.safetensors", "size": 58}], **counted(100, I32=98, BF16=2)},
            "INT4",
            id="packed integers of 0.58 bytes are INT4",
        ),
        pytest.param(
            {"siblings": [{"rfilename": "Qwen3-8B-Q4_K_M.gguf", "size": 5}]},
            "Q4_K_M",
            id="the only GGUF file's",
        ),
        pytest.param(counted(9, U8=9), "", id="packed weights alone tell nothing"),
        pytest.param({}, "", id="not stated"),
    ],
)
def test_the_precision_as_released(item: Mapping[str, Any], precision: str) -> None:
    assert facts_from_hub({"id": "a/b", **item}).precision == precision


@pytest.mark.parametrize(
    ("item", "said"),
    [
        pytest.param({"siblings": [{"rfilename": "a.safetensors"}]}, "there", id="a file of weights"),
        pytest.param({"siblings": [{"rfilename": "README.md"}]}, "none", id="nothing but a card"),
        pytest.param({"siblings": []}, "none", id="an empty repository"),
        pytest.param({}, "", id="a listing names no files"),
        pytest.param({"siblings": 5}, "", id="files of the wrong type"),
    ],
)
def test_whether_there_are_weights(item: Mapping[str, Any], said: str) -> None:
    assert facts_from_hub({"id": "moonshotai/Kimi-K3", **item}).weights == said


def test_the_newest_word_on_the_weights_counts_and_silence_is_none() -> None:
    assert Facts(weights="there").filled_from(Facts(weights="none")).weights == "there"
    assert Facts().filled_from(Facts(weights="none")).weights == "none"


def test_a_detail_body_gives_all_facts() -> None:
    facts = facts_from_hub(
        {
            "id": "moonshotai/Kimi-K2.6",
            "pipeline_tag": "text-generation",
            "gated": False,
            "cardData": {"license": "other", "license_name": "modified-mit", "license_link": "LICENSE"},
            "tags": ["license:other"],
            "siblings": [
                {"rfilename": "model-00001-of-00002.safetensors", "size": 300 * B},
                {"rfilename": "model-00002-of-00002.safetensors", "size": 295 * B},
                {"rfilename": "README.md", "size": 9},
            ],
            "config": {"text_config": {"max_position_embeddings": 262_144}},
            **counted(1_026_879_376_368, I32=1_014_686_023_680, BF16=12_193_352_688),
        },
        readme="Kimi K2.6 is an open model for agents and for code, with 32B active parameters in all.",
    )
    assert facts == Facts(
        license=LicenseStatement("other", "modified-mit", "LICENSE"),
        parameters=1_026_879_376_368,
        parameters_approximate=True,
        parameters_counted=1_026_879_376_368,
        active_parameters=32 * B,
        precision="INT4",
        download_bytes=595 * B,
        weight_files=2,
        weights="there",
        context_tokens=262_144,
        task="text-generation",
        gated="no",
        summary="Kimi K2.6 is an open model for agents and for code, with 32B active parameters in all.",
    )


@pytest.mark.parametrize(
    ("gated", "said"),
    [
        pytest.param(False, "no", id="open"),
        pytest.param("auto", "auto", id="on request"),
        pytest.param("manual", "manual", id="after a review"),
        pytest.param(None, "", id="not stated"),
        pytest.param(True, "", id="a value that the Hub does not have"),
        pytest.param(["auto"], "", id="a value of the wrong type"),
    ],
)
def test_whether_access_must_be_asked_for(gated: object, said: str) -> None:
    assert facts_from_hub({"id": "a/b", "gated": gated}).gated == said


MODELS = Path(__file__).parent / "data" / "model_sizes.tsv"


def known_models() -> list[dict[str, str]]:
    lines = MODELS.read_text(encoding="utf-8").splitlines()[1:]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def judged(field: str) -> tuple[list[str], list[str]]:
    """Return the repositories whose figure is right, and those where it is wrong."""
    right, wrong = list[str](), list[str]()
    for model in known_models():
        count = int(model["hub_count"] or 0)
        item = {"id": model["repository"], "pipeline_tag": model["task"]}
        item |= counted(count, **{model["dtype"] or "BF16": count}) if count else {}
        facts = facts_from_hub(item, readme=model["card"].replace(" / ", "\n"))
        found = facts.parameters if field == "total" else facts.active_parameters
        true = int(model[field] or 0)
        if found is not None:
            (right if abs(found - true) <= 0.05 * true else wrong).append(model["repository"])
    return right, wrong


def test_the_totals_of_released_models_are_right_and_none_is_invented() -> None:
    right, wrong = judged("total")
    assert wrong == ["microsoft/bitnet-b1.58-2B-4T"]  # 2.4 B, which neither its name nor the Hub says
    assert len(right) >= 77


def test_the_active_parameters_of_released_models_are_right_and_none_is_invented() -> None:
    right, wrong = judged("active")
    assert wrong == ["allenai/OLMoE-1B-7B-0125-Instruct"]  # 1.2 B, which its name rounds to 1B
    assert len(right) >= 35


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = [
    "id",
    "tags",
    "siblings",
    "config",
    "cardData",
    "safetensors",
    "gguf",
    "gated",
    "pipeline_tag",
    "library_name",
]


@given(st.dictionaries(st.sampled_from(fields), json_values))
def test_no_body_raises(item: dict[str, Any]) -> None:
    facts_from_hub(item)


@given(st.text(max_size=400), st.sampled_from(["7B", "A3B", "8x7B", "16E", "1T", "-", "_", "3_8b", ".5B"]))
def test_no_name_raises(text: str, token: str) -> None:
    stated_in(text + token + text)


@given(st.integers(min_value=0, max_value=10**18))
def test_every_number_can_be_written(number: int) -> None:
    for write in (human_count, human_bytes, human_context):
        assert 0 < len(write(number)) < 30
