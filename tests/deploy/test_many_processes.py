"""On PostgreSQL the chart and the Compose file start web and worker processes that the program knows."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from bot.cli.commands import main
from bot.ops.web import ALIVE, READY
from bot.run.serving import Role
from bot.settings.environment import Environment, read_environment

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "cadencebot"
TEMPLATES = "\n".join(path.read_text("utf-8") for path in sorted((CHART / "templates").iterdir()))
VALUES = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
KNOWN = {name.upper() for name in Environment.model_fields}
ROLES = [Role.WEB, Role.WORKER]


def rendered(*settings: str) -> list[dict[str, Any]]:
    """Return what helm makes of the chart with these settings."""
    helm = shutil.which("helm")
    if helm is None:
        pytest.skip("helm is not installed")
    given = [word for one in settings for word in ("--set", one)]
    feeds = ("--set-file", f"feeds={ROOT / 'feeds.yaml'}")
    subprocess.run([helm, "lint", "--strict", CHART, *feeds, *given], check=True, capture_output=True)
    made = subprocess.run(
        [helm, "template", "bot", CHART, *feeds, *given], check=True, capture_output=True, text=True
    )
    return [one for one in yaml.safe_load_all(made.stdout) if one]


def named(made: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["kind"], one["metadata"]["name"]): one for one in made}


def test_the_roles_of_the_chart_are_the_programs() -> None:
    assert {*ROLES} <= VALUES.keys()
    assert "args: [run, --role, {{ $role }}" in TEMPLATES
    assert re.findall(r"range \$role, \$its := dict (.*) }}", TEMPLATES) == [
        '"web" .Values.web "worker" .Values.worker'
    ]


def test_the_chart_migrates_by_a_command_that_there_is() -> None:
    assert re.findall(r"args: \[(\w+)\]", TEMPLATES) == ["migrate", "run"]
    assert {"migrate", "run"} <= {*main.list_commands(click.Context(main))}


def test_each_probe_is_a_page_that_the_bot_serves() -> None:
    probes = re.findall(
        r"(\w+)Probe:[^{]*{httpGet: {path: (/\w+)|(\w+)Probe:.*\n\s+httpGet: {path: (/\w+)", TEMPLATES
    )
    found = {(kind or other, path or its) for kind, path, other, its in probes}
    assert found >= {("readiness", READY[1]), ("liveness", ALIVE[1])}


def test_every_variable_of_the_templates_is_one_that_the_bot_reads() -> None:
    assert {*re.findall(r"name: ([A-Z][A-Z_]+)", TEMPLATES)} <= KNOWN


@pytest.mark.parametrize("database", ["database.url=postgresql://a:b@c/d", "database.secret=mine"])
def test_a_database_makes_two_deployments_of_the_stateful_set(database: str) -> None:
    made = named(rendered(database))
    assert not [kind for kind, _ in made if kind in {"StatefulSet", "PersistentVolumeClaim"}]
    for role in ROLES:
        deployment, budget = made["Deployment", f"bot-{role}"], made["PodDisruptionBudget", f"bot-{role}"]
        spec = deployment["spec"]
        labels = spec["template"]["metadata"]["labels"]
        assert spec["selector"]["matchLabels"] == budget["spec"]["selector"]["matchLabels"] == labels
        assert labels.items() >= made["Service", "bot"]["spec"]["selector"].items()
        spread = spec["template"]["spec"]["topologySpreadConstraints"]
        assert [one["labelSelector"]["matchLabels"] for one in spread] == [labels, labels]
        [container] = spec["template"]["spec"]["containers"]
        assert container["args"] == ["run", "--role", role]
        variables = {one["name"]: one.get("value", "postgresql://from/secret") for one in container["env"]}
        assert read_environment({"CADENCEBOT_BACKUPS": "14", **variables}).cadencebot_backups == 0


def test_what_the_migration_needs_is_there_before_the_rest_of_the_chart() -> None:
    made = named(rendered("database.url=postgresql://a:b@c/d"))
    job, secret = made["Job", "bot-migrate"], made["Secret", "bot-migrate"]
    hooks = [one["metadata"]["annotations"] for one in (secret, job)]
    assert [hook["helm.sh/hook"] for hook in hooks] == ["pre-install,pre-upgrade"] * 2
    assert int(hooks[0]["helm.sh/hook-weight"]) < int(hooks[1].get("helm.sh/hook-weight", "0"))
    [container] = job["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["migrate"]
    [variable] = container["env"]
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "bot-migrate", "key": "DATABASE_URL"}
    assert made["Secret", "bot-database"]["stringData"] == secret["stringData"]
    selector = made["Service", "bot"]["spec"]["selector"]
    assert not selector.items() <= job["spec"]["template"]["metadata"]["labels"].items()


def test_a_secret_of_ones_own_is_not_copied() -> None:
    made = named(rendered("database.secret=mine"))
    assert [name for kind, name in made if kind == "Secret"] == []
    assert "postgresql://" not in str(made)


def test_over_http_web_is_ready_where_slack_asks() -> None:
    made = named(rendered("database.secret=mine", "web.http=true"))
    [container] = made["Deployment", "bot-web"]["spec"]["template"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert container["args"][-2:] == ["--http", f"0.0.0.0:{ports['http']}"]
    assert container["readinessProbe"]["httpGet"]["port"] == "http"
    assert made["Service", "bot-web"]["spec"]["ports"][0]["targetPort"] == "http"
    assert ("Service", "bot-worker") not in made


@pytest.mark.parametrize("more", ["web.http=false", "web.http=true"])
def test_kubernetes_knows_every_field_of_the_chart(more: str) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for resource in rendered("database.url=postgresql://a:b@c/d", more):
        validate.validate(resource, "1.31", strict=True)


def commands(profile: str) -> dict[str, list[str]]:
    """Return what each service of the bot's image runs in a profile."""
    ours = {name: it for name, it in SERVICES.items() if it["image"] == "cadencebot"}
    return {name: it.get("command", ["run"]) for name, it in ours.items() if it["profiles"] == [profile]}


