"""What tests share stands in a module of its own, and any module of the bot may be imported first."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

TESTS = Path(__file__).parent


def imported(source: str) -> Iterator[str]:
    """Yield the dotted names that a module imports, with whatever it takes out of them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{name.name}" for name in node.names)


def of_tests(source: str) -> list[str]:
    """Return what a module imports from a test module, or as one."""
    return [name for name in imported(source) if any(part.startswith("test_") for part in name.split("."))]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("from tests.app.test_desk import ANA", id="a name"),
        pytest.param("from tests.app import test_desk", id="the module"),
        pytest.param("import tests.app.test_desk as desk", id="the module by another name"),
        pytest.param("from .test_desk import ANA", id="one beside it"),
        pytest.param("def late():\n    from tests.app.test_desk import ANA", id="within a function"),
    ],
)
def test_an_import_of_a_test_module_is_found(line: str) -> None:
    assert of_tests(line)


def test_no_test_module_is_imported() -> None:
    found = {
        str(path.relative_to(TESTS)): names
        for path in sorted(TESTS.rglob("*.py"))
        if (names := of_tests(path.read_text(encoding="utf-8")))
    }
    assert found == {}, "move what they share into tests/support"


def packages_of(name: str) -> Iterator[str]:
    """Yield the packages that are imported before a module of theirs."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def test_no_modules_import_each_other() -> None:
    graph = grimp.build_graph("bot", exclude_type_checking_imports=True)
    needs = {
        module: {
            needed
            for imported in graph.find_modules_directly_imported_by(module)
            for needed in (imported, *packages_of(imported))
            if needed not in (module, *packages_of(module))
        }
        for module in graph.modules
    }
    TopologicalSorter(needs).prepare()  # raises CycleError, which names them
