"""What a process takes while it lives, as /proc tells: memory, open descriptors, and its database's log."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bot.store.store import FILE_NAME

_LONG = 20  # readings, four a second, make a life a longer one


@dataclass
class Gauges:
    """The readings of every longer life of a bot, by what is read."""

    state: Path
    _lives: list[list[Mapping[str, float]]] = field(default_factory=list)

    def begin(self) -> None:
        """Begin the readings of another life; those of a short one say nothing."""
        if not self._lives or len(self._lives[-1]) >= _LONG:
            self._lives.append([])
        self._lives[-1].clear()

    def read(self, process: int) -> None:
        """Read all gauges, where the machine has /proc and the process is still there."""
        proc = Path("/proc") / str(process)
        try:
            status = (proc / "status").read_text(encoding="ascii")
            descriptors = len(list((proc / "fd").iterdir()))
        except OSError:
            return
        memory = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")), "0")
        self._lives[-1].append(
            {
                "memory, MB": int(memory) / 1024,
                "open descriptors": descriptors,
                "database log, MB": _size(self.state / f"{FILE_NAME}-wal") / 1e6,
            }
        )

    def figures(self) -> Iterator[tuple[str, float, float, float]]:
        """Yield of each gauge: its name, what longer lives began with, ended with, and the most of all."""
        lives = self.longer
        for name in lives[0][0] if lives else ():
            first, last = (median(life[at][name] for life in lives) for at in (4, -1))
            yield name, first, last, max(reading[name] for life in lives for reading in life)

    @property
    def longer(self) -> list[list[Mapping[str, float]]]:
        """The readings of the longer lives."""
        return [life for life in self._lives if len(life) >= _LONG]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # the last one who had it open has taken it away
        return 0
