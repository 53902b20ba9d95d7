"""A first row in the place of a header, units below one, spaces between cells."""

from pathlib import Path

import pytest

from dltrain.config import Config
from dltrain.errors import DataError
from dltrain.profiling import Finding
from dltrain.profiling.findings_layout import layout_findings
from dltrain.table import Table
from dltrain.workflows.init import init
from tests.profiling.configs import config_of
from tests.tables import csv_table

WIDE = "".join(",".join(cells) + "\n" for cells in ([f"{at}.5" for at in range(31)], ["7"] * 31, ["20"] * 31))
NUMBERS = "".join(f"{n % 7}.{n},{n},{n % 3}\n" for n in range(9))


def finding_of(topic: str, table: Table, config: Config | None = None) -> Finding | None:
    found = layout_findings(table, config or config_of())
    return next((finding for finding in found if finding.topic == topic), None)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,4.0,other\n", "data.header=[column_1, column_2, column_3]"),
        ("39, State-gov, 13\n50, State-gov, 13\n20, other, 15\n", "data.header=[column_1, column_2, column_3]"),
        ("a,b,x\n1,b,x\na,2,y\n", "data.header=[column_1, column_2, column_3]"),
        (f"3.5,2,1\n{NUMBERS}", "data.header=[column_1, column_2, column_3]"),
        (WIDE, "data.header=none"),
    ],
)
def test_names_that_are_cells_are_told(text: str, change: str) -> None:
    finding = finding_of("header_row", csv_table(text.encode()))
    assert finding is not None
    assert (finding.topic, finding.grade, finding.change) == ("header_row", "warning", (change,))


BITS = "0,1,1\n1,0,0\n0,0,1\n"


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n",
        "country,2019,2020\nFR,1,2\n",
        "0,1,2\n0,1,1\n1,1,2\n",
        "1,2,3\n1,2,1\n3,1,3\n",
        f"0,1,y\n{BITS}",
        f"1,2,happy\n{BITS}",
        "900.0,902.5,octane\n0.1,0.2,85\n0.3,0.1,88\n",
        "Python,R,age\nPython,,20\n,R,30\nPython,R,40\n",
        "word,n\nword,3\nother,5\n",
        "yes,no,y\nyes,1,2\nno,3,4\n",
    ],
)
def test_names_are_left_alone(text: str) -> None:
    assert finding_of("header_row", csv_table(text.encode())) is None


def test_nobody_is_asked_twice() -> None:
    table = csv_table(f"3.5,2,1\n{NUMBERS}".encode())
    assert finding_of("header_row", table) is not None
    assert finding_of("header_row", table, config_of(data={"header": ["a", "b", "y"]})) is None
    assert finding_of("header_row", table, config_of(data={"header": "none"})) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a, b\n1,2\n", "the names of 1 column, such as ' b',"),
        ("a,b\n1, x\n2, y\n3,z\n", "the cells of 1 column, such as 'b',"),
        ("a,b \nx  ,2\nxyz  ,3\n", "the names of 1 column, such as 'b ', and the cells of 1 column, such as 'a',"),
    ],
)
def test_spaces_around_names_and_cells_are_told(text: str, message: str) -> None:
    finding = finding_of("outer_spaces", csv_table(text.encode()))
    assert finding is not None
    assert finding.message.startswith(f"{message} begin or end with a space")
    assert finding.change == ("data.trim_spaces=true",)
    config = config_of(data={"trim_spaces": True})
    assert finding_of("outer_spaces", csv_table(text.encode(), texts=config.data.texts), config) is None


@pytest.mark.parametrize("data", [{"target": " b"}, {"drop": [" b"]}, {"id": [" b"]}, {"features": [" b"]}])
def test_names_with_spaces_that_the_config_has_are_told(data: dict[str, object]) -> None:
    finding = finding_of("outer_spaces", csv_table(b"a, b\n1,2\n"), config_of(data=data))
    assert finding is not None
    assert finding.message.endswith("and the config names columns so: data.trim_spaces wants them without")
    assert finding.change == ()


def test_init_takes_the_target_as_the_header_has_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a, y\n" + "".join(f"{n % 7}, {n % 2}\n" for n in range(60)))
    assert init(tmp_path / "t.csv", " y").content["data"]["target"] == "y"


def test_a_few_spaces_are_left_to_spellings() -> None:
    assert finding_of("outer_spaces", csv_table(b"a,b\n1, x\n2,y z\n3,z\n, \n,  \n")) is None


def test_units_below_the_header_are_told() -> None:
    text = "a,b,c\nkg,days,\n1,2,x\n3,4,y\n5,6,x\n"
    finding = finding_of("units_row", csv_table(text.encode()))
    assert finding is not None
    assert (finding.topic, finding.grade, finding.change) == ("units_row", "warning", ())
    assert finding.message.startswith("t.csv:2: a line of words above numbers seems to hold units")
    assert finding.message.endswith("'kg', 'days'")


@pytest.mark.parametrize(
    "rows",
    [
        "1,2,x\n3,4,y\n5,6,x\n7,8,y\n",
        "NA,NA,x\n3,4,y\n5,6,x\n7,8,y\n",
        "kg,2,x\n3,4,y\n5,6,x\n7,8,y\n",
        "kg,days,x\nlot,4,y\n5,few,x\n7,8,y\n",
        "kg,days,x\n,,y\n",
    ],
)
def test_words_in_a_first_row_may_be_cells(rows: str) -> None:
    assert finding_of("units_row", csv_table(f"a,b,c\n{rows}".encode())) is None


def test_init_and_check_leave_no_doubt_of_units(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"{n % 7},{n % 5},{n * n % 11}\n" for n in range(60))
    table.write_text(f"a,b,y\nkg,days,MPa\n{rows}")
    with pytest.raises(DataError, match=r"t\.csv:2: a line of words above numbers") as caught:
        init(table, "y")
    assert caught.value.hint == "remove the line"
    table.write_text(f"a,b,y\n{rows}")
    assert init(table, "y").content["data"]["task"] == "regression"


def test_a_rule_below_the_header_is_no_row() -> None:
    finding = finding_of("units_row", csv_table(b"a,b,c,d\n---,:--,,----\n1,x,,5\n2,y,z,6\n3,x,,7\n"))
    assert finding is not None
    assert finding.message == "t.csv:2: a line of dashes below the header is no row"
