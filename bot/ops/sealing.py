"""The encryption of tokens that are stored."""

from bot.errors import ConfigError
from bot.settings.environment import Environment

_KEY = "CADENCEBOT_SEAL_KEY"
_HOW = (
    'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)


class Seal:
    """The keys: the first one encrypts, and any of them opens what it encrypted."""

    def __init__(self, keys: str) -> None:
        """Take comma-separated Fernet keys. Raises ConfigError for none, or for something that is no key."""
        # 7 MB that only a bot needs which serves several workspaces.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

        given = [key.strip() for key in keys.split(",") if key.strip()]
        if not given:
            raise ConfigError(f"environment variable {_KEY} is not set: {_HOW}")
        try:
            self._keys = MultiFernet([Fernet(key) for key in given])
        except ValueError:
            # the cause may carry the key, and one with a typing error is still a secret
            raise ConfigError(f"environment variable {_KEY} holds something that is no key: {_HOW}") from None

    def close(self, token: str) -> bytes:
        """Return a token sealed."""
        return self._keys.encrypt(token.encode())

    def renew(self, sealed: bytes) -> bytes | None:
        """Return what was sealed, sealed with the first key; None when none of the keys opens it."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

        try:
            return self._keys.rotate(sealed)
        except InvalidToken:
            return None

    def open(self, sealed: bytes) -> str:
        """Return what was sealed. Raises ConfigError when none of the keys opens it."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken as error:
            raise ConfigError(
                f"a stored Slack token cannot be opened: add the key that sealed it to {_KEY}, after a comma"
            ) from error


def seal_of(environment: Environment) -> Seal:
    """Return what seals the tokens of workspaces. Raises ConfigError without a key."""
    return Seal(environment.cadencebot_seal_key.get_secret_value())
