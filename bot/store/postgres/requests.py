"""The requests that any of the processes has heard of lately: Slack's repeat may reach another one."""

from hashlib import sha256

from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.words import in_words

_PATIENCE = 1.0  # seconds; Slack waits three for its acknowledgement
_HEAR = """
    WITH old AS (DELETE FROM request WHERE at < now() - INTERVAL '2 hours')
    INSERT INTO request (id) VALUES (%s) ON CONFLICT (id) DO NOTHING
"""


def is_new_request(database: PostgresDatabase, key: str) -> bool:
    """Whether no process has heard of a request; all have from now on. Raises StoreError soon.

    It is a statement of its own, and waits for nobody's pen.
    """
    known_as = sha256(key.encode()).hexdigest()  # as short for every key, and no secret
    with in_words(database.place), database.pool.connection(_PATIENCE) as connection:
        return connection.execute(_HEAR, (known_as,)).rowcount == 1
