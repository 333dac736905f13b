"""Cells of a table that a spreadsheet opens, none of which is a formula. Pure."""

import re

# What begins a formula, the full-width forms of East Asian keyboards too: OWASP, "CSV Injection".
_SIGNS = "=+\\-@＝＋－＠"  # they are meant
# A cell begins at its start, and where the spreadsheet of another country parts a line: at ; or |. Quotes and
# spaces before the sign do not help.
_FORMULA = re.compile(rf"(^|[;|])(?=[\s\"']*[{_SIGNS}])")
_PARTS_LINES = re.compile(r"[\t\v\f\r\n\x1c-\x1e\x85\u2028\u2029]+")


def plain_cell(text: str) -> str:
    """Return a text as a cell that every spreadsheet takes for text: on one line, with ' before formulas."""
    return _FORMULA.sub(r"\1'", _PARTS_LINES.sub(" ", text))
