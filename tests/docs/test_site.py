"""The site: made strictly, with what the code says of itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from bot.cli import main
from bot.settings.environment import Environment

pytest.importorskip("mkdocs", reason="mkdocs is not installed (the extra dev)")
site = pytest.importorskip("docs.site")

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
BY_SYSTEMD = {"NOTIFY_SOCKET", "WATCHDOG_USEC"}
VARIABLES = {name.upper() for name in Environment.model_fields} - BY_SYSTEMD - {"WEBHOOKS"}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return dict(site.made_pages())


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert "LLM Stats" in (tmp_path / "index.html").read_text("utf-8")
    assert 'href="../slack/"' in (tmp_path / "deploy" / "index.html").read_text("utf-8")
    assert not [*tmp_path.glob("**/*.py")]


def test_the_reference_has_every_variable_with_what_it_is_for(made: dict[str, str]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| .*? \| (.+) \|$", made["made/environment.md"], flags=re.MULTILINE)
    assert {name for name, _ in rows} == VARIABLES
    assert [name for name, said in rows if not said.endswith(".")] == []


def test_the_readme_names_every_variable() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in sorted(VARIABLES) if name not in readme] == []


def test_the_reference_has_every_command_as_its_help_says_it(made: dict[str, str]) -> None:
    headings = re.findall(r"^## (\S+)$", made["made/commands.md"], flags=re.MULTILINE)
    assert headings == main.list_commands(click.Context(main))
    assert "Usage: cadencebot backup [OPTIONS] [FILE]" in made["made/commands.md"]


def test_the_reference_has_every_table_of_words_and_of_the_database(made: dict[str, str]) -> None:
    words = re.findall(r"^## (\S+)$", made["made/words.md"], flags=re.MULTILINE)
    assert words == sorted(path.stem for path in (ROOT / "bot/releases/tables").glob("*.tsv"))
    tables = re.findall(r"^CREATE TABLE \"?(\w+)", made["made/database.md"], flags=re.MULTILINE)
    assert {"release", "delivery", "source"} <= {*tables}


def test_every_page_can_be_found_in_the_navigation(made: dict[str, str]) -> None:
    written = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").glob("**/*.md")}
    assert {*leaves(CONFIG["nav"])} == written | made.keys() | {*site.ELSEWHERE.values()}


def leaves(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    inside = nav if isinstance(nav, list) else [*nav.values()] if isinstance(nav, dict) else []
    return [leaf for one in inside for leaf in leaves(one)]
