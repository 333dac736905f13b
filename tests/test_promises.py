"""docs/promises.md names tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8").partition("## What a soak showed")[0]
NAMED = sorted(set(re.findall(r"`(tests/[^`]+\.py[^`]*)`", TEXT)))


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_proves_a_promise_is_there(named: str) -> None:
    file, *path = named.split("::")
    scope: ast.Module | ast.ClassDef = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for name in path:
        found = [node for node in scope.body if getattr(node, "name", "") == name]
        assert found, f"{file} has no {name}: name the test that proves it now"
        assert isinstance(found[0], ast.ClassDef | ast.FunctionDef)
        if isinstance(found[0], ast.ClassDef):
            scope = found[0]


def test_every_promise_has_a_proof() -> None:
    rows = re.findall(r"^\| (?!promise|-)(.+) \| (.*) \|$", TEXT, re.MULTILINE)
    assert len(rows) > 30
    assert [promise for promise, proof in rows if "`tests/" not in proof] == []
