"""The steps between which a kill is tried."""

DIED = 86  # the exit code of a child that died where it was told to

NAMES = ("keep", "remember", "apply", "owe_alerts", "owe_note", "succeeded", "claim", "send", "settle")
POINTS = tuple(f"{when} {name}" for name in NAMES for when in ("before", "after"))
# Those on the way of one message.
CARRYING = tuple(point for point in POINTS if point.endswith(("claim", "send", "settle")))
