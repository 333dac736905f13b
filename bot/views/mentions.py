"""Whom an alert calls. Pure."""

from bot.records import Content
from bot.views import blocks
from bot.views.blocks import before_buttons


def mention(who: str) -> str:
    """Return a mention of a person, or of a user group, by Slack's id.

    https://docs.slack.dev/messaging/formatting-message-text#mentioning-groups
    """
    return f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>"


def with_mention(alert: Content, who: str) -> Content:
    """Return an alert that calls somebody, or just the alert where `who` is ""."""
    if not who:
        return alert
    called = blocks.section(f"📣 {mention(who)}")
    return Content(f"{alert.text} {mention(who)}", before_buttons(alert.blocks, [called]))
