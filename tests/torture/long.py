"""What takes minutes runs only when asked for."""

import os

import pytest

LONG = bool(os.environ.get("CADENCEBOT_TORTURE"))
long_form = pytest.mark.skipif(not LONG, reason="takes minutes: `make torture`, or CADENCEBOT_TORTURE=1")
