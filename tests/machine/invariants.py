"""What has to be true after every step, whatever was done to the bot: DESIGN, section 4."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bot.model import Destination
from bot.outbox import settlement
from bot.outbox.message import Message
from bot.store.owed import delivery_id
from tests.machine.bot import Bot
from tests.support.made_up import named

# Nothing waits longer than a paused channel (an hour) or a failing source (six), but for a little chance.
LONGEST_WAIT = {"delivery": timedelta(minutes=61), "source": timedelta(hours=6.7)}

# As an alert says that no licence is stated, or that there is nothing to license.
_UNLICENSED = re.compile(
    r"licence (and parameters )?not stated|licence are not published|no licence is|was withdrawn"
)


def validators_are_never_ahead(bot: Bot) -> None:
    """1: What stood in the body that a source's ETag belongs to is remembered."""
    for source in bot.sources:
        state = bot.store.sources.state(source.id)
        body = source.bodies.get(state.fingerprint, frozenset())
        assert set(bot.store.sources.known(source.id, body)) == body


def ids_are_for_ever(bot: Bot) -> None:
    """2: An alert's id follows from release, destination and kind, so that a lost database makes it again."""
    alerts = bot.query(
        """
        SELECT d.id, r.key, d.destination FROM delivery d JOIN release r ON r.id = d.release_id
        WHERE d.kind = 'alert'
        """
    )
    assert all(
        row["id"] == delivery_id(str(row["key"]), Destination(str(row["destination"])), "alert")
        for row in alerts
    )


def nothing_is_said_twice(bot: Bot) -> None:
    """2 and 3: No message stands twice, and no channel reads of a release in two alerts."""
    keys = Counter(posted.message.delivery_id for posted in bot.wall.posts)
    assert not {key for key, times in keys.items() if times > 1}
    names = Counter((post.destination, name) for post, said in alerts(bot) for name in said)
    assert not {name for name, times in names.items() if times > 1}


def what_is_sent_stands_there(bot: Bot) -> None:
    """3: A delivery that is settled as sent stands where it says, and tells of its release.

    But one among several in a message whose release a person withdrew: the others stand without it.
    """
    rows = bot.query("SELECT name.display FROM release name WHERE withdrawn")
    withdrawn = {str(row["display"]) for row in rows}
    standing = {(posted.message.destination, posted.ts): posted.message for posted in bot.wall.posts}
    for one in bot.store.deliveries.recent(10_000, ("sent",)):
        if one.kind == "alert" and not (one.carrier and one.release in withdrawn):
            assert named(one.release) <= named(standing[one.channel, one.ts].content)


def a_baseline_is_silent(bot: Bot, baseline: set[str]) -> None:
    """4: What a source showed at its first poll is announced nowhere."""
    assert not {name for _, said in alerts(bot) for name in said & baseline}


def a_flood_is_held(bot: Bot) -> None:
    """4: What was held back as a flood was owed to nobody."""
    held = [key for row in bot.query("SELECT leads FROM held") for key in json.loads(str(row["leads"]))]
    rows = bot.query(
        """
        SELECT r.key FROM delivery d JOIN release r ON r.id = d.release_id
        WHERE d.kind = 'alert' AND r.key IN (SELECT value FROM json_each(:held)) AND r.silent
        """,
        held=json.dumps(held),
    )
    assert not rows


def only_ours_is_markup(bot: Bot) -> None:
    """6: Nothing that came from outside addresses anybody in a channel."""
    for posted in bot.wall.posts:
        said = f"{posted.message.content.text} {list(mrkdwn(posted.message.content.blocks))}"
        assert "<!channel" not in said
        assert "<@" not in said


def what_is_not_stated_is_not_guessed(bot: Bot, unlicensed: set[str]) -> None:
    """7: A release whose licence nobody stated is announced with a licence that is not stated."""
    for post, said in alerts(bot):
        if len(said) == 1 and said <= unlicensed:
            assert _UNLICENSED.search(post.content.text), "stated or published"


def nothing_waits_for_long(bot: Bot) -> None:
    """8: However the clock was set, no message and no source is put off for longer than is usual.

    What was owed or claimed at a time that is still to come is begun anew by the next round.
    """
    now = bot.clock.now()
    for pause in bot.store.subscriptions.pauses().values():
        assert settlement.is_over(pause, now) or pause.retry_at - now <= LONGEST_WAIT["delivery"]
    anew = {one.sequence for one in bot.store.deliveries.ahead_of(now)}
    for head in bot.store.deliveries.heads():
        assert head.sequence in anew or bot.courier._ready_at(head) - now <= LONGEST_WAIT["delivery"]
    due = bot.poller.due()
    for source in bot.sources:
        next_poll_at = bot.store.sources.state(source.id).next_poll_at
        assert source in due or next_poll_at is None or next_poll_at - now <= LONGEST_WAIT["source"]


def the_order_is_kept(bot: Bot, withdrawn: set[str]) -> None:
    """A channel reads its messages in the order in which they were owed, but for those that say why not.

    What a person withdrew and took back comes when they did so.
    """
    sequences = {
        one.id: one.sequence
        for one in bot.store.deliveries.recent(10_000)
        if not one.reason and not named(one.release) & withdrawn
    }
    for destination in {posted.message.destination for posted in bot.wall.posts}:
        order = [
            sequences[posted.message.delivery_id]
            for posted in bot.wall.posts
            if posted.message.destination == destination
            and posted.epoch == bot.wall.epoch
            and posted.message.delivery_id in sequences
        ]
        assert order == sorted(order)


def the_file_is_whole(bot: Bot) -> None:
    assert bot.query("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def alerts(bot: Bot) -> Iterator[tuple[Message, set[str]]]:
    """Yield the messages at the top of the channels, with the releases that each announces."""
    for posted in bot.wall.posts:
        if not posted.message.thread_ts:
            yield posted.message, named(posted.message.content)


def mrkdwn(value: object) -> Iterator[str]:
    """Yield all texts that Slack reads as markup."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from mrkdwn(part)
