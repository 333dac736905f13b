"""Hurt a bot for as long as you like, and print what came of it: `make soak MINUTES=30`."""

import argparse
import json
import secrets
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.soak.account import Account
from tests.soak.soak import a_soak, endure


def main(arguments: Sequence[str]) -> int:
    """Return 1 when something was lost, doubled, or unclear and told to nobody."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--no-history", action="store_true", help="the bot may not read its channels")
    parser.add_argument("--seed", type=int, help="of the dice; the machine's pace throws them, too")
    parser.add_argument("--json", action="store_true", help="print an object in place of the table")
    asked = parser.parse_args(arguments)
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    account = Account(seed, asked.minutes, history=not asked.no_history)
    with tempfile.TemporaryDirectory() as directory:
        account = soaked(Path(directory), account)
    lines = [json.dumps(account.as_object())] if asked.json else list(account.lines())
    sys.stdout.write("\n".join(lines) + "\n")
    return int(account.is_broken)


def soaked(directory: Path, account: Account) -> Account:
    """Go through what the account says, and return it with all that came of it."""
    with a_soak(directory, account.seed, readable=account.history) as soak:
        endure(soak, account.minutes, lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201
        return soak.account(account)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
