"""One release for many channels: what they have in common is looked up once, and never outlives a change."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database as Connection

from bot.outbox.message import Message, Outcome
from bot.store.sqlite import SqliteDatabase
from tests.support.house import LABS, Channel, House, amended, licensed

KIMI = "moonshotai/Kimi-K2.6"
RELEASES = ("FROM release", "FROM artifact", "FROM observation", "JOIN release other")
TRANSACTIONS = 2  # a message: to claim it, and to settle it
STATEMENTS = 25  # a message, those that begin and end transactions among them


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count the statements of all connections that are made from now on: all, transactions, of releases."""
    counts: Counter[str] = Counter()
    connect = SqliteDatabase._connect

    def count(sql: str) -> None:
        counts["statements"] += 1
        counts["transactions"] += sql.startswith("BEGIN")
        counts["releases"] += any(table in sql for table in RELEASES) and "delivery" not in sql

    def traced(self: SqliteDatabase) -> Connection:
        connection = connect(self)
        connection.conn.set_trace_callback(count)
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "_connect", traced)
        yield counts


def house_of(directory: Path, channels: int) -> House:
    house = House(directory, subscribed=False)
    for number in range(channels):
        house.subscribe(f"C{number}")
    house.later(seconds=1)
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    return house


def test_what_a_message_costs_is_the_same_for_few_and_for_many_channels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    for channels in (5, 25):
        house = house_of(tmp_path / str(channels), channels)
        with counting(monkeypatch) as counts:
            house.restart()
            house.courier.threads.submit(house.store.newest).result()  # its connection is made
            assert house.courier.deliver_all().sent == channels
        counted.append(counts)
    few, many = counted
    assert many["releases"] == few["releases"]
    assert many["transactions"] - few["transactions"] <= 20 * TRANSACTIONS
    assert many["statements"] - few["statements"] <= 20 * STATEMENTS


class Changing(Channel):
    """Do something after the first message."""

    def send(self, message: Message) -> Outcome:
        if not self.messages:
            self.change()
        return super().send(message)

    def change(self) -> None:
        raise NotImplementedError


def test_a_fact_that_comes_after_the_first_of_many_messages_is_in_the_second(tmp_path: Path) -> None:
    house = house_of(tmp_path, 2)
    first = house.hub.shown[-1]
    house.poller.threads = ThreadPoolExecutor(1)  # it polls while the courier sends

    class Learning(Changing):
        def change(self) -> None:
            house.hub.shown[:] = [amended(first, facts=replace(first.facts, license=licensed("apache-2.0")))]
            house.poller.poll([house.hub])

    house.courier.notifier = channel = Learning()
    house.courier.deliver_due()
    assert ["Apache 2.0" in one.content.text for one in channel.messages[:2]] == [False, True]


def test_another_process_is_believed_as_well(tmp_path: Path) -> None:
    house = house_of(tmp_path, 2)

    class Correcting(Changing):
        def change(self) -> None:
            with sqlite3.connect(tmp_path / "cadencebot.db") as other:
                other.execute("UPDATE release SET name = json_set(name, '$.display', 'Kimi K2.7')")

    house.courier.notifier = channel = Correcting()
    house.courier.deliver_all()
    assert ["Kimi K2.7" in one.content.text for one in channel.messages[:2]] == [False, True]


def test_a_lab_that_is_renamed_in_feeds_yaml_goes_by_its_new_name_at_once(tmp_path: Path) -> None:
    house = house_of(tmp_path, 2)

    class Renaming(Changing):
        def change(self) -> None:
            house.store.name_labs(
                [replace(lab, name="Moonlight") if lab.id == "moonshot" else lab for lab in LABS]
            )

    house.courier.notifier = channel = Renaming()
    house.courier.deliver_all()
    assert ["Moonlight" in one.content.text for one in channel.messages[:2]] == [False, True]
