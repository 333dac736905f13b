"""The one door through which a message becomes owed.

What is owed may stand in its channel already where a backup was put back after `known_until`, the last time
that this database knows its cause to have been looked at; it is then looked up before it is sent. None is for
what a person asks for now: that was never sent before.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bot.model import Destination
from bot.records import Content, Reply
from bot.store.delivery_queries import DeliveryQueries
from bot.store.forgotten import GAP, PUT_BACK
from bot.store.places import first_ids
from bot.store.rows import maybe_moment

# The namespace of delivery ids. It never changes: a lost database makes the same ids again.
_NAMESPACE = UUID("5f0c4f0e-6d0b-5a39-9d3f-3b1d6f7c2a11")
WAITS = "waits for what else comes to its thread"
# Alerts older than this are not edited any more: nobody scrolls there.
EDITABLE = timedelta(days=30)
# What a source hid just when an older copy was put back shows itself again within so long, or hardly ever.
_HIDDEN = timedelta(days=7)
_DATE_ERROR = timedelta(days=1)  # of a day without its zone
_OWE = """
    INSERT INTO delivery (id, release_id, destination, kind, note, content, created_at, due_at,
        state, claimed_at, reason, suspected, wait_until)
    VALUES (:id, :release_id, :destination, :kind, :note, :content, :now, :now, :state, :claimed_at, :reason,
        :suspected, :wait_until)
    ON CONFLICT (id) DO NOTHING
"""
_ID = len(str(_NAMESPACE))  # letters
# Each is an id and its destination, one behind the other: one statement owes ten thousand.
_OWE_ALERTS = f"""
    INSERT INTO delivery (id, release_id, destination, kind, created_at, due_at,
        state, claimed_at, reason, suspected)
    SELECT substr(one.value, 1, {_ID}), :release_id, substr(one.value, {_ID} + 1), 'alert', :now, :now,
        :state, :claimed_at, :reason, :suspected
    FROM json_each(:each) AS one WHERE TRUE
    ON CONFLICT (id) DO NOTHING
