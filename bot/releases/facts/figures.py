"""Numbers of parameters, bytes and tokens: read from names, typed by people, and written for people."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.errors import UsageError

UNITS = {"T": 10**12, "B": 10**9, "M": 10**6, "K": 10**3}
_COUNTS = {"t": 10**12, "b": 10**9, "m": 10**6}  # parameters, as people type them
_MEMORY = {"tb": 10**12, "gb": 10**9}  # bytes
_MOST_BYTES = 10**18  # SQLite's integers end at 9 x 10^18
_LONGEST_NAME = 300
_TOKEN = re.compile(
    r"(?<![a-z0-9.])(?:"
    r"(?P<active>a)?(?P<figure>\d{1,4}(?:\.\d{1,3})?|(?<=-)\d_\d)(?P<unit>[bmt])"
    r"|(?P<old>\d{1,2}b\d)"
    r"|(?P<mixture>\d{1,3}x\d{1,3}(?:\.\d)?b)"
    r"|(?P<experts>\d{1,3}e)"
    r")(?![a-z0-9]|\.\d)",
    re.IGNORECASE | re.ASCII,
)
# The size in the name of a draft head or an adapter is that of the model it helps.
_HELPER = re.compile(
    r"(?<![a-z])(assistant|draft(er)?|fastdraft|eagle-?\d?|dflash|dspark|speculator|medusa|lora|mtp)(?![a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The numbers of parameters that a name or a text states; None means that it does not say."""

    total: int | None = None
    active: int | None = None


# Experts share layers, so that the product of the two numbers is not the size. Mistral's own figures.
_MIXTURES = {"8x7b": Stated(46_700_000_000, 12_900_000_000), "8x22b": Stated(140_600_000_000, 39_000_000_000)}


def stated_in(name: str) -> Stated:
    """Return the total and active parameters that a model's name states (docs/reference/models.md#sizes).

    `35B-A3B` is total and active, `A3B` alone active, `17B-16E` active with experts, `1B-7B` active and
    total; `8x7B` is looked up, never multiplied. Effective sizes (`E4B`), training tokens (`2B-4T`),
    contexts (`1M`, `80k`) and the target's size in a draft head's name state nothing.
    """
    name = name[:_LONGEST_NAME].rpartition("/")[2]
    if _HELPER.search(name):
        return Stated()
    tokens = [token for token in _TOKEN.finditer(name) if not _is_other_measure(token, name)]
    active = next((_count(token) for token in tokens if token["active"]), None)
    mixture = next((token["mixture"].lower() for token in tokens if token["mixture"]), None)
    if mixture:
        return _MIXTURES.get(mixture, Stated(None, active))
    totals = [token for token in tokens if (token["figure"] or token["old"]) and not token["active"]]
    if totals and any(token["experts"] for token in tokens):
        return Stated(None, active or _count(totals[0]))
    if len(totals) == 2:
        return _of_two(name, totals[0], totals[1], active)
    return Stated(_count(totals[0]) if len(totals) == 1 else None, active)


def _is_other_measure(token: re.Match[str], name: str) -> bool:
    """Whether it is no size but training tokens (`2B-4T`, in T beside B) or a context (`1M`)."""
    unit = (token["unit"] or "").upper()
    if unit == "T":
        return bool(re.search(r"\d[bB](?![a-zA-Z])", name[: token.start()]))
    return unit == "M" and not token["active"] and _count(token) in {10**6, 2 * 10**6, 4 * 10**6, 10**7}


def _of_two(name: str, first: re.Match[str], second: re.Match[str], active: int | None) -> Stated:
    """Return what two sizes mean: OLMoE's `1B-7B` is active and total; any other two are not one model's."""
    adjacent = name[first.end() : second.start()] == "-"
    if adjacent and active is None and {"b", "B"} >= {first["unit"], second["unit"]}:
        smaller, larger = _count(first), _count(second)
        if smaller < larger:
            return Stated(larger, smaller)
    return Stated(None, active)


def _count(token: re.Match[str]) -> int:
    if token["old"]:  # bloom-7b1 has 7.1 B
        return round(float(token["old"].lower().replace("b", ".")) * UNITS["B"])
    return round(float(token["figure"].replace("_", ".")) * UNITS[token["unit"].upper()])


