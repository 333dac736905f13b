"""A picture to draw on, and how it becomes a file; text from outside is drawn as it stands."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

Suffix = Literal["png", "svg"]

# Slack shows a picture some 500 px wide in a channel: a third of this one, with letters of a third of these.
_INCHES = (12.8, 7.2)
_DPI = 120
_COLOURS = 128
_STYLE: dict[Any, Any] = {  # matplotlib spells out every key, but not in all its versions
    "font.size": 17,
    "axes.titlesize": 19,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 14,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#5a626c",
    "axes.axisbelow": True,
    "figure.constrained_layout.w_pad": 0.15,  # inches
    "figure.constrained_layout.h_pad": 0.15,
    "text.color": "#16191d",
    "text.parse_math": False,  # a name with two dollar signs is no formula
    "svg.fonttype": "none",  # text stays text: it can be read aloud and searched
    "svg.hashsalt": "cadencebot",  # the same history makes the same file
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart, and the text that says the same."""

    name: str  # "timeline", "gaps" or "months"
    text: str
    data: bytes


@contextmanager
def canvas(title: str) -> Iterator[tuple[Figure, Axes]]:
    """Lend an empty chart with its title, on white: pictures travel between light and dark."""
    with rc_context(_STYLE), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box; no reason to fail, and not worth a font of our own.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        axes.set_title(title)
        yield figure, axes


def file_of(figure: Figure, suffix: Suffix, title: str, text: str) -> bytes:
    """Return the picture as a file that carries its title and the text that says the same."""
    data = io.BytesIO()
    if suffix == "svg":
        figure.savefig(data, format="svg", metadata={"Title": title, "Description": text, "Date": None})
        return data.getvalue()
    figure.savefig(data, format="png")
    told = PngInfo()
    told.add_itxt("Title", title)
    told.add_itxt("Description", text)
    small = io.BytesIO()
    # a table of colours makes it a third as large, and nobody sees the difference
    Image.open(data).convert("RGB").quantize(_COLOURS).save(small, "png", optimize=True, pnginfo=told)
    return small.getvalue()