def test_compose_starts_one_bot_with_a_file_unless_it_is_told_otherwise() -> None:
    assert commands("file") == {"cadencebot": ["run"]}
    assert (DEPLOY / ".env").read_text("utf-8").splitlines()[-1] == "COMPOSE_PROFILES=file"
    assert {*SERVICES} == {*commands("file"), *commands("postgres"), "postgres"}


def test_compose_migrates_before_web_and_worker_and_these_keep_nothing() -> None:
    assert commands("postgres") == {
        "migrate": ["migrate"],
        "web": ["run", "--role", "web"],
        "worker": ["run", "--role", "worker"],
    }
    for name in ("web", "worker"):
        service = SERVICES[name]
        assert service["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == []
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["postgres"]["volumes"] == ["database:/var/lib/postgresql/data"]


def test_passwords_come_from_files_and_the_copies_of_a_file_are_off() -> None:
    for name in commands("postgres"):
        variables = SERVICES[name]["environment"]
        assert {one.removesuffix("_FILE") for one in variables} <= KNOWN
        secret = Path(variables["DATABASE_URL_FILE"])
        assert (str(secret.parent), SERVICES[name]["secrets"]) == ("/run/secrets", [secret.name])
        assert variables["CADENCEBOT_BACKUPS"] == ""
    own = Path(SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"])
    assert SERVICES["postgres"]["secrets"] == [own.name]
    files = [secret["file"] for secret in COMPOSE["secrets"].values()]
    assert all(Path(file).parts[0] == "secrets" for file in files)
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        pytest.param((), {"cadencebot"}, id="by default"),
        pytest.param(("--profile", "postgres"), {"postgres", "migrate", "web", "worker"}, id="postgres"),
    ],
)
def test_compose_takes_the_file_and_starts_either_the_one_or_the_others(
    words: tuple[str, ...], starts: set[str]
) -> None:
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not installed")
    told = subprocess.run(
        [compose, "--file", DEPLOY / "compose.yaml", *words, "config", "--services"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {*told.stdout.split()} == starts
