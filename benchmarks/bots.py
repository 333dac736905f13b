"""A bot with a state of its own that watches what a feeds.yaml says."""
# ruff: noqa: INP001  # a part of scripts for people

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bot.clock import Clock
from bot.ops import logs
from bot.run.engines import Engines, at_work
from bot.run.wiring import App, open_app


def feeds_yaml(urls: Iterable[str], before: str = "") -> str:
    """Return a feeds.yaml of a lab for each feed, with what stands before them."""
    labs = (f'- {{id: lab{n}, name: Lab {n}, sources: [{{feed: "{url}"}}]}}\n' for n, url in enumerate(urls))
    return f"{before}labs:\n{''.join(labs)}"


def through(proxy: str) -> Mapping[str, str]:
    """Return the variables with which all but this machine is asked by way of a proxy, a `host:port`."""
    return {"CADENCEBOT_PROXY": "on", "HTTP_PROXY": f"http://{proxy}"}


@contextmanager
def bot(
    home: Path, feeds: str, variables: Mapping[str, str], clock: Clock | None = None
) -> Iterator[tuple[App, Engines]]:
    """Yield a bot at work whose state is in `home`: one that was there before goes on with it."""
    logs.configure("error")
    home.mkdir(exist_ok=True)
    config = home / "feeds.yaml"
    config.write_text(feeds, encoding="utf-8")
    own = {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(home / "state"),
        "CADENCEBOT_HEALTH": "off",
    }
    with open_app({**own, **variables}, clock) as app, at_work(app, Console(quiet=True)) as engines:
        yield app, engines
