"""Whose a release is when its lab, or the source that shows it, goes by another id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Kind, Verdict
from bot.releases.naming.names import parse
from bot.releases.news.corrections import Move, kept_at_home

LABS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("key", "renamed"),
    [
        pytest.param("moonshot/kimi-k2.6", "kimi-lab/kimi-k2.6", id="a key of the lab is renamed"),
        pytest.param("moonshotai/kimi-k2.6", "moonshotai/kimi-k2.6", id="that of a longer id is not"),
        pytest.param("zai/moonshot/x", "zai/moonshot/x", id="nor one that has the id further on"),
        pytest.param("", "", id="no key is none"),
    ],
)
def test_keys_begin_with_the_lab(key: str, renamed: str) -> None:
    assert Move("moonshot", "kimi-lab").renamed(key) == renamed


@given(LABS, LABS, st.sampled_from(["Qwen3.6-35B-A3B", "Kimi K2.6", "GLM-5.1-FP8", "whatever"]))
def test_a_moved_name_is_the_name_that_the_new_id_gives(old: str, new: str, text: str) -> None:
    moved, named = Move(old, new).name(parse(text, old)), parse(text, new)
    if (
        parse(text, "nobody").family == parse(text, old).family == named.family
    ):  # an id may be a family's owner
        assert moved == named


@pytest.mark.parametrize(
    ("known", "lab"),
    [
        pytest.param({"qwen/qwen-3.6-35b-a3b"}, "qwen", id="a release of the former lab stays with it"),
        pytest.param(
            {"qwen/qwen-3.6-35b-a3b", "tongyi/qwen-3.6-35b-a3b"}, "tongyi", id="the lab's own comes first"
        ),
        pytest.param(
            {"zai/qwen-3.6-35b-a3b"}, "tongyi", id="that of a lab under which it never stood is not meant"
        ),
        pytest.param(set(), "tongyi", id="one that nobody knows is the lab's of today"),
    ],
)
def test_a_packaging_joins_the_release_of_its_source(known: set[str], lab: str) -> None:
    verdict = Verdict(Kind.VARIANT, "a packaging", parse("Qwen/Qwen3.6-35B-A3B-GGUF", "tongyi"))
    home = kept_at_home(verdict, ["qwen"], known).name
    assert home is not None
    assert (home.lab, home.release_key, home.packaging) == (lab, f"{lab}/qwen-3.6-35b-a3b", "GGUF")
