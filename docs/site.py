"""The pages of the site that are no files of docs/: some are made from the code, some stand elsewhere.

mkdocs calls `on_files` and `on_page_markdown` (https://www.mkdocs.org/dev-guide/plugins/#events).
"""

import ast
import inspect
import posixpath
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from bot.cli import main
from bot.settings import environment
from bot.settings.environment import Environment
from bot.store.store import FILE_NAME, Store

ROOT = Path(__file__).parents[1]
# What is read on the site under another name than in the repository.
ELSEWHERE = {
    "README.md": "index.md",
    "deploy/README.md": "deploy.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "SECURITY.md": "security.md",
}
_SYSTEMD = ("notify_socket", "watchdog_usec")  # nobody sets these by hand
_COLUMNS = 96
_TABLES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite%' ORDER BY name"
)
_LINK = re.compile(r"\]\((?!\w+:|#)([^\s)#]+)(#[\w-]+)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    for source, page in ELSEWHERE.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    for page, text in made_pages().items():
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Lead links to where pages are on the site; what the repository alone has is named, and no link."""
    here = page.file.src_uri
    return _LINK.sub(lambda link: _led(link, here), markdown)


def _led(link: re.Match[str], here: str) -> str:
    in_repository = {page: source for source, page in ELSEWHERE.items()}.get(here, f"docs/{here}")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(in_repository), link[1]))
    on_site = ELSEWHERE.get(target, target.removeprefix("docs/") if target.startswith("docs/") else "")
    if not on_site:
        return f"] (`{target}`)" if (ROOT / target).exists() else link[0]
    return f"]({posixpath.relpath(on_site, posixpath.dirname(here) or '.')}{link[2] or ''})"


def made_pages() -> Mapping[str, str]:
    """Return the pages that are made from the code, by their path on the site."""
    return {
        "made/environment.md": _environment(),
        "made/commands.md": _commands(),
        "made/words.md": _words(),
        "made/database.md": _database(),
    }


def _environment() -> str:
    said = _said_below(Environment)
    rows = [
        f"| `{name.upper()}` | {_default(field.default)} | {said[name]} |"
        for name, field in Environment.model_fields.items()
        if name in said and name not in _SYSTEMD
    ]
    head = (
        "# Environment\n\nEach may be given as `NAME_FILE` instead: the path of a file with the value. "
        "The secrets of [webhooks](../webhooks.md) are named by their ids.\n"
    )
    return "\n".join((head, "| variable | unless set | |", "|---|---|---|", *rows, ""))


def _said_below(settings: type) -> dict[str, str]:
    """Return the text below each attribute of a class, by the attribute's name."""
    body = next(
        node.body
        for node in ast.parse(inspect.getsource(environment)).body
        if isinstance(node, ast.ClassDef) and node.name == settings.__name__
    )
    return {
        name.target.id: text.value.value
        for name, text in pairwise(body)
        if isinstance(name, ast.AnnAssign) and isinstance(name.target, ast.Name)
        if isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _default(value: object) -> str:
    return f"`{value}`" if str(value or "") else ""


def _commands() -> str:
    context = click.Context(main, info_name="cadencebot", max_content_width=_COLUMNS)
    parts = ["# Commands\n\n```text", main.get_help(context), "```\n"]
    for name in main.list_commands(context):
        if command := main.get_command(context, name):
            own = click.Context(command, parent=context, info_name=name, max_content_width=_COLUMNS)
            parts += [f"## {name}\n", "```text", command.get_help(own), "```\n"]
    return "\n".join(parts)


def _words() -> str:
    parts = [
        "# Tables of words\n\nBy these names, titles and licences are understood (`bot/releases/tables/`).\n"
    ]
    for path in sorted((ROOT / "bot" / "releases" / "tables").glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        said = [line.removeprefix("#").removeprefix(" ") for line in lines if line.startswith("#")]
        rows = [line for line in lines if line and not line.startswith("#")]
        parts += [f"## {path.stem}\n", "```text", *said, "```\n", f"{len(rows) - 1} rows.\n"]
    return "\n".join(parts)


def _database() -> str:
    parts = ["# Database\n\nOne SQLite file, `cadencebot.db`, as this version makes it.\n"]
    with TemporaryDirectory() as state:
        Store(Path(state)).close()
        with closing(sqlite3.connect(Path(state, FILE_NAME))) as connection:
            tables = connection.execute(_TABLES).fetchall()
    for name, sql in tables:
        parts.append(f"## {name}\n\n```sql\n{sql}\n```\n")
    return "\n".join(parts)
