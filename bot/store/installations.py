"""The workspaces that installed the bot, with their sealed tokens, and the installs under way."""

from datetime import datetime

from bot.records import Installation
from bot.store.database import Database
from bot.store.rows import moment, time_text


class Installations:
    """Keep what OAuth yields, encrypted by who saves it. Every method that writes needs a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, team: str, enterprise: str, sealed: bytes, bot_user: str, now: datetime) -> None:
        """Store what a workspace (or an organisation, `team` "") gave; the newest word counts."""
        self._database.connection.execute(
            """
            INSERT INTO installation (team, enterprise, sealed, bot_user, installed_at)
            VALUES (:team, :enterprise, :sealed, :bot_user, :now)
            ON CONFLICT (team, enterprise) DO UPDATE SET sealed = excluded.sealed,
                bot_user = excluded.bot_user, installed_at = excluded.installed_at, uninstalled_at = NULL
            """,
            {
                "team": team,
                "enterprise": enterprise,
                "sealed": sealed,
                "bot_user": bot_user,
                "now": time_text(now),
            },
        )

    def find(self, team: str, enterprise: str = "") -> bytes | None:
        """Return what was sealed for a workspace, else for its organisation; None when there is nothing."""
        rows = self._database.query(
            """
            SELECT sealed FROM installation WHERE uninstalled_at IS NULL AND sealed IS NOT NULL
              AND (team = :team AND team <> '' OR team = '' AND enterprise = :enterprise AND enterprise <> '')
            ORDER BY team DESC, enterprise = :enterprise DESC, installed_at DESC LIMIT 1
            """,
            {"team": team, "enterprise": enterprise},
        )
        return rows[0]["sealed"] if rows else None

    def uninstall(self, team: str, now: datetime, enterprise: str = "") -> bool:
        """Forget what a workspace (or an organisation, `team` "") gave; return whether there was anything."""
        gone = self._database.connection.execute(
            """
            UPDATE installation SET sealed = NULL, uninstalled_at = :now
            WHERE uninstalled_at IS NULL AND team = :team AND (team <> '' OR enterprise = :enterprise)
            """,
            {"team": team, "enterprise": enterprise, "now": time_text(now)},
        )
        return gone.rowcount > 0

    def teams(self) -> list[Installation]:
        """Return the workspaces and organisations where the bot is installed now."""
        rows = self._database.query(
            "SELECT * FROM installation WHERE uninstalled_at IS NULL ORDER BY team, enterprise"
        )
        return [
            Installation(row["team"], row["enterprise"], row["bot_user"], moment(row["installed_at"]))
            for row in rows
        ]

    def issue_state(self, state: str, expires_at: datetime) -> None:
        """Remember an install that has begun, and who may end it: whoever brings the state back in time."""
        self._database.connection.execute(
            "INSERT INTO oauth_state (state, expires_at) VALUES (:state, :expires_at)",
            {"state": state, "expires_at": time_text(expires_at)},
        )

    def consume_state(self, state: str, now: datetime) -> bool:
        """Whether a state was issued and is not over; each serves once."""
        values = {"state": state, "now": time_text(now)}
        found = self._database.query(
            "SELECT 1 FROM oauth_state WHERE state = :state AND expires_at > :now", values
        )
        self._database.connection.execute(
            "DELETE FROM oauth_state WHERE state = :state OR expires_at <= :now", values
        )
        return bool(found)
