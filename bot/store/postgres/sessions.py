"""What every connection asks of its two ends: whoever freezes or vanishes holds up no other for long."""

import json
import os
import socket
from collections.abc import Mapping

from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.store.postgres.presence import Connection

# Seconds in which nothing is asked in a transaction, until the server ends it: it may hold the pen. Others
# wait a little longer than that, and deciding what a first poll of thousands means takes a few.
IDLE = 12.0
# A machine that vanished is known to have after ten seconds, to the client and to the server:
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_CLIENT: Mapping[str, str | int | None] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
# https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS
_SERVER: Mapping[str, str] = {
    "tcp_keepalives_idle": "4s",
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
_SET = "SELECT set_config(key, value, FALSE) FROM json_each_text(%s::json)"


class _Text(Loader):
    """Leaves JSON the text that the readers of rows take."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


def completed(url: str) -> str:
    """Return an address with all that it does not say itself; a socket in a directory heeds none of it."""
    return make_conninfo("", **{**_CLIENT, **conninfo_to_dict(url)})


def configure(connection: Connection, *, readonly: bool, patience: float) -> None:
    """Set what a connection is for, and how many seconds it waits for a lock."""
    connection.adapters.register_loader("jsonb", _Text)
    ours = {
        "lock_timeout": f"{patience * 1000:.0f}ms",
        "idle_in_transaction_session_timeout": f"{IDLE * 1000:.0f}ms",
        "default_transaction_read_only": "on" if readonly else "off",
        "application_name": f"cadencebot {os.getpid()} on {socket.gethostname()}"[:63],
    }
    connection.execute(_SET, (json.dumps({**_SERVER, **ours}),))
