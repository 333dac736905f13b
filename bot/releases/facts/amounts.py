"""Amounts as people type them: parameters, and GPU memory."""

import re
from collections.abc import Mapping
from decimal import Decimal

from bot.errors import UsageError

_COUNTS = {"t": 10**12, "b": 10**9, "m": 10**6}  # parameters
_MEMORY = {"tb": 10**12, "gb": 10**9}  # bytes
_MOST_BYTES = 10**18  # SQLite's integers end at 9 x 10^18
_AMOUNT = r"(\d{1,6}(?:\.\d{1,3})?)\s*"


def parse_size(text: str) -> int:
    """Return the parameters that `7b`, `1.5t` or `600m` mean.

    Raises UsageError for anything else.
    """
    amount = _amount(text, _COUNTS)
    if not amount:
        raise UsageError(f"“{text[:60]}” is not a size: write it as 7b, 1.5t or 600m")
    return amount


def size_text(parameters: int) -> str:
    """Return a number of parameters as `parse_size` reads it."""
    return _amount_text(parameters, _COUNTS)


def parse_memory(text: str) -> int:
    """Return the bytes that `80gb`, `1.5tb` or `8x80gb` mean.

    Raises UsageError for anything else.
    """
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
    match = re.fullmatch(_AMOUNT + f"({'|'.join(units)})", text.strip().lower(), re.ASCII)
    return int(Decimal(match[1]) * units[match[2]]) if match else 0


def _amount_text(amount: int, units: Mapping[str, int]) -> str:
    """Return an amount in the largest unit that says it exactly; `units` go from large to small."""
    unit = next((unit for unit in units if amount >= units[unit] and not amount * 1000 % units[unit]), "")
    unit = unit or list(units)[-1]
    return f"{Decimal(amount) / units[unit]:f}{unit}"
