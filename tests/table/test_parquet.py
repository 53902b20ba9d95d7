from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table import parquet, read_table, table_from_pandas


def test_columns_are_read_with_their_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(
        pa.table({"i": [1, None], "s": ["NA", "a"], "b": [True, False], "d": pa.array([0, 1], pa.date32())}), path
    )

    table = read_table(path, texts=TextFormat(("NA",)))

    assert table.columns.schema == pa.schema({"i": pa.float64(), "s": pa.string(), "b": pa.bool_(), "d": pa.date32()})
    assert table.columns.select(["i", "s"]).to_pydict() == {"i": [1.0, None], "s": [None, "a"]}
    assert (table.source, table.csv_path) == (str(path), None)


def test_a_nameless_pandas_index_is_no_column(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1.0, 2.0]}, index=[5, 7]).to_parquet(path)

    assert read_table(path).column_names == ["a"]


def test_folders_named_like_partitions_add_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "year=2024" / "t.parquet"
    path.parent.mkdir()
    pq.write_table(pa.table({"a": [1]}), path)

    assert read_table(path).column_names == ["a"]


@pytest.mark.parametrize("content", [b"", b"age,city\n1,Paris\n", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_other_content_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)

    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == f"{path}: the file is not Parquet, or is damaged"


def test_damaged_files_are_read_or_refused_but_never_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table(
        {"a": range(50), "é": [f"é{i}" for i in range(50)], "d": pa.array(["x", "y"] * 25).dictionary_encode()}
    )
    pq.write_table(table, path, write_page_checksum=True)
    good = np.frombuffer(path.read_bytes(), np.uint8)
    random = np.random.default_rng(0)
    n_refused = 0
    for _ in range(300):
        bad = good.copy()
        bad[random.integers(bad.size)] ^= random.integers(1, 256, dtype=np.uint8)
        n_kept = bad.size if random.random() < 0.8 else random.integers(bad.size)
        path.write_bytes(bad[:n_kept].tobytes())
        try:
            read_table(path).columns.to_pydict()
        except DataError:
            n_refused += 1
    assert n_refused > 200


def test_text_that_is_no_utf_8_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    text = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xe9"]).buffers())
    pq.write_table(pa.table({"a": text}), path)

    with pytest.raises(DataError, match="is damaged"):
        read_table(path)


@pytest.mark.parametrize(
    ("table", "got"), [(pa.table({"a": pa.array([], pa.int64())}), "1 column and no row"), (pa.table({}), "none")]
)
def test_a_file_without_rows_or_columns_is_an_error(tmp_path: Path, table: pa.Table, got: str) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(table, path)

    with pytest.raises(DataError, match=f"expected columns and rows, got {got}"):
        read_table(path)


def test_repeated_names_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), path)

    with pytest.raises(DataError, match="column names must differ, got more than once: 'a'"):
        read_table(path)


@pytest.mark.parametrize("with_statistics", [True, False])
def test_integers_without_an_exact_float_are_text_whatever_the_file_says_of_its_bounds(
    tmp_path: Path, with_statistics: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MOST_BLOCK_ROWS", 1)
    path = tmp_path / "t.parquet"
    columns = {"small": [1, 2**53, None], "large": [1, 2, 2**53 + 1], "negative": [-(2**53) - 1, 0, 0]}
    columns |= {f"{name}_decimal": pa.array(columns[name]).cast(pa.decimal128(30, 2)) for name in ("small", "large")}
    columns["codes"] = pa.array(columns["large"]).dictionary_encode()
    pq.write_table(pa.table(columns), path, row_group_size=1, write_statistics=with_statistics)

    table = read_table(path)

    assert table.columns.column("small").to_pylist() == [1.0, 2.0**53, None]
    assert table.columns.column("large").to_pylist() == ["1", "2", "9007199254740993"]
    assert table.columns.column("negative").to_pylist() == ["-9007199254740993", "0", "0"]
    assert table.columns.column("codes").to_pylist() == ["1", "2", "9007199254740993"]
    for name in ("small", "large"):
        assert table.columns.column(f"{name}_decimal").equals(table.columns.column(name))


def test_numbers_that_mean_missing_are_missing_as_in_a_csv(tmp_path: Path) -> None:
    frame = pd.DataFrame({"temp": [20.5, -999.0], "n": [-999, 1], "large": [-999, 2**60]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    texts = TextFormat(("-999", "-999.0"))
    tables = [read_table(tmp_path / f"t.{kind}", texts=texts) for kind in ("csv", "parquet")]
    for table in [*tables, table_from_pandas(frame, texts=texts)]:
        for name in frame.columns:
            assert table.column(name).is_null().to_pylist() == (frame[name] == -999).tolist()
