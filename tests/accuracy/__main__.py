"""Print how well names, titles and facts are understood, per set and lab; exit 1 when a figure dropped."""

import sys
from collections.abc import Iterator

from tests.accuracy import facts, score


def _labs(title: str, judged: list[score.Judged], *, keys: bool) -> Iterator[str]:
    yield f"\n{title:<28}{'rows':>6}{'precision':>11}{'recall':>8}{'F1':>7}{'B-cubed':>9}{'pairwise':>10}"
    for lab, items in score.by_lab(judged).items():
        precision, recall, f1 = score.release_scores(items)
        line = f"{lab[:27]:<28}{len(items):>6}{precision:>11.3f}{recall:>8.3f}{f1:>7.3f}"
        grouped = score.released(items) if keys else []
        if grouped:
            line += f"{score.b_cubed(grouped)[2]:>9.3f}{score.pairwise(grouped)[2]:>10.3f}"
        yield line


def _misses(judged: list[score.Judged]) -> Iterator[str]:
    for item in judged:
        text, wanted, found = item.row.get("id") or item.row["title"], item.row["kind"], item.verdict.kind
        if wanted != found and "release" in (wanted, found):
            yield f"  {text[:90]}: {wanted}, found {found} ({item.verdict.reason})"


def _figures(measured: dict[str, dict[str, float]]) -> Iterator[str]:
    yield f"\n{'set':<24}{'figure':<16}{'measured':>9}{'floor':>8}"
    for name, figures in measured.items():
        for figure, value in figures.items():
            floor = (score.FLOORS | facts.FLOORS)[name][figure]
            yield f"{name:<24}{figure:<16}{value:>9.4f}{floor:>8.3f}{'  DROPPED' if value < floor else ''}"


def main() -> int:
    """Print the labs, the misses and all figures; return the exit code."""
    lines: list[str] = []
    for table in score.REPOSITORIES:
        judged = score.judged_repositories(table)
        lines += [*_labs(table, judged, keys=True), *_misses(judged)]
    for name, (table, addresses) in score.TITLES.items():
        judged = score.judged_titles(table, addresses=addresses)
        lines += [*_labs(name, judged, keys=False), *_misses(judged)]
    lines += _figures(score.figures())
    lines += ["\nsizes and licences", *facts.misses(), *_figures(facts.figures())]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(line.endswith("DROPPED") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
