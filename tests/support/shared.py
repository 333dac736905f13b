"""The real data beside the project, where it is there."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared"
DATA = SHARED / "data"

needs_shared = pytest.mark.skipif(not DATA.is_dir(), reason="the real data of ../shared is not here")
