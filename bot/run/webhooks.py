"""The webhooks of feeds.yaml, with what the environment says of them: secrets stand nowhere else."""

from collections.abc import Mapping

from bot.errors import ConfigError, SourceError
from bot.fetch.address import parsed
from bot.model import Destination
from bot.outbox.webhooks import Webhook
from bot.run.wiring import App
from bot.settings.feeds import WebhookSpec

_SHORTEST = 16  # characters of a secret


def webhooks_of(app: App) -> dict[Destination, Webhook]:
    """Return the webhooks by their destinations. Raises ConfigError for what one lacks."""
    given = {name: value.get_secret_value() for name, value in app.environment.webhooks.items()}
    return {spec.destination: _webhook(spec, given) for spec in app.config.webhooks}


def _webhook(spec: WebhookSpec, given: Mapping[str, str]) -> Webhook:
    name = f"CADENCEBOT_WEBHOOK_{spec.id.upper()}"
    url, secret = spec.url or given.get(f"{name}_URL", ""), given.get(f"{name}_SECRET", "")
    if len(secret) < _SHORTEST:
        raise ConfigError(
            f"environment variable {name}_SECRET is not set, or shorter than {_SHORTEST} characters: "
            f"by it the receiver of the webhook {spec.id} knows what is ours"
        )
    try:
        parsed(url)
    except SourceError:  # its text quotes the address, which may be a secret
        raise ConfigError(
            f"environment variable {name}_URL: write the whole address of the webhook {spec.id}, starting "
            "with https:// and without a user name, or write it as `url` in feeds.yaml"
        ) from None
    return Webhook(url, secret)
