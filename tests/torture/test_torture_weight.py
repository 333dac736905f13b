"""No poll takes more than two seconds of CPU or 200 MB, whatever it is given: each is measured by itself.

`make torture` prints the exact figures. The bodies at which parsers work hardest are left to it. The bound is
generous: beside other tests a second of CPU does less.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.kinds import KINDS
from tests.torture.long import LONG
from tests.torture.tally import Tally

ROOT = Path(__file__).parents[2]
MOST_SECONDS, MOST_MEGABYTES = 3.0, 200
AMOUNTS = ("all", "just enough") if LONG else ("some",)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_body_made_to_exhaust_is_read_or_refused_in_no_time(kind: str, tally: Tally) -> None:
    command = [sys.executable, "-m", "tests.torture.weigh", kind, *AMOUNTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    weighed = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(weighed) >= 10
    for one in weighed:
        assert one["ending"].startswith("refused") or one["ending"].endswith("entries"), one
        assert one["seconds"] < MOST_SECONDS, one
        assert one["megabytes"] < MOST_MEGABYTES, one
    tally.count("bad inputs", f"bodies made to exhaust: {kind}", len(weighed))
    tally.measure(f"seconds of CPU in a poll: {kind}", max(one["seconds"] for one in weighed))
    tally.measure(f"megabytes in a poll: {kind}", max(one["megabytes"] for one in weighed))
