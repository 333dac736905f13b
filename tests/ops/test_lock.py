"""One bot a state directory."""

from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.ops.lock import sole_user


def test_a_second_bot_is_refused_and_told_who_is_first(tmp_path: Path) -> None:
    with (
        sole_user(tmp_path),
        pytest.raises(StoreError, match=r"another cadencebot \(process \d+\)"),
        sole_user(tmp_path),
    ):
        pass


def test_the_lock_falls_when_its_holder_ends(tmp_path: Path) -> None:
    for _ in range(2):
        with sole_user(tmp_path):
            pass
