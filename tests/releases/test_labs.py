"""Labs are found by whatever people and sources call them."""

import pytest

from bot.model import Lab
from bot.releases.naming.labs import Labs

MOONSHOT = Lab("moonshot", "Moonshot AI", ("kimi", "moonshotai"), "CN", ("moonshotai",))
META = Lab("meta", "Meta", ("llama",), "US", ("meta-llama", "facebook"))
LLAMA_SHOP = Lab("llama-shop", "Llama", (), "US", ())
LABS = Labs([MOONSHOT, META])


@pytest.mark.parametrize(
    ("text", "lab"),
    [
        pytest.param("moonshot", MOONSHOT, id="by its id"),
        pytest.param("Moonshot AI", MOONSHOT, id="by its name"),
        pytest.param("KIMI", MOONSHOT, id="by an alias in any case"),
        pytest.param(" Meta-Llama ", META, id="by a Hub owner, with spaces around"),
        pytest.param("nobody", None, id="not by a word that nobody claims"),
        pytest.param("", None, id="not by nothing"),
    ],
)
def test_finds_a_lab(text: str, lab: Lab | None) -> None:
    assert LABS.find(text) is lab


def test_a_lab_that_is_called_so_outranks_one_that_is_nicknamed_so() -> None:
    assert Labs([META, LLAMA_SHOP]).find("llama") is LLAMA_SHOP


def test_the_first_lab_keeps_a_nickname_that_two_claim() -> None:
    second = Lab("second", "Second", ("kimi",))
    assert Labs([MOONSHOT, second]).find("kimi") is MOONSHOT


def test_iterates_in_the_order_of_the_configuration() -> None:
    assert list(LABS) == [MOONSHOT, META]
