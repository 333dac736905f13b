"""Measure how well names and titles are understood, on the labelled files beside this one."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from bot.model import Facts, Kind, Lab, Sighting, SourceKind, Verdict
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.naming.repositories import Siblings

DATA = Path(__file__).parent / "data"

# Figures of the last measurement, rounded down: a change may not fall below them (score.py prints them all).
FLOORS = {
    "repositories": {"kind accuracy": 0.985, "release F1": 0.985, "B-cubed F1": 0.998, "pairwise F1": 0.99},
    "repositories2": {"kind accuracy": 0.975, "release F1": 0.985, "B-cubed F1": 0.998, "pairwise F1": 0.99},
    "repositories_more": {
        "kind accuracy": 0.98,
        "release F1": 0.985,
        "B-cubed F1": 0.998,
        "pairwise F1": 0.99,
    },
    "repositories_2027": {
        "kind accuracy": 0.975,
        "release F1": 0.97,
        "B-cubed F1": 0.998,
        "pairwise F1": 0.99,
    },
    "repositories_autumn": {
        "kind accuracy": 0.99,
        "release F1": 0.99,
        "B-cubed F1": 0.998,
        "pairwise F1": 0.99,
    },
    "titles": {"release F1": 0.94, "names found": 0.955},
    "titles with addresses": {"release F1": 0.96, "names found": 0.955},
    "titles_more": {"release F1": 0.965, "names found": 0.955},
    "titles2": {"release F1": 0.98, "names found": 0.98},
    "titles_autumn": {"release F1": 0.98, "names found": 0.98},
    "titles_2027": {"release F1": 0.96, "names found": 0.955},
    "titles_rounds": {"release F1": 0.945, "names found": 0.94},
}

# The files of labelled titles by the names of their figures, and whether the posts' addresses are read too.
TITLES = {
    "titles": ("titles", False),
    "titles with addresses": ("titles", True),
    "titles_more": ("titles_more", False),
    "titles2": ("titles2", True),
    "titles_autumn": ("titles_autumn", True),
    "titles_2027": ("titles_2027", True),
    "titles_rounds": ("titles_rounds", True),
}


REPOSITORIES = (
    "repositories",
    "repositories2",
    "repositories_more",
    "repositories_2027",
    "repositories_autumn",
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled row and the verdict on it."""

    row: Mapping[str, str]
    verdict: Verdict

    @property
    def key(self) -> str:
        """Return the release key that was found, or the row's own text: a group of its own."""
        return self.verdict.name.release_key if self.verdict.name else self.row["id"]


