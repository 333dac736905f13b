"""What the forge, the editor and make are told holds together."""

import os
import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from packaging.version import Version

from bot import __version__
from tests.support import postgres

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
FORMS = sorted(
    set((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")) - {ROOT / ".github/ISSUE_TEMPLATE/config.yml"}
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def read(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return read


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_an_action_is_pinned_by_the_hash_of_its_commit_and_says_which_version_that_is(path: Path) -> None:
    uses = re.findall(r"uses: (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
    pinned = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+){0,2}")
    assert uses
    assert [one for one in uses if not pinned.fullmatch(one)] == []


def test_an_action_has_one_version_everywhere() -> None:
    uses = {use for path in WORKFLOWS for use in re.findall(r"uses: (\S+)", path.read_text("utf-8"))}
    assert len(uses) == len({use.partition("@")[0] for use in uses})


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_may_read_and_its_jobs_end_and_leave_no_token_behind(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_publishing_takes_a_tag_and_no_password() -> None:
    path = ROOT / ".github" / "workflows" / "release.yaml"
    release = read(path)
    assert 'on:\n  push: {tags: ["v*"]}\n' in path.read_text("utf-8")
    publish = release["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["environment"] == "pypi"
    assert "secrets." not in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("tag", "version", "heading", "agree"),
    [
        pytest.param("v1.2.3", "1.2.3", "## [1.2.3] - 2026-12-01", True, id="all three"),
        pytest.param("v1.2.4", "1.2.3", "## [1.2.3] - 2026-12-01", False, id="not the tag"),
        pytest.param("v1.2.3", "1.2.2", "## [1.2.3] - 2026-12-01", False, id="not the code"),
        pytest.param("v1.2.3", "1.2.3", "## [Unreleased]", False, id="not the changelog"),
    ],
)
def test_tag_code_and_changelog_speak_of_one_version(
    tmp_path: Path, tag: str, version: str, heading: str, *, agree: bool
) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(f"{heading}\n", encoding="utf-8")
    script = ROOT / ".github" / "one-version.sh"
    ended = subprocess.run([script], cwd=tmp_path, env={**os.environ, "GITHUB_REF_NAME": tag}, check=False)
    assert (ended.returncode == 0) is agree


def test_whatever_a_tag_publishes_is_of_its_version() -> None:
    of_tags = [path for path in WORKFLOWS if 'tags: ["v*"]' in path.read_text("utf-8")]
    assert [path.stem for path in of_tags] == ["container", "release"]
    assert [path for path in of_tags if ".github/one-version.sh" not in path.read_text("utf-8")] == []


def test_whatever_the_image_is_made_of_has_it_built_when_it_changes() -> None:
    workflow = (ROOT / ".github" / "workflows" / "container.yaml").read_text("utf-8")
    [listed] = re.findall(r"pull_request: \{paths: \[(.+)\]\}", workflow)
    paths = listed.split(", ")
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    made_of = [line[1:] for line in ignored if line.startswith("!")]
    assert made_of
    assert [name for name in made_of if not any(fnmatch(f"{name}/x", it) or name == it for it in paths)] == []


def test_what_needs_postgresql_is_tested_where_there_is_one() -> None:
    job = read(ROOT / ".github" / "workflows" / "ci.yaml")["jobs"]["test"]
    address = urlsplit(job["env"][postgres.NAMED])
    assert job["services"]["postgres"]["ports"] == [f"{address.port}:5432"]
    assert (address.hostname, address.username) == ("127.0.0.1", "postgres")


def test_every_python_that_is_promised_is_tested() -> None:
    promised = re.findall(r"Programming Language :: Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    tested = read(ROOT / ".github" / "workflows" / "ci.yaml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert tested == promised
    assert PROJECT["requires-python"] == f">={promised[0]}"


def test_workflows_make_what_make_knows() -> None:
    made = {goal for path in WORKFLOWS for goal in re.findall(r"run: make (\w+)", path.read_text("utf-8"))}
    assert made <= goals()


def goals() -> set[str]:
    [listed] = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    return {*listed.split()}


def test_make_help_tells_of_everything_that_can_be_made() -> None:
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {*re.findall(r"make (\w+)", told)} == goals()


@pytest.mark.parametrize("path", FORMS, ids=[path.stem for path in FORMS])
def test_a_form_for_issues_asks_for_what_it_needs(path: Path) -> None:
    form = read(path)
    assert form["name"]
    assert form["description"]
    fields = [field for field in form["body"] if field["type"] in {"input", "textarea"}]
    assert len({field["id"] for field in fields}) == len(fields) > 0
    assert all(field["attributes"]["label"] for field in fields)


def test_what_runs_before_a_commit_is_installed_by_make() -> None:
    hooks = [hook for repo in read(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    programs = {hook["entry"].split()[0] for hook in hooks}
    assert programs == {".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/lint-imports"}


def test_the_changelog_goes_by_versions_the_newest_first() -> None:
    headings = re.findall(r"^## (.+)$", CHANGELOG, flags=re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    dated = [
        re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", heading) for heading in headings[1:]
    ]
    assert all(dated)
    order = [(*map(int, one.groups()[:3]), one[4]) for one in dated if one]
    assert order == sorted(order, reverse=True)
    if order:
        assert Version(__version__) >= Version(".".join(map(str, order[0][:3])))
