"""Predicting as a stream, on the golden run, without TensorFlow."""

import csv
import gzip
import io
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.errors import DataError, OutputError
from dltrain.run import Run, load_run
from dltrain.scoring import Predictor
from dltrain.table import open_blocks, read_table, write_csv
from dltrain.workflows.output_columns import output_columns
from dltrain.workflows.predict import predict
from dltrain.workflows.predict_summary import PredictSummary
from tests.conftest import GOLDEN

HEADER = ["person", "age", "city", "owner", "income", "group"]
PEOPLE = GOLDEN / "people.csv"
PATIENCE = 20.0

SetBlockBytes = Callable[[int], None]


@pytest.fixture(scope="module")
def run() -> Run:
    return load_run(GOLDEN / "people-1")


@pytest.fixture
def set_block_bytes(monkeypatch: pytest.MonkeyPatch) -> SetBlockBytes:
    """Makes blocks so small that short tables have many."""

    def set_to(block_bytes: int) -> None:
        monkeypatch.setattr("dltrain.workflows.predict.open_blocks", partial(open_blocks, block_bytes=block_bytes))

    return set_to


def predicted(run: Run, source: Any, **options: Any) -> tuple[bytes, PredictSummary]:
    """What is written, and the summary."""
    output = io.BytesIO()
    summary = predict(run, source, output=output, **options)
    return output.getvalue(), summary


def predicted_whole(run: Run, path: Path) -> bytes:
    """The reference: the whole table read, encoded, predicted and written at once."""
    table = read_table(path)
    output = io.BytesIO()
    write_csv(output_columns(run, table, Predictor.from_run(run, threads=1).predict(table)), output)
    return output.getvalue()


def write_people(path: Path, rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows)
    return path


