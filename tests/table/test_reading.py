import gzip
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dltrain.config.sections.data import TextFormat
from dltrain.errors import DataError
from dltrain.table import numeric_values, open_blocks, read_table
from tests.conftest import PATIENCE

SHIPPED = Path(__file__).parents[2] / "data"
ROWS = {"age": ["31", None], "city": ["Paris", "Rome"]}


@pytest.mark.parametrize(
    ("name", "delimiter"), [("t.csv", ","), ("t.tsv", "\t"), ("t.csv.gz", ","), ("T.TSV.GZ", "\t"), ("T.CSV", ",")]
)
def test_the_suffix_says_what_a_file_is(tmp_path: Path, name: str, delimiter: str) -> None:
    content = "age,city\n31,Paris\n,Rome\n".replace(",", delimiter).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)

    table = read_table(path)

    assert table.columns.to_pydict() == ROWS
    assert (table.source, table.csv_path) == (str(path), path)


def test_a_gzip_file_of_several_members_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"age,city\n31,Paris\n") + gzip.compress(b",Rome\n"))

    assert read_table(path).columns.to_pydict() == ROWS


def test_a_stream_is_read_to_its_end() -> None:
    with open_blocks(io.BytesIO(b"age,city\n31,Paris\nNA,Rome\n"), texts=TextFormat(("NA",))) as blocks:
        [table] = blocks

    assert table.columns.to_pydict() == ROWS
    assert (table.source, table.csv_path) == ("standard input", None)


def test_shipped_tables_have_the_documented_sizes() -> None:
    assert read_table(SHIPPED / "penguins.csv").n_rows == 344
    assert read_table(SHIPPED / "adult_test.csv.gz").n_rows == 16_281


def test_a_missing_file_is_answered_with_the_similar_neighbour(tmp_path: Path) -> None:
    (tmp_path / "penguins.csv").touch()

    for name in ("penguin.csv", "penguins.parquet"):
        with pytest.raises(DataError) as caught:
            read_table(tmp_path / name)
        assert str(caught.value) == f"{tmp_path / name}: there is no such file\nhint: did you mean 'penguins.csv'?"


def test_a_missing_table_is_no_config_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "penguins.yaml").touch()

    with pytest.raises(DataError) as caught:
        read_table(tmp_path / "penguins.csv")
    assert caught.value.hint is None


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_table(tmp_path / "absent" / "t.csv")

    assert caught.value.hint == f"there is no folder '{tmp_path / 'absent'}' either"


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_a_folder_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()

    with pytest.raises(DataError, match="expected a file, got a folder"):
        read_table(tmp_path / name)


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_a_pipe_is_refused_before_it_is_opened(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)

    with pytest.raises(DataError, match=f"{name}: expected a file, got a pipe or a device") as caught:
        read_table(tmp_path / name)

    assert caught.value.hint is not None
    assert "write its rows to a file first" in caught.value.hint


def test_a_pipe_may_be_read_by_who_reads_once(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("age,city\n31,Paris\n,Rome\n",))
    writer.start()

    assert read_table(path, is_read_once=True).columns.to_pydict() == ROWS

    writer.join(PATIENCE)


def test_a_pipe_of_any_name_holds_csv(tmp_path: Path) -> None:
    path = tmp_path / "63"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("age,city\n31,Paris\n,Rome\n",))
    writer.start()

    assert read_table(path, is_read_once=True).columns.to_pydict() == ROWS

    writer.join(PATIENCE)


def test_a_bad_cell_of_a_pipe_is_found_without_reading_it_again(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=('age,city\n31,"Paris\nNord"\n3x,Rome\n',))
    writer.start()
    table = read_table(path, is_read_once=True)
    writer.join(PATIENCE)
    # A second reading would wait for somebody who writes.
    path.unlink()

    with pytest.raises(DataError, match=r"t.csv:4: column 'age': expected a number, got '3x'"):
        numeric_values(table, "age")


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (PermissionError(13, "Permission denied"), "t.csv: no permission to read the file"),
        (OSError(5, "Input/output error"), "t.csv: the file cannot be read: Input/output error"),
    ],
)
def test_failures_of_the_system_are_told_in_our_words(
    monkeypatch: pytest.MonkeyPatch, failure: OSError, message: str
) -> None:
    def fail(*_: object) -> bytes:
        raise failure

    monkeypatch.setattr(Path, "open", fail)

    with pytest.raises(DataError) as caught:
        read_table(Path("t.csv"))
    assert str(caught.value) == message


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with pytest.raises(DataError) as caught:
        read_table(path)

    assert str(caught.value) == (
        f"{path}: expected a file name ending in .csv, .tsv, .txt, .dat or .data, each also with .gz, or in .parquet, "
        "got 't.xlsx'\n"
        "hint: save the sheet as CSV"
    )


def damaged(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]


PACKED = gzip.compress(b"age,city\n" + b"31,Paris\n" * 100, mtime=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PACKED[:-4], "the gzip data ends too early, the file is not complete"),
        (PACKED[:12], "the gzip data ends too early, the file is not complete"),
        (damaged(PACKED), "the gzip data is damaged"),
        (PACKED[:-6] + b"\0" * 6, "the gzip data is damaged"),
        (PACKED + b"rest", "the gzip data is damaged"),
        (b"age,city\n", "expected gzip data, got something else\nhint: rename the file without .gz"),
        (b"", "expected gzip data, got an empty file"),
    ],
)
def test_a_bad_gzip_file_is_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(content)

    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value) == f"{path}: {message}"


def test_bad_rows_of_a_whole_table_are_counted_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    sound = b"1,2\n" * 200_000
    path.write_bytes(gzip.compress(b"a,b\n" + sound + b"1\n" * 3 + sound * 5 + b"1\n" * 4 + sound))

    with pytest.raises(DataError) as caught:
        read_table(path)

    lines = [200_002, 200_003, 200_004, 1_200_005, 1_200_006]
    assert caught.value.message == "\n".join(
        [*(f"{path}:{line}: expected 2 cells as in the header, got 1" for line in lines), "and 2 more rows"]
    )


def test_standard_input_has_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    program = "from pathlib import Path; from dltrain.table import read_table; read_table(Path('/dev/stdin'))"
    with (tmp_path / "t.csv").open("rb") as file:
        done = subprocess.run([sys.executable, "-c", program], stdin=file, capture_output=True, text=True, check=False)
    assert done.stderr.endswith("hint: - is standard input, which dltrain predict reads\n")