"""


def delivery_id(release_key: str, destination: Destination, kind: str) -> str:
    """Return the id that this message has for ever."""
    return str(uuid5(_NAMESPACE, f"{release_key}|{destination}|{kind}"))


def line_id(identity: str, destination: Destination, kind: str = "line") -> str:
    """Return the id that a message about no release has for ever."""
    return delivery_id(f"{kind}|{identity}", destination, kind)


def _hidden_since(known_until: datetime, dated: datetime | None) -> datetime:
    """Return since when a release may have been hidden from its source: not before the date that it bears."""
    longest = known_until - _HIDDEN
    return max(longest, dated - _DATE_ERROR) if dated else longest


class Owed(DeliveryQueries):
    """What is owed to destinations, and why others are owed nothing."""

    def owe_alerts(
        self,
        lead_id: int,
        lead_key: str,
        destinations: Iterable[Destination],
        now: datetime,
        *,
        known_until: datetime | None,
        dated: datetime | None = None,
    ) -> None:
        """Owe each destination the alert of a release, once and for all.

        One that has it under another name, because two releases were merged, is owed nothing. `dated` is the
        date that the release bears, if any.
        """
        having = set(self.alerted(lead_id))
        hidden_since = _hidden_since(known_until, dated) if known_until else None
        first_key, first = self._first_key(lead_id, lead_key), first_ids(self._tuples)
        owed = self._owed("alert", now, known_until, hidden_since)
        each = [
            delivery_id(first_key, first.get(destination, destination), "alert") + destination
            for destination in destinations
            if destination not in having
        ]
        self._database.note_owed()
        self._run(_OWE_ALERTS, {**owed, "release_id": lead_id, "each": each})

    def owe_line(
        self,
        identity: str,
        destination: Destination,
        content: Content,
        now: datetime,
        *,
        known_until: datetime | None,
        kind: str = "line",
    ) -> bool:
        """Owe a destination one message that is about no release, a line or a digest; whether it is new.

        `identity` names it for ever: the request or the event that it comes from, the period of a digest.
        """
        key = line_id(identity, self._first_id(destination), kind)
        return self._owe(key, destination, self._owed(kind, now, known_until), content=content)

    def owe_lines(
        self,
        identity: str,
        destinations: Iterable[Destination],
        content: Content,
        now: datetime,
        *,
        known_until: datetime | None,
    ) -> int:
        """Owe each of these destinations the same line, as `owe_line` does; return how many are new."""
        return sum(
            self.owe_line(identity, one, content, now, known_until=known_until) for one in destinations
        )

    def owe_note_to(
        self,
        destination: Destination,
        reply: Reply,
        now: datetime,
        *,
        known_until: datetime | None,
        wait_until: datetime | None = None,
    ) -> None:
        """Owe one destination a note, whether or not it has the alert; until then it goes ahead of nothing.

        One that may stand there already is looked up at once.
        """
        first_key, first_id = self._first_key(reply.release_id, reply.lead_key), self._first_id(destination)
        key = delivery_id(first_key, first_id, f"note:{reply.about}")
        owed = self._owed("note", now, known_until)
        if wait_until and owed["state"] == "owed":
            owed = {**owed, "wait_until": wait_until, "reason": WAITS}
        self._owe(key, destination, owed, release_id=reply.release_id, note=reply.note)

    def owe_edits(
        self,
        lead_id: int,
        lead_key: str,
        now: datetime,
        *,
        known_until: datetime | None,
        only: Destination | None = None,
    ) -> None:
        """Owe an edit wherever the alert stands already, or `only` in one destination.

        One that is still to be sent says it all anyway. An edit may be made twice, so that a doubt only
        concerns what is told instead of it.
        """
        standing = self._tuples(
            """
            SELECT a.destination, count(e.id) FROM delivery a LEFT JOIN delivery e
              ON e.release_id = a.release_id AND e.destination = a.destination AND e.kind = 'edit'
            WHERE a.release_id = :id AND a.kind = 'alert' AND a.state IN ('sent', 'claimed', 'doubtful')
              AND a.created_at >= :since AND coalesce(:only, a.destination) = a.destination
            GROUP BY a.sequence, a.destination HAVING count(e.id) FILTER (WHERE e.state = 'owed') = 0
            ORDER BY a.sequence
            """,
            {"id": lead_id, "since": now - EDITABLE, "only": only},
        )
        first_key, owed = self._first_key(lead_id, lead_key), self._owed("edit", now, known_until)
        for where, edits in standing:
            there = Destination(where)
            key = delivery_id(first_key, self._first_id(there), f"edit:{edits}")
            self._owe(key, there, owed, release_id=lead_id)

    def _first_key(self, release_id: int, key: str) -> str:
        """Return the key under which a release began: its lab may have been renamed since."""
        found = self._column("SELECT first_key FROM release WHERE id = :id", {"id": release_id})
        return next(filter(None, found), key)

    def _first_id(self, destination: Destination) -> Destination:
        """Return the id that a destination had before Slack changed it."""
        return first_ids(self._tuples).get(destination, destination)

    def _owe(self, key: str, destination: Destination, owed: Mapping[str, object], **what: object) -> bool:
        self._database.note_owed()
        return self._run(_OWE, {**owed, **what, "id": key, "destination": destination}) == 1

    def _owed(
        self, kind: str, now: datetime, known_until: datetime | None, hidden_since: datetime | None = None
    ) -> Mapping[str, object]:
        """Return the beginning of a delivery: its state, and from when on it may stand in its channel."""
        begun: dict[str, object] = {"kind": kind, "now": now}
        begun |= dict.fromkeys(("release_id", "note", "content", "wait_until"))
        forgotten = self._forgotten(known_until, hidden_since or known_until) if known_until else None
        if forgotten is None:
            return {**begun, "state": "owed", "claimed_at": None, "reason": None, "suspected": False}
        since, suspected = forgotten
        state, reason = "owed" if kind == "edit" else "doubtful", GAP if suspected else PUT_BACK
        return {**begun, "state": state, "claimed_at": since, "reason": reason, "suspected": suspected}

    def _forgotten(self, known_until: datetime, hidden_since: datetime) -> tuple[datetime, bool] | None:
        """Return from when on messages may stand in channels that this database knows nothing of, if any do.

        That is so where an older copy was put back after what they come of was last looked at, or after it
        may have been hidden from that look; it may be that this is only suspected.
        """
        rows = self._query(
            """
            SELECT min(backed_up_at) AS since, count(*) FILTER (WHERE NOT suspected) = 0 AS suspected
            FROM restoration
            WHERE restored_at > :known_until OR (NOT suspected AND restored_at > :hidden_since)
            """,
            {"known_until": known_until, "hidden_since": hidden_since},
        )
        since = maybe_moment(rows[0]["since"])
        return (since, bool(rows[0]["suspected"])) if since else None

    def note_declined(self, release_id: int, declined: Iterable[tuple[Destination, str, bool]]) -> None:
        """Store why destinations are owed no alert of a release; the last word counts.

        Each is a destination, the reason in words, and whether that is final. One that was owed its alert
        before declines nothing any more.
        """
        alike = defaultdict[tuple[str, bool], list[Destination]](list)
        for where, why, final in declined:
            alike[why, final].append(where)
        for (why, final), destinations in alike.items():
            self._run(
                """
                INSERT INTO declined (release_id, destination, why, final)
                SELECT :id, one.value, :why, :final FROM json_each(:destinations) AS one WHERE NOT EXISTS (
                    SELECT 1 FROM delivery
                    WHERE release_id = :id AND destination = one.value AND kind = 'alert')
                ON CONFLICT (release_id, destination) DO UPDATE SET
                    why = excluded.why, final = excluded.final
                """,
                {"id": release_id, "destinations": destinations, "why": why, "final": final},
            )
