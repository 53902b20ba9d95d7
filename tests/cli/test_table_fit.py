"""`dltrain fit FILE --target COLUMN` as a user sees it."""

import json
from pathlib import Path

import numpy as np
import pytest

from dltrain.cli.table_fit import config_of_table
from tests.conftest import GOLDEN, PROJECT, Cli

PENGUINS = PROJECT / "data" / "penguins.csv"
QUICK = ("training.epochs=2", "model.layers=[]")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def customers() -> Path:
    """A table with an id, a constant, words for missing, codes and a target."""
    rng = np.random.default_rng(0)
    columns = {
        "customer": [f"C{n:04d}" for n in range(300)],
        "age": ["?" if n % 30 == 3 else f"{20 + n % 50}" for n in range(300)],
        "region_code": rng.integers(1, 9, 300).tolist(),
        "country": ["CH"] * 300,
        "bought": rng.choice(["no", "yes"], 300).tolist(),
    }
    rows = zip(*columns.values(), strict=True)
    path = Path("customers.csv")
    path.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        ((PENGUINS,), 2, f"hint: dltrain fit {PENGUINS} --target COLUMN fits a table without a config"),
        ((GOLDEN / "people.yaml", "--target", "bought"), 2, "data.target=bought overrides it"),
        (("--target", "x"), 2, "expected CONFIG, a YAML file, or --resume RUN"),
        (("--resume", GOLDEN / "people-1", "--target", "x"), 2, "--target: a resumed run keeps its target"),
        ((PENGUINS, "--target", "specie"), 2, "hint: did you mean 'species'?"),
        (("penguins.csv", "--target", "species"), 3, "there is no such file"),
        (("book.xlsx", "--target", "species"), 3, "'book.xlsx'\nhint: save the sheet as CSV"),
        (("book.xlsx",), 2, "error: book.xlsx: expected a YAML file, got a spreadsheet\nhint: save the sheet as CSV"),
        (("penguins", "--target", "species"), 3, "error: penguins: expected a file name ending in .csv"),
        ((PENGUINS, "--target", "species", "training.epoch=5"), 2, "hint: did you mean 'epochs'?"),
        ((PENGUINS, "--target", "species", "--name", "a/b"), 2, "expected a folder name"),
    ],
)
def test_a_mistake_comes_back_with_the_way_out(cli: Cli, arguments: tuple[object, ...], code: int, text: str) -> None:
    outcome = cli("fit", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert text in outcome.err
    assert not Path("runs").exists()


@pytest.mark.slow
def test_what_was_decided_is_printed_and_the_run_is_named_after_the_table(cli: Cli, customers: Path) -> None:
    outcome = cli("fit", customers, "--target", "bought", *QUICK)
    assert outcome.code == 0
    said = outcome.err[: outcome.err.index("data  ")].splitlines()
    assert said[:5] == [
        "id        customer: all 300 values are different, as those of an id",
        "left out  country: every cell is 'CH'",
        "column    region_code: 8 whole numbers from 1 to 8 (kind: categorical)",
        "decided   '?' means missing",
        "decided   'yes' counts as class 1; rows: 141 of 'no' and 159 of 'yes'",
    ]
    assert said[-1].startswith(
        "config    dltrain init customers.csv --target bought training.epochs=2 'model.layers=[]' writes it"
    )
    assert outcome.out.endswith("saved to runs/customers-1\n")


@pytest.mark.slow
def test_overrides_come_last_and_what_they_change_is_not_told(cli: Cli, customers: Path) -> None:
    others = ("data.positive=no", "preprocessing={}", "data.id=[]", "data.drop=[customer, country]")
    outcome = cli("fit", customers, "-t", "bought", *QUICK, *others, "--name", "mine", "--runs", "other")
    assert outcome.code == 0, outcome.err
    said = outcome.err[: outcome.err.index("data  ")]
    assert "customer:" not in said
    assert "region_code:" not in said
    assert "class 1" not in said
    assert "positive 'no'" in outcome.err
    assert Path("other/mine-1/manifest.json").exists()


@pytest.mark.slow
def test_nothing_is_said_with_quiet(cli: Cli, customers: Path) -> None:
    outcome = cli("fit", customers, "-t", "bought", *QUICK, "--quiet", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out)["run"] == "runs/customers-1"


@pytest.mark.slow
def test_the_run_keeps_a_config_that_gives_it_again(cli: Cli, customers: Path) -> None:
    assert cli("fit", customers, "-t", "bought", "training.epochs=3", "-q").code == 0
    assert cli("fit", "runs/customers-1/config.yaml", "--name", "again", "-q").code == 0
    first, again = Path("runs/customers-1"), Path("runs/again-1")
    for name in ("config.yaml", "preprocessing.json", "metrics.json", "model.onnx"):
        assert (first / name).read_bytes() == (again / name).read_bytes(), name
    assert cli("init", customers, "-t", "bought").code == 0
    assert cli("fit", "customers.yaml", "training.epochs=3", "--name", "written", "-q").code == 0
    assert Path("runs/written-1/model.onnx").read_bytes() == (first / "model.onnx").read_bytes()


def test_how_texts_write_numbers_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "häuser.csv"
    rows = [f"{n % 90},{n % 7};{1 + n % 8}.{n:03d},50 €" for n in range(200)]
    table.write_text("\n".join(["Fläche;Preis", *rows]) + "\n", encoding="cp1252")
    config_of_table(table, "Preis", [], is_quiet=False)
    told = capsys.readouterr().err
    assert "the text is read as cp1252" in told
    assert "cells are separated by ';'" in told
    assert "data.decimal is ',' and data.thousands is '.'" in told
    assert "numbers with a unit: 'Preis' (€)" in told


@pytest.fixture
def with_totals(tmp_path: Path) -> Path:
    """A table that ends with its totals."""
    rng = np.random.default_rng(0)
    a, b = rng.uniform(1, 50, (2, 300)).round(2)
    rows = np.column_stack([a, b, a - b + rng.normal(0, 9, 300).round(2)])
    table = tmp_path / "totals.csv"
    rows = np.vstack([rows, rows.sum(axis=0)])
    table.write_text("a,b,y\n" + "\n".join(",".join(f"{cell:.2f}" for cell in row) for row in rows) + "\n")
    return table


def test_what_makes_a_result_doubtful_is_told_before_a_fit(
    with_totals: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    totals = "the last row holds the sum of all above it in 'a', 'b'"
    config_of_table(with_totals, "y", [], is_quiet=False)
    told = capsys.readouterr().err
    assert f"\nwarning   {totals}" in f"\n{told}"
    assert "to decide 1: see the first lines of the config\n" in told
    config_of_table(with_totals, "y", [], is_quiet=False, tells_warnings=False)
    assert totals not in capsys.readouterr().err
    config_of_table(with_totals, "y", [], is_quiet=True)
    assert capsys.readouterr().err == ""


def test_a_check_and_an_init_tell_a_warning_once(cli: Cli, with_totals: Path) -> None:
    checked = cli("check", with_totals, "-t", "y")
    assert (checked.out + checked.err).count("holds the sum of all above it") == 1
    written = cli("init", with_totals, "-t", "y", "-o", "totals.yaml")
    assert (written.out + written.err).count("holds the sum of all above it") == 1
    assert "holds the sum of all above it" in Path("totals.yaml").read_text()


@pytest.mark.slow
def test_a_title_above_the_header_is_left_out_whenever_the_run_reads_a_table(cli: Cli, customers: Path) -> None:
    titled = Path("titled.csv")
    titled.write_text("Customers of 2024, by Ann\n\n" + customers.read_text())
    outcome = cli("fit", titled, "-t", "bought", *QUICK)
    assert outcome.code == 0, outcome.err
    assert "decided   the header is in line 3: what stands above it is not read" in outcome.err
    assert cli("fit", customers, "-t", "bought", *QUICK).code == 0
    assert Path("runs/titled-1/model.onnx").read_bytes() == Path("runs/customers-1/model.onnx").read_bytes()
    predicted = cli("predict", titled, "--run", "runs/titled-1").out
    assert predicted == cli("predict", customers, "--run", "runs/customers-1").out
    assert cli("evaluate", "runs/titled-1").code == 0
    # A header is known by its names: the same rows come with a title or without.
    assert cli("evaluate", "--data", customers, "--run", "runs/titled-1").code == 0
    assert cli("predict", customers, "--run", "runs/titled-1").out == predicted
    assert cli("predict", titled, "--run", "runs/customers-1").out == predicted
    other = Path("other.csv")
    other.write_text("name\nAnn\n")
    refused = cli("predict", other, "--run", "runs/titled-1")
    assert (refused.code, refused.out) == (3, "")
    assert "other.csv: expected a header in line 3, got 2 lines" in refused.err
