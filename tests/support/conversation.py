"""People who talk to the desk of a bot at work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bot.desk.desk import Desk
from bot.desk.questions import Asker
from bot.records import Begun, Content
from bot.run.answering import _desk
from bot.store.store import Store
from tests.support.life import Life, living
from tests.support.office import Channels

BOSS = Asker("U0BOSS", "C0ONE")
ANA = Asker("U0ANA", "C0ONE", name="ana")


class Conversation:
    """People who talk to the desk of a bot at work; each request has an id of its own."""

    def __init__(self, life: Life, reading: Store) -> None:
        self.life, self._reading, self._requests = life, reading, 0
        self.busy = threading.Lock()

    @property
    def desk(self) -> Desk:
        return _desk(self.life.app, self._reading, Channels(), self.life.engines.poller.fetch, self.busy)

    def answer(self, text: str, who: Asker = BOSS) -> Content:
        self._requests += 1
        return self.desk.answer(replace(who, request=str(self._requests)), text)

    def say(self, text: str, who: Asker = BOSS) -> str:
        """Return what is said in the end, whether that takes a while or not."""
        answer = self.answer(text, who)
        return answer.rest().text if isinstance(answer, Begun) else answer.text

    def work(self) -> None:
        self.life.tick()
        self.life.poll()


@contextmanager
def talking(directory: Path) -> Iterator[Conversation]:
    """Let a bot live in a directory, and people talk to it."""
    with living(directory) as life, life.app.reading() as reading:
        yield Conversation(life, reading)


def commands(content: Content) -> list[str]:
    """Return what the buttons of an answer run."""
    rows = [block["elements"] for block in content.blocks if block["type"] == "actions"]
    return [element["value"] for row in rows for element in row]
