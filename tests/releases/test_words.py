"""How facts read in messages: the numbers beside a summary do not contradict it without a word."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Facts
from bot.releases.facts.words import size_words

B = 10**9


@pytest.mark.parametrize(
    ("name", "facts", "words"),
    [
        pytest.param(
            "Kimi K2.6",
            {"parameters": 1026 * B, "active_parameters": 32 * B},
            "1.0T parameters, 32B active",
            id="no summary: the count, rounded",
        ),
        pytest.param(
            "Qwen3.6-35B-A3B", {"parameters": 36 * B}, "35B parameters", id="no summary: the name's figure"
        ),
        pytest.param(
            "Ling",
            {"parameters": 1042 * B, "summary": "Ling is a 1.1 trillion parameter model for agents."},
            "1.1T parameters",
            id="the summary's figure, where it is the same rounded otherwise",
        ),
        pytest.param(
            "GLM-5.1",
            {
                "parameters": 754 * B,
                "active_parameters": 40 * B,
                "summary": "It has 744B total parameters with 40B active parameters.",
            },
            "744B parameters, 40B active",
            id="the summary's active figure too",
        ),
        pytest.param(
            "Rocket-30B-A3B",
            {
                "parameters": 31_600_000_000,
                "active_parameters": 3_200_000_000,
                "summary": "Rocket has 31.6B total parameters and 3.2B active ones.",
            },
            "31.6B parameters, 3.2B active",
            id="before the name's figure, which rounds",
        ),
        pytest.param(
            "Kimi K2.6",
            {
                "parameters": 1026 * B,
                "active_parameters": 32 * B,
                "parameters_approximate": True,
                "summary": "It activates 32B of its 1T parameters for each token.",
            },
            "1T parameters, 32B active",
            id="what the lab says is not about so much",
        ),
        pytest.param(
            "V4",
            {"parameters": 862 * B, "summary": "V4 has 1.6T total parameters."},
            "862B parameters (the lab says 1.6T)",
            id="a contradiction is told",
        ),
        pytest.param(
            "LFM2-8B-A1B",
            {
                "parameters": 8_340_000_000,
                "active_parameters": B,
                "summary": "It has 8.3B total parameters and 1.5B active parameters.",
            },
            "8.3B parameters, 1.0B active (the lab says 1.5B active)",
            id="a contradiction in what is active",
        ),
        pytest.param(
            "Rocket",
            {"parameters": 7 * B, "summary": "It outperforms models of 671B total parameters."},
            "7.0B parameters",
            id="figures of other models are none",
        ),
        pytest.param(
            "Rocket-Distill",
            {"parameters": 7 * B, "summary": "It learned of a MoE of 671B total and 37B active parameters."},
            "7.0B parameters (the lab says 671B)",
            id="what is active in another model is not active in this",
        ),
        pytest.param("Rocket", {"summary": "Rocket has 7B total parameters."}, "", id="nothing known"),
    ],
)
def test_sizes_in_words(name: str, facts: dict[str, Any], words: str) -> None:
    assert size_words(Facts(**facts), name) == words


@given(st.integers(1, 10**14), st.integers(1, 999), st.sampled_from(["B", "T"]), st.booleans())
def test_a_summary_is_never_contradicted_without_a_word(
    counted: int, number: int, unit: str, approximate: bool
) -> None:
    facts = Facts(
        parameters=counted,
        parameters_approximate=approximate,
        summary=f"It has {number}{unit} total parameters.",
    )
    assert f"{number}{unit}" in size_words(facts, "Rocket")
