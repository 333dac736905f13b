"""The clock of a demo's world, which a test sets."""

from datetime import datetime


class Now:
    """The present, `at` what the test says."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
