"""What a person corrects holds against every later poll, and what was posted says so."""

from pathlib import Path
from typing import Literal

import pytest

from bot.desk.corrections import Corrector
from bot.errors import UsageError
from bot.model import Follow, Release
from bot.records import Correction, Preferences
from bot.releases.naming.labs import Labs
from tests.support.house import LABS, House, amended, licensed
from tests.support.places import C1

KIMI = "moonshotai/Kimi-K2.6"
TURBO = "moonshotai/Kimi-Turbo-K2.6"  # opens a release of its own


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def corrector(house: House) -> Corrector:
    return Corrector(house.store, Labs(LABS), house.clock)


def correct(house: House, name: str, **wanted: str) -> Release:
    """Correct a release and deliver what that owes."""
    its = corrector(house)
    release = its.correct(its.find(name), wanted, "ana")
    house.courier.deliver_all()
    return release


def undo(house: House, name: str, *fields: str) -> None:
    its = corrector(house)
    its.undo(its.find(name), fields)
    house.courier.deliver_all()


def recent(house: House) -> list[str]:
    return [wave.lead.name.display for wave in house.store.history.recent()[1]]


def heads_of(house: House, name: str) -> list[str]:
    return [it.repository for it in house.store.history.find(name)[0].lead.artifacts if it.head]


def key_of(house: House, repository: str) -> str:
    return house.store.history.named(repository)[0].name.release_key


def test_a_correction_holds_although_keys_are_spelt_otherwise_today(house: House) -> None:
    said = Correction("moonshot/kimi-k9.0", "kind", "other", "ana", house.clock.now())
    with house.store.transaction():
        house.store.corrections.set(said)
    house.show(house.hub, house.repository("moonshotai/Kimi-K9.0"))
    assert house.channel.alerts == []


class TestFacts:
    """A licence or a size that a person knows better."""

    def test_a_corrected_licence_edits_the_alert_and_survives_the_next_poll(self, house: House) -> None:
        repository = house.repository(KIMI, license=licensed("apache-2.0"))
        house.show(house.hub, repository)
        assert correct(house, "Kimi K2.6", license="mit").license.id == "mit"
        assert "MIT" in house.channel.edits[-1]
        facts = house.repository(KIMI, license=licensed("apache-2.0"), parameters=10**12).facts
        house.later(hours=1)
        house.show(house.hub, amended(repository, facts=facts))
        assert "MIT" in house.channel.edits[-1]
        assert house.store.history.find("Kimi K2.6")[0].lead.license.id == "mit"

    def test_a_card_that_states_another_licence_is_no_news_where_a_person_has_stated_it(
        self, house: House
    ) -> None:
        repository = house.repository(KIMI, license=licensed("apache-2.0"))
        house.show(house.hub, repository)
        correct(house, KIMI, license="mit")
        facts = house.repository(KIMI, license=licensed("cc-by-4.0")).facts
        house.show(house.hub, amended(repository, facts=facts))
        assert house.channel.replies == []

    def test_sizes_are_corrected_in_words(self, house: House) -> None:
        house.show(house.hub, house.repository(KIMI))
        release = correct(house, KIMI, parameters="35b", active="3b")
        assert (release.facts.parameters, release.facts.active_parameters) == (35 * 10**9, 3 * 10**9)
        assert "35" in house.channel.edits[-1]

    def test_what_was_corrected_can_be_corrected_again_and_taken_back(self, house: House) -> None:
        house.show(house.hub, house.repository(KIMI, license=licensed("apache-2.0"), parameters=10**12))
        correct(house, KIMI, license="mit", parameters="35b")
        correct(house, KIMI, license="cc-by-4.0")
        assert [(one.field, one.value) for one in house.store.corrections.all()] == [
            ("license", "cc-by-4.0"),
            ("parameters", "35000000000"),
        ]
        undo(house, KIMI, "license")
        lead = house.store.history.find(KIMI)[0].lead
        assert (lead.license.id, lead.facts.parameters) == ("apache-2.0", 35 * 10**9)
        undo(house, KIMI)
        assert house.store.history.find(KIMI)[0].lead.facts.parameters == 10**12
        assert len(house.channel.alerts) == 1

    def test_another_lab_gets_the_release_and_its_repository_stays_known(self, house: House) -> None:
        repository = house.repository(KIMI)
        house.show(house.hub, repository)
        assert correct(house, KIMI, lab="Z.ai").name.lab == "zai"
        assert [wave.lab.id for wave in house.store.history.recent(["zai"])[1]] == ["zai"]
        house.show(house.hub, amended(repository, facts=house.repository(KIMI, parameters=10**12).facts))
        house.show(house.hub, house.repository(f"{KIMI}-FP8"))
        house.show(house.blog, house.post("Kimi K2.6: open agentic intelligence", "moonshot"))
        assert len(house.channel.alerts) == 1
        assert len(house.channel.replies) == 1
        undo(house, KIMI)
        assert house.store.history.recent(["zai"])[0] == 0


