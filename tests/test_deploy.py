"""What deploy/ ships is well-formed, asks for little and names what exists."""

import json
import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings.environment import Environment

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
MANIFEST_SCHEMA = ROOT.parent / "shared" / "slackcheck" / "manifest.schema.json"


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def dockerfile(instruction: str) -> list[str]:
    """Return what follows each use of the instruction, continued lines joined."""
    joined = text_of("Dockerfile").replace("\\\n", " ")
    return [line.split(maxsplit=1)[1] for line in joined.splitlines() if line.startswith(f"{instruction} ")]


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = yaml.safe_load(text_of("slack-manifest.yaml"))
    return manifest


class UnitFile(RawConfigParser):
    """Read a unit of systemd, whose keys are told apart by their capitals."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture(scope="module")
def unit() -> RawConfigParser:
    # SystemCallFilter stands twice, as systemd means it to
    parser = UnitFile(strict=False, delimiters=("=",))
    parser.read_string(text_of("cadencebot.service"))
    return parser


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    service: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))["services"]["cadencebot"]
    return service


def test_the_manifest_is_what_slack_takes(manifest: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    if not MANIFEST_SCHEMA.exists():
        pytest.skip("../shared is absent")
    jsonschema.validate(manifest, json.loads(MANIFEST_SCHEMA.read_text(encoding="utf-8")))


def test_the_manifest_keeps_slacks_limits_on_lengths(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000


def test_the_app_connects_by_itself_and_has_a_home(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["socket_mode_enabled"]
    assert manifest["features"]["app_home"]["home_tab_enabled"]


def test_the_image_runs_as_nobody_keeps_its_state_and_says_how_it_is() -> None:
    assert dockerfile("USER") == ["10001"]  # a number: Kubernetes can tell it from root
    assert dockerfile("VOLUME") == ["/state"]
    probe = dockerfile("HEALTHCHECK")[0]
    assert f"http://{Environment().cadencebot_health}/healthz" in probe  # its 503 makes it fail
    assert "ProxyHandler({})" in probe, "a proxy of the environment is not asked about this machine"


def test_the_image_stands_on_one_base_by_its_digest_and_its_layers_change_apart() -> None:
    stages = [line.partition(" AS ")[2] for line in dockerfile("FROM")]
    bases = [line.split()[0] for line in dockerfile("FROM") if line.split()[0] not in stages]
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+-slim@sha256:[0-9a-f]{64}", bases[0])
    layers = [line for line in dockerfile("COPY") if line.startswith("--from")]
    assert layers == ["--from=needs /needs /usr/local", "--from=own /own /usr/local"]
    hadolint = shutil.which("hadolint")
    if hadolint is None:
        pytest.skip("hadolint is not installed")
    assert subprocess.run([hadolint, DEPLOY / "Dockerfile"], check=False).returncode == 0


def test_the_image_is_made_of_files_that_exist_and_are_let_through() -> None:
    copied = [word for line in dockerfile("COPY") if "--from" not in line for word in line.split()[:-1]]
    admitted = [line[1:] for line in text_of("Dockerfile.dockerignore").splitlines() if line.startswith("!")]
    assert {*copied} == {*admitted}
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_container_can_write_its_state_and_nothing_else(service: dict[str, Any]) -> None:
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == ["state:/state"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()


def test_the_unit_is_restarted_on_failure_but_not_on_a_wrong_configuration(unit: RawConfigParser) -> None:
    assert unit["Service"]["Restart"] == "on-failure"
    assert unit["Service"]["RestartPreventExitStatus"] == "2"
    assert unit["Service"]["EnvironmentFile"] == "/etc/cadencebot/cadencebot.env"


def test_the_unit_is_watched_for_as_long_as_the_bot_says_that_it_lives(unit: RawConfigParser) -> None:
    assert unit["Service"]["Type"] == "notify"
    assert unit["Service"]["WatchdogSec"] == "3min"
    assert "AF_UNIX" in unit["Service"]["RestrictAddressFamilies"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DynamicUser", "yes"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
    ],
)
def test_the_unit_is_hardened(unit: RawConfigParser, key: str, value: str) -> None:
    assert unit["Service"][key] == value


def test_every_variable_that_deploy_names_is_one_that_the_bot_reads(unit: RawConfigParser) -> None:
    example = re.findall(r"^#?([A-Z][A-Z_]+)=", text_of("cadencebot.env.example"), flags=re.MULTILINE)
    in_unit = [word.partition("=")[0] for word in unit["Service"]["Environment"].split()]
    in_image = re.findall(r"(CADENCEBOT_[A-Z_]+)=", text_of("Dockerfile"))
    known = {name.upper() for name in Environment.model_fields} | {"MALLOC_ARENA_MAX"}  # glibc's own
    assert [name for name in (*example, *in_unit, *in_image) if name not in known] == []
    assert {*example} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "CADENCEBOT_SEAL_KEY",
        "CADENCEBOT_PUBLIC_URL",
        "CADENCEBOT_PUSH_SECRET",
        "CADENCEBOT_PROXY",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "NO_PROXY",
        "CADENCEBOT_HEALTH",
        "CADENCEBOT_PING_URL",
        "CADENCEBOT_REPORT",
        "CADENCEBOT_BACKUPS",
        "CADENCEBOT_REPORT_PAGE",
        "DATABASE_URL",
        "HF_TOKEN",
        "LLM_STATS_API_KEY",
    }
