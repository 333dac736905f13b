"""What is made a job: all that is due, and is none yet."""

from collections.abc import Callable, Collection
from datetime import datetime

from bot.clock import Clock
from bot.store.jobs import Job, Jobs
from bot.store.store import Store

POLL, DELIVER, CHORES, PUSH = "poll", "deliver", "chores", "push"


def defer_missing(jobs: Jobs, wanted: Collection[Job]) -> None:
    """Defer those that nobody does, and that wait nowhere. Raises StoreError."""
    if wanted:
        pending = jobs.pending()
        jobs.defer([job for job in wanted if job not in pending])


def deliveries_due(store: Store, now: datetime) -> list[Job]:
    """Return the jobs of the shards of the outbox that have something due."""
    return [Job(DELIVER, str(shard)) for shard in store.shards.due(now)]


def waking(store: Store, jobs: Jobs, clock: Clock) -> Callable[[], None]:
    """Return what makes a job of what a transaction has just owed, inside it, with no other connection."""
    return lambda: defer_missing(jobs, deliveries_due(store, clock.now()))


def pushed(jobs: Jobs, source_id: str) -> None:
    """Have a worker hear that something was pushed of a source. Raises StoreError."""
    jobs.defer([Job(PUSH, source_id)])
