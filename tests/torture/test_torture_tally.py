"""The table at the end tells what was tried, and does not claim what nobody counted."""

from tests.torture.tally import Tally, table


def line(tally: Tally, *, passed: bool = True) -> dict[str, object]:
    return {"test": "t", "passed": passed, "counts": tally.counts, "peaks": tally.peaks}


def rows(*tallies: Tally) -> dict[str, str]:
    lines = table(map(line, tallies))
    return {" ".join(words[:-1]): words[-1] for words in map(str.split, lines)}


def test_counts_are_added_up_by_kind_and_peaks_are_the_largest() -> None:
    first, second = Tally(), Tally()
    first.count("faults", "reset", 2)
    first.measure("seconds", 1.5)
    second.count("faults", "reset")
    second.count("faults", "drip")
    second.measure("seconds", 0.5)
    found = rows(first, second)
    assert (found["faults"], found["reset"], found["drip"]) == ("4", "3", "1")
    assert found["most seconds"] == "1.5"


def test_nothing_lost_is_said_only_where_it_was_looked_for() -> None:
    assert rows(Tally())["lost not"] == "counted"
    looked = Tally()
    looked.count("lost", "releases", 0)
    assert rows(looked)["lost"] == "0"


def test_failed_tests_are_counted() -> None:
    assert list(table([line(Tally(), passed=False)]))[-1].split() == ["tests", "failed", "1"]