class TestMerging:
    """Two that were taken for two releases, and are one."""

    @pytest.fixture
    def two(self, house: House) -> House:
        house.show(house.hub, house.repository(KIMI))
        house.later(days=2)
        house.show(house.hub, house.repository(TURBO))
        assert len(house.channel.alerts) == 2
        return house

    def test_they_are_one_from_then_on(self, two: House) -> None:
        correct(two, TURBO, merge="Kimi K2.6")
        assert recent(two) == ["Kimi-K2.6"]
        lead = two.store.history.find("Kimi-K2.6")[0].lead
        assert [artifact.repository for artifact in lead.artifacts] == [KIMI, TURBO]
        assert [artifact.head for artifact in lead.artifacts] == [True, False]

    def test_both_messages_say_the_same(self, two: House) -> None:
        correct(two, TURBO, merge=KIMI)
        assert all("Kimi-K2.6" in text for text in two.channel.edits)
        assert {message.edit_ts for message in two.channel.messages if message.edit_ts} >= {"2.000100"}

    @pytest.mark.parametrize("seen", [pytest.param(KIMI, id="the one"), pytest.param(TURBO, id="the other")])
    def test_a_later_sighting_of_either_is_the_same_release(self, two: House, seen: str) -> None:
        correct(two, TURBO, merge=KIMI)
        two.later(hours=1)
        two.show(two.hub, two.repository(f"{seen}-FP8"))
        two.show(two.blog, two.post(f"Introducing {seen.partition('/')[2]}", "moonshot"))
        assert len(two.channel.alerts) == 2
        assert len(two.channel.replies) == 1
        assert recent(two) == ["Kimi-K2.6"]

    def test_a_destination_that_has_the_one_is_not_told_of_the_other(self, house: House) -> None:
        house.show(house.blog, house.post("Introducing Kimi-Turbo-K2.6", "moonshot"))
        house.later(days=2)
        with house.store.transaction():
            house.store.subscriptions.remove(C1, [Follow("all")])
        house.show(house.hub, house.repository(KIMI))
        house.subscribe("C1")
        assert len(house.channel.alerts) == 1
        merged = house.store.history.find("Kimi-Turbo-K2.6")[0].lead.name.release_key
        correct(house, merged, merge=KIMI)
        house.show(house.hub, house.repository(f"{KIMI}-FP8"))
        assert len(house.channel.alerts) == 1
        assert len(house.channel.replies) == 1

    def test_a_merge_that_is_taken_back_gives_everything_back(self, two: House) -> None:
        before = [two.store.history.named(name)[0] for name in (KIMI, TURBO)]
        turbo = key_of(two, TURBO)
        correct(two, TURBO, merge=KIMI)
        undo(two, turbo)
        assert [two.store.history.named(name)[0] for name in (KIMI, TURBO)] == before
        assert len(recent(two)) == 2
        assert len(two.channel.alerts) == 2

    def test_merges_lead_to_the_last_of_them(self, two: House) -> None:
        two.later(days=2)
        two.show(two.hub, two.repository("moonshotai/Kimi-Ultra-K2.6"))
        turbo = key_of(two, TURBO)
        correct(two, TURBO, merge=KIMI)
        correct(two, KIMI, merge="moonshotai/Kimi-Ultra-K2.6")
        assert len(recent(two)) == 1
        assert len(two.store.history.find(KIMI)[0].lead.artifacts) == 3
        undo(two, "moonshot/kimi-k2.6", "merge")
        assert len(recent(two)) == 2
        assert two.store.history.find(turbo)[0].lead.name.release_key == "moonshot/kimi-k2.6"

    def test_the_head_of_a_wave_can_be_merged_into_one_that_it_leads(self, house: House) -> None:
        house.show(house.blog, house.post("Gemma 4: our most capable open models", "google"))
        house.show(house.hub, house.repository("google/gemma-4-31B-it"))
        correct(house, "google/gemma-4", merge="google/gemma-4-31B-it")
        house.show(house.hub, house.repository("google/gemma-4-31B-it-FP8"))
        assert len(house.channel.alerts) == 1
        assert len(recent(house)) == 1
        assert house.store.history.recent()[1][0].lead.artifacts

    def test_the_better_weights_of_two_are_the_head_until_that_is_taken_back(self, house: House) -> None:
        house.show(house.hub, house.repository(f"{KIMI}-FP8"))
        house.later(days=2)
        house.show(house.hub, house.repository(TURBO))
        turbo = key_of(house, TURBO)
        correct(house, TURBO, merge=f"{KIMI}-FP8")
        assert heads_of(house, TURBO) == [TURBO]
        correct(house, f"{KIMI}-FP8", license="mit")
        undo(house, turbo)
        assert (heads_of(house, f"{KIMI}-FP8"), heads_of(house, TURBO)) == ([f"{KIMI}-FP8"], [TURBO])

    def test_two_cannot_be_merged_into_each_other(self, two: House) -> None:
        turbo = key_of(two, TURBO)
        correct(two, TURBO, merge=KIMI)
        with pytest.raises(UsageError, match="one release already"):
            correct(two, KIMI, merge=turbo)


