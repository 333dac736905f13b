"""`make bench`: measure the whole table on this machine, each figure beside its goal.

`--quick` takes minutes instead of an hour, with smaller numbers: it shows that all works and what is far off.
Words (`make bench ARGS="starts growth"`) run only these scripts. It ends with 1 where a script failed or
growth is above its goal; whatever else misses its goal may be the machine.
"""
# It prints, and it is no package.
# ruff: noqa: INP001, T201

import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.table import ROWS, SCRIPTS, Row


def main(arguments: list[str]) -> int:
    """Run the scripts, print the table, and return the exit code."""
    quick, wanted = "--quick" in arguments, [word for word in arguments if word != "--quick"]
    strange = [word for word in wanted if word not in SCRIPTS]
    if strange:
        sys.exit(f"there is no benchmark {strange[0]!r}; choose from {', '.join(SCRIPTS)}, and --quick")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_machine()}\n")
    printed = {script: _run(script, quick=quick) for script in wanted or SCRIPTS}
    found = [(row, row.figure(printed[row.script])) for row in ROWS if row.script in printed]
    print(f"\n{'what':<42} {'here':>10} {'goal':>10}")
    for row, figure in found:
        print(_line(row, figure))
    failed = not all(printed.values())
    grows = any(row.binding and (figure is None or not row.reaches(figure)) for row, figure in found)
    return 1 if failed or grows else 0


def _run(script: str, *, quick: bool) -> str:
    """Return what a script prints, which is shown as well; "" where it fails."""
    command = [sys.executable, "-m", f"benchmarks.{script}", *SCRIPTS[script][quick].split()]
    print(f"$ {' '.join(command[1:])}", flush=True)
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - ourselves
    print(f"{done.stdout}({time.monotonic() - start:.0f} s)\n", flush=True)
    return done.stdout if done.returncode == 0 else ""


def _line(row: Row, figure: float | None) -> str:
    goal = "" if row.goal is None else f"{'>=' if row.at_least else '<='} {row.goal:,g}"
    if figure is None:
        return f"{row.work:<42} {'-':>10} {goal:>10} {row.unit:<8} not measured"
    said = "" if row.goal is None else "met" if row.reaches(figure) else "MISSED"
    shown = f"{figure:,.0f}" if figure >= 1_000 else f"{figure:.3g}"
    return f"{row.work:<42} {shown:>10} {goal:>10} {row.unit:<8} {said}".rstrip()


def _machine() -> str:
    """Return what measures here, and how busy it is with other things."""
    start = time.process_time()
    sum(number * number % 7 for number in range(1_000_000))
    yardstick = time.process_time() - start
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return (
        f"{_processor()}, {cores} cores, load {load:.1f}, Python {platform.python_version()}, "
        f"a million multiplications in {yardstick:.2f} s"
    )


def _processor() -> str:
    """Return the processor's name as Linux tells it, elsewhere what Python knows of it."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
