"""Measure how many lines a second `identify` understands, and how long a large feeds.yaml takes to read.

Run from the project's root: `python -m benchmarks.understanding [lines]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import gc
import json
import sys
import tempfile
import time
from pathlib import Path

from bot.releases.naming.identify import identify_lines
from bot.releases.naming.labs import Labs
from bot.sources.build import load_config

FAMILIES = (
    ("moonshotai", "Kimi"), ("zai-org", "GLM"), ("deepseek-ai", "DeepSeek"), ("Qwen", "Qwen"),
    ("MiniMaxAI", "MiniMax"), ("mistralai", "Magistral"), ("google", "Gemma"), ("nvidia", "Nemotron"),
    ("ibm-granite", "Granite"), ("microsoft", "Phi"), ("allenai", "OLMo"), ("tencent", "Hunyuan"),
)  # fmt: skip
ENDINGS = ("", "-Instruct", "-Base", "-FP8", "-GGUF", "-Thinking", "-AWQ", "-Coder")
SOURCES, ROUNDS = 1_000, 3


def repository(number: int) -> str:
    """Return the line of a repository, another one for each number."""
    owner, family = FAMILIES[number % len(FAMILIES)]
    ending = ENDINGS[number // len(FAMILIES) % len(ENDINGS)]
    name = f"{owner}/{family}-{1 + number % 9}.{number}-{7 + number % 400}B{ending}"
    return json.dumps({"source": "hub", "text": name})


def title(number: int) -> str:
    """Return the line of a post, another one for each number."""
    family = FAMILIES[number % len(FAMILIES)][1]
    text = f"Introducing {family} {1 + number % 9}.{number} ({7 + number % 400}B): open weights for everyone"
    return json.dumps({"source": "feed", "text": text})


def main(count: int = 20_000) -> None:
    """Print the lines a second of three kinds, and the milliseconds of a feeds.yaml."""
    labs = Labs(spec.lab for spec in load_config(Path("feeds.yaml")).labs)
    kinds = {
        "repeated names": [repository(number % 100) for number in range(count)],
        "different names": [repository(number) for number in range(count)],
        "different titles": [title(number) for number in range(count)],
    }
    gc.disable()  # as the command does
    for kind, lines in kinds.items():
        start = time.process_time()
        for answer in identify_lines(lines, labs):
            json.dumps(answer)
        print(f"identify: {kind:<18} {count / (time.process_time() - start):9.0f} lines a second")
    print(f"feeds.yaml: {SOURCES} sources {_reading():9.1f} ms CPU")


def _reading() -> float:
    """Return the CPU milliseconds that it takes to read a feeds.yaml of many sources, at best."""
    labs = (
        f'- {{id: lab{n}, name: Lab {n}, sources: [{{feed: "https://lab{n}.example/rss.xml"}}]}}\n'
        for n in range(SOURCES)
    )
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "feeds.yaml"
        file.write_text("labs:\n" + "".join(labs), encoding="utf-8")
        times = []
        for _ in range(ROUNDS):
            start = time.process_time()
            load_config(file)
            times.append(1000 * (time.process_time() - start))
    return min(times)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
