"""One complete set of weights: which files, how many bytes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.releases.facts.weights import gguf_label, has_weights, weight_set
from tests.support.shared import DATA, needs_shared


def body(*paths: str, size: int = 10) -> dict[str, Any]:
    return {"id": "lab/model", "siblings": [{"rfilename": path, "size": size} for path in paths]}


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        pytest.param(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "README.md"],
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
            id="all shards",
        ),
        pytest.param(
            ["model.safetensors-00001-of-00002.safetensors", "model.safetensors-00002-of-00002.safetensors"],
            ["model.safetensors-00001-of-00002.safetensors", "model.safetensors-00002-of-00002.safetensors"],
            id="shards that name the ending twice",
        ),
        pytest.param(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors"],
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
            id="shards, not the whole file beside them",
        ),
        pytest.param(
            [
                "model.safetensors",
                "pytorch_model.bin",
                "tf_model.h5",
                "flax_model.msgpack",
                "onnx/model.onnx",
            ],
            ["model.safetensors"],
            id="safetensors before every other format",
        ),
        pytest.param(
            ["model.safetensors", "original/consolidated.00.pth", "metal/model.bin"],
            ["model.safetensors"],
            id="no copies in the lab's own layout",
        ),
        pytest.param(
            ["model-00001-of-00001.safetensors", "consolidated.safetensors", "tokenizer.model"],
            ["model-00001-of-00001.safetensors"],
            id="no consolidated copy",
        ),
        pytest.param(
            ["consolidated-00001-of-00002.safetensors", "consolidated-00002-of-00002.safetensors"],
            ["consolidated-00001-of-00002.safetensors", "consolidated-00002-of-00002.safetensors"],
            id="consolidated files where there are no others",
        ),
        pytest.param(
            ["model.safetensors", "model.fp16.safetensors"],
            ["model.safetensors"],
            id="no second number format",
        ),
        pytest.param(
            [
                "model_index.json",
                "unet/diffusion_pytorch_model.safetensors",
                "unet/diffusion_pytorch_model.fp16.safetensors",
                "unet/diffusion_pytorch_model.bin",
                "vae/diffusion_pytorch_model.safetensors",
                "safety_checker/pytorch_model.bin",
                "sd-pruned.safetensors",
            ],
            [
                "unet/diffusion_pytorch_model.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
                "safety_checker/pytorch_model.bin",
            ],
            id="of a pipeline every component once, and not the single-file copy",
        ),
        pytest.param(
            ["transformer/a.safetensors", "transformer_2/b.safetensors", "text_encoder/c.safetensors"],
            ["transformer/a.safetensors", "transformer_2/b.safetensors", "text_encoder/c.safetensors"],
            id="components without an index",
        ),
        pytest.param(
            ["bf16/model.safetensors", "fp8/model.safetensors"],
            None,
            id="alternatives in folders are a choice",
        ),
        pytest.param(
            ["ltx-dev.safetensors", "ltx-distilled.safetensors"], None, id="two checkpoints are a choice"
        ),
        pytest.param(["m-Q4_K_M.gguf", "m-Q8_0.gguf"], None, id="several GGUF quantisations are a choice"),
        pytest.param(
            [
                "m-Q4_K_M-00001-of-00002.gguf",
                "m-Q4_K_M-00002-of-00002.gguf",
                "mmproj-F16.gguf",
                "imatrix.gguf",
            ],
            ["m-Q4_K_M-00001-of-00002.gguf", "m-Q4_K_M-00002-of-00002.gguf"],
            id="one GGUF quantisation, without its vision projector",
        ),
        pytest.param(
            [
                "pytorch_model-00001-of-00002.bin",
                "pytorch_model-00002-of-00002.bin",
                "training_args.bin",
                "optimizer.pt",
            ],
            ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"],
            id="no training state",
        ),
        pytest.param(
            ["consolidated.00.pth", "consolidated.01.pth"],
            ["consolidated.00.pth", "consolidated.01.pth"],
            id="pth shards",
        ),
        pytest.param(["asr.nemo"], ["asr.nemo"], id="NeMo"),
        pytest.param(["README.md", "config.json"], None, id="no weights"),
    ],
)
def test_one_complete_set(paths: list[str], chosen: list[str] | None) -> None:
    found = weight_set(body(*paths))
    assert (None if found is None else [file.path for file in found.files]) == chosen
    assert found is None or found.size == 10 * len(found.files)


@pytest.mark.parametrize(
    ("sibling", "size"),
    [
        pytest.param({"size": 5}, 5, id="as blobs=true gives it"),
        pytest.param({"lfs": {"size": 6}}, 6, id="from the pointer"),
        pytest.param({}, None, id="not stated"),
        pytest.param({"size": True, "lfs": "x"}, None, id="of the wrong type"),
        pytest.param({"size": -1}, None, id="negative"),
    ],
)
def test_the_size_of_a_file(sibling: dict[str, Any], size: int | None) -> None:
    one = weight_set({"siblings": [{"rfilename": "model.safetensors", **sibling}]})
    assert one is not None
    assert one.size == size


def test_one_file_without_a_size_leaves_the_sum_unknown() -> None:
    item = body("model-00001-of-00002.safetensors")
    item["siblings"].append({"rfilename": "model-00002-of-00002.safetensors"})
    one = weight_set(item)
    assert one is not None
    assert (len(one.files), one.size) == (2, None)


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        pytest.param(body("model.safetensors"), True, id="safetensors"),
        pytest.param(body("model.gguf"), True, id="GGUF"),
        pytest.param(body("weights/asr.nemo"), True, id="NeMo in a folder"),
        pytest.param(body("Model.mlpackage/Manifest.json"), True, id="a Core ML folder"),
        pytest.param(body("gemma.litertlm"), True, id="LiteRT"),
        pytest.param(body("WEIGHTS.SAFETENSORS"), True, id="in capitals"),
        pytest.param(body(".gitattributes", "README.md", "config.json"), False, id="an empty repository"),
        pytest.param(
            body("tokenizer.bin", "training_args.bin", "imatrix.gguf"),
            False,
            id="only what is beside weights",
        ),
        pytest.param({"siblings": []}, False, id="no files at all"),
        pytest.param({}, None, id="a listing item that names no files"),
        pytest.param({"siblings": "model.safetensors"}, None, id="nonsense"),
        pytest.param({"siblings": [{"rfilename": 5}, "x", None]}, False, id="files without names"),
    ],
)
def test_whether_there_are_weights(item: dict[str, Any], answer: bool | None) -> None:
    assert has_weights(item) is answer


@pytest.mark.parametrize(
    ("path", "label"),
    [
        pytest.param("Qwen3-8B-Q4_K_M.gguf", "Q4_K_M", id="k-quant"),
        pytest.param("gemma-3-27b-it-q4_0.gguf", "Q4_0", id="in lower case"),
        pytest.param("Kimi-K2-UD-IQ3_XXS-00001-of-00002.gguf", "IQ3_XXS", id="of a shard"),
        pytest.param("gpt-oss-20b-mxfp4.gguf", "MXFP4", id="MXFP4"),
        pytest.param("model-BF16.gguf", "BF16", id="BF16"),
        pytest.param("model.gguf", "", id="not in the name"),
        pytest.param("model-Q4_K_M.safetensors", "", id="no GGUF"),
    ],
)
def test_the_label_of_a_gguf_file(path: str, label: str) -> None:
    assert gguf_label(weight_set(body(path))) == label


@needs_shared
@pytest.mark.parametrize(
    "path", sorted((DATA / "hub" / "details").glob("*.json")), ids=lambda path: path.stem
)
def test_every_recorded_repository_has_weights(path: Path) -> None:
    item = json.loads(path.read_text(encoding="utf-8"))
    assert has_weights(item)
    several_checkpoints = item["id"] == "speechbrain/sepformer-wham"
    assert (weight_set(item) is None) == several_checkpoints


siblings = st.lists(
    st.fixed_dictionaries(
        {
            "rfilename": st.text(max_size=30)
            | st.sampled_from(["model.safetensors", "a/b.gguf", "m-1-of-2.bin"])
        },
        optional={
            "size": st.integers() | st.text(max_size=3),
            "lfs": st.dictionaries(st.just("size"), st.integers()),
        },
    )
    | st.integers()
)


@given(siblings)
def test_no_listing_of_files_raises(files: list[Any]) -> None:
    one = weight_set({"siblings": files})
    assert one is None or (one.files and (one.size is None or one.size >= 0))
    assert isinstance(gguf_label(one), str)


def test_thousands_of_long_paths_are_no_trouble() -> None:
    paths = ("a" * 900 + "-00001" * 10 + f"-{number}.safetensors" for number in range(2_000))
    assert weight_set(body(*paths)) is None


@pytest.mark.parametrize(
    ("files", "there"),
    [
        pytest.param(["model.safetensors"], True, id="one whole file"),
        pytest.param(["model-00001-of-00002.safetensors"], False, id="half an upload"),
        pytest.param(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"], True, id="all shards"
        ),
        pytest.param(
            ["model-00001-of-00002.safetensors", "q4.gguf"], True, id="half an upload beside a whole file"
        ),
        pytest.param(["README.md"], False, id="no weights"),
    ],
)
def test_an_upload_under_way_is_not_there_yet(files: list[str], there: bool) -> None:
    assert has_weights({"siblings": [{"rfilename": file, "size": 9 * 10**9} for file in files]}) is there
