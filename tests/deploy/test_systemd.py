"""The unit is one that systemd takes, and the script beside it works on the same state as the same user."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = (DEPLOY / "cadencebot.service").read_text("utf-8")
SCRIPT = DEPLOY / "cadencebotctl"


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Return the unit with a program that is on every machine."""
    unit = tmp_path / "cadencebot.service"
    unit.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true run", UNIT, flags=re.MULTILINE), "utf-8")
    return unit


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run([tool, *words], capture_output=True, text=True, check=False)


def test_systemd_takes_the_unit(unit: Path) -> None:
    verified = analyze("verify", "--man=no", str(unit))
    complaints = [line for line in verified.stderr.splitlines() if line.startswith("cadencebot.service")]
    assert complaints == []


def test_systemd_finds_little_that_the_unit_may_do(unit: Path) -> None:
    looked = analyze("security", "--offline=true", "--threshold=15", str(unit))
    if "Unknown" in looked.stderr or "unrecognized" in looked.stderr:
        pytest.skip("this systemd-analyze cannot look at a file")
    assert looked.returncode == 0, looked.stdout[-400:]


def test_a_command_works_with_the_state_the_feeds_and_the_environment_of_the_service() -> None:
    script = SCRIPT.read_text("utf-8")
    [program] = re.findall(r"^ExecStart=(\S+) run$", UNIT, flags=re.MULTILINE)
    assert f'{program} "$@"' in script
    [variables] = re.findall(r"^Environment=(CADENCEBOT_.*)$", UNIT, flags=re.MULTILINE)
    assert all(f"--setenv={variable}" in script for variable in variables.split())
    shared = ("EnvironmentFile", "DynamicUser", "StateDirectory", "StateDirectoryMode", "UMask")
    assert all(f"--property={key}={value}" in script for key, value in settings(*shared))
    assert "--property=User=cadencebot" in script, "the name that systemd gives the service's own user"


def settings(*keys: str) -> list[tuple[str, str]]:
    return re.findall(rf"^({'|'.join(keys)})=(.*)$", UNIT, flags=re.MULTILINE)


def test_the_script_is_one_that_a_shell_takes_and_may_be_run() -> None:
    assert SCRIPT.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", str(SCRIPT)], check=False).returncode == 0
    shellcheck = shutil.which("shellcheck")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    assert subprocess.run([shellcheck, str(SCRIPT)], check=False).returncode == 0
