"""What an answer says: the fact first, in words, then what to do next."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.cadence.period import window_back
from bot.desk.grammar import parse_command
from bot.errors import UsageError
from bot.model import DateOrigin, Destination, Kind, Lab, Published, Wave
from bot.records import Content, Delivery, DigestPlan, Preferences, Remembered
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from bot.views import answers
from bot.views.answers import Following
from bot.views.answers.why import Story
from bot.views.commands import Command, MisunderstoodError, Suggestion, Verb
from tests.support.builders import (
    GEMMA_POST,
    GEMMA_SIZES,
    GOOGLE,
    KIMI,
    KIMI_K25,
    MOONSHOT,
    NOW,
    alone,
    named,
    release,
)
from tests.support.places import C0123, U0123
from tests.support.slack import pressed, shown

DAY = timedelta(days=1)
KIMI_WAVE = alone(KIMI, previous=KIMI_K25)
GEMMA_WAVE = Wave(GOOGLE, GEMMA_POST, (GEMMA_POST, *GEMMA_SIZES))
UNKNOWN = alone(release(named("Mystery")))


def recent(text: str = "recent", **fields: Any) -> Command:
    return Command(Verb.RECENT, text, **fields)


# --- recent


def test_a_page_says_what_came_out_with_licence_and_size_in_words() -> None:
    answer = answers.recent_answer(recent(), 2, [KIMI_WAVE, GEMMA_WAVE], NOW)
    assert answer.text == (
        "2 releases in the last 30 days. "
        "1. Kimi K2.6 by Moonshot AI, 2026-04-20: Modified MIT, with conditions; "
        "1.0T parameters, 32B active. "
        "2. Gemma 4 by Google, 2026-04-20: Apache 2.0, permissive; 5.1B to 31B parameters."
    )
    assert "🟡 Modified MIT, with conditions · 1.0T parameters, 32B active" in shown(answer)
    assert "🟢 Apache 2.0, permissive · 4 sizes · 5.1B to 31B parameters" in shown(answer)


def test_what_is_not_known_is_not_stated() -> None:
    answer = answers.recent_answer(recent(), 1, [UNKNOWN], NOW)
    assert "⚪ licence not stated · size not stated" in shown(answer)
    assert "licence not stated; size not stated" in answer.text


def test_a_date_that_is_no_publication_says_so() -> None:
    created = replace(KIMI, published=Published(NOW, DateOrigin.CREATED))
    assert "2026-04-20 (created on the Hub)" in shown(
        answers.recent_answer(recent(), 1, [alone(created)], NOW)
    )


@pytest.mark.parametrize(
    ("text", "page", "total", "buttons"),
    [
        pytest.param("recent", 1, 2, {"share:2": "recent"}, id="one page needs no paging"),
        pytest.param(
            "recent qwen since:90d n:2",
            1,
            5,
            {"replace:1": "recent qwen since:90d n:2 page:2", "share:2": "recent qwen since:90d n:2"},
            id="the next page is the same question",
        ),
        pytest.param(
            "recent n:2 page:2",
            2,
            5,
            {"replace:0": "recent n:2", "replace:1": "recent n:2 page:3", "share:2": "recent n:2 page:2"},
            id="from the middle it goes both ways",
        ),
        pytest.param(
            "recent n:2 page:3",
            3,
            6,
            {"replace:0": "recent n:2 page:2", "share:2": "recent n:2 page:3"},
            id="the last page has no next",
        ),
    ],
)
def test_paging(text: str, page: int, total: int, buttons: dict[str, str]) -> None:
    answer = answers.recent_answer(recent(text, number=2, page=page), total, [KIMI_WAVE, GEMMA_WAVE], NOW)
    found = {action: value for action, value in pressed(answer).values() if "details" not in action}
    assert found == buttons


def test_a_later_page_goes_on_counting_and_each_release_has_its_details() -> None:
    answer = answers.recent_answer(recent(number=2, page=2), 5, [KIMI_WAVE, GEMMA_WAVE], NOW)
    assert "5 releases in the last 30 days*, 3 to 4 shown" in shown(answer)
    accessories = [block["accessory"] for block in answer.blocks if "accessory" in block]
    assert [(it["action_id"], it["value"]) for it in accessories] == [("details:3", "1"), ("details:4", "1")]


@pytest.mark.parametrize(
    ("number", "size"),
    [
        pytest.param(None, 10, id="ten without a word"),
        pytest.param(3, 3, id="as many as asked"),
        pytest.param(200, 20, id="never more than fit"),
    ],
)
def test_the_size_of_a_page(number: int | None, size: int) -> None:
    command = recent(number=number)
    assert answers.page_size(command) == size
    answer = answers.recent_answer(command, 300, [KIMI_WAVE] * 300, NOW)
    assert sum("accessory" in block for block in answer.blocks) == size


@pytest.mark.parametrize(
    ("typed", "since"),
    [
        pytest.param("recent since:1y", timedelta(days=365), id="a year already"),
        pytest.param("recent since:5y", timedelta(days=1825), id="longer"),
    ],
)
def test_nothing_found_in_a_year_offers_no_look_back_at_it(typed: str, since: timedelta) -> None:
    answer = answers.recent_answer(recent(typed, since=since), 0, [], NOW)
    assert "Look back a year" not in pressed(answer)


def test_nothing_found_offers_a_longer_look_back_and_a_wider_one() -> None:
    command = recent("recent google since:7d", labs=(GOOGLE,), since=7 * DAY, filters=Filters("permissive"))
    answer = answers.recent_answer(command, 0, [], NOW)
    assert answer.text.startswith("Nothing came out in the last 7 days from Google (license:permissive)")
    assert pressed(answer)["Look back a year"] == ("replace:0", "recent google since:1y")
    assert pressed(answer)["Without filters"] == ("replace:1", "recent")


def test_a_page_beyond_the_last_leads_back() -> None:
    answer = answers.recent_answer(recent("recent page:9", page=9), 3, [], NOW)
    assert pressed(answer) == {"First page": ("replace:0", "recent")}


def test_it_says_when_sources_were_read() -> None:
    answer = answers.recent_answer(recent(), 1, [KIMI_WAVE], NOW, NOW - timedelta(minutes=4))
    assert "Sources were read 4 min ago" in shown(answer)


# --- show


def test_one_release_is_shown_with_all_its_facts() -> None:
    answer = answers.show_answer(KIMI_WAVE, [])
    said = shown(answer)
    assert "2026-04-20, 83 days after Kimi K2.5" in said
    assert "*Download*\n595 GB, INT4" in said
    assert "*Memory to serve*\nINT4: 714 GB, about 16 x 80 GB" in said
    assert "• FP8: <https://huggingface.co/moonshotai/Kimi-K2.6-FP8|moonshotai/Kimi-K2.6-FP8>" in said
    assert "Licence: Modified MIT, with conditions. Size: 1.0T parameters, 32B active." in answer.text


def test_several_sizes_have_a_line_each_with_licence_and_memory() -> None:
    said = shown(answers.show_answer(GEMMA_WAVE, []))
    assert "*4 sizes*" in said
    assert (
        "Gemma 4 31B>* · 31B parameters · 62.5 GB, BF16 · 🟢 Apache 2.0, permissive · "
        "to serve BF16: 75 GB, about 1 x 80 GB" in said
    )


def test_a_release_without_facts_states_none() -> None:
    answer = answers.show_answer(UNKNOWN, [])
    assert "Licence: not stated. Size: not stated. Download: not stated. Context: not stated." in answer.text
    assert shown(answer).count("not stated") == 5


def test_others_by_the_same_words_are_a_press_away_and_the_answer_can_be_shared() -> None:
    answer = answers.show_answer(KIMI_WAVE, ["Kimi K2.5", "Kimi K2"])
    assert pressed(answer)["Kimi K2"] == ("run:1", "show Kimi K2")
    assert pressed(answer)["Share in channel"] == ("share:1", "show kimi k2.6")
    assert pressed(answer)["Details"] == ("details:0", "1")


# --- labs


def test_labs_are_listed_with_the_words_that_find_them() -> None:
    qwen = Lab("qwen", "Qwen", ("alibaba", "tongyi"))
    answer = answers.labs_answer([qwen], "ali")
    assert "• *Qwen* `qwen` · also alibaba, tongyi" in shown(answer)
    assert pressed(answer)["Follow Qwen here"] == ("replace:0", "subscribe qwen")


def test_a_word_that_no_lab_has_leads_to_all_labs() -> None:
    answer = answers.labs_answer([], "xyz")
    assert answer.text == "No lab's name contains “xyz”."
    assert pressed(answer) == {"Show all labs": ("run:0", "labs")}


# --- help, errors, confirmations


@pytest.mark.parametrize("verb", Verb)
def test_every_command_has_its_help(verb: Verb) -> None:
    assert answers.help_answer(verb.upper()).text.startswith("`/releases ")
    assert verb in answers.help_answer().text
    assert f"• `/releases {verb}" in shown(answers.help_answer())
    assert answers.help_answer(verb) != answers.help_answer("nonsense") == answers.help_answer()


LABS = Labs([MOONSHOT, GOOGLE, Lab("qwen", "Qwen"), Lab("zai", "Z.ai")])


@pytest.mark.parametrize("verb", Verb)
def test_what_help_shows_is_understood(verb: Verb) -> None:
    examples = re.findall("`/releases ([^`]+)`", answers.help_answer(verb).text.partition("For example")[2])
    assert {parse_command(example, LABS).verb for example in examples} == {verb}


@pytest.mark.parametrize(
    "answer",
    [
        answers.recent_answer(recent("recent qwen n:1 page:2", number=1, page=2), 9, [KIMI_WAVE], NOW),
        answers.recent_answer(recent("recent qwen max:7b", filters=Filters(max=7)), 0, [], NOW),
        answers.show_answer(KIMI_WAVE, ["Kimi K2.5"]),
        answers.cadence_answer(
            Command(Verb.CADENCE, "cadence"), answers.CadenceTable(window_back(date(2026, 4, 30), 365))
        ),
        answers.labs_answer([GOOGLE], ""),
        answers.list_answer(Following(C0123), NOW),
        answers.settings_answer(Preferences()),
        answers.digest_answer(Preferences()),
        answers.digest_answer(Preferences(digest=DigestPlan("daily"))),
        answers.help_answer(),
        answers.help_answer("recent"),
        answers.confirm_answer("Really?", "unsubscribe all"),
    ],
)
def test_every_button_is_a_command_that_is_understood(answer: Content) -> None:
    commands = [value for action, value in pressed(answer).values() if action[:3] in ("run", "rep", "sha")]
    assert commands
    for command in commands:
        parse_command(command, LABS)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(answers.labs_answer([GOOGLE], ""), id="labs"),
        pytest.param(answers.list_answer(Following(C0123), NOW), id="a list of nothing"),
        pytest.param(answers.settings_answer(Preferences()), id="settings"),
        pytest.param(answers.digest_answer(Preferences()), id="no digest"),
        pytest.param(answers.digest_answer(Preferences(digest=DigestPlan("daily"))), id="a digest"),
        pytest.param(answers.confirm_answer("Really?", "unsubscribe all"), id="are you sure"),
        pytest.param(
            answers.error_answer(MisunderstoodError("no", (Suggestion("Follow", "subscribe qwen"),)), ""),
            id="did you mean",
        ),
    ],
)
def test_a_button_that_changes_something_goes_with_its_message(answer: Content) -> None:
    changing = [action for action, value in pressed(answer).values() if parse_command(value, LABS).changes]
    assert {action.partition(":")[0] for action in changing} - {"cancel"} == {"replace"}


@pytest.mark.parametrize(
    ("destination", "whom", "ask"),
    [
        pytest.param(C0123, "this channel follows", "mention me and ask", id="a channel"),
        pytest.param(U0123, "you follow", "ask me", id="a person"),
    ],
)
def test_a_welcome_is_two_sentences_and_two_buttons(destination: Destination, whom: str, ask: str) -> None:
    answer = answers.welcome_answer(destination)
    assert answer.text == (
        f"I post every new model of the AI labs that {whom}, once, with its licence and size. "
        f"Choose labs to begin, {ask} “what came out this week?”, or type `/releases help` for the rest."
    )
    assert pressed(answer) == {
        "Choose labs": ("choose:0", destination),
        "What came out lately": ("run:1", "recent"),
    }


def test_what_a_question_was_taken_for_is_said_first() -> None:
    answer = answers.understood_answer("recent qwen since:7d", answers.said("nothing came out"))
    assert answer.text == "`/releases recent qwen since:7d`: Nothing came out."
    assert shown(answer).startswith("`/releases recent qwen since:7d`:")


def test_what_was_not_understood_changes_nothing_and_offers_what_may_be_meant() -> None:
    error = MisunderstoodError(
        "I don't know a lab called “moonshoot”: `labs` shows them all",
        (Suggestion("Follow Moonshot AI", "subscribe moonshot"),),
    )
    answer = answers.error_answer(error, "subscribe moonshoot")
    assert answer.text == (
        "I don't know a lab called “moonshoot”: `labs` shows them all. Nothing was changed. "
        "Try `/releases subscribe moonshot`."
    )
    assert pressed(answer)["Follow Moonshot AI"] == ("replace:0", "subscribe moonshot")
    assert "You typed: `/releases subscribe moonshoot`" in shown(answer)


def test_what_was_typed_does_nothing_in_the_answer() -> None:
    answer = answers.error_answer(UsageError("“<!channel>” is `<!here>`"), "<!channel> `<!everyone>` *x*")
    assert "<!" not in shown(answer) + answer.text
    assert "`&lt;!here&gt;`" in answer.text


def test_a_command_too_long_for_a_button_has_none_rather_than_another_command() -> None:
    answer = answers.confirm_answer("Really?", "unsubscribe " + "qwen " * 1_000)
    assert list(pressed(answer)) == ["Cancel"]


def test_a_question_is_answered_by_a_button_or_by_typing() -> None:
    answer = answers.confirm_answer("Unsubscribe this channel from everything?", "unsubscribe all")
    assert pressed(answer) == {
        "Yes": ("replace:0", "unsubscribe all yes"),
        "Cancel": ("cancel:1", "unsubscribe all"),
    }
    assert "Nothing was changed yet" in answer.text


def test_a_subscription_shows_the_newest_release_instead_of_a_backfill() -> None:
    answer = answers.subscribed_answer("this channel now follows Moonshot AI", KIMI_WAVE, NOW + 3 * DAY)
    assert answer.text.startswith("This channel now follows Moonshot AI. The newest release so far: ")
    assert "3 d ago · 🟡 Modified MIT, with conditions · 1.0T parameters" in answer.text


def test_a_channel_without_the_bot_says_how_to_invite_it() -> None:
    answer = answers.cannot_post_answer("subscribe moonshot", C0123)
    assert answer.text == (
        "I am not in this channel yet, so nothing was changed. "
        "Invite me first with `/invite @cadencebot`, then press Try again."
    )


def test_a_channel_without_the_bot_is_named_where_the_answer_is_read_elsewhere() -> None:
    answer = answers.cannot_post_answer("subscribe moonshot", C0123, is_elsewhere=True)
    assert answer.text.startswith("I am not in <#C0123> yet, so nothing was changed.")


def test_a_command_too_long_for_a_button_is_to_be_typed_again() -> None:
    answer = answers.cannot_post_answer("subscribe moonshot match:" + "x" * 2_000, C0123)
    assert "Try again" not in answer.text
    assert "then run `/releases subscribe moonshot match:x" in answer.text


# --- why


def story(text: str = "moonshotai/Kimi-K2.6") -> Story:
    item = Remembered(
        "hub:moonshotai", "hub", "moonshot", text, text, "https://x.y/z", NOW, True, False,
        Kind.RELEASE, text, None, text, None,
    )  # fmt: skip
    sent = Delivery(1, "1", 1, text, C0123, "alert", "sent", 1, NOW, NOW, reason=text)
    return Story(item, KIMI.mentions, [sent])


def test_why_tells_the_steps() -> None:
    answer = answers.why_answer([story()])
    assert "*<https://x.y/z|moonshotai/Kimi-K2.6>*\n• seen 2026-04-20 15:46 UTC by hub:moonshotai" in shown(
        answer
    )
    assert "• alert sent in C0123" in shown(answer)
