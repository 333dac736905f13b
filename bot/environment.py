"""The environment, read once into frozen settings; every error names the variable and no secret."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, SecretStr, ValidationError

from bot.config import Address, Part
from bot.errors import ConfigError


def _hosts_with_ports(hosts: str) -> str:
    for host in filter(None, (part.strip() for part in hosts.split(","))):
        if not re.fullmatch(r".+:\d{1,5}", host):
            raise ValueError(f"write each host with its port, as 127.0.0.1:8000 (got {host[:60]})")
    return hosts


class Environment(Part):
    """Hold what the environment says; every name may also be given as NAME_FILE."""

    model_config = ConfigDict(hide_input_in_errors=True)  # a token in the wrong variable is still a secret

    slack_bot_token: SecretStr = SecretStr("")
    slack_api_url: Address = "https://slack.com/api/"
    hf_token: SecretStr = SecretStr("")
    hf_endpoint: Address = "https://huggingface.co"
    llm_stats_api_key: SecretStr = SecretStr("")
    llm_stats_url: Address = "https://api.llm-stats.com/stats/v1"
    llm_stats_page_url: Address = "https://llm-stats.com/models"
    cadencebot_config: Path = Path("feeds.yaml")
    cadencebot_state: Path = Path("state")
    cadencebot_allow_hosts: Annotated[str, AfterValidator(_hosts_with_ports)] = ""

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Return the host:port pairs that may be private."""
        return frozenset(host.strip() for host in self.cadencebot_allow_hosts.split(",") if host.strip())


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
