import gzip
import io
import zlib
from collections.abc import Iterator

import numpy as np
import pytest

from dltrain.errors import DataError
from dltrain.table import gzip_reading
from dltrain.table.gzip_reading import GzipReader

CONTENT = np.random.default_rng(0).integers(0, 4, 5000, np.uint8).tobytes()
PACKED = gzip.compress(CONTENT, mtime=0)


def parts_of(packed: bytes) -> Iterator[bytes]:
    reader = GzipReader(io.BytesIO(packed).read, "t.csv.gz")
    while part := reader.read(700):
        assert len(part) <= 700
        yield part


def unpacked(packed: bytes) -> bytes:
    return b"".join(parts_of(packed))


@pytest.mark.parametrize("packed_bytes", [1, 7, 1000, 1 << 20])
@pytest.mark.parametrize(
    ("packed", "content"),
    [
        (PACKED, CONTENT),
        (PACKED + PACKED, CONTENT + CONTENT),
        (PACKED + b"\0" * 20 + PACKED + b"\0" * 20, CONTENT + CONTENT),
        (gzip.compress(b"", mtime=0) + PACKED + gzip.compress(b"", mtime=0), CONTENT),
        (gzip.compress(b"", mtime=0), b""),
        (gzip.compress(bytes(100_000), mtime=0), bytes(100_000)),
    ],
)
def test_data_is_unpacked_as_python_does(
    monkeypatch: pytest.MonkeyPatch, packed: bytes, content: bytes, packed_bytes: int
) -> None:
    monkeypatch.setattr(gzip_reading, "_PACKED_BYTES", max(packed_bytes, 2))

    assert unpacked(packed) == content == gzip.decompress(packed)


@pytest.mark.parametrize("n_kept", [2, 10, 500, len(PACKED) - 8, len(PACKED) - 1])
def test_data_that_ends_too_early_is_unpacked_up_to_there(n_kept: int) -> None:
    parts = list[bytes]()

    with pytest.raises(DataError, match=r"^t\.csv\.gz: the gzip data ends too early, the file is not complete$"):
        parts.extend(parts_of(PACKED[:n_kept]))

    assert b"".join(parts) == zlib.decompressobj(31).decompress(PACKED[:n_kept])


@pytest.mark.parametrize(
    "packed", [PACKED[:-6] + b"\0" * 6, PACKED[:500] + b"\xff" * 9 + PACKED[509:], PACKED + b"rest", b"\x1f\x8bx" * 9]
)
def test_damaged_data_is_an_error(packed: bytes) -> None:
    with pytest.raises(DataError, match=r"^t\.csv\.gz: the gzip data is damaged$"):
        unpacked(packed)


def test_the_parts_do_not_depend_on_the_members() -> None:
    members = b"".join(gzip.compress(CONTENT[start : start + 9]) for start in range(0, len(CONTENT), 9))

    assert list(parts_of(members)) == list(parts_of(PACKED))


def test_an_empty_file_is_named_as_such() -> None:
    with pytest.raises(DataError, match="expected gzip data, got an empty file"):
        GzipReader(io.BytesIO(b"").read, "t.csv.gz")
