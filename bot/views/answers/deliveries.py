"""`deliveries`: what became of messages. `unclear`: which may have arrived or not, for a person to look."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.records import Block, Content, Delivery
from bot.releases.facts.words import enumerated
from bot.views import blocks
from bot.views.answers.common import elsewhere, part, said, sentence, text_of, turn, typed
from bot.views.blocks import dotted, literal
from bot.views.names import NAME_LIMIT, place
from bot.views.phrases import ago, counted

_REASON_LIMIT = 200
_ID = 8  # characters of a delivery's id that are enough to name it
_MOST = 5  # in one answer, the oldest first
_PLACES = {
    "channels:history": "public channels",
    "groups:history": "private channels",
    "im:history": "direct messages",
}


def deliveries_answer(
    deliveries: Sequence[Delivery], now: datetime, known: int, *, whole: bool = False
) -> Content:
    """Return what became of messages, a line each, the newest first; `known` is how many there are."""
    if not deliveries:
        return said("No messages.")
    title = counted(known, "message")
    if len(deliveries) < known:
        title += f", the newest {len(deliveries)}"
    lines = [f"{literal(it.id[:_ID], _ID)} · {delivery_words(it, now)}" for it in deliveries]
    return Content(text_of([f"{title}.", *map(sentence, lines)]), tuple(part(title, lines, whole=whole)))


def _what(delivery: Delivery) -> str:
    """Return what one message is called, with the name of its release in bold."""
    name = literal(delivery.release, NAME_LIMIT)
    return f"{delivery.kind} of *{name}*" if name else delivery.kind


def delivery_words(delivery: Delivery, now: datetime) -> str:
    """Return what one message is about, for whom, and what became of it."""
    facts = (
        f"{_what(delivery)} for {place(delivery.destination)}",
        f"{delivery.state} {ago(delivery.settled_at or delivery.created_at, now)}",
        literal(delivery.reason, _REASON_LIMIT),
    )
    return dotted(facts)


# --- what nobody knows to have arrived


def unclear_answer(
    unclear: Sequence[Delivery], now: datetime, *, whole: bool = False, team: str = ""
) -> Content:
    """Return what nobody knows to have arrived, each with two buttons that say what became of it.

    They are those of the workspace `team`, of all where that is "".
    """
    others = [elsewhere("unclear all")] if team else []
    if not unclear:
        return said("Nothing is unclear: of every message it is known whether it arrived.", others)
    shown = unclear if whole else unclear[:_MOST]
    lines = [_line(one, now) for one in shown]
    summary = (
        f"Nobody knows whether {counted(len(unclear), 'message')} arrived, as Slack's answer was lost. "
        "Please look there, and say whether it is there or shall be sent again."
    )
    more = len(unclear) - len(shown)
    hint = (
        f"{more} more: {typed('unclear')} lists what is left" if more else f"{typed('unclear')} lists these"
    )
    return Content(
        text_of([summary, *lines]),
        (
            blocks.section(f"❔ {summary}"),
            *(block for one, line in zip(shown, lines, strict=True) for block in _part(one, line)),
            blocks.context([hint, *others]),
        ),
    )


def _part(one: Delivery, line: str) -> Iterator[Block]:
    yield blocks.section(line)
    yield from blocks.actions(
        [
            turn(0, "It is there", f"unclear there {one.id}"),
            turn(1, "Send it again", f"unclear again {one.id}"),
        ]
    )


def _line(one: Delivery, now: datetime) -> str:
    when = ago(one.claimed_at or one.created_at, now)
    reason = literal(one.reason, _REASON_LIMIT)
    message = f"`{literal(one.id[:_ID], _ID)}` The {_what(one)} for {place(one.destination)}, sent {when}"
    return f"{message}. It cannot be looked up: {reason}."


def settled_answer(one: Delivery, deed: str) -> Content:
    """Return what is said once somebody told that a message is "there", or shall be sent "again"."""
    if deed == "again":
        return said(f"The {one.what} is sent again.")
    later = "What comes later cannot be added to it, as I do not know where exactly it stands."
    return said(f"Noted: the {one.what} is there.", [later] if one.kind == "alert" else [])


def lacking_words(lacking: Sequence[str]) -> str:
    """Return in plain sentences what is lost where the bot cannot look its messages up, and what helps.

    `lacking` are scopes, and "metadata" where Slack does not keep what a message is found by.
    """
    scopes = [scope for scope in lacking if scope in _PLACES]
    lost = (
        "when Slack's answer to a message is lost, nobody knows whether it arrived. It is then unclear, and "
        "not sent again until somebody says so"
    )
    told = []
    if scopes:
        places = enumerated([_PLACES[scope] for scope in scopes])
        told.append(
            f"I may not read {places}: {lost}. To mend it add {', '.join(scopes)} to the bot scopes of the "
            "Slack app, and install it again."
        )
    if len(scopes) < len(lacking):
        told.append(f"Slack dropped what my latest message is found by (its metadata): {lost}.")
    return " ".join(told)
