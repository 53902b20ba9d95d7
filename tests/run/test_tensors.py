"""Arrays are read as they were written, by us and by the library whose format it is; damage is noticed."""

import io
from pathlib import Path

import numpy as np
import pytest
import safetensors
import safetensors.numpy

from dltrain.errors import RunError
from dltrain.run.tensors import read_tensors, write_tensors

ARRAYS: dict[str, np.ndarray] = {
    "kernel": np.arange(12, dtype=np.float32).reshape(3, 4) / 7,
    "iterations": np.array(5, dtype=np.int64),
    "state": np.array([1, 2**32 - 1], dtype=np.uint32),
    "columns": np.asfortranarray(np.arange(6, dtype=np.float64).reshape(2, 3)),
    "flags": np.array([True, False]),
    "empty": np.empty((0, 3), np.float32),
}
TEXTS = {"origin": '{"path": "ä b.csv"}', "progress": "{}"}


def written(path: Path) -> Path:
    with path.open("wb") as stream:
        write_tensors(stream, ARRAYS, TEXTS)
    return path


def assert_same(arrays: dict[str, np.ndarray]) -> None:
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    arrays, texts = read_tensors(written(tmp_path / "x"), max_bytes=10_000)
    assert_same(arrays)
    assert texts == TEXTS


def test_arrays_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for _ in range(10):
        arrays, _texts = read_tensors(written(tmp_path / "x"), max_bytes=10_000)
        assert list(arrays) == sorted(ARRAYS)


def test_the_library_reads_it_too(tmp_path: Path) -> None:
    path = written(tmp_path / "x")
    assert_same(safetensors.numpy.load_file(path))
    with safetensors.safe_open(path, framework="np") as file:
        assert file.metadata().items() > TEXTS.items()


def test_numbers_begin_at_multiples_of_their_size(tmp_path: Path) -> None:
    content = written(tmp_path / "x").read_bytes()
    assert int.from_bytes(content[:8], "little") % 8 == 0


def test_every_flipped_bit_and_every_missing_byte_is_noticed(tmp_path: Path) -> None:
    good = written(tmp_path / "x").read_bytes()
    path = tmp_path / "y"
    dice = np.random.default_rng(0)
    for position in range(len(good)):
        path.write_bytes(good[:position] + bytes([good[position] ^ (1 << dice.integers(8))]) + good[position + 1 :])
        _check_refused_or_same(path)
        if position % 5 == 0:
            path.write_bytes(good[:position])
            with pytest.raises(RunError, match="damaged"):
                read_tensors(path, max_bytes=10_000)


def _check_refused_or_same(path: Path) -> None:
    """A flip may turn one space of the padding into another blank, which changes nothing."""
    try:
        arrays, texts = read_tensors(path, max_bytes=10_000)
    except RunError:
        return
    assert_same(arrays)
    assert texts == TEXTS


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}',
        b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        b'{"__metadata__":[]}',
        b"[" * 100_000,
        b"\xff\xff",
        b"",
    ],
)
def test_a_hostile_header_is_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(RunError, match="damaged"):
        read_tensors(path, max_bytes=1_000_000)


def test_a_header_longer_than_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes((2**63).to_bytes(8, "little") + bytes(100))
    with pytest.raises(RunError, match="damaged"):
        read_tensors(path, max_bytes=1_000)


def test_the_arrays_are_not_copied() -> None:
    """Writing takes no more memory than the largest array that is not contiguous."""
    import tracemalloc

    array = np.zeros(4_000_000, np.float32)
    with io.BytesIO() as stream:
        stream.write(bytes(array.nbytes + 10_000))
        stream.seek(0)
        tracemalloc.start()
        write_tensors(stream, {"x": array}, {})
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < array.nbytes / 10
