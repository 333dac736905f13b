"""The windows, and the words that their forms become."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.grammar import parse_command
from bot.model import Destination, Follow, Lab, Wave
from bot.records import FROM_FILE, FROM_SLACK, ErrorReport, Subscription
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from bot.views.answers import Following
from bot.views.follow_form import read_subscribe, subscribe_modal
from bot.views.forms import (
    correct_modal,
    details_modal,
    read_correct,
    read_report,
    report_modal,
)
from tests.support.builders import GEMMA_POST, GEMMA_SIZES, GOOGLE, KIMI, MOONSHOT, NOW, alone
from tests.support.places import C0123, U0123
from tests.support.slack import HOSTILE, complaints, shown
from tests.support.waves import waves

REPORT = ErrorReport(7, 1, "Kimi K2.6", C0123, U0123, "it is MIT", NOW)
GEMMA_WAVE = Wave(
    GOOGLE, GEMMA_POST, (GEMMA_POST, *(replace(it, id=n) for n, it in enumerate(GEMMA_SIZES, 11)))
)


def typed(text: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": text}


def chosen(value: str) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": value}}


def several(*values: str) -> dict[str, Any]:
    return {"type": "multi_static_select", "selected_options": [{"value": value} for value in values]}


def submitted(**states: dict[str, Any]) -> dict[str, Any]:
    """Return a view as Slack submits it."""
    return {"state": {"values": {block: {"value": state} for block, state in states.items()}}}


def blocks_asked(view: Any) -> dict[str, Any]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


@pytest.mark.parametrize(
    ("about", "states", "commands"),
    [
        pytest.param("C1", {"labs": several("qwen", "zai")}, ["subscribe qwen zai"], id="labs alone"),
        pytest.param(
            "C1",
            {"labs": several("qwen"), "license": chosen("permissive"), "max": typed(" 70 b ")},
            ["subscribe qwen license:permissive max:70b"],
            id="filters are words without spaces",
        ),
        pytest.param(
            "C1",
            {"labs": several("qwen"), "license": chosen("any"), "kinds": chosen("all"), "min": typed(None)},
            ["subscribe qwen"],
            id="what lets everything through is left out",
        ),
        pytest.param(
            "C1", {"labs": several("qwen", "all")}, ["subscribe all"], id="all labs hold every other"
        ),
        pytest.param(
            "C1",
            {"labs": several("qwen"), "match": typed('coder, "vl')},
            ['subscribe qwen match:"coder, vl"'],
            id="words of the name stay together",
        ),
        pytest.param(
            "C1 qwen zai",
            {"labs": several("zai", "moonshot"), "max": typed("7b")},
            ["unsubscribe qwen", "subscribe zai moonshot max:7b"],
            id="what was taken out is not followed any more",
        ),
        pytest.param("C1 qwen", {"max": typed("7b")}, ["unsubscribe qwen"], id="all of it taken out"),
        pytest.param("", {}, ["subscribe"], id="nothing chosen is for the grammar to refuse"),
    ],
)
def test_a_form_that_chooses_labs_is_commands(
    about: str, states: dict[str, Any], commands: list[str]
) -> None:
    sent = {"private_metadata": about, **submitted(**states)}
    assert read_subscribe(sent) == (Destination(about.partition(" ")[0]), commands)


def test_what_a_full_form_becomes_is_understood() -> None:
    labs = Labs([MOONSHOT, GOOGLE])
    states = {
        "labs": several("moonshot", "google"),
        "license": chosen("permissive"),
        "max": typed("70 b"),
        "fits": typed("8x80gb"),
        "type": chosen("text"),
        "weights": chosen("open"),
        "kinds": chosen("release"),
        "match": typed("coder, vl"),
    }
    _, [text] = read_subscribe(submitted(**states))
    command = parse_command(text, labs)
    assert command.labs == (MOONSHOT, GOOGLE)
    assert command.filters == Filters(
        "permissive", None, 70 * 10**9, 640 * 10**9, "text", "release", "open", ("coder", "vl")
    )


def following(*subscriptions: tuple[str, Filters]) -> Following:
    return Following(
        C0123, [Subscription(C0123, Follow.read(lab), its, FROM_SLACK, NOW) for lab, its in subscriptions]
    )


FULL = Filters(
    "apache-2.0", 7 * 10**9, 70 * 10**9, 640 * 10**9, "text-to-video", "release", "open", ("deep think", "vl")
)


def sent_back(view: Any) -> dict[str, Any]:
    """Return a form as Slack submits it when nobody touched it."""
    states = {}
    for block, element in blocks_asked(view).items():
        states[block] = {
            "selected_options": element.get("initial_options"),
            "selected_option": element.get("initial_option"),
            "value": element.get("initial_value"),
        }
    return {"private_metadata": view["private_metadata"], **submitted(**states)}


@pytest.mark.parametrize("filters", [Filters(), Filters(max=7 * 10**9), FULL])
def test_a_form_shows_what_is_set_so_that_saving_it_untouched_changes_nothing(filters: Filters) -> None:
    current = following(("moonshot", filters), ("google", filters))
    place, [text] = read_subscribe(sent_back(subscribe_modal([MOONSHOT, GOOGLE], current, C0123)))
    command = parse_command(text, Labs([MOONSHOT, GOOGLE]))
    assert (place, set(command.labs), command.filters) == (C0123, {MOONSHOT, GOOGLE}, filters)


def test_where_filters_differ_the_form_shows_the_most_that_have_the_same() -> None:
    seven = Filters(max=7 * 10**9)
    current = following(("all", FULL), ("moonshot", seven), ("google", seven), ("cadence:qwen", Filters()))
    view = subscribe_modal([MOONSHOT, GOOGLE], current, C0123)
    assert read_subscribe(sent_back(view)) == (C0123, ["subscribe google moonshot max:7b"])
    assert "• *All labs*: license:apache-2.0" in shown(view)


def test_what_feeds_yaml_or_an_unknown_lab_is_followed_by_is_not_for_the_form_to_end() -> None:
    of_file = replace(following(("google", Filters())).subscriptions[0], origin=FROM_FILE)
    current = Following(C0123, [of_file, *following(("gone", Filters())).subscriptions])
    view = subscribe_modal([MOONSHOT, GOOGLE], current, C0123)
    assert view["private_metadata"] == "C0123"
    assert "• *google*: every release" in shown(view)


def test_the_form_offers_all_labs_and_each_by_its_letter() -> None:
    groups = blocks_asked(subscribe_modal([MOONSHOT, GOOGLE], None, C0123))["labs"]["option_groups"]
    assert [[it["value"] for it in group["options"]] for group in groups] == [
        ["all"],
        ["google"],
        ["moonshot"],
    ]


def test_details_hold_sizes_variants_memory_and_sources() -> None:
    said = shown(details_modal(alone(KIMI)))
    assert "*Memory to serve*\nINT4: 714 GB" in said
    assert "*Variants*" in said
    assert "*Sources*" in said
    assert "*4 sizes*" in shown(details_modal(GEMMA_WAVE))


def test_a_report_names_the_release_and_brings_the_words_back() -> None:
    view = report_modal(alone(KIMI))
    assert (view["callback_id"], view["private_metadata"]) == ("report", "1")
    assert "Known now: 🟡 Modified MIT, with conditions" in shown(view)
    assert read_report(submitted(text=typed(" it is MIT\nsee the card "))) == "it is MIT\nsee the card"


def test_a_correction_brings_back_only_what_was_filled_in() -> None:
    view = correct_modal(REPORT, alone(KIMI))
    assert (view["callback_id"], view["private_metadata"]) == ("correct", "7")
    assert "<@U0123> says of *Kimi K2.6*: “it is MIT”" in shown(view)
    states = {"license": typed("mit"), "kind": chosen("other"), "parameters": typed(""), "lab": typed(None)}
    assert read_correct(submitted(**states)) == {"license": "mit", "kind": "other"}


def test_of_several_sizes_one_is_chosen() -> None:
    options = blocks_asked(correct_modal(REPORT, GEMMA_WAVE))["model"]["options"]
    assert [it["value"] for it in options] == ["11", "12", "13", "14"]
    assert "model" not in blocks_asked(correct_modal(REPORT, alone(KIMI)))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["state", "values", "labs", "text", "license", "value", "selected_options", "x"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(_JSON.filter(lambda value: isinstance(value, dict)))
def test_a_damaged_payload_holds_nothing_and_never_raises(view: dict[str, Any]) -> None:
    place, commands = read_subscribe(view)
    assert (place, commands[-1].partition(" ")[0]) == ("", "subscribe")
    assert isinstance(read_report(view), str)
    assert isinstance(read_correct(view), dict)


@given(wave=waves())
def test_whatever_is_released_slack_takes_the_windows(validate: Any, wave: Wave) -> None:
    assert complaints(validate, details_modal(wave)) == []
    assert complaints(validate, report_modal(wave)) == []
    assert complaints(validate, correct_modal(REPORT, wave)) == []


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_everything_at_its_most_hostile_at_once(validate: Any, text: str) -> None:
    labs = [Lab(f"lab{number}", text) for number in range(60)]
    subscriptions = [
        Subscription(Destination(text), Follow(f"{n}{text}"), Filters(), text, NOW, text) for n in range(200)
    ]
    view = subscribe_modal(labs, Following(Destination(text), subscriptions), C0123)
    assert complaints(validate, view) == []
    filters = Filters(license=text, type=text, match=(text,))
    followed = [Subscription(C0123, Follow(lab.id), filters, FROM_SLACK, NOW, text) for lab in labs]
    view = subscribe_modal(labs, Following(C0123, followed), C0123)
    assert complaints(validate, view) == []
    assert read_subscribe(sent_back(view))[0] == C0123
    report = ErrorReport(7, 1, text, Destination(text), Destination(text), text, NOW)
    assert complaints(validate, correct_modal(report, alone(KIMI, Lab("lab", text)))) == []
