"""What servers answer when they are not well: Slack in its own words, and any server on its way down."""

from bot.demo.server import Answer, as_json


def rate_limited(seconds: int) -> Answer:
    """Return Slack's 429, which says surely that nothing was posted."""
    return as_json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})


def server_error(status: int = 500) -> Answer:
    """Return an answer of a Slack that is not well."""
    return as_json({"ok": False, "error": "internal_error"}, status)


def refused(code: str) -> Answer:
    """Return a refusal by its error code, such as `is_archived`."""
    return as_json({"ok": False, "error": code})


def hung(seconds: float) -> Answer:
    """Return no answer, but keep the caller waiting for `seconds` first."""
    return Answer(wait=seconds, cut=True)


def html_page(status: int = 200) -> Answer:
    """Return what a captive portal or a maintenance page sends in place of JSON."""
    return Answer(status, b"<!doctype html><title>Be right back</title>", {"Content-Type": "text/html"})
