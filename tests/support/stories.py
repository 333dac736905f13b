"""Launches made up after real ones: what their sources bring when, and how many alerts that is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from bot.releases.tables import rows

# Minutes, hours and days between two sources' words on one release (docs/reference/identity.md#dates).
GAPS = (0, 0.01, 0.1, 0.9, 2, 5, 10)
SAME_DAY = GAPS[:3]
WEEKS = 20.0
UNKNOWN = ("Zephyrine", "Orchid", "Kestrel", "Quokka", "Halcyon", "Basalt")
SIZES = ("1.5B", "8B", "32B", "30B-A3B", "235B-A22B")
PACKAGINGS = ("FP8", "GGUF", "NVFP4", "AWQ", "Base", "Base-GGUF")
TITLES = (
    "Introducing {}",
    "{}: our most capable model yet",
    "{} is here",
    "Announcing {}",
    "Meet {}",
    "{} Released",
    "{}: towards agents that work for days",
)


@dataclass(frozen=True)
class Shown:
    """One thing that a kind of source shows, so many days after the story began.

    `was` is the repository that stands under another name now; `again` marks one that was deleted and made
    anew; `link` is a repository that a post links.
    """

    day: float
    kind: str  # "hub", "blog", "page" or "listing"
    text: str
    was: str = ""
    again: bool = False
    link: str = ""


@dataclass(frozen=True)
class Story:
    """What is shown of one lab's launches, and how many of these there are."""

    shown: tuple[Shown, ...]
    launches: int

    def later(self, days: float) -> "Story":
        return replace(self, shown=tuple(replace(one, day=one.day + days) for one in self.shown))

    def then(self, story: "Story", days: float = WEEKS) -> "Story":
        """Return this story and another one that begins so many days later."""
        return Story((*self.shown, *story.later(days).shown), self.launches + story.launches)


@dataclass(frozen=True)
class Model:
    """A model's name in its parts, and the ways in which sources spell it."""

    owner: str
    family: str
    version: str
    line: str = ""

    def repository(self, *more: str) -> str:
        return f"{self.owner}/" + "-".join(filter(None, (self.family, self.version, self.line, *more)))

    def title(self) -> str:
        return " ".join(filter(None, (self.family, self.version, self.line)))

    def listed(self, *more: str) -> str:
        return "-".join(filter(None, (self.family, self.version, self.line, *more))).lower()


def models(lab: str, owner: str) -> st.SearchStrategy[Model]:
    """Return models of the lab's families and of families that no table has."""
    known = [
        row["family"]
        for row in rows("families.tsv")
        # where "Base" is a size it is a launch of its own
        if owner in row["owners"].split() and "base=size" not in row["words"]
    ]
    families = [*UNKNOWN, *(family for family in known if family.isalpha())]
    return st.builds(
        Model,
        st.just(owner),
        st.sampled_from(families),
        st.sampled_from(["7", "7.1", "8.5", "9"]),
        st.sampled_from(["", "", "Flash", "Pro", "Mini", "Coder", "VL", "OCR"]),
    )


@st.composite
def launches(draw: st.DrawFn, model: Model, gaps: tuple[float, ...] = GAPS) -> Story:
    """Return one launch: weights in some sizes, a post, a second post, a listing, and packagings later."""
    days = st.sampled_from(gaps)
    sources = draw(st.sets(st.sampled_from(["hub", "blog", "page", "listing"]), min_size=1))
    sizes = draw(st.lists(st.sampled_from(SIZES), min_size=1, max_size=3, unique=True))
    shown = [
        Shown(draw(days), kind, draw(st.sampled_from(TITLES)).format(model.title()))
        for kind in sorted(sources & {"blog", "page"})
    ]
    if "listing" in sources:
        shown.append(Shown(draw(days), "listing", model.listed(*sizes[:1] if len(sizes) == 1 else ())))
    if "hub" in sources:
        opened, stage = draw(days), draw(st.sampled_from(["", "Instruct", "it"]))
        shown += [
            Shown(opened + draw(st.sampled_from(SAME_DAY)), "hub", model.repository(size, stage))
            for size in sizes
        ]
        packaged = draw(st.sets(st.sampled_from(PACKAGINGS), max_size=3))
        shown += [
            Shown(opened + 1 + draw(days), "hub", model.repository(draw(st.sampled_from(sizes)), packaging))
            for packaging in sorted(packaged)
        ]
    return Story(tuple(shown), 1)


