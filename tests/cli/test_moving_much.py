"""What the benchmark moves, in small: the same answers before, on PostgreSQL and back."""

from pathlib import Path

from benchmarks.moving import QUESTIONS, furnished, there_and_back
from tests.support.postgres import schema

RELEASES = 100


def test_a_memory_answers_bit_for_bit_the_same_before_there_and_back(tmp_path: Path) -> None:
    with schema() as url:
        trip = there_and_back(furnished(tmp_path, RELEASES), url)
    assert not trip.differing
    assert [text for text, answer in trip.answers[0].items() if "Zephyr" not in answer] == [*QUESTIONS[-2:]]
    assert trip.rows > 11 * RELEASES
