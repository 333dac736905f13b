"""The environment, read once into frozen settings; every error names the variable and no secret."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo

from bot.errors import ConfigError
from bot.settings.feeds import Address, Part
from bot.settings.proxies import DIRECT, Proxies, read_proxy


def _hosts_with_ports(hosts: str) -> str:
    for host in filter(None, (part.strip() for part in hosts.split(","))):
        if not re.fullmatch(r"[^\s/]+:\d{1,5}", host):
            raise ValueError(f"write each host with its port, as 127.0.0.1:8000 (got {host[:60]})")
    return hosts


def _host_with_port_or_off(address: str) -> str:
    match = re.fullmatch(r"(?:[\w.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})", address)
    if address != "off" and not (match and int(match[1]) <= 65_535):
        raise ValueError("write a host with its port, as 127.0.0.1:9464, or off")
    return address


def _with_a_port_that_can_be(url: str) -> str:
    if urlsplit(url).port == 0:  # which raises ValueError itself for any other nonsense
        raise ValueError("port 0 is none")
    return url


def _with_a_place(switch: str, info: ValidationInfo) -> str:
    if switch == "on" and info.data.get("cadencebot_health") == "off":
        raise ValueError("is on, and CADENCEBOT_HEALTH is off: nothing is served anywhere")
    return switch


def _where_there_is_a_file(copies: int, info: ValidationInfo) -> int:
    if copies and info.data.get("database_url"):  # it is not there where it is wrong itself
        raise ValueError("copies the file of the state, and DATABASE_URL is set: let pg_dump copy that")
    return copies


def _with_a_proxy(switch: str, info: ValidationInfo) -> str:
    if switch == "on":
        given = [read_proxy(info.data[name].get_secret_value()) for name in ("http_proxy", "https_proxy")]
        if not any(given):
            raise ValueError("is on, and neither HTTPS_PROXY nor HTTP_PROXY is set, as http://host:port")
    return switch


def _at_home(token: SecretStr, info: ValidationInfo) -> SecretStr:
    """Return a token that does not begin as those of another variable do."""
    given, own = token.get_secret_value(), str(info.field_name).upper()
    home = next((variable for start, variable in _HOMES.items() if given.startswith(start)), own)
    if home != own:
        raise ValueError(f"holds a token that belongs in {home}")
    return token


def _written(pattern: str, otherwise: str) -> AfterValidator:
    """Return what refuses a secret that is not written like this."""

    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value(), re.DOTALL):
            raise ValueError(otherwise)
        return secret

    return AfterValidator(check)


def _token(beginning: str) -> AfterValidator:
    """Return what refuses a token that is not written as its kind is.

    One that expires begins with another word before its own. The dots of an example in our documentation,
    and quotes of an env file, are no part of any. https://docs.slack.dev/authentication/tokens
    """
    return _written(
        rf"(?:xoxe\.)?{beginning}[A-Za-z0-9_-]+",
        f"holds no such token: it begins with {beginning}, and letters, digits and hyphens follow",
    )


_BOT, _APP = "xoxb-", "xapp-"
_HOMES = {_BOT: "SLACK_BOT_TOKEN", _APP: "SLACK_APP_TOKEN", "hf_": "HF_TOKEN"}
_Token = Annotated[SecretStr, AfterValidator(_at_home)]
BotToken = Annotated[_Token, _token(_BOT)]
AppToken = Annotated[_Token, _token(_APP)]
HeaderSecret = Annotated[_Token, _written(r"[!-~]+", "write ASCII letters, digits and signs, without spaces")]
PushSecret = Annotated[  # it comes in a header; the Hub takes ASCII alone
    SecretStr, _written(r"[!-~]{16,200}", "write 16 to 200 ASCII letters, digits and signs, without spaces")
]
SecretAddress = Annotated[
    SecretStr, _written(r"https?://[^/\s].*", "write a whole address, starting with https:// (or http://)")
]
PostgresAddress = Annotated[
    SecretStr,
    _written(
        r"postgres(ql)?://.*", "write an address of PostgreSQL, as postgresql://user:password@host/name"
    ),
]
Endpoint = Annotated[Address, AfterValidator(_with_a_port_that_can_be)]


_WEBHOOK = "CADENCEBOT_WEBHOOK_"
_SAID = {  # by pydantic's types of what can be wrong
    "int_parsing": "write a whole number",
    "literal_error": "write on or off",
    "greater_than_equal": "write 0 or more",
    "less_than_equal": "write 1000 or less",
}
_IN_LOWER_CASE_TOO = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")  # as curl and Python read them


class Environment(Part):
    """What the environment says; every name may also be given as NAME_FILE.

    What stands below a variable is its line in the reference (docs/site.py).
    """

    model_config = ConfigDict(hide_input_in_errors=True)  # a token in the wrong variable is still a secret

    slack_bot_token: BotToken = SecretStr("")
    """The token of the Slack app (xoxb-...); without one, messages go to the console."""
    slack_app_token: AppToken = SecretStr("")
    """An app-level token (xapp-...) with connections:write: Socket Mode, which hears commands and buttons."""
    slack_signing_secret: HeaderSecret = SecretStr("")
    """Proves Slack's requests to `run --http`, which hears the same over HTTP."""
    slack_client_id: str = ""
    """With its secret and a seal key: several workspaces install the app by themselves."""
    slack_client_secret: HeaderSecret = SecretStr("")
    """The secret of that client."""
    slack_api_url: Endpoint = "https://slack.com/api/"
    """Slack's API, or a stand-in."""
    hf_token: HeaderSecret = SecretStr("")
    """A read token of Hugging Face: the Hub then grants twice the requests."""
    hf_endpoint: Endpoint = "https://huggingface.co"
    """The Hub, or a mirror."""
    llm_stats_api_key: HeaderSecret = SecretStr("")
    """The key of the LLM Stats API; without one its public page is read twice a day."""
    llm_stats_url: Endpoint = "https://api.llm-stats.com/stats/v1"
    """The LLM Stats API."""
    llm_stats_page_url: Endpoint = "https://llm-stats.com/models"
    """The page that is read without a key."""
    cadencebot_seal_key: SecretStr = SecretStr("")
    """Seals the tokens of workspaces; to change it, give the new one and the old one, comma-separated."""
    cadencebot_config: Path = Path("feeds.yaml")
    """Where feeds.yaml is."""
    cadencebot_state: Path = Path("state")
    """The state directory: the database, its copies, and what the console was told."""
    database_url: PostgresAddress = SecretStr("")
    """A PostgreSQL database instead of the file in the state directory; see docs/scale.md."""
    cadencebot_report: Path | None = None
    """A directory in which `run` keeps the report fresh, every hour."""
    cadencebot_backups: Annotated[int, Field(ge=0, le=1000), AfterValidator(_where_there_is_a_file)] = 0
    """How many daily copies of the database `run` keeps in the state's `backups`; 0: it makes none."""
    cadencebot_allow_hosts: Annotated[str, AfterValidator(_hosts_with_ports)] = ""
    """Hosts with ports that may be private: tests, mirrors; comma-separated."""
    cadencebot_health: Annotated[str, AfterValidator(_host_with_port_or_off)] = "127.0.0.1:9464"
    """Where `run` serves /healthz and /metrics; off: nowhere."""
    cadencebot_report_page: Annotated[Literal["on", "off"], AfterValidator(_with_a_place)] = "off"
    """Whether the report is served there too, at /, with /api/releases.json: on or off."""
    cadencebot_ping_url: SecretAddress = SecretStr("")
    """A dead-man service's address, asked every minute while all is well."""
    cadencebot_public_url: Endpoint = ""
    """Where the address of `run --http` is reached from outside, for pushes."""
    cadencebot_push_secret: PushSecret = SecretStr("")
    """Proves that a push is of a subscription of ours."""
    http_proxy: SecretStr = SecretStr("")
    """With CADENCEBOT_PROXY=on: the proxy for http://; read in lower case too, as the next two."""
    https_proxy: SecretStr = SecretStr("")
    """With CADENCEBOT_PROXY=on: the proxy for https://."""
    no_proxy: str = ""
    """With CADENCEBOT_PROXY=on: what is asked directly: hosts, host:port, domains, or *."""
    cadencebot_proxy: Annotated[Literal["on", "off"], AfterValidator(_with_a_proxy)] = "off"
    """Whether the three above count: on or off."""
    webhooks: Mapping[str, SecretStr] = {}  # each variable CADENCEBOT_WEBHOOK_..., by its name
    notify_socket: str = ""
    """Set by systemd: where it is told that the bot is up and ticks, see sd_notify(3)."""
    watchdog_usec: str = ""
    """Set by systemd: how long the bot may be silent, in microseconds, see sd_watchdog_enabled(3)."""

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Return the host:port pairs that may be private."""
        return frozenset(host.strip() for host in self.cadencebot_allow_hosts.split(",") if host.strip())

    @property
    def health_address(self) -> str:
        """Return the host:port where /healthz and /metrics are served, or "" for nowhere."""
        return "" if self.cadencebot_health == "off" else self.cadencebot_health

    @property
    def asks_for_health(self) -> bool:
        """Whether somebody named the address of /healthz, instead of leaving it to us."""
        return "cadencebot_health" in self.model_fields_set

    @property
    def takes_only_pushes(self) -> bool:
        """Whether an HTTP address is for pushes alone: nothing says how Slack would sign."""
        return bool(self.cadencebot_push_secret.get_secret_value()) and not self.hears_slack

    @property
    def hears_slack(self) -> bool:
        """Whether there is what it takes to hear what is pressed in Slack over HTTP."""
        return bool(self.slack_signing_secret.get_secret_value())

    @property
    def proxies(self) -> Proxies:
        """Return by which proxies everything is asked: by none, unless CADENCEBOT_PROXY is on."""
        if self.cadencebot_proxy == "off":
            return DIRECT
        http, https = (read_proxy(one.get_secret_value()) for one in (self.http_proxy, self.https_proxy))
        return Proxies(http, https, self.no_proxy)

    @property
    def proxy_remark(self) -> str:
        """Return what is to be known of proxies, in a sentence, "" where there are none."""
        given = {"HTTP_PROXY": self.http_proxy, "HTTPS_PROXY": self.https_proxy}
        names = [name for name, proxy in given.items() if proxy.get_secret_value()]
        if self.cadencebot_proxy == "on":
            return (
                f"CADENCEBOT_PROXY is on: what is asked through {self.proxies.shown} stays away from private "
                "addresses only if that proxy sees to it."
            )
        are = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
        return f"{are} set, and not used: CADENCEBOT_PROXY=on is the switch." if names else ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the values that no log may show; each of several that stand in one variable."""
        every = [*(value for _, value in self), *self.webhooks.values()]
        values = [value.get_secret_value() for value in every if isinstance(value, SecretStr)]
        with_passwords = (self.proxies.http, self.proxies.https, self.database_url.get_secret_value())
        values += [_password_of(address) for address in with_passwords]
        return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _password_of(address: str) -> str:
    """Return the password in an address; PostgreSQL's may hold brackets, which urlsplit refuses."""
    found = re.match(r"\w+://[^:/@]*:([^/@]*)@", address)
    return unquote(found[1]) if found else ""


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Return the settings of the process environment, or of `variables`.

    Raises ConfigError naming the variable.
    """
    variables = os.environ if variables is None else variables
    named = {name.removesuffix("_FILE") for name in variables if name.startswith(_WEBHOOK)}
    fields = Environment.model_fields.keys() - {"webhooks"}
    found = {field: _value_of(field.upper(), variables) for field in fields}
    webhooks = {name: _value_of(name, variables) for name in sorted(named)}
    given = {field: value for field, value in found.items() if value}
    try:
        return Environment.model_validate({**given, "webhooks": webhooks})
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0]).upper()
        name = f"{name}_FILE" if variables.get(f"{name}_FILE") else name
        message = _SAID.get(problem["type"], problem["msg"].removeprefix("Value error, "))
        raise ConfigError(f"environment variable {name}: {message}") from error


def _value_of(name: str, variables: Mapping[str, str]) -> str:
    file = variables.get(f"{name}_FILE")
    if not file:
        other = name.lower() if name in _IN_LOWER_CASE_TOO else name
        return variables.get(name, variables.get(other, "")).strip()
    try:
        value = Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"environment variable {name}_FILE: cannot read {file} ({error.strerror})"
        ) from error
    except UnicodeDecodeError:
        # the cause carries the file's bytes, which may be a secret
        raise ConfigError(f"environment variable {name}_FILE: {file} is not text") from None
    if not value:
        raise ConfigError(f"environment variable {name}_FILE: {file} is empty; write the value into it")
    return value
