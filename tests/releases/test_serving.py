"""What it takes to serve a model: memory, and how many GPUs that is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.releases.facts.memory import Need, memory_to_serve

B, GB = 10**9, 10**9


@pytest.mark.parametrize(
    ("parameters", "precision", "download", "needs"),
    [
        pytest.param(
            70 * B,
            "BF16",
            None,
            [Need("BF16", 168 * GB), Need("4-bit", 42 * GB)],
            id="70 B in BF16, as vLLM's recipes say",
        ),
        pytest.param(
            671 * B,
            "FP8",
            None,
            [Need("FP8", 805_200_000_000), Need("4-bit", 402_600_000_000)],
            id="671 B in FP8",
        ),
        pytest.param(
            235 * B,
            "NVFP4",
            None,
            [Need("NVFP4", 141 * GB)],
            id="what is in 4 bits already needs no second line",
        ),
        pytest.param(
            27 * B,
            "NVFP4",
            21_900_000_000,
            [Need("NVFP4", 26_280_000_000)],
            id="the download counts, for mixed formats are larger than the formula",
        ),
        pytest.param(None, "", 10 * GB, [Need("as released", 12 * GB)], id="the download alone"),
        pytest.param(30 * B, "", None, [Need("4-bit", 18 * GB)], id="the parameters alone"),
        pytest.param(8 * B, "Q4_K_M", 4 * GB, [Need("Q4_K_M", 4_800_000_000)], id="a GGUF file of 4 bits"),
        pytest.param(None, "BF16", None, [], id="nothing is known"),
    ],
)
def test_memory_to_serve(
    parameters: int | None, precision: str, download: int | None, needs: list[Need]
) -> None:
    assert list(memory_to_serve(parameters, precision, download)) == needs


@pytest.mark.parametrize(
    ("size", "gpus"),
    [
        pytest.param(5 * GB, "about 1 x 8 GB", id="a small one"),
        pytest.param(18 * GB, "about 1 x 24 GB", id="the smallest that holds it"),
        pytest.param(80 * GB, "about 1 x 80 GB", id="exactly one"),
        pytest.param(81 * GB, "about 2 x 80 GB", id="a little more than one"),
        pytest.param(168 * GB, "about 4 x 80 GB", id="three are served on four"),
        pytest.param(600 * GB, "about 8 x 80 GB", id="a node"),
        pytest.param(805 * GB, "about 16 x 80 GB", id="beyond a node whole nodes"),
        pytest.param(5_900 * GB, "about 80 x 80 GB", id="many nodes"),
    ],
)
def test_in_gpus(size: int, gpus: str) -> None:
    assert Need("BF16", size).gpus == gpus


def test_a_need_reads_as_one_line() -> None:
    assert str(Need("INT4", 714 * GB)) == "INT4: 714 GB, about 16 x 80 GB"


@given(
    st.none() | st.integers(min_value=1, max_value=10**16),
    st.text(max_size=12),
    st.none() | st.integers(min_value=1, max_value=10**16),
)
def test_nothing_raises(parameters: int | None, precision: str, download: int | None) -> None:
    for need in memory_to_serve(parameters, precision, download):
        assert need.size >= 0
        assert str(need)
