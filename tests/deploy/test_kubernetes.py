"""The plain manifests and the chart ask for the same: one bot, which may do nothing but its work."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.settings.environment import Environment

ROOT = Path(__file__).parents[2]
PLAIN = ROOT / "deploy" / "kubernetes"
CHART = ROOT / "deploy" / "helm" / "cadencebot"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
TEMPLATES = {path.name: path.read_text("utf-8") for path in (CHART / "templates").iterdir()}


@pytest.fixture(scope="module")
def pod() -> dict[str, Any]:
    manifest = yaml.safe_load((PLAIN / "statefulset.yaml").read_text("utf-8"))
    pod: dict[str, Any] = manifest["spec"]["template"]["spec"]
    return pod


@pytest.fixture(scope="module")
def container(pod: dict[str, Any]) -> dict[str, Any]:
    [container] = pod["containers"]
    only: dict[str, Any] = container
    return only


def resources(text: str) -> dict[str, Any]:
    return {one["kind"]: one for one in yaml.safe_load_all(text)}


def printed(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what kubectl makes of the plain manifests, with feeds.yaml copied beside them."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    folder = tmp_path_factory.mktemp("kubernetes") / "plain"
    shutil.copytree(PLAIN, folder)
    shutil.copy(ROOT / "feeds.yaml", folder)
    return printed(kubectl, "kustomize", str(folder))


def test_it_runs_as_nobody_and_writes_its_state_alone(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == 10001
    assert not pod["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [m["name"] for m in container["volumeMounts"] if not m.get("readOnly")] == ["state", "tmp"]


def test_there_is_one_bot_for_one_state() -> None:
    spec = yaml.safe_load((PLAIN / "statefulset.yaml").read_text("utf-8"))["spec"]
    assert spec["replicas"] == 1
    assert [claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]] == ["state"]


def test_every_variable_is_one_that_the_bot_reads(container: dict[str, Any]) -> None:
    given = {variable["name"]: variable["value"] for variable in container["env"]}
    assert given.keys() | VALUES["env"].keys() <= {name.upper() for name in Environment.model_fields}
    assert given["CADENCEBOT_STATE"].startswith(container["volumeMounts"][0]["mountPath"] + "/")
    port = container["ports"][0]["containerPort"]
    assert given["CADENCEBOT_HEALTH"] == f"0.0.0.0:{port}"


def test_kubectl_takes_the_plain_manifests(built: str) -> None:
    made = resources(built)
    assert made.keys() == {"ConfigMap", "Service", "StatefulSet"}
    labels = made["StatefulSet"]["spec"]["selector"]["matchLabels"]
    assert labels == made["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
    assert made["Service"]["spec"]["selector"] == labels
    assert made["ConfigMap"]["data"]["feeds.yaml"] == (ROOT / "feeds.yaml").read_text("utf-8")


def test_kubernetes_knows_every_field(built: str) -> None:
    validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for resource in resources(built).values():
        validate.validate(resource, "1.31", strict=True)


def test_the_chart_is_of_this_version_and_of_the_same_image() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    assert chart["version"] == chart["appVersion"] == __version__


def test_the_image_is_of_this_version(container: dict[str, Any]) -> None:
    assert container["image"] == f"{VALUES['image']['repository']}:{__version__}"


def test_the_chart_uses_every_value_and_knows_each_that_it_uses() -> None:
    used = set(re.findall(r"\.Values\.([\w.]+)", "\n".join(TEMPLATES.values())))
    leaves = {
        name if name in used or not isinstance(value, dict) else f"{name}.{inner}"
        for name, value in VALUES.items()
        for inner in (value if isinstance(value, dict) and value else {name: value})
    }
    assert used == leaves


def test_the_chart_makes_the_plain_manifests_pod(container: dict[str, Any], pod: dict[str, Any]) -> None:
    helm = shutil.which("helm")
    if helm is None:
        pytest.skip("helm is not installed")
    printed(helm, "lint", str(CHART), "--set-file", f"feeds={ROOT / 'feeds.yaml'}")
    rendered = printed(
        helm, "template", "cadencebot", str(CHART), "--set-file", f"feeds={ROOT / 'feeds.yaml'}"
    )
    [theirs] = resources(rendered)["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    assert {**theirs, "imagePullPolicy": None, "envFrom": None} == {
        **container,
        "imagePullPolicy": None,
        "envFrom": None,
    }


def test_the_chart_says_of_the_pod_what_the_plain_manifest_says() -> None:
    """Line by line, where no template stands: the two are written by hand, and must not drift apart."""
    plain = (PLAIN / "statefulset.yaml").read_text("utf-8").partition("securityContext:")[2]
    chart = {line.partition(" #")[0].rstrip() for line in TEMPLATES["statefulset.yaml"].splitlines()}
    lines = [line.partition(" #")[0].rstrip() for line in plain.splitlines()]
    missing = [line for line in lines if line and line not in chart]
    templated = (
        "image:",
        "CADENCEBOT_BACKUPS",
        "secretRef",
        "resources:",
        "requests:",
        "limits:",
        "configMap:",
    )
    assert [line for line in missing if not any(part in line for part in templated)] == []
