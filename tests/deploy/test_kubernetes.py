"""The plain manifests and the chart without a database ask for one bot alike, which may only do its work."""

import re
import shutil
import subprocess
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml

from bot import __version__
from bot.settings.environment import Environment

ROOT = Path(__file__).parents[2]
PLAIN = ROOT / "deploy" / "kubernetes"
CHART = ROOT / "deploy" / "helm" / "cadencebot"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
SECRET = """\
          {{- with .Values.secret }}
          envFrom:
            - secretRef: {name: {{ . | quote }}, optional: true}
          {{- end }}
"""
TEMPLATES = {path.name: path.read_text("utf-8") for path in (CHART / "templates").iterdir()}
PARTS = dict(
    re.findall(r'{{- define "([\w.]+)" -}}\n(.*?){{- end }}\n(?=\n{{-|\Z)', TEMPLATES["_bot.tpl"], re.DOTALL)
)


def with_parts(template: str) -> str:
    """Return a template with the named ones in it, as deep as it has them."""

    def part(found: re.Match[str]) -> str:
        return indent(PARTS[found[1]], int(found[2]) * " ")

    return re.sub(r' *{{- include "([\w.]+)" \S+ \| nindent (\d+) }}\n', part, template)


STATEFUL_SET = with_parts(TEMPLATES["statefulset.yaml"])


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
    assert given.keys() <= {name.upper() for name in Environment.model_fields}
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
    chart = (str(CHART), "--set-file", f"feeds={ROOT / 'feeds.yaml'}")
    printed(helm, "lint", *chart)
    rendered = printed(helm, "template", "cadencebot", *chart)
    [theirs] = resources(rendered)["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    assert theirs == {**container, "imagePullPolicy": "IfNotPresent"}
    unnamed = printed(helm, "template", "cadencebot", *chart, "--set", "secret=")
    assert "secretRef" not in unnamed


def test_what_is_set_for_all_is_only_what_the_pod_is_built_on(container: dict[str, Any]) -> None:
    """It beats what the secret says, in which people keep cadencebot.env."""
    fixed = {"CADENCEBOT_CONFIG", "CADENCEBOT_STATE", "CADENCEBOT_HEALTH"}
    assert {variable["name"] for variable in container["env"]} == fixed
    assert VALUES["env"] == {}


def test_a_secret_without_a_name_is_none() -> None:
    """Kubernetes takes no reference to one, not even to one that is optional."""
    assert SECRET in STATEFUL_SET


def test_the_chart_says_of_the_pod_what_the_plain_manifest_says(container: dict[str, Any]) -> None:
    """Line by line and in order, where no template stands, and value by value where one does.

    The two are written by hand, and must not drift apart.
    """
    plain, chart = map(lines_of_pod, ((PLAIN / "statefulset.yaml").read_text("utf-8"), STATEFUL_SET))
    fixed = [line for line in chart if "{{" not in line]
    templated = [line for line in plain if line not in fixed]
    assert [line for line in plain if line in fixed] == fixed
    named = ("image:", "secretRef:", "resources:", "requests:", "limits:", "configMap:")
    assert [line for line in templated if not any(part in line for part in named)] == []
    assert container["resources"] == VALUES["resources"]
    assert container["envFrom"] == [{"secretRef": {"name": VALUES["secret"], "optional": True}}]
    assert f"storage: {VALUES['storage']['size']}}}" in plain[-1]


def lines_of_pod(text: str) -> list[str]:
    """Return the lines of a manifest from the pod's security on, without comments."""
    lines = (line.partition(" #")[0].rstrip() for line in text.partition("securityContext:")[2].splitlines())
    return [line for line in lines if line]
