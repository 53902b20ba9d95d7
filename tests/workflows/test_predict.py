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

from dltrain.errors import ConfigError, DataError, OutputError
from dltrain.run import Run, load_run
from dltrain.scoring import Predictor
from dltrain.table import CsvWriter, open_blocks, read_table
from dltrain.workflows.predict import predict
from dltrain.workflows.predicting.output_columns import output_columns
from dltrain.workflows.rows.row_summary import RowSummary
from tests.conftest import GOLDEN, PATIENCE
from tests.workflows.conftest import with_distribution

HEADER = ["person", "age", "city", "owner", "income", "group"]
PEOPLE = GOLDEN / "people.csv"
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


def predicted(run: Run, source: Any, **options: Any) -> tuple[bytes, RowSummary]:
    """What is written, and the summary."""
    output = io.BytesIO()
    summary = predict(run, source, output=output, **options)
    return output.getvalue(), summary


def predicted_whole(run: Run, path: Path) -> bytes:
    """The reference: the whole table read, encoded, predicted and written at once."""
    table = read_table(path)
    predictions = Predictor.from_run(run, threads=1).predictions(run.preprocessing.encode(table))
    output = io.BytesIO()
    CsvWriter(output).write(output_columns(run, table, predictions))
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


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
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
    counts = run.preprocessing.encode(read_table(path)).counts
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
        predict(run, endless, output=tmp_path / "out.csv", threads=2)
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
        predict(run, source, output=Closed(), threads=2)
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


@pytest.fixture(scope="module")
def informed(run: Run) -> Run:
    """The run as one of today: it knows how its training rows were distributed."""
    return with_distribution(run, read_table(PEOPLE))


def rows_of(output: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output.decode(), newline="")))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=people, block_bytes=st.integers(1, 2_000), threads=st.integers(1, 4))
def test_blocks_and_threads_make_no_difference_to_the_summary_and_the_notes(
    informed: Run,
    tmp_path: Path,
    set_block_bytes: SetBlockBytes,
    rows: list[tuple[object, ...]],
    block_bytes: int,
    threads: int,
) -> None:
    path = write_people(tmp_path / "people.csv", rows)
    options: dict[str, Any] = {"has_notes": True, "keep": ["city", "group"]}
    set_block_bytes(1 << 20)
    output, whole = predicted(informed, path, threads=1, **options)
    set_block_bytes(block_bytes)
    in_blocks, summary = predicted(informed, path, threads=threads, **options)
    assert in_blocks == output
    assert summary.to_dict() == whole.to_dict()
    assert summary.notes() == whole.notes()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=people)
def test_notes_agree_with_the_counts_and_columns_are_carried_as_they_stand(
    run: Run, tmp_path: Path, rows: list[tuple[object, ...]]
) -> None:
    path = write_people(tmp_path / "people.csv", rows)
    output, summary = predicted(run, path, has_notes=True, keep=["city", "age"], has_formulas=True)
    found = rows_of(output)
    for words, counts in (("missing", summary.missing), ("unseen", summary.unseen)):
        noted = [part for row in found for part in row["notes"].split("; ") if part.startswith(f"{words}: ")]
        names = [name for part in noted for name in part.removeprefix(f"{words}: ").split(", ")]
        assert {name: names.count(name) for name in dict.fromkeys(names)} == counts
    with path.open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    for name in ("city", "age"):
        assert [row[name] for row in found] == [row[name] for row in cells]


def test_a_row_alone_is_written_as_among_others(informed: Run, tmp_path: Path) -> None:
    rows = list(csv.reader(PEOPLE.read_text().splitlines()))[1:]
    rows[5][1], rows[7][2] = "", "Atlantis"
    options: dict[str, Any] = {"has_notes": True, "keep": ["age", "group"]}
    header, *lines = predicted(informed, write_people(tmp_path / "all.csv", [row[:6] for row in rows]), **options)[
        0
    ].splitlines()
    assert sum(not line.endswith(b",") for line in lines) >= 20, "rows with notes"
    for number, row in enumerate(rows[:20]):
        alone, _ = predicted(informed, write_people(tmp_path / "one.csv", [row[:6]]), **options)
        assert alone.splitlines() == [header, lines[number]]


def test_predictions_joined_by_id_are_those_by_position(run: Run, tmp_path: Path) -> None:
    rows = list(csv.reader(PEOPLE.read_text().splitlines()))[1:]
    by_position = rows_of(predicted(run, PEOPLE)[0])
    backwards = rows_of(predicted(run, write_people(tmp_path / "back.csv", [row[:6] for row in rows[::-1]]))[0])
    by_id = {row["person"]: row for row in backwards}
    assert [by_id[row[0]] for row in rows] == by_position


@pytest.mark.parametrize("block_bytes", [300, 1 << 20])
@pytest.mark.parametrize("has_ids", [True, False])
def test_several_tables_are_predicted_as_one(
    informed: Run, tmp_path: Path, set_block_bytes: SetBlockBytes, block_bytes: int, has_ids: bool
) -> None:
    if not has_ids:
        data = informed.config.data.model_copy(update={"id": ()})
        informed = replace(informed, config=informed.config.model_copy(update={"data": data}))
    set_block_bytes(block_bytes)
    rows = [row[:6] for row in csv.reader(PEOPLE.read_text().splitlines())][1:]
    first, second = write_people(tmp_path / "a.csv", rows[:50]), tmp_path / "b.csv.gz"
    second.write_bytes(gzip.compress(write_people(tmp_path / "b.csv", rows[50:51]).read_bytes()))
    third = io.BytesIO(write_people(tmp_path / "c.csv", rows[51:]).read_bytes())
    options: dict[str, Any] = {"has_notes": True, "keep": ["city"]}
    output, summary = predicted(informed, [first, second, third], **options)
    whole, expected = predicted(informed, write_people(tmp_path / "all.csv", rows), **options)
    found = rows_of(output)
    assert [row.pop("file") for row in found] == [str(first)] * 50 + [str(second)] + ["standard input"] * 189
    assert found == rows_of(whole)
    assert output.startswith(b"file,person," if has_ids else b"file,row,")
    assert (summary.to_dict(), summary.notes()) == (expected.to_dict(), expected.notes())