class TestSplitting:
    """A repository that was taken for a variant, and is a release."""

    @pytest.fixture
    def split(self, house: House) -> House:
        house.show(house.hub, house.repository(KIMI, parameters=10**12))
        house.show(house.hub, house.repository(f"{KIMI}-FP8", parameters=2 * 10**12))
        correct(house, KIMI, split=f"{KIMI}-FP8")
        return house

    def test_it_is_a_release_of_its_own_that_nobody_is_told_of(self, split: House) -> None:
        assert sorted(recent(split)) == ["Kimi-K2.6", "Kimi-K2.6-FP8"]
        apart = split.store.history.find(f"{KIMI}-FP8")[0].lead
        assert apart.facts.parameters == 2 * 10**12
        assert len(split.channel.alerts) == 1

    def test_it_stays_apart_when_it_is_seen_again(self, split: House) -> None:
        split.later(hours=1)
        again = split.repository(f"{KIMI}-FP8", parameters=3 * 10**12)
        split.show(split.hub, amended(again))
        assert split.store.history.find(f"{KIMI}-FP8")[0].lead.facts.parameters == 3 * 10**12
        assert split.store.history.find(KIMI)[0].lead.facts.parameters == 10**12
        assert len(split.channel.alerts) == 1

    def test_what_a_channel_had_against_it_does_not_keep_it(self, split: House) -> None:
        apart = split.store.history.find(f"{KIMI}-FP8")[0].lead.id
        with split.store.transaction():
            split.store.deliveries.note_declined(apart, [(C1, "muted", True)])
        undo(split, KIMI)
        assert split.store.history.named("Kimi-K2.6-FP8") == []
        assert split.store.deliveries.declined(apart) == {}

    def test_it_goes_back_when_that_is_taken_back(self, split: House) -> None:
        split.show(split.hub, amended(split.repository(f"{KIMI}-FP8")))
        undo(split, KIMI)
        assert recent(split) == ["Kimi-K2.6"]
        assert len(split.store.history.find(KIMI)[0].lead.artifacts) == 2
        assert split.store.history.named("Kimi-K2.6-FP8") == []

    def test_it_can_be_named(self, house: House) -> None:
        house.show(house.hub, house.repository(KIMI), house.repository(f"{KIMI}-FP8"))
        correct(house, KIMI, split=f"{KIMI}-FP8", named="Kimi K2.6 Thinking")
        assert sorted(recent(house)) == ["Kimi K2.6 Thinking", "Kimi-K2.6"]
        house.show(house.hub, house.repository("moonshotai/Kimi-K2.6-Thinking"))
        assert len(recent(house)) == 2

    def test_a_release_keeps_something(self, house: House) -> None:
        house.show(house.hub, house.repository(KIMI))
        with pytest.raises(UsageError, match="is all there is of"):
            correct(house, KIMI, split=KIMI)


