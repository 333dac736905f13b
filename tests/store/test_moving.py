"""Messages keep their ids when a lab's id changes: what was sent is not owed again."""

from datetime import timedelta

import pytest

from bot.model import Note, NoteKind, SourceKind
from bot.records import AddedLab, Content, Hint, Reply
from bot.releases.naming.names import parse
from bot.releases.news.corrections import Move
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1
from tests.support.releases import open_release

NOTE = Note(NoteKind.VARIANT, "moonshotai/Kimi-K2.6-FP8", "https://hub.example/x", SourceKind.HUB)
OLD, NEW = "moonshot/kimi-k2.6", "kimi-lab/kimi-k2.6"


def owe_all(store: Store, key: str) -> set[str]:
    """Owe the alert, a note and an edit as deciding would; return the ids of all that is owed."""
    release = store.history.id_of(key)
    with store.transaction():
        store.deliveries.owe_alerts(release, key, [C1], START, known_until=None)
        store.deliveries.owe_note_to(
            C1, Reply(release, key, NOTE, "variant:hub:x:1"), START, known_until=None
        )
        store.deliveries.owe_edits(release, key, START, known_until=None)
    return {one.id for one in store.deliveries.of_release(release)}


def test_what_was_owed_before_is_not_owed_again(store: Store) -> None:
    open_release(store, "moonshotai/Kimi-K2.6", "moonshot", START)
    before = owe_all(store, OLD)
    with store.transaction():
        store.moves.move(Move("moonshot", "kimi-lab"))
    assert owe_all(store, NEW) == before
    with store.transaction():
        store.moves.move(Move("kimi-lab", "moonshot"))
    assert owe_all(store, OLD) == before


def test_a_line_that_both_ids_told_stays(store: Store) -> None:
    with store.transaction():
        for line in ("cadence|a", "cadence|b"):
            store.deliveries.owe_line(line, C1, Content("news"), START, known_until=None)
        store.moves.rename_line("cadence|a", "cadence|b")
        assert not store.deliveries.owe_line("cadence|a", C1, Content("news"), START, known_until=None)


@pytest.mark.parametrize(("doubted", "again"), [(False, False), (True, True)], ids=["told", "in doubt"])
def test_a_line_about_a_cadence_follows_unless_it_has_to_be_looked_up(
    store: Store, doubted: bool, again: bool
) -> None:
    with store.transaction():
        store.deliveries.owe_line("another", C1, Content("news"), START, known_until=None)
        assert store.deliveries.owe_line("cadence|a", C1, Content("news"), START, known_until=None)
        if doubted:
            store.deliveries.claim(store.deliveries.recent(1)[0].sequence, START)
        store.moves.rename_line("cadence|a", "cadence|b")
        assert store.deliveries.owe_line("cadence|b", C1, Content("news"), START, known_until=None) is again


def test_a_hint_and_the_question_about_it_are_moved(store: Store) -> None:
    hint = Hint(parse("Kimi K4", "moonshot"), "feed:x", SourceKind.FEED, "Kimi K4 is here", "", START, START)
    with store.transaction():
        store.hints.add(hint)
        number = store.held.add_hint(hint, START).id
        store.moves.move(Move("moonshot", "kimi-lab"))
    moved = store.held.by_id(number)
    assert moved
    assert moved.hint
    assert (moved.hint.key, moved.hint.name.lab) == ("kimi-lab/kimi-k4", "kimi-lab")
    assert store.hints.names("kimi-lab") == [moved.hint.name]


@pytest.mark.parametrize("ids", [["moonshot"], ["moonshot", "kimi-lab"]], ids=["one", "both"])
def test_a_lab_that_was_added_has_the_new_id(store: Store, ids: list[str]) -> None:
    with store.transaction():
        for number, lab in enumerate(ids):
            store.added.set(AddedLab(lab, {"name": lab}, "ana", START + timedelta(days=number)))
        store.moves.move(Move("moonshot", "kimi-lab"))
    assert [(one.id, one.written["name"]) for one in store.added.all()] == [("kimi-lab", ids[-1])]


def test_every_table_that_names_labs_is_moved(file: Store) -> None:
    """A table that comes later is to be added to bot/store/labs.py."""
    moved = {"added_lab", "release", "observation", "subscription", "mute", "lab_address", "hint", "watch"}
    moved |= {"habit", "adoption_task", "adoption_figure", "adoption_change"}
    tables = file._database.query(
        """
        SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND (c.name LIKE '%lab' OR c.name LIKE '%lab_id')
        """
    )
    assert {row["name"] for row in tables} == moved
