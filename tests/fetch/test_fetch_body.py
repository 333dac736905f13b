"""Bodies within their caps, and bombs that do not go off."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure, SourceError
from bot.fetch.body import read_body

URL = httpx.URL("https://blog.example/feed?token=hunter2")


def read(chunks: Iterable[bytes], encoding: str = "gzip", cap: int = 1000, raw_cap: int = 1000) -> bytes:
    return read_body(chunks, encoding, url=URL, raw_cap=raw_cap, cap=cap)


def failure_of(
    chunks: Iterable[bytes], encoding: str = "gzip", cap: int = 1000, raw_cap: int = 1000
) -> Failure:
    with pytest.raises(SourceError) as caught:
        read(chunks, encoding, cap, raw_cap)
    assert "https://blog.example/feed" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    return caught.value.failure


def split(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(
    st.binary(max_size=900),
    st.integers(1, 50),
    st.sampled_from(["", "identity", "gzip", "x-GZIP", "deflate"]),
)
def test_a_body_arrives_the_same_however_it_is_packed_and_cut(body: bytes, size: int, encoding: str) -> None:
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "x-GZIP": gzip.compress,
        "deflate": zlib.compress,
    }
    packed = packers.get(encoding, bytes)(body)
    assert read(split(packed, size), encoding, cap=900, raw_cap=2000) == body


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [pytest.param("", bytes, id="plain"), pytest.param("gzip", gzip.compress, id="gzip")],
)
def test_the_cap_is_exact(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    assert len(read([pack(b"x" * 1000)], encoding)) == 1000
    assert failure_of([pack(b"x" * 1001)], encoding, raw_cap=2000) is Failure.TOO_LARGE


def test_the_wire_has_its_own_cap() -> None:
    noise = bytes(range(256)) * 5
    assert failure_of([gzip.compress(noise, 0)], raw_cap=1000, cap=5000) is Failure.TOO_LARGE


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([gzip.compress(b"news" * 50)[:-1]], id="breaks off in its checksum"),
        pytest.param([gzip.compress(b"news" * 50)[:5]], id="breaks off in its header"),
        pytest.param([gzip.compress(b"news")[:-8] + b"00000000"], id="has a wrong checksum"),
        pytest.param([gzip.compress(b"news"), gzip.compress(b"more")], id="goes on after its end"),
        pytest.param([b"<html>not packed at all</html>"], id="is not packed at all"),
    ],
)
def test_a_damaged_body_is_a_bad_answer(chunks: list[bytes]) -> None:
    assert failure_of(chunks) is Failure.BAD_ANSWER


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "compress", "gzip, gzip", "gzip,deflate", "x" * 10_000, "\u202e"]
)
def test_a_packing_that_was_not_asked_for_is_a_bad_answer(encoding: str) -> None:
    assert failure_of([b"x"], encoding) is Failure.BAD_ANSWER


def test_a_body_in_a_million_pieces_is_given_up_early() -> None:
    pieces = iter([b"x"] * 1_000_000)
    assert failure_of(pieces, "", cap=10_000_000, raw_cap=10_000_000) is Failure.BAD_ANSWER
    assert len(list(pieces)) > 900_000


def test_an_empty_answer_is_empty_whatever_it_calls_itself() -> None:
    assert read([], "gzip") == b""


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_noise_is_unpacked_or_refused(chunks: list[bytes]) -> None:
    with suppress(SourceError):
        assert len(read(chunks)) <= 1000


def test_a_bomb_takes_no_more_memory_than_its_cap() -> None:
    bomb = split(gzip.compress(bytes(100_000_000), 9), 65_536)
    tracemalloc.start()
    try:
        assert failure_of(bomb, cap=1_000_000, raw_cap=1_000_000) is Failure.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [249_999, 250_000, 250_001, 500_000, 999_999])
def test_what_is_unpacked_piece_by_piece_is_whole(size: int) -> None:
    for body in (bytes(size), bytes(range(251)) * (size // 251)):
        packed = gzip.compress(body)
        assert read([packed], cap=size, raw_cap=size) == body
        assert read(split(packed, 97), cap=size, raw_cap=size) == body
