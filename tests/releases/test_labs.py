"""The directory finds a lab by whatever people and sources call it."""

import pytest

from bot.model import Lab
from bot.releases.naming.labs import Directory

MOONSHOT = Lab("moonshot", "Moonshot AI", ("kimi", "moonshotai"), "CN", ("moonshotai",))
META = Lab("meta", "Meta", ("llama",), "US", ("meta-llama", "facebook"))
LLAMA_SHOP = Lab("llama-shop", "Llama", (), "US", ())
LABS = Directory([MOONSHOT, META])


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


def test_an_owner_belongs_to_one_lab_and_an_alias_is_no_owner() -> None:
    assert LABS.by_owner("Facebook") is META
    assert LABS.by_owner("kimi") is None


def test_a_lab_that_is_called_so_outranks_one_that_is_nicknamed_so() -> None:
    assert Directory([META, LLAMA_SHOP]).find("llama") is LLAMA_SHOP


def test_the_first_lab_keeps_a_nickname_that_two_claim() -> None:
    second = Lab("second", "Second", ("kimi",))
    assert Directory([MOONSHOT, second]).find("kimi") is MOONSHOT


def test_iterates_in_the_order_of_the_configuration() -> None:
    assert list(LABS) == [MOONSHOT, META]