def read(table: str) -> list[dict[str, str]]:
    """Return the rows of a labelled file."""
    with (DATA / f"{table}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def judged_repositories(table: str) -> list[Judged]:
    """Return the verdicts on the repositories of a labelled file; a lab is its Hub owner there.

    Rows whose label is in doubt stand beside the others and are not counted, but in the oldest file.
    """
    rows, tags = read(table), _tags()
    owners = sorted({row["id"].split("/")[0] for row in rows})
    labs = Labs(Lab(owner.lower(), owner, owners=(owner,)) for owner in owners)
    siblings = Siblings(row["id"] for row in rows)
    sure = [row for row in rows if table == "repositories" or row.get("confidence") != "lo"]
    return [Judged(row, judge(_repository(row["id"], tags), labs, siblings)) for row in sure]


_TAGS = ("repositories_autumn_tags", "repository_tags", "repositories2_tags", "repositories_2027_tags")


def _tags() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    lines = (
        line for name in _TAGS for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    )
    cells = (line.split("\t") for line in lines)
    return {name: (task.strip("—"), tuple(tags.split())) for name, task, _, _, tags, *_ in cells}


def _repository(name: str, tags: Mapping[str, tuple[str, tuple[str, ...]]]) -> Sighting:
    owner = name.split("/", maxsplit=1)[0]
    task, its_tags = tags.get(name, ("", ()))
    return Sighting("", SourceKind.HUB, owner.lower(), name, name, "", tags=its_tags, facts=Facts(task=task))


# The names under which the labelled titles know a lab, and the Hub owner that its families are known by.
_LABS = (
    Lab("anthropic", "Anthropic", ("Anthropic (claude.com)",), "", ("Anthropic",)),
    Lab("google", "Google", ("Google DeepMind",), "", ("google",)),
    Lab("meta", "Meta", (), "", ("meta-llama", "facebook")),
    Lab("mistral", "Mistral", (), "", ("mistralai",)),
    Lab("xai", "xAI", (), "", ("xai-org",)),
    Lab("cohere", "Cohere", (), "", ("CohereLabs",)),
    Lab("deepseek", "DeepSeek", (), "", ("deepseek-ai",)),
    Lab("minimax", "MiniMax", (), "", ("MiniMaxAI",)),
    Lab("moonshot", "Moonshot AI", ("Moonshot",), "", ("moonshotai",)),
    Lab("zai", "Z.ai", (), "", ("zai-org",)),
    Lab("bytedance", "ByteDance Seed", (), "", ("ByteDance-Seed",)),
    Lab("stability", "Stability AI", (), "", ("stabilityai",)),
    Lab("huggingface", "Hugging Face", (), "", ("HuggingFaceTB",)),
    Lab("inclusionai", "Ant inclusionAI", (), "", ("inclusionAI",)),
    Lab("ai2", "AI2", (), "", ("allenai",)),
    Lab("thinkingmachines", "Thinking Machines", (), "", ("thinkingmachines",)),
    Lab("tencent", "Tencent Hunyuan", (), "", ("tencent",)),
    Lab("bfl", "Black Forest Labs", (), "", ("black-forest-labs",)),
)


def judged_titles(table: str, *, addresses: bool = False) -> list[Judged]:
    """Return the verdicts on the titles of a labelled file, by title and lab, or by the address as well.

    Rows whose label is in doubt are not counted, but in the oldest file.
    """
    labs = Labs(_LABS)
    sure = [row for row in read(table) if table == "titles" or row.get("confidence") != "lo"]
    return [Judged(row, judge(_post(row, labs, addresses=addresses), labs)) for row in sure]


def _post(row: Mapping[str, str], labs: Labs, *, addresses: bool) -> Sighting:
    lab = labs.find(row["lab"])
    address = row["link"] if addresses else ""
    return Sighting(
        "", SourceKind.FEED, lab.id if lab else row["lab"].lower(), row["title"], row["title"], address
    )


def kind_accuracy(judged: Sequence[Judged]) -> float:
    """Return the share of rows whose kind is right."""
    return sum(item.row["kind"] == item.verdict.kind for item in judged) / len(judged)


def release_scores(judged: Iterable[Judged]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of kind=release."""
    pairs = [(item.row["kind"] == "release", item.verdict.kind is Kind.RELEASE) for item in judged]
    right = sum(labelled and found for labelled, found in pairs)
    return _scores(right, sum(found for _, found in pairs), sum(labelled for labelled, _ in pairs))


def _scores(right: float, found: float, labelled: float) -> tuple[float, float, float]:
    precision = right / found if found else 1.0
    recall = right / labelled if labelled else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0


def b_cubed(judged: Sequence[Judged]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the release keys, averaged over rows (Bagga and Baldwin, 1998)."""
    labelled, found = (
        _groups(judged, lambda item: item.row["release_key"]),
        _groups(judged, lambda item: item.key),
    )
    precision = recall = 0.0
    for at, item in enumerate(judged):
        mine, theirs = found[item.key], labelled[item.row["release_key"]]
        both = len(mine & theirs)
        assert at in mine
        precision += both / len(mine) / len(judged)
        recall += both / len(theirs) / len(judged)
    return precision, recall, 2 * precision * recall / (precision + recall)


def pairwise(judged: Sequence[Judged]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of the pairs of rows that share a release key."""
    labelled = _pairs(_groups(judged, lambda item: item.row["release_key"]))
    found = _pairs(_groups(judged, lambda item: item.key))
    return _scores(len(labelled & found), len(found), len(labelled))


def _groups(judged: Sequence[Judged], key: Callable[[Judged], str]) -> Mapping[str, set[int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for at, item in enumerate(judged):
        groups[key(item)].add(at)
    return groups


def _pairs(groups: Mapping[str, set[int]]) -> set[tuple[int, int]]:
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def released(judged: Iterable[Judged]) -> list[Judged]:
    """Return the rows whose keys count: those labelled release or variant."""
    return [item for item in judged if item.row["kind"] in {"release", "variant"}]


def names_found(judged: Iterable[Judged]) -> float:
    """Return the share of releases that are named in their title whose name was found there."""
    named = [(item, _names_in_title(item.row)) for item in judged if item.row["kind"] == "release"]
    named = [(item, names) for item, names in named if names]
    right = sum(_plain(item.verdict.name.display) in names for item, names in named if item.verdict.name)
    return right / len(named)


def _names_in_title(row: Mapping[str, str]) -> set[str]:
    names = {_plain(name) for name in row["models"].split(";")} - {""}
    return {name for name in names if name in _plain(row["title"])}


def _plain(text: str) -> str:
    return re.sub(r"[^\w.+]+|_", " ", text.lower()).strip()


def figures() -> dict[str, dict[str, float]]:
    """Return every figure that has a floor, by the set that it is measured on."""
    sets = {name: judged_repositories(name) for name in REPOSITORIES}
    measured = {name: _figures_of_repositories(judged) for name, judged in sets.items()}
    for name, (table, addresses) in TITLES.items():
        judged = judged_titles(table, addresses=addresses)
        announced = [item for item in judged if item.row["kind"] != "variant"]  # which may count either way
        measured[name] = {"release F1": release_scores(announced)[2], "names found": names_found(judged)}
    return measured


def _figures_of_repositories(judged: Sequence[Judged]) -> dict[str, float]:
    return {
        "kind accuracy": kind_accuracy(judged),
        "release F1": release_scores(judged)[2],
        "B-cubed F1": b_cubed(released(judged))[2],
        "pairwise F1": pairwise(released(judged))[2],
    }


def by_lab(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Return the rows of each lab."""
    labs: dict[str, list[Judged]] = defaultdict(list)
    for item in judged:
        labs[item.row["lab"]].append(item)
    return dict(sorted(labs.items()))
