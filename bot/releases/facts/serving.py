"""How much GPU memory a model takes to serve."""

import math
from dataclasses import dataclass

from bot.releases.facts.figures import human_bytes
from bot.releases.facts.precision import bits

_OVERHEAD = 1.2
_SINGLE = (8, 16, 24, 32, 48, 80)  # GB of memory on one GPU
_LARGE = 80
_NODES = (1, 2, 4, 8)  # GPUs that serving software splits a model over; beyond that whole nodes of 8
_FOUR_BITS = 4


@dataclass(frozen=True, slots=True)
class Need:
    """The memory that one precision takes: the weights with their overhead, in bytes."""

    precision: str
    size: int

    @property
    def gpus(self) -> str:
        """Return what that is in GPUs: "about 1 x 24 GB", "about 8 x 80 GB"."""
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
    released = memory_as_released(parameters, precision, download_bytes)
    needs = [released] if released else []
    width = bits(precision)
    if parameters and (width is None or width > _FOUR_BITS):
        four_bits = _with_overhead(parameters * _FOUR_BITS // 8)
        if not needs or four_bits < needs[0].size:
            needs.append(Need("4-bit", four_bits))
    return tuple(needs)


def memory_as_released(parameters: int | None, precision: str, download_bytes: int | None) -> Need | None:
    """Return what it takes to serve a model in the precision of its release, or None when unknown.

    Weights x 1.2: the 20 % for buffers and fragmentation is the rule of vllm-project/recipes
    (CONTRIBUTING.md) and of accelerate's estimator
    (https://huggingface.co/docs/accelerate/usage_guides/model_size_estimator). The weights are the
    download where it is known, because mixed formats are larger than parameters x bits; all parameters
    count, active or not. The cache for long contexts comes on top.
    """
    width = bits(precision)
    weights = download_bytes or (parameters * width // 8 if parameters and width else None)
    return Need(precision or "as released", _with_overhead(weights)) if weights else None


def _with_overhead(weights: int) -> int:
    return math.ceil(weights * _OVERHEAD)
