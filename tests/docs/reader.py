"""A reader of a page who types what it says, with a lab that publishes from a folder."""

import os
import re
import shlex
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', flags=re.MULTILINE | re.DOTALL)
ADDRESS = "127.0.0.1:8000"
SERVED = "python3 -m http.server 8000 --bind 127.0.0.1 --directory lab"
# Runs cadencebot with these words and variables, and returns its exit code and all that it printed.
Run = Callable[[Sequence[str], Mapping[str, str]], tuple[int, str]]


def unprinted(page: str, output: str) -> list[str]:
    """Return the lines that a page's first console block shows, and a program did not print.

    "..." stands for what is left out; how wide anything is does not matter.
    """
    block = next(text for language, _, text in BLOCK.findall(page) if language == "console")
    said = [" ".join(line.split()) for line in output.splitlines()]
    shown = [" ".join(line.split()).removesuffix("...").strip() for line in block.splitlines()[1:]]
    return [line for line in shown if not any(one.startswith(line) for one in said)]


class Quiet(SimpleHTTPRequestHandler):
    """Serve a folder, and say nothing of it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the class above
        pass


class Reader:
    """Type what a page says, in a folder of one's own, and compare what is printed."""

    def __init__(self, folder: Path, address: str, run: Run) -> None:
        self._folder = folder
        self._address = address
        self._run = run
        self._written = 1_700_000_000
        self._variables: dict[str, str] = {"CADENCEBOT_HEALTH": "off", "COLUMNS": "120"}

    def read(self, page: str) -> None:
        for language, title, text in BLOCK.findall(page.replace(ADDRESS, self._address)):
            if title:
                file = self._folder / title
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
                self._written += 1  # a reader takes longer than a second, the step of Last-Modified
                os.utime(file, (self._written, self._written))
            elif language == "console":
                for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                    self._type(*step.split("\n", 1))

    def _type(self, line: str, printed: str) -> None:
        program, *words = shlex.split(line)
        if program == "export":
            self._variables |= dict(word.split("=", 1) for word in words)
        elif program == "cadencebot":
            code, output = self._run(words, self._variables)
            assert code == 0, output
            said = [re.sub(r"[│\s]+", " ", line).strip() for line in output.splitlines()]
            expected = [line for line in printed.splitlines() if line not in ("", "...")]
            assert [line for line in expected if line not in said] == [], output
        else:
            assert line == SERVED, "a command that this test does not know"


@contextmanager
def reading(folder: Path, run: Run) -> Iterator[Reader]:
    """Yield a reader in a folder, in which `lab` is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder / "lab"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Reader(folder, f"127.0.0.1:{server.server_port}", run)
        server.shutdown()
