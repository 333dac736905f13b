"""No cell of a table is a formula, in no spreadsheet of no country."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report.cells import plain_cell
from bot.report.exports import report_files
from tests.report.shipments import NOW, shipment

SIGNS = "=+-@＝＋－＠"
PIECES = [*SIGNS, ";", "|", ",", "\t", "\r", "\n", " ", "'", '"', "a", "1", "\xa0", "\x1e", "\u2028"]
NASTY = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        pytest.param("Kimi K2.6", "Kimi K2.6", id="a name stays as it is"),
        pytest.param("GLM-5.1-Air +1; Flash", "GLM-5.1-Air +1; Flash", id="signs in the middle too"),
        *(pytest.param(f"{sign}1+1", f"'{sign}1+1", id=f"a formula with {sign}") for sign in SIGNS),
        pytest.param(" =1", "' =1", id="behind a space"),
        pytest.param('"=1', "'\"=1", id="behind a quote"),
        pytest.param("a;=1", "a;'=1", id="where Germany and France begin a cell"),
        pytest.param("a; \"'＝1", "a;' \"'＝1", id="there behind quotes, in full width"),
        pytest.param("a|@SUM(1)", "a|'@SUM(1)", id="where a bar parts cells"),
        pytest.param("a\t=1", "a =1", id="a tab parts nothing"),
        pytest.param("\t=1", "' =1", id="nor begins a formula"),
        pytest.param("\r=1", "' =1", id="nor does the end of a line"),
        pytest.param("a\r\n=1", "a =1", id="wherever it stands"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_cell_is_text_on_one_line(text: str, cell: str) -> None:
    assert plain_cell(text) == cell


@given(NASTY, NASTY)
def test_a_table_has_no_formula_whatever_parts_its_cells(name: str, lab: str) -> None:
    made = shipment("2026-04-20", name or "x", lab, license=lab, lab_name=name, task=name)
    table = report_files([made], NOW)["releases.csv"].decode()
    for separator in ",;|\t":
        for row in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
            assert not [cell for cell in row if re.match(rf"[\s\"]*[{re.escape(SIGNS)}]", cell)]
