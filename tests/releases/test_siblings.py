"""What only all repositories of an organisation together tell of one."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Sighting, SourceKind
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.naming.repositories import Siblings
from tests.support.effort import is_done_within


@pytest.mark.parametrize(
    ("names", "name", "is_step"),
    [
        pytest.param(
            ("a/Foo-RL-600", "a/Foo-RL-800", "a/Foo-RL-1000"), "a/Foo-RL-800", True, id="one of three"
        ),
        pytest.param(("a/Foo-RL-600", "a/Foo-RL-800"), "a/Foo-RL-800", False, id="two are no series"),
        pytest.param(("a/Foo-RL-600",) * 3, "a/Foo-RL-600", False, id="nor is the same name three times"),
        pytest.param(("a/Foo-600", "A/foo-700", "a/FOO-900"), "a/Foo-900", True, id="in any case"),
        pytest.param(("a/Foo-600", "b/Foo-700", "a/Foo-900"), "a/Foo-900", False, id="of one owner only"),
        pytest.param(("a/Foo-1", "a/Foo-2", "a/Foo-10"), "a/Foo-10", False, id="versions have fewer digits"),
        pytest.param(
            ("a/Foo-2507", "a/Foo-2509", "a/Foo-2512"), "a/Foo-2512", False, id="snapshots by year and month"
        ),
        pytest.param(
            ("a/Foo-0324", "a/Foo-0528", "a/Foo-1015"), "a/Foo-0528", False, id="snapshots by month and day"
        ),
        pytest.param(
            ("a/Foo-20260904", "a/Foo-20260930", "a/Foo-20261015"),
            "a/Foo-20260930",
            False,
            id="by whole date",
        ),
        pytest.param(
            ("a/Foo-03-2025", "a/Foo-03-2026", "a/Foo-03-2027"), "a/Foo-03-2025", False, id="by year"
        ),
        pytest.param(("a/Foo-224", "a/Foo-448", "a/Foo-896"), "a/Foo-448", False, id="image resolutions"),
        pytest.param(
            ("a/Foo-200", "a/Foo-400", "a/Foo-448"), "a/Foo-448", True, id="a number among steps is a step"
        ),
        pytest.param(("a/Foo-200", "a/Foo-400", "a/Foo-600"), "a/Bar-200", False, id="another stem"),
        pytest.param((), "a/Foo-600", False, id="a lone name"),
    ],
)
def test_numbers_behind_one_stem_are_steps_of_a_training(
    names: tuple[str, ...], name: str, is_step: bool
) -> None:
    assert Siblings(names).is_one_of_many_steps(name) is is_step


@pytest.mark.parametrize(
    ("name", "added"),
    [
        pytest.param("a/Foo-7B-S1", ["7b-s1", "s1"], id="to each sibling that it begins with"),
        pytest.param("a/Foo_7B", ["7b"], id="behind any seam"),
        pytest.param("a/Foo-70B", ["70b"], id="but not inside of a word"),
        pytest.param("a/Foo-7B", ["7b"], id="and nothing to itself"),
        pytest.param("a/Bar-7B", [], id="nor to others"),
        pytest.param("b/Foo-7B", [], id="nor to those of another owner"),
    ],
)
def test_what_a_name_adds_to_its_siblings(name: str, added: list[str]) -> None:
    assert list(Siblings(("a/Foo", "a/Foo-7B")).added_to_siblings(name)) == added


@given(st.lists(st.text(max_size=60), max_size=12), st.text(max_size=60))
def test_any_names_can_stand_beside_each_other(names: list[str], name: str) -> None:
    siblings = Siblings(names)
    siblings.is_one_of_many_steps(name)
    assert all(name.lower().endswith(added) for added in siblings.added_to_siblings(name))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("1b" * 50_000 + "-T", id="an endless name"),
        pytest.param("1b" * 50_000 + "/Foo-7B-5T", id="an endless owner"),
        pytest.param("a/" + "1b" * 99 + "-T", id="as long as it may be"),
        pytest.param("a/" + "-s1" * 66, id="of seams alone"),
    ],
)
def test_hostile_names_are_judged_at_once(name: str) -> None:
    attempts = count()

    def judged() -> None:
        attempt = next(attempts)  # of no name that was judged before is anything remembered
        sighting = Sighting("hub:a", SourceKind.HUB, "a", "1", f"{attempt}{name}", "")
        judge(sighting, Labs([]), Siblings((f"{attempt}{name}", f"{attempt}a/Foo-7B")))

    assert is_done_within(0.05, judged)
