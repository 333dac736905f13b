"""A thread is quiet: what the alert says is not said again, and what comes later comes together."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from bot.desk.corrections import Corrector
from bot.model import Note, NoteKind, SourceKind
from bot.outbox.message import Absent, Later, Outcome, Unclear
from bot.outbox.owe import owe_reply
from bot.records import OPEN, Delivery, Preferences, Reply
from bot.releases.naming.labs import Labs
from tests.support.house import LABS, House, amended, licensed
from tests.support.places import C1

SIZES = ("397B-A17B", "122B-A10B", "35B-A3B", "27B", "9B", "4B", "2B", "0.8B")
BUILDS = ("GGUF", "AWQ", "GPTQ-Int4", "GPTQ-Int8", "MLX-4bit")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def publish(house: House, *endings: str) -> None:
    house.show(house.hub, *(house.repository(f"Qwen/Qwen9-{ending}") for ending in endings))


def test_what_came_out_with_the_alert_stands_in_it_and_nowhere_else(house: House) -> None:
    publish(house, *SIZES, *(f"{size}-FP8" for size in SIZES))
    [alert] = house.channel.messages
    assert "in 8 sizes" in alert.content.text
    assert all(size in str(alert.content.blocks) for size in SIZES)


def wait(house: House, minutes: float) -> None:
    house.later(minutes=minutes)
    house.courier.deliver_all()


def prefer(house: House, preferences: Preferences) -> None:
    with house.store.transaction():
        house.store.preferences.set(C1, preferences, None)


def test_a_launch_of_many_sizes_bases_and_builds_makes_few_replies(house: House) -> None:
    publish(house, *SIZES[:2])
    publish(house, *SIZES[2:])
    publish(house, *(f"{size}-Base" for size in SIZES))
    for build in BUILDS:
        publish(house, *(f"{size}-{build}" for size in SIZES))
    wait(house, minutes=16)
    assert len(house.channel.alerts) == 1
    named = [f"Qwen9-{size}" for size in ("0.8B", "27B", "2B", "35B-A3B", "4B")]
    assert house.channel.replies == [
        f"Qwen9 is now also out in 6 more sizes: {', '.join(named)} and 1 more.",
        "Qwen9 is now also out as GGUF (8), AWQ (8), GPTQ-Int4 (8), GPTQ-Int8 (8), MLX-4bit (8).",
    ]
    [sizes, _] = [it for it in house.channel.messages if it.content.text in house.channel.replies]
    assert "in 6 more sizes: <https" in str(sizes.content.blocks), "each is named once, as a link"
    edits = [message for message in house.channel.messages if message.edit_ts]
    assert "also as Base, " in str(edits[-1].content.blocks)


# --- at most one reply in a quarter of an hour


@pytest.mark.parametrize(
    ("every", "minutes", "replies"),
    [
        pytest.param("15m", 12, 1, id="a quarter of an hour is not over"),
        pytest.param("15m", 16, 2, id="a quarter of an hour is over"),
        pytest.param("1h", 57, 1, id="an hour is not over"),
        pytest.param("1h", 61, 2, id="an hour is over"),
        pytest.param("0m", 0, 3, id="each at once"),
    ],
)
def test_what_comes_soon_after_a_reply_comes_together_later(
    house: House, every: Literal["15m", "1h", "0m"], minutes: int, replies: int
) -> None:
    prefer(house, Preferences(every=every))
    publish(house, "27B")
    for build in ("FP8", "GGUF", "AWQ"):
        publish(house, f"27B-{build}")
    wait(house, minutes)
    assert len(house.channel.replies) == replies
    if replies == 2:
        assert house.channel.replies[-1] == "Qwen9-27B is now also out as GGUF, AWQ."


def test_a_reply_that_waits_holds_up_nothing(house: House) -> None:
    for ending in ("27B", "27B-FP8", "27B-GGUF"):
        publish(house, ending)
    house.show(house.hub, house.repository("Qwen/Another-9"))
    assert len(house.channel.alerts) == 2
    [waiting] = house.store.deliveries.recent(10, ("owed",))
    assert waiting.reason == "waits for what else comes to its thread"
    wait(house, minutes=16)
    assert len(house.channel.replies) == 2
    assert house.store.deliveries.recent(10, ("owed",)) == []


@pytest.mark.logs("delivery_not_sent")
@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(Later(60, "busy"), id="the first try is put off"),
        pytest.param(Unclear("the answer was lost"), id="the answer to the first try is lost"),
    ],
)
def test_what_waits_outlives_the_process(house: House, outcome: Outcome) -> None:
    for ending in ("27B", "27B-FP8", "27B-GGUF", "27B-AWQ"):
        publish(house, ending)
    house.channel.outcomes = [outcome]
    house.channel.lookups = [Absent()]
    for _ in range(3):
        house.restart()
        wait(house, minutes=16)
    assert house.channel.replies[-1] == "Qwen9-27B is now also out as GGUF, AWQ."
    assert len(house.channel.replies) == 2
    assert house.store.deliveries.recent(10, OPEN) == []


def test_a_licence_that_changes_does_not_wait(house: House) -> None:
    model = house.repository("Qwen/Qwen9-27B", license=licensed("apache-2.0"))
    house.show(house.hub, model)
    publish(house, "27B-FP8")
    publish(house, "27B-GGUF")
    house.show(house.hub, amended(model, facts=replace(model.facts, license=licensed("mit"))))
    assert ["licence" in reply for reply in house.channel.replies] == [False, True]


def test_weights_that_open_do_not_wait_and_bring_along_what_does(house: House) -> None:
    house.show(house.blog, house.post("Qwen9-27B: the next one", "qwen"))
    [alert] = house.store.deliveries.recent(1)
    for packaging in ("FP8", "GGUF"):
        wait(house, minutes=1)
        owe_variant(house, alert, packaging)
    publish(house, "27B")
    assert house.channel.replies[1:] == [
        "The weights are on Hugging Face, and Qwen9-27B is now also out as GGUF."
    ]
    wait(house, minutes=16)
    assert len(house.channel.replies) == 2


def owe_variant(house: House, alert: Delivery, packaging: str) -> None:
    """Owe a reply on another packaging of what was announced, and deliver what may go."""
    key = house.store.history.wave(alert.release_id).lead.name.release_key
    note = Note(NoteKind.VARIANT, f"Qwen/Qwen9-27B-{packaging}", "", SourceKind.HUB, packaging=packaging)
    with house.store.transaction():
        reply = Reply(alert.release_id, key, note, f"variant:{packaging}")
        owe_reply(house.store, C1, reply, house.clock.now(), known_until=None)
    house.courier.deliver_all()


def test_a_withdrawal_does_not_wait(house: House) -> None:
    prefer(house, Preferences(updates="thread"))
    publish(house, "27B")
    publish(house, "27B-FP8")
    corrector = Corrector(house.store, Labs(LABS), house.clock)
    corrector.correct(corrector.find("Qwen9-27B"), {"kind": "other"}, "ana")
    wait(house, minutes=1)
    assert "was withdrawn" in house.channel.replies[-1]


def test_what_is_known_by_now_waits_too_and_is_told_once(house: House) -> None:
    prefer(house, Preferences(updates="thread"))
    model = house.repository("Qwen/Qwen9-27B")
    house.show(house.hub, model)
    for key in ("mit", "apache-2.0", "bsd-3-clause"):
        house.hub.shown[-1:] = [amended(model, facts=replace(model.facts, license=licensed(key)))]
        house.show(house.hub)
    assert [reply.startswith("⚠️") for reply in house.channel.replies] == [False, True, True]
    wait(house, minutes=16)
    assert house.channel.replies[3:] == [
        "More is known of Qwen9-27B. Licence: BSD 3-Clause, permissive. Size: 27B parameters."
    ]


@pytest.mark.logs("clock_set_back")
def test_a_clock_that_is_set_back_keeps_no_reply_for_long(house: House) -> None:
    house.later(days=400)
    for ending in ("27B", "27B-FP8", "27B-GGUF"):
        publish(house, ending)
    house.later(days=-400)
    wait(house, minutes=0)  # its wait begins anew
    wait(house, minutes=16)
    assert len(house.channel.replies) == 2


# --- a base model is a word in the alert


@pytest.mark.parametrize(
    ("preferences", "replies"),
    [
        pytest.param(Preferences(), 0, id="where the alert is edited"),
        pytest.param(Preferences(updates="thread"), 1, id="not where it is not edited"),
        pytest.param(Preferences(updates="off"), 1, id="nor where updates are off"),
    ],
)
def test_a_base_model_that_follows_is_a_word_in_the_alert(
    house: House, preferences: Preferences, replies: int
) -> None:
    prefer(house, preferences)
    publish(house, "27B")
    publish(house, "27B-Base")
    assert len([reply for reply in house.channel.replies if "Base" in reply]) == replies
    if not replies:
        assert "also as Base" in str(house.channel.messages[-1].content.blocks)


def test_an_alert_that_is_not_edited_any_more_leaves_the_base_model_to_the_thread(house: House) -> None:
    publish(house, "27B")
    house.later(days=31)
    publish(house, "27B-Base")
    assert len(house.channel.replies) == 1


def test_one_that_comes_alone_is_told_with_its_facts(house: House) -> None:
    publish(house, "27B")
    house.show(house.hub, house.repository("Qwen/Qwen9-27B-FP8", download_bytes=27 * 10**9))
    [reply] = house.channel.replies
    assert reply.startswith("Qwen9-27B is now also available as FP8: Qwen/Qwen9-27B-FP8, 27 GB")


def test_another_source_is_a_word_in_the_alert_and_no_reply(house: House) -> None:
    publish(house, "27B")
    house.show(house.blog, house.post("Qwen9-27B: the next one", "qwen"))
    house.show(house.listing, house.row("qwen9-27b", "qwen"))
    assert house.channel.replies == []
    said = str(house.channel.messages[-1].content.blocks)
    assert "Announcement" in said
    assert "LLM Stats" in said


def test_the_labs_own_word_on_what_only_a_listing_said_is_told(house: House) -> None:
    house.show(house.listing, house.row("qwen9-27b", "qwen"))
    house.later(hours=25)
    house.show(house.listing)
    house.show(house.blog, house.post("Qwen9-27B: the next one", "qwen"))
    assert len(house.channel.replies) == 1


def test_a_message_of_several_models_names_no_packagings_so_that_the_threads_do(house: House) -> None:
    names = [f"Qwen/Model{letter}-9" for letter in "ABCD"]
    house.hub.shown += [house.repository(name) for name in (*names, f"{names[2]}-FP8")]
    house.poller.poll([house.hub])
    house.later(seconds=2)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1
    assert ["FP8" in reply for reply in house.channel.replies] == [True]


def test_a_reply_that_waited_when_time_was_lost_holds_up_no_alert(house: House) -> None:
    prefer(house, Preferences(every="1h"))
    for ending in ("27B", "27B-FP8", "27B-GGUF"):
        publish(house, ending)
    house.later(minutes=20)
    house.store.suspect(house.clock.now() - timedelta(minutes=20), house.clock.now())
    house.show(house.hub, house.repository("Qwen/Another-9"))
    assert len(house.channel.alerts) == 2
    assert len(house.channel.replies) == 1
    wait(house, minutes=41)
    assert len(house.channel.replies) == 2
