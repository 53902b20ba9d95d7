"""What a table takes in memory is known from its file."""

import gzip
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from dltrain.table import read_table
from dltrain.workflows.limits.table_size import TableSize, expected_size

N_ROWS = 30_000


def columns() -> dict[str, list[str] | list[float]]:
    rng = np.random.default_rng(0)
    return {
        "amount": rng.normal(size=N_ROWS).round(4).tolist(),
        "count": rng.integers(0, 9, N_ROWS).astype(float).tolist(),
        "note": [f"note {number} of many" for number in rng.integers(0, 10**9, N_ROWS)],
        "empty": [""] * N_ROWS,
    }


def text(delimiter: str) -> bytes:
    table = columns()
    lines = [delimiter.join(map(str, row)) for row in zip(*table.values(), strict=True)]
    return "\n".join([delimiter.join(table), *lines, ""]).encode()


def write(path: Path) -> Path:
    """The table in the format that the path names; the packed one in two members."""
    if path.suffix == ".parquet":
        parquet.write_table(pa.table(columns()), path)
    else:
        content = text("\t" if ".tsv" in path.name else ",")
        half = len(content) // 2
        packed = gzip.compress(content[:half]) + gzip.compress(content[half:])
        path.write_bytes(packed if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz", "a.TSV.gz", "a.parquet"])
def test_the_size_is_that_of_the_table_when_it_has_been_read(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name.lower())
    expected, size = expected_size(path), TableSize.of(read_table(path))
    assert expected is not None
    assert expected.n_bytes == pytest.approx(size.n_bytes, rel=0.25)
    assert expected.n_rows == pytest.approx(size.n_rows, rel=0.1)
    assert expected.n_columns == size.n_columns == 4


@pytest.mark.parametrize("content", [b"", b"no line end", b"\x1f\x8b damaged \x00\x01"])
@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet"])
def test_a_file_that_is_no_table_has_no_size(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert expected_size(path) is None


def test_what_is_no_plain_file_has_no_size_and_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert expected_size(tmp_path / "pipe.csv") is None
    assert expected_size(tmp_path / "missing.csv") is None
    assert expected_size(tmp_path) is None
