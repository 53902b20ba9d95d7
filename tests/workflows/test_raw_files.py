"""Tables as archives keep them: without a header, with spaces behind commas or in their place."""

import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import dltrain
from dltrain.config import load_config
from dltrain.config.sections.data import TextFormat
from dltrain.errors import ConfigError, DataError
from dltrain.run import Run
from dltrain.table import read_table
from dltrain.workflows.check import check
from dltrain.workflows.init import init
from dltrain.workflows.predict import predict
from dltrain.workflows.split import split

NAMES = ["age", "kind", "size", "label"]
LAYOUTS = {
    "t.dat": (",", set()),
    "t.data": (", ", {"trim_spaces"}),
    "t.txt": ("   ", {"separator"}),
    "t.csv": (",", set()),
}
HEADER = f"data.header=[{','.join(NAMES)}]"


def some_rows() -> pd.DataFrame:
    """Rows with names of several words, separators in texts and empty cells."""
    rng, n_rows = np.random.default_rng(0), 60
    return pd.DataFrame(
        {
            "age": rng.integers(10, 99, n_rows).astype(str),
            "kind": rng.choice(["Self emp", "Private, inc", ""], n_rows),
            "size": rng.normal(size=n_rows).round(3).astype(str),
            "label": rng.choice(["<=50K", ">50K"], n_rows),
        }
    )


def write(path: Path, rows: pd.DataFrame) -> Path:
    """Writes rows without a header, with what stands between the cells of such files."""
    between, _ = LAYOUTS[path.name]
    is_quoted = rows.map(lambda text: not text or between.strip() in text or "," in text)
    cells = rows.where(~is_quoted, '"' + rows + '"')
    path.write_text("".join(f"{between.join(row)}\n" for row in cells.itertuples(index=False)))
    return path


@pytest.mark.parametrize("name", LAYOUTS)
def test_init_finds_the_layout_and_the_config_reads_every_cell(tmp_path: Path, name: str) -> None:
    rows = some_rows()
    starter = init(write(tmp_path / name, rows), "label", [HEADER])
    path = tmp_path / "t.yaml"
    path.write_text(starter.text(tmp_path, name="t.yaml"))
    loaded = load_config(path)

    data = loaded.config.data
    assert {key for key in ("separator", "trim_spaces") if key in data.model_fields_set} == LAYOUTS[name][1]
    table = read_table(Path(data.path), texts=data.texts)
    found = pd.DataFrame({column: table.column(column).to_pylist() for column in table.column_names})
    pd.testing.assert_frame_equal(found.fillna(""), rows, check_dtype=False)
    assert check(loaded).exit_code == 0

    # The parts have a header; the config reads them all the same.
    written = split(loaded, tmp_path / "parts", config_folder=tmp_path)
    parts = [read_table(part.path, texts=data.texts) for part in written.parts.values()]
    assert sum(part.n_rows for part in parts) == len(rows)
    lines = [row for part in parts for row in zip(*(part.column(name).to_pylist() for name in NAMES), strict=True)]
    expected = rows.replace("", None).astype(object).where(rows != "", None)
    assert sorted(lines, key=str) == sorted(expected.itertuples(index=False, name=None), key=str)


def test_a_run_predicts_rows_without_header_and_target(tmp_path: Path) -> None:
    rows = some_rows()
    path = write(tmp_path / "t.data", rows)
    overrides = [HEADER, "training.epochs=2", "training.early_stopping=null"]
    with pytest.warns(RuntimeWarning, match="12 test rows"):
        run = dltrain.fit(path, target="label", overrides=overrides, runs=tmp_path / "runs").run

    def predicted(source: Path | io.BytesIO) -> bytes:
        output = io.BytesIO()
        predict(run, source, output=output)
        return output.getvalue()

    expected = predicted(path)
    assert predicted(write(tmp_path / "t.csv", rows)) == expected
    assert predicted(write(path, rows.drop(columns="label"))) == expected
    # Standard input, a header, and another order.
    text = rows[["size", "age", "kind"]].to_csv(index=False)
    assert predicted(io.BytesIO(text.encode())) == expected
    assert predicted(io.BytesIO(f"exported by somebody\n\n{text}".encode())) == expected
    with pytest.raises(DataError, match=r"t\.data:1: expected 3 or 4 cells, one for each name in data\.header, got 2"):
        predicted(write(path, rows[["age", "size"]]))


