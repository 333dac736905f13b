"""The workspaces that installed the bot, with their sealed tokens, and what it lacks there."""

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.records import Installation
from bot.store.database import Tables

METADATA = "metadata"  # is lacking where Slack did not keep what a message is found by


class Installations(Tables):
    """What OAuth yields, encrypted by who saves it."""

    def save(self, team: str, enterprise: str, sealed: bytes, bot_user: str, now: datetime) -> None:
        """Store what a workspace (or an organisation, `team` "") gave; the newest word counts."""
        self._run(
            """
            INSERT INTO installation (team, enterprise, sealed, bot_user, installed_at)
            VALUES (:team, :enterprise, :sealed, :bot_user, :now)
            ON CONFLICT (team, enterprise) DO UPDATE SET sealed = excluded.sealed,
                bot_user = excluded.bot_user, installed_at = excluded.installed_at, uninstalled_at = NULL
            """,
            {"team": team, "enterprise": enterprise, "sealed": sealed, "bot_user": bot_user, "now": now},
        )

    def find(self, team: str, enterprise: str = "") -> bytes | None:
        """Return what was sealed for a workspace, else for its organisation; None when there is nothing."""
        found = self._column(
            """
            SELECT sealed FROM installation WHERE uninstalled_at IS NULL AND sealed IS NOT NULL
              AND (team = :team AND team <> '' OR team = '' AND enterprise = :enterprise AND enterprise <> '')
            ORDER BY team DESC, enterprise = :enterprise DESC, installed_at DESC LIMIT 1
            """,
            {"team": team, "enterprise": enterprise},
        )
        return found[0] if found else None

    def sealed_after(self, team: str, enterprise: str, limit: int) -> list[tuple[str, str, bytes]]:
        """Return what was sealed for those that come next, each behind its workspace and organisation."""
        rows = self._tuples(
            """
            SELECT team, enterprise, sealed FROM installation
            WHERE sealed IS NOT NULL AND (team, enterprise) > (:team, :enterprise)
            ORDER BY team, enterprise LIMIT :limit
            """,
            {"team": team, "enterprise": enterprise, "limit": limit},
        )
        return [(team, enterprise, bytes(sealed)) for team, enterprise, sealed in rows]

    def reseal(self, team: str, enterprise: str, before: bytes, sealed: bytes) -> bool:
        """Store the same sealed otherwise; not where something else was given meanwhile."""
        changed = self._run(
            """
            UPDATE installation SET sealed = :sealed
            WHERE team = :team AND enterprise = :enterprise AND sealed = :before
            """,
            {"team": team, "enterprise": enterprise, "before": before, "sealed": sealed},
        )
        return changed == 1

    def uninstall(
        self,
        team: str,
        now: datetime,
        enterprise: str = "",
        *,
        until: datetime | None = None,
        bot_users: Collection[str] = (),
    ) -> bool:
        """Forget what a workspace (or an organisation, `team` "") gave; return whether there was anything.

        What was given after `until`, or to other users than these where some are named, stays.
        """
        gone = self._run(
            """
            UPDATE installation SET sealed = NULL, uninstalled_at = :now
            WHERE uninstalled_at IS NULL AND team = :team AND (team <> '' OR enterprise = :enterprise)
              AND (CAST(:until AS TEXT) IS NULL OR installed_at < :until)
              AND (:any_user OR bot_user IN (SELECT value FROM json_each(:bot_users)))
            """,
            {
                "team": team,
                "enterprise": enterprise,
                "now": now,
                "until": until,
                "any_user": not bot_users,
                "bot_users": bot_users,
            },
        )
        return gone > 0

    def workspaces(self) -> list[Installation]:
        """Return the workspaces and organisations where the bot is installed now."""
        return self._records(
            Installation, "SELECT * FROM installation WHERE uninstalled_at IS NULL ORDER BY team, enterprise"
        )

    def lacking(self) -> Mapping[str, list[str]]:
        """Return what keeps the bot from looking its messages up, by workspace ("" is the only one)."""
        found: dict[str, list[str]] = {}
        for row in self._query("SELECT team, what FROM lacking ORDER BY team, what"):
            found.setdefault(row["team"], []).append(row["what"])
        return found

    def set_lacking(self, team: str, scopes: Collection[str]) -> None:
        """Store which scopes are lacking in a workspace: these and no others."""
        self._run(
            "DELETE FROM lacking WHERE team = :team AND what <> :other", {"team": team, "other": METADATA}
        )
        for scope in scopes:
            self._lack(team, scope)

    def note_names(self, team: str, *, kept: bool) -> None:
        """Store whether Slack kept what the latest message to a workspace is found by."""
        if kept:
            gone = "DELETE FROM lacking WHERE team = :team AND what = :what"
            self._run(gone, {"team": team, "what": METADATA})
        else:
            self._lack(team, METADATA)

    def _lack(self, team: str, what: str) -> None:
        self._run(
            "INSERT INTO lacking (team, what) VALUES (:team, :what) ON CONFLICT DO NOTHING",
            {"team": team, "what": what},
        )
