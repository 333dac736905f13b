"""Other people's collections of hostile input, where somebody has put them beside the project.

They are looked for below ../shared and below the folders that CADENCEBOT_CORPORA names (separated as in
PATH): feedparser's tests (in a folder whose name begins with "feedparser"), JSONTestSuite (its folder
test_parsing), and the big list of naughty strings (blns.json).
"""

import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_BESIDE = Path(__file__).parents[3] / "shared"


@cache
def _folders() -> Sequence[Path]:
    named = os.environ.get("CADENCEBOT_CORPORA", "").split(os.pathsep)
    return [path for path in (_BESIDE, *map(Path, filter(None, named))) if path.is_dir()]


def feeds() -> Sequence[Path]:
    """Return the feeds that feedparser is tested with."""
    found = (path for folder in _folders() for path in folder.rglob("feedparser*/tests/**/*.xml"))
    return sorted(set(found))


def json_bodies() -> Sequence[Path]:
    """Return the files of JSONTestSuite."""
    return sorted(path for folder in _folders() for path in folder.rglob("test_parsing/*.json"))


def naughty_strings() -> Sequence[str]:
    """Return the big list of naughty strings."""
    lists = (json.loads(path.read_bytes()) for folder in _folders() for path in folder.rglob("blns.json"))
    return [text for texts in lists for text in texts if isinstance(text, str)]