def test_a_first_row_is_no_header(tmp_path: Path) -> None:
    rows = some_rows()
    path = write(tmp_path / "t.csv", rows[rows["kind"] != ""])
    first = path.read_text().split("\n")[0].split(",")[-1]
    for target in (first, "label"):
        with pytest.raises(DataError, match="seems to be a row and no header") as caught:
            init(path, target)
        assert "data.header=[column_1, column_2, column_3, column_4]" in str(caught.value.hint)
    path.write_text(f"1,,2,a\n{path.read_text()}")
    with pytest.raises(DataError, match="every column needs a name") as unnamed:
        init(path, "label")
    assert unnamed.value.hint == "if the first line is a row and no header: data.header=[...] names the columns"
    with pytest.raises(ConfigError, match="column 'label' is not in") as missing:
        init(path, "label", ["data.header=none"])
    assert "'column_4'" in str(missing.value.hint)
    assert init(path, "column_4", ["data.header=none"]).content["data"]["header"] == "none"


def run_of(path: Path, target: str, *overrides: str) -> Run:
    """A run of a table without a header."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        few = ["training.epochs=2", "training.early_stopping=null"]
        return dltrain.fit(path, target=target, overrides=[*overrides, *few], runs=path.parent / "runs").run


def predicted(run: Run, text: str) -> list[str]:
    """The lines that are written for the rows of a text."""
    output = io.BytesIO()
    predict(run, io.BytesIO(text.encode()), output=output)
    return output.getvalue().decode().splitlines()


def numbers(n_rows: int = 60) -> list[str]:
    """Rows of a class, two numbers, and a constant."""
    rng = np.random.default_rng(0)
    return [f"{'ab'[n % 2]},{x:.3f},{y:.3f},1" for n, (x, y) in enumerate(rng.normal(size=(n_rows, 2)))]


def test_numbered_columns_are_the_same_without_a_target_in_front(tmp_path: Path) -> None:
    """Whatever column is left out at the end."""
    rows = numbers()
    (path := tmp_path / "t.csv").write_text("\n".join(rows) + "\n")
    run = run_of(path, "column_1", "data.header=none", "data.drop=[column_4]")
    expected = predicted(run, "\n".join(rows))
    assert predicted(run, "\n".join(row[2:] for row in rows)) == expected
    # With a separator at the end of every row, too.
    assert predicted(run, "\n".join(f"{row[2:]}," for row in rows)) == expected
    with pytest.raises(DataError, match="expected 3 or 4 cells, one for each name in data"):
        predicted(run, "1,2\n3,4\n")
    header = "column_1,column_2,column_3,column_4"
    assert predicted(run, "\n".join([header, *rows])) == expected


def test_a_title_of_the_training_file_costs_other_files_no_row(tmp_path: Path) -> None:
    rows = numbers()
    (path := tmp_path / "t.csv").write_text("\n".join(["exported, by somebody", "", *rows]) + "\n")
    run = run_of(path, "kind", "data.header=[kind, x, y, one]", "data.skip_lines=2")
    expected = predicted(run, "\n".join(rows))
    assert len(expected) == 61
    assert predicted(run, "\n".join(["exported, by somebody", "", *rows])) == expected
    assert len(predicted(run, rows[0])) == 2


def test_a_header_that_data_header_renames_is_left_out(tmp_path: Path) -> None:
    rows = numbers()
    (path := tmp_path / "t.csv").write_text("\n".join(["K,X,Y,O", *rows]) + "\n")
    texts = TextFormat(headers=(("kind", "x", "y", "one"),))
    with pytest.raises(DataError, match=r"t\.csv:1: expected a row, got what seems to be a header") as caught:
        read_table(path, texts=texts)
    assert "data.skip_lines: 1" in str(caught.value.hint)
    table = read_table(path, texts=texts._replace(skip_lines=1))
    assert (table.n_rows, table.column_names) == (60, ["kind", "x", "y", "one"])


def test_the_separator_that_fits_the_names_is_told(tmp_path: Path) -> None:
    (path := tmp_path / "t.csv").write_text("1  2 x\n3 4  y\n")
    with pytest.raises(DataError, match="expected 3 cells") as caught:
        read_table(path, texts=TextFormat(headers=(("a", "b", "c"),)))
    assert caught.value.hint == "data.separator: space divides them"


def test_files_that_have_names_of_their_own_keep_them(tmp_path: Path) -> None:
    """Whatever `data.header` says of CSV files."""
    rows = some_rows().rename(columns={"kind": "column_kind"})
    rows.to_parquet(path := tmp_path / "t.parquet")
    run = run_of(path, "label", "data.header=none")
    output = io.BytesIO()
    assert predict(run, path, output=output).rows == 60
    header, *lines = rows.to_csv(index=False).splitlines()
    assert predicted(run, "\n".join([header, *lines])) == output.getvalue().decode().splitlines()
