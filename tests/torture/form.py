"""The quick form, for every run of the tests, and the long one of `make torture`."""

import os

LONG = os.environ.get("CADENCEBOT_TORTURE") == "1"


def examples(quick: int, long: int) -> int:
    """Return how many examples to try."""
    return long if LONG else quick
