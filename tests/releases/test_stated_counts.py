"""What prose states of a model's parameters, in the words of model cards and posts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.releases.facts.figures import Stated
from bot.releases.facts.stated_counts import counts_in, said_of_itself, sizes_in

B = 10**9


def stated(text: str) -> tuple[float | None, float | None]:
    """Return total and active parameters in billions."""
    found = said_of_itself(text)
    return found.total and found.total / B, found.active and found.active / B


@pytest.mark.parametrize(
    ("text", "total", "active"),
    [
        pytest.param(
            "671B total parameters with 37B activated for each token", 671, 37, id="total, activated"
        ),
        pytest.param(
            "32 billion activated parameters and 1 trillion total parameters", 1000, 32, id="in words"
        ),
        pytest.param("a 30B-A3B MoE", 30, 3, id="as in a name"),
        pytest.param("the open MoE (26B-A4B)", 26, 4, id="as in a name, in brackets"),
        pytest.param("a MoE of 1T parameters, A32B", 1000, 32, id="as in a name, apart"),
        pytest.param("3.3B active out of 30.5B", 30.5, 3.3, id="active out of all"),
        pytest.param("activates just 5.1 B of its 117 B parameters", 117, 5.1, id="activates some of all"),
        pytest.param("only 2.5B of the 12B parameters are active", 12, 2.5, id="some of all are active"),
        pytest.param(
            "activates about 3 billion parameters per token out of a total of 35 billion",
            35,
            3,
            id="far apart",
        ),
        pytest.param("1 trillion parameters of which 32 billion are active", 1000, 32, id="of which"),
        pytest.param("16B parameters, 3B of which are activated", 16, 3, id="of which, behind"),
        pytest.param("It activates 8 of 128 experts (≈3B).", None, 3, id="experts first"),
        pytest.param("about 5.1B parameters activated per token", None, 5.1, id="parameters activated"),
        pytest.param("It uses only 3.3 billion parameters per token.", None, 3.3, id="per token alone"),
        pytest.param(
            "1.6 trillion parameters but activates 49 billion for each", 1600, 49, id="no word total"
        ),
        pytest.param("Rocket is a 198B-parameter MoE. It activates about 11B.", 198, 11, id="two sentences"),
        pytest.param("a 235B-parameter MoE with 22B active per forward pass", 235, 22, id="per forward pass"),
        pytest.param("an ultra-sparse 80B (3B active) model", 80, 3, id="no word parameters"),
        pytest.param("a 320B hybrid MoE with 18B active", 320, 18, id="a MoE of so much"),
        pytest.param("120B total / 12B active parameters", 120, 12, id="with a slash"),
        pytest.param("94B active/398B total", 398, 94, id="active first"),
        pytest.param(
            "480 billion total and 35 billion active parameters", 480, 35, id="parameters said once"
        ),
        pytest.param("Total Parameters: 1.02T, Active: 42B", 1020, 42, id="keys in a sentence"),
        pytest.param("Active parameters: 3B. Total parameters: 30B.", 30, 3, id="keys, a sentence each"),
        pytest.param(
            "35 billion total parameters but only three billion active", 35, 3, id="a number in letters"
        ),
        pytest.param("a trillion-parameter model with 32B activated", 1000, 32, id="a trillion"),
        pytest.param("132B total parameters and 36B live parameters", 132, 36, id="live"),
        pytest.param("560B total, activating 18B∼31B (averaging∼27B)", 560, 27, id="of a range the average"),
        pytest.param("1T total parameters | ≈ 50B active parameters", 1000, 50, id="cells of a row"),
        pytest.param("671B‑parameter MoE, 37B activated", 671, 37, id="a hyphen that does not break"),
        pytest.param("Total/Active: 671B/37B", 671, 37, id="in parallel"),
        pytest.param("Active / total parameters: 37B / 671B", 671, 37, id="in parallel, active first"),
        pytest.param(
            "Only 17 billion of 400 billion parameters are used per token.", 400, 17, id="some of all"
        ),
        pytest.param("a model having 57B-A14B parameters", 57, 14, id="as in a name, with parameters"),
        pytest.param("总参数量为 1.02T，激活参数量为 42B。", 1020, 42, id="Chinese amounts"),
        pytest.param("总参数 1T，激活 32B", 1000, 32, id="Chinese"),
        pytest.param("激活参数为 40B，总参数量为 744B。", 744, 40, id="Chinese, active first"),
        pytest.param("拥有 3200 亿总参数，每个 token 激活 180 亿参数", 320, 18, id="Chinese numbers"),
        pytest.param("总参数 1 万亿，激活 320 亿", 1000, 32, id="Chinese trillions"),
        pytest.param("参数规模为 1T（激活参数 32B）", 1000, 32, id="Chinese, in brackets"),
    ],
)
def test_what_is_said_of_totals_and_actives(text: str, total: float | None, active: float | None) -> None:
    assert stated(text) == (total, active)


@pytest.mark.parametrize(
    ("text", "total", "active"),
    [
        pytest.param("trained on 15T tokens with a context of 256K", None, None, id="training tokens"),
        pytest.param("15 trillion mixed visual and text tokens, 32B active", None, 32, id="tokens of a kind"),
        pytest.param("a 1M-token context, 30B total, 3B active", 30, 3, id="a context in M"),
        pytest.param("It outperforms the 671B total DeepSeek.", None, None, id="another model"),
        pytest.param(
            "It outperforms Rocket (671B total, 37B active) while activating 3B of 30B.",
            30,
            3,
            id="first others",
        ),
        pytest.param("30B total and 3B active, unlike the 70B total rival", 30, 3, id="others last"),
        pytest.param("超越总参数 671B 的模型，总参数仅 30B", 30, None, id="others in Chinese"),
        pytest.param(
            "Vision encoder: MoonViT (400M). Total: 1T parameters.", 1000, None, id="a vision encoder"
        ),
        pytest.param(
            "198B parameters, a 196B-parameter language backbone and a 1.8B vision encoder, 11B active",
            198,
            11,
            id="parts of the whole",
        ),
        pytest.param(
            "309B total parameters with a lightweight 0.33B MTP block", 309, None, id="a draft head"
        ),
        pytest.param("a 1.5B draft model; 198B total; 11B activated", 198, 11, id="a draft model"),
        pytest.param(
            "Tiny, Small and Large with 1.0B, 2.8B and 4.5B activated", None, None, id="a list of models"
        ),
        pytest.param("available as 8B and 70B total parameters", None, None, id="two models"),
        pytest.param(
            "from 355B total (32B active) to 744B total (40B active)", 744, 40, id="the predecessor"
        ),
        pytest.param("Qwen3-235B-A22B has many active users", None, None, id="a size in a name"),
        pytest.param("an active community of 3M users and a 7B model", None, None, id="active people"),
        pytest.param("activation function SwiGLU, 7B", None, None, id="the activation function"),
        pytest.param("half a trillion total parameters", None, None, id="half of it"),
        pytest.param("128 experts, 8 active, 48 layers", None, None, id="numbers of other things"),
        pytest.param("16x3.8B with 7B active", None, 7, id="experts are not multiplied"),
    ],
)
def test_numbers_of_other_things_are_left_out(text: str, total: float | None, active: float | None) -> None:
    assert stated(text) == (total, active)


def test_a_sentence_on_two_models_gives_two_pairs() -> None:
    text = "Pro with 1.6T parameters (49B activated) and Flash with 284B parameters (13B activated)"
    assert counts_in(text) == [Stated(1600 * B, 49 * B), Stated(284 * B, 13 * B)]
    assert said_of_itself(text) == Stated()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param("Rocket is a 7B-parameter model.", [7 * B], id="it is one of so many"),
        pytest.param(
            "Rocket is an open dense model with 8.2 billion parameters.", [8_200_000_000], id="with"
        ),
        pytest.param("模型拥有 80 亿参数", [8 * B], id="Chinese"),
        pytest.param("It was taught by a 70B-parameter teacher.", [], id="not its own"),
        pytest.param("The 7B model needs a GPU.", [], id="the word parameters is asked for"),
    ],
)
def test_a_size_without_the_word_total(text: str, size: list[int]) -> None:
    assert [it.total for it in sizes_in(text)] == size


def test_a_number_alone_is_the_total_where_the_size_is_asked_for() -> None:
    assert counts_in("Parameters: 36B", is_size=True) == [Stated(36 * B)]
    assert counts_in("Parameters: 7B / 13B", is_size=True) == []


WORDS = (
    "671B|1 trillion|total|activates|active|of|(|)|parameters|tokens|from|to|激活|总参数|32 亿|A3B|-|,|. |∼"
    "|experts|per token|a billion|1,000|T"
)


@given(st.lists(st.sampled_from(WORDS.split("|")) | st.text(max_size=5), max_size=40).map(" ".join))
def test_no_text_raises_and_every_figure_is_a_number(text: str) -> None:
    for found in counts_in(text):
        assert found != Stated()
        assert all(value is None or value > 0 for value in (found.total, found.active)) or "0" in text