class TestWhatIsNoRelease:
    """What should not have been announced."""

    def test_it_is_withdrawn_and_later_sightings_are_silent(self, house: House) -> None:
        repository = house.repository(KIMI)
        house.show(house.hub, repository)
        assert correct(house, KIMI, kind="other").withdrawn
        house.later(hours=1)
        house.show(house.hub, amended(repository, facts=house.repository(KIMI, parameters=10**12).facts))
        house.show(house.hub, house.repository(f"{KIMI}-FP8"))
        house.show(house.blog, house.post("Kimi K2.6: open agentic intelligence", "moonshot"))
        house.show(house.listing, house.row("kimi-k2.6", "moonshot"))
        house.later(hours=30)
        house.show(house.listing)
        assert recent(house) == []
        assert house.store.history.find("Kimi-K2.6") == []
        assert len(house.channel.alerts) == 1
        assert house.channel.replies == []

    @pytest.mark.parametrize("updates", ["edit", "thread"])
    def test_its_alert_is_struck_down_or_its_thread_says_so(
        self, house: House, updates: Literal["edit", "thread"]
    ) -> None:
        with house.store.transaction():
            house.store.preferences.set(C1, Preferences(updates=updates), None)
        house.show(house.hub, house.repository(KIMI))
        correct(house, KIMI, kind="other")
        house.later(seconds=2)
        house.courier.deliver_all()
        said = house.channel.edits if updates == "edit" else house.channel.replies
        assert ["Kimi-K2.6 by Moonshot AI was withdrawn" in text for text in said] == [True]

    def test_what_was_still_owed_is_not_sent(self, house: House) -> None:
        house.poller.poll([house.hub])
        house.hub.shown.append(house.repository(KIMI))
        house.poller.poll([house.hub])
        correct(house, KIMI, kind="other")
        assert house.channel.messages == []

    def test_what_shared_its_alert_goes_on(self, house: House) -> None:
        house.show(house.hub, house.repository("google/gemma-4-31B-it"))
        house.show(house.hub, house.repository("google/gemma-4-E4B-it"))
        correct(house, "google/gemma-4-31B-it", kind="other")
        assert len(recent(house)) == 1
        house.later(minutes=16)  # a thread rests between two replies
        house.show(house.hub, house.repository("google/gemma-4-E4B-it-FP8"))
        assert len(house.channel.alerts) == 1
        assert "FP8" in house.channel.replies[-1]

    def test_it_comes_back_when_that_is_taken_back(self, house: House) -> None:
        house.show(house.hub, house.repository(KIMI))
        correct(house, KIMI, kind="other")
        undo(house, KIMI)
        assert recent(house) == ["Kimi-K2.6"]
        house.show(house.hub, house.repository(f"{KIMI}-FP8"))
        assert len(house.channel.alerts) == 1
        assert len(house.channel.replies) == 1

    def test_a_variant_gives_way_to_the_model_itself(self, house: House) -> None:
        house.show(house.hub, house.repository(KIMI))
        correct(house, KIMI, kind="variant")
        house.later(hours=1)
        house.show(house.hub, house.repository(f"{KIMI}-Instruct"))
        house.show(house.hub, house.repository(f"{KIMI}-Chat"))
        assert heads_of(house, KIMI) == [f"{KIMI}-Instruct"]
        assert len(house.channel.alerts) == 1
        undo(house, KIMI)
        assert heads_of(house, KIMI) == [f"{KIMI}-Instruct"]


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        pytest.param({}, "say what is wrong", id="nothing"),
        pytest.param({"license": "beer"}, "no licence that the bot knows", id="no licence"),
        pytest.param({"parameters": "big"}, "not a size", id="no size"),
        pytest.param({"lab": "moonshoot"}, "did you mean moonshot", id="no lab"),
        pytest.param({"kind": "toy"}, "is no kind", id="no kind"),
        pytest.param({"merge": "Kimi K9"}, "no release is called", id="no release to merge with"),
        pytest.param({"merge": KIMI}, "one release already", id="itself"),
        pytest.param({"split": "moonshotai/else"}, "is no repository of", id="no repository of it"),
    ],
)
def test_what_makes_no_sense_changes_nothing(house: House, wanted: dict[str, str], complaint: str) -> None:
    house.show(house.hub, house.repository(KIMI))
    with pytest.raises(UsageError, match=complaint):
        correct(house, KIMI, **wanted)
    assert house.store.corrections.all() == []
    assert len(house.channel.messages) == 1


def test_there_must_be_something_to_take_back(house: House) -> None:
    house.show(house.hub, house.repository(KIMI))
    with pytest.raises(UsageError, match="nothing of"):
        undo(house, KIMI)
