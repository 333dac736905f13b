"""In which number format weights are released, and how much GPU memory they take to serve."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.releases.facts.figures import human_bytes
from bot.releases.facts.text import mapping_in, texts_in

# Several parameters lie in one stored element of these, so that a count of elements is only near the truth.
_PACKED = {"I32", "I16", "I8", "U32", "U16", "U8", "F4", "F4_E2M1", "FP4"}
_PLAIN = {"BF16": "BF16", "F16": "FP16", "F32": "FP32", "F64": "FP64"}
# Most exact first; the last of several in a name counts as the packaging only if no more exact one matches.
_WORDS = (
    ("NVFP4", r"nvfp4"),
    ("MXFP4", r"mxfp4"),
    ("MXFP8", r"mxfp8"),
    ("FP8", r"fp8|f8|float8|w8a8-?fp8|fp8-dynamic"),
    ("INT4", r"int4|w4a16|w4a8|w4a4|4-?bits?|awq|nf4|gptq-?4bit"),
    ("INT8", r"int8|w8a16|w8a8|8-?bits?"),
    ("FP4", r"fp4"),
    ("BF16", r"bf16"),
    ("FP16", r"fp16|f16"),
    ("FP32", r"fp32|f32"),
)
_BITS = {"FP64": 64, "FP32": 32, "BF16": 16, "FP16": 16, "FP8": 8, "MXFP8": 8, "INT8": 8}
_CONFIGURED = ("quantization_config", "quantization", "compression_config")
_FORMAT_FIELDS = ("format", "fmt", "quant_algo", "quant_method", "mode")
_OVERHEAD = 1.2
_SINGLE = (8, 16, 24, 32, 48, 80)  # GB of memory on one GPU
_LARGE = 80
_NODES = (1, 2, 4, 8)  # GPUs that serving software splits a model over; beyond that whole nodes of 8


def precision_of(item: Mapping[str, Any], name: str, counts: Mapping[str, int], size: int | None) -> str:
    """Return the format as released ("BF16", "FP8", "INT4", "MXFP4" ...), or "" when nothing states it.

    The configuration's quantisation comes first, then the packaging in the name, then what most of the
    weights are stored as, then the tags. `counts` are parameters by safetensors dtype, `size` the bytes of
    all weights: packed containers (I32, U8 ...) do not tell their format alone.
    """
    config = mapping_in(item.get("config"))
    settings = [
        part.get(field) for part in (config, mapping_in(config.get("text_config"))) for field in _CONFIGURED
    ]
    configured = (_quantized(one) for one in settings if isinstance(one, Mapping))
    tagged = (_worded(tag) for tag in texts_in(item.get("tags")) if ":" not in tag)
    return (
        next(filter(None, configured), "")
        or _worded(name)
        or _stored(counts)
        or next(filter(None, tagged), "")
        or _packed(counts, size)
    )


def is_packed(counts: Mapping[str, int]) -> bool:
    """Whether a noticeable part of the elements holds several parameters each."""
    packed = sum(count for dtype, count in counts.items() if dtype.upper() in _PACKED)
    return packed > 0.01 * sum(counts.values())


def _worded(text: str) -> str:
    """Return the format that a name, a tag or a setting says, or ""."""
    text = text[-300:].lower().replace("_", "-")
    said = (label for label, words in _WORDS if re.search(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", text))
    return next(said, "")


def _quantized(settings: Mapping[str, Any]) -> str:
    exact = _worded(" ".join(str(settings.get(field))[:40] for field in _FORMAT_FIELDS))
    if exact in {"NVFP4", "MXFP4", "MXFP8", "FP8"}:
        return exact
    width, kind = _width(settings)
    return f"{kind}{width}" if width in {4, 8} else exact


def _width(settings: Mapping[str, Any]) -> tuple[int, str]:
    """Return bits and kind of number, from whichever of the libraries' fields is there."""
    for loaded in (4, 8):
        if settings.get(f"load_in_{loaded}bit") is True:
            return loaded, "INT"
    groups = mapping_in(settings.get("config_groups"))
    weights = mapping_in(next(iter(groups.values()), None)).get("weights")
    weights = weights if isinstance(weights, Mapping) else settings
    width = next((weights[field] for field in ("num_bits", "bits", "w_bit") if field in weights), 0)
    return width if isinstance(width, int) else 0, "FP" if weights.get("type") == "float" else "INT"


def _stored(counts: Mapping[str, int]) -> str:
    most = max(counts, key=lambda dtype: counts[dtype], default="").upper()
    return "FP8" if most.startswith("F8_E") and most != "F8_E8M0" else _PLAIN.get(most, "")


def _packed(counts: Mapping[str, int], size: int | None) -> str:
    """Return 4 or 8 bits by the bytes of one parameter: the scales add some (Kimi-K2.6, INT4: 0.58)."""
    if not size or not is_packed(counts):
        return ""
    each = size / sum(counts.values())
    kind = "INT{}" if max(counts, key=lambda dtype: counts[dtype]).upper() in {"I32", "U32"} else "{}-bit"
    return kind.format(4) if 0.45 < each < 0.75 else kind.format(8) if 0.95 < each < 1.3 else ""


@dataclass(frozen=True, slots=True)
class Need:
    """The memory that one precision takes: the weights with their overhead, in bytes."""

    precision: str
    size: int

    @property
    def gpus(self) -> str:
        """What that is in GPUs: "about 1 x 24 GB", "about 8 x 80 GB"."""
        single = next((memory for memory in _SINGLE if self.size <= memory * 10**9), None)
        if single:
            return f"about 1 x {single} GB"
        least = math.ceil(self.size / (_LARGE * 10**9))
        count = next((node for node in _NODES if node >= least), 8 * math.ceil(least / 8))
        return f"about {count} x {_LARGE} GB"

    def __str__(self) -> str:
        return f"{self.precision}: {human_bytes(self.size)}, {self.gpus}"


def memory_to_serve(parameters: int | None, precision: str, download_bytes: int | None) -> tuple[Need, ...]:
    """Return what it takes to serve a model as released and, if that is more, in 4 bits; () when unknown."""
    released = bytes_to_serve(parameters, precision, download_bytes)
    needs = [Need(precision or "as released", released)] if released else []
    width = _bits(precision)
    if parameters and (width is None or width > 4):
        four_bits = math.ceil(parameters * 4 // 8 * _OVERHEAD)
        if not released or four_bits < released:
            needs.append(Need("4-bit", four_bits))
    return tuple(needs)


def bytes_to_serve(parameters: int | None, precision: str, download_bytes: int | None) -> int | None:
    """Return the bytes of memory that a model takes in the precision of its release, or None when unknown.

    It is what the filter `fits` goes by, and what the column `memory` of a stored release holds.

    Weights x 1.2: the 20 % for buffers and fragmentation is the rule of vllm-project/recipes
    (CONTRIBUTING.md) and of accelerate's estimator
    (https://huggingface.co/docs/accelerate/usage_guides/model_size_estimator). The weights are the
    download where it is known, because mixed formats are larger than parameters x bits; all parameters
    count, active or not. The cache for long contexts comes on top.
    """
    width = _bits(precision)
    weights = download_bytes or (parameters * width // 8 if parameters and width else None)
    return math.ceil(weights * _OVERHEAD) if weights else None


def _bits(precision: str) -> int | None:
    """Return the bits of one weight, or None for a format that does not tell."""
    if match := re.fullmatch(r"I?Q(\d)(?:_.*)?|([48])-bit", precision):
        return int(match[1] or match[2])
    return _BITS.get(precision) or (4 if re.search(r"(INT|FP)4", precision) else None)
