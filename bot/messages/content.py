"""What a message says, whoever carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = Mapping[str, Any]
View = Mapping[str, Any]  # a modal or an App Home as Slack takes it


@dataclass(frozen=True, slots=True)
class Content:
    """Hold a rendered message: a sentence that stands alone, and Slack blocks that say the same."""

    text: str
    blocks: Sequence[Block] = ()
