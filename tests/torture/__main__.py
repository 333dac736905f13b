"""Run the long form of the tests that try to break the bot, and print what was tried: `make torture`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.torture.tally import table

_FILES = (
    "tests/app/test_merged_alerts.py",
    "tests/cli/test_stopping.py",
    "tests/release/test_newcomer.py",
    "tests/release/test_wheel.py",
    "tests/soak/test_soak.py",
    "tests/store",
    "tests/test_bench.py",
)
_FOLDERS = ("tests/torture", "tests/crash", "tests/machine", "tests/workers", *_FILES)


def main(arguments: list[str]) -> int:
    """Run pytest over the folders, with more `arguments` for it; return its exit code."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "tally.jsonl"
        path.touch()
        variables = {**os.environ, "CADENCEBOT_TORTURE": "1", "CADENCEBOT_TALLY": str(path)}
        long = ("--hypothesis-profile=thorough", "-o", "faulthandler_timeout=0")
        command = [sys.executable, "-m", "pytest", *long, *(arguments or _FOLDERS)]
        ended = subprocess.run(command, env=variables, check=False)
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        sys.stdout.write("\n" + "\n".join(table(lines)) + "\n")
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
