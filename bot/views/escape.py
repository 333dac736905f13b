"""Text from outside in Slack's mrkdwn, so that it shows and does nothing.

Slack's mrkdwn acts on `<...>`, `&...;` and a few marks; an unescaped `<!channel>` in a post's title would
ping everybody. Source: https://docs.slack.dev/messaging/formatting-message-text
"""

from bot.releases.facts.visible import clean, web_address

_LOOK_ALIKES = str.maketrans({"*": "∗", "`": "ʼ", "~": "∼"})


def escape(text: str) -> str:
    """Return `text` with mrkdwn's three control characters escaped, once."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str, limit: int) -> str:
    """Return `text` cleaned so that mrkdwn shows it as it is; the limit counts what people see.

    mrkdwn has no escape for its formatting marks, so look-alikes stand in for them; the underscore stays,
    because it formats nothing inside a name and names are copied.
    """
    return escape(clean(text, limit).translate(_LOOK_ALIKES))


def link(url: str, label: str, limit: int) -> str:
    """Return a mrkdwn link, or only its label when the address cannot be used."""
    shown = literal(label, limit).replace("|", "¦")
    address = web_address(url)
    return f"<{escape(address)}|{shown}>" if address and shown else shown
