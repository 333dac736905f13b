"""What these tests share with the other torture: the tally."""

from tests.torture.tally import pytest_runtest_makereport, tally

__all__ = ["pytest_runtest_makereport", "tally"]
