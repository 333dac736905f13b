"""What is built can be installed and used where there is no repository."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot import __version__
from tests.torture.long import long_form

ROOT = Path(__file__).parents[2]
# What setuptools would put into the wheel, asked without building one.
LISTING = """
import json
from setuptools.dist import Distribution
it = Distribution({"script_name": "setup.py"})
it.parse_config_files(["pyproject.toml"])
build = it.get_command_obj("build_py")
build.ensure_finalized()
modules = [path for _, _, path in build.find_all_modules()]
data = [f"{source}/{name}" for _, source, _, names in build.data_files for name in names]
print(json.dumps({"package": modules + data, "beside": it.data_files}))
"""


def tracked(*patterns: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    return {*listed.stdout.split()}


def test_every_file_of_the_package_goes_into_the_wheel() -> None:
    listed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LISTING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    wheel = json.loads(listed.stdout)
    assert tracked("bot") - {*wheel["package"]} == set()
    endings = {Path(name).suffix for name in wheel["package"]}
    assert endings >= {".py", ".sql", ".tsv", ".yaml", ".html", ".css", ".js", ".typed"}
    [(folder, beside)] = wheel["beside"]
    assert folder == "share/cadencebot"
    assert {"feeds.yaml", "deploy/slack-manifest.yaml"} <= {*beside}


def run(*command: str | Path, at: Path) -> str:
    outside = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CADENCEBOT"))
    }
    done = subprocess.run(
        list(map(str, command)), cwd=at, env=outside, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel that is built from what is built as sdist, as `make release` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    for name in (
        "bot",
        "deploy",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "feeds.yaml",
        "MANIFEST.in",
    ):
        run("cp", "-r", ROOT / name, folder, at=folder)
    script = "from setuptools.build_meta import {0} as build; build('dist')"
    run(sys.executable, "-c", script.format("build_sdist"), at=folder)
    [sdist] = (folder / "dist").glob("*.tar.gz")
    run("tar", "xzf", sdist, at=folder)
    source = folder / sdist.name.removesuffix(".tar.gz")
    run(sys.executable, "-c", script.format("build_wheel"), at=source)
    [wheel] = (source / "dist").glob("*.whl")
    return wheel


@long_form
def test_the_sdist_gives_a_wheel_with_everything(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    assert tracked("bot") - {*inside} == set()
    assert not any(name.startswith("tests/") for name in inside)


@long_form
def test_an_installed_wheel_runs_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--system-site-packages", "installed", at=tmp_path)
    place = tmp_path / "installed"
    # What it needs is there already: no registry is asked
    needs = Path(pytest.__file__).parents[1]
    [site] = place.glob("lib/python*/site-packages")
    (site / "needs.pth").write_text(f"{needs}\n", encoding="utf-8")
    run(
        place / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--force-reinstall",
        wheel,
        at=tmp_path,
    )
    bot = place / "bin" / "cadencebot"
    assert __version__ in run(bot, "--version", at=tmp_path)
    where = run(place / "bin" / "python", "-c", "import bot; print(bot.__file__)", at=tmp_path)
    assert Path(where.strip()).is_relative_to(site)
    assert "36 of 36 steps as the story expects" in run(bot, "demo", at=tmp_path)
    assert "GLM-5.1" in run(bot, "--state", "cadencebot-demo", "show", "GLM-5.1", at=tmp_path)
    run("cp", place / "share" / "cadencebot" / "feeds.yaml", ".", at=tmp_path)
    assert "is valid" in run(bot, "check", at=tmp_path)
