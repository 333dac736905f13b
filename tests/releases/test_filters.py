"""What people ask of a release, as they type it, and whether a release is so."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.model import Facts, License, LicenseStatement, Release
from bot.releases.facts.figures import memory_text, parse_memory, parse_size, size_text
from bot.releases.facts.filters import (
    CHOICES,
    FILTER_KEYS,
    Filters,
    Match,
    check,
    make_filters,
    matches,
    objection,
)
from bot.releases.facts.licenses import identify
from bot.releases.facts.words import NOT_STATED
from bot.releases.tables import rows
from tests.support.builders import KIMI, named, release

# Kimi K2.6 of the builders: Modified MIT, 1.026 T parameters, INT4, 595 GB, text and images, with weights
BARE = release(named("Kimi K3"))
BILLION, GB = 10**9, 10**9


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        pytest.param("7b", 7 * BILLION, id="billions"),
        pytest.param("1.5T", 1500 * BILLION, id="a fraction of trillions, in capitals"),
        pytest.param(" 600 m ", 600 * 10**6, id="millions, with room around"),
        pytest.param("999999.999t", 999_999_999 * BILLION, id="as much as can be said, exactly"),
    ],
)
def test_a_size_is_read(text: str, parameters: int) -> None:
    assert parse_size(text) == parameters


@pytest.mark.parametrize("text", ["", "7", "b", "-7b", "7gb", "1e9b", "0b", "٧b", "seven billion"])
def test_what_is_no_size_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="write it as 7b"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param("80gb", 80 * GB, id="one GPU"),
        pytest.param("8x80GB", 640 * GB, id="eight of them"),
        pytest.param("1.5tb", 1500 * GB, id="terabytes"),
    ],
)
def test_memory_is_read(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["", "80", "x80gb", "0x80gb", "8x", "80b", "2x2x80gb", "9999x999999tb"])
def test_what_is_no_memory_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(UsageError, match="write it as 24gb"):
        parse_memory(text)


amounts = st.decimals(min_value="0.001", max_value=999_999, places=3).map(lambda it: f"{it:f}")


@given(amounts, st.sampled_from("mbt"))
def test_a_size_is_written_as_it_is_read(amount: str, unit: str) -> None:
    assert parse_size(size_text(parse_size(amount + unit))) == parse_size(amount + unit)


@given(st.integers(1, 999), amounts, st.sampled_from(["gb", "tb"]))
def test_memory_is_written_as_it_is_read(count: int, amount: str, unit: str) -> None:
    size = parse_memory(f"{count}x{amount}{unit}") if float(amount) < 1_000 else parse_memory(amount + unit)
    assert parse_memory(memory_text(size)) == size


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param({}, "", id="nothing"),
        pytest.param({"license": "any", "type": "ANY", "kinds": "all", "weights": "any"}, "", id="anything"),
        pytest.param(
            {"license": "MIT", "min": "7b", "max": "1t"}, "license:mit min:7b max:1t", id="in their order"
        ),
        pytest.param({"max": "1000b"}, "max:1t", id="the largest unit"),
        pytest.param({"fits": "8x80gb"}, "fits:640gb", id="all the memory"),
        pytest.param(
            {"type": "Vision", "kinds": "release", "weights": "open"},
            "type:vision kinds:release weights:open",
            id="the words of a list",
        ),
        pytest.param({"match": "Coder, VL,coder"}, "match:coder,vl", id="names, each once"),
        pytest.param({"match": "deep  think"}, 'match:"deep think"', id="a name of two words"),
    ],
)
def test_filters_read_as_they_were_typed(typed: dict[str, str], told: str) -> None:
    assert str(make_filters(**typed)) == told


def test_every_key_is_a_field_of_the_filters() -> None:
    assert set(FILTER_KEYS) == set(Filters.__slots__)


@pytest.mark.parametrize(
    ("word", "license"),
    [
        pytest.param("any", "any", id="any"),
        pytest.param("", "any", id="nothing"),
        pytest.param("Permissive", "permissive", id="a verdict"),
        pytest.param("noncommercial", "non-commercial", id="a verdict without its hyphen"),
        pytest.param("MIT", "mit", id="an id in capitals"),
        pytest.param("Apache2", "apache-2.0", id="an id as people write it"),
        pytest.param("modified-mit", "modified-mit", id="a licence of a lab"),
    ],
)
def test_a_licence_that_exists_can_be_asked_for(word: str, license: str) -> None:
    assert make_filters(license=word).license == license


def test_every_licence_of_the_table_can_be_asked_for_by_its_id() -> None:
    listed = {identify(LicenseStatement(word)) for row in rows("licenses.tsv") for word in row.values()}
    keys = {
        terms.id for terms in listed if identify(LicenseStatement(terms.id)).verdict in CHOICES["license"]
    }
    asked = [key for key in keys if not re.search(r"[\s,()]", key)]
    assert len(asked) > 50
    assert [key for key in asked if make_filters(license=key).license != key] == []


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        pytest.param({"license": "permisive"}, "did you mean permissive?", id="a verdict misspelt"),
        pytest.param({"license": "xyzzy-1"}, "write permissive, conditions", id="no licence at all"),
        pytest.param({"license": "none"}, "write permissive, conditions", id="the licence of what has none"),
        pytest.param({"type": "chess"}, "write any, text, ", id="no type"),
        pytest.param({"kinds": "some"}, "write all or release or variants", id="no kinds"),
        pytest.param({"weights": "heavy"}, "write any or open", id="no weights"),
        pytest.param({"match": ",-,"}, "words of names", id="a name without a letter"),
        pytest.param({"match": "a,b,c,d,e,f,g,h,i,j,k"}, "up to 10", id="too many names"),
        pytest.param({"match": "x" * 61}, "words of names", id="a name too long"),
        pytest.param({"min": "70b", "max": "7b"}, "min:70b is above max:7b", id="nothing could match"),
    ],
)
def test_what_could_never_match_is_refused(typed: dict[str, str], hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        make_filters(**typed)
    assert hint in str(raised.value)


def stated(parameters: int | None = None, precision: str = "", task: str = "") -> Release:
    return replace(BARE, facts=Facts(parameters=parameters, precision=precision, task=task))


OWN_TERMS = replace(BARE, license=License("x-terms", "X Terms", "unknown"))


@pytest.mark.parametrize(
    ("typed", "model", "match", "words"),
    [
        pytest.param({}, BARE, Match.YES, "", id="nothing asked, nothing known"),
        pytest.param({"license": "conditions"}, KIMI, Match.YES, "", id="a verdict"),
        pytest.param({"license": "modified-mit"}, KIMI, Match.YES, "", id="a licence by its id"),
        pytest.param(
            {"license": "permissive"}, KIMI, Match.NO, "not license:permissive", id="another verdict"
        ),
        pytest.param({"license": "mit"}, KIMI, Match.NO, "Modified MIT", id="a licence of a like name"),
        pytest.param(
            {"license": "mit"}, BARE, Match.UNKNOWN, "its licence is not stated", id="no licence yet"
        ),
        pytest.param(
            {"license": "permissive"},
            OWN_TERMS,
            Match.UNKNOWN,
            "is not assessed",
            id="terms that nobody read",
        ),
        pytest.param({"license": "mit"}, OWN_TERMS, Match.NO, "X Terms", id="terms that are not these"),
        pytest.param({"min": "1t", "max": "1.1t"}, KIMI, Match.YES, "", id="a size between"),
        pytest.param({"max": "20b"}, KIMI, Match.NO, "is above max:20b", id="too large"),
        pytest.param({"min": "2t"}, KIMI, Match.NO, "is below min:2t", id="too small"),
        pytest.param({"max": "20b"}, BARE, Match.UNKNOWN, "its size is not stated", id="no size yet"),
        pytest.param({"fits": "8x141gb"}, KIMI, Match.YES, "", id="595 GB and a fifth fit in 1128 GB"),
        pytest.param({"fits": "8x80gb"}, KIMI, Match.NO, "it takes 714 GB to serve", id="and not in 640 GB"),
        pytest.param(
            {"fits": "24gb"},
            stated(parameters=9 * BILLION, precision="BF16"),
            Match.YES,
            "",
            id="by its count",
        ),
        pytest.param(
            {"fits": "24gb"}, stated(parameters=9 * BILLION), Match.UNKNOWN, "is not known", id="bits unknown"
        ),
        pytest.param({"type": "text"}, KIMI, Match.YES, "", id="a model that sees also writes"),
        pytest.param({"type": "vision"}, KIMI, Match.YES, "", id="and sees"),
        pytest.param({"type": "image-text-to-text"}, KIMI, Match.YES, "", id="the very task"),
        pytest.param({"type": "image"}, KIMI, Match.NO, "not type:image", id="and draws nothing"),
        pytest.param({"type": "text"}, BARE, Match.UNKNOWN, "its task is not stated", id="no task yet"),
        pytest.param(
            {"type": "text"}, stated(task="dowsing"), Match.NO, "its task is dowsing", id="a task of no group"
        ),
        pytest.param({"weights": "open"}, KIMI, Match.YES, "", id="weights on the Hub"),
        pytest.param({"weights": "open"}, BARE, Match.UNKNOWN, "no open weights", id="no repository yet"),
        pytest.param(
            {"weights": "open"},
            replace(KIMI, facts=replace(KIMI.facts, weights="none")),
            Match.UNKNOWN,
            "not there yet",
            id="a repository without weights",
        ),
        pytest.param({"match": "KIMI"}, KIMI, Match.YES, "", id="a word of the name"),
        pytest.param({"match": "k"}, KIMI, Match.YES, "", id="a word before a digit"),
        pytest.param({"match": "coder,k2.6"}, KIMI, Match.YES, "", id="one of two words"),
        pytest.param({"match": "kim"}, KIMI, Match.NO, "no kim", id="a part of a word"),
        pytest.param({"kinds": "variants"}, KIMI, Match.YES, "", id="kinds are no matter of the release"),
        pytest.param(
            {"license": "mit", "match": "coder"}, BARE, Match.NO, "no coder", id="what is wrong outweighs"
        ),
    ],
)
def test_a_release_is_checked(typed: dict[str, str], model: Release, match: Match, words: str) -> None:
    filters = make_filters(**typed)
    assert check(filters, model) is match
    assert matches(filters, model) is (match is Match.YES)
    assert words in objection(filters, model)
    assert bool(objection(filters, model)) is (match is not Match.YES)


@given(st.text(max_size=200), st.sampled_from(FILTER_KEYS))
def test_whatever_is_typed_is_a_filter_that_reads_itself_back_or_refused(text: str, key: str) -> None:
    try:
        filters = make_filters(**{key: text})
    except UsageError as error:
        assert len(str(error)) < 400  # noqa: PT017 - both outcomes are right
        return
    told = str(filters).partition(":")[2].strip('"')
    assert make_filters(**{key: told}) == filters


@given(st.text(), st.text(max_size=40), st.text(max_size=40))
def test_no_text_from_outside_breaks_a_doubt(title: str, task: str, display: str) -> None:
    model = release(named(f"X {display}"), license=License("x", title, "unknown"), task=task)
    wanted = Filters("permissive", 1, 2, 3, "text", weights="open", match=("coder",))
    assert len(objection(wanted, model)) < 300


def test_every_task_is_in_groups_that_can_be_asked_for() -> None:
    groups = {group for row in rows("task_groups.tsv") for group in row["groups"].split()}
    assert groups == set(CHOICES["type"]) - {"any"}
    assert NOT_STATED not in groups
