"""In which number format the weights are released."""

import re
from collections.abc import Mapping
from typing import Any

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


def precision_of(
    item: Mapping[str, Any], name: str, counts: Mapping[str, int], size: int | None = None
) -> str:
    """Return the format as released ("BF16", "FP8", "INT4", "MXFP4" ...), or "" when nothing states it.

    The configuration's quantisation comes first, then the packaging in the name, then what most of the
    weights are stored as, then the tags. `counts` are parameters by safetensors dtype, `size` the bytes of
    all weights: packed containers (I32, U8 ...) do not tell their format alone.
    """
    config = item.get("config")
    tags = item.get("tags")
    words = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return (
        _configured(config if isinstance(config, Mapping) else {})
        or worded(name)
        or _stored(counts)
        or next((label for word in words if ":" not in word and (label := worded(word))), "")
        or _packed(counts, size)
    )


def is_packed(counts: Mapping[str, int]) -> bool:
    """Whether a noticeable part of the elements holds several parameters each."""
    packed = sum(count for dtype, count in counts.items() if dtype.upper() in _PACKED)
    return packed > 0.01 * sum(counts.values())


def bits(precision: str) -> int | None:
    """Return the bits of one weight, or None for a format that does not tell."""
    if precision in _BITS:
        return _BITS[precision]
    match = re.fullmatch(r"I?Q(\d)(_.*)?", precision)
    if match:
        return int(match[1])
    if precision in {"4-bit", "8-bit"}:
        return int(precision[0])
    return 4 if re.search(r"(INT|FP)4", precision) else None


def worded(text: str) -> str:
    """Return the format that a name, a tag or a setting says, or ""."""
    text = text[-300:].lower().replace("_", "-")
    for label, words in _WORDS:
        if re.search(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])", text):
            return label
    return ""


def _configured(config: Mapping[str, Any]) -> str:
    for settings in (config, config.get("text_config")):
        for field in ("quantization_config", "quantization", "compression_config"):
            quantization = settings.get(field) if isinstance(settings, Mapping) else None
            if isinstance(quantization, Mapping) and (label := _quantized(quantization)):
                return label
    return ""


def _quantized(settings: Mapping[str, Any]) -> str:
    said = " ".join(
        str(settings.get(field))[:40] for field in ("format", "fmt", "quant_algo", "quant_method", "mode")
    )
    exact = worded(said)
    if exact in {"NVFP4", "MXFP4", "MXFP8", "FP8"}:
        return exact
    width, kind = _width(settings)
    return f"{kind}{width}" if width in {4, 8} else exact


def _width(settings: Mapping[str, Any]) -> tuple[int, str]:
    """Return bits and kind of number, from whichever of the libraries' fields is there."""
    if settings.get("load_in_4bit") is True:
        return 4, "INT"
    if settings.get("load_in_8bit") is True:
        return 8, "INT"
    groups = settings.get("config_groups")
    first = next(iter(groups.values()), None) if isinstance(groups, Mapping) else None
    weights = first.get("weights") if isinstance(first, Mapping) else None
    weights = weights if isinstance(weights, Mapping) else settings
    width = next((weights[field] for field in ("num_bits", "bits", "w_bit") if field in weights), 0)
    kind = "FP" if weights.get("type") == "float" else "INT"
    return (width if isinstance(width, int) else 0), kind


def _stored(counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    most = max(counts, key=lambda dtype: counts[dtype]).upper()
    return "FP8" if most.startswith("F8_E") and most != "F8_E8M0" else _PLAIN.get(most, "")


def _packed(counts: Mapping[str, int], size: int | None) -> str:
    """Tell 4 from 8 bits by the bytes of one parameter: the scales add some (Kimi-K2.6, INT4: 0.58)."""
    if not counts or not size or not is_packed(counts):
        return ""
    each = size / sum(counts.values())
    kind = "INT{}" if max(counts, key=lambda dtype: counts[dtype]).upper() in {"I32", "U32"} else "{}-bit"
    return kind.format(4) if 0.45 < each < 0.75 else kind.format(8) if 0.95 < each < 1.3 else ""