texts = st.sampled_from(["", "Rome", "Paris", "a,b", 'say "hi"', "two\nlines", "Zürich", "x" * 300])
people = st.lists(
    st.tuples(
        st.sampled_from(["p1", "Ann, B.", "two\nlines", "ü"]),
        st.one_of(st.none(), st.integers(-5, 10**6), st.floats(-1e6, 1e6)),
        texts,
        st.sampled_from(["", "true", "FALSE", "1", "0"]),
        st.one_of(st.none(), st.floats(0, 1e9)),
        texts,
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=people, block_bytes=st.integers(1, 2_000), threads=st.integers(1, 4))
def test_a_stream_of_blocks_gives_the_bytes_of_the_whole_table(
    run: Run,
    tmp_path: Path,
    set_block_bytes: SetBlockBytes,
    rows: list[tuple[object, ...]],
    block_bytes: int,
    threads: int,
) -> None:
    path = write_people(tmp_path / "people.csv", rows)
    set_block_bytes(block_bytes)
    output, summary = predicted(run, path, threads=threads)
    assert output == predicted_whole(run, path)
    assert summary.rows == len(rows)
    counts = Predictor.from_run(run).predict(read_table(path)).counts
    assert summary.missing == {name: counts[name].missing for name in counts if counts[name].missing}
    assert summary.unseen == {name: counts[name].unseen for name in counts if counts[name].unseen}


def as_tsv(path: Path) -> Path:
    with PEOPLE.open(encoding="utf-8", newline="") as source, path.open("w", encoding="utf-8", newline="") as copy:
        csv.writer(copy, delimiter="\t", lineterminator="\r\n").writerows(csv.reader(source))
    return path


def as_gzip(path: Path) -> Path:
    path.write_bytes(gzip.compress(PEOPLE.read_bytes()))
    return path


def as_parquet(path: Path) -> Path:
    options = pa.csv.ConvertOptions(strings_can_be_null=True)
    pa.parquet.write_table(pa.csv.read_csv(PEOPLE, convert_options=options), path, row_group_size=50)
    return path


@pytest.mark.parametrize("block_bytes", [500, 1 << 20])
def test_every_format_gives_the_same_predictions(
    run: Run, tmp_path: Path, set_block_bytes: SetBlockBytes, block_bytes: int
) -> None:
    set_block_bytes(block_bytes)
    expected = predicted_whole(run, PEOPLE)
    sources = [
        PEOPLE,
        as_tsv(tmp_path / "people.tsv"),
        as_gzip(tmp_path / "people.csv.gz"),
        as_parquet(tmp_path / "people.parquet"),
        io.BytesIO(PEOPLE.read_bytes()),
    ]
    for source in sources:
        assert predicted(run, source)[0] == expected, source


def test_row_numbers_run_on_over_blocks(run: Run, set_block_bytes: SetBlockBytes) -> None:
    without_id = replace(
        run, config=run.config.model_copy(update={"data": run.config.data.model_copy(update={"id": ()})})
    )
    set_block_bytes(300)
    output, _ = predicted(without_id, PEOPLE)
    assert [row["row"] for row in csv.DictReader(io.StringIO(output.decode()))] == [str(n) for n in range(1, 241)]


def many_people(n_rows: int, *, bad_row: int) -> Iterable[list[object]]:
    """Rows with one age that is no number, counted from 1."""
    return (["p", "old" if n == bad_row else 40, "Rome", "true", 100, "a"] for n in range(1, n_rows + 1))


def assert_late_error(run: Run, path: Path, output: Path, *, row: int) -> None:
    with pytest.raises(DataError) as caught:
        predict(run, path, output=output)
    assert caught.value.message.startswith(f"{path}:{row + 1}: column 'age': expected a number, got 'old'")
    assert caught.value.hint == "mend the cells, or empty them: an empty cell counts as missing"
    assert list(output.parent.iterdir()) == []


def test_a_bad_cell_in_a_late_block_names_its_line_and_leaves_no_file(
    run: Run, tmp_path: Path, set_block_bytes: SetBlockBytes
) -> None:
    set_block_bytes(1_000)
    path = write_people(tmp_path / "people.csv", many_people(2_000, bad_row=1_900))
    (tmp_path / "out").mkdir()
    assert_late_error(run, path, tmp_path / "out" / "out.csv", row=1_900)


@pytest.mark.slow
def test_row_900_000_is_named(run: Run, tmp_path: Path) -> None:
    path = write_people(tmp_path / "people.csv", many_people(1_000_000, bad_row=900_000))
    (tmp_path / "out").mkdir()
    assert_late_error(run, path, tmp_path / "out" / "out.csv", row=900_000)


def test_a_stream_got_the_rows_before_an_error(run: Run, tmp_path: Path, set_block_bytes: SetBlockBytes) -> None:
    set_block_bytes(1_000)
    path, output = write_people(tmp_path / "people.csv", many_people(500, bad_row=400)), io.BytesIO()
    with pytest.raises(DataError, match=":401: "):
        predict(run, path, output=output)
    n_rows = output.getvalue().count(b"\n") - 1
    assert 300 < n_rows < 400, "the block with the bad cell is missing, as a whole"
    good = write_people(tmp_path / "good.csv", many_people(n_rows, bad_row=0))
    assert output.getvalue() == predicted_whole(run, good)


def test_missing_columns_are_found_with_the_first_block(run: Run, tmp_path: Path) -> None:
    endless = io.BytesIO(b"person,age\n" + b"a,1\n" * 1_000_000)
    with pytest.raises(DataError, match="4 required columns are missing: 'city', 'owner', 'income', 'group'"):
        predict(run, endless, output=tmp_path / "out.csv")
    assert endless.tell() < 10 << 20
    assert list(tmp_path.iterdir()) == []


class Slow(io.BytesIO):
    """A stream that waits for permission to hand out its second half."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.may_go_on = threading.Event()
        self._half = content.index(b"\n", len(content) // 2) + 1

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() < self._half:
            return super().read(self._half - self.tell())
        assert self.may_go_on.wait(PATIENCE)
        return super().read(size)


def test_rows_come_out_while_a_slow_producer_lets_wait_for_the_next(run: Run) -> None:
    source = Slow(PEOPLE.read_bytes())

    class Output(io.BytesIO):
        def flush(self) -> None:
            if self.getvalue().count(b"\n") > 100:
                source.may_go_on.set()

    output = Output()
    predict(run, source, output=output)
    assert output.getvalue() == predicted_whole(run, PEOPLE)


def test_a_reader_that_has_gone_ends_the_work(run: Run) -> None:
    class Closed(io.BytesIO):
        def write(self, _: Any, /) -> int:
            raise BrokenPipeError

    source = io.BytesIO(b",".join(name.encode() for name in HEADER) + b"\n" + b"a,1,Rome,true,1,a\n" * 1_000_000)
    with pytest.raises(BrokenPipeError):
        predict(run, source, output=Closed())
    assert source.tell() < 15 << 20, "the rest is not read"


def test_an_output_that_exists_or_is_the_table_is_refused_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    class Unread(io.BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            raise AssertionError

    output = tmp_path / "out.csv"
    output.write_text("kept")
    with pytest.raises(OutputError, match="exists already"):
        predict(run, Unread(), output=output)
    with pytest.raises(OutputError, match="expected another file than the table to predict"):
        predict(run, output, output=output, overwrite=True)
    assert output.read_text() == "kept"


@pytest.mark.parametrize("content", [b"", b"person,age,city,owner,income,group\n"])
def test_a_table_without_rows_leaves_no_file(run: Run, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="standard input:1: expected"):
        predict(run, io.BytesIO(content), output=tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []
