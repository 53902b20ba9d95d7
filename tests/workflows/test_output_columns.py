"""The columns of the output and their names."""

from dataclasses import replace

import pyarrow as pa
import pytest

from dltrain.errors import ConfigError, DataError
from dltrain.run import Run, load_run
from dltrain.scoring import Predictor
from dltrain.table import read_table
from dltrain.workflows.predicting.output_columns import check_output_names, output_columns
from tests.conftest import GOLDEN


@pytest.fixture(scope="module")
def run() -> Run:
    return load_run(GOLDEN / "people-1")


def with_ids(run: Run, *names: str) -> Run:
    data = run.config.data.model_copy(update={"id": names})
    return replace(run, config=run.config.model_copy(update={"data": data}))


def columns_of(run: Run, **options: object) -> pa.Table:
    table = read_table(GOLDEN / "people.csv")
    predictions = Predictor.from_run(run).predictions(run.preprocessing.encode(table))
    return output_columns(run, table, predictions, **options)  # type: ignore[arg-type]


def test_columns_come_in_order(run: Run) -> None:
    names = columns_of(run, keep=["city", "bought"], remarks={}, file="a.csv").column_names
    assert names == ["file", "person", "city", "bought", "prediction", "p_no", "p_yes", "notes"]


def test_columns_are_carried_along_as_they_stand(run: Run) -> None:
    table = read_table(GOLDEN / "people.csv")
    columns = columns_of(run, keep=["age", "city"])
    assert columns["age"] == table.column("age")
    assert columns["city"] == table.column("city")


def test_rows_are_counted_on_from_the_tables_before(run: Run) -> None:
    rows = columns_of(with_ids(run), n_before=1_000)["row"].to_pylist()
    assert rows == list(range(1_001, 1_241))


def test_a_column_that_is_not_there_is_named_beside_those_that_are(run: Run) -> None:
    with pytest.raises(DataError) as caught:
        columns_of(run, keep=["citi", "town"])
    assert caught.value.message.startswith(
        f"{GOLDEN / 'people.csv'}: keep: there is no column 'citi', 'town'; available: 'person', 'age', "
    )
    assert caught.value.hint == "did you mean 'city'?"


def test_a_column_that_cannot_be_written_is_refused(run: Run) -> None:
    table = read_table(GOLDEN / "people.csv")
    lists = pa.array([[1]] * table.n_rows)
    odd = replace(table, columns=table.columns.append_column("tags", lists))
    predictions = Predictor.from_run(run).predictions(run.preprocessing.encode(table))
    with pytest.raises(DataError, match=r"column 'tags': expected text, numbers, .*, got the type list"):
        output_columns(run, odd, predictions, keep=["tags"])


@pytest.mark.parametrize("keep", ["prediction", "p_no", "p_yes", "notes", "file"])
def test_names_of_the_output_cannot_be_carried_along(run: Run, keep: str) -> None:
    with pytest.raises(ConfigError, match=f"keep: expected names that no other column of the output has, got '{keep}'"):
        check_output_names(run, [keep], has_files=True, has_notes=True)


@pytest.mark.parametrize("keep", ["row", "notes", "file", "p_maybe", "age", "bought"])
def test_names_that_this_output_does_not_have_can(run: Run, keep: str) -> None:
    check_output_names(run, [keep])


def test_row_is_taken_where_there_are_no_ids(run: Run) -> None:
    with pytest.raises(ConfigError, match="got 'row'"):
        check_output_names(with_ids(run), ["row"])


def test_ids_are_in_the_output_anyway(run: Run) -> None:
    with pytest.raises(ConfigError, match="keep: expected other columns than the ids, which are kept anyway, got 'per"):
        check_output_names(run, ["age", "person"])


@pytest.mark.parametrize("name", ["prediction", "p_no", "file", "notes"])
def test_an_id_that_is_called_like_another_column_is_refused(run: Run, name: str) -> None:
    with pytest.raises(ConfigError, match=f"data.id: expected names .*, got '{name}'"):
        check_output_names(with_ids(run, name), [], has_files=True, has_notes=True)
