"""What the container and CI install: locked by hashes, as pyproject.toml asks, above every known hole."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
BUILD = PROJECT["build-system"]["requires"]
# The first version without the hole, and who says so.
MENDED = {
    "click": ("8.3.3", "CVE-2026-7246"),
    "cryptography": ("50.0.0", "GHSA-jwv3-5hgf-82ww"),
    "httpcore": ("1.0.9", "CVE-2025-43859, of h11"),
    "icalendar": ("7.1.3", "CVE-2026-55099"),
    "jinja2": ("3.1.6", "CVE-2025-27516"),
    "lxml": ("6.1.0", "CVE-2026-41066"),
    "pillow": ("12.3.0", "PYSEC-2026-2253"),
    "pydantic": ("2.4.0", "CVE-2024-3772"),
    "pytest": ("9.0.3", "CVE-2025-71176"),
    "pyyaml": ("5.4", "CVE-2020-14343"),
    "setuptools": ("78.1.1", "CVE-2025-47273"),
    "soupsieve": ("2.8.4", "CVE-2026-49476"),
}


def text_of(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def locked(lock: str) -> dict[str, Version]:
    """Return the version of each package in a lock."""
    pins = re.findall(r"^([\w.-]+)==([^\s;]+)", text_of(lock), flags=re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


def unsatisfied(wanted: list[str], lock: str) -> list[str]:
    pins, asked = locked(lock), map(Requirement, wanted)
    return [str(one) for one in asked if pins.get(canonicalize_name(one.name), "0") not in one.specifier]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        pytest.param(
            "requirements.lock",
            [*RUNTIME, *EXTRAS["charts"], *EXTRAS["postgres"]],
            id="the container's, with pictures and PostgreSQL",
        ),
        pytest.param("requirements-dev.lock", [*RUNTIME, *EXTRAS["dev"], *BUILD], id="CI's"),
    ],
)
def test_a_lock_holds_what_pyproject_asks_for(lock: str, wanted: list[str]) -> None:
    assert unsatisfied(wanted, lock) == [], "run `make lock`"


def test_ci_tests_what_the_container_runs() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_package_by_hash_and_names_no_index(lock: str) -> None:
    text = text_of(lock).replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.startswith("#")]
    pinned = re.compile(r"[\w.-]+==\S+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [line[:80] for line in entries if not pinned.fullmatch(line)] == []
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted", text)


def test_no_lower_bound_allows_a_hole_that_is_known() -> None:
    asked = [Requirement(line) for line in (*RUNTIME, *BUILD, *EXTRAS["charts"], *EXTRAS["dev"])]
    bounds = [(it.name, it.specifier, MENDED.get(canonicalize_name(it.name))) for it in asked]
    lowest = [
        (name, min(Version(one.version) for one in specifier if one.operator == ">="), mended)
        for name, specifier, mended in bounds
        if mended
    ]
    assert [(name, hole) for name, version, (first, hole) in lowest if version < Version(first)] == []
    assert {canonicalize_name(name) for name, _, _ in lowest} == {*MENDED}


@pytest.mark.parametrize(
    ("file", "lock"), [("deploy/Dockerfile", "requirements.lock"), ("Makefile", "requirements-dev.lock")]
)
def test_what_is_installed_is_installed_by_its_hash(file: str, lock: str) -> None:
    commands = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"pip install [^&\n]*", commands)
    assert any("--require-hashes" in one and one.split()[-1] == lock for one in installs)
    assert any("--no-deps --no-build-isolation" in one for one in installs), "ours brings nothing along"
