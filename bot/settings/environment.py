"""The environment, read once into frozen settings; every error names the variable and no secret."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, SecretStr, ValidationError

from bot.errors import ConfigError
from bot.settings.feeds import Address, Part


def _hosts_with_ports(hosts: str) -> str:
    for host in filter(None, (part.strip() for part in hosts.split(","))):
        if not re.fullmatch(r".+:\d{1,5}", host):
            raise ValueError(f"write each host with its port, as 127.0.0.1:8000 (got {host[:60]})")
    return hosts


def _host_with_port_or_off(address: str) -> str:
    match = re.fullmatch(r"(?:[\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})", address)
    if address != "off" and not (match and int(match[1]) <= 65_535):
        raise ValueError("write a host with its port, as 127.0.0.1:9464, or off")
    return address


def _secret_web_address(url: SecretStr) -> SecretStr:
    if not re.match(r"https?://[^/\s]+", url.get_secret_value()):
        raise ValueError("write a whole address, starting with https:// (or http://)")
    return url


class Environment(Part):
    """What the environment says; every name may also be given as NAME_FILE."""

    model_config = ConfigDict(hide_input_in_errors=True)  # a token in the wrong variable is still a secret

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_client_id: str = ""
    slack_client_secret: SecretStr = SecretStr("")
    slack_api_url: Address = "https://slack.com/api/"
    hf_token: SecretStr = SecretStr("")
    hf_endpoint: Address = "https://huggingface.co"
    llm_stats_api_key: SecretStr = SecretStr("")
    llm_stats_url: Address = "https://api.llm-stats.com/stats/v1"
    llm_stats_page_url: Address = "https://llm-stats.com/models"
    cadencebot_seal_key: SecretStr = SecretStr("")
    cadencebot_config: Path = Path("feeds.yaml")
    cadencebot_state: Path = Path("state")
    cadencebot_report: Path | None = None  # a directory in which the report is kept fresh
    cadencebot_allow_hosts: Annotated[str, AfterValidator(_hosts_with_ports)] = ""
    cadencebot_health: Annotated[str, AfterValidator(_host_with_port_or_off)] = "127.0.0.1:9464"
    cadencebot_ping_url: Annotated[SecretStr, AfterValidator(_secret_web_address)] = SecretStr("")
    notify_socket: str = ""  # systemd's, as is the next: sd_notify(3), sd_watchdog_enabled(3)
    watchdog_usec: str = ""

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Return the host:port pairs that may be private."""
        return frozenset(host.strip() for host in self.cadencebot_allow_hosts.split(",") if host.strip())

    @property
    def health_address(self) -> str:
        """Return the host:port where /healthz and /metrics are served, or "" for nowhere."""
        return "" if self.cadencebot_health == "off" else self.cadencebot_health

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the values that no log may show; each of several that stand in one variable."""
        values = (value.get_secret_value() for _, value in self if isinstance(value, SecretStr))
        return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Return the settings of the process environment, or of `variables`.

    Raises ConfigError naming the variable.
    """
    variables = os.environ if variables is None else variables
    names = {name: name.upper() for name in Environment.model_fields}
    found = {field: _value_of(name, variables) for field, name in names.items()}
    try:
        return Environment.model_validate({field: value for field, value in found.items() if value})
    except ValidationError as error:
        problem = error.errors()[0]
        name = names[str(problem["loc"][0])]
        message = problem["msg"].removeprefix("Value error, ")
        raise ConfigError(f"environment variable {name}: {message}") from error


def _value_of(name: str, variables: Mapping[str, str]) -> str:
    file = variables.get(f"{name}_FILE")
    if not file:
        return variables.get(name, "").strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"environment variable {name}_FILE: cannot read {file} ({error.strerror})"
        ) from error
    except UnicodeDecodeError:
        # the cause carries the file's bytes, which may be a secret
        raise ConfigError(f"environment variable {name}_FILE: {file} is not text") from None