def test_a_mistake_in_a_later_table_names_it_with_its_own_line(run: Run, tmp_path: Path) -> None:
    good = write_people(tmp_path / "good.csv", many_people(500, bad_row=0))
    bad = write_people(tmp_path / "bad.csv", many_people(20, bad_row=7))
    (tmp_path / "out").mkdir()
    with pytest.raises(DataError) as caught:
        predict(run, [good, bad], output=tmp_path / "out" / "out.csv")
    assert caught.value.message.startswith(f"{bad}:8: column 'age': expected a number, got 'old'")
    assert list((tmp_path / "out").iterdir()) == []


def test_tables_that_do_not_open_are_named_together_before_any_is_predicted(run: Run, tmp_path: Path) -> None:
    output = io.BytesIO()
    with pytest.raises(DataError) as caught:
        predict(run, [PEOPLE, tmp_path / "no.csv", tmp_path, tmp_path / "x.doc"], output=output)
    assert caught.value.message.splitlines() == [
        f"{tmp_path / 'no.csv'}: there is no such file",
        f"{tmp_path}: expected a file, got a folder",
        f"{tmp_path / 'x.doc'}: expected a file name ending in .csv, .tsv, .txt, .dat or .data, each also with .gz, or "
        "in .parquet, got 'x.doc'",
    ]
    assert output.getvalue() == b""


def test_the_output_is_none_of_several_tables(run: Run, tmp_path: Path) -> None:
    path = write_people(tmp_path / "a.csv", many_people(2, bad_row=0))
    with pytest.raises(OutputError, match="expected another file than the table to predict"):
        predict(run, [PEOPLE, path], output=path, overwrite=True)


def test_columns_that_are_carried_along_are_not_unused(run: Run) -> None:
    assert predicted(run, PEOPLE)[1].unused == ()
    extra = io.BytesIO(PEOPLE.read_bytes().replace(b"\n", b",x\n").replace(b"bought,x", b"bought,extra", 1))
    assert predicted(run, extra, keep=["extra", "bought", "extra"])[1].unused == ()


def test_a_column_that_cannot_be_carried_along_leaves_no_file(run: Run, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="keep: there is no column 'extra'"):
        predict(run, PEOPLE, output=tmp_path / "out.csv", keep=["extra"])
    with pytest.raises(ConfigError, match="got 'p_yes'"):
        predict(run, PEOPLE, output=tmp_path / "out.csv", keep=["p_yes"])
    assert list(tmp_path.iterdir()) == []


def test_odd_names_of_columns_keep_the_output_a_table(run: Run, tmp_path: Path) -> None:
    odd = 'a;b,"c"\nd'
    features = tuple(
        feature.model_copy(update={"name": odd}) if feature.name == "city" else feature
        for feature in run.preprocessing.features
    )
    renamed = replace(run, preprocessing=run.preprocessing.model_copy(update={"features": features}))
    path = tmp_path / "odd.csv"
    with path.open("w", newline="") as file:
        rows = [[name if name != "city" else odd for name in HEADER], ["p", "40", "", "true", "1", "a"]]
        csv.writer(file, lineterminator="\n").writerows(rows)
    [row] = rows_of(predicted(renamed, path, has_notes=True, keep=[odd])[0])
    assert row["notes"] == f"missing: {odd}"
    assert row[odd] == ""


def test_formulas_are_guarded_in_columns_that_are_carried_along(run: Run, tmp_path: Path) -> None:
    path = write_people(tmp_path / "a.csv", [["p", 40, "=1+1", "true", 1, "a"]])
    assert rows_of(predicted(run, path, keep=["city"])[0])[0]["city"] == "'=1+1"
    assert rows_of(predicted(run, path, keep=["city"], has_formulas=True)[0])[0]["city"] == "=1+1"


@pytest.mark.slow
def test_the_rows_a_fit_learned_from_have_no_drift(tmp_path: Path) -> None:
    import dltrain

    lines = PEOPLE.read_text().splitlines(keepends=True)
    (tmp_path / "train.csv").write_text("".join(lines[:181]))
    (tmp_path / "rest.csv").write_text("".join([lines[0], *lines[181:]]))
    (tmp_path / "more.csv").write_text("".join([lines[0], *lines[181:]]))
    config = {
        "data": {"path": str(tmp_path / "train.csv"), "target": "bought", "id": ["person"]},
        "split": {"test": str(tmp_path / "rest.csv"), "validation": str(tmp_path / "more.csv")},
        "model": {"layers": []},
        "training": {"epochs": 1},
    }
    run = dltrain.fit(config, runs=tmp_path / "runs").run
    assert run.preprocessing.distribution is not None
    assert run.preprocessing.distribution.rows == 180
    _, summary = predicted(run, tmp_path / "train.csv")
    assert [column.drift.psi for column in summary.columns.values() if column.drift] == [0.0] * 5