def contradicts(counted: int, stated: int) -> bool:
    """Whether two figures differ by more than 30 % of the larger (docs/reference/identity.md#facts).

    Of the larger, because Qwen3-ASR-1.7B holds 2.35 B by design, whereas packed weights count as half.
    """
    return abs(counted - stated) > 0.3 * max(counted, stated)


# --- written for people


def human_count(count: int) -> str:
    """Return a number of parameters as people say it: "1.0T", "36B", "7.6B", "600M"."""
    for unit, factor in UNITS.items():
        value = count / factor
        if value >= 0.9995:
            return f"{value:.1f}{unit}" if value < 9.95 else f"{value:.0f}{unit}"
    return str(count)


def human_parameters(count: int, name: str) -> str:
    """Return a total as a headline shows it: the figure of the model's own name where it states one.

    Exact counts hold vision towers and draft heads, so that Qwen3.6-35B-A3B has 35.95 B and is 35B.
    """
    stated = stated_in(name).total
    return as_stated(stated) if stated else human_count(count)


def as_stated(count: int) -> str:
    """Return a figure that somebody stated with all its digits: "1T", "31.6B", "0.6B" as "600M"."""
    unit = next((unit for unit in UNITS if count >= UNITS[unit]), "")
    return f"{count / UNITS[unit]:.3f}".rstrip("0").rstrip(".") + unit if unit else str(count)


def human_bytes(size: int) -> str:
    """Return a file size in decimal units (GB = 10^9 bytes): "595 GB", "16.1 GB", "1.6 TB"."""
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        value = size / factor
        if value >= 0.9995:
            return f"{value:.0f} {unit}" if value >= 99.95 else f"{value:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


def human_context(tokens: int) -> str:
    """Return a context length as labs print it: "256K", "198K", "1M".

    Labs write 262,144 as 256K and 128,000 as 128K: multiples of 1,000 count in thousands, all others in
    1,024s.
    """
    kilo = 1000 if tokens % 1000 == 0 else 1024
    if tokens < kilo:
        return str(tokens)
    thousands = round(tokens / kilo)
    if thousands < kilo:
        return f"{thousands}K"
    return f"{tokens / kilo**2:.1f}".removesuffix(".0") + "M"


# --- typed by people


def parse_size(text: str) -> int:
    """Return the parameters that `7b`, `1.5t` or `600m` mean; raises UsageError for anything else."""
    amount = _amount(text, _COUNTS)
    if not amount:
        raise UsageError(f"“{text[:60]}” is not a size: write it as 7b, 1.5t or 600m")
    return amount


def size_text(parameters: int) -> str:
    """Return a number of parameters as `parse_size` reads it."""
    return _amount_text(parameters, _COUNTS)


def parse_memory(text: str) -> int:
    """Return the bytes that `80gb`, `1.5tb` or `8x80gb` mean; raises UsageError for anything else."""
    count, times, each = text.strip().lower().rpartition("x")
    gpus = int(count) if re.fullmatch(r"\d{1,4}\s*", count, re.ASCII) else 0 if times else 1
    amount = gpus * _amount(each, _MEMORY)
    if not 0 < amount < _MOST_BYTES:
        raise UsageError(f"“{text[:60]}” is no GPU memory: write it as 24gb, 80gb or 8x80gb")
    return amount


def memory_text(size: int) -> str:
    """Return bytes of GPU memory as `parse_memory` reads them."""
    return _amount_text(size, _MEMORY)


def _amount(text: str, units: Mapping[str, int]) -> int:
    """Return an amount in whole parameters or bytes, 0 for what is none."""
    pattern = rf"(\d{{1,6}}(?:\.\d{{1,3}})?)\s*({'|'.join(units)})"
    match = re.fullmatch(pattern, text.strip().lower(), re.ASCII)
    return int(Decimal(match[1]) * units[match[2]]) if match else 0


def _amount_text(amount: int, units: Mapping[str, int]) -> str:
    """Return an amount in the largest unit that says it exactly; `units` go from large to small."""
    exact = (unit for unit in units if amount >= units[unit] and not amount * 1000 % units[unit])
    unit = next(exact, list(units)[-1])
    return f"{Decimal(amount) / units[unit]:f}{unit}"
