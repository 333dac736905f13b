"""The steps between which a kill is tried."""

DIED = 86  # the exit code of a child that died where it was told to

# On the way back of one that was killed while sending.
DOUBTING = ("doubt", "mark_doubtful", "find")
# What lies outside transactions; inside, every statement is a step of its own.
OUTSIDE = ("fetch", "keep", "quiet", "owe_digest", "send", "settle")
# What every run of the tests tries, the first time that it is passed.
TELLING = (
    "after fetch",
    "before keep",
    "after apply",
    "after owe_alerts",
    "before succeeded",
    "after keep",
    "before quiet",
    "after showed_nothing",
    "before owe_digest",
    "after advance",
    "before claim",
    "after claim",
    "before send",
    "after send",
    "before settle",
    "after mark_sent",
    "before mark_digest",
    "after settle",
    "before settle_unsent",
    "after settle_unsent",
)


def around(*names: str) -> list[str]:
    """Return the points before and after each of these steps."""
    return [f"{when} {name}" for name in names for when in ("before", "after")]