@st.composite
def successions(draw: st.DrawFn, model: Model) -> Story:
    """Return two launches some weeks apart whose names are close."""
    changes: tuple[tuple[Model, Model], ...] = (
        (replace(model, line="Preview"), replace(model, line="")),
        (replace(model, version="7.1"), replace(model, version="7.2")),
        (replace(model, line="Coder"), replace(model, line="")),
        (replace(model, line="Flash"), replace(model, line="Flash-VL")),
    )
    first, second = draw(st.sampled_from(changes))
    near = SAME_DAY
    return draw(launches(first, near)).then(draw(launches(second, near)))


@st.composite
def flagships(draw: st.DrawFn, model: Model) -> Story:
    """Return a flagship and a smaller sibling ten days apart, each with a post of its own."""
    names = draw(st.permutations([replace(model, line=""), replace(model, line="Flash")]))
    posts = [Story((Shown(0, "blog", f"Introducing {name.title()}"),), 1) for name in names]
    return posts[0].then(posts[1], 10)


@st.composite
def pairs(draw: st.DrawFn, model: Model) -> Story:
    """Return one post on two models, whose weights and listings come each in its time."""
    both = [replace(model, line=line) for line in ("Flash", "Coder")]
    shown = [Shown(0, "blog", f"Introducing {both[0].title()} and {both[1].title()}")]
    for one in both:
        if draw(st.booleans()):
            shown.append(Shown(draw(st.sampled_from(GAPS)), "hub", one.repository("32B")))
        if draw(st.booleans()):
            shown.append(Shown(draw(st.sampled_from(GAPS)), "listing", one.listed()))
    return Story(tuple(shown), 1)


@st.composite
def spellings(draw: st.DrawFn, model: Model) -> Story:
    """Return one model as each source spells it: 7 or 7.0, "+" or "Plus"."""
    ways: tuple[tuple[Model, Model], ...] = (
        (replace(model, version="7"), replace(model, version="7.0")),
        (replace(model, line="Plus"), replace(model, line="+")),
    )
    way = st.sampled_from(draw(st.sampled_from(ways)))
    days = st.sampled_from(GAPS)
    return Story(
        (
            Shown(draw(days), "hub", draw(way).repository()),
            Shown(draw(days), "blog", f"Introducing {draw(way).title()}"),
            Shown(draw(days), "listing", draw(way).listed()),
        ),
        1,
    )


@st.composite
def promises(draw: st.DrawFn, model: Model) -> Story:
    """Return a post that links weights which open later, under another name."""
    repository = replace(model, line="").repository("2.4T-A95B")
    opened = draw(st.sampled_from(GAPS))
    post = f"Introducing {replace(model, line='Max').title()}"
    shown = (
        Shown(0, "blog", post, link=repository),
        Shown(opened, "hub", repository),
        Shown(opened + draw(st.sampled_from(GAPS)), "hub", f"{repository}-FP8"),
    )
    return Story(shown, 1)


@st.composite
def upheavals(draw: st.DrawFn, model: Model) -> Story:
    """Return a repository that is renamed, or deleted and made again, and packaged afterwards."""
    name = model.repository("32B")
    days = draw(st.sampled_from(GAPS)) + 1
    if draw(st.booleans()):
        change = Shown(days, "hub", name + draw(st.sampled_from(["-Instruct", "-HF", "-2609"])), was=name)
    else:
        change = Shown(days, "hub", name, again=True)
    return Story((Shown(0, "hub", name), change, Shown(days + 1, "hub", f"{name}-GGUF")), 1)


@st.composite
def snapshots(draw: st.DrawFn, model: Model) -> Story:
    """Return a model and its snapshot of some weeks later, each perhaps listed too."""
    story = Story((), 0)
    for stamp in ("2607", "2609"):
        shown = [Shown(0, "hub", model.repository("30B-A3B", "Instruct", stamp))]
        if draw(st.booleans()):
            shown.append(Shown(draw(st.sampled_from(SAME_DAY)), "listing", model.listed("30b-a3b", stamp)))
        story = story.then(Story(tuple(shown), 1))
    return story


KINDS: tuple[Callable[[Model], st.SearchStrategy[Story]], ...] = (
    launches,
    successions,
    flagships,
    pairs,
    spellings,
    promises,
    upheavals,
    snapshots,
)


@st.composite
def stories(draw: st.DrawFn, lab: str, owner: str) -> Story:
    """Return a story of any kind, begun on any of ten days."""
    kind = draw(st.sampled_from(KINDS))
    return draw(kind(draw(models(lab, owner)))).later(draw(st.integers(0, 10)))
