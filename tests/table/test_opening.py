import gzip
from pathlib import Path

import pytest

from dltrain.errors import DataError
from dltrain.table.opening import open_csv


def test_a_file_is_unpacked_bit_by_bit(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(gzip.compress(b"a\tb\n"))

    with open_csv(path, source="t") as file:
        assert (file.read(3), file.read(3), file.read(3), file.delimiter) == (b"a\tb", b"\n", b"", "\t")


def test_what_the_user_of_the_file_raises_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.touch()

    with pytest.raises(OSError, match="disk full"), open_csv(path, source="t"):
        raise OSError("disk full")


def test_a_failure_in_the_middle_is_told_in_our_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class BadDisk:
        def read(self, _: int) -> bytes:
            raise OSError(5, "Input/output error")

        def __enter__(self) -> "BadDisk":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(Path, "open", lambda *_: BadDisk())

    with (
        open_csv(tmp_path / "t.csv", source="t.csv") as file,
        pytest.raises(DataError, match=r"^t\.csv: the file cannot be read: Input/output error$"),
    ):
        file.read(1)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("https://example.org/t.csv", "download it first"),
        ("~/t.csv", "~ is not expanded here"),
        ("$HOME/t.csv", "variables are not expanded here"),
        ("adult_*.csv", "a table is one file"),
        ("data\\t.csv", "write / between folders"),
    ],
)
def test_paths_that_mean_something_elsewhere_are_told(tmp_path: Path, path: str, hint: str) -> None:
    with pytest.raises(DataError, match="there is no such file") as caught, open_csv(tmp_path / path, source=path):
        pass
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(hint)
