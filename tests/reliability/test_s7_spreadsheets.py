"""S7: predictions that are opened in a spreadsheet run nothing."""

import csv
import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.run import Run, load_run
from dltrain.workflows.predict import predict as predict_rows
from tests.conftest import Cli
from tests.reliability.predicting import HEADER, RUN, command
from tests.table.test_formulas import TEXTS, without_formula

IDS = ["=1+1", "=cmd|' /C calc'!A0", "+A1", "-A1", "@SUM(1)", "\tx", "\rx", "\n=x", " =1", "＝1", "-", 'a,"=b', "'=1"]
NUMBERS = ["-3.5", "+1e5", "-007", " -1 ", "12"]


def table_of(ids: list[str]) -> bytes:
    text = io.StringIO(newline="")
    rows = ([person, "40", "Rome", "true", "100", "a"] for person in ids)
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([HEADER.split(","), *rows])
    return text.getvalue().encode()


def ids_in(output: str) -> list[str]:
    _, *rows = csv.reader(io.StringIO(output, newline=""), strict=True)
    return [row[0] for row in rows]


@pytest.fixture(scope="module")
def run() -> Run:
    return load_run(RUN)


def output_of(run: Run, table: bytes, *, has_formulas: bool = False) -> str:
    output = io.BytesIO()
    predict_rows(run, io.BytesIO(table), output=output, has_formulas=has_formulas)
    return output.getvalue().decode()


def test_s7_ids_that_are_formulas_get_a_quote_in_files_and_on_standard_output(cli: Cli, tmp_path: Path) -> None:
    table, out = tmp_path / "table.csv", tmp_path / "out.csv"
    table.write_bytes(table_of(IDS + NUMBERS))
    assert cli("predict", table, "--run", RUN, "-o", out).code == 0
    printed = subprocess.run(command(table, "-q"), capture_output=True, check=True).stdout
    assert out.read_bytes() == printed
    found = ids_in(printed.decode())
    assert found == [f"'{text}" for text in IDS[:-2]] + IDS[-2:] + NUMBERS
    assert found == list(map(without_formula, IDS + NUMBERS))


def test_s7_raw_csv_turns_it_off(cli: Cli, tmp_path: Path) -> None:
    table, out = tmp_path / "table.csv", tmp_path / "out.csv"
    table.write_bytes(table_of(IDS + NUMBERS))
    assert cli("predict", table, "--run", RUN, "-o", out, "--raw-csv").code == 0
    assert ids_in(out.read_bytes().decode()) == IDS + NUMBERS


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(ids=st.lists(TEXTS.filter(lambda text: "\0" not in text), min_size=1, max_size=20))
def test_s7_any_id_is_mended_as_the_reference_does(run: Run, ids: list[str]) -> None:
    table = table_of(ids)
    assert ids_in(output_of(run, table)) == list(map(without_formula, ids))
    assert ids_in(output_of(run, table, has_formulas=True)) == ids


def test_s7_labels_and_names_of_columns_are_mended_and_numbers_stay(run: Run) -> None:
    target = run.preprocessing.target.model_copy(update={"labels": ("=no", "@yes")})
    data = run.config.data.model_copy(update={"id": ("=person",)})
    hostile = replace(
        run,
        config=run.config.model_copy(update={"data": data}),
        preprocessing=run.preprocessing.model_copy(update={"target": target}),
    )
    table = (RUN.parent / "people.csv").read_bytes().replace(b"person", b"=person", 1)
    usual = output_of(run, (RUN.parent / "people.csv").read_bytes())
    assert usual.startswith("person,prediction,p_no,p_yes\n")
    expected = usual.replace("person,prediction,p_no,p_yes", "'=person,prediction,p_=no,p_@yes")
    assert output_of(hostile, table) == expected.replace(",no,", ",'=no,").replace(",yes,", ",'@yes,")


def test_s7_data_frames_stay_raw() -> None:
    pd = pytest.importorskip("pandas")
    from dltrain.workflows.models.model import load

    names = HEADER.split(",")
    frame = pd.DataFrame([[person, 40, "Rome", True, 100, "a"] for person in IDS], columns=names)
    assert load(RUN).predict(frame)["person"].tolist() == IDS
